//! `warpyard share`: say who may open an endpoint of a service, or show it.

use super::open::choose;
use crate::columns;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::output::Format;
use crate::session::Session;
use clap::Args;
use serde_json::{Value, json};
use warpyard_client::AnyObject;
use warpyard_model::Kind;
use warpyard_model::kinds::ServiceInstance;
use warpyard_model::meta::NewMetadata;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard share nb-1
  warpyard share nb-1 --with workspace
  warpyard share nb-1 tensorboard --with owner")]
pub(crate) struct ShareArgs {
    /// The service instance.
    name: String,
    /// The endpoint; needed when there are several.
    endpoint: Option<String>,
    /// Who may open it; the template and the profile say how far that may go. Shows who may where absent.
    #[arg(long, value_enum, value_name = "owner|workspace|project", hide_possible_values = true)]
    with: Option<Audience>,
}

/// Who may open an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Audience {
    /// Its owner alone.
    Owner,
    /// Everybody in the workspace.
    Workspace,
    /// Everybody in the project.
    Project,
}

impl Audience {
    fn word(self) -> &'static str {
        match self {
            Audience::Owner => "owner",
            Audience::Workspace => "workspace",
            Audience::Project => "project",
        }
    }
}

pub(crate) async fn run(args: ShareArgs, session: Session) -> Outcome {
    let service = session.find_service(&args.name).await?;
    let Some(with) = args.with else { return show(&service, &session) };
    let endpoint = choose(&service, args.endpoint.as_deref())?;
    let object = service.typed::<ServiceInstance>()?;
    let metadata = NewMetadata {
        name: object.metadata.name.clone(),
        display_name: object.metadata.display_name.clone(),
        description: object.metadata.description.clone(),
        labels: object.metadata.labels.clone(),
    };
    // The spec as it came: what a newer server knows beside what this program knows stays.
    let mut spec = service.0["spec"].clone();
    spec["access"][endpoint.as_str()] = json!(with.word());
    let version = Some(service.resource_version());
    let answer = session.client.update(Kind::ServiceInstance, &service.scope(), &metadata, &spec, version).await?;
    let sentence = match with {
        Audience::Owner => format!("Only its owner may open {endpoint} of {}.", columns::word(&answer)),
        _ => format!("Everybody in the {} may open {endpoint} of {}.", with.word(), columns::word(&answer)),
    };
    session.out.object(&sentence, &answer)?;
    Ok(Exit::Done)
}

fn show(service: &AnyObject, session: &Session) -> Outcome {
    let endpoints = service.array("/status/endpoints");
    let of = |endpoint: &Value, key: &str| endpoint[key].as_str().unwrap_or_default().to_owned();
    let out = session.out;
    match out.format {
        Format::Json | Format::Yaml => out.value(&json!({ "items": endpoints }))?,
        Format::Name => endpoints.iter().try_for_each(|e| out.line(of(e, "name")))?,
        Format::Table if endpoints.is_empty() => out.note(format!("{} has no endpoints.", service.name())),
        Format::Table => {
            let rows: Vec<Vec<String>> =
                endpoints.iter().map(|e| vec![of(e, "name"), of(e, "access"), of(e, "share"), of(e, "url")]).collect();
            out.table(&["ENDPOINT", "OPEN TO", "AT MOST", "ADDRESS"], &rows)?;
        }
    }
    Ok(Exit::Done)
}
