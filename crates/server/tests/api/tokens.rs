//! Tokens that do less than their owner, their rotation, and what ends with them.

use crate::watch::Socket;
use crate::{RESEARCH, VISION};
use http_body_util::BodyExt as _;
use hyper::Method;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use warpyard_model::kinds::Phase;
use warpyard_model::permission::{Permission, Subject, Verb};
use warpyard_model::{Kind, Name, ScopePath};
use warpyard_policy::Resource;
use warpyard_testkit::{Http, PATIENCE, World};

const TOKENS: &str = "/api/v1/me/tokens";

async fn made(owner: &Http, limits: Json) -> Json {
    let mut body = json!({ "name": "limited", "expires_in_seconds": 3600 });
    for (key, value) in limits.as_object().unwrap() {
        body[key] = value.clone();
    }
    owner.post(TOKENS, &body).await.expect(201).json()
}

async fn limited(world: &World, owner: &str, limits: Json) -> Http {
    world.nobody().with_token(made(world.of(owner), limits).await["token"].as_str().unwrap())
}

async fn names(who: &Http, path: &str) -> BTreeSet<String> {
    let list = who.get(path).await.expect(200).json();
    list["items"].as_array().unwrap().iter().map(|i| i["metadata"]["name"].as_str().unwrap().to_owned()).collect()
}

