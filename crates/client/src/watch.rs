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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Credentials;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// Answers each connection with one body and closes it, and gives back the first lines of the requests.
    fn server(listener: TcpListener, bodies: Vec<&'static str>) -> std::thread::JoinHandle<Vec<String>> {
        std::thread::spawn(move || {
            bodies
                .iter()
                .map(|body| {
                    let (mut connection, _) = listener.accept().unwrap();
                    let mut request = Vec::new();
                    while !request.ends_with(b"\r\n\r\n") {
                        let mut byte = [0];
                        connection.read_exact(&mut byte).unwrap();
                        request.extend(byte);
                    }
                    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
                    connection.write_all(format!("{head}{body}").as_bytes()).unwrap();
                    String::from_utf8(request).unwrap().lines().next().unwrap().to_owned()
                })
                .collect()
        })
    }

    #[tokio::test]
    async fn a_broken_stream_goes_on_from_where_it_was() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let added = "data: {\"type\":\"added\",\"object\":{\"metadata\":{\"name\":\"nb-1\"}},\"resource_version\":41}\n\n";
        let server = server(
            listener,
            vec![added, "data: {\"type\":\"new in a later version\"}\n\ndata: {\"type\":\"synced\",\"resource_version\":42}\n\n"],
        );
        let client = Client::new(&address, Credentials::Nobody).unwrap();
        let request = WatchRequest { kinds: vec![Kind::ServiceInstance, Kind::Target], ..WatchRequest::default() };
        let mut watch = client.watch(request).await.unwrap();
        assert!(matches!(watch.next().await.unwrap(), WatchEvent::Added(object) if object.name() == "nb-1"));
        assert_eq!(watch.next().await.unwrap(), WatchEvent::Synced(42));
        let requests = server.join().unwrap();
        assert_eq!(requests[0], "GET /api/v1/watch/stream?kinds=ServiceInstance%2CTarget HTTP/1.1");
        assert!(requests[1].ends_with("&since=41 HTTP/1.1"), "{requests:?}");
    }
}
