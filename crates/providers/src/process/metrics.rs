//! Samples of use, from control groups where there are any and from `/proc` otherwise.

use super::door::not_running;
use super::launch::{Launch, ShimState};
use super::proc_tree::{self, Process};
use super::provider::Core;
use super::{activity, cgroup, clock, failure, files, lock};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use warpyard_model::kinds::ActivityProbe;
use warpyard_model::{Result, Timestamp};
use warpyard_provider::Metrics;

/// CPU time is compared over at least this long, or noise would look like use.
const SHORTEST_COMPARISON_MILLIS: i64 = 1_000;

/// What was seen of each service before.
#[derive(Default)]
pub(super) struct Samples {
    seen: Mutex<HashMap<String, Sample>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sample {
    at_millis: i64,
    cpu_used_millis: u64,
    last_active: Option<Timestamp>,
}

impl Samples {
    pub(super) fn forget(&self, uid: &str) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).remove(uid);
    }

    /// Notes CPU time used and says when its use was last above `above_millis` thousandths of a core.
    fn cpu_activity(&self, uid: &str, now: Timestamp, cpu_used_millis: u64, above_millis: u32) -> Option<Timestamp> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = Sample { at_millis: now.as_millis(), cpu_used_millis, last_active: None };
        let sample = seen.entry(uid.to_owned()).or_insert(fresh);
        let elapsed = now.as_millis() - sample.at_millis;
        if cpu_used_millis < sample.cpu_used_millis {
            // Started anew since: starting is use.
            *sample = Sample { last_active: Some(now), ..fresh };
        } else if elapsed >= SHORTEST_COMPARISON_MILLIS {
            let used = (cpu_used_millis - sample.cpu_used_millis) * 1000 / elapsed as u64;
            let last_active = if used > u64::from(above_millis) { Some(now) } else { sample.last_active };
            *sample = Sample { last_active, ..fresh };
        }
        sample.last_active
    }
}

impl Core {
    /// A sample; unavailable where nothing runs.
    pub(super) async fn metrics(self: &Arc<Self>, uid: &str) -> Result<Metrics> {
        let service = self.layout.service(uid);
        let launch = self.launch(uid).filter(|_| lock::is_held(&service.lock())).ok_or_else(|| not_running(uid))?;
        let state: Option<ShimState> = files::read_json(&service.state());
        let root = state.and_then(|state| state.sandbox_pid);
        let asked = Arc::clone(&launch);
        let sampled = tokio::task::spawn_blocking(move || sample(&asked, root));
        let mut metrics = sampled.await.map_err(|error| failure::join(&error))?;
        for probe in &launch.desired.activity {
            let seen = match probe {
                ActivityProbe::Jupyter { endpoint } => activity::jupyter(self, uid, endpoint).await,
                ActivityProbe::Cpu { above_millis } => {
                    metrics.cpu_used_millis.and_then(|used| self.samples.cpu_activity(uid, clock::now(), used, *above_millis))
                }
            };
            metrics.last_activity_at = metrics.last_activity_at.max(seen);
        }
        Ok(metrics)
    }
}

fn sample(launch: &Launch, root: Option<u32>) -> Metrics {
    let Some(root) = root else { return Metrics::default() };
    let all: HashMap<u32, Process> = proc_tree::processes().into_iter().map(|p| (p.pid, p)).collect();
    let parents = all.values().map(|p| (p.pid, p.parent)).collect();
    let mut members = proc_tree::descendants(root, &parents);
    // A process that left the tree is still in the group.
    if let Some(directory) = launch.groups.directories.first() {
        members.extend(cgroup::processes(directory));
    }
    let processes: Vec<&Process> = members.iter().filter_map(|pid| all.get(pid)).collect();
    let ticks: u64 = processes.iter().map(|p| p.cpu_ticks).sum();
    let counted = launch.groups.cpu_counter.as_ref().and_then(|path| cpu_millis(&std::fs::read_to_string(path).ok()?));
    Metrics {
        cpu_used_millis: Some(counted.unwrap_or(ticks * 1000 / rustix::param::clock_ticks_per_second())),
        memory_bytes: Some(processes.iter().map(|p| p.resident_pages).sum::<u64>() * rustix::param::page_size() as u64),
        processes: Some(processes.len() as u32),
        last_activity_at: None,
    }
}

/// Reads `cpuacct.usage` (nanoseconds) of version 1 or `cpu.stat` (with `usage_usec`) of version 2.
fn cpu_millis(text: &str) -> Option<u64> {
    if let Ok(nanoseconds) = text.trim().parse::<u64>() {
        return Some(nanoseconds / 1_000_000);
    }
    let microseconds: u64 = text.lines().find_map(|line| line.strip_prefix("usage_usec "))?.trim().parse().ok()?;
    Some(microseconds / 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_of_both_versions_are_read() {
        assert_eq!(cpu_millis("2500000000\n"), Some(2500));
        assert_eq!(cpu_millis("usage_usec 2500000\nuser_usec 1\n"), Some(2500));
        assert_eq!(cpu_millis("nonsense"), None);
    }

    #[test]
    fn use_is_a_rate_and_is_remembered() {
        let samples = Samples::default();
        let at = Timestamp::from_millis;
        assert_eq!(samples.cpu_activity("s", at(0), 100, 500), None);
        assert_eq!(samples.cpu_activity("s", at(10_000), 1_100, 500), None, "a tenth of a core");
        assert_eq!(samples.cpu_activity("s", at(20_000), 9_100, 500), Some(at(20_000)), "eight tenths");
        assert_eq!(samples.cpu_activity("s", at(30_000), 9_100, 500), Some(at(20_000)));
        assert_eq!(samples.cpu_activity("s", at(40_000), 5, 500), Some(at(40_000)), "started anew");
    }
}
