//! `Idempotency-Key`: asked twice, done once.

use crate::VISION;
use hyper::Method;
use serde_json::{Value as Json, json};
use warpyard_testkit::{Http, Reply, World};

const WORKSPACES: &str = "/api/v1/orgs/acme/projects/vision/workspaces";

async fn keyed(who: &Http, path: &str, key: &str, body: &Json) -> Reply {
    who.request(Method::POST, path).header("idempotency-key", key).json(body).send().await
}

fn workspace(name: &str) -> Json {
    json!({ "metadata": { "name": name }, "spec": {} })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_gets_the_same_answer() {
    let world = World::start().await;
    let root = world.of("root");
    let first = keyed(root, WORKSPACES, "key-1", &workspace("once")).await.expect(201);
    assert_eq!(first.header("idempotency-replayed"), "");
    let second = keyed(root, WORKSPACES, "key-1", &workspace("once")).await.expect(201);
    assert_eq!(second.header("idempotency-replayed"), "true");
    assert_eq!(second.body, first.body);
    assert_eq!(second.header("etag"), first.header("etag"));
    assert_eq!(second.header("content-type"), "application/json");
    // Without the key it is another request.
    root.post(WORKSPACES, &workspace("once")).await.problem(409, "already_exists");

    // Another body, query or path with the key is a mistake of the caller.
    keyed(root, WORKSPACES, "key-1", &workspace("twice")).await.problem(409, "conflict");
    keyed(root, &format!("{WORKSPACES}?dry_run=true"), "key-1", &workspace("once")).await.problem(409, "conflict");
    // Somebody else's key is another key.
    keyed(world.of("project-admin"), WORKSPACES, "key-1", &workspace("theirs")).await.expect(201);

    // What was refused is refused again, as it was.
    let refused = keyed(root, WORKSPACES, "key-2", &workspace("once")).await;
    refused.problem(409, "already_exists");
    let again = keyed(root, WORKSPACES, "key-2", &workspace("once")).await;
    assert_eq!((again.status, again.body.clone()), (refused.status, refused.body.clone()));
    assert_eq!(again.header("content-type"), "application/problem+json");

    // A day later the key is free.
    world.clock.advance(24 * 3600 + 1);
    let root = world.person("root").await;
    keyed(&root, WORKSPACES, "key-1", &workspace("much-later")).await.expect(201);

    keyed(&root, WORKSPACES, "", &workspace("x")).await.problem(422, "invalid");
    keyed(&root, WORKSPACES, &"k".repeat(256), &workspace("x")).await.problem(422, "invalid");
    keyed(&world.nobody(), WORKSPACES, "key-1", &workspace("x")).await.problem(401, "unauthenticated");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_once_it_is_done_once() {
    let world = World::start().await;
    let root = world.of("root");
    let body = workspace("race");
    let requests = (0..16).map(|_| keyed(root, WORKSPACES, "race", &body));
    let replies = futures::future::join_all(requests).await;
    let done = replies.iter().filter(|r| r.status == 201).count();
    assert!(done >= 1);
    for reply in &replies {
        if reply.status != 201 {
            // Its like is under way: ask again.
            reply.problem(409, "conflict");
        }
    }
    keyed(root, WORKSPACES, "race", &body).await.expect(201);
    let list = root.get(&format!("{WORKSPACES}?search=race")).await.expect(200).json();
    assert_eq!(list["total"], 1);
    // A token's secret is told again to whoever lost the answer, and stands nowhere in the clear.
    let request = json!({ "name": "ci", "expires_in_seconds": 600 });
    let token = keyed(root, "/api/v1/me/tokens", "token", &request).await.expect(201).json();
    assert_eq!(keyed(root, "/api/v1/me/tokens", "token", &request).await.expect(201).json(), token);
    let secret = token["token"].as_str().unwrap();
    for end in ["", "-wal"] {
        let file = format!("{}{end}", world.test_store.file().unwrap().display());
        let bytes = std::fs::read(file).unwrap();
        assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "the token is in the database");
    }
    root.get(&format!("{VISION}/workspaces/race")).await.expect(200);
    world.finish().await;
}

#[test]
fn the_description_says_where_a_key_is_taken() {
    let (_, document) = warpyard_server::operations();
    let takes = |path: &str, method: &str| {
        let parameters = document["paths"][path][method]["parameters"].as_array().unwrap();
        parameters.iter().any(|p| p["name"] == "Idempotency-Key" && p["in"] == "header" && p["required"] == false)
    };
    let workspaces = "/api/v1/orgs/{org}/projects/{project}/workspaces";
    assert!(takes(workspaces, "post"));
    assert!(!takes(workspaces, "get"), "only a POST is done once");
    assert!(!takes("/api/v1/session", "post"), "nobody is signed in yet whose key it could be");
}
