//! The process that runs one service and outlives the server (`warpyard internal-shim DIRECTORY`).
//!
//! It holds the service's lock for as long as it lives, makes the sandbox, keeps the log, starts the command again as the
//! restart policy says, writes `state.json` and answers on `control.sock`. It decides nothing: everything it does is in
//! `desired.json`. Threads and blocking calls only, because there is one of these for every running service.

mod control;
mod restart;
mod run;
mod shared;

use super::launch::Launch;
use super::layout::{CONTROL_SOCKET, DOOR_SOCKET, ServiceDir};
use super::{files, lock, log_files};
use shared::Shared;
use std::io::{self, Write};
use std::os::unix::net::UnixListener;
use std::sync::Arc;
use std::sync::mpsc;

/// Exit code when another shim runs this service; the server then adopts that one.
pub(super) const EXIT_BUSY: i32 = 75;

/// What the shim writes on its standard output once the command was started, or could not be.
pub(super) const STARTED_LINE: &str = "started";

/// Runs the service in the directory given as the only argument. Returns the exit code.
pub(super) fn main(arguments: Vec<String>) -> i32 {
    let [directory] = arguments.as_slice() else {
        eprintln!("warpyard internal-shim: one argument is needed, the service's directory");
        return 2;
    };
    match supervise(&ServiceDir::new(directory.into())) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("warpyard internal-shim: {error}");
            1
        }
    }
}

fn supervise(service: &ServiceDir) -> io::Result<i32> {
    // A session of its own: neither the server's terminal nor its end reaches the service.
    let _ = nix::unistd::setsid();
    let _ = std::env::set_current_dir("/");
    let Some(_held_until_the_end) = lock::try_lock(&service.lock())? else { return Ok(EXIT_BUSY) };
    let launch: Launch = files::read_json(&service.desired())
        .ok_or_else(|| io::Error::other(format!("{} cannot be read", service.desired().display())))?;
    log_files::make_directory(&service.logs())?;

    let (events, inbox) = mpsc::channel();
    let shared = Arc::new(Shared::new(service.clone(), &launch));
    shared.publish()?;
    let control = bind(service, CONTROL_SOCKET)?;
    let door = bind(service, DOOR_SOCKET)?;
    {
        let (shared, events) = (Arc::clone(&shared), events.clone());
        std::thread::Builder::new().stack_size(128 << 10).spawn(move || control::serve(&control, &shared, &events))?;
    }
    run::until_over(&launch, &shared, &door, &events, &inbox, &mut announce())?;
    let _ = std::fs::remove_file(service.path.join(DOOR_SOCKET));
    let _ = std::fs::remove_file(service.path.join(CONTROL_SOCKET));
    Ok(0)
}

/// Binds a socket that a shim before may have left.
fn bind(service: &ServiceDir, name: &str) -> io::Result<UnixListener> {
    let _ = std::fs::remove_file(service.path.join(name));
    UnixListener::bind(&service.socket(name)?.path)
}

/// Tells the server once that the start is over; the server may be gone.
fn announce() -> impl FnMut() {
    let mut told = false;
    move || {
        if !std::mem::replace(&mut told, true) {
            let _ = writeln!(io::stdout(), "{STARTED_LINE}").and_then(|()| io::stdout().flush());
        }
    }
}
