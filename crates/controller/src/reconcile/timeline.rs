//! The steps people watch: how they begin, go on and end.

use warpyard_model::Timestamp;
use warpyard_model::kinds::{Step, StepState};
use warpyard_provider::Progress;

/// Begins a step, or does nothing when it is there already.
pub(crate) fn begin(timeline: &mut Vec<Step>, id: &str, title: &str, now: Timestamp) {
    if timeline.iter().any(|s| s.id == id && s.state == StepState::Running) {
        return;
    }
    timeline.retain(|s| s.id != id);
    timeline.push(Step {
        id: id.to_owned(),
        title: title.to_owned(),
        state: StepState::Running,
        started_at: now,
        ended_at: None,
        progress: None,
        message: String::new(),
    });
}

/// Begins a step unless it is there, running or ended.
pub(crate) fn begin_once(timeline: &mut Vec<Step>, id: &str, title: &str, now: Timestamp) {
    if !timeline.iter().any(|s| s.id == id) {
        begin(timeline, id, title, now);
    }
}

/// Ends a step.
pub(crate) fn end(timeline: &mut [Step], id: &str, state: StepState, message: &str, now: Timestamp) {
    if let Some(step) = timeline.iter_mut().find(|s| s.id == id && s.state == StepState::Running) {
        step.state = state;
        step.ended_at = Some(now);
        step.progress = None;
        message.clone_into(&mut step.message);
    }
}

/// Ends whatever still runs.
pub(crate) fn end_all(timeline: &mut [Step], state: StepState, message: &str, now: Timestamp) {
    for step in timeline.iter_mut().filter(|s| s.state == StepState::Running) {
        step.state = state;
        step.ended_at = Some(now);
        step.progress = None;
        if !message.is_empty() {
            message.clone_into(&mut step.message);
        }
    }
}

/// Takes over what a provider reports. Tells whether it should be written at once rather than with the next batch.
pub(crate) fn follow(timeline: &mut Vec<Step>, progress: &Progress, now: Timestamp) -> bool {
    match progress {
        Progress::Started { step, title } => begin(timeline, step, title, now),
        Progress::Update { step, progress, message } => {
            if let Some(known) = timeline.iter_mut().find(|s| s.id == *step && s.state == StepState::Running) {
                known.progress = *progress;
                message.clone_into(&mut known.message);
            }
            return false;
        }
        Progress::Done { step, skipped } => {
            end(timeline, step, if *skipped { StepState::Skipped } else { StepState::Done }, "", now);
        }
        Progress::Failed { step, message } => end(timeline, step, StepState::Failed, message, now),
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_begin_once_and_end_once() {
        let at = Timestamp::from_millis;
        let mut timeline = Vec::new();
        begin(&mut timeline, "a", "A", at(1));
        begin(&mut timeline, "a", "A", at(2));
        assert_eq!(timeline.len(), 1);
        assert_eq!(timeline[0].started_at, at(1));
        end(&mut timeline, "a", StepState::Done, "", at(3));
        end(&mut timeline, "a", StepState::Failed, "late", at(4));
        assert_eq!((timeline[0].state, timeline[0].ended_at), (StepState::Done, Some(at(3))));
        let update = Progress::Update { step: "b".into(), progress: Some(0.5), message: "half".into() };
        assert!(!follow(&mut timeline, &update, at(5)), "an update of a step that never began changes nothing");
        assert_eq!(timeline.len(), 1);
    }
}
