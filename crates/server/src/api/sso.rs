//! Signing in at an organization's identity provider: who they are, the way there, the way back, and out again.

use super::sign_in::{NewSign, open};
use super::{GET, POST, Shared};
use crate::caller::{Origin, cookie_value};
use crate::openapi::{Needs, Routes};
use crate::problem::ApiError;
use crate::request::{Place, QueryOf};
use crate::sso::{self, Failure, Requested};
use crate::state::AppState;
use axum::extract::Query;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use warpyard_model::kinds::{AuditOutcome, IdentityProvider};
use warpyard_model::{Error, Name, Object, Result};
use warpyard_store::{AuditNote, Context, EndOf, Judged, ProviderSession, SignIn, TicketFor};

/// How long somebody may take at the provider.
const COOKIE_SECONDS: u32 = 600;
/// The most of a log-out token that is read.
const TOKEN_BYTES: usize = 64 << 10;

/// The providers that an organization signs in with.
#[derive(Debug, Serialize, JsonSchema)]
struct SignInChoices {
    /// By title. Empty where there is none, or no such organization.
    providers: Vec<SignInChoice>,
}

/// A provider on the sign-in page.
#[derive(Debug, Serialize, JsonSchema)]
struct SignInChoice {
    /// Its name in addresses.
    name: Name,
    /// What people read.
    title: String,
}

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct Afterwards {
    /// A path of the console.
    #[serde(default)]
    next: String,
}

/// What a provider sends back with a browser.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct SentBack {
    /// What a token is got for.
    #[serde(default)]
    code: String,
    /// The ticket of this sign-in.
    #[serde(default)]
    state: String,
    /// Why there is no code.
    #[serde(default)]
    error: String,
    /// Who answers (RFC 9207).
    #[serde(default)]
    iss: Option<String>,
}

/// What a ticket remembers of a way to a provider.
#[derive(Debug, Serialize, Deserialize)]
struct OnTheWay {
    provider: String,
    nonce: String,
    verifier: String,
    /// The fingerprint of the browser's cookie.
    browser: String,
    next: String,
    /// The session of whoever links an identity to their account.
    link: Option<String>,
}

pub(super) fn declare(routes: &mut Routes) {
    let tag = "sign-in";
    routes
        .declare(GET, "/api/v1/orgs/{org}/sign-in", "org_sign_in_view", tag, "How an organization's people sign in")
        .needs(Needs::Nothing)
        .answers::<SignInChoices>(200, "Its identity providers.")
        .to(choices);
    routes
        .declare(GET, "/api/v1/orgs/{org}/sign-in/{name}", "org_sign_in_begin", tag, "Go to an identity provider")
        .needs(Needs::Nothing)
        .query::<Afterwards>()
        .answers_nothing(303, "On to the provider, or to the sign-in page with what is wrong.")
        .to(go);
    routes
        .declare(
            GET,
            "/api/v1/orgs/{org}/sign-in/{name}/callback",
            "org_sign_in_finish",
            tag,
            "Come back from an identity provider",
        )
        .needs(Needs::Nothing)
        .query::<SentBack>()
        .answers_nothing(303, "Signed in and on to the console, or to the sign-in page with what is wrong.")
        .to(come_back);
    routes
        .declare(
            POST,
            "/api/v1/orgs/{org}/sign-in/{name}/back-channel-logout",
            "org_sign_in_logout",
            tag,
            "Hear from an identity provider that somebody signed out",
        )
        .needs(Needs::Nothing)
        .body_as::<LogoutForm>("application/x-www-form-urlencoded")
        .answers_nothing(200, "The sessions have ended.")
        .answers::<LogoutRefused>(400, "The token is not good, in the words of OpenID Connect.")
        .to(hear_of_logout);
}

async fn choices(state: Shared, Extension(origin): Extension<Origin>, place: Place) -> Result<Json<SignInChoices>, ApiError> {
    state.limiter.look(&origin.address)?;
    let org = place.scope.org.as_ref().ok_or_else(Error::not_visible)?;
    let providers = sso::providers(&state, org).await?;
    let choice =
        |p: &Object<IdentityProvider>| SignInChoice { name: p.metadata.name.clone(), title: p.metadata.title().to_owned() };
    Ok(Json(SignInChoices { providers: providers.iter().map(choice).collect() }))
}

/// A path of the console and nothing else.
fn path_of(next: &str) -> &str {
    let odd = next.starts_with("//") || next.contains(['\\', '\n', '\r', '\t']) || next.chars().any(char::is_control);
    if next.starts_with('/') && !odd { next } else { "/" }
}

