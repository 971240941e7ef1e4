//! Service instances: prepared, started, watched, ended.

use super::desk::{Desk, Outcome};
use super::{timeline, told};
use crate::desired::{Rendered, render};
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::Notify;
use warpyard_model::kinds::{ComputeInstance, DesiredState, Phase, ServiceInstance, ServiceInstanceStatus, StepState, Target};
use warpyard_model::{Object, Result, Timestamp};
use warpyard_provider::{Progress, ProgressSink, Provider, RunState, ServiceObserved};
use warpyard_store::{Event, Severity};

/// How often progress inside a step is written.
const PROGRESS_PAUSE: Duration = Duration::from_millis(500);

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
            return Ok(Outcome::again());
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
            return Ok(Outcome::again());
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
    adopt(desk, service, compute, &rendered, &observed).await
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
        _ => (Phase::Pending, "Waits for its compute instance.".to_owned()),
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
        status.reason = if queued { "Queued".into() } else { "WaitsForCompute".into() };
        status.message = message;
        changed
    })
    .await?;
    // Its compute instance may have given its capacity back when the last run ended.
    Ok(Outcome { wake: vec![compute.metadata.uid.clone()], ..Outcome::settled() })
}

/// Hears the provider and writes progress: steps at once, progress inside a step twice a second.
struct Journal {
    news: Mutex<Vec<Progress>>,
    bell: Notify,
}

impl ProgressSink for Journal {
    fn report(&self, progress: Progress) {
        if let Ok(mut news) = self.news.lock() {
            // Only the newest update of a step matters.
            if let Progress::Update { step, .. } = &progress {
                news.retain(|p| !matches!(p, Progress::Update { step: s, .. } if s == step));
            }
            news.push(progress);
        }
        self.bell.notify_one();
    }
}

impl Journal {
    async fn write(&self, desk: &Desk, uid: &str) -> Result<()> {
        let news: Vec<Progress> = self.news.lock().map(|mut n| n.drain(..).collect()).unwrap_or_default();
        if news.is_empty() {
            return Ok(());
        }
        let now = desk.now();
        desk.write::<ServiceInstance>(uid, &[], |object| {
            for progress in &news {
                timeline::follow(&mut object.status.timeline, progress, now);
            }
            true
        })
        .await?;
        Ok(())
    }

    async fn keep_writing(&self, desk: &Desk, uid: &str) -> Result<()> {
        loop {
            self.bell.notified().await;
            self.write(desk, uid).await?;
            tokio::time::sleep(PROGRESS_PAUSE).await;
        }
    }
}

/// Ends when nobody wants this start any more: deleted, stopped or changed meanwhile.
async fn superseded(desk: &Desk, uid: &str, generation: i64) -> Result<()> {
    loop {
        desk.bell.notified().await;
        match desk.store.get::<ServiceInstance>(uid).await? {
            Some(now) if now.metadata.deletion_requested_at.is_none() && now.metadata.generation == generation => {}
            _ => return Ok(()),
        }
    }
}

async fn start(
    desk: &Desk,
    service: &Object<ServiceInstance>,
    compute: &Object<ComputeInstance>,
    provider: &dyn Provider,
    rendered: &Rendered,
) -> Result<Outcome> {
    let uid = &service.metadata.uid;
    let generation = service.metadata.generation;
    let now = desk.now();
    desk.write::<ServiceInstance>(uid, &[], |object| {
        let status = &mut object.status;
        let fresh = status.phase != Phase::Provisioning;
        timeline::end(&mut status.timeline, "queue", StepState::Done, "", now);
        if fresh {
            status.timeline.retain(|s| s.id == "queue");
            status.exit_code = None;
            status.restarts = 0;
        }
        status.phase = Phase::Provisioning;
        status.reason.clear();
        status.message.clear();
        status.endpoints.clone_from(&rendered.endpoints);
        fresh
    })
    .await?;
    let journal = Journal { news: Mutex::default(), bell: Notify::new() };
    let applied = tokio::select! {
        applied = provider.apply_service(&rendered.desired, &journal) => applied,
        written = journal.keep_writing(desk, uid) => return written.map(|()| Outcome::again()),
        ended = superseded(desk, uid, generation) => {
            ended?;
            journal.write(desk, uid).await?;
            // Look again at once: there is something newer to do.
            return Ok(Outcome { wake: vec![uid.clone()], ..Outcome::settled() });
        }
    };
    journal.write(desk, uid).await?;
    match applied {
        Ok(()) => {
            let observed = provider.observe_service(uid).await?;
            adopt(desk, service, compute, rendered, &observed).await
        }
        Err(error) if error.retryable => {
            let (reason, message) = told(&error);
            show(desk, uid, Phase::Provisioning, reason, &message).await?;
            Ok(Outcome::again())
        }
        Err(error) => {
            let (reason, message) = told(&error);
            fail(desk, service, Some(compute), reason, &message).await
        }
    }
}

