//! Connections that left HTTP: WebSockets and whatever else an app upgrades to.

use super::Backend;
use super::access::Pass;
use super::pool::Endpoint;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

/// How long both sides may take to leave HTTP after the app agreed.
const SWITCH_TIME_LIMIT: Duration = Duration::from_secs(10);

/// Copies bytes between client and app until either ends, access is lost, or the server closes.
pub(super) async fn run<B: Backend>(pass: Pass<B>, endpoint: Arc<Endpoint>, client: OnUpgrade, app: OnUpgrade) {
    let switched = tokio::time::timeout(SWITCH_TIME_LIMIT, async { tokio::try_join!(client, app) }).await;
    let (client, app) = match switched {
        Ok(Ok(both)) => both,
        Ok(Err(error)) => return tracing::debug!(host = %pass.host, %error, "an upgrade did not come about"),
        Err(_) => return tracing::debug!(host = %pass.host, "an upgrade took too long"),
    };
    let mut client = Counted { io: TokioIo::new(client), endpoint };
    let mut app = TokioIo::new(app);
    let mut copying = std::pin::pin!(tokio::io::copy_bidirectional(&mut client, &mut app));
    let interval = pass.gateway.config.recheck_interval;
    let mut checks = tokio::time::interval_at(Instant::now() + interval, interval);
    checks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut changes = pass.gateway.backend.changes();
    let mut failures = 0;
    loop {
        tokio::select! {
            ended = &mut copying => {
                if let Err(error) = ended {
                    tracing::debug!(host = %pass.host, %error, "an upgraded connection broke");
                }
                return;
            }
            () = pass.gateway.closing.cancelled() => return,
            // The backend lives as long as the gateway, so this ends in a change.
            _ = async { tokio::select! { _ = checks.tick() => {}, Ok(()) = changes.changed() => {} } } => {
                if !pass.still_holds(&mut failures).await {
                    tracing::info!(host = %pass.host, "an upgraded connection was cut because access to the app ended");
                    return;
                }
            }
        }
    }
}

/// The client's side of a tunnel, counting both directions.
struct Counted {
    io: TokioIo<Upgraded>,
    endpoint: Arc<Endpoint>,
}

impl AsyncRead for Counted {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.io).poll_read(context, buffer))?;
        this.endpoint.count(buffer.filled().len() - before, Instant::now());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Counted {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = ready!(Pin::new(&mut this.io).poll_write(context, bytes))?;
        this.endpoint.count(written, Instant::now());
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(context)
    }
}
