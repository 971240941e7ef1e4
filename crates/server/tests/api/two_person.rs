//! Two-person rules over HTTP: whoever wrote it does not let it out, whichever way they try.

use crate::VISION;
use serde_json::{Value as Json, json};
use warpyard_model::permission::Role;
use warpyard_testkit::{Http, Reply, TestServer, World};

const ACME: &str = "/api/v1/orgs/acme";

fn app(verb: &str) -> String {
    format!("{VISION}/service-profiles/app{verb}")
}

async fn rules(who: &Http, publish: bool, template: bool) -> Reply {
    let mut org = who.get(ACME).await.expect(200).json();
    org["spec"]["two_person"] = json!({ "publish": publish, "template": template });
    who.put(ACME, &org).await
}

async fn edit(who: &Http, change: impl FnOnce(&mut Json)) -> Json {
    let mut profile = who.get(&app("")).await.expect(200).json();
    change(&mut profile["spec"]);
    who.put(&app(""), &profile).await.expect(200).json()
}

fn heading(text: &str) -> impl FnOnce(&mut Json) {
    let text = text.to_owned();
    move |spec| spec["inputs"] = json!([{ "name": "title", "max": null, "label": text }])
}

async fn news(who: &Http, kind: &str) -> Vec<Json> {
    let all = who.get("/api/v1/me/notifications").await.expect(200).json();
    all["items"].as_array().unwrap().iter().filter(|n| n["kind"] == kind).cloned().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_wrote_a_version_does_not_publish_it() {
    let world = World::start().await;
    let (author, admin) = (world.of("paas-admin"), world.role(Role::OrgAdmin));
    rules(admin, true, false).await.expect(200);
    edit(author, heading("First")).await;

    let refused = author.post(&app("/publish"), &json!({ "note": "A better heading" })).await;
    refused.problem(409, "approval_required");
    let told = refused.json();
    assert!(told["detail"].as_str().unwrap().contains("org-admin"), "{told}");
    let may: Vec<&str> = told["errors"].as_array().unwrap().iter().map(|e| e["message"].as_str().unwrap()).collect();
    assert!(may.contains(&"org-admin") && may.contains(&"root") && !may.contains(&"paas-admin"), "{may:?}");
    assert!(!may.contains(&"foreigner") && !may.contains(&"developer"), "{may:?}");
    author.post(&app("/publish"), &json!({ "note": "A better heading" })).await.problem(409, "approval_required");

    // It waits: nothing is published, who may decide is told once, and the trail tells that it was asked for.
    let waiting = admin.get(&app("")).await.expect(200).json();
    assert_eq!(waiting["status"]["published"]["generation"], 1);
    assert_eq!(waiting["status"]["waiting"]["by"], "paas-admin");
    assert_eq!(news(admin, "approval_needed").await.len(), 1);
    assert!(news(author, "approval_needed").await.is_empty());
    let trail = admin.get("/api/v1/audit-entries?org=acme&action=service_profile.ask_publish").await.expect(200).json();
    assert_eq!(trail["items"].as_array().unwrap().len(), 1, "{trail}");

    // What lets nothing out stays the author's: withdrawing, and what is said of old versions.
    let who = author.get(&format!("{ACME}/access/who?permission=service_profile.publish&project=vision&name=app")).await;
    who.problem(403, "forbidden");
    let who = admin.get(&format!("{ACME}/access/who?permission=service_profile.publish&project=vision&name=app")).await;
    let people = who.expect(200).json()["people"].to_string();
    assert!(people.contains("org-admin") && !people.contains("paas-admin"), "{people}");

    // Somebody else does it; the author's note counts, and the author hears of it.
    let published = admin.post(&app("/publish"), &json!({})).await.expect(200).json();
    assert_eq!((&published["status"]["published"]["by"], &published["status"]["waiting"]), (&json!("org-admin"), &Json::Null));
    assert_eq!(published["status"]["versions"][1]["note"], "A better heading");
    assert_eq!(news(author, "approval_given").await.len(), 1);
    author.post(&app("/publish"), &json!({ "note": "Said later" })).await.expect(200);
    author.post(&app("/withdraw"), &json!({})).await.expect(200);

    // Going back makes the one who goes back the author.
    let back = json!({ "generation": 1 });
    admin.post(&app("/rollback"), &back).await.expect(200);
    admin.post(&app("/publish"), &json!({})).await.problem(409, "approval_required");
    author.post(&app("/publish"), &json!({})).await.expect(200);

    // A file is a draft like any other.
    let file = json!({
        "apiVersion": "warpyard.io/v1", "kind": "ServiceProfile", "metadata": { "org": "acme", "project": "vision", "name": "app" },
        "spec": { "template": { "name": "app", "version": "1.0.0" }, "compute": { "auto_create": "gpu" } },
        "status": { "published": { "generation": 9, "at": "2026-01-01T00:00:00Z", "by": "root" } }
    });
    author.apply("", &file.to_string()).await.expect(200);
    let applied = author.get(&app("")).await.expect(200).json();
    assert_ne!(applied["metadata"]["generation"], applied["status"]["published"]["generation"]);
    author.post(&app("/publish"), &json!({})).await.problem(409, "approval_required");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn offering_to_more_people_takes_a_second_person_too() {
    let world = World::start().await;
    let (author, admin) = (world.role(Role::OrgAdmin), world.of("paas-admin"));
    let lab = format!("{ACME}/projects/speech/catalogue");
    let offered = async || {
        let cards = world.of("speech-paas-admin").get(&lab).await.expect(200).json();
        cards["items"].as_array().unwrap().iter().any(|card| card["name"] == "app")
    };
    rules(author, true, false).await.expect(200);
    let drafted = edit(author, |spec| spec["sharing"] = json!({ "projects": ["speech"] })).await;
    assert_eq!(drafted["status"]["offered"], json!({ "all_projects": false }), "{}", drafted["status"]);
    assert!(!offered().await, "a draft offers nothing");
    world.of("speech-paas-admin").get(&app("")).await.problem(404, "not_found");
    author.post(&app("/publish"), &json!({})).await.problem(409, "approval_required");
    admin.post(&app("/publish"), &json!({})).await.expect(200);
    assert!(offered().await);

    // Without the rule whom it is offered to counts at once, as ever.
    let root = world.of("root");
    rules(author, false, false).await.problem(409, "approval_required");
    rules(root, false, false).await.expect(200);
    edit(author, |spec| spec["sharing"] = json!({})).await;
    assert!(!offered().await);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_shipped_waits_too() {
    let world = World::on(TestServer::builder().catalogue().start().await).await;
    let admin = world.role(Role::OrgAdmin);
    rules(admin, true, true).await.expect(200);
    let into = json!({ "org": "acme", "projects": ["vision"] });
    let launched = admin.post("/api/v1/system-profiles/jupyterlab/launch", &into).await.expect(200).json();
    let items = launched["items"].as_array().unwrap();
    assert!(items.len() > 1 && items.iter().all(|item| item["waits"] == true), "{launched}");
    let jupyter = format!("{VISION}/service-profiles/jupyterlab");
    assert_eq!(admin.get(&jupyter).await.expect(200).json()["status"]["published"], Json::Null);
    let other = world.of("paas-admin");
    // A clone brings what it runs on, which waits as well.
    let clone = json!({ "org": "acme", "project": "speech", "name": "notebook" });
    admin.post("/api/v1/system-profiles/jupyterlab/customise", &clone).await.expect(201);
    let list = admin.get(&format!("{ACME}/projects/speech/compute-profiles")).await.expect(200).json();
    let made = list["items"].as_array().unwrap();
    assert!(!made.is_empty() && made.iter().all(|p| p["status"]["published"].is_null() && p["status"]["waiting"].is_object()));
    for item in items {
        let path = format!(
            "{VISION}/{}/{}",
            if item["kind"] == "ComputeProfile" { "compute-profiles" } else { "service-profiles" },
            item["name"].as_str().unwrap()
        );
        other.post(&format!("{path}/publish"), &json!({})).await.expect(200);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn authors_do_not_activate_their_templates() {
    let world = World::start().await;
    let (author, admin) = (world.role(Role::TemplateAuthor), world.role(Role::OrgAdmin));
    rules(admin, false, true).await.expect(200);
    let version = |state: &str, command: &str| json!({ "version": "1.0.0", "state": state, "process": { "command": [command] } });
    let body = |versions: Json| json!({ "metadata": { "name": "mine" }, "spec": { "target_type": "process", "workload": "service", "versions": versions } });
    let (all, mine) = (format!("{ACME}/environment-templates"), format!("{ACME}/environment-templates/mine"));
    author.post(&all, &body(json!([version("active", "a")]))).await.problem(409, "approval_required");
    author.post(&all, &body(json!([version("draft", "a")]))).await.expect(201);
    let refused = author.put(&mine, &body(json!([version("active", "a")]))).await;
    refused.problem(409, "approval_required");
    assert!(refused.json()["detail"].as_str().unwrap().contains("org-admin"), "{}", refused.json());
    assert_eq!(author.get(&mine).await.expect(200).json()["spec"]["versions"][0]["state"], "draft");
    assert_eq!(news(admin, "approval_needed").await.len(), 1);

    // Whoever changes it on the way is its author; what is also said is not written.
    admin.put(&mine, &body(json!([version("active", "b")]))).await.problem(409, "approval_required");
    let file = json!({ "apiVersion": "warpyard.io/v1", "kind": "EnvironmentTemplate", "metadata": { "org": "acme", "name": "mine" },
                       "spec": body(json!([version("active", "a")]))["spec"] });
    author.apply("", &file.to_string()).await.problem(409, "approval_required");
    // An author who went over a roundabout way stays the author of what they wrote.
    admin
        .put(&mine, &body(json!([version("draft", "a"), { "version": "2.0.0", "process": { "command": ["x"] } }])))
        .await
        .expect(200);
    author
        .put(&mine, &body(json!([version("active", "a"), { "version": "2.0.0", "process": { "command": ["x"] } }])))
        .await
        .problem(409, "approval_required");
    let both = body(json!([version("active", "a"), { "version": "2.0.0", "state": "active", "process": { "command": ["x"] } }]));
    admin.put(&mine, &both).await.problem(409, "approval_required");
    let one = body(json!([version("active", "a"), { "version": "2.0.0", "process": { "command": ["x"] } }]));
    admin.put(&mine, &one).await.expect(200);
    author.put(&mine, &both).await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rule_is_switched_off_by_two() {
    let world = World::start().await;
    let (admin, root) = (world.role(Role::OrgAdmin), world.of("root"));
    world
        .of("paas-admin")
        .put(ACME, &json!({ "metadata": { "name": "acme" }, "spec": { "currency": "EUR" } }))
        .await
        .problem(403, "forbidden");
    rules(admin, true, true).await.expect(200);
    // Leaving the rule out of the spec is switching it off as well.
    let bare = json!({ "metadata": { "name": "acme", "display_name": "Other" }, "spec": { "currency": "USD" } });
    let refused = admin.put(ACME, &bare).await;
    refused.problem(409, "approval_required");
    assert!(refused.json()["detail"].as_str().unwrap().contains("root"), "{}", refused.json());
    let org = admin.get(ACME).await.expect(200).json();
    assert_eq!((&org["spec"]["two_person"]["publish"], &org["spec"]["currency"]), (&json!(true), &json!("EUR")));
    assert_eq!((&org["status"]["switching_off"]["by"], &org["metadata"]["display_name"]), (&json!("org-admin"), &json!("Acme")));
    assert_eq!(news(root, "approval_needed").await.len(), 1);
    rules(admin, false, false).await.problem(409, "approval_required");
    // Somebody else who wants something else begins anew, and the first person may agree to that.
    rules(root, true, false).await.problem(409, "approval_required");
    rules(root, false, false).await.problem(409, "approval_required");
    rules(root, true, false).await.problem(409, "approval_required");
    let done = rules(admin, true, false).await.expect(200).json();
    assert_eq!((&done["spec"]["two_person"]["template"], &done["status"]["switching_off"]), (&json!(false), &Json::Null));
    // A wish that nobody shared lapses.
    rules(admin, false, false).await.problem(409, "approval_required");
    world.clock.advance(7 * 24 * 3600 + 1);
    rules(world.of("root"), false, false).await.problem(409, "approval_required");
    world.finish().await;
}
