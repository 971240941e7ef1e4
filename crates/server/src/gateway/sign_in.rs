//! Signing in at an app's origin, under the path that no app gets: `/.warpyard/`.
//!
//! The console hands out a one-time code and sends the browser to `/.warpyard/sign-in?code=…&return=/path` here, where
//! it becomes a cookie that only this origin gets.

use super::pages::Notice;
use super::{AppHost, Backend, Gateway, access, cookies};
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY, SET_COOKIE};
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, Uri};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use warpyard_model::Error;

/// The first segment of the paths that no app gets.
const RESERVED: &[u8] = b".warpyard";

const SIGN_IN: &str = "/.warpyard/sign-in";

/// What a `Location` may not hold as it is; everything else of a path and query stays.
const NOT_IN_LOCATION: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'{').add(b'}').add(b'|').add(b'^');

/// Whether `path` is one no app gets, however it is spelt.
pub(super) fn is_reserved(path: &str) -> bool {
    let rest = path.trim_start_matches('/');
    if !rest.starts_with(['.', '%']) {
        return false;
    }
    // Servers also read `/./.warpyard/` and `/%2Ewarpyard/` as the path itself.
    let mut segments = rest.split('/').map(|segment| percent_decode_str(segment).collect::<Vec<u8>>());
    segments.find(|segment| segment != b"." && segment != b"").is_some_and(|segment| segment.eq_ignore_ascii_case(RESERVED))
}

/// Answers a request to a reserved path.
pub(super) async fn serve<B: Backend, R>(
    gateway: &Gateway<B>,
    host: &AppHost,
    request: &Request<R>,
) -> Result<Response<Body>, Box<Notice>> {
    if request.uri().path() != SIGN_IN {
        return Err(Notice::no_such_page());
    }
    if request.method() != Method::GET {
        return Err(Notice::method_not_allowed());
    }
    // A page that embeds this address in an image or a frame would sign people in without their knowing.
    if request.headers().get("sec-fetch-dest").is_some_and(|destination| destination != "document") {
        return Err(Notice::forbidden("This address can only be opened as a page of its own."));
    }
    let (mut code, mut back) = (None, None);
    for (name, value) in url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()) {
        match &*name {
            "code" => code = Some(value),
            "return" => back = Some(value),
            _ => {}
        }
    }
    let back = back.as_deref().and_then(local_path).unwrap_or_else(|| "/".to_owned());
    let session = match code.as_deref().filter(|code| !code.is_empty()) {
        Some(code) => gateway.backend.redeem(host, code).await.map_err(Notice::failure)?,
        None => None,
    };
    let Some(session) = session else {
        // Going back or reloading repeats a code that did its work.
        if gateway.backend.endpoint(host).await.map_err(Notice::failure)?.is_none() {
            return Err(Notice::no_such_app());
        }
        return match access::credential(gateway, host, request.headers()).await {
            Ok(Some(_)) => Ok(see_other(&back, None)),
            Ok(None) | Err(_) => Err(Notice::bad_code(gateway.backend.sign_in_url(host, &back))),
        };
    };
    let cookie = cookies::start_session(gateway.config.secure_cookies, &session.secret, session.expires_in_seconds)
        .ok_or_else(|| Notice::failure(Error::internal("the backend made a session secret that fits no cookie")))?;
    Ok(see_other(&back, Some(cookie)))
}

/// Sends somebody without a session to the console, and from there back to the same address.
pub(super) fn redirect<B: Backend>(gateway: &Gateway<B>, host: &AppHost, uri: &Uri) -> Response<Body> {
    let wanted = uri.path_and_query().and_then(|wanted| local_path(wanted.as_str())).unwrap_or_else(|| "/".to_owned());
    see_other(&gateway.backend.sign_in_url(host, &wanted), None)
}

/// `path` as a `Location` that stays on this origin, or `None` when a browser could read another host into it.
///
/// Browsers treat `\` as `/` and skip tabs and line ends, so `/\evil.example` and `/⇥/evil.example` are as foreign as
/// `//evil.example`.
fn local_path(path: &str) -> Option<String> {
    let local = path.starts_with('/') && !path.starts_with("//") && !path.contains(|c: char| c == '\\' || c.is_control());
    local.then(|| utf8_percent_encode(path, NOT_IN_LOCATION).to_string())
}

fn see_other(location: &str, cookie: Option<HeaderValue>) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    let location = HeaderValue::from_str(location).unwrap_or(HeaderValue::from_static("/"));
    headers.insert(LOCATION, location);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // The address holds a code, or a path that is the app's own business.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Some(cookie) = cookie {
        headers.insert(SET_COOKIE, cookie);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_path_cannot_leave_the_origin() {
        for foreign in [
            "",
            "lab",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "/\r\nSet-Cookie: a=1",
            "javascript:alert(1)",
            "/ok\\..",
        ] {
            assert_eq!(local_path(foreign), None, "{foreign:?}");
        }
        for (path, location) in [
            ("/", "/"),
            ("/lab/tree?a=1&b=%20#x", "/lab/tree?a=1&b=%20#x"),
            ("/é \"<", "/%C3%A9%20%22%3C"),
            ("/?next=//x", "/?next=//x"),
        ] {
            assert_eq!(local_path(path).as_deref(), Some(location));
        }
    }

    #[test]
    fn reserved_paths_are_recognised_in_every_spelling() {
        for path in
            ["/.warpyard", "/.warpyard/", "/.warpyard/sign-in", "//.warpyard/x", "/%2ewarpyard/x", "/./.warpyard", "/.WarpYard/x"]
        {
            assert!(is_reserved(path), "{path}");
        }
        for path in ["/", "/warpyard", "/.warpyards", "/x/.warpyard", "/.well-known/x", "*", "/%"] {
            assert!(!is_reserved(path), "{path}");
        }
    }
}
