//! Terminals and commands beside a service: the server's side.

use super::door::{Door, not_running};
use super::launch::{DoorReply, DoorRequest};
use super::provider::Core;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use rustix::termios::{Winsize, tcsetwinsize};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::sync::mpsc;
use tokio_util::io::ReaderStream;
use warpyard_model::{Error, Result};
use warpyard_provider::{ExecInput, ExecRequest, ExecSession};

/// A process is started in milliseconds; a busy machine gets longer.
const START_TIMEOUT: Duration = Duration::from_secs(15);
/// Keys that may wait for a program that does not read.
const INPUT_BACKLOG: usize = 64;
/// What a terminal reads as the end of input.
const END_OF_TRANSMISSION: &[u8] = &[4];

/// Starts a command in the running sandbox. Nothing is left when the call is cancelled: the door closes, and the init ends
/// the command.
pub(super) async fn exec(core: &Arc<Core>, uid: &str, request: &ExecRequest) -> Result<ExecSession> {
    let ExecRequest { command, tty, columns, rows } = request.clone();
    let asked = DoorRequest::Exec { command, tty, columns, rows };
    let mut door = Door::open(&core.layout.service(uid), &asked).await.map_err(|error| not_running(uid).with_context(error))?;
    let (reply, descriptors) = tokio::time::timeout(START_TIMEOUT, door.next())
        .await
        .map_err(|_| not_running(uid))?
        .map_err(|error| not_running(uid).with_context(error))?;
    match reply {
        DoorReply::Opened => {}
        DoorReply::Refused { message } => return Err(Error::provider_failed(message)),
        DoorReply::Exited { .. } => return Err(not_running(uid)),
    }
    let mut descriptors = descriptors.into_iter();
    let mut next = || descriptors.next().ok_or_else(|| Error::internal("the door sent too few descriptors"));
    let first = next()?;
    let second = if tty { first.try_clone().map_err(Error::internal)? } else { next()? };
    let input = register(first).and_then(Sender::from_owned_fd_unchecked).map_err(Error::internal)?;
    let output = register(second).and_then(Receiver::from_owned_fd_unchecked).map_err(Error::internal)?;
    let (control, inbox) = mpsc::channel(INPUT_BACKLOG);
    core.tasks.spawn(feed(input, tty, inbox));
    Ok(ExecSession { output: read(output), control, exit: exit(door).boxed() })
}

/// The runtime waits for terminals as it does for pipes.
fn register(descriptor: OwnedFd) -> io::Result<OwnedFd> {
    rustix::io::ioctl_fionbio(&descriptor, true)?;
    Ok(descriptor)
}

/// The exit code. Holds the conversation with the init, which ends the command when this is dropped.
async fn exit(mut door: Door) -> i32 {
    match door.next().await {
        Ok((DoorReply::Exited { exit_code }, _)) => exit_code,
        // The sandbox ended, and the command with it.
        _ => 137,
    }
}

fn read(output: Receiver) -> BoxStream<'static, io::Result<Bytes>> {
    ReaderStream::with_capacity(output, 16 << 10)
        // A terminal whose last program ended reads as an input/output error.
        .take_while(|chunk| {
            let ended = matches!(chunk, Err(error) if error.raw_os_error() == Some(libc::EIO));
            futures::future::ready(!ended)
        })
        .boxed()
}

/// Carries keys and sizes to the command until the session is dropped.
async fn feed(mut input: Sender, tty: bool, mut inbox: mpsc::Receiver<ExecInput>) {
    while let Some(next) = inbox.recv().await {
        let carried = match next {
            ExecInput::Data(bytes) => input.write_all(&bytes).await,
            ExecInput::Resize { columns, rows } if tty => {
                let size = Winsize { ws_col: columns.max(1), ws_row: rows.max(1), ws_xpixel: 0, ws_ypixel: 0 };
                tcsetwinsize(&input, size).map_err(io::Error::from)
            }
            ExecInput::Resize { .. } => Ok(()),
            ExecInput::Eof if tty => input.write_all(END_OF_TRANSMISSION).await,
            // Dropping the only writer is the end of input.
            ExecInput::Eof => return,
        };
        if carried.is_err() {
            return;
        }
    }
}
