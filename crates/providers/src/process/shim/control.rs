//! Answers the server on `control.sock`.

use super::super::launch::ControlRequest;
use super::run::Event;
use super::shared::Shared;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::mpsc::Sender;
use std::time::Duration;

/// A server that connects says at once what it wants.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(2);
const MAX_REQUEST_BYTES: u64 = 4 << 10;

pub(super) fn serve(listener: &UnixListener, shared: &Shared, events: &Sender<Event>) {
    for guest in listener.incoming().flatten() {
        if let Err(error) = answer(guest, shared, events) {
            eprintln!("warpyard internal-shim: a control request failed: {error}");
        }
    }
}

fn answer(guest: UnixStream, shared: &Shared, events: &Sender<Event>) -> io::Result<()> {
    guest.set_read_timeout(Some(REQUEST_TIMEOUT))?;
    let mut line = String::new();
    BufReader::new((&guest).take(MAX_REQUEST_BYTES)).read_line(&mut line)?;
    match serde_json::from_str(&line)? {
        ControlRequest::Watch => shared.add_watcher(guest),
        ControlRequest::FollowLog => shared.add_follower(guest),
        ControlRequest::Stop { grace_seconds } => {
            let grace = Duration::from_secs(grace_seconds.into());
            events.send(Event::Stop { grace, asked_by: guest }).map_err(io::Error::other)
        }
    }
}
