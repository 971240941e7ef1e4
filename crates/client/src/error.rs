//! What can go wrong when talking to a server, in the words of the model's errors.

use serde::Deserialize;
use warpyard_model::{ErrorCode, FieldError};

/// Result with the crate's [`ClientError`].
pub type Result<T, E = ClientError> = std::result::Result<T, E>;

/// A failed call: the server's problem document, or why there is none.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct ClientError {
    /// The class. `Unavailable` when no answer arrived at all.
    pub code: ErrorCode,
    /// What is wrong, where, what to do.
    pub message: String,
    /// Fields that break a rule, or what blocks.
    pub fields: Vec<FieldError>,
    /// The server's id of the request, for its log.
    pub request_id: Option<String>,
    /// The HTTP status; absent when no answer arrived.
    pub status: Option<u16>,
}

/// RFC 9457, as far as it is read; everything may be missing because a proxy may have answered.
#[derive(Debug, Default, Deserialize)]
struct Problem {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    detail: Option<String>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    errors: Vec<FieldError>,
    #[serde(default)]
    request_id: Option<String>,
}

impl ClientError {
    /// An error of this side: nothing was sent, or what came back cannot be used.
    pub fn local(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), fields: Vec::new(), request_id: None, status: None }
    }

    /// Whether nothing of that name is there, or the caller may not know of it.
    pub fn is_not_found(&self) -> bool {
        self.code == ErrorCode::NotFound
    }

    /// Whether the same call may work later without a change.
    pub fn is_transient(&self) -> bool {
        matches!(self.code, ErrorCode::Unavailable | ErrorCode::RateLimited)
    }

    /// Reads the answer of a failed request.
    pub(crate) fn from_answer(status: u16, request_id: Option<String>, body: &[u8], url: &str) -> Self {
        let problem: Problem = serde_json::from_slice(body).unwrap_or_default();
        let told: Option<ErrorCode> = problem.code.and_then(|c| serde_json::from_value(serde_json::Value::String(c)).ok());
        let message = problem
            .detail
            .filter(|d| !d.is_empty())
            .or(problem.title.filter(|t| !t.is_empty()))
            .unwrap_or_else(|| format!("{url} answered with HTTP status {status} and no explanation"));
        Self {
            code: told.unwrap_or_else(|| code_of_status(status)),
            message,
            fields: problem.errors,
            request_id: problem.request_id.or(request_id),
            status: Some(status),
        }
    }

    /// Reads why a request got no answer. `server` is told to people; the address of the request is not.
    pub(crate) fn from_transport(error: &reqwest::Error, server: &str) -> Self {
        let reason = innermost(error);
        let message = if error.is_timeout() {
            format!("{server} did not answer in time; try again, or check that the server is healthy")
        } else if error.is_connect() {
            format!("cannot reach {server}: {reason}; check the address and that the server runs")
        } else {
            format!("the connection to {server} broke: {reason}")
        };
        Self::local(ErrorCode::Unavailable, message)
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut current = error;
    while let Some(source) = current.source() {
        current = source;
    }
    current.to_string()
}

fn code_of_status(status: u16) -> ErrorCode {
    match status {
        400 | 405 | 406 | 415 | 422 => ErrorCode::Invalid,
        401 => ErrorCode::Unauthenticated,
        403 => ErrorCode::Forbidden,
        404 | 410 => ErrorCode::NotFound,
        409 => ErrorCode::Conflict,
        412 | 428 => ErrorCode::PreconditionFailed,
        413 => ErrorCode::TooLarge,
        429 => ErrorCode::RateLimited,
        408 | 502 | 503 | 504 => ErrorCode::Unavailable,
        _ => ErrorCode::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_document_is_read() {
        let body = br#"{"type":"about:blank","title":"Invalid","status":422,"code":"invalid","detail":"inputs.disk: too small",
            "errors":[{"path":"inputs.disk","message":"too small"}],"request_id":"r-1"}"#;
        let error = ClientError::from_answer(422, None, body, "http://server");
        assert_eq!(error.code, ErrorCode::Invalid);
        assert_eq!(error.message, "inputs.disk: too small");
        assert_eq!(error.fields, vec![FieldError::new("inputs.disk", "too small")]);
        assert_eq!(error.request_id.as_deref(), Some("r-1"));
    }

    #[test]
    fn an_answer_of_a_proxy_is_still_an_error() {
        let error = ClientError::from_answer(502, Some("r-2".into()), b"<html>bad gateway</html>", "http://server/api");
        assert_eq!(error.code, ErrorCode::Unavailable);
        assert!(error.message.contains("502"), "{}", error.message);
        assert_eq!(error.request_id.as_deref(), Some("r-2"));
    }
}
