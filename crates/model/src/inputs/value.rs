//! From what people send to the normal form of a type, before any constraint.

use super::{FieldType, format};
use crate::units;
use rust_decimal::Decimal;
use serde_json::{Map, Number, Value};
use std::str::FromStr;

/// Most characters of any one text, and bytes of one `json` value.
pub(super) const MAX_TEXT: usize = 65_536;
/// Most entries of a list, a multi choice or a key-value.
pub(super) const MAX_ENTRIES: usize = 1_000;
/// Longest key of a key-value.
const MAX_KEY: usize = 200;
/// Deepest `json` value: readers of JSON stop at 128 levels, and documents wrap it in some more.
const MAX_JSON_DEPTH: usize = 64;

/// What is wrong with a value: at the value itself, or at one entry of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) entry: Option<String>,
    pub(super) message: String,
}

impl Problem {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { entry: None, message: message.into() }
    }

    pub(super) fn at(entry: impl ToString, message: impl Into<String>) -> Self {
        Self { entry: Some(entry.to_string()), message: message.into() }
    }

    /// The path of the problem when the value stands at `path`.
    pub(super) fn path(&self, path: &str) -> String {
        self.entry.as_ref().map_or_else(|| path.to_owned(), |entry| format!("{path}.{entry}"))
    }
}

/// Whether constraints on numbers fit the type.
pub(super) fn is_numeric(field_type: FieldType) -> bool {
    matches!(field_type, FieldType::Integer | FieldType::Decimal | FieldType::Size | FieldType::Duration)
}

/// Whether the value has entries that are counted.
pub(super) fn has_entries(field_type: FieldType) -> bool {
    matches!(field_type, FieldType::List | FieldType::MultiChoice | FieldType::KeyValue)
}

/// Whether the type is nothing without choices.
pub(super) fn is_choice(field_type: FieldType) -> bool {
    matches!(field_type, FieldType::Choice | FieldType::MultiChoice)
}

/// Whether choices speak of the entries rather than of the whole value.
pub(super) fn chooses_entries(field_type: FieldType) -> bool {
    matches!(field_type, FieldType::List | FieldType::MultiChoice)
}

/// An empty text, list or object does not answer a required question.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => value.is_null(),
    }
}

/// The normal form of `value` for a field of this type. Normal forms are fixed points.
pub(super) fn normalise(field_type: FieldType, value: &Value) -> Result<Value, Vec<Problem>> {
    let one = |message: String| vec![Problem::new(message)];
    match field_type {
        FieldType::Text | FieldType::Choice => line(value).map(Value::String).map_err(one),
        FieldType::Multiline => text(value).map(|t| Value::String(t.to_owned())).map_err(one),
        FieldType::Secret => line(value).and_then(|t| format::secret(&t)).map(Value::String).map_err(one),
        FieldType::SshKey => text(value).and_then(format::ssh_key).map(Value::String).map_err(one),
        FieldType::Image => text(value).and_then(format::image).map(Value::String).map_err(one),
        FieldType::Boolean if value.is_boolean() => Ok(value.clone()),
        FieldType::Boolean => Err(one("must be true or false".to_owned())),
        FieldType::Integer | FieldType::Decimal | FieldType::Size | FieldType::Duration => {
            number(field_type, value).map(number_value).map_err(one)
        }
        FieldType::List | FieldType::MultiChoice => strings(value),
        FieldType::KeyValue => pairs(value),
        FieldType::Json => json(value).map_err(one),
    }
}

/// The number a value of a numeric type stands for.
pub(super) fn number(field_type: FieldType, value: &Value) -> Result<Decimal, String> {
    match field_type {
        FieldType::Decimal => {
            decimal(value).ok_or_else(|| "must be a decimal number of at most 28 digits, such as 0.5".to_owned())
        }
        FieldType::Size => match value {
            Value::String(text) => units::parse_size(text).and_then(|n| whole(n, "bytes")),
            _ => unsigned(value).ok_or_else(|| "must be a size such as 20GiB, or a number of bytes".to_owned()),
        },
        FieldType::Duration => match value {
            Value::String(text) => units::parse_duration(text).and_then(|n| whole(n, "seconds")),
            _ => unsigned(value).ok_or_else(|| "must be a duration such as 2h30m, or a number of seconds".to_owned()),
        },
        _ => integer(value).ok_or_else(|| "must be a whole number".to_owned()),
    }
}

/// A number back into JSON: a number where it is exact that way, otherwise a decimal string.
pub(super) fn number_value(number: Decimal) -> Value {
    let number = if number.is_zero() { Decimal::ZERO } else { number.normalize() };
    if number.scale() == 0
        && let Ok(whole) = i64::try_from(number)
    {
        return Value::from(whole);
    }
    let text = number.to_string();
    let float = text.parse::<f64>().ok().and_then(Number::from_f64).map(Value::Number);
    match float {
        Some(float) if decimal(&float) == Some(number) => float,
        _ => Value::String(text),
    }
}

