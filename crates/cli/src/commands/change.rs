//! `warpyard change` and `upgrade`: the plan first, then what the plan said.

use super::input_values::values;
use super::parse_duration;
use crate::columns;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::output::Format;
use crate::session::Session;
use crate::terminal_mode;
use crate::wait::{self, Goal};
use clap::Args;
use serde_json::Value;
use std::time::Duration;
use warpyard_client::{AnyObject, ChangePlan, ChangeRequest, FormRequest};
use warpyard_model::inputs::{Form, Values};
use warpyard_model::kinds::{InstanceUpdate, ProfileStatus};
use warpyard_model::{Kind, Name, ScopePath};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard change nb-1 -i cull_idle_after=2h --dry-run   only show what it would do
  warpyard change nb-1 -i cull_idle_after=2h --yes --wait
  warpyard change compute/small-abcd -i gpus=2
  warpyard change nb-1 --unset cull_idle_after

Only inputs that may change after launch do; the others stay. A change is done in place, by a restart (the home stays), or
by a new allocation (it waits for capacity like a new one; the home stays). The last two are asked about first.")]
pub(crate) struct ChangeArgs {
    /// The instance, as NAME or KIND/NAME.
    instance: String,
    /// Another value for an input; may be given several times.
    #[arg(short, long, value_name = "KEY=VALUE", required_unless_present = "unset")]
    input: Vec<String>,
    /// Take an input's value away; may be given several times.
    #[arg(long, value_name = "KEY")]
    unset: Vec<String>,
    #[command(flatten)]
    how: How,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard upgrade nb-1 --dry-run                      what the newest version would change
  warpyard upgrade nb-1 --yes --wait
  warpyard upgrade nb-1 --to 3                         only if version 3 is what is published
  warpyard upgrade nb-1 -i size=medium                 answer what the new version no longer offers

Every input that the new version allows is kept.")]
pub(crate) struct UpgradeArgs {
    /// The instance, as NAME or KIND/NAME.
    instance: String,
    /// The number of the version; the one that is published where absent.
    #[arg(long, value_name = "NUMBER")]
    to: Option<u32>,
    /// Another value for an input, along with the upgrade; may be given several times.
    #[arg(short, long, value_name = "KEY=VALUE")]
    input: Vec<String>,
    #[command(flatten)]
    how: How,
}

/// How either is done.
#[derive(Debug, Args)]
struct How {
    /// Only show the plan.
    #[arg(long, conflicts_with_all = ["yes", "wait"])]
    dry_run: bool,
    /// Do not ask before a restart or a new allocation.
    #[arg(short, long)]
    yes: bool,
    /// Wait until it runs again, showing its steps.
    #[arg(long)]
    wait: bool,
    /// How long to wait at most.
    #[arg(long, value_name = "TIME", default_value = "30m", value_parser = parse_duration)]
    timeout: Duration,
}

pub(crate) async fn change(args: ChangeArgs, session: Session) -> Outcome {
    let instance = session.find_instance(&args.instance).await?;
    let mut inputs = typed(&session, &instance, &args.input).await?;
    for key in &args.unset {
        if inputs.insert(key.clone(), Value::Null).is_some() {
            return Err(Failure::usage(format!("{key} is given a value and unset")));
        }
    }
    carry_out(&session, &instance, ChangeRequest { inputs, generation: None }, &args.how).await
}

pub(crate) async fn upgrade(args: UpgradeArgs, session: Session) -> Outcome {
    let instance = session.find_instance(&args.instance).await?;
    let generation = target(&session, &instance, args.to).await?;
    let inputs = typed(&session, &instance, &args.input).await?;
    carry_out(&session, &instance, ChangeRequest { inputs, generation: Some(generation) }, &args.how).await
}

/// Shows the plan, asks where that is called for, and does it.
async fn carry_out(session: &Session, instance: &AnyObject, wanted: ChangeRequest, how: &How) -> Outcome {
    let kind = instance.kind().ok_or_else(|| Failure::other("the server sent an object of an unknown kind"))?;
    let (scope, name, word) = (instance.scope(), instance.name(), columns::word(instance));
    let plan = session.client.change_plan(kind, &scope, name, &wanted).await?;
    let out = session.out;
    if how.dry_run {
        match out.format {
            Format::Json | Format::Yaml => out.value(&plan)?,
            Format::Name => out.line(&plan.action)?,
            Format::Table if plan.action == "invalid" => {}
            Format::Table => out.line(text(&word, &plan))?,
        }
    }
    if plan.action == "invalid" {
        let message = format!("{word} cannot be changed so");
        return Err(Failure::invalid(message, plan.errors));
    }
    if how.dry_run {
        return Ok(Exit::Done);
    }
    if plan.action == "none" {
        out.object(&format!("{word} is so already{}.", version(&plan)), instance)?;
        return Ok(Exit::Done);
    }
    if disturbs(&plan.action) && !how.yes {
        confirm(&word, &plan)?;
    }
    let answer = session.client.change(kind, &scope, name, &wanted, &plan.action).await?;
    if !(how.wait && disturbs(&plan.action)) {
        out.object(&format!("{word}{}", done(&plan)), &answer)?;
        return Ok(Exit::Done);
    }
    let stopped = answer.text("/spec/desired_state") == Some("stopped");
    let goal = if stopped { Goal::Down } else { Goal::Up };
    let ended = wait::for_instance(session, &answer, goal, how.timeout).await?;
    out.object(&format!("{word} is {}{}.", ended.phase().unwrap_or_default(), version(&plan)), &ended)?;
    Ok(Exit::Done)
}

/// Whether people notice it.
fn disturbs(action: &str) -> bool {
    matches!(action, "restart" | "replace")
}

fn confirm(word: &str, plan: &ChangePlan) -> Outcome<()> {
    if !terminal_mode::can_ask() {
        let what = if plan.action == "restart" { "restart it" } else { "give it a new allocation" };
        return Err(Failure::usage(format!("this would {what}, and there is no terminal to ask"))
            .with_hint("say --yes when you mean it, or look first with --dry-run"));
    }
    let answer = terminal_mode::ask(&format!("{}\nGo on? [y/N] ", text(word, plan))).map_err(super::login::asking)?;
    if matches!(answer.to_lowercase().as_str(), "y" | "yes") { Ok(()) } else { Err(Failure::other("nothing was changed")) }
}

/// The plan for people.
fn text(word: &str, plan: &ChangePlan) -> String {
    let mut lines = vec![format!("{word}{}: {}", version(plan), meaning(&plan.action))];
    for change in &plan.changes {
        let side = |value: &Option<Value>| value.as_ref().map_or_else(|| "(nothing)".to_owned(), ToString::to_string);
        lines.push(format!("  {}: {} -> {}", change.path, side(&change.before), side(&change.after)));
    }
    if !plan.restarts.is_empty() {
        lines.push(format!("  Restarts with it: {}.", plan.restarts.join(", ")));
    }
    if let Some(capacity) = &plan.capacity
        && !capacity.message.is_empty()
    {
        lines.push(format!("  Capacity: {}", capacity.message));
    }
    lines.join("\n")
}

fn version(plan: &ChangePlan) -> String {
    match plan.to.number {
        0 => String::new(),
        number => format!(" (version {number})"),
    }
}

fn meaning(action: &str) -> &'static str {
    match action {
        "none" => "nothing would change",
        "in_place" => "in place; no process is touched",
        "restart" => "its process restarts; the home stays",
        "replace" => "a new allocation, for which it waits like a new one; the home stays",
        _ => "it cannot be done",
    }
}

