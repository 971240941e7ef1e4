//! One data directory with what runs in it, and short ways to ask.

use futures::StreamExt;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use warpyard_model::kinds::{Allocation, Network, RestartPolicy};
use warpyard_provider::{ComputeDesired, LogQuery, Progress, ProgressSink, Provider, RunState, ServiceDesired, ServiceObserved};
use warpyard_providers::process::{ProcessConfig, ProcessProvider};

/// The longest anything may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

static NEXT: AtomicU32 = AtomicU32::new(1);

pub(crate) struct Silent;

impl ProgressSink for Silent {
    fn report(&self, _progress: Progress) {}
}

pub(crate) fn executable() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_warpyard-process-shim"))
}

pub(crate) fn config(data: &Path) -> ProcessConfig {
    ProcessConfig::new(data, executable())
}

pub(crate) fn shell(script: impl Into<String>) -> Vec<String> {
    vec!["/bin/sh".to_owned(), "-c".to_owned(), script.into()]
}

/// Says plainly that something is missing on this machine; where nothing may be skipped that is a failure.
pub(crate) fn skip(why: &str) {
    assert!(std::env::var_os("WARPYARD_REQUIRE_ALL").is_none_or(|v| v != "1"), "skipped although all is required: {why}");
    // Past the capture of the test harness, where `make test` counts it.
    let _ = writeln!(std::io::stderr(), "skipped: process provider: {why}");
}

pub(crate) struct Yard {
    pub(crate) data: TempDir,
    pub(crate) provider: ProcessProvider,
}

impl Yard {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut ProcessConfig)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut config = config(data.path());
        change(&mut config);
        let provider = ProcessProvider::new(config).unwrap();
        Self { data, provider }
    }

    /// A server that starts again over the same data.
    pub(crate) fn restart(&mut self) {
        self.provider = ProcessProvider::new(config(self.data.path())).unwrap();
    }

    pub(crate) async fn compute(&self, allocation: Allocation) -> String {
        let uid = format!("c-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let desired = ComputeDesired { uid: uid.clone(), path: format!("/test/{uid}"), allocation };
        self.provider.apply_compute(&desired).await.unwrap();
        uid
    }

    pub(crate) async fn apply(&self, desired: &ServiceDesired) {
        self.provider.apply_service(desired, &Silent).await.unwrap();
    }

    pub(crate) async fn observe(&self, uid: &str) -> ServiceObserved {
        self.provider.observe_service(uid).await.unwrap()
    }

    pub(crate) async fn until(&self, uid: &str, holds: impl Fn(&ServiceObserved) -> bool) -> ServiceObserved {
        let mut events = self.provider.events();
        let mut seen = self.observe(uid).await;
        let looked = tokio::time::timeout(PATIENCE, async {
            while !holds(&seen) {
                events.recv().await.unwrap();
                seen = self.observe(uid).await;
            }
        });
        assert!(looked.await.is_ok(), "{seen:?}");
        seen
    }

    /// Runs a script to its end and returns what it wrote.
    pub(crate) async fn output_of(&self, compute: &str, script: &str) -> String {
        let desired = service(compute, shell(script));
        self.apply(&desired).await;
        let seen = self.until(&desired.uid, |seen| seen.state == RunState::Exited).await;
        let text = self.log(&desired.uid).await;
        assert_eq!(seen.exit_code, Some(0), "{text}");
        text
    }

    pub(crate) async fn log(&self, uid: &str) -> String {
        let stream = self.provider.logs(uid, &LogQuery::default()).await.unwrap();
        let chunks: Vec<_> = stream.collect().await;
        let bytes: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.unwrap()).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub(crate) async fn until_log(&self, uid: &str, text: &str) {
        let mut stream = self.provider.logs(uid, &LogQuery { tail: None, follow: true }).await.unwrap();
        let mut seen = String::new();
        let read = tokio::time::timeout(PATIENCE, async {
            while !seen.contains(text) {
                let Some(chunk) = stream.next().await else { panic!("{text:?} is not in {seen:?}") };
                seen.push_str(&String::from_utf8_lossy(&chunk.unwrap()));
            }
        });
        assert!(read.await.is_ok(), "{text:?} is not in {seen:?}");
    }

    pub(crate) async fn end(self, computes: &[String]) {
        for uid in computes {
            self.provider.destroy_compute(uid).await.unwrap();
        }
        assert_eq!(processes_with(&self.data.path().display().to_string()), Vec::<u32>::new(), "something still runs");
    }
}

/// Services outlive servers, and so would those of a test that failed.
impl Drop for Yard {
    fn drop(&mut self) {
        for pid in processes_with(&format!("{}/process/service/", self.data.path().display())) {
            let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid as i32), nix::sys::signal::Signal::SIGKILL);
        }
    }
}

pub(crate) fn allocation() -> Allocation {
    Allocation { cpu_millis: 1000, memory_bytes: 512 << 20, ..Allocation::default() }
}

pub(crate) fn service(compute: &str, command: Vec<String>) -> ServiceDesired {
    let uid = format!("s-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    ServiceDesired {
        path: format!("/test/{compute}/{uid}"),
        uid,
        compute_uid: compute.to_owned(),
        allocation: allocation(),
        revision: 1,
        requires: Vec::new(),
        prepare: Vec::new(),
        files: Vec::new(),
        command,
        environment: BTreeMap::new(),
        working_directory: String::new(),
        network: Network::None,
        restart: RestartPolicy::Never,
        batch: false,
        stop_grace_seconds: 10,
        endpoints: Vec::new(),
        readiness: None,
        activity: Vec::new(),
    }
}

/// Processes that have a text in their arguments.
pub(crate) fn processes_with(text: &str) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid: &u32| {
        let arguments = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&arguments).contains(text)
    })
    .collect()
}
