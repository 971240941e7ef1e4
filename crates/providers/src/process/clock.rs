//! The time of this machine, for what really happens on it.

use warpyard_model::Timestamp;

/// Now. Providers observe real processes; simulations replace the whole provider, so no clock is injected here.
#[expect(clippy::disallowed_methods, reason = "what a real process does has the real time")]
pub(super) fn now() -> Timestamp {
    // Milliseconds are what the rest of the product stores and compares.
    Timestamp::from_millis(jiff::Timestamp::now().as_millisecond())
}
