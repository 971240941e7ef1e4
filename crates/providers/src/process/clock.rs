//! The time of this machine, for what really happens on it.

use std::time::SystemTime;
use warpyard_model::Timestamp;

/// Now. Providers observe real processes; simulations replace the whole provider, so no clock is injected here.
#[expect(clippy::disallowed_methods, reason = "what a real process does has the real time")]
pub(super) fn now() -> Timestamp {
    // Milliseconds are what the rest of the product stores and compares.
    Timestamp::from_millis(jiff::Timestamp::now().as_millisecond())
}

/// The same as the file system tells it.
pub(super) fn system_now() -> SystemTime {
    SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(u64::try_from(now().as_millis()).unwrap_or_default())
}
