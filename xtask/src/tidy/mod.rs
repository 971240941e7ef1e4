//! The rules no compiler checks. Each rule is a small module that gives back what it found; nothing is changed.

mod arrows;
mod licences;
mod locks;
mod paths;
mod sources;

use crate::shell;
use anyhow::{Context, Result, bail};

/// One thing that is wrong, or soon will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Fails the check.
    Error(String),
    /// Is only said.
    Warning(String),
}

/// A file of the repository that git tracks or would track.
struct Source {
    path: String,
    /// Absent where the file is not text.
    text: Option<String>,
}

/// Checks the whole repository and says everything that is wrong.
pub(crate) fn run() -> Result<()> {
    let files = files()?;
    let metadata = metadata()?;
    let mut findings = arrows::check(&metadata)?;
    findings.extend(licences::check(&files, &metadata));
    for file in &files {
        if let Some(text) = &file.text {
            findings.extend(sources::check(&file.path, text));
            findings.extend(locks::check(&file.path, text));
            findings.extend(paths::check(&file.path, text));
        }
    }
    let mut errors = 0;
    for finding in &findings {
        match finding {
            Finding::Warning(text) => println!("warning: {text}"),
            Finding::Error(text) => {
                errors += 1;
                println!("error: {text}");
            }
        }
    }
    if errors > 0 {
        bail!("{errors} findings in {} files", files.len());
    }
    println!("{} files are tidy", files.len());
    Ok(())
}

fn files() -> Result<Vec<Source>> {
    let mut list = shell::command("git");
    list.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let names = shell::output(&mut list).context("tidy looks at what git tracks")?;
    let mut files = Vec::new();
    for path in names.split('\0').filter(|path| !path.is_empty()) {
        // A file deleted in the work tree is still listed until the deletion is committed.
        if let Ok(bytes) = std::fs::read(shell::root().join(path)) {
            files.push(Source { path: path.to_owned(), text: String::from_utf8(bytes).ok() });
        }
    }
    Ok(files)
}

fn metadata() -> Result<serde_json::Value> {
    let text = shell::output(shell::cargo().args(["metadata", "--format-version", "1", "--no-deps"]))?;
    serde_json::from_str(&text).context("cargo metadata did not write JSON")
}
