//! Our cookies and the apps' cookies, kept apart.
//!
//! Ours are every cookie named `warpyard_…`, with or without the `__Host-` and `__Secure-` prefixes. They are taken out
//! of what an app reads and out of what an app sets. Names compare without regard to case because browsers do so for
//! prefixes.

use super::host;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};

/// The name where browsers keep secure cookies.
const SECURE_NAME: &str = "__Host-warpyard_app";

/// The name on plain HTTP, where browsers refuse the prefix.
const PLAIN_NAME: &str = "warpyard_app";

/// How many cookies of our name are looked at. More than one means that somebody planted some.
const CANDIDATES: usize = 4;

/// The session cookie's name.
pub(super) fn name(secure: bool) -> &'static str {
    if secure { SECURE_NAME } else { PLAIN_NAME }
}

/// The `Set-Cookie` value that starts a session; `None` when the secret fits no cookie.
pub(super) fn start_session(secure: bool, secret: &str, expires_in_seconds: u64) -> Option<HeaderValue> {
    let fits = !secret.is_empty() && secret.bytes().all(|byte| byte.is_ascii_graphic() && !b";,\"\\".contains(&byte));
    let secure_attribute = if secure { "Secure; " } else { "" };
    let text =
        format!("{}={secret}; {secure_attribute}HttpOnly; SameSite=Lax; Path=/; Max-Age={expires_in_seconds}", name(secure));
    HeaderValue::from_str(&text).ok().filter(|_| fits)
}

/// The values of our session cookie, in the order the browser sent them.
pub(super) fn secrets(headers: &HeaderMap, secure: bool) -> impl Iterator<Item = &str> {
    headers
        .get_all(COOKIE)
        .iter()
        .flat_map(|value| pairs(value.as_bytes()))
        .filter_map(move |pair| {
            let (cookie, value) = split(pair);
            (cookie == name(secure).as_bytes()).then_some(value).filter(|value| !value.is_empty())
        })
        .filter_map(|value| std::str::from_utf8(value).ok())
        .take(CANDIDATES)
}

/// Removes our cookies from a request, and keeps all others as they were.
pub(super) fn strip_ours(headers: &mut HeaderMap) {
    let touched = headers.get_all(COOKIE).iter().flat_map(|value| pairs(value.as_bytes())).any(is_ours);
    let split_up = headers.get_all(COOKIE).iter().nth(1).is_some();
    if !touched && !split_up {
        return;
    }
    // HTTP/2 may split cookies over several headers; HTTP/1.1 allows only one (RFC 9113 §8.2.3).
    let mut kept = Vec::new();
    for pair in headers.get_all(COOKIE).iter().flat_map(|value| pairs(value.as_bytes())).filter(|pair| !is_ours(pair)) {
        if !kept.is_empty() {
            kept.extend_from_slice(b"; ");
        }
        kept.extend_from_slice(pair);
    }
    headers.remove(COOKIE);
    if let (false, Ok(value)) = (kept.is_empty(), HeaderValue::from_bytes(&kept)) {
        headers.insert(COOKIE, value);
    }
}

/// Removes from an app's answer the cookies that are ours by name and those that would reach beyond the app's own host.
pub(super) fn confine(headers: &mut HeaderMap, authority: &HeaderValue) {
    let own = authority.to_str().ok().and_then(host::name_of).unwrap_or_default();
    let leaves = |value: &HeaderValue| is_planted(value.as_bytes()) || leaves_host(value.as_bytes(), own);
    if !headers.get_all(SET_COOKIE).iter().any(leaves) {
        return;
    }
    let kept: Vec<HeaderValue> = headers.get_all(SET_COOKIE).iter().filter(|value| !leaves(value)).cloned().collect();
    headers.remove(SET_COOKIE);
    for value in kept {
        headers.append(SET_COOKIE, value);
    }
}

fn pairs(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| *byte == b';').map(<[u8]>::trim_ascii).filter(|pair| !pair.is_empty())
}

fn split(pair: &[u8]) -> (&[u8], &[u8]) {
    match pair.iter().position(|byte| *byte == b'=') {
        Some(equals) => (pair[..equals].trim_ascii(), pair[equals + 1..].trim_ascii()),
        // A cookie without a name: browsers send its bare value.
        None => (&[], pair.trim_ascii()),
    }
}

