//! An object of a document that reports what nobody read.

use crate::report::{Report, quote};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Reads keys once; [`finish`](Self::finish) reports the rest as lost.
pub(super) struct Reader<'a, 'r> {
    object: &'a Map<String, Value>,
    at: String,
    read: HashSet<String>,
    report: &'r mut Report,
}

impl<'a, 'r> Reader<'a, 'r> {
    /// A reader of an object at a path; none for what is not there. What is no object is reported.
    pub(super) fn new(value: &'a Value, at: impl Into<String>, report: &'r mut Report) -> Option<Self> {
        let at = at.into();
        match value {
            Value::Object(object) => Some(Self { object, at, read: HashSet::new(), report }),
            Value::Null => None,
            other => {
                report.lost(at, format!("it is no object: {}", quote(&other.to_string())));
                None
            }
        }
    }

    pub(super) fn take(&mut self, key: &str) -> Option<&'a Value> {
        self.read.insert(key.to_owned());
        self.object.get(key).filter(|value| !value.is_null())
    }

    /// Text, or a number or truth value as text.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text.clone()),
            other @ (Value::Number(_) | Value::Bool(_)) => Some(other.to_string()),
            other => {
                let item = self.path(key);
                self.report.lost(item, format!("it is no text: {}", quote(&other.to_string())));
                None
            }
        }
    }

    /// True or false, also as text.
    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        match self.text(key)?.as_str() {
            "true" => Some(true),
            "false" => Some(false),
            other => {
                let (item, message) = (self.path(key), format!("{other:?} is neither true nor false"));
                self.report.lost(item, message);
                None
            }
        }
    }

    /// Keys that mean nothing here.
    pub(super) fn ignore(&mut self, keys: &[&str]) {
        self.read.extend(keys.iter().map(|key| (*key).to_owned()));
    }

    pub(super) fn path(&self, key: &str) -> String {
        if self.at.is_empty() { key.to_owned() } else { format!("{}.{key}", self.at) }
    }

    /// Reports what was not read.
    pub(super) fn finish(self) {
        for (key, value) in self.object.iter().filter(|(key, value)| !self.read.contains(*key) && !empty(value)) {
            let item = if self.at.is_empty() { key.clone() } else { format!("{}.{key}", self.at) };
            self.report.lost(item, format!("it has no place here: {}", quote(&value.to_string())));
        }
    }
}

fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    }
}
