//! One variable: what there is to ask, and what the profile leaves of it.

use super::document::Reader;
use super::schema;
use crate::report::{Report, quote};
use serde_json::Value;
use std::collections::HashSet;
use warpyard_model::inputs::{Choice, Field, FieldType, InputRule, Override};

/// A variable's field, and the rule when the profile restricts it.
pub(super) fn read(
    value: &Value,
    index: usize,
    taken: &mut HashSet<String>,
    report: &mut Report,
) -> Option<(Field, Option<InputRule>)> {
    let mut reader = Reader::new(value, format!("spec.variables.{index}"), report)?;
    let own = reader.text("name").unwrap_or_default();
    let value_type = reader.text("valueType").unwrap_or_else(|| "text".to_owned());
    let given = reader.take("value").cloned();
    let options = reader.take("options").cloned().unwrap_or_default();
    reader.finish();
    let item = format!("variable {own}");
    let name = name_of(&own, index, taken);
    if name != own {
        report.adapted(&item, format!("it is called {name} here"));
    }
    let mut field = Field { mutable: true, ..Field::new(name.clone(), FieldType::Text) };
    let mut reader = Reader::new(&options, format!("{item}.options"), report);
    let (mut over, mut display, mut shape) = (Value::Null, Value::Null, Value::Null);
    if let Some(reader) = &mut reader {
        field.help = reader.text("description").unwrap_or_default();
        field.required = reader.flag("required").unwrap_or(false);
        field.sensitive = reader.flag("sensitive").unwrap_or(false);
        over = reader.take("override").cloned().unwrap_or_default();
        display = reader.take("displayMetadata").cloned().unwrap_or_default();
        shape = reader.take("schema").cloned().unwrap_or_default();
    }
    if let Some(reader) = reader {
        reader.finish();
    }
    match value_type.as_str() {
        "text" => {}
        "json" => field.field_type = FieldType::Json,
        "hcl" => {
            field.field_type = FieldType::Json;
            report.adapted(&item, "its value is HCL there and JSON or YAML here");
        }
        other => report.lost(&item, format!("its value is of type {other:?} there; it is text here and nothing evaluates it")),
    }
    schema::apply(&mut field, &shape, &item, report);
    let greyed = show(&mut field, &display, &item, report);
    default(&mut field, given.as_ref(), &item, report);
    let rule = restrict(&field, &over, greyed, &item, report);
    report.carried(&item, format!("an input {}", quote(&serde_json::to_string(&field.field_type).unwrap_or_default())));
    Some((field, rule))
}

fn name_of(own: &str, index: usize, taken: &mut HashSet<String>) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let mut name: String = own.chars().map(letter).take(56).collect();
    if name.is_empty() {
        name = format!("variable_{}", index + 1);
    } else if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name.insert_str(0, "v_");
    }
    let mut unique = name.clone();
    let mut number = 2;
    while !taken.insert(unique.clone()) {
        unique = format!("{name}_{number}");
        number += 1;
    }
    unique
}

/// How it looks; tells whether it is shown greyed out, which is locked here.
fn show(field: &mut Field, display: &Value, item: &str, report: &mut Report) -> bool {
    let Some(mut reader) = Reader::new(display, format!("{item}.displayMetadata"), report) else { return false };
    if let Some(alias) = reader.text("alias") {
        field.label = alias;
    }
    field.section = reader.text("section").unwrap_or_default();
    // Weights have decimals there.
    let weight = reader.text("weight").and_then(|weight| weight.trim().parse::<f64>().ok());
    field.order = weight.filter(|weight| weight.abs() < 1e6).map_or(0, |weight| (weight * 10.0).round() as i32);
    field.mutable = !reader.flag("disableForDay2Operation").unwrap_or(false);
    let greyed = reader.flag("disabled").unwrap_or(false);
    if let Some(more) = reader.text("extraDescription").filter(|more| !more.is_empty()) {
        field.help = format!("{} {more}", field.help).trim().to_owned();
    }
    if let Some(text) = reader.text("placeholder") {
        field.placeholder = text;
    }
    let kind = reader.text("type").unwrap_or_default();
    let radio = choices(reader.take("radioOptions"), "description");
    let dropdown = choices(reader.take("dropdownValues"), "text");
    let step = ["incrementDecrementMin", "incrementDecrementMax", "incrementDecrementStep", "incrementDecrementLabel"]
        .map(|key| reader.text(key));
    reader.finish();
    match kind.as_str() {
        "" | "text" => {}
        "radio" => offer(field, radio, "radio"),
        "dropdown" | "select" => offer(field, dropdown, "select"),
        "incrementDecrement" => count(field, step, item, report),
        "textarea" | "multiline" if field.field_type == FieldType::Text => field.field_type = FieldType::Multiline,
        "checkbox" | "switch" | "toggle" if field.field_type == FieldType::Text => field.field_type = FieldType::Boolean,
        "password" => field.sensitive = true,
        other => report.lost(item, format!("the widget {other:?} is not known; it is shown as its type is")),
    }
    greyed
}

fn choices(list: Option<&Value>, help: &str) -> Vec<Choice> {
    let word = |value: &Value, key: &str| match value.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(other @ (Value::Number(_) | Value::Bool(_))) => other.to_string(),
        _ => String::new(),
    };
    let items = list.and_then(Value::as_array).into_iter().flatten();
    let mut all: Vec<Choice> = Vec::new();
    for item in items {
        let value = if item.is_object() { word(item, "value") } else { item.as_str().unwrap_or_default().to_owned() };
        if all.iter().all(|choice| choice.value != value.as_str()) {
            let label = Some(word(item, "label")).filter(|label| *label != value).unwrap_or_default();
            all.push(Choice { label, help: word(item, help), value: value.into() });
        }
    }
    all
}

