//! Asks apps when they were last used.

use super::provider::Core;
use super::{clock, door};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use warpyard_model::Timestamp;

const TIMEOUT: Duration = Duration::from_secs(5);
const MAX_ANSWER_BYTES: u64 = 1 << 20;

/// Jupyter Server's `/api/status`.
#[derive(Debug, Deserialize)]
struct Status {
    last_activity: String,
}

/// One of Jupyter Server's `/api/kernels`.
#[derive(Debug, Deserialize)]
struct Kernel {
    execution_state: String,
    last_activity: String,
}

/// When a Jupyter Server was last used: now while a kernel is busy (Jupyter itself counts a running cell only when it
/// prints), else the latest activity it tells. Unknown where it does not answer or wants a password.
pub(super) async fn jupyter(core: &Arc<Core>, uid: &str, endpoint: &str) -> Option<Timestamp> {
    let asked = tokio::time::timeout(TIMEOUT, async {
        let kernels: Vec<Kernel> = get(core, uid, endpoint, "/api/kernels").await.unwrap_or_default();
        let status: Option<Status> = get(core, uid, endpoint, "/api/status").await;
        (kernels, status)
    });
    let (kernels, status) = asked.await.ok()?;
    latest(&kernels, status.as_ref(), clock::now())
}

fn latest(kernels: &[Kernel], status: Option<&Status>, now: Timestamp) -> Option<Timestamp> {
    if kernels.iter().any(|kernel| kernel.execution_state == "busy") {
        return Some(now);
    }
    let told = kernels.iter().map(|kernel| &kernel.last_activity).chain(status.map(|status| &status.last_activity));
    told.filter_map(|text| text.parse().ok().map(Timestamp)).max()
}

async fn get<T: DeserializeOwned>(core: &Arc<Core>, uid: &str, endpoint: &str, path: &str) -> Option<T> {
    let mut stream = door::connect(core, uid, endpoint).await.ok()?;
    // Version 1.0, so that the answer ends with the connection and comes in one piece.
    let request = format!("GET {path} HTTP/1.0\r\nHost: localhost\r\nUser-Agent: warpyard\r\nAccept: application/json\r\n\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    stream.take(MAX_ANSWER_BYTES).read_to_end(&mut answer).await.ok()?;
    parse(&answer)
}

fn parse<T: DeserializeOwned>(answer: &[u8]) -> Option<T> {
    let body_at = answer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let status = answer.split(|b| *b == b' ').nth(1)?;
    if status != b"200" {
        return None;
    }
    serde_json::from_slice(&answer[body_at..]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUS: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n\
        {\"connections\": 1, \"kernels\": 1, \"last_activity\": \"2026-01-02T03:04:05.000001Z\", \"started\": \"x\"}";

    #[test]
    fn a_busy_kernel_is_used_now() {
        let now = Timestamp::from_millis(5_000);
        let kernels: Vec<Kernel> = parse(
            b"HTTP/1.1 200 OK\r\n\r\n[{\"execution_state\":\"busy\",\"last_activity\":\"2020-01-01T00:00:00Z\",\"id\":\"k\"}]",
        )
        .unwrap();
        assert_eq!(latest(&kernels, None, now), Some(now));
    }

    #[test]
    fn idle_kernels_tell_the_latest_activity() {
        let status: Status = parse(STATUS).unwrap();
        let told = latest(&[], Some(&status), Timestamp::from_millis(0)).unwrap();
        assert_eq!(told.to_string(), "2026-01-02T03:04:05.000001Z");
        assert_eq!(latest(&[], None, Timestamp::from_millis(0)), None);
        assert!(parse::<Status>(b"HTTP/1.1 403 Forbidden\r\n\r\n{}").is_none());
        assert!(parse::<Status>(b"nonsense").is_none());
    }
}
