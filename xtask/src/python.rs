//! Python environments for tools from PyPI, made once under target/ and used again while the request is the same.

use crate::shell;
use anyhow::{Context, Result};
use std::path::PathBuf;

/// Makes an environment with exactly these requirements, or finds it made. A run that was cut short is made again,
/// since the stamp is written last.
pub(crate) fn environment(name: &str, requirements: &[&str]) -> Result<PathBuf> {
    let place = shell::target().join("xtask").join(name);
    let stamp = place.join("requirements.stamp");
    let wanted = requirements.join("\n");
    if std::fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) {
        return Ok(place);
    }
    shell::heading(&format!("install {} from PyPI", requirements.join(", ")));
    if place.exists() {
        std::fs::remove_dir_all(&place).with_context(|| format!("cannot remove {}", place.display()))?;
    }
    shell::run(shell::command("python3").args(["-m", "venv"]).arg(&place))?;
    let pip = place.join("bin/pip").to_string_lossy().into_owned();
    shell::run(shell::command(&pip).args(["install", "--quiet", "--disable-pip-version-check"]).args(requirements))?;
    std::fs::write(&stamp, &wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(place)
}
