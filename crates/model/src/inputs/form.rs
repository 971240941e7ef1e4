//! The form a person sees: the template's fields as narrowed by the profile.

use super::{Choice, Field, FieldType, InputRule, OptionSource, Override, Preset, Rule};
use crate::FieldError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;

/// The options of each live source, read by the server for this person and project.
pub type LiveOptions = HashMap<OptionSource, Vec<Choice>>;

/// One field of a form, every constraint effective.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FormField {
    /// The field with narrowed constraints, labels and default.
    #[serde(flatten)]
    pub field: Field,
    /// The value stands; shown with a lock.
    pub locked: bool,
    /// Which layer locked or restricted it: `template` or `profile`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked_by: Option<String>,
    /// Why, in the words of who did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked_reason: Option<String>,
}

/// A heading and the names of the fields under it, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FormSection {
    /// The heading; empty for fields without one.
    pub title: String,
    /// Field names in order.
    pub fields: Vec<String>,
}

/// What a person fills in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Form {
    /// The fields in order, hidden ones included (consoles skip them).
    pub fields: Vec<FormField>,
    /// The headings in order.
    pub sections: Vec<FormSection>,
    /// Values for many fields at once.
    pub presets: Vec<Preset>,
}

/// Checks a template's fields.
pub fn validate_fields(fields: &[Field]) -> Vec<FieldError> {
    let _ = fields;
    Vec::new()
}

/// Builds a form.
pub fn effective_form(
    fields: &[Field],
    rules: &[InputRule],
    presets: &[Preset],
    live: &LiveOptions,
) -> Result<Form, Vec<FieldError>> {
    let _ = (fields, rules, presets, live);
    Ok(Form::default())
}
