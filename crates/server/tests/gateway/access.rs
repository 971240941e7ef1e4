//! Who gets in: sign-in, cookies, tokens, origins, and everybody else.

use crate::app::App;
use crate::world::{COOKIE, LAB, OTHER, TOKEN, World, tcp};
use base64::Engine;
use sha2::{Digest, Sha256};

/// The page's one style must be the one its policy allows, and nothing else may be in it.
fn check_page(page: &str, policy: &str) {
    let style = page.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).unwrap();
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style.as_bytes()));
    assert!(policy.contains(&format!("style-src 'sha256-{hash}'")) && policy.contains("default-src 'none'"), "{policy}");
    assert!(!page.contains("style=") && !page.contains("<script"), "{page}");
}

#[tokio::test]
async fn a_code_becomes_a_cookie_of_this_origin_once() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let path = "/.warpyard/sign-in?code=once&return=%2Flab%2Ftree%3Fa%3D1";
    let answer = world.ask(world.bare(LAB, "GET", path).header("sec-fetch-dest", "document")).await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), "/lab/tree?a=1");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("set-cookie"), "__Host-warpyard_app=fresh; Secure; HttpOnly; SameSite=Lax; Path=/; Max-Age=3600");

    let again = world.ask(world.bare(LAB, "GET", path).header("accept", "text/html")).await;
    assert_eq!(again.status, 403);
    assert!(again.headers.get("set-cookie").is_none());
    let page = again.page();
    assert!(page.contains("href=\"http://localhost:8080/open/lab--0123456789ab?return=%2Flab%2Ftree%3Fa%3D1\""), "{page}");
    check_page(&page, again.header("content-security-policy"));

    let signed_in = world.bare(LAB, "GET", path).header("cookie", "__Host-warpyard_app=fresh");
    let signed_in = world.ask(signed_in).await;
    assert_eq!((signed_in.status.as_u16(), signed_in.header("location")), (303, "/lab/tree?a=1"), "reloading does no harm");
    assert_eq!(world.ask(world.bare(LAB, "GET", "/x").header("cookie", "__Host-warpyard_app=fresh")).await.text(), "hello");
}

#[tokio::test]
async fn a_code_of_another_app_is_worth_nothing() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let answer = world.ask(world.bare(OTHER, "GET", "/.warpyard/sign-in?code=once")).await;
    assert_eq!(answer.status, 403);
    assert!(answer.headers.get("set-cookie").is_none());
    for path in ["/.warpyard/sign-in", "/.warpyard/sign-in?code=", "/.warpyard/sign-in?code=guess"] {
        assert_eq!(world.ask(world.bare(LAB, "GET", path)).await.status, 403, "{path}");
    }
    assert_eq!(world.ask(world.bare(LAB, "POST", "/.warpyard/sign-in?code=once")).await.status, 405);
    let framed = world.bare(LAB, "GET", "/.warpyard/sign-in?code=once").header("sec-fetch-dest", "image");
    assert_eq!(world.ask(framed).await.status, 403);
    let answer = world.ask(world.bare(LAB, "GET", "/.warpyard/sign-in?code=once")).await;
    assert_eq!(answer.status, 303, "none of these used the code up");
    assert_eq!(answer.header("location"), "/");
}

#[tokio::test]
async fn signing_in_never_leads_to_another_site() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    for back in [
        "//evil.example",
        "%2F%2Fevil.example",
        "/%5Cevil.example",
        "%5C%5Cevil.example",
        "https://evil.example",
        "/%09/evil.example",
        "/%0d%0aSet-Cookie:%20a=1",
        "evil.example",
    ] {
        world.facts.codes.lock().unwrap().insert((LAB.to_owned(), "c".to_owned()), "s".to_owned());
        let answer = world.ask(world.bare(LAB, "GET", &format!("/.warpyard/sign-in?code=c&return={back}"))).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/"), "{back}");
        assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 1);
    }
    let answer = world.ask(world.bare(LAB, "GET", "//evil.example/x").header("accept", "text/html")).await;
    assert_eq!(answer.header("location"), "http://localhost:8080/open/lab--0123456789ab?return=%2F");
}

