//! Users for compute instances when the server is root: one number each, taken by making a file of that name.

use super::files;
use super::launch::Identity;
use sha2::{Digest, Sha256};
use std::io;
use std::ops::Range;
use std::path::Path;

/// The user of `owner`: the one it has, or a free one. The search starts at a place that depends on the owner, so that
/// it nearly always ends at once.
pub(super) fn take(directory: &Path, range: &Range<u32>, owner: &str) -> io::Result<Identity> {
    files::make_directory(directory, 0o700)?;
    // The last number is the builder's.
    let count = range.end - range.start - 1;
    let digest = Sha256::digest(format!("{}\0{owner}", directory.display()));
    let start = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]) % count;
    for step in 0..count {
        let number = range.start + (start + step) % count;
        let path = directory.join(number.to_string());
        match std::fs::read_to_string(&path) {
            Ok(text) if text == owner => return Ok(Identity { uid: number, gid: number }),
            Ok(_) => {}
            Err(_) => match claim(&path, owner) {
                Ok(()) => return Ok(Identity { uid: number, gid: number }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            },
        }
    }
    Err(io::Error::other("every user number for instances is taken"))
}

/// Makes the file with its content in one step, so that nobody reads it empty.
fn claim(path: &Path, owner: &str) -> io::Result<()> {
    let temporary = path.with_extension(files::unique_suffix());
    std::fs::write(&temporary, owner)?;
    let claimed = std::fs::hard_link(&temporary, path);
    std::fs::remove_file(&temporary)?;
    claimed
}

/// Gives a user back.
pub(super) fn give_back(directory: &Path, identity: Identity, owner: &str) {
    let path = directory.join(identity.uid.to_string());
    if std::fs::read_to_string(&path).is_ok_and(|text| text == owner) {
        let _ = std::fs::remove_file(path);
    }
}

/// The user that prepare steps run as: no instance's.
pub(super) fn builder(range: &Range<u32>) -> Identity {
    Identity { uid: range.end - 1, gid: range.end - 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_stable_and_never_shared() {
        let directory = tempfile::tempdir().unwrap();
        let range = 100..104;
        let taken: Vec<u32> = ["a", "b", "c"].map(|o| take(directory.path(), &range, o).unwrap().uid).to_vec();
        let distinct: std::collections::HashSet<&u32> = taken.iter().collect();
        assert_eq!(distinct.len(), 3);
        assert!(!taken.contains(&builder(&range).uid));
        assert_eq!(take(directory.path(), &range, "b").unwrap().uid, taken[1]);
        assert!(take(directory.path(), &range, "d").is_err());
        give_back(directory.path(), Identity { uid: taken[0], gid: taken[0] }, "a");
        assert_eq!(take(directory.path(), &range, "d").unwrap().uid, taken[0]);
    }
}
