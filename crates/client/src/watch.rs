//! Hearing of changes: the server's event stream, connected again from where it broke.
//!
//! Expected flow: events, one `Synced` when the server has told everything up to now, then changes as they come. After a
//! reconnection an object may be told twice; nothing is left out. A caller that needs certainty reads the object again.

use crate::any_object::AnyObject;
use crate::error::{ClientError, Result};
use crate::http::Client;
use crate::resource::add_scope;
use crate::sse::EventParser;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use reqwest::{Method, header};
use serde::Deserialize;
use std::time::Duration;
use warpyard_model::{ErrorCode, Kind, ScopePath};

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// What to watch.
#[derive(Debug, Clone, Default)]
pub struct WatchRequest {
    /// The kinds.
    pub kinds: Vec<Kind>,
    /// Only this place and below it.
    pub scope: ScopePath,
    /// Only changes after this resource version.
    pub since: Option<i64>,
}

/// Something that was heard.
#[derive(Debug, Clone, PartialEq)]
pub enum WatchEvent {
    /// Everything up to this resource version was told.
    Synced(i64),
    /// A new object.
    Added(AnyObject),
    /// A changed object.
    Modified(AnyObject),
    /// A deleted object: kind and metadata only.
    Deleted(AnyObject),
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "type")]
    message_type: String,
    #[serde(default)]
    object: Option<AnyObject>,
    #[serde(default)]
    resource_version: Option<i64>,
    #[serde(default)]
    detail: Option<String>,
}

/// A running watch.
pub struct Watch {
    client: Client,
    request: WatchRequest,
    stream: Option<BoxStream<'static, reqwest::Result<Bytes>>>,
    parser: EventParser,
    pause: Duration,
}

impl Client {
    /// Starts to watch; an error says that the server refuses or cannot be reached.
    pub async fn watch(&self, request: WatchRequest) -> Result<Watch> {
        let mut watch = Watch { client: self.clone(), request, stream: None, parser: EventParser::default(), pause: FIRST_PAUSE };
        watch.connect().await?;
        Ok(watch)
    }
}

impl Watch {
    async fn connect(&mut self) -> Result<()> {
        let mut url = self.client.url(&["watch", "stream"]);
        let kinds: Vec<&str> = self.request.kinds.iter().map(|k| k.as_str()).collect();
        url.query_pairs_mut().append_pair("kinds", &kinds.join(","));
        add_scope(&mut url, &self.request.scope);
        if let Some(since) = self.request.since {
            url.query_pairs_mut().append_pair("since", &since.to_string());
        }
        let request = self.client.request(Method::GET, url).header(header::ACCEPT, "text/event-stream");
        let response = self.client.send(request).await?;
        self.parser = EventParser::default();
        self.stream = Some(response.bytes_stream().boxed());
        Ok(())
    }

    /// The next event. Connects again after a break for as long as the server may come back; an error is final.
    ///
    /// Cancelling loses nothing: what was read stays in the parser.
    pub async fn next(&mut self) -> Result<WatchEvent> {
        loop {
            while let Some(text) = self.parser.next_event() {
                if let Some(event) = self.understand(&text)? {
                    self.pause = FIRST_PAUSE;
                    return Ok(event);
                }
            }
            match &mut self.stream {
                Some(stream) => match stream.next().await {
                    Some(Ok(bytes)) => self.parser.feed(&bytes),
                    Some(Err(_)) | None => self.stream = None,
                },
                None => {
                    tokio::time::sleep(self.pause).await;
                    self.pause = (self.pause * 2).min(LONGEST_PAUSE);
                    match self.connect().await {
                        Err(error) if !error.is_transient() => return Err(error),
                        Ok(()) | Err(_) => {}
                    }
                }
            }
        }
    }

    fn understand(&mut self, text: &str) -> Result<Option<WatchEvent>> {
        let message: Message = serde_json::from_str(text)
            .map_err(|e| ClientError::local(ErrorCode::Internal, format!("an event of the watch stream cannot be read: {e}")))?;
        if let Some(version) = message.resource_version {
            self.request.since = Some(version);
        }
        let event = match (message.message_type.as_str(), message.object) {
            ("synced", _) => WatchEvent::Synced(message.resource_version.unwrap_or_default()),
            ("added", Some(object)) => WatchEvent::Added(object),
            ("modified", Some(object)) => WatchEvent::Modified(object),
            ("deleted", Some(object)) => WatchEvent::Deleted(object),
            ("error", _) => {
                let detail = message.detail.unwrap_or_else(|| "the server ended the watch".to_owned());
                return Err(ClientError::local(ErrorCode::Conflict, detail));
            }
            // A newer server may tell more; what is not known is not needed.
            _ => return Ok(None),
        };
        Ok(Some(event))
    }
}
