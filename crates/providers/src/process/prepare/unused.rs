//! Prepared things that nobody needs any more.
//!
//! A cached directory's own time says when an instance last asked for it. It goes when no service that is there, running
//! or stopped, was made with it and nobody asked for so many days; whoever needs it again makes it again.

use super::super::layout::Layout;
use super::super::provider::Core;
use super::super::{files, lock};
use super::keys;
use std::collections::HashSet;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime};

/// How often the cache is looked through.
const INTERVAL: Duration = Duration::from_secs(6 * 3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// Notes that a cached directory was asked for just now.
pub(super) fn note_use(directory: &Path, now: SystemTime) -> std::io::Result<()> {
    File::open(directory)?.set_modified(now)
}

/// Looks through the cache now and then for as long as the provider is there.
pub(in super::super) async fn keep_tidy(core: Weak<Core>) {
    let mut ticks = tokio::time::interval(INTERVAL);
    loop {
        ticks.tick().await;
        let Some(core) = core.upgrade() else { return };
        let Some(days) = core.config.keep_prepared_days else { return };
        let looked = tokio::task::spawn_blocking(move || tidy(&core, days)).await;
        if let Err(error) = looked {
            tracing::warn!(%error, "the cache could not be looked through");
        }
    }
}

fn tidy(core: &Arc<Core>, days: u32) {
    let mut used = HashSet::new();
    for uid in core.layout.service_uids() {
        let Some(launch) = core.launch(&uid) else { continue };
        match keys(&launch.desired.prepare) {
            Ok(keys) => used.extend(keys.into_values()),
            Err(error) => tracing::warn!(%uid, %error, "what a service was prepared with is not known"),
        }
    }
    for key in remove(&core.layout, &used, super::super::clock::system_now(), DAY * days) {
        tracing::info!(%key, "a prepared cache that nobody used was removed");
    }
}

/// Removes what is not `used` and was not asked for since `keep`; tells what went.
fn remove(layout: &Layout, used: &HashSet<String>, now: SystemTime, keep: Duration) -> Vec<String> {
    let mut gone = Vec::new();
    for entry in std::fs::read_dir(layout.cache()).into_iter().flatten().flatten() {
        let Ok(key) = entry.file_name().into_string() else { continue };
        let is_key = key.len() == 64 && key.bytes().all(|b| b.is_ascii_hexdigit());
        let asked_at = || std::fs::metadata(entry.path()).and_then(|m| m.modified()).ok();
        let is_old = || asked_at().is_some_and(|at| now.duration_since(at).is_ok_and(|age| age >= keep));
        if !is_key || used.contains(&key) || !is_old() {
            continue;
        }
        // Whoever makes the same at this moment holds the lock.
        let Ok(Some(_lock)) = lock::try_lock(&layout.cache().join(format!("{key}.lock"))) else { continue };
        match files::remove_tree(&entry.path(), &layout.trash()) {
            Ok(()) => gone.push(key),
            Err(error) => tracing::warn!(path = %entry.path().display(), %error, "an unused cache could not be removed"),
        }
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_uses_and_nobody_asked_for_goes() {
        let directory = tempfile::tempdir().unwrap();
        let layout = Layout::new(directory.path());
        let now = SystemTime::UNIX_EPOCH + DAY * 20_000;
        let key = |letter: char| letter.to_string().repeat(64);
        let make = |name: &str, age_days: u32| {
            let path = layout.cache().join(name);
            std::fs::create_dir_all(path.join("bin")).unwrap();
            note_use(&path, now - DAY * age_days).unwrap();
        };
        for (letter, age_days) in [('a', 31), ('b', 31), ('c', 29), ('d', 31)] {
            make(&key(letter), age_days);
        }
        make("not-a-key", 31);
        let used = HashSet::from([key('b')]);
        // Somebody is making `d` again.
        let _held = lock::try_lock(&layout.cache().join(format!("{}.lock", key('d')))).unwrap().unwrap();
        assert_eq!(remove(&layout, &used, now, DAY * 30), [key('a')]);
        let left = |name: &str| layout.cache().join(name).is_dir();
        assert!(!left(&key('a')) && left(&key('b')) && left(&key('c')) && left(&key('d')) && left("not-a-key"));
        // Asked for, it is as good as new.
        note_use(&layout.cache().join(key('c')), now).unwrap();
        assert!(remove(&layout, &used, now + DAY * 20, DAY * 30).is_empty());
    }
}
