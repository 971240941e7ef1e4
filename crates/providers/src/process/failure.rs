//! Errors of the machine as people read them.

use std::io;
use std::path::Path;
use warpyard_model::Error;

/// An error about a file or directory. The path goes into the log only.
pub(super) fn io(what: &str, path: &Path, error: &io::Error) -> Error {
    let failed = |reason: &str| Error::provider_failed(format!("{what}: {reason}.")).with_context(path.display());
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            failed("the disk is full; free some space on the server's machine and try again").retryable_later()
        }
        io::ErrorKind::PermissionDenied => failed("the server may not write there; correct the data directory's owner"),
        _ => failed(&error.to_string()).retryable(),
    }
}

/// A blocking task that panicked.
pub(super) fn join(error: &tokio::task::JoinError) -> Error {
    Error::internal(format!("a task of the process provider failed: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_tried_again_later_and_a_closed_door_never() {
        let of = |kind: io::ErrorKind| io("The home could not be made", Path::new("/x"), &kind.into());
        let full = of(io::ErrorKind::StorageFull);
        assert!(full.retryable && full.slow_to_pass && full.message.contains("the disk is full"), "{full:?}");
        assert!(!of(io::ErrorKind::PermissionDenied).retryable);
        let other = of(io::ErrorKind::Interrupted);
        assert!(other.retryable && !other.slow_to_pass);
    }
}
