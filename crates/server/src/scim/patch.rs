//! PATCH (RFC 7644, 3.5.2) on a resource as it is shown, as Entra ID and Okta write it: operations in any case, values
//! without a path, `members[value eq "…"]`, members to remove as a value.

use super::Sorry;
use serde_json::{Map, Value};

/// Where an operation acts: `emails[type eq "work"].value`.
struct Place<'a> {
    attribute: &'a str,
    select: Option<(&'a str, String)>,
    inner: Option<&'a str>,
}

fn bad(detail: &str) -> Sorry {
    Sorry::bad("invalidPath", detail)
}

fn place(path: &str) -> Result<Place<'_>, Sorry> {
    // `urn:…:User:userName` is `userName`; the colons of a value in brackets are its own.
    let head = path.split('[').next().unwrap_or_default();
    let path = head.rfind(':').map_or(path, |at| &path[at + 1..]);
    let Some((attribute, rest)) = path.split_once('[') else {
        let (attribute, inner) = path.split_once('.').map_or((path, None), |(a, b)| (a, Some(b)));
        return Ok(Place { attribute, select: None, inner });
    };
    let (select, rest) = rest.rsplit_once(']').ok_or_else(|| bad("A bracket is not closed."))?;
    let mut words = select.trim().splitn(3, ' ');
    let (Some(key), Some(operator), Some(value)) = (words.next(), words.next(), words.next()) else {
        return Err(bad("In brackets stands an attribute, eq and a value."));
    };
    let value: String = serde_json::from_str(value.trim()).map_err(|_| bad("In brackets stands a value in double quotes."))?;
    if !operator.eq_ignore_ascii_case("eq") {
        return Err(bad("Only eq is known in brackets."));
    }
    Ok(Place { attribute, select: Some((key, value)), inner: rest.strip_prefix('.') })
}

/// Applies every operation of a PATCH.
pub(super) fn apply(resource: &mut Map<String, Value>, body: &Map<String, Value>) -> Result<(), Sorry> {
    let operations = body.iter().find(|(key, _)| key.eq_ignore_ascii_case("operations")).and_then(|(_, v)| v.as_array());
    let operations = operations.ok_or_else(|| Sorry::bad("invalidSyntax", "There are no Operations."))?;
    for operation in operations {
        let word = operation["op"].as_str().unwrap_or_default().to_lowercase();
        if !matches!(word.as_str(), "add" | "replace" | "remove") {
            return Err(Sorry::bad("invalidSyntax", "An operation is add, replace or remove."));
        }
        let value = operation.get("value");
        match operation.get("path").and_then(Value::as_str).filter(|path| !path.is_empty()) {
            Some(path) => one(resource, &word, path, value)?,
            None if word == "remove" => return Err(Sorry::bad("noTarget", "What is to be removed is not said.")),
            None => {
                let all = value.and_then(Value::as_object);
                for (path, value) in all.ok_or_else(|| Sorry::bad("invalidValue", "Without a path, the value is an object."))? {
                    one(resource, &word, path, Some(value))?;
                }
            }
        }
    }
    Ok(())
}