/// Radio buttons and dropdowns take one of their options and nothing else.
fn offer(field: &mut Field, choices: Vec<Choice>, widget: &str) {
    if choices.is_empty() || field.field_type != FieldType::Text || field.sensitive {
        return;
    }
    (field.field_type, field.choices, field.widget) = (FieldType::Choice, choices, Some(widget.to_owned()));
}

/// A number with buttons.
fn count(field: &mut Field, [min, max, step, label]: [Option<String>; 4], item: &str, report: &mut Report) {
    let number = |text: &Option<String>| {
        text.as_ref().and_then(|text| serde_json::from_str::<Value>(text.trim()).ok()).filter(Value::is_number)
    };
    let (least, most, by) = (number(&min), number(&max), number(&step));
    let whole = [&least, &most, &by].into_iter().flatten().all(|value| value.is_i64());
    field.field_type = if whole { FieldType::Integer } else { FieldType::Decimal };
    (field.min, field.max, field.step) = (least, most, by);
    if let Some(label) = label.filter(|label| !label.is_empty()) {
        match label.rsplit_once('(').and_then(|(_, unit)| unit.strip_suffix(')')) {
            Some(unit) => field.unit = Some(unit.to_owned()),
            None => field.help = format!("{} {label}", field.help).trim().to_owned(),
        }
        report.adapted(item, format!("the label of its buttons stands in its unit or help: {}", quote(&label)));
    }
}

/// The variable's value, as the type of the field has it.
fn default(field: &mut Field, given: Option<&Value>, item: &str, report: &mut Report) {
    let Some(given) = given.filter(|value| *value != "") else { return };
    if field.sensitive {
        return report.lost(item, "it is sensitive; its value is not carried over and has to be given again");
    }
    let value = match (field.field_type, given) {
        (
            FieldType::Integer | FieldType::Decimal | FieldType::Boolean | FieldType::List | FieldType::MultiChoice,
            Value::String(text),
        ) => serde_json::from_str(text.trim()).unwrap_or_else(|_| given.clone()),
        (FieldType::Text | FieldType::Multiline | FieldType::Choice, Value::Number(_) | Value::Bool(_)) => {
            given.to_string().into()
        }
        _ => given.clone(),
    };
    if field.field_type == FieldType::Text && value.as_str().is_some_and(|text| text.contains('\n')) {
        field.field_type = FieldType::Multiline;
    }
    let trial = Field { default: Some(value), ..field.clone() };
    match warpyard_model::inputs::validate_fields(std::slice::from_ref(&trial))
        .into_iter()
        .find(|e| e.path.starts_with("inputs.0.default"))
    {
        None => *field = trial,
        Some(error) => report.lost(item, format!("its value {} is left out: {}", quote(&given.to_string()), error.message)),
    }
}

/// What the profile leaves of it.
fn restrict(field: &Field, over: &Value, greyed: bool, item: &str, report: &mut Report) -> Option<InputRule> {
    let mut rule = InputRule { name: field.name.clone(), ..InputRule::default() };
    let mut kind = String::new();
    if let Some(mut reader) = Reader::new(over, format!("{item}.override"), report) {
        kind = reader.text("type").unwrap_or_default().to_ascii_lowercase().replace(['_', '-'], "");
        let values = reader.take("restrictedValues").cloned();
        let keyed = reader.take("restrictedKeyValues").cloned();
        reader.finish();
        let mut choices = choices(values.as_ref(), "description");
        for (label, value) in keyed.as_ref().and_then(Value::as_object).into_iter().flatten() {
            choices.push(Choice { value: value.clone(), label: label.clone(), help: String::new() });
        }
        if kind.starts_with("restricted") {
            let typed = |mut choice: Choice| {
                if matches!(field.field_type, FieldType::Integer | FieldType::Decimal | FieldType::Boolean)
                    && let Some(value) = choice.value.as_str().and_then(|text| serde_json::from_str(text).ok())
                {
                    choice.value = value;
                }
                choice
            };
            if !choices.is_empty() {
                rule.choices = Some(choices.into_iter().map(typed).collect());
            }
            if field.field_type != FieldType::Choice {
                rule.override_ = Some(Override::Restricted);
            }
            report.carried(item, "restricted to its values");
            // A value outside of them stays out.
            let inside =
                |choices: &[Choice]| field.default.as_ref().is_none_or(|value| choices.iter().any(|c| c.value == *value));
            if let Some(choices) = &rule.choices
                && !inside(choices)
            {
                rule.value = choices.first().map(|choice| choice.value.clone());
                report.adapted(item, "its own value is none of those it is restricted to; the first of them stands there");
            }
        }
    }
    match kind.as_str() {
        "" | "allowed" | "restricted" | "restrictedvalues" | "restrictedkeyvalues" => {}
        "notallowed" | "denied" | "locked" => rule.override_ = Some(Override::Locked),
        other => report.lost(item, format!("the override {other:?} is not known")),
    }
    if greyed && rule.override_ != Some(Override::Locked) {
        rule.override_ = Some(Override::Locked);
        report.adapted(item, "it is shown disabled there and locked here");
    }
    if rule.override_ == Some(Override::Locked) {
        if field.default.is_none() {
            report.lost(item, "nobody may change it there and it has no value; here it is open until the profile gives it one");
            return None;
        }
        rule.choices = None;
        rule.reason = Some("Set by your administrator.".to_owned());
    }
    (rule.override_.is_some() || rule.choices.is_some()).then_some(rule)
}
