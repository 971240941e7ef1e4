//! Checks what a person sends against a form.

use super::constraint::{Checker, Options};
use super::expression::{Expression, Outcome, Scope};
use super::value::{canonical, is_empty, normalise, show};
use super::{Form, FormField, Values};
use crate::FieldError;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

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
    ///
    /// A sensitive field that is left out keeps its value too, because nobody can read it to send it again; null removes it.
    Change(&'a Values),
}

/// A form with somebody's values in it, good or not: what a console shows while a person types.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evaluation {
    /// Defaults and given values, normalised where possible. Sensitive values are in clear; the caller masks them.
    pub values: Values,
    /// Names of the sensitive fields among `values`.
    pub sensitive: Vec<String>,
    /// Fields to show now, in the form's order.
    pub visible: Vec<String>,
    /// Those of them that must have a value now.
    pub required: Vec<String>,
    /// What is wrong, missing required values included. Paths start with the field's name.
    pub errors: Vec<FieldError>,
}

/// Checks `values` against `form`.
///
/// Null counts as not given. A value for a field that is not visible is dropped: a console that hides a field again
/// should not fail for what was typed before.
pub fn resolve(form: &Form, values: &Values, mode: Mode<'_>) -> Result<Resolved, Vec<FieldError>> {
    let evaluation = evaluate(form, values, mode);
    if evaluation.errors.is_empty() {
        Ok(Resolved { values: evaluation.values, sensitive: evaluation.sensitive })
    } else {
        Err(evaluation.errors)
    }
}

/// Puts `values` into `form` and tells what is shown, required and wrong.
pub fn evaluate(form: &Form, values: &Values, mode: Mode<'_>) -> Evaluation {
    Run::new(form, values, mode).finish()
}

/// One field while it is evaluated.
struct Slot<'a> {
    form_field: &'a FormField,
    checker: Checker<'a>,
    visible_when: Option<Arc<Expression>>,
    visible: bool,
    value: Option<Value>,
    errors: Vec<FieldError>,
}

impl Slot<'_> {
    fn name(&self) -> &str {
        &self.form_field.field.name
    }

    fn error(&mut self, message: impl Into<String>) {
        let path = self.name().to_owned();
        self.errors.push(FieldError::new(path, message));
    }
}

struct Run<'a> {
    slots: Vec<Slot<'a>>,
    given: &'a Values,
    mode: Mode<'a>,
    scope: Scope,
    strangers: Vec<FieldError>,
}

impl<'a> Run<'a> {
    fn new(form: &'a Form, given: &'a Values, mode: Mode<'a>) -> Self {
        let slots: Vec<Slot<'a>> = form
            .fields
            .iter()
            .map(|form_field| Slot {
                form_field,
                checker: Checker::new(&form_field.field, Options::Live).0,
                // A condition that does not compile was refused in the template; without one a field is visible.
                visible_when: form_field.field.visible_when.as_deref().and_then(|source| Expression::compile(source).ok()),
                visible: true,
                value: None,
                errors: Vec::new(),
            })
            .collect();
        let positions: HashMap<&str, usize> = form.fields.iter().enumerate().map(|(i, f)| (f.field.name.as_str(), i)).collect();
        let strangers =
            given.keys().filter(|name| !positions.contains_key(name.as_str())).map(|name| stranger(name, form)).collect();
        let mut run = Self { slots, given, mode, scope: Scope::new(), strangers };
        for slot in &run.slots {
            run.scope.bind(slot.name(), slot.form_field.field.field_type, None);
        }
        let conditions: Vec<Vec<usize>> = run
            .slots
            .iter()
            .map(|slot| {
                let names = slot.visible_when.iter().flat_map(|condition| condition.names());
                names.filter_map(|name| positions.get(name).copied()).collect()
            })
            .collect();
        let (order, circular) = visibility_order(&conditions);
        for index in order {
            run.settle(index);
        }
        for index in circular {
            run.slots[index].visible_when = None;
            run.settle(index);
        }
        run
    }

    /// Decides whether a field is visible and which value it has; what its condition mentions is settled before.
    fn settle(&mut self, index: usize) {
        let slot = &mut self.slots[index];
        slot.visible = slot.visible_when.as_ref().is_none_or(|condition| match condition.evaluate(&self.scope) {
            Outcome::True | Outcome::Failed(_) => true,
            // Nothing to judge yet: what depends on an answer waits for it.
            Outcome::False | Outcome::Absent => false,
        });
        if !slot.visible {
            return;
        }
        choose(slot, self.given, self.mode);
        // A value that breaks a constraint still has its type, so conditions keep working while a person types.
        let field = &slot.form_field.field;
        let typed = slot.value.as_ref().and_then(|value| normalise(field.field_type, value).ok());
        if typed.is_some() {
            self.scope.bind(&field.name, field.field_type, typed.as_ref());
            slot.value = typed;
        }
    }

    fn finish(mut self) -> Evaluation {
        let mut result = Evaluation { errors: self.strangers, ..Evaluation::default() };
        for slot in self.slots.iter_mut().filter(|slot| slot.visible) {
            let field = &slot.form_field.field;
            let required = field.required || required_now(field.required_when.as_deref(), &self.scope);
            if !field.hidden {
                result.visible.push(field.name.clone());
                if required {
                    result.required.push(field.name.clone());
                }
            }
            if required && slot.errors.is_empty() && slot.value.as_ref().is_none_or(is_empty) {
                slot.error("is required; give it a value");
            }
            for rule in &field.rules {
                if let Some(message) = broken(rule, &self.scope) {
                    slot.error(message);
                }
            }
        }
        for slot in self.slots {
            if let Some(value) = slot.value.filter(|_| slot.visible) {
                let field = &slot.form_field.field;
                if field.sensitive {
                    result.sensitive.push(field.name.clone());
                }
                result.values.insert(field.name.clone(), value);
            }
            result.errors.extend(slot.errors);
        }
        result
    }
}

