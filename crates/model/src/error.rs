//! What can go wrong, without knowing HTTP, SQL or a terminal.
//!
//! An [`Error`] has a public message that says what is wrong, where and what to do, and a private context that is
//! logged once where the error is handled and has no way into a response.

use serde::{Deserialize, Serialize};

/// Result with the crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The class of an error; every transport maps it in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Nothing of that name, or the caller may not know of it.
    NotFound,
    /// The name is taken.
    AlreadyExists,
    /// The input breaks a rule; `errors` says which fields.
    Invalid,
    /// Somebody else changed it, or something still uses it.
    Conflict,
    /// The caller may read but not do this.
    Forbidden,
    /// The organization asks for a second factor, and the caller's sign-in showed none.
    SecondFactorRequired,
    /// No or expired credentials.
    Unauthenticated,
    /// Too many requests of this kind from this caller.
    RateLimited,
    /// A quota would be exceeded.
    QuotaExceeded,
    /// No target can take it now or ever.
    CapacityUnavailable,
    /// Somebody else has to agree, by a two-person rule; `errors` names who may.
    ApprovalRequired,
    /// The ETag or a required state does not hold.
    PreconditionFailed,
    /// The request body is larger than the limit.
    TooLarge,
    /// The place where things run answered with an error.
    ProviderFailed,
    /// A dependency is away for the moment.
    Unavailable,
    /// A defect of Warpyard; only the request id is told.
    Internal,
}

/// One field that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FieldError {
    /// Where, as a dotted path from the document's root, such as `spec.inputs.disk`.
    pub path: String,
    /// What is wrong and what is allowed.
    pub message: String,
}

impl FieldError {
    /// A field error at `path`.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }

    /// The same error below `prefix`.
    #[must_use]
    pub fn under(mut self, prefix: &str) -> Self {
        self.path = if self.path.is_empty() { prefix.to_owned() } else { format!("{prefix}.{}", self.path) };
        self
    }
}

/// An error with a public message, field errors and a private context.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// The class.
    pub code: ErrorCode,
    /// For people: what is wrong, where, what to do.
    pub message: String,
    /// The fields that break a rule, when `code` is `Invalid`; what blocks, when it is `Conflict`.
    pub fields: Vec<FieldError>,
    /// Whether the same call may work later without a change (`ProviderFailed`, `Unavailable`).
    pub retryable: bool,
    /// What is in the way does not pass within a second (a full disk): tries begin further apart.
    pub slow_to_pass: bool,
    context: Option<String>,
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $code:ident),* $(,)?) => {$(
        $(#[$doc])*
        pub fn $name(message: impl Into<String>) -> Self { Self::new(ErrorCode::$code, message) }
    )*};
}

impl Error {
    /// What is not there and what the caller may not see: one text, so that nobody can tell them apart.
    pub fn not_visible() -> Self {
        Self::not_found("There is no such object, or you may not see it.")
    }

    /// What somebody without a second factor meets in an organization that asks for one.
    pub fn second_factor_required() -> Self {
        Self::new(
            ErrorCode::SecondFactorRequired,
            "This organization asks for a second factor. Set one up under Account in the console, or sign in with it; a token has to \
             be made from such a session.",
        )
    }

    /// An error of `code` that tells `message`.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            fields: Vec::new(),
            retryable: code == ErrorCode::Unavailable,
            slow_to_pass: false,
            context: None,
        }
    }

    constructors! {
        /// Nothing there, or nothing the caller may know of.
        not_found => NotFound,
        /// The name is taken.
        already_exists => AlreadyExists,
        /// Changed meanwhile, or still in use.
        conflict => Conflict,
        /// May read, may not do this.
        forbidden => Forbidden,
        /// No or expired credentials.
        unauthenticated => Unauthenticated,
        /// No place for it.
        capacity_unavailable => CapacityUnavailable,
        /// Somebody else has to agree.
        approval_required => ApprovalRequired,
        /// The ETag or a required state does not hold.
        precondition_failed => PreconditionFailed,
        /// A dependency is away.
        unavailable => Unavailable,
        /// The place where things run failed for good.
        provider_failed => ProviderFailed,
        /// Too many requests.
        rate_limited => RateLimited,
        /// The body is too large.
        too_large => TooLarge,
    }

    /// Bad input in the given fields. The message names the first of them.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let message = match fields.as_slice() {
            [] => "The input is not valid.".to_owned(),
            [one] if one.path.is_empty() => one.message.clone(),
            [one] => format!("{}: {}", one.path, one.message),
            [first, rest @ ..] => format!("{}: {} (and {} more)", first.path, first.message, rest.len()),
        };
        Self { fields, ..Self::new(ErrorCode::Invalid, message) }
    }

    /// Bad input in one field.
    pub fn invalid_field(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError::new(path, message)])
    }

    /// A defect: people see only that something failed and the request id.
    pub fn internal(context: impl std::fmt::Display) -> Self {
        Self::new(ErrorCode::Internal, "Something failed inside Warpyard.").with_context(context)
    }

    /// Adds what only the log may tell.
    #[must_use]
    pub fn with_context(mut self, context: impl std::fmt::Display) -> Self {
        self.context = Some(match self.context.take() {
            Some(inner) => format!("{context}: {inner}"),
            None => context.to_string(),
        });
        self
    }

    /// Adds field errors.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<FieldError>) -> Self {
        self.fields = fields;
        self
    }

    /// Marks that the same call may work later.
    #[must_use]
    pub fn retryable(mut self) -> Self {
        self.retryable = true;
        self
    }

    /// Marks that the same call may work later, and hardly at once: somebody has to make room first.
    #[must_use]
    pub fn retryable_later(mut self) -> Self {
        self.retryable = true;
        self.slow_to_pass = true;
        self
    }

    /// The private context, for the log only.
    pub fn log_context(&self) -> Option<&str> {
        self.context.as_deref()
    }
}