fn workspace(name: &str) -> Json {
    json!({ "metadata": { "name": name }, "spec": {} })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_reaches_its_scopes_and_places_and_nothing_else() {
    let world = World::start().await;
    let speech = "/api/v1/orgs/acme/projects/speech";
    let there = limited(&world, "org-admin", json!({ "places": ["acme/vision"] })).await;
    let me = there.get("/api/v1/me").await.expect(200).json();
    assert_eq!(me["limited_to"], json!({ "scopes": [], "places": ["/acme/vision"] }));
    there.get(VISION).await.expect(200);
    there.get("/api/v1/orgs/acme").await.expect(200);
    there.put("/api/v1/orgs/acme", &json!({ "metadata": { "name": "acme" }, "spec": {} })).await.problem(403, "forbidden");
    there.get(speech).await.problem(404, "not_found");
    there.get(&format!("{speech}/workspaces")).await.problem(404, "not_found");
    assert_eq!(names(&there, "/api/v1/projects").await, BTreeSet::from(["vision".to_owned()]));
    there.post(&format!("{VISION}/workspaces"), &workspace("made")).await.expect(201);
    there.post(&format!("{speech}/workspaces"), &workspace("made")).await.problem(404, "not_found");
    let binding = |name: &str| json!({ "metadata": { "name": name }, "spec": { "user": "stranger", "role": "developer" } });
    there.post(&format!("{VISION}/role-bindings"), &binding("inside")).await.expect(201);
    let admin = json!({ "metadata": { "name": "up" }, "spec": { "user": "stranger", "role": "org_admin" } });
    there.post("/api/v1/orgs/acme/role-bindings", &admin).await.problem(403, "forbidden");

    // Seeing is a permission like any other, and nobody grants what their token does not reach.
    let scopes = ["project.view", "workspace.view", "role_binding.view", "role_binding.create"];
    let few = limited(&world, "org-admin", json!({ "scopes": scopes })).await;
    few.get(speech).await.expect(200);
    few.get(&format!("{VISION}/service-profiles/app")).await.problem(404, "not_found");
    assert_eq!(few.get(&format!("{VISION}/catalogue")).await.expect(200).json()["items"], json!([]));
    assert!(names(&few, "/api/v1/service-profiles").await.is_empty());
    few.post(&format!("{VISION}/workspaces"), &workspace("not")).await.problem(403, "forbidden");
    few.post(&format!("{VISION}/role-bindings"), &binding("outside")).await.problem(403, "forbidden");
    let own = few.get("/api/v1/me/permissions?org=acme&project=vision").await.expect(200).json();
    assert_eq!(own["permissions"].as_array().unwrap().len(), scopes.len());
    let access = few.get("/api/v1/orgs/acme/access").await.expect(200).json();
    assert!(
        access["entries"].as_array().unwrap().iter().all(|e| scopes.contains(&e["permission"].as_str().unwrap())),
        "{access}"
    );

    // One's account is no place: a token that is limited makes no other that is not.
    let more = json!({ "name": "more", "expires_in_seconds": 3600 });
    for path in [TOKENS, "/api/v1/me/notifications", "/api/v1/me/sessions", "/api/v1/me/second-factors", "/api/v1/me/preferences"]
    {
        there.get(path).await.problem(403, "forbidden");
    }
    few.post(TOKENS, &more).await.problem(403, "forbidden");
    let mut socket = Socket::open_with(
        &world,
        made(world.of("developer"), json!({ "places": ["acme"] })).await["token"].as_str().unwrap(),
        "/api/v1/watch",
    )
    .await;
    socket.say(json!({ "id": 1, "watch": { "notifications": true } })).await;
    assert_eq!(socket.hear().await["type"], "error");
    drop(socket);

    // With its owner's right goes the token's.
    let developer = limited(&world, "developer", json!({ "scopes": ["project.view"], "places": ["/acme/vision"] })).await;
    developer.get(VISION).await.expect(200);
    world.of("root").delete(&format!("{VISION}/role-bindings/developer")).await.expect(204);
    developer.get(VISION).await.problem(404, "not_found");

    let refused = async |limits: Json| {
        let mut body = json!({ "name": "bad", "expires_in_seconds": 3600 });
        for (key, value) in limits.as_object().unwrap() {
            body[key] = value.clone();
        }
        let reply = world.of("colleague").post(TOKENS, &body).await;
        reply.problem(422, "invalid");
        reply.error_paths()
    };
    assert_eq!(refused(json!({ "scopes": ["project.view", "pods.view"] })).await, ["scopes[1]"]);
    for place in ["/", "acme/vision/research/more", "Not A Name", "acme/nowhere", "globex"] {
        assert_eq!(refused(json!({ "places": ["acme/vision", place] })).await, ["places.1"], "{place}");
    }
    world.finish().await;
}

/// Over everybody in the world and tokens of all sorts, what the API lists is what its owner sees there and the token is for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_are_the_intersection() {
    let world = World::start().await;
    world.launch("app", "nb").await;
    let limits = [
        json!({ "scopes": ["workspace.view", "service_instance.view"] }),
        json!({ "places": ["acme/vision/research"] }),
        json!({ "places": ["acme/speech"], "scopes": ["workspace.view", "compute_profile.view"] }),
        json!({ "places": ["acme"], "scopes": ["service_profile.view", "role_binding.view", "service_instance.create"] }),
    ];
    let listed = [Kind::Workspace, Kind::ServiceInstance, Kind::ComputeInstance, Kind::ComputeProfile, Kind::RoleBinding];
    for owner in ["org-admin", "developer", "project-admin", "workspace-collaborator", "auditor", "finops"] {
        for limit in &limits {
            let body = json!({ "name": "t", "expires_in_seconds": 3600, "scopes": limit["scopes"].as_array().unwrap_or(&Vec::new()),
                               "places": limit["places"].as_array().unwrap_or(&Vec::new()) });
            let reply = world.of(owner).post(TOKENS, &body).await;
            if reply.status == 422 {
                // Not a place of theirs.
                continue;
            }
            let token = world.nobody().with_token(reply.expect(201).json()["token"].as_str().unwrap());
            for kind in listed {
                let path = format!("/api/v1/{}?limit=500", kind.plural());
                let view = Permission { subject: Subject::Kind(kind), verb: Verb::View };
                let scoped = limit["scopes"].as_array().is_none_or(|scopes| scopes.contains(&json!(view.to_string())));
                let key = |item: &Json| {
                    let part = |name: &str| item["metadata"][name].as_str().map(|p| format!("/{p}")).unwrap_or_default();
                    format!("{}{}{}{}", part("org"), part("project"), part("workspace"), part("name"))
                };
                let items = async |who: &Http| who.get(&path).await.expect(200).json()["items"].as_array().unwrap().clone();
                let inside = |item: &Json| {
                    let places = limit["places"].as_array();
                    let object =
                        if kind == Kind::Workspace { key(item) } else { key(item).rsplit_once('/').unwrap().0.to_owned() };
                    places.is_none_or(|places| {
                        places.iter().any(|p| format!("{object}/").starts_with(&format!("/{}/", p.as_str().unwrap())))
                            // The workspace that is a place is seen from its inside.
                            || places.iter().any(|p| kind == Kind::Workspace && format!("/{}", p.as_str().unwrap()) == object)
                    })
                };
                let owners = items(world.of(owner)).await;
                let expected: BTreeSet<String> = owners.iter().filter(|i| scoped && inside(i)).map(key).collect();
                let got: BTreeSet<String> = items(&token).await.iter().map(key).collect();
                // A published profile at home elsewhere is offered in the place, which counts as seen there.
                let offered = |item: &&String| scoped && kind == Kind::ComputeProfile && owners.iter().any(|o| key(o) == **item);
                let extra: Vec<_> = got.difference(&expected).filter(|item| !offered(item)).collect();
                assert!(extra.is_empty(), "{owner} {limit} {kind}: {extra:?}");
                let missing: Vec<_> = expected.difference(&got).collect();
                assert!(missing.is_empty(), "{owner} {limit} {kind}: {missing:?}");
                let total = token.get(&path).await.json()["total"].as_u64().unwrap();
                assert_eq!(total, got.len() as u64, "totals tell no more than rows");
            }
        }
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotated_token_has_a_new_value_and_the_old_one_a_grace() {
    let world = World::start().await;
    let developer = world.of("developer");
    let first = made(developer, json!({ "scopes": ["project.view"] })).await;
    let value = |token: &Json| world.nobody().with_token(token["token"].as_str().unwrap());
    let path = format!("{TOKENS}/{}/rotate", first["id"].as_str().unwrap());
    for (body, at) in [
        (json!({ "grace_seconds": 86_401 }), "grace_seconds"),
        (json!({ "grace_seconds": -1 }), "grace_seconds"),
        (json!({ "expires_in_seconds": 5 }), "expires_in_seconds"),
    ] {
        let refused = developer.post(&path, &body).await;
        refused.problem(422, "invalid");
        assert_eq!(refused.error_paths(), [at]);
    }
    world.of("colleague").post(&path, &json!({})).await.problem(404, "not_found");
    value(&first).post(&path, &json!({})).await.problem(403, "forbidden");
    world.clock.advance(1800);
    let second = developer.post(&path, &json!({ "grace_seconds": 600 })).await.expect(200).json();
    assert_eq!(second["id"], first["id"]);
    assert!(second["old_value_until"].is_string() && second["token"] != first["token"]);
    for token in [&first, &second] {
        value(token).get(VISION).await.expect(200);
        value(token).get(RESEARCH).await.problem(404, "not_found");
    }
    world.clock.advance(600);
    value(&first).get(VISION).await.problem(401, "unauthenticated");
    value(&second).get(VISION).await.expect(200);
    let listed = developer.get(TOKENS).await.json();
    let token = listed["items"].as_array().unwrap().iter().find(|t| t["id"] == first["id"]).unwrap();
    assert_eq!((&token["scopes"], token.get("old_value_until")), (&json!(["project.view"]), None));
    assert!(token["rotated_at"].is_string());
    // It lasts an hour again, as it was made for.
    world.clock.advance(2_999);
    value(&second).get(VISION).await.expect(200);
    let third = developer.post(&path, &json!({})).await.expect(200).json();
    value(&second).get(VISION).await.problem(401, "unauthenticated");
    value(&third).get(VISION).await.expect(200);
    world.clock.advance(3_600);
    value(&third).get(VISION).await.problem(401, "unauthenticated");
    developer.post(&path, &json!({})).await.problem(409, "conflict");
    let trail = world.of("root").get("/api/v1/audit-entries?action=token.rotate").await.expect(200).json();
    assert_eq!(trail["items"].as_array().unwrap().len(), 2);
    world.finish().await;
}

/// A connection that an app switched to a protocol of its own, through the gateway.
struct Tunnel(TcpStream);

impl Tunnel {
    async fn open(world: &World, service: &str, token: &str) -> Self {
        let id = world.service(service).await.unwrap().metadata.short_id().to_owned();
        let mut stream = TcpStream::connect(world.address).await.unwrap();
        let host = format!("web--{id}.apps.localhost:{}", world.address.port());
        let head = format!(
            "GET / HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: upgrade\r\nUpgrade: echo/1\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            let byte = tokio::time::timeout(PATIENCE, stream.read_u8()).await.expect("an answer in time");
            answer.push(byte.unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&answer))));
        }
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
        let mut tunnel = Self(stream);
        tunnel.0.write_all(b"hello").await.unwrap();
        let mut heard = [0; 5];
        tokio::time::timeout(PATIENCE, tunnel.0.read_exact(&mut heard)).await.expect("an echo in time").unwrap();
        assert_eq!(&heard, b"hello");
        tunnel
    }

    async fn ends(mut self) {
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(PATIENCE, self.0.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "the tunnel goes on");
    }
}

