//! A lock file that proves its holder alive.
//!
//! Open file description locks end with the process that holds them and are never confused by a reused process id.
//! Asking whether somebody holds one takes nothing, so an observer never stands in the way of a holder.

use nix::fcntl::{FcntlArg, fcntl};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// A lock held until this is dropped.
pub(super) struct Lock {
    _file: File,
}

fn record(kind: i32) -> libc::flock {
    libc::flock { l_type: kind as libc::c_short, l_whence: libc::SEEK_SET as libc::c_short, l_start: 0, l_len: 0, l_pid: 0 }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

/// Takes the lock and leaves the process id in the file; `None` when somebody holds it.
pub(super) fn try_lock(path: &Path) -> io::Result<Option<Lock>> {
    let mut file = open(path)?;
    match fcntl(&file, FcntlArg::F_OFD_SETLK(&record(libc::F_WRLCK))) {
        Ok(_) => {}
        Err(nix::Error::EAGAIN | nix::Error::EACCES) => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    file.set_len(0)?;
    write!(file, "{}", std::process::id())?;
    Ok(Some(Lock { _file: file }))
}

/// Waits for the lock; call it on a thread that may block.
pub(super) fn lock(path: &Path) -> io::Result<Lock> {
    let file = open(path)?;
    loop {
        match fcntl(&file, FcntlArg::F_OFD_SETLKW(&record(libc::F_WRLCK))) {
            Ok(_) => return Ok(Lock { _file: file }),
            Err(nix::Error::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether somebody holds the lock.
pub(super) fn is_held(path: &Path) -> bool {
    let Ok(file) = OpenOptions::new().read(true).write(true).open(path) else { return false };
    let mut asked = record(libc::F_WRLCK);
    fcntl(&file, FcntlArg::F_OFD_GETLK(&mut asked)).is_ok() && i32::from(asked.l_type) != libc::F_UNLCK
}

/// The process id that the holder left, while it holds the lock.
pub(super) fn holder(path: &Path) -> Option<i32> {
    let mut text = String::new();
    File::open(path).ok()?.read_to_string(&mut text).ok()?;
    let pid = text.trim().parse().ok().filter(|pid| *pid > 1)?;
    // Asked after reading: a holder that let go meanwhile may have left its id to another process.
    is_held(path).then_some(pid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holder_at_a_time_and_asking_takes_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        assert!(!is_held(&path));
        assert!(!path.exists(), "asking makes no file");
        let first = try_lock(&path).unwrap();
        assert!(first.is_some());
        assert!(is_held(&path));
        assert_eq!(holder(&path), Some(std::process::id() as i32));
        assert!(try_lock(&path).unwrap().is_none());
        drop(first);
        assert!(!is_held(&path));
        assert_eq!(holder(&path), None);
        drop(lock(&path).unwrap());
    }
}
