//! Create, list, view, change and delete, the same for every kind.

use crate::{RESEARCH, VISION};
use serde_json::{Value as Json, json};
use warpyard_model::Kind;
use warpyard_model::kinds::Phase;
use warpyard_testkit::{Http, World};

/// A kind with two specs for one name.
struct Case {
    kind: Kind,
    collection: String,
    first: Json,
    second: Json,
}

fn cases() -> Vec<Case> {
    let template = |changelog: &str| json!({ "target_type": "process", "workload": "compute", "versions": [{ "version": "1.0.0", "changelog": changelog, "process": {} }] });
    let from = |name: &str| json!({ "name": name, "version": "1.0.0" });
    let case = |kind, collection: &str, first, second| Case { kind, collection: collection.to_owned(), first, second };
    vec![
        case(Kind::Organization, "/api/v1/orgs", json!({ "currency": "EUR" }), json!({ "currency": "USD" })),
        case(
            Kind::User,
            "/api/v1/users",
            json!({ "email": "zoe@example.com" }),
            json!({ "email": "zoe@example.com", "active": false }),
        ),
        case(Kind::Target, "/api/v1/targets", json!({ "type": "process" }), json!({ "type": "process", "cordoned": true })),
        case(
            Kind::RoleBinding,
            "/api/v1/orgs/acme/role-bindings",
            json!({ "user": "stranger", "role": "finops" }),
            json!({ "user": "stranger", "role": "auditor" }),
        ),
        case(
            Kind::Group,
            "/api/v1/orgs/acme/groups",
            json!({ "members": ["developer"] }),
            json!({ "members": ["developer", "colleague"] }),
        ),
        case(Kind::ServiceAccount, "/api/v1/orgs/acme/service-accounts", json!({}), json!({ "active": false })),
        case(
            Kind::CustomRole,
            "/api/v1/orgs/acme/custom-roles",
            json!({ "permissions": ["compute_profile.view"], "levels": ["project"] }),
            json!({ "permissions": ["compute_profile.view", "compute_profile.publish"], "levels": ["project"] }),
        ),
        case(
            Kind::IdentityProvider,
            "/api/v1/orgs/acme/identity-providers",
            json!({ "issuer": "https://login.example.com", "client_id": "warpyard", "client_secret": "one" }),
            json!({ "issuer": "https://login.example.com", "client_id": "warpyard", "domains": ["example.com"] }),
        ),
        case(
            Kind::Icon,
            "/api/v1/orgs/acme/icons",
            json!({ "svg": "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"/>" }),
            json!({ "svg": "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 2 2\"/>" }),
        ),
        case(Kind::EnvironmentTemplate, "/api/v1/orgs/acme/environment-templates", template("first"), template("second")),
        case(Kind::Project, "/api/v1/orgs/acme/projects", json!({}), json!({})),
        case(
            Kind::Secret,
            &format!("{VISION}/secrets"),
            json!({ "data": { "token": "one" } }),
            json!({ "data": { "token": "", "more": "two" } }),
        ),
        case(
            Kind::ComputeProfile,
            &format!("{VISION}/compute-profiles"),
            json!({ "template": from("cell"), "size": { "cpu_millis": 500, "memory_bytes": "1GiB" } }),
            json!({ "template": from("cell"), "size": { "cpu_millis": 750, "memory_bytes": "1GiB" } }),
        ),
        case(
            Kind::ServiceProfile,
            &format!("{VISION}/service-profiles"),
            json!({ "template": from("app"), "compute": { "auto_create": "cpu" } }),
            json!({ "template": from("app"), "compute": { "auto_create": "gpu" } }),
        ),
        case(Kind::Workspace, &format!("{VISION}/workspaces"), json!({}), json!({})),
    ]
}

fn body(name: &str, display_name: &str, spec: &Json) -> Json {
    json!({ "metadata": { "name": name, "display_name": display_name, "labels": { "team": "zebra" } }, "spec": spec })
}

async fn etag(root: &Http, item: &str) -> String {
    root.get(item).await.expect(200).header("etag").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_is_made_listed_changed_and_removed() {
    // Nothing changes by itself here: controllers would write the new target's status.
    let world = World::on(warpyard_testkit::TestServer::builder().without_controllers().start().await).await;
    let root = world.of("root");
    for Case { kind, collection, first, second } in cases() {
        let item = format!("{collection}/zebra");
        let before = root.get(&collection).await.expect(200).json()["total"].as_u64().unwrap();

        // A rehearsal answers as if it were done and changes nothing.
        let rehearsed = root.post(&format!("{collection}?dry_run=true"), &body("zebra", "Zebra", &first)).await.expect(201);
        assert_eq!(rehearsed.json()["metadata"]["name"], "zebra", "{kind}");
        root.get(&item).await.problem(404, "not_found");

        let made = root.post(&collection, &body("zebra", "Zebra", &first)).await.expect(201);
        let object = made.json();
        assert_eq!(object["apiVersion"], "warpyard.io/v1");
        assert_eq!(object["kind"], kind.as_str());
        assert_eq!(object["metadata"]["generation"], 1);
        assert_eq!(object["metadata"]["created_by"], "root");
        let version = made.header("etag").to_owned();
        assert_eq!(version, format!("\"{}\"", object["metadata"]["resource_version"]));
        let again = root.post(&collection, &body("zebra", "Zebra", &first)).await;
        again.problem(409, "already_exists");
        assert_eq!(again.error_paths(), ["metadata.name"], "{kind}");

        let viewed = root.get(&item).await.expect(200);
        assert_eq!(viewed.header("etag"), version, "{kind}");
        assert_eq!(viewed.json()["spec"], object["spec"], "{kind}");
        let listed = root.get(&format!("{collection}?search=ZEBRA&label=team=zebra")).await.expect(200).json();
        assert_eq!(listed["total"], 1, "{kind}: {listed}");
        assert_eq!(listed["items"][0]["metadata"]["uid"], object["metadata"]["uid"]);
        assert_eq!(root.get(&collection).await.expect(200).json()["total"].as_u64().unwrap(), before + 1, "{kind}");
        let everywhere = root.get(&format!("/api/v1/{}?search=zebra", kind.plural())).await.expect(200).json();
        assert!(everywhere["total"].as_u64().unwrap() >= 1, "{kind}: {everywhere}");

        // A change is made on the version it was thought out for, or not at all.
        let change = body("zebra", "Grevy's zebra", &second);
        let put = |if_match: &str, query: &str| {
            root.request(hyper::Method::PUT, &format!("{item}{query}")).header("if-match", if_match).json(&change).send()
        };
        put("\"1\"", "").await.problem(412, "precondition_failed");
        put("\"not a version\"", "").await.problem(412, "precondition_failed");
        put(&version, "?dry_run=true").await.expect(200);
        assert_eq!(etag(root, &item).await, version, "{kind}");
        let changed = put(&version, "").await.expect(200).json();
        assert_eq!(changed["metadata"]["display_name"], "Grevy's zebra", "{kind}");
        let generation = if first == second { 1 } else { 2 };
        assert_eq!(changed["metadata"]["generation"], generation, "{kind}");
        put(&version, "").await.problem(412, "precondition_failed");
        // Writing what is there already is no change.
        let stays = etag(root, &item).await;
        if kind != Kind::Secret {
            put(&stays, "").await.expect(200);
            assert_eq!(etag(root, &item).await, stays, "{kind}");
        }

        let revisions = root.get(&format!("{item}/revisions")).await.expect(200).json();
        assert_eq!(revisions["items"].as_array().unwrap().len(), generation, "{kind}: {revisions}");
        assert_eq!(revisions["items"][0]["spec"], changed["spec"], "{kind}");

        let renamed = root.put(&item, &body("horse", "", &second)).await;
        renamed.problem(422, "invalid");
        assert_eq!(renamed.error_paths(), ["metadata.name"], "{kind}");

        root.delete(&format!("{item}?dry_run=true")).await.expect(204);
        root.get(&item).await.expect(200);
        root.delete(&item).await.expect(204);
        root.get(&item).await.problem(404, "not_found");
        root.delete(&item).await.problem(404, "not_found");
        assert_eq!(root.get(&collection).await.expect(200).json()["total"].as_u64().unwrap(), before, "{kind}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances_are_cleaned_up_before_they_are_gone() {
    let world = World::start().await;
    let owner = world.of("workspace-collaborator");
    let compute = json!({ "metadata": { "name": "bare" }, "spec": { "profile": { "name": "gpu" }, "inputs": { "gpus": 2 } } });
    let path = format!("{RESEARCH}/compute-instances");
    owner.post(&format!("{path}?dry_run=true"), &compute).await.expect(201);
    assert!(world.compute("bare").await.is_none(), "a rehearsal makes nothing");
    owner.post(&path, &compute).await.expect(201);
    let running =
        world.until_some("it runs", || async { world.compute("bare").await.filter(|c| c.status.phase == Phase::Running) }).await;
    assert_eq!(running.status.allocation.as_ref().map(|a| a.gpus.len()), Some(2));
    assert_eq!(running.spec.profile.generation, Some(1), "the generation is pinned");

    let body = json!({
        "metadata": { "name": "on-bare" },
        "spec": { "profile": { "name": "trainer" }, "compute": "bare", "inputs": { "title": "First" } }
    });
    owner.post(&format!("{RESEARCH}/service-instances"), &body).await.expect(201);
    world.until_phase("on-bare", Phase::Running).await;
    let item = format!("{RESEARCH}/service-instances/on-bare");

    // A mutable input changes; the service comes up again with it.
    let mut object = owner.get(&item).await.expect(200).json();
    object["spec"]["inputs"]["title"] = json!("Second");
    owner.put(&item, &object).await.expect(200);
    let changed = world.until_phase("on-bare", Phase::Running).await;
    let desired = world.provider.desired(&changed.metadata.uid).unwrap();
    assert_eq!(desired.command, ["app", "Second"]);
    // Another owner or profile is another instance.
    object["spec"]["owner"] = json!("colleague");
    let refused = owner.put(&item, &object).await;
    refused.problem(422, "invalid");
    assert_eq!(refused.error_paths(), ["spec.owner"]);

    // What stands on it keeps the compute instance.
    let blocked = owner.delete(&format!("{path}/bare")).await;
    let problem = blocked.problem(409, "conflict");
    assert!(problem["errors"][0]["path"].as_str().unwrap().contains("on-bare"), "{problem}");
    let events = owner.get(&format!("{item}/events")).await.expect(200).json();
    assert!(events["items"].as_array().unwrap().iter().any(|e| e["reason"] == "Ready"), "{events}");
    owner.delete(&item).await.expect(202);
    world.until("the service is gone", || async { world.service("on-bare").await.is_none() }).await;
    assert!(world.compute("bare").await.is_some(), "its compute instance was there before and stays");
    owner.delete(&format!("{path}/bare")).await.expect(202);
    world.until_gone("bare").await;
    assert!(world.provider.computes().is_empty() && world.provider.services().is_empty());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_come_in_pages() {
    let world = World::start().await;
    let root = world.of("root");
    for i in 0..7 {
        root.post(&format!("{VISION}/workspaces"), &json!({ "metadata": { "name": format!("page-{i}") }, "spec": {} }))
            .await
            .expect(201);
        world.clock.advance(1);
    }
    let list = format!("{VISION}/workspaces?search=page-&limit=3&sort=-created_at");
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = root.get(&format!("{list}{cursor}")).await.expect(200).json();
        assert_eq!(page["total"], 7);
        names.extend(page["items"].as_array().unwrap().iter().map(|o| o["metadata"]["name"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(names, ["page-6", "page-5", "page-4", "page-3", "page-2", "page-1", "page-0"]);
    for (query, path) in
        [("cursor=nonsense", "cursor"), ("sort=colour", "sort"), ("label=team", "label"), ("limit=many", "query")]
    {
        let refused = root.get(&format!("{VISION}/workspaces?{query}")).await;
        refused.problem(422, "invalid");
        assert_eq!(refused.error_paths(), [path], "{query}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shipped_things_are_read_only_and_what_is_used_stays() {
    let world = World::on(warpyard_testkit::TestServer::builder().catalogue().start().await).await;
    let root = world.of("root");
    let profile = root.get("/api/v1/system-profiles/cpu-small").await.expect(200).json();
    root.put("/api/v1/system-profiles/cpu-small", &profile).await.problem(405, "not_found");
    root.delete("/api/v1/system-profiles/cpu-small").await.problem(405, "not_found");
    let template = root.get("/api/v1/environment-templates/allocation").await.expect(200).json();
    let mut changed = template.clone();
    changed["metadata"]["display_name"] = json!("Mine");
    root.put("/api/v1/environment-templates/allocation", &changed).await.problem(403, "forbidden");
    root.get("/api/v1/nothing-of-the-kind").await.problem(404, "not_found");
    let in_use = [
        ("/api/v1/orgs/acme", "vision"),
        (VISION, "compute-profiles"),
        ("/api/v1/orgs/acme/environment-templates/cell", "vision/cpu"),
        ("/api/v1/orgs/acme/projects/vision/compute-profiles/cpu", "vision/app"),
    ];
    for (path, user) in in_use {
        let problem = root.delete(path).await.problem(409, "conflict");
        let users = problem["errors"].as_array().unwrap();
        assert!(!users.is_empty(), "{path}: {problem}");
        let named = users.iter().any(|e| e["path"].as_str().unwrap().contains(user));
        assert!(named || user == "compute-profiles", "{path}: {problem}");
    }
    world.finish().await;
}