fn done(plan: &ChangePlan) -> String {
    let version = version(plan);
    match plan.action.as_str() {
        "restart" => format!(" restarts{version}."),
        "replace" => format!(" gets a new allocation{version}."),
        _ => format!(" is changed{version}; nothing of it restarted."),
    }
}

/// The values of `-i`, typed by the profile's form; by the values that are there where the form is not to be had.
async fn typed(session: &Session, instance: &AnyObject, pairs: &[String]) -> Outcome<Values> {
    if pairs.is_empty() {
        return Ok(Values::new());
    }
    let (kind, home) = profile_of(instance)?;
    let scope = instance.scope();
    let here = ScopePath { workspace: None, ..scope.clone() };
    let name = instance.text("/spec/profile/name").unwrap_or_default();
    let request = FormRequest { workspace: scope.workspace.as_ref().map(ToString::to_string), ..FormRequest::default() };
    let home = home.project.as_ref().map(ToString::to_string).unwrap_or_default();
    let form: Option<Form> = match session.client.form(kind, &here, name, &home, &request).await {
        Ok(answer) => Some(answer.form),
        // Withdrawn, or no longer offered here: what runs may still change.
        Err(error) if error.is_not_found() => None,
        Err(error) => return Err(error.into()),
    };
    let mut inputs = values(form.as_ref(), pairs, Values::new())?;
    if form.is_none() {
        for (key, value) in &mut inputs {
            let before = instance.0.pointer("/spec/inputs").and_then(|all| all.get(key));
            if before.is_some_and(|before| !before.is_string())
                && let Some(same) = value.as_str().and_then(|text| serde_json::from_str(text).ok())
            {
                *value = same;
            }
        }
    }
    Ok(inputs)
}

