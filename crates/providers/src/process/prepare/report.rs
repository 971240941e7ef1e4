//! What people see of a step under way, and what they can do when it broke.

use super::super::log_files;
use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, Instant};
use warpyard_provider::{PrepareDesired, Progress, ProgressSink};

/// Lines that a failure tells.
const KEPT_LINES: usize = 20;
/// Lines come in bursts; nobody reads faster than this.
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);
/// The bar stops here until the step is really done.
const ALMOST: f64 = 0.95;
/// Below this a file system is full for any practical purpose.
const FULL_BELOW_BYTES: u64 = 16 << 20;

/// Turns lines and time into progress.
pub(super) struct Reporter {
    step: String,
    expected: Option<Duration>,
    began: Instant,
    told: Option<Instant>,
    lines: VecDeque<String>,
}

impl Reporter {
    pub(super) fn new(id: &str, step: &PrepareDesired) -> Self {
        Self {
            step: id.to_owned(),
            expected: step.expected_seconds.filter(|s| *s > 0).map(|s| Duration::from_secs(s.into())),
            began: Instant::now(),
            told: None,
            lines: VecDeque::new(),
        }
    }

    pub(super) fn line(&mut self, line: &str, sink: &dyn ProgressSink) {
        self.lines.push_back(line.to_owned());
        if self.lines.len() > KEPT_LINES {
            self.lines.pop_front();
        }
        if self.told.is_none_or(|told| told.elapsed() >= SHORTEST_PAUSE) {
            self.tell(sink);
        }
    }

    /// The bar moves also while the command is silent.
    pub(super) fn time_passed(&mut self, sink: &dyn ProgressSink) {
        if self.expected.is_some() || self.told.is_some_and(|told| told.elapsed() >= SHORTEST_PAUSE) {
            self.tell(sink);
        }
    }

    fn tell(&mut self, sink: &dyn ProgressSink) {
        self.told = Some(Instant::now());
        sink.report(Progress::Update {
            step: self.step.clone(),
            progress: self.expected.map(|expected| share(self.began.elapsed(), expected)),
            message: self.lines.back().cloned().unwrap_or_default(),
        });
    }

    pub(super) fn last_lines(&self) -> String {
        let text: Vec<&str> = self.lines.iter().map(String::as_str).collect();
        log_files::last_lines(&text.join("\n"), KEPT_LINES)
    }
}

fn share(elapsed: Duration, expected: Duration) -> f64 {
    (elapsed.as_secs_f64() / expected.as_secs_f64()).min(ALMOST)
}

/// What the output and the machine tell about a failure.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Hints {
    disk_full: bool,
    no_network: bool,
}

impl Hints {
    pub(super) fn of(lines: &str, directory: &Path) -> Self {
        const FULL: [&str; 3] = ["No space left on device", "ENOSPC", "Disk quota exceeded"];
        const NETWORK: [&str; 8] = [
            "Temporary failure in name resolution",
            "Name or service not known",
            "Network is unreachable",
            "EAI_AGAIN",
            "ENOTFOUND",
            "Could not resolve host",
            "ECONNREFUSED",
            "Failed to establish a new connection",
        ];
        let says = |words: &[&str]| words.iter().any(|word| lines.contains(word));
        let free = rustix::fs::statvfs(directory).map_or(u64::MAX, |fs| fs.f_bavail.saturating_mul(fs.f_frsize));
        Self { disk_full: free < FULL_BELOW_BYTES || says(&FULL), no_network: says(&NETWORK) }
    }

    pub(super) fn text(&self) -> Option<&'static str> {
        if self.disk_full {
            Some("The disk is full: free some space on the server's machine and try again.")
        } else if self.no_network {
            Some("The network or the package mirror could not be reached: check the server's proxy and mirror settings.")
        } else {
            None
        }
    }

    /// The same step may succeed later without a change of the template.
    pub(super) fn may_pass(&self) -> bool {
        self.disk_full || self.no_network
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_waits_for_the_end() {
        assert_eq!(share(Duration::from_secs(5), Duration::from_secs(20)), 0.25);
        assert_eq!(share(Duration::from_secs(50), Duration::from_secs(20)), ALMOST);
    }

    #[test]
    fn failures_come_with_advice() {
        let here = Path::new("/");
        assert!(Hints::of("OSError: [Errno 28] No space left on device", here).text().unwrap().contains("disk is full"));
        assert!(Hints::of("npm error code EAI_AGAIN", here).text().unwrap().contains("network"));
        assert_eq!(Hints::of("SyntaxError", here).text(), None);
    }
}
