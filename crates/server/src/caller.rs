//! Who calls: sessions and tokens, the cross-site rule, the limit on sign-in attempts.

use crate::problem::ApiError;
use crate::state::AppState;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts};
use axum::middleware::Next;
use axum::response::Response;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use warpyard_model::{Error, Result};
use warpyard_policy::{Principal, Viewer};
use warpyard_store::{Context, SignIn, Store};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// The request's id and where it comes from.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) request_id: String,
    pub(crate) address: String,
}

/// A signed-in caller.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) who: SignIn,
    pub(crate) principal: Arc<Principal>,
    pub(crate) origin: Origin,
}

impl Caller {
    /// Fails for a token that is limited: what is one's own takes no permission.
    pub(crate) fn check_unlimited(&self) -> Result<()> {
        check_own(&self.who, "/api/v1/me/own")
    }

    /// For the audit trail.
    pub(crate) fn context(&self) -> Context {
        Context {
            actor: self.who.user.to_string(),
            request_id: self.origin.request_id.clone(),
            address: self.origin.address.clone(),
            ..Context::default()
        }
    }

    /// Fails once the session or token they came with has ended, or their account may no longer sign in.
    pub(crate) async fn check_alive(&self, state: &AppState) -> Result<()> {
        if let Some(by) = &self.who.provider {
            crate::sso::note_use(state, by);
        }
        if state.store.still_signed_in(&self.who).await? {
            return Ok(());
        }
        Err(Error::unauthenticated("Your session or token has ended, or your account is not active any more."))
    }

    pub(crate) fn viewer<'a>(&'a self, state: &'a AppState) -> Viewer<'a> {
        state.policy.viewer(&self.principal)
    }
}

impl FromRequestParts<Arc<AppState>> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<AppState>) -> Result<Self, ApiError> {
        let origin = parts.extensions.get::<Origin>().cloned().ok_or_else(|| Error::internal("a request without an id"))?;
        let who = recognise(&state.store, &state.settings.cookie(), &parts.method, &parts.headers).await?;
        check_own(&who, parts.uri.path())?;
        if let Some(by) = &who.provider
            && !crate::sso::ask_again(state, by).await?
        {
            return Err(Error::unauthenticated("Your session has ended: your organization's sign-in says so.").into());
        }
        let principal = state.store.principal(&who).await?;
        Ok(Self { who, principal, origin })
    }
}

impl crate::state::Settings {
    /// The console's session cookie.
    pub(crate) fn cookie(&self) -> String {
        if self.secure_cookies { "__Host-warpyard_session".to_owned() } else { "warpyard_session".to_owned() }
    }

    /// The header that sets the session cookie; an empty secret ends it.
    pub(crate) fn set_cookie(&self, secret: &str) -> String {
        let secure = if self.secure_cookies { "; Secure" } else { "" };
        let age = if secret.is_empty() { "; Max-Age=0" } else { "; Max-Age=604800" };
        format!("{}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}{age}", self.cookie())
    }
}

/// Read as bytes: a cookie that another host of the domain planted may hold what is no text, and must not hide ours.
pub(crate) fn cookie_value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"="))
        .find_map(|value| std::str::from_utf8(value).ok())
}

/// Who the request's credentials belong to. A cookie counts only where no other site can have made the browser send it.
pub(crate) async fn recognise(store: &Store, cookie: &str, method: &Method, headers: &HeaderMap) -> Result<SignIn> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let token = value.to_str().ok().and_then(|v| v.strip_prefix("Bearer "));
        let token = token.ok_or_else(|| Error::unauthenticated("Only bearer tokens are understood in Authorization."))?;
        return store.token(token.trim()).await?.ok_or_else(|| {
            Error::unauthenticated("This token is not valid: it expired, was revoked, or never was. Sign in again.")
        });
    }
    let secret = cookie_value(headers, cookie).ok_or_else(|| Error::unauthenticated("Sign in first."))?;
    check_same_site(method, headers)?;
    let found = store.session(secret).await?;
    found.ok_or_else(|| Error::unauthenticated("Your session has ended. Sign in again."))
}

