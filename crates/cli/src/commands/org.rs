//! `warpyard org suspend`, `resume` and `look`.

use super::login::asking;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::output::Format;
use crate::session::Session;
use crate::terminal_mode;
use clap::{Args, Subcommand};
use serde_json::Value;
use warpyard_model::kinds::{Icon, Link, Organization};
use warpyard_model::meta::NewMetadata;
use warpyard_model::{Kind, ScopePath};

#[derive(Debug, Subcommand)]
pub(crate) enum OrgCommand {
    /// Suspend an organization: what runs is stopped, and nothing in it can be changed, started or opened.
    Suspend(SuspendArgs),
    /// Let a suspended organization go on; nothing is started by that.
    Resume(ResumeArgs),
    /// Show how an organization looks to its people, or change it.
    Look(LookArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard org look acme
  warpyard org look acme --name 'Acme Research' --accent '#0b5cad' --logo logo.svg
  warpyard org look acme --link 'Help desk=https://help.example.com' --message-file welcome.md
  warpyard org look acme --accent '' -o json

An empty text takes that part away. The sign-in page is at /o/NAME.")]
pub(crate) struct LookArgs {
    /// The organization.
    name: String,
    /// What stands beside the picture.
    #[arg(long = "name", id = "look-name", value_name = "TEXT")]
    title: Option<String>,
    /// An SVG or PNG file; empty for none.
    #[arg(long, value_name = "FILE")]
    logo: Option<String>,
    /// The accent colour as #rrggbb.
    #[arg(long, value_name = "COLOUR")]
    accent: Option<String>,
    /// A link as TITLE=URL, in place of those there are; may be given several times.
    #[arg(long, value_name = "TITLE=URL")]
    link: Vec<String>,
    /// A file with the Markdown above the sign-in form; empty for none.
    #[arg(long, value_name = "FILE")]
    message_file: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard org suspend acme --reason 'The contract ended.'
  warpyard org suspend acme --reason 'Unpaid since May.' --yes -o json")]
pub(crate) struct SuspendArgs {
    /// The organization.
    name: String,
    /// Why, for its people.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard org resume acme")]
pub(crate) struct ResumeArgs {
    /// The organization.
    name: String,
}

pub(crate) async fn run(command: OrgCommand, session: Session) -> Outcome {
    match command {
        OrgCommand::Suspend(args) => {
            if !args.yes {
                confirm(&args.name)?;
            }
            let object = session.client.suspend_organization(&args.name, &args.reason).await?;
            session.out.object(&format!("{} is suspended; what runs in it is being stopped.", args.name), &object)?;
        }
        OrgCommand::Resume(args) => {
            let object = session.client.resume_organization(&args.name).await?;
            let sentence = format!("{} goes on. What was stopped stays so until somebody starts it.", args.name);
            session.out.object(&sentence, &object)?;
        }
        OrgCommand::Look(args) => look(args, &session).await?,
    }
    Ok(Exit::Done)
}

async fn look(args: LookArgs, session: &Session) -> Outcome<()> {
    let read = |path: &str| std::fs::read(path).map_err(|e| Failure::usage(format!("cannot read {path:?}: {e}")));
    let changes = args.title.is_some()
        || args.logo.is_some()
        || args.accent.is_some()
        || !args.link.is_empty()
        || args.message_file.is_some();
    if changes {
        let organization = session.client.get_typed::<Organization>(&ScopePath::platform(), &args.name).await?;
        let (metadata, mut spec) = (organization.metadata, organization.spec);
        let mut look = spec.look.take().unwrap_or_default();
        if let Some(title) = args.title {
            look.name = title;
        }
        if let Some(accent) = args.accent {
            look.accent = accent;
        }
        if let Some(path) = args.logo {
            let picture = if path.is_empty() { None } else { Some(Icon::of_bytes(&read(&path)?)) };
            let clean = picture.transpose().map_err(|e| Failure::usage(format!("{path:?}: {}", e.message)))?;
            for what in clean.iter().flat_map(|c| &c.left_out) {
                session.out.note(format!("left out of the picture: {what}"));
            }
            look.logo = clean.map(|c| c.icon);
        }
        if let Some(path) = args.message_file {
            let text = if path.is_empty() { Vec::new() } else { read(&path)? };
            look.message = String::from_utf8(text).map_err(|_| Failure::usage(format!("{path:?} is not UTF-8")))?;
        }
        if !args.link.is_empty() {
            let parsed = args.link.iter().map(|link| {
                let (title, url) = link.split_once('=').ok_or_else(|| Failure::usage(format!("{link:?} is not TITLE=URL")))?;
                Ok(Link { title: title.to_owned(), url: url.to_owned() })
            });
            look.links = parsed.collect::<Outcome<_>>()?;
        }
        spec.look = Some(look);
        let version = Some(metadata.resource_version);
        let metadata = NewMetadata {
            name: metadata.name,
            display_name: metadata.display_name,
            description: metadata.description,
            labels: metadata.labels,
        };
        session.client.update(Kind::Organization, &ScopePath::platform(), &metadata, &spec, version).await?;
    }
    let look = session.client.look(&args.name).await?;
    match session.out.format {
        Format::Json | Format::Yaml => session.out.value(&look),
        Format::Name => session.out.line(format!("organization/{}", args.name)),
        Format::Table => {
            let text = |pointer: &str| look.pointer(pointer).and_then(Value::as_str).unwrap_or("-").to_owned();
            let mut rows = vec![
                vec!["name".to_owned(), text("/name")],
                vec!["logo".to_owned(), if look.get("logo").is_some() { "yes".to_owned() } else { "-".to_owned() }],
                vec!["accent, light".to_owned(), text("/accent/light/accent")],
                vec!["accent, dark".to_owned(), text("/accent/dark/accent")],
            ];
            let links = look.get("links").and_then(Value::as_array).into_iter().flatten();
            let cell = |link: &Value, key: &str| link[key].as_str().unwrap_or_default().to_owned();
            rows.extend(links.map(|link| vec![format!("link, {}", cell(link, "title")), cell(link, "url")]));
            rows.push(vec!["message".to_owned(), text("/message")]);
            session.out.table(&["PART", "VALUE"], &rows)
        }
    }
}

fn confirm(name: &str) -> Outcome<()> {
    if !terminal_mode::can_ask() {
        return Err(Failure::usage("there is no terminal to ask whether to suspend").with_hint("say --yes when you mean it"));
    }
    let question = format!("Suspend {name}? Everything that runs in it is stopped. [y/N] ");
    let answer = terminal_mode::ask(&question).map_err(asking)?;
    if matches!(answer.to_lowercase().as_str(), "y" | "yes") { Ok(()) } else { Err(Failure::other("nothing was suspended")) }
}
