//! The phases of service instances as the server's watch stream tells them, so that nothing has to be polled.

use crate::load::Call;
use anyhow::{Context, Result, bail};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Phase and message by name; an instance that is gone is absent.
type Phases = HashMap<String, (String, String)>;

/// An open stream. Dropping it closes it.
pub(crate) struct Watch {
    phases: watch::Receiver<Phases>,
    _reader: JoinSet<()>,
}

impl Watch {
    /// Opens the stream and reads it from now on.
    pub(crate) async fn open(address: SocketAddr, call: Call) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
        let mut reader = JoinSet::new();
        reader.spawn(async move {
            // A broken stream shows as a wait that ends without its event.
            let _ = connection.await;
        });
        let mut call = call;
        let host = hyper::header::HeaderValue::try_from(address.to_string()).context("an address is a header's value")?;
        call.headers_mut().insert(hyper::header::HOST, host);
        let answer = sender.send_request(call).await.context("no answer to the watch")?;
        if !answer.status().is_success() {
            bail!("the watch stream answered {}", answer.status());
        }
        let (told, phases) = watch::channel(Phases::new());
        reader.spawn(async move {
            let _sender = sender;
            read(answer.into_body(), &told).await;
        });
        Ok(Self { phases, _reader: reader })
    }

    /// Waits until the instance runs; any other settled phase is an error.
    pub(crate) async fn running(&self, name: &str, patience: Duration) -> Result<()> {
        let settled = |phase: &str| matches!(phase, "running" | "failed" | "stopped" | "succeeded");
        let mut phases = self.phases.clone();
        let wait = phases.wait_for(|phases| phases.get(name).is_some_and(|(phase, _)| settled(phase)));
        let phases = tokio::time::timeout(patience, wait).await.with_context(|| format!("{name} did not start"))?;
        let (phase, message) = phases.context("the watch stream ended")?.get(name).cloned().unwrap_or_default();
        if phase != "running" {
            bail!("{name} is {phase}: {message}");
        }
        Ok(())
    }

    /// Waits until the instance is gone.
    pub(crate) async fn gone(&self, name: &str, patience: Duration) -> Result<()> {
        let mut phases = self.phases.clone();
        let wait = phases.wait_for(|phases| !phases.contains_key(name));
        tokio::time::timeout(patience, wait)
            .await
            .with_context(|| format!("{name} is still there"))?
            .context("the watch ended")?;
        Ok(())
    }
}

async fn read(mut body: Incoming, told: &watch::Sender<Phases>) {
    let mut open = Vec::new();
    while let Some(Ok(frame)) = body.frame().await {
        let Ok(data) = frame.into_data() else { continue };
        open.extend_from_slice(&data);
        while let Some(end) = open.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = open.drain(..=end).collect();
            let event = line.strip_prefix(b"data:").and_then(|json| serde_json::from_slice::<Value>(json.trim_ascii()).ok());
            if let Some(event) = event {
                told.send_modify(|phases| take_in(phases, &event));
            }
        }
    }
}

fn take_in(phases: &mut Phases, event: &Value) {
    let object = &event["object"];
    let Some(name) = object["metadata"]["name"].as_str() else { return };
    match event["type"].as_str() {
        Some("added" | "modified") => {
            let text = |field: &str| object["status"][field].as_str().unwrap_or_default().to_owned();
            let message = format!("{} {}", text("reason"), text("message"));
            phases.insert(name.to_owned(), (text("phase"), message));
        }
        Some("deleted") => {
            phases.remove(name);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn events_are_followed() {
        let mut phases = Phases::new();
        let object = |phase: &str| json!({"metadata": {"name": "a"}, "status": {"phase": phase}});
        take_in(&mut phases, &json!({"type": "added", "object": object("pending")}));
        take_in(&mut phases, &json!({"type": "modified", "object": object("running")}));
        take_in(&mut phases, &json!({"type": "synced", "resource_version": 4}));
        assert_eq!(phases["a"].0, "running");
        take_in(&mut phases, &json!({"type": "deleted", "object": {"metadata": {"name": "a"}}}));
        assert!(phases.is_empty());
    }
}
