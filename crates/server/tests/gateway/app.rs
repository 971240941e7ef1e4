//! The app behind the gateway: a real HTTP server that tells what it got.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use bytes::Bytes;
use futures::{SinkExt, StreamExt};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

pub(crate) struct App {
    pub(crate) address: SocketAddr,
    /// Heads of the requests that came, in order.
    pub(crate) seen: Arc<Mutex<Vec<(String, HeaderMap)>>>,
    /// Feeds the body of `/stream`; the receiver's closing tells that nobody reads any more.
    pub(crate) stream: mpsc::Sender<Bytes>,
}

impl App {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (stream, chunks) = mpsc::channel(1);
        let chunks = Arc::new(Mutex::new(Some(chunks)));
        let log = Arc::clone(&seen);
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let (log, chunks) = (Arc::clone(&log), Arc::clone(&chunks));
                tokio::spawn(serve(socket, log, chunks));
            }
        });
        Self { address, seen, stream }
    }

    /// The head of the last request.
    pub(crate) fn last(&self) -> (String, HeaderMap) {
        self.seen.lock().unwrap().last().cloned().expect("the app should have got a request")
    }

    pub(crate) fn requests(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

type Chunks = Arc<Mutex<Option<mpsc::Receiver<Bytes>>>>;

/// Serves one connection, whatever carries it.
pub(crate) async fn serve<I>(io: I, log: Arc<Mutex<Vec<(String, HeaderMap)>>>, chunks: Chunks)
where
    I: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
{
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let (log, chunks) = (Arc::clone(&log), Arc::clone(&chunks));
        async move {
            log.lock().unwrap().push((format!("{} {}", request.method(), request.uri()), request.headers().clone()));
            Ok::<_, Infallible>(answer(request, chunks).await)
        }
    });
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(io), service).with_upgrades().await;
}

async fn answer(mut request: Request<Incoming>, chunks: Chunks) -> Response<Body> {
    let path = request.uri().path().to_owned();
    match path.as_str() {
        "/echo" => {
            let mut response = Response::new(Body::new(StreamBody::new(
                request.into_body().into_data_stream().map(|data| data.map(Frame::data)),
            )));
            response.headers_mut().insert("x-app", HeaderValue::from_static("echo"));
            response
        }
        "/count" => {
            let body = request.into_body().collect().await.unwrap();
            let trailers = format!("{:?}", body.trailers().and_then(|trailers| trailers.get("x-sum")));
            Response::new(Body::from(format!("{} bytes, trailer {trailers}", body.to_bytes().len())))
        }
        "/refuse" => {
            let mut response = Response::new(Body::from("too much"));
            *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            response
        }
        "/headers" => {
            let mut response = Response::new(Body::from("ok"));
            for (name, value) in [
                ("connection", "x-hop"),
                ("x-hop", "1"),
                ("keep-alive", "timeout=5"),
                ("proxy-authenticate", "Basic"),
                ("x-kept", "1"),
                ("set-cookie", "theme=dark; Path=/"),
                ("set-cookie", "wide=1; Domain=apps.localhost"),
                ("set-cookie", "__Host-warpyard_app=planted; Secure; Path=/"),
                ("set-cookie", "warpyard_app=planted"),
            ] {
                response.headers_mut().append(name, HeaderValue::from_static(value));
            }
            response
        }
        "/trailers" => {
            let mut trailers = HeaderMap::new();
            trailers.insert("x-sum", HeaderValue::from_static("42"));
            let frames = [Ok::<_, Infallible>(Frame::data(Bytes::from_static(b"data"))), Ok(Frame::trailers(trailers))];
            let mut response = Response::new(Body::new(StreamBody::new(futures::stream::iter(frames))));
            response.headers_mut().insert("trailer", HeaderValue::from_static("x-sum"));
            response
        }
        "/stream" => {
            let chunks = chunks.lock().unwrap().take().expect("/stream can be read once");
            let frames = futures::stream::unfold(chunks, |mut chunks| async {
                let chunk = chunks.recv().await?;
                Some((Ok::<_, Infallible>(Frame::data(chunk)), chunks))
            });
            let mut response = Response::new(Body::new(StreamBody::new(frames)));
            response.headers_mut().insert("content-type", HeaderValue::from_static("text/event-stream"));
            response
        }
        "/socket" if request.headers().contains_key("upgrade") => {
            let key = derive_accept_key(request.headers()["sec-websocket-key"].as_bytes());
            let upgraded = hyper::upgrade::on(&mut request);
            tokio::spawn(async move {
                let io = TokioIo::new(upgraded.await.unwrap());
                let mut socket = WebSocketStream::from_raw_socket(io, Role::Server, None).await;
                while let Some(Ok(message)) = socket.next().await {
                    if message.is_text() || message.is_binary() {
                        let _ = socket.send(message).await;
                    }
                }
            });
            let mut response = switching("websocket");
            response.headers_mut().insert("sec-websocket-accept", HeaderValue::from_str(&key).unwrap());
            if let Some(protocol) = request.headers().get("sec-websocket-protocol") {
                response.headers_mut().insert("sec-websocket-protocol", protocol.clone());
            }
            response.headers_mut().append("set-cookie", HeaderValue::from_static("warpyard_app=planted"));
            response
        }
        "/reverse" if request.headers().contains_key("upgrade") => {
            let upgraded = hyper::upgrade::on(&mut request);
            tokio::spawn(async move {
                let mut io = TokioIo::new(upgraded.await.unwrap());
                let mut text = Vec::new();
                io.read_to_end(&mut text).await.unwrap();
                text.reverse();
                io.write_all(&text).await.unwrap();
                io.shutdown().await.unwrap();
            });
            switching("reverse/1")
        }
        "/wrong-protocol" => switching("h2c"),
        _ => Response::new(Body::from("hello")),
    }
}

fn switching(protocol: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    response.headers_mut().insert("connection", HeaderValue::from_static("upgrade"));
    response.headers_mut().insert("upgrade", HeaderValue::from_static(protocol));
    response
}
