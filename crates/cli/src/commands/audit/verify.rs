//! `warpyard audit verify`: whether any entry was edited, removed or reordered; on the server, or over a file without one.

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::output::{Format, Output};
use crate::session::Session;
use clap::Args;
use serde::Deserialize;
use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use warpyard_client::AuditCheck;
use warpyard_model::kinds::AuditEntry;
use warpyard_store::{ChainCheck, Checkpoint};

#[derive(Debug, Args)]
#[command(after_help = "The answer is trustworthy as far as its checkpoints are: keep those that the server writes to a file
or sends to a webhook somewhere else, and give them here with --checkpoints.

Examples:
  warpyard audit verify --org acme
  warpyard audit verify --file acme.jsonl --checkpoints checkpoints.jsonl")]
pub(crate) struct VerifyArgs {
    /// A whole trail that `warpyard audit export` wrote, instead of asking a server.
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Signed checkpoints that were kept elsewhere, one a line.
    #[arg(long, value_name = "FILE", requires = "file")]
    checkpoints: Option<PathBuf>,
    /// The public key that must have signed them, in base64.
    #[arg(long, value_name = "KEY", requires = "file")]
    key: Option<String>,
}

pub(super) async fn run(args: VerifyArgs, session: Session) -> Outcome {
    if args.file.is_some() {
        return offline(&args, session.out);
    }
    let org = session.scope.org.as_ref().map(ToString::to_string);
    tell(&session.client.audit_verify(org.as_deref()).await?, session.out)
}

/// Checks a file; asks nobody.
pub(crate) fn offline(args: &VerifyArgs, out: Output) -> Outcome {
    let path = args.file.as_deref().ok_or_else(|| Failure::usage("name the file with --file"))?;
    let (entries, mut checkpoints) = read(path)?;
    if let Some(kept) = &args.checkpoints {
        let org = entries.first().map(|e| e.org.clone()).unwrap_or_default();
        checkpoints.extend(read(kept)?.1.into_iter().filter(|c| c.org == org));
    }
    let newest = checkpoints.iter().map(|c| c.sequence).max();
    let mut check = ChainCheck::new(checkpoints, args.key.as_deref());
    for entry in &entries {
        if !check.entry(entry).map_err(|e| Failure::other(e.to_string()))? {
            break;
        }
    }
    let verdict = check.finish();
    let answer = AuditCheck {
        intact: verdict.broken.is_none(),
        entries: verdict.entries(),
        first: verdict.first,
        checkpoints: verdict.checkpoints,
        broken_at: verdict.broken.map(|b| b.at),
        reason: verdict.broken.map(|b| b.flaw.to_string()),
    };
    if answer.intact && newest.is_none_or(|n| n < verdict.last) {
        let from = newest.map_or(verdict.first, |n| n + 1);
        out.note(format!(
            "Entries from {from} on are chained but not signed yet: whoever made the file could have written them."
        ));
    }
    tell(&answer, out)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Wrapped { checkpoint: Checkpoint },
    Checkpoint(Checkpoint),
    Entry(Box<AuditEntry>),
}

fn read(path: &Path) -> Outcome<(Vec<AuditEntry>, Vec<Checkpoint>)> {
    let file = std::fs::File::open(path).map_err(|e| Failure::file("read", path, &e))?;
    let (mut entries, mut checkpoints) = (Vec::new(), Vec::new());
    for (number, line) in std::io::BufReader::new(file).lines().enumerate() {
        let line = line.map_err(|e| Failure::file("read", path, &e))?;
        if line.trim().is_empty() {
            continue;
        }
        let parsed = serde_json::from_str(&line).map_err(|_| {
            let place = format!("line {} of {}", number + 1, path.display());
            Failure::other(format!("{place} is neither an audit entry nor a checkpoint; export it as JSON Lines"))
        })?;
        match parsed {
            Line::Wrapped { checkpoint } | Line::Checkpoint(checkpoint) => checkpoints.push(checkpoint),
            Line::Entry(entry) => entries.push(*entry),
        }
    }
    Ok((entries, checkpoints))
}

fn tell(check: &AuditCheck, out: Output) -> Outcome {
    if out.format != Format::Table {
        out.value(check)?;
    } else if check.intact {
        let since = if check.first > 1 {
            format!(", from entry {} on (earlier ones were taken away by retention)", check.first)
        } else {
            String::new()
        };
        out.line(format!(
            "Intact: {} entries follow from each other{since}; {} signed checkpoints agree.",
            check.entries, check.checkpoints
        ))?;
    } else {
        let reason = check.reason.as_deref().unwrap_or("it does not follow from the one before");
        out.line(format!(
            "BROKEN at entry {}: {reason}. {} entries before it hold.",
            check.broken_at.unwrap_or_default(),
            check.entries
        ))?;
    }
    Ok(if check.intact { Exit::Done } else { Exit::Other })
}
