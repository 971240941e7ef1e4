//! Files: several documents in one transaction.

use super::{POST, Shared, Writing};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{QueryOf, read_body};
use axum::Json;
use axum::body::Body;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warpyard_controller::admission::{Admission, Admit, Applied, apply as apply_one};
use warpyard_model::document::{self, Document};
use warpyard_model::kinds::{
    ComputeInstance, ComputeProfile, CustomRole, EnvironmentTemplate, Group, Icon, IdentityProvider, Organization, Project,
    RoleBinding, Secret, ServiceAccount, ServiceInstance, ServiceProfile, Target, User, Workspace,
};
use warpyard_model::{Error, Kind, Level, Name, Object, Result, ScopePath};

/// How documents are applied.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct ApplyParameters {
    /// Check everything, answer as if it were done, change nothing.
    #[serde(default)]
    dry_run: bool,
    /// The organization of documents that name none.
    #[serde(default)]
    org: Option<Name>,
    /// The project of documents that name none.
    #[serde(default)]
    project: Option<Name>,
    /// The workspace of documents that name none.
    #[serde(default)]
    workspace: Option<Name>,
}

/// What applying one document did.
#[derive(Debug, Serialize, JsonSchema)]
struct AppliedDocument {
    kind: Kind,
    scope: ScopePath,
    name: Name,
    action: Applied,
    /// Lines that change, in unified form, when it was or would be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<String>,
}

/// What applying did, in the order of the documents.
#[derive(Debug, Serialize, JsonSchema)]
struct AppliedDocuments {
    items: Vec<AppliedDocument>,
}

pub(super) fn declare(routes: &mut Routes) {
    routes
        .declare(
            POST,
            "/api/v1/apply",
            "document_apply",
            "files",
            "Create or change what documents describe; all of it or nothing",
        )
        .query::<ApplyParameters>()
        .body_as::<String>("application/yaml")
        .answers::<AppliedDocuments>(200, "What was done.")
        .problems(&[409, 412])
        .to(apply);
}

async fn apply(
    state: Shared,
    caller: Caller,
    QueryOf(parameters): QueryOf<ApplyParameters>,
    body: Body,
) -> Result<Json<AppliedDocuments>, ApiError> {
    let bytes = read_body(body).await?;
    // Parsing megabytes takes long enough to keep other requests waiting.
    let parsed = tokio::task::spawn_blocking(move || {
        let text = std::str::from_utf8(&bytes).map_err(|_| Error::invalid_field("", "The body is not UTF-8 text."))?;
        document::parse(text)
    });
    let documents = parsed.await.map_err(|error| Error::internal(format!("the parser ended: {error}")))??;
    if documents.is_empty() {
        return Err(Error::invalid_field("", "There is no document in the body.").into());
    }
    let several = documents.len() > 1;
    let mut writing = Writing::begin(&state, caller.context()).await?;
    let mut items = Vec::new();
    let mut admission = writing.admission(&state, &caller);
    for (i, mut document) in documents.into_iter().enumerate() {
        document.scope = complete(document.kind, document.scope, &parameters);
        let number = i + 1;
        let item =
            dispatch(&mut admission, document).await.map_err(|error| if several { numbered(error, number) } else { error })?;
        items.push(item);
    }
    writing.end(parameters.dry_run).await?;
    Ok(Json(AppliedDocuments { items }))
}

/// Fills in what a document leaves out of its scope, down to the lowest level its kind lives at.
fn complete(kind: Kind, scope: ScopePath, parameters: &ApplyParameters) -> ScopePath {
    let lowest = kind.levels().iter().max().copied().unwrap_or(Level::Platform);
    // A kind that lives at several levels means the one its document names.
    let wanted = if kind.levels().len() > 1 { scope.level() } else { lowest };
    ScopePath {
        org: if wanted >= Level::Org { scope.org.or_else(|| parameters.org.clone()) } else { scope.org },
        project: if wanted >= Level::Project { scope.project.or_else(|| parameters.project.clone()) } else { scope.project },
        workspace: if wanted >= Level::Workspace {
            scope.workspace.or_else(|| parameters.workspace.clone())
        } else {
            scope.workspace
        },
    }
}

fn numbered(mut error: Error, number: usize) -> Error {
    let at = format!("document {number}");
    error.fields = error.fields.into_iter().map(|f| f.under(&at)).collect();
    error.message = format!("{at}: {}", error.message);
    error
}

async fn dispatch(admission: &mut Admission<'_>, document: Document) -> Result<AppliedDocument> {
    match document.kind {
        Kind::Organization => one::<Organization>(admission, document).await,
        Kind::User => one::<User>(admission, document).await,
        Kind::Target => one::<Target>(admission, document).await,
        Kind::SystemProfile => Err(Error::invalid_field("kind", "system profiles are shipped with Warpyard and read-only")),
        Kind::RoleBinding => one::<RoleBinding>(admission, document).await,
        Kind::ServiceAccount => one::<ServiceAccount>(admission, document).await,
        Kind::Group => one::<Group>(admission, document).await,
        Kind::CustomRole => one::<CustomRole>(admission, document).await,
        Kind::IdentityProvider => one::<IdentityProvider>(admission, document).await,
        Kind::Icon => one::<Icon>(admission, document).await,
        Kind::EnvironmentTemplate => one::<EnvironmentTemplate>(admission, document).await,
        Kind::Project => one::<Project>(admission, document).await,
        Kind::Secret => one::<Secret>(admission, document).await,
        Kind::ComputeProfile => one::<ComputeProfile>(admission, document).await,
        Kind::ServiceProfile => one::<ServiceProfile>(admission, document).await,
        Kind::Workspace => one::<Workspace>(admission, document).await,
        Kind::ComputeInstance => one::<ComputeInstance>(admission, document).await,
        Kind::ServiceInstance => one::<ServiceInstance>(admission, document).await,
    }
}

async fn one<S: Admit>(admission: &mut Admission<'_>, document: Document) -> Result<AppliedDocument> {
    let Document { kind, scope, metadata, spec } = document;
    let name = metadata.name.clone();
    let (action, after, before) = apply_one::<S>(admission, &scope, metadata, spec).await?;
    // All or nothing: what waits for a second person is asked for by itself.
    if let Some(error) = admission.waits.take() {
        return Err(error);
    }
    let diff = match (&before, action) {
        (Some(before), Applied::Updated) => Some(diff(before, &after)?),
        _ => None,
    };
    Ok(AppliedDocument { kind, scope, name, action, diff })
}

/// A unified diff of what people wrote of an object.
fn diff<S: Admit>(before: &Object<S>, after: &Object<S>) -> Result<String> {
    let text = |object: &Object<S>| -> Result<String> {
        let value = serde_json::json!({
            "metadata": {
                "display_name": object.metadata.display_name,
                "description": object.metadata.description,
                "labels": object.metadata.labels
            },
            "spec": serde_json::to_value(&object.spec).map_err(Error::internal)?
        });
        serde_saphyr::to_string(&value).map_err(Error::internal)
    };
    let (old, new) = (text(before)?, text(after)?);
    Ok(similar::TextDiff::from_lines(&old, &new).unified_diff().context_radius(3).header("stored", "wanted").to_string())
}
