//! The form a person sees: the template's fields as narrowed by the profile.

use super::constraint::{Checker, Options};
use super::narrow::{Narrowed, narrow, unchanged};
use super::value::{canonical, number, number_value};
use super::{Choice, Field, FieldType, InputRule, OptionSource, Override, Preset};
use crate::FieldError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

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

impl Form {
    /// Finds a field by its name.
    pub fn field(&self, name: &str) -> Option<&FormField> {
        self.fields.iter().find(|f| f.field.name == name)
    }
}

/// Lays a profile's rules over a template's fields.
///
/// Paths of errors are those of a profile, `spec.inputs.<i>.<what>` and `spec.presets.<i>.<what>`; a fault of the template
/// itself, which [`validate_fields`](super::validate_fields) would have refused, stands under `template.inputs.<i>`.
///
/// Rules and presets are judged without live options, which differ from day to day; the form gets them as its choices and
/// [`resolve`](super::resolve) enforces them.
pub fn effective_form(
    fields: &[Field],
    rules: &[InputRule],
    presets: &[Preset],
    live: &LiveOptions,
) -> Result<Form, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut by_name: HashMap<&str, (usize, &InputRule)> = HashMap::new();
    for (i, rule) in rules.iter().enumerate() {
        if !fields.iter().any(|field| field.name == rule.name) {
            errors.push(FieldError::new(format!("spec.inputs.{i}.name"), unknown(&rule.name, fields)));
        } else if by_name.contains_key(rule.name.as_str()) {
            errors.push(FieldError::new(format!("spec.inputs.{i}.name"), "two rules have this name; put them together"));
        } else {
            by_name.insert(&rule.name, (i, rule));
        }
    }
    let mut narrowed = Vec::with_capacity(fields.len());
    for (i, field) in fields.iter().enumerate() {
        let field = match normal_field(field) {
            Ok(field) => field,
            Err(faults) => {
                let at = |what: &str| format!("template.inputs.{i}.{what}");
                errors.extend(faults.into_iter().map(|(what, why)| FieldError::new(at(&what), why)));
                continue;
            }
        };
        match by_name.get(field.name.as_str()) {
            None => narrowed.push(unchanged(field)),
            Some((index, rule)) => match narrow(&field, rule) {
                Ok(result) => narrowed.push(result),
                Err(faults) => {
                    let at = |what: &str| format!("spec.inputs.{index}.{what}");
                    errors.extend(faults.into_iter().map(|(what, why)| FieldError::new(at(&what), why)));
                    narrowed.push(unchanged(field));
                }
            },
        }
    }
    let presets = checked_presets(presets, &narrowed, &mut errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(arrange(narrowed, presets, live))
}

pub(super) fn unknown(name: &str, fields: &[Field]) -> String {
    let known: Vec<&str> = fields.iter().map(|field| field.name.as_str()).take(20).collect();
    match known.as_slice() {
        [] => format!("{name:?} is not an input of the template; it has none"),
        _ => format!("{name:?} is not an input of the template; it has {}", known.join(", ")),
    }
}

/// The field with bounds, choices and default in normal form, so that later layers and consoles compare plain numbers.
fn normal_field(field: &Field) -> Result<Field, Vec<(String, String)>> {
    let mut normal = field.clone();
    let (checker, mut faults) = Checker::new(field, Options::Static);
    if !faults.is_empty() {
        return Err(faults);
    }
    let plain = |value: &mut Option<Value>| {
        if let Some(known) = value.as_ref().and_then(|value| number(field.field_type, value).ok()) {
            *value = Some(number_value(known));
        }
    };
    plain(&mut normal.min);
    plain(&mut normal.max);
    plain(&mut normal.step);
    for choice in &mut normal.choices {
        if let Ok(value) = checker.normalise_choice(&choice.value) {
            choice.value = value;
        }
    }
    if let Some(default) = &field.default {
        match checker.check(default) {
            Ok(value) => normal.default = Some(value),
            Err(problems) => faults.extend(problems.into_iter().map(|p| (p.path("default"), p.message))),
        }
    }
    if faults.is_empty() { Ok(normal) } else { Err(faults) }
}

