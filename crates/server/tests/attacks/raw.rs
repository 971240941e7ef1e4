//! Exact bytes: a client that sends what no HTTP library would, and a backend that keeps what it got.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// How long anything may take before a test counts as hanging.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that keeps the bytes it got and answers each request with the same.
pub(crate) struct Backend {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<u8>>>,
}

impl Backend {
    /// Answers every head of a request with these bytes. Whatever else comes is kept as well.
    pub(crate) async fn answering(answer: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, seen) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let log = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, answer.clone(), Arc::clone(&log)));
            }
        });
        Self { address, seen }
    }

    /// All bytes that came, of all connections.
    pub(crate) fn seen(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap()).into_owned()
    }
}

async fn serve(mut stream: TcpStream, answer: String, log: Arc<Mutex<Vec<u8>>>) {
    let (mut buffer, mut head) = ([0; 4096], Vec::new());
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        log.lock().unwrap().extend_from_slice(&buffer[..count]);
        head.extend_from_slice(&buffer[..count]);
        while let Some(end) = head.windows(4).position(|window| window == b"\r\n\r\n") {
            head.drain(..end + 4);
            if stream.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }
}

/// Sends bytes and reads until the server closes, which they should ask it to.
pub(crate) async fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A server that refuses early may close before everything was sent.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    // Closing with bytes unread resets the connection: what was said before counts.
    let _ = read.unwrap_or_else(|_| panic!("the server neither answers nor closes: {}", String::from_utf8_lossy(bytes)));
    String::from_utf8_lossy(&answer).into_owned()
}
