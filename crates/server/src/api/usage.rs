//! What uses a secret.

use super::kinds::item;
use super::{GET, Shared, seen};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::Place;
use axum::Json;
use schemars::JsonSchema;
use serde::Serialize;
use warpyard_model::kinds::Secret;
use warpyard_model::{Kind, Level, Name, Result, ScopePath};
use warpyard_policy::action;

/// Something that uses a secret.
#[derive(Debug, Serialize, JsonSchema)]
struct UsedBy {
    kind: Kind,
    /// Where it lives.
    scope: ScopePath,
    name: Name,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    owner: String,
    /// In which field, such as `spec.inputs.credentials`.
    field: String,
}

/// Everything that uses a secret.
#[derive(Debug, Serialize, JsonSchema)]
struct SecretUsage {
    /// What the caller may see, 500 at most.
    items: Vec<UsedBy>,
    /// How many more use it that the caller may not see.
    hidden: usize,
}

pub(super) fn declare(routes: &mut Routes) {
    routes
        .declare(
            GET,
            &format!("{}/usage", item(Kind::Secret, Level::Project)),
            "secret_usage",
            Kind::Secret.plural(),
            "What uses a secret",
        )
        .permission("secret.view")
        .answers::<SecretUsage>(200, "What refers to it; as long as anything does, it cannot be deleted.")
        .to(usage);
}

async fn usage(state: Shared, caller: Caller, place: Place) -> Result<Json<SecretUsage>, ApiError> {
    let (_, proof) = seen::<action::View, Secret>(&state, &caller, &place).await?;
    let all = state.store.referrers(&proof).await?;
    let viewer = caller.viewer(&state);
    let (seen, hidden): (Vec<_>, Vec<_>) = all.into_iter().partition(|used| viewer.sees(&used.resource));
    let used = seen.into_iter().map(|used| UsedBy {
        kind: used.kind,
        scope: used.scope,
        name: used.name,
        owner: used.owner,
        field: used.field,
    });
    Ok(Json(SecretUsage { items: used.collect(), hidden: hidden.len() }))
}
