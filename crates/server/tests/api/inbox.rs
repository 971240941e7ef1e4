//! What people are told, when and by whom; and what the console remembers for them.

use crate::watch::Socket;
use crate::{RESEARCH, VISION};
use serde_json::{Value as Json, json};
use warpyard_model::kinds::Phase;
use warpyard_provider::fake::{Call, Failure};
use warpyard_testkit::World;

const INBOX: &str = "/api/v1/me/notifications";
const PREFERENCES: &str = "/api/v1/me/preferences";

/// What somebody was told, newest first.
async fn told(world: &World, who: &str) -> Vec<(String, String)> {
    let page = world.of(who).get(INBOX).await.expect(200).json();
    let text = |n: &Json, key: &str| n[key].as_str().unwrap().to_owned();
    page["items"].as_array().unwrap().iter().map(|n| (text(n, "kind"), text(n, "title"))).collect()
}

fn is(kind: &str, title: &str) -> (String, String) {
    (kind.to_owned(), title.to_owned())
}

async fn invite(world: &World, user: &str, role: &str) {
    let binding = json!({ "metadata": { "name": user }, "spec": { "user": user, "role": role } });
    world.of("root").post(&format!("{RESEARCH}/role-bindings"), &binding).await.expect(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn owners_hear_how_their_launches_end() {
    let world = World::start().await;
    let owner = "workspace-collaborator";
    let mut socket = Socket::open(&world, owner).await;
    socket.say(json!({ "id": 2, "watch": { "notifications": true } })).await;
    assert_eq!(socket.hear().await["type"], "synced");
    let before = told(&world, owner).await.len();

    world.launch("app", "nb").await;
    world.until_phase("nb", Phase::Running).await;
    let heard = socket.hear().await;
    assert_eq!((heard["id"].as_i64(), heard["type"].as_str()), (Some(2), Some("notification")));
    let notification = &heard["notification"];
    assert_eq!((notification["kind"].as_str(), notification["read"].as_bool()), (Some("launch_finished"), Some(false)));
    let link = json!({ "org": "acme", "project": "vision", "workspace": "research", "kind": "ServiceInstance", "name": "nb" });
    assert_eq!(notification["link"], link);

    let broken =
        Failure { retryable: false, message: "the command is not there".to_owned(), ..Failure::once(Call::ApplyService) };
    world.provider.fail(broken);
    world.launch("app", "broken").await;
    world.until_phase("broken", Phase::Failed).await;
    let heard = socket.hear().await;
    assert_eq!(heard["notification"]["kind"], "launch_failed");
    assert_eq!(heard["notification"]["body"], "the command is not there");

    // Of the compute that came along nothing is told, and nobody else is told anything.
    let mine = told(&world, owner).await;
    assert_eq!(mine.len(), before + 2, "{mine:?}");
    assert_eq!(mine[..2], [is("launch_failed", "broken has failed"), is("launch_finished", "nb is ready")]);
    assert!(!told(&world, "workspace-admin").await.iter().any(|(kind, _)| kind.starts_with("launch")));

    // What was told once is not told again when it is changed, and a new start is told of.
    world.operate("nb", "stop").await;
    world.until_phase("nb", Phase::Stopped).await;
    world.operate("nb", "start").await;
    world.until_phase("nb", Phase::Running).await;
    assert_eq!(told(&world, owner).await.len(), before + 3);
    drop(socket);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_job_is_told_of_when_it_ends() {
    let world = World::start().await;
    world.launch("job", "night").await;
    let uid = world.until_phase("night", Phase::Running).await.metadata.uid;
    world.provider.end(&uid, 0);
    world.until_phase("night", Phase::Succeeded).await;
    let mine = told(&world, "workspace-collaborator").await;
    let about: Vec<_> = mine.iter().filter(|(kind, _)| kind.starts_with("launch")).collect();
    assert_eq!(about, [&is("launch_finished", "night has finished")]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_told_where_they_were_invited() {
    let world = World::start().await;
    let named = json!({ "metadata": { "name": "root", "display_name": "Rosa Root" }, "spec": { "email": "root@example.com" } });
    let root = world.of("root").get("/api/v1/users/root").await.expect(200).json();
    let named = json!({ "metadata": named["metadata"], "spec": root["spec"] });
    world.of("root").put("/api/v1/users/root", &named).await.expect(200);
    invite(&world, "colleague", "workspace_reader").await;
    let mine = told(&world, "colleague").await;
    assert_eq!(mine[0], is("invited", "Rosa Root invited you to the workspace research"));
    // Whoever makes a workspace is its admin without being told so.
    let before = told(&world, "developer").await;
    let workspace = json!({ "metadata": { "name": "own" }, "spec": {} });
    world.of("developer").post(&format!("{VISION}/workspaces"), &workspace).await.expect(201);
    assert_eq!(told(&world, "developer").await, before);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notifications_are_read_page_by_page_and_by_their_person_alone() {
    let world = World::start().await;
    invite(&world, "colleague", "workspace_reader").await;
    invite(&world, "stranger", "workspace_reader").await;
    let me = world.of("colleague");
    let all = me.get(INBOX).await.expect(200).json();
    let (items, unread) = (all["items"].as_array().unwrap(), all["unread"].as_i64().unwrap());
    assert_eq!(items.len(), 2, "to the project, and to the workspace");
    assert_eq!(unread, 2);
    let first = me.get(&format!("{INBOX}?limit=1")).await.expect(200).json();
    assert_eq!(first["items"][0]["id"], items[0]["id"]);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = me.get(&format!("{INBOX}?limit=1&cursor={cursor}")).await.expect(200).json();
    assert_eq!(second["items"][0]["id"], items[1]["id"]);

    let ids = json!({ "ids": [items[0]["id"]] });
    // Somebody else cannot mark them.
    world.of("stranger").post(&format!("{INBOX}/read"), &ids).await.expect(204);
    assert_eq!(me.get(INBOX).await.expect(200).json()["unread"], 2);
    me.post(&format!("{INBOX}/read"), &ids).await.expect(204);
    let left = me.get(&format!("{INBOX}?unread=true")).await.expect(200).json();
    assert_eq!((left["items"].as_array().unwrap().len(), left["unread"].as_i64()), (1, Some(1)));
    me.post(&format!("{INBOX}/read"), &json!({})).await.expect(204);
    assert_eq!(me.get(INBOX).await.expect(200).json()["unread"], 0);
    me.post(&format!("{INBOX}/read"), &json!({ "ids": ["x"] })).await.problem(422, "invalid");
    me.get(&format!("{INBOX}?cursor=x")).await.problem(422, "invalid");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_console_remembers_one_object_per_person() {
    let world = World::start().await;
    let (me, other) = (world.of("developer"), world.of("colleague"));
    assert_eq!(me.get(PREFERENCES).await.expect(200).json(), json!({}));
    let mine = json!({ "favourites": ["jupyterlab"], "answers": { "jupyterlab": { "title": "x" } } });
    assert_eq!(me.put(PREFERENCES, &mine).await.expect(200).json(), mine);
    assert_eq!(me.get(PREFERENCES).await.expect(200).json(), mine);
    assert_eq!(other.get(PREFERENCES).await.expect(200).json(), json!({}));
    me.put(PREFERENCES, &json!([1])).await.problem(422, "invalid");
    me.put(PREFERENCES, &json!({ "answers": "x".repeat(64 << 10) })).await.problem(413, "too_large");
    assert_eq!(me.get(PREFERENCES).await.expect(200).json(), mine, "what was refused changed nothing");
    world.finish().await;
}
