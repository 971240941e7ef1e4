//! The verbs, one file each.

pub(crate) mod access;
pub(crate) mod apply;
pub(crate) mod audit;
pub(crate) mod change;
pub(crate) mod completion;
pub(crate) mod config;
pub(crate) mod delete;
pub(crate) mod describe;
pub(crate) mod documents;
pub(crate) mod encryption;
pub(crate) mod events;
pub(crate) mod exec;
pub(crate) mod exit_codes;
pub(crate) mod export;
pub(crate) mod get;
pub(crate) mod input_values;
pub(crate) mod launch;
pub(crate) mod login;
pub(crate) mod logs;
pub(crate) mod notifications;
pub(crate) mod open;
pub(crate) mod operate;
pub(crate) mod org;
pub(crate) mod profile;
pub(crate) mod report;
pub(crate) mod requests;
pub(crate) mod roles;
pub(crate) mod share;
pub(crate) mod system_profile;
pub(crate) mod template;
pub(crate) mod token;
pub(crate) mod transfer;
pub(crate) mod user;
pub(crate) mod version;
pub(crate) mod whoami;

use crate::arguments::{Cli, Command};
use crate::failure::Outcome;
use crate::session::Session;

/// Runs a verb.
pub(crate) async fn run(cli: Cli) -> Outcome {
    let Cli { global, command } = cli;
    let session = || Session::open(&global);
    match command {
        Command::Serve(args) => crate::serve::run(args).await,
        Command::Login(args) => login::login(args, &global).await,
        Command::Logout(args) => login::logout(args, &global).await,
        Command::Whoami(args) => whoami::run(args, session()?).await,
        Command::Get(args) => get::run(args, session()?).await,
        Command::Describe(args) => describe::run(args, session()?).await,
        Command::Apply(args) => apply::apply(args, session()?).await,
        Command::Diff(args) => apply::diff(args, session()?).await,
        Command::Export(args) => export::run(args, session()?).await,
        Command::Delete(args) => delete::run(args, session()?).await,
        Command::Launch(args) => launch::run(args, session()?).await,
        Command::Logs(args) => logs::run(args, session()?).await,
        Command::Open(args) => open::run(args, session()?).await,
        Command::Exec(args) => exec::run(args, session()?).await,
        Command::Stop(args) => operate::run(operate::Action::Stop, args, session()?).await,
        Command::Start(args) => operate::run(operate::Action::Start, args, session()?).await,
        Command::Retry(args) => operate::run(operate::Action::Retry, args, session()?).await,
        Command::Change(args) => change::change(args, session()?).await,
        Command::Upgrade(args) => change::upgrade(args, session()?).await,
        Command::Share(args) => share::run(args, session()?).await,
        Command::Transfer(args) => transfer::run(args, session()?).await,
        Command::Events(args) => events::run(args, session()?).await,
        Command::Notifications(args) => notifications::run(args, session()?).await,
        Command::Profile(profile::ProfileCommand::Import(args)) => template::import::profile(args, &global),
        Command::Template(command) => template::run(command, &global),
        Command::Profile(command) => profile::run(command, session()?).await,
        Command::SystemProfile(command) => system_profile::run(command, session()?).await,
        Command::User(command) => user::run(command, session()?).await,
        Command::Org(command) => org::run(command, session()?).await,
        Command::Admin(command) => crate::serve::admin(command, &global).await,
        Command::Token(command) => token::run(command, session()?).await,
        Command::Access(args) => access::run(args, session()?).await,
        Command::RequestAccess(args) => requests::ask(args, session()?).await,
        Command::Requests(args) => requests::run(args, session()?).await,
        Command::Report(command) => report::run(command, session()?).await,
        Command::Roles(args) => roles::run(args, session()?).await,
        Command::Audit(audit::AuditArgs { command: Some(audit::AuditCommand::Verify(args)), .. }) if args.file.is_some() => {
            audit::offline(&args, global.output())
        }
        Command::Audit(args) => audit::run(args, session()?).await,
        Command::Encryption(args) => encryption::run(args, session()?).await,
        Command::Config(command) => config::run(command, &global),
        Command::Completion(args) => completion::run(args, global.output()),
        Command::Version(args) => version::run(args, &global).await,
        Command::ExitCodes => exit_codes::run(global.output()),
    }
}

/// Parses `45s`, `30m`, `2h`, `30d` for options that take a duration.
pub(crate) fn parse_duration(text: &str) -> Result<std::time::Duration, String> {
    warpyard_model::units::parse_duration(text).map(std::time::Duration::from_secs)
}
