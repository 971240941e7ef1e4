//! JSON Schema export of a form's static constraints, for API documents and editors.
//!
//! The schema describes values in normal form plus the spellings people may use (`20GiB`, decimal strings). Conditions and
//! cross-field rules have no place in it: what it accepts, [`resolve`](super::resolve) may still refuse.

use super::value::{MAX_ENTRIES, MAX_TEXT, chooses_entries, is_choice, is_empty};
use super::{Field, FieldType, Form, FormField, Override};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

const SIZE: &str = r"^\s*[0-9]+(\.[0-9]+)?\s*(B|[kKMGT]B?|[KMGT]iB?)?\s*$";
const DURATION: &str = r"^\s*([0-9]+|([0-9]+(\.[0-9]+)?\s*(s|sec|m|min|h|d)\s*)+)$";
const DECIMAL: &str = r"^\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$";
const SECRET: &str = r"^[a-z]([a-z0-9]|-[a-z0-9])*(/[A-Za-z0-9._-]{1,100})?$";
const ONE_LINE: &str = r"^[^\u0000-\u0008\u000a-\u001f\u007f-\u009f]*$";

/// The JSON Schema (2020-12) of the object a person sends for `form`.
pub fn json_schema(form: &Form) -> Value {
    let properties: Map<String, Value> =
        form.fields.iter().map(|field| (field.field.name.clone(), Value::Object(property(field)))).collect();
    let required: Vec<&str> = form.fields.iter().filter(|f| must_be_sent(f)).map(|f| f.field.name.as_str()).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// A required field may be left out when something else answers it, or when a condition may hide it.
fn must_be_sent(form_field: &FormField) -> bool {
    let field = &form_field.field;
    let answered = field.default.as_ref().is_some_and(|value| !is_empty(value));
    field.required && !answered && field.visible_when.is_none() && !form_field.locked && !field.hidden
}

fn property(form_field: &FormField) -> Map<String, Value> {
    let field = &form_field.field;
    let mut schema = Map::new();
    schema.insert("title".to_owned(), title(field).into());
    if !field.help.is_empty() {
        schema.insert("description".to_owned(), field.help.clone().into());
    }
    if field.sensitive {
        schema.insert("writeOnly".to_owned(), true.into());
    }
    if form_field.locked || field.hidden {
        // Null stands for "not sent", which is all a value that stands leaves to a person who has none to repeat.
        schema.insert("readOnly".to_owned(), true.into());
        schema.insert("const".to_owned(), field.default.clone().unwrap_or_default());
        return schema;
    }
    if let Some(default) = &field.default {
        schema.insert("default".to_owned(), default.clone());
    }
    constrain(field, &mut schema);
    schema
}

/// The label, or the name in words.
fn title(field: &Field) -> String {
    if !field.label.is_empty() {
        return field.label.clone();
    }
    let words = field.name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn constrain(field: &Field, schema: &mut Map<String, Value>) {
    let at_least_one = u32::from(field.required);
    let shortest = field.min_length.unwrap_or(0).max(at_least_one);
    let longest = |limit: usize| field.max_length.map_or(limit, |n| (n as usize).min(limit));
    let mut set = |parts: Value| {
        if let Value::Object(parts) = parts {
            schema.extend(parts);
        }
    };
    match field.field_type {
        FieldType::Text => {
            set(json!({"type": "string", "minLength": shortest, "maxLength": longest(MAX_TEXT), "pattern": ONE_LINE}));
            if let Some(pattern) = whole_text(field) {
                set(json!({"allOf": [{"pattern": pattern}]}));
            }
        }
        FieldType::Multiline => {
            set(json!({"type": "string", "minLength": shortest, "maxLength": longest(MAX_TEXT)}));
            if let Some(pattern) = whole_text(field) {
                set(json!({"pattern": pattern}));
            }
        }
        FieldType::Integer => set(json!({"type": "integer", "minimum": i64::MIN, "maximum": i64::MAX})),
        FieldType::Decimal => set(json!({"type": ["number", "string"], "pattern": DECIMAL})),
        FieldType::Size => set(json!({"type": ["integer", "string"], "minimum": 0, "maximum": i64::MAX, "pattern": SIZE})),
        FieldType::Duration => {
            set(json!({"type": ["integer", "string"], "minimum": 0, "maximum": i64::MAX, "pattern": DURATION}))
        }
        FieldType::Boolean => set(json!({"type": "boolean"})),
        FieldType::Choice => set(json!({"type": "string"})),
        FieldType::Secret => set(json!({"type": "string", "pattern": SECRET})),
        FieldType::SshKey | FieldType::Image => set(json!({"type": "string", "minLength": 1})),
        FieldType::List | FieldType::MultiChoice => {
            let mut items = json!({"type": "string", "pattern": ONE_LINE});
            if let Some(pattern) = whole_text(field) {
                items["allOf"] = json!([{"pattern": pattern}]);
            }
            let unique = field.unique || field.field_type == FieldType::MultiChoice;
            let most = longest(MAX_ENTRIES);
            set(json!({"type": "array", "items": items, "minItems": shortest, "maxItems": most, "uniqueItems": unique}));
        }
        FieldType::KeyValue => set(json!({
            "type": "object", "additionalProperties": {"type": "string"}, "propertyNames": {"minLength": 1, "maxLength": 200},
            "minProperties": shortest, "maxProperties": longest(MAX_ENTRIES),
        })),
        FieldType::Json => {
            if let Some(shape) = &field.schema {
                // As text it is a document in YAML or JSON, which only a reader of that can judge.
                set(json!({"anyOf": [shape, {"type": "string"}]}));
            }
            if field.required {
                set(json!({"not": {"enum": ["", [], {}]}}));
            }
        }
    }
    for (keyword, bound) in [("minimum", &field.min), ("maximum", &field.max)] {
        if let Some(bound) = bound.as_ref().and_then(plain_number) {
            set(json!({keyword: bound}));
        }
    }
    if let Some(step) = multiple_of(field) {
        set(json!({"multipleOf": step}));
    }
    if is_choice(field.field_type) || field.override_ == Override::Restricted || field.options_from.is_some() {
        choose(field, schema);
    }
}

fn choose(field: &Field, schema: &mut Map<String, Value>) {
    let values: Vec<&Value> = field.choices.iter().map(|choice| &choice.value).collect();
    let allowed = if values.is_empty() {
        // `enum` may not be empty; nothing at all is on offer.
        json!({"not": {}})
    } else if field.field_type == FieldType::Secret {
        let entries: Vec<String> =
            values.iter().filter_map(|v| v.as_str()).filter(|name| !name.contains('/')).map(|name| format!("^{name}/")).collect();
        if entries.is_empty() {
            json!({"enum": values})
        } else {
            json!({"anyOf": [{"enum": values}, {"pattern": entries.join("|")}]})
        }
    } else {
        json!({"enum": values})
    };
    let Value::Object(allowed) = allowed else { return };
    match schema.get_mut("items").and_then(Value::as_object_mut).filter(|_| chooses_entries(field.field_type)) {
        Some(items) => items.extend(allowed),
        None => schema.extend(allowed),
    }
}

/// The pattern as matching the whole text: Rust's syntax, which for what templates use is also ECMAScript's.
fn whole_text(field: &Field) -> Option<String> {
    field.pattern.as_ref().map(|pattern| format!("^(?:{pattern})$"))
}

/// A bound as a JSON number; decimal strings hold more digits than a reader of the schema could compare.
fn plain_number(bound: &Value) -> Option<Value> {
    match bound {
        Value::Number(_) => Some(bound.clone()),
        Value::String(text) => text.parse::<f64>().ok().map(Value::from),
        _ => None,
    }
}

/// `step` counts from `min`, `multipleOf` from 0: they agree when `min` is a multiple of `step`.
fn multiple_of(field: &Field) -> Option<Value> {
    let read = |value: &Value| super::value::number(field.field_type, value).ok();
    let step = field.step.as_ref().and_then(read)?;
    let base = field.min.as_ref().and_then(read).unwrap_or(Decimal::ZERO);
    base.checked_rem(step).filter(Decimal::is_zero)?;
    plain_number(&super::value::number_value(step))
}