/// Everything that stays open: a watch that watches nothing yet, one that does, a stream of events, a terminal, a log that is
/// followed, and a connection to an app.
struct Open {
    sockets: Vec<Socket>,
    streams: Vec<hyper::body::Incoming>,
    tunnel: Tunnel,
}

impl Open {
    async fn with(world: &World, token: &str) -> Self {
        let idle = Socket::open_with(world, token, "/api/v1/watch").await;
        let mut watching = Socket::open_with(world, token, "/api/v1/watch").await;
        watching.say(json!({ "id": 1, "watch": { "kinds": ["ServiceInstance"], "org": "acme" } })).await;
        assert_eq!(watching.hear().await["type"], "synced");
        let mut terminal = Socket::open_with(world, token, &format!("{RESEARCH}/service-instances/nb/terminal")).await;
        terminal.echoes("one").await;
        let who = world.nobody().with_token(token);
        let mut streams = Vec::new();
        for path in ["/api/v1/watch/stream?org=acme", &format!("{RESEARCH}/service-instances/nb/logs?follow=true")] {
            let response = who.request(Method::GET, path).stream().await;
            assert_eq!(response.status(), 200, "{path}");
            streams.push(response.into_body());
        }
        let tunnel = Tunnel::open(world, "nb", token).await;
        Self { sockets: vec![idle, watching, terminal], streams, tunnel }
    }