/// What is somebody's own account (their sign-in, tokens, notifications) is no place and takes no permission, so a token that is
/// limited to some has nothing to do there but ask who it is.
fn check_own(who: &SignIn, path: &str) -> Result<()> {
    let limited = who.token.as_ref().is_some_and(|token| token.is_limited());
    if who.service_account.is_some()
        && (path.starts_with("/api/v1/me/") && path != "/api/v1/me/permissions" || path.starts_with("/api/v1/session"))
    {
        return Err(Error::forbidden(
            "A service account has no account of its own here: whoever may change it makes its tokens.",
        ));
    }
    let own = path.strip_prefix("/api/v1/me").is_some_and(|rest| rest.starts_with('/') && rest != "/permissions");
    if limited && (own || path.starts_with("/api/v1/session")) {
        return Err(Error::forbidden("This token is limited to scopes or places and does not reach your account itself."));
    }
    Ok(())
}

/// Unsafe requests and WebSockets carry the cookie only from the console's own origin. Browsers always send `Origin` or
/// `Sec-Fetch-Site` with a request that another site caused; a program that sends neither holds the cookie itself.
pub(crate) fn check_same_site(method: &Method, headers: &HeaderMap) -> Result<()> {
    let upgrade = headers.contains_key(header::UPGRADE);
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) && !upgrade {
        return Ok(());
    }
    let refused = || Error::forbidden("This request comes from another site and is refused.");
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        return if site == "same-origin" || site == "none" { Ok(()) } else { Err(refused()) };
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or_default();
    let origin = origin.to_str().unwrap_or_default();
    let same = origin.split_once("://").is_some_and(|(_, authority)| authority == host);
    if same { Ok(()) } else { Err(refused()) }
}

/// The caller's address: the peer's, or what a trusted proxy says.
fn address_of(state: &AppState, headers: &HeaderMap, peer: SocketAddr) -> IpAddr {
    let trusted = |address: IpAddr| state.settings.trusted_proxies.iter().any(|p| p.contains(address));
    let mut address = peer.ip();
    if !trusted(address) {
        return address;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','));
    let chain: Vec<IpAddr> = forwarded.filter_map(|part| part.trim().parse().ok()).collect();
    for hop in chain.into_iter().rev() {
        address = hop;
        if !trusted(hop) {
            break;
        }
    }
    address
}

/// Gives every request an id and an address, writes problem bodies, records refusals and measures.
pub(crate) async fn every_request(
    State(state): State<Arc<AppState>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = std::time::Instant::now();
    let origin = Origin {
        request_id: uuid::Uuid::now_v7().simple().to_string(),
        address: address_of(&state, request.headers(), peer).to_string(),
    };
    request.extensions_mut().insert(origin.clone());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let credentials = request.headers().clone();
    let mut response = crate::idempotency::run(&state, &origin, request, next).await;
    crate::refusals::note(&state, &origin, (&method, &path), &credentials, response.status()).await;
    if let Ok(value) = HeaderValue::from_str(&origin.request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    state.metrics.request(&method, response.status(), started.elapsed());
    response
}

/// Limits sign-in attempts by address and by account.
pub(crate) struct SignInLimiter {
    by_address: DefaultKeyedRateLimiter<String>,
    by_account: DefaultKeyedRateLimiter<String>,
    /// What costs work and is no attempt: judging a password while it is typed, asking for a passkey.
    looks: DefaultKeyedRateLimiter<String>,
}

impl SignInLimiter {
    pub(crate) fn new() -> Self {
        let per_minute = |n: u32| Quota::per_minute(NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN));
        Self {
            by_address: RateLimiter::keyed(per_minute(30)),
            by_account: RateLimiter::keyed(per_minute(10)),
            looks: RateLimiter::keyed(per_minute(240)),
        }
    }

    /// Forgets addresses and accounts whose attempts no longer count.
    pub(crate) fn tidy(&self) {
        self.by_address.retain_recent();
        self.by_account.retain_recent();
        self.looks.retain_recent();
    }

    /// Counts something that costs work and is no attempt.
    pub(crate) fn look(&self, address: &str) -> Result<()> {
        self.looks
            .check_key(&address.to_owned())
            .map_err(|_| Error::rate_limited("Too many requests. Wait a minute and try again."))
    }

    /// Counts an attempt; refuses when there were too many.
    pub(crate) fn attempt(&self, address: &str, account: &str) -> Result<()> {
        let address_free = self.by_address.check_key(&address.to_owned()).is_ok();
        let account_free = self.by_account.check_key(&account.to_lowercase()).is_ok();
        if address_free && account_free {
            return Ok(());
        }
        Err(Error::rate_limited("Too many attempts to sign in. Wait a minute and try again."))
    }
}
