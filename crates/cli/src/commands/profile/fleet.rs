//! `warpyard profile fleet`: what a version would mean for every instance.

use super::versions::{generation, status_of, titled};
use super::{Which, find};
use crate::columns;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::kind_word;
use crate::output::Format;
use crate::session::Session;
use clap::Args;
use warpyard_client::{FleetInstance, FleetPlan};
use warpyard_model::Kind;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard profile fleet jupyterlab                    before publishing the draft
  warpyard profile fleet jupyterlab --to published     who has yet to upgrade
  warpyard profile fleet small --kind compute -o json

Nothing is changed. Instances that you may not view are counted, without their names.")]
pub(crate) struct FleetArgs {
    #[command(flatten)]
    which: Which,
    /// The version they would move to: its number, published, draft, or g7 for generation 7.
    #[arg(long, value_name = "VERSION", default_value = "draft")]
    to: String,
}

pub(super) async fn run(args: FleetArgs, session: &Session) -> Outcome {
    let (kind, profile) = find(session, &args.which).await?;
    let status = status_of(&profile)?;
    let to = generation(&profile, &status, &args.to)?;
    let to = if to == 0 { profile.generation() } else { to };
    let plan = session.client.fleet_plan(kind, &profile.scope(), profile.name(), Some(to)).await?;
    let out = session.out;
    match out.format {
        Format::Json | Format::Yaml => out.value(&plan)?,
        Format::Name => {
            let instance = if kind == Kind::ComputeProfile { Kind::ComputeInstance } else { Kind::ServiceInstance };
            let word = kind_word::singular(instance);
            let names = plan.instances.iter().filter_map(|i| i.name.as_ref());
            names.into_iter().try_for_each(|name| out.line(format!("{word}/{name}")))?;
        }
        Format::Table if plan.instances.is_empty() => {
            out.note(format!("{} has no instances.", columns::word(&profile)));
        }
        Format::Table => {
            let rows: Vec<Vec<String>> = plan.instances.iter().map(row).collect();
            out.table(&["NAME", "PROJECT", "WORKSPACE", "OWNER", "PHASE", "VERSION", "ACTION", "WHY"], &rows)?;
            out.note(format!("To {}: {}.", titled(&status, to), counted(&plan)));
        }
    }
    Ok(Exit::Done)
}

fn row(instance: &FleetInstance) -> Vec<String> {
    let version = match instance.number {
        0 => format!("g{}", instance.generation),
        number => number.to_string(),
    };
    let why: Vec<String> = if instance.errors.is_empty() {
        instance.changes.iter().map(|c| c.path.clone()).collect()
    } else {
        let said = |e: &warpyard_model::FieldError| {
            if e.path.is_empty() { e.message.clone() } else { format!("{}: {}", e.path, e.message) }
        };
        instance.errors.iter().map(said).collect()
    };
    let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    vec![
        if instance.hidden { "(hidden)".to_owned() } else { shown(&instance.name) },
        instance.project.clone(),
        shown(&instance.workspace),
        shown(&instance.owner),
        instance.phase.clone(),
        version,
        words(&instance.action).to_owned(),
        why.join("; "),
    ]
}

/// An action in the words of a table.
fn words(action: &str) -> &str {
    match action {
        "none" => "nothing",
        "in_place" => "in place",
        "invalid" => "impossible",
        other => other,
    }
}

fn counted(plan: &FleetPlan) -> String {
    let order = ["none", "in_place", "restart", "replace", "invalid"];
    let counts = order.iter().filter_map(|a| plan.totals.by_action.get(*a).map(|count| format!("{count} {}", words(a))));
    counts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_instance_is_a_row_without_a_name() {
        let plan: FleetPlan = serde_json::from_value(serde_json::json!({
            "instances": [{ "project": "vision", "phase": "running", "generation": 3, "number": 0, "action": "invalid", "changes": [],
                            "errors": [{ "path": "inputs.size", "message": "would no longer be valid" }], "hidden": true }],
            "totals": { "by_action": { "invalid": 1, "in_place": 4 }, "by_version": [] }
        }))
        .unwrap();
        let expected = ["(hidden)", "vision", "-", "-", "running", "g3", "impossible", "inputs.size: would no longer be valid"];
        assert_eq!(row(&plan.instances[0]), expected);
        assert_eq!(counted(&plan), "4 in place, 1 impossible");
    }
}
