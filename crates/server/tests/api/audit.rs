//! The trail over HTTP: what is refused is told without a flood, filters, pages, exports and the check.

use crate::{RESEARCH, VISION};
use serde_json::{Value as Json, json};
use warpyard_testkit::{Http, World};

async fn entries(who: &Http, query: &str) -> Vec<Json> {
    let page = who.get(&format!("/api/v1/audit-entries?{query}")).await.expect(200).json();
    page["items"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_are_told_once_and_where_they_belong() {
    let world = World::start().await;
    let (root, reader, stranger) = (world.of("root"), world.of("workspace-reader"), world.of("stranger"));
    let launch = json!({ "metadata": { "name": "nb" }, "spec": { "profile": { "name": "app" } } });
    for _ in 0..5 {
        reader.post(&format!("{RESEARCH}/service-instances"), &launch).await.problem(403, "forbidden");
    }
    // A stranger is told that there is nothing; the trail tells that they tried.
    stranger.delete(&format!("{VISION}/service-profiles/app")).await.problem(404, "not_found");
    // What really is not there is a mistake and no refusal, and no place that is not there begins a chain.
    root.delete(&format!("{VISION}/service-profiles/nothing")).await.problem(404, "not_found");
    stranger.delete("/api/v1/orgs/nowhere/groups/x").await.problem(404, "not_found");

    let denied = entries(root, "org=acme&outcome=denied").await;
    let told: Vec<_> =
        denied.iter().map(|e| [&e["actor"], &e["action"], &e["kind"], &e["object"]].map(|v| v.as_str().unwrap())).collect();
    assert_eq!(
        told,
        [
            ["stranger", "service_profile.delete", "ServiceProfile", "/acme/vision/app"],
            ["workspace-reader", "service_instance.create", "ServiceInstance", "/acme/vision/research"],
        ]
    );
    assert_eq!(denied[1]["after"], json!({ "method": "POST", "status": 403 }));
    assert!(denied[1]["address"].as_str().is_some_and(|a| a == "127.0.0.1"));
    assert!(entries(root, "outcome=denied").await.is_empty());

    // A sign-in that fails is told of, with what was typed as the mail address and without the password.
    let wrong = json!({ "email": "developer@example.com", "password": "not the password" });
    world.nobody().post("/api/v1/session", &wrong).await.problem(401, "unauthenticated");
    let invited = json!({ "token": "made-up", "password": "a good long password" });
    world.nobody().post("/api/v1/session/link", &invited).await.problem(401, "unauthenticated");
    let failed = entries(root, "outcome=denied&action=session.create").await;
    assert_eq!(
        failed.iter().map(|e| e["object"].as_str().unwrap()).collect::<Vec<_>>(),
        ["sign-in link", "developer@example.com"]
    );
    assert!(!json!(failed).to_string().contains("not the password"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn launching_for_somebody_tells_for_whom() {
    let world = World::start().await;
    let launch = json!({ "metadata": { "name": "nb" }, "spec": { "profile": { "name": "app" }, "owner": "developer" } });
    world.of("root").post(&format!("{RESEARCH}/service-instances"), &launch).await.expect(201);
    let made = entries(world.of("root"), "org=acme&action=service_instance.create").await;
    assert_eq!((&made[0]["actor"], &made[0]["on_behalf_of"]), (&json!("root"), &json!("developer")));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_trail_is_filtered_paged_exported_and_checked() {
    let world = World::start().await;
    let root = world.of("root");
    for i in 0..7 {
        let group = json!({ "metadata": { "name": format!("g{i}") }, "spec": { "members": [] } });
        root.post("/api/v1/orgs/acme/groups", &group).await.expect(201);
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = root.get(&format!("/api/v1/audit-entries?org=acme&kind=Group&limit=3{cursor}")).await.expect(200).json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|e| e["object"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, (0..7).rev().map(|i| format!("/acme/g{i}")).collect::<Vec<_>>());
    root.get("/api/v1/audit-entries?kind=Nonsense").await.problem(422, "invalid");
    root.get("/api/v1/audit-entries?from=yesterday").await.problem(422, "invalid");
    root.get("/api/v1/audit-entries?cursor=x").await.problem(422, "invalid");
    assert!(entries(root, "org=acme&kind=group&to=2001-01-01T00:00:00Z").await.is_empty());

    world.test_store.controller().sign_checkpoints().await.unwrap();
    let export = root.get("/api/v1/audit-entries/export?org=acme").await.expect(200).text();
    let lines: Vec<Json> = export.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let exported: Vec<i64> = lines.iter().filter_map(|l| l["sequence"].as_i64()).collect();
    assert_eq!(exported, (1..=i64::try_from(exported.len()).unwrap()).collect::<Vec<_>>());
    let signed = lines.iter().find(|l| l.get("checkpoint").is_some()).unwrap();
    assert_eq!(signed["checkpoint"]["sequence"], json!(exported.len() - 1), "the export itself came after");
    let csv = root.get("/api/v1/audit-entries/export?org=acme&kind=Group&format=csv").await.expect(200).text();
    assert_eq!(csv.lines().count(), 8, "{csv}");
    assert!(csv.starts_with("sequence,at,org,actor,"));

    let check = root.get("/api/v1/audit-entries/verify?org=acme").await.expect(200).json();
    assert_eq!((&check["intact"], &check["checkpoints"], &check["first"]), (&json!(true), &json!(1), &json!(1)), "{check}");
    let checkpoints = root.get("/api/v1/audit-entries/checkpoints?org=acme").await.expect(200).json();
    assert_eq!(checkpoints["items"].as_array().unwrap().len(), 1);
    world.finish().await;
}
