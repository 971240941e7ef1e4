//! What admins do for people: sign-in links and passwords.

use super::{POST, PUT, Shared};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{BodyOf, Place};
use axum::Json;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warpyard_model::kinds::{AuditOutcome, User};
use warpyard_model::{Result, Timestamp};
use warpyard_policy::action;

/// A link with which somebody sets a password and signs in, once.
#[derive(Debug, Serialize, JsonSchema)]
struct SignInLink {
    /// The link; hand it over in private.
    url: String,
    /// Until when.
    expires_at: Timestamp,
}

/// A password to set.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// At least ten characters.
    password: String,
}

pub(super) fn declare(routes: &mut Routes) {
    routes
        .declare(
            POST,
            "/api/v1/users/{name}/sign-in-link",
            "user_sign_in_link",
            "users",
            "Make a one-time sign-in link for a person",
        )
        .permission("user.set_password")
        .answers::<SignInLink>(200, "The link.")
        .to(sign_in_link);
    routes
        .declare(
            POST,
            "/api/v1/users/{name}/reset-second-factors",
            "user_reset_second_factors",
            "users",
            "Remove the second factors of a person who lost them",
        )
        .permission("user.set_password")
        .answers_nothing(204, "Removed; their sessions have ended.")
        .to(reset_second_factors);
    routes
        .declare(PUT, "/api/v1/users/{name}/password", "user_password", "users", "Set a person's password")
        .permission("user.set_password")
        .body::<NewPassword>()
        .answers_nothing(204, "Set; their sessions have ended.")
        .to(set_password);
}

async fn sign_in_link(state: Shared, caller: Caller, place: Place) -> Result<Json<SignInLink>, ApiError> {
    let name = place.name()?;
    let located = state.store.locate::<User>(&place.scope, name).await?;
    let proof = state.policy.allow::<action::SetPassword, User>(&caller.principal, located.resource())?;
    let (secret, expires_at) = state.store.sign_in_link(&proof, name).await?;
    state.store.audit_note(&caller.context(), "", "user.sign_in_link", AuditOutcome::Allowed, name.as_str()).await?;
    Ok(Json(SignInLink { url: format!("{}/welcome#token={secret}", state.settings.public_url), expires_at }))
}

async fn reset_second_factors(state: Shared, caller: Caller, place: Place) -> Result<StatusCode, ApiError> {
    let name = place.name()?;
    let located = state.store.locate::<User>(&place.scope, name).await?;
    let proof = state.policy.allow::<action::SetPassword, User>(&caller.principal, located.resource())?;
    state.store.reset_factors(&proof, &caller.context(), name).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn set_password(
    state: Shared,
    caller: Caller,
    place: Place,
    BodyOf(body): BodyOf<NewPassword>,
) -> Result<StatusCode, ApiError> {
    let name = place.name()?;
    let located = state.store.locate::<User>(&place.scope, name).await?;
    let proof = state.policy.allow::<action::SetPassword, User>(&caller.principal, located.resource())?;
    state.store.set_password(&proof, name, &body.password).await?;
    state.store.audit_note(&caller.context(), "", "user.set_password", AuditOutcome::Allowed, name.as_str()).await?;
    Ok(StatusCode::NO_CONTENT)
}
