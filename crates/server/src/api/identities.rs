//! One's own identities at organizations' providers, and what admins ask of a provider.

use super::sso::way;
use super::{DELETE, GET, Items, POST, Shared};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{BodyOf, Place};
use crate::sso;
use crate::state::AppState;
use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warpyard_model::kinds::{AuditOutcome, IdentityProvider};
use warpyard_model::{Error, Name, Result};
use warpyard_policy::action;
use warpyard_store::{Identity, ScimToken};

/// Whose identity to link.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewIdentity {
    /// The organization.
    org: Name,
    /// Its provider.
    provider: Name,
}

/// Where to go on.
#[derive(Debug, Serialize, JsonSchema)]
struct GoOn {
    /// An address at the provider. Only the browser that asked may come back from it.
    url: String,
}

/// What a provider says when it is asked.
#[derive(Debug, Serialize, JsonSchema)]
struct ProviderReport {
    /// People can sign in with it, as far as that shows without anybody signing in.
    works: bool,
    /// What is in the way.
    problems: Vec<String>,
    /// What is worth knowing.
    notes: Vec<String>,
    /// To be registered at the provider as the redirect address.
    redirect_uri: String,
    /// To be registered at the provider as the back-channel log-out address.
    back_channel_logout_uri: String,
}

/// A provider's way to write people and groups.
#[derive(Debug, Serialize, JsonSchema)]
struct ScimState {
    /// The address to give to the provider.
    url: String,
    /// Its token, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<ScimToken>,
}

/// A token that was just made; it is told once.
#[derive(Debug, Serialize, JsonSchema)]
struct NewScimToken {
    /// The token.
    secret: String,
}

pub(super) fn declare(routes: &mut Routes) {
    let tag = "sign-in";
    routes
        .declare(GET, "/api/v1/me/identities", "me_identity_list", tag, "Your identities at organizations' providers")
        .answers::<Items<Identity>>(200, "The identities.")
        .to(list);
    routes
        .declare(POST, "/api/v1/me/identities", "me_identity_create", tag, "Begin to link an identity to your account")
        .body::<NewIdentity>()
        .answers::<GoOn>(200, "Where to sign in at the provider.")
        .to(create);
    routes
        .declare(DELETE, "/api/v1/me/identities/{id}", "me_identity_delete", tag, "Remove one of your identities")
        .answers_nothing(204, "Removed, with the sessions it opened.")
        .to(remove);
    routes
        .declare(
            POST,
            "/api/v1/orgs/{org}/identity-providers/{name}/test",
            "identity_provider_test",
            "identity-providers",
            "Ask an identity provider whether people can sign in with it",
        )
        .permission("identity_provider.update")
        .answers::<ProviderReport>(200, "What it says.")
        .to(test);
    let path = "/api/v1/orgs/{org}/identity-providers/{name}/scim-token";
    let tag = "identity-providers";
    routes
        .declare(GET, path, "identity_provider_scim_view", tag, "A provider's SCIM address and what is known of its token")
        .permission("identity_provider.view")
        .answers::<ScimState>(200, "The address, and the token without its secret.")
        .to(scim_view);
    routes
        .declare(POST, path, "identity_provider_scim_create", tag, "Make a provider's SCIM token; the one before ends")
        .permission("identity_provider.update")
        .answers::<NewScimToken>(201, "The token, told once.")
        .to(scim_create);
    routes
        .declare(DELETE, path, "identity_provider_scim_delete", tag, "End a provider's SCIM token")
        .permission("identity_provider.update")
        .answers_nothing(204, "It is refused from now on.")
        .to(scim_delete);
}

async fn scim_view(state: Shared, caller: Caller, place: Place) -> Result<Json<ScimState>, ApiError> {
    let located = state.store.locate::<IdentityProvider>(&place.scope, place.name()?).await?;
    let view = state.policy.allow::<action::View, IdentityProvider>(&caller.principal, located.resource())?;
    let org = place.scope.org.as_ref().map(ToString::to_string).unwrap_or_default();
    let url = format!("{}/scim/v2/orgs/{org}", state.settings.public_url);
    Ok(Json(ScimState { url, token: state.store.scim_token(&view).await? }))
}

async fn scim_create(state: Shared, caller: Caller, place: Place) -> Result<(StatusCode, Json<NewScimToken>), ApiError> {
    let located = state.store.locate::<IdentityProvider>(&place.scope, place.name()?).await?;
    let proof = state.policy.allow::<action::Update, IdentityProvider>(&caller.principal, located.resource())?;
    let secret = state.store.new_scim_token(&proof, &caller.context()).await?;
    note_token(&state, &caller, &place, "scim_token.create").await?;
    Ok((StatusCode::CREATED, Json(NewScimToken { secret })))
}

