//! The first process inside a sandbox (`warpyard internal-init`).
//!
//! It becomes the instance's user, writes the template's files, starts the command, reaps what is orphaned, opens the
//! sandbox's door (connections to its loopback, terminals) and tells the shim what happens. It ends when the command ends
//! or when the shim is gone; as process 1 of the sandbox it takes everything else with it. It reads nothing from its
//! arguments or environment but the subcommand: what it is told comes over its standard input, a socket pair.

mod children;
mod door;
mod exec;
mod files;
mod probe;
mod signals;
mod terminal;

use super::launch::{Begin, FromInit, Identity, ToInit};
use super::{spawn, wire};
use children::Children;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

/// Exit code of a command that was not found, as shells have it.
const NOT_FOUND: i32 = 127;
/// Exit code of a command that could not be run, as shells have it.
const NOT_RUNNABLE: i32 = 126;

/// Runs as the init, or (`terminal -- COMMAND…`) as the first process of a terminal. Returns the exit code.
pub(super) fn main(arguments: Vec<String>) -> i32 {
    if arguments.first().is_some_and(|a| a == "terminal") {
        return terminal::main(&arguments[1..]);
    }
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("warpyard: the sandbox's first process failed: {error}");
            1
        }
    }
}

/// What every part of the init shares.
struct Init {
    begin: Begin,
    children: Children,
    shim: UnixStream,
    telling: Mutex<()>,
}

impl Init {
    fn tell(&self, message: &FromInit) {
        let _one_at_a_time = self.telling.lock();
        // A shim that is gone ends this process anyway, through the end of the stream.
        let _ = wire::send(&self.shim, message, &[]);
    }
}

fn run() -> io::Result<i32> {
    let shim = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    wire::send(&shim, &FromInit::Hello, &[])?;
    let Some((ToInit::Begin(begin), descriptors)) = wire::receive::<ToInit>(&shim)? else {
        return Err(io::Error::other("the shim ended before it said what to run"));
    };
    become_user(begin.identity)?;
    // The sandbox ends with whoever made it, also when that one is killed.
    nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL)?;
    // What runs in the sandbox has the same user and must not reach into this process.
    nix::sys::prctl::set_dumpable(false)?;
    if !begin.own_processes {
        nix::sys::prctl::set_child_subreaper(true)?;
    }
    nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o022));

    let init = Arc::new(Init { begin: *begin, children: Children::default(), shim, telling: Mutex::new(()) });
    if let Err(error) = files::write(&init.begin) {
        init.tell(&FromInit::SpawnFailed { exit_code: 1, message: error.to_string() });
        return Ok(1);
    }
    let (ended, main_exit) = std::sync::mpsc::channel();
    let main = match init.children.spawn(&mut main_command(&init.begin), move |code| {
        let _ = ended.send(code);
    }) {
        Ok(pid) => pid,
        Err(error) => {
            let (exit_code, message) = explain(&init.begin, &error);
            init.tell(&FromInit::SpawnFailed { exit_code, message });
            return Ok(exit_code);
        }
    };
    prefer_as_victim(main);
    init.tell(&FromInit::Started);

    if let Some(listener) = descriptors.into_iter().next() {
        let (init, listener) = (Arc::clone(&init), UnixListener::from(listener));
        small_thread(move || door::serve(&init, &listener))?;
    }
    if let Some(wanted) = init.begin.readiness.clone() {
        let init = Arc::clone(&init);
        small_thread(move || probe::run(&wanted, &|message| init.tell(&message)))?;
    }
    let listening = Arc::clone(&init);
    small_thread(move || listen_to_shim(&listening))?;

    let exit_code = loop {
        init.children.reap_one();
        if let Ok(code) = main_exit.try_recv() {
            break code;
        }
    };
    if !init.begin.own_processes {
        signals::kill_descendants();
    }
    init.tell(&FromInit::Exited { exit_code });
    Ok(exit_code)
}

fn listen_to_shim(init: &Init) {
    while let Ok(Some((message, _))) = wire::receive::<ToInit>(&init.shim) {
        if let ToInit::Terminate = message {
            signals::terminate_all(init.begin.own_processes);
        }
    }
    // The shim is gone: nobody could stop, log or observe this sandbox any more.
    if !init.begin.own_processes {
        signals::kill_descendants();
    }
    std::process::exit(1);
}

fn become_user(identity: Option<Identity>) -> io::Result<()> {
    let Some(Identity { uid, gid }) = identity else { return Ok(()) };
    let (uid, gid) = (nix::unistd::Uid::from_raw(uid), nix::unistd::Gid::from_raw(gid));
    nix::unistd::setgroups(&[gid])?;
    nix::unistd::setresgid(gid, gid, gid)?;
    nix::unistd::setresuid(uid, uid, uid)?;
    Ok(())
}

fn main_command(begin: &Begin) -> Command {
    let mut command = app_command(begin, &begin.command);
    // Standard output and error are the shim's log, inherited.
    command.stdout(Stdio::inherit()).stderr(Stdio::inherit()).process_group(0);
    command
}

/// A command with the service's environment, in its working directory.
fn app_command(begin: &Begin, words: &[String]) -> Command {
    let mut command = spawn::command(words.first().map_or("", String::as_str));
    command.args(words.iter().skip(1)).env_clear().envs(&begin.environment).current_dir(&begin.directory);
    command
}

fn explain(begin: &Begin, error: &io::Error) -> (i32, String) {
    let program = begin.command.first().map_or("", String::as_str);
    match error.kind() {
        _ if program.is_empty() => (NOT_FOUND, "the template has no command to run".to_owned()),
        io::ErrorKind::NotFound if std::path::Path::new(program).exists() => (
            NOT_FOUND,
            format!("the command {program:?} cannot be run: the interpreter its first line names was not found in the sandbox"),
        ),
        io::ErrorKind::NotFound => {
            (NOT_FOUND, format!("the command {program:?} was not found in the sandbox; correct the template or install it"))
        }
        io::ErrorKind::PermissionDenied => (NOT_RUNNABLE, format!("the command {program:?} is not executable")),
        _ => (NOT_RUNNABLE, format!("the command {program:?} could not be started: {error}")),
    }
}

/// When memory runs out, the kernel shall end the app before the few kilobytes that supervise it.
fn prefer_as_victim(pid: u32) {
    let _ = std::fs::write(format!("/proc/{pid}/oom_score_adj"), "300");
}

/// A thread with a small stack: there is one per open terminal, and memory counts against the instance.
fn small_thread(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    std::thread::Builder::new().stack_size(128 << 10).spawn(work).map(drop)
}

/// Both ends of a pipe as owned descriptors: reader, writer.
fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (reader, writer) = io::pipe()?;
    Ok((reader.into(), writer.into()))
}
