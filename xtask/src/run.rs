//! `make run`: from a fresh clone to a running server on ./data.

use crate::tools::Tool;
use crate::{console, shell, tools};
use anyhow::{Result, anyhow};
use std::os::unix::process::CommandExt;

/// Builds what changed and becomes the server, so that Ctrl-C and the exit status are the server's own.
pub(crate) fn run(serve: &[String]) -> Result<()> {
    tools::require_node()?;
    tools::advise(&[Tool::Bubblewrap, Tool::PythonVenv]);
    console::build()?;
    shell::heading("build the server (the first time takes some minutes)");
    shell::run(shell::cargo().args(["build", "--release", "--package", "warpyard"]))?;
    let mut server = shell::command(&shell::target().join("release/warpyard").to_string_lossy());
    server.arg("serve");
    if !serve.iter().any(|argument| argument.starts_with("--data-dir")) {
        server.args(["--data-dir", "data"]);
    }
    // The first hour should show GPUs; without real ones they are simulated, and labelled so wherever they appear.
    let has_gpu = std::path::Path::new("/dev/nvidia0").exists();
    if !has_gpu && !serve.iter().any(|argument| argument.starts_with("--simulate-gpus")) {
        server.args(["--simulate-gpus", "A100-80GB:4"]);
    }
    server.args(serve);
    Err(anyhow!(server.exec()).context(format!("cannot start {}", shell::shown(&server))))
}
