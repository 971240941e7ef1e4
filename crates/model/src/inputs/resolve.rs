//! Checks what a person sends against a form.

use super::{Form, Values};
use crate::FieldError;

/// Values that passed: normalised (sizes in bytes, durations in seconds), defaults and locked values filled in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Resolved {
    /// One entry for every visible or hidden field that has a value; fields whose `visible_when` is false are absent.
    pub values: Values,
    /// Names of the sensitive fields among them.
    pub sensitive: Vec<String>,
}

/// What the values are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode<'a> {
    /// A launch.
    Create,
    /// A change of a running instance: fields that are not `mutable` must keep their value in the map.
    Change(&'a Values),
}

/// Checks `values` against `form`.
pub fn resolve(form: &Form, values: &Values, mode: Mode<'_>) -> Result<Resolved, Vec<FieldError>> {
    let _ = (form, values, mode);
    Err(Vec::new())
}
