//! `warpyard access`: what somebody may do and why, and who may do something.

use crate::exit::Exit;
use crate::failure::Outcome;
use crate::output::Format;
use crate::session::Session;
use clap::Args;
use warpyard_client::{Source, WhoQuery};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard access
  warpyard access ana --org acme
  warpyard access ana --org acme --permission compute_profile.publish
  warpyard access --org acme --project vision --who-can compute_profile.publish
  warpyard access --org acme --project vision --who-can compute_profile.delete --object small")]
pub(crate) struct AccessArgs {
    /// The person, by user name; you where absent.
    #[arg(value_name = "USER", conflicts_with = "who_can")]
    user: Option<String>,
    /// Only this permission.
    #[arg(long, value_name = "PERMISSION", conflicts_with = "who_can")]
    permission: Option<String>,
    /// List who may do this, such as compute_profile.publish.
    #[arg(long, value_name = "PERMISSION")]
    who_can: Option<String>,
    /// With --who-can: to this one object.
    #[arg(long, value_name = "NAME", requires = "who_can")]
    object: Option<String>,
}

pub(crate) async fn run(args: AccessArgs, session: Session) -> Outcome {
    let out = &session.out;
    if let Some(permission) = args.who_can {
        let query = WhoQuery { permission, scope: session.scope.clone(), name: args.object };
        let answer = session.client.who_may(&query).await?;
        match out.format {
            Format::Json | Format::Yaml => out.value(&answer)?,
            Format::Name => answer.people.iter().try_for_each(|person| out.line(format!("user/{}", person.user)))?,
            Format::Table if answer.people.is_empty() => out.note("Nobody may."),
            Format::Table => {
                let lines = answer.people.iter().flat_map(|person| person.via.iter().map(|via| (person.user.clone(), via)));
                let rows: Vec<Vec<String>> = lines.map(|(user, via)| [vec![user], source(via)].concat()).collect();
                out.table(&["WHO", "BY", "BOUND AT", "GROUP", "UNTIL", "REASON"], &rows)?;
            }
        }
        if answer.partial {
            out.note("People are left out who may by a role bound where you may not look.");
        }
        return Ok(Exit::Done);
    }
    let org = session.scope.org.as_ref().map(ToString::to_string);
    let mut answer = session.client.access(org.as_deref(), args.user.as_deref()).await?;
    answer.entries.retain(|entry| args.permission.as_ref().is_none_or(|wanted| entry.permission == *wanted));
    match out.format {
        Format::Json | Format::Yaml => out.value(&answer)?,
        Format::Name => answer.entries.iter().try_for_each(|entry| out.line(&entry.permission))?,
        Format::Table if answer.entries.is_empty() => out.note("They have no such access."),
        Format::Table => {
            let rows: Vec<Vec<String>> = answer
                .entries
                .iter()
                .map(|entry| [vec![entry.permission.clone(), entry.scope.key()], source(&entry.via)].concat())
                .collect();
            out.table(&["PERMISSION", "WHERE", "BY", "BOUND AT", "GROUP", "UNTIL", "REASON"], &rows)?;
        }
    }
    if answer.partial {
        out.note("Places are left out whose role bindings you may not see.");
    }
    Ok(Exit::Done)
}

/// A source as cells: by what, bound where, by which group, until when, why.
fn source(via: &Source) -> Vec<String> {
    let or_dash = |text: Option<String>| text.filter(|t| !t.is_empty()).unwrap_or_else(|| "-".to_owned());
    let by = via.role.clone().or_else(|| via.custom_role.clone()).unwrap_or_else(|| via.kind.clone());
    vec![
        by,
        or_dash(via.bound_at.as_ref().map(warpyard_model::ScopePath::key)),
        or_dash(via.group.clone()),
        or_dash(via.expires_at.map(|at| at.to_string())),
        or_dash(Some(via.reason.clone())),
    ]
}
