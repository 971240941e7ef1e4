//! Handing instances over and opening endpoints to others; what a workspace's people see of it.

use crate::RESEARCH;
use hyper::Method;
use serde_json::{Value as Json, json};
use warpyard_model::kinds::Phase;
use warpyard_testkit::{Http, World};

const NOTEBOOK: &str = "/api/v1/orgs/acme/projects/vision/workspaces/research/service-instances/nb";
/// Whoever launches in the world.
const OWNER: &str = "workspace-collaborator";

/// A world in which a notebook runs, whose endpoint may be opened to the workspace.
async fn world() -> World {
    let world = World::start().await;
    world.launch("app", "nb").await;
    world.until_phase("nb", Phase::Running).await;
    world
}

async fn share(who: &Http, access: &Json) -> warpyard_testkit::Reply {
    let mut object = who.get(NOTEBOOK).await.expect(200).json();
    object["spec"]["access"] = access.clone();
    who.put(NOTEBOOK, &object).await
}

/// Whether somebody gets into the notebook.
async fn opens(world: &World, who: &str) -> bool {
    let session = world.session(who).await;
    let reply = session.post(&format!("{NOTEBOOK}/endpoints/web/open"), &json!({})).await;
    assert!([200, 403, 404].contains(&reply.status.as_u16()), "{}", reply.text());
    reply.status == 200
}

/// What somebody was told of things that changed hands, newest first.
async fn handed(world: &World, who: &str) -> Vec<String> {
    let inbox = world.of(who).get("/api/v1/me/notifications").await.expect(200).json();
    let about = inbox["items"].as_array().unwrap().iter().filter(|n| n["kind"] == "transferred");
    about.map(|n| n["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn owners_open_their_endpoints_as_far_as_the_template_goes() {
    let world = world().await;
    let owner = world.of(OWNER);
    assert!(opens(&world, OWNER).await);
    assert!(!opens(&world, "workspace-admin").await, "nobody opens a notebook by a role");
    // Whoever may change it must not let themselves in.
    share(world.of("workspace-admin"), &json!({ "web": "workspace" })).await.problem(403, "forbidden");
    share(owner, &json!({ "web": "project" })).await.problem(422, "invalid");
    share(owner, &json!({ "nothing": "workspace" })).await.problem(422, "invalid");
    share(owner, &json!({ "web": "workspace" })).await.expect(200);
    assert!(opens(&world, "workspace-admin").await, "at once, whatever its status says yet");
    assert!(!opens(&world, "colleague").await, "the project is not the workspace");
    let told = world.until_some("its status tells", || async {
        let service = world.service("nb").await?;
        service.status.endpoints.into_iter().find(|e| e.access.as_str() == "workspace")
    });
    let endpoint = told.await;
    assert_eq!((endpoint.usual.as_str(), endpoint.share.as_str()), ("owner", "workspace"));
    // Opening it wider does not start it again.
    let uid = world.service("nb").await.unwrap().metadata.uid;
    world.until_phase("nb", Phase::Running).await;
    assert_eq!(world.provider.starts(&uid), 1);
    // Anybody who may change it may close it.
    share(world.of("workspace-admin"), &json!({})).await.expect(200);
    assert!(!opens(&world, "workspace-admin").await);
    // Whoever follows an old link is told so on a page, not in JSON.
    let app = format!("/open/web--{}", world.service("nb").await.unwrap().metadata.short_id());
    let session = world.session("workspace-admin").await;
    let page = session.request(Method::GET, &app).header("sec-fetch-mode", "navigate").send().await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (403, "text/html; charset=utf-8"), "{}", page.text());
    assert!(page.text().contains("You may not open this app") && page.text().contains("Back to the console"));
    session.get(&app).await.problem(403, "forbidden");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances_go_to_who_may_launch_there() {
    let world = world().await;
    let transfer = |who: &'static str, to: &'static str| {
        let world = &world;
        async move { world.of(who).post(&format!("{NOTEBOOK}/transfer"), &json!({ "owner": to })).await }
    };
    transfer(OWNER, "nobody-at-all").await.problem(422, "invalid");
    transfer(OWNER, "colleague").await.problem(422, "invalid");
    transfer("workspace-reader", "workspace-admin").await.problem(403, "forbidden");
    transfer("stranger", "stranger").await.problem(404, "not_found");
    // Whom the former owner let in is not kept.
    share(world.of(OWNER), &json!({ "web": "workspace" })).await.expect(200);
    let moved = transfer(OWNER, "workspace-admin").await.expect(200).json();
    assert_eq!((&moved["spec"]["owner"], &moved["spec"]["access"]), (&json!("workspace-admin"), &Json::Null));
    let compute = world.compute("nb").await.unwrap();
    assert_eq!(compute.spec.owner.unwrap().as_str(), "workspace-admin", "its compute goes along");
    assert!(opens(&world, "workspace-admin").await && !opens(&world, OWNER).await);
    assert_eq!(handed(&world, "workspace-admin").await, ["workspace-collaborator handed nb over to you"]);
    // Another collaborator has no say in it; an admin of the workspace has, and the former owner is told.
    transfer(OWNER, OWNER).await.problem(403, "forbidden");
    transfer("project-admin", OWNER).await.expect(200);
    assert_eq!(handed(&world, "workspace-admin").await[0], "project-admin took nb over from you");
    // What has ended stays ended.
    let uid = world.until_phase("nb", Phase::Running).await.metadata.uid;
    world.provider.end(&uid, 3);
    world.until_phase("nb", Phase::Failed).await;
    transfer(OWNER, "workspace-admin").await.expect(200);
    let still = world.service("nb").await.unwrap();
    assert_eq!((still.status.phase, still.status.observed_generation), (Phase::Failed, still.metadata.generation));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workspace_tells_what_people_did_in_it() {
    let world = world().await;
    let binding = json!({ "metadata": { "name": "colleague" }, "spec": { "user": "colleague", "role": "workspace_reader" } });
    world.of("workspace-admin").post(&format!("{RESEARCH}/role-bindings"), &binding).await.expect(201);
    let mut workspace = world.of("workspace-admin").get(RESEARCH).await.expect(200).json();
    workspace["spec"]["notes"] = json!("Use **nb** for the talk.");
    world.of("workspace-admin").put(RESEARCH, &workspace).await.expect(200);
    world.operate("nb", "stop").await;
    let activity = |query: &'static str| {
        let path = format!("{RESEARCH}/activity{query}");
        let world = &world;
        async move { world.of("colleague").get(&path).await.expect(200).json() }
    };
    let page = activity("").await;
    let told: Vec<(&str, &str, &str)> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e["kind"] != "ComputeInstance")
        .map(|e| (e["actor"].as_str().unwrap(), e["what"].as_str().unwrap(), e["name"].as_str().unwrap()))
        .take(4)
        .collect();
    let expected = [
        (OWNER, "stopped", "nb"),
        ("workspace-admin", "changed the notes of", "research"),
        ("workspace-admin", "invited", "colleague"),
        (OWNER, "launched", "nb"),
    ];
    assert_eq!(told, expected);
    assert!(!page.to_string().contains("for the talk"), "no values: {page}");
    let first = activity("?limit=1").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = world.of("colleague").get(&format!("{RESEARCH}/activity?limit=1&cursor={cursor}")).await.expect(200).json();
    assert_eq!(second["items"][0], page["items"][1]);
    world.of("stranger").get(&format!("{RESEARCH}/activity")).await.problem(404, "not_found");
    world.finish().await;
}
