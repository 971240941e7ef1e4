//! `warpyard profile publish` and `withdraw`.

use super::launch::ProfileKind;
use crate::columns;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::kind_word;
use crate::session::Session;
use clap::{Args, Subcommand};
use warpyard_client::AnyObject;
use warpyard_model::Kind;

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// Make the newest generation the one that people launch.
    Publish(PublishArgs),
    /// Take a profile out of the catalogue; running instances keep it.
    Withdraw(WithdrawArgs),
    /// Make a profile draft from a document of another system.
    Import(super::template::import::DocumentArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard profile publish jupyterlab --note 'bigger disk'
  warpyard profile publish small --kind compute")]
pub(crate) struct PublishArgs {
    #[command(flatten)]
    which: Which,
    /// What changed, for the people who look at versions.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard profile withdraw jupyterlab
  warpyard profile withdraw compute-profile/small")]
pub(crate) struct WithdrawArgs {
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Args)]
struct Which {
    /// The profile, as NAME or KIND/NAME.
    name: String,
    /// Which kind of profile, when both have the name.
    #[arg(long, value_enum, value_name = "service|compute", hide_possible_values = true)]
    kind: Option<ProfileKind>,
}

pub(crate) async fn run(command: ProfileCommand, session: Session) -> Outcome {
    let client = &session.client;
    match command {
        ProfileCommand::Publish(args) => {
            let (kind, profile) = find(&session, &args.which).await?;
            let answer = client.publish(kind, &profile.scope(), profile.name(), args.note.as_deref()).await?;
            let generation = answer.0.pointer("/status/published/generation").and_then(serde_json::Value::as_i64);
            let generation = generation.map_or_else(String::new, |g| format!(" (generation {g})"));
            session.out.object(&format!("{} is published{generation}.", columns::word(&answer)), &answer)?;
        }
        // Works without a server, so it was done before there was a session.
        ProfileCommand::Import(_) => {}
        ProfileCommand::Withdraw(args) => {
            let (kind, profile) = find(&session, &args.which).await?;
            let answer = client.withdraw(kind, &profile.scope(), profile.name()).await?;
            session.out.object(&format!("{} is withdrawn; running instances keep it.", columns::word(&answer)), &answer)?;
        }
    }
    Ok(Exit::Done)
}

async fn find(session: &Session, which: &Which) -> Outcome<(Kind, AnyObject)> {
    let (kind, name) = kind_word::split(&which.name)?;
    let kind = kind.or(which.kind.map(ProfileKind::profile));
    match kind {
        Some(kind @ (Kind::ServiceProfile | Kind::ComputeProfile)) => Ok((kind, session.find(kind, &name).await?)),
        Some(other) => Err(Failure::usage(format!("{} is no kind of profile that is published", kind_word::singular(other)))),
        None => {
            let service = session.find(Kind::ServiceProfile, &name).await;
            if let Err(failure) = &service
                && failure.exit != Exit::NotFound
            {
                return service.map(|profile| (Kind::ServiceProfile, profile));
            }
            match (service, session.find(Kind::ComputeProfile, &name).await) {
                (Ok(_), Ok(_)) => Err(Failure::usage(format!("{name:?} is a service profile and a compute profile"))
                    .with_hint("say --kind service or --kind compute")),
                (Ok(profile), Err(_)) => Ok((Kind::ServiceProfile, profile)),
                (Err(_), Ok(profile)) => Ok((Kind::ComputeProfile, profile)),
                (Err(mut failure), Err(_)) => {
                    failure.message = format!("there is no service or compute profile {name:?}");
                    Err(failure)
                }
            }
        }
    }
}
