//! A small HTTP and WebSocket client that goes to one address whatever the host is called, as a browser does for `localhost`.

use futures::{SinkExt as _, StreamExt as _};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

const LIMIT: Duration = Duration::from_secs(60);

/// An origin, such as an app's, with what is sent along on every request.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// Host and port.
    pub(crate) authority: String,
    pub(crate) headers: Vec<(String, String)>,
}

/// An answer with its whole body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: hyper::HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// The body of an answer that must be good.
    pub(crate) fn good(self) -> Self {
        assert!((200..300).contains(&self.status), "{self:?}");
        self
    }
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(LIMIT, work).await.expect("an answer within a minute") })
}

impl Origin {
    /// The origin of an address.
    pub(crate) fn of(url: &str) -> Self {
        let rest = url.strip_prefix("http://").unwrap_or_else(|| panic!("{url} is not http"));
        Self { authority: rest.split('/').next().unwrap().to_owned(), headers: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    fn port(&self) -> u16 {
        self.authority.rsplit_once(':').unwrap().1.parse().unwrap()
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", String::new())
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, "application/json", body.to_string())
    }

    pub(crate) fn send(&self, method: &str, path: &str, kind: &str, body: String) -> Answer {
        wait(async {
            let stream = TcpStream::connect(("127.0.0.1", self.port())).await.unwrap();
            let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
            let mut request = hyper::Request::builder().method(method).uri(path).header("host", &self.authority);
            for (name, value) in &self.headers {
                request = request.header(name, value);
            }
            if !kind.is_empty() {
                request = request.header("content-type", kind);
            }
            let request = request.body(Full::new(Bytes::from(body))).unwrap();
            let talk = async {
                let answer = sender.send_request(request).await.unwrap();
                let (head, body) = answer.into_parts();
                let body = body.collect().await.unwrap().to_bytes();
                let body = String::from_utf8_lossy(&body).into_owned();
                Answer { status: head.status.as_u16(), headers: head.headers, body }
            };
            tokio::pin!(talk);
            tokio::select! {
                answer = &mut talk => answer,
                // A server may close once it has said everything; what it said is still to be read.
                _ = connection => talk.await,
            }
        })
    }

    /// Sends one message over a WebSocket and reads messages until `last` says that one is the last.
    pub(crate) fn exchange(&self, path: &str, message: &Value, mut last: impl FnMut(&Value) -> bool) -> Vec<Value> {
        wait(async {
            let mut socket = self.socket(path).await;
            socket.send(Message::text(message.to_string())).await.unwrap();
            let mut seen = Vec::new();
            while let Some(message) = socket.next().await {
                if let Message::Text(text) = message.unwrap() {
                    seen.push(serde_json::from_str(&text).unwrap());
                    if last(&seen[seen.len() - 1]) {
                        break;
                    }
                }
            }
            let _ = socket.close(None).await;
            seen
        })
    }

    async fn socket(&self, path: &str) -> WebSocketStream<TcpStream> {
        let stream = TcpStream::connect(("127.0.0.1", self.port())).await.unwrap();
        let mut request = format!("ws://{}{path}", self.authority).into_client_request().unwrap();
        for (name, value) in &self.headers {
            let name: hyper::header::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        tokio_tungstenite::client_async(request, stream).await.unwrap().0
    }
}
