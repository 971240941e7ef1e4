//! Control groups, version 1.

use super::{GroupSet, MOST_PROCESSES, PERIOD_MICROSECONDS, make, quota, set};
use std::io;
use std::path::{Path, PathBuf};
use warpyard_model::kinds::Allocation;

/// The directory of this server in each controller's tree.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Trees {
    trees: Vec<(String, PathBuf)>,
}

/// Makes this server's group in every tree it may write. `Err(None)` where there is no tree at all.
pub(super) fn prepare(own: &[(String, PathBuf)], name: &str) -> Result<Trees, Option<String>> {
    let mut trees = Trees::default();
    let mut refused = None;
    for (controller, parent) in own {
        let directory = parent.join(name);
        match make(&directory) {
            Ok(()) => {
                // It was only a trial; the first compute instance makes it again.
                let _ = std::fs::remove_dir(&directory);
                trees.trees.push((controller.clone(), directory));
            }
            Err(error) => refused = Some(format!("the control group {} cannot be divided ({error})", parent.display())),
        }
    }
    if trees.directory("memory").is_none() && trees.directory("cpu").is_none() { Err(refused) } else { Ok(trees) }
}

impl Trees {
    fn directory(&self, controller: &str) -> Option<&Path> {
        self.trees.iter().find(|(c, _)| c == controller).map(|(_, directory)| directory.as_path())
    }

    pub(super) fn enforce_limits(&self) -> bool {
        self.directory("memory").is_some() && self.directory("cpu").is_some()
    }

    pub(super) fn statement(&self) -> String {
        let there: Vec<&str> = [("CPU", "cpu"), ("memory", "memory"), ("process", "pids")]
            .into_iter()
            .filter(|(_, controller)| self.directory(controller).is_some())
            .map(|(word, _)| word)
            .collect();
        let listed = match there.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => there.join(""),
        };
        let mut listed = format!("{listed} limits are enforced by control groups (version 1).");
        if let Some(first) = listed.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        listed
    }

    pub(super) fn apply_compute(&self, uid: &str, allocation: &Allocation) -> io::Result<GroupSet> {
        let mut groups = GroupSet::default();
        for (controller, tree) in &self.trees {
            make(tree)?;
            let directory = tree.join(uid);
            make(&directory)?;
            match controller.as_str() {
                "memory" if allocation.memory_bytes > 0 => limit_memory(&directory, allocation.memory_bytes)?,
                "cpu" if allocation.cpu_millis > 0 => {
                    set(&directory, "cpu.cfs_period_us", PERIOD_MICROSECONDS)?;
                    set(&directory, "cpu.cfs_quota_us", quota(allocation.cpu_millis))?;
                }
                "pids" => set(&directory, "pids.max", MOST_PROCESSES)?,
                _ => {}
            }
            if !groups.directories.contains(&directory) {
                groups.directories.push(directory);
            }
        }
        Ok(groups)
    }
}

/// Memory, and where the kernel counts it memory and swap together, which may never be less than memory alone.
fn limit_memory(directory: &Path, bytes: u64) -> io::Result<()> {
    let both = "memory.memsw.limit_in_bytes";
    let memory = "memory.limit_in_bytes";
    if !directory.join(both).exists() {
        return set(directory, memory, bytes);
    }
    // One order works for a smaller limit, the other for a larger one.
    if set(directory, memory, bytes).is_ok() {
        set(directory, both, bytes)
    } else {
        set(directory, both, bytes)?;
        set(directory, memory, bytes)
    }
}

pub(super) fn apply_service(compute: &GroupSet, uid: &str) -> io::Result<GroupSet> {
    let mut groups = GroupSet::default();
    for parent in &compute.directories {
        let directory = parent.join(uid);
        make(&directory)?;
        let existing = |file: &str| Some(directory.join(file)).filter(|path| path.exists());
        groups.oom_counter = groups.oom_counter.or_else(|| existing("memory.oom_control"));
        groups.cpu_counter = groups.cpu_counter.or_else(|| existing("cpuacct.usage"));
        groups.directories.push(directory);
    }
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allocation(memory_bytes: u64) -> Allocation {
        Allocation { cpu_millis: 1500, memory_bytes, ..Allocation::default() }
    }

    #[test]
    fn limits_are_written_into_every_tree() {
        let root = tempfile::tempdir().unwrap();
        let own: Vec<(String, PathBuf)> = ["memory", "cpu", "pids"]
            .map(|c| {
                std::fs::create_dir(root.path().join(c)).unwrap();
                (c.to_owned(), root.path().join(c))
            })
            .to_vec();
        let trees = prepare(&own, "warpyard-1").unwrap();
        assert!(trees.enforce_limits());
        assert_eq!(trees.statement(), "CPU, memory and process limits are enforced by control groups (version 1).");
        let groups = trees.apply_compute("c-1", &allocation(1 << 30)).unwrap();
        let read = |path: &str| std::fs::read_to_string(root.path().join(path)).unwrap();
        assert_eq!(read("memory/warpyard-1/c-1/memory.limit_in_bytes"), (1_u64 << 30).to_string());
        assert_eq!(read("cpu/warpyard-1/c-1/cpu.cfs_quota_us"), "150000");
        let service = apply_service(&groups, "s-1").unwrap();
        assert_eq!(service.directories.len(), 3);
        assert!(super::super::remove(&groups, Some("s-1")));
    }

    #[test]
    fn what_cannot_be_divided_is_said() {
        let own = [("memory".to_owned(), PathBuf::from("/no/such/group"))];
        assert!(prepare(&own, "warpyard-1").unwrap_err().unwrap().contains("/no/such/group"));
        assert_eq!(prepare(&[], "warpyard-1").unwrap_err(), None);
    }
}
