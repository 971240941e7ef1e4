//! Which columns a table of each kind has.

use crate::kind_word;
use crate::time_words::age_or_dash;
use serde_json::Value;
use warpyard_client::AnyObject;
use warpyard_model::kinds::{ResolvedSize, Size};
use warpyard_model::{Kind, Level};

/// One column.
pub(crate) struct Column {
    /// Its heading.
    pub(crate) title: &'static str,
    /// Its cell for an object.
    pub(crate) value: fn(&AnyObject) -> String,
}

const fn column(title: &'static str, value: fn(&AnyObject) -> String) -> Column {
    Column { title, value }
}

const NAME: Column = column("NAME", |o| o.name().to_owned());
const TITLE: Column = column("TITLE", |o| o.title().to_owned());
const AGE: Column = column("AGE", |o| age_or_dash(o.created_at()));

/// The columns of `kind`; `with_scope` says where each lives.
pub(crate) fn of(kind: Kind, with_scope: bool) -> Vec<Column> {
    let mut columns = vec![NAME];
    let deepest = kind.levels().iter().copied().max().unwrap_or(Level::Platform);
    if with_scope && kind.levels().len() == 1 {
        if deepest >= Level::Org {
            columns.push(column("ORG", |o| text(o, "/metadata/org")));
        }
        if deepest >= Level::Project {
            columns.push(column("PROJECT", |o| text(o, "/metadata/project")));
        }
        if deepest >= Level::Workspace {
            columns.push(column("WORKSPACE", |o| text(o, "/metadata/workspace")));
        }
    }
    if kind.levels().len() > 1 {
        columns.push(column("SCOPE", |o| o.scope().key()));
    }
    columns.extend(own(kind));
    columns.push(AGE);
    columns
}

fn own(kind: Kind) -> Vec<Column> {
    match kind {
        Kind::Organization => vec![TITLE, column("CURRENCY", |o| text(o, "/spec/currency"))],
        Kind::Project => vec![TITLE, column("CONTACT", |o| text(o, "/spec/contact"))],
        Kind::Workspace => vec![TITLE, column("MADE BY", |o| text(o, "/metadata/created_by"))],
        Kind::User => vec![
            TITLE,
            column("EMAIL", |o| text(o, "/spec/email")),
            column("ACTIVE", |o| yes_no(o.0.pointer("/spec/active"))),
            column("LAST SIGN-IN", |o| age_or_dash(o.moment("/status/last_signed_in_at"))),
        ],
        Kind::RoleBinding => vec![
            column("WHO", |o| first(o, &["/spec/user", "/spec/group", "/spec/service_account"])),
            column("ROLE", |o| first(o, &["/spec/role", "/spec/custom_role"])),
            column("UNTIL", |o| text(o, "/spec/expires_at")),
        ],
        Kind::Target => vec![
            column("TYPE", |o| text(o, "/spec/type")),
            column("STATE", target_state),
            column("NODES", |o| o.array("/status/inventory/nodes").len().to_string()),
            column("GPUS", target_gpus),
            column("INSTANCES", |o| text(o, "/status/usage/instances")),
        ],
        Kind::Icon => {
            vec![TITLE, column("TYPE", |o| if o.text("/spec/png").is_none() { "SVG".to_owned() } else { "PNG".to_owned() })]
        }
        Kind::IdentityProvider => vec![
            TITLE,
            column("ISSUER", |o| text(o, "/spec/issuer")),
            column("MAKES ACCOUNTS", |o| yes_no(o.0.pointer("/spec/just_in_time"))),
        ],
        Kind::CustomRole => vec![TITLE, column("PERMISSIONS", |o| o.array("/spec/permissions").len().to_string())],
        Kind::ServiceAccount => vec![TITLE, column("ACTIVE", |o| text(o, "/spec/active"))],
        Kind::Group => vec![TITLE, column("MEMBERS", |o| o.array("/spec/members").len().to_string())],
        Kind::EnvironmentTemplate => vec![TITLE, column("VERSIONS", template_versions)],
        Kind::Secret => vec![column("ENTRIES", secret_entries)],
        Kind::ComputeProfile => vec![
            TITLE,
            column("PUBLISHED", published),
            column("SIZE", |o| o.0.pointer("/spec/size").map_or_else(dash, size_words)),
            column("PRICE/H", |o| text(o, "/spec/price/per_hour")),
            column("SHARED WITH", sharing),
        ],
        Kind::ServiceProfile => vec![
            TITLE,
            column("PUBLISHED", published),
            column("COMPUTE", |o| text(o, "/spec/compute/auto_create")),
            column("PRICE/H", |o| text(o, "/spec/price/per_hour")),
            column("SHARED WITH", sharing),
        ],
        Kind::SystemProfile => vec![
            TITLE,
            column("KIND", |o| text(o, "/spec/workload")),
            column("VERSION", |o| text(o, "/spec/version")),
            column("REQUIRES", |o| joined(o.array("/spec/requires"))),
        ],
        Kind::ComputeInstance => vec![
            column("PROFILE", |o| text(o, "/spec/profile/name")),
            column("PHASE", phase),
            column("SIZE", |o| o.0.pointer("/status/size").map_or_else(dash, resolved_size)),
            column("OWNER", owner),
        ],
        Kind::ServiceInstance => vec![
            column("PROFILE", |o| text(o, "/spec/profile/name")),
            column("PHASE", phase),
            column("COMPUTE", |o| text(o, "/spec/compute")),
            column("OWNER", owner),
        ],
    }
}

