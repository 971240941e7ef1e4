//! Stopping and removing services.

use super::super::launch::{ControlRequest, ShimState};
use super::super::layout::ServiceDir;
use super::super::provider::Core;
use super::super::{cgroup, control, failure, files, lock, ports};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::time::Instant;
use warpyard_model::{Error, Result};
use warpyard_provider::RunState;

/// How long a shim that holds its lock may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a shim may take beyond the grace period.
const BEYOND_GRACE: Duration = Duration::from_secs(15);
/// How often it is looked whether a lock was let go: by a process that is ending at this moment.
const LOOK_EVERY: Duration = Duration::from_millis(2);

impl Core {
    /// Ends a service's processes and returns when they are gone. The caller has the uid's turn.
    pub(in super::super) async fn stop(self: &Arc<Self>, uid: &str) -> Result<()> {
        let service = self.layout.service(uid);
        let Some(launch) = self.launch(uid) else { return Ok(()) };
        if lock::is_held(&service.lock()) {
            let grace_seconds = launch.desired.stop_grace_seconds;
            if !self.ask_to_stop(&service, grace_seconds).await {
                self.kill_shim(uid, &service).await?;
            }
        }
        // A shim that was killed, now or before, could not write its last state.
        let state: Option<ShimState> = files::read_json(&service.state());
        if let Some(mut state) = state
            && state.observed.state != RunState::Exited
        {
            state.observed.state = RunState::Exited;
            state.observed.ready = false;
            "stopped".clone_into(&mut state.observed.message);
            files::write_json(&service.state(), &state)
                .map_err(|error| failure::io("The service's state could not be written", &service.path, &error))?;
        }
        Ok(())
    }

    /// Whether the shim ended the service and itself.
    async fn ask_to_stop(&self, service: &ServiceDir, grace_seconds: u32) -> bool {
        let answer_by = Instant::now() + ANSWER_TIMEOUT;
        // A shim that has only just begun does not listen yet.
        let mut stream = loop {
            match control::ask(service, &ControlRequest::Stop { grace_seconds }).await {
                Ok(stream) => break stream,
                Err(_) if !lock::is_held(&service.lock()) => return true,
                Err(_) if Instant::now() >= answer_by => return false,
                Err(_) => tokio::time::sleep(LOOK_EVERY).await,
            }
        };
        let within = Duration::from_secs(grace_seconds.into()) + BEYOND_GRACE;
        let mut nothing = [0; 16];
        // The end of the stream, clean or not, is the end of the shim.
        if tokio::time::timeout(within, stream.read(&mut nothing)).await.is_err() {
            return false;
        }
        self.wait_for_release(service).await
    }

    async fn wait_for_release(&self, service: &ServiceDir) -> bool {
        let until = Instant::now() + ANSWER_TIMEOUT;
        while lock::is_held(&service.lock()) {
            if Instant::now() >= until {
                return false;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        true
    }

    /// Ends a shim that does not answer; its sandbox ends with it.
    async fn kill_shim(&self, uid: &str, service: &ServiceDir) -> Result<()> {
        tracing::warn!(uid, "the service's supervisor does not answer and is killed");
        if let Some(pid) = lock::holder(&service.lock()) {
            let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL);
        }
        if let Some(launch) = self.launch(uid) {
            cgroup::kill(&launch.groups);
        }
        if self.wait_for_release(service).await {
            Ok(())
        } else {
            Err(Error::provider_failed("The service's processes could not be ended; look at the server's machine.").retryable())
        }
    }

    /// Stops a service and removes what belongs to it alone.
    pub(in super::super) async fn destroy_service(self: &Arc<Self>, uid: &str) -> Result<()> {
        let _turn = self.turns.take(uid).await;
        self.stop(uid).await?;
        let (core, uid) = (Arc::clone(self), uid.to_owned());
        let removed = tokio::task::spawn_blocking(move || {
            if let Some(launch) = core.launch(&uid) {
                cgroup::remove(&launch.groups, None);
            }
            ports::give_back(&core.layout, &uid);
            core.launches.lock().unwrap_or_else(PoisonError::into_inner).remove(&uid);
            core.samples.forget(&uid);
            let service = core.layout.service(&uid);
            files::remove_tree(&service.path, &core.layout.trash())
                .map_err(|error| failure::io("The service could not be removed", &service.path, &error))
        });
        removed.await.map_err(|error| failure::join(&error))?
    }
}
