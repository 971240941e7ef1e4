//! The input language: typed, validated fields that each layer may only narrow.
//!
//! A template declares [`Field`]s; a profile lays [`InputRule`]s over them; a person sends values. [`effective_form`]
//! makes the form a person sees, [`resolve`] checks what they send. The law, property-tested: whatever [`resolve`]
//! accepts lies inside what the template allows. Console, API, CLI and files all go through these two functions.

mod carry;
mod constraint;
mod expression;
mod field;
mod form;
mod format;
mod narrow;
mod resolve;
mod rule;
mod schema;
mod shape;
mod syntax;
mod validate;
mod value;

pub use carry::{Carried, Retired, carry};
pub use expression::check_expression;
pub use field::{Choice, Field, FieldType, OptionSource, Override, Rule};
pub use form::{Form, FormField, FormSection, LiveOptions, effective_form};
pub use resolve::{Evaluation, Mode, Resolved, evaluate, resolve};
pub use rule::{InputRule, Preset, Redirect, validate_rules};
pub use schema::json_schema;
pub use validate::validate_fields;

/// Values by field name, in the order they were given.
pub type Values = indexmap::IndexMap<String, serde_json::Value>;
