//! A failed command, as people read it: one line, the fields, what to do. Never a stack.

use crate::exit::Exit;
use std::io::Write;
use warpyard_client::ClientError;
use warpyard_model::{ErrorCode, FieldError};

/// Result of a command.
pub(crate) type Outcome<T = Exit> = Result<T, Failure>;

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    /// How the process ends.
    pub(crate) exit: Exit,
    /// What is wrong and where, on one line.
    pub(crate) message: String,
    /// The fields that break a rule, or what blocks.
    pub(crate) fields: Vec<FieldError>,
    /// What to do.
    pub(crate) hint: Option<String>,
    /// The server's id of the request.
    pub(crate) request_id: Option<String>,
    /// Whoever read our output went away: nothing to report.
    quiet: bool,
}

impl Failure {
    /// A failure that ends with `exit`.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), fields: Vec::new(), hint: None, request_id: None, quiet: false }
    }

    /// The command line is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// There is no such thing.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(Exit::NotFound, message)
    }

    /// Anything without a code of its own.
    pub(crate) fn other(message: impl Into<String>) -> Self {
        Self::new(Exit::Other, message)
    }

    /// A file that cannot be read or written.
    pub(crate) fn file(what: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::other(format!("cannot {what} {}: {error}", path.display()))
    }

    /// Fields that break a rule.
    pub(crate) fn invalid(message: impl Into<String>, fields: Vec<FieldError>) -> Self {
        Self { fields, ..Self::new(Exit::Invalid, message) }
    }

    /// Adds what to do.
    #[must_use]
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Tells people and gives the exit code.
    pub(crate) fn report(&self, verbose: bool) -> Exit {
        if self.quiet {
            return Exit::Done;
        }
        let red = crate::output::stderr_colour();
        let (on, off) = if red { ("\x1b[31m", "\x1b[0m") } else { ("", "") };
        let mut text = format!("{on}error:{off} {}\n", one_line(&self.message));
        // A message that only repeats its one field says everything already.
        let repeated = matches!(self.fields.as_slice(), [one] if self.message == format!("{}: {}", one.path, one.message));
        if !repeated {
            for field in &self.fields {
                let path = if field.path.is_empty() { String::new() } else { format!("{}: ", field.path) };
                text.push_str(&format!("  {path}{}\n", one_line(&field.message)));
            }
        }
        if let Some(hint) = &self.hint {
            text.push_str(&format!("hint: {hint}\n"));
        }
        if verbose && let Some(id) = &self.request_id {
            text.push_str(&format!("request id: {id}\n"));
        }
        // Nothing can be told when standard error is closed; the exit code still says it.
        let _ = std::io::stderr().write_all(text.as_bytes());
        self.exit
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let hint = match (error.code, error.status) {
            (ErrorCode::Unauthenticated, _) => Some("sign in with `warpyard login URL`".to_owned()),
            (ErrorCode::Internal, Some(_)) if error.request_id.is_some() => {
                error.request_id.as_ref().map(|id| format!("tell the server's administrator the request id {id}"))
            }
            _ => None,
        };
        Self {
            exit: Exit::of(error.code),
            message: error.message,
            fields: error.fields,
            hint,
            request_id: error.request_id,
            quiet: false,
        }
    }
}

impl From<std::io::Error> for Failure {
    /// For writes to standard output; errors of files go through [`Failure::file`], which names them.
    fn from(error: std::io::Error) -> Self {
        let quiet = error.kind() == std::io::ErrorKind::BrokenPipe;
        Self { quiet, ..Self::other(format!("cannot write the output: {error}")) }
    }
}
