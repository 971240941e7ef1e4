//! Signals to everything that runs beside the init, with and without process ids of its own.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::{HashMap, HashSet};

/// Asks every process of the sandbox to end.
pub(super) fn terminate_all(own_processes: bool) {
    if own_processes {
        // From process 1 this reaches everything in the sandbox but itself.
        let _ = kill(Pid::from_raw(-1), Signal::SIGTERM);
    } else {
        for pid in descendants_of(std::process::id()) {
            let _ = kill(Pid::from_raw(pid as i32), Signal::SIGTERM);
        }
    }
}

/// Ends what is left below this process, also what forks meanwhile: rounds until nothing new is found.
pub(super) fn kill_descendants() {
    for _round in 0..50 {
        let left = descendants_of(std::process::id());
        if left.is_empty() {
            return;
        }
        for pid in left {
            let _ = kill(Pid::from_raw(pid as i32), Signal::SIGKILL);
        }
        while matches!(
            nix::sys::wait::waitpid(None, Some(nix::sys::wait::WaitPidFlag::WNOHANG)),
            Ok(status) if status != nix::sys::wait::WaitStatus::StillAlive
        ) {}
    }
}

fn descendants_of(root: u32) -> HashSet<u32> {
    crate::process::proc_tree::descendants(root, &parents())
}

fn parents() -> HashMap<u32, u32> {
    crate::process::proc_tree::processes().into_iter().map(|p| (p.pid, p.parent)).collect()
}
