//! The static constraints of one field, compiled: bounds, lengths, pattern, choices, uniqueness.
//!
//! Templates, profiles, presets and people's values are all judged by the same [`Checker`].

use super::shape::Shape;
use super::value::{self, Problem, canonical, normalise, number, show, show_number};
use super::{Field, FieldType, Override};
use regex::{Regex, RegexBuilder};
use rust_decimal::Decimal;
use serde_json::Value;
use std::cell::OnceCell;
use std::collections::HashSet;
use std::sync::Arc;

/// Longest pattern, and the memory its automaton may take.
const MAX_PATTERN: usize = 1_000;
const MAX_AUTOMATON_BYTES: usize = 1 << 20;
/// How many choices an error message names.
const NAMED_CHOICES: usize = 12;

/// Who judges: live options bind only the values of a launch, templates and profiles are written without them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Options {
    /// Only the choices the field spells out.
    Static,
    /// A form's choices, live ones included; none means that nothing is on offer.
    Live,
}

/// Compiled constraints of one field.
pub(super) struct Checker<'a> {
    field: &'a Field,
    pub(super) min: Option<Decimal>,
    pub(super) max: Option<Decimal>,
    step: Option<Decimal>,
    /// Compiled when the first value needs it: most fields of a form keep their checked default.
    pattern: OnceCell<Result<Regex, String>>,
    /// Likewise compiled for the first value.
    shape: OnceCell<Result<Arc<Shape>, String>>,
    choices: Option<HashSet<String>>,
}

/// A part of the field that is itself wrong: its name and what is wrong.
pub(super) type Fault = (String, String);

impl<'a> Checker<'a> {
    /// Compiles the constraints; what cannot be compiled is reported and then not enforced.
    pub(super) fn new(field: &'a Field, options: Options) -> (Self, Vec<Fault>) {
        let mut faults = Vec::new();
        let mut bound = |what: &str, value: &Option<Value>| {
            let value = value.as_ref()?;
            if !value::is_numeric(field.field_type) {
                faults.push((what.to_owned(), format!("only numbers, sizes and durations have {what}; remove it")));
                return None;
            }
            number(field.field_type, value).map_err(|why| faults.push((what.to_owned(), why))).ok()
        };
        let (min, max, step) = (bound("min", &field.min), bound("max", &field.max), bound("step", &field.step));
        let step = step.filter(|step| {
            *step > Decimal::ZERO || {
                faults.push(("step".to_owned(), "must be greater than 0".to_owned()));
                false
            }
        });
        // Choices bind whoever set them: a field that was restricted and then locked keeps them as its limit.
        let named = !field.choices.is_empty() || field.override_ == Override::Restricted;
        let bounded = value::is_choice(field.field_type) || named;
        let enforced = match (options, field.options_from) {
            (_, None) => bounded,
            (Options::Static, Some(_)) => !field.choices.is_empty(),
            (Options::Live, Some(_)) => true,
        };
        let mut checker = Self { field, min, max, step, pattern: OnceCell::new(), shape: OnceCell::new(), choices: None };
        let mut keys = HashSet::new();
        for (i, choice) in field.choices.iter().enumerate() {
            match checker.normalise_choice(&choice.value) {
                Ok(normal) => _ = keys.insert(canonical(&normal)),
                Err(why) => faults.push((format!("choices.{i}.value"), why)),
            }
        }
        checker.choices = enforced.then_some(keys);
        (checker, faults)
    }

    /// The normal form of one choice: of an entry for lists, of a whole value otherwise.
    pub(super) fn normalise_choice(&self, value: &Value) -> Result<Value, String> {
        let field_type = if value::chooses_entries(self.field.field_type) { FieldType::Choice } else { self.field.field_type };
        normalise(field_type, value).map_err(|problems| problems.into_iter().map(|p| p.message).collect::<Vec<_>>().join("; "))
    }

