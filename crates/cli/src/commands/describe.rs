//! `warpyard describe`: one object, for people.

use super::get::target;
use crate::columns;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::output::{self, Format};
use crate::progress::step_line;
use crate::session::Session;
use crate::time_words::age_or_dash;
use clap::Args;
use serde_json::Value;
use warpyard_client::{AnyObject, SecretUsage};
use warpyard_model::kinds::Step;
use warpyard_model::{Condition, Kind};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard describe service nb-1
  warpyard describe target/local
  warpyard describe service-profile jupyterlab")]
pub(crate) struct DescribeArgs {
    /// The kind, or KIND/NAME.
    kind: String,
    /// The name.
    name: Option<String>,
}

pub(crate) async fn run(args: DescribeArgs, session: Session) -> Outcome {
    let (kind, name) = target(&args.kind, args.name.as_deref())?;
    let name =
        name.ok_or_else(|| Failure::usage("describe takes a kind and a name").with_hint("warpyard describe service nb-1"))?;
    let object = session.find(kind, &name).await?;
    let out = session.out;
    match out.format {
        Format::Json | Format::Yaml => out.value(&object)?,
        Format::Name => out.line(columns::word(&object))?,
        Format::Table => {
            let mut text = describe(&object)?;
            if matches!(kind, Kind::ServiceInstance | Kind::ComputeInstance | Kind::Target) {
                // Events are told to whoever may see the object; when they cannot be had, the rest is still useful.
                match session.client.events(kind, &object.scope(), &name).await {
                    Ok(events) if !events.is_empty() => {
                        text.push_str("\nEvents:\n");
                        text.push_str(&indent(&output::table_text(
                            super::events::TITLES,
                            &super::events::rows(&events),
                            out.headers,
                            None,
                            &[],
                        )));
                    }
                    Ok(_) => {}
                    Err(error) => text.push_str(&format!("\nEvents: not available ({error})\n")),
                }
            }
            if kind == Kind::Secret {
                match session.client.secret_usage(&object.scope(), &name).await {
                    Ok(usage) => text.push_str(&used_by(&usage)),
                    Err(error) => text.push_str(&format!("\nUsed by: not available ({error})\n")),
                }
            }
            out.raw(text.as_bytes())?;
        }
    }
    Ok(Exit::Done)
}

/// What uses a secret, a line each.
fn used_by(usage: &SecretUsage) -> String {
    let mut text = String::from("\nUsed by:\n");
    for used in &usage.items {
        let place = used.scope.key();
        text.push_str(&format!("  {} {}/{} in {}\n", used.kind, place.trim_end_matches('/'), used.name, used.field));
    }
    match (usage.items.len(), usage.hidden) {
        (0, 0) => text.push_str("  nothing\n"),
        (_, 0) => {}
        (_, hidden) => text.push_str(&format!("  {hidden} that you may not see\n")),
    }
    text
}

