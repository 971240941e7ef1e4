//! Requests that another site makes a browser send with somebody's cookie (CSRF).

use crate::browser::{OpenedApp, with};
use hyper::Method;
use serde_json::{Value as Json, json};
use warpyard_server::{Needs, operations};
use warpyard_testkit::World;

/// Everything `Sec-Fetch-Site` can say, and what no browser says; `None` where it says nothing.
const SITES: [Option<&str>; 7] =
    [None, Some("same-origin"), Some("none"), Some("same-site"), Some("cross-site"), Some(""), Some("Same-Origin, cross-site")];

/// `Origin` headers that are not the one of `host`, each as somebody would try to make it look like it.
fn foreign_origins(host: &str) -> Vec<String> {
    let (name, port) = host.rsplit_once(':').unwrap();
    vec![
        "null".to_owned(),
        String::new(),
        "http://evil.example".to_owned(),
        format!("http://{host}.evil.example"),
        format!("http://evil.{host}"),
        format!("http://evil.example/{host}"),
        format!("http://evil.example?http://{host}"),
        format!("http://{host}@evil.example"),
        format!("http://user@{host}"),
        format!("http://{name}:1{port}"),
        format!("http://{name}"),
        format!("http://evil.example, http://{host}"),
        format!("{host}://evil.example"),
        host.to_owned(),
    ]
}

const TOKENS: &str = "/api/v1/me/tokens";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_other_site_changes_anything_through_the_api() {
    let world = World::start().await;
    let session = world.session("developer").await;
    let host = world.address.to_string();
    let own = format!("http://{host}");
    let mut origins: Vec<(Option<String>, bool)> = vec![(None, true), (Some(own), true)];
    origins.extend(foreign_origins(&host).into_iter().map(|origin| (Some(origin), false)));
    let listed = async || world.of("developer").get(TOKENS).await.expect(200).json()["items"].as_array().unwrap().len();
    let mut made = listed().await;
    for site in SITES {
        for (origin, own) in &origins {
            let mut headers: Vec<(&str, &str)> = vec![("host", &host)];
            headers.extend(site.map(|site| ("sec-fetch-site", site)));
            headers.extend(origin.as_deref().map(|origin| ("origin", origin)));
            // What the browser says about itself decides; the origin where it says nothing.
            let through = site.map_or(*own, |site| site == "same-origin" || site == "none");
            for media in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
                let request = with(session.request(Method::POST, TOKENS), &headers).header("content-type", media);
                let reply = request.body(r#"{"name":"t","expires_in_seconds":60}"#).send().await;
                assert_eq!(reply.status, if through { 201 } else { 403 }, "{headers:?}: {}", reply.text());
                made += usize::from(through);
            }
            for method in [Method::PUT, Method::DELETE, Method::PATCH] {
                let reply = with(session.request(method, &format!("{TOKENS}/no-such")), &headers).send().await;
                let (refused, status) = (reply.text().contains("another site"), reply.status.as_u16());
                // There is no operation behind PUT and PATCH: nothing to refuse, and nothing to do.
                assert!(status == 405 || refused != through, "{headers:?}: {status} {}", reply.text());
            }
        }
    }
    assert_eq!(listed().await, made, "what was refused was not done");
    world.finish().await;
}

