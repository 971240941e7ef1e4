//! Generated files: the OpenAPI document from the server's routes, the console's types from that document.

use crate::{console, shell};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Makes the generated files again. With `check` every file is put back as it was and a difference is an error.
pub(crate) fn run(check: bool, goldens: bool) -> Result<()> {
    let before = snapshot()?;
    let made = make();
    let after = snapshot()?;
    let changed = differences(&before, &after);
    if check {
        restore(&before, &changed)?;
        made?;
        if !changed.is_empty() {
            let names: Vec<String> = changed.iter().map(|file| file.display().to_string()).collect();
            bail!("out of date: {}; run `make generate` and commit what it changes", names.join(", "));
        }
        return Ok(());
    }
    made?;
    for file in &changed {
        println!("made again: {}", file.display());
    }
    if goldens {
        shell::heading("accept the golden tests' answers");
        let mut test = shell::cargo();
        test.args(["test", "--workspace"]).env("INSTA_UPDATE", "always").env("WARPYARD_UPDATE_GOLDENS", "1");
        shell::run(&mut test)?;
    }
    Ok(())
}

/// Builds all that `make test` needs in one go, so that neither command builds what the other has built: with single
/// packages cargo would choose other features for the same dependencies.
pub(crate) fn build_everything() -> Result<()> {
    shell::run(shell::cargo().args(["build", "--workspace", "--all-targets"]))
}

fn make() -> Result<()> {
    build_everything()?;
    let binary = shell::target().join("debug/warpyard");
    let document = shell::output(shell::command(&binary.to_string_lossy()).arg("internal-openapi"))?;
    let file = shell::root().join("web/openapi.json");
    std::fs::write(&file, document.trim_end().to_owned() + "\n").context("cannot write web/openapi.json")?;
    console::install("web")?;
    shell::run(shell::npm("web").args(["run", "generate"]))
}

type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Everything a generator may write, by its path in the repository.
fn snapshot() -> Result<Files> {
    let mut files = Files::new();
    let root = shell::root();
    let document = root.join("web/openapi.json");
    if document.is_file() {
        files.insert("web/openapi.json".into(), std::fs::read(&document)?);
    }
    let sources = root.join("web/src");
    if sources.is_dir() {
        read_below(&root, &sources, &mut files)?;
    }
    Ok(files)
}

fn read_below(root: &Path, folder: &Path, files: &mut Files) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            read_below(root, &path, files)?;
        } else {
            let name = path.strip_prefix(root).expect("found below the root").to_owned();
            files.insert(name, std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?);
        }
    }
    Ok(())
}

fn differences(before: &Files, after: &Files) -> Vec<PathBuf> {
    let names = before.keys().chain(after.keys()).collect::<std::collections::BTreeSet<_>>();
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).cloned().collect()
}

fn restore(before: &Files, changed: &[PathBuf]) -> Result<()> {
    for name in changed {
        let file = shell::root().join(name);
        match before.get(name) {
            Some(content) => std::fs::write(&file, content),
            None => std::fs::remove_file(&file),
        }
        .with_context(|| format!("cannot put {} back", name.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_changed_and_removed_files_are_differences() {
        let files = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, text)| (name.into(), text.as_bytes().to_vec())).collect();
        let before: Files = files(&[("kept", "1"), ("changed", "1"), ("removed", "1")]);
        let after: Files = files(&[("kept", "1"), ("changed", "2"), ("added", "1")]);
        assert_eq!(differences(&before, &after), ["added", "changed", "removed"].map(PathBuf::from));
    }
}
