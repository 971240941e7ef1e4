//! What runs in suspended organizations is stopped, its state kept, as if everybody had stopped their own. Nothing is started
//! when an organization goes on: who wants an instance back starts it.

use crate::admission::{Operable, Operation};
use crate::plan::Instance;
use std::collections::BTreeMap;
use warpyard_model::kinds::{ComputeInstance, DesiredState, ServiceInstance};
use warpyard_model::{Name, Object, Result};
use warpyard_store::{Change, ControllerStore, Event, Lease, Severity};

/// Kinds of which something runs.
trait Runs: Operable + Instance {
    fn wanted(&self) -> DesiredState;
}

impl Runs for ComputeInstance {
    fn wanted(&self) -> DesiredState {
        self.desired_state
    }
}

impl Runs for ServiceInstance {
    fn wanted(&self) -> DesiredState {
        self.desired_state
    }
}

/// Stops what is wanted running in suspended organizations; true where something changed meanwhile and is to be looked at
/// again. Idempotent; a cancelled call leaves some of it stopped.
pub(crate) async fn stop_all(store: &ControllerStore, lease: &Lease) -> Result<bool> {
    let orgs = store.suspended_orgs().await?;
    if orgs.is_empty() {
        return Ok(false);
    }
    // Services first: they end in order before what they run on goes.
    let services = stop::<ServiceInstance>(store, lease, &orgs).await?;
    Ok(stop::<ComputeInstance>(store, lease, &orgs).await? || services)
}

async fn stop<S: Runs>(store: &ControllerStore, lease: &Lease, orgs: &BTreeMap<Name, String>) -> Result<bool> {
    let mut again = false;
    for object in store.all::<S>(&[]).await? {
        let reason = object.metadata.scope.org.as_ref().and_then(|org| orgs.get(org));
        let Some(reason) = reason.filter(|_| to_stop(&object)) else { continue };
        let event = Event {
            at: store.store().now(),
            severity: Severity::Warning,
            reason: "OrganizationSuspended".to_owned(),
            message: format!("It is stopped because its organization is suspended; its home stays. {reason}"),
        };
        let this = (object.metadata.uid.as_str(), object.metadata.resource_version, {
            Change::to(object.spec.clone().operated(Operation::Stop))
        });
        again |= !store.change::<S, S>(Some(lease), "stop", &[event], this, Vec::new()).await?;
    }
    Ok(again)
}

fn to_stop<S: Runs>(object: &Object<S>) -> bool {
    object.spec.wanted() == DesiredState::Running && object.metadata.deletion_requested_at.is_none()
}
