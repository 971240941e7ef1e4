//! Carries what an instance was given from one version's form to another's: what stands is taken from the new form, what
//! was retired is redirected, what is not asked any more falls away.

use super::constraint::{Checker, Options};
use super::value::{canonical, chooses_entries, normalise};
use super::{Form, InputRule, Redirect, Values};
use serde_json::Value;

/// Values on their way to another form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Carried {
    /// What [`resolve`](super::resolve) is given.
    pub values: Values,
    /// Options that are no longer on offer and lead nowhere.
    pub retired: Vec<Retired>,
}

/// An option in use that a form no longer offers.
#[derive(Debug, Clone, PartialEq)]
pub struct Retired {
    /// The field.
    pub field: String,
    /// The option: of a list, the entry.
    pub value: Value,
}

/// Carries `old`, an instance's values, to `form`, whose profile has `rules`. Whether the result is good is for
/// [`resolve`](super::resolve) to say.
pub fn carry(form: &Form, rules: &[InputRule], old: &Values) -> Carried {
    let mut carried = Carried::default();
    for form_field in &form.fields {
        let field = &form_field.field;
        let Some(value) = old.get(&field.name).filter(|value| !value.is_null()) else { continue };
        // What stands comes from the form.
        if form_field.locked || field.hidden {
            continue;
        }
        let checker = Checker::new(field, Options::Static).0;
        let redirects =
            rules.iter().find(|rule| rule.name == field.name).map(|rule| rule.redirects.as_slice()).unwrap_or_default();
        let mut lead = |entry: &Value| match redirected(&checker, redirects, entry) {
            Ok(value) => value,
            Err(retired) => {
                carried.retired.push(Retired { field: field.name.clone(), value: retired.clone() });
                retired
            }
        };
        let value = match value {
            Value::Array(entries) if chooses_entries(field.field_type) => {
                let mut led: Vec<Value> = Vec::with_capacity(entries.len());
                for entry in entries.iter().map(&mut lead) {
                    // Two retired options may lead to the same one.
                    if !led.contains(&entry) || entries.iter().filter(|e| **e == entry).count() > 1 {
                        led.push(entry);
                    }
                }
                Value::Array(led)
            }
            value => match normalise(field.field_type, value) {
                Ok(normal) => lead(&normal),
                // The type of the field changed: no redirect is about that.
                Err(_) => value.clone(),
            },
        };
        carried.values.insert(field.name.clone(), value);
    }
    carried
}

/// The value to use in place of `value`: itself while it is on offer.
fn redirected(checker: &Checker<'_>, redirects: &[Redirect], value: &Value) -> Result<Value, Value> {
    if checker.allows(value) {
        return Ok(value.clone());
    }
    let same = |redirect: &&Redirect| {
        let from = checker.normalise_choice(&redirect.from);
        from.is_ok_and(|from| canonical(&from) == canonical(value))
    };
    let to = redirects.iter().find(same).and_then(|redirect| checker.normalise_choice(&redirect.to).ok());
    to.ok_or_else(|| value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::{Field, LiveOptions, effective_form};
    use serde_json::{from_value, json};

    fn carried(field: Value, rule: Value, old: Value) -> Carried {
        let (field, rule): (Field, InputRule) = (from_value(field).unwrap(), from_value(rule).unwrap());
        let rules = [rule];
        let form = effective_form(&[field], &rules, &[], &LiveOptions::new()).unwrap();
        carry(&form, &rules, &from_value(old).unwrap())
    }

    #[test]
    fn options_are_redirected_or_retired() {
        let image =
            json!({ "name": "image", "type": "choice", "choices": [{ "value": "a" }, { "value": "b" }, { "value": "c" }] });
        let only_b =
            json!({ "name": "image", "value": "b", "choices": [{ "value": "b" }], "redirects": [{ "from": "a", "to": "b" }] });
        let to_b = carried(image.clone(), only_b.clone(), json!({ "image": "a", "gone": 1 }));
        assert_eq!((json!(to_b.values), to_b.retired), (json!({ "image": "b" }), vec![]));
        let lost = carried(image.clone(), only_b, json!({ "image": "c" }));
        assert_eq!(lost.retired, [Retired { field: "image".into(), value: json!("c") }]);
        let locked = json!({ "name": "image", "override": "locked", "value": "c" });
        assert_eq!(carried(image, locked, json!({ "image": "a" })), Carried::default());
    }

    #[test]
    fn entries_are_redirected_one_by_one() {
        let tools =
            json!({ "name": "tools", "type": "multi_choice", "choices": [{ "value": "a" }, { "value": "b" }, { "value": "c" }] });
        let rule = json!({ "name": "tools", "choices": [{ "value": "b" }, { "value": "c" }], "redirects": [{ "from": "a", "to": "b" }] });
        let led = carried(tools, rule, json!({ "tools": ["a", "b", "c"] }));
        assert_eq!((json!(led.values), led.retired), (json!({ "tools": ["b", "c"] }), vec![]));
    }

    #[test]
    fn sizes_are_redirected_however_they_are_written() {
        let disk = json!({ "name": "disk", "type": "size" });
        let rule = json!({ "name": "disk", "value": "20GiB", "choices": [{ "value": "20GiB" }], "redirects": [{ "from": "10GiB", "to": "20GiB" }] });
        let led = carried(disk, rule, json!({ "disk": 10_737_418_240_u64 }));
        assert_eq!(json!(led.values), json!({ "disk": 21_474_836_480_u64 }));
    }
}
