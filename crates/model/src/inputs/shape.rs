//! The JSON Schema of a `json` field: what objects, lists and maps look like inside.
//!
//! A schema spells everything out. References are refused, so that a check costs what the schema's text suggests and
//! nothing is ever fetched; patterns run on the automaton that the rest of the input language uses.

use super::value::{Problem, canonical};
use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Largest schema as JSON text, in bytes.
const MAX_BYTES: usize = 65_536;
/// Deepest nesting of a schema.
const MAX_DEPTH: usize = 64;
/// How many problems of one value are told.
const TOLD: usize = 10;
/// Longest message in characters.
const MAX_MESSAGE: usize = 200;
/// Compiled schemas that are kept: a form is evaluated on every keystroke with the same few.
const KEPT: usize = 500;

static COMPILED: LazyLock<Mutex<HashMap<String, Arc<Shape>>>> = LazyLock::new(Mutex::default);

/// A compiled schema.
#[derive(Debug)]
pub(super) struct Shape {
    validator: Validator,
}

impl Shape {
    /// Compiles a schema, or finds what was compiled before. The error says what is wrong.
    pub(super) fn compile(schema: &Value) -> Result<Arc<Self>, String> {
        let key = canonical(schema);
        let kept = || COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shape) = kept().get(&key) {
            return Ok(Arc::clone(shape));
        }
        if !schema.is_object() {
            return Err("a schema is an object, such as {type: array, items: {type: number}}".to_owned());
        }
        if key.len() > MAX_BYTES {
            return Err(format!("a schema has at most {MAX_BYTES} bytes as JSON"));
        }
        plain(schema, 0)?;
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_pattern_options(PatternOptions::regex().size_limit(1 << 20).dfa_size_limit(1 << 20))
            .build(schema)
            .map_err(|error| format!("this is not a JSON Schema: {}", short(&error.masked().to_string())))?;
        let shape = Arc::new(Self { validator });
        let mut compiled = kept();
        if compiled.len() >= KEPT {
            compiled.clear();
        }
        compiled.insert(key, Arc::clone(&shape));
        Ok(shape)
    }

    /// What is wrong with a value, at the place inside it. What is sensitive is not quoted.
    pub(super) fn problems(&self, value: &Value, sensitive: bool) -> Vec<Problem> {
        let told = self.validator.iter_errors(value).take(TOLD);
        told.map(|error| {
            let message = if sensitive { error.masked().to_string() } else { error.to_string() };
            let place = error.instance_path().as_str().trim_start_matches('/').replace('/', ".");
            let message = short(&message);
            if place.is_empty() { Problem::new(message) } else { Problem::at(place, message) }
        })
        .collect()
    }
}

/// Refuses references and depth.
fn plain(schema: &Value, depth: usize) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err(format!("a schema nests at most {MAX_DEPTH} levels"));
    }
    match schema {
        Value::Array(items) => items.iter().try_for_each(|item| plain(item, depth + 1)),
        Value::Object(entries) => entries.iter().try_for_each(|(key, value)| {
            if value.is_string() && matches!(key.as_str(), "$ref" | "$dynamicRef" | "$recursiveRef" | "$schema" | "$id") {
                return Err(format!("a schema has no {key}; write out what it refers to"));
            }
            plain(value, depth + 1)
        }),
        _ => Ok(()),
    }
}

fn short(text: &str) -> String {
    if text.chars().count() <= MAX_MESSAGE {
        return text.to_owned();
    }
    text.chars().take(MAX_MESSAGE - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn problems_say_where() {
        let shape = Shape::compile(&json!({
            "type": "array",
            "items": {"type": "object", "properties": {"size": {"type": ["number", "null"]}}, "required": ["size"]},
        }))
        .unwrap();
        assert!(shape.problems(&json!([{"size": 1}, {"size": null}]), false).is_empty());
        let problems = shape.problems(&json!([{"size": "big secret"}, {}]), false);
        assert_eq!(problems.iter().map(|p| p.path("pools")).collect::<Vec<_>>(), ["pools.0.size", "pools.1"]);
        assert!(problems[0].message.contains("big secret"), "{problems:?}");
        let problems = shape.problems(&json!([{"size": "big secret"}]), true);
        assert!(!problems[0].message.contains("big secret"), "{problems:?}");
    }

    #[test]
    fn schemas_spell_everything_out() {
        let deep = (0..70).fold(json!({}), |inner, _| json!({"items": inner}));
        for bad in [
            json!(true),
            json!({"type": "number of things"}),
            json!({"$ref": "https://example.com/schema"}),
            json!({"properties": {"a": {"$ref": "#"}}}),
            json!({"pattern": "("}),
            json!({"description": "x".repeat(MAX_BYTES)}),
            deep,
        ] {
            assert!(Shape::compile(&bad).is_err(), "{bad}");
        }
        // A property may well have such a name.
        assert!(Shape::compile(&json!({"properties": {"$ref": {"type": "string"}}})).is_ok());
    }
}
