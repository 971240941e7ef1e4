//! The command line: global options and the list of verbs. Each verb's own arguments live in its file.

use crate::commands;
use crate::output::{Format, Output};
use clap::{Args, Parser, Subcommand};

/// Launch and manage GPU environments.
#[derive(Debug, Parser)]
#[command(
    name = "warpyard",
    version,
    disable_help_subcommand = false,
    after_help = "First steps:
  warpyard login https://warpyard.example.com      sign in
  warpyard launch jupyterlab --wait                launch from the catalogue
  warpyard open jupyterlab-abcd                    open it in the browser

`warpyard help exit-codes` lists what exit codes mean."
)]
pub(crate) struct Cli {
    /// Options of every verb.
    #[command(flatten)]
    pub(crate) global: Global,
    /// The verb.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every verb.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Options of every verb")]
pub(crate) struct Global {
    /// The organization.
    #[arg(long, global = true, value_name = "NAME", env = "WARPYARD_ORG", hide_env_values = true)]
    pub(crate) org: Option<String>,
    /// The project.
    #[arg(long, global = true, value_name = "NAME", env = "WARPYARD_PROJECT", hide_env_values = true)]
    pub(crate) project: Option<String>,
    /// The workspace.
    #[arg(long, global = true, value_name = "NAME", env = "WARPYARD_WORKSPACE", hide_env_values = true)]
    pub(crate) workspace: Option<String>,
    /// The server's address.
    #[arg(long, global = true, value_name = "URL", env = "WARPYARD_URL", hide_env_values = true)]
    pub(crate) server: Option<String>,
    /// A file that holds an API token; WARPYARD_TOKEN may hold the token itself.
    #[arg(long, global = true, value_name = "FILE", env = "WARPYARD_TOKEN_FILE", hide_env_values = true)]
    pub(crate) token_file: Option<String>,
    /// The context of the configuration file.
    #[arg(long, global = true, value_name = "NAME", env = "WARPYARD_CONTEXT", hide_env_values = true)]
    pub(crate) context: Option<String>,
    /// The format of the result.
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true,
        value_name = "table|json|yaml|name"
    )]
    pub(crate) output: Format,
    /// Tables without a heading.
    #[arg(long, global = true)]
    pub(crate) no_headers: bool,
    /// With errors, tell the request id.
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

impl Global {
    /// Where results go.
    pub(crate) fn output(&self) -> Output {
        Output { format: self.output, headers: !self.no_headers }
    }
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server.
    Serve(crate::serve::ServeArgs),
    /// Sign in to a server.
    Login(commands::login::LoginArgs),
    /// Sign out: revoke the token and forget it.
    Logout(commands::login::LogoutArgs),
    /// Show who is signed in and with which roles.
    Whoami(commands::whoami::WhoamiArgs),
    /// List objects or show one.
    Get(commands::get::GetArgs),
    /// Show everything about one object: spec, conditions, steps, events.
    Describe(commands::describe::DescribeArgs),
    /// Make and change objects from files.
    Apply(commands::apply::ApplyArgs),
    /// Show what applying files would change.
    Diff(commands::apply::DiffArgs),
    /// Write objects as files to apply again.
    Export(commands::export::ExportArgs),
    /// Delete objects.
    Delete(commands::delete::DeleteArgs),
    /// Launch a profile from the catalogue.
    Launch(commands::launch::LaunchArgs),
    /// Show the logs of a service.
    Logs(commands::logs::LogsArgs),
    /// Open an endpoint of a service in the browser.
    Open(commands::open::OpenArgs),
    /// Run a command in a service.
    Exec(commands::exec::ExecArgs),
    /// Stop an instance; its home is kept.
    Stop(commands::operate::OperateArgs),
    /// Start a stopped instance.
    Start(commands::operate::OperateArgs),
    /// Try a failed instance again.
    Retry(commands::operate::OperateArgs),
    /// Change the inputs of an instance, after showing what that does.
    Change(commands::change::ChangeArgs),
    /// Move an instance to the published version of its profile.
    Upgrade(commands::change::UpgradeArgs),
    /// Say who may open an endpoint of a service, or show it.
    Share(commands::share::ShareArgs),
    /// Give an instance to somebody else.
    Transfer(commands::transfer::TransferArgs),
    /// Show what happened to an instance or target.
    Events(commands::events::EventsArgs),
    /// Show what you were told.
    Notifications(commands::notifications::NotificationsArgs),
    /// Compute and service profiles: versions, what they mean, publishing, import.
    #[command(subcommand)]
    Profile(commands::profile::ProfileCommand),
    /// Import environment templates, and test them without a server.
    #[command(subcommand)]
    Template(commands::template::TemplateCommand),
    /// Offer shipped profiles in projects, or customise them.
    #[command(subcommand)]
    SystemProfile(commands::system_profile::SystemProfileCommand),
    /// Make people and let them sign in.
    #[command(subcommand)]
    User(commands::user::UserCommand),
    /// Suspend organizations and let them go on.
    #[command(subcommand)]
    Org(commands::org::OrgCommand),
    /// On the server's own machine: help somebody who can no longer sign in.
    #[command(subcommand)]
    Admin(crate::serve::AdminCommand),
    /// Your own API tokens.
    #[command(subcommand)]
    Token(commands::token::TokenCommand),
    /// Show what somebody may do and why, or who may do something.
    Access(commands::access::AccessArgs),
    /// Ask for a role in an organization, project or workspace, for yourself.
    RequestAccess(commands::requests::RequestAccessArgs),
    /// Show who asks for access, and approve or deny it.
    Requests(commands::requests::RequestsArgs),
    /// Reports for whoever answers for an organization.
    #[command(subcommand)]
    Report(commands::report::ReportCommand),
    /// Show what each built-in role may do.
    Roles(commands::roles::RolesArgs),
    /// Show who did what, when.
    Audit(commands::audit::AuditArgs),
    /// How sealed values are kept; rotate the master key.
    Encryption(commands::encryption::EncryptionArgs),
    /// Contexts, and the organization, project and workspace to use.
    #[command(subcommand)]
    Config(commands::config::ConfigCommand),
    /// Write a script that completes commands in your shell.
    Completion(commands::completion::CompletionArgs),
    /// Show versions.
    Version(commands::version::VersionArgs),
    /// List what exit codes mean.
    #[command(name = "exit-codes", hide = true, about = commands::exit_codes::text(), help_template = "{about-with-newline}")]
    ExitCodes,
}
