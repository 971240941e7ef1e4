//! What is written down about a service that was started: its phase, its steps, its story.

use super::super::desk::{Desk, Outcome};
use super::super::timeline;
use crate::desired::Rendered;
use warpyard_model::kinds::{ComputeInstance, Phase, ServiceInstance, ServiceInstanceStatus, StepState};
use warpyard_model::{Object, Result, Timestamp};
use warpyard_provider::{Progress, RunState, ServiceObserved};
use warpyard_store::{Event, Severity};

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

/// Writes down what runs, and with it the last `news` of how it was started.
pub(super) async fn adopt(
    desk: &Desk,
    service: &Object<ServiceInstance>,
    compute: &Object<ComputeInstance>,
    rendered: &Rendered,
    observed: &ServiceObserved,
    news: &[Progress],
) -> Result<Outcome> {
    let uid = &service.metadata.uid;
    let now = desk.now();
    let generation = service.metadata.generation;
    let (phase, reason) = phase_of(observed, rendered.desired.batch);
    let message = ended_message(observed, phase);
    let probed = rendered.desired.readiness.is_some();
    let before = service.status.phase;
    let events: Vec<Event> = if phase == before && service.status.restarts == observed.restarts {
        Vec::new()
    } else {
        story(now, phase, probed, observed, &message).into_iter().collect()
    };
    desk.write::<ServiceInstance>(uid, &events, |object| {
        let status = &mut object.status;
        let old = status.clone();
        for progress in news {
            timeline::follow(&mut status.timeline, progress, now);
        }
        let run = Run { phase, message: &message, probed, started: observed.started_at.unwrap_or(now) };
        follow_readiness(status, &run, now);
        status.phase = phase;
        reason.clone_into(&mut status.reason);
        status.message = message;
        status.observed_generation = generation;
        status.batch = rendered.desired.batch;
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

/// What the steps of a run are told by.
struct Run<'a> {
    phase: Phase,
    message: &'a str,
    /// Its template says how to tell that it answers; without that, running is enough and nothing is waited for.
    probed: bool,
    started: Timestamp,
}

fn follow_readiness(status: &mut ServiceInstanceStatus, run: &Run<'_>, now: Timestamp) {
    let Run { phase, message, probed, started } = *run;
    let steps = &mut status.timeline;
    if !steps.iter().any(|s| s.id == "start") {
        timeline::begin(steps, "start", "Start", started);
        timeline::end(steps, "start", StepState::Done, "", now);
    }
    match phase {
        Phase::Starting if probed => timeline::begin(steps, "ready", "Wait until it answers", now),
        Phase::Starting => {}
        Phase::Running if probed => {
            timeline::begin_once(steps, "ready", "Wait until it answers", started);
            timeline::end(steps, "ready", StepState::Done, "", now);
        }
        Phase::Failed => timeline::end_all(steps, StepState::Failed, message, now),
        _ => timeline::end_all(steps, StepState::Done, "", now),
    }
}

fn story(at: Timestamp, phase: Phase, probed: bool, observed: &ServiceObserved, message: &str) -> Option<Event> {
    let (severity, reason, text) = match phase {
        Phase::Running if probed => (Severity::Normal, "Ready", "It runs and answers.".to_owned()),
        Phase::Running => (Severity::Normal, "Ready", "It runs.".to_owned()),
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

    #[test]
    fn only_what_has_a_probe_is_waited_for() {
        let now = Timestamp::from_millis(1_000);
        let steps = |phases: &[Phase], probed| {
            let mut status = ServiceInstanceStatus::default();
            for phase in phases {
                follow_readiness(&mut status, &Run { phase: *phase, message: "", probed, started: now }, now);
            }
            status.timeline.into_iter().map(|s| (s.id, s.state)).collect::<Vec<_>>()
        };
        let step = |id: &str| (id.to_owned(), StepState::Done);
        assert_eq!(steps(&[Phase::Starting, Phase::Running], true), [step("start"), step("ready")]);
        assert_eq!(steps(&[Phase::Running], false), [step("start")]);
        assert_eq!(steps(&[Phase::Running, Phase::Succeeded], false), [step("start")]);
    }
}
