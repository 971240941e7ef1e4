//! When a command that failed is started again.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Restarts at most within [`WINDOW`].
pub(super) const MOST_RESTARTS: usize = 5;
/// The time in which restarts count.
pub(super) const WINDOW: Duration = Duration::from_secs(600);
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The restarts of late.
#[derive(Default)]
pub(super) struct Restarts {
    recent: VecDeque<Instant>,
}

impl Restarts {
    /// The pause before the next start, or `None` when there were too many. The pause doubles with every restart of late.
    pub(super) fn next_pause(&mut self, now: Instant) -> Option<Duration> {
        while self.recent.front().is_some_and(|first| now.duration_since(*first) >= WINDOW) {
            self.recent.pop_front();
        }
        if self.recent.len() >= MOST_RESTARTS {
            return None;
        }
        let pause = FIRST_PAUSE * 2_u32.pow(self.recent.len() as u32);
        self.recent.push_back(now);
        Some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_end() {
        let mut restarts = Restarts::default();
        let began = Instant::now();
        let pauses: Vec<u64> = (0..5).map(|n| restarts.next_pause(began + WINDOW / 10 * n).unwrap().as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16]);
        assert_eq!(restarts.next_pause(began + WINDOW / 2), None);
        assert_eq!(restarts.next_pause(began + WINDOW * 2).map(|p| p.as_secs()), Some(1), "long ago is forgotten");
    }
}
