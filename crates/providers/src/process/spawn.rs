//! The one place that starts programs.
//!
//! Everything started here has a clean environment and says where its three standard streams go, so that nothing of the
//! server (variables, terminals, descriptors) leaks into what it starts.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

/// The search path of a machine that says nothing better.
pub(super) const SYSTEM_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A command with nothing but a system `PATH` and a neutral locale, and no standard input.
#[expect(clippy::disallowed_methods, reason = "this is the one helper that the lint points to")]
pub(super) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", SYSTEM_PATH).env("LANG", "C.UTF-8").stdin(Stdio::null());
    command
}

/// Looks a program up in a search path, as `execvp` would.
pub(super) fn find_program(name: &str, search_path: &str) -> Option<std::path::PathBuf> {
    if name.contains('/') {
        let path = Path::new(name);
        return is_executable(path).then(|| path.to_owned());
    }
    search_path.split(':').filter(|d| !d.is_empty()).map(|d| Path::new(d).join(name)).find(|p| is_executable(p))
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_like_execvp_does() {
        assert!(find_program("sh", SYSTEM_PATH).is_some());
        assert!(find_program("/bin/sh", "").is_some());
        assert!(find_program("no-such-program", SYSTEM_PATH).is_none());
        assert!(find_program("/etc/passwd", SYSTEM_PATH).is_none(), "not executable");
    }
}
