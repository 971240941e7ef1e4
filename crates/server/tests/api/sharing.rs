//! Shipped profiles in projects, and who may offer what where.

use crate::VISION;
use serde_json::{Value as Json, json};
use warpyard_testkit::{TestServer, World};

async fn world() -> World {
    World::on(TestServer::builder().catalogue().start().await).await
}

fn cards(catalogue: &Json) -> Vec<String> {
    catalogue["items"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap().to_owned()).collect()
}

async fn catalogue_of(world: &World, who: &str, project: &str) -> Vec<String> {
    cards(&world.of(who).get(&format!("/api/v1/orgs/acme/projects/{project}/catalogue")).await.expect(200).json())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shipped_service_is_offered_in_projects() {
    let world = world().await;
    let admin = world.of("org-admin");
    let launch = "/api/v1/system-profiles/jupyterlab/launch";
    let into = |projects: &[&str]| json!({ "org": "acme", "projects": projects });
    let rehearsed = admin.post(&format!("{launch}?dry_run=true"), &into(&["vision"])).await.expect(200).json();
    assert!(!rehearsed["items"].as_array().unwrap().is_empty());
    assert!(!catalogue_of(&world, "developer", "vision").await.contains(&"jupyterlab".to_owned()));

    let made = admin.post(launch, &into(&["vision"])).await.expect(200).json();
    let kinds: Vec<&str> = made["items"].as_array().unwrap().iter().map(|i| i["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.last(), Some(&"ServiceProfile"));
    assert!(kinds.contains(&"ComputeProfile"), "the compute profile it brings comes with it: {made}");
    assert!(catalogue_of(&world, "developer", "vision").await.contains(&"jupyterlab".to_owned()));
    // A card names people as others know them.
    let renamed = json!({ "metadata": { "name": "org-admin", "display_name": "Olga Admin" }, "spec": { "email": "org-admin@example.com" } });
    world.of("root").put("/api/v1/users/org-admin", &renamed).await.expect(200);
    let shown = world.of("developer").get(&format!("{VISION}/catalogue")).await.expect(200).json();
    let card = shown["items"].as_array().unwrap().iter().find(|c| c["name"] == "jupyterlab").unwrap();
    assert_eq!(card["offered_by"], "Olga Admin");
    let profile = world.of("developer").get(&format!("{VISION}/service-profiles/jupyterlab")).await.expect(200).json();
    assert_eq!(profile["spec"]["parent"]["as_shipped"], true);

    // Again: nothing changes. With another project: that one joins, and the first keeps it.
    let again = admin.post(launch, &into(&["vision"])).await.expect(200).json();
    assert!(again["items"].as_array().unwrap().iter().all(|i| i["action"] == "unchanged"), "{again}");
    admin.post(launch, &into(&["vision", "speech"])).await.expect(200);
    assert!(catalogue_of(&world, "org-admin", "speech").await.contains(&"jupyterlab".to_owned()));
    assert!(catalogue_of(&world, "developer", "vision").await.contains(&"jupyterlab".to_owned()));

    // A clone is a draft of its own.
    let clone = json!({ "org": "acme", "project": "vision", "name": "our-lab", "display_name": "Our lab" });
    let clone = admin.post("/api/v1/system-profiles/jupyterlab/customise", &clone).await.expect(201).json();
    assert_eq!(clone["spec"]["parent"]["as_shipped"], false);
    assert!(!catalogue_of(&world, "developer", "vision").await.contains(&"our-lab".to_owned()), "a draft is no card");

    // Where nothing was launched into before, what it runs on comes along.
    let clone = json!({ "org": "acme", "project": "fresh", "name": "our-lab" });
    admin.post("/api/v1/orgs/acme/projects", &json!({ "metadata": { "name": "fresh" }, "spec": {} })).await.expect(201);
    admin.post("/api/v1/system-profiles/jupyterlab/customise", &clone).await.expect(201);
    let compute = admin.get("/api/v1/orgs/acme/projects/fresh/compute-profiles/cpu-small").await.expect(200).json();
    assert_eq!(compute["spec"]["parent"]["as_shipped"], true);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paas_admin_offers_only_where_they_are_one() {
    let world = world().await;
    let (mine, theirs) = (world.of("paas-admin"), world.of("speech-paas-admin"));
    let launch = |projects: &[&str], all: bool| json!({ "org": "acme", "projects": projects, "all_projects": all });
    let path = "/api/v1/system-profiles/cpu-small/launch";
    mine.post(path, &launch(&["vision"], false)).await.expect(200);
    mine.post(path, &launch(&["vision", "speech"], false)).await.problem(403, "forbidden");
    mine.post(path, &launch(&["vision"], true)).await.problem(403, "forbidden");
    // A project they have no foot in is not there for them.
    mine.post(path, &launch(&["speech"], false)).await.problem(404, "not_found");
    theirs.post(path, &launch(&["vision"], false)).await.problem(404, "not_found");

    // The same by writing the profile itself.
    let mut profile = mine.get(&format!("{VISION}/compute-profiles/cpu")).await.expect(200).json();
    profile["spec"]["sharing"] = json!({ "projects": ["speech"] });
    let item = format!("{VISION}/compute-profiles/cpu");
    mine.put(&item, &profile).await.problem(403, "forbidden");
    profile["spec"]["sharing"] = json!({ "all_projects": true });
    mine.put(&item, &profile).await.problem(403, "forbidden");
    mine.apply("", &profile.to_string()).await.problem(403, "forbidden");
    assert!(!catalogue_of(&world, "speech-paas-admin", "speech").await.contains(&"cpu".to_owned()));

    // What the organization's admin shared stays shared when the project's admin changes something else.
    profile["spec"]["sharing"] = json!({ "projects": ["speech"] });
    world.of("org-admin").put(&item, &profile).await.expect(200);
    world.of("org-admin").post(&format!("{item}/publish"), &json!({})).await.expect(200);
    assert!(catalogue_of(&world, "speech-paas-admin", "speech").await.contains(&"cpu".to_owned()));
    profile["metadata"]["display_name"] = json!("Renamed");
    mine.put(&item, &profile).await.expect(200);
    // Where it is offered it may be seen and launched, not changed.
    theirs.get(&item).await.expect(200);
    theirs.put(&item, &profile).await.problem(403, "forbidden");
    theirs.post(&format!("{item}/withdraw"), &json!({})).await.problem(403, "forbidden");
    theirs.delete(&item).await.problem(403, "forbidden");

    // Withdrawn, it is in no catalogue, and nobody launches it.
    mine.post(&format!("{item}/withdraw"), &json!({})).await.expect(200);
    assert!(!catalogue_of(&world, "developer", "vision").await.contains(&"cpu".to_owned()));
    let body = json!({ "metadata": { "name": "late" }, "spec": { "profile": { "name": "cpu" } } });
    let refused = world.of("workspace-admin").post(&format!("{}/compute-instances", crate::RESEARCH), &body).await;
    refused.problem(422, "invalid");
    assert_eq!(refused.error_paths(), ["spec.profile.name"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn launching_for_somebody_else_is_a_grant_of_its_own() {
    let world = World::start().await;
    let path = format!("{}/compute-instances", crate::RESEARCH);
    let body = |name: &str, owner: &str| json!({ "metadata": { "name": name }, "spec": { "profile": { "name": "cpu" }, "owner": owner } });
    for who in ["workspace-admin", "workspace-collaborator", "project-admin"] {
        world.of(who).post(&path, &body("theirs", "colleague")).await.problem(403, "forbidden");
        world.of(who).post(&format!("{path}?dry_run=true"), &body("own", who)).await.expect(201);
    }
    let operator = world.of("managed-instances-operator");
    let unknown = operator.post(&path, &body("theirs", "nobody-of-that-name")).await;
    unknown.problem(422, "invalid");
    assert_eq!(unknown.error_paths(), ["spec.owner"]);
    let made = operator.post(&path, &body("theirs", "colleague")).await.expect(201).json();
    assert_eq!(
        (made["spec"]["owner"].as_str(), made["metadata"]["created_by"].as_str()),
        (Some("colleague"), Some("managed-instances-operator"))
    );
    // It belongs to them now: they see and operate it although the workspace is not theirs.
    let item = format!("{path}/theirs");
    let colleague = world.of("colleague");
    colleague.get(&item).await.expect(200);
    colleague.post(&format!("{item}/stop"), &json!({})).await.expect(200);
    world.of("developer").get(&item).await.problem(404, "not_found");
    // Only somebody's own services run on it.
    let on_it = json!({ "metadata": { "name": "guest" }, "spec": { "profile": { "name": "app" }, "compute": "theirs" } });
    let services = format!("{}/service-instances", crate::RESEARCH);
    world.of("colleague").post(&services, &on_it).await.problem(403, "forbidden");
    colleague.delete(&item).await.expect(202);
    world.until_gone("theirs").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_catalogue_is_offered_to_some_organizations() {
    let world = world().await;
    let (root, ours, theirs) = (world.of("root"), world.of("org-admin"), world.of("foreigner"));
    let item = "/api/v1/system-profiles/jupyterlab";
    let offer = async |body: Json| root.put(&format!("{item}/offer"), &body).await;
    ours.get(item).await.expect(200);
    ours.put(&format!("{item}/offer"), &json!({ "all_orgs": true })).await.problem(403, "forbidden");
    assert_eq!(offer(json!({ "orgs": ["nowhere"] })).await.error_paths(), ["orgs.0"]);
    let offered = offer(json!({ "orgs": ["globex"] })).await.expect(200).json();
    assert_eq!(offered["status"]["offer"], json!({ "all_orgs": false, "orgs": ["globex"] }));
    theirs.get(item).await.expect(200);
    ours.get(item).await.problem(404, "not_found");
    let names = |list: Json| list["items"].as_array().unwrap().iter().map(|i| i["metadata"]["name"].clone()).collect::<Vec<_>>();
    let seen = names(ours.get("/api/v1/system-profiles?limit=500").await.expect(200).json());
    assert!(!seen.contains(&json!("jupyterlab")) && seen.contains(&json!("cpu-small")), "{seen:?}");
    // Whoever sees it cannot carry it to an organization it is not offered to.
    let refused = root.post(&format!("{item}/launch"), &json!({ "org": "acme", "projects": ["vision"] })).await;
    refused.problem(422, "invalid");
    assert_eq!(refused.error_paths(), ["org"]);
    let clone = json!({ "org": "acme", "project": "vision", "name": "ours" });
    assert_eq!(root.post(&format!("{item}/customise"), &clone).await.error_paths(), ["org"]);
    offer(json!({})).await.expect(200);
    theirs.get(item).await.problem(404, "not_found");
    root.get(item).await.expect(200);
    offer(json!({ "all_orgs": true })).await.expect(200);
    ours.get(item).await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_shipped_version_is_joined_with_what_was_changed_here() {
    let world = world().await;
    let admin = world.of("paas-admin");
    let path = format!("{VISION}/compute-profiles");
    admin.get(&format!("{path}/cpu/parent-update")).await.problem(412, "precondition_failed");
    let clone = json!({ "org": "acme", "project": "vision", "name": "ours", "display_name": "Ours" });
    admin.post("/api/v1/system-profiles/cpu-small/customise", &clone).await.expect(201);
    let update = format!("{path}/ours/parent-update");
    let same = admin.get(&update).await.expect(200).json();
    assert_eq!((&same["current"], &same["conflicts"]), (&same["newest"], &json!([])));
    // Here the category and the tags are changed; the next version ships another category and a price.
    let mut mine = admin.get(&format!("{path}/ours")).await.expect(200).json();
    mine["spec"]["card"]["category"] = json!("Ours");
    mine["spec"]["card"]["tags"] = json!(["ours"]);
    mine["spec"]["sharing"] = json!({ "all_projects": false, "projects": [] });
    admin.put(&format!("{path}/ours"), &mine).await.expect(200);
    let name = warpyard_model::Name::parse("cpu-small").unwrap();
    let platform = warpyard_model::ScopePath::platform();
    let found = world.controller.find::<warpyard_model::kinds::SystemProfile>(&platform, &name).await.unwrap().unwrap();
    let mut next = found.spec.clone();
    next.version = "99.0.0".to_owned();
    let compute = next.compute.as_mut().unwrap();
    compute.card.category = "Shipped".to_owned();
    compute.price = Some(serde_json::from_value(json!({ "per_hour": "0.25" })).unwrap());
    let metadata = warpyard_model::meta::NewMetadata {
        name,
        display_name: found.metadata.display_name.clone(),
        description: found.metadata.description.clone(),
        labels: std::collections::BTreeMap::default(),
    };
    world.controller.bring(warpyard_store::NewObject::new(platform, metadata, next)).await.unwrap();

    let seen = admin.get(&update).await.expect(200).json();
    assert_eq!(seen["newest"], "99.0.0");
    let conflicts: Vec<&str> = seen["conflicts"].as_array().unwrap().iter().map(|c| c["path"].as_str().unwrap()).collect();
    assert_eq!(conflicts, ["card.category"]);
    assert!(seen["merged"].as_str().unwrap().contains("per_hour"), "{seen}");
    let undecided = admin.post(&update, &json!({ "resolutions": {} })).await;
    undecided.problem(409, "conflict");
    assert_eq!(undecided.error_paths(), ["card.category"]);
    let nonsense = admin.post(&update, &json!({ "resolutions": { "card.icon": "ours" } })).await;
    assert_eq!(nonsense.error_paths(), ["resolutions.card.icon"]);
    world.of("developer").post(&update, &json!({ "resolutions": {} })).await.problem(404, "not_found");
    let done = admin.post(&update, &json!({ "resolutions": { "card.category": "theirs" } })).await.expect(200).json();
    let spec = &done["spec"];
    assert_eq!((&spec["card"]["category"], &spec["card"]["tags"]), (&json!("Shipped"), &json!(["ours"])));
    assert_eq!((&spec["price"]["per_hour"], &spec["parent"]["version"]), (&json!("0.25"), &json!("99.0.0")));
    assert_eq!(done["status"].get("published"), None, "it is a draft until somebody publishes it");
    assert_eq!(admin.get(&update).await.expect(200).json()["conflicts"], json!([]));
    world.finish().await;
}
