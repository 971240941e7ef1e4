//! The trivial application both systems launch: 1 KiB for any path, 10 MiB for one that ends in `/large`.
//!
//! It starts in a few milliseconds, so that a launch measures the system that launches and not what is launched. It
//! finds its port in the first argument, or where JupyterHub puts it.
#![expect(clippy::disallowed_methods, reason = "a test application is told its port by its environment and serves in tasks")]

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::io::Write;
use std::sync::LazyLock;

const SMALL_BYTES: usize = 1024;
const LARGE_BYTES: usize = 10 * 1024 * 1024;
/// Made when it is first asked for: filling it takes longer than starting.
static LARGE: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(vec![b'x'; LARGE_BYTES]));

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let port = port()?;
    let listener =
        tokio::net::TcpListener::bind(("127.0.0.1", port)).await.with_context(|| format!("cannot listen on port {port}"))?;
    println!("listening");
    std::io::stdout().flush()?;
    let small = Bytes::from(vec![b'x'; SMALL_BYTES]);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let small = small.clone();
        tokio::spawn(async move {
            let service = hyper::service::service_fn(move |request: Request<Incoming>| {
                let body = if request.uri().path().ends_with("/large") { LARGE.clone() } else { small.clone() };
                async move { Ok::<_, Infallible>(Response::new(Full::new(body))) }
            });
            // A client that goes away in the middle is no concern of this application.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

fn port() -> Result<u16> {
    if let Some(argument) = std::env::args().nth(1) {
        return argument.parse().with_context(|| format!("{argument:?} is not a port"));
    }
    let url = std::env::var("JUPYTERHUB_SERVICE_URL").context("name a port as the first argument")?;
    let uri: hyper::Uri = url.parse().with_context(|| format!("{url:?} is not a URL"))?;
    uri.port_u16().with_context(|| format!("{url:?} has no port"))
}
