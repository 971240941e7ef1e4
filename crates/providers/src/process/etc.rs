//! The `/etc` of sandboxes: what programs need, nothing that holds secrets.
//!
//! Small files are copied once into a directory named after their content, because mounting each of them costs a launch
//! more than everything else bubblewrap does. What changes while the machine runs, or is large, is mounted over it. The
//! directories are never removed: a running sandbox may have one mounted.

use super::files;
use super::sandbox::Mount;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Copied: files, and directories with small files in them.
const COPIED: &[&str] = &[
    "bash.bashrc",
    "ca-certificates.conf",
    "debian_version",
    "fonts",
    "gai.conf",
    "host.conf",
    "inputrc",
    "ld.so.cache",
    "ld.so.conf",
    "locale.alias",
    "localtime",
    "login.defs",
    "lsb-release",
    "magic",
    "mime.types",
    "nsswitch.conf",
    "os-release",
    "profile",
    "profile.d",
    "protocols",
    "rpc",
    "services",
    "terminfo",
    "timezone",
];
/// Mounted where they are there.
const MOUNTED: &[&str] = &[
    "alternatives",
    "crypto-policies",
    "hosts",
    "java",
    "OpenCL",
    "pki",
    "python3",
    "python3.11",
    "python3.12",
    "python3.13",
    "R",
    "resolv.conf",
    "ssl",
    "vulkan",
];
/// Mounted by every sandbox for its own user.
const PER_INSTANCE: &[&str] = &["group", "passwd"];
/// Nothing of a size beyond this is copied.
const LARGEST_COPY_BYTES: u64 = 4 << 20;

/// What a copy has at a path below `/etc`.
enum Entry {
    File(Vec<u8>),
    Link(PathBuf),
    /// A place to mount something.
    Directory,
}

/// Makes the copy of `etc` below `store` where it is not there yet, and returns what a sandbox mounts.
pub(super) fn mounts(etc: &Path, store: &Path) -> io::Result<Vec<Mount>> {
    let mut entries = BTreeMap::new();
    for name in COPIED {
        collect(&etc.join(name), Path::new(name), 0, &mut entries);
    }
    let mounted: Vec<&str> = MOUNTED.iter().copied().filter(|name| etc.join(name).exists()).collect();
    for name in mounted.iter().chain(PER_INSTANCE) {
        let place = if etc.join(name).is_dir() { Entry::Directory } else { Entry::File(Vec::new()) };
        entries.insert(PathBuf::from(name), place);
    }
    let copy = store.join(digest(&entries));
    if !copy.is_dir() {
        let half = store.join(files::unique_suffix());
        write(&half, &entries)?;
        // Another server may have been faster; its copy is the same.
        if std::fs::rename(&half, &copy).is_err() {
            std::fs::remove_dir_all(&half)?;
        }
    }
    let over = mounted.iter().map(|name| Mount::ReadOnly(etc.join(name), Path::new("/etc").join(name)));
    Ok(std::iter::once(Mount::ReadOnly(copy, "/etc".into())).chain(over).collect())
}

/// Takes what everybody may read. A link at the top is followed, because what it leads to may be out of sight.
fn collect(from: &Path, to: &Path, depth: usize, entries: &mut BTreeMap<PathBuf, Entry>) {
    let meta = if depth == 0 { std::fs::metadata(from) } else { std::fs::symlink_metadata(from) };
    let Ok(meta) = meta else { return };
    if meta.is_symlink() {
        if let Ok(target) = std::fs::read_link(from) {
            entries.insert(to.to_owned(), Entry::Link(target));
        }
    } else if meta.is_dir() && meta.permissions().mode() & 0o005 == 0o005 && depth < 4 {
        entries.insert(to.to_owned(), Entry::Directory);
        for entry in std::fs::read_dir(from).into_iter().flatten().flatten() {
            collect(&entry.path(), &to.join(entry.file_name()), depth + 1, entries);
        }
    } else if meta.is_file()
        && meta.permissions().mode() & 0o004 != 0
        && meta.len() <= LARGEST_COPY_BYTES
        && let Ok(bytes) = std::fs::read(from)
    {
        entries.insert(to.to_owned(), Entry::File(bytes));
    }
}

fn digest(entries: &BTreeMap<PathBuf, Entry>) -> String {
    let mut digest = Sha256::new();
    for (path, entry) in entries {
        let target;
        let (kind, bytes): (&str, &[u8]) = match entry {
            Entry::File(bytes) => ("file", bytes),
            Entry::Link(to) => {
                target = to.display().to_string();
                ("link", target.as_bytes())
            }
            Entry::Directory => ("directory", &[]),
        };
        digest.update(format!("{kind} {} {}\n", path.display(), bytes.len()));
        digest.update(bytes);
    }
    digest.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Parents come before what is in them, as the map is sorted by path.
fn write(directory: &Path, entries: &BTreeMap<PathBuf, Entry>) -> io::Result<()> {
    files::make_directory(directory, 0o755)?;
    for (path, entry) in entries {
        let path = directory.join(path);
        match entry {
            Entry::Directory => files::make_directory(&path, 0o755)?,
            Entry::Link(target) => std::os::unix::fs::symlink(target, &path)?,
            Entry::File(bytes) => {
                std::fs::write(&path, bytes)?;
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_hold_what_everybody_may_read() {
        let directory = tempfile::tempdir().unwrap();
        let (etc, store) = (directory.path().join("etc"), directory.path().join("store"));
        std::fs::create_dir_all(etc.join("profile.d")).unwrap();
        std::fs::create_dir_all(etc.join("ssl/private")).unwrap();
        std::fs::create_dir_all(&store).unwrap();
        std::fs::create_dir_all(directory.path().join("usr")).unwrap();
        std::fs::write(directory.path().join("usr/zone"), "UTC").unwrap();
        std::os::unix::fs::symlink("../usr/zone", etc.join("localtime")).unwrap();
        for (name, mode) in
            [("shadow", 0o600), ("profile", 0o644), ("services", 0o600), ("profile.d/a.sh", 0o644), ("hosts", 0o644)]
        {
            std::fs::write(etc.join(name), name).unwrap();
            std::fs::set_permissions(etc.join(name), std::fs::Permissions::from_mode(mode)).unwrap();
        }
        let first = mounts(&etc, &store).unwrap();
        let [Mount::ReadOnly(copy, at), over @ ..] = first.as_slice() else { panic!("{first:?}") };
        assert_eq!(at, Path::new("/etc"));
        let mut names: Vec<String> =
            std::fs::read_dir(copy).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, ["group", "hosts", "localtime", "passwd", "profile", "profile.d", "ssl"]);
        assert_eq!(std::fs::read_to_string(copy.join("localtime")).unwrap(), "UTC");
        assert_eq!(std::fs::read_to_string(copy.join("hosts")).unwrap(), "", "mounted, not copied");
        assert_eq!(std::fs::read_dir(copy.join("ssl")).unwrap().count(), 0);
        let mounted = |name: &str| Mount::ReadOnly(etc.join(name), Path::new("/etc").join(name));
        assert_eq!(over, [mounted("hosts"), mounted("ssl")]);
        assert_eq!(mounts(&etc, &store).unwrap(), first, "the same content is the same copy");
        std::fs::write(etc.join("profile"), "changed").unwrap();
        assert_ne!(mounts(&etc, &store).unwrap(), first);
        assert_eq!(std::fs::read_dir(&store).unwrap().count(), 2);
    }
}
