//! One's own second factors: adding, confirming, removing; recovery codes.
//!
//! Whoever changes them shows the password again: a browser that was left open is not enough.

use super::sign_in::PasskeyChallenge;
use super::{GET, POST, Shared};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::BodyOf;
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt::Write as _;
use warpyard_model::kinds::User;
use warpyard_model::{Error, Result, ScopePath};
use warpyard_store::{SecondFactors, TicketFor};

/// One's second factors.
#[derive(Serialize, JsonSchema)]
struct MySecondFactors {
    #[serde(flatten)]
    factors: SecondFactors,
    /// Whether this console takes passkeys: it is reached by a name, not by an address.
    passkeys_available: bool,
}

/// An authenticator app to set up.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TotpRequest {
    /// What its owner calls it.
    name: String,
    /// One's password, where one has one.
    #[serde(default)]
    current_password: Option<String>,
}

/// What the authenticator app is given.
#[derive(Serialize, JsonSchema)]
struct TotpSetup {
    /// Its id, for confirming.
    id: String,
    /// For typing in, in base 32.
    secret: String,
    /// The `otpauth://` address.
    uri: String,
    /// The same for the camera.
    qr: QrPicture,
}

/// A QR code as a drawing.
#[derive(Serialize, JsonSchema)]
struct QrPicture {
    /// Modules a side, the quiet zone of four included.
    size: i32,
    /// The dark modules as the `d` of an SVG path in a box of that size.
    path: String,
}

/// A code of the app that is being set up.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TotpCode {
    /// Its six digits.
    code: String,
}

/// One's password again.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    /// One's password, where one has one.
    #[serde(default)]
    current_password: Option<String>,
}

/// A passkey that was made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PasskeyRequest {
    /// From the challenge.
    ticket: String,
    /// What its owner calls it.
    name: String,
    /// The authenticator's answer as JSON.
    credential: Value,
}

/// Recovery codes, told once.
#[derive(Serialize, JsonSchema)]
struct RecoveryCodes {
    /// Ten codes, each good once; absent where there were some before.
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_codes: Option<Vec<String>>,
}

pub(super) fn declare(routes: &mut Routes) {
    let tag = "sign-in";
    routes
        .declare(GET, "/api/v1/me/second-factors", "me_second_factor_list", tag, "Your second factors")
        .answers::<MySecondFactors>(200, "The second factors.")
        .to(list);
    routes
        .declare(POST, "/api/v1/me/second-factors/totp", "me_totp_create", tag, "Begin to set up an authenticator app")
        .body::<TotpRequest>()
        .answers::<TotpSetup>(201, "What the app is given.")
        .to(begin_totp);
    routes
        .declare(
            POST,
            "/api/v1/me/second-factors/totp/{id}/confirm",
            "me_totp_confirm",
            tag,
            "Show a code of an authenticator app, so that it counts",
        )
        .body::<TotpCode>()
        .answers::<RecoveryCodes>(200, "It counts from now on.")
        .to(confirm_totp);
    routes
        .declare(POST, "/api/v1/me/second-factors/passkey-challenge", "me_passkey_challenge", tag, "Begin to add a passkey")
        .body::<Confirmation>()
        .answers::<PasskeyChallenge>(200, "What to sign.")
        .to(passkey_challenge);
    routes
        .declare(POST, "/api/v1/me/second-factors/passkey", "me_passkey_create", tag, "Add a passkey")
        .body::<PasskeyRequest>()
        .answers::<RecoveryCodes>(201, "It counts from now on.")
        .to(add_passkey);
    routes
        .declare(POST, "/api/v1/me/second-factors/{id}/remove", "me_second_factor_remove", tag, "Remove a second factor")
        .body::<Confirmation>()
        .answers_nothing(204, "Removed.")
        .to(remove);
    routes
        .declare(POST, "/api/v1/me/recovery-codes", "me_recovery_codes", tag, "Make new recovery codes; the old ones are void")
        .body::<Confirmation>()
        .answers::<RecoveryCodes>(200, "The codes, told once.")
        .to(recovery_codes);
}

async fn list(state: Shared, caller: Caller) -> Result<Json<MySecondFactors>, ApiError> {
    let factors = state.store.second_factors(&caller.who.user).await?;
    Ok(Json(MySecondFactors { factors, passkeys_available: state.passkeys.is_some() }))
}

