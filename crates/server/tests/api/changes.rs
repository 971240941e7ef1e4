//! Changing instances and moving them between versions: plans, what they touch, who learns what, deadlines.

use crate::{RESEARCH, VISION};
use serde_json::{Value as Json, json};
use warpyard_model::kinds::Phase;
use warpyard_testkit::World;

const MINE: &str = "workspace-collaborator";

fn service(name: &str) -> String {
    format!("{RESEARCH}/service-instances/{name}")
}

fn compute(name: &str) -> String {
    format!("{RESEARCH}/compute-instances/{name}")
}

async fn edit(world: &World, profile: &str, change: impl FnOnce(&mut Json)) -> String {
    let path = format!("{VISION}/{profile}");
    let mut object = world.of("paas-admin").get(&path).await.expect(200).json();
    change(&mut object["spec"]);
    world.of("paas-admin").put(&path, &object).await.expect(200);
    path
}

async fn publish(world: &World, profile: &str, change: impl FnOnce(&mut Json)) -> i64 {
    let path = edit(world, profile, change).await;
    let published = world.of("paas-admin").post(&format!("{path}/publish"), &json!({ "note": "newer" })).await.expect(200).json();
    published["metadata"]["generation"].as_i64().unwrap()
}

async fn plan(world: &World, item: &str, body: &Json) -> Json {
    world.of(MINE).post(&format!("{item}/change-plan"), body).await.expect(200).json()
}