/// `kind/name`, as `-o name` writes it and every verb takes it.
pub(crate) fn word(object: &AnyObject) -> String {
    let kind = object.kind().map_or_else(|| text(object, "/kind"), kind_word::singular);
    format!("{kind}/{}", object.name())
}

fn dash() -> String {
    "-".to_owned()
}

fn text(object: &AnyObject, pointer: &str) -> String {
    match object.0.pointer(pointer) {
        Some(Value::String(text)) if !text.is_empty() => text.clone(),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
        _ => dash(),
    }
}

/// The first of several fields that is there.
fn first(object: &AnyObject, pointers: &[&str]) -> String {
    pointers.iter().map(|pointer| text(object, pointer)).find(|found| *found != dash()).unwrap_or_else(dash)
}

fn joined(values: &[Value]) -> String {
    let words: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
    if words.is_empty() { dash() } else { words.join(",") }
}

fn yes_no(value: Option<&Value>) -> String {
    match value.and_then(Value::as_bool) {
        Some(true) => "yes".to_owned(),
        Some(false) => "no".to_owned(),
        None => dash(),
    }
}

fn owner(object: &AnyObject) -> String {
    let owner = text(object, "/spec/owner");
    if owner == "-" { text(object, "/metadata/created_by") } else { owner }
}

fn phase(object: &AnyObject) -> String {
    if object.text("/metadata/deletion_requested_at").is_some() {
        return "deleting".to_owned();
    }
    let phase = text(object, "/status/phase");
    match (phase.as_str(), object.0.pointer("/status/queue/position").and_then(Value::as_u64)) {
        ("queued", Some(position)) => format!("queued ({position})"),
        _ => match (phase.as_str(), object.0.pointer("/status/exit_code").and_then(Value::as_i64)) {
            ("failed", Some(code)) => format!("failed (exit {code})"),
            _ => phase,
        },
    }
}

fn published(object: &AnyObject) -> String {
    // What waits for a second person is the newest generation.
    let waits = if object.0.pointer("/status/waiting").is_some_and(Value::is_object) { ", waits for approval" } else { "" };
    match object.0.pointer("/status/published/generation").and_then(Value::as_i64) {
        None => format!("draft{waits}"),
        Some(generation) if generation == object.generation() => format!("generation {generation}"),
        Some(generation) => format!("generation {generation} (draft {}{waits})", object.generation()),
    }
}

fn sharing(object: &AnyObject) -> String {
    if object.0.pointer("/spec/sharing/all_projects").and_then(Value::as_bool) == Some(true) {
        "all projects".to_owned()
    } else {
        joined(object.array("/spec/sharing/projects"))
    }
}

fn size_words(size: &Value) -> String {
    // Amounts that depend on inputs have no number before launch.
    let resolved = serde_json::from_value::<Size>(size.clone())
        .ok()
        .and_then(|size| size.resolve(&|text| if text.contains("{{") { Err(String::new()) } else { Ok(text.to_owned()) }).ok());
    resolved.map_or_else(|| "by inputs".to_owned(), |size| size.to_string())
}