/// The phase of something that was started, and whether it has ended for good.
fn phase_of(observed: &ServiceObserved, batch: bool) -> (Phase, &'static str) {
    match observed.state {
        RunState::Running if observed.ready => (Phase::Running, ""),
        RunState::Running => (Phase::Starting, ""),
        RunState::Restarting => (Phase::Starting, "Restarting"),
        RunState::Exited if observed.exit_code == Some(0) && batch => (Phase::Succeeded, ""),
        RunState::Exited if observed.exit_code == Some(0) => (Phase::Stopped, "Ended"),
        RunState::Exited | RunState::Absent => (Phase::Failed, "ProcessFailed"),
    }
}

fn ended_message(observed: &ServiceObserved, phase: Phase) -> String {
    match (phase, observed.exit_code) {
        (Phase::Stopped, _) if observed.message.is_empty() => "It ended by itself.".to_owned(),
        (Phase::Failed, Some(code)) if observed.message.is_empty() => {
            format!("It ended with exit code {code}; its log says why.")
        }
        _ => observed.message.clone(),
    }
}

/// Writes down what runs.
async fn adopt(
    desk: &Desk,
    service: &Object<ServiceInstance>,
    compute: &Object<ComputeInstance>,
    rendered: &Rendered,
    observed: &ServiceObserved,
) -> Result<Outcome> {
    let uid = &service.metadata.uid;
    let now = desk.now();
    let generation = service.metadata.generation;
    let (phase, reason) = phase_of(observed, rendered.desired.batch);
    let message = ended_message(observed, phase);
    let before = service.status.phase;
    let events: Vec<Event> = if phase == before && service.status.restarts == observed.restarts {
        Vec::new()
    } else {
        story(now, phase, observed, &message).into_iter().collect()
    };
    desk.write::<ServiceInstance>(uid, &events, |object| {
        let status = &mut object.status;
        let old = status.clone();
        follow_readiness(status, phase, &message, observed.started_at.unwrap_or(now), now);
        status.phase = phase;
        reason.clone_into(&mut status.reason);
        status.message = message;
        status.observed_generation = generation;
        status.isolation.clone_from(&observed.isolation);
        status.restarts = observed.restarts;
        status.exit_code = observed.exit_code;
        status.endpoints.clone_from(&rendered.endpoints);
        for endpoint in &mut status.endpoints {
            endpoint.ready = phase == Phase::Running;
        }
        status.outputs = if phase == Phase::Running { rendered.outputs.clone() } else { Vec::new() };
        status.running_since = if phase == Phase::Running { status.running_since.or(Some(now)) } else { None };
        *status != old
    })
    .await?;
    let wake = if phase.is_settled() && phase != Phase::Running { vec![compute.metadata.uid.clone()] } else { Vec::new() };
    Ok(Outcome { wake, ..Outcome::settled() })
}

fn follow_readiness(status: &mut ServiceInstanceStatus, phase: Phase, message: &str, started: Timestamp, now: Timestamp) {
    let steps = &mut status.timeline;
    if !steps.iter().any(|s| s.id == "start") {
        timeline::begin(steps, "start", "Start", started);
        timeline::end(steps, "start", StepState::Done, "", now);
    }
    match phase {
        Phase::Starting => timeline::begin(steps, "ready", "Wait until it answers", now),
        Phase::Running => {
            timeline::begin_once(steps, "ready", "Wait until it answers", started);
            timeline::end(steps, "ready", StepState::Done, "", now);
        }
        Phase::Failed => timeline::end_all(steps, StepState::Failed, message, now),
        _ => timeline::end_all(steps, StepState::Done, "", now),
    }
}

fn story(at: Timestamp, phase: Phase, observed: &ServiceObserved, message: &str) -> Option<Event> {
    let (severity, reason, text) = match phase {
        Phase::Running => (Severity::Normal, "Ready", "It runs and answers.".to_owned()),
        Phase::Succeeded => (Severity::Normal, "Succeeded", "It ended with exit code 0.".to_owned()),
        Phase::Stopped => (Severity::Normal, "Ended", message.to_owned()),
        Phase::Failed => (Severity::Warning, "Failed", message.to_owned()),
        Phase::Starting if observed.restarts > 0 => {
            (Severity::Warning, "Restarted", format!("It was started again, for the {}. time. {message}", observed.restarts))
        }
        Phase::Starting => (Severity::Normal, "Started", "Its process was started.".to_owned()),
        _ => return None,
    };
    Some(Event { at, severity, reason: reason.to_owned(), message: text })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_decides_the_phase() {
        let observed = |state, ready, exit_code| ServiceObserved { state, ready, exit_code, ..ServiceObserved::default() };
        let phase = |o: &ServiceObserved, batch| phase_of(o, batch).0;
        assert_eq!(phase(&observed(RunState::Running, true, None), false), Phase::Running);
        assert_eq!(phase(&observed(RunState::Running, false, None), false), Phase::Starting);
        assert_eq!(phase(&observed(RunState::Restarting, false, Some(1)), false), Phase::Starting);
        assert_eq!(phase(&observed(RunState::Exited, false, Some(0)), true), Phase::Succeeded);
        assert_eq!(phase(&observed(RunState::Exited, false, Some(0)), false), Phase::Stopped);
        assert_eq!(phase(&observed(RunState::Exited, false, Some(3)), true), Phase::Failed);
    }
}
