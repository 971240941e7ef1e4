//! `warpyard export`: documents that can be applied again, here or elsewhere.

use super::documents::ORDER;
use super::get::{list, target};
use crate::columns;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::kind_word;
use crate::output::{self, Format};
use crate::place::is_refusal;
use crate::session::Session;
use clap::Args;
use std::path::{Path, PathBuf};
use warpyard_client::{AnyObject, ListQuery};
use warpyard_model::{Kind, ScopePath};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard export service-profiles                     all of the project in use
  warpyard export service-profile jupyterlab vscode
  warpyard export --all --org acme -d backup/          one file per object
  warpyard export --org acme --to acme/                templates, icons and profiles, to apply on another installation

What the server sets and status are left out. Values of secrets are never given out: applied to the same
server they stay as they are, elsewhere they have to be written in. With --to secrets are left out and listed.")]
pub(crate) struct ExportArgs {
    /// The kind, or KIND/NAME.
    #[arg(required_unless_present_any = ["all", "to"])]
    kind: Option<String>,
    /// Only these.
    names: Vec<String>,
    /// Every kind.
    #[arg(long, conflicts_with = "kind")]
    all: bool,
    /// Write one file per object into this folder.
    #[arg(short, long, value_name = "DIR")]
    directory: Option<PathBuf>,
    /// Write the projects, templates, icons and profiles of the organization into this folder.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["kind", "all", "directory"])]
    to: Option<PathBuf>,
}

pub(crate) async fn run(args: ExportArgs, session: Session) -> Outcome {
    if let Some(folder) = &args.to {
        return catalogue(folder, &session).await;
    }
    let mut objects = Vec::new();
    match &args.kind {
        None => objects = everything(&session, ORDER).await?,
        Some(word) => {
            let (kind, first) = target(word, None)?;
            let names: Vec<String> = first.into_iter().chain(args.names.iter().cloned()).collect();
            if kind == Kind::SystemProfile {
                return Err(Failure::usage("system profiles are shipped and cannot be applied")
                    .with_hint("make one yours with `warpyard system-profile customise`, then export that"));
            }
            if names.is_empty() {
                objects.extend(list(&session, kind, false, &by_name()).await?.0);
            }
            for name in &names {
                objects.push(session.find(kind, name).await?);
            }
        }
    }
    if objects.iter().any(|object| object.kind() == Some(Kind::Secret)) {
        session.out.note("note: secrets are written without their values");
    }
    let documents: Vec<AnyObject> = objects.iter().map(AnyObject::document).collect();
    let out = session.out;
    match &args.directory {
        Some(directory) => {
            for document in &documents {
                let path = directory.join(file_name(document));
                write(&path, &output::yaml(document)?)?;
                if out.for_people() {
                    out.line(path.display().to_string())?;
                }
            }
            match out.format {
                Format::Table => {}
                Format::Name => documents.iter().try_for_each(|d| out.line(columns::word(d)))?,
                Format::Json | Format::Yaml => out.value(&serde_json::json!({ "items": documents }))?,
            }
        }
        None => match out.format {
            Format::Json => out.value(&serde_json::json!({ "items": documents }))?,
            Format::Name => documents.iter().try_for_each(|d| out.line(columns::word(d)))?,
            Format::Yaml | Format::Table => out.stream(&documents)?,
        },
    }
    Ok(Exit::Done)
}

/// What a catalogue is made of: it means the same on another installation, where nobody knows our instances and people.
const CATALOGUE: &[Kind] = &[Kind::Icon, Kind::EnvironmentTemplate, Kind::Project, Kind::ComputeProfile, Kind::ServiceProfile];

