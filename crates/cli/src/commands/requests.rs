//! `warpyard request-access` and `warpyard requests`: asking for a role, and deciding about who asks.

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::output::Format;
use crate::session::Session;
use crate::time_words::age_or_dash;
use clap::{Args, Subcommand};
use serde_json::json;
use warpyard_client::{AccessRequest, AccessWish};
use warpyard_model::permission::Role;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard request-access developer --org acme --project vision --reason 'Train the new model' --for 8h
  warpyard request-access paas_admin --org acme --reason 'Cards for the spring release' --for 14d
  warpyard request-access release-manager --org acme --reason 'On duty this week'

The role holds in the organization, project or workspace you name. Whoever may give it is told, and decides;
`warpyard requests --mine` tells what became of it.")]
pub(crate) struct RequestAccessArgs {
    /// A built-in role such as developer, or a role that the organization made itself.
    #[arg(value_name = "ROLE")]
    role: String,
    /// What for; whoever decides reads it.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// For how long from the approval on, such as 8h or 14d; for good where absent.
    #[arg(long = "for", value_name = "DURATION", value_parser = super::parse_duration)]
    duration: Option<std::time::Duration>,
}

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  warpyard requests --org acme
  warpyard requests --org acme --mine
  warpyard requests approve request-3f2a9c81d0b4 --org acme --note 'Until the release is out'
  warpyard requests deny request-3f2a9c81d0b4 --org acme --note 'Ask the platform team'
  warpyard requests withdraw request-3f2a9c81d0b4 --org acme"
)]
pub(crate) struct RequestsArgs {
    #[command(subcommand)]
    command: Option<RequestsCommand>,
    /// Only your own.
    #[arg(long)]
    mine: bool,
    /// Those that were decided, too.
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Subcommand)]
enum RequestsCommand {
    /// Give somebody the role they asked for.
    Approve(DecideArgs),
    /// Refuse a request.
    Deny(DecideArgs),
    /// Withdraw your own request.
    Withdraw(WithdrawArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard requests approve request-3f2a9c81d0b4 --org acme --note 'Until the release is out'
  warpyard requests deny request-3f2a9c81d0b4 --org acme --note 'Ask the platform team'")]
struct DecideArgs {
    /// The request.
    #[arg(value_name = "REQUEST")]
    name: String,
    /// What whoever asked is told.
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard requests withdraw request-3f2a9c81d0b4 --org acme")]
struct WithdrawArgs {
    /// The request.
    #[arg(value_name = "REQUEST")]
    name: String,
}

fn org_of(session: &Session) -> Outcome<String> {
    let org = session.scope.org.as_ref().map(ToString::to_string);
    org.ok_or_else(|| Failure::usage("which organization? Say --org"))
}

/// Asks for a role.
pub(crate) async fn ask(args: RequestAccessArgs, session: Session) -> Outcome {
    let org = org_of(&session)?;
    let built_in = Role::ALL.iter().any(|role| role.as_str() == args.role.replace('-', "_"));
    let (role, custom_role) = if built_in { (Some(args.role.replace('-', "_")), None) } else { (None, Some(args.role.clone())) };
    let wish = AccessWish {
        project: session.scope.project.as_ref().map(ToString::to_string),
        workspace: session.scope.workspace.as_ref().map(ToString::to_string),
        role,
        custom_role,
        reason: args.reason,
        duration_seconds: args.duration.map(|duration| duration.as_secs()),
    };
    let asked = session.client.request_access(&org, &wish).await?;
    let who = match asked.approvers.as_slice() {
        [] => "Nobody can give this role now; an admin has to be found.".to_owned(),
        names => format!(
            "{} decide.",
            if names.len() == 1 { format!("{} will", names[0]) } else { format!("{} may", names.join(", ")) }
        ),
    };
    let sentence = format!("You asked for {} in {} ({}). {who}", args.role, asked.request.scope.key(), asked.request.name);
    session.out.result(&sentence, &asked.request.name, &asked)?;
    Ok(Exit::Done)
}

/// Lists requests, or decides.
pub(crate) async fn run(args: RequestsArgs, session: Session) -> Outcome {
    let org = org_of(&session)?;
    match args.command {
        Some(RequestsCommand::Approve(DecideArgs { name, note })) => {
            let decided = session.client.decide_access(&org, &name, "approve", &note).await?;
            let until = match decided.duration_seconds {
                Some(seconds) => format!(" for {seconds} seconds"),
                None => String::new(),
            };
            let role = role_word(&decided);
            let sentence = format!("{} has the role {role} in {}{until}.", decided.user, decided.scope.key());
            session.out.result(&sentence, &decided.name, &decided)?;
        }
        Some(RequestsCommand::Deny(DecideArgs { name, note })) => {
            let decided = session.client.decide_access(&org, &name, "deny", &note).await?;
            session.out.result(&format!("The request of {} is denied.", decided.user), &decided.name, &decided)?;
        }
        Some(RequestsCommand::Withdraw(WithdrawArgs { name })) => {
            session.client.withdraw_access(&org, &name).await?;
            session.out.result("Your request is withdrawn.", &name, &json!({ "name": name }))?;
        }
        None => list(&session, &org, args.mine, args.all).await?,
    }
    Ok(Exit::Done)
}

async fn list(session: &Session, org: &str, mine: bool, all: bool) -> Outcome<()> {
    let requests = session.client.access_requests(org, (!all).then_some("pending"), mine).await?;
    let out = &session.out;
    match out.format {
        Format::Json | Format::Yaml => out.value(&json!({ "items": requests })),
        Format::Name => requests.iter().try_for_each(|request| out.line(&request.name)),
        Format::Table if requests.is_empty() => {
            out.note("No request waits.");
            Ok(())
        }
        Format::Table => {
            let rows: Vec<Vec<String>> = requests.iter().map(row).collect();
            out.table(&["NAME", "AGE", "WHO", "ROLE", "WHERE", "STATE", "YOURS TO DECIDE", "REASON"], &rows)
        }
    }
}

fn role_word(request: &AccessRequest) -> String {
    request.role.clone().or_else(|| request.custom_role.clone()).unwrap_or_default()
}

fn row(request: &AccessRequest) -> Vec<String> {
    let state = if request.decided_by.is_empty() {
        request.state.clone()
    } else {
        format!("{} by {}", request.state, request.decided_by)
    };
    vec![
        request.name.clone(),
        age_or_dash(Some(request.created_at)),
        request.user.clone(),
        role_word(request),
        request.scope.key(),
        state,
        if request.may_decide { "yes" } else { "" }.to_owned(),
        request.reason.clone(),
    ]
}