fn describe(object: &AnyObject) -> Outcome<String> {
    let mut text = String::new();
    let mut fact = |key: &str, value: String| {
        if !value.is_empty() && value != "-" {
            text.push_str(&format!("{:<14} {value}\n", format!("{key}:")));
        }
    };
    let get = |pointer: &str| object.text(pointer).unwrap_or_default().to_owned();
    fact("Name", object.name().to_owned());
    fact("Kind", get("/kind"));
    fact("Scope", object.scope().key());
    if object.title() != object.name() {
        fact("Title", object.title().to_owned());
    }
    fact("Description", get("/metadata/description"));
    let labels = object.0.pointer("/metadata/labels").and_then(Value::as_object);
    let labels: Vec<String> =
        labels.into_iter().flatten().map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default())).collect();
    fact("Labels", labels.join(", "));
    fact("Made", format!("{} ago by {}", age_or_dash(object.created_at()), get("/metadata/created_by")));
    fact("Changed", format!("{} ago by {}", age_or_dash(object.moment("/metadata/updated_at")), get("/metadata/modified_by")));
    fact("Generation", object.generation().to_string());
    fact("Phase", get("/status/phase"));
    fact("Message", get("/status/message"));
    if let Some(queue) = object.0.pointer("/status/queue").filter(|q| q.is_object()) {
        let position = queue.get("position").and_then(Value::as_u64).unwrap_or_default();
        let reason = queue.get("reason").and_then(Value::as_str).unwrap_or_default();
        fact("Queue", format!("position {position}: {reason}"));
    }
    fact("Isolation", get("/status/isolation"));
    if let Some(code) = object.0.pointer("/status/exit_code").and_then(Value::as_i64) {
        fact("Exit code", code.to_string());
    }

    if let Some(spec) = object.0.get("spec").filter(|s| s.as_object().is_some_and(|map| !map.is_empty())) {
        text.push_str("\nSpec:\n");
        text.push_str(&indent(&output::yaml(spec)?));
    }
    let conditions: Vec<Condition> = read(object.array("/status/conditions"));
    if !conditions.is_empty() {
        let rows: Vec<Vec<String>> = conditions
            .iter()
            .map(|c| {
                let status = c.status.map_or("unknown", |yes| if yes { "yes" } else { "no" });
                vec![c.kind.clone(), status.to_owned(), c.reason.clone(), age_or_dash(Some(c.since)), c.message.clone()]
            })
            .collect();
        text.push_str("\nConditions:\n");
        text.push_str(&indent(&output::table_text(&["TYPE", "STATUS", "REASON", "SINCE", "MESSAGE"], &rows, true, None, &[])));
    }
    section(&mut text, "Endpoints", object.array("/status/endpoints"), |e| {
        let field = |key: &str| e.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let ready = if e.get("ready").and_then(Value::as_bool) == Some(true) { "ready" } else { "not ready" };
        format!("{} ({}, for {}): {}", field("name"), ready, field("access"), field("url"))
    });
    section(&mut text, "Outputs", object.array("/status/outputs"), |o| {
        let field = |key: &str| o.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        format!("{}: {}", field("label"), field("value"))
    });
    let steps: Vec<Step> = read(object.array("/status/timeline"));
    if !steps.is_empty() {
        text.push_str("\nSteps:\n");
        for step in &steps {
            text.push_str(&format!("  {}\n", step_line(step, false)));
        }
    }
    Ok(text)
}

fn section(text: &mut String, title: &str, values: &[Value], line: impl Fn(&Value) -> String) {
    if !values.is_empty() {
        text.push_str(&format!("\n{title}:\n"));
        for value in values {
            text.push_str(&format!("  {}\n", line(value)));
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(values: &[Value]) -> Vec<T> {
    values.iter().filter_map(|value| serde_json::from_value(value.clone()).ok()).collect()
}

fn indent(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_description_tells_what_matters() {
        let object = AnyObject(json!({
            "kind": "ServiceInstance",
            "metadata": {"name": "nb-1", "org": "acme", "project": "vision", "workspace": "research", "generation": 1,
                "created_at": "2026-01-02T03:04:05Z", "created_by": "ana"},
            "spec": {"profile": {"name": "jupyterlab"}},
            "status": {"phase": "failed", "message": "the disk is full",
                "timeline": [{"id": "prepare", "title": "Prepare", "state": "failed", "started_at": "2026-01-02T03:04:05Z", "message": "no space"}],
                "endpoints": [{"name": "lab", "title": "Open", "url": "http://lab", "access": "owner", "ready": false}]}
        }));
        let text = describe(&object).unwrap();
        for part in [
            "/acme/vision/research",
            "failed",
            "the disk is full",
            "name: jupyterlab",
            "✗ Prepare: no space",
            "lab (not ready, for owner)",
        ] {
            assert!(text.contains(part), "{part:?} is missing in\n{text}");
        }
    }
}
