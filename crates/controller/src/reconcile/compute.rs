//! Compute instances: an allocation and a home, for as long as somebody wants them.

use super::desk::{Desk, Outcome};
use super::{timeline, told};
use warpyard_model::kinds::{ComputeInstance, DesiredState, Phase, ServiceInstance, StepState, Target};
use warpyard_model::{Object, Result};
use warpyard_provider::ComputeDesired;
use warpyard_store::{Event, Severity};

/// What to do next with a compute instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Nothing.
    Rest,
    /// Ask the scheduler.
    Schedule,
    /// Make it on its target.
    Apply,
    /// Give back what it holds.
    Release,
    /// Remove it for good.
    Destroy,
    /// Give back what it holds to ask for another size.
    GiveBack,
    /// Its services go first.
    WaitForServices,
}

/// `services_up`: a service on it is not down yet. `ended`: it came with a service that ended, whatever the way, and so
/// gives its capacity back until that service begins anew.
fn plan(object: &Object<ComputeInstance>, services_up: bool, ended: bool) -> Next {
    let status = &object.status;
    let desired = if ended { DesiredState::Stopped } else { object.spec.desired_state };
    if object.metadata.deletion_requested_at.is_some() {
        return if services_up { Next::WaitForServices } else { Next::Destroy };
    }
    match (desired, status.allocation.is_some()) {
        (DesiredState::Running, false) => Next::Schedule,
        (DesiredState::Running, true) if status.replacing && services_up => Next::WaitForServices,
        (DesiredState::Running, true) if status.replacing => Next::GiveBack,
        (DesiredState::Running, true)
            if status.phase == Phase::Running && status.observed_generation == object.metadata.generation =>
        {
            Next::Rest
        }
        (DesiredState::Running, true) => Next::Apply,
        (DesiredState::Stopped, true) if services_up => Next::WaitForServices,
        (DesiredState::Stopped, _) if status.phase == Phase::Stopped => Next::Rest,
        (DesiredState::Stopped, _) => Next::Release,
    }
}

/// Takes one compute instance a step further. Idempotent: the provider's calls are keyed by the uid. A cancelled call
/// leaves a half-made home that the next call completes.
pub(crate) async fn reconcile(desk: &Desk, uid: &str) -> Result<Outcome> {
    let Some(object) = desk.store.get::<ComputeInstance>(uid).await? else { return Ok(Outcome::gone()) };
    let services = desk.store.referring::<ServiceInstance>(uid).await?;
    let down = |s: &Object<ServiceInstance>| matches!(s.status.phase, Phase::Stopped | Phase::Succeeded | Phase::Failed);
    let deleting = object.metadata.deletion_requested_at.is_some();
    let replacing = object.status.replacing && object.spec.desired_state == DesiredState::Running;
    let in_the_way = |s: &Object<ServiceInstance>| !(down(s) || (replacing && super::service::parked(s)));
    let services_up = services.iter().any(in_the_way) || (deleting && !services.is_empty());
    let owners: Vec<_> = services.iter().filter(|s| s.spec.owns_compute).collect();
    let ended = !owners.is_empty() && owners.iter().all(|s| down(s) && s.status.observed_generation == s.metadata.generation);
    let wake = services.iter().map(|s| s.metadata.uid.clone()).collect();
    match plan(&object, services_up, ended) {
        Next::Rest => Ok(Outcome::settled()),
        Next::Schedule => Ok(Outcome::schedule()),
        Next::Apply => apply(desk, &object, wake).await,
        Next::Release => {
            desk.store.release(uid).await?;
            let (now, generation) = (desk.now(), object.metadata.generation);
            desk.write::<ComputeInstance>(uid, &[], |object| {
                let status = &mut object.status;
                timeline::end_all(&mut status.timeline, StepState::Skipped, "", now);
                status.phase = Phase::Stopped;
                status.observed_generation = generation;
                status.allocation = None;
                status.replacing = false;
                status.queue = None;
                status.running_since = None;
                status.reason.clear();
                status.message.clear();
                true
            })
            .await?;
            Ok(Outcome { wake, ..Outcome::schedule() })
        }
        Next::GiveBack => {
            desk.store.release(uid).await?;
            desk.write::<ComputeInstance>(uid, &[], |object| {
                let status = &mut object.status;
                // Its size is that of the allocation it asks for now.
                (status.phase, status.allocation, status.replacing) = (Phase::Pending, None, false);
                (status.queue, status.running_since) = (None, None);
                status.timeline.clear();
                status.reason.clear();
                status.message.clear();
                true
            })
            .await?;
            Ok(Outcome { wake, ..Outcome::schedule() })
        }
        Next::WaitForServices => {
            let phase = if deleting { Phase::Deleting } else { Phase::Stopping };
            let message = if replacing {
                "Changes what it holds; the services on it stop first and start again afterwards."
            } else {
                "Waits for the services on it to end."
            };
            show(desk, uid, phase, message).await?;
            Ok(Outcome { wake, ..Outcome::settled() })
        }
        Next::Destroy => destroy(desk, &object).await,
    }
}