/// The templates, icons and profiles of an organization, with its projects; secrets are only named.
async fn catalogue(folder: &Path, session: &Session) -> Outcome {
    let Some(org) = &session.scope.org else {
        return Err(Failure::usage("an organization is needed; say --org NAME"));
    };
    let objects = everything(session, CATALOGUE).await?;
    let objects: Vec<AnyObject> = objects.iter().map(AnyObject::document).collect();
    let secrets = everything(session, &[Kind::Secret]).await?;
    let out = session.out;
    for document in &objects {
        let path = folder.join(file_name(document));
        write(&path, &output::yaml(document)?)?;
        if out.for_people() {
            out.line(path.display().to_string())?;
        }
    }
    let secrets: Vec<String> = secrets
        .iter()
        .map(|secret| {
            let place = secret.scope();
            format!("{}/{}", place.key().trim_matches('/'), secret.name())
        })
        .collect();
    for secret in &secrets {
        out.note(format!("note: the secret {secret} is left out; make it there before profiles need it"));
    }
    if !objects.iter().any(|object| object.kind() == Some(Kind::Project)) {
        out.note(format!("note: nothing of the organization {org} may be seen here"));
    }
    match out.format {
        Format::Table => out.note("note: profiles are drafts where they are applied; publish them there"),
        Format::Name => objects.iter().try_for_each(|d| out.line(columns::word(d)))?,
        Format::Json | Format::Yaml => out.value(&serde_json::json!({ "items": objects, "secrets": secrets }))?,
    }
    Ok(Exit::Done)
}

fn by_name() -> ListQuery {
    ListQuery { sort: Some("name".to_owned()), ..ListQuery::default() }
}

/// Every object the person may see in the scope in use, in the order in which they need each other.
async fn everything(session: &Session, kinds: &[Kind]) -> Outcome<Vec<AnyObject>> {
    let scope = &session.scope;
    let mut objects = Vec::new();
    for kind in kinds {
        match session.client.list_everywhere(*kind, scope, &by_name()).await {
            Ok(found) => objects.extend(found.into_iter().filter(|object| belongs(object, scope))),
            Err(error) if is_refusal(error.code) => {
                session.out.note(format!("note: {} are left out: {error}", kind_word::plural_words(*kind)));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(objects)
}

/// Whether an object lives in the scope or is what the scope is named after; shipped templates belong to nobody's export.
fn belongs(object: &AnyObject, scope: &ScopePath) -> bool {
    let shipped = object.kind() == Some(Kind::EnvironmentTemplate) && object.scope().org.is_none();
    let own_scope = object.scope();
    let named_after = |kind, name: &Option<warpyard_model::Name>| {
        object.kind() == Some(kind) && name.as_ref().is_some_and(|n| n.as_str() == object.name())
    };
    !shipped
        && (scope.contains(&own_scope)
            || named_after(Kind::Organization, &scope.org)
            || (own_scope.org == scope.org && named_after(Kind::Project, &scope.project))
            || (own_scope.project == scope.project && named_after(Kind::Workspace, &scope.workspace)))
}

/// `acme/vision/research/service-instance-nb-1.yaml`.
fn file_name(document: &AnyObject) -> PathBuf {
    let scope = document.scope();
    let mut path = PathBuf::new();
    for part in [&scope.org, &scope.project, &scope.workspace].into_iter().flatten() {
        path.push(part.as_str());
    }
    path.join(format!("{}.yaml", columns::word(document).replace('/', "-")))
}

fn write(path: &Path, text: &str) -> Outcome<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|e| Failure::file("make", folder, &e))?;
    }
    std::fs::write(path, text).map_err(|e| Failure::file("write", path, &e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use warpyard_model::Name;

    #[test]
    fn an_export_holds_what_belongs_to_the_scope() {
        let name = |text| Name::parse(text).unwrap();
        let scope = ScopePath::project(name("acme"), name("vision"));
        let object = |value| AnyObject(value);
        assert!(belongs(&object(json!({"kind": "Organization", "metadata": {"name": "acme"}})), &scope));
        assert!(!belongs(&object(json!({"kind": "Organization", "metadata": {"name": "globex"}})), &scope));
        assert!(belongs(&object(json!({"kind": "Project", "metadata": {"name": "vision", "org": "acme"}})), &scope));
        assert!(!belongs(
            &object(json!({"kind": "EnvironmentTemplate", "metadata": {"name": "shipped"}})),
            &ScopePath::platform()
        ));
        let instance = object(json!({"kind": "ServiceInstance",
            "metadata": {"name": "nb-1", "org": "acme", "project": "vision", "workspace": "research"}}));
        assert!(belongs(&instance, &scope));
        assert_eq!(file_name(&instance), PathBuf::from("acme/vision/research/service-instance-nb-1.yaml"));
    }
}
