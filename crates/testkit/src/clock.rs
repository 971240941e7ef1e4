//! A clock that stands still until a test moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use warpyard_model::Timestamp;
use warpyard_store::Clock;

/// A clock that tests move. Clones show the same time.
#[derive(Debug, Clone)]
pub struct FakeClock(Arc<AtomicI64>);

impl Default for FakeClock {
    /// The first of January 2026: any fixed moment will do.
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(1_767_225_600_000)))
    }
}

impl FakeClock {
    /// Moves on by so many seconds.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}
