//! `warpyard audit`: who did what, when.

use crate::exit::Exit;
use crate::failure::Outcome;
use crate::output::Format;
use crate::session::Session;
use clap::Args;
use serde_json::json;
use warpyard_client::AuditQuery;
use warpyard_model::kinds::{AuditEntry, AuditOutcome};

const PAGE: usize = 100;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard audit
  warpyard audit --actor ana --action service_instance.create
  warpyard audit --org acme --search nb-1 --limit 500 -o json")]
pub(crate) struct AuditArgs {
    /// Only what this person did.
    #[arg(long, value_name = "USER")]
    actor: Option<String>,
    /// Only this action, such as compute_profile.publish.
    #[arg(long)]
    action: Option<String>,
    /// Only entries with these words.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// At most this many, newest first.
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
}

pub(crate) async fn run(args: AuditArgs, session: Session) -> Outcome {
    let org = session.scope.org.as_ref().map(ToString::to_string);
    let mut query = AuditQuery { org, actor: args.actor, action: args.action, search: args.search, limit: PAGE };
    let mut entries: Vec<AuditEntry> = Vec::new();
    let mut cursor: Option<String> = None;
    while entries.len() < args.limit {
        query.limit = (args.limit - entries.len()).min(PAGE);
        let page = session.client.audit(&query, cursor.as_deref()).await?;
        let empty = page.items.is_empty();
        entries.extend(page.items);
        if page.next_cursor.is_none() || page.next_cursor == cursor || empty {
            break;
        }
        cursor = page.next_cursor;
    }
    entries.truncate(args.limit);
    let out = session.out;
    match out.format {
        Format::Json | Format::Yaml => out.value(&json!({ "items": entries }))?,
        Format::Name => entries.iter().try_for_each(|entry| out.line(format!("{}/{}", entry.org, entry.sequence)))?,
        Format::Table if entries.is_empty() => out.note("There are no such entries."),
        Format::Table => {
            let rows: Vec<Vec<String>> = entries.iter().map(row).collect();
            out.table(&["AT", "ACTOR", "ACTION", "OUTCOME", "OBJECT"], &rows)?;
        }
    }
    Ok(Exit::Done)
}

fn row(entry: &AuditEntry) -> Vec<String> {
    let outcome = match entry.outcome {
        AuditOutcome::Allowed => "allowed",
        AuditOutcome::Denied => "denied",
    };
    // An audit is read next to other logs, so the moment is told and not how long ago it was.
    let at = entry.at.0.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
    let object = if entry.object.is_empty() { "-".to_owned() } else { entry.object.clone() };
    vec![at, entry.actor.clone(), entry.action.clone(), outcome.to_owned(), object]
}
