//! API tokens: one's own, and those of service accounts.

use super::kinds::item;
use super::{DELETE, GET, Items, POST, Shared};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{BodyOf, DryRun, Place, QueryOf};
use crate::state::AppState;
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use warpyard_model::kinds::{AuditOutcome, ServiceAccount};
use warpyard_model::permission::Permission;
use warpyard_model::{Error, FieldError, Kind, Level, Name, Result, ScopePath};
use warpyard_policy::{Action, action};
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
    declare_of_accounts(routes);
}

fn declare_of_accounts(routes: &mut Routes) {
    let tag = Kind::ServiceAccount.plural();
    let path = format!("{}/tokens", item(Kind::ServiceAccount, Level::Org));
    routes
        .declare(GET, &path, "service_account_token_list", tag, "The API tokens of a service account")
        .permission("service_account.view")
        .answers::<Items<Token>>(200, "The tokens.")
        .to(account_tokens);
    routes
        .declare(POST, &path, "service_account_token_create", tag, "Make an API token for a service account")
        .permission("service_account.update")
        .body::<TokenRequest>()
        .answers::<NewToken>(201, "The token; its secret is told once.")
        .problems(&[409])
        .to(create_for_account);
    routes
        .declare(
            POST,
            &format!("{path}/{{id}}/rotate"),
            "service_account_token_rotate",
            tag,
            "Give a service account's token a new value",
        )
        .permission("service_account.update")
        .body::<Rotation>()
        .answers::<NewToken>(200, "The new value, told once.")
        .problems(&[409])
        .to(rotate_of_account);
    routes
        .declare(DELETE, &format!("{path}/{{id}}"), "service_account_token_delete", tag, "Revoke a service account's token")
        .permission("service_account.update")
        .query::<DryRun>()
        .answers_nothing(204, "Revoked; what it opened has ended.")
        .to(revoke_of_account);
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
    let mut wish = wish(&state, &caller, body).await?;
    // What was made by a provider's word stands on it, and what is made with that, too.
    (wish.provider, wish.only_org) = match (&caller.who.provider, &caller.who.token) {
        (Some(by), _) => (Some(by.uid.clone()), (!by.own_link).then(|| by.org.to_string())),
        (None, Some(token)) => (token.provider.clone(), token.only_org.clone()),
        (None, None) => (None, None),
    };
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

/// The service account that a path names, for whoever is allowed `A` on it: its identity, and what it is called in the trail.
async fn account<A: Action>(state: &AppState, caller: &Caller, place: &Place) -> Result<(Name, String)> {
    let located = state.store.locate::<ServiceAccount>(&place.scope, place.name()?).await?;
    state.policy.allow::<A, ServiceAccount>(&caller.principal, located.resource())?;
    let identity = ServiceAccount::identity(place.name()?, located.resource().uid()).map_err(Error::internal)?;
    Ok((identity, format!("{}/{}", place.scope.key(), place.name()?)))
}

/// Whoever holds a token holds what its account may: only somebody who has all of that gets one.
async fn check_covers(state: &AppState, caller: &Caller, identity: &Name) -> Result<()> {
    for grant in state.controller.grants(identity).await? {
        let permissions: BTreeSet<Permission> =
            grant.role.map_or_else(|| grant.permissions.clone(), |role| role.permissions().into_iter().collect());
        if !state.policy.covers_all(&caller.principal, &permissions, &grant.scope) {
            return Err(Error::forbidden(format!(
                "The service account has rights in {} that you lack; only somebody who has them may hold a token of it.",
                grant.scope.key()
            )));
        }
    }
    Ok(())
}

async fn noted(state: &AppState, caller: &Caller, place: &Place, action: &str, object: &str) -> Result<()> {
    let org = place.scope.org.as_ref().map(ToString::to_string).unwrap_or_default();
    state.store.audit_note(&caller.context(), &org, action, AuditOutcome::Allowed, object).await
}

async fn account_tokens(state: Shared, caller: Caller, place: Place) -> Result<Json<Items<Token>>, ApiError> {
    let (identity, _) = account::<action::View>(&state, &caller, &place).await?;
    Ok(Json(Items { items: state.store.tokens(&identity).await? }))
}

async fn create_for_account(
    state: Shared,
    caller: Caller,
    place: Place,
    BodyOf(body): BodyOf<Value>,
) -> Result<(StatusCode, Json<NewToken>), ApiError> {
    let (identity, name) = account::<action::Update>(&state, &caller, &place).await?;
    check_covers(&state, &caller, &identity).await?;
    let wish = wish(&state, &caller, super::versions::parsed(body)?).await?;
    let token = state.store.create_token(&identity, &wish).await?;
    noted(&state, &caller, &place, "service_account_token.create", &format!("{name} {}", token.id)).await?;
    Ok((StatusCode::CREATED, Json(token)))
}

async fn rotate_of_account(
    state: Shared,
    caller: Caller,
    place: Place,
    Path(ids): Path<BTreeMap<String, String>>,
    BodyOf(body): BodyOf<Value>,
) -> Result<Json<NewToken>, ApiError> {
    let (identity, name) = account::<action::Update>(&state, &caller, &place).await?;
    check_covers(&state, &caller, &identity).await?;
    let Rotation { grace_seconds, expires_in_seconds } = super::versions::parsed(body)?;
    let id = ids.get("id").map(String::as_str).unwrap_or_default();
    let token = state.store.rotate_token(&identity, id, grace_seconds, expires_in_seconds).await?;
    noted(&state, &caller, &place, "service_account_token.rotate", &format!("{name} {id}")).await?;
    Ok(Json(token))
}

async fn revoke_of_account(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(DryRun { dry_run }): QueryOf<DryRun>,
    Path(ids): Path<BTreeMap<String, String>>,
) -> Result<StatusCode, ApiError> {
    let (identity, name) = account::<action::Update>(&state, &caller, &place).await?;
    let id = ids.get("id").map(String::as_str).unwrap_or_default();
    if dry_run {
        let there = state.store.tokens(&identity).await?.iter().any(|token| token.id == id);
        return if there { Ok(StatusCode::NO_CONTENT) } else { Err(Error::not_found("There is no such token.").into()) };
    }
    state.store.revoke_token(&identity, id).await?;
    noted(&state, &caller, &place, "service_account_token.delete", &format!("{name} {id}")).await?;
    Ok(StatusCode::NO_CONTENT)
}
