//! What other systems wrote, as drafts with a report. Nothing is stored, fetched or run.

use super::{POST, Shared};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{Place, QueryOf, read_body, read_body_up_to};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use schemars::JsonSchema;
use serde::Deserialize;
use warpyard_import::archive::{self, MAX_FILES, MAX_PACKED_BYTES};
use warpyard_import::rafay::{self, ImportedProfile};
use warpyard_import::tofu::{self, ModuleImport};
use warpyard_model::kinds::{ComputeProfile, EnvironmentTemplate, ServiceProfile};
use warpyard_model::permission::Subject;
use warpyard_model::{Error, FieldError, Kind, Name, Result};
use warpyard_policy::{Resource, action};

/// Whose module it is.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ModuleKind {
    /// OpenTofu or Terraform.
    #[default]
    Tofu,
}

/// How a module is imported.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct ModuleParameters {
    /// Whose module it is.
    #[serde(default)]
    kind: ModuleKind,
    /// The folder that is the module, when there are several.
    #[serde(default)]
    folder: Option<String>,
    /// The name of the template; the folder's where absent.
    #[serde(default)]
    name: Option<Name>,
}

/// Whose profile it is.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ProfileSource {
    /// Rafay, `paas.envmgmt.io/v1`.
    #[default]
    Rafay,
}

/// How a profile is imported.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct ProfileParameters {
    /// Whose profile it is.
    #[serde(default)]
    kind: ProfileSource,
}

/// A module as files, for consoles that let people choose a folder.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ModuleFiles {
    /// The files; those that OpenTofu does not read are ignored.
    #[schemars(length(max = MAX_FILES))]
    files: Vec<ModuleFile>,
}

/// One file of a module.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ModuleFile {
    /// Its path, with slashes.
    path: String,
    /// What is in it.
    content: String,
}

pub(super) fn declare(routes: &mut Routes) {
    routes
        .declare(
            POST,
            "/api/v1/orgs/{org}/environment-templates/import",
            "environment_template_import",
            "environment-templates",
            "A template draft from an OpenTofu module; nothing is stored",
        )
        .permission("environment_template.create")
        .query::<ModuleParameters>()
        .body::<ModuleFiles>()
        .body_of_bytes("application/zip")
        .body_of_bytes("application/gzip")
        .answers::<ModuleImport>(200, "The draft, and what became of each part of the module.")
        .to(module);
    routes
        .declare(
            POST,
            "/api/v1/orgs/{org}/projects/{project}/profiles/import",
            "compute_profile_import",
            "compute-profiles",
            "A profile draft from another system's document; nothing is stored",
        )
        .permission("compute_profile.create")
        .query::<ProfileParameters>()
        .body_as::<String>("application/yaml")
        .answers::<ImportedProfile>(200, "The drafts, and what became of each part of the document.")
        .to(profile);
}

async fn module(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(parameters): QueryOf<ModuleParameters>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<ModuleImport>, ApiError> {
    let ModuleKind::Tofu = parameters.kind;
    let here = Resource::place(Subject::Kind(Kind::EnvironmentTemplate), &place.scope);
    state.policy.allow::<action::Create, EnvironmentTemplate>(&caller.principal, &here)?;
    let bytes = read_body_up_to(body, MAX_PACKED_BYTES).await?;
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let as_files = media.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"));
    let import = aside(move || {
        let unpacked = if as_files { archive::collect(files_of(&bytes)?) } else { archive::unpack(&bytes) }?;
        tofu::template_of(&unpacked, parameters.folder.as_deref(), parameters.name)
    });
    Ok(Json(import.await?))
}

fn files_of(bytes: &Bytes) -> Result<Vec<(String, String)>, FieldError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let module: ModuleFiles = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        FieldError::new(if path == "." { String::new() } else { path }, error.inner().to_string())
    })?;
    Ok(module.files.into_iter().map(|file| (file.path, file.content)).collect())
}

async fn profile(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(parameters): QueryOf<ProfileParameters>,
    body: Body,
) -> Result<Json<ImportedProfile>, ApiError> {
    let ProfileSource::Rafay = parameters.kind;
    let compute = Resource::place(Subject::Kind(Kind::ComputeProfile), &place.scope);
    state.policy.allow::<action::Create, ComputeProfile>(&caller.principal, &compute)?;
    let bytes = read_body(body).await?;
    let import = aside(move || {
        let text = std::str::from_utf8(&bytes).map_err(|_| FieldError::new("", "The body is not UTF-8 text."))?;
        rafay::profile_of(text)
    });
    let import = import.await?;
    if import.kind == Kind::ServiceProfile {
        let service = Resource::place(Subject::Kind(Kind::ServiceProfile), &place.scope);
        state.policy.allow::<action::Create, ServiceProfile>(&caller.principal, &service)?;
    }
    Ok(Json(import))
}

/// Unpacking and parsing take long enough to keep other requests waiting.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T, FieldError> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| Error::internal(format!("the import ended: {error}")))?;
    done.map_err(|error| Error::invalid(vec![error]))
}
