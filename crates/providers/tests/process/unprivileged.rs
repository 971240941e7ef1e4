//! The same contract where less is allowed: without root, and without bubblewrap.

use crate::suite;
use crate::support::{config, skip};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use warpyard_provider::conformance;

/// A user that owns nothing.
const NOBODY: u32 = 65_534;
/// Tells the second run of this program, as another user, what it is.
const SECOND_RUN: &str = "WARPYARD_TEST_WITHOUT_ROOT";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conforms_without_root() {
    if !nix::unistd::geteuid().is_root() {
        // Everything here runs without root anyway, or this is the second run.
        let data = tempfile::tempdir().unwrap();
        return conformance::run(&suite(config(data.path()))).await;
    }
    assert!(std::env::var_os(SECOND_RUN).is_none(), "the second run is still root");
    let data = tempfile::tempdir().unwrap();
    std::os::unix::fs::chown(data.path(), Some(NOBODY), Some(NOBODY)).unwrap();
    let this = std::env::current_exe().unwrap();
    let user = NOBODY.to_string();
    let output = Command::new("setpriv")
        .args(["--reuid", &user, "--regid", &user, "--clear-groups", "--"])
        .arg(this)
        .args(["--exact", "unprivileged::conforms_without_root", "--nocapture"])
        .env(SECOND_RUN, "1")
        .env("TMPDIR", data.path())
        .output();
    match output {
        Ok(output) if output.status.success() => {
            assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "the second run ran nothing");
        }
        Ok(output) => panic!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)),
        Err(error) => skip(&format!("setpriv (of util-linux) cannot be run: {error}")),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conforms_without_bubblewrap() {
    let data = tempfile::tempdir().unwrap();
    std::fs::set_permissions(data.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    let mut config = config(data.path());
    config.allow_bubblewrap = false;
    let mut suite = suite(config);
    suite.prepares = false;
    conformance::run(&suite).await;
}
