//! Errors as RFC 9457 `application/problem+json`: the one place that maps them to HTTP.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use warpyard_model::{Error, ErrorCode, FieldError};

/// A problem on the wire.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub(crate) struct Problem {
    /// Always `about:blank`: `code` tells the class.
    #[serde(rename = "type")]
    pub problem_type: &'static str,
    /// The status in words.
    pub title: String,
    /// The status code.
    pub status: u16,
    /// The class.
    pub code: ErrorCode,
    /// What is wrong, where, and what to do.
    pub detail: String,
    /// The fields that break a rule, or what blocks a deletion.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// For finding it in the log.
    pub request_id: String,
}

/// Most fields that an answer names, and how long what it says of each may be: somebody who sends a document that is wrong
/// in every line, or one line of a megabyte, does not get it back.
const MOST_FIELDS: usize = 200;
const LONGEST: usize = 2_000;

fn shortened(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// An error on its way out.
#[derive(Debug)]
pub(crate) struct ApiError(pub Error);

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

pub(crate) fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::AlreadyExists | ErrorCode::Conflict | ErrorCode::ApprovalRequired => StatusCode::CONFLICT,
        ErrorCode::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::Forbidden | ErrorCode::QuotaExceeded | ErrorCode::SecondFactorRequired => StatusCode::FORBIDDEN,
        ErrorCode::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::CapacityUnavailable | ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::ProviderFailed => StatusCode::BAD_GATEWAY,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Rides on a response until the request's id is known and the body can be written.
#[derive(Debug, Clone)]
pub(crate) struct Pending(Problem);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let error = self.0;
        let status = status_of(error.code);
        if status.is_server_error() || error.log_context().is_some() {
            tracing::warn!(code = ?error.code, message = %error.message, context = error.log_context(), "a request failed");
        }
        let fields = error.fields.into_iter().take(MOST_FIELDS);
        let problem = Problem {
            problem_type: "about:blank",
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            code: error.code,
            detail: shortened(error.message),
            errors: fields.map(|f| FieldError { path: shortened(f.path), message: shortened(f.message) }).collect(),
            request_id: String::new(),
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(Pending(problem));
        response
    }
}

/// Writes the body of a pending problem now that the request's id is known.
pub(crate) fn finish(mut response: Response, request_id: &str) -> Response {
    let pending = response.extensions_mut().remove::<Pending>();
    let Some(Pending(mut problem)) = pending else { return response };
    request_id.clone_into(&mut problem.request_id);
    // A layer may have chosen a more fitting status than the error's own.
    problem.status = response.status().as_u16();
    response.status().canonical_reason().unwrap_or("Error").clone_into(&mut problem.title);
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let (mut parts, _) = response.into_parts();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, body.into())
}
