//! Writes the template's files into the home, as the instance's user and from inside the sandbox: a link that the instance
//! planted in its home leads nowhere it could not have written by itself.

use super::super::launch::Begin;
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Component, Path};

pub(super) fn write(begin: &Begin) -> io::Result<()> {
    for file in &begin.files {
        let path = inside(&begin.home, &file.path)?;
        if !file.overwrite && path.symlink_metadata().is_ok() {
            continue;
        }
        let mode = if file.executable { 0o700 } else { 0o600 };
        write_file(&path, mode, file.content.as_bytes()).map_err(|error| told(&error, &file.path))?;
    }
    if begin.directory.starts_with(&begin.home) {
        std::fs::create_dir_all(&begin.directory).map_err(|error| told(&error, &begin.directory.display().to_string()))?;
    }
    Ok(())
}

fn write_file(path: &Path, mode: u32, bytes: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(path)?;
    file.set_permissions(std::fs::Permissions::from_mode(mode))?;
    file.write_all(bytes)
}

fn told(error: &io::Error, path: &str) -> io::Error {
    let hint = if error.kind() == io::ErrorKind::StorageFull { "; the disk is full, free some space" } else { "" };
    io::Error::new(error.kind(), format!("{path:?} could not be written into the home: {error}{hint}"))
}

fn inside(home: &Path, relative: &str) -> io::Result<std::path::PathBuf> {
    let path = Path::new(relative);
    if path.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir)) {
        Ok(home.join(path))
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{relative:?} leads out of the home; correct the template")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_in_the_home() {
        let home = Path::new("/home/warpyard");
        assert_eq!(inside(home, "a/b").unwrap(), home.join("a/b"));
        assert_eq!(inside(home, "").unwrap(), home);
        assert!(inside(home, "../x").is_err());
        assert!(inside(home, "/etc/passwd").is_err());
    }
}
