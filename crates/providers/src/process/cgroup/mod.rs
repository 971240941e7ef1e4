//! Limits by control groups: version 2 where it is delegated to the server, else version 1 where it may be written, else
//! none, and said so.
//!
//! Below the server's own group lies one group per data directory, in it one per compute instance, which has the limits,
//! and in it one per service, which counts. Making and removing them is idempotent.

mod find;
mod v1;
mod v2;

use sha2::{Digest, Sha256};
use std::io;
use std::path::{Path, PathBuf};
use warpyard_model::kinds::Allocation;

/// Processes and threads a compute instance may have: far more than apps need, far less than a machine stands.
const MOST_PROCESSES: u64 = 16_384;
/// The period in which CPU time is shared out, in microseconds.
const PERIOD_MICROSECONDS: u64 = 100_000;

/// The control groups this server may make.
#[derive(Debug, Clone)]
pub(super) enum Groups {
    /// Version 1: one tree per controller.
    V1(v1::Trees),
    /// Version 2: one tree.
    V2(PathBuf),
    /// None, for the reason given.
    None(String),
}

/// The groups of one compute or service instance.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct GroupSet {
    /// Directories that a process joins.
    pub(super) directories: Vec<PathBuf>,
    /// Counts kills for lack of memory.
    pub(super) oom_counter: Option<PathBuf>,
    /// Counts CPU time.
    pub(super) cpu_counter: Option<PathBuf>,
}

impl Groups {
    /// Looks for groups that may be made, by making one.
    pub(super) fn detect(data: &Path) -> Self {
        let digest = Sha256::digest(data.display().to_string());
        let name = format!("warpyard-{:02x}{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2], digest[3]);
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let found = find::hierarchies(&read("/proc/self/mountinfo"), &read("/proc/self/cgroup"));
        let mut reason = "this machine mounts no control groups".to_owned();
        if let Some(own) = &found.v2 {
            match v2::prepare(own, &name) {
                Ok(root) => return Self::V2(root),
                Err(why) => reason = why,
            }
        }
        match v1::prepare(&found.v1, &name) {
            Ok(trees) => Self::V1(trees),
            Err(Some(why)) => Self::None(why),
            Err(None) => Self::None(reason),
        }
    }

    /// Memory and CPU limits are enforced.
    pub(super) fn enforce_limits(&self) -> bool {
        match self {
            Self::V1(trees) => trees.enforce_limits(),
            Self::V2(_) => true,
            Self::None(_) => false,
        }
    }

    /// What enforces limits, in a sentence.
    pub(super) fn statement(&self) -> String {
        match self {
            Self::V1(trees) => trees.statement(),
            Self::V2(_) => "CPU, memory and process limits are enforced by control groups (version 2).".to_owned(),
            Self::None(reason) => format!("CPU and memory limits are not enforced: {reason}."),
        }
    }

    /// Makes the groups of a compute instance and sets its limits.
    pub(super) fn apply_compute(&self, uid: &str, allocation: &Allocation) -> io::Result<GroupSet> {
        match self {
            Self::V1(trees) => trees.apply_compute(uid, allocation),
            Self::V2(root) => v2::apply_compute(root, uid, allocation),
            Self::None(_) => Ok(GroupSet::default()),
        }
    }

    /// Makes the groups of a service in those of its compute instance, with counters at zero where possible.
    pub(super) fn apply_service(&self, compute: &GroupSet, uid: &str) -> io::Result<GroupSet> {
        remove(compute, Some(uid));
        match self {
            Self::V1(_) => v1::apply_service(compute, uid),
            Self::V2(_) => v2::apply_service(compute, uid),
            Self::None(_) => Ok(GroupSet::default()),
        }
    }
}

/// Removes the group of a service, or with `None` a compute instance's and all in it. Whether nothing is left.
pub(super) fn remove(compute: &GroupSet, service: Option<&str>) -> bool {
    let mut gone = true;
    for directory in &compute.directories {
        let directory = service.map_or_else(|| directory.clone(), |uid| directory.join(uid));
        if service.is_none() {
            for entry in std::fs::read_dir(&directory).into_iter().flatten().flatten() {
                if entry.file_type().is_ok_and(|t| t.is_dir()) {
                    let _ = std::fs::remove_dir(entry.path());
                }
            }
        }
        gone &= match std::fs::remove_dir(&directory) {
            Ok(()) => true,
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        };
        // The server's own group goes with the last instance and comes with the next.
        if service.is_none()
            && let Some(parent) = directory.parent().filter(|parent| is_servers_own(parent))
        {
            let _ = std::fs::remove_dir(parent);
        }
    }
    gone
}

fn is_servers_own(directory: &Path) -> bool {
    directory.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("warpyard-"))
}

/// Ends every process of the groups.
pub(super) fn kill(groups: &GroupSet) {
    for directory in &groups.directories {
        for pid in processes(directory) {
            let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid as i32), nix::sys::signal::Signal::SIGKILL);
        }
    }
}

/// Process ids in a group.
pub(super) fn processes(directory: &Path) -> Vec<u32> {
    let text = std::fs::read_to_string(directory.join("cgroup.procs")).unwrap_or_default();
    text.lines().filter_map(|line| line.parse().ok()).collect()
}

/// CPU time in microseconds per period.
fn quota(cpu_millis: u64) -> u64 {
    (cpu_millis * PERIOD_MICROSECONDS / 1000).max(1000)
}

fn make(directory: &Path) -> io::Result<()> {
    match std::fs::create_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

fn set(directory: &Path, file: &str, value: impl std::fmt::Display) -> io::Result<()> {
    std::fs::write(directory.join(file), value.to_string())
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", directory.join(file).display())))
}
