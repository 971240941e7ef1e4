//! What the shim's threads share: the state, the log, and who listens to either.

use super::super::launch::{Launch, ShimState};
use super::super::layout::ServiceDir;
use super::super::log_files::LogWriter;
use super::super::{clock, files};
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, MutexGuard, PoisonError};
use warpyard_provider::{RunState, ServiceObserved};

/// The shim's state and its listeners.
pub(super) struct Shared {
    service: ServiceDir,
    state: Mutex<ShimState>,
    log: Mutex<LogWriter>,
    watchers: Mutex<Vec<UnixStream>>,
    followers: Mutex<Vec<UnixStream>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(super) fn new(service: ServiceDir, launch: &Launch) -> Self {
        let observed = ServiceObserved {
            state: RunState::Running,
            revision: launch.desired.revision,
            isolation: launch.isolation.clone(),
            ..ServiceObserved::default()
        };
        let log = LogWriter::open(&service.logs());
        Self {
            service,
            state: Mutex::new(ShimState { observed, sandbox_pid: None }),
            log: Mutex::new(log),
            watchers: Mutex::default(),
            followers: Mutex::default(),
        }
    }

    pub(super) fn log(&self) -> MutexGuard<'_, LogWriter> {
        locked(&self.log)
    }

    /// Changes the state, writes it down and tells watchers.
    pub(super) fn change(&self, change: impl FnOnce(&mut ServiceObserved)) {
        change(&mut locked(&self.state).observed);
        if let Err(error) = self.publish() {
            eprintln!("warpyard internal-shim: the state could not be written: {error}");
        }
    }

    /// Notes the outermost process; written with the next change of the state.
    pub(super) fn set_sandbox_pid(&self, pid: Option<u32>) {
        locked(&self.state).sandbox_pid = pid;
    }

    /// Writes the state and tells watchers.
    pub(super) fn publish(&self) -> io::Result<()> {
        let state = locked(&self.state);
        files::write_json(&self.service.state(), &*state)?;
        let line = observed_line(&state.observed)?;
        locked(&self.watchers).retain_mut(|watcher| watcher.write_all(&line).is_ok());
        Ok(())
    }

    /// Adds a watcher, which hears the state now and whenever it changes.
    pub(super) fn add_watcher(&self, mut watcher: UnixStream) -> io::Result<()> {
        let state = locked(&self.state);
        watcher.set_nonblocking(true)?;
        watcher.write_all(&observed_line(&state.observed)?)?;
        let mut watchers = locked(&self.watchers);
        watchers.retain_mut(is_connected);
        watchers.push(watcher);
        Ok(())
    }

    /// Adds a follower, which gets a byte now and whenever the log grew.
    pub(super) fn add_follower(&self, mut follower: UnixStream) -> io::Result<()> {
        follower.set_nonblocking(true)?;
        follower.write_all(b".")?;
        let mut followers = locked(&self.followers);
        followers.retain_mut(is_connected);
        followers.push(follower);
        Ok(())
    }

    /// Appends to the log and tells followers.
    pub(super) fn write_log(&self, bytes: &[u8]) {
        self.log().write(bytes);
        locked(&self.followers).retain_mut(|follower| match follower.write(b".") {
            Ok(_) => true,
            // It has not read what it was told before, so it will look again anyway.
            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
        });
    }

    pub(super) fn started(&self, ready: bool) {
        self.change(|observed| {
            observed.state = RunState::Running;
            observed.started_at = Some(clock::now());
            observed.ready = ready;
            observed.message.clear();
        });
    }
}

fn observed_line(observed: &ServiceObserved) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(observed)?;
    line.push(b'\n');
    Ok(line)
}

/// Listeners send nothing after their request: something to read is the end of the stream.
fn is_connected(stream: &mut UnixStream) -> bool {
    matches!(stream.read(&mut [0]), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
}
