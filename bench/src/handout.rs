//! Hands the trivial application to whoever asks on a loopback port, for the preparation step of its template.

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// Serves one file until this program ends.
pub(crate) async fn serve(file: PathBuf) -> Result<SocketAddr> {
    let content = Bytes::from(std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?);
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let content = content.clone();
            let service = hyper::service::service_fn(move |_| {
                let answer = Response::new(Full::new(content.clone()));
                async move { Ok::<_, Infallible>(answer) }
            });
            // Whoever breaks off fails its own step.
            let _ = hyper::server::conn::http1::Builder::new()
                .keep_alive(false)
                .serve_connection(TokioIo::new(stream), service)
                .await;
        }
    });
    Ok(address)
}
