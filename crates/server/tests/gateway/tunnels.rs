//! WebSockets and other upgrades.

use crate::access::websocket;
use crate::app::App;
use crate::world::{COOKIE, LAB, OTHER, PATIENCE, TOKEN, World, eventually, patient, tcp};
use axum::body::Body;
use futures::{SinkExt, StreamExt};
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

type Socket = WebSocketStream<TcpStream>;

/// Opens a WebSocket to the lab with the given headers; the status where it is refused.
async fn connect(world: &World, headers: &[(&str, &str)]) -> Result<(Socket, axum::http::HeaderMap), u16> {
    let mut request = format!("ws://{}/socket", world.host(LAB)).into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(axum::http::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
    }
    let stream = TcpStream::connect(world.address).await.unwrap();
    match patient(tokio_tungstenite::client_async(request, stream)).await {
        Ok((socket, response)) => Ok((socket, response.headers().clone())),
        Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

async fn echoes(socket: &mut Socket, text: &str) -> bool {
    if socket.send(Message::text(text)).await.is_err() {
        return false;
    }
    matches!(patient(socket.next()).await, Some(Ok(Message::Text(echo))) if echo.as_str() == text)
}

/// Resolves once the gateway has cut the connection.
async fn cut(socket: &mut Socket) {
    patient(async { while let Some(Ok(_)) = socket.next().await {} }).await;
}

#[tokio::test]
async fn a_websocket_of_the_apps_own_page_works() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let own = format!("http://{}", world.host(LAB));
    let headers = [("cookie", &*format!("a=1; {COOKIE}")), ("origin", &own), ("sec-websocket-protocol", "v1.kernel")];
    let (mut socket, answer) = connect(&world, &headers).await.unwrap();
    assert_eq!(answer["sec-websocket-protocol"], "v1.kernel");
    assert!(!answer.contains_key("set-cookie"), "{answer:?}");
    let (_, seen) = app.last();
    assert_eq!(
        (&seen["cookie"], &seen["x-forwarded-user"], &seen["upgrade"]),
        (&"a=1".parse().unwrap(), &"ada".parse().unwrap(), &"websocket".parse().unwrap())
    );
    assert!(echoes(&mut socket, "hello").await);
    let large = "x".repeat(3 << 20);
    assert!(echoes(&mut socket, &large).await);
    socket.close(None).await.unwrap();
    cut(&mut socket).await;
    eventually("bytes of the socket are counted", || world.facts.reported_bytes() > 6 << 20).await;
}

#[tokio::test]
async fn a_websocket_of_another_page_is_refused() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let other = format!("http://{}", world.host(OTHER));
    let wrong_port = format!("http://{LAB}.apps.localhost:1");
    for origin in [other.as_str(), wrong_port.as_str(), "http://evil.example", "null"] {
        assert_eq!(connect(&world, &[("cookie", COOKIE), ("origin", origin)]).await.err(), Some(403), "{origin}");
    }
    assert_eq!(connect(&world, &[("cookie", COOKIE)]).await.err(), Some(403));
    let forged = [("cookie", COOKIE), ("origin", other.as_str()), ("sec-fetch-site", "same-origin")];
    assert_eq!(connect(&world, &forged).await.err(), Some(403));
    assert_eq!((app.requests(), world.facts.connects()), (0, 0));

    let (mut socket, _) = connect(&world, &[("authorization", TOKEN)]).await.unwrap();
    assert!(echoes(&mut socket, "programs have no origin").await);
    assert!(!app.last().1.contains_key("authorization"));
}

