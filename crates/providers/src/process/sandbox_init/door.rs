//! The sandbox's door: the server asks here for connections to the sandbox's loopback and for terminals.
//!
//! A connection is made inside the sandbox's network and handed out as a descriptor, so that no port is visible outside
//! and no process copies bytes between the app and the server.

use super::super::launch::{DoorReply, DoorRequest};
use super::super::wire;
use super::{Init, exec, small_thread};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::time::Duration;

/// A loopback connection is made or refused at once; an app whose backlog is full gets this long.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) fn serve(init: &Arc<Init>, listener: &UnixListener) {
    for guest in listener.incoming() {
        let Ok(guest) = guest else { continue };
        let init = Arc::clone(init);
        // Without a thread the guest sees its connection closed.
        let _ = small_thread(move || {
            let _ = answer(&init, guest);
        });
    }
}

fn answer(init: &Arc<Init>, guest: UnixStream) -> io::Result<()> {
    match wire::receive::<DoorRequest>(&guest)? {
        None => Ok(()),
        Some((DoorRequest::Connect { port }, _)) => match connect_loopback(port, CONNECT_TIMEOUT) {
            Ok(stream) => wire::send(&guest, &DoorReply::Opened, &[stream.as_fd()]),
            Err(error) => wire::send(&guest, &DoorReply::Refused { message: error.to_string() }, &[]),
        },
        Some((DoorRequest::Exec { command, tty, columns, rows }, _)) => {
            let request = exec::Request { command, tty, columns, rows };
            exec::run(init, guest, &request)
        }
    }
}

/// Connects to a port of this network's loopback, IPv4 first.
pub(super) fn connect_loopback(port: u16, timeout: Duration) -> io::Result<TcpStream> {
    let addresses = [SocketAddr::from((Ipv4Addr::LOCALHOST, port)), SocketAddr::from((Ipv6Addr::LOCALHOST, port))];
    let stream = TcpStream::connect_timeout(&addresses[0], timeout)
        .or_else(|first| TcpStream::connect_timeout(&addresses[1], timeout).map_err(|_| first))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
