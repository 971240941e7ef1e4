//! Secrets in addresses: what stands in one is told to the next site in `Referer`, and kept in logs and histories.

use crate::browser::{OpenedApp, split};
use hyper::Method;
use serde_json::json;
use warpyard_server::operations;
use warpyard_testkit::{Reply, World};

fn tells_nobody(reply: &Reply, what: &str) {
    assert_eq!(reply.header("referrer-policy"), "no-referrer", "{what}: {:?}", reply.headers);
    assert_eq!(reply.header("x-content-type-options"), "nosniff", "{what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_lets_a_browser_tell_where_it_was() {
    let world = World::start().await;
    let app = OpenedApp::launch(&world, "first").await;
    let session = world.session("workspace-collaborator").await;
    let root = world.of("root");
    let label = app.host.split('.').next().unwrap();
    // Whatever is asked for, wrong things included, by whomever.
    for path in [
        "/",
        "/welcome",
        "/setup",
        "/no/such/page",
        "/docs",
        "/docs/reference.css",
        "/assets/no-such.js",
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/v1/openapi.json",
        "/api/v1/me",
        "/api/v1/setup",
        "/api/v1/orgs/acme",
        "/api/v1/orgs/no-such",
        "/api/v1/no-such",
        "/api/v1/audit-entries/export?org=acme",
        "/api/v1/icons/no-such.svg",
        &format!("/open/{label}?return=/x"),
        "/open/no-such",
    ] {
        for who in [&world.nobody(), &session, root] {
            let reply = who.get(path).await;
            tells_nobody(&reply, path);
            let policy = reply.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'"), "{path}: {policy:?}");
            assert!(policy.contains("frame-ancestors 'none'") || path.contains("/icons/"), "{path}: {policy:?}");
            assert!(!reply.header("cache-control").is_empty(), "{path}");
            let kept = reply.header("cache-control").contains("public") || path.starts_with("/docs");
            assert!(kept || ["no-store", "no-cache"].contains(&reply.header("cache-control")), "{path}: {:?}", reply.headers);
        }
    }
    for (method, path) in [(Method::DELETE, "/api/v1/session"), (Method::POST, "/api/v1/apply"), (Method::PATCH, "/api/v1/me")] {
        tells_nobody(&session.request(method, path).send().await, path);
    }
    // The gateway's own answers; an app's answers are its own.
    for path in ["/", "/.warpyard/sign-in?code=x&return=/y", "/.warpyard/nothing"] {
        for accept in ["text/html", "application/json"] {
            let reply = app.bare(Method::GET, path).header("accept", accept).send().await;
            assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path} as {accept}: {:?}", reply.headers);
            assert_eq!(reply.header("cache-control"), "no-store", "{path} as {accept}");
        }
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_code_that_opens_an_app_is_gone_from_the_address_and_worth_nothing_twice() {
    let world = World::start().await;
    OpenedApp::launch(&world, "first").await;
    let session = world.session("workspace-collaborator").await;
    let path = format!("{}/service-instances/first/endpoints/web/open", crate::RESEARCH);
    let opened = session.post(&path, &json!({})).await.expect(200).json();
    let url = opened["url"].as_str().unwrap();
    let code = url::Url::parse(url).unwrap().query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let (host, path) = split(url);
    let enter = async || world.nobody().request(Method::GET, &path).header("host", &host).send().await;
    let entered = enter().await.expect(303);
    assert!(!entered.header("location").contains(&code), "{}", entered.header("location"));
    assert_eq!(entered.header("location"), "/");
    assert_eq!((entered.header("referrer-policy"), entered.header("cache-control")), ("no-referrer", "no-store"));
    let again = enter().await;
    assert_eq!(again.status, 403, "whoever finds the address in a log or a history gets in no more");
    assert!(!again.headers.contains_key("set-cookie"));
    // It is opened within a minute or not at all.
    let opened =
        session.post(&format!("{}/service-instances/first/endpoints/web/open", crate::RESEARCH), &json!({})).await.json();
    let (host, path) = split(opened["url"].as_str().unwrap());
    world.clock.advance(301);
    let late = world.nobody().request(Method::GET, &path).header("host", &host).send().await;
    assert_eq!(late.status, 403, "{}", late.text());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_operation_takes_or_tells_a_secret_in_an_address() {
    let world = World::start().await;
    let document = operations().1;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            for parameter in operation["parameters"].as_array().unwrap() {
                let name = parameter["name"].as_str().unwrap().to_lowercase();
                let secret = ["token", "password", "secret", "code", "ticket", "session", "key"];
                // What OpenID Connect hands a browser: works once, in the browser that began, and the answer leads away from it.
                let handed_over = path.ends_with("/sign-in/{name}/callback") && name == "code";
                let in_address = parameter["in"] != "header" && !handed_over;
                assert!(
                    !in_address || !secret.iter().any(|word| name.split('_').any(|part| part == *word)),
                    "{path} takes {name}"
                );
            }
        }
    }
    // Links that sign somebody in carry their secret behind `#`, which browsers send to nobody.
    let link = world.of("root").post("/api/v1/users/developer/sign-in-link", &json!({})).await.expect(200).json();
    let url = url::Url::parse(link["url"].as_str().unwrap()).unwrap();
    assert!(url.query().is_none() && url.fragment().is_some_and(|fragment| fragment.starts_with("token=")), "{url}");
    // A credential in an address is not taken for one.
    let token = url.fragment().unwrap();
    for path in [format!("/api/v1/me?{token}"), "/api/v1/me?access_token=wy_x".to_owned(), "/api/v1/watch?token=wy_x".to_owned()]
    {
        assert_eq!(world.nobody().get(&path).await.status, 401, "{path}");
    }
    world.finish().await;
}
