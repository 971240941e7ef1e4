//! `warpyard profile`: publish, withdraw, versions, what differs, what a version would mean.

mod fleet;
mod preview;
mod versions;

use super::launch::ProfileKind;
use crate::columns;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::kind_word;
use crate::session::Session;
use crate::time_words;
use clap::{Args, Subcommand};
use warpyard_client::{AnyObject, Publication};
use warpyard_model::kinds::VersionState;
use warpyard_model::{Kind, Timestamp, units};

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// Make the newest generation the one that people launch.
    Publish(PublishArgs),
    /// Take a profile out of the catalogue; running instances keep it.
    Withdraw(WithdrawArgs),
    /// List what was published, and the draft.
    Versions(versions::VersionsArgs),
    /// Show what differs between two versions.
    Diff(versions::DiffArgs),
    /// Make an earlier version the draft again.
    Rollback(versions::RollbackArgs),
    /// Say that a version should not be used any more.
    Deprecate(versions::MarkArgs),
    /// Let nothing of a version start any more.
    Retire(versions::MarkArgs),
    /// Show what a launch of the draft would make.
    Preview(preview::PreviewArgs),
    /// Show what a version would mean for every instance.
    Fleet(fleet::FleetArgs),
    /// Make a profile draft from a document of another system.
    Import(super::template::import::DocumentArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard profile publish jupyterlab --note 'bigger disk'
  warpyard profile publish small --kind compute
  warpyard profile publish jupyterlab --note 'old image ends' --upgrade-by 2031-03-01

Where the organization's two-person rule is on, whoever wrote the draft does not publish it: the command says who may, they
are told, and the draft waits. They look at it with `warpyard profile diff` and publish it with the same command.

Instances keep the version they were launched with until their owners upgrade, or until --upgrade-by: a date (its first
moment, UTC), a moment such as 2031-03-01T09:00:00Z, or a time from now such as 14d. `warpyard profile fleet` shows before
what that would do to each of them.")]
pub(crate) struct PublishArgs {
    #[command(flatten)]
    which: Which,
    /// What changed, for the owners of instances.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Move instances that run older versions then.
    #[arg(long, value_name = "DATE", value_parser = moment)]
    upgrade_by: Option<Timestamp>,
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
    #[arg(value_name = "PROFILE")]
    name: String,
    /// Which kind of profile, when both have the name.
    #[arg(long, value_enum, value_name = "service|compute", hide_possible_values = true)]
    kind: Option<ProfileKind>,
}

pub(crate) async fn run(command: ProfileCommand, session: Session) -> Outcome {
    match command {
        ProfileCommand::Publish(args) => publish(args, &session).await,
        ProfileCommand::Withdraw(args) => {
            let (kind, profile) = find(&session, &args.which).await?;
            let answer = session.client.withdraw(kind, &profile.scope(), profile.name()).await?;
            session.out.object(&format!("{} is withdrawn; running instances keep it.", columns::word(&answer)), &answer)?;
            Ok(Exit::Done)
        }
        ProfileCommand::Versions(args) => versions::list(args, &session).await,
        ProfileCommand::Diff(args) => versions::diff(args, &session).await,
        ProfileCommand::Rollback(args) => versions::rollback(args, &session).await,
        ProfileCommand::Deprecate(args) => versions::mark(args, &session, VersionState::Deprecated).await,
        ProfileCommand::Retire(args) => versions::mark(args, &session, VersionState::Retired).await,
        ProfileCommand::Preview(args) => preview::run(args, &session).await,
        ProfileCommand::Fleet(args) => fleet::run(args, &session).await,
        // Works without a server, so it was done before there was a session.
        ProfileCommand::Import(_) => Ok(Exit::Done),
    }
}

async fn publish(args: PublishArgs, session: &Session) -> Outcome {
    let (kind, profile) = find(session, &args.which).await?;
    let publication = Publication { note: args.note, upgrade_by: args.upgrade_by };
    let answer = session.client.publish(kind, &profile.scope(), profile.name(), &publication).await?;
    let status = versions::status_of(&answer)?;
    let generation = status.published.as_ref().map(|p| p.generation).unwrap_or_default();
    let by = args.upgrade_by.map(|at| format!(" Instances of older versions are moved at {at}.")).unwrap_or_default();
    let number = status.number(generation);
    let word = columns::word(&answer);
    session.out.object(&format!("{word} is published as version {number} (generation {generation}).{by}"), &answer)?;
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

/// A date, a moment, or a time from now.
fn moment(text: &str) -> Result<Timestamp, String> {
    if let Ok(date) = text.parse::<jiff::civil::Date>()
        && text.len() == "2031-03-01".len()
    {
        let midnight = jiff::tz::Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).map_err(|e| e.to_string())?;
        return Ok(Timestamp(midnight));
    }
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Ok(Timestamp(moment));
    }
    let seconds = units::parse_duration(text)
        .map_err(|_| "write a date (2031-03-01), a moment (2031-03-01T09:00:00Z) or a time from now (14d)".to_owned())?;
    Ok(time_words::now().plus_seconds(i64::try_from(seconds).map_err(|e| e.to_string())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_are_dates_moments_or_times_from_now() {
        let text = |word: &str| moment(word).map(|at| at.to_string());
        assert_eq!(text("2031-03-01").unwrap(), "2031-03-01T00:00:00Z");
        assert_eq!(text("2031-03-01T10:00:00+01:00").unwrap(), "2031-03-01T09:00:00Z");
        let two_weeks = moment("14d").unwrap().seconds_since(time_words::now());
        assert!((14 * 86_400 - 60..=14 * 86_400).contains(&two_weeks), "{two_weeks}");
        for bad in ["soon", "2031-13-01", "2031-03-01T09:00", ""] {
            assert!(text(bad).unwrap_err().contains("2031-03-01"), "{bad}");
        }
    }
}