fn stranger(name: &str, form: &Form) -> FieldError {
    let asked = form.fields.iter().filter(|f| !f.field.hidden).map(|f| f.field.name.as_str());
    let mut known: Vec<&str> = asked.take(20).collect();
    if form.fields.len() > known.len() && known.len() == 20 {
        known.push("…");
    }
    let message = match known.as_slice() {
        [] => "is not an input; there are none".to_owned(),
        _ => format!("is not an input; the inputs are {}", known.join(", ")),
    };
    FieldError::new(name, message)
}

/// Fields in an order in which each comes after those its condition mentions, and those on a circle.
pub(super) fn visibility_order(conditions: &[Vec<usize>]) -> (Vec<usize>, Vec<usize>) {
    let mut waiting: Vec<usize> = conditions.iter().map(Vec::len).collect();
    let mut dependants: Vec<Vec<usize>> = vec![Vec::new(); conditions.len()];
    for (index, mentioned) in conditions.iter().enumerate() {
        for &other in mentioned {
            dependants[other].push(index);
        }
    }
    let mut order: Vec<usize> = (0..conditions.len()).filter(|&index| waiting[index] == 0).collect();
    let mut next = 0;
    while let Some(&index) = order.get(next) {
        next += 1;
        for &dependant in &dependants[index] {
            waiting[dependant] -= 1;
            if waiting[dependant] == 0 {
                order.push(dependant);
            }
        }
    }
    let circular = (0..conditions.len()).filter(|&index| waiting[index] > 0).collect();
    (order, circular)
}

/// Picks the field's value from what was given, what stands and what was there before, and checks it.
fn choose(slot: &mut Slot<'_>, all: &Values, mode: Mode<'_>) {
    let FormField { field, locked, .. } = slot.form_field;
    let given = all.get(&field.name).filter(|value| !value.is_null());
    let own = field.default.as_ref();
    if let Mode::Change(old) = mode {
        let before = old.get(&field.name).filter(|value| !value.is_null());
        // What a condition hid or a newer template added had no chance to be answered at launch.
        let may_fill = field.required || field.required_when.is_some() || field.visible_when.is_some();
        if !field.mutable && (before.is_some() || !may_fill) {
            let kept = before.or(own);
            if given.is_some_and(|given| !same(field, given, kept)) {
                slot.error(match kept {
                    Some(value) if !field.sensitive => format!("cannot be changed after launch; it stays {}", show(value)),
                    _ => "cannot be changed after launch; leave it out".to_owned(),
                });
            }
            // Kept unchecked: limits that were narrowed since must not stop a change of something else.
            slot.value = kept.cloned();
            return;
        }
        if field.sensitive && !all.contains_key(&field.name) && before.is_some() {
            return check(slot, before);
        }
    }
    if !*locked && !field.hidden {
        return check(slot, given.or(own));
    }
    if given.is_some_and(|given| !same(field, given, own)) {
        slot.error(standing(slot.form_field));
    }
    check(slot, own);
}

/// Why a value that stands cannot be sent.
fn standing(form_field: &FormField) -> String {
    let FormField { field, locked, locked_by, locked_reason } = form_field;
    let value = match &field.default {
        Some(value) if !field.sensitive => format!("its value stays {}", show(value)),
        _ => "it stays as it is".to_owned(),
    };
    if !*locked {
        return format!("is not asked for; {value}, leave it out");
    }
    let by = locked_by.as_deref().unwrap_or("template");
    let reason = locked_reason.as_deref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    format!("is locked by the {by}{reason}; {value}, leave it out")
}

fn same(field: &super::Field, given: &Value, own: Option<&Value>) -> bool {
    let normal = |value: &Value| normalise(field.field_type, value).map(|value| canonical(&value)).ok();
    own.is_some_and(|own| canonical(own) == canonical(given) || normal(own).is_some_and(|own| Some(own) == normal(given)))
}

fn check(slot: &mut Slot<'_>, value: Option<&Value>) {
    let Some(value) = value else { return };
    match slot.checker.check(value) {
        Ok(normal) => slot.value = Some(normal),
        Err(problems) => {
            let name = slot.name().to_owned();
            slot.errors.extend(problems.into_iter().map(|problem| FieldError::new(problem.path(&name), problem.message)));
            slot.value = Some(value.clone());
        }
    }
}

fn required_now(source: Option<&str>, scope: &Scope) -> bool {
    let Some(condition) = source.and_then(|source| Expression::compile(source).ok()) else { return false };
    matches!(condition.evaluate(scope), Outcome::True | Outcome::Failed(_))
}

/// The message of a rule that does not hold.
fn broken(rule: &super::Rule, scope: &Scope) -> Option<String> {
    match Expression::compile(&rule.expression).map(|expression| expression.evaluate(scope)) {
        Ok(Outcome::True | Outcome::Absent) => None,
        Ok(Outcome::False) => Some(rule.message.clone()),
        Ok(Outcome::Failed(why)) | Err(why) => Some(format!("{} (the rule cannot be checked: {why})", rule.message)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_come_before_what_depends_on_them() {
        assert_eq!(visibility_order(&[vec![1], vec![2], vec![]]), (vec![2, 1, 0], vec![]));
        assert_eq!(visibility_order(&[vec![1], vec![0], vec![]]), (vec![2], vec![0, 1]));
        assert_eq!(visibility_order(&[vec![0]]), (vec![], vec![0]));
    }
}
