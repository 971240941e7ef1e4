//! What a series of timed requests says: rate, percentiles, and the median of several rounds.

use std::time::Duration;

/// The times of one measure in one round.
#[derive(Debug, Clone, Default)]
pub(crate) struct Samples {
    /// One entry for each request.
    pub(crate) times: Vec<Duration>,
    /// From the first request's start to the last one's end.
    pub(crate) elapsed: Duration,
    /// Bytes of all bodies.
    pub(crate) bytes: u64,
}

impl Samples {
    /// Requests in a second.
    pub(crate) fn per_second(&self) -> f64 {
        self.times.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// Millions of bytes in a second.
    pub(crate) fn megabytes_per_second(&self) -> f64 {
        self.bytes as f64 / 1e6 / self.elapsed.as_secs_f64()
    }
}

/// The time that a share of all requests stayed within, in milliseconds (nearest rank).
pub(crate) fn percentile_milliseconds(times: &[Duration], share: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort();
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}

/// The middle value; of an even number the mean of the two in the middle.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => sorted[count / 2],
        count => f64::midpoint(sorted[count / 2 - 1], sorted[count / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let times: Vec<Duration> = (1..=100).rev().map(Duration::from_millis).collect();
        assert_eq!(percentile_milliseconds(&times, 0.5), 50.0);
        assert_eq!(percentile_milliseconds(&times, 0.99), 99.0);
        assert_eq!(percentile_milliseconds(&times[..1], 0.99), 100.0);
        assert!(percentile_milliseconds(&[], 0.5).is_nan());
    }

    #[test]
    fn the_median_does_not_follow_one_bad_round() {
        assert_eq!(median(&[10.0, 1000.0, 12.0]), 12.0);
        assert_eq!(median(&[10.0, 12.0]), 11.0);
    }
}
