//! The server's side of a shim's control socket.

use super::launch::ControlRequest;
use super::layout::{CONTROL_SOCKET, ServiceDir};
use std::io;
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;

/// Connects to the shim and asks. What is read afterwards depends on the request.
pub(super) async fn ask(service: &ServiceDir, request: &ControlRequest) -> io::Result<UnixStream> {
    let socket = service.socket(CONTROL_SOCKET)?;
    let mut stream = UnixStream::connect(&socket.path).await?;
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    Ok(stream)
}
