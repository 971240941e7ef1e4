//! Lays one rule over one field. Whatever a rule does, the values that remain are among those the field allowed.

use super::constraint::{Checker, Fault, Options};
use super::value::{self, canonical, is_empty, number, number_value, show_number};
use super::{Choice, Field, InputRule, Override};
use std::collections::{HashMap, HashSet};

/// A field after the profile's layer.
pub(super) struct Narrowed {
    pub(super) field: Field,
    pub(super) locked_by: Option<String>,
    pub(super) locked_reason: Option<String>,
}

/// A field that no rule touches.
pub(super) fn unchanged(field: Field) -> Narrowed {
    let locked_by = (field.override_ != Override::Allowed).then(|| "template".to_owned());
    Narrowed { field, locked_by, locked_reason: None }
}

/// Applies `rule` to `above`, which is in normal form. Faults name the part of the rule that is wrong.
pub(super) fn narrow(above: &Field, rule: &InputRule) -> Result<Narrowed, Vec<Fault>> {
    let mut faults: Vec<Fault> = Vec::new();
    let mut field = above.clone();
    if let Some(text) = &rule.label {
        field.label.clone_from(text);
    }
    if let Some(text) = &rule.help {
        field.help.clone_from(text);
    }
    if let Some(text) = &rule.section {
        field.section.clone_from(text);
    }
    if let Some(order) = rule.order {
        field.order = order;
    }
    if rule.widget.is_some() {
        field.widget.clone_from(&rule.widget);
    }
    switches(&mut field, above, rule, &mut faults);
    {
        let (checker, _) = Checker::new(above, Options::Static);
        if let Some(choices) = &rule.choices {
            narrow_choices(&mut field, &checker, above, choices, &mut faults);
        }
        narrow_bounds(&mut field, &checker, above, rule, &mut faults);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    field.default = value_of(&field, above, rule, &mut faults);
    finish(&field, above, rule, &mut faults);
    check_redirects(&field, rule, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let tightened = field.override_ != above.override_ || (rule.choices.is_some() && field.override_ == Override::Restricted);
    let speaks = tightened || rule.reason.is_some();
    let locked_by = match field.override_ {
        Override::Allowed => rule.reason.as_ref().map(|_| "profile".to_owned()),
        _ if tightened => Some("profile".to_owned()),
        _ => Some("template".to_owned()),
    };
    Ok(Narrowed { locked_by, locked_reason: rule.reason.clone().filter(|reason| speaks && !reason.is_empty()), field })
}

/// The parts that only go one way, and what a locked field no longer takes.
fn switches(field: &mut Field, above: &Field, rule: &InputRule, faults: &mut Vec<Fault>) {
    let mut fault = |what: &str, why: &str| faults.push((what.to_owned(), why.to_owned()));
    match (above.override_, rule.override_) {
        (Override::Locked, Some(Override::Allowed | Override::Restricted)) => {
            fault("override", "the template locks this input; a profile cannot open it, remove the line");
        }
        (Override::Restricted, Some(Override::Allowed)) => {
            fault("override", "the template restricts this input to its choices; a profile cannot open it, remove the line");
        }
        (_, Some(wanted)) => field.override_ = wanted,
        (_, None) => {}
    }
    if above.override_ == Override::Locked {
        let parts = [("choices", rule.choices.is_some()), ("min", rule.min.is_some()), ("max", rule.max.is_some())];
        for (what, _) in parts.iter().filter(|(_, given)| *given) {
            fault(what, "the template locks this input; its value stands, remove the line");
        }
    }
    match rule.required {
        Some(false) if above.required => fault("required", "the template requires this input; a profile cannot waive it"),
        Some(required) => field.required = required,
        None => {}
    }
    match rule.mutable {
        Some(true) if !above.mutable => {
            fault("mutable", "the template does not let this input change after launch; a profile cannot allow it");
        }
        Some(mutable) => field.mutable = mutable,
        None => {}
    }
    match rule.hidden {
        Some(false) if above.hidden => fault("hidden", "the template hides this input; a profile cannot show it"),
        Some(hidden) => field.hidden = hidden,
        None => {}
    }
}

fn narrow_choices(field: &mut Field, checker: &Checker<'_>, above: &Field, choices: &[Choice], faults: &mut Vec<Fault>) {
    if above.sensitive {
        let why = "is sensitive; choices would show it to everybody, remove them";
        faults.push(("choices".to_owned(), why.to_owned()));
        return;
    }
    if choices.is_empty() {
        faults.push(("choices".to_owned(), "must have at least one choice; to take the input away, hide or lock it".to_owned()));
        return;
    }
    let words: HashMap<String, &Choice> = above.choices.iter().map(|choice| (canonical(&choice.value), choice)).collect();
    let mut seen = HashSet::new();
    let mut narrowed = Vec::with_capacity(choices.len());
    for (i, choice) in choices.iter().enumerate() {
        match checker.check_choice(&choice.value) {
            Ok(value) => {
                let key = canonical(&value);
                let mut choice = Choice { value, ..choice.clone() };
                if let Some(known) = words.get(&key) {
                    if choice.label.is_empty() {
                        choice.label.clone_from(&known.label);
                    }
                    if choice.help.is_empty() {
                        choice.help.clone_from(&known.help);
                    }
                }
                if !seen.insert(key) {
                    faults.push((format!("choices.{i}.value"), "two choices have this value".to_owned()));
                }
                narrowed.push(choice);
            }
            Err(why) => faults.push((format!("choices.{i}.value"), why)),
        }
    }
    field.choices = narrowed;
    // Choices on an open field are a restriction; without it they would be suggestions that nothing enforces.
    if field.override_ == Override::Allowed && !value::is_choice(field.field_type) {
        field.override_ = Override::Restricted;
    }
}

fn narrow_bounds(field: &mut Field, checker: &Checker<'_>, above: &Field, rule: &InputRule, faults: &mut Vec<Fault>) {
    let mut bound = |what: &str, value: &Option<serde_json::Value>| {
        let value = value.as_ref()?;
        if !value::is_numeric(above.field_type) {
            faults.push((what.to_owned(), format!("only numbers, sizes and durations have {what}; remove it")));
            return None;
        }
        number(above.field_type, value).map_err(|why| faults.push((what.to_owned(), why))).ok()
    };
    let (min, max) = (bound("min", &rule.min), bound("max", &rule.max));
    if let Some(min) = min {
        // The step counts from min: a min off the template's steps would let values in that the template refuses.
        match checker.check_number(min) {
            Ok(()) => field.min = Some(number_value(min)),
            Err(why) => faults.push(("min".to_owned(), format!("{why}, as the template says"))),
        }
    }
    if let Some(max) = max {
        let inside = checker.min.is_none_or(|least| max >= least) && checker.max.is_none_or(|most| max <= most);
        if inside {
            field.max = Some(number_value(max));
        } else {
            let shown = |n| show_number(above.field_type, n);
            let least = checker.min.map(|n| format!("at least {}", shown(n)));
            let most = checker.max.map(|n| format!("at most {}", shown(n)));
            let limits: Vec<String> = least.into_iter().chain(most).collect();
            faults.push(("max".to_owned(), format!("must be {}, as the template says", limits.join(" and "))));
        }
    }
    let (least, most) = (min.or(checker.min), max.or(checker.max));
    if faults.is_empty() && least.zip(most).is_some_and(|(least, most)| least > most) {
        let what = if rule.max.is_some() { "max" } else { "min" };
        faults.push((what.to_owned(), "leaves nothing to choose: min is greater than max".to_owned()));
    }
}

/// The default of the narrowed field: the rule's value, or the template's where it is still allowed.
fn value_of(field: &Field, above: &Field, rule: &InputRule, faults: &mut Vec<Fault>) -> Option<serde_json::Value> {
    let (checker, more) = Checker::new(field, Options::Static);
    faults.extend(more);
    if let Some(value) = &rule.value {
        if above.sensitive {
            faults.push(("value".to_owned(), "is sensitive; a profile would show it to everybody, remove the value".to_owned()));
            return None;
        }
        return match checker.check(value) {
            Ok(normal) => {
                let kept = above.default.as_ref().map(canonical) == Some(canonical(&normal));
                if above.override_ == Override::Locked && !kept {
                    let why = "the template locks this input; its value stands, remove the line";
                    faults.push(("value".to_owned(), why.to_owned()));
                }
                Some(normal)
            }
            Err(problems) => {
                faults.extend(problems.into_iter().map(|p| (p.path("value"), p.message)));
                None
            }
        };
    }
    let default = above.default.as_ref()?;
    match checker.check(default) {
        Ok(normal) => Some(normal),
        Err(problems) => {
            let parts = [("choices", rule.choices.is_some()), ("min", rule.min.is_some()), ("max", rule.max.is_some())];
            let what = parts.iter().find(|(_, given)| *given).map_or("value", |(what, _)| what);
            let why = problems.into_iter().next().map(|p| p.message).unwrap_or_default();
            faults.push((what.to_owned(), format!("leaves the template's default outside ({why}); give a value too")));
            None
        }
    }
}

/// What must hold of the result as a whole.
fn finish(field: &Field, above: &Field, rule: &InputRule, faults: &mut Vec<Fault>) {
    let mut fault = |what: &str, why: &str| faults.push((what.to_owned(), why.to_owned()));
    let answered = field.default.as_ref().is_some_and(|value| !is_empty(value));
    if field.override_ == Override::Locked
        && above.override_ != Override::Locked
        && field.default.is_none()
        && rule.value.is_none()
    {
        fault("value", "a locked input has a value; the template has no default, give one");
    }
    if field.override_ == Override::Restricted && field.choices.is_empty() && field.options_from.is_none() {
        fault("choices", "a restricted input has choices; list the values that are allowed");
    }
    if field.required && field.hidden && !answered && (rule.hidden == Some(true) || rule.required == Some(true)) {
        fault("hidden", "nobody could answer: a hidden input that is required has a value, give one");
    }
    if field.required && field.override_ == Override::Locked && field.default.is_some() && !answered {
        fault("value", "a required input that is locked has a value that is not empty");
    }
}

/// A redirect leads from something of the field's type to something that people may still choose.
fn check_redirects(field: &Field, rule: &InputRule, faults: &mut Vec<Fault>) {
    let (checker, _) = Checker::new(field, Options::Static);
    for (i, redirect) in rule.redirects.iter().enumerate() {
        if field.sensitive {
            faults.push((format!("redirects.{i}"), "is sensitive; a profile would show it to everybody, remove it".to_owned()));
            continue;
        }
        if let Err(why) = checker.normalise_choice(&redirect.from) {
            faults.push((format!("redirects.{i}.from"), why));
        }
        if let Err(why) = checker.check_choice(&redirect.to) {
            faults.push((format!("redirects.{i}.to"), why));
        }
    }
}