/// The cookie that ties a way to a provider to one browser.
fn cookie(state: &AppState) -> String {
    if state.settings.secure_cookies { "__Host-warpyard_way".to_owned() } else { "warpyard_way".to_owned() }
}

fn set_cookie(state: &AppState, secret: &str) -> String {
    let secure = if state.settings.secure_cookies { "; Secure" } else { "" };
    let age = if secret.is_empty() { 0 } else { COOKIE_SECONDS };
    format!("{}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}; Max-Age={age}", cookie(state))
}

/// To the sign-in page, or to the account for whoever was linking, with what is wrong.
fn sorry(state: &AppState, place: &Place, word: &str, linking: bool) -> Response {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(org) = &place.scope.org {
        query.append_pair("org", org.as_str());
    }
    query.append_pair("sso", word);
    let page = if linking { "account/identities" } else { "sign-in" };
    Redirect::to(&format!("{}/{page}?{}", state.settings.public_url, query.finish())).into_response()
}

async fn go(
    state: Shared,
    Extension(origin): Extension<Origin>,
    place: Place,
    QueryOf(query): QueryOf<Afterwards>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    state.limiter.look(&origin.address)?;
    let Some(provider) = at(&state, &place).await? else { return Ok(sorry(&state, &place, "unknown", false)) };
    let next = path_of(&query.next).to_owned();
    match way(&state, &provider, &headers, next, None).await {
        Ok((url, cookie)) => Ok(with_cookie(Redirect::to(url.as_str()).into_response(), &cookie)),
        Err(error) if error.code == warpyard_model::ErrorCode::Unavailable => {
            tracing::warn!(%error, provider = %provider.metadata.name, "an identity provider cannot be used");
            Ok(sorry(&state, &place, "unavailable", false))
        }
        Err(error) => Err(error.into()),
    }
}

