//! Who sends a request, and whether a page of another origin made the browser send it.

use super::pages::Notice;
use super::{AppHost, AppUser, Backend, Gateway, cookies};
use axum::http::header::{ACCEPT, AUTHORIZATION, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method, Request};
use std::sync::Arc;

/// What a person's tokens begin with, so that an app's own bearer tokens are told apart and passed on.
const TOKEN_PREFIX: &str = "wyd_";

const SEC_FETCH_MODE: &str = "sec-fetch-mode";
const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// Failed checks in a row after which access counts as gone, so that an outage neither cuts everybody at once nor
/// leaves a revoked session open.
const TOLERATED_FAILURES: u8 = 1;

/// What a request was let in with.
#[derive(Clone)]
pub(super) enum Credential {
    /// Our session cookie's secret.
    Cookie(String),
    /// A personal token.
    Token(String),
}

/// A request's right to be there, which can be checked again while it lasts.
pub(super) struct Pass<B: Backend> {
    pub(super) gateway: Arc<Gateway<B>>,
    pub(super) host: AppHost,
    pub(super) credential: Credential,
}

// Not derived: a derived `Clone` would ask for `B: Clone`.
impl<B: Backend> Clone for Pass<B> {
    fn clone(&self) -> Self {
        Self { gateway: Arc::clone(&self.gateway), host: self.host.clone(), credential: self.credential.clone() }
    }
}

impl<B: Backend> Pass<B> {
    /// Whether access still holds. `failures` counts checks in a row that gave no answer.
    pub(super) async fn still_holds(&self, failures: &mut u8) -> bool {
        let backend = &self.gateway.backend;
        let answer = match &self.credential {
            Credential::Cookie(secret) => backend.authorize(&self.host, secret).await,
            Credential::Token(token) => backend.authorize_token(&self.host, token).await,
        };
        match answer {
            Ok(user) => {
                *failures = 0;
                user.is_some()
            }
            Err(error) => {
                *failures = failures.saturating_add(1);
                tracing::warn!(host = %self.host, %error, context = error.log_context(), "access to an app could not be checked again");
                *failures <= TOLERATED_FAILURES
            }
        }
    }
}

/// The credential that lets the request in, and whose it is; `None` when the request has to sign in first.
///
/// A personal token decides alone: one that is not valid is refused, not passed over in favour of a cookie.
pub(super) async fn credential<B: Backend>(
    gateway: &Gateway<B>,
    host: &AppHost,
    headers: &HeaderMap,
) -> Result<Option<(Credential, AppUser)>, Box<Notice>> {
    if let Some(token) = headers.get_all(AUTHORIZATION).iter().find_map(personal_token) {
        return match gateway.backend.authorize_token(host, token).await.map_err(Notice::failure)? {
            Some(user) => Ok(Some((Credential::Token(token.to_owned()), user))),
            None => Err(Notice::bad_token()),
        };
    }
    for secret in cookies::secrets(headers, gateway.config.secure_cookies) {
        if let Some(user) = gateway.backend.authorize(host, secret).await.map_err(Notice::failure)? {
            return Ok(Some((Credential::Cookie(secret.to_owned()), user)));
        }
    }
    Ok(None)
}

/// The token in an `Authorization` header, if it is one of ours.
pub(super) fn personal_token(authorization: &HeaderValue) -> Option<&str> {
    let (scheme, token) = authorization.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && token.starts_with(TOKEN_PREFIX)).then_some(token)
}

/// Whether a person looks at the answer, so that a page or a redirect serves better than an error for programs.
pub(crate) fn is_navigation(method: &Method, headers: &HeaderMap) -> bool {
    if *method != Method::GET {
        return false;
    }
    match headers.get(SEC_FETCH_MODE) {
        Some(mode) => mode == "navigate",
        None => headers.get_all(ACCEPT).iter().any(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html"))),
    }
}

/// Refuses requests that a page of another origin made the browser send with our cookie.
///
/// All apps share one site, so `SameSite` does not keep them apart: a script in one app can open WebSockets to, post to
/// and include scripts from another. Links from anywhere still work.
pub(super) fn check_origin<R>(
    request: &Request<R>,
    authority: &HeaderValue,
    https: bool,
    upgrade: bool,
) -> Result<(), &'static str> {
    let headers = request.headers();
    let site = headers.get(SEC_FETCH_SITE);
    let same_site = site.is_some_and(|site| site == "same-origin" || site == "none");
    let own_origin = || is_own_origin(headers, authority, https);
    if upgrade {
        return if own_origin() { Ok(()) } else { Err("The Origin header of a WebSocket must be the app's own origin.") };
    }
    if request.method().is_safe() {
        let navigation = headers.get(SEC_FETCH_MODE).is_some_and(|mode| mode == "navigate");
        return if site.is_none() || same_site || navigation || own_origin() {
            Ok(())
        } else {
            Err("Pages of other origins may link to this app, but not load from it.")
        };
    }
    if same_site || own_origin() { Ok(()) } else { Err("Only the app's own pages may send this request.") }
}

