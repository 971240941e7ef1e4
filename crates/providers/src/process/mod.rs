//! This machine: supervised processes in bubblewrap sandboxes, with limits by control groups where permitted.
//!
//! Three programs work together; the second and third are one executable, which may be the first as well. The **server** ([`ProcessProvider`]) decides and writes
//! down what shall run. A **shim** (`shim`) per running service makes its sandbox, keeps its log and restarts it; it
//! outlives the server, and its lock file proves it alive. The **init** (`sandbox_init`) is the sandbox's first process.
//!
//! Invariants: a service's lock is held exactly while a shim runs it; nothing outside `<data>/process` is written but
//! control groups; no secret is ever in an argument list, a log or a file that others may read; what is not obtained of
//! isolation and limits is said in [`Capabilities::isolation`](warpyard_provider::Capabilities).

mod activity;
mod cgroup;
mod clock;
mod compute;
mod config;
mod control;
mod door;
mod environment;
mod etc;
mod exec;
mod failure;
mod files;
mod gpu;
mod inventory;
mod launch;
mod layout;
mod lock;
mod log_files;
mod logs;
mod machine;
mod metrics;
mod ports;
mod prepare;
mod proc_tree;
mod provider;
mod sandbox;
mod sandbox_init;
mod service;
mod shim;
mod spawn;
mod turns;
mod users;
mod wire;

pub use config::{ProcessConfig, passthrough_environment, shim_program};
pub use provider::ProcessProvider;

/// Runs the subcommand that the provider executes [`ProcessConfig::executable`] with; `None` where it is another. The exit code.
pub fn internal(subcommand: &str, arguments: Vec<String>) -> Option<i32> {
    match subcommand {
        "internal-shim" => Some(shim::main(arguments)),
        "internal-init" => Some(sandbox_init::main(arguments)),
        _ => None,
    }
}
