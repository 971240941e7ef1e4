//! `warpyard system-profile launch` and `customise`.

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::output::Format;
use crate::session::Session;
use crate::{columns, kind_word};
use clap::{Args, Subcommand};
use warpyard_client::LaunchIntoProjects;
use warpyard_model::{Level, Name};

#[derive(Debug, Subcommand)]
pub(crate) enum SystemProfileCommand {
    /// Offer a shipped profile, as it is, in projects.
    Launch(LaunchArgs),
    /// Make a draft of a shipped profile that you may change.
    #[command(alias = "customize")]
    Customise(CustomiseArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard system-profile launch jupyterlab --project vision
  warpyard system-profile launch jupyterlab --project vision --project audio
  warpyard system-profile launch gpu-large --all-projects --dry-run

The first project is the profile's home; the others get it shared. A service brings the compute profile that
it makes on launch.")]
pub(crate) struct LaunchArgs {
    /// The system profile.
    name: String,
    // The same id as the global option, so that this one stands in its place and may be given several times.
    /// A project to offer it in; may be given several times.
    #[arg(id = "project", long = "project", value_name = "NAME")]
    projects: Vec<String>,
    /// Offer it in every project, the coming ones included.
    #[arg(long)]
    all_projects: bool,
    /// Only say what would be made.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard system-profile customise jupyterlab --name team-notebook
  warpyard system-profile customise jupyterlab --name team-notebook --project vision --display-name 'Team notebook'

Change the draft with `warpyard export`, `apply`; then `warpyard profile publish`.")]
pub(crate) struct CustomiseArgs {
    /// The system profile.
    name: String,
    /// The draft's name.
    #[arg(id = "new-name", long = "name", value_name = "NAME")]
    new_name: String,
    /// What people read as its name.
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
}

pub(crate) async fn run(command: SystemProfileCommand, session: Session) -> Outcome {
    match command {
        SystemProfileCommand::Launch(args) => launch(args, session).await,
        SystemProfileCommand::Customise(args) => customise(args, session).await,
    }
}

async fn launch(args: LaunchArgs, session: Session) -> Outcome {
    let org = required(session.need(Level::Org).await?.org)?;
    let mut projects = args.projects;
    if projects.is_empty() {
        // The first project becomes the home, so one is needed even for all.
        projects.push(required(session.need(Level::Project).await?.project)?);
    }
    let into = LaunchIntoProjects { org, projects, all_projects: args.all_projects };
    let launched = session.client.launch_system_profile(&args.name, &into, args.dry_run).await?;
    let out = session.out;
    match out.format {
        Format::Json | Format::Yaml => out.value(&launched)?,
        Format::Name => {
            launched.items.iter().try_for_each(|item| out.line(format!("{}/{}", kind_word::singular(item.kind), item.name)))?;
        }
        Format::Table => {
            for item in &launched.items {
                let place = item.project.as_ref().map_or_else(String::new, |project| format!(" in {project}"));
                let dry = if args.dry_run { " (dry run)" } else { "" };
                out.line(format!("{}/{}{place} {}{dry}", kind_word::singular(item.kind), item.name, item.action))?;
            }
        }
    }
    if launched.items.iter().any(|item| item.waits) && !args.dry_run {
        out.note("note: a two-person rule holds here: somebody else publishes what you made; they were told.");
    }
    for missing in &launched.missing {
        out.note(format!("note: {missing}"));
    }
    Ok(Exit::Done)
}

async fn customise(args: CustomiseArgs, session: Session) -> Outcome {
    let scope = session.need(Level::Project).await?;
    let (org, project) = (required(scope.org)?, required(scope.project)?);
    let draft =
        session.client.customise_system_profile(&args.name, &org, &project, &args.new_name, args.display_name.as_deref()).await?;
    session
        .out
        .object(&format!("{} in /{org}/{project} is a draft; publish it when it is ready.", columns::word(&draft)), &draft)?;
    Ok(Exit::Done)
}

fn required(name: Option<Name>) -> Outcome<String> {
    name.map(String::from).ok_or_else(|| Failure::usage("which organization and project? Say --org and --project"))
}
