//! Inputs that name a secret: the same check for the form a person fills in and for the launch.

use crate::lookup::Lookup;
use serde_json::Value as Json;
use warpyard_model::inputs::{Evaluation, FieldType, Form};
use warpyard_model::kinds::Secret;
use warpyard_model::{FieldError, Name, Result, ScopePath};

/// The uid of the secret that `value` names in a project as `name` or `name/key`, or what is wrong with it.
pub(crate) async fn named(lookup: &mut impl Lookup, project: &ScopePath, value: &Json) -> Result<Result<String, String>> {
    let text = value.as_str().unwrap_or_default();
    let (name, key) = text.split_once('/').map_or((text, None), |(n, k)| (n, Some(k)));
    let name = match Name::parse(name) {
        Ok(name) => name,
        Err(why) => return Ok(Err(why.to_string())),
    };
    let Some(secret) = lookup.look::<Secret>(project, &name).await? else {
        return Ok(Err(format!("there is no secret {name}")));
    };
    if let Some(key) = key
        && !secret.spec.data.contains_key(key)
    {
        let known: Vec<&str> = secret.spec.data.keys().map(String::as_str).collect();
        return Ok(Err(format!("the secret {name} has no entry {key:?}; it has {}", known.join(", "))));
    }
    Ok(Ok(secret.metadata.uid))
}

/// What is wrong with the secrets that a form's values name, at the fields' names.
pub(crate) async fn check(
    lookup: &mut impl Lookup,
    project: &ScopePath,
    form: &Form,
    evaluation: &Evaluation,
) -> Result<Vec<FieldError>> {
    let mut errors = Vec::new();
    for field in form.fields.iter().map(|f| &f.field).filter(|f| f.field_type == FieldType::Secret) {
        let wrong_already = evaluation.errors.iter().any(|e| e.path == field.name);
        let Some(value) = evaluation.values.get(&field.name).filter(|_| !wrong_already) else { continue };
        if let Err(message) = named(lookup, project, value).await? {
            errors.push(FieldError::new(field.name.clone(), message));
        }
    }
    Ok(errors)
}