async fn change(world: &World, item: &str, mut body: Json, action: &str) -> Json {
    body["plan_action"] = json!(action);
    world.of(MINE).post(&format!("{item}/change"), &body).await.expect(200).json()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inputs_change_by_restart_and_nothing_else_does() {
    let world = World::start().await;
    world.launch("app", "nb").await;
    let uid = world.until_phase("nb", Phase::Running).await.metadata.uid;
    let item = service("nb");
    let none = plan(&world, &item, &json!({})).await;
    assert_eq!((&none["action"], &none["changes"]), (&json!("none"), &json!([])));
    let title = json!({ "inputs": { "title": "Second" } });
    let restart = plan(&world, &item, &title).await;
    assert_eq!(restart["action"], "restart");
    assert_eq!(restart["changes"], json!([{ "path": "inputs.title", "before": "Untitled", "after": "Second" }]));
    // What is sensitive is changed, and not shown.
    let secret = plan(&world, &item, &json!({ "inputs": { "password": "hunter2" } })).await;
    assert_eq!(secret["changes"], json!([{ "path": "inputs.password", "after": "•••" }]));
    let wrong = plan(&world, &item, &json!({ "inputs": { "title": "far too long to be a title", "credentials": "x" } })).await;
    assert_eq!(wrong["action"], "invalid");
    let paths: Vec<&str> = wrong["errors"].as_array().unwrap().iter().map(|e| e["path"].as_str().unwrap()).collect();
    assert!(paths.contains(&"inputs.title") && paths.contains(&"inputs.credentials"), "{wrong}");

    let path = format!("{item}/change");
    let mut other = title.clone();
    other["plan_action"] = json!("in_place");
    world.of(MINE).post(&path, &other).await.problem(409, "conflict");
    world.of("workspace-reader").post(&path, &other).await.problem(403, "forbidden");
    world.of("stranger").post(&path, &other).await.problem(404, "not_found");
    assert_eq!(world.provider.starts(&uid), 1, "nothing was changed yet");
    change(&world, &item, title, "restart").await;
    world
        .until("it runs with the new title", || async {
            world.provider.desired(&uid).is_some_and(|d| d.command == ["app", "Second"])
        })
        .await;
    world.until_phase("nb", Phase::Running).await;
    assert_eq!(world.provider.starts(&uid), 2);
    change(&world, &item, json!({ "inputs": { "password": "hunter2" } }), "restart").await;
    world
        .until("the password is there", || async {
            world.provider.desired(&uid).is_some_and(|d| d.environment["PASSWORD"] == "hunter2")
        })
        .await;
    // It stays although nobody sends it again.
    change(&world, &item, json!({ "inputs": { "title": "Third" } }), "restart").await;
    world
        .until("both are there", || async {
            world.provider.desired(&uid).is_some_and(|d| d.environment["PASSWORD"] == "hunter2" && d.command == ["app", "Third"])
        })
        .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_touches_what_it_must() {
    let world = World::start().await;
    world.launch("app", "nb").await;
    let uid = world.until_phase("nb", Phase::Running).await.metadata.uid;
    let item = service("nb");
    // Other words on the card: nothing that runs is touched, and people are told.
    let words = publish(&world, "service-profiles/app", |spec| spec["card"]["category"] = json!("Notebooks")).await;
    let told = world.until_some("the update is told", || async { world.service("nb").await.and_then(|s| s.status.update) }).await;
    assert_eq!((told.generation, told.number, told.note.as_str()), (words, 2, "newer"));
    let upgrade = json!({ "generation": words });
    let in_place = plan(&world, &item, &upgrade).await;
    assert_eq!((&in_place["action"], &in_place["to"]), (&json!("in_place"), &json!({ "generation": words, "number": 2 })));
    let changed = change(&world, &item, upgrade, "in_place").await;
    assert_eq!((&changed["spec"]["profile"]["generation"], &changed["status"]["update"]), (&json!(words), &Json::Null));
    world.until_phase("nb", Phase::Running).await;
    assert_eq!(world.provider.starts(&uid), 1, "no process was touched");

    // A value that is fixed now: it restarts.
    let fixed = publish(&world, "service-profiles/app", |spec| {
        spec["inputs"] = json!([{ "name": "title", "override": "locked", "value": "Fixed" }]);
    })
    .await;
    let stale = world.of(MINE).post(&format!("{item}/change-plan"), &json!({ "generation": 1 })).await.expect(200).json();
    assert_eq!((&stale["action"], &stale["errors"][0]["path"]), (&json!("invalid"), &json!("generation")));
    change(&world, &item, json!({ "generation": fixed }), "restart").await;
    world
        .until("it runs with the fixed title", || async {
            world.provider.desired(&uid).is_some_and(|d| d.command == ["app", "Fixed"])
        })
        .await;
    assert_eq!(world.provider.starts(&uid), 2);
    // Stopped, an upgrade starts nothing.
    world.until_phase("nb", Phase::Running).await;
    world.operate("nb", "stop").await;
    world.until_phase("nb", Phase::Stopped).await;
    let free = publish(&world, "service-profiles/app", |spec| spec["inputs"] = json!([])).await;
    change(&world, &item, json!({ "generation": free }), "in_place").await;
    world.until_phase("nb", Phase::Stopped).await;
    assert_eq!(world.provider.starts(&uid), 2);
    world.operate("nb", "start").await;
    world.until_phase("nb", Phase::Running).await;
    assert_eq!(world.provider.starts(&uid), 3);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_size_is_another_allocation() {
    let world = World::start().await;
    world.launch("trainer", "net").await;
    let service = world.until_phase("net", Phase::Running).await;
    let uid = service.metadata.uid.clone();
    let bigger =
        publish(&world, "compute-profiles/gpu", |spec| spec["size"]["gpu"]["count"] = json!("{{ inputs.gpus + 1 }}")).await;
    let item = compute("net");
    let upgrade = json!({ "generation": bigger });
    let replace = plan(&world, &item, &upgrade).await;
    assert_eq!((&replace["action"], &replace["restarts"]), (&json!("replace"), &json!(["net"])));
    assert_eq!(replace["changes"], json!([{ "path": "size.gpu_count", "before": 1, "after": 2 }]));
    assert_eq!(replace["capacity"]["state"], "available");
    change(&world, &item, upgrade, "replace").await;
    world
        .until("it holds two", || async {
            world.compute("net").await.is_some_and(|c| c.status.allocation.is_some_and(|a| a.gpus.len() == 2))
        })
        .await;
    world.until_phase("net", Phase::Running).await;
    assert_eq!(world.provider.starts(&uid), 2);
    assert_eq!(world.provider.desired(&uid).unwrap().allocation.gpus.len(), 2);
    assert_eq!(world.controller.held("local").await.unwrap().len(), 1, "the old allocation was given back");
    assert!(!world.compute("net").await.unwrap().status.replacing);
    // What fits nowhere is refused before anything is given back.
    let never = publish(&world, "compute-profiles/gpu", |spec| spec["size"]["gpu"]["count"] = json!(64)).await;
    let refused = plan(&world, &item, &json!({ "generation": never })).await;
    assert_eq!((&refused["action"], &refused["errors"][0]["path"]), (&json!("invalid"), &json!("size")));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn options_in_use_are_redirected_never_yanked() {
    let world = World::start().await;
    let choices = |values: &[&str]| json!(values.iter().map(|v| json!({ "value": v })).collect::<Vec<_>>());
    publish(&world, "service-profiles/app", |spec| {
        spec["inputs"] = json!([{ "name": "title", "value": "small", "choices": choices(&["small", "large"]) }]);
    })
    .await;
    let body = json!({ "metadata": { "name": "nb" }, "spec": { "profile": { "name": "app" }, "inputs": { "title": "large" } } });
    world.of(MINE).post(&format!("{RESEARCH}/service-instances"), &body).await.expect(201);
    let uid = world.until_phase("nb", Phase::Running).await.metadata.uid;
    let rule = json!({ "name": "title", "value": "small", "choices": choices(&["small"]) });
    let path = edit(&world, "service-profiles/app", |spec| spec["inputs"] = json!([rule.clone()])).await;
    let admin = world.of("paas-admin");

    // The fleet plan tells a PaaS admin, who may not view instances, that one would break, and not whose.
    let fleet = admin.post(&format!("{path}/fleet-plan"), &json!({})).await.expect(200).json();
    let entry = &fleet["instances"][0];
    assert_eq!((&entry["action"], &entry["hidden"], &entry["number"]), (&json!("invalid"), &json!(true), &json!(2)));
    for field in ["name", "workspace", "owner"] {
        assert_eq!(entry[field], Json::Null, "{entry}");
    }
    assert_eq!(entry["errors"][0]["path"], "inputs.title");
    assert!(!fleet.to_string().contains("large"), "a hidden instance's values are in {fleet}");
    assert_eq!(fleet["totals"]["by_action"], json!({ "invalid": 1 }));
    let open = world.of("org-admin").post(&format!("{path}/fleet-plan"), &json!({})).await.expect(200).json();
    assert_eq!((&open["instances"][0]["name"], &open["instances"][0]["hidden"]), (&json!("nb"), &json!(false)));
    world.of("developer").post(&format!("{path}/fleet-plan"), &json!({})).await.problem(403, "forbidden");

    let refused = admin.post(&format!("{path}/publish"), &json!({})).await;
    refused.problem(409, "conflict");
    assert_eq!(refused.error_paths(), ["spec.inputs.0.choices"]);
    let mut redirected = rule.clone();
    redirected["redirects"] = json!([{ "from": "large", "to": "medium" }]);
    let mut profile = admin.get(&path).await.expect(200).json();
    profile["spec"]["inputs"] = json!([redirected]);
    let nowhere = admin.put(&path, &profile).await;
    nowhere.problem(422, "invalid");
    assert_eq!(nowhere.error_paths(), ["spec.inputs.0.redirects.0.to"]);
    profile["spec"]["inputs"][0]["redirects"][0]["to"] = json!("small");
    admin.put(&path, &profile).await.expect(200);
    // A draft that is not stored can be asked about as well.
    let asked = json!({ "spec": profile["spec"] });
    let fleet = admin.post(&format!("{path}/fleet-plan"), &asked).await.expect(200).json();
    assert_eq!(fleet["totals"]["by_action"], json!({ "restart": 1 }));

    // With a deadline, whoever does nothing is moved.
    let deadline = world.server.store.now().plus_seconds(3_600);
    let body = json!({ "note": "one size", "upgrade_by": deadline });
    admin.post(&format!("{path}/publish"), &body).await.expect(200);
    let told =
        world.until_some("the deadline is told", || async { world.service("nb").await.and_then(|s| s.status.update) }).await;
    assert_eq!(told.upgrade_by, Some(deadline));
    assert_eq!(world.provider.starts(&uid), 1);
    world.clock.advance(3_601);
    // Any word about the version makes the controllers look; without one they do so by themselves twice a minute.
    let version = format!("{path}/versions/{}", told.generation);
    admin.put(&version, &json!({ "state": "published", "note": "one size for all" })).await.expect(200);
    world.until("it was moved", || async { world.provider.desired(&uid).is_some_and(|d| d.command == ["app", "small"]) }).await;
    let moved = world.until_phase("nb", Phase::Running).await;
    assert_eq!((moved.spec.profile.generation, moved.status.update), (Some(told.generation), None));
    let events = world.of(MINE).get(&format!("{}/events", service("nb"))).await.expect(200).json();
    assert!(events["items"].as_array().unwrap().iter().any(|e| e["reason"] == "Moved"), "{events}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_shows_everything_but_secrets() {
    let world = World::start().await;
    let admin = world.of("paas-admin");
    let path = format!("{VISION}/service-profiles/app");
    let values = json!({ "values": { "inputs": { "title": "Mine", "password": "hunter2" } } });
    let rendered = admin.post(&format!("{path}/render"), &values).await.expect(200).json();
    let documents = rendered["documents"].as_array().unwrap();
    let titles: Vec<&str> = documents.iter().map(|d| d["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Allocation", "Process"]);
    let process = documents[1]["text"].as_str().unwrap();
    assert!(process.contains("Mine") && process.contains("•••") && !process.contains("hunter2"), "{process}");
    let spec = admin.get(&path).await.expect(200).json()["spec"].clone();
    let mut draft = json!({ "draft": { "spec": spec }, "values": { "inputs": { "title": "a title that is much too long" } } });
    let collection = format!("{VISION}/service-profiles/render");
    let wrong = admin.post(&collection, &draft).await;
    wrong.problem(422, "invalid");
    assert_eq!(wrong.error_paths(), ["inputs.title"]);
    draft["values"] = json!({});
    admin.post(&collection, &draft).await.expect(200);
    world.of("developer").post(&collection, &draft).await.problem(403, "forbidden");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_cannot_be_moved_is_told_once() {
    let world = World::start().await;
    world.launch("app", "nb").await;
    world.until_phase("nb", Phase::Running).await;
    // Another version that needs what nobody has said yet.
    let admin = world.of("paas-admin");
    let path = edit(&world, "service-profiles/app", |spec| {
        spec["inputs"] = json!([{ "name": "password", "required": true }]);
    })
    .await;
    let deadline = world.server.store.now().plus_seconds(3_600);
    let published = admin.post(&format!("{path}/publish"), &json!({ "upgrade_by": deadline })).await.expect(200).json();
    let version = format!("{path}/versions/{}", published["metadata"]["generation"]);
    let told = async || {
        let inbox = world.of(MINE).get("/api/v1/me/notifications").await.expect(200).json();
        let about = inbox["items"].as_array().unwrap().iter().filter(|n| n["link"]["name"] == "nb");
        let kinds: Vec<String> = about.clone().map(|n| n["kind"].as_str().unwrap().to_owned()).collect();
        (kinds, about.map(|n| format!("{}: {}", n["title"], n["body"])).next().unwrap_or_default())
    };
    world.until("the update is told", || async { told().await.0.first().is_some_and(|kind| kind == "update_available") }).await;
    world.clock.advance(3_601);
    for note in ["now", "and again"] {
        // Any word about the version makes the controllers look.
        admin.put(&version, &json!({ "state": "published", "note": note })).await.expect(200);
        world
            .until("the note and the problem are written down", || async {
                let update = world.service("nb").await.and_then(|s| s.status.update);
                update.is_some_and(|u| u.note == note && !u.problem.is_empty())
            })
            .await;
    }
    let (kinds, text) = told().await;
    assert_eq!(kinds, ["move_failed", "update_available", "launch_finished"]);
    assert!(text.contains("nb could not be moved to version 2 of its profile") && text.contains("inputs.password"), "{text}");
    let events = world.of(MINE).get(&format!("{}/events", service("nb"))).await.expect(200).json();
    assert!(events["items"].as_array().unwrap().iter().any(|e| e["reason"] == "UpdateImpossible"), "{events}");
    world.finish().await;
}
