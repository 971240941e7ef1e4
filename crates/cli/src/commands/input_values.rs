//! `-i key=value`: from text to the value a form's field takes.
//!
//! Text that does not fit the field's type is sent as text, so that the server's validator says what is wrong, at the
//! same path and in the same words as everywhere else.

use crate::failure::{Failure, Outcome};
use serde_json::{Map, Value};
use std::path::Path;
use warpyard_model::inputs::{Field, FieldType, Form, Values};

/// The values of `pairs`, typed by `form`. `base` are values that pairs override, such as a preset's.
pub(crate) fn values(form: Option<&Form>, pairs: &[String], base: Values) -> Outcome<Values> {
    let mut values = base;
    let mut given: Vec<String> = Vec::new();
    for pair in pairs {
        let (key, text) = pair
            .split_once('=')
            .filter(|(key, _)| !key.is_empty())
            .ok_or_else(|| Failure::usage(format!("{pair:?} is not KEY=VALUE")).with_hint("write for example -i disk=20GiB"))?;
        let text = content(text)?;
        let field = form.and_then(|form| form.fields.iter().map(|f| &f.field).find(|f| f.name == key));
        let again = given.iter().any(|seen| seen == key);
        let value = match (field, again.then(|| values.get(key)).flatten()) {
            (Some(field), Some(before)) => joined(field, before, &text),
            (Some(field), None) => value(field, &text),
            // The server knows the fields better than we do; it says that there is none of this name.
            (None, _) => Value::String(text),
        };
        values.insert(key.to_owned(), value);
        given.push(key.to_owned());
    }
    Ok(values)
}

/// `@file` stands for what is in the file; `@@` for an `@`.
fn content(text: &str) -> Outcome<String> {
    match text.strip_prefix('@') {
        Some(rest) if rest.starts_with('@') => Ok(rest.to_owned()),
        Some(path) => std::fs::read_to_string(path).map_err(|e| Failure::file("read", Path::new(path), &e)),
        None => Ok(text.to_owned()),
    }
}

fn value(field: &Field, text: &str) -> Value {
    let as_text = || Value::String(text.to_owned());
    match field.field_type {
        FieldType::Text | FieldType::Multiline | FieldType::Secret | FieldType::Image | FieldType::Size | FieldType::Duration => {
            as_text()
        }
        FieldType::SshKey => Value::String(text.trim().to_owned()),
        FieldType::Integer => text.trim().parse::<i64>().map_or_else(|_| as_text(), Value::from),
        // A decimal stays text: a binary number could not hold 0.1.
        FieldType::Decimal => Value::String(text.trim().to_owned()),
        FieldType::Boolean => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Value::Bool(true),
            "false" | "no" | "off" | "0" => Value::Bool(false),
            _ => as_text(),
        },
        FieldType::Choice => choice(field, text),
        FieldType::MultiChoice => Value::Array(items(text).into_iter().map(|item| choice(field, &item)).collect()),
        FieldType::List => Value::Array(items(text).into_iter().map(Value::String).collect()),
        FieldType::KeyValue => key_value(text),
        FieldType::Json => {
            serde_json::from_str(text).or_else(|_| warpyard_model::yaml::value(text)).unwrap_or_else(|_| as_text())
        }
    }
}

/// A field given twice: lists and maps grow, everything else takes the last.
fn joined(field: &Field, before: &Value, text: &str) -> Value {
    match (before, value(field, text)) {
        (Value::Array(old), Value::Array(new)) => Value::Array(old.iter().cloned().chain(new).collect()),
        (Value::Object(old), Value::Object(new)) => Value::Object(old.clone().into_iter().chain(new).collect()),
        (_, new) => new,
    }
}

/// The choice that is written so; choices may be numbers.
fn choice(field: &Field, text: &str) -> Value {
    let same = |value: &Value| match value {
        Value::String(word) => word == text,
        other => {
            let written = other.to_string();
            written == text
        }
    };
    field.choices.iter().map(|c| &c.value).find(|v| same(v)).cloned().unwrap_or_else(|| Value::String(text.to_owned()))
}

