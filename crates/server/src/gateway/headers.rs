//! What a proxy must take out of a message before it passes it on (RFC 9110 §7.6.1), and our own credentials.

use super::{access, cookies};
use axum::http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRANSFER_ENCODING, UPGRADE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Version};

/// Headers that concern one connection only, besides those that `Connection` names. `Trailer` is not among them: it
/// describes the message, and the servers on both sides need it to let trailers through.
const HOP_BY_HOP: [HeaderName; 9] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    HeaderName::from_static("proxy-authentication-info"),
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Refuses a request whose length is told twice. The HTTP/1.1 parser already drops `Content-Length` beside
/// `Transfer-Encoding`, refuses contradictory lengths and closes the connection after either; this holds whatever parser
/// stands in front.
pub(super) fn check_framing<R>(request: &Request<R>) -> Result<(), &'static str> {
    let headers = request.headers();
    if headers.contains_key(TRANSFER_ENCODING) && headers.contains_key(CONTENT_LENGTH) {
        return Err("The request has both Content-Length and Transfer-Encoding.");
    }
    if headers.get_all(CONTENT_LENGTH).iter().nth(1).is_some() {
        return Err("The request has more than one Content-Length header.");
    }
    Ok(())
}

/// The protocol a request asks to switch to, if it is one that is passed on.
///
/// HTTP inside HTTP is not: whoever gets an `h2c` connection to an app writes its own `X-Forwarded-User` into later
/// requests. Such a request is served without switching, as RFC 9110 §7.8 allows.
pub(super) fn requested_upgrade<R>(request: &Request<R>) -> Option<HeaderValue> {
    let headers = request.headers();
    let mut protocols = headers.get_all(UPGRADE).iter();
    let protocol = protocols.next()?;
    let passed_on = protocols.next().is_none()
        && request.version() == Version::HTTP_11
        && tokens(headers, CONNECTION).any(|token| token.eq_ignore_ascii_case("upgrade"))
        && tokens(headers, UPGRADE).all(|token| {
            let name = token.split('/').next().unwrap_or_default();
            !["h2c", "http", "tls"].iter().any(|refused| name.eq_ignore_ascii_case(refused))
        });
    passed_on.then(|| protocol.clone())
}

/// Whether an app switched to (one of) the protocols it was asked for.
pub(super) fn is_upgrade_to(answer: &HeaderMap, requested: &HeaderValue) -> bool {
    let requested = requested.to_str().unwrap_or_default();
    let mut switched = tokens(answer, UPGRADE).peekable();
    switched.peek().is_some()
        && switched.all(|token| requested.split(',').any(|wanted| wanted.trim().eq_ignore_ascii_case(token)))
}

/// Takes connection headers and our credentials out of a request.
pub(super) fn clean_request(headers: &mut HeaderMap) {
    let trailers = tokens(headers, TE).any(|token| token.eq_ignore_ascii_case("trailers"));
    strip_hop_by_hop(headers);
    if trailers {
        headers.insert(TE, HeaderValue::from_static("trailers"));
        headers.insert(CONNECTION, HeaderValue::from_static("te"));
    }
    cookies::strip_ours(headers);
    strip_tokens(headers);
}

/// Takes connection headers and cookies an app may not set out of its answer.
pub(super) fn clean_response(headers: &mut HeaderMap, authority: &HeaderValue) {
    strip_hop_by_hop(headers);
    cookies::confine(headers, authority);
}

fn strip_hop_by_hop(headers: &mut HeaderMap) {
    if headers.contains_key(CONNECTION) {
        let named: Vec<HeaderName> = tokens(headers, CONNECTION)
            .filter(|token| !["keep-alive", "close", "upgrade"].iter().any(|usual| token.eq_ignore_ascii_case(usual)))
            .filter_map(|token| HeaderName::from_bytes(token.as_bytes()).ok())
            // A length is no connection header, and removing it would change how the message ends.
            .filter(|name| *name != CONTENT_LENGTH)
            .collect();
        for name in named {
            headers.remove(name);
        }
    }
    for name in &HOP_BY_HOP {
        headers.remove(name);
    }
}

