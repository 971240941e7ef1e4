//! People and groups as SCIM writes them, and what it says of itself.

use super::Sorry;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use warpyard_store::{ScimGroup, ScimPerson, ScimUser};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// A group as the provider wants it.
pub(super) struct WantedGroup {
    pub(super) title: String,
    pub(super) external_id: Option<String>,
    pub(super) members: BTreeSet<String>,
}

pub(super) fn user_resource(one: &ScimUser, groups: &[ScimGroup], base: &str) -> Value {
    let (metadata, spec) = (&one.user.metadata, &one.user.spec);
    let of = groups.iter().filter(|g| g.group.spec.members.contains(&metadata.name));
    let of: Vec<Value> = of.map(|g| json!({ "value": g.group.metadata.uid, "display": g.group.metadata.title() })).collect();
    let mut resource = json!({
        "schemas": [USER], "id": metadata.uid, "userName": one.user_name, "displayName": metadata.title(),
        "name": { "formatted": metadata.title() }, "active": one.active,
        "emails": [{ "value": spec.email, "type": "work", "primary": true }], "groups": of,
        "meta": {
            "resourceType": "User", "created": metadata.created_at, "lastModified": metadata.updated_at,
            "location": format!("{base}/Users/{}", metadata.uid)
        }
    });
    if let Some(external_id) = &one.external_id {
        resource["externalId"] = json!(external_id);
    }
    resource
}

pub(super) fn group_resource(one: &ScimGroup, people: &BTreeMap<String, ScimUser>, base: &str) -> Value {
    let metadata = &one.group.metadata;
    let members = one.group.spec.members.iter().filter_map(|name| people.get(name.as_str()));
    let members: Vec<Value> = members
        .map(|p| {
            let uid = &p.user.metadata.uid;
            json!({ "value": uid, "display": p.user_name, "type": "User", "$ref": format!("{base}/Users/{uid}") })
        })
        .collect();
    let mut resource = json!({
        "schemas": [GROUP], "id": metadata.uid, "displayName": metadata.title(), "members": members,
        "meta": {
            "resourceType": "Group", "created": metadata.created_at, "lastModified": metadata.updated_at,
            "location": format!("{base}/Groups/{}", metadata.uid)
        }
    });
    if let Some(external_id) = &one.external_id {
        resource["externalId"] = json!(external_id);
    }
    resource
}

fn text(body: &Map<String, Value>, attribute: &str) -> Option<String> {
    let found = body.iter().find(|(key, _)| key.eq_ignore_ascii_case(attribute))?.1;
    found.as_str().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
}

fn short(attribute: &str, text: String) -> Result<String, Sorry> {
    if text.chars().count() <= 254 && !text.chars().any(char::is_control) {
        return Ok(text);
    }
    Err(Sorry::bad("invalidValue", format!("{attribute} has at most 254 characters on one line.")))
}

pub(super) fn person_of(body: &Map<String, Value>) -> Result<ScimPerson, Sorry> {
    let user_name = text(body, "userName").ok_or_else(|| Sorry::bad("invalidValue", "userName is missing."))?;
    let emails = body.get("emails").and_then(Value::as_array).cloned().unwrap_or_default();
    let primary = emails.iter().find(|e| e["primary"] == true).or(emails.first());
    let email = primary.and_then(|e| e["value"].as_str().or(e.as_str())).map(str::trim).filter(|e| !e.is_empty());
    let email = email.map_or_else(|| user_name.clone(), str::to_owned);
    if !email.contains('@') {
        return Err(Sorry::bad("invalidValue", "A mail address is wanted: in emails, or as the userName."));
    }
    let name = body.get("name").and_then(Value::as_object).cloned().unwrap_or_default();
    let parts: Vec<String> = ["givenName", "familyName"].iter().filter_map(|part| text(&name, part)).collect();
    let display_name = text(body, "displayName")
        .or_else(|| text(&name, "formatted"))
        .or_else(|| (!parts.is_empty()).then(|| parts.join(" ")))
        .unwrap_or_else(|| user_name.clone());
    let active = match body.get("active") {
        None | Some(Value::Null) => true,
        Some(Value::Bool(active)) => *active,
        // Entra ID writes the words.
        Some(Value::String(word)) if word.eq_ignore_ascii_case("true") => true,
        Some(Value::String(word)) if word.eq_ignore_ascii_case("false") => false,
        Some(_) => return Err(Sorry::bad("invalidValue", "active is true or false.")),
    };
    Ok(ScimPerson {
        user_name: short("userName", user_name)?,
        external_id: text(body, "externalId").map(|id| short("externalId", id)).transpose()?,
        email: short("emails", email)?,
        display_name,
        active,
    })
}

pub(super) fn group_of(body: &Map<String, Value>) -> Result<WantedGroup, Sorry> {
    let title = text(body, "displayName").ok_or_else(|| Sorry::bad("invalidValue", "displayName is missing."))?;
    let members = body.get("members").and_then(Value::as_array).cloned().unwrap_or_default();
    let members = members.iter().map(|m| m["value"].as_str().or(m.as_str()).map(str::to_owned));
    let members = members.collect::<Option<BTreeSet<String>>>();
    Ok(WantedGroup {
        title: short("displayName", title)?,
        external_id: text(body, "externalId").map(|id| short("externalId", id)).transpose()?,
        members: members.ok_or_else(|| Sorry::bad("invalidValue", "Each of the members has a value."))?,
    })
}

pub(super) fn config() -> Value {
    let no = json!({ "supported": false });
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true }, "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": super::PAGE_MOST }, "changePassword": no, "sort": no, "etag": no,
        "authenticationSchemes": [{
            "type": "oauthbearertoken", "name": "Bearer token", "primary": true,
            "description": "A token of one of the organization's identity providers, made on its page."
        }]
    })
}

fn list(resources: &[Value]) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": resources.len(),
        "startIndex": 1, "itemsPerPage": resources.len(), "Resources": resources
    })
}

pub(super) fn types() -> Value {
    let one = |name: &str, schema: &str| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": name, "name": name, "endpoint": format!("/{name}s"), "schema": schema
        })
    };
    list(&[one("User", USER), one("Group", GROUP)])
}

pub(super) fn schemas() -> Value {
    let attribute = |name: &str, kind: &str, required: bool, unique: bool| {
        json!({
            "name": name, "type": kind, "multiValued": false, "required": required, "caseExact": name == "externalId",
            "mutability": "readWrite", "returned": "default", "uniqueness": if unique { "server" } else { "none" }
        })
    };
    let several = |name: &str, parts: &[Value], mutability: &str| {
        json!({
            "name": name, "type": "complex", "multiValued": true, "required": false, "mutability": mutability,
            "returned": "default", "subAttributes": parts
        })
    };
    let value = attribute("value", "string", false, false);
    let schema = |id: &str, name: &str, attributes: &[Value]| json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": id, "name": name, "attributes": attributes });
    let mut name = attribute("name", "complex", false, false);
    name["subAttributes"] = json!([attribute("formatted", "string", false, false)]);
    let user = [
        attribute("userName", "string", true, true),
        attribute("externalId", "string", false, false),
        attribute("displayName", "string", false, false),
        name,
        attribute("active", "boolean", false, false),
        several("emails", &[value.clone(), attribute("primary", "boolean", false, false)], "readWrite"),
        several("groups", std::slice::from_ref(&value), "readOnly"),
    ];
    let group = [
        attribute("displayName", "string", true, true),
        attribute("externalId", "string", false, false),
        several("members", &[value], "readWrite"),
    ];
    list(&[schema(USER, "User", &user), schema(GROUP, "Group", &group)])
}
