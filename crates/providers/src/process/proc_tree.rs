//! Processes as `/proc` shows them, and what belongs together.

use std::collections::{HashMap, HashSet};

/// One process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: u32,
    pub(super) parent: u32,
    /// CPU time of its own and of children it waited for, in clock ticks.
    pub(super) cpu_ticks: u64,
    /// Resident memory in pages.
    pub(super) resident_pages: u64,
}

/// All processes that are seen.
pub(super) fn processes() -> Vec<Process> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| process(entry.file_name().to_str()?.parse().ok()?)).collect()
}

fn process(pid: u32) -> Option<Process> {
    parse_stat(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Parses `/proc/<pid>/stat` (proc(5)): the name in parentheses may hold anything, so fields count from its last one.
fn parse_stat(text: &str) -> Option<Process> {
    let (head, rest) = text.rsplit_once(')')?;
    let pid = head.split(' ').next()?.parse().ok()?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |position: usize| fields.get(position)?.parse::<u64>().ok();
    Some(Process {
        pid,
        parent: number(1)? as u32,
        cpu_ticks: number(11)? + number(12)? + number(13)? + number(14)?,
        resident_pages: number(21)?,
    })
}

/// Everything below `root`, without it.
pub(super) fn descendants(root: u32, parents: &HashMap<u32, u32>) -> HashSet<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for (pid, parent) in parents {
        children.entry(*parent).or_default().push(*pid);
    }
    let (mut found, mut open) = (HashSet::new(), vec![root]);
    while let Some(next) = open.pop() {
        for child in children.get(&next).into_iter().flatten() {
            if found.insert(*child) {
                open.push(*child);
            }
        }
    }
    found
}

/// The only child of a process that has one, such as the process inside that bubblewrap made.
pub(super) fn first_child(pid: u32) -> Option<u32> {
    let listed = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
    match listed {
        Ok(text) => text.split_whitespace().next()?.parse().ok(),
        Err(_) => processes().into_iter().find(|p| p.parent == pid).map(|p| p.pid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_parentheses_do_not_confuse() {
        let text = "42 (a) b) c) S 7 42 42 0 -1 4194560 100 0 0 0 3 4 5 6 20 0 1 0 1000 8192 33 0 0";
        assert_eq!(parse_stat(text), Some(Process { pid: 42, parent: 7, cpu_ticks: 18, resident_pages: 33 }));
        assert_eq!(parse_stat("nonsense"), None);
    }

    #[test]
    fn this_process_is_seen() {
        let own = processes().into_iter().find(|p| p.pid == std::process::id()).unwrap();
        assert!(own.resident_pages > 0);
    }

    #[test]
    fn trees_are_followed() {
        let parents = [(2, 1), (3, 2), (4, 3), (9, 8)].into();
        assert_eq!(descendants(2, &parents), [3, 4].into());
    }
}
