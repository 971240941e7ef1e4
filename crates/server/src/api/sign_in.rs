//! Signing in: with a password, a link or a passkey, and the second factor after it.

use super::session::{Me, myself};
use super::{POST, Shared};
use crate::caller::Origin;
use crate::openapi::{Needs, Routes};
use crate::problem::ApiError;
use crate::request::BodyOf;
use crate::state::AppState;
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use warpyard_model::kinds::AuditOutcome;
use warpyard_model::{Error, Name, Result};
use warpyard_store::{Context, FactorType, NewSession, PasswordStrength, SignIn, TicketFor};

/// A sign-in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
    /// The mail address.
    email: String,
    /// The password.
    password: String,
}

/// An invited person's first sign-in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Invited {
    /// From the link.
    token: String,
    /// The password to set.
    password: String,
}

/// Signed in, or what is asked for next.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum SignInAnswer {
    /// Who signed in.
    Done(Box<Me>),
    /// A second factor is asked for.
    Next(SecondFactorAsked),
}

/// The password was right; a second factor is asked for.
#[derive(Serialize, JsonSchema)]
struct SecondFactorAsked {
    /// What may be shown; any one of it.
    second_factor: Vec<FactorType>,
    /// To be sent with it, within ten minutes.
    ticket: String,
    /// For a passkey: the argument of `navigator.credentials.get` as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    passkey: Option<Value>,
}

/// A second factor; one of the three.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SecondFactorShown {
    /// From the answer before.
    ticket: String,
    /// The six digits of the authenticator app.
    #[serde(default)]
    totp: Option<String>,
    /// A recovery code.
    #[serde(default)]
    recovery: Option<String>,
    /// The authenticator's answer as JSON.
    #[serde(default)]
    passkey: Option<Value>,
}

/// What a passkey is asked to sign.
#[derive(Serialize, JsonSchema)]
pub(super) struct PasskeyChallenge {
    /// To be sent with the answer, within ten minutes.
    pub(super) ticket: String,
    /// The argument of `navigator.credentials.create` or `.get` as JSON.
    pub(super) options: Value,
}

/// A passkey's answer.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PasskeyShown {
    /// From the challenge.
    ticket: String,
    /// The authenticator's answer as JSON.
    credential: Value,
}

/// A password to judge. It is judged and forgotten.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PasswordToJudge {
    password: String,
    /// Whose it is to be: what contains it is easy to guess.
    #[serde(default)]
    email: String,
    /// The same.
    #[serde(default)]
    display_name: String,
}

pub(super) fn declare(routes: &mut Routes) {
    let tag = "sign-in";
    routes
        .declare(POST, "/api/v1/session", "session_create", tag, "Sign in with a password")
        .needs(Needs::Nothing)
        .body::<Credentials>()
        .answers::<SignInAnswer>(200, "Signed in, or a second factor is asked for.")
        .problems(&[401])
        .to(sign_in);
    routes
        .declare(POST, "/api/v1/session/link", "session_link", tag, "Set a password with a sign-in link and sign in")
        .needs(Needs::Nothing)
        .body::<Invited>()
        .answers::<SignInAnswer>(200, "Signed in, or a second factor is asked for.")
        .problems(&[401])
        .to(sign_in_by_link);
    routes
        .declare(POST, "/api/v1/session/second-factor", "session_second_factor", tag, "Show a second factor and sign in")
        .needs(Needs::Nothing)
        .body::<SecondFactorShown>()
        .answers::<Me>(200, "Signed in.")
        .problems(&[401])
        .to(second_factor);
    routes
        .declare(POST, "/api/v1/session/passkey-challenge", "session_passkey_challenge", tag, "Begin to sign in with a passkey")
        .needs(Needs::Nothing)
        .answers::<PasskeyChallenge>(200, "What to sign.")
        .problems(&[409])
        .to(passkey_challenge);
    routes
        .declare(POST, "/api/v1/session/passkey", "session_passkey", tag, "Sign in with a passkey")
        .needs(Needs::Nothing)
        .body::<PasskeyShown>()
        .answers::<Me>(200, "Signed in.")
        .problems(&[401, 409])
        .to(sign_in_by_passkey);
    routes
        .declare(POST, "/api/v1/password-strength", "password_strength", tag, "How hard a password is to guess, by the rule")
        .needs(Needs::Nothing)
        .body::<PasswordToJudge>()
        .answers::<PasswordStrength>(200, "What the rule says.")
        .to(password_strength);
}

