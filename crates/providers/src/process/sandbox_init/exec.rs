//! Commands beside the service's own: with a terminal or with pipes, handed to the server as descriptors.

use super::super::launch::DoorReply;
use super::super::wire;
use super::{Init, app_command, pipe, small_thread, spawn};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// What the server asked for.
pub(super) struct Request {
    pub(super) command: Vec<String>,
    pub(super) tty: bool,
    pub(super) columns: u16,
    pub(super) rows: u16,
}

/// How long a command may take to end after its terminal is gone.
const HANG_UP_GRACE: Duration = Duration::from_secs(2);

enum Event {
    Ended(i32),
    GuestLeft,
}

/// Runs the command until it ends or the guest leaves.
pub(super) fn run(init: &Init, guest: UnixStream, request: &Request) -> io::Result<()> {
    let words = if request.command.is_empty() { login_shell(init) } else { request.command.clone() };
    let (mut command, ours) = match prepare(init, request, &words) {
        Ok(prepared) => prepared,
        Err(error) => {
            let message = format!("no terminal could be opened: {error}");
            return wire::send(&guest, &DoorReply::Refused { message }, &[]);
        }
    };
    let (events, happened) = mpsc::channel();
    let ended = events.clone();
    let started = init.children.spawn(&mut command, move |code| drop(ended.send(Event::Ended(code))));
    // The command's own ends of its streams must close with the command, so none may stay open here.
    drop(command);
    let pid = match started {
        Ok(pid) => Pid::from_raw(pid as i32),
        Err(error) => {
            let message = format!("the command {:?} could not be started: {error}", words[0]);
            return wire::send(&guest, &DoorReply::Refused { message }, &[]);
        }
    };
    let descriptors: Vec<BorrowedFd<'_>> = ours.iter().map(AsFd::as_fd).collect();
    wire::send(&guest, &DoorReply::Opened, &descriptors)?;
    drop(ours);

    let mut watched = guest.try_clone()?;
    small_thread(move || {
        let mut nothing = [0; 16];
        while watched.read(&mut nothing).is_ok_and(|n| n > 0) {}
        let _ = events.send(Event::GuestLeft);
    })?;
    let Ok(Event::Ended(exit_code)) = happened.recv() else {
        let _ = killpg(pid, Signal::SIGHUP);
        let deadline = std::time::Instant::now() + HANG_UP_GRACE;
        loop {
            match happened.recv_timeout(deadline.saturating_duration_since(std::time::Instant::now())) {
                Ok(Event::Ended(_)) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
                Ok(Event::GuestLeft) => {}
                Err(RecvTimeoutError::Timeout) => break,
            }
        }
        let _ = killpg(pid, Signal::SIGKILL);
        return Ok(());
    };
    wire::send(&guest, &DoorReply::Exited { exit_code }, &[])
}

fn login_shell(init: &Init) -> Vec<String> {
    let path = init.begin.environment.get("PATH").map_or(spawn::SYSTEM_PATH, String::as_str);
    let shell = if spawn::find_program("bash", path).is_some() { "bash" } else { "sh" };
    vec![shell.to_owned(), "-l".to_owned()]
}

/// The command, and the descriptors that the server gets: the terminal, or standard input and output.
fn prepare(init: &Init, request: &Request, words: &[String]) -> io::Result<(Command, Vec<OwnedFd>)> {
    if !request.tty {
        let (their_input, our_input) = pipe()?;
        let (our_output, their_output) = pipe()?;
        let mut command = app_command(&init.begin, words);
        command.stdin(their_input).stdout(their_output.try_clone()?).stderr(their_output).process_group(0);
        return Ok((command, vec![our_input, our_output]));
    }
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&terminal)?;
    unlockpt(&terminal)?;
    let (columns, rows) = (request.columns.max(1), request.rows.max(1));
    tcsetwinsize(&terminal, Winsize { ws_col: columns, ws_row: rows, ws_xpixel: 0, ws_ypixel: 0 })?;
    let theirs = ioctl_tiocgptpeer(&terminal, OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    // This very program, also where its path is out of the user's reach.
    let mut through_init = ["/proc/self/exe", "internal-init", "terminal", "--"].map(str::to_owned).to_vec();
    through_init.extend(words.iter().cloned());
    let mut command = app_command(&init.begin, &through_init);
    command.stdin(Stdio::from(theirs.try_clone()?)).stdout(Stdio::from(theirs.try_clone()?)).stderr(Stdio::from(theirs));
    Ok((command, vec![terminal]))
}
