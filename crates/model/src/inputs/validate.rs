//! Checks what a template declares, before anybody narrows or fills it in.

use super::constraint::{Checker, Options};
use super::expression::Expression;
use super::resolve::visibility_order;
use super::value::{canonical, has_entries, is_choice, is_empty};
use super::{Field, FieldType, OptionSource, Override};
use crate::FieldError;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// Most fields of one template, and choices of one field.
const MAX_FIELDS: usize = 200;
const MAX_CHOICES: usize = 500;
const MAX_NAME: usize = 64;

/// Checks a template's fields. Paths are `inputs.<i>.<what>`.
pub fn validate_fields(fields: &[Field]) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if fields.len() > MAX_FIELDS {
        errors.push(FieldError::new(
            "inputs",
            format!("a template has at most {MAX_FIELDS} inputs; this one has {}", fields.len()),
        ));
        return errors;
    }
    let mut positions: HashMap<&str, usize> = HashMap::new();
    for (i, field) in fields.iter().enumerate() {
        if let Some(why) = bad_name(&field.name) {
            errors.push(FieldError::new(format!("inputs.{i}.name"), why));
        }
        if positions.insert(&field.name, i).is_some() {
            errors.push(FieldError::new(format!("inputs.{i}.name"), format!("two inputs have the name {:?}", field.name)));
        }
    }
    let mut conditions = Vec::with_capacity(fields.len());
    for (i, field) in fields.iter().enumerate() {
        let mut report = Report { at: format!("inputs.{i}"), errors: &mut errors };
        check_fit(field, &mut report);
        check_values(field, &mut report);
        let mentioned = check_expressions(field, &positions, &mut report);
        conditions.push(mentioned);
    }
    for index in visibility_order(&conditions).1 {
        errors.push(FieldError::new(
            format!("inputs.{index}.visible_when"),
            "depends on itself, directly or through other inputs; no input could be shown first",
        ));
    }
    errors
}

/// What is wrong with an identifier, if anything.
pub(super) fn bad_name(name: &str) -> Option<String> {
    let starts = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    let inside = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    (!starts || !inside || name.len() > MAX_NAME).then(|| {
        format!("{name:?} is not a name: lower-case letters, digits and underscores, a letter first, at most {MAX_NAME}")
    })
}

struct Report<'a> {
    at: String,
    errors: &'a mut Vec<FieldError>,
}

impl Report<'_> {
    fn error(&mut self, what: &str, why: impl Into<String>) {
        self.errors.push(FieldError::new(format!("{}.{what}", self.at), why));
    }

    fn unless(&mut self, good: bool, what: &str, why: &str) {
        if !good {
            self.error(what, why);
        }
    }
}

/// Whether each constraint makes sense for the type and beside the others.
fn check_fit(field: &Field, report: &mut Report<'_>) {
    let kind = field.field_type;
    let text = matches!(kind, FieldType::Text | FieldType::Multiline);
    let counted = text || has_entries(kind);
    report.unless(
        counted || field.min_length.is_none(),
        "min_length",
        "only texts, lists and key-values have a length; remove it",
    );
    report.unless(
        counted || field.max_length.is_none(),
        "max_length",
        "only texts, lists and key-values have a length; remove it",
    );
    if let (Some(min), Some(max)) = (field.min_length, field.max_length) {
        report.unless(min <= max, "max_length", &format!("must be at least min_length, {min}"));
    }
    let patterned = text || kind == FieldType::List;
    report.unless(patterned || field.pattern.is_none(), "pattern", "only texts and lists have a pattern; remove it");
    report.unless(
        field.pattern.is_some() || field.pattern_message.is_none(),
        "pattern_message",
        "there is no pattern to explain; add one or remove it",
    );
    let unique = kind == FieldType::List || !field.unique;
    report.unless(unique, "unique", "only lists have entries that may repeat; remove it");
    let shaped = kind == FieldType::Json || field.schema.is_none();
    report.unless(shaped, "schema", "only inputs of type json have a schema; remove it");
    let restricted = field.override_ == Override::Restricted;
    let chosen = is_choice(kind) || restricted || field.options_from.is_some();
    report.unless(
        chosen || field.choices.is_empty(),
        "choices",
        "only choice types and override: restricted have choices; remove them",
    );
    let lacking = (is_choice(kind) || restricted) && field.choices.is_empty() && field.options_from.is_none();
    report.unless(!lacking, "choices", "must have at least one choice, or options_from");
    if let Some(source) = field.options_from {
        let fits = matches!(kind, FieldType::Choice | FieldType::MultiChoice | FieldType::Text | FieldType::Secret);
        report.unless(fits, "options_from", "only choice, multi_choice, text and secret have live options; remove it");
        let secret = kind != FieldType::Secret || source == OptionSource::Secrets;
        report.unless(secret, "options_from", "an input of type secret takes its options from secrets");
    }
    let answered = field.default.as_ref().is_some_and(|value| !is_empty(value));
    report.unless(
        !field.sensitive || field.default.is_none(),
        "default",
        "is sensitive; a template would show it to everybody, remove the default",
    );
    report.unless(
        !field.sensitive || field.choices.is_empty(),
        "choices",
        "is sensitive; choices would show it to everybody, remove them",
    );
    report.unless(
        field.override_ != Override::Locked || field.default.is_some(),
        "default",
        "a locked input has a value; give it a default",
    );
    report.unless(
        !(field.hidden && field.required) || answered,
        "default",
        "nobody could answer: a hidden input that is required has a default",
    );
}