async fn sign_in(
    state: Shared,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    BodyOf(body): BodyOf<Credentials>,
) -> Result<Response, ApiError> {
    crate::caller::check_same_site(&Method::POST, &headers)?;
    state.limiter.attempt(&origin.address, &body.email)?;
    match state.store.check_sign_in(&body.email, &body.password).await? {
        Some(user) => password_was_right(&state, &user, &origin, &headers).await,
        None => {
            note(&state, &origin, "anonymous", AuditOutcome::Denied, &body.email).await?;
            Err(Error::unauthenticated("The mail address or the password is not right.").into())
        }
    }
}

async fn sign_in_by_link(
    state: Shared,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    BodyOf(body): BodyOf<Invited>,
) -> Result<Response, ApiError> {
    crate::caller::check_same_site(&Method::POST, &headers)?;
    state.limiter.attempt(&origin.address, "link")?;
    match state.store.redeem_sign_in_link(&body.token, &body.password).await? {
        Some(user) => password_was_right(&state, &user, &origin, &headers).await,
        None => {
            note(&state, &origin, "anonymous", AuditOutcome::Denied, "sign-in link").await?;
            Err(Error::unauthenticated("This link is not valid any more. Ask whoever invited you for a new one.").into())
        }
    }
}

/// Opens a session, or asks for the second factor where the person has one.
async fn password_was_right(state: &AppState, user: &Name, origin: &Origin, headers: &HeaderMap) -> Result<Response, ApiError> {
    let factors = state.store.second_factors(user).await?;
    if factors.items.is_empty() {
        return signed_in(state, user, origin, headers, false).await;
    }
    let has = |wanted: FactorType| factors.items.iter().any(|f| f.factor_type == wanted);
    let mut second_factor: Vec<FactorType> =
        [FactorType::Totp, FactorType::Passkey].into_iter().filter(|wanted| has(*wanted)).collect();
    if factors.recovery_codes_left > 0 {
        second_factor.push(FactorType::Recovery);
    }
    let asked = match &state.passkeys {
        Some(passkeys) if has(FactorType::Passkey) => Some(passkeys.ask(state.store.passkeys(user).await?)?),
        _ => None,
    };
    let (passkey, remembered) = asked.map(|a| (a.options, a.state)).unzip();
    let ticket = state.store.issue_ticket(TicketFor::SecondFactor, user, json!({ "passkey": remembered })).await?;
    Ok(Json(SignInAnswer::Next(SecondFactorAsked { second_factor, ticket, passkey })).into_response())
}

async fn second_factor(
    state: Shared,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    BodyOf(body): BodyOf<SecondFactorShown>,
) -> Result<Response, ApiError> {
    crate::caller::check_same_site(&Method::POST, &headers)?;
    let found = state.store.try_ticket(TicketFor::SecondFactor, &body.ticket).await?;
    let (user, mut remembered) =
        found.ok_or_else(|| Error::unauthenticated("This took too long, or was tried too often. Sign in again."))?;
    // A new ticket gives no new attempts: they count for the person.
    state.limiter.attempt(&origin.address, &format!("second factor of {user}"))?;
    let right = match (body.totp, body.recovery, body.passkey) {
        (Some(code), None, None) => state.store.use_totp(&user, &code).await?,
        (None, Some(code), None) => state.store.use_recovery_code(&user, &code).await?,
        (None, None, Some(credential)) => {
            let asked = remembered["passkey"].take();
            match &state.passkeys {
                Some(passkeys) if !asked.is_null() => {
                    let known = state.store.passkeys(&user).await?;
                    match passkeys.check(credential, asked, known) {
                        Ok(shown) => {
                            state.store.passkey_used(&shown.credential, shown.state).await?;
                            true
                        }
                        Err(error) if error.code == warpyard_model::ErrorCode::Unauthenticated => false,
                        Err(error) => return Err(error.into()),
                    }
                }
                _ => false,
            }
        }
        _ => return Err(Error::invalid_field("", "one of totp, recovery and passkey is sent").into()),
    };
    if !right {
        note(&state, &origin, user.as_str(), AuditOutcome::Denied, user.as_str()).await?;
        return Err(Error::unauthenticated("This is not right, or was used before. A code counts once.").into());
    }
    if !state.store.use_ticket(&body.ticket).await? {
        return Err(Error::unauthenticated("This sign-in was finished already. Sign in again.").into());
    }
    signed_in(&state, &user, &origin, &headers, true).await
}

async fn passkey_challenge(
    state: Shared,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
) -> Result<Json<PasskeyChallenge>, ApiError> {
    crate::caller::check_same_site(&Method::POST, &headers)?;
    state.limiter.look(&origin.address)?;
    let asked = state.passkeys()?.ask_anybody()?;
    // Whose it is is known when it was shown.
    let nobody = Name::parse("nobody").map_err(Error::internal)?;
    let ticket = state.store.issue_ticket(TicketFor::Passkey, &nobody, asked.state).await?;
    Ok(Json(PasskeyChallenge { ticket, options: asked.options }))
}

