//! What the gateway says by itself: a page for people, `application/problem+json` (RFC 9457) for programs.

use super::{EndpointTarget, status_of};
use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, RETRY_AFTER, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, Response, StatusCode};
use base64::Engine;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::sync::LazyLock;
use warpyard_model::{Error, ErrorCode};

const STYLE: &str = include_str!("page.css");

/// Nothing but the page's own style, which is named by its hash.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    let policy =
        format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    HeaderValue::from_str(&policy).expect("base64 and fixed text are visible ASCII")
});

/// Seconds after which a page about an app that is not there yet looks again.
const LOOK_AGAIN_SECONDS: u16 = 3;

/// An answer of the gateway's own.
pub(super) struct Notice {
    status: StatusCode,
    code: ErrorCode,
    title: String,
    detail: String,
    /// Where a person goes on, and what the link says.
    link: Option<(String, &'static str)>,
    /// The state passes by itself.
    passing: bool,
    request_id: uuid::Uuid,
}

impl Notice {
    fn new(status: StatusCode, code: ErrorCode, title: impl Into<String>, detail: impl Into<String>) -> Box<Self> {
        let request_id = uuid::Uuid::now_v7();
        Box::new(Self { status, code, title: title.into(), detail: detail.into(), link: None, passing: false, request_id })
    }

    pub(super) fn bad_request(detail: &'static str) -> Box<Self> {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::Invalid, "Not a valid request", detail)
    }

    pub(super) fn method_not_allowed() -> Box<Self> {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            ErrorCode::Invalid,
            "Method not allowed",
            "This address does not take that method.",
        )
    }