/// The number as people read it.
pub(super) fn show_number(field_type: FieldType, number: Decimal) -> String {
    let whole = u64::try_from(number).ok();
    match (field_type, whole) {
        (FieldType::Size, Some(bytes)) => exact(units::format_size(bytes), bytes, units::parse_size),
        (FieldType::Duration, Some(seconds)) => exact(units::format_duration(seconds), seconds, units::parse_duration),
        _ => number.normalize().to_string(),
    }
}

/// Short forms round; a limit that people are told must be the limit.
fn exact(short: String, value: u64, parse: fn(&str) -> Result<u64, String>) -> String {
    if parse(&short) == Ok(value) { short } else { value.to_string() }
}

fn whole(number: u64, unit: &str) -> Result<Decimal, String> {
    i64::try_from(number).map(Decimal::from).map_err(|_| format!("must be at most {} {unit}", i64::MAX))
}

fn integer(value: &Value) -> Option<Decimal> {
    let number = match value {
        Value::Number(number) => number.as_i64().map(Decimal::from).or_else(|| decimal(value))?,
        _ => return None,
    };
    (number.normalize().scale() == 0 && i64::try_from(number).is_ok()).then_some(number)
}

fn unsigned(value: &Value) -> Option<Decimal> {
    integer(value).filter(|number| *number >= Decimal::ZERO)
}

fn decimal(value: &Value) -> Option<Decimal> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.len() <= 64 && !text.contains('_') => text.trim().to_owned(),
        _ => return None,
    };
    if !text.contains(['e', 'E']) {
        return Decimal::from_str_exact(&text).ok();
    }
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    // Shifting the point as text keeps every digit; the library's own scientific reader may round.
    let mantissa = Decimal::from_str_exact(mantissa).ok()?.normalize();
    let exponent = i32::from_str(exponent).ok()?;
    let scale = i64::from(mantissa.scale()) - i64::from(exponent);
    if scale >= 0 {
        Decimal::try_from_i128_with_scale(mantissa.mantissa(), u32::try_from(scale).ok()?).ok()
    } else {
        let factor = 10_i128.checked_pow(u32::try_from(-scale).ok()?)?;
        Decimal::try_from_i128_with_scale(mantissa.mantissa().checked_mul(factor)?, 0).ok()
    }
}

fn text(value: &Value) -> Result<&str, String> {
    let text = value.as_str().ok_or("must be text")?;
    if text.contains('\0') {
        return Err("must be text without a null character".to_owned());
    }
    if text.len() > MAX_TEXT && text.chars().count() > MAX_TEXT {
        return Err(format!("must have at most {MAX_TEXT} characters"));
    }
    Ok(text)
}

fn line(value: &Value) -> Result<String, String> {
    let text = text(value)?;
    if text.chars().any(|c| c.is_control() && c != '\t') {
        return Err("must be one line of text without control characters".to_owned());
    }
    Ok(text.to_owned())
}

fn strings(value: &Value) -> Result<Value, Vec<Problem>> {
    let items = value.as_array().ok_or_else(|| vec![Problem::new("must be a list of texts")])?;
    if items.len() > MAX_ENTRIES {
        return Err(vec![Problem::new(format!("must have at most {MAX_ENTRIES} entries; there are {}", items.len()))]);
    }
    let mut problems = Vec::new();
    let mut normal = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        match line(item) {
            Ok(text) => normal.push(Value::String(text)),
            Err(why) => problems.push(Problem::at(i, why)),
        }
    }
    if problems.is_empty() { Ok(Value::Array(normal)) } else { Err(problems) }
}

fn pairs(value: &Value) -> Result<Value, Vec<Problem>> {
    let entries = value.as_object().ok_or_else(|| vec![Problem::new("must be an object whose values are texts")])?;
    if entries.len() > MAX_ENTRIES {
        return Err(vec![Problem::new(format!("must have at most {MAX_ENTRIES} entries; there are {}", entries.len()))]);
    }
    let mut problems = Vec::new();
    for (key, value) in entries {
        if key.is_empty() || key.chars().count() > MAX_KEY || key.chars().any(char::is_control) {
            problems.push(Problem::new(format!("must have keys of 1 to {MAX_KEY} characters without control characters")));
        }
        if let Err(why) = text(value) {
            problems.push(Problem::at(key, why));
        }
    }
    if problems.is_empty() { Ok(value.clone()) } else { Err(problems) }
}

