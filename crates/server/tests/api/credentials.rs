//! Who is let in: sessions, tokens, the cross-site rule, the limit on attempts.

use crate::VISION;
use hyper::Method;
use serde_json::json;
use warpyard_testkit::{Http, TestServer, World};

const PASSWORD: &str = "correct horse battery";

fn session_of(reply: &warpyard_testkit::Reply) -> String {
    let cookie = reply.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    cookie.split(';').next().unwrap().split_once('=').unwrap().1.to_owned()
}

async fn sign_in(server: &TestServer, email: &str, password: &str) -> warpyard_testkit::Reply {
    server.nobody().post("/api/v1/session", &json!({ "email": email, "password": password })).await
}

async fn give_password(world: &World, person: &str) {
    let path = format!("/api/v1/users/{person}/password");
    world.of("root").put(&path, &json!({ "password": PASSWORD })).await.expect(204);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_begin_and_end() {
    let world = World::start().await;
    give_password(&world, "developer").await;
    sign_in(&world, "developer@example.com", "not the password").await.problem(401, "unauthenticated");
    sign_in(&world, "nobody@example.com", PASSWORD).await.problem(401, "unauthenticated");
    let first = sign_in(&world, "Developer@Example.com", PASSWORD).await.expect(200);
    assert_eq!(first.json()["user"]["name"], "developer");
    let here = world.nobody().with_session(&session_of(&first));
    let there = world.nobody().with_session(&session_of(&sign_in(&world, "developer@example.com", PASSWORD).await.expect(200)));
    assert_eq!(here.get("/api/v1/me/sessions").await.expect(200).json()["items"].as_array().unwrap().len(), 2);

    // Changing the password ends the other session and not this one.
    let change = |current: &str| json!({ "current_password": current, "new_password": "a brand new password" });
    let wrong = here.put("/api/v1/me/password", &change("wrong")).await;
    wrong.problem(422, "invalid");
    assert_eq!(wrong.error_paths(), ["current_password"]);
    here.put("/api/v1/me/password", &change(PASSWORD)).await.expect(204);
    here.get("/api/v1/me").await.expect(200);
    there.get("/api/v1/me").await.problem(401, "unauthenticated");
    sign_in(&world, "developer@example.com", PASSWORD).await.problem(401, "unauthenticated");

    here.delete("/api/v1/session").await.expect(204);
    here.get("/api/v1/me").await.problem(401, "unauthenticated");

    // Twelve hours without use end a session.
    let idle = world
        .nobody()
        .with_session(&session_of(&sign_in(&world, "developer@example.com", "a brand new password").await.expect(200)));
    world.clock.advance(12 * 3600 - 60);
    idle.get("/api/v1/me").await.expect(200);
    world.clock.advance(12 * 3600 + 60);
    idle.get("/api/v1/me").await.problem(401, "unauthenticated");

    // Deactivating somebody ends everything they hold.
    let token = world.person("developer").await;
    token.get("/api/v1/me").await.expect(200);
    let spec = json!({ "email": "developer@example.com", "active": false });
    world
        .of("root")
        .put("/api/v1/users/developer", &json!({ "metadata": { "name": "developer" }, "spec": spec }))
        .await
        .expect(200);
    token.get("/api/v1/me").await.problem(401, "unauthenticated");
    sign_in(&world, "developer@example.com", "a brand new password").await.problem(401, "unauthenticated");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_are_good_once() {
    let world = World::start().await;
    let link = world.of("root").post("/api/v1/users/colleague/sign-in-link", &json!({})).await.expect(200).json();
    let secret = link["url"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
    let redeem = |password: &str| {
        let body = json!({ "token": secret, "password": password });
        let nobody = world.nobody();
        async move { nobody.post("/api/v1/session/link", &body).await }
    };
    let short = redeem("short").await;
    short.problem(422, "invalid");
    assert_eq!(short.error_paths(), ["password"]);
    // Two at once: one is in, whichever.
    let (one, two) = tokio::join!(redeem(PASSWORD), redeem("another good password"));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
    redeem(PASSWORD).await.problem(401, "unauthenticated");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_expire_and_are_revoked() {
    let world = World::start().await;
    let developer = world.of("developer");
    let make = |seconds: i64| json!({ "name": "ci", "expires_in_seconds": seconds });
    let bad = developer.post("/api/v1/me/tokens", &make(5)).await;
    bad.problem(422, "invalid");
    assert_eq!(bad.error_paths(), ["expires_in_seconds"]);
    let made = developer.post("/api/v1/me/tokens", &make(600)).await.expect(201).json();
    let (secret, id) = (made["token"].as_str().unwrap(), made["id"].as_str().unwrap());
    assert!(secret.starts_with("wyd_"));
    let token = world.nobody().with_token(secret);
    token.get(VISION).await.expect(200);
    let listed = developer.get("/api/v1/me/tokens").await.expect(200);
    assert!(listed.text().contains(id) && !listed.text().contains(secret));
    world.clock.advance(598);
    token.get(VISION).await.expect(200);
    world.clock.advance(2);
    // To the second, although who a token belongs to is remembered for a moment.
    token.get(VISION).await.problem(401, "unauthenticated");

    let made = developer.post("/api/v1/me/tokens", &make(600)).await.expect(201).json();
    let token = world.nobody().with_token(made["token"].as_str().unwrap());
    token.get(VISION).await.expect(200);
    let path = format!("/api/v1/me/tokens/{}", made["id"].as_str().unwrap());
    world.of("colleague").delete(&path).await.problem(404, "not_found");
    developer.delete(&path).await.expect(204);
    token.get(VISION).await.problem(401, "unauthenticated");
    let nonsense = [("authorization", "Bearer wyd_nonsense"), ("authorization", "Basic YTpi"), ("cookie", "warpyard_session=x")];
    for (name, value) in nonsense {
        let reply = world.nobody().request(Method::GET, VISION).header(name, value).send().await;
        reply.problem(401, "unauthenticated");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cookies_count_only_from_the_same_site() {
    let world = World::start().await;
    give_password(&world, "developer").await;
    let reply = sign_in(&world, "developer@example.com", PASSWORD).await.expect(200);
    let session = world.nobody().with_session(&session_of(&reply));
    let host = world.address.to_string();
    let same = format!("http://{host}");
    let other = format!("http://evil.{host}");
    // What browsers say, and whether a change is let through.
    let cases: Vec<(Vec<(&str, &str)>, bool)> = vec![
        (vec![], true),
        (vec![("sec-fetch-site", "same-origin")], true),
        (vec![("sec-fetch-site", "none")], true),
        (vec![("sec-fetch-site", "same-site")], false),
        (vec![("sec-fetch-site", "cross-site")], false),
        (vec![("sec-fetch-site", "anything else")], false),
        (vec![("sec-fetch-site", "cross-site"), ("origin", &same)], false),
        (vec![("sec-fetch-site", "same-origin"), ("origin", &other)], true),
        (vec![("origin", &same)], true),
        (vec![("origin", &other)], false),
        (vec![("origin", "null")], false),
    ];
    let send = |http: &Http, method: Method, headers: &[(&str, &str)]| {
        let request = http.request(method, "/api/v1/me/tokens").json(&json!({ "name": "t", "expires_in_seconds": 60 }));
        headers.iter().fold(request, |request, (name, value)| request.header(name, value)).send()
    };
    let by_token = world.of("developer").clone();
    for (headers, through) in cases {
        let changed = send(&session, Method::POST, &headers).await;
        if through {
            changed.expect(201);
        } else {
            changed.problem(403, "forbidden");
        }
        // Looking is harmless, and a token is never sent by a browser on its own.
        send(&session, Method::GET, &headers).await.expect(200);
        send(&by_token, Method::POST, &headers).await.expect(201);
        // Signing in from another site would put somebody into a stranger's account.
        let body = json!({ "email": "colleague@example.com", "password": "wrong password" });
        let request = world.nobody().request(Method::POST, "/api/v1/session").json(&body);
        let reply = headers.iter().fold(request, |request, (name, value)| request.header(name, value)).send().await;
        assert!(reply.status == 403 || through, "{headers:?}: {}", reply.text());
    }
    // A WebSocket is a GET that a page of another site can open with the cookie.
    let upgrade = |site: &str| {
        let request = session.request(Method::GET, "/api/v1/watch").header("upgrade", "websocket");
        request.header("connection", "upgrade").header("sec-websocket-version", "13").header("sec-fetch-site", site)
    };
    upgrade("cross-site").send().await.problem(403, "forbidden");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_is_slowed_down() {
    let world = World::start().await;
    let mut refused = 0;
    for _ in 0..12 {
        let reply = sign_in(&world, "developer@example.com", "guess guess guess").await;
        match reply.status.as_u16() {
            401 => assert_eq!(refused, 0, "once refused, the next is refused too"),
            _ => {
                reply.problem(429, "rate_limited");
                refused += 1;
            }
        }
    }
    assert!(refused >= 1, "ten attempts a minute for one account");
    // Somebody else may still sign in from there.
    sign_in(&world, "colleague@example.com", "guess guess guess").await.problem(401, "unauthenticated");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_admin_is_made_once() {
    let store = warpyard_testkit::TestStore::sqlite().await;
    let setup = store.store.controller(store.policy.controller("sign-in").unwrap());
    let secret = setup.first_admin_secret().await.unwrap();
    let admin = |token: &str, password: &str| json!({ "token": token, "email": "ana@example.com", "display_name": "Ana", "password": password });
    assert!(setup.store().needs_first_admin().await.unwrap());
    // The test server brings a root of its own, so the store is asked here and the API below.
    let first =
        warpyard_store::FirstAdmin { email: "ana@example.com".into(), display_name: "Ana".into(), password: "short".into() };
    assert!(setup.redeem_first_admin(&secret, &first).await.is_err());
    assert!(setup.store().needs_first_admin().await.unwrap(), "a password that is refused leaves nobody behind");
    let server = TestServer::builder().on(store).start().await;
    let state = server.nobody().get("/api/v1/setup").await.expect(200).json();
    assert_eq!(state["required"], false);
    server.nobody().post("/api/v1/setup", &admin("wrong", PASSWORD)).await.problem(401, "unauthenticated");
    server.finish().await;
}
