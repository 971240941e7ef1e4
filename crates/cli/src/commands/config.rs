//! `warpyard config`: contexts, and what is used when nothing is said.

use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::output::Format;
use crate::settings::Config;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use warpyard_model::Name;

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show the contexts; tokens are not shown.
    View(ViewArgs),
    /// Use another context from now on.
    UseContext(UseContextArgs),
    /// Choose the organization, project or workspace to use from now on.
    Set(SetArgs),
    /// Forget a choice.
    Unset(UnsetArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard config view
  warpyard config view -o json")]
pub(crate) struct ViewArgs {}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard config use-context production")]
pub(crate) struct UseContextArgs {
    /// The context.
    name: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard config set org acme
  warpyard config set project vision
  warpyard config set workspace research")]
pub(crate) struct SetArgs {
    /// What to choose.
    #[arg(value_enum, value_name = "org|project|workspace", hide_possible_values = true)]
    what: Choice,
    /// Its name.
    name: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard config unset workspace")]
pub(crate) struct UnsetArgs {
    /// What to forget.
    #[arg(value_enum, value_name = "org|project|workspace", hide_possible_values = true)]
    what: Choice,
}

/// What can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Choice {
    /// The organization.
    Org,
    /// The project.
    Project,
    /// The workspace.
    Workspace,
}

pub(crate) fn run(command: ConfigCommand, global: &Global) -> Outcome {
    let out = global.output();
    let mut config = Config::load()?;
    match command {
        ConfigCommand::View(_) => view(&config, global)?,
        ConfigCommand::UseContext(args) => {
            if !config.contexts.contains_key(&args.name) {
                return Err(unknown(&config, &args.name));
            }
            config.current = Some(args.name.clone());
            config.save()?;
            out.result(&format!("Using context {}.", args.name), &args.name, &json!({ "context": args.name }))?;
        }
        ConfigCommand::Set(args) => {
            Name::parse(&args.name).map_err(|e| Failure::usage(format!("{:?} is not a name: {e}", args.name)))?;
            choose(&mut config, global, args.what, Some(args.name.clone()))?;
            config.save()?;
            let what = word(args.what);
            out.result(&format!("Using {what} {}.", args.name), &args.name, &json!({ what: args.name }))?;
        }
        ConfigCommand::Unset(args) => {
            choose(&mut config, global, args.what, None)?;
            config.save()?;
            let what = word(args.what);
            out.result(&format!("No {what} is chosen any more."), what, &json!({ what: null }))?;
        }
    }
    Ok(Exit::Done)
}

fn word(what: Choice) -> &'static str {
    match what {
        Choice::Org => "org",
        Choice::Project => "project",
        Choice::Workspace => "workspace",
    }
}

fn unknown(config: &Config, name: &str) -> Failure {
    let known: Vec<&str> = config.contexts.keys().map(String::as_str).collect();
    Failure::not_found(format!("there is no context {name:?}")).with_hint(if known.is_empty() {
        "`warpyard login URL` makes one".to_owned()
    } else {
        format!("there are {}", known.join(", "))
    })
}

/// Changes a choice; what lies inside the old choice is forgotten with it.
fn choose(config: &mut Config, global: &Global, what: Choice, name: Option<String>) -> Outcome<()> {
    let context = config
        .chosen(global.context.as_deref().filter(|c| !c.is_empty()))
        .ok_or_else(|| Failure::new(Exit::Forbidden, "nobody is signed in").with_hint("sign in with `warpyard login URL`"))?;
    if !config.contexts.contains_key(&context) {
        return Err(unknown(config, &context));
    }
    if let Some(context) = config.contexts.get_mut(&context) {
        let changed = match what {
            Choice::Org => std::mem::replace(&mut context.org, name.clone()) != name,
            Choice::Project => std::mem::replace(&mut context.project, name.clone()) != name,
            Choice::Workspace => std::mem::replace(&mut context.workspace, name.clone()) != name,
        };
        if changed && what == Choice::Org {
            context.project = None;
        }
        if changed && what != Choice::Workspace {
            context.workspace = None;
        }
    }
    Ok(())
}

fn view(config: &Config, global: &Global) -> Outcome<()> {
    let out = global.output();
    let current = config.chosen(global.context.as_deref().filter(|c| !c.is_empty()));
    match out.format {
        Format::Json | Format::Yaml => {
            let contexts: Vec<_> = config
                .contexts
                .iter()
                .map(|(name, c)| {
                    json!({ "name": name, "current": current.as_ref() == Some(name), "server": c.server, "user": c.user,
                        "org": c.org, "project": c.project, "workspace": c.workspace, "signed_in": c.token.is_some() })
                })
                .collect();
            out.value(&json!({ "file": Config::path()?, "contexts": contexts }))
        }
        Format::Name => config.contexts.keys().try_for_each(|name| out.line(name)),
        Format::Table if config.contexts.is_empty() => {
            out.note("There are no contexts; `warpyard login URL` makes one.");
            Ok(())
        }
        Format::Table => {
            let dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
            let rows: Vec<Vec<String>> = config
                .contexts
                .iter()
                .map(|(name, c)| {
                    let mark = if current.as_ref() == Some(name) { "*" } else { "" };
                    let user = if c.token.is_some() { dash(&c.user) } else { "(signed out)".to_owned() };
                    vec![
                        mark.to_owned(),
                        name.clone(),
                        c.server.clone(),
                        user,
                        dash(&c.org),
                        dash(&c.project),
                        dash(&c.workspace),
                    ]
                })
                .collect();
            out.table(&["", "CONTEXT", "SERVER", "USER", "ORG", "PROJECT", "WORKSPACE"], &rows)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Context;

    #[test]
    fn another_org_forgets_the_project_inside_the_old_one() {
        let context =
            Context { org: Some("acme".into()), project: Some("p".into()), workspace: Some("w".into()), ..Context::default() };
        let mut config = Config { current: Some("here".into()), contexts: [("here".to_owned(), context)].into() };
        choose(&mut config, &Global::default(), Choice::Org, Some("acme".into())).unwrap();
        assert_eq!(config.contexts["here"].workspace.as_deref(), Some("w"));
        choose(&mut config, &Global::default(), Choice::Org, Some("globex".into())).unwrap();
        assert_eq!((&config.contexts["here"].project, &config.contexts["here"].workspace), (&None, &None));
    }
}
