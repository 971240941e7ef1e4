//! Cookies that one app plants for another, or for the console (cookie tossing).

use crate::browser::{OpenedApp, split};
use crate::gateway_world::{COOKIE, LAB, World as Gateway};
use crate::raw::Backend;
use hyper::Method;
use serde_json::json;
use warpyard_testkit::{TestServer, World};

/// What an app may try to set, and whether it is its own business.
fn attempts(own: &str) -> Vec<(String, bool)> {
    let attempt = |text: &str, passes: bool| (text.to_owned(), passes);
    vec![
        attempt("theme=dark; Path=/", true),
        attempt("__Host-theme=dark; Secure; Path=/", true),
        attempt("not_warpyard_app=1", true),
        (format!("theme=dark; Domain={own}"), true),
        attempt("a=1; Domain=apps.localhost", false),
        attempt("a=1; Domain=.apps.localhost", false),
        attempt("a=1; Domain=localhost", false),
        attempt("a=1;Domain=LOCALHOST", false),
        attempt("a=1; domain = .Apps.Localhost ; Path=/", false),
        attempt("a=1;\tDomain=localhost", false),
        attempt("a=1; Domain=ui--aaaaaaaaaaaa.apps.localhost", false),
        attempt("a=1; Domain=apps.localhost; Domain=", false),
        (format!("a=1; Domain={own}; Domain=apps.localhost"), false),
        (format!("a=1; Domain=apps.localhost; Domain={own}"), false),
        (format!("a=1; Domain={own}.; Domain=localhost"), false),
        attempt("a=1; Domain=localhost:8080", false),
        attempt("__Host-warpyard_app=planted; Secure; Path=/", false),
        attempt("__host-Warpyard_session=planted; Secure; Path=/", false),
        attempt("__Secure-warpyard_session=planted; Secure", false),
        attempt("warpyard_session=planted; Path=/api", false),
        attempt("warpyard_session=planted; Domain=localhost; Path=/api", false),
        attempt("=warpyard_session=planted", false),
        attempt("warpyard_app", false),
        attempt("  __Host-warpyard_app  =planted", false),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_sets_cookies_for_itself_alone() {
    let own = format!("{LAB}.apps.localhost");
    let attempts = attempts(&own);
    // One by one, and all of them between many others.
    let mut heads: Vec<(String, Vec<String>)> = Vec::new();
    for (cookie, passes) in &attempts {
        let kept = if *passes { vec![cookie.trim().to_owned()] } else { Vec::new() };
        heads.push((format!("set-cookie: {cookie}\r\n"), kept));
    }
    let mut many = String::new();
    let mut kept = Vec::new();
    for (i, (cookie, passes)) in attempts.iter().enumerate() {
        many.push_str(&format!("set-cookie: filler{i}={}\r\nset-cookie: {cookie}\r\n", "x".repeat(200)));
        kept.push(format!("filler{i}={}", "x".repeat(200)));
        if *passes {
            kept.push(cookie.trim().to_owned());
        }
    }
    heads.push((many, kept));
    for (head, kept) in heads {
        let backend = Backend::answering(format!("HTTP/1.1 200 OK\r\n{head}content-length: 2\r\n\r\nok")).await;
        let gateway = Gateway::new(backend.address).await;
        let answer = gateway.ask(gateway.request("GET", "/")).await;
        let set: Vec<&str> = answer.headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap()).collect();
        assert_eq!(set, kept, "{head}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn planted_cookies_neither_reach_an_app_nor_open_it() {
    let backend = Backend::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_owned()).await;
    let gateway = Gateway::new(backend.address).await;
    for planted in [
        "warpyard_app=ada-at-lab",
        "__host-warpyard_app=ada-at-lab",
        "__HOST-warpyard_app=ada-at-lab",
        "__Secure-warpyard_app=ada-at-lab",
        "__Host-warpyard_app=ada-at-ui",
        "__Host-warpyard_session=ada-at-lab",
        "x=__Host-warpyard_app=ada-at-lab",
    ] {
        let answer = gateway.ask(gateway.bare(LAB, "GET", "/").header("cookie", planted)).await;
        assert_eq!(answer.status, 401, "{planted}");
    }
    let sent = format!("warpyard_app=planted; theme=dark; {COOKIE}; __Host-warpyard_session=console; warpyard_session=console");
    let request = gateway.bare(LAB, "GET", "/").header("cookie", sent).header("sec-fetch-site", "same-origin");
    assert_eq!(gateway.ask(request).await.text(), "ok");
    let seen = backend.seen();
    assert!(seen.contains("cookie: theme=dark\r\n"), "{seen}");
    assert!(!seen.to_lowercase().contains("warpyard_app") && !seen.contains("console") && !seen.contains("ada-at-lab"), "{seen}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_console_takes_its_own_cookie_under_its_own_name_only() {
    let world = World::on(TestServer::builder().https().start().await).await;
    let name = warpyard_model::Name::parse("developer").unwrap();
    let secret = world.store.open_session(&name, &warpyard_store::NewSession::default()).await.unwrap();
    let ask = async |cookie: &[u8]| {
        let request = world.nobody().request(Method::GET, "/api/v1/me").header_bytes("cookie", cookie);
        request.send().await.status.as_u16()
    };
    let plain = |text: String| text.into_bytes();
    assert_eq!(ask(&plain(format!("__Host-warpyard_session={secret}"))).await, 200);
    // Only the console's own host can set a cookie of that name; every other name can be tossed by an app.
    for name in [
        "warpyard_session",
        "__host-warpyard_session",
        "__Secure-warpyard_session",
        "__Host-warpyard_app",
        "x=__Host-warpyard_session",
    ] {
        assert_eq!(ask(&plain(format!("{name}={secret}"))).await, 401, "{name}");
    }
    // What an app plants beside it neither hides nor replaces it, whatever bytes it is made of.
    for planted in [&b"a=\xc3\xa9"[..], b"\xff\xfe=1", b"warpyard_session=other", b"a", b"=", b"__Host-warpyard_sessio=x"] {
        let cookies = [planted, b"; __Host-warpyard_session=", secret.as_bytes(), b"; b=\xf0\x9f\x8d\xaa"].concat();
        assert_eq!(ask(&cookies).await, 200, "{}", String::from_utf8_lossy(planted));
    }
    // A prefix that a server trims away and a browser does not see as one.
    assert_eq!(ask(&[b"\xe2\x80\x80__Host-warpyard_session=", secret.as_bytes()].concat()).await, 401);

    let answer = world.nobody().get("/api/v1/setup").await;
    assert_eq!(answer.header("strict-transport-security"), "max-age=63072000; includeSubDomains");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cookies_are_set_so_that_no_script_and_no_other_host_gets_them() {
    let world = World::on(TestServer::builder().https().start().await).await;
    let password = json!({ "password": "eleven quiet herons" });
    world.of("root").put("/api/v1/users/developer/password", &password).await.expect(204);
    let body = json!({ "email": "developer@example.com", "password": "eleven quiet herons" });
    let signed_in = world.nobody().post("/api/v1/session", &body).await.expect(200);
    let cookie = signed_in.header("set-cookie").to_owned();
    let value = cookie.split(';').next().unwrap();
    assert!(value.starts_with("__Host-warpyard_session="), "{cookie}");
    for attribute in ["; Path=/;", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(attribute), "{attribute} in {cookie}");
    }
    assert!(!cookie.to_lowercase().contains("domain"), "{cookie}");
    let secret = value.split_once('=').unwrap().1;
    assert!(!signed_in.text().contains(secret), "the answer's body does not repeat it");

    // Signing in again begins another session and ends the one that the browser had.
    let again =
        world.nobody().request(Method::POST, "/api/v1/session").header("cookie", value).json(&body).send().await.expect(200);
    let new = again.header("set-cookie").split(';').next().unwrap().to_owned();
    assert_ne!(new, value);
    for (cookie, status) in [(value, 401), (new.as_str(), 200)] {
        let asked = world.nobody().request(Method::GET, "/api/v1/me").header("cookie", cookie).send().await;
        assert_eq!(asked.status, status);
    }

    let opened = {
        world.launch("app", "first").await;
        world.until_phase("first", warpyard_model::kinds::Phase::Running).await;
        let who = warpyard_model::Name::parse("workspace-collaborator").unwrap();
        let secret = world.store.open_session(&who, &warpyard_store::NewSession::default()).await.unwrap();
        let path = format!("{}/service-instances/first/endpoints/web/open", crate::RESEARCH);
        let request = world.nobody().request(Method::POST, &path);
        request.header("cookie", &format!("__Host-warpyard_session={secret}")).json(&json!({})).send().await.expect(200).json()
    };
    let url = opened["url"].as_str().unwrap();
    assert!(url.starts_with("https://web--"), "{url}");
    let (host, path) = split(url);
    let entered = world.nobody().request(Method::GET, &path).header("host", &host).send().await.expect(303);
    let cookie = entered.header("set-cookie");
    assert!(cookie.starts_with("__Host-warpyard_app=") && cookie.contains("Secure; HttpOnly; SameSite=Lax; Path=/"), "{cookie}");
    assert_eq!(entered.header("strict-transport-security"), "max-age=63072000; includeSubDomains");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_cookies_harms_only_who_sends_it() {
    let world = World::start().await;
    let app = OpenedApp::launch(&world, "first").await;
    let flood: String = (0..300).map(|i| format!("c{i}={}; ", "x".repeat(40))).collect();
    let request = app.bare(Method::GET, "/").header("cookie", &format!("{flood}{}", app.cookie));
    let reply = request.send().await;
    assert!(app.answered(&reply), "{}", reply.text());
    let bomb = "x".repeat(600 << 10);
    let reply = app.bare(Method::GET, "/").header("cookie", &bomb).send().await;
    assert_eq!(reply.status, 431, "{}", reply.text());
    assert!(app.answered(&app.request(Method::GET, "/").send().await), "others go on");
    world.finish().await;
}
