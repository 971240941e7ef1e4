//! Joining two changes of one thing: what only one side changed is taken, what both changed differently is a conflict.
//!
//! Lists whose entries all have a `name` are joined entry by entry, so that two people may change two inputs; every other
//! list is one value.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Something that both sides changed, each in its own way. A side that has nothing there is absent.
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct MergeConflict {
    /// Where: `inputs.gpus.value`.
    pub path: String,
    /// What it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Value>,
    /// What we made of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ours: Option<Value>,
    /// What they made of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theirs: Option<Value>,
}

/// Which side counts in a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// What we made of it.
    Ours,
    /// What they made of it.
    Theirs,
}

/// The joined value. Conflicts without a resolution stand as ours in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The value.
    pub value: Value,
    /// Every conflict, resolved or not.
    pub conflicts: Vec<MergeConflict>,
}

/// Joins `ours` and `theirs`, which both come from `base`.
pub fn merge(base: &Value, ours: &Value, theirs: &Value, resolutions: &BTreeMap<String, Side>) -> Merged {
    let mut work = Work { resolutions, conflicts: Vec::new() };
    let value = work.join("", Some(base), Some(ours), Some(theirs)).unwrap_or(Value::Null);
    Merged { value, conflicts: work.conflicts }
}

struct Work<'a> {
    resolutions: &'a BTreeMap<String, Side>,
    conflicts: Vec<MergeConflict>,
}

/// A value whose parts have names: an object, or a list of named entries.
fn parts(value: &Value) -> Option<Vec<(String, &Value)>> {
    match value {
        Value::Object(map) => Some(map.iter().map(|(key, value)| (key.clone(), value)).collect()),
        Value::Array(items) => items.iter().map(|item| Some((item.get("name")?.as_str()?.to_owned(), item))).collect(),
        _ => None,
    }
}

fn part<'v>(parts: &[(String, &'v Value)], key: &str) -> Option<&'v Value> {
    parts.iter().find(|(name, _)| name == key).map(|(_, value)| *value)
}

impl Work<'_> {
    fn join(&mut self, path: &str, base: Option<&Value>, ours: Option<&Value>, theirs: Option<&Value>) -> Option<Value> {
        if ours == theirs || base == theirs {
            return ours.cloned();
        }
        if base == ours {
            return theirs.cloned();
        }
        if let (Some(mine), Some(others)) = (ours, theirs)
            && mine.is_array() == others.is_array()
            && let (Some(mine_parts), Some(others_parts)) = (parts(mine), parts(others))
        {
            let base_parts = base.filter(|b| b.is_array() == mine.is_array()).and_then(parts).unwrap_or_default();
            let new = others_parts.iter().filter(|(key, _)| part(&mine_parts, key).is_none());
            let mut joined: Vec<(String, Value)> = Vec::new();
            for (key, _) in mine_parts.iter().chain(new) {
                let at = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                let [old, mine, other] = [&base_parts, &mine_parts, &others_parts].map(|all| part(all, key));
                joined.extend(self.join(&at, old, mine, other).map(|value| (key.clone(), value)));
            }
            return Some(if mine.is_array() {
                joined.into_iter().map(|(_, value)| value).collect()
            } else {
                Value::Object(joined.into_iter().collect::<Map<_, _>>())
            });
        }
        let [old, mine, other] = [base, ours, theirs].map(|side| side.cloned());
        self.conflicts.push(MergeConflict { path: path.to_owned(), base: old, ours: mine, theirs: other });
        match self.resolutions.get(path) {
            Some(Side::Theirs) => theirs.cloned(),
            Some(Side::Ours) | None => ours.cloned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_sides_own_changes_are_taken() {
        let base =
            json!({ "card": { "icon": "a", "tags": ["x"] }, "inputs": [{ "name": "disk", "value": 1 }, { "name": "old" }] });
        let ours = json!({ "card": { "icon": "b", "tags": ["x"] },
                           "inputs": [{ "name": "disk", "value": 1, "label": "Disk" }, { "name": "old" }, { "name": "mine" }] });
        let theirs = json!({ "card": { "icon": "a", "tags": ["x", "y"] }, "price": 3,
                             "inputs": [{ "name": "disk", "value": 2 }, { "name": "theirs" }] });
        let merged = merge(&base, &ours, &theirs, &BTreeMap::new());
        assert!(merged.conflicts.is_empty(), "{:?}", merged.conflicts);
        let expected = json!({ "card": { "icon": "b", "tags": ["x", "y"] }, "price": 3,
            "inputs": [{ "name": "disk", "value": 2, "label": "Disk" }, { "name": "mine" }, { "name": "theirs" }] });
        assert_eq!(merged.value, expected);
    }

    #[test]
    fn what_both_changed_is_asked_about() {
        let base = json!({ "inputs": [{ "name": "disk", "value": 1 }, { "name": "gpus", "value": 1 }] });
        let ours = json!({ "inputs": [{ "name": "disk", "value": 5 }] });
        let theirs = json!({ "inputs": [{ "name": "disk", "value": 9 }, { "name": "gpus", "value": 2 }] });
        let merged = merge(&base, &ours, &theirs, &BTreeMap::new());
        let paths: Vec<&str> = merged.conflicts.iter().map(|c| c.path.as_str()).collect();
        assert_eq!(paths, ["inputs.disk.value", "inputs.gpus"]);
        assert_eq!((&merged.conflicts[0].base, &merged.conflicts[1].ours), (&Some(json!(1)), &None));
        assert_eq!(merged.value, ours, "ours stands until somebody decides");
        let resolutions = paths.iter().map(|p| ((*p).to_owned(), Side::Theirs)).collect();
        let resolved = merge(&base, &ours, &theirs, &resolutions);
        assert_eq!(resolved.value, theirs);
        assert_eq!(resolved.conflicts.len(), 2);
    }

    #[test]
    fn no_change_on_one_side_is_the_other_side() {
        let (a, b) = (json!({ "x": [1, 2], "y": { "z": null } }), json!({ "x": [3], "w": "new" }));
        for (base, ours, theirs, expected) in [(&a, &a, &b, &b), (&a, &b, &a, &b), (&a, &b, &b, &b)] {
            let merged = merge(base, ours, theirs, &BTreeMap::new());
            assert_eq!((&merged.value, merged.conflicts.len()), (expected, 0));
        }
    }
}
