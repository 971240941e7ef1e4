//! Counting bytes without asking anybody for every chunk.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// The shortest time between two reports about one endpoint.
pub(super) const REPORT_INTERVAL: Duration = Duration::from_secs(1);

/// The time of a report that was never made.
const NEVER: u64 = u64::MAX;

/// Bytes of one endpoint that were not reported yet.
pub(super) struct Meter {
    began: Instant,
    pending_bytes: AtomicU64,
    reported_at_millis: AtomicU64,
}

impl Meter {
    pub(super) fn new() -> Self {
        Self { began: Instant::now(), pending_bytes: AtomicU64::new(0), reported_at_millis: AtomicU64::new(NEVER) }
    }

    /// Counts `bytes` and returns what is to be reported now, if it is time again.
    pub(super) fn count(&self, bytes: u64, now: Instant) -> Option<u64> {
        self.pending_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.due(now)
    }

    /// What is to be reported now, if there is something and it is time again.
    pub(super) fn due(&self, now: Instant) -> Option<u64> {
        let reported_at = self.reported_at_millis.load(Ordering::Relaxed);
        if !self.may_report(reported_at, now) || self.pending_bytes.load(Ordering::Relaxed) == 0 {
            return None;
        }
        // Of several threads that find it time, one reports.
        let now = self.millis(now);
        self.reported_at_millis.compare_exchange(reported_at, now, Ordering::Relaxed, Ordering::Relaxed).ok()?;
        self.take()
    }

    /// Bytes not reported yet, whatever the time.
    pub(super) fn take(&self) -> Option<u64> {
        Some(self.pending_bytes.swap(0, Ordering::Relaxed)).filter(|bytes| *bytes > 0)
    }

    /// Whether everything was reported, long enough ago that a new meter may report at once.
    pub(super) fn is_settled(&self, now: Instant) -> bool {
        self.pending_bytes.load(Ordering::Relaxed) == 0 && self.may_report(self.reported_at_millis.load(Ordering::Relaxed), now)
    }

    fn may_report(&self, reported_at_millis: u64, now: Instant) -> bool {
        let interval_millis = REPORT_INTERVAL.as_millis() as u64;
        reported_at_millis == NEVER || self.millis(now) >= reported_at_millis.saturating_add(interval_millis)
    }

    fn millis(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.began).as_millis()).unwrap_or(NEVER - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_reported_at_most_once_a_second_and_never_lost() {
        let meter = Meter::new();
        let at = |millis| meter.began + Duration::from_millis(millis);
        assert_eq!(meter.due(at(0)), None, "nothing to report");
        assert_eq!(meter.count(5, at(0)), Some(5), "the first use is told at once");
        assert_eq!(meter.count(7, at(1)), None);
        assert_eq!(meter.count(1, at(999)), None);
        assert!(!meter.is_settled(at(999)));
        assert_eq!(meter.due(at(1000)), Some(8));
        assert!(!meter.is_settled(at(1999)), "a new meter would report again too soon");
        assert!(meter.is_settled(at(2000)));
        assert_eq!(meter.due(at(5000)), None);
        assert_eq!(meter.count(3, at(5000)), Some(3));
        assert_eq!(meter.count(2, at(5001)), None);
        assert_eq!(meter.take(), Some(2));
    }
}
