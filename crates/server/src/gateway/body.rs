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
    /// Access is being checked again; a frame that came meanwhile waits for it.
    held: Option<(Option<Frame<Bytes>>, Check)>,
    /// While the app says nothing: resolves when access is to be checked all the same.
    look: Option<BoxFuture<'static, ()>>,
}

/// A check of access under way: whether it holds, and failed checks in a row.
type Check = BoxFuture<'static, (bool, u8)>;

/// Waits until something changed that access may hang on, or until a moment.
async fn time_to_look(mut changes: tokio::sync::watch::Receiver<u64>, at: Instant) {
    tokio::select! {
        () = tokio::time::sleep_until(at) => {}
        Ok(()) = changes.changed() => {}
    }
}

/// A stream that lost its access half-way.
#[derive(Debug, thiserror::Error)]
#[error("access to the app was taken away while it answered")]
struct AccessLost;

impl<B: Backend> DownstreamBody<B> {
    pub(super) fn new(body: Incoming, sender: Sender, endpoint: Arc<Endpoint>, pass: Pass<B>) -> Self {
        let next_check = Instant::now() + pass.gateway.config.recheck_interval;
        let changes = pass.gateway.backend.changes();
        let mut body =
            Self { body, sender: Some(sender), endpoint, pass, next_check, changes, failures: 0, held: None, look: None };
        body.release_at_end();
        body
    }

    /// Begins to check access again, before a frame is passed on or while there is none.
    fn check(&mut self, frame: Option<Frame<Bytes>>) {
        self.changes.mark_unchanged();
        self.look = None;
        self.next_check = Instant::now() + self.pass.gateway.config.recheck_interval;
        let (pass, mut failures) = (self.pass.clone(), self.failures);
        let check: Check = Box::pin(async move { (pass.still_holds(&mut failures).await, failures) });
        self.held = Some((frame, check));
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
            match this.held.take() {
                Some((Some(frame), _)) if holds => {
                    this.release_at_end();
                    return Poll::Ready(Some(Ok(frame)));
                }
                Some((None, _)) if holds => {}
                _ => {
                    this.sender = None;
                    return Poll::Ready(Some(Err(AccessLost.into())));
                }
            }
        }
        let Poll::Ready(read) = Pin::new(&mut this.body).poll_frame(context) else {
            // A stream on which nothing comes must not outlive its access either.
            let look = this.look.get_or_insert_with(|| Box::pin(time_to_look(this.changes.clone(), this.next_check)));
            ready!(look.as_mut().poll(context));
            this.check(None);
            return self.poll_frame(context);
        };
        match read {
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
                    this.check(Some(frame));
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
