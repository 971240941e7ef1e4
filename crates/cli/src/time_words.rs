//! Time as people read it in tables: short and relative.

use warpyard_model::Timestamp;

/// Now.
pub(crate) fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "ages are told as of now; nothing is decided by them")]
    Timestamp(jiff::Timestamp::now())
}

/// How long ago, in one unit: `12s`, `5m`, `3h`, `2d`. A moment to come (clocks differ) is `0s`.
pub(crate) fn age(then: Timestamp, now: Timestamp) -> String {
    short(now.seconds_since(then).max(0))
}

/// How long ago, or a dash when it is not known.
pub(crate) fn age_or_dash(then: Option<Timestamp>) -> String {
    then.map_or_else(|| "-".to_owned(), |then| age(then, now()))
}

/// How long until a moment, or `expired`.
pub(crate) fn until(then: Option<Timestamp>) -> String {
    match then {
        None => "never".to_owned(),
        Some(then) if then <= now() => "expired".to_owned(),
        Some(then) => format!("in {}", short(then.seconds_since(now()))),
    }
}

fn short(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{seconds}s"),
        120..7_200 => format!("{}m", seconds / 60),
        7_200..172_800 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_one_unit() {
        let then = Timestamp::from_millis(0);
        for (seconds, text) in [(0, "0s"), (119, "119s"), (120, "2m"), (7_200, "2h"), (172_800, "2d"), (-5, "0s")] {
            assert_eq!(age(then, then.plus_seconds(seconds)), text);
        }
    }
}
