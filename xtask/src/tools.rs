//! The programs that commands need: finding them, saying plainly what is missing, installing Debian packages as root.

use crate::shell;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// The oldest Node.js that builds the console.
const NODE_MAJOR: u32 = 20;

/// A program that comes with a Debian package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    /// Sandboxes of the process provider.
    Bubblewrap,
    /// The browser of the browser tests.
    Chromium,
    /// The solver of the proofs about policies.
    Cvc5,
    /// A real PostgreSQL for the store's tests.
    PostgreSql,
    /// Python with virtual environments, for catalogue profiles, schemathesis and JupyterHub.
    PythonVenv,
}

impl Tool {
    /// What people call it, and what is lost without it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Tool::Bubblewrap => "bubblewrap (sandboxes for instances)",
            Tool::Chromium => "Chromium (browser tests)",
            Tool::Cvc5 => "cvc5 (proofs about policies)",
            Tool::PostgreSql => "PostgreSQL (store tests on a real server)",
            Tool::PythonVenv => "Python 3 with venv (profiles such as JupyterLab)",
        }
    }

    fn packages(self) -> &'static [&'static str] {
        match self {
            Tool::Bubblewrap => &["bubblewrap"],
            Tool::Chromium => &["chromium"],
            Tool::Cvc5 => &["cvc5"],
            Tool::PostgreSql => &["postgresql"],
            Tool::PythonVenv => &["python3", "python3-venv"],
        }
    }

    /// Whether it is there and usable.
    pub(crate) fn present(self) -> bool {
        match self {
            Tool::Bubblewrap => on_path("bwrap").is_some(),
            Tool::Chromium => ["chromium", "chromium-browser", "google-chrome"].iter().any(|name| on_path(name).is_some()),
            Tool::Cvc5 => on_path("cvc5").is_some(),
            Tool::PostgreSql => on_path("initdb").is_some() || debian_postgresql(),
            Tool::PythonVenv => shell::succeeds(shell::command("python3").args(["-c", "import venv, ensurepip"])),
        }
    }
}

/// Debian keeps the server programs of PostgreSQL off the search path, in a folder per version.
fn debian_postgresql() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql");
    versions.is_ok_and(|versions| versions.flatten().any(|version| version.path().join("bin/initdb").is_file()))
}

/// Finds a program on the search path.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Fails, saying what to do, unless Node.js and npm can build the console.
pub(crate) fn require_node() -> Result<()> {
    let advice = format!("install Node.js {NODE_MAJOR} or newer with npm (Debian 13: apt-get install nodejs npm)");
    if on_path("node").is_none() || on_path("npm").is_none() {
        bail!("Node.js or npm is missing; {advice}");
    }
    let version = shell::output(shell::command("node").arg("--version"))?;
    let major = major(&version).with_context(|| format!("node --version answered {:?}; {advice}", version.trim()))?;
    if major < NODE_MAJOR {
        bail!("Node.js {} is too old; {advice}", version.trim());
    }
    Ok(())
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Says what is missing and the line that installs it; nothing is installed.
pub(crate) fn advise(tools: &[Tool]) {
    let missing: Vec<Tool> = tools.iter().copied().filter(|tool| !tool.present()).collect();
    for tool in &missing {
        println!("missing: {}", tool.title());
    }
    if !missing.is_empty() {
        println!("         apt-get install {}", packages(&missing).join(" "));
    }
}

/// Installs what is missing where this is root on Debian, and gives back what is still missing.
pub(crate) fn install(tools: &[Tool]) -> Vec<Tool> {
    let missing: Vec<Tool> = tools.iter().copied().filter(|tool| !tool.present()).collect();
    if missing.is_empty() {
        return missing;
    }
    let wanted = packages(&missing);
    if !may_install() {
        println!("missing, and only root on Debian may install it here: apt-get install {}", wanted.join(" "));
        return missing;
    }
    shell::heading(&format!("install {}", wanted.join(" ")));
    let mut update = shell::command("apt-get");
    update.args(["update", "-qq"]);
    let mut install = shell::command("apt-get");
    install.args(["install", "-y", "-qq", "--no-install-recommends"]).args(&wanted).env("DEBIAN_FRONTEND", "noninteractive");
    if let Err(error) = shell::run(&mut update).and_then(|()| shell::run(&mut install)) {
        println!("could not install everything: {error:#}");
    }
    missing.into_iter().filter(|tool| !tool.present()).collect()
}

fn packages(tools: &[Tool]) -> Vec<&'static str> {
    tools.iter().flat_map(|tool| tool.packages()).copied().collect()
}

fn may_install() -> bool {
    let user = shell::output(shell::command("id").arg("-u"));
    on_path("apt-get").is_some() && user.is_ok_and(|id| id.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_are_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("v9.1.0"), Some(9));
        assert_eq!(major("20.1.0"), None);
    }

    #[test]
    fn the_search_path_is_searched_for_files_only() {
        assert!(on_path("sh").is_some());
        assert!(on_path("no-such-program-anywhere").is_none());
    }
}
