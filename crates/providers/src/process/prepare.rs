//! Things made once and reused by every instance with the same key.
//!
//! The key is a hash of what could change the result: the step, the steps it uses, and the machine's system. A step is made
//! in a sandbox with network, in a directory beside the cache that becomes the cached one by a rename when the step
//! succeeded, so a cached directory is always whole. A lock per key makes one builder at a time among all servers.

mod build;
mod report;
mod unused;

use super::layout::Layout;
use super::provider::Core;
use super::sandbox::{Mount, PREPARED};
use super::{clock, failure, lock};
use build::Builder;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::task::Poll;
pub(super) use unused::keep_tidy;
use warpyard_model::{Error, Result};
use warpyard_provider::{PrepareDesired, Progress, ProgressSink};

/// The mark of a directory in which a step is being made.
const HALF_MADE: &str = ".making-";

/// Makes what is missing and returns the mounts of all steps. Cancelling ends the step under way; what it left is thrown
/// away by the next call.
pub(super) async fn all(core: &Arc<Core>, steps: &[PrepareDesired], progress: &dyn ProgressSink) -> Result<Vec<Mount>> {
    if steps.is_empty() {
        return Ok(Vec::new());
    }
    if !core.machine.has_bubblewrap() {
        return Err(Error::provider_failed(format!(
            "This template prepares {PREPARED}/{}, which needs bubblewrap: install bubblewrap on the server's machine and restart it.",
            steps[0].name
        )));
    }
    let keys = keys(steps)?;
    let mut mounts = Vec::new();
    for step in steps {
        let id = format!("prepare:{}", step.name);
        progress.report(Progress::Started { step: id.clone(), title: step.title.clone() });
        match one(core, step, &keys, progress, &id).await {
            Ok(skipped) => progress.report(Progress::Done { step: id, skipped }),
            Err(error) => {
                progress.report(Progress::Failed { step: id, message: error.message.clone() });
                return Err(error);
            }
        }
        mounts.push(mount(&core.layout, &keys, &step.name));
    }
    Ok(mounts)
}

fn mount(layout: &Layout, keys: &BTreeMap<String, String>, name: &str) -> Mount {
    Mount::ReadOnly(layout.cache().join(&keys[name]), Path::new(PREPARED).join(name))
}

/// Makes one step unless it is there; whether it was.
async fn one(
    core: &Arc<Core>,
    step: &PrepareDesired,
    keys: &BTreeMap<String, String>,
    progress: &dyn ProgressSink,
    id: &str,
) -> Result<bool> {
    let key = &keys[&step.name];
    let made = core.layout.cache().join(key);
    // Noted first: what was just asked for is not removed as unused.
    if unused::note_use(&made, clock::system_now()).is_ok() && made.is_dir() {
        return Ok(true);
    }
    let turn = core.builds.take(key);
    tokio::pin!(turn);
    let _turn = match futures::poll!(turn.as_mut()) {
        Poll::Ready(turn) => turn,
        Poll::Pending => {
            let message = "another instance is preparing the same; waiting for it".to_owned();
            progress.report(Progress::Update { step: id.to_owned(), progress: None, message });
            turn.await
        }
    };
    let path = core.layout.cache().join(format!("{key}.lock"));
    let locked = tokio::task::spawn_blocking(move || lock::lock(&path)).await.map_err(|error| failure::join(&error))?;
    let locked = locked.map_err(|error| failure::io("The cache could not be locked", &core.layout.cache(), &error))?;
    // Made while this one waited.
    if made.is_dir() {
        return Ok(true);
    }
    let uses = step.uses.iter().map(|name| mount(&core.layout, keys, name)).collect();
    let builder = Builder { core: Arc::clone(core), step: step.clone(), key: key.clone(), uses, lock: locked };
    builder.run(progress, id).await?;
    Ok(false)
}

/// The cache key of each step, in the order of the steps.
pub(super) fn keys(steps: &[PrepareDesired]) -> Result<BTreeMap<String, String>> {
    keys_for(steps, &platform())
}

fn keys_for(steps: &[PrepareDesired], platform: &str) -> Result<BTreeMap<String, String>> {
    let mut keys: BTreeMap<String, String> = BTreeMap::new();
    for step in steps {
        let mut digest = Sha256::new();
        let mut add = |text: &str| {
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text);
        };
        // The name is part of the result: scripts of a Python environment hold the path they were made at.
        for text in ["warpyard-prepare-1", platform, &step.name] {
            add(text);
        }
        for name in &step.uses {
            let used = keys.get(name).ok_or_else(|| {
                Error::provider_failed(format!(
                    "The step {:?} uses {name:?}, which is no earlier step; correct the template.",
                    step.name
                ))
            })?;
            add(used);
        }
        add(&step.uses.len().to_string());
        step.command.iter().for_each(|word| add(word));
        let good = !step.name.is_empty() && step.name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !good {
            return Err(Error::provider_failed(format!("{:?} is not a step's name; correct the template.", step.name)));
        }
        let hex: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        keys.insert(step.name.clone(), hex);
    }
    Ok(keys)
}

/// What of the machine's system a result depends on: an upgrade of the distribution brings another Python.
fn platform() -> String {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let of = |name: &str| release.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned();
    format!("{} {} {}", std::env::consts::ARCH, of("ID="), of("VERSION_ID="))
}

/// Throws away what builders left that are no more.
pub(super) fn remove_half_made(layout: &Layout) {
    for entry in std::fs::read_dir(layout.cache()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some((key, _)) = name.to_str().and_then(|name| name.split_once(HALF_MADE)) else { continue };
        // A builder of another server holds the lock while it works.
        if let Ok(Some(_lock)) = lock::try_lock(&layout.cache().join(format!("{key}.lock")))
            && let Err(error) = super::files::remove_tree(&entry.path(), &layout.trash())
        {
            tracing::warn!(path = %entry.path().display(), %error, "a half-made cache could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &str, uses: &[&str], command: &[&str]) -> PrepareDesired {
        PrepareDesired {
            name: name.to_owned(),
            title: String::new(),
            command: command.iter().map(|s| (*s).to_owned()).collect(),
            uses: uses.iter().map(|s| (*s).to_owned()).collect(),
            expected_seconds: None,
        }
    }

    #[test]
    fn keys_follow_everything_that_changes_the_result() {
        let of = |steps: &[PrepareDesired]| keys_for(steps, "x").unwrap();
        let base = [step("venv", &[], &["pip", "install", "a"]), step("app", &["venv"], &["make"])];
        let keys = of(&base);
        assert_eq!(keys, of(&base));
        assert_eq!(keys["venv"].len(), 64);
        let changed = of(&[step("venv", &[], &["pip", "install", "b"]), base[1].clone()]);
        assert_ne!(keys["venv"], changed["venv"]);
        assert_ne!(keys["app"], changed["app"], "what uses it changes with it");
        assert_ne!(keys["venv"], of(&[step("venv", &[], &["pip", "installa"])])["venv"], "words do not run together");
        assert_ne!(keys["venv"], keys_for(&base, "y").unwrap()["venv"]);
        let titled = PrepareDesired { title: "t".to_owned(), expected_seconds: Some(9), ..base[0].clone() };
        assert_eq!(keys["venv"], of(&[titled])["venv"], "what people read changes nothing");
        assert!(keys_for(&[step("app", &["venv"], &[])], "x").is_err());
        assert!(keys_for(&[step("../x", &[], &[])], "x").is_err());
    }
}
