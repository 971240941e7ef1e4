//! Heads and bodies on their way through.

use crate::app::App;
use crate::world::{COOKIE, LAB, TOKEN, World, patient, tcp};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue};
use bytes::Bytes;
use futures::StreamExt;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn chunks(count: usize, bytes: usize) -> Body {
    let chunk = Bytes::from(vec![b'x'; bytes]);
    Body::new(StreamBody::new(futures::stream::iter((0..count).map(move |_| Ok::<_, Infallible>(Frame::data(chunk.clone()))))))
}

#[tokio::test]
async fn the_app_sees_what_it_should_and_nothing_else() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let request = world
        .request("GET", "/a%2Fb/../c?x=%20&y=%0d%0aX-Evil:1")
        .header("cookie", format!("theme=dark; {COOKIE}; warpyard_session=console"))
        .header("accept-language", "en")
        .header("connection", "keep-alive, X-Private, Authorization, Host, X-Forwarded-User")
        .header("x-private", "1")
        .header("keep-alive", "timeout=5")
        .header("te", "gzip")
        .header("proxy-authorization", "Basic eA==")
        .header("authorization", "Basic eA==")
        .header("x-forwarded-for", "1.2.3.4")
        .header("x-forwarded-user", "root")
        .header("x_forwarded_user", "root")
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-prefix", "/evil")
        .header("forwarded", "for=1.2.3.4")
        .header("x-real-ip", "1.2.3.4");
    assert_eq!(world.ask(request).await.status, 200);
    let (line, headers) = app.last();
    assert_eq!(line, "GET /a%2Fb/../c?x=%20&y=%0d%0aX-Evil:1");
    let mut seen: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
    seen.sort();
    let host = world.host(LAB);
    let expected = [
        "accept-language: en".to_owned(),
        "cookie: theme=dark".to_owned(),
        format!("host: {host}"),
        "sec-fetch-site: same-origin".to_owned(),
        "x-forwarded-for: 127.0.0.1".to_owned(),
        format!("x-forwarded-host: {host}"),
        "x-forwarded-proto: http".to_owned(),
        "x-forwarded-user: ada".to_owned(),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn what_a_trusted_proxy_says_is_passed_on() {
    let app = App::start().await;
    let world = World::with(tcp(app.address), |config| config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]).await;
    let request = world
        .request("GET", "/")
        .header("x-forwarded-for", "1.2.3.4")
        .header("x-forwarded-for", "10.0.0.1")
        .header("x-forwarded-host", "public.example")
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-user", "root")
        .header("x_forwarded_for", "6.6.6.6");
    assert_eq!(world.ask(request).await.status, 200);
    let (_, headers) = app.last();
    assert_eq!(headers["x-forwarded-for"], "1.2.3.4, 10.0.0.1, 127.0.0.1");
    assert_eq!(headers["x-forwarded-host"], "public.example");
    assert_eq!(headers["x-forwarded-proto"], "https");
    assert_eq!(headers.get_all("x-forwarded-user").iter().collect::<Vec<_>>(), ["ada"]);
    assert!(!headers.contains_key("x_forwarded_for"));
    assert_eq!(headers["host"], world.host(LAB), "the host that routes is the one the app gets");
}

#[tokio::test]
async fn the_client_gets_no_connection_headers_and_no_planted_cookies() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let answer = world.ask(world.request("GET", "/headers")).await;
    assert_eq!((answer.text().as_str(), answer.header("x-kept")), ("ok", "1"));
    for name in ["connection", "x-hop", "keep-alive", "proxy-authenticate"] {
        assert!(!answer.headers.contains_key(name), "{name}");
    }
    assert_eq!(answer.headers.get_all("set-cookie").iter().collect::<Vec<_>>(), ["theme=dark; Path=/"]);
}

