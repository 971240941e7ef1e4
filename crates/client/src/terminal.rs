//! A terminal in a service instance: bytes both ways over a WebSocket.
//!
//! The WebSocket is opened through the same HTTP client as everything else, so TLS, proxies and errors are the same.

use crate::error::{ClientError, Result};
use crate::http::Client;
use crate::path::item_segments;
use bytes::Bytes;
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use reqwest::{Method, StatusCode, Upgraded, header};
use serde::Deserialize;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::{client::generate_key, derive_accept_key};
use tokio_tungstenite::tungstenite::protocol::Role;
use warpyard_model::{ErrorCode, Kind, ScopePath};

/// What to run and how.
#[derive(Debug, Clone, Default)]
pub struct TerminalRequest {
    /// The command; a shell when empty.
    pub command: Vec<String>,
    /// With a terminal, so that programs draw and echo.
    pub tty: bool,
    /// Columns and rows, with a terminal.
    pub size: Option<(u16, u16)>,
}

/// Something that came from the instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TerminalMessage {
    /// Output.
    Output(Bytes),
    /// The command ended.
    Exited(i32),
}

#[derive(Deserialize)]
struct ExitMessage {
    exit_code: i32,
}

/// An open terminal.
pub struct Terminal {
    /// Writes to the instance.
    pub writer: TerminalWriter,
    /// Reads from it.
    pub reader: TerminalReader,
}

/// The writing half.
pub struct TerminalWriter(SplitSink<WebSocketStream<Upgraded>, Message>);

/// The reading half.
pub struct TerminalReader(SplitStream<WebSocketStream<Upgraded>>);

fn broken(why: impl std::fmt::Display) -> ClientError {
    ClientError::local(ErrorCode::Unavailable, format!("the terminal's connection broke: {why}"))
}

impl Client {
    /// Opens a terminal.
    pub async fn terminal(&self, scope: &ScopePath, name: &str, what: &TerminalRequest) -> Result<Terminal> {
        let mut segments = item_segments(Kind::ServiceInstance, scope, name)?;
        segments.push("terminal".to_owned());
        let mut url = self.url(&segments);
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("tty", if what.tty { "true" } else { "false" });
            if let Some((columns, rows)) = what.size {
                query.append_pair("columns", &columns.to_string()).append_pair("rows", &rows.to_string());
            }
            for word in &what.command {
                query.append_pair("command", word);
            }
        }
        let key = generate_key();
        let request = self
            .request(Method::GET, url)
            .header(header::CONNECTION, "Upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_VERSION, "13")
            .header(header::SEC_WEBSOCKET_KEY, &key);
        let response = self.send(request).await?;
        let accepted = response.headers().get(header::SEC_WEBSOCKET_ACCEPT).map(|v| v.as_bytes().to_vec());
        if response.status() != StatusCode::SWITCHING_PROTOCOLS
            || accepted.as_deref() != Some(derive_accept_key(key.as_bytes()).as_bytes())
        {
            return Err(ClientError::local(
                ErrorCode::Internal,
                format!("{} does not open WebSockets; a proxy before it may have to allow them", self.address()),
            ));
        }
        let upgraded = response.upgrade().await.map_err(broken)?;
        let (sink, stream) = WebSocketStream::from_raw_socket(upgraded, Role::Client, None).await.split();
        Ok(Terminal { writer: TerminalWriter(sink), reader: TerminalReader(stream) })
    }
}

impl TerminalWriter {
    /// Sends input.
    pub async fn input(&mut self, bytes: Bytes) -> Result<()> {
        self.0.send(Message::Binary(bytes)).await.map_err(broken)
    }

    /// Says how large the window is.
    pub async fn resize(&mut self, columns: u16, rows: u16) -> Result<()> {
        self.text(serde_json::json!({ "resize": { "columns": columns, "rows": rows } })).await
    }

    /// Says that no more input comes.
    pub async fn end_of_input(&mut self) -> Result<()> {
        self.text(serde_json::json!({ "eof": true })).await
    }

    async fn text(&mut self, value: serde_json::Value) -> Result<()> {
        self.0.send(Message::text(value.to_string())).await.map_err(broken)
    }
}

impl TerminalReader {
    /// The next message; nothing when the server closed without saying how the command ended.
    pub async fn next(&mut self) -> Result<Option<TerminalMessage>> {
        loop {
            match self.0.next().await {
                None | Some(Ok(Message::Close(_))) => return Ok(None),
                Some(Err(error)) => return Err(broken(error)),
                Some(Ok(Message::Binary(bytes))) => return Ok(Some(TerminalMessage::Output(bytes))),
                Some(Ok(Message::Text(text))) => {
                    if let Ok(ExitMessage { exit_code }) = serde_json::from_str(text.as_str()) {
                        return Ok(Some(TerminalMessage::Exited(exit_code)));
                    }
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
            }
        }
    }
}