#[tokio::test]
async fn behind_https_a_page_without_tls_cannot_open_a_websocket() {
    let app = App::start().await;
    let world = World::with(tcp(app.address), |config| config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()]).await;
    let (plain, secure) = (format!("http://{}", world.host(LAB)), format!("https://{}", world.host(LAB)));
    let open = |origin: &str| {
        let headers = [("cookie", COOKIE.to_owned()), ("origin", origin.to_owned()), ("x-forwarded-proto", "https".to_owned())];
        let world = &world;
        async move { connect(world, &headers.each_ref().map(|(name, value)| (*name, value.as_str()))).await.err() }
    };
    assert_eq!(open(&plain).await, Some(403));
    assert_eq!(open(&secure).await, None);
}

#[tokio::test]
async fn an_open_websocket_ends_with_its_session() {
    let app = App::start().await;
    let world = World::with(tcp(app.address), |config| config.recheck_interval = Duration::from_millis(20)).await;
    let own = format!("http://{}", world.host(LAB));
    let (mut socket, _) = connect(&world, &[("cookie", COOKIE), ("origin", &own)]).await.unwrap();
    let (mut of_token, _) = connect(&world, &[("authorization", TOKEN)]).await.unwrap();
    assert!(echoes(&mut socket, "before").await && echoes(&mut of_token, "before").await);
    world.facts.sessions.lock().unwrap().clear();
    cut(&mut socket).await;
    assert!(!echoes(&mut socket, "after").await);
    assert!(echoes(&mut of_token, "other people stay").await);
    world.facts.tokens.lock().unwrap().clear();
    cut(&mut of_token).await;
}

#[tokio::test]
async fn an_open_websocket_ends_at_once_when_access_is_taken() {
    let app = App::start().await;
    let world = World::with(tcp(app.address), |config| config.recheck_interval = Duration::from_secs(3600)).await;
    let (mut socket, _) = connect(&world, &[("authorization", TOKEN)]).await.unwrap();
    assert!(echoes(&mut socket, "before").await);
    // Something changed that leaves this access as it is.
    world.facts.changes.send_modify(|n| *n += 1);
    assert!(echoes(&mut socket, "still here").await);
    world.facts.tokens.lock().unwrap().clear();
    world.facts.changes.send_modify(|n| *n += 1);
    cut(&mut socket).await;
}

#[tokio::test]
async fn a_silent_stream_ends_when_access_is_taken() {
    for (interval, rings) in [(Duration::from_secs(3600), true), (Duration::from_millis(20), false)] {
        let app = App::start().await;
        let world = World::with(tcp(app.address), |config| config.recheck_interval = interval).await;
        let mut events = world
            .open(world.bare(LAB, "GET", "/stream").header("authorization", TOKEN).body(Body::empty()).unwrap())
            .await
            .into_body();
        app.stream.send("first".into()).await.unwrap();
        assert_eq!(patient(events.frame()).await.unwrap().unwrap().into_data().unwrap(), "first");
        world.facts.tokens.lock().unwrap().clear();
        if rings {
            world.facts.changes.send_modify(|n| *n += 1);
        }
        // The app says nothing more, and the stream ends all the same.
        let last = patient(events.frame()).await;
        assert!(last.is_none_or(|frame| frame.is_err()), "the stream goes on");
    }
}

#[tokio::test]
async fn one_failed_check_cuts_nobody_and_an_outage_does() {
    let app = App::start().await;
    let world = World::with(tcp(app.address), |config| config.recheck_interval = Duration::from_millis(20)).await;
    let (mut socket, _) = connect(&world, &[("authorization", TOKEN)]).await.unwrap();
    world.facts.outages.store(1, Ordering::SeqCst);
    eventually("one check failed", || world.facts.outages.load(Ordering::SeqCst) == 0).await;
    assert!(echoes(&mut socket, "still here").await);
    world.facts.outages.store(u32::MAX, Ordering::SeqCst);
    cut(&mut socket).await;
}

