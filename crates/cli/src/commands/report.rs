//! `warpyard report`: who has what.

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::output::Format;
use crate::session::Session;
use crate::time_words::{age_or_dash, until};
use clap::{Args, Subcommand};
use warpyard_client::ReviewRow;

#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Who has what in an organization, by which binding, since when, until when, last used.
    AccessReview(AccessReviewArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard report access-review --org acme
  warpyard report access-review --org acme --csv > access.csv
  warpyard report access-review --org acme -o json
  warpyard report access-review --org acme --role paas_admin")]
pub(crate) struct AccessReviewArgs {
    /// CSV for spreadsheets, all of it.
    #[arg(long, conflicts_with_all = ["user", "role"])]
    csv: bool,
    /// Only this person.
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Only this role.
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
}

pub(crate) async fn run(command: ReportCommand, session: Session) -> Outcome {
    let ReportCommand::AccessReview(args) = command;
    let org = session.scope.org.as_ref().map(ToString::to_string);
    let org = org.ok_or_else(|| Failure::usage("which organization? Say --org"))?;
    let out = &session.out;
    if args.csv {
        out.raw(session.client.access_review_csv(&org).await?.as_bytes())?;
        return Ok(Exit::Done);
    }
    let mut review = session.client.access_review(&org).await?;
    let wanted = |row: &ReviewRow| {
        args.user.as_ref().is_none_or(|user| row.user == *user) && args.role.as_ref().is_none_or(|role| row.role == *role)
    };
    review.items.retain(wanted);
    match out.format {
        Format::Json | Format::Yaml => out.value(&review)?,
        Format::Name => review.items.iter().try_for_each(|row| out.line(format!("role-binding/{}", row.binding)))?,
        Format::Table if review.items.is_empty() => out.note("Nobody has such a role."),
        Format::Table => {
            let rows: Vec<Vec<String>> = review.items.iter().map(cells).collect();
            out.table(&["WHO", "ROLE", "WHERE", "GROUP", "SINCE", "ENDS", "LAST USED", "REASON"], &rows)?;
        }
    }
    if review.partial {
        out.note("Roles that are bound to the installation are left out: you may not see them.");
    }
    Ok(Exit::Done)
}

fn cells(row: &ReviewRow) -> Vec<String> {
    let who = if row.active { row.user.clone() } else { format!("{} (deactivated)", row.user) };
    vec![
        who,
        row.role.clone(),
        row.scope.key(),
        row.group.clone().unwrap_or_else(|| "-".to_owned()),
        age_or_dash(Some(row.since)),
        until(row.expires_at),
        age_or_dash(row.last_sign_in.max(row.last_token_use)),
        if row.reason.is_empty() { "-".to_owned() } else { row.reason.clone() },
    ]
}
