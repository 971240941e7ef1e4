//! Service instances: prepared, started, watched, ended.

mod activity;
mod observed;
mod start;

use super::desk::{Desk, Outcome};
use super::{timeline, told};
use crate::desired::render;
use observed::adopt;
use start::start;
use warpyard_model::kinds::{ComputeInstance, DesiredState, Phase, ServiceInstance, ServiceInstanceStatus, StepState, Target};
use warpyard_model::{Object, Result};
use warpyard_provider::{Provider, RunState};
use warpyard_store::{Event, Severity};

/// Takes one service instance a step further. Idempotent: what runs at the wanted revision is adopted. A cancelled call
/// leaves at most a half-made cache that the provider throws away.
pub(crate) async fn reconcile(desk: &Desk, uid: &str) -> Result<Outcome> {
    let Some(service) = desk.store.get::<ServiceInstance>(uid).await? else { return Ok(Outcome::gone()) };
    let compute = compute_of(desk, &service).await?;
    if service.metadata.deletion_requested_at.is_some() {
        return destroy(desk, &service, compute.as_ref()).await;
    }
    let Some(compute) = compute else {
        let message = "Its compute instance is gone; delete this service and launch it again.";
        return fail(desk, &service, None, "ComputeGone", message).await;
    };
    match service.spec.desired_state {
        DesiredState::Stopped => stop(desk, &service, &compute).await,
        DesiredState::Running => run(desk, &service, &compute).await,
    }
}

async fn compute_of(desk: &Desk, service: &Object<ServiceInstance>) -> Result<Option<Object<ComputeInstance>>> {
    match &service.spec.compute {
        Some(name) => desk.store.find::<ComputeInstance>(&service.metadata.scope, name).await,
        None => Ok(None),
    }
}

/// The provider that runs it: where its compute holds something, or every target when that is not known any more.
async fn providers_of(desk: &Desk, compute: Option<&Object<ComputeInstance>>) -> Result<Vec<std::sync::Arc<dyn Provider>>> {
    if let Some(allocation) = compute.and_then(|c| c.status.allocation.as_ref()) {
        return Ok(vec![desk.providers.named(&desk.store, &allocation.target).await?]);
    }
    let targets = desk.store.all::<Target>(&[]).await?;
    targets.iter().map(|target| desk.providers.of(target)).collect()
}

async fn destroy(desk: &Desk, service: &Object<ServiceInstance>, compute: Option<&Object<ComputeInstance>>) -> Result<Outcome> {
    let uid = &service.metadata.uid;
    show(desk, uid, Phase::Deleting, "Deleting", "").await?;
    for provider in providers_of(desk, compute).await? {
        if let Err(error) = provider.destroy_service(uid).await {
            let (reason, message) = told(&error);
            show(desk, uid, Phase::Deleting, reason, &format!("Cannot be removed yet: {message}")).await?;
            return Ok(Outcome::after(&error));
        }
    }
    let mut wake = Vec::new();
    if let Some(compute) = compute {
        // Marked first: should this server end here, the compute instance waits for the service and both go later.
        if service.spec.owns_compute {
            desk.store.request_delete(&compute.metadata.uid).await?;
        }
        wake.push(compute.metadata.uid.clone());
    }
    desk.store.finish_delete(desk.lease(), uid).await?;
    Ok(Outcome { wake, ..Outcome::gone() })
}

async fn stop(desk: &Desk, service: &Object<ServiceInstance>, compute: &Object<ComputeInstance>) -> Result<Outcome> {
    let uid = &service.metadata.uid;
    let current = service.status.observed_generation == service.metadata.generation;
    if service.status.phase == Phase::Stopped && current {
        return Ok(Outcome::settled());
    }
    show(desk, uid, Phase::Stopping, "Stopping", "").await?;
    for provider in providers_of(desk, Some(compute)).await? {
        if let Err(error) = provider.stop_service(uid).await {
            let (reason, message) = told(&error);
            show(desk, uid, Phase::Stopping, reason, &format!("Cannot be stopped yet: {message}")).await?;
            return Ok(Outcome::after(&error));
        }
    }
    let (now, generation) = (desk.now(), service.metadata.generation);
    desk.write::<ServiceInstance>(uid, &[], |object| {
        let status = &mut object.status;
        timeline::end_all(&mut status.timeline, StepState::Skipped, "", now);
        down(status, Phase::Stopped);
        status.observed_generation = generation;
        true
    })
    .await?;
    Ok(Outcome { wake: vec![compute.metadata.uid.clone()], ..Outcome::settled() })
}

async fn run(desk: &Desk, service: &Object<ServiceInstance>, compute: &Object<ComputeInstance>) -> Result<Outcome> {
    let settled = service.status.observed_generation == service.metadata.generation;
    let ended = matches!(service.status.phase, Phase::Failed | Phase::Succeeded | Phase::Stopped);
    if settled && ended {
        // An ended run begins anew only when somebody starts it, which makes a new generation.
        return Ok(Outcome::settled());
    }
    if compute.status.replacing {
        return park(desk, service, compute).await;
    }
    let allocation = match (&compute.status.allocation, compute.status.phase) {
        (Some(allocation), Phase::Running) => allocation.clone(),
        _ => return wait_for_compute(desk, service, compute).await,
    };
    let provider = desk.providers.named(&desk.store, &allocation.target).await?;
    let rendered = match render(&desk.store, provider.as_ref(), &desk.addresses, service, compute, &allocation).await {
        Ok(rendered) => rendered,
        Err(error) if error.retryable => return Err(error),
        Err(error) => {
            let (reason, message) = told(&error);
            return fail(desk, service, Some(compute), reason, &message).await;
        }
    };
    let observed = provider.observe_service(&service.metadata.uid).await?;
    if observed.state == RunState::Absent || observed.revision != rendered.desired.revision {
        return start(desk, service, compute, provider.as_ref(), &rendered).await;
    }
    if observed.state == RunState::Running && observed.ready {
        match activity::seen(desk, provider.as_ref(), service, &rendered.desired).await? {
            activity::Asked::Done => {}
            // Something changed while the app was slow to answer.
            activity::Asked::Interrupted => {
                return Ok(Outcome { wake: vec![service.metadata.uid.clone()], ..Outcome::settled() });
            }
        }
    }
    adopt(desk, service, compute, &rendered, &observed, &[]).await
}

