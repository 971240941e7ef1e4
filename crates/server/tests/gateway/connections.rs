//! Connections to apps: reused, broken, refused.

use crate::app::{self, App};
use crate::world::{Connector, LAB, UID, World, eventually, patient, tcp};
use axum::body::Body;
use futures::future::BoxFuture;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use warpyard_model::{Error, Result};
use warpyard_provider::BoxIo;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// Hands out in-memory connections whose other ends the test plays itself.
fn scripted(count: usize) -> (Connector, Vec<DuplexStream>) {
    let (ours, theirs): (VecDeque<_>, Vec<_>) = (0..count).map(|_| tokio::io::duplex(1 << 16)).unzip();
    let ours = Mutex::new(ours);
    let connector = move || -> BoxFuture<'static, Result<BoxIo>> {
        let next = ours.lock().unwrap().pop_front();
        Box::pin(async move { next.map(|io| Box::new(io) as BoxIo).ok_or_else(|| Error::provider_failed("no more connections")) })
    };
    (Arc::new(connector), theirs)
}

/// Reads one request up to the end of `until`.
async fn read_until(io: &mut DuplexStream, until: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(until) {
        let mut byte = [0];
        patient(io.read_exact(&mut byte)).await.unwrap();
        bytes.push(byte[0]);
    }
    bytes
}

#[tokio::test]
async fn connections_are_used_again() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    for _ in 0..20 {
        assert_eq!(world.ask(world.request("GET", "/")).await.text(), "hello");
        let answer = world.send(world.request("POST", "/count").body(Body::from("abc")).unwrap()).await;
        assert_eq!(answer.text(), "3 bytes, trailer None");
    }
    // A connection may still be settling when the next request comes; then a second one is opened and kept.
    assert!(world.facts.connects() <= 3, "{} connections for 40 requests in a row", world.facts.connects());
}

#[tokio::test]
async fn a_connection_that_breaks_while_idle_is_noticed() {
    let (connector, mut apps) = scripted(2);
    let world = World::with(connector, |_| {}).await;
    let mut second = apps.pop().unwrap();
    let mut first = apps.pop().unwrap();
    let play = tokio::spawn(async move {
        read_until(&mut first, b"\r\n\r\n").await;
        first.write_all(ANSWER).await.unwrap();
        // The next request reaches an app that closes without an answer.
        read_until(&mut first, b"\r\n\r\n").await;
        drop(first);
        let again = read_until(&mut second, b"\r\n\r\n").await;
        second.write_all(ANSWER).await.unwrap();
        (String::from_utf8(again).unwrap(), second)
    });
    assert_eq!(world.ask(world.request("GET", "/one")).await.text(), "ok");
    assert_eq!(world.ask(world.request("GET", "/two").header("x-kept", "1")).await.text(), "ok");
    let (again, _second) = patient(play).await.unwrap();
    assert!(
        again.starts_with("GET /two HTTP/1.1\r\n") && again.contains("x-kept: 1\r\n") && again.contains("x-forwarded-user: ada")
    );
    assert_eq!(world.facts.connects(), 2);
}

#[tokio::test]
async fn a_request_that_may_have_had_an_effect_is_not_made_twice() {
    let (connector, mut apps) = scripted(2);
    let world = World::with(connector, |_| {}).await;
    let mut first = apps.remove(0);
    let play = tokio::spawn(async move {
        read_until(&mut first, b"\r\n\r\n").await;
        first.write_all(ANSWER).await.unwrap();
        read_until(&mut first, b"pay").await;
    });
    assert_eq!(world.ask(world.request("GET", "/one")).await.text(), "ok");
    let answer = world.send(world.request("PUT", "/two").body(Body::from("pay")).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.problem()["code"].as_str()), (502, Some("provider_failed")));
    patient(play).await.unwrap();
    assert_eq!(world.facts.connects(), 1);
}

