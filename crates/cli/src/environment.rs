//! The one place that reads environment variables which are no options of the command line.

use std::ffi::OsString;
use warpyard_providers::process::ProcessConfig;

/// A variable that is set and not empty.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    #[expect(clippy::disallowed_methods, reason = "this is the one place of the command line that reads them")]
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The process provider's settings with what of this process's environment it needs.
pub(crate) fn for_processes(config: ProcessConfig) -> ProcessConfig {
    config.with_environment(std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))))
}