    pub(super) fn no_such_app() -> Box<Self> {
        let detail = "No app answers at this address. It may have been deleted; the console lists the ones you have.";
        Self::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, "No app here", detail)
    }

    pub(super) fn no_such_page() -> Box<Self> {
        let detail = "Addresses below /.warpyard/ belong to Warpyard, and there is none of this name.";
        Self::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, "No such page", detail)
    }

    pub(super) fn unauthenticated() -> Box<Self> {
        let detail = "Sign in by opening the app from the console, or send a personal token as `Authorization: Bearer wyd_…`.";
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::Unauthenticated, "Not signed in", detail)
    }

    pub(super) fn bad_token() -> Box<Self> {
        let detail = "The personal token is unknown or expired, or its owner may not open this app.";
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::Unauthenticated, "Token not accepted", detail)
    }

    pub(super) fn forbidden(detail: &'static str) -> Box<Self> {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::Forbidden, "Not allowed", detail)
    }

    pub(super) fn bad_code(sign_in_url: String) -> Box<Self> {
        let detail = "The sign-in link was already used or has expired. Each one works once, for a short time.";
        let mut notice = Self::new(StatusCode::FORBIDDEN, ErrorCode::Forbidden, "This link no longer works", detail);
        notice.link = Some((sign_in_url, "Sign in again"));
        notice
    }

    /// For somebody whom the console does not send on to an app.
    pub(super) fn not_opened(error: Error, console: &str) -> Box<Self> {
        let mut notice = match error.code {
            ErrorCode::NotFound => Self::no_such_app(),
            ErrorCode::Forbidden => Self::forbidden("You may not open this app. Whoever owns it can open it to you."),
            _ => Self::failure(error),
        };
        notice.link = Some((console.to_owned(), "Back to the console"));
        notice
    }

    pub(super) fn not_ready(target: &EndpointTarget) -> Box<Self> {
        let state = if target.state_message.is_empty() { "It does not take requests yet." } else { &target.state_message };
        let title = format!("{} is not ready", target.title);
        Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable, title, state).passing()
    }

    pub(super) fn unreachable(target: &EndpointTarget, error: &Error) -> Box<Self> {
        let status = if error.retryable { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::BAD_GATEWAY };
        let mut detail =
            String::from("The app could not be reached; it may be starting, or have stopped listening. Its logs tell more.");
        if !target.state_message.is_empty() {
            let _ = write!(detail, " State: {}", target.state_message);
        }
        let title = format!("{} does not answer", target.title);
        let notice = Self::new(status, ErrorCode::ProviderFailed, title, detail).passing();
        let id = notice.request_id;
        tracing::info!(uid = target.uid, endpoint = target.endpoint, %error, context = error.log_context(), %id, "app not reached");
        notice
    }

    pub(super) fn broken(target: &EndpointTarget, reason: &dyn std::error::Error) -> Box<Self> {
        let detail = "The app closed the connection before it answered, or its answer is not HTTP. Its logs tell more.";
        let title = format!("{} did not answer", target.title);
        let notice = Self::new(StatusCode::BAD_GATEWAY, ErrorCode::ProviderFailed, title, detail).passing();
        let id = notice.request_id;
        let source = reason.source().map(tracing::field::display);
        tracing::info!(uid = target.uid, endpoint = target.endpoint, %reason, source, %id, "app failed to answer");
        notice
    }

    /// An error of the backend. What it says stays in the log, under the request id that people are told.
    pub(super) fn failure(error: Error) -> Box<Self> {
        let status = status_of(&error);
        let (title, detail) = match status {
            StatusCode::TOO_MANY_REQUESTS => ("Too many requests", "Wait a moment, then try again."),
            _ => (
                "Something failed",
                "Warpyard could not serve this request. Try again; if it stays, tell an admin the request id.",
            ),
        };
        let mut notice = Self::new(status, error.code, title, detail);
        notice.passing = error.retryable;
        let id = notice.request_id;
        tracing::error!(%error, context = error.log_context(), %id, "the gateway failed to serve a request");
        notice
    }

    fn passing(mut self: Box<Self>) -> Box<Self> {
        self.passing = true;
        self
    }

    /// The response: a page for a navigation, a problem for everything else.
    pub(super) fn respond(&self, navigation: bool) -> Response<Body> {
        let (kind, body) =
            if navigation { ("text/html; charset=utf-8", self.page()) } else { ("application/problem+json", self.problem()) };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(CONTENT_SECURITY_POLICY, POLICY.clone());
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if self.passing {
            headers.insert(RETRY_AFTER, HeaderValue::from(LOOK_AGAIN_SECONDS));
        }
        if self.status == StatusCode::BAD_REQUEST {
            // Where it is not clear what was asked, it is not clear either where the next request begins.
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Warpyard\""));
        }
        response
    }

    fn problem(&self) -> String {
        let detail = match &self.link {
            Some((url, label)) => format!("{} {label}: {url}", self.detail),
            None => self.detail.clone(),
        };
        serde_json::json!({
            "type": "about:blank",
            "title": self.title,
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": detail,
            "errors": [],
            "request_id": self.request_id,
        })
        .to_string()
    }

    fn page(&self) -> String {
        let title = Escaped(&self.title);
        let refresh =
            if self.passing { format!("<meta http-equiv=\"refresh\" content=\"{LOOK_AGAIN_SECONDS}\">") } else { String::new() };
        let mut page = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">{refresh}\
             <title>{title}</title><style>{STYLE}</style></head><body><main><h1>{title}</h1><p role=\"status\">{}</p>",
            Escaped(&self.detail)
        );
        if self.passing {
            page.push_str("<p>This page looks again by itself.</p>");
        }
        if let Some((url, label)) = &self.link {
            let _ = write!(page, "<p><a class=\"action\" href=\"{}\">{label}</a></p>", Escaped(url));
        }
        let _ =
            write!(page, "<small>Warpyard · {} · request {}</small></main></body></html>", self.status.as_u16(), self.request_id);
        page
    }
}

/// Text inside HTML, in elements and quoted attributes alike.
struct Escaped<'t>(&'t str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}
