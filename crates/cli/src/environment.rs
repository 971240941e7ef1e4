//! The one place that reads environment variables which are no options of the command line.

use std::ffi::OsString;

/// A variable that is set and not empty.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    #[expect(clippy::disallowed_methods, reason = "this is the one place of the command line that reads them")]
    std::env::var_os(name).filter(|value| !value.is_empty())
}
