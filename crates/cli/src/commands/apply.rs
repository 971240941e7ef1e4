//! `warpyard apply` and `warpyard diff`.

use super::documents::{self, Sourced};
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::kind_word;
use crate::output::{self, Format};
use crate::session::Session;
use clap::Args;
use std::path::PathBuf;
use warpyard_client::AppliedItem;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard apply -f profile.yaml
  warpyard apply -f catalogue/ -f team.yaml
  warpyard export service-profile jupyterlab | sed s/4GiB/8GiB/ | warpyard apply -f -

Everything is applied or nothing: one bad document stops all. Documents without an organization or
project get the one in use.")]
pub(crate) struct ApplyArgs {
    /// A file, a folder, or - for standard input; may be given several times.
    #[arg(short, long, value_name = "FILE|DIR|-", required = true)]
    filename: Vec<PathBuf>,
    /// Only check, and say what would be done.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard diff -f profile.yaml
  warpyard diff -f catalogue/ && echo nothing to do

Ends with 0 when nothing would change and with 1 when something would.")]
pub(crate) struct DiffArgs {
    /// A file, a folder, or - for standard input; may be given several times.
    #[arg(short, long, value_name = "FILE|DIR|-", required = true)]
    filename: Vec<PathBuf>,
}

pub(crate) async fn apply(args: ApplyArgs, session: Session) -> Outcome {
    let documents = documents::read(&args.filename)?;
    let applied = session
        .client
        .apply(documents::stream(&documents), &session.scope, args.dry_run)
        .await
        .map_err(|error| documents::explain(error, &documents))?;
    let out = session.out;
    match out.format {
        Format::Json | Format::Yaml => out.value(&applied)?,
        Format::Name => applied.items.iter().try_for_each(|item| out.line(word(item)))?,
        Format::Table => applied.items.iter().try_for_each(|item| {
            let place = item.scope.key();
            let place = if place == "/" { String::new() } else { format!(" in {place}") };
            out.line(format!("{}{place} {}{}", word(item), item.action, if args.dry_run { " (dry run)" } else { "" }))
        })?,
    }
    Ok(Exit::Done)
}

pub(crate) async fn diff(args: DiffArgs, session: Session) -> Outcome {
    let documents = documents::read(&args.filename)?;
    let applied = session
        .client
        .apply(documents::stream(&documents), &session.scope, true)
        .await
        .map_err(|error| documents::explain(error, &documents))?;
    let out = session.out;
    let changed: Vec<(usize, &AppliedItem)> =
        applied.items.iter().enumerate().filter(|(_, item)| item.action != "unchanged").collect();
    match out.format {
        Format::Json | Format::Yaml => out.value(&applied)?,
        Format::Name => changed.iter().try_for_each(|(_, item)| out.line(word(item)))?,
        Format::Table => {
            for (i, item) in &changed {
                out.raw(diff_text(item, documents.get(*i))?.as_bytes())?;
            }
        }
    }
    Ok(if changed.is_empty() { Exit::Done } else { Exit::Other })
}

fn word(item: &AppliedItem) -> String {
    format!("{}/{}", kind_word::singular(item.kind), item.name)
}

/// The unified diff of one object; for a new one every line is an addition.
fn diff_text(item: &AppliedItem, document: Option<&Sourced>) -> Outcome<String> {
    let diff = match (&item.diff, document) {
        (Some(diff), _) if !diff.trim().is_empty() => diff.clone(),
        (_, Some(document)) => {
            let text = output::yaml(&document.value)?;
            let count = text.lines().count();
            let lines: String = text.lines().map(|line| format!("+{line}\n")).collect();
            format!("@@ -0,0 +1,{count} @@\n{lines}")
        }
        (_, None) => String::new(),
    };
    let path = format!("{}/{}", item.scope.key().trim_matches('/'), word(item));
    let path = path.trim_start_matches('/');
    // The server's own heading does not say which object it is about.
    let body = diff.find("@@").filter(|_| diff.starts_with("---")).map_or(diff.as_str(), |at| &diff[at..]);
    let old = if item.action == "created" { "/dev/null".to_owned() } else { format!("server/{path}") };
    let end = if body.ends_with('\n') || body.is_empty() { "" } else { "\n" };
    Ok(format!("--- {old}\n+++ file/{path}\n{body}{end}"))
}
