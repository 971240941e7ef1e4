//! What the server, the shim and the sandbox's init tell each other: plain data, written and read by one build at a time.
//!
//! The server decides everything and writes a [`Launch`]; the shim only carries it out, so it stays small, and a shim that
//! outlives an upgrade of the server keeps running what it was told.

use super::cgroup::GroupSet;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use warpyard_model::kinds::RestartPolicy;
use warpyard_provider::{FileDesired, ReadinessDesired, ServiceDesired, ServiceObserved};

/// One service as the shim runs it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Launch {
    /// What was asked for.
    pub(super) desired: ServiceDesired,
    /// The command that makes the sandbox and starts the init in it. Holds no secrets.
    pub(super) sandbox: Vec<String>,
    /// What the init does.
    pub(super) begin: Begin,
    /// Control groups that the sandbox's processes join; already made.
    pub(super) groups: GroupSet,
    /// The isolation, in words.
    pub(super) isolation: String,
}

impl Launch {
    pub(super) fn restart(&self) -> RestartPolicy {
        self.desired.restart
    }
}

/// A user to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// What the init of a sandbox is told first. The environment may hold secrets: it travels over a socket pair only.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Begin {
    /// Become this user before anything else; already that user where absent.
    pub(super) identity: Option<Identity>,
    /// The sandbox has process ids of its own and this is number 1.
    pub(super) own_processes: bool,
    pub(super) command: Vec<String>,
    pub(super) environment: BTreeMap<String, String>,
    /// As the sandbox sees it.
    pub(super) home: PathBuf,
    /// Where the command starts, as the sandbox sees it; made when it lies in the home.
    pub(super) directory: PathBuf,
    pub(super) files: Vec<FileDesired>,
    pub(super) readiness: Option<Probe>,
}

/// A readiness probe with its port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Probe {
    pub(super) port: u16,
    pub(super) path: String,
    pub(super) timeout_seconds: u32,
}

impl Probe {
    /// The probe of a service; `None` when it has none or names no endpoint.
    pub(super) fn of(desired: &ServiceDesired) -> Option<Self> {
        let ReadinessDesired { endpoint, path, timeout_seconds } = desired.readiness.as_ref()?;
        let port = desired.endpoints.iter().find(|e| e.name == *endpoint)?.port;
        Some(Self { port, path: path.clone(), timeout_seconds: *timeout_seconds })
    }
}

/// From the shim to the init.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ToInit {
    /// Start. The door's listening socket comes with it, when there is a door.
    Begin(Box<Begin>),
    /// Ask every process to end.
    Terminate,
}

/// From the init to the shim. The sandbox may have been taken over by what runs in it: nothing here is trusted further than
/// to describe that service itself.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FromInit {
    /// The sandbox stands.
    Hello,
    /// The command runs.
    Started,
    /// The command could not be started.
    SpawnFailed { exit_code: i32, message: String },
    /// The readiness probe holds.
    Ready,
    /// The readiness probe did not hold in time.
    NotReady { message: String },
    /// The command ended; 128 + n for signal n.
    Exited { exit_code: i32 },
}

/// What the server asks at the door of a sandbox.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DoorRequest {
    /// A connection to a port of the sandbox's loopback.
    Connect { port: u16 },
    /// A command beside the others.
    Exec { command: Vec<String>, tty: bool, columns: u16, rows: u16 },
}

/// What the door answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DoorReply {
    /// Done. With it comes the connected socket; or the terminal; or standard input and output.
    Opened,
    /// Not possible.
    Refused { message: String },
    /// The command ended.
    Exited { exit_code: i32 },
}

/// What the server asks the shim, one JSON value on a line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ControlRequest {
    /// Send the state now and whenever it changes, one JSON value on a line.
    Watch,
    /// Send a byte whenever the log grew.
    FollowLog,
    /// End the service. The connection closes when it is gone.
    Stop { grace_seconds: u32 },
}

/// What the shim writes to its state file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct ShimState {
    pub(super) observed: ServiceObserved,
    /// Process id of the sandbox's outermost process while it runs.
    pub(super) sandbox_pid: Option<u32>,
}