#[tokio::test]
async fn large_bodies_stream_in_both_directions() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let answer = world.send(world.request("POST", "/echo").body(chunks(320, 1 << 16)).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 20 << 20));
    assert_eq!(app.last().1["transfer-encoding"], "chunked");

    let answer = world.send(world.request("PUT", "/count").body(Body::from(vec![1; 5 << 20])).unwrap()).await;
    assert_eq!(answer.text(), "5242880 bytes, trailer None");
    let (_, headers) = app.last();
    assert_eq!(headers["content-length"], "5242880");
    assert!(!headers.contains_key("transfer-encoding"));

    let request = world.request("GET", "/count").header("transfer-encoding", "chunked");
    assert_eq!(world.send(request.body(chunks(2, 3)).unwrap()).await.text(), "6 bytes, trailer None", "even of a GET");
    let reported = || world.facts.reported_bytes();
    crate::world::eventually("all bytes are counted", || reported() >= (45 << 20) + 6).await;
}

#[tokio::test]
async fn an_app_may_answer_before_it_has_read_everything() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let response = world.open(world.request("POST", "/refuse").body(Body::from(vec![1; 1 << 10])).unwrap()).await;
    assert_eq!(response.status(), 413);
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "too much");
}

#[tokio::test]
async fn events_arrive_when_they_are_sent() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let request = world.request("GET", "/stream").body(Body::empty()).unwrap();
    let mut events = world.open(request).await.into_body().into_data_stream();
    for event in ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"] {
        app.stream.send(Bytes::from_static(event.as_bytes())).await.unwrap();
        assert_eq!(patient(events.next()).await.unwrap().unwrap(), event);
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_holds_the_app_back() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let response = world.open(world.request("GET", "/stream").body(Body::empty()).unwrap()).await;
    let stream = app.stream.clone();
    drop(app);
    let mut sending = tokio::spawn(async move {
        let chunk = Bytes::from(vec![b'x'; 1 << 20]);
        for _ in 0..64 {
            stream.send(chunk.clone()).await.unwrap();
        }
    });
    let unread = tokio::time::timeout(Duration::from_millis(500), &mut sending).await;
    assert!(unread.is_err(), "64 MiB went somewhere although nobody read them");
    let mut body = response.into_body();
    let mut bytes = 0;
    while let Some(frame) = patient(body.frame()).await {
        bytes += frame.unwrap().into_data().unwrap().len();
        if bytes == 64 << 20 {
            break;
        }
    }
    patient(sending).await.unwrap();
}

#[tokio::test]
async fn a_client_that_leaves_ends_the_apps_work() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let mut body = world.open(world.request("GET", "/stream").body(Body::empty()).unwrap()).await.into_body();
    app.stream.send(Bytes::from_static(b"data: 1\n\n")).await.unwrap();
    patient(body.frame()).await.unwrap().unwrap();
    drop(body);
    patient(app.stream.closed()).await;
}

#[tokio::test]
async fn a_streamed_answer_ends_with_its_session() {
    let app = App::start().await;
    let world = World::with(tcp(app.address), |config| config.recheck_interval = Duration::ZERO).await;
    let mut body = world.open(world.request("GET", "/stream").body(Body::empty()).unwrap()).await.into_body();
    app.stream.send(Bytes::from_static(b"before")).await.unwrap();
    assert_eq!(patient(body.frame()).await.unwrap().unwrap().into_data().unwrap(), "before");
    world.facts.sessions.lock().unwrap().clear();
    app.stream.send(Bytes::from_static(b"after")).await.unwrap();
    assert!(patient(body.frame()).await.unwrap().is_err(), "the stream should break, not look finished");
    patient(app.stream.closed()).await;
}

#[tokio::test]
async fn trailers_pass_both_ways() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let answer = world.ask(world.request("GET", "/trailers").header("te", "trailers").header("connection", "te")).await;
    assert_eq!((answer.text().as_str(), answer.header("trailer")), ("data", "x-sum"));
    assert_eq!(answer.trailers.unwrap()["x-sum"], "42");

    let mut trailers = HeaderMap::new();
    trailers.insert("x-sum", HeaderValue::from_static("7"));
    let frames = [Ok::<_, Infallible>(Frame::data(Bytes::from_static(b"abc"))), Ok(Frame::trailers(trailers))];
    let request = world.request("POST", "/count").header("trailer", "x-sum");
    let answer = world.send(request.body(Body::new(StreamBody::new(futures::stream::iter(frames)))).unwrap()).await;
    assert_eq!(answer.text(), "3 bytes, trailer Some(\"7\")");
}

