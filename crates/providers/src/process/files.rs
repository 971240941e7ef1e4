//! Small files that are never half-written, and directories that are never half-deleted.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT: AtomicU64 = AtomicU64::new(0);

/// A suffix no other file of this machine has.
pub(super) fn unique_suffix() -> String {
    format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Replaces a file in one step. Not synced to disk: what these files describe dies with the machine too, and a file that a
/// power cut emptied reads as absent.
pub(super) fn write_atomically(path: &Path, mode: u32, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension(format!("new-{}", unique_suffix()));
    let written = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&temporary)
        .and_then(|mut file| file.write_all(bytes))
        .and_then(|()| std::fs::rename(&temporary, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

/// Writes a value as JSON, readable by its owner alone.
pub(super) fn write_json(path: &Path, value: &impl Serialize) -> io::Result<()> {
    write_atomically(path, 0o600, &serde_json::to_vec(value)?)
}

/// Reads a value; `None` when the file is absent or holds something else (an older format, or emptied by a power cut).
pub(super) fn read_json<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// Makes a directory and its parents; directories made here have `mode`.
pub(super) fn make_directory(path: &Path, mode: u32) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(mode).create(path)
}

/// Removes a tree so that nobody sees half of it: it first moves into `trash`. Absent is fine.
pub(super) fn remove_tree(path: &Path, trash: &Path) -> io::Result<()> {
    make_directory(trash, 0o700)?;
    let grave = trash.join(unique_suffix());
    match std::fs::rename(path, &grave) {
        Ok(()) => remove_all(&grave),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        // The cache may lie on another disk, from which nothing can be moved into the trash.
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => remove_all(path),
        Err(error) => Err(error),
    }
}

/// Empties the trash that a crash left behind.
pub(super) fn empty_trash(trash: &Path) {
    for entry in std::fs::read_dir(trash).into_iter().flatten().flatten() {
        if let Err(error) = remove_all(&entry.path()) {
            tracing::warn!(path = %entry.path().display(), %error, "what was deleted could not be removed from the trash");
        }
    }
}

fn remove_all(path: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            // An owner who is not root may have directories without write permission (Go's module cache has them).
            make_writable(path);
            std::fs::remove_dir_all(path)
        }
        other => other,
    }
}

fn make_writable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700));
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|t| t.is_dir()) {
            make_writable(&entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn replaces_and_reads_back() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.json");
        assert_eq!(read_json::<u32>(&path), None);
        write_json(&path, &1).unwrap();
        write_json(&path, &2).unwrap();
        assert_eq!(read_json::<u32>(&path), Some(2));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, "").unwrap();
        assert_eq!(read_json::<u32>(&path), None);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn trees_go_whole() {
        let directory = tempfile::tempdir().unwrap();
        let (tree, trash) = (directory.path().join("tree"), directory.path().join("trash"));
        std::fs::create_dir_all(tree.join("locked/inner")).unwrap();
        std::fs::set_permissions(tree.join("locked"), std::fs::Permissions::from_mode(0o500)).unwrap();
        remove_tree(&tree, &trash).unwrap();
        remove_tree(&tree, &trash).unwrap();
        assert!(!tree.exists());
        assert_eq!(std::fs::read_dir(&trash).unwrap().count(), 0);
    }
}
