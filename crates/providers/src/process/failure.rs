//! Errors of the machine as people read them.

use std::io;
use std::path::Path;
use warpyard_model::Error;

/// An error about a file or directory. The path goes into the log only.
pub(super) fn io(what: &str, path: &Path, error: &io::Error) -> Error {
    let (reason, retryable) = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ("the disk is full; free some space on the server's machine and try again".to_owned(), true)
        }
        io::ErrorKind::PermissionDenied => {
            ("the server may not write there; correct the data directory's owner".to_owned(), false)
        }
        _ => (error.to_string(), true),
    };
    let failed = Error::provider_failed(format!("{what}: {reason}.")).with_context(path.display());
    if retryable { failed.retryable() } else { failed }
}

/// A blocking task that panicked.
pub(super) fn join(error: &tokio::task::JoinError) -> Error {
    Error::internal(format!("a task of the process provider failed: {error}"))
}