async fn at(state: &AppState, place: &Place) -> Result<Option<Object<IdentityProvider>>> {
    match &place.scope.org {
        Some(org) => sso::provider(state, org, place.name()?).await,
        None => Ok(None),
    }
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// The address at the provider, and the cookie that goes with it.
pub(super) async fn way(
    state: &AppState,
    provider: &Object<IdentityProvider>,
    headers: &HeaderMap,
    next: String,
    link: Option<&SignIn>,
) -> Result<(url::Url, String)> {
    let good = |secret: &&str| secret.len() == 43 && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let browser = cookie_value(headers, &cookie(state)).filter(good).map_or_else(warpyard_store::new_secret, str::to_owned);
    let requested = Requested::new();
    let remembered = OnTheWay {
        provider: provider.metadata.uid.clone(),
        nonce: requested.nonce.clone(),
        verifier: requested.verifier.clone(),
        browser: warpyard_store::fingerprint_of(&browser),
        next,
        link: link.and_then(|who| who.session.clone()),
    };
    let nobody = Name::parse("nobody").map_err(Error::internal)?;
    let user = link.map_or(&nobody, |who| &who.user);
    let remembered = serde_json::to_value(remembered).map_err(Error::internal)?;
    let ticket = state.store.issue_ticket(TicketFor::Provider, user, remembered).await?;
    let url = sso::begin(state, provider, requested, &ticket).await?;
    Ok((url, set_cookie(state, &browser)))
}

/// Why nobody is signed in, as the sign-in page and the audit trail say it.
struct Sorry {
    word: &'static str,
    why: String,
    who: String,
}

impl Sorry {
    fn new(word: &'static str, why: impl Into<String>) -> Self {
        Self { word, why: why.into(), who: String::new() }
    }
}

async fn come_back(
    state: Shared,
    Extension(origin): Extension<Origin>,
    place: Place,
    Query(sent): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    state.limiter.look(&origin.address)?;
    let part = |key: &str| sent.get(key).cloned().unwrap_or_default();
    let sent = SentBack { code: part("code"), state: part("state"), error: part("error"), iss: sent.get("iss").cloned() };
    let Some(provider) = at(&state, &place).await? else { return Ok(sorry(&state, &place, "unknown", false)) };
    let found = state.store.try_ticket(TicketFor::Provider, &sent.state).await?;
    let ticket = match found {
        Some((user, remembered)) => serde_json::from_value::<OnTheWay>(remembered).ok().map(|way| (user, way)),
        None => None,
    };
    let linking = ticket.as_ref().is_some_and(|(_, way)| way.link.is_some());
    let done = match ticket {
        Some((user, way)) => finish(&state, &origin, &provider, &sent, &headers, (user, way)).await?,
        None => Err(Sorry::new("expired", "the state is none of ours, or was used")),
    };
    let response = match done {
        Ok(response) => response,
        Err(refused) => {
            refuse(&state, &origin, &provider, &refused).await?;
            sorry(&state, &place, refused.word, linking)
        }
    };
    Ok(with_cookie(response, &set_cookie(&state, "")))
}

/// Everything from the way back to a session, or a linked identity.
async fn finish(
    state: &AppState,
    origin: &Origin,
    provider: &Object<IdentityProvider>,
    sent: &SentBack,
    headers: &HeaderMap,
    (user, way): (Name, OnTheWay),
) -> Result<Result<Response, Sorry>> {
    // Whatever comes of it: this ticket is used up, so that no answer counts twice.
    if !state.store.use_ticket(&sent.state).await? {
        return Ok(Err(Sorry::new("expired", "the state was used")));
    }
    let browser = cookie_value(headers, &cookie(state)).map(warpyard_store::fingerprint_of);
    if browser.as_deref() != Some(way.browser.as_str()) {
        return Ok(Err(Sorry::new("expired", "another browser began this sign-in")));
    }
    if way.provider != provider.metadata.uid || sent.iss.as_ref().is_some_and(|iss| *iss != provider.spec.issuer) {
        return Ok(Err(Sorry::new("failed", "another provider answered")));
    }
    if !sent.error.is_empty() || sent.code.is_empty() {
        return Ok(Err(Sorry::new("refused", format!("the provider answered {:?}", sent.error))));
    }
    let grant = match sso::exchange(state, provider, &sent.code, &way.verifier, &way.nonce).await {
        Ok(grant) => grant,
        Err(Failure::Refused(why)) => return Ok(Err(Sorry::new("failed", why))),
        Err(Failure::Silent(why)) => return Ok(Err(Sorry::new("unavailable", why))),
        Err(Failure::Ours(error)) => return Err(error),
    };
    let word = sso::word_of(provider, &grant)?;
    let who = word.email.clone().unwrap_or_else(|| word.subject.clone());
    if let Some(session) = &way.link {
        let Some(me) = signed_in_here(state, headers, &user, session).await? else {
            return Ok(Err(Sorry { who, ..Sorry::new("expired", "whoever was linking is not signed in any more") }));
        };
        return Ok(link(state, origin, provider, &me, &word).await?.map_err(|refused| Sorry { who, ..refused }));
    }
    let context = Context { request_id: origin.request_id.clone(), address: origin.address.clone(), ..Context::default() };
    let (user, own_link) = match state.controller.judge(provider, &word, context).await? {
        Judged::Is { user, own_link } => (user, own_link),
        Judged::Refused(refusal) => return Ok(Err(Sorry { who, ..Sorry::new(refusal.as_str(), refusal.as_str()) })),
    };
    let has_refresh = !grant.tokens["refresh_token"].is_null();
    let session = ProviderSession {
        uid: provider.metadata.uid.clone(),
        org: word.org.clone(),
        own_link,
        subject: grant.subject,
        session: grant.session,
        until: grant.until.filter(|_| !has_refresh),
        tokens: Some(grant.tokens),
    };
    let new = NewSign { strong: grant.strong, provider: Some(session) };
    let secret = open(state, &user, origin, headers, new).await?;
    record(state, origin, provider, user.as_str(), AuditOutcome::Allowed, None).await?;
    let response = Redirect::to(&format!("{}{}", state.settings.public_url, path_of(&way.next))).into_response();
    Ok(Ok(with_cookie(response, &state.settings.set_cookie(&secret))))
}

/// The person whose session this browser has, if it is the one that began.
async fn signed_in_here(state: &AppState, headers: &HeaderMap, user: &Name, session: &str) -> Result<Option<SignIn>> {
    let who = crate::caller::recognise(&state.store, &state.settings.cookie(), &Method::GET, headers).await;
    Ok(who.ok().filter(|who| who.user == *user && who.session.as_deref() == Some(session)))
}

async fn link(
    state: &AppState,
    origin: &Origin,
    provider: &Object<IdentityProvider>,
    me: &SignIn,
    word: &warpyard_store::Word,
) -> Result<Result<Response, Sorry>> {
    if let Err(error) = state.store.link_identity(me, word).await {
        if error.code == warpyard_model::ErrorCode::Conflict {
            return Ok(Err(Sorry::new("taken", error.message)));
        }
        return Err(error);
    }
    let context = Context {
        actor: me.user.to_string(),
        request_id: origin.request_id.clone(),
        address: origin.address.clone(),
        ..Context::default()
    };
    let object = provider_path(provider);
    state.store.audit_note(&context, "", "identity.create", AuditOutcome::Allowed, &object).await?;
    Ok(Ok(Redirect::to(&format!("{}/account/identities?sso=linked", state.settings.public_url)).into_response()))
}

fn provider_path(provider: &Object<IdentityProvider>) -> String {
    format!("{}/{}", provider.metadata.scope.key().trim_end_matches('/'), provider.metadata.name)
}

async fn refuse(state: &AppState, origin: &Origin, provider: &Object<IdentityProvider>, refused: &Sorry) -> Result<()> {
    tracing::info!(provider = %provider.metadata.name, why = refused.why, "a sign-in at an identity provider came to nothing");
    let who = if refused.who.is_empty() { "anonymous" } else { refused.who.as_str() };
    record(state, origin, provider, who, AuditOutcome::Denied, Some(&refused.why)).await
}

/// Writes a sign-in into the organization's audit trail.
async fn record(
    state: &AppState,
    origin: &Origin,
    provider: &Object<IdentityProvider>,
    who: &str,
    outcome: AuditOutcome,
    why: Option<&str>,
) -> Result<()> {
    let actor = if outcome == AuditOutcome::Allowed { who } else { "anonymous" };
    let context = Context {
        actor: actor.to_owned(),
        request_id: origin.request_id.clone(),
        address: origin.address.clone(),
        ..Context::default()
    };
    let note = AuditNote {
        org: provider.metadata.scope.org.as_ref().map(ToString::to_string).unwrap_or_default(),
        action: "session.create".to_owned(),
        object: who.chars().take(254).collect(),
        details: Some(json!({ "provider": provider.metadata.name, "reason": why })),
        ..AuditNote::default()
    };
    state.store.audit(&context, outcome, note).await
}

/// What a provider sends; for the document, the form itself is read leniently.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it describes the form and is never made")]
struct LogoutForm {
    /// A signed token that names the session or the subject.
    logout_token: String,
}

/// Why a log-out token was not believed.
#[derive(Serialize, JsonSchema)]
struct LogoutRefused {
    /// The code.
    error: &'static str,
    /// A sentence.
    error_description: String,
}

async fn hear_of_logout(
    state: Shared,
    Extension(origin): Extension<Origin>,
    place: Place,
    request: axum::extract::Request,
) -> Result<Response, ApiError> {
    state.limiter.look(&origin.address)?;
    let body = crate::request::read_body_up_to(request.into_body(), TOKEN_BYTES).await?;
    let token = url::form_urlencoded::parse(&body).find(|(key, _)| key == "logout_token").map(|(_, value)| value.into_owned());
    let bad = |why: &str| {
        let body = Json(LogoutRefused { error: "invalid_request", error_description: why.to_owned() });
        (StatusCode::BAD_REQUEST, [(header::CACHE_CONTROL, "no-store")], body).into_response()
    };
    let Some(provider) = at(&state, &place).await? else { return Ok(bad("There is no such provider.")) };
    let Some(token) = token else { return Ok(bad("There is no logout_token.")) };
    let (session, subject) = match sso::logged_out(&state, &provider, &token).await {
        Ok(about) => about,
        Err(Failure::Ours(error)) => return Err(error.into()),
        Err(failure) => return Ok(bad(&failure.to_string())),
    };
    let which = session.as_deref().map_or(EndOf::Subject(&subject), EndOf::ProviderSession);
    let people = state.controller.end_provider_sessions(&provider.metadata.uid, which).await?;
    for user in people {
        let context = Context {
            actor: "sign-in".to_owned(),
            on_behalf_of: user.to_string(),
            request_id: origin.request_id.clone(),
            address: origin.address.clone(),
        };
        let note = AuditNote {
            org: place.scope.org.as_ref().map(ToString::to_string).unwrap_or_default(),
            action: "session.delete".to_owned(),
            object: user.to_string(),
            details: Some(json!({ "reason": "The provider says that they signed out.", "provider": provider.metadata.name })),
            ..AuditNote::default()
        };
        state.store.audit(&context, AuditOutcome::Allowed, note).await?;
    }
    Ok((StatusCode::OK, [(header::CACHE_CONTROL, "no-store")]).into_response())
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn people_are_sent_on_to_the_console_alone() {
        for good in ["/", "/hub", "/open/web--abc?return=%2Fx"] {
            assert_eq!(path_of(good), good);
        }
        for bad in ["", "hub", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nSet-Cookie: x"] {
            assert_eq!(path_of(bad), "/", "{bad}");
        }
    }
}
