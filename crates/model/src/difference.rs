//! What differs between two specs, said by paths that people understand.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Difference {
    /// Where, as a dotted path; entries of a list that have a name go by it.
    pub path: String,
    /// What it was; absent where it was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What it is; absent where it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

impl Difference {
    /// A difference at `path`.
    pub fn new(path: impl Into<String>, before: Option<Value>, after: Option<Value>) -> Self {
        Self { path: path.into(), before, after }
    }
}

/// Everything that differs, in the order of `before` and then what is new.
pub fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut out = Vec::new();
    compare("", Some(before), Some(after), &mut out);
    out
}

fn compare(path: &str, before: Option<&Value>, after: Option<&Value>, out: &mut Vec<Difference>) {
    if before == after {
        return;
    }
    if let (Some(old), Some(new)) = (before, after) {
        let (old, new) = (entries(old), entries(new));
        if let (Some(old), Some(new)) = (old, new) {
            let added = new.keys().filter(|key| !old.contains_key(*key));
            for key in old.keys().chain(added) {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                compare(&below, old.get(key), new.get(key), out);
            }
            // The same entries in another order.
            if old.iter().all(|(key, value)| new.get(key) == Some(value)) && old.len() == new.len() && before != after {
                out.push(Difference::new(path, before.cloned(), after.cloned()));
            }
            return;
        }
    }
    out.push(Difference::new(path, before.cloned(), after.cloned()));
}

/// An object's entries, or those of a list whose entries all have names of their own.
fn entries(value: &Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map.clone()),
        Value::Array(items) => {
            let named: Map<String, Value> =
                items.iter().filter_map(|item| Some((item.get("name")?.as_str()?.to_owned(), item.clone()))).collect();
            (named.len() == items.len()).then_some(named)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(before: &Value, after: &Value) -> Vec<(String, Option<Value>, Option<Value>)> {
        differences(before, after).into_iter().map(|d| (d.path, d.before, d.after)).collect()
    }

    #[test]
    fn named_entries_are_compared_by_name() {
        let before = json!({ "inputs": [{ "name": "disk", "max": 1 }, { "name": "image" }], "tags": ["a"] });
        let after = json!({ "inputs": [{ "name": "disk", "max": 2 }, { "name": "gpus" }], "tags": ["a", "b"] });
        assert_eq!(
            told(&before, &after),
            [
                ("inputs.disk.max".into(), Some(json!(1)), Some(json!(2))),
                ("inputs.image".into(), Some(json!({ "name": "image" })), None),
                ("inputs.gpus".into(), None, Some(json!({ "name": "gpus" }))),
                ("tags".into(), Some(json!(["a"])), Some(json!(["a", "b"]))),
            ]
        );
        assert!(told(&before, &before).is_empty());
    }

    #[test]
    fn another_order_is_a_difference() {
        let before = json!({ "inputs": [{ "name": "a" }, { "name": "b" }] });
        let after = json!({ "inputs": [{ "name": "b" }, { "name": "a" }] });
        assert_eq!(told(&before, &after).len(), 1);
        assert!(told(&json!({ "a": 1, "b": 2 }), &json!({ "b": 2, "a": 1 })).is_empty(), "keys have no order");
    }
}