#[tokio::test]
async fn a_new_connection_that_breaks_is_an_error_not_a_loop() {
    for reply in [&b""[..], b"not http\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx"] {
        let (connector, mut apps) = scripted(2);
        let world = World::with(connector, |_| {}).await;
        let mut first = apps.remove(0);
        let play = tokio::spawn(async move {
            read_until(&mut first, b"\r\n\r\n").await;
            first.write_all(reply).await.unwrap();
        });
        let answer = world.ask(world.request("GET", "/").header("accept", "text/html")).await;
        assert_eq!(answer.status, 502);
        assert!(answer.page().contains("Notebook &lt;1&gt; did not answer"), "{}", answer.text());
        patient(play).await.unwrap();
        assert_eq!(world.facts.connects(), 1);
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_does_not_look_whole() {
    let (connector, mut apps) = scripted(1);
    let world = World::with(connector, |_| {}).await;
    let mut first = apps.remove(0);
    tokio::spawn(async move {
        read_until(&mut first, b"\r\n\r\n").await;
        first.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf").await.unwrap();
    });
    let response = world.open(world.request("GET", "/").body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), 200);
    assert!(patient(http_body_util::BodyExt::collect(response.into_body())).await.is_err());
}

#[tokio::test]
async fn idle_connections_are_closed_after_a_while() {
    let (connector, mut apps) = scripted(1);
    let world = World::with(connector, |config| config.idle_connection_time = Duration::from_millis(10)).await;
    let mut first = apps.remove(0);
    let play = tokio::spawn(async move {
        read_until(&mut first, b"\r\n\r\n").await;
        first.write_all(ANSWER).await.unwrap();
        let mut rest = Vec::new();
        patient(first.read_to_end(&mut rest)).await.unwrap();
        rest
    });
    assert_eq!(world.ask(world.request("GET", "/")).await.text(), "ok");
    assert_eq!(patient(play).await.unwrap(), b"");
}

#[tokio::test]
async fn an_app_that_is_not_ready_is_not_asked() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    world.facts.endpoints.lock().unwrap().get_mut(LAB).unwrap().ready = false;
    let answer = world.ask(world.request("GET", "/").header("accept", "text/html")).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after"), answer.header("cache-control")), (503, "3", "no-store"));
    let page = answer.page();
    assert!(page.contains("<h1>Notebook &lt;1&gt; is not ready</h1>") && page.contains("port 8888 is not open yet"), "{page}");
    assert!(page.contains("<meta http-equiv=\"refresh\" content=\"3\">"), "{page}");
    let answer = world.ask(world.request("GET", "/")).await;
    assert_eq!((answer.status.as_u16(), answer.problem()["code"].as_str()), (503, Some("unavailable")));
    let stranger = world.ask(world.bare(LAB, "GET", "/").header("accept", "text/html")).await;
    assert_eq!(stranger.status, 303, "its state is told only to those who may open it");
    assert_eq!((app.requests(), world.facts.connects()), (0, 0));
}

#[tokio::test]
async fn an_app_that_cannot_be_reached_is_explained() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    for (retryable, status) in [(false, 502), (true, 503)] {
        *world.facts.connector.lock().unwrap() = Arc::new(move || {
            Box::pin(async move {
                let error = Error::provider_failed("refused").with_context("private-words");
                Err(if retryable { error.retryable() } else { error })
            })
        });
        let answer = world.ask(world.request("GET", "/").header("accept", "text/html")).await;
        assert_eq!(answer.status, status);
        assert!(answer.page().contains("http-equiv=\"refresh\"") && !answer.text().contains("private-words"));
        let answer = world.send(world.request("POST", "/").body(Body::from("x")).unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.problem()["code"].as_str()), (status, Some("provider_failed")));
    }
}

#[tokio::test]
async fn a_connection_that_does_not_open_is_given_up() {
    let never: Connector = Arc::new(|| Box::pin(futures::future::pending()));
    let world = World::with(never, |config| config.connect_time_limit = Duration::from_millis(20)).await;
    assert_eq!(world.ask(world.request("GET", "/")).await.status, 503);
}

#[tokio::test]
async fn any_byte_stream_will_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.sock");
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            tokio::spawn(app::serve(socket, Arc::default(), Arc::default()));
        }
    });
    let connector: Connector = Arc::new(move || {
        let path = path.clone();
        Box::pin(async move { Ok(Box::new(tokio::net::UnixStream::connect(path).await.unwrap()) as BoxIo) })
    });
    let world = World::with(connector, |_| {}).await;
    let answer = world.send(world.request("POST", "/echo").body(Body::from("over a socket file")).unwrap()).await;
    assert_eq!(answer.text(), "over a socket file");
}

#[tokio::test]
async fn use_is_reported_at_most_once_a_second() {
    let app = App::start().await;
    let world = World::with(tcp(app.address), |_| {}).await;
    let body = "x".repeat(1000);
    for _ in 0..50 {
        assert_eq!(world.send(world.request("POST", "/echo").body(Body::from(body.clone())).unwrap()).await.text(), body);
    }
    eventually("everything is reported", || world.facts.reported_bytes() >= 100_000).await;
    let reports = world.facts.reports.lock().unwrap();
    assert!(reports.iter().all(|(uid, bytes, _)| uid == UID && *bytes > 0));
    let gaps = reports.windows(2).map(|pair| pair[1].2 - pair[0].2);
    // The gateway's own clock and this one are read a moment apart.
    assert!(gaps.min().is_none_or(|gap| gap > Duration::from_millis(900)), "{reports:?}");
    let total: u64 = reports.iter().map(|(_, bytes, _)| bytes).sum();
    assert_eq!(total, 50 * (2000 + "/echo".len() as u64), "no byte is counted twice");
}

#[tokio::test]
async fn many_people_share_an_app() {
    let app = App::start().await;
    let world = Arc::new(World::new(app.address).await);
    let requests = (0..200).map(|number| {
        let world = Arc::clone(&world);
        tokio::spawn(async move {
            let body = format!("{number}-").repeat(1000);
            let answer = world.send(world.request("POST", "/echo").body(Body::from(body.clone())).unwrap()).await;
            assert_eq!(answer.text(), body);
        })
    });
    for request in requests.collect::<Vec<_>>() {
        patient(request).await.unwrap();
    }
}