/// Whether `Origin` is the origin that `authority` has. The scheme counts only where HTTPS is known: behind a proxy that
/// is not configured as trusted, the browser's scheme is not known here.
fn is_own_origin(headers: &HeaderMap, authority: &HeaderValue, https: bool) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    let (Some(Ok(origin)), None, Ok(authority)) = (origins.next().map(HeaderValue::to_str), origins.next(), authority.to_str())
    else {
        return false;
    };
    let (host, default_port) = if let Some(host) = origin.strip_prefix("https://") {
        (host, ":443")
    } else if let Some(host) = origin.strip_prefix("http://").filter(|_| !https) {
        (host, ":80")
    } else {
        return false;
    };
    host.eq_ignore_ascii_case(authority.strip_suffix(default_port).unwrap_or(authority))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: Method, pairs: &[(&'static str, &str)], host: &'static str, https: bool, upgrade: bool) -> bool {
        let mut request = Request::new(());
        *request.method_mut() = method;
        for (name, value) in pairs {
            request.headers_mut().append(*name, HeaderValue::from_str(value).unwrap());
        }
        check_origin(&request, &HeaderValue::from_static(host), https, upgrade).is_ok()
    }

    #[test]
    fn an_upgrade_needs_the_apps_own_origin() {
        let upgrade = |origin: &str, host, https| check(Method::GET, &[("origin", origin)], host, https, true);
        assert!(upgrade("http://a.apps.localhost:8080", "a.apps.localhost:8080", false));
        assert!(upgrade("https://a.example", "a.example", false));
        assert!(upgrade("https://a.example", "a.example:443", true));
        assert!(upgrade("http://A.example", "a.example:80", false));
        assert!(!upgrade("http://a.example", "a.example", true), "a page without TLS must not act on one with it");
        assert!(!upgrade("http://b.apps.localhost:8080", "a.apps.localhost:8080", false));
        assert!(!upgrade("http://a.apps.localhost:8081", "a.apps.localhost:8080", false));
        assert!(!upgrade("http://a.apps.localhost:8080.evil.example", "a.apps.localhost:8080", false));
        assert!(!upgrade("null", "a.example", false));
        assert!(!upgrade("file://a.example", "a.example", false));
        assert!(!check(Method::GET, &[], "a.example", false, true), "an Origin is required");
        let twice = [("origin", "http://a.example"), ("origin", "http://evil.example")];
        assert!(!check(Method::GET, &twice, "a.example", false, true));
        let fetched = [("sec-fetch-site", "same-origin"), ("origin", "http://evil.example")];
        assert!(!check(Method::GET, &fetched, "a.example", false, true));
    }

    #[test]
    fn other_pages_may_link_but_neither_post_nor_load() {
        let a = |method, pairs: &[(&'static str, &str)]| check(method, pairs, "a.example", false, false);
        assert!(a(Method::POST, &[("sec-fetch-site", "same-origin")]));
        assert!(a(Method::POST, &[("sec-fetch-site", "none")]));
        assert!(a(Method::DELETE, &[("origin", "http://a.example")]));
        assert!(!a(Method::POST, &[("sec-fetch-site", "same-site")]));
        assert!(!a(Method::POST, &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]));
        assert!(!a(Method::PUT, &[("origin", "http://b.example")]));
        assert!(!a(Method::PATCH, &[]));
        assert!(a(Method::GET, &[]));
        assert!(a(Method::GET, &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]));
        assert!(!a(Method::GET, &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "no-cors")]));
        assert!(!a(Method::GET, &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "cors"), ("origin", "http://b.example")]));
    }

    #[test]
    fn only_personal_tokens_are_ours() {
        for (value, token) in [
            ("Bearer wyd_abc", Some("wyd_abc")),
            ("bearer   wyd_abc ", Some("wyd_abc")),
            ("Bearer sk-abc", None),
            ("Basic wyd_abc", None),
            ("wyd_abc", None),
        ] {
            assert_eq!(personal_token(&HeaderValue::from_str(value).unwrap()), token, "{value}");
        }
    }

    #[test]
    fn navigations_are_told_from_requests_of_programs() {
        let navigation = |method: Method, pairs: &[(&'static str, &'static str)]| {
            let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect();
            is_navigation(&method, &headers)
        };
        assert!(navigation(Method::GET, &[("sec-fetch-mode", "navigate")]));
        assert!(navigation(Method::GET, &[("accept", "text/html,*/*")]));
        assert!(!navigation(Method::GET, &[("accept", "text/html"), ("sec-fetch-mode", "cors")]));
        assert!(!navigation(Method::POST, &[("accept", "text/html")]));
        assert!(!navigation(Method::GET, &[("accept", "*/*")]));
        assert!(!navigation(Method::GET, &[("sec-fetch-mode", "websocket")]));
    }
}
