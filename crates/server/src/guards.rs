//! What every answer of the console and the API carries for browsers, and which requests are too ambiguous to serve.
//!
//! An answer that has its own word on one of these keeps it: the console's pages have a policy, icons may be kept.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Request, StatusCode, Version};
use axum::response::Response;

/// An answer opened as a page of its own shows text and does nothing.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; base-uri 'none'; frame-ancestors 'none'");
/// Two years, for the apps below the host as well.
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Adds what is missing.
pub(crate) async fn guard(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // Apps are of the same site, so their pages send our cookie along with an image or a script that they ask us for.
        (RESOURCE_POLICY, HeaderValue::from_static("same-origin")),
    ] {
        headers.entry(name).or_insert(value);
    }
    response
}

/// Tells browsers to come through HTTPS only. Apps have no say in this.
pub(crate) fn only_https(mut response: Response) -> Response {
    response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    response
}

/// Whether it is not clear for which host a request is: a proxy in front may have read another.
pub(crate) fn host_is_unclear<B>(request: &Request<B>) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    let (first, second) = (hosts.next(), hosts.next());
    let contradicted = match (first, request.uri().authority()) {
        (Some(header), Some(target)) => !header.as_bytes().eq_ignore_ascii_case(target.as_str().as_bytes()),
        _ => false,
    };
    let missing = first.is_none() && request.version() == Version::HTTP_11;
    second.is_some() || contradicted || missing
}

/// The answer to such a request; nothing more is taken from its connection.
pub(crate) fn refused() -> Response {
    let mut response = Response::new(Body::from("A request names the one host that it is for.\n"));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