/// Counts an attempt to guess the password, and checks it.
async fn confirm(state: &Shared, caller: &Caller, password: Option<&str>) -> Result<()> {
    state.limiter.attempt(&caller.origin.address, caller.who.user.as_str())?;
    state.store.confirm_person(&caller.who, password).await
}

async fn begin_totp(
    state: Shared,
    caller: Caller,
    BodyOf(body): BodyOf<TotpRequest>,
) -> Result<(StatusCode, Json<TotpSetup>), ApiError> {
    confirm(&state, &caller, body.current_password.as_deref()).await?;
    let new = state.store.begin_totp(&caller.who, &body.name).await?;
    let qr = draw(&new.uri)?;
    Ok((StatusCode::CREATED, Json(TotpSetup { id: new.id, secret: new.secret, uri: new.uri, qr })))
}

async fn confirm_totp(
    state: Shared,
    caller: Caller,
    Path(id): Path<String>,
    BodyOf(body): BodyOf<TotpCode>,
) -> Result<Json<RecoveryCodes>, ApiError> {
    if caller.who.session.is_none() {
        return Err(Error::forbidden("Only a console session changes how you sign in; a token does not.").into());
    }
    state.limiter.attempt(&caller.origin.address, &format!("second factor of {}", caller.who.user))?;
    let recovery_codes = state.store.confirm_totp(&caller.who, &caller.context(), &id, &body.code).await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}

async fn passkey_challenge(
    state: Shared,
    caller: Caller,
    BodyOf(body): BodyOf<Confirmation>,
) -> Result<Json<PasskeyChallenge>, ApiError> {
    let passkeys = state.passkeys()?;
    confirm(&state, &caller, body.current_password.as_deref()).await?;
    let person = state.controller.find::<User>(&ScopePath::platform(), &caller.who.user).await?;
    let person = person.ok_or_else(|| Error::unauthenticated("Your account is gone."))?;
    let known = state.store.passkeys(&caller.who.user).await?;
    let asked = passkeys.ask_new(&person.metadata.uid, &person.spec.email, person.metadata.title(), known)?;
    let ticket = state.store.issue_ticket(TicketFor::NewPasskey, &caller.who.user, asked.state).await?;
    Ok(Json(PasskeyChallenge { ticket, options: asked.options }))
}

async fn add_passkey(
    state: Shared,
    caller: Caller,
    BodyOf(body): BodyOf<PasskeyRequest>,
) -> Result<(StatusCode, Json<RecoveryCodes>), ApiError> {
    let passkeys = state.passkeys()?;
    let found = state.store.try_ticket(TicketFor::NewPasskey, &body.ticket).await?;
    let found = found.filter(|(user, _)| *user == caller.who.user && caller.who.session.is_some());
    let (_, remembered) = found.ok_or_else(|| Error::invalid_field("ticket", "this took too long; begin again"))?;
    let made = passkeys.accept_new(body.credential, remembered)?;
    let recovery_codes =
        state.store.add_passkey(&caller.who, &caller.context(), &body.name, &made.credential, made.state).await?;
    state.store.use_ticket(&body.ticket).await?;
    Ok((StatusCode::CREATED, Json(RecoveryCodes { recovery_codes })))
}

async fn remove(
    state: Shared,
    caller: Caller,
    Path(id): Path<String>,
    BodyOf(body): BodyOf<Confirmation>,
) -> Result<StatusCode, ApiError> {
    confirm(&state, &caller, body.current_password.as_deref()).await?;
    state.store.remove_factor(&caller.who, &caller.context(), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn recovery_codes(
    state: Shared,
    caller: Caller,
    BodyOf(body): BodyOf<Confirmation>,
) -> Result<Json<RecoveryCodes>, ApiError> {
    confirm(&state, &caller, body.current_password.as_deref()).await?;
    let codes = state.store.new_recovery_codes(&caller.who, &caller.context()).await?;
    Ok(Json(RecoveryCodes { recovery_codes: Some(codes) }))
}

/// Draws a QR code, runs of dark modules as one stroke each.
fn draw(text: &str) -> Result<QrPicture> {
    const QUIET: i32 = 4;
    let code = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium).map_err(Error::internal)?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
            if run == 0 {
                x += 1;
                continue;
            }
            let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            x += i32::try_from(run).unwrap_or(1);
        }
    }
    Ok(QrPicture { size: code.size() + 2 * QUIET, path })
}
