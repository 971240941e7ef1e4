//! The data directory: made private, and held by one server at a time.

use nix::fcntl::{Flock, FlockArg};
use std::fs::File;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use warpyard_model::{Error, Result};

/// Makes the directory if it is missing and locks it until the answer is dropped, or this process ends however it ends.
pub(super) fn take(directory: &Path) -> Result<Flock<File>> {
    let failed =
        |e: &dyn std::fmt::Display| Error::unavailable(format!("The data directory {} cannot be used: {e}", directory.display()));
    std::fs::DirBuilder::new().recursive(true).mode(0o711).create(directory).map_err(|e| failed(&e))?;
    let file = std::fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(directory.join("server.lock"))
        .map_err(|e| failed(&e))?;
    Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, error)| {
        if error == nix::errno::Errno::EWOULDBLOCK {
            Error::unavailable(format!("Another Warpyard server uses the data directory {}.", directory.display()))
        } else {
            failed(&error)
        }
    })
}
