//! What a reconcile works with, and what it hands back.

use super::AppAddresses;
use super::targets::Providers;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;
use warpyard_model::{Error, Object, Result, Spec, Timestamp};
use warpyard_store::{ControllerStore, Event, Lease};

/// How many of its own writes a worker remembers; more than the feed is ever behind.
const REMEMBERED: usize = 256;

/// The versions a worker wrote itself, so that it does not wake to its own echo. Each is remembered by itself: somebody
/// else's change may have come between two of them, and that one has to wake it.
#[derive(Default)]
pub(crate) struct Echoes(Mutex<VecDeque<i64>>);

impl Echoes {
    fn add(&self, version: i64) {
        let mut own = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        own.push_back(version);
        if own.len() > REMEMBERED {
            own.pop_front();
        }
    }

    /// Whether a change is the echo of a write of this worker.
    pub(crate) fn has(&self, version: i64) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&version)
    }
}

/// The tools of one object's reconcile.
pub(crate) struct Desk {
    pub(crate) store: ControllerStore,
    pub(crate) providers: Providers,
    pub(crate) addresses: AppAddresses,
    pub(crate) lease: Option<Lease>,
    /// Rings when the object may have changed; a long step listens, to stop when nobody wants it any more.
    pub(crate) bell: Arc<Notify>,
    /// What this worker wrote itself.
    pub(crate) echoes: Arc<Echoes>,
    /// When this worker last asked when its service was used.
    pub(crate) asked_for_use_at: Arc<Mutex<Option<Timestamp>>>,
}

impl Desk {
    pub(crate) fn now(&self) -> Timestamp {
        self.store.store().now()
    }

    pub(crate) fn lease(&self) -> Option<&Lease> {
        self.lease.as_ref()
    }

    /// Writes status under the lease.
    pub(crate) async fn write<S: Spec>(
        &self,
        uid: &str,
        events: &[Event],
        change: impl FnOnce(&mut Object<S>) -> bool,
    ) -> Result<Option<Object<S>>> {
        let mut wrote = !events.is_empty();
        let change = |object: &mut Object<S>| {
            let wanted = change(object);
            wrote |= wanted;
            wanted
        };
        let written = self.store.write_status(self.lease(), uid, events, change).await?;
        // Where nothing was written, the version is that of somebody else's change.
        if let Some(object) = written.as_ref().filter(|_| wrote) {
            self.echoes.add(object.metadata.resource_version);
        }
        Ok(written)
    }
}

/// When to look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// When something changes.
    OnChange,
    /// After a growing pause: something failed that may pass.
    AfterPause,
    /// The same, with seconds from the start: something failed that passes only when somebody does something.
    AfterLongPause,
}

/// What a reconcile asks of the runner.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) again: Again,
    /// The scheduler should run: capacity was asked for or given back.
    pub(crate) schedule: bool,
    /// Others to look at.
    pub(crate) wake: Vec<String>,
    /// The object is no more.
    pub(crate) gone: bool,
}

impl Outcome {
    pub(crate) fn settled() -> Self {
        Self { again: Again::OnChange, schedule: false, wake: Vec::new(), gone: false }
    }
    pub(crate) fn schedule() -> Self {
        Self { schedule: true, ..Self::settled() }
    }
    pub(crate) fn again() -> Self {
        Self { again: Again::AfterPause, ..Self::settled() }
    }
    /// After a failure that may pass.
    pub(crate) fn after(error: &Error) -> Self {
        let again = if error.slow_to_pass { Again::AfterLongPause } else { Again::AfterPause };
        Self { again, ..Self::settled() }
    }
    pub(crate) fn gone() -> Self {
        Self { gone: true, ..Self::settled() }
    }
}
