//! Shows the steps of an instance as they happen, on standard error.

use std::collections::HashMap;
use std::io::{IsTerminal, Write};
use warpyard_client::AnyObject;
use warpyard_model::Timestamp;
use warpyard_model::kinds::{Step, StepState};
use warpyard_model::units::format_duration;

/// What was shown already.
pub(crate) struct Progress {
    shown: HashMap<(String, Timestamp), StepState>,
    last_wait: String,
    live: bool,
    colour: bool,
    live_line: bool,
}

impl Progress {
    /// Nothing was shown.
    pub(crate) fn new() -> Self {
        let live = std::io::stderr().is_terminal();
        Self { shown: HashMap::new(), last_wait: String::new(), live, colour: crate::output::stderr_colour(), live_line: false }
    }

    /// Shows what is new.
    pub(crate) fn show(&mut self, object: &AnyObject) {
        let waits = match (object.phase(), object.0.pointer("/status/queue")) {
            (Some("queued"), Some(queue)) => {
                let reason = queue.get("reason").and_then(serde_json::Value::as_str).unwrap_or_default();
                let position = queue.get("position").and_then(serde_json::Value::as_u64).unwrap_or_default();
                format!("queued, position {position}: {reason}")
            }
            _ => String::new(),
        };
        if waits != self.last_wait && !waits.is_empty() {
            self.line(&format!("  {waits}"));
        }
        self.last_wait = waits;
        let steps: Vec<Step> =
            object.array("/status/timeline").iter().filter_map(|step| serde_json::from_value(step.clone()).ok()).collect();
        for step in &steps {
            let key = (step.id.clone(), step.started_at);
            let before = self.shown.insert(key, step.state);
            if before != Some(step.state) && (step.state != StepState::Running || !self.live) {
                self.line(&step_line(step, self.colour));
            }
        }
        // Beside a person the running step is one line that changes; in a log every state is a line of its own.
        if self.live
            && let Some(step) = steps.iter().rev().find(|step| step.state == StepState::Running)
        {
            self.replace(&step_line(step, self.colour));
        }
    }

    /// Ends the line that changes.
    pub(crate) fn finish(&mut self) {
        self.clear();
    }

    fn clear(&mut self) {
        if self.live_line {
            write_error("\r\x1b[2K");
            self.live_line = false;
        }
    }

    fn line(&mut self, text: &str) {
        self.clear();
        write_error(&format!("{text}\n"));
    }

    fn replace(&mut self, text: &str) {
        self.clear();
        let columns = crate::terminal_mode::size().map_or(80, |(columns, _)| usize::from(columns));
        let short: String = text.chars().take(columns.saturating_sub(1)).collect();
        write_error(&short);
        self.live_line = true;
    }
}

fn write_error(text: &str) {
    // Progress is for whoever looks; when nobody can, there is nothing to do about it.
    let mut error = std::io::stderr();
    let _ = error.write_all(text.as_bytes());
    let _ = error.flush();
}

/// One step on one line: `✓ Make the Python environment (12 s)`.
pub(crate) fn step_line(step: &Step, colour: bool) -> String {
    let (mark, on) = match step.state {
        StepState::Running => ("…", ""),
        StepState::Done => ("✓", "\x1b[32m"),
        StepState::Failed => ("✗", "\x1b[31m"),
        StepState::Skipped => ("–", ""),
    };
    let mark = if colour && !on.is_empty() { format!("{on}{mark}\x1b[0m") } else { mark.to_owned() };
    let took = step.ended_at.map(|end| u64::try_from(end.seconds_since(step.started_at)).unwrap_or_default());
    let detail = match (step.state, took, step.progress) {
        (StepState::Running, _, Some(progress)) => format!(" {:.0} %", (progress * 100.0).clamp(0.0, 100.0)),
        (StepState::Done, Some(seconds), _) if seconds > 0 => format!(" ({})", format_duration(seconds)),
        (StepState::Skipped, _, _) => " (there already)".to_owned(),
        _ => String::new(),
    };
    let message = if step.message.is_empty() || step.state == StepState::Done {
        String::new()
    } else {
        format!(": {}", step.message.replace(|c: char| c.is_control(), " "))
    };
    format!("{mark} {}{detail}{message}", step.title)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(state: StepState, progress: Option<f64>, message: &str) -> Step {
        let started_at = Timestamp::from_millis(0);
        Step {
            id: "prepare:venv".into(),
            title: "Make the environment".into(),
            state,
            started_at,
            ended_at: (state != StepState::Running).then(|| started_at.plus_seconds(12)),
            progress,
            message: message.into(),
        }
    }

    #[test]
    fn steps_are_one_line() {
        let line = |state, progress, message| step_line(&step(state, progress, message), false);
        assert_eq!(line(StepState::Done, None, "ok"), "✓ Make the environment (12 s)");
        assert_eq!(line(StepState::Running, Some(0.42), "numpy\nscipy"), "… Make the environment 42 %: numpy scipy");
        assert_eq!(line(StepState::Failed, None, "disk full"), "✗ Make the environment: disk full");
        assert!(step_line(&step(StepState::Failed, None, ""), true).contains("\x1b[31m"));
    }
}
