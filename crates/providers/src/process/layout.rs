//! Where everything lies below `<data>/process`.
//!
//! | path | what |
//! | --- | --- |
//! | `compute/<uid>/meta.json`, `home/`, `etc/` | a compute instance: its user, its home, its `passwd` and `group` |
//! | `service/<uid>/desired.json` | what the shim runs, secrets included: readable by the server's user alone |
//! | `service/<uid>/state.json`, `lock`, `control.sock`, `door.sock`, `log/` | what the shim says and holds |
//! | `cache/<key>/` | results of prepare steps; `<key>.lock` beside them |
//! | `etc/<hash>/` | copies of what sandboxes see of `/etc` |
//! | `ports/<port>`, `users/<number>` | what is taken of the machine, and by which uid |
//! | `trash/` | what is being deleted |

use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use warpyard_model::{Error, Result};

/// Paths of the provider's data.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    root: PathBuf,
}

impl Layout {
    pub(super) fn new(data_dir: &Path) -> Self {
        Self { root: data_dir.join("process") }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn computes(&self) -> PathBuf {
        self.root.join("compute")
    }

    pub(super) fn services(&self) -> PathBuf {
        self.root.join("service")
    }

    pub(super) fn cache(&self) -> PathBuf {
        self.root.join("cache")
    }

    pub(super) fn etc_copies(&self) -> PathBuf {
        self.root.join("etc")
    }

    pub(super) fn ports(&self) -> PathBuf {
        self.root.join("ports")
    }

    pub(super) fn users(&self) -> PathBuf {
        self.root.join("users")
    }

    pub(super) fn trash(&self) -> PathBuf {
        self.root.join("trash")
    }

    pub(super) fn compute(&self, uid: &str) -> ComputeDir {
        ComputeDir { path: self.computes().join(uid) }
    }

    pub(super) fn service(&self, uid: &str) -> ServiceDir {
        ServiceDir::new(self.services().join(uid))
    }

    /// Uids of the services that have a directory.
    pub(super) fn service_uids(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.services()).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
    }
}

/// Paths of one compute instance.
#[derive(Debug, Clone)]
pub(super) struct ComputeDir {
    pub(super) path: PathBuf,
}

impl ComputeDir {
    pub(super) fn meta(&self) -> PathBuf {
        self.path.join("meta.json")
    }

    pub(super) fn home(&self) -> PathBuf {
        self.path.join("home")
    }

    pub(super) fn etc(&self) -> PathBuf {
        self.path.join("etc")
    }
}

/// Paths of one service instance.
#[derive(Debug, Clone)]
pub(super) struct ServiceDir {
    pub(super) path: PathBuf,
}

impl ServiceDir {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) fn desired(&self) -> PathBuf {
        self.path.join("desired.json")
    }

    pub(super) fn state(&self) -> PathBuf {
        self.path.join("state.json")
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.path.join("lock")
    }

    pub(super) fn ports(&self) -> PathBuf {
        self.path.join("ports.json")
    }

    pub(super) fn logs(&self) -> PathBuf {
        self.path.join("log")
    }

    pub(super) fn shim_log(&self) -> PathBuf {
        self.path.join("shim.log")
    }

    /// A way to a socket of this directory that fits into the 108 bytes a socket address has.
    pub(super) fn socket(&self, name: &str) -> io::Result<SocketPath> {
        let directory = std::fs::File::open(&self.path)?;
        let path = PathBuf::from(format!("/proc/self/fd/{}/{name}", directory.as_raw_fd()));
        Ok(SocketPath { path, _directory: directory })
    }
}

/// The name of the shim's control socket.
pub(super) const CONTROL_SOCKET: &str = "control.sock";
/// The name of the sandbox's door.
pub(super) const DOOR_SOCKET: &str = "door.sock";

/// A short path to a socket, valid while this lives.
pub(super) struct SocketPath {
    pub(super) path: PathBuf,
    _directory: std::fs::File,
}

/// Refuses uids that could leave their directory.
pub(super) fn check_uid(uid: &str) -> Result<()> {
    let good =
        (1..=64).contains(&uid.len()) && uid.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !uid.starts_with('-');
    if good { Ok(()) } else { Err(Error::invalid_field("uid", "a uid is 1 to 64 letters, digits and hyphens")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_stay_in_their_directory() {
        check_uid("0196f3c2-77aa-7000-8000-000000000001").unwrap();
        for bad in ["", "..", "a/b", "-rf", "a.b", &"x".repeat(65)] {
            assert!(check_uid(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sockets_work_below_long_paths() {
        let directory = tempfile::tempdir().unwrap();
        let long = directory.path().join("d".repeat(200));
        std::fs::create_dir(&long).unwrap();
        let service = ServiceDir::new(long);
        let socket = service.socket(DOOR_SOCKET).unwrap();
        let _listener = std::os::unix::net::UnixListener::bind(&socket.path).unwrap();
        std::os::unix::net::UnixStream::connect(&service.socket(DOOR_SOCKET).unwrap().path).unwrap();
    }
}
