//! `warpyard audit`: who did what, when; exports of it, and the check that nothing was changed.

mod export;
mod verify;

use crate::exit::Exit;
use crate::failure::Outcome;
use crate::output::Format;
use crate::session::Session;
use clap::{Args, Subcommand};
use serde_json::json;
use warpyard_client::AuditQuery;
use warpyard_model::kinds::{AuditEntry, AuditOutcome};

pub(crate) use verify::{VerifyArgs, offline};

const PAGE: usize = 100;

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  warpyard audit
  warpyard audit --actor ana --action service_instance.create
  warpyard audit --outcome denied --from 2026-11-01T00:00:00Z
  warpyard audit --org acme --search nb-1 --limit 500 -o json
  warpyard audit export --org acme --to-file acme.jsonl
  warpyard audit verify --file acme.jsonl"
)]
pub(crate) struct AuditArgs {
    /// Instead of a list.
    #[command(subcommand)]
    pub(crate) command: Option<AuditCommand>,
    #[command(flatten)]
    filters: FilterArgs,
    /// At most this many, newest first.
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Write the trail to a file, oldest first.
    Export(export::ExportArgs),
    /// Check that no entry was edited, removed or reordered.
    Verify(VerifyArgs),
}

/// What the trail is narrowed to.
#[derive(Debug, Args)]
struct FilterArgs {
    /// Only what this person did.
    #[arg(long, value_name = "USER")]
    actor: Option<String>,
    /// Only this action, such as compute_profile.publish; without a verb all that begin so.
    #[arg(long)]
    action: Option<String>,
    /// Only about objects of this kind, such as service.
    #[arg(long)]
    kind: Option<String>,
    /// Only about this object and what is in it, such as /acme/vision/research.
    #[arg(long, value_name = "PATH")]
    object: Option<String>,
    /// Only what was done, or only what was refused.
    #[arg(long, value_name = "allowed|denied", value_parser = ["allowed", "denied"], hide_possible_values = true)]
    outcome: Option<String>,
    /// Only entries with these words.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only from this moment on, such as 2026-11-01T00:00:00Z.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Only before this moment.
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
}

impl FilterArgs {
    fn query(self, session: &Session) -> AuditQuery {
        let kind = self.kind.map(|word| warpyard_model::Kind::find(&word).map_or(word, |kind| kind.as_str().to_owned()));
        AuditQuery {
            org: session.scope.org.as_ref().map(ToString::to_string),
            actor: self.actor,
            action: self.action,
            kind,
            object: self.object,
            outcome: self.outcome,
            search: self.search,
            from: self.from,
            to: self.to,
            limit: PAGE,
        }
    }
}

pub(crate) async fn run(args: AuditArgs, session: Session) -> Outcome {
    match args.command {
        Some(AuditCommand::Export(args)) => return export::run(args, session).await,
        Some(AuditCommand::Verify(args)) => return verify::run(args, session).await,
        None => {}
    }
    let mut query = args.filters.query(&session);
    let mut entries: Vec<AuditEntry> = Vec::new();
    let mut cursor: Option<String> = None;
    while entries.len() < args.limit {
        query.limit = (args.limit - entries.len()).min(PAGE);
        let page = session.client.audit(&query, cursor.as_deref()).await?;
        // A page without a hit is not the end where only a part was looked through.
        let empty = page.items.is_empty() && page.searched_back_to.is_none();
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
