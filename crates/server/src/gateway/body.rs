//! Bodies on their way through: counted, never collected.

use super::Backend;
use super::access::Pass;
use super::pool::{Endpoint, Sender};
use axum::BoxError;
use bytes::Bytes;
use futures::future::BoxFuture;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::time::Instant;

/// A request's body on its way to the app.
pub(super) enum UpstreamBody {
    /// Nothing; such a request can be made again.
    Empty,
    /// What the client sends.
    Stream(Pin<Box<dyn Body<Data = Bytes, Error = BoxError> + Send>>, Arc<Endpoint>),
}

impl UpstreamBody {
    pub(super) fn new<R>(body: R, endpoint: &Arc<Endpoint>) -> Self
    where
        R: Body<Data = Bytes> + Send + 'static,
        R::Error: Into<BoxError>,
    {
        if body.is_end_stream() {
            return Self::Empty;
        }
        Self::Stream(Box::pin(http_body_util::BodyExt::map_err(body, Into::into)), Arc::clone(endpoint))
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}

impl Body for UpstreamBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match self.get_mut() {
            Self::Empty => Poll::Ready(None),
            Self::Stream(body, endpoint) => {
                let frame = ready!(body.as_mut().poll_frame(context));
                if let Some(data) = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()) {
                    endpoint.count(data.len(), Instant::now());
                }
                Poll::Ready(frame)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Stream(body, _) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Stream(body, _) => body.size_hint(),
        }
    }
}

/// An answer's body on its way to the client. Gives the connection back once it was read to its end; dropped before,
/// it closes the connection, which tells the app that nobody listens any more.
pub(super) struct DownstreamBody<B: Backend> {
    body: Incoming,
    sender: Option<Sender>,
    endpoint: Arc<Endpoint>,
    pass: Pass<B>,
    next_check: Instant,
    changes: tokio::sync::watch::Receiver<u64>,
    failures: u8,
    /// A frame that waits until access was checked again.
    held: Option<(Frame<Bytes>, Check)>,
}

/// A check of access under way: whether it holds, and failed checks in a row.
type Check = BoxFuture<'static, (bool, u8)>;

/// A stream that lost its access half-way.
#[derive(Debug, thiserror::Error)]
#[error("access to the app was taken away while it answered")]
struct AccessLost;

impl<B: Backend> DownstreamBody<B> {
    pub(super) fn new(body: Incoming, sender: Sender, endpoint: Arc<Endpoint>, pass: Pass<B>) -> Self {
        let next_check = Instant::now() + pass.gateway.config.recheck_interval;
        let changes = pass.gateway.backend.changes();
        let mut body = Self { body, sender: Some(sender), endpoint, pass, next_check, changes, failures: 0, held: None };
        body.release_at_end();
        body
    }

    fn release_at_end(&mut self) {
        if self.body.is_end_stream()
            && let Some(sender) = self.sender.take()
        {
            self.endpoint.give_back(sender);
        }
    }
}

impl<B: Backend> Body for DownstreamBody<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if let Some((_, check)) = &mut this.held {
            let (holds, failures) = ready!(check.as_mut().poll(context));
            this.failures = failures;
            return Poll::Ready(match this.held.take() {
                Some((frame, _)) if holds => {
                    this.release_at_end();
                    Some(Ok(frame))
                }
                _ => {
                    this.sender = None;
                    Some(Err(AccessLost.into()))
                }
            });
        }
        match ready!(Pin::new(&mut this.body).poll_frame(context)) {
            None => {
                if let Some(sender) = this.sender.take() {
                    this.endpoint.give_back(sender);
                }
                Poll::Ready(None)
            }
            Some(Err(error)) => {
                this.sender = None;
                Poll::Ready(Some(Err(error.into())))
            }
            Some(Ok(frame)) => {
                let now = Instant::now();
                if let Some(data) = frame.data_ref() {
                    this.endpoint.count(data.len(), now);
                }
                // What was there before something changed is checked first as well.
                if now >= this.next_check || this.changes.has_changed().unwrap_or(false) {
                    this.changes.mark_unchanged();
                    this.next_check = now + this.pass.gateway.config.recheck_interval;
                    let (pass, mut failures) = (this.pass.clone(), this.failures);
                    let check: Check = Box::pin(async move { (pass.still_holds(&mut failures).await, failures) });
                    this.held = Some((frame, check));
                    return self.poll_frame(context);
                }
                this.release_at_end();
                Poll::Ready(Some(Ok(frame)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.held.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