#[tokio::test]
async fn plain_http_uses_a_cookie_that_browsers_keep_there() {
    let app = App::start().await;
    let world = World::with(tcp(app.address), |config| config.secure_cookies = false).await;
    let answer = world.ask(world.bare(LAB, "GET", "/.warpyard/sign-in?code=once")).await;
    assert_eq!(answer.header("set-cookie"), "warpyard_app=fresh; HttpOnly; SameSite=Lax; Path=/; Max-Age=3600");
    let answer = world.ask(world.bare(LAB, "GET", "/").header("cookie", "a=1; warpyard_app=fresh")).await;
    assert_eq!(answer.text(), "hello");
    assert_eq!(app.last().1["cookie"], "a=1");
}

#[tokio::test]
async fn reserved_paths_never_reach_the_app() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    for path in ["/.warpyard", "/.warpyard/", "/.warpyard/x", "/%2ewarpyard/x", "//.warpyard/x", "/.warpyard/sign-in/x"] {
        assert_eq!(world.ask(world.request("GET", path)).await.status, 404, "{path}");
    }
    assert_eq!((app.requests(), world.facts.connects()), (0, 0));
}

#[tokio::test]
async fn without_a_session_nobody_gets_a_byte() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let navigations = [
        world.bare(LAB, "GET", "/lab?a=b&c").header("sec-fetch-mode", "navigate"),
        world.bare(LAB, "GET", "/lab?a=b&c").header("accept", "text/html,application/xhtml+xml"),
        world
            .bare(LAB, "GET", "/lab?a=b&c")
            .header("sec-fetch-mode", "navigate")
            .header("cookie", "__Host-warpyard_app=ada-at-ui"),
        world.bare(LAB, "GET", "/lab?a=b&c").header("sec-fetch-mode", "navigate").header("cookie", "warpyard_app=ada-at-lab"),
    ];
    for request in navigations {
        let answer = world.ask(request).await;
        assert_eq!(answer.status, 303);
        assert_eq!(answer.header("location"), "http://localhost:8080/open/lab--0123456789ab?return=%2Flab%3Fa%3Db%26c");
    }
    let own = format!("http://{}", world.host(LAB));
    let others = [
        world.bare(LAB, "GET", "/"),
        world.bare(LAB, "GET", "/").header("accept", "text/html").header("sec-fetch-mode", "cors"),
        world.bare(LAB, "HEAD", "/"),
        world.bare(LAB, "POST", "/").header("accept", "text/html"),
        world.bare(LAB, "OPTIONS", "/"),
        world.bare(LAB, "GET", "/").header("authorization", "Bearer wyd_unknown"),
        world.bare(LAB, "GET", "/").header("authorization", "Bearer sk-other"),
        world.bare(LAB, "GET", "/").header("cookie", "__Host-warpyard_app=ada-at-ui"),
        world.bare(LAB, "GET", "/").header("x-forwarded-user", "ada"),
        websocket(world.bare(LAB, "GET", "/socket")).header("origin", &own),
        websocket(world.bare(LAB, "GET", "/socket")).header("origin", &own).header("cookie", "__Host-warpyard_app=ada-at-ui"),
    ];
    for request in others {
        let head = format!("{request:?}");
        let answer = world.ask(request).await;
        assert_eq!(answer.status, 401, "{head}");
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{head}");
        if !answer.body.is_empty() {
            assert_eq!(answer.problem()["code"], "unauthenticated", "{head}");
        }
    }
    assert_eq!((app.requests(), world.facts.connects()), (0, 0));
}

#[tokio::test]
async fn a_forged_host_finds_nothing() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    for host in
        ["localhost", "nope--0123456789ab.apps.localhost", "lab--ffffffffffff.apps.localhost", "lab--0123456789ab.evil.example"]
    {
        let request = axum::http::Request::builder().uri("/").header("host", host).header("cookie", COOKIE);
        assert_eq!(world.ask(request).await.problem()["code"], "not_found", "{host}");
        let request = axum::http::Request::builder().uri("/").header("host", host).header("accept", "text/html");
        let answer = world.ask(request).await;
        assert_eq!(answer.status, 404);
        check_page(&answer.page(), answer.header("content-security-policy"));
    }
    let cookie = format!("cookie: {COOKIE}\r\nconnection: close\r\n\r\n");
    for head in [
        "GET / HTTP/1.1\r\nhost: {host}\r\nhost: ui--aaaaaaaaaaaa.apps.localhost\r\n",
        "GET / HTTP/1.1\r\nhost: {host}\r\nhost: {host}\r\n",
        "GET http://ui--aaaaaaaaaaaa.apps.localhost/ HTTP/1.1\r\nhost: {host}\r\n",
        "GET / HTTP/1.1\r\n",
    ] {
        let answer = world.raw(&format!("{head}{cookie}")).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{head}: {answer}");
    }
    assert_eq!(app.requests(), 0);
    let answer = world.raw(&format!("GET http://{{host}}/a?b HTTP/1.1\r\nhost: {{host}}\r\n{cookie}")).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(app.last().0, "GET /a?b", "the app gets the origin form");
    let answer = world.raw(&format!("CONNECT {{host}} HTTP/1.1\r\nhost: {{host}}\r\n{cookie}")).await;
    assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
    assert_eq!(app.requests(), 1);
}

