//! Hearing of changes, over one WebSocket and as server-sent events.

use crate::{RESEARCH, VISION};
use futures::{SinkExt as _, StreamExt as _};
use http_body_util::BodyExt as _;
use serde_json::{Value as Json, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use warpyard_model::kinds::Phase;
use warpyard_testkit::{PATIENCE, World};

pub(crate) struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    pub(crate) async fn open(world: &World, person: &str) -> Self {
        Self::open_at(world, person, "/api/v1/watch").await
    }

    pub(crate) async fn open_at(world: &World, person: &str, path: &str) -> Self {
        let who = warpyard_model::Name::parse(person).unwrap();
        let wish = warpyard_store::TokenWish::full("watch", 30 * 86_400);
        let token = world.store.create_token(&who, &wish).await.unwrap().token;
        Self::open_with(world, &token, path).await
    }

    pub(crate) async fn open_with(world: &World, token: &str, path: &str) -> Self {
        let mut request = format!("ws://{}{path}", world.address).into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        let stream = TcpStream::connect(world.address).await.unwrap();
        Self(tokio_tungstenite::client_async(request, stream).await.unwrap().0)
    }

    pub(crate) async fn say(&mut self, message: Json) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    /// Sends bytes to a terminal that repeats what it is told, and waits for them.
    pub(crate) async fn echoes(&mut self, text: &'static str) {
        self.0.send(Message::binary(text)).await.unwrap();
        let heard = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("it answers in time");
        assert_eq!(heard.expect("the connection lasts").unwrap(), Message::binary(text));
    }

    /// Waits until the server ends the connection, however much is said before.
    pub(crate) async fn ends(&mut self) {
        let over = async {
            while let Some(Ok(message)) = self.0.next().await
                && !message.is_close()
            {}
        };
        tokio::time::timeout(PATIENCE, over).await.expect("the connection ends in time");
    }

    pub(crate) async fn hear(&mut self) -> Json {
        loop {
            let heard = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("something is said in time");
            match heard.expect("the connection lasts").unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Hears until this is said of an object with this name.
    async fn hear_of(&mut self, what: &str, name: &str) -> Json {
        loop {
            let heard = self.hear().await;
            if heard["type"] == what && heard["object"]["metadata"]["name"] == name {
                return heard;
            }
        }
    }
}

fn workspace(name: &str) -> Json {
    json!({ "metadata": { "name": name }, "spec": {} })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_carries_many_watches() {
    let world = World::start().await;
    let mut socket = Socket::open(&world, "org-admin").await;
    socket.say(json!({ "id": 1, "watch": { "kinds": ["Workspace"], "org": "acme", "project": "vision" } })).await;
    let synced = socket.hear().await;
    assert_eq!((synced["id"].as_i64(), synced["type"].as_str()), (Some(1), Some("synced")));
    let since = synced["resource_version"].as_i64().unwrap();
    let root = world.of("root");
    root.post(&format!("{VISION}/workspaces"), &workspace("heard")).await.expect(201);
    root.post("/api/v1/orgs/acme/projects/speech/workspaces", &workspace("elsewhere")).await.expect(201);
    let added = socket.hear().await;
    assert_eq!((added["type"].as_str(), added["object"]["metadata"]["name"].as_str()), (Some("added"), Some("heard")));
    assert!(added["resource_version"].as_i64().unwrap() > since);
    root.delete(&format!("{VISION}/workspaces/heard")).await.expect(204);
    let deleted = socket.hear().await;
    assert_eq!(deleted["type"], "deleted");
    assert_eq!(deleted["object"].get("spec"), None, "of what is gone only its name is told");

    // A second watch that begins in the past catches up before it is synced.
    socket.say(json!({ "id": 2, "watch": { "kinds": ["Workspace"], "org": "acme" }, "since": since })).await;
    let mut heard = Vec::new();
    loop {
        let message = socket.hear().await;
        assert_eq!(message["id"], 2);
        if message["type"] == "synced" {
            break;
        }
        heard.push((
            message["type"].as_str().unwrap().to_owned(),
            message["object"]["metadata"]["name"].as_str().unwrap().to_owned(),
        ));
    }
    assert!(heard.contains(&("added".to_owned(), "elsewhere".to_owned())), "{heard:?}");
    assert!(heard.contains(&("deleted".to_owned(), "heard".to_owned())), "{heard:?}");

    // Ended watches are silent; nonsense is answered and ends nothing.
    socket.say(json!({ "id": 2, "unwatch": true })).await;
    socket.0.send(Message::text("nonsense")).await.unwrap();
    assert_eq!(socket.hear().await["type"], "error");
    socket.say(json!({ "id": 3, "watch": { "kinds": ["Zebra"] } })).await;
    assert_eq!(socket.hear().await["type"], "error");
    root.post(&format!("{VISION}/workspaces"), &workspace("last")).await.expect(201);
    let last = socket.hear().await;
    assert_eq!((last["id"].as_i64(), last["object"]["metadata"]["name"].as_str()), (Some(1), Some("last")));
    drop(socket);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_hears_of_what_they_may_not_see() {
    let world = World::start().await;
    let everything = json!({ "id": 1, "watch": { "kinds": [] } });
    let mut outside = Socket::open(&world, "foreigner").await;
    let mut inside = Socket::open(&world, "workspace-reader").await;
    for socket in [&mut outside, &mut inside] {
        socket.say(everything.clone()).await;
        assert_eq!(socket.hear().await["type"], "synced");
    }
    world.launch("app", "watched").await;
    world.until_phase("watched", Phase::Running).await;
    let running = loop {
        let heard = inside.hear_of("modified", "watched").await;
        if heard["object"]["kind"] == "ServiceInstance" && heard["object"]["status"]["phase"] == "running" {
            break heard;
        }
    };
    assert_eq!(running["object"]["metadata"]["workspace"], "research");
    // The foreigner's next word is about their own house.
    let mine = json!({ "metadata": { "name": "mine" }, "spec": {} });
    world.of("foreigner").post("/api/v1/orgs/globex/projects", &mine).await.expect(201);
    let heard = outside.hear().await;
    assert_eq!(heard["object"]["metadata"]["org"], "globex", "{heard}");
    world.delete("watched").await;
    inside.hear_of("deleted", "watched").await;
    drop((outside, inside));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_hear_server_sent_events() {
    let world = World::start().await;
    let who = world.of("workspace-collaborator");
    for (query, path) in [("kinds=Zebra", "kinds"), ("since=yesterday", "query")] {
        let refused = who.get(&format!("/api/v1/watch/stream?{query}")).await;
        refused.problem(422, "invalid");
        assert_eq!(refused.error_paths(), [path]);
    }
    world.nobody().get("/api/v1/watch/stream").await.problem(401, "unauthenticated");
    let path = "/api/v1/watch/stream?kinds=ServiceInstance,compute-instances&org=acme&project=vision";
    let response = who.request(hyper::Method::GET, path).stream().await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body();
    let mut text = String::new();
    let mut next = async |text: &mut String| -> Json {
        loop {
            if let Some((event, rest)) = text.split_once("\n\n") {
                let data = event.strip_prefix("data: ").map(|d| serde_json::from_str(d).unwrap());
                *text = rest.to_owned();
                match data {
                    Some(data) => return data,
                    None => continue,
                }
            }
            let frame = tokio::time::timeout(PATIENCE, body.frame()).await.expect("an event in time");
            let bytes = frame.expect("the stream lasts").unwrap().into_data().unwrap();
            text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    };
    assert_eq!(next(&mut text).await["type"], "synced");
    world.launch("app", "scripted").await;
    let mut phases = Vec::new();
    while phases.last().is_none_or(|p| p != "running") {
        let event = next(&mut text).await;
        if event["object"]["kind"] == "ServiceInstance" {
            phases.push(event["object"]["status"]["phase"].as_str().unwrap().to_owned());
        }
    }
    drop(body);
    let logs = who.get(&format!("{RESEARCH}/service-instances/scripted/logs?tail=5")).await.expect(200);
    assert_eq!(logs.header("content-type"), "text/plain; charset=utf-8");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_deletes_their_workspace_hears_that_it_is_gone() {
    let world = World::start().await;
    let developer = world.of("developer");
    developer.post(&format!("{VISION}/workspaces"), &workspace("own")).await.expect(201);
    let mut socket = Socket::open(&world, "developer").await;
    socket.say(json!({ "id": 1, "watch": { "kinds": ["Workspace", "RoleBinding"] } })).await;
    assert_eq!(socket.hear().await["type"], "synced");
    // The binding that shows it to its admin goes with it: both are told as gone, and both are in the audit trail.
    developer.delete(&format!("{VISION}/workspaces/own")).await.expect(204);
    let binding = socket.hear().await;
    assert_eq!((binding["type"].as_str(), binding["object"]["kind"].as_str()), (Some("deleted"), Some("RoleBinding")));
    assert_eq!(binding["object"]["metadata"]["workspace"], "own");
    let gone = socket.hear_of("deleted", "own").await;
    assert_eq!(gone["object"]["kind"], "Workspace");
    let entries = world.of("root").get("/api/v1/audit-entries?org=acme&action=role_binding.delete").await.expect(200).json();
    let entry = &entries["items"][0];
    assert_eq!((entry["actor"].as_str(), entry["object"].as_str()), (Some("developer"), Some("/acme/vision/own/developer")));
    // A workspace of the same name that is somebody else's is none of their business.
    world.of("root").post(&format!("{VISION}/workspaces"), &workspace("own")).await.expect(201);
    world.of("root").delete(&format!("{VISION}/workspaces/own")).await.expect(204);
    developer.post(&format!("{VISION}/workspaces"), &workspace("next")).await.expect(201);
    let next = loop {
        let heard = socket.hear().await;
        if heard["object"]["kind"] == "Workspace" {
            break heard;
        }
    };
    assert_eq!(next["object"]["metadata"]["name"], "next", "{next}");
    drop(socket);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drafts_are_seen_by_those_who_make_them() {
    let world = World::start().await;
    let (admin, developer) = (world.of("paas-admin"), world.of("developer"));
    let mut sockets = [Socket::open(&world, "paas-admin").await, Socket::open(&world, "developer").await];
    for socket in &mut sockets {
        socket.say(json!({ "id": 1, "watch": { "kinds": ["ServiceProfile"] } })).await;
        assert_eq!(socket.hear().await["type"], "synced");
    }
    let spec = json!({ "template": { "name": "app", "version": "1.0.0" }, "compute": { "auto_create": "cpu" } });
    for name in ["secret-plan", "open-plan"] {
        let body = json!({ "metadata": { "name": name }, "spec": spec });
        admin.post(&format!("{VISION}/service-profiles"), &body).await.expect(201);
    }
    let of = |name: &str| format!("{VISION}/service-profiles/{name}");
    developer.get(&of("secret-plan")).await.problem(404, "not_found");
    developer.get(&format!("{}/revisions", of("secret-plan"))).await.problem(404, "not_found");
    let listed = async |query: &str| {
        let list = developer.get(&format!("{query}limit=500")).await.expect(200).json();
        let names = list["items"].as_array().unwrap().iter().map(|i| i["metadata"]["name"].as_str().unwrap().to_owned());
        (names.filter(|n| n.ends_with("-plan")).collect::<Vec<_>>(), list["total"].as_u64().unwrap())
    };
    assert_eq!(listed(&format!("{VISION}/service-profiles?")).await, (Vec::new(), 3));
    assert_eq!(listed("/api/v1/service-profiles?").await, (Vec::new(), 3));
    admin.delete(&of("secret-plan")).await.expect(204);
    admin.post(&format!("{}/publish", of("open-plan")), &json!({})).await.expect(200);
    assert_eq!(listed("/api/v1/service-profiles?").await.0, ["open-plan"]);
    developer.get(&of("open-plan")).await.expect(200);
    let [maker, looker] = &mut sockets;
    maker.hear_of("added", "secret-plan").await;
    maker.hear_of("deleted", "secret-plan").await;
    let first = looker.hear().await;
    assert_eq!(first["object"]["metadata"]["name"], "open-plan", "{first}");
    drop(sockets);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rights_that_are_taken_silence_a_watch() {
    let world = World::start().await;
    let root = world.of("root");
    let mut socket = Socket::open(&world, "developer").await;
    socket.say(json!({ "id": 1, "watch": { "kinds": ["Project"] } })).await;
    assert_eq!(socket.hear().await["type"], "synced");
    let rename = async |project: &str, title: &str| {
        let body = json!({ "metadata": { "name": project, "display_name": title }, "spec": {} });
        root.put(&format!("/api/v1/orgs/acme/projects/{project}"), &body).await.expect(200);
    };
    rename("vision", "Heard").await;
    assert_eq!(socket.hear().await["object"]["metadata"]["display_name"], "Heard");
    root.delete(&format!("{VISION}/role-bindings/developer")).await.expect(204);
    rename("vision", "Not heard").await;
    let binding = json!({ "metadata": { "name": "developer" }, "spec": { "user": "developer", "role": "developer" } });
    root.post("/api/v1/orgs/acme/projects/speech/role-bindings", &binding).await.expect(201);
    rename("speech", "Heard again").await;
    let next = socket.hear().await;
    assert_eq!(next["object"]["metadata"]["display_name"], "Heard again", "{next}");
    drop(socket);
    world.finish().await;
}