/// `a,b` or a JSON array of texts.
fn items(text: &str) -> Vec<String> {
    if let Ok(items) = serde_json::from_str::<Vec<String>>(text) {
        return items;
    }
    text.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
}

/// `a=1,b=2` or a JSON object; text that is neither stays text for the validator.
fn key_value(text: &str) -> Value {
    if let Ok(map) = serde_json::from_str::<Map<String, Value>>(text) {
        return Value::Object(map);
    }
    let mut map = Map::new();
    for pair in text.split(',').filter(|pair| !pair.trim().is_empty()) {
        match pair.split_once('=') {
            Some((key, value)) => map.insert(key.trim().to_owned(), Value::String(value.to_owned())),
            None => return Value::String(text.to_owned()),
        };
    }
    Value::Object(map)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn form(fields: Value) -> Form {
        let fields: Vec<Value> = fields
            .as_array()
            .unwrap()
            .iter()
            .map(|field| {
                let mut field = field.clone();
                field["locked"] = json!(false);
                field
            })
            .collect();
        serde_json::from_value(json!({ "fields": fields, "sections": [], "presets": [] })).unwrap()
    }

    fn parse(field_type: &str, texts: &[&str]) -> Value {
        let form = form(json!([{ "name": "x", "type": field_type, "choices": [{"value": 4}, {"value": "big"}] }]));
        let pairs: Vec<String> = texts.iter().map(|t| format!("x={t}")).collect();
        values(Some(&form), &pairs, Values::new()).unwrap()["x"].clone()
    }

    #[test]
    fn values_get_the_type_of_their_field() {
        assert_eq!(parse("text", &["a=b"]), json!("a=b"));
        assert_eq!(parse("integer", &["42"]), json!(42));
        assert_eq!(parse("integer", &["many"]), json!("many"));
        assert_eq!(parse("decimal", &["0.1"]), json!("0.1"));
        assert_eq!(parse("boolean", &["yes"]), json!(true));
        assert_eq!(parse("boolean", &["maybe"]), json!("maybe"));
        assert_eq!(parse("choice", &["4"]), json!(4));
        assert_eq!(parse("choice", &["small"]), json!("small"));
        assert_eq!(parse("multi_choice", &["4,big"]), json!([4, "big"]));
        assert_eq!(parse("list", &["a,b", "c"]), json!(["a", "b", "c"]));
        assert_eq!(parse("list", &["[\"a,b\"]"]), json!(["a,b"]));
        assert_eq!(parse("key_value", &["A=1", "B=x=y"]), json!({"A": "1", "B": "x=y"}));
        assert_eq!(parse("key_value", &["nothing"]), json!("nothing"));
        assert_eq!(parse("size", &["20GiB"]), json!("20GiB"));
        assert_eq!(parse("json", &["{\"a\": 1}"]), json!({"a": 1}));
        assert_eq!(parse("json", &["a: [1, 2]"]), json!({"a": [1, 2]}));
        assert_eq!(parse("text", &["@@home"]), json!("@home"));
    }

    #[test]
    fn pairs_override_a_preset_and_files_are_read() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "print(1)\n").unwrap();
        let form = form(json!([{ "name": "script", "type": "multiline" }, { "name": "tags", "type": "list" }]));
        let base = Values::from_iter([("tags".to_owned(), json!(["preset"])), ("keep".to_owned(), json!(1))]);
        let pairs = vec![format!("script=@{}", file.path().display()), "tags=own".to_owned()];
        let values = values(Some(&form), &pairs, base).unwrap();
        assert_eq!(serde_json::to_value(&values).unwrap(), json!({"tags": ["own"], "keep": 1, "script": "print(1)\n"}));
        assert!(super::values(Some(&form), &["novalue".to_owned()], Values::new()).is_err());
    }
}
