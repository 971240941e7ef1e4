//! `options.schema.jsonschema`: what a field can say becomes constraints, shapes stay JSON Schema.

use super::document::Reader;
use crate::report::{Report, quote};
use serde_json::Value;
use warpyard_model::inputs::{Choice, Field, FieldType};

/// Lays the schema over the field.
pub(super) fn apply(field: &mut Field, value: &Value, item: &str, report: &mut Report) {
    let Some(mut reader) = Reader::new(value, format!("{item}.schema"), report) else { return };
    let source = reader.take("jsonschema").cloned().unwrap_or_default();
    reader.finish();
    let schema = match &source {
        // As text it is JSON, or YAML.
        Value::String(text) if text.trim().is_empty() => return,
        Value::String(text) => warpyard_model::yaml::value(text).unwrap_or(Value::Null),
        other => other.clone(),
    };
    let at = format!("{item}.schema.jsonschema");
    if !schema.is_object() {
        if !source.is_null() {
            report.lost(at, format!("it is no JSON Schema: {}", quote(&source.to_string())));
        }
        return;
    }
    let Some(mut reader) = Reader::new(&schema, at.as_str(), report) else { return };
    reader.ignore(&["$schema", "$id"]);
    if let Some(title) = reader.text("title") {
        field.label = title;
    }
    if let Some(text) = reader.text("description").filter(|_| field.help.is_empty()) {
        field.help = text;
    }
    if let Some(default) = reader.take("default").filter(|_| !field.sensitive) {
        field.default = Some(default.clone());
    }
    let kind = schema.get("type").and_then(Value::as_str).unwrap_or_default();
    let length = |value: Option<&Value>| value.and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    match kind {
        "string" => {
            reader.ignore(&["type"]);
            (field.min_length, field.max_length) = (length(reader.take("minLength")), length(reader.take("maxLength")));
            // JSON Schema searches, a field's pattern is for the whole text.
            if let Some(pattern) = reader.text("pattern") {
                field.pattern = Some(format!(r"[\s\S]*(?:{pattern})[\s\S]*"));
            }
            let listed = reader.take("enum").and_then(Value::as_array).filter(|list| !list.is_empty() && !field.sensitive);
            if let Some(list) = listed {
                field.choices =
                    list.iter().map(|v| Choice { value: v.clone(), label: String::new(), help: String::new() }).collect();
                field.field_type = FieldType::Choice;
                (field.min_length, field.max_length, field.pattern) = (None, None, None);
            }
            reader.finish();
        }
        "integer" | "number" => {
            reader.ignore(&["type"]);
            field.field_type = if kind == "integer" { FieldType::Integer } else { FieldType::Decimal };
            field.min = reader.take("minimum").cloned();
            field.max = reader.take("maximum").cloned();
            field.step = reader.take("multipleOf").cloned();
            reader.finish();
        }
        "boolean" => {
            reader.ignore(&["type"]);
            field.field_type = FieldType::Boolean;
            reader.finish();
        }
        // What a field cannot say by itself keeps its schema.
        _ => {
            field.field_type = FieldType::Json;
            let mut shape = schema.clone();
            if let Some(entries) = shape.as_object_mut() {
                entries.retain(|key, _| !matches!(key.as_str(), "$schema" | "$id"));
            }
            field.schema = Some(shape);
            let errors = warpyard_model::inputs::validate_fields(std::slice::from_ref(field));
            if let Some(error) = errors.iter().find(|error| error.path == "inputs.0.schema") {
                field.schema = None;
                report.lost(at, format!("{}: {}", error.message, quote(&schema.to_string())));
            }
        }
    }
}
