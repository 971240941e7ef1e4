//! Services: starting, adopting, looking at, stopping and removing them.

mod plan;
mod start;
mod stop;
mod watch;

use super::launch::{Launch, ShimState};
use super::provider::Core;
use super::{files, lock};
use std::os::unix::fs::MetadataExt;
use std::sync::{Arc, PoisonError};
use warpyard_model::kinds::RestartPolicy;
use warpyard_provider::{RunState, ServiceObserved};

/// A launch that was read before, and which version of its file that was.
pub(super) struct KnownLaunch {
    stamp: (u64, i64, i64),
    launch: Arc<Launch>,
}

/// What is there of a service.
enum Found {
    /// Nothing, or nothing that counts.
    Nothing,
    /// A shim runs it.
    Alive(ServiceObserved),
    /// It ended and stays so until a newer revision.
    Over(ServiceObserved),
    /// It ran when its shim was killed or the machine went down; it may be started again as it was.
    Lost,
}

impl Core {
    /// The launch of a service; read again only when its file was replaced.
    pub(super) fn launch(&self, uid: &str) -> Option<Arc<Launch>> {
        let path = self.layout.service(uid).desired();
        let meta = std::fs::metadata(&path).ok()?;
        let stamp = (meta.ino(), meta.mtime(), meta.mtime_nsec());
        let mut launches = self.launches.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = launches.get(uid).filter(|known| known.stamp == stamp) {
            return Some(Arc::clone(&known.launch));
        }
        let launch: Arc<Launch> = Arc::new(files::read_json(&path)?);
        launches.insert(uid.to_owned(), KnownLaunch { stamp, launch: Arc::clone(&launch) });
        Some(launch)
    }

    fn find(&self, uid: &str) -> Found {
        let Some(launch) = self.launch(uid) else { return Found::Nothing };
        let service = self.layout.service(uid);
        // In this order: a shim that ends meanwhile has written its last state before it lets go of the lock.
        let held = lock::is_held(&service.lock());
        let state: Option<ShimState> = files::read_json(&service.state());
        if held {
            let observed = match state {
                Some(state) if state.observed.revision == launch.desired.revision => state.observed,
                // The shim has only just begun.
                _ => ServiceObserved {
                    state: RunState::Running,
                    revision: launch.desired.revision,
                    isolation: launch.isolation.clone(),
                    ..ServiceObserved::default()
                },
            };
            return Found::Alive(observed);
        }
        let Some(ShimState { observed, .. }) = state else { return Found::Nothing };
        if observed.state == RunState::Exited {
            return Found::Over(observed);
        }
        if launch.desired.batch || launch.desired.restart == RestartPolicy::Never {
            // Nobody asked for a second run of it.
            return Found::Over(ServiceObserved {
                state: RunState::Exited,
                ready: false,
                exit_code: Some(137),
                message: "killed together with its supervisor, or by a restart of the machine".to_owned(),
                ..observed
            });
        }
        Found::Lost
    }

    /// What is.
    pub(super) fn observe(self: &Arc<Self>, uid: &str) -> ServiceObserved {
        match self.find(uid) {
            Found::Nothing | Found::Lost => ServiceObserved::default(),
            Found::Alive(observed) => {
                self.watch(uid);
                observed
            }
            Found::Over(observed) => observed,
        }
    }

    /// Uids of the services of a compute instance.
    pub(super) fn services_of(&self, compute: &str) -> Vec<String> {
        let mut uids = self.layout.service_uids();
        uids.retain(|uid| self.launch(uid).is_some_and(|launch| launch.desired.compute_uid == compute));
        uids
    }
}
