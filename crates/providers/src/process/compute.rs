//! Compute instances: a home, a user, limits.

use super::cgroup::{self, GroupSet};
use super::launch::Identity;
use super::layout::ComputeDir;
use super::provider::Core;
use super::sandbox::{HOME, PLAIN_USER, USER};
use super::{failure, files, users};
use serde::{Deserialize, Serialize};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use warpyard_model::Result;
use warpyard_model::kinds::Allocation;
use warpyard_provider::ComputeDesired;

/// What is known about a compute instance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ComputeMeta {
    pub(super) desired: ComputeDesired,
    /// The user it has to itself, when the server is root.
    pub(super) identity: Option<Identity>,
    pub(super) groups: GroupSet,
}

impl Core {
    /// Makes what is missing of a compute instance. Idempotent: every step takes what it finds, and `meta.json`, written
    /// last, says that all was made.
    pub(super) fn make_compute(&self, desired: &ComputeDesired) -> Result<ComputeMeta> {
        let directory = self.layout.compute(&desired.uid);
        let known: Option<ComputeMeta> = files::read_json(&directory.meta());
        if let Some(meta) = known
            && meta.desired.allocation == desired.allocation
            && meta.groups.directories.iter().all(|group| group.exists())
        {
            return Ok(meta);
        }
        self.make_compute_anew(&directory, desired)
            .map_err(|error| failure::io("The compute instance's home could not be made", &directory.path, &error))
    }

    fn make_compute_anew(&self, directory: &ComputeDir, desired: &ComputeDesired) -> io::Result<ComputeMeta> {
        let identity = match &self.machine.users {
            Some(range) => Some(users::take(&self.layout.users(), range, &desired.uid)?),
            None => None,
        };
        files::make_directory(&directory.path, 0o711)?;
        let home = directory.home();
        files::make_directory(&home, 0o700)?;
        if let Some(Identity { uid, gid }) = identity {
            if !self.machine.has_bubblewrap() {
                check_passable(&directory.path)?;
            }
            std::os::unix::fs::chown(&home, Some(uid), Some(gid))?;
        }
        std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o700))?;
        let shown = identity.unwrap_or(Identity { uid: PLAIN_USER, gid: PLAIN_USER });
        files::make_directory(&directory.etc(), 0o755)?;
        for (name, text) in [("passwd", passwd(shown)), ("group", group(shown))] {
            files::write_atomically(&directory.etc().join(name), 0o644, text.as_bytes())?;
        }
        let groups = self.limits(&desired.uid, &desired.allocation)?;
        let meta = ComputeMeta { desired: desired.clone(), identity, groups };
        files::write_json(&directory.meta(), &meta)?;
        Ok(meta)
    }

    fn limits(&self, uid: &str, allocation: &Allocation) -> io::Result<GroupSet> {
        self.groups.apply_compute(uid, allocation)
    }

    /// Removes what belongs to a compute instance; its services are gone already.
    pub(super) fn remove_compute(&self, uid: &str) -> Result<()> {
        let directory = self.layout.compute(uid);
        let meta: Option<ComputeMeta> = files::read_json(&directory.meta());
        if let Some(meta) = &meta {
            cgroup::kill(&meta.groups);
            if !cgroup::remove(&meta.groups, None) {
                tracing::warn!(uid, "a control group is still busy; it is removed with the machine's next start");
            }
        }
        files::remove_tree(&directory.path, &self.layout.trash())
            .map_err(|error| failure::io("The compute instance's home could not be removed", &directory.path, &error))?;
        // Last, so that nobody gets a user whose files are still there.
        if let Some(identity) = meta.and_then(|meta| meta.identity) {
            users::give_back(&self.layout.users(), identity, uid);
        }
        Ok(())
    }
}

/// Without a sandbox a process that became the instance's user must be able to walk to its home.
fn check_passable(directory: &Path) -> io::Result<()> {
    let passable = |path: &Path| path.metadata().is_ok_and(|meta| meta.permissions().mode() & 0o001 != 0);
    match directory.ancestors().find(|path| !passable(path)) {
        None => Ok(()),
        Some(closed) => Err(io::Error::other(format!(
            "instances cannot reach their homes, because {} is closed to other users; install bubblewrap, or open it with chmod o+x",
            closed.display()
        ))),
    }
}

fn passwd(identity: Identity) -> String {
    let Identity { uid, gid } = identity;
    format!(
        "root:x:0:0:root:/root:/usr/sbin/nologin\n{USER}:x:{uid}:{gid}:Warpyard:{HOME}:/bin/bash\n\
         nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
    )
}

fn group(identity: Identity) -> String {
    format!("root:x:0:\n{USER}:x:{}:\nnogroup:x:65534:\n", identity.gid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_directory_is_named_with_advice() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let inner = directory.path().join("compute");
        std::fs::create_dir(&inner).unwrap();
        let error = check_passable(&inner).unwrap_err().to_string();
        assert!(error.contains(&directory.path().display().to_string()) && error.contains("chmod o+x"), "{error}");
        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
        check_passable(&inner).unwrap();
    }
}
