//! The input language: typed, validated fields that each layer may only narrow.
//!
//! A template declares [`Field`]s; a profile lays [`InputRule`]s over them; a person sends values. [`effective_form`]
//! makes the form a person sees, [`resolve`] checks what they send. The law, property-tested: whatever [`resolve`]
//! accepts lies inside what the template allows. Console, API, CLI and files all go through these two functions.

mod constraint;
mod expression;
mod field;
mod form;
mod resolve;
mod rule;
mod schema;
mod value;

pub use expression::check_expression;
pub use field::{Choice, Field, FieldType, OptionSource, Override, Rule};
pub use form::{Form, FormField, FormSection, LiveOptions, effective_form, validate_fields};
pub use resolve::{Mode, Resolved, resolve};
pub use rule::{InputRule, Preset, validate_rules};
pub use schema::json_schema;

/// Values by field name, in the order they were given.
pub type Values = indexmap::IndexMap<String, serde_json::Value>;
