//! Control groups, version 2.
//!
//! A group that gives controllers to its children may hold no processes itself ("no internal processes"). When the server
//! is alone in the group it was given (systemd's `Delegate=yes`), it moves itself into a child first.

use super::{GroupSet, MOST_PROCESSES, PERIOD_MICROSECONDS, make, processes, quota, set};
use std::io;
use std::path::{Path, PathBuf};
use warpyard_model::kinds::Allocation;

const NEEDED: [&str; 3] = ["cpu", "memory", "pids"];
const GIVE: &str = "+cpu +memory +pids";

/// Makes this server's group below its own, or says why it cannot.
pub(super) fn prepare(own: &Path, name: &str) -> Result<PathBuf, String> {
    let controllers = std::fs::read_to_string(own.join("cgroup.controllers")).unwrap_or_default();
    let missing: Vec<&str> = NEEDED.into_iter().filter(|c| !controllers.split_whitespace().any(|have| have == *c)).collect();
    if !missing.is_empty() {
        return Err(format!("the server's control group was not given {} (systemd: Delegate=yes)", missing.join(", ")));
    }
    let refused = |error: io::Error| format!("the server's control group cannot be divided ({error}; systemd: Delegate=yes)");
    let root = own.join(name);
    make(&root).map_err(refused)?;
    if set(own, "cgroup.subtree_control", GIVE).is_err() {
        let alone = processes(own).iter().all(|pid| *pid == std::process::id());
        if !alone {
            return Err("the server shares its control group with other processes (systemd: Delegate=yes)".to_owned());
        }
        let aside = own.join("server");
        make(&aside).map_err(refused)?;
        set(&aside, "cgroup.procs", std::process::id()).map_err(refused)?;
        set(own, "cgroup.subtree_control", GIVE).map_err(refused)?;
    }
    set(&root, "cgroup.subtree_control", GIVE).map_err(refused)?;
    Ok(root)
}

pub(super) fn apply_compute(root: &Path, uid: &str, allocation: &Allocation) -> io::Result<GroupSet> {
    if !root.exists() {
        make(root)?;
        set(root, "cgroup.subtree_control", GIVE)?;
    }
    let directory = root.join(uid);
    make(&directory)?;
    if allocation.memory_bytes > 0 {
        set(&directory, "memory.max", allocation.memory_bytes)?;
        if directory.join("memory.swap.max").exists() {
            set(&directory, "memory.swap.max", 0)?;
        }
    }
    if allocation.cpu_millis > 0 {
        set(&directory, "cpu.max", format!("{} {PERIOD_MICROSECONDS}", quota(allocation.cpu_millis)))?;
    }
    set(&directory, "pids.max", MOST_PROCESSES)?;
    set(&directory, "cgroup.subtree_control", GIVE)?;
    Ok(GroupSet { directories: vec![directory], ..GroupSet::default() })
}

pub(super) fn apply_service(compute: &GroupSet, uid: &str) -> io::Result<GroupSet> {
    let mut groups = GroupSet::default();
    for parent in &compute.directories {
        let directory = parent.join(uid);
        make(&directory)?;
        groups.oom_counter = Some(directory.join("memory.events"));
        groups.cpu_counter = Some(directory.join("cpu.stat"));
        groups.directories.push(directory);
    }
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_without_controllers_is_refused_with_advice() {
        let own = tempfile::tempdir().unwrap();
        std::fs::write(own.path().join("cgroup.controllers"), "hugetlb\n").unwrap();
        let why = prepare(own.path(), "warpyard-1").unwrap_err();
        assert!(why.contains("cpu, memory, pids") && why.contains("Delegate=yes"), "{why}");
    }

    #[test]
    fn limits_are_written() {
        let own = tempfile::tempdir().unwrap();
        std::fs::write(own.path().join("cgroup.controllers"), "cpu io memory pids\n").unwrap();
        let root = prepare(own.path(), "warpyard-1").unwrap();
        let allocation = Allocation { cpu_millis: 250, memory_bytes: 4096, ..Allocation::default() };
        let groups = apply_compute(&root, "c-1", &allocation).unwrap();
        let read = |file: &str| std::fs::read_to_string(groups.directories[0].join(file)).unwrap();
        assert_eq!((read("memory.max").as_str(), read("cpu.max").as_str()), ("4096", "25000 100000"));
        let service = apply_service(&groups, "s-1").unwrap();
        assert_eq!(service.oom_counter, Some(root.join("c-1/s-1/memory.events")));
    }
}
