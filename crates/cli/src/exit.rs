//! Exit codes: what a script may rely on.

use warpyard_model::ErrorCode;

/// How a command ended. [`Exit::MEANINGS`] is the documentation of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done,
    /// `diff` found differences, or something else failed.
    Other,
    /// The command line is wrong.
    Usage,
    /// No such thing.
    NotFound,
    /// Not signed in, or not allowed.
    Forbidden,
    /// Changed meanwhile, taken, in use, or in the wrong state.
    Conflict,
    /// A field breaks a rule.
    Invalid,
    /// No answer, no capacity, no quota, or too many requests.
    Unavailable,
    /// `--wait` saw a failure.
    WaitFailed,
    /// `--wait` ran out of time.
    TimedOut,
    /// The code of a command run with `exec`, or of a batch job that was waited for.
    Passed(i32),
}

impl Exit {
    /// Every code and what it means, for `warpyard help exit-codes`.
    pub(crate) const MEANINGS: &[(i32, &str)] = &[
        (0, "done"),
        (1, "`diff` found differences; or a failure that has no code of its own"),
        (2, "the command line is wrong: an unknown option, a missing value, a question that needs --yes"),
        (3, "there is no such thing, or you may not know of it"),
        (4, "not signed in, the token expired, or your roles do not allow it"),
        (5, "the name is taken, somebody changed it meanwhile, something uses it, or its state does not allow it"),
        (6, "a field breaks a rule; the fields are listed"),
        (7, "the server cannot be reached, or capacity, quota or rate do not allow it now"),
        (8, "--wait: it failed, or it will not get where it should"),
        (9, "--wait: it took longer than --timeout"),
    ];

    /// The number.
    pub(crate) fn code(self) -> i32 {
        match self {
            Exit::Done => 0,
            Exit::Other => 1,
            Exit::Usage => 2,
            Exit::NotFound => 3,
            Exit::Forbidden => 4,
            Exit::Conflict => 5,
            Exit::Invalid => 6,
            Exit::Unavailable => 7,
            Exit::WaitFailed => 8,
            Exit::TimedOut => 9,
            Exit::Passed(code) => code,
        }
    }

    /// The code for an error of the API.
    pub(crate) fn of(code: ErrorCode) -> Self {
        match code {
            ErrorCode::NotFound => Exit::NotFound,
            ErrorCode::Forbidden | ErrorCode::Unauthenticated | ErrorCode::SecondFactorRequired => Exit::Forbidden,
            ErrorCode::AlreadyExists | ErrorCode::Conflict | ErrorCode::ApprovalRequired | ErrorCode::PreconditionFailed => {
                Exit::Conflict
            }
            ErrorCode::Invalid | ErrorCode::TooLarge => Exit::Invalid,
            ErrorCode::RateLimited
            | ErrorCode::QuotaExceeded
            | ErrorCode::CapacityUnavailable
            | ErrorCode::ProviderFailed
            | ErrorCode::Unavailable => Exit::Unavailable,
            ErrorCode::Internal => Exit::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_documented() {
        let all = [
            Exit::Done,
            Exit::Other,
            Exit::Usage,
            Exit::NotFound,
            Exit::Forbidden,
            Exit::Conflict,
            Exit::Invalid,
            Exit::Unavailable,
            Exit::WaitFailed,
            Exit::TimedOut,
        ];
        let documented: Vec<i32> = Exit::MEANINGS.iter().map(|(code, _)| *code).collect();
        assert_eq!(documented, all.map(Exit::code));
    }
}