fn strip_tokens(headers: &mut HeaderMap) {
    if !headers.get_all(AUTHORIZATION).iter().any(|value| access::personal_token(value).is_some()) {
        return;
    }
    let kept: Vec<HeaderValue> =
        headers.get_all(AUTHORIZATION).iter().filter(|value| access::personal_token(value).is_none()).cloned().collect();
    headers.remove(AUTHORIZATION);
    for value in kept {
        headers.append(AUTHORIZATION, value);
    }
}

fn tokens(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header::{COOKIE, HOST};

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn connection_headers_and_what_they_name_are_removed() {
        let mut request = headers(&[
            ("connection", "close, X-Private"),
            ("connection", "x-more, content-length"),
            ("x-private", "1"),
            ("x-more", "1"),
            ("content-length", "3"),
            ("keep-alive", "timeout=5"),
            ("proxy-authorization", "Basic eA=="),
            ("te", "gzip, Trailers"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "websocket"),
            ("trailer", "x-sum"),
            ("host", "h"),
            ("authorization", "Basic eA=="),
            ("authorization", "bearer wyd_secret"),
            ("cookie", "a=1; __Host-warpyard_app=s"),
        ]);
        clean_request(&mut request);
        assert_eq!(request.get(TE).unwrap(), "trailers");
        assert_eq!(request.get(CONNECTION).unwrap(), "te");
        assert_eq!(request.get(COOKIE).unwrap(), "a=1");
        assert_eq!(request.get(HOST).unwrap(), "h");
        assert_eq!(request.get(CONTENT_LENGTH).unwrap(), "3");
        assert_eq!(request.get("trailer").unwrap(), "x-sum");
        assert_eq!(request.get_all(AUTHORIZATION).iter().collect::<Vec<_>>(), ["Basic eA=="]);
        assert_eq!(request.len(), 7, "{request:?}");
    }

    #[test]
    fn only_real_and_safe_upgrades_are_passed_on() {
        let ask = |pairs: &[(&str, &str)], version| {
            let mut request = Request::new(());
            *request.headers_mut() = headers(pairs);
            *request.version_mut() = version;
            requested_upgrade(&request)
        };
        let websocket = [("connection", "keep-alive, Upgrade"), ("upgrade", "websocket")];
        assert_eq!(ask(&websocket, Version::HTTP_11).unwrap(), "websocket");
        assert_eq!(ask(&websocket, Version::HTTP_10), None);
        assert_eq!(ask(&[("upgrade", "websocket")], Version::HTTP_11), None);
        for protocol in ["h2c", "H2C, websocket", "websocket, HTTP/2.0", "TLS/1.3"] {
            assert_eq!(ask(&[("connection", "upgrade"), ("upgrade", protocol)], Version::HTTP_11), None, "{protocol}");
        }
        let asked = HeaderValue::from_static("foo/1, websocket");
        assert!(is_upgrade_to(&headers(&[("upgrade", "WebSocket")]), &asked));
        assert!(!is_upgrade_to(&headers(&[("upgrade", "h2c")]), &asked));
        assert!(!is_upgrade_to(&headers(&[]), &asked));
    }

    #[test]
    fn a_length_told_twice_is_refused() {
        for (pairs, fine) in [
            (vec![("content-length", "3"), ("transfer-encoding", "chunked")], false),
            (vec![("content-length", "3"), ("content-length", "3")], false),
            (vec![("content-length", "3")], true),
            (vec![("transfer-encoding", "chunked")], true),
        ] {
            let mut request = Request::new(());
            *request.headers_mut() = headers(&pairs);
            assert_eq!(check_framing(&request).is_ok(), fine, "{pairs:?}");
        }
    }
}
