//! Processes that belong to one data directory, found in `/proc`, whoever started them.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::BTreeMap;
use std::path::Path;

/// One process; its parent may end and change, it stays the same.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    pub(crate) id: i32,
    parent: i32,
    /// When it started, in clock ticks after the machine did: with the id, this tells two processes apart.
    pub(crate) started: u64,
    /// Its words, with spaces between them.
    pub(crate) command: String,
}

impl PartialEq for Process {
    fn eq(&self, other: &Self) -> bool {
        (self.id, self.started) == (other.id, other.started)
    }
}

/// Every process of the machine with whether it names `mark`: in its words, or as the source of something mounted for it.
fn all(mark: &str) -> Vec<(Process, bool)> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| read(&entry.path(), entry.file_name().to_str()?.parse().ok()?, mark)).collect()
}

fn read(directory: &Path, id: i32, mark: &str) -> Option<(Process, bool)> {
    let text = |name: &str| std::fs::read(directory.join(name)).ok().map(|b| String::from_utf8_lossy(&b).into_owned());
    let stat = text("stat")?;
    // The name stands in parentheses and may hold anything; what follows the last one is numbers.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    if fields.first() == Some(&"Z") {
        return None;
    }
    let command = text("cmdline")?.replace('\0', " ").trim().to_owned();
    let named = command.contains(mark) || text("mountinfo").is_some_and(|mounts| mounts.contains(mark));
    Some((Process { id, parent: fields.get(1)?.parse().ok()?, started: fields.get(19)?.parse().ok()?, command }, named))
}

/// The processes that name the mark, and all that descend from them; without the server and its commands.
pub(crate) fn of(mark: &str, server: Option<u32>) -> Vec<Process> {
    let all = all(mark);
    let mut inside: BTreeMap<i32, bool> = all.iter().map(|(p, named)| (p.id, *named)).collect();
    loop {
        let more: Vec<i32> =
            all.iter().filter(|(p, _)| !inside[&p.id] && inside.get(&p.parent) == Some(&true)).map(|(p, _)| p.id).collect();
        if more.is_empty() {
            break;
        }
        inside.extend(more.into_iter().map(|id| (id, true)));
    }
    let own = std::process::id().cast_signed();
    all.into_iter()
        .map(|(process, _)| process)
        .filter(|p| inside[&p.id] && p.id != own && Some(p.id.cast_unsigned()) != server)
        .collect()
}

/// Ends whatever is left of a data directory.
pub(crate) fn end_all(mark: &str) {
    for process in of(mark, None) {
        let _ = kill(Pid::from_raw(process.id), Signal::SIGKILL);
    }
}