/// Goes down while its compute instance changes; it starts again when that is up. Idempotent.
async fn park(desk: &Desk, service: &Object<ServiceInstance>, compute: &Object<ComputeInstance>) -> Result<Outcome> {
    let uid = &service.metadata.uid;
    if !parked(service) {
        for provider in providers_of(desk, Some(compute)).await? {
            if let Err(error) = provider.stop_service(uid).await {
                let (reason, message) = told(&error);
                show(desk, uid, Phase::Stopping, reason, &format!("Cannot be stopped yet: {message}")).await?;
                return Ok(Outcome::again());
            }
        }
        show(desk, uid, Phase::Pending, PARKED, "Its compute instance changes; it starts again when that is done.").await?;
    }
    Ok(Outcome { wake: vec![compute.metadata.uid.clone()], ..Outcome::settled() })
}

/// The reason of a service that is down because its compute instance changes.
const PARKED: &str = "ComputeChanges";

/// Reason and message of a service whose compute instance is not up yet.
const WAITS: (&str, &str) = ("WaitsForCompute", "Waits for its compute instance.");

/// How a service begins: as it is found to be a moment later, so that this need not be written again.
pub(crate) fn first_status() -> ServiceInstanceStatus {
    ServiceInstanceStatus { reason: WAITS.0.into(), message: WAITS.1.into(), ..ServiceInstanceStatus::default() }
}

/// Whether a service is down because its compute instance changes.
pub(super) fn parked(service: &Object<ServiceInstance>) -> bool {
    service.status.phase == Phase::Pending && service.status.reason == PARKED
}

/// Shows what the compute instance it needs is doing.
async fn wait_for_compute(desk: &Desk, service: &Object<ServiceInstance>, compute: &Object<ComputeInstance>) -> Result<Outcome> {
    let uid = &service.metadata.uid;
    let now = desk.now();
    let status = &compute.status;
    if status.phase == Phase::Failed {
        let message = format!("Its compute instance could not be made: {}", status.message);
        return fail(desk, service, Some(compute), "ComputeFailed", &message).await;
    }
    let (phase, message) = match (&status.queue, status.phase) {
        (Some(queue), _) => (Phase::Queued, format!("Place {} in the queue. {}", queue.position, queue.reason)),
        (None, Phase::Stopped | Phase::Stopping) if !service.spec.owns_compute => {
            (Phase::Pending, format!("Its compute instance {} is stopped; start it.", compute.metadata.name))
        }
        _ => (Phase::Pending, WAITS.1.to_owned()),
    };
    let queued = phase == Phase::Queued;
    desk.write::<ServiceInstance>(uid, &[], |object| {
        let status = &mut object.status;
        let changed = status.phase != phase || status.message != message;
        if status.phase != phase && !matches!(status.phase, Phase::Pending | Phase::Queued) {
            status.timeline.clear();
            down(status, phase);
        }
        if queued {
            timeline::begin(&mut status.timeline, "queue", "Wait for capacity", now);
        }
        status.phase = phase;
        status.reason = if queued { "Queued".into() } else { WAITS.0.into() };
        status.message = message;
        changed
    })
    .await?;
    // Its compute instance may have given its capacity back when the last run ended.
    Ok(Outcome { wake: vec![compute.metadata.uid.clone()], ..Outcome::settled() })
}

async fn fail(
    desk: &Desk,
    service: &Object<ServiceInstance>,
    compute: Option<&Object<ComputeInstance>>,
    reason: &str,
    message: &str,
) -> Result<Outcome> {
    let (now, generation) = (desk.now(), service.metadata.generation);
    let event = Event { at: now, severity: Severity::Warning, reason: reason.to_owned(), message: message.to_owned() };
    desk.write::<ServiceInstance>(&service.metadata.uid, &[event], |object| {
        let status = &mut object.status;
        timeline::end_all(&mut status.timeline, StepState::Failed, message, now);
        down(status, Phase::Failed);
        reason.clone_into(&mut status.reason);
        message.clone_into(&mut status.message);
        status.observed_generation = generation;
        true
    })
    .await?;
    Ok(Outcome { wake: compute.map(|c| c.metadata.uid.clone()).into_iter().collect(), ..Outcome::settled() })
}

fn down(status: &mut ServiceInstanceStatus, phase: Phase) {
    status.phase = phase;
    status.running_since = None;
    status.outputs.clear();
    status.reason.clear();
    status.message.clear();
    for endpoint in &mut status.endpoints {
        endpoint.ready = false;
    }
}

async fn show(desk: &Desk, uid: &str, phase: Phase, reason: &str, message: &str) -> Result<()> {
    desk.write::<ServiceInstance>(uid, &[], |object| {
        let status = &mut object.status;
        let changed = status.phase != phase || status.reason != reason || status.message != message;
        if phase != Phase::Provisioning {
            down(status, phase);
        }
        reason.clone_into(&mut status.reason);
        message.clone_into(&mut status.message);
        changed
    })
    .await?;
    Ok(())
}
