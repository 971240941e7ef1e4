//! Reading YAML (and so JSON) that somebody sent: within limits, because a few lines can mean gigabytes.
//!
//! The parser has limits of its own for depth and nodes; an alias that means much, again and again, is what remains. Nobody
//! writes many by hand.

use serde_json::Value;

/// How much all aliases together may repeat, in the parser's events: about as many as there are values.
const MOST_REPEATED: usize = 20_000;
/// How deep an alias may lie in what another one means.
const DEEPEST: usize = 8;
/// Longest complaint; the parser quotes lines, however long.
const LONGEST: usize = 1_000;

/// Every document of a stream. The error says what is no YAML.
pub fn documents(text: &str) -> Result<Vec<Value>, String> {
    serde_saphyr::from_multiple_with_options(text, limits()).map_err(|error| shortened(&error.to_string()))
}

/// The one document of a text.
pub fn value(text: &str) -> Result<Value, String> {
    serde_saphyr::from_str_with_options(text, limits()).map_err(|error| shortened(&error.to_string()))
}

fn limits() -> serde_saphyr::Options {
    serde_saphyr::options! {
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MOST_REPEATED, max_replay_stack_depth: DEEPEST },
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() > LONGEST { text.chars().take(LONGEST).chain("…".chars()).collect() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn aliases_are_for_what_people_write_twice() {
        let text = "base: &base {cpu: 1, tags: [a, b]}\none: *base\ntwo: *base\n---\nsecond: 1\n";
        let read = documents(text).unwrap();
        assert_eq!(read[0]["two"], json!({"cpu": 1, "tags": ["a", "b"]}));
        assert_eq!(read.len(), 2);
        let mut bomb = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
        for level in 1..7 {
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", ")));
        }
        assert!(value(&bomb).is_err());
        assert!(value(&format!("a: {}\n: b", "x".repeat(1 << 20))).is_err_and(|why| why.len() < 5_000));
    }
}