fn json(value: &Value) -> Result<Value, String> {
    let too_large = || format!("must have at most {MAX_TEXT} bytes as JSON");
    let parsed = match value {
        Value::String(text) if text.len() > MAX_TEXT => return Err(too_large()),
        // Text that is not a document stays text: any JSON is allowed, strings too.
        Value::String(text) => crate::yaml::value(text).ok().filter(|v| v.is_object() || v.is_array()),
        _ => None,
    };
    let value = parsed.as_ref().unwrap_or(value);
    if depth(value, 0) > MAX_JSON_DEPTH {
        return Err(format!("must nest at most {MAX_JSON_DEPTH} levels"));
    }
    if serde_json::to_string(value).map_or(true, |text| text.len() > MAX_TEXT) {
        return Err(too_large());
    }
    Ok(value.clone())
}

fn depth(value: &Value, above: usize) -> usize {
    if above > MAX_JSON_DEPTH {
        return above;
    }
    let below = |v: &Value| depth(v, above + 1);
    match value {
        Value::Array(items) => items.iter().map(below).max().unwrap_or(above + 1),
        Value::Object(entries) => entries.values().map(below).max().unwrap_or(above + 1),
        _ => above,
    }
}

/// A text that is equal exactly when two normal values are, whatever the order of keys.
pub(super) fn canonical(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Object(entries) => {
            let mut parts: Vec<String> =
                entries.iter().map(|(k, v)| format!("{}:{}", Value::from(k.as_str()), canonical(v))).collect();
            parts.sort_unstable();
            format!("{{{}}}", parts.join(","))
        }
        _ => value.to_string(),
    }
}

/// A value in an error message: short, in the notation of JSON.
pub(super) fn show(value: &Value) -> String {
    let text = match value {
        Value::Object(entries) if entries.len() > 5 => Value::Object(Map::new()).to_string(),
        _ => value.to_string(),
    };
    if text.chars().count() > 60 { text.chars().take(57).chain("…".chars()).collect() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn numbers_are_exact() {
        let exact = |value: Value| normalise(FieldType::Decimal, &value);
        assert_eq!(exact(json!(0.1)), Ok(json!(0.1)));
        assert_eq!(exact(json!("0.10")), Ok(json!(0.1)));
        assert_eq!(exact(json!("0.1234567890123456789012345678")), Ok(json!("0.1234567890123456789012345678")));
        assert_eq!(exact(json!("2.0")), Ok(json!(2)));
        assert_eq!(exact(json!(1e-7)), Ok(json!(1e-7)));
        assert_eq!(exact(json!("-0")), Ok(json!(0)));
        for bad in [json!("x"), json!(""), json!(1e300), json!("1_000"), json!(true), json!("0.00000000000000000000000000001")] {
            assert!(exact(bad.clone()).is_err(), "{bad}");
        }
        assert_eq!(normalise(FieldType::Integer, &json!(3.0)), Ok(json!(3)));
        for bad in [json!(3.5), json!("3"), json!(u64::MAX), json!(null)] {
            assert!(normalise(FieldType::Integer, &bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn units_become_numbers() {
        assert_eq!(normalise(FieldType::Size, &json!("20GiB")), Ok(json!(20_i64 << 30)));
        assert_eq!(normalise(FieldType::Duration, &json!("2h30m")), Ok(json!(9_000)));
        for bad in [json!(-1), json!("-1GiB"), json!(1.5), json!("20 parsecs"), json!([])] {
            assert!(normalise(FieldType::Size, &bad).is_err(), "{bad}");
            assert!(normalise(FieldType::Duration, &bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn json_may_come_as_yaml_text() {
        assert_eq!(normalise(FieldType::Json, &json!("a: 1\nb: [x]")), Ok(json!({"a": 1, "b": ["x"]})));
        assert_eq!(normalise(FieldType::Json, &json!("just words")), Ok(json!("just words")));
        assert_eq!(normalise(FieldType::Json, &json!(7)), Ok(json!(7)));
        let deep = format!("{}{}", "[".repeat(70), "]".repeat(70));
        assert!(normalise(FieldType::Json, &serde_json::from_str(&deep).unwrap()).is_err());
    }

    #[test]
    fn entries_have_their_own_path() {
        let problems = normalise(FieldType::List, &json!(["a", 1, "b\n"])).unwrap_err();
        assert_eq!(problems.iter().map(|p| p.path("packages")).collect::<Vec<_>>(), ["packages.1", "packages.2"]);
        let problems = normalise(FieldType::KeyValue, &json!({"A": 1})).unwrap_err();
        assert_eq!(problems[0].path("env"), "env.A");
    }

    proptest! {
        #[test]
        fn every_decimal_survives(mantissa in any::<i64>(), scale in 0_u32..=28) {
            let number = Decimal::new(mantissa, scale);
            let value = number_value(number);
            prop_assert_eq!(decimal(&value), Some(number.normalize()));
            prop_assert_eq!(number_value(decimal(&value).unwrap()), value);
        }
    }
}