/// Presets in normal form; a preset may fill in what a person may, and nothing that is secret.
fn checked_presets(presets: &[Preset], narrowed: &[Narrowed], errors: &mut Vec<FieldError>) -> Vec<Preset> {
    let by_name: HashMap<&str, &Narrowed> = narrowed.iter().map(|n| (n.field.name.as_str(), n)).collect();
    let mut checkers: HashMap<&str, Checker<'_>> = HashMap::new();
    let mut names = HashSet::new();
    let mut result = presets.to_vec();
    for (i, preset) in result.iter_mut().enumerate() {
        if !names.insert(&presets[i].name) {
            errors.push(FieldError::new(format!("spec.presets.{i}.name"), "two presets have this name"));
        }
        for (name, value) in &mut preset.values {
            let path = format!("spec.presets.{i}.values.{name}");
            let Some(target) = by_name.get(name.as_str()) else {
                errors.push(FieldError::new(path, format!("{name:?} is not an input of the template")));
                continue;
            };
            let field = &target.field;
            if field.sensitive {
                errors.push(FieldError::new(path, "is sensitive; a preset would show it to everybody, remove it"));
                continue;
            }
            let checker = checkers.entry(field.name.as_str()).or_insert_with(|| Checker::new(field, Options::Static).0);
            match checker.check(value) {
                Ok(normal) => {
                    let stands = field.override_ == Override::Locked || field.hidden;
                    if stands && field.default.as_ref().map(canonical) != Some(canonical(&normal)) {
                        let how = if field.hidden { "hidden" } else { "locked" };
                        errors.push(FieldError::new(path, format!("is {how} and keeps its value; remove it from the preset")));
                    }
                    *value = normal;
                }
                Err(problems) => errors.extend(problems.into_iter().map(|p| FieldError::new(p.path(&path), p.message))),
            }
        }
    }
    result
}

/// Puts fields in order under their headings and gives them the live options.
fn arrange(mut narrowed: Vec<Narrowed>, presets: Vec<Preset>, live: &LiveOptions) -> Form {
    narrowed.sort_by_key(|n| n.field.order);
    let mut places: HashMap<String, usize> = HashMap::new();
    for entry in &narrowed {
        let next = places.len();
        places.entry(entry.field.section.clone()).or_insert(next);
    }
    narrowed.sort_by_key(|n| places.get(&n.field.section).copied());
    let mut form = Form { presets, ..Form::default() };
    for Narrowed { mut field, locked_by, locked_reason } in narrowed {
        if let Some(source) = field.options_from {
            let options = live.get(&source).map(Vec::as_slice).unwrap_or_default();
            field.choices = live_choices(&field, options);
        }
        if !field.hidden {
            match form.sections.last_mut().filter(|section| section.title == field.section) {
                Some(section) => section.fields.push(field.name.clone()),
                None => form.sections.push(FormSection { title: field.section.clone(), fields: vec![field.name.clone()] }),
            }
        }
        let locked = field.override_ == Override::Locked;
        form.fields.push(FormField { locked, locked_by, locked_reason, field });
    }
    form
}

/// What is on offer live, less what the field's own choices rule out. The words of the field's choices win.
fn live_choices(field: &Field, options: &[Choice]) -> Vec<Choice> {
    if field.choices.is_empty() {
        return options.to_vec();
    }
    let offered: HashSet<String> = options.iter().map(|option| canonical(&option.value)).collect();
    let offers = |choice: &&Choice| {
        let whole = canonical(&choice.value);
        // An entry of a secret is there when the secret is; which entries it has is known to nobody here.
        let secret =
            choice.value.as_str().and_then(|text| text.split_once('/')).filter(|_| field.field_type == FieldType::Secret);
        offered.contains(&whole) || secret.is_some_and(|(name, _)| offered.contains(&canonical(&Value::from(name))))
    };
    field.choices.iter().filter(offers).cloned().collect()
}
