//! The contract between Warpyard and the places where things run.
//!
//! A [`Provider`] turns plain data ([`ComputeDesired`], [`ServiceDesired`]) into something that runs, and tells what it
//! sees. Every call is idempotent and keyed by the instance's uid: doing it twice makes one thing, and a call that was
//! cancelled or crashed half-way is finished by the next one. Requests and answers are serialisable, so a provider can
//! run in a remote agent. The crate also holds a scripted fake and the conformance suite every provider passes.

pub mod conformance;
pub mod fake;

use bytes::Bytes;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tokio::io::{AsyncRead, AsyncWrite};
use warpyard_model::kinds::{ActivityProbe, Allocation, Inventory, Network, RestartPolicy};
use warpyard_model::{Result, Timestamp};

/// Both directions of a byte stream.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A boxed byte stream.
pub type BoxIo = Box<dyn Io>;

/// What a target can do, said before anything is asked of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// The isolation instances get, in one plain sentence or two.
    pub isolation: String,
    /// Memory and CPU limits are enforced by the kernel.
    pub enforces_limits: bool,
    /// Sandboxes can have a network of their own.
    pub private_network: bool,
    /// Commands that templates may need (`python3`, `node`, …) and that are there.
    pub commands: Vec<String>,
}

/// A compute instance as it should be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComputeDesired {
    /// The instance's uid: the key of everything.
    pub uid: String,
    /// Where it lives, for people and logs: `/acme/vision/research/c-1`.
    pub path: String,
    /// What it holds.
    pub allocation: Allocation,
}

/// One step that makes something cacheable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrepareDesired {
    /// Its id; the result is mounted at `/opt/warpyard/<name>`.
    pub name: String,
    /// What people read.
    pub title: String,
    /// The rendered command.
    pub command: Vec<String>,
    /// Earlier steps mounted beside it.
    pub uses: Vec<String>,
    /// About how long it takes.
    pub expected_seconds: Option<u32>,
}

/// A file to write into the home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDesired {
    /// Relative to the home, checked.
    pub path: String,
    /// Its bytes.
    pub content: String,
    /// May be run.
    pub executable: bool,
    /// Written on every start, not only when missing.
    pub overwrite: bool,
}

/// A door as the provider sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointDesired {
    /// Its name.
    pub name: String,
    /// The TCP port on the sandbox's loopback; with the host network, the port allotted by [`Provider::ports`].
    pub port: u16,
}

/// How readiness is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadinessDesired {
    /// The endpoint to ask.
    pub endpoint: String,
    /// The path to GET; empty means an open port is enough.
    pub path: String,
    /// Seconds after which the start counts as failed: the service is ended and says why.
    pub timeout_seconds: u32,
}

/// A service instance as it should be: everything rendered, nothing left to decide.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct ServiceDesired {
    /// The instance's uid.
    pub uid: String,
    /// The compute instance it runs on.
    pub compute_uid: String,
    /// Where it lives, for people and logs.
    pub path: String,
    /// What its compute holds: GPU variables and limits follow from it.
    pub allocation: Allocation,
    /// Grows whenever what should run changes; a provider that runs an older revision restarts it.
    pub revision: i64,
    /// Commands the machine must have.
    pub requires: Vec<String>,
    /// What is made once.
    pub prepare: Vec<PrepareDesired>,
    /// Files in the home.
    pub files: Vec<FileDesired>,
    /// The command.
    pub command: Vec<String>,
    /// Its environment. May hold secrets: never logged, never in an argument list.
    pub environment: BTreeMap<String, String>,
    /// Relative to the home.
    pub working_directory: String,
    /// Its network.
    pub network: Network,
    /// When it is started again by itself.
    pub restart: RestartPolicy,
    /// It is meant to end.
    pub batch: bool,
    /// Seconds between SIGTERM and SIGKILL.
    pub stop_grace_seconds: u32,
    /// Its doors.
    pub endpoints: Vec<EndpointDesired>,
    /// When it is ready.
    pub readiness: Option<ReadinessDesired>,
    /// How use is told.
    pub activity: Vec<ActivityProbe>,
}

impl std::fmt::Debug for ServiceDesired {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServiceDesired")
            .field("uid", &self.uid)
            .field("path", &self.path)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

/// What a provider tells while it works on [`Provider::apply_service`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Progress {
    /// A step began.
    Started {
        /// Stable id: `prepare:venv`.
        step: String,
        /// What people read.
        title: String,
    },
    /// A step goes on.
    Update {
        /// Which.
        step: String,
        /// From 0 to 1, where known.
        progress: Option<f64>,
        /// The newest line.
        message: String,
    },
    /// A step ended well.
    Done {
        /// Which.
        step: String,
        /// It had been done before.
        skipped: bool,
    },
    /// A step broke; the call's error says it again.
    Failed {
        /// Which.
        step: String,
        /// Why, with the last lines of output.
        message: String,
    },
}

/// Hears progress; cheap and never blocking.
pub trait ProgressSink: Send + Sync {
    /// One event.
    fn report(&self, progress: Progress);
}

