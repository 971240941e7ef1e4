//! The server's side of a sandbox's door: connections to the app.

use super::launch::{DoorReply, DoorRequest};
use super::layout::{DOOR_SOCKET, ServiceDir};
use super::provider::Core;
use super::{lock, wire};
use std::io;
use std::net::Ipv4Addr;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncWriteExt, Interest};
use tokio::net::{TcpStream, UnixStream};
use warpyard_model::kinds::Network;
use warpyard_model::{Error, Result};
use warpyard_provider::BoxIo;

/// The door answers at once unless the app's backlog is full.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Opens a byte stream to an endpoint.
pub(super) async fn connect(core: &Arc<Core>, uid: &str, endpoint: &str) -> Result<BoxIo> {
    let launch = core.launch(uid).ok_or_else(|| not_running(uid))?;
    let Some(port) = launch.desired.endpoints.iter().find(|e| e.name == endpoint).map(|e| e.port) else {
        return Err(Error::not_found(format!("The service has no endpoint named {endpoint:?}.")));
    };
    let closed = |error: String| {
        Error::unavailable(format!("Nothing listens on port {port} yet; the app is starting or has ended.")).with_context(error)
    };
    let stream = if launch.desired.network == Network::Host {
        if !lock::is_held(&core.layout.service(uid).lock()) {
            return Err(not_running(uid));
        }
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| closed(error.to_string()))?
    } else {
        let mut door = Door::open(&core.layout.service(uid), &DoorRequest::Connect { port })
            .await
            .map_err(|error| not_running(uid).with_context(error))?;
        match tokio::time::timeout(TIMEOUT, door.next()).await {
            Ok(Ok((DoorReply::Opened, descriptors))) => from_descriptor(descriptors).map_err(Error::internal)?,
            Ok(Ok((DoorReply::Refused { message }, _))) => return Err(closed(message)),
            Ok(Ok((DoorReply::Exited { .. }, _))) => return Err(not_running(uid)),
            Ok(Err(error)) => return Err(not_running(uid).with_context(error)),
            Err(_) => return Err(closed("the door did not answer in time".to_owned())),
        }
    };
    // Without this a small answer waits for the other side's delayed acknowledgement.
    stream.set_nodelay(true).map_err(Error::internal)?;
    Ok(Box::new(stream))
}

fn from_descriptor(descriptors: Vec<OwnedFd>) -> io::Result<TcpStream> {
    let socket = descriptors.into_iter().next().ok_or_else(|| io::Error::other("the door sent no socket"))?;
    let stream = std::net::TcpStream::from(socket);
    stream.set_nonblocking(true)?;
    TcpStream::from_std(stream)
}

/// The service does not run.
pub(super) fn not_running(uid: &str) -> Error {
    Error::unavailable("The service is not running.").with_context(uid)
}

/// A conversation with a sandbox's init.
pub(super) struct Door {
    stream: UnixStream,
}

impl Door {
    /// Knocks. A door whose sandbox is between two runs accepts and does not answer.
    pub(super) async fn open(service: &ServiceDir, request: &DoorRequest) -> io::Result<Self> {
        let socket = service.socket(DOOR_SOCKET)?;
        let mut stream = UnixStream::connect(&socket.path).await?;
        stream.write_all(&wire::encode(request)?).await?;
        Ok(Self { stream })
    }

    /// The next answer and what came with it. Not to be called again after it was cancelled in the middle of an answer.
    pub(super) async fn next(&mut self) -> io::Result<(DoorReply, Vec<OwnedFd>)> {
        let mut incoming = wire::Incoming::default();
        let mut buffer = Vec::new();
        while !incoming.is_complete() {
            buffer.resize(incoming.wanted()?, 0);
            let stream = &self.stream;
            let descriptors = &mut incoming.descriptors;
            let received =
                stream.async_io(Interest::READABLE, || wire::receive_some(stream.as_fd(), &mut buffer, descriptors)).await?;
            if received == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            incoming.push(&buffer[..received]);
        }
        Ok((incoming.parse()?, std::mem::take(&mut incoming.descriptors)))
    }
}