#[tokio::test]
async fn personal_tokens_open_apps_for_programs_and_stay_here() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let answer = world.ask(world.bare(LAB, "POST", "/v1/chat").header("authorization", TOKEN)).await;
    assert_eq!(answer.text(), "hello");
    let (_, headers) = app.last();
    assert!(!headers.contains_key("authorization"), "{headers:?}");
    assert_eq!(headers["x-forwarded-user"], "ada");

    assert_eq!(world.ask(world.bare(OTHER, "GET", "/").header("authorization", TOKEN)).await.status, 401);
    let answer = world.ask(world.request("GET", "/").header("authorization", "Bearer wyd_unknown")).await;
    assert_eq!(answer.status, 401, "a bad token is not passed over in favour of a cookie");
    let navigation = world.bare(LAB, "GET", "/").header("accept", "text/html").header("authorization", "Bearer wyd_unknown");
    let answer = world.ask(navigation).await;
    assert_eq!(answer.status, 401, "somebody with a token has nothing to sign in");
    assert!(answer.page().contains("Token not accepted"));
    assert_eq!(app.requests(), 1);

    let answer = world.ask(world.request("GET", "/").header("authorization", "Bearer sk-of-the-app")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(app.last().1["authorization"], "Bearer sk-of-the-app");
}

#[tokio::test]
async fn pages_of_other_origins_cannot_act_through_the_browser() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let own = format!("http://{}", world.host(LAB));
    let other = format!("http://{}", world.host(OTHER));
    let with = |method: &str, headers: &[(&str, &str)]| {
        let request = world.bare(LAB, method, "/act").header("cookie", COOKIE);
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
    };
    for request in [
        with("POST", &[]),
        with("POST", &[("origin", &other)]),
        with("POST", &[("origin", "null")]),
        with("DELETE", &[("sec-fetch-site", "same-site"), ("origin", &other)]),
        with("POST", &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")]),
        with("GET", &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "script")]),
    ] {
        let head = format!("{request:?}");
        assert_eq!(world.ask(request).await.problem()["code"], "forbidden", "{head}");
    }
    assert_eq!((app.requests(), world.facts.connects()), (0, 0));
    for request in [
        with("POST", &[("origin", &own)]),
        with("PUT", &[("sec-fetch-site", "same-origin")]),
        with("GET", &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]),
        with("GET", &[]),
    ] {
        assert_eq!(world.ask(request).await.status, 200);
    }
}

#[tokio::test]
async fn a_planted_cookie_does_not_hide_the_real_one() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    let request = world.bare(LAB, "GET", "/").header("cookie", format!("__Host-warpyard_app=planted; x=1; {COOKIE}"));
    assert_eq!(world.ask(request).await.text(), "hello");
    assert_eq!(app.last().1["cookie"], "x=1");
}

#[tokio::test]
async fn errors_of_the_backend_tell_only_a_request_id() {
    let app = App::start().await;
    let world = World::new(app.address).await;
    world.facts.outages.store(2, std::sync::atomic::Ordering::SeqCst);
    let answer = world.ask(world.request("GET", "/")).await;
    assert_eq!(answer.status, 500);
    assert!(answer.problem()["request_id"].as_str().unwrap().len() > 30);
    assert!(!answer.text().contains("private-words"));
    let answer = world.ask(world.request("GET", "/").header("accept", "text/html")).await;
    assert!(answer.page().contains("request ") && !answer.text().contains("private-words"));
    assert_eq!(app.requests(), 0);
}

/// The headers of a WebSocket handshake.
pub(crate) fn websocket(request: axum::http::request::Builder) -> axum::http::request::Builder {
    request
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
}