fn is_ours(pair: &[u8]) -> bool {
    let (name, value) = split(pair);
    // `=warpyard_app=x` is stored without a name and sent back as `warpyard_app=x`.
    let name = if name.is_empty() { value.split(|byte| *byte == b'=').next().unwrap_or_default().trim_ascii() } else { name };
    let bare = strip_prefix_ignoring_case(name, b"__host-").or(strip_prefix_ignoring_case(name, b"__secure-")).unwrap_or(name);
    strip_prefix_ignoring_case(bare, b"warpyard_").is_some()
}

fn is_planted(set_cookie: &[u8]) -> bool {
    is_ours(set_cookie.split(|byte| *byte == b';').next().unwrap_or_default())
}

/// Whether any `Domain` attribute names another host than `own`, which would hand the cookie to other apps.
fn leaves_host(set_cookie: &[u8], own: &str) -> bool {
    set_cookie.split(|byte| *byte == b';').skip(1).any(|attribute| {
        let (name, value) = split(attribute);
        let domain = value.strip_prefix(b".").unwrap_or(value);
        name.eq_ignore_ascii_case(b"domain") && !domain.is_empty() && !domain.eq_ignore_ascii_case(own.as_bytes())
    })
}

fn strip_prefix_ignoring_case<'v>(value: &'v [u8], prefix: &[u8]) -> Option<&'v [u8]> {
    let (head, rest) = value.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(cookies: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(COOKIE, HeaderValue::from_str(cookie).unwrap());
        }
        headers
    }

    #[test]
    fn only_our_cookies_are_taken_from_a_request() {
        for (sent, kept) in [
            (vec!["a=1; __Host-warpyard_app=s; b=2"], Some("a=1; b=2")),
            (vec!["__Host-warpyard_app=s"], None),
            (vec!["a=1"], Some("a=1")),
            (vec!["__host-WARPYARD_app=s; warpyard_session=x; __Secure-warpyard_y=z; q"], Some("q")),
            (vec!["a=1", "b=2; warpyard_app=s"], Some("a=1; b=2")),
            (vec!["not_warpyard_app=1; a=\"x; warpyard_app=s\""], Some("not_warpyard_app=1; a=\"x")),
        ] {
            let mut headers = request(&sent);
            strip_ours(&mut headers);
            let all: Vec<_> = headers.get_all(COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
            assert_eq!(all, kept.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_secret_is_found_under_the_exact_name_only() {
        let headers =
            request(&["warpyard_app=plain; __Host-warpyard_app=one; __Host-warpyard_app=two; __host-warpyard_app=three"]);
        assert_eq!(secrets(&headers, true).collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!(secrets(&headers, false).collect::<Vec<_>>(), ["plain"]);
    }

    #[test]
    fn an_app_sets_cookies_for_its_own_host_only() {
        let authority = HeaderValue::from_static("lab--0123456789ab.apps.localhost:8080");
        for (value, passes) in [
            ("a=1; Path=/", true),
            ("a=1; Domain=lab--0123456789ab.apps.localhost", true),
            ("a=1; domain = .LAB--0123456789ab.apps.localhost", true),
            ("a=1; Domain=", true),
            ("a=1; Domain=apps.localhost", false),
            ("a=1; Domain=lab--0123456789ab.apps.localhost; Domain=.localhost", false),
            ("__Host-warpyard_app=x; Path=/; Secure", false),
            (" warpyard_app =x", false),
            ("=warpyard_app=x", false),
            ("warpyard_app", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.append(SET_COOKIE, HeaderValue::from_static("other=1"));
            headers.append(SET_COOKIE, HeaderValue::from_str(value).unwrap());
            confine(&mut headers, &authority);
            assert_eq!(headers.get_all(SET_COOKIE).iter().count(), if passes { 2 } else { 1 }, "{value}");
            assert_eq!(headers[SET_COOKIE], "other=1");
        }
    }

    #[test]
    fn a_secret_that_breaks_out_of_the_cookie_is_refused() {
        assert_eq!(
            start_session(true, "abc", 60).unwrap(),
            "__Host-warpyard_app=abc; Secure; HttpOnly; SameSite=Lax; Path=/; Max-Age=60"
        );
        assert_eq!(start_session(false, "abc", 60).unwrap(), "warpyard_app=abc; HttpOnly; SameSite=Lax; Path=/; Max-Age=60");
        for secret in ["", "a;b", "a b", "a\r\nSet-Cookie: x=1", "ä"] {
            assert!(start_session(true, secret, 60).is_none(), "{secret:?}");
        }
    }
}