/// The kind and home of an instance's profile.
fn profile_of(instance: &AnyObject) -> Outcome<(Kind, ScopePath)> {
    let kind = match instance.kind() {
        Some(Kind::ComputeInstance) => Kind::ComputeProfile,
        _ => Kind::ServiceProfile,
    };
    let home = instance.text("/spec/profile/project").map(Name::parse).transpose();
    let home = home.map_err(|e| Failure::other(format!("the server sent a project without a name: {e}")))?;
    let scope = instance.scope();
    Ok((kind, ScopePath { project: home.or(scope.project), workspace: None, org: scope.org }))
}

/// The generation to upgrade to: the one that is published, which is `number` where that was said.
async fn target(session: &Session, instance: &AnyObject, number: Option<u32>) -> Outcome<i64> {
    let word = columns::word(instance);
    let mine = instance.0.pointer("/spec/profile/generation").and_then(Value::as_i64).unwrap_or_default();
    let (kind, home) = profile_of(instance)?;
    let name = instance.text("/spec/profile/name").unwrap_or_default();
    let known = match session.client.get(kind, &home, name).await {
        Ok(profile) => {
            let mut status: ProfileStatus =
                profile.0.get("status").cloned().and_then(|s| serde_json::from_value(s).ok()).unwrap_or_default();
            status.remember();
            status.published.as_ref().map(|p| (p.generation, status.number(p.generation)))
        }
        // A profile of another project that one may launch and not look at: the instance itself says what is newer.
        Err(error) if crate::place::is_refusal(error.code) => {
            let update = instance.0.pointer("/status/update").cloned();
            let update = update.and_then(|u| serde_json::from_value::<InstanceUpdate>(u).ok());
            Some(update.map_or_else(|| (mine, 0), |u| (u.generation, u.number)))
        }
        Err(error) => return Err(error.into()),
    };
    match (known, number) {
        (None, _) => Err(Failure::new(Exit::Conflict, format!("the profile {name} of {word} has no published version now"))
            .with_hint("it goes on as it is; a PaaS admin can publish the profile again")),
        (Some((generation, newest)), Some(wanted)) if newest != wanted && !(newest == 0 && generation == mine) => {
            Err(Failure::new(
                Exit::Conflict,
                format!("version {newest} of {name} is what is published; {word} cannot move to {wanted}"),
            )
            .with_hint(format!("`warpyard upgrade {word}` moves it to version {newest}")))
        }
        (Some((generation, _)), _) => Ok(generation),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_said_in_sentences() {
        let plan: ChangePlan = serde_json::from_value(serde_json::json!({
            "action": "replace", "to": { "generation": 5, "number": 2 }, "errors": [], "restarts": ["nb"],
            "changes": [{ "path": "size.gpu_count", "before": 1, "after": 2 }, { "path": "inputs.title", "after": "x" }],
            "capacity": { "state": "available", "message": "there is room for 3" }
        }))
        .unwrap();
        let expected = "compute-instance/c (version 2): a new allocation, for which it waits like a new one; the home stays\n  \
                        size.gpu_count: 1 -> 2\n  inputs.title: (nothing) -> \"x\"\n  Restarts with it: nb.\n  \
                        Capacity: there is room for 3";
        assert_eq!(text("compute-instance/c", &plan), expected);
    }
}