async fn sign_in_by_passkey(
    state: Shared,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    BodyOf(body): BodyOf<PasskeyShown>,
) -> Result<Response, ApiError> {
    crate::caller::check_same_site(&Method::POST, &headers)?;
    state.limiter.attempt(&origin.address, &format!("passkey from {}", origin.address))?;
    let passkeys = state.passkeys()?;
    let found = state.store.try_ticket(TicketFor::Passkey, &body.ticket).await?;
    let (_, remembered) = found.ok_or_else(|| Error::unauthenticated("This took too long. Sign in again."))?;
    let (credential, person) = passkeys.identify(&body.credential)?;
    let known = state.store.passkey(&credential).await?.filter(|(_, uid, _)| *uid == person.simple().to_string());
    let Some((user, _, known)) = known else {
        note(&state, &origin, "anonymous", AuditOutcome::Denied, "an unknown passkey").await?;
        return Err(Error::unauthenticated("This passkey is not known here any more. Sign in another way.").into());
    };
    let now = match passkeys.check_anybody(body.credential, remembered, known) {
        Ok(now) => now,
        Err(error) => {
            note(&state, &origin, "anonymous", AuditOutcome::Denied, user.as_str()).await?;
            return Err(error.into());
        }
    };
    if !state.store.use_ticket(&body.ticket).await? {
        return Err(Error::unauthenticated("This sign-in was finished already. Sign in again.").into());
    }
    state.store.passkey_used(&credential, now).await?;
    signed_in(&state, &user, &origin, &headers, true).await
}

async fn password_strength(
    state: Shared,
    Extension(origin): Extension<Origin>,
    BodyOf(body): BodyOf<PasswordToJudge>,
) -> Result<Json<PasswordStrength>, ApiError> {
    state.limiter.look(&origin.address)?;
    let judged = tokio::task::spawn_blocking(move || {
        PasswordStrength::of(&body.password, &[body.email.as_str(), body.display_name.as_str()])
    });
    Ok(Json(judged.await.map_err(Error::internal)?))
}

pub(super) async fn note(state: &AppState, origin: &Origin, actor: &str, outcome: AuditOutcome, object: &str) -> Result<()> {
    let context = Context {
        actor: actor.to_owned(),
        request_id: origin.request_id.clone(),
        address: origin.address.clone(),
        ..Context::default()
    };
    let object: String = object.chars().take(254).collect();
    state.store.audit_note(&context, "", "session.create", outcome, &object).await
}

/// How somebody signed in.
#[derive(Default)]
pub(super) struct NewSign {
    /// A second factor was shown.
    pub(super) strong: bool,
    /// By whose word.
    pub(super) provider: Option<warpyard_store::ProviderSession>,
}

/// Opens a session; the secret is for its cookie.
pub(super) async fn open(state: &AppState, user: &Name, origin: &Origin, headers: &HeaderMap, new: NewSign) -> Result<String> {
    end_replaced(state, headers).await?;
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let NewSign { strong, provider } = new;
    state.store.open_session(user, &NewSession { address: origin.address.clone(), agent, strong, provider }).await
}

/// Opens a session and answers with its cookie. `strong`: a second factor was shown.
pub(super) async fn signed_in(
    state: &AppState,
    user: &Name,
    origin: &Origin,
    headers: &HeaderMap,
    strong: bool,
) -> Result<Response, ApiError> {
    let secret = open(state, user, origin, headers, NewSign { strong, provider: None }).await?;
    note(state, origin, user.as_str(), AuditOutcome::Allowed, user.as_str()).await?;
    let who = SignIn { strong, ..SignIn::of(user.clone()) };
    let principal = state.store.principal(&who).await?;
    let answer = myself(state, &who, &principal).await?;
    Ok(([(header::SET_COOKIE, state.settings.set_cookie(&secret))], Json(SignInAnswer::Done(Box::new(answer)))).into_response())
}

/// A browser has one session: the one that its cookie named until now would be open with nobody who could end it.
async fn end_replaced(state: &AppState, headers: &HeaderMap) -> Result<()> {
    let Some(secret) = crate::caller::cookie_value(headers, &state.settings.cookie()) else { return Ok(()) };
    match state.store.session(secret).await? {
        Some(SignIn { session: Some(id), ref user, .. }) => state.store.end_session(&SignIn::of(user.clone()), &id).await,
        _ => Ok(()),
    }
}