#[tokio::test]
async fn closing_the_gateway_ends_open_websockets() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let (mut socket, _) = connect(&world, &[("authorization", TOKEN)]).await.unwrap();
    assert!(echoes(&mut socket, "before").await);
    assert_eq!(world.ask(world.request("GET", "/")).await.text(), "hello", "leaves an idle connection behind");
    let mut events = world.open(world.request("GET", "/stream").body(Body::empty()).unwrap()).await.into_body();
    let gateway = std::sync::Arc::clone(&world.gateway);
    let mut closing = tokio::spawn(async move { gateway.shut_down().await });
    cut(&mut socket).await;
    app.stream.send("last".into()).await.unwrap();
    assert_eq!(patient(events.frame()).await.unwrap().unwrap().into_data().unwrap(), "last", "what is under way goes on");
    assert!(!closing.is_finished());
    drop(events);
    patient(&mut closing).await.unwrap();
}

#[tokio::test]
async fn an_app_that_goes_away_ends_the_websocket() {
    let (gateway_side, app_side) = tokio::io::duplex(1 << 16);
    let once = std::sync::Mutex::new(Some(gateway_side));
    let connector = std::sync::Arc::new(move || {
        let io = once.lock().unwrap().take().expect("connected once");
        let ready: futures::future::BoxFuture<'static, _> = Box::pin(async move { Ok(Box::new(io) as warpyard_provider::BoxIo) });
        ready
    });
    let world = World::with(connector, |_| {}).await;
    let app = tokio::spawn(crate::app::serve(app_side, Default::default(), Default::default()));
    let (mut socket, _) = connect(&world, &[("authorization", TOKEN)]).await.unwrap();
    assert!(echoes(&mut socket, "over memory").await);
    // The app's half of the socket is a task of its own; a close frame makes it end.
    socket.send(Message::Close(None)).await.unwrap();
    cut(&mut socket).await;
    patient(app).await.unwrap();
}

#[tokio::test]
async fn other_protocols_pass_and_half_closed_connections_finish() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let request = world.bare(LAB, "GET", "/reverse").header("authorization", TOKEN);
    let request = request.header("connection", "upgrade").header("upgrade", "reverse/1").body(Body::empty()).unwrap();
    let mut response = world.open(request).await;
    assert_eq!((response.status().as_u16(), &response.headers()["upgrade"]), (101, &"reverse/1".parse().unwrap()));
    let mut io = TokioIo::new(hyper::upgrade::on(&mut response).await.unwrap());
    io.write_all(b"abc").await.unwrap();
    io.shutdown().await.unwrap();
    let mut text = String::new();
    patient(io.read_to_string(&mut text)).await.unwrap();
    assert_eq!(text, "cba");
}

#[tokio::test]
async fn http_inside_http_is_served_without_switching() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    for (connection, upgrade) in [("Upgrade, HTTP2-Settings", "h2c"), ("Upgrade", "websocket, h2c"), ("keep-alive", "websocket")]
    {
        let request = world
            .request("GET", "/")
            .header("connection", connection)
            .header("upgrade", upgrade)
            .header("http2-settings", "AAMAAABk");
        let answer = world.ask(request).await;
        assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, "hello"), "{upgrade}");
        let (_, seen) = app.last();
        assert!(!seen.contains_key("upgrade") && !seen.contains_key("connection"), "{seen:?}");
    }
}

#[tokio::test]
async fn an_app_cannot_switch_unasked_and_may_refuse() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let request = websocket(world.bare(LAB, "GET", "/wrong-protocol")).header("authorization", TOKEN);
    assert_eq!(world.ask(request).await.problem()["code"], "provider_failed");
    let request = world.bare(LAB, "GET", "/wrong-protocol").header("authorization", TOKEN);
    assert_eq!(world.ask(request).await.status, 502);
    let request = websocket(world.bare(LAB, "GET", "/refuse")).header("authorization", TOKEN);
    let answer = world.ask(request).await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (413, "too much"));
    let unanswered = tokio::time::timeout(PATIENCE, connect(&world, &[("authorization", TOKEN)])).await;
    assert!(unanswered.unwrap().is_ok(), "the connection pool is none the worse for it");
}
