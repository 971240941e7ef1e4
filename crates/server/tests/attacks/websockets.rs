//! WebSockets that another site opens with somebody's cookie: a browser asks no server whether it may.

use crate::RESEARCH;
use crate::browser::{OpenedApp, with};
use hyper::Method;
use warpyard_testkit::{RequestBuilder, World};

const HANDSHAKE: [(&str, &str); 4] = [
    ("connection", "Upgrade"),
    ("upgrade", "websocket"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

/// The status of a handshake; what was opened is closed at once.
async fn status(request: RequestBuilder, headers: &[(&str, &str)]) -> u16 {
    with(with(request, &HANDSHAKE), headers).stream().await.status().as_u16()
}

fn foreign_origins(host: &str) -> Vec<String> {
    vec![
        "null".to_owned(),
        "http://evil.example".to_owned(),
        format!("http://{host}.evil.example"),
        format!("http://{host}@evil.example"),
        format!("ws://evil.example/{host}"),
        "http://lab--0123456789ab.apps.localhost".to_owned(),
        "http://apps.localhost".to_owned(),
        "file://".to_owned(),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watch_and_terminal_open_for_the_consoles_own_pages_only() {
    let world = World::start().await;
    let app = OpenedApp::launch(&world, "first").await;
    let session = world.session("workspace-collaborator").await;
    let host = world.address.to_string();
    let own = format!("http://{host}");
    let terminal = format!("{RESEARCH}/service-instances/first/terminal");
    for path in ["/api/v1/watch", terminal.as_str()] {
        let open =
            async |headers: &[(&str, &str)]| status(session.request(Method::GET, path).header("host", &host), headers).await;
        assert_eq!(open(&[("origin", &own)]).await, 101, "{path}");
        assert_eq!(open(&[("origin", &own), ("sec-fetch-site", "same-origin")]).await, 101, "{path}");
        for origin in foreign_origins(&host).iter().chain([&app.origin()]) {
            assert_eq!(open(&[("origin", origin)]).await, 403, "{path} from {origin}");
            for site in ["cross-site", "same-site", ""] {
                assert_eq!(open(&[("origin", origin), ("sec-fetch-site", site)]).await, 403, "{path} from {origin}, {site}");
            }
        }
        // The app's cookie is none of the console's, and no cookie at all opens nothing.
        let with_app_cookie = world.nobody().request(Method::GET, path).header("cookie", &app.cookie);
        assert_eq!(status(with_app_cookie, &[("origin", &own)]).await, 401);
        assert_eq!(status(world.nobody().request(Method::GET, path), &[("origin", &own)]).await, 401);
        // No other spelling of an upgrade gets past the question.
        for upgrade in ["WebSocket", "websocket, h2c"] {
            let request = session.request(Method::GET, path).header("connection", "upgrade").header("upgrade", upgrade);
            let reply = request.header("origin", "http://evil.example").send().await;
            assert_eq!(reply.status, 403, "{upgrade}");
        }
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_apps_socket_opens_for_its_own_pages_only() {
    let world = World::start().await;
    let (app, other) = (OpenedApp::launch(&world, "first").await, OpenedApp::launch(&world, "second").await);
    let console = format!("http://{}", world.address);
    for origin in foreign_origins(&app.host).iter().chain([&other.origin(), &console]) {
        for site in [None, Some("same-origin"), Some("none"), Some("same-site"), Some("cross-site")] {
            let mut headers = vec![("origin", origin.as_str())];
            headers.extend(site.map(|site| ("sec-fetch-site", site)));
            assert_eq!(status(app.request(Method::GET, "/socket"), &headers).await, 403, "{headers:?}");
        }
    }
    assert_eq!(status(app.request(Method::GET, "/socket"), &[]).await, 403, "browsers always name the origin");
    // From its own page it comes through to the app, which here knows no WebSockets.
    assert_eq!(status(app.request(Method::GET, "/socket"), &[("origin", &app.origin())]).await, 200);
    world.finish().await;
}
