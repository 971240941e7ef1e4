//! `make bench`: installs JupyterHub and its proxy under target/, builds everything optimised and starts the benchmark.

use crate::tools::Tool;
use crate::{console, python, shell, tools};
use anyhow::{Context, Result, bail};

const JUPYTERHUB: &str = "jupyterhub==6.1.1";
const PROXY: &str = "configurable-http-proxy@5.3.0";

/// Runs the benchmark with the peers' places filled in.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    tools::require_node()?;
    if let Some(tool) = tools::install(&[Tool::PythonVenv, Tool::Bubblewrap]).first() {
        bail!("the benchmark needs {}", tool.title());
    }
    let jupyterhub = python::environment("jupyterhub", &[JUPYTERHUB])?;
    let proxy = install_proxy()?;
    console::build()?;
    shell::heading("build the server and the benchmark, optimised");
    shell::run(shell::cargo().args(["build", "--release", "--package", "warpyard", "--package", "warpyard-bench"]))?;
    let release = shell::target().join("release");
    let mut bench = shell::command(&release.join("warpyard-bench").to_string_lossy());
    bench
        .arg("--warpyard")
        .arg(release.join("warpyard"))
        .arg("--jupyterhub")
        .arg(jupyterhub.join("bin/jupyterhub"))
        .arg("--jupyterhub-proxy")
        .arg(proxy)
        .arg("--application")
        .arg(release.join("warpyard-bench-application"))
        .arg("--work")
        .arg(shell::target().join("bench"))
        .arg("--documents")
        .arg(shell::root().join("docs"))
        .args(arguments);
    shell::run(&mut bench)
}

fn install_proxy() -> Result<std::path::PathBuf> {
    let place = shell::target().join("xtask/jupyterhub-proxy");
    let stamp = place.join("version.stamp");
    if std::fs::read_to_string(&stamp).is_ok_and(|made| made == PROXY) {
        return Ok(place.join("node_modules/.bin/configurable-http-proxy"));
    }
    shell::heading(&format!("install {PROXY} from npm"));
    std::fs::create_dir_all(&place).with_context(|| format!("cannot make {}", place.display()))?;
    shell::run(
        shell::command("npm").args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"]).arg(&place).arg(PROXY),
    )?;
    std::fs::write(&stamp, PROXY).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(place.join("node_modules/.bin/configurable-http-proxy"))
}
