//! `warpyard profile versions`, `diff`, `rollback`, `deprecate` and `retire`.
//!
//! People say versions by their number. The draft is no version yet, and a generation that was never published has only
//! its own number, which is written `g7`.

use super::{Which, find};
use crate::columns;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::output::Format;
use crate::session::Session;
use crate::time_words::{age_or_dash, until};
use clap::Args;
use serde_json::json;
use warpyard_client::{AnyObject, VersionChange};
use warpyard_model::kinds::{ProfileStatus, ProfileVersion, VersionState};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard profile versions jupyterlab
  warpyard profile versions small --kind compute -o json")]
pub(crate) struct VersionsArgs {
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard profile diff jupyterlab                     what publishing the draft would change
  warpyard profile diff jupyterlab --from 1 --to 3
  warpyard profile diff jupyterlab --from g7 --to published

A VERSION is its number (`warpyard profile versions` lists them), published, draft, or g7 for generation 7.
Ends with 1 when something differs, with 0 when nothing does.")]
pub(crate) struct DiffArgs {
    #[command(flatten)]
    which: Which,
    /// The one side.
    #[arg(long, value_name = "VERSION", default_value = "published")]
    from: String,
    /// The other side.
    #[arg(long, value_name = "VERSION", default_value = "draft")]
    to: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard profile rollback jupyterlab --to 1
  warpyard profile rollback jupyterlab --to g7

What people launch stays as it is until the draft is published. Notes and dates of versions stay too.")]
pub(crate) struct RollbackArgs {
    #[command(flatten)]
    which: Which,
    /// The version whose spec is wanted again: its number, or g7 for generation 7.
    #[arg(long, value_name = "VERSION")]
    to: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard profile deprecate jupyterlab 2 --note 'use 3: its image gets updates'
  warpyard profile retire jupyterlab 1 --note 'its image has a known hole'

Instances of a deprecated version go on as before. Nothing of a retired version starts any more: what runs goes on until it
stops, and starts again once it is upgraded. The version that people launch is neither; publish another one first.")]
pub(crate) struct MarkArgs {
    #[command(flatten)]
    which: Which,
    /// The version: its number, or g7 for generation 7.
    #[arg(value_name = "VERSION")]
    version: String,
    /// Why, for the owners of instances; what was noted before stays otherwise.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// What is known about a profile's versions.
pub(super) fn status_of(profile: &AnyObject) -> Outcome<ProfileStatus> {
    let status = profile.0.get("status").cloned().unwrap_or_else(|| json!({}));
    let mut status: ProfileStatus = serde_json::from_value(status)
        .map_err(|e| Failure::other(format!("the server sent a status that makes no sense: {e}")))?;
    status.remember();
    Ok(status)
}

/// The generation that somebody means by a version. What is published may be nothing: 0.
pub(super) fn generation(profile: &AnyObject, status: &ProfileStatus, word: &str) -> Outcome<i64> {
    let numbers = || {
        let known: Vec<String> = status.versions.iter().map(|v| v.number.to_string()).collect();
        if known.is_empty() { "nothing was published yet".to_owned() } else { format!("there are {}", known.join(", ")) }
    };
    match word {
        "draft" => return Ok(profile.generation()),
        "published" => return Ok(status.published.as_ref().map_or(0, |p| p.generation)),
        _ => {}
    }
    if let Some(generation) = word.strip_prefix('g').and_then(|n| n.parse::<i64>().ok()) {
        return if (1..=profile.generation()).contains(&generation) {
            Ok(generation)
        } else {
            Err(Failure::not_found(format!("{} has no generation {generation}", columns::word(profile)))
                .with_hint(format!("the newest is {}", profile.generation())))
        };
    }
    let number: u32 = word.parse().map_err(|_| {
        Failure::usage(format!("{word:?} is no version"))
            .with_hint("say its number, published, draft, or g7 for generation 7; `warpyard profile versions` lists them")
    })?;
    let version = status.versions.iter().find(|v| v.number == number);
    version
        .map(|v| v.generation)
        .ok_or_else(|| Failure::not_found(format!("{} has no version {number}", columns::word(profile))).with_hint(numbers()))
}

pub(super) async fn list(args: VersionsArgs, session: &Session) -> Outcome {
    let (_, profile) = find(session, &args.which).await?;
    let status = status_of(&profile)?;
    let newest = profile.generation();
    let draft = status.version(newest).is_none().then_some(newest);
    let out = session.out;
    match out.format {
        Format::Json | Format::Yaml => {
            let mut value = json!({ "versions": status.versions });
            if let Some(draft) = draft {
                value["draft"] = json!({ "generation": draft });
            }
            out.value(&value)?;
        }
        Format::Name => status.versions.iter().try_for_each(|v| out.line(v.number.to_string()))?,
        Format::Table => {
            let mut rows: Vec<Vec<String>> = status.versions.iter().rev().map(row).collect();
            if let Some(draft) = draft {
                let age = age_or_dash(profile.moment("/metadata/updated_at"));
                let by = profile.text("/metadata/modified_by").unwrap_or_default().to_owned();
                let cells = ["-".to_owned(), draft.to_string(), "draft".to_owned(), age, by, String::new(), String::new()];
                rows.insert(0, cells.to_vec());
            }
            out.table(&["VERSION", "GENERATION", "STATE", "AGE", "BY", "UPGRADE BY", "NOTE"], &rows)?;
        }
    }
    Ok(Exit::Done)
}

fn word(state: VersionState) -> &'static str {
    match state {
        VersionState::Published => "published",
        VersionState::Deprecated => "deprecated",
        VersionState::Retired => "retired",
    }
}

fn row(version: &ProfileVersion) -> Vec<String> {
    let by = match version.upgrade_by {
        None => String::new(),
        // A deadline that is over is told as the moment it was.
        Some(at) if until(Some(at)) == "expired" => at.to_string(),
        Some(at) => until(Some(at)),
    };
    vec![
        version.number.to_string(),
        version.generation.to_string(),
        word(version.state).to_owned(),
        age_or_dash(Some(version.at)),
        version.by.clone(),
        by,
        version.note.clone(),
    ]
}

pub(super) async fn diff(args: DiffArgs, session: &Session) -> Outcome {
    let (kind, profile) = find(session, &args.which).await?;
    let status = status_of(&profile)?;
    let side = |word: &str| match generation(&profile, &status, word)? {
        // Only the server's own word stands for nothing.
        0 => Ok("published".to_owned()),
        generation => Ok::<String, Failure>(generation.to_string()),
    };
    let (from, to) = (side(&args.from)?, side(&args.to)?);
    let diff = session.client.profile_diff(kind, &profile.scope(), profile.name(), &from, &to).await?;
    let out = session.out;
    let same = diff.text.is_empty();
    match out.format {
        Format::Json | Format::Yaml => out.value(&diff)?,
        Format::Name => diff.changes.iter().try_for_each(|c| out.line(&c.path))?,
        Format::Table if same => {
            out.note(format!("{} and {} are the same.", titled(&status, diff.from), titled(&status, diff.to)))
        }
        Format::Table => {
            // The server's heading counts generations; people count versions.
            let body = diff.text.find("@@").map_or(diff.text.as_str(), |at| &diff.text[at..]);
            let end = if body.ends_with('\n') { "" } else { "\n" };
            let (from, to) = (titled(&status, diff.from), titled(&status, diff.to));
            out.raw(format!("--- {from}\n+++ {to}\n{body}{end}").as_bytes())?;
        }
    }
    Ok(if same { Exit::Done } else { Exit::Other })
}

/// What people call a generation.
pub(super) fn titled(status: &ProfileStatus, generation: i64) -> String {
    match (generation, status.number(generation)) {
        (0, _) => "nothing".to_owned(),
        (_, 0) => format!("generation {generation}"),
        (_, number) => format!("version {number} (generation {generation})"),
    }
}

pub(super) async fn rollback(args: RollbackArgs, session: &Session) -> Outcome {
    let (kind, profile) = find(session, &args.which).await?;
    let status = status_of(&profile)?;
    let to = generation(&profile, &status, &args.to)?;
    if to == 0 {
        return Err(Failure::not_found(format!("nothing of {} is published", columns::word(&profile))));
    }
    let answer = session.client.rollback(kind, &profile.scope(), profile.name(), to).await?;
    let (word, titled) = (columns::word(&answer), titled(&status, to));
    let sentence = if answer.generation() == profile.generation() {
        format!("{word} is like {titled} already.")
    } else {
        format!("{word} is like {titled} again, as draft generation {}; publish it when it is ready.", answer.generation())
    };
    session.out.object(&sentence, &answer)?;
    Ok(Exit::Done)
}

pub(super) async fn mark(args: MarkArgs, session: &Session, state: VersionState) -> Outcome {
    let (kind, profile) = find(session, &args.which).await?;
    let status = status_of(&profile)?;
    let generation = generation(&profile, &status, &args.version)?;
    let change = VersionChange { state, note: args.note };
    let answer = session.client.set_version(kind, &profile.scope(), profile.name(), generation, &change).await?;
    let sentence = format!("{} of {} is {} now.", titled(&status, generation), columns::word(&answer), word(state));
    session.out.object(&sentence, &answer)?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_said_by_number_word_or_generation() {
        let version = |number: u32, generation: i64, state: &str| json!({ "number": number, "generation": generation, "state": state, "at": "2026-01-02T03:04:05Z", "by": "ana" });
        let profile = AnyObject(json!({
            "kind": "ServiceProfile", "metadata": { "name": "app", "generation": 7 },
            "status": { "published": { "generation": 5, "at": "2026-01-02T03:04:05Z", "by": "ana" },
                        "versions": [version(1, 2, "deprecated"), version(2, 5, "published")] },
        }));
        let status = status_of(&profile).unwrap();
        let meant = |word: &str| generation(&profile, &status, word).map_err(|f| (f.exit, f.hint.unwrap_or_default()));
        for (word, expected) in [("1", 2), ("2", 5), ("published", 5), ("draft", 7), ("g6", 6)] {
            assert_eq!(meant(word), Ok(expected), "{word}");
        }
        assert_eq!(meant("3"), Err((Exit::NotFound, "there are 1, 2".to_owned())));
        assert_eq!(meant("g8").unwrap_err().0, Exit::NotFound);
        assert_eq!(meant("newest").unwrap_err().0, Exit::Usage);
        assert_eq!(titled(&status, 5), "version 2 (generation 5)");
        assert_eq!(titled(&status, 6), "generation 6");
    }
}