/// A body that gets past the parser, where that comes before the question who asks.
fn body(id: &str) -> Json {
    match id {
        "session_create" => json!({ "email": "developer@example.com", "password": "x" }),
        "session_link" => json!({ "token": "x", "password": "x" }),
        "session_second_factor" => json!({ "ticket": "x" }),
        "session_passkey" => json!({ "ticket": "x", "credential": {} }),
        "setup_create" => json!({ "token": "x", "email": "a@example.com", "password": "x" }),
        _ => json!({}),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_that_changes_something_asks_where_it_comes_from() {
    let world = World::start().await;
    let session = world.session("developer").await;
    let mut unguarded = Vec::new();
    let mut asked = 0;
    for operation in operations().0 {
        let safe = operation.method == Method::GET;
        // One judges a text and keeps nothing: there is nothing to forge. The other hears from a provider's server, looks at no
        // cookie and believes a signature alone.
        if safe || ["password_strength", "org_sign_in_logout"].contains(&operation.id.as_str()) {
            continue;
        }
        asked += 1;
        let path = operation.path.replace(['{', '}'], "");
        for headers in [[("sec-fetch-site", "cross-site")], [("sec-fetch-site", "same-site")], [("origin", "null")]] {
            let request = with(session.request(operation.method.clone(), &path), &headers);
            let reply = request.json(&body(&operation.id)).send().await;
            if reply.status != 403 || !reply.text().contains("another site") {
                unguarded.push(format!("{} {headers:?}: {}", operation.id, reply.status));
            }
        }
        // Signing somebody in as the attacker needs no cookie, and is refused all the same.
        if operation.needs == Needs::Nothing {
            let request = world.nobody().request(operation.method.clone(), &path).header("sec-fetch-site", "cross-site");
            let reply = request.json(&body(&operation.id)).send().await;
            assert!(reply.status == 403 && !reply.headers.contains_key("set-cookie"), "{}: {}", operation.id, reply.text());
        }
    }
    assert!(unguarded.is_empty(), "these act for another site: {unguarded:#?}");
    assert!(asked > 60, "{asked}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_other_site_reads_what_the_api_answers() {
    let world = World::start().await;
    let session = world.session("developer").await;
    for origin in ["http://evil.example", "null", "http://lab--0123456789ab.apps.localhost"] {
        for method in [Method::GET, Method::OPTIONS, Method::POST] {
            let request = session.request(method, "/api/v1/me").header("origin", origin);
            let reply = request.header("access-control-request-method", "DELETE").send().await;
            let allows = reply.headers.keys().any(|name| name.as_str().starts_with("access-control-"));
            assert!(!allows, "{:?}", reply.headers);
            // Without CORS a page could still load it as a script or an image.
            assert_eq!(reply.header("cross-origin-resource-policy"), "same-origin");
            assert_eq!(reply.header("x-content-type-options"), "nosniff");
        }
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_other_site_and_no_other_app_acts_through_an_app() {
    let world = World::start().await;
    let (app, other) = (OpenedApp::launch(&world, "first").await, OpenedApp::launch(&world, "second").await);
    let mut origins: Vec<(Option<String>, bool)> = vec![(None, false), (Some(app.origin()), true)];
    origins.extend(foreign_origins(&app.host).into_iter().map(|origin| (Some(origin), false)));
    origins.push((Some(other.origin()), false));
    origins.push((Some(format!("http://localhost:{}", world.address.port())), false));
    for site in SITES {
        for (origin, own) in &origins {
            let mut headers: Vec<(&str, &str)> = Vec::new();
            headers.extend(site.map(|site| ("sec-fetch-site", site)));
            headers.extend(origin.as_deref().map(|origin| ("origin", origin)));
            let same_site = matches!(site, Some("same-origin" | "none"));
            for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                let reply = with(app.request(method, "/act"), &headers).send().await;
                assert_eq!(app.answered(&reply), same_site || *own, "{headers:?}: {}", reply.text());
                assert!(same_site || *own || reply.status == 403, "{headers:?}: {}", reply.status);
            }
            // A script or a picture of the app in another page: the answer could be read from what it does there.
            let loads = [("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "script")];
            let reply = with(with(app.request(Method::GET, "/data.js"), &headers), &loads).send().await;
            let says_so = site.is_some() && !same_site && !*own;
            assert_eq!(app.answered(&reply), !says_so, "{headers:?}: {}", reply.text());
        }
    }
    // The other app's cookie opens nothing here.
    let reply = app.bare(Method::GET, "/").header("cookie", &other.cookie).send().await;
    assert_eq!(reply.status, 401);
    world.finish().await;
}
