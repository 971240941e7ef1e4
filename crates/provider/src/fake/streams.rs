//! Byte streams and sessions without anything behind them.

use super::state::Shared;
use crate::{ExecInput, ExecRequest, ExecSession};
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, Waker};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc;
use warpyard_model::{Error, Result};

/// An app that answers every HTTP request with status 200, its uid and the request itself, and repeats what it is told once it was
/// asked to switch to the protocol `echo/1`.
pub(super) struct App {
    greeting: String,
    request: Vec<u8>,
    answer: Option<io::Cursor<Vec<u8>>>,
    waiting: Option<Waker>,
    switched: bool,
}

impl App {
    pub(super) fn new(uid: &str, endpoint: &str) -> Self {
        Self { greeting: format!("{uid} {endpoint}"), request: Vec::new(), answer: None, waiting: None, switched: false }
    }

    fn answer_when_asked(&mut self) {
        if self.answer.is_some() || !self.request.windows(4).any(|window| window == b"\r\n\r\n") {
            return;
        }
        self.switched = String::from_utf8_lossy(&self.request).to_ascii_lowercase().contains("upgrade: echo/1\r\n");
        let answer = if self.switched {
            b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo/1\r\n\r\n".to_vec()
        } else {
            let mut body = format!("{}\n", self.greeting).into_bytes();
            body.extend_from_slice(&self.request);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            [head.into_bytes(), body].concat()
        };
        self.answer = Some(io::Cursor::new(answer));
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }
}

impl AsyncRead for App {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let switched = self.switched;
        match &mut self.answer {
            Some(answer) if !switched || answer.position() < answer.get_ref().len() as u64 => {
                Pin::new(answer).poll_read(cx, buffer)
            }
            _ => {
                self.waiting = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl AsyncWrite for App {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.switched
            && let Some(answer) = &mut self.answer
        {
            answer.get_mut().extend_from_slice(bytes);
            if let Some(waker) = self.waiting.take() {
                waker.wake();
            }
            return Poll::Ready(Ok(bytes.len()));
        }
        self.request.extend_from_slice(bytes);
        self.answer_when_asked();
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A session of one of the fake's commands; any other writes its own words.
pub(super) fn session(request: &ExecRequest) -> Result<ExecSession> {
    let (control, mut inbox) = mpsc::channel::<ExecInput>(64);
    let program = request.command.first().map_or("", String::as_str);
    let argument = request.command.get(1).map_or("", String::as_str);
    let said = |text: String| futures::stream::iter([Ok(Bytes::from(text))]).boxed();
    let (output, exit_code) = match program {
        "fake-say" => (said(format!("{argument}\n")), 3),
        "fake-size" => (said(format!("{} {}\n", request.rows, request.columns)), 0),
        // Without a command there is a shell, and this one repeats what it is told.
        "fake-copy" | "" => {
            let copied = futures::stream::poll_fn(move |cx| {
                loop {
                    return match inbox.poll_recv(cx) {
                        Poll::Ready(Some(ExecInput::Data(bytes))) => Poll::Ready(Some(Ok(bytes))),
                        Poll::Ready(Some(ExecInput::Resize { .. })) => continue,
                        Poll::Ready(Some(ExecInput::Eof) | None) => Poll::Ready(None),
                        Poll::Pending => Poll::Pending,
                    };
                }
            });
            (copied.boxed(), 0)
        }
        missing if missing.starts_with("no-such-") => {
            return Err(Error::provider_failed(format!("the command {missing:?} was not found")));
        }
        _ => (said(format!("{}\n", request.command.join(" "))), 0),
    };
    Ok(ExecSession { output, control, exit: futures::future::ready(exit_code).boxed() })
}

/// A service's log from `position` on, and with `follow` what comes while it runs.
pub(super) fn log(shared: Arc<Shared>, uid: String, position: usize, follow: bool) -> BoxStream<'static, io::Result<Bytes>> {
    let changes = shared.version.subscribe();
    futures::stream::unfold((shared, uid, position, changes), move |(shared, uid, position, mut changes)| async move {
        loop {
            changes.mark_unchanged();
            let (fresh, alive) = {
                let state = shared.state.lock().unwrap_or_else(PoisonError::into_inner);
                let service = state.services.get(&uid)?;
                (service.log.get(position..).unwrap_or_default().to_owned(), service.is_alive())
            };
            if !fresh.is_empty() {
                let position = position + fresh.len();
                return Some((Ok(Bytes::from(fresh)), (shared, uid, position, changes)));
            }
            if !(follow && alive) {
                return None;
            }
            changes.changed().await.ok()?;
        }
    })
    .boxed()
}
