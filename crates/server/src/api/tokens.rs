//! One's own API tokens.

use super::{DELETE, GET, Items, POST, Shared};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::BodyOf;
use crate::state::AppState;
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;
use warpyard_model::kinds::AuditOutcome;
use warpyard_model::permission::Permission;
use warpyard_model::{Error, FieldError, Kind, Result, ScopePath};
use warpyard_store::{NewToken, Token, TokenWish};

/// A token to make.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenRequest {
    /// What its owner calls it.
    name: String,
    /// How long it lasts.
    expires_in_seconds: i64,
    /// The permissions it is limited to; all that its owner has where absent.
    #[serde(default)]
    scopes: BTreeSet<Permission>,
    /// The places it is limited to: an organization, project or workspace, such as `/acme/vision`; wherever its owner has rights
    /// where absent.
    #[serde(default)]
    #[schemars(length(max = 50))]
    places: Vec<String>,
}

/// How a token gets a new value.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rotation {
    /// How long the value before goes on working; it ends at once where absent.
    #[serde(default)]
    #[schemars(range(min = 0, max = 86400))]
    pub(super) grace_seconds: i64,
    /// How long the new value lasts; as long as the token was made for where absent.
    #[serde(default)]
    pub(super) expires_in_seconds: Option<i64>,
}

pub(super) fn declare(routes: &mut Routes) {
    let tag = "sign-in";
    routes
        .declare(GET, "/api/v1/me/tokens", "me_token_list", tag, "Your API tokens")
        .answers::<Items<Token>>(200, "The tokens.")
        .to(tokens);
    routes
        .declare(POST, "/api/v1/me/tokens", "me_token_create", tag, "Make an API token")
        .body::<TokenRequest>()
        .answers::<NewToken>(201, "The token; its secret is told once.")
        .problems(&[409])
        .to(create);
    routes
        .declare(POST, "/api/v1/me/tokens/{id}/rotate", "me_token_rotate", tag, "Give one of your tokens a new value")
        .body::<Rotation>()
        .answers::<NewToken>(200, "The new value, told once.")
        .problems(&[409])
        .to(rotate);
    routes
        .declare(DELETE, "/api/v1/me/tokens/{id}", "me_token_delete", tag, "Revoke one of your tokens")
        .answers_nothing(204, "Revoked; what it opened has ended.")
        .to(revoke);
}

/// The place of a key, if it is there and the caller has to do with it.
async fn place_of(state: &AppState, caller: &Caller, key: &str) -> Result<ScopePath, String> {
    let place = ScopePath::parse_key(key)?;
    let (kind, name, above) = match (&place.org, &place.project, &place.workspace) {
        (Some(org), Some(project), Some(workspace)) => {
            (Kind::Workspace, workspace, ScopePath::project(org.clone(), project.clone()))
        }
        (Some(org), Some(project), None) => (Kind::Project, project, ScopePath::org(org.clone())),
        (Some(org), None, _) => (Kind::Organization, org, ScopePath::platform()),
        _ => return Err("name an organization, project or workspace; leave places out for everywhere".to_owned()),
    };
    let there =
        state.policy.can_enter(&caller.principal, &place) && state.controller.resource_of(kind, &above, name).await.is_ok();
    if there { Ok(place) } else { Err(format!("there is no place {key:?}, or you have no rights there")) }
}

/// What a request asks for, its places looked up.
pub(super) async fn wish(state: &AppState, caller: &Caller, request: TokenRequest) -> Result<TokenWish> {
    let TokenRequest { name, expires_in_seconds, scopes, places } = request;
    let mut wish = TokenWish { scopes, strong: caller.who.strong, ..TokenWish::full(&name, expires_in_seconds) };
    let mut errors = Vec::new();
    for (i, key) in places.iter().enumerate() {
        match place_of(state, caller, key).await {
            Ok(place) => {
                wish.places.insert(place);
            }
            Err(message) => errors.push(FieldError::new(format!("places.{i}"), message)),
        }
    }
    if errors.is_empty() { Ok(wish) } else { Err(Error::invalid(errors)) }
}

async fn tokens(state: Shared, caller: Caller) -> Result<Json<Items<Token>>, ApiError> {
    Ok(Json(Items { items: state.store.tokens(&caller.who.user).await? }))
}

async fn create(
    state: Shared,
    caller: Caller,
    BodyOf(body): BodyOf<TokenRequest>,
) -> Result<(StatusCode, Json<NewToken>), ApiError> {
    let wish = wish(&state, &caller, body).await?;
    let token = state.store.create_token(&caller.who.user, &wish).await?;
    state.store.audit_note(&caller.context(), "", "token.create", AuditOutcome::Allowed, &token.id).await?;
    Ok((StatusCode::CREATED, Json(token)))
}

async fn rotate(
    state: Shared,
    caller: Caller,
    Path(id): Path<String>,
    BodyOf(body): BodyOf<Rotation>,
) -> Result<Json<NewToken>, ApiError> {
    let token = state.store.rotate_token(&caller.who.user, &id, body.grace_seconds, body.expires_in_seconds).await?;
    state.store.audit_note(&caller.context(), "", "token.rotate", AuditOutcome::Allowed, &id).await?;
    Ok(Json(token))
}

async fn revoke(state: Shared, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    state.store.revoke_token(&caller.who.user, &id).await?;
    state.store.audit_note(&caller.context(), "", "token.delete", AuditOutcome::Allowed, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