/// What a service is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Nothing of it is there, or only its home.
    #[default]
    Absent,
    /// Its process runs; readiness is told apart.
    Running,
    /// It waits for its next automatic start.
    Restarting,
    /// It ended and will not start by itself.
    Exited,
}

/// A service as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceObserved {
    /// What it is doing.
    pub state: RunState,
    /// The revision that runs or ran.
    pub revision: i64,
    /// Its readiness probe holds (or it has none and runs).
    pub ready: bool,
    /// When this process began.
    pub started_at: Option<Timestamp>,
    /// Exit code of the last process that ended; 128 + n for signal n.
    pub exit_code: Option<i32>,
    /// Automatic restarts in this run.
    pub restarts: u32,
    /// Why it is not well: `port 8888 was not opened within 120 s`, `killed: out of memory`.
    pub message: String,
    /// The isolation it really runs in.
    pub isolation: String,
}

/// Where logs are read from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogQuery {
    /// Only the last so many lines; all that is kept where absent.
    pub tail: Option<u32>,
    /// Go on with what comes.
    pub follow: bool,
}

/// What to run in a terminal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecRequest {
    /// The command; a login shell where empty.
    pub command: Vec<String>,
    /// Allocate a terminal.
    pub tty: bool,
    /// Its size.
    pub columns: u16,
    /// Its size.
    pub rows: u16,
}

/// A running terminal or command. Dropping it ends the command.
pub struct ExecSession {
    /// Output, standard error included.
    pub output: BoxStream<'static, std::io::Result<Bytes>>,
    /// Input and control.
    pub control: tokio::sync::mpsc::Sender<ExecInput>,
    /// Resolves to the exit code.
    pub exit: futures::future::BoxFuture<'static, i32>,
}

/// What goes into a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExecInput {
    /// Keys.
    Data(Bytes),
    /// The window changed.
    Resize {
        /// Columns.
        columns: u16,
        /// Rows.
        rows: u16,
    },
    /// End of input.
    Eof,
}

/// A sample of use. Absent means unknown, never zero.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Metrics {
    /// CPU time used since the process began, in milliseconds.
    pub cpu_used_millis: Option<u64>,
    /// Resident memory of all its processes, in bytes.
    pub memory_bytes: Option<u64>,
    /// Processes.
    pub processes: Option<u32>,
    /// Last use as the activity probes tell it.
    pub last_activity_at: Option<Timestamp>,
}

/// A place where things run. Implementations are cheap to share.
#[async_trait::async_trait]
pub trait Provider: Send + Sync {
    /// What it can do.
    async fn capabilities(&self) -> Result<Capabilities>;

    /// What it has.
    async fn inventory(&self) -> Result<Inventory>;

    /// What [`Self::apply_service`] would do, as text a person reads. Changes nothing; secrets are masked.
    async fn plan_service(&self, desired: &ServiceDesired) -> Result<String>;

    /// Makes the compute instance: its home and limits. Idempotent; a cancelled call is finished by the next.
    async fn apply_compute(&self, desired: &ComputeDesired) -> Result<()>;

    /// Whether the compute instance is there.
    async fn observe_compute(&self, uid: &str) -> Result<bool>;

    /// Removes the compute instance, every service on it, and its home. Idempotent.
    async fn destroy_compute(&self, uid: &str) -> Result<()>;

    /// Ports of the machine for a service with the host network, one per endpoint name; stable for the uid.
    async fn ports(&self, uid: &str, endpoints: &[String]) -> Result<BTreeMap<String, u16>>;

    /// Prepares and starts the service at `desired.revision`, or adopts it when that revision runs. A service that
    /// exited is started again only when the revision is newer. Returns once its process was started; readiness shows
    /// in [`Self::observe_service`]. Cancelling leaves at most a half-made cache that the next call throws away.
    async fn apply_service(&self, desired: &ServiceDesired, progress: &dyn ProgressSink) -> Result<()>;

    /// What is; [`RunState::Absent`] for what was never there.
    async fn observe_service(&self, uid: &str) -> Result<ServiceObserved>;

    /// Ends the service's processes; its home stays. Idempotent; returns once they are gone.
    async fn stop_service(&self, uid: &str) -> Result<()>;

    /// Ends the service and removes what belongs to it alone (not the compute's home). Idempotent.
    async fn destroy_service(&self, uid: &str) -> Result<()>;

    /// The service's output, oldest first, in chunks that end at line ends where possible.
    async fn logs(&self, uid: &str, query: &LogQuery) -> Result<BoxStream<'static, std::io::Result<Bytes>>>;

    /// Runs a command beside the service's processes, in the same sandbox.
    async fn exec(&self, uid: &str, request: &ExecRequest) -> Result<ExecSession>;

    /// A byte stream to one of the service's endpoints.
    async fn connect(&self, uid: &str, endpoint: &str) -> Result<BoxIo>;

    /// A sample of use.
    async fn metrics(&self, uid: &str) -> Result<Metrics>;

    /// Hears a uid whenever something about that service changed by itself (it became ready, ended, restarted), so
    /// that nobody has to poll. May lag or lose events; callers also look from time to time.
    fn events(&self) -> tokio::sync::broadcast::Receiver<String>;
}
