//! A dry run of a profile: what the provider would be given, before anybody launches it.

use crate::desired::{Surroundings, rendered};
use crate::effect::sized;
use crate::form::{FormRequest, LaunchPlace, live_options, resolve_size};
use crate::lookup::AtRest;
use crate::profile::{Loaded, ProfileSpec, load};
use crate::reconcile::AppAddresses;
use serde::Serialize;
use serde_json::{Value as Json, json};
use warpyard_model::inputs::{FieldType, Mode, Resolved, Values, resolve};
use warpyard_model::kinds::{ComputeInstance, ComputeProfile, ResolvedSize, Secret, ServiceProfile, TemplateVersion};
use warpyard_model::{Error, FieldError, Name, Result, ScopePath};
use warpyard_provider::ServiceDesired;
use warpyard_store::ControllerStore;

/// What stands for a value that nobody may read.
const MASK: &str = "•••";

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// YAML.
    Yaml,
    /// Plain text.
    Text,
}

/// One thing the provider would be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct RenderedDocument {
    /// What it is.
    pub title: String,
    /// How it is written.
    pub language: Language,
    /// The document; sensitive values as `•••`.
    pub text: String,
}

/// What the provider would be given for a launch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct RenderedDocuments {
    /// The documents, the allocation first.
    pub documents: Vec<RenderedDocument>,
}

/// For whom and where a dry run is made.
pub struct Rehearsal<'a> {
    /// Where it would be launched.
    pub place: LaunchPlace<'a>,
    /// Where apps are reached.
    pub addresses: &'a AppAddresses,
    /// Who launches: name, address and title, for expressions over `user`.
    pub person: Json,
}

/// What a compute profile would hold.
pub async fn compute_documents(
    store: &ControllerStore,
    profile: &Loaded<ComputeProfile>,
    rehearsal: &Rehearsal<'_>,
    request: &FormRequest,
) -> Result<RenderedDocuments> {
    let (_, document) = allocation(store, profile, rehearsal, &request.inputs, "inputs").await?;
    Ok(RenderedDocuments { documents: vec![document] })
}

/// What a service profile would run, and what the compute instance it brings would hold.
pub async fn service_documents(
    store: &ControllerStore,
    home: &ScopePath,
    profile: &Loaded<ServiceProfile>,
    rehearsal: &Rehearsal<'_>,
    request: &FormRequest,
) -> Result<RenderedDocuments> {
    let mut documents = Vec::new();
    let LaunchPlace { org, project, workspace } = rehearsal.place;
    let workspace = workspace.cloned();
    let scope = ScopePath { org: Some(org.clone()), project: Some(project.clone()), workspace };
    let size = match (&request.compute, &profile.spec.compute.auto_create) {
        (Some(name), _) => {
            let found = store.find::<ComputeInstance>(&scope, name).await?;
            found.ok_or_else(|| Error::invalid_field("compute", format!("there is no compute instance {name}")))?.status.size
        }
        (None, Some(auto)) => {
            let compute = load::<ComputeProfile>(&mut AtRest(store), home, auto, project, None).await?;
            let (size, document) = allocation(store, &compute, rehearsal, &request.compute_inputs, "compute_inputs").await?;
            documents.push(document);
            size
        }
        (None, None) => ResolvedSize::default(),
    };
    let inputs = masked(store, profile, rehearsal, &request.inputs, "inputs").await?;
    let held = sized(&size);
    // A name that no instance can have by chance: the dry run has no uid of its own.
    let at = Surroundings {
        uid: "00000000000000000000000000000000",
        name: "preview",
        title: "Preview",
        scope: &scope,
        revision: 1,
        compute_uid: "",
        compute_name: "preview",
        allocation: &held,
        owner: rehearsal.person.clone(),
        ports: None,
    };
    let desired = rendered(&profile.template, profile.spec.access, &inputs, &at, rehearsal.addresses)?.desired;
    documents.extend(service_texts(&profile.template, &desired)?);
    Ok(RenderedDocuments { documents })
}