    /// Checks a choice against everything but lengths of lists, and gives its normal form.
    pub(super) fn check_choice(&self, value: &Value) -> Result<Value, String> {
        let normal = self.normalise_choice(value)?;
        let mut problems = Vec::new();
        if value::chooses_entries(self.field.field_type) {
            self.check_entry(0, normal.as_str().unwrap_or_default(), &mut problems);
        } else {
            self.check_normal(&normal, &mut problems);
        }
        problems.into_iter().next().map_or(Ok(normal), |problem| Err(problem.message))
    }

    /// The compiled pattern, matching whole texts.
    pub(super) fn pattern(&self) -> Option<Result<&Regex, &str>> {
        let source = self.field.pattern.as_ref()?;
        Some(self.pattern.get_or_init(|| compile_pattern(source)).as_ref().map_err(String::as_str))
    }

    /// The compiled shape of a `json` value.
    pub(super) fn shape(&self) -> Option<Result<&Shape, &str>> {
        let source = self.field.schema.as_ref()?;
        Some(self.shape.get_or_init(|| Shape::compile(source)).as_deref().map_err(String::as_str))
    }

    /// The normal form of `value`, or everything that is wrong with it.
    pub(super) fn check(&self, value: &Value) -> Result<Value, Vec<Problem>> {
        let normal = normalise(self.field.field_type, value).map_err(|problems| self.discreet(problems))?;
        let mut problems = Vec::new();
        self.check_normal(&normal, &mut problems);
        if problems.is_empty() { Ok(normal) } else { Err(self.discreet(problems)) }
    }

    /// Checks a number against bounds and step only.
    pub(super) fn check_number(&self, number: Decimal) -> Result<(), String> {
        let shown = |number| show_number(self.field.field_type, number);
        let range = match (self.min, self.max) {
            (Some(min), Some(max)) => format!("must be from {} to {}", shown(min), shown(max)),
            (Some(min), None) => format!("must be at least {}", shown(min)),
            (None, Some(max)) => format!("must be at most {}", shown(max)),
            (None, None) => String::new(),
        };
        if self.min.is_some_and(|min| number < min) || self.max.is_some_and(|max| number > max) {
            return Err(range);
        }
        if let Some(step) = self.step {
            let base = self.min.unwrap_or_default();
            let fits = number.checked_sub(base).and_then(|above| above.checked_rem(step)).is_some_and(|rest| rest.is_zero());
            if !fits {
                return Err(format!("must be {} plus a multiple of {}", shown(base), shown(step)));
            }
        }
        Ok(())
    }

    fn check_normal(&self, normal: &Value, problems: &mut Vec<Problem>) {
        let field = self.field;
        if value::is_numeric(field.field_type)
            && let Ok(number) = number(field.field_type, normal)
            && let Err(why) = self.check_number(number)
        {
            problems.push(Problem::new(why));
        }
        match (field.field_type, normal) {
            (FieldType::Text | FieldType::Multiline, Value::String(text)) => {
                self.check_length(text.chars().count(), "characters", problems);
                if let Some(why) = self.mismatch(text) {
                    problems.push(Problem::new(why));
                }
            }
            (FieldType::List | FieldType::MultiChoice, Value::Array(items)) => {
                self.check_length(items.len(), "entries", problems);
                let mut seen = HashSet::new();
                for (i, item) in items.iter().enumerate() {
                    let text = item.as_str().unwrap_or_default();
                    self.check_entry(i, text, problems);
                    if (field.unique || field.field_type == FieldType::MultiChoice) && !seen.insert(text) {
                        problems.push(Problem::at(i, "must not repeat an earlier entry"));
                    }
                }
            }
            (FieldType::KeyValue, Value::Object(entries)) => self.check_length(entries.len(), "entries", problems),
            (FieldType::Json, value) => match self.shape() {
                None => {}
                Some(Ok(shape)) => problems.extend(shape.problems(value, field.sensitive)),
                Some(Err(why)) => {
                    problems.push(Problem::new(format!("cannot be checked, the template's schema is wrong: {why}")));
                }
            },
            _ => {}
        }
        if !value::chooses_entries(field.field_type) && !self.allows(normal) {
            problems.push(Problem::new(self.choice_message()));
        }
    }

