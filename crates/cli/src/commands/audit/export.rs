//! `warpyard audit export`: the trail as a file.

use super::FilterArgs;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::session::Session;
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "A whole trail as JSON Lines carries its signed checkpoints: `warpyard audit verify --file` checks it
without a server.

Examples:
  warpyard audit export --org acme --to-file acme.jsonl
  warpyard audit export --org acme --outcome denied --csv > denied.csv")]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    filters: FilterArgs,
    /// CSV instead of JSON Lines.
    #[arg(long)]
    csv: bool,
    /// Where to write it; standard output where absent.
    #[arg(long, value_name = "FILE")]
    to_file: Option<PathBuf>,
}

pub(super) async fn run(args: ExportArgs, session: Session) -> Outcome {
    let ExportArgs { filters, csv, to_file } = args;
    let query = filters.query(&session);
    let format = if csv { "csv" } else { "jsonl" };
    let mut export = session.client.audit_export(&query, format).await?;
    let mut file = match &to_file {
        Some(path) => Some(std::fs::File::create(path).map_err(|e| Failure::file("write", path, &e))?),
        None => None,
    };
    while let Some(bytes) = export.next().await? {
        match (&mut file, &to_file) {
            (Some(file), Some(path)) => file.write_all(&bytes).map_err(|e| Failure::file("write", path, &e))?,
            _ => session.out.raw(&bytes)?,
        }
    }
    if let Some(path) = &to_file {
        session.out.note(format!("The trail is in {}.", path.display()));
    }
    Ok(Exit::Done)
}