#[tokio::test]
async fn a_head_request_keeps_the_length_it_is_told() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let answer = world.raw(&format!("HEAD / HTTP/1.1\r\nhost: {{host}}\r\ncookie: {COOKIE}\r\nconnection: close\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("content-length: 5\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}

#[tokio::test]
async fn a_body_is_invited_only_from_those_who_may_send_it() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let head = |credential: &str| {
        format!(
            "POST /count HTTP/1.1\r\nhost: {}\r\n{credential}expect: 100-continue\r\ncontent-length: 3\r\nconnection: close\r\n\r\n",
            world.host(LAB)
        )
    };
    stream.write_all(head(&format!("authorization: {TOKEN}\r\n")).as_bytes()).await.unwrap();
    let mut invitation = [0; 25];
    patient(stream.read_exact(&mut invitation)).await.unwrap();
    assert_eq!(&invitation, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"abc").await.unwrap();
    let mut answer = String::new();
    patient(stream.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("3 bytes, trailer None"), "{answer}");

    let answer = world.raw(&head("")).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}

#[tokio::test]
async fn no_request_hides_in_another() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let smuggled = "GET /smuggled HTTP/1.1\r\nhost: {host}\r\n\r\n";
    let head = format!("POST /count HTTP/1.1\r\nhost: {{host}}\r\nauthorization: {TOKEN}\r\n");

    // Two lengths: refused.
    let answer = world.raw(&format!("{head}content-length: 3\r\ncontent-length: 4\r\n\r\nabcd")).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    // Chunked is not the last encoding, or obscured: refused.
    for encoding in ["transfer-encoding: chunked, identity", "transfer-encoding: xchunked", "transfer-encoding : chunked"] {
        let answer = world.raw(&format!("{head}{encoding}\r\n\r\n0\r\n\r\n{smuggled}")).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{encoding}: {answer}");
    }
    // A folded header could hide one from the next parser: refused.
    let answer = world.raw(&format!("{head}x-a: 1\r\n transfer-encoding: chunked\r\nconnection: close\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert_eq!(app.requests(), 0);

    // Both ways to tell the length: whatever is answered, the app sees one request, framed anew, and what follows on
    // that connection is not served (RFC 9112 §6.3).
    for lengths in ["content-length: 4\r\ntransfer-encoding: chunked", "transfer-encoding: chunked\r\ncontent-length: 4"] {
        let before = app.requests();
        let answer = world.raw(&format!("{head}{lengths}\r\n\r\n3\r\nabc\r\n0\r\n\r\n{smuggled}")).await;
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
        assert!(app.requests() <= before + 1);
        if app.requests() > before {
            assert!(answer.ends_with("3 bytes, trailer None"), "{answer}");
            let (line, headers) = app.last();
            assert_eq!((line.as_str(), headers.contains_key("content-length")), ("POST /count", false));
        }
    }
}

#[tokio::test]
async fn http2_clients_are_served_alike() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let stream = TcpStream::connect(world.address).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = axum::http::Request::builder()
        .uri(format!("http://{}/h2?x", world.host(LAB)))
        .header("cookie", "a=1")
        .header("cookie", COOKIE)
        .header("cookie", "b=2")
        .body(Body::empty())
        .unwrap();
    let response = patient(sender.send_request(request)).await.unwrap();
    assert_eq!(response.status(), 200);
    let (line, headers) = app.last();
    assert_eq!((line.as_str(), &headers["host"]), ("GET /h2?x", &world.host(LAB).parse().unwrap()));
    assert_eq!(headers["cookie"], "a=1; b=2");
}