fn one(resource: &mut Map<String, Value>, word: &str, path: &str, value: Option<&Value>) -> Result<(), Sorry> {
    let Place { attribute, select, inner } = place(path)?;
    let known = resource.keys().find(|key| key.eq_ignore_ascii_case(attribute)).cloned();
    let attribute = known.unwrap_or_else(|| attribute.to_owned());
    if let Some((key, wanted)) = select {
        let all = resource.entry(attribute).or_insert_with(|| Value::Array(Vec::new()));
        let all = all.as_array_mut().ok_or_else(|| bad("This attribute has one value."))?;
        let is = |one: &Value| one[key].as_str().is_some_and(|text| text.eq_ignore_ascii_case(&wanted));
        if word == "remove" {
            all.retain(|one| !is(one));
            return Ok(());
        }
        let value = value.ok_or_else(|| Sorry::bad("invalidValue", "A value is missing."))?;
        if !all.iter().any(&is) {
            all.push(serde_json::json!({ key: wanted }));
        }
        for found in all.iter_mut().filter(|one| is(one)) {
            match (inner, value) {
                (Some(inner), value) => found[inner] = value.clone(),
                (None, Value::Object(more)) => {
                    if let Some(found) = found.as_object_mut() {
                        found.extend(more.clone());
                    }
                }
                (None, _) => return Err(Sorry::bad("invalidValue", "An object is wanted here.")),
            }
        }
        return Ok(());
    }
    if let Some(inner) = inner {
        let outer = resource.entry(attribute).or_insert_with(|| Value::Object(Map::new()));
        let outer = outer.as_object_mut().ok_or_else(|| bad("This attribute has no parts."))?;
        if word == "remove" {
            outer.remove(inner);
        } else {
            outer.insert(inner.to_owned(), value.cloned().unwrap_or_default());
        }
        return Ok(());
    }
    let several = matches!(attribute.as_str(), "members" | "emails");
    let given = match value {
        Some(Value::Array(all)) => all.clone(),
        Some(Value::Null) | None => Vec::new(),
        Some(one) => vec![one.clone()],
    };
    let id = |one: &Value| one["value"].as_str().or(one.as_str()).map(str::to_owned);
    match (word, several) {
        ("remove", true) if !given.is_empty() => {
            if let Some(all) = resource.get_mut(&attribute).and_then(Value::as_array_mut) {
                all.retain(|one| !given.iter().any(|gone| id(gone) == id(one)));
            }
        }
        ("remove", _) => {
            resource.remove(&attribute);
        }
        ("add", true) => {
            let all = resource.entry(attribute).or_insert_with(|| Value::Array(Vec::new()));
            let all = all.as_array_mut().ok_or_else(|| bad("This attribute has one value."))?;
            for new in given {
                if !all.iter().any(|one| id(one) == id(&new)) {
                    all.push(new);
                }
            }
        }
        (_, true) => {
            resource.insert(attribute, Value::Array(given));
        }
        _ => match (resource.get_mut(&attribute), value) {
            (Some(Value::Object(before)), Some(Value::Object(more))) => before.extend(more.clone()),
            (_, value) => {
                resource.insert(attribute, value.cloned().unwrap_or_default());
            }
        },
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patched(resource: &Value, operations: Value) -> Value {
        let mut resource = resource.as_object().unwrap().clone();
        apply(&mut resource, json!({ "Operations": operations }).as_object().unwrap()).map_err(|s| s.detail).unwrap();
        Value::Object(resource)
    }

    #[test]
    fn providers_write_the_same_in_many_ways() {
        let group = json!({ "displayName": "a", "members": [{ "value": "1" }, { "value": "2" }] });
        let members = |operations: Value| patched(&group, operations)["members"].clone();
        for gone in [
            json!([{ "op": "remove", "path": "members[value eq \"1\"]" }]),
            json!([{ "op": "Remove", "path": "members", "value": [{ "value": "1" }] }]),
            json!([{ "op": "replace", "path": "members", "value": [{ "value": "2" }] }]),
            json!([{ "op": "replace", "value": { "members": [{ "value": "2" }] } }]),
        ] {
            assert_eq!(members(gone.clone()), json!([{ "value": "2" }]), "{gone}");
        }
        let added = members(json!([{ "op": "Add", "path": "members", "value": [{ "value": "2" }, { "value": "3" }] }]));
        assert_eq!(added.as_array().unwrap().len(), 3);
        assert_eq!(members(json!([{ "op": "remove", "path": "members" }])), Value::Null);

        let user = json!({ "active": true, "name": { "formatted": "A" }, "emails": [{ "type": "work", "value": "a@b.c" }] });
        for off in [
            json!([{ "op": "Replace", "path": "active", "value": "False" }]),
            json!([{ "op": "replace", "value": { "active": "False" } }]),
            json!([{ "op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:ACTIVE", "value": "False" }]),
        ] {
            assert_eq!(patched(&user, off.clone())["active"], "False", "{off}");
        }
        let new = patched(
            &user,
            json!([{ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "x@y.z" }, { "op": "add", "path": "name.givenName", "value": "G" }]),
        );
        assert_eq!((&new["emails"][0]["value"], &new["name"]["givenName"]), (&json!("x@y.z"), &json!("G")));
        for bad in
            [json!([{ "op": "move" }]), json!([{ "op": "remove" }]), json!([{ "op": "add", "path": "members[", "value": 1 }])]
        {
            let mut resource = user.as_object().unwrap().clone();
            assert!(apply(&mut resource, json!({ "Operations": bad }).as_object().unwrap()).is_err());
        }
    }
}
