//! What a profile lays over a template's fields.

use super::validate::bad_name;
use super::value::canonical;
use super::{Choice, Override, Values};
use crate::FieldError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashSet;

const MAX_PRESET_NAME: usize = 40;

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
    /// What becomes of retired values when an instance moves to this version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirects: Vec<Redirect>,
}

/// A retired value and the one that takes its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    /// The value that is no longer allowed.
    pub from: Value,
    /// A value that still is.
    pub to: Value,
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

/// Checks rules and presets by themselves; how they fit a template is for [`effective_form`](super::effective_form).
///
/// Paths are those of a profile: `spec.inputs.<i>.<what>` and `spec.presets.<i>.<what>`.
pub fn validate_rules(rules: &[InputRule], presets: &[Preset]) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut names = HashSet::new();
    for (i, rule) in rules.iter().enumerate() {
        let at = |what: &str| format!("spec.inputs.{i}.{what}");
        if let Some(why) = bad_name(&rule.name) {
            errors.push(FieldError::new(at("name"), why));
        } else if !names.insert(rule.name.as_str()) {
            errors.push(FieldError::new(at("name"), format!("two rules are for {:?}; put them together", rule.name)));
        }
        let mut retired = HashSet::new();
        for (j, redirect) in rule.redirects.iter().enumerate() {
            let path = at(&format!("redirects.{j}.from"));
            if canonical(&redirect.from) == canonical(&redirect.to) {
                errors.push(FieldError::new(path, "leads to itself; give another value to take its place"));
            } else if !retired.insert(canonical(&redirect.from)) {
                errors.push(FieldError::new(path, "two redirects are for this value; keep one"));
            }
        }
        let Some(choices) = &rule.choices else { continue };
        if choices.is_empty() {
            errors.push(FieldError::new(at("choices"), "must have at least one choice; to take the input away, hide or lock it"));
        }
        let mut values = HashSet::new();
        for (j, choice) in choices.iter().enumerate() {
            if !values.insert(canonical(&choice.value)) {
                errors.push(FieldError::new(at(&format!("choices.{j}.value")), "two choices have this value"));
            }
        }
    }
    let mut names = HashSet::new();
    for (i, preset) in presets.iter().enumerate() {
        let at = |what: &str| format!("spec.presets.{i}.{what}");
        let length = preset.name.chars().count();
        if preset.name.trim() != preset.name || !(1..=MAX_PRESET_NAME).contains(&length) {
            let why = format!("a preset's name has 1 to {MAX_PRESET_NAME} characters without spaces around them");
            errors.push(FieldError::new(at("name"), why));
        } else if !names.insert(preset.name.as_str()) {
            errors.push(FieldError::new(at("name"), format!("two presets have the name {:?}", preset.name)));
        }
        for name in preset.values.keys() {
            if let Some(why) = bad_name(name) {
                errors.push(FieldError::new(at(&format!("values.{name}")), why));
            }
        }
    }
    errors
}
