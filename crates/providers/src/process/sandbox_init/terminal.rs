//! The first process of a terminal: makes the terminal on its standard input its own and becomes the command.
//!
//! A program of its own because a process can only do this for itself, between being started and running the command.

use super::super::spawn;
use super::{NOT_FOUND, NOT_RUNNABLE};
use std::os::unix::process::CommandExt;
use std::process::Stdio;

pub(super) fn main(arguments: &[String]) -> i32 {
    let words = arguments.strip_prefix(&["--".to_owned()]).unwrap_or(arguments);
    let Some(program) = words.first() else {
        eprintln!("warpyard: no command to run in this terminal");
        return NOT_RUNNABLE;
    };
    if let Err(error) = nix::unistd::setsid() {
        eprintln!("warpyard: no session of its own for this terminal: {error}");
        return NOT_RUNNABLE;
    }
    if let Err(error) = rustix::process::ioctl_tiocsctty(std::io::stdin()) {
        eprintln!("warpyard: this terminal could not be made the controlling one: {error}");
        return NOT_RUNNABLE;
    }
    let error = spawn::command(program).args(&words[1..]).env_clear().envs(std::env::vars_os()).stdin(Stdio::inherit()).exec();
    eprintln!("warpyard: {program}: {error}");
    if error.kind() == std::io::ErrorKind::NotFound { NOT_FOUND } else { NOT_RUNNABLE }
}