async fn scim_delete(state: Shared, caller: Caller, place: Place) -> Result<StatusCode, ApiError> {
    let located = state.store.locate::<IdentityProvider>(&place.scope, place.name()?).await?;
    let proof = state.policy.allow::<action::Update, IdentityProvider>(&caller.principal, located.resource())?;
    state.store.end_scim_token(&proof).await?;
    note_token(&state, &caller, &place, "scim_token.delete").await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn note_token(state: &AppState, caller: &Caller, place: &Place, action: &str) -> Result<()> {
    let org = place.scope.org.as_ref().map(ToString::to_string).unwrap_or_default();
    let object = format!("/{org}/{}", place.name()?);
    state.store.audit_note(&caller.context(), &org, action, AuditOutcome::Allowed, &object).await
}

async fn list(state: Shared, caller: Caller) -> Result<Json<Items<Identity>>, ApiError> {
    Ok(Json(Items { items: state.store.identities(&caller.who).await? }))
}

async fn create(
    state: Shared,
    caller: Caller,
    headers: HeaderMap,
    BodyOf(body): BodyOf<NewIdentity>,
) -> Result<Response, ApiError> {
    // Whoever came by a provider's word alone must not make it count for more.
    let by_word = caller.who.provider.as_ref().is_some_and(|by| !by.own_link);
    if caller.who.session.is_none() || by_word {
        let text = "An identity is linked in a browser, by somebody who signed in with a password or passkey.";
        return Err(Error::forbidden(text).into());
    }
    let provider = sso::provider(&state, &body.org, &body.provider).await?;
    let provider = provider.ok_or_else(|| Error::not_found("There is no such identity provider."))?;
    let (url, cookie) = way(&state, &provider, &headers, "/account".to_owned(), Some(&caller.who)).await?;
    Ok(([(header::SET_COOKIE, cookie)], Json(GoOn { url: url.into() })).into_response())
}

async fn remove(state: Shared, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    state.store.remove_identity(&caller.who, &id).await?;
    state.store.audit_note(&caller.context(), "", "identity.delete", AuditOutcome::Allowed, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn test(state: Shared, caller: Caller, place: Place) -> Result<Json<ProviderReport>, ApiError> {
    let located = state.store.locate::<IdentityProvider>(&place.scope, place.name()?).await?;
    state.policy.allow::<action::Update, IdentityProvider>(&caller.principal, located.resource())?;
    let view = state.policy.allow::<action::View, IdentityProvider>(&caller.principal, located.resource())?;
    let provider = located.reveal(&view)?;
    let mut report = ProviderReport {
        works: false,
        problems: Vec::new(),
        notes: Vec::new(),
        redirect_uri: sso::callback_url(&state, &provider),
        back_channel_logout_uri: sso::logout_url(&state, &provider),
    };
    match sso::discover(&state, &provider.spec.issuer).await {
        Err(error) => report.problems.push(error.message),
        Ok(metadata) => {
            if metadata.token_endpoint().is_none() {
                report.problems.push("The provider names no token endpoint.".to_owned());
            }
            let known = metadata.scopes_supported();
            for scope in &provider.spec.scopes {
                if known.is_some_and(|all| !all.iter().any(|s| s.as_str() == scope)) {
                    report.notes.push(format!("The provider does not list the scope {scope}."));
                }
            }
            let claims = metadata.claims_supported();
            let wanted = [&provider.spec.claim_email, &provider.spec.claim_name];
            let groups = Some(&provider.spec.claim_groups).filter(|_| !provider.spec.group_mapping.is_empty());
            for claim in wanted.into_iter().chain(groups) {
                if claims.is_some_and(|all| !all.iter().any(|c| c.as_str() == claim)) {
                    report.notes.push(format!("The provider does not list the claim {claim}."));
                }
            }
            if metadata.additional_metadata().end_session_endpoint.is_none() {
                report
                    .notes
                    .push("The provider has no page for signing out: signing out here leaves its own session.".to_owned());
            }
            if !provider.status.has_client_secret {
                report.notes.push("No client secret is stored: the provider must know this as a public client.".to_owned());
            }
        }
    }
    report.works = report.problems.is_empty();
    Ok(Json(report))
}
