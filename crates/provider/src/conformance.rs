//! What every provider must do, as tests that run against any of them.
//!
//! A provider's own tests make a [`Suite`] (how to make a provider object over one and the same state, and commands that
//! do what the cases need) and call [`run`]. Cases wait on events and look again; they never sleep to synchronise.

mod access;
mod lifecycle;
mod preparation;

use crate::{
    ComputeDesired, EndpointDesired, PrepareDesired, Progress, ProgressSink, Provider, ReadinessDesired, ServiceDesired,
    ServiceObserved,
};
use futures::StreamExt;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use warpyard_model::Result;
use warpyard_model::kinds::{Allocation, Network, RestartPolicy};

/// The longest anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes a command out of one word.
pub type CommandOf = fn(&str) -> Vec<String>;

/// Commands that do what the cases need, in the way the provider under test runs commands.
#[derive(Clone, Copy)]
pub struct Commands {
    /// Answers every HTTP request on loopback port `.0` with status 200.
    pub serve: CommandOf,
    /// Writes `.0` on a line and runs until it is asked to end, which it does at once.
    pub print_and_wait: CommandOf,
    /// Writes `ending with .0` on a line and ends with exit code `.0`.
    pub exit: CommandOf,
    /// For `exec`: writes `.0` and ends with exit code 3.
    pub say: CommandOf,
    /// For `exec`: copies input to output until input ends; the word means nothing.
    pub copy: CommandOf,
    /// For `exec` with a terminal: writes the terminal's size as `ROWS COLUMNS`; the word means nothing.
    pub size: CommandOf,
    /// For `prepare`: writes `.0` on a line and succeeds.
    pub prepare: CommandOf,
    /// For `prepare`: writes `.0` on a line and fails with exit code 7.
    pub prepare_failing: CommandOf,
}

/// A provider under test.
pub struct Suite {
    /// A new provider object over the same state every time.
    pub make: Box<dyn Fn() -> Arc<dyn Provider> + Send + Sync>,
    /// Its commands.
    pub commands: Commands,
    /// Told apart from other suites over the same machine.
    pub prefix: String,
    /// It can make prepare steps; otherwise it must refuse them with advice.
    pub prepares: bool,
}

/// Runs every case, one after the other.
///
/// # Panics
/// When the provider breaks the contract; the message says which part.
pub async fn run(suite: &Suite) {
    lifecycle::run(suite).await;
    access::run(suite).await;
    preparation::run(suite).await;
}

static NEXT: AtomicU32 = AtomicU32::new(1);

/// One compute instance of a case, and what runs on it.
struct Case<'a> {
    suite: &'a Suite,
    provider: Arc<dyn Provider>,
    compute: String,
}

impl<'a> Case<'a> {
    async fn begin(suite: &'a Suite, name: &str) -> Self {
        let compute = format!("{}-{name}-{}", suite.prefix, NEXT.fetch_add(1, Ordering::Relaxed));
        let case = Self { suite, provider: (suite.make)(), compute };
        case.provider.apply_compute(&case.compute_desired()).await.expect("a compute instance can be made");
        case
    }

    /// Removes everything and checks that nothing is left.
    async fn end(self) {
        self.provider.destroy_compute(&self.compute).await.expect("a compute instance can be destroyed");
        assert!(!self.provider.observe_compute(&self.compute).await.expect("observed"), "destroyed, and still there");
    }

    fn commands(&self) -> Commands {
        self.suite.commands
    }

    fn compute_desired(&self) -> ComputeDesired {
        ComputeDesired { uid: self.compute.clone(), path: format!("/test/{}", self.compute), allocation: allocation() }
    }

    /// A service with this command and nothing else.
    fn service(&self, name: &str, command: Vec<String>) -> ServiceDesired {
        ServiceDesired {
            uid: format!("{}-{name}", self.compute),
            compute_uid: self.compute.clone(),
            path: format!("/test/{}/{name}", self.compute),
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

    /// A service with one endpoint, `web`, that is ready when it answers there.
    fn web(&self, name: &str, command: CommandOf, port: u16, timeout_seconds: u32) -> ServiceDesired {
        ServiceDesired {
            endpoints: vec![EndpointDesired { name: "web".to_owned(), port }],
            readiness: Some(ReadinessDesired { endpoint: "web".to_owned(), path: "/".to_owned(), timeout_seconds }),
            ..self.service(name, command(&port.to_string()))
        }
    }

    async fn apply(&self, desired: &ServiceDesired) {
        self.provider.apply_service(desired, &Silent).await.expect("the service can be applied");
    }

    async fn observe(&self, desired: &ServiceDesired) -> ServiceObserved {
        self.provider.observe_service(&desired.uid).await.expect("a service can be observed")
    }

    /// Looks until what is observed holds, woken by events.
    async fn until(&self, desired: &ServiceDesired, what: &str, holds: impl Fn(&ServiceObserved) -> bool) -> ServiceObserved {
        let mut events = self.provider.events();
        let mut seen = self.observe(desired).await;
        let looked = tokio::time::timeout(PATIENCE, async {
            while !holds(&seen) {
                match events.recv().await {
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => panic!("the provider closed its events"),
                }
                seen = self.observe(desired).await;
            }
        });
        assert!(looked.await.is_ok(), "{}: {what} was never seen, but {seen:?}", desired.uid);
        seen
    }

    /// The whole log.
    async fn log(&self, desired: &ServiceDesired) -> String {
        let stream = self.provider.logs(&desired.uid, &crate::LogQuery::default()).await.expect("logs can be read");
        collect(stream).await
    }

    /// Looks until the log holds a text: output arrives a moment after the process began.
    async fn until_log(&self, desired: &ServiceDesired, text: &str) {
        let query = crate::LogQuery { tail: None, follow: true };
        let mut stream = self.provider.logs(&desired.uid, &query).await.expect("logs can be followed");
        let mut seen = String::new();
        let read = tokio::time::timeout(PATIENCE, async {
            while !seen.contains(text) {
                let Some(chunk) = stream.next().await else {
                    panic!("{text:?} is not in the log {seen:?} of {:?}", self.observe(desired).await);
                };
                seen.push_str(&String::from_utf8_lossy(&chunk.expect("the log can be read")));
            }
        });
        assert!(read.await.is_ok(), "{text:?} never came into the log, but {seen:?}");
    }
}

async fn collect(stream: futures::stream::BoxStream<'static, std::io::Result<bytes::Bytes>>) -> String {
    let chunks = tokio::time::timeout(PATIENCE, stream.collect::<Vec<_>>()).await.expect("the stream ends");
    let bytes: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.expect("the stream can be read")).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn allocation() -> Allocation {
    Allocation { cpu_millis: 1000, memory_bytes: 512 << 20, ..Allocation::default() }
}

fn step(name: &str, command: Vec<String>) -> PrepareDesired {
    PrepareDesired {
        name: name.to_owned(),
        title: format!("Prepare {name}"),
        command,
        uses: Vec::new(),
        expected_seconds: Some(10),
    }
}

/// Hears nothing.
struct Silent;

impl ProgressSink for Silent {
    fn report(&self, _progress: Progress) {}
}

/// Keeps what it hears.
#[derive(Default)]
struct Heard(Mutex<Vec<Progress>>);

impl ProgressSink for Heard {
    fn report(&self, progress: Progress) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(progress);
    }
}

impl Heard {
    fn all(&self) -> Vec<Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The message of an error that must be one.
fn refusal<T>(result: Result<T>, what: &str) -> warpyard_model::Error {
    match result {
        Ok(_) => panic!("{what} succeeded and must not"),
        Err(error) => error,
    }
}