    /// All of it ends, long before anything is looked at again by the clock.
    async fn ends(self) {
        for mut socket in self.sockets {
            socket.ends().await;
        }
        for mut stream in self.streams {
            let over = async { while let Some(Ok(_)) = stream.frame().await {} };
            tokio::time::timeout(PATIENCE, over).await.expect("the stream ends in time");
        }
        self.tunnel.ends().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_token_opened_ends_with_it() {
    let world = World::start().await;
    let owner = world.of("workspace-collaborator");
    world.launch("app", "nb").await;
    world.until_phase("nb", Phase::Running).await;
    let fresh = async || made(owner, json!({})).await;
    let secret = |token: &Json| token["token"].as_str().unwrap().to_owned();
    let path = |token: &Json| format!("{TOKENS}/{}", token["id"].as_str().unwrap());

    // Revoked, while another of the same person's goes on.
    let (token, other) = (fresh().await, fresh().await);
    let (open, mut kept) = (Open::with(&world, &secret(&token)).await, Open::with(&world, &secret(&other)).await);
    owner.delete(&path(&token)).await.expect(204);
    open.ends().await;
    kept.sockets[2].echoes("two").await;

    // Rotated without a grace.
    owner.post(&format!("{}/rotate", path(&other)), &json!({})).await.expect(200);
    kept.ends().await;

    // The owner's right is gone.
    let token = fresh().await;
    let terminal = format!("{RESEARCH}/service-instances/nb/terminal");
    let mut socket = Socket::open_with(&world, &secret(&token), &terminal).await;
    socket.echoes("three").await;
    let tunnel = Tunnel::open(&world, "nb", &secret(&token)).await;
    let follow = format!("{RESEARCH}/service-instances/nb/logs?follow=true");
    let mut log = world.nobody().with_token(&secret(&token)).request(Method::GET, &follow).stream().await.into_body();
    let binding = format!("{RESEARCH}/role-bindings/workspace-collaborator");
    world.of("root").delete(&binding).await.expect(204);
    socket.ends().await;
    tunnel.ends().await;
    let over = async { while let Some(Ok(_)) = log.frame().await {} };
    tokio::time::timeout(PATIENCE, over).await.expect("the log ends in time");
    let spec = json!({ "user": "workspace-collaborator", "role": "workspace_collaborator" });
    let again = json!({ "metadata": { "name": "workspace-collaborator" }, "spec": spec });
    world.of("root").post(&format!("{RESEARCH}/role-bindings"), &again).await.expect(201);

    // Deactivated.
    let open = Open::with(&world, &secret(&token)).await;
    let spec = json!({ "email": "workspace-collaborator@example.com", "active": false });
    let body = json!({ "metadata": { "name": "workspace-collaborator" }, "spec": spec });
    world.of("root").put("/api/v1/users/workspace-collaborator", &body).await.expect(200);
    open.ends().await;
    world.finish().await;
}

/// A list over random tokens of the decisions themselves is in crates/policy/tests/reach.rs; this one holds that the server
/// builds its callers from what the token says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_decides_with_the_tokens_reach() {
    let world = World::start().await;
    let token = made(world.of("org-admin"), json!({ "scopes": ["secret.view"], "places": ["acme/speech"] })).await;
    let who = world.store.token(token["token"].as_str().unwrap()).await.unwrap().unwrap();
    let principal = world.store.principal(&who).await.unwrap();
    let name = |text| Name::parse(text).unwrap();
    for (project, word, allowed) in
        [("speech", "secret.view", true), ("speech", "secret.update", false), ("vision", "secret.view", false)]
    {
        let permission = Permission::parse(word).unwrap();
        let place = Resource::place(permission.subject, &ScopePath::project(name("acme"), name(project)));
        assert_eq!(world.policy.decide(&principal, permission, &place), allowed, "{word} in {project}");
    }
    world.finish().await;
}
