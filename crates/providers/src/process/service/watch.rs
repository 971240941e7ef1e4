//! Hears from shims what changes, and tells whoever listens to the provider.

use super::super::control;
use super::super::launch::ControlRequest;
use super::super::lock;
use super::super::provider::Core;
use std::sync::{Arc, PoisonError, Weak};
use tokio::io::{AsyncBufReadExt, BufReader};
use warpyard_provider::{RunState, ServiceObserved};

impl Core {
    /// Listens to the service's shim until it ends, unless somebody does already. Nothing where no shim runs.
    pub(in super::super) fn watch(self: &Arc<Self>, uid: &str) {
        if self.watched.lock().unwrap_or_else(PoisonError::into_inner).contains(uid)
            || !lock::is_held(&self.layout.service(uid).lock())
        {
            return;
        }
        if !self.watched.lock().unwrap_or_else(PoisonError::into_inner).insert(uid.to_owned()) {
            return;
        }
        let (core, uid) = (Arc::downgrade(self), uid.to_owned());
        self.tasks.spawn(async move {
            listen(&core, &uid).await;
            if let Some(core) = core.upgrade() {
                core.watched.lock().unwrap_or_else(PoisonError::into_inner).remove(&uid);
                let _ = core.events.send(uid);
            }
        });
    }
}

/// Holds the provider only weakly, so that a provider that is dropped while services run goes away.
async fn listen(core: &Weak<Core>, uid: &str) {
    let Some(service) = core.upgrade().map(|core| core.layout.service(uid)) else { return };
    // A shim that cannot be reached is heard of again when somebody looks at the service.
    let Ok(stream) = control::ask(&service, &ControlRequest::Watch).await else { return };
    let mut lines = BufReader::new(stream).lines();
    let mut first = true;
    while let Ok(Some(line)) = lines.next_line().await {
        let Some(core) = core.upgrade() else { return };
        // The first line is what is, and news only when it has moved on from a plain start.
        let plain_start = serde_json::from_str(&line)
            .is_ok_and(|seen: ServiceObserved| seen.state == RunState::Running && !seen.ready && seen.message.is_empty());
        if !(std::mem::take(&mut first) && plain_start) {
            let _ = core.events.send(uid.to_owned());
        }
    }
}
