//! Every child of the init is reaped in one place; whoever started it hears its exit code.

use nix::errno::Errno;
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};
use nix::unistd::Pid;
use std::collections::HashMap;
use std::io;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

type OnExit = Box<dyn FnOnce(i32) + Send>;

/// The children that somebody waits for.
#[derive(Default)]
pub(super) struct Children {
    waiting: Mutex<HashMap<i32, OnExit>>,
}

impl Children {
    fn waiting(&self) -> MutexGuard<'_, HashMap<i32, OnExit>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a command; `on_exit` hears its exit code. The table stays locked meanwhile, so that a child which ends at
    /// once, or fails to start and is waited for by the standard library, is not reaped before it is known.
    pub(super) fn spawn(&self, command: &mut Command, on_exit: impl FnOnce(i32) + Send + 'static) -> io::Result<u32> {
        let mut waiting = self.waiting();
        let pid = command.spawn()?.id();
        waiting.insert(pid as i32, Box::new(on_exit));
        Ok(pid)
    }

    /// Waits until some child ended and reaps it, an orphan of the sandbox or one of ours.
    pub(super) fn reap_one(&self) {
        // Look first and reap under the lock: see `spawn`.
        let Ok(ended) = waitid(Id::All, WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT) else { return };
        let Some(pid) = ended.pid() else { return };
        let mut waiting = self.waiting();
        let exit_code = match reap(pid) {
            Some(WaitStatus::Exited(_, code)) => code,
            Some(WaitStatus::Signaled(_, signal, _)) => 128 + signal as i32,
            _ => return,
        };
        let on_exit = waiting.remove(&pid.as_raw());
        drop(waiting);
        if let Some(on_exit) = on_exit {
            on_exit(exit_code);
        }
    }
}

fn reap(pid: Pid) -> Option<WaitStatus> {
    loop {
        match waitpid(pid, Some(WaitPidFlag::WNOHANG)) {
            Err(Errno::EINTR) => {}
            other => return other.ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // One test, because reaping takes any child of this process; nextest and the harness run it in a process whose other
    // tests start no children.
    #[test]
    fn exit_codes_reach_whoever_waits() {
        let children = Children::default();
        let (sender, receiver) = std::sync::mpsc::channel();
        for script in ["exit 3", "kill -9 $$"] {
            let sender = sender.clone();
            let mut command = crate::process::spawn::command("/bin/sh");
            children.spawn(command.args(["-c", script]), move |code| sender.send(code).unwrap()).unwrap();
        }
        assert!(children.spawn(&mut crate::process::spawn::command("/no/such/program"), |_| {}).is_err());
        let mut codes = Vec::new();
        while codes.len() < 2 {
            children.reap_one();
            codes.extend(receiver.try_iter());
        }
        codes.sort_unstable();
        assert_eq!(codes, [3, 137]);
    }
}