fn resolved_size(size: &Value) -> String {
    serde_json::from_value::<ResolvedSize>(size.clone())
        .ok()
        .filter(|size| size.cpu_millis > 0)
        .map_or_else(dash, |size| size.to_string())
}

fn target_state(object: &AnyObject) -> String {
    let cordoned = object.0.pointer("/spec/cordoned").and_then(Value::as_bool) == Some(true);
    let conditions = object.array("/status/conditions");
    let bad = conditions.iter().find(|c| c.get("status").and_then(Value::as_bool) != Some(true));
    let state = match bad {
        _ if conditions.is_empty() => "unknown".to_owned(),
        None => "ready".to_owned(),
        Some(condition) => condition.get("reason").and_then(Value::as_str).unwrap_or("not ready").to_owned(),
    };
    if cordoned { format!("{state}, cordoned") } else { state }
}

fn target_gpus(object: &AnyObject) -> String {
    let gpus: Vec<&Value> = object
        .array("/status/inventory/nodes")
        .iter()
        .filter_map(|node| node.get("gpus").and_then(Value::as_array))
        .flatten()
        .collect();
    let simulated = gpus.iter().filter(|gpu| gpu.get("simulated").and_then(Value::as_bool) == Some(true)).count();
    let taken = object.array("/status/usage/gpus").len();
    match (gpus.len(), simulated) {
        (0, _) => "0".to_owned(),
        (all, 0) => format!("{taken} of {all} in use"),
        (all, _) => format!("{taken} of {all} in use ({simulated} simulated)"),
    }
}

fn template_versions(object: &AnyObject) -> String {
    let versions: Vec<String> = object
        .array("/spec/versions")
        .iter()
        .filter_map(|v| {
            let version = v.get("version").and_then(Value::as_str)?;
            match v.get("state").and_then(Value::as_str) {
                Some("active") => Some(version.to_owned()),
                Some(state) => Some(format!("{version} ({state})")),
                None => Some(format!("{version} (draft)")),
            }
        })
        .collect();
    if versions.is_empty() { dash() } else { versions.join(", ") }
}

fn secret_entries(object: &AnyObject) -> String {
    let keys = object.0.pointer("/spec/data").and_then(Value::as_object);
    keys.filter(|k| !k.is_empty()).map_or_else(dash, |keys| keys.keys().cloned().collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cells(kind: Kind, object: Value) -> Vec<String> {
        let object = AnyObject(object);
        of(kind, false).iter().map(|c| (c.value)(&object)).collect()
    }

    #[test]
    fn instances_say_where_they_are() {
        let queued = json!({"kind": "ServiceInstance", "metadata": {"name": "nb-1", "created_by": "ana"},
            "spec": {"profile": {"name": "jupyter"}, "compute": "c-1"},
            "status": {"phase": "queued", "queue": {"position": 2}}});
        assert_eq!(cells(Kind::ServiceInstance, queued), ["nb-1", "jupyter", "queued (2)", "c-1", "ana", "-"]);
    }

    #[test]
    fn profiles_say_their_size_and_what_is_published() {
        let profile = json!({"kind": "ComputeProfile", "metadata": {"name": "small", "generation": 3},
            "spec": {"size": {"cpu_millis": 2000, "memory_bytes": "4GiB"}, "sharing": {"projects": ["a", "b"]}},
            "status": {"published": {"generation": 2}}});
        assert_eq!(cells(Kind::ComputeProfile, profile)[1..6], ["small", "generation 2 (draft 3)", "2 CPU, 4 GiB", "-", "a,b"]);
        assert_eq!(size_words(&json!({"cpu_millis": "{{ inputs.cpu }}", "memory_bytes": 1})), "by inputs");
    }

    #[test]
    fn every_kind_has_a_table() {
        for kind in Kind::ALL {
            let empty = AnyObject(json!({"kind": kind, "metadata": {"name": "x"}, "spec": {}, "status": {}}));
            for column in of(*kind, true) {
                assert!(!(column.value)(&empty).is_empty(), "{kind} {}", column.title);
            }
        }
    }
}