/// Whether constraints and default are values of the type, and agree.
fn check_values(field: &Field, report: &mut Report<'_>) {
    let (checker, faults) = Checker::new(field, Options::Static);
    let whole = faults.is_empty();
    for (what, why) in faults {
        report.error(&what, why);
    }
    if let (Some(min), Some(max)) = (checker.min, checker.max) {
        report.unless(min <= max, "max", "must be at least min");
    }
    if let Some(Err(why)) = checker.pattern() {
        report.error("pattern", why.to_owned());
        return;
    }
    if let Some(Err(why)) = checker.shape() {
        report.error("schema", why.to_owned());
        return;
    }
    if field.choices.len() > MAX_CHOICES {
        report.error("choices", format!("an input has at most {MAX_CHOICES} choices; this one has {}", field.choices.len()));
        return;
    }
    let mut seen = HashSet::new();
    for (i, choice) in field.choices.iter().enumerate() {
        if let Ok(value) = checker.normalise_choice(&choice.value) {
            report.unless(seen.insert(canonical(&value)), &format!("choices.{i}.value"), "two choices have this value");
            if let Err(why) = checker.check_choice(&choice.value) {
                report.error(&format!("choices.{i}.value"), why);
            }
        }
    }
    // A default is judged when its constraints can be; otherwise one mistake would be told twice.
    if let Some(default) = field.default.as_ref().filter(|default| whole && **default != Value::Null)
        && let Err(problems) = checker.check(default)
    {
        for problem in problems {
            report.error(&problem.path("default"), problem.message);
        }
    }
    report.unless(
        !field.required || field.default.as_ref().is_none_or(|value| !is_empty(value)),
        "default",
        "is empty, which does not answer a required input; remove it",
    );
}

/// Compiles the expressions; returns the fields that `visible_when` mentions.
fn check_expressions(field: &Field, positions: &HashMap<&str, usize>, report: &mut Report<'_>) -> Vec<usize> {
    let mut compile = |what: &str, source: &str| {
        let expression = Expression::compile(source).map_err(|why| report.error(what, why)).ok()?;
        let strangers: Vec<&str> = expression.names().filter(|name| !positions.contains_key(name)).collect();
        if !strangers.is_empty() {
            report.error(what, format!("mentions {}, which is not an input of this template", strangers.join(", ")));
        }
        Some(expression)
    };
    let visible = field.visible_when.as_ref().and_then(|source| compile("visible_when", source));
    if let Some(source) = &field.required_when {
        compile("required_when", source);
    }
    for (i, rule) in field.rules.iter().enumerate() {
        compile(&format!("rules.{i}.expression"), &rule.expression);
    }
    for (i, rule) in field.rules.iter().enumerate() {
        report.unless(!rule.message.trim().is_empty(), &format!("rules.{i}.message"), "say what people should do instead");
    }
    visible.iter().flat_map(|condition| condition.names()).filter_map(|name| positions.get(name).copied()).collect()
}
