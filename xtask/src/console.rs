//! Building the console: `npm ci` and `npm run build` in web/, each only when what it reads has changed.

use crate::{shell, tools};
use anyhow::{Context, Result};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Not sources: what npm, Vite and the test runners write.
const NOT_SOURCES: &[&str] = &["node_modules", "dist", "coverage", "out", "test-results", "playwright-report"];

/// Builds web/dist unless it was built from the same sources.
pub(crate) fn build() -> Result<()> {
    let dist = shell::root().join("web/dist/index.html");
    let stamp = shell::target().join("xtask/console.stamp");
    let sources = fingerprint(&shell::root().join("web"))?;
    if dist.is_file() && std::fs::read_to_string(&stamp).is_ok_and(|built| built == sources) {
        return Ok(());
    }
    install("web")?;
    shell::heading("build the console");
    shell::run(shell::npm("web").args(["run", "build"]))?;
    write(&stamp, &sources)
}

/// Runs `npm ci` in a folder unless node_modules was made from the same lock file.
pub(crate) fn install(folder: &str) -> Result<()> {
    tools::require_node()?;
    let place = shell::root().join(folder);
    let stamp = place.join("node_modules/.lock-fingerprint");
    let mut hasher = DefaultHasher::new();
    for name in ["package.json", "package-lock.json"] {
        let file = place.join(name);
        std::fs::read(&file).with_context(|| format!("cannot read {folder}/{name}"))?.hash(&mut hasher);
    }
    let lock = format!("{:016x}", hasher.finish());
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    shell::heading(&format!("install the packages of {folder}/"));
    shell::run(shell::npm(folder).args(["ci", "--no-audit", "--no-fund"]))?;
    write(&stamp, &lock)
}

/// A hash over names and contents of all sources below a folder. It only has to change when they do on this machine,
/// so the standard hasher will do although another compiler version may give other values.
fn fingerprint(folder: &Path) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in sources(folder)? {
        file.strip_prefix(folder).expect("found below it").hash(&mut hasher);
        std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            if !NOT_SOURCES.iter().any(|name| entry.file_name() == *name) {
                files.extend(sources(&entry.path())?);
            }
        } else {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

fn write(file: &Path, text: &str) -> Result<()> {
    let folder = file.parent().expect("a stamp lies in a folder");
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_follows_sources_and_not_what_is_built() {
        let folder = shell::target().join(format!("xtask/fingerprint-test-{}", std::process::id()));
        write(&folder.join("src/main.ts"), "one").expect("target/ can be written");
        let before = fingerprint(&folder).expect("readable");
        write(&folder.join("dist/index.html"), "built").expect("target/ can be written");
        assert_eq!(fingerprint(&folder).expect("readable"), before);
        write(&folder.join("src/main.ts"), "two").expect("target/ can be written");
        assert_ne!(fingerprint(&folder).expect("readable"), before);
        std::fs::remove_dir_all(&folder).expect("made just above");
    }
}
