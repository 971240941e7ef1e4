//! Filters of lists: comparisons with `eq`, joined by `and`.

use super::Sorry;
use serde_json::Value;

/// What is looked for.
#[derive(Debug, PartialEq)]
pub(super) struct Filter(Vec<(String, Value)>);

impl Filter {
    pub(super) fn parse(text: &str) -> Result<Self, Sorry> {
        let bad = |why: &str| Sorry::bad("invalidFilter", format!("This filter is not understood: {why}."));
        let mut rest = text.trim();
        let mut all = Vec::new();
        loop {
            let (attribute, after) = rest.split_once(' ').ok_or_else(|| bad("an attribute, eq and a value are wanted"))?;
            let (operator, after) = after.trim_start().split_once(' ').ok_or_else(|| bad("a value is missing"))?;
            if !operator.eq_ignore_ascii_case("eq") {
                return Err(bad("only eq, joined by and, is known here"));
            }
            let mut values = serde_json::Deserializer::from_str(after.trim_start()).into_iter::<Value>();
            let value = values.next().and_then(Result::ok).filter(|v| !v.is_array() && !v.is_object());
            let value = value.ok_or_else(|| bad("a value is a text in double quotes, true or false"))?;
            all.push((attribute.to_owned(), value));
            rest = after.trim_start()[values.byte_offset()..].trim_start();
            if rest.is_empty() {
                return Ok(Self(all));
            }
            let (word, after) = rest.split_once(' ').ok_or_else(|| bad("something follows the value"))?;
            if !word.eq_ignore_ascii_case("and") {
                return Err(bad("comparisons are joined by and"));
            }
            rest = after.trim_start();
        }
    }

    pub(super) fn holds(&self, resource: &Value) -> bool {
        self.0.iter().all(|(attribute, wanted)| has(resource, attribute, wanted))
    }
}

/// Whether a value, or one of several, is the wanted one. Ids are compared to the letter, everything else without case.
fn has(resource: &Value, attribute: &str, wanted: &Value) -> bool {
    let (first, rest) = attribute.split_once('.').map_or((attribute, None), |(a, b)| (a, Some(b)));
    let Some(object) = resource.as_object() else { return same(attribute, resource, wanted) };
    let Some((name, value)) = object.iter().find(|(key, _)| key.eq_ignore_ascii_case(first)) else { return false };
    match (value, rest) {
        (Value::Array(all), rest) => all.iter().any(|one| has(one, rest.unwrap_or("value"), wanted)),
        (one, Some(rest)) => has(one, rest, wanted),
        (one, None) => same(name, one, wanted),
    }
}

fn same(name: &str, value: &Value, wanted: &Value) -> bool {
    match (value.as_str(), wanted.as_str()) {
        (Some(a), Some(b)) if matches!(name, "id" | "externalId" | "value") => {
            a == b || (name == "value" && a.eq_ignore_ascii_case(b))
        }
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => value == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn filters_find_what_they_say() {
        let ada = json!({ "id": "1", "userName": "Ada@Example.com", "externalId": "X", "active": true, "emails": [{ "value": "ada@example.com" }] });
        for good in [
            "userName eq \"ada@example.com\"",
            "USERNAME EQ \"ada@example.com\" and active eq true",
            "externalId eq \"X\"",
            "emails.value eq \"ada@example.com\"",
            "emails eq \"ada@example.com\" and id eq \"1\"",
        ] {
            assert!(Filter::parse(good).is_ok_and(|f| f.holds(&ada)), "{good}");
        }
        for other in ["externalId eq \"x\"", "userName eq \"eve\"", "active eq false", "nothing eq \"1\""] {
            assert!(Filter::parse(other).is_ok_and(|f| !f.holds(&ada)), "{other}");
        }
        for bad in [
            "",
            "userName",
            "userName eq",
            "userName co \"a\"",
            "userName eq a",
            "userName eq \"a\" or id eq \"1\"",
            "userName eq \"a\" x",
        ] {
            assert!(Filter::parse(bad).is_err(), "{bad}");
        }
    }
}