async fn apply(desk: &Desk, object: &Object<ComputeInstance>, wake: Vec<String>) -> Result<Outcome> {
    let Some(allocation) = object.status.allocation.clone() else { return Ok(Outcome::schedule()) };
    let uid = &object.metadata.uid;
    let started = desk.now();
    let applied = async {
        let provider = desk.providers.named(&desk.store, &allocation.target).await?;
        let path = format!("{}/{}", object.metadata.scope.key(), object.metadata.name);
        provider.apply_compute(&ComputeDesired { uid: uid.clone(), path, allocation }).await
    }
    .await;
    let ended = desk.now();
    let outcome = applied.as_ref().err().map_or_else(Outcome::settled, Outcome::after);
    let failure = applied.err().map(|error| (told(&error), error.retryable));
    let events: Vec<Event> = failure
        .iter()
        .map(|((reason, message), _)| Event {
            at: ended,
            severity: Severity::Warning,
            reason: (*reason).to_owned(),
            message: message.clone(),
        })
        .collect();
    let generation = object.metadata.generation;
    desk.write::<ComputeInstance>(uid, &events, |object| {
        let status = &mut object.status;
        timeline::begin(&mut status.timeline, "allocate", "Allocate and make the home", started);
        match &failure {
            None => {
                timeline::end(&mut status.timeline, "allocate", StepState::Done, "", ended);
                status.phase = Phase::Running;
                status.observed_generation = generation;
                status.running_since.get_or_insert(ended);
                status.reason.clear();
                status.message.clear();
            }
            Some(((reason, message), retryable)) => {
                timeline::end(&mut status.timeline, "allocate", StepState::Failed, message, ended);
                status.phase = if *retryable { Phase::Provisioning } else { Phase::Failed };
                (*reason).clone_into(&mut status.reason);
                status.message.clone_from(message);
            }
        }
        true
    })
    .await?;
    Ok(Outcome { wake, ..outcome })
}

async fn destroy(desk: &Desk, object: &Object<ComputeInstance>) -> Result<Outcome> {
    let uid = &object.metadata.uid;
    show(desk, uid, Phase::Deleting, "Removes its home.").await?;
    // A stopped instance holds nothing, but its home is still on some target.
    for target in desk.store.all::<Target>(&[]).await? {
        let here = object.status.allocation.as_ref().is_none_or(|a| a.target == target.metadata.name.as_str());
        if here && let Err(error) = desk.providers.of(&target)?.destroy_compute(uid).await {
            let (_, message) = told(&error);
            show(desk, uid, Phase::Deleting, &format!("Cannot be removed yet: {message}")).await?;
            return Ok(Outcome::after(&error));
        }
    }
    desk.store.release(uid).await?;
    desk.store.finish_delete(desk.lease(), uid).await?;
    Ok(Outcome { gone: true, ..Outcome::schedule() })
}

async fn show(desk: &Desk, uid: &str, phase: Phase, message: &str) -> Result<()> {
    desk.write::<ComputeInstance>(uid, &[], |object| {
        let changed = object.status.phase != phase || object.status.message != message;
        object.status.phase = phase;
        message.clone_into(&mut object.status.message);
        changed
    })
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use warpyard_model::kinds::{Allocation, ComputeInstanceStatus, ProfileRef};
    use warpyard_model::{Metadata, Name, ScopePath, Timestamp};

    fn instance(desired_state: DesiredState, phase: Phase, held: bool) -> Object<ComputeInstance> {
        let name = Name::parse("c").unwrap();
        let metadata = Metadata {
            name: name.clone(),
            scope: ScopePath::platform(),
            display_name: String::new(),
            description: String::new(),
            labels: std::collections::BTreeMap::default(),
            uid: "u".into(),
            generation: 1,
            resource_version: 1,
            created_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(0),
            created_by: String::new(),
            modified_by: String::new(),
            deletion_requested_at: None,
        };
        let spec = ComputeInstance {
            profile: ProfileRef { name, project: None, generation: None },
            inputs: warpyard_model::inputs::Values::new(),
            owner: None,
            desired_state,
        };
        let status = ComputeInstanceStatus {
            phase,
            observed_generation: 1,
            allocation: held.then(Allocation::default),
            ..ComputeInstanceStatus::default()
        };
        Object { status, ..Object::new(metadata, spec) }
    }

    #[test]
    fn every_state_has_one_next_step() {
        use DesiredState::{Running, Stopped};
        assert_eq!(plan(&instance(Running, Phase::Pending, false), false, false), Next::Schedule);
        assert_eq!(plan(&instance(Running, Phase::Provisioning, true), false, false), Next::Apply);
        assert_eq!(plan(&instance(Running, Phase::Running, true), true, false), Next::Rest);
        assert_eq!(plan(&instance(Stopped, Phase::Running, true), true, false), Next::WaitForServices);
        assert_eq!(plan(&instance(Stopped, Phase::Running, true), false, false), Next::Release);
        assert_eq!(plan(&instance(Stopped, Phase::Stopped, false), false, false), Next::Rest);
        assert_eq!(plan(&instance(Running, Phase::Running, true), false, true), Next::Release, "its service ended");
        assert_eq!(plan(&instance(Running, Phase::Stopped, false), false, true), Next::Rest);
        let mut changing = instance(Running, Phase::Running, true);
        changing.status.replacing = true;
        assert_eq!(plan(&changing, true, false), Next::WaitForServices);
        assert_eq!(plan(&changing, false, false), Next::GiveBack);
        let mut going = instance(Running, Phase::Running, true);
        going.metadata.deletion_requested_at = Some(Timestamp::from_millis(1));
        assert_eq!(plan(&going, true, false), Next::WaitForServices);
        assert_eq!(plan(&going, false, false), Next::Destroy);
    }
}
