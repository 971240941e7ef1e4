//! `warpyard user create`, `link` and `password`.

use super::login::{asking, read_stdin};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::output::Format;
use crate::session::Session;
use crate::terminal_mode;
use clap::{Args, Subcommand};
use serde_json::json;
use std::collections::BTreeMap;
use warpyard_client::SignInLink;
use warpyard_model::meta::NewMetadata;
use warpyard_model::{Kind, Name, ScopePath};

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Make a person, with a link to set a password.
    Create(CreateArgs),
    /// Make a link with which a person sets a password and is signed in.
    Link(LinkArgs),
    /// Set a person's password.
    Password(PasswordArgs),
    /// Remove the second factors of a person who lost them; their sessions end.
    ResetSecondFactors(ResetSecondFactorsArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard user create ana --email ana@example.com --display-name 'Ana Lima'
  warpyard user create bot --email bot@example.com --password-stdin < password")]
pub(crate) struct CreateArgs {
    /// The person's name.
    name: String,
    /// The mail address to sign in with.
    #[arg(long)]
    email: String,
    /// What people read as the name.
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    /// Read a password from standard input instead of making a link.
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard user link ana")]
pub(crate) struct LinkArgs {
    /// The person.
    name: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard user password ana
  warpyard user password ana --password-stdin < password")]
pub(crate) struct PasswordArgs {
    /// The person.
    name: String,
    /// Read the password from standard input.
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard user reset-second-factors ana")]
pub(crate) struct ResetSecondFactorsArgs {
    /// The person.
    name: String,
}

pub(crate) async fn run(command: UserCommand, session: Session) -> Outcome {
    match command {
        UserCommand::Create(args) => create(args, session).await,
        UserCommand::Link(args) => {
            let link = session.client.sign_in_link(&args.name).await?;
            show_link(&session, &args.name, &link)
        }
        UserCommand::ResetSecondFactors(args) => {
            session.client.reset_second_factors(&args.name).await?;
            let word = format!("user/{}", args.name);
            session.out.result(&format!("{word} has no second factor any more."), &word, &json!({ "user": args.name }))?;
            Ok(Exit::Done)
        }
        UserCommand::Password(args) => {
            let password = if args.password_stdin { read_stdin("password")? } else { new_password(&args.name)? };
            session.client.set_password(&args.name, &password).await?;
            let word = format!("user/{}", args.name);
            session.out.result(&format!("{word} has a new password."), &word, &json!({ "user": args.name }))?;
            Ok(Exit::Done)
        }
    }
}

async fn create(args: CreateArgs, session: Session) -> Outcome {
    // Read before anything is made, so that a missing password leaves no half-made person.
    let password = if args.password_stdin { Some(read_stdin("password")?) } else { None };
    let metadata = NewMetadata {
        name: Name::parse(&args.name).map_err(|e| Failure::usage(format!("{:?} is not a name: {e}", args.name)))?,
        display_name: args.display_name.unwrap_or_default(),
        description: String::new(),
        labels: BTreeMap::new(),
    };
    let spec = json!({ "email": args.email });
    let user = session.client.create(Kind::User, &ScopePath::platform(), &metadata, &spec, false).await?;
    match password {
        Some(password) => {
            session.client.set_password(&args.name, &password).await.map_err(|error| {
                Failure::from(error).with_hint(format!("the person was made; try `warpyard user password {}` again", args.name))
            })?;
            session.out.object(&format!("user/{} is made and may sign in.", args.name), &user)?;
            Ok(Exit::Done)
        }
        None => {
            let link = session.client.sign_in_link(&args.name).await.map_err(|error| {
                Failure::from(error).with_hint(format!("the person was made; try `warpyard user link {}` again", args.name))
            })?;
            if session.out.for_people() {
                session.out.note(format!("user/{} is made. Pass on this link:", args.name));
            }
            show_link(&session, &args.name, &link)
        }
    }
}

fn show_link(session: &Session, user: &str, link: &SignInLink) -> Outcome {
    match session.out.format {
        Format::Json | Format::Yaml => {
            session.out.value(&json!({ "user": user, "url": link.url, "expires_at": link.expires_at }))?
        }
        Format::Name => session.out.line(format!("user/{user}"))?,
        Format::Table => {
            session.out.line(&link.url)?;
            session.out.note(format!("It works once and expires {}.", crate::time_words::until(link.expires_at)));
        }
    }
    Ok(Exit::Done)
}

fn new_password(user: &str) -> Outcome<String> {
    if !terminal_mode::can_ask() {
        return Err(Failure::usage("there is no terminal to ask for a password").with_hint("give --password-stdin"));
    }
    let first = terminal_mode::ask_secret(&format!("New password of {user}: ")).map_err(asking)?;
    let second = terminal_mode::ask_secret("Once more: ").map_err(asking)?;
    if first == second { Ok(first) } else { Err(Failure::usage("the two passwords differ; nothing was changed")) }
}
