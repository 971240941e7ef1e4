//! What a reconcile works with, and what it hands back.

use super::AppAddresses;
use super::targets::Providers;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::sync::Notify;
use warpyard_model::{Object, Result, Spec, Timestamp};
use warpyard_store::{ControllerStore, Event, Lease};

/// The tools of one object's reconcile.
pub(crate) struct Desk {
    pub(crate) store: ControllerStore,
    pub(crate) providers: Providers,
    pub(crate) addresses: AppAddresses,
    pub(crate) lease: Option<Lease>,
    /// Rings when the object may have changed; a long step listens, to stop when nobody wants it any more.
    pub(crate) bell: std::sync::Arc<Notify>,
    /// The newest version this reconcile wrote itself, so that its own echo does not wake it.
    pub(crate) written: AtomicI64,
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
        let written = self.store.write_status(self.lease(), uid, events, change).await?;
        if let Some(object) = &written {
            self.written.fetch_max(object.metadata.resource_version, Ordering::Relaxed);
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
    pub(crate) fn gone() -> Self {
        Self { gone: true, ..Self::settled() }
    }
}