async fn allocation(
    store: &ControllerStore,
    profile: &Loaded<ComputeProfile>,
    rehearsal: &Rehearsal<'_>,
    given: &Values,
    prefix: &str,
) -> Result<(ResolvedSize, RenderedDocument)> {
    let inputs = masked(store, profile, rehearsal, given, prefix).await?;
    let size = resolve_size(&profile.spec, &inputs).map_err(|e| Error::invalid(vec![e]))?;
    let value = json!({
        "target": profile.spec.target,
        "target_selector": profile.spec.target_selector,
        "allocation": profile.spec.allocation,
        "size": size,
        "template": format!("{} {}", profile.spec.template.name, profile.spec.template.version),
        "inputs": inputs,
    });
    Ok((size, yaml("Allocation", &value)?))
}

/// Inputs as a launch would resolve them, with everything that nobody may read masked.
async fn masked<P: ProfileSpec>(
    store: &ControllerStore,
    profile: &Loaded<P>,
    rehearsal: &Rehearsal<'_>,
    given: &Values,
    prefix: &str,
) -> Result<Values> {
    let place = &rehearsal.place;
    let live = live_options(store, place, &profile.spec.placement(), None).await?;
    let form = profile.form(&live)?;
    let under = |errors: Vec<FieldError>| Error::invalid(errors.into_iter().map(|e| e.under(prefix)).collect());
    let Resolved { mut values, sensitive } = resolve(&form, given, Mode::Create).map_err(under)?;
    for (name, value) in &mut values {
        let secret = form.field(name).is_some_and(|f| f.field.field_type == FieldType::Secret);
        if secret {
            *value = masked_secret(store, place, value).await?;
        } else if sensitive.contains(name) {
            *value = json!(MASK);
        }
    }
    Ok(values)
}

/// A secret's entry, or all of its entries by name, masked.
async fn masked_secret(store: &ControllerStore, place: &LaunchPlace<'_>, value: &Json) -> Result<Json> {
    let reference = value.as_str().unwrap_or_default();
    if reference.contains('/') {
        return Ok(json!(MASK));
    }
    let scope = ScopePath::project(place.org.clone(), place.project.clone());
    let found = match Name::parse(reference) {
        Ok(name) => store.find::<Secret>(&scope, &name).await?,
        Err(_) => None,
    };
    let entries = found.map(|secret| secret.spec.data.keys().map(|key| (key.clone(), json!(MASK))).collect());
    Ok(Json::Object(entries.unwrap_or_default()))
}

fn yaml(title: &str, value: &Json) -> Result<RenderedDocument> {
    let text = serde_saphyr::to_string(value).map_err(Error::internal)?;
    Ok(RenderedDocument { title: title.to_owned(), language: Language::Yaml, text })
}

fn service_texts(template: &TemplateVersion, desired: &ServiceDesired) -> Result<Vec<RenderedDocument>> {
    let process = json!({
        "command": desired.command,
        "environment": desired.environment,
        "working_directory": desired.working_directory,
        "network": desired.network,
        "restart": desired.restart,
        "batch": desired.batch,
        "stop_grace_seconds": desired.stop_grace_seconds,
        "requires": desired.requires,
        "endpoints": desired.endpoints,
        "readiness": desired.readiness,
        "activity": template.activity,
    });
    let mut out = vec![yaml("Process", &process)?];
    for step in &desired.prepare {
        let value = json!({ "command": step.command, "uses": step.uses, "mounted_at": format!("/opt/warpyard/{}", step.name) });
        out.push(yaml(&format!("Prepare: {}", step.title), &value)?);
    }
    for file in &desired.files {
        out.push(RenderedDocument {
            title: format!("File: ~/{}", file.path),
            language: Language::Text,
            text: file.content.clone(),
        });
    }
    Ok(out)
}