    fn check_entry(&self, index: usize, text: &str, problems: &mut Vec<Problem>) {
        if let Some(why) = self.mismatch(text) {
            problems.push(Problem::at(index, why));
        }
        if !self.allows(&Value::from(text)) {
            problems.push(Problem::at(index, self.choice_message()));
        }
    }

    fn check_length(&self, length: usize, unit: &str, problems: &mut Vec<Problem>) {
        let at_least = self.field.min_length.map_or(0, |n| n as usize);
        let at_most = self.field.max_length.map_or(usize::MAX, |n| n as usize);
        if (at_least..=at_most).contains(&length) {
            return;
        }
        problems.push(Problem::new(match (self.field.min_length, self.field.max_length) {
            (Some(min), Some(max)) => format!("must have from {min} to {max} {unit}; there are {length}"),
            (Some(min), None) => format!("must have at least {min} {unit}; there are {length}"),
            _ => format!("must have at most {at_most} {unit}; there are {length}"),
        }));
    }

    fn mismatch(&self, text: &str) -> Option<String> {
        match self.pattern()? {
            Ok(pattern) if pattern.is_match(text) => None,
            Ok(_) => Some(
                self.field
                    .pattern_message
                    .clone()
                    .unwrap_or_else(|| format!("must match the pattern {}", self.field.pattern.as_deref().unwrap_or_default())),
            ),
            Err(why) => Some(format!("cannot be checked, the template's pattern is wrong: {why}")),
        }
    }

    /// Whether choices, where there are any, have a value (or an entry of a list) in normal form.
    pub(super) fn allows(&self, normal: &Value) -> bool {
        let Some(choices) = &self.choices else { return true };
        if choices.contains(&canonical(normal)) {
            return true;
        }
        // Who may choose a secret may choose an entry of it.
        match (self.field.field_type, normal.as_str().and_then(|text| text.split_once('/'))) {
            (FieldType::Secret, Some((name, _))) => choices.contains(&canonical(&Value::from(name))),
            _ => false,
        }
    }

    fn choice_message(&self) -> String {
        let choices = &self.field.choices;
        let named: Vec<String> = choices.iter().take(NAMED_CHOICES).map(|choice| show(&choice.value)).collect();
        match (named.as_slice(), choices.len() - named.len()) {
            ([], _) => "must be one of the options on offer; there are none now".to_owned(),
            ([one], 0) => format!("must be {one}"),
            (_, 0) => format!("must be one of {}", named.join(", ")),
            (_, more) => format!("must be one of {} and {more} more", named.join(", ")),
        }
    }

    /// Reading errors of some types quote the text; what is sensitive may not be quoted.
    fn discreet(&self, problems: Vec<Problem>) -> Vec<Problem> {
        if !self.field.sensitive || !value::is_numeric(self.field.field_type) {
            return problems;
        }
        let message = match self.field.field_type {
            FieldType::Size => "must be a size such as 20GiB inside the limits",
            FieldType::Duration => "must be a duration such as 2h30m inside the limits",
            _ => "must be a number inside the limits",
        };
        vec![Problem::new(message)]
    }
}

/// Compiles a pattern that must match a whole text.
fn compile_pattern(source: &str) -> Result<Regex, String> {
    if source.chars().count() > MAX_PATTERN {
        return Err(format!("a pattern has at most {MAX_PATTERN} characters"));
    }
    let build = |source: &str| {
        RegexBuilder::new(source).size_limit(MAX_AUTOMATON_BYTES).dfa_size_limit(MAX_AUTOMATON_BYTES).build().map_err(|error| {
            match error {
                regex::Error::CompiledTooBig(_) => {
                    r"the pattern is too large; repeat less, or write [A-Za-z0-9_] for \w and [0-9] for \d".to_owned()
                }
                other => {
                    let text = other.to_string();
                    let last = text.lines().last().unwrap_or_default();
                    format!("this is not a regular expression: {}", last.trim_start_matches("error: "))
                }
            }
        })
    };
    // Alone first where it has brackets, so that `a)|(b` does not become good by what is put around it.
    if source.contains(')') {
        build(source)?;
    }
    build(&format!(r"\A(?:{source})\z"))
}
