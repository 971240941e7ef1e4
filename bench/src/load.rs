//! The load generator: a fixed number of requests over a fixed number of kept connections, the same for both systems.

use crate::samples::Samples;
use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{HOST, HeaderValue};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// A request with a body that is all there.
pub(crate) type Call = Request<Full<Bytes>>;

/// One kept connection, opened again where the other side closed it.
pub(crate) struct Connection {
    address: SocketAddr,
    sender: Option<SendRequest<Full<Bytes>>>,
    /// Drives the connection; dropped with it.
    driver: JoinSet<()>,
}

impl Connection {
    /// A connection that opens with its first request.
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, sender: None, driver: JoinSet::new() }
    }

    /// Sends a request and reads the whole answer, whatever its status.
    pub(crate) async fn send(&mut self, mut call: Call) -> Result<Response<Bytes>> {
        let what = format!("{} {}", call.method(), call.uri().path());
        if !call.headers().contains_key(HOST) {
            let host = HeaderValue::try_from(self.address.to_string()).context("an address is a header's value")?;
            call.headers_mut().insert(HOST, host);
        }
        let sender = self.open().await?;
        let answer = sender.send_request(call).await.with_context(|| format!("no answer to {what}"))?;
        let (head, body) = answer.into_parts();
        let body = body.collect().await.with_context(|| format!("the answer to {what} broke off"))?.to_bytes();
        Ok(Response::from_parts(head, body))
    }

    /// Sends a request and insists on a status of success.
    pub(crate) async fn succeed(&mut self, call: Call) -> Result<Response<Bytes>> {
        let what = format!("{} {}", call.method(), call.uri());
        let answer = self.send(call).await?;
        if !answer.status().is_success() {
            bail!("{what} answered {}: {}", answer.status(), String::from_utf8_lossy(answer.body()));
        }
        Ok(answer)
    }

    async fn open(&mut self) -> Result<&mut SendRequest<Full<Bytes>>> {
        let usable = match &mut self.sender {
            Some(sender) => sender.ready().await.is_ok(),
            None => false,
        };
        if !usable {
            let stream = TcpStream::connect(self.address).await.with_context(|| format!("cannot connect to {}", self.address))?;
            stream.set_nodelay(true)?;
            let (sender, connection) = handshake(TokioIo::new(stream)).await?;
            self.driver = JoinSet::new();
            self.driver.spawn(async move {
                // A broken connection shows as a failed request.
                let _ = connection.await;
            });
            self.sender = Some(sender);
        }
        self.sender.as_mut().context("the connection was opened just above")
    }
}

/// How much is asked, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Connections that ask at the same time, each one request after the other.
    pub(crate) connections: usize,
    /// Requests that are timed.
    pub(crate) requests: usize,
    /// Requests before them that are not.
    pub(crate) warm_up: usize,
}

/// Runs a plan. `make` gives the request with a number that is never used twice in a plan; the warm-up comes first.
pub(crate) async fn run(
    address: SocketAddr,
    plan: Plan,
    make: impl Fn(usize) -> Call + Send + Sync + 'static,
) -> Result<Samples> {
    let make = Arc::new(make);
    let mut connections: Vec<Connection> = (0..plan.connections).map(|_| Connection::new(address)).collect();
    let mut samples = Samples::default();
    for (first, count) in [(0, plan.warm_up), (plan.warm_up, plan.requests)] {
        let next = Arc::new(AtomicUsize::new(0));
        let mut workers = JoinSet::new();
        let started = Instant::now();
        for connection in connections.drain(..) {
            workers.spawn(worker(connection, Arc::clone(&next), first, count, Arc::clone(&make)));
        }
        samples = Samples::default();
        while let Some(done) = workers.join_next().await {
            let (connection, part) = done.context("a worker broke down")??;
            connections.push(connection);
            samples.times.extend(part.times);
            samples.bytes += part.bytes;
        }
        samples.elapsed = started.elapsed();
    }
    Ok(samples)
}

async fn worker(
    mut connection: Connection,
    next: Arc<AtomicUsize>,
    first: usize,
    count: usize,
    make: Arc<impl Fn(usize) -> Call>,
) -> Result<(Connection, Samples)> {
    let mut samples = Samples::default();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= count {
            return Ok((connection, samples));
        }
        let call = make(first + number);
        let started = Instant::now();
        let answer = connection.succeed(call).await?;
        samples.times.push(started.elapsed());
        samples.bytes += answer.body().len() as u64;
    }
}

/// A request with no body.
pub(crate) fn get(path: &str, headers: &[(&str, &str)]) -> Call {
    build("GET", path, headers, Bytes::new())
}

/// A request with a JSON body.
pub(crate) fn json(method: &str, path: &str, headers: &[(&str, &str)], body: &serde_json::Value) -> Call {
    let mut all = vec![("content-type", "application/json")];
    all.extend_from_slice(headers);
    build(method, path, &all, Bytes::from(body.to_string()))
}

fn build(method: &str, path: &str, headers: &[(&str, &str)], body: Bytes) -> Call {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Full::new(body)).expect("paths and headers are made by this program")
}

/// Reads a JSON answer.
pub(crate) fn parse(answer: &Response<Bytes>) -> Result<serde_json::Value> {
    if answer.status() == StatusCode::NO_CONTENT {
        return Ok(serde_json::Value::Null);
    }
    serde_json::from_slice(answer.body()).with_context(|| format!("not JSON: {}", String::from_utf8_lossy(answer.body())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::sync::Mutex;

    /// Answers every request with its own path, and closes each connection after seven of them.
    async fn echo(seen: Arc<Mutex<Vec<String>>>) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let seen = Arc::clone(&seen);
                tokio::spawn(async move {
                    let answered = AtomicUsize::new(0);
                    let service = hyper::service::service_fn(move |request: Request<hyper::body::Incoming>| {
                        let path = request.uri().path().to_owned();
                        seen.lock().unwrap().push(path.clone());
                        let mut answer = Response::new(Full::new(Bytes::from(path)));
                        if answered.fetch_add(1, Ordering::Relaxed) == 6 {
                            answer.headers_mut().insert("connection", "close".parse().unwrap());
                        }
                        async move { Ok::<_, std::convert::Infallible>(answer) }
                    });
                    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        address
    }

    #[tokio::test]
    async fn every_number_is_asked_once_and_only_the_plan_is_timed() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let address = echo(Arc::clone(&seen)).await;
        let plan = Plan { connections: 4, requests: 100, warm_up: 20 };
        let samples = run(address, plan, |number| get(&format!("/{number}"), &[])).await.unwrap();
        assert_eq!(samples.times.len(), 100);
        let expected: u64 = (20..120).map(|number| format!("/{number}").len() as u64).sum();
        assert_eq!(samples.bytes, expected);
        let seen = seen.lock().unwrap();
        assert_eq!(seen.len(), 120);
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 120);
    }

    #[tokio::test]
    async fn an_answer_that_is_no_success_ends_the_run() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let service = hyper::service::service_fn(|_| async {
                let mut answer = Response::new(Full::new(Bytes::from_static(b"broken")));
                *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                Ok::<_, std::convert::Infallible>(answer)
            });
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
        let plan = Plan { connections: 1, requests: 5, warm_up: 0 };
        let error = run(address, plan, |_| get("/x", &[])).await.unwrap_err();
        assert!(error.to_string().contains("500"), "{error}");
    }
}
