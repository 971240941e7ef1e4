//! Whom a profile is for: groups, limits, and the form as somebody else would see it.

use crate::{RESEARCH, VISION};
use serde_json::{Value as Json, json};
use warpyard_testkit::{Http, World};

const GROUPS: &str = "/api/v1/orgs/acme/groups";

fn group(members: &[&str]) -> Json {
    json!({ "metadata": { "name": "imaging" }, "spec": { "members": members } })
}

/// A profile like `app`, with this in its spec, published.
async fn publish(world: &World, name: &str, more: Json) {
    let mut spec = json!({ "template": { "name": "app", "version": "1.0.0" }, "compute": { "auto_create": "cpu" } });
    spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let admin = world.of("paas-admin");
    let body = json!({ "metadata": { "name": name, "display_name": "Labelling" }, "spec": spec });
    admin.post(&format!("{VISION}/service-profiles"), &body).await.expect(201);
    admin.post(&format!("{VISION}/service-profiles/{name}/publish"), &json!({})).await.expect(200);
}

async fn has_card(who: &Http, name: &str) -> bool {
    let cards = who.get(&format!("{VISION}/catalogue")).await.expect(200).json();
    cards["items"].as_array().unwrap().iter().any(|c| c["name"] == name)
}

fn launch(name: &str, profile: &str) -> Json {
    json!({ "metadata": { "name": name }, "spec": { "profile": { "name": profile } } })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_for_a_group_is_for_nobody_else() {
    let world = World::start().await;
    let (root, admin) = (world.of("root"), world.of("paas-admin"));
    let (developer, colleague) = (world.of("developer"), world.of("colleague"));
    let unknown = root.post(GROUPS, &group(&["nobody-here"])).await;
    unknown.problem(422, "invalid");
    assert_eq!(unknown.error_paths(), ["spec.members.0"]);
    root.post(GROUPS, &group(&["developer"])).await.expect(201);
    admin.get(&format!("{GROUPS}/imaging")).await.expect(200);
    developer.get(&format!("{GROUPS}/imaging")).await.problem(404, "not_found");
    publish(&world, "labels", json!({ "sharing": { "groups": ["imaging"] } })).await;

    let item = format!("{VISION}/service-profiles/labels");
    assert!(has_card(developer, "labels").await);
    developer.get(&item).await.expect(200);
    assert!(!has_card(colleague, "labels").await);
    colleague.get(&item).await.problem(404, "not_found");
    colleague.post(&format!("{item}/form"), &json!({})).await.problem(404, "not_found");
    assert!(!has_card(admin, "labels").await, "whoever makes it does not launch it");

    // Launching follows: for oneself, and for somebody else.
    for (who, workspace) in [(developer, "theirs"), (colleague, "mine")] {
        who.post(&format!("{VISION}/workspaces"), &json!({ "metadata": { "name": workspace }, "spec": {} })).await.expect(201);
    }
    developer.post(&format!("{VISION}/workspaces/theirs/service-instances"), &launch("l", "labels")).await.expect(201);
    let refused = colleague.post(&format!("{VISION}/workspaces/mine/service-instances"), &launch("l", "labels")).await;
    refused.problem(422, "invalid");
    assert_eq!(refused.error_paths(), ["spec.profile.name"]);
    let mut behalf = launch("behalf", "labels");
    behalf["spec"]["owner"] = json!("colleague");
    let operator = world.of("managed-instances-operator");
    let path = format!("{RESEARCH}/service-instances?dry_run=true");
    let refused = operator.post(&path, &behalf).await;
    refused.problem(422, "invalid");
    assert_eq!(refused.error_paths(), ["spec.owner"]);
    behalf["spec"]["owner"] = json!("developer");
    operator.post(&path, &behalf).await.expect(201);

    // A group in use stays, and so does who is in it; membership counts at once.
    root.delete(&format!("{GROUPS}/imaging")).await.problem(409, "conflict");
    root.delete("/api/v1/users/developer").await.problem(409, "conflict");
    root.put(&format!("{GROUPS}/imaging"), &group(&["colleague"])).await.expect(200);
    assert!(has_card(colleague, "labels").await);
    developer.get(&item).await.problem(404, "not_found");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preview_is_made_for_whoever_is_named() {
    let world = World::start().await;
    world.of("root").post(GROUPS, &group(&["developer"])).await.expect(201);
    publish(&world, "labels", json!({ "sharing": { "groups": ["imaging"] } })).await;
    let admin = world.of("paas-admin");
    let stored = format!("{VISION}/service-profiles/labels/form");
    let for_them = async |who: &str| admin.post(&stored, &json!({ "viewer": who })).await.expect(200).json();
    let theirs = for_them("developer").await;
    assert_eq!(theirs["offered"], json!({ "to_viewer": true, "reason": "developer is in the group imaging." }));
    assert_eq!(theirs["errors"], json!([]));
    let not_theirs = for_them("colleague").await;
    assert_eq!(not_theirs["offered"]["to_viewer"], false);
    assert_eq!(not_theirs["errors"][0]["message"], not_theirs["offered"]["reason"]);
    let outside = for_them("speech-paas-admin").await;
    assert!(outside["offered"]["reason"].as_str().unwrap().contains("does not work in the project vision"), "{outside}");
    // The same of a draft; there it is no error.
    let spec = json!({ "template": { "name": "app", "version": "1.0.0" }, "compute": { "auto_create": "cpu" },
                       "sharing": { "groups": ["imaging"] } });
    let draft = format!("{VISION}/service-profiles/form");
    let preview = |viewer: &str| json!({ "draft": { "spec": spec }, "viewer": viewer });
    let seen = admin.post(&draft, &preview("colleague")).await.expect(200).json();
    assert_eq!((seen["offered"]["to_viewer"].as_bool(), seen["errors"].as_array().unwrap().len()), (Some(false), 0), "{seen}");
    assert_eq!(admin.post(&draft, &preview("developer")).await.expect(200).json()["offered"]["to_viewer"], true);
    let unknown = admin.post(&draft, &preview("nobody-here")).await;
    unknown.problem(422, "invalid");
    assert_eq!(unknown.error_paths(), ["viewer"]);

    // Their compute instances, not the caller's: a colleague may not use what a collaborator holds.
    let body = json!({ "metadata": { "name": "held" }, "spec": { "profile": { "name": "cpu" } } });
    world.of("workspace-collaborator").post(&format!("{RESEARCH}/compute-instances"), &body).await.expect(201);
    let options = async |who: &str| {
        let body = json!({ "workspace": "research", "viewer": who });
        let form = world.of("root").post(&format!("{VISION}/service-profiles/app/form"), &body).await.expect(200).json();
        form["compute_options"].as_array().unwrap().len()
    };
    assert_eq!((options("workspace-collaborator").await, options("colleague").await), (1, 0));
    // Looking through somebody else's eyes is for those who make the profile.
    let nosy = json!({ "viewer": "colleague" });
    world.of("developer").post(&format!("{VISION}/service-profiles/app/form"), &nosy).await.problem(403, "forbidden");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_per_person_holds() {
    let world = World::start().await;
    publish(&world, "labels", json!({ "limits": { "per_person": 1 } })).await;
    let who = world.of("workspace-collaborator");
    let path = format!("{RESEARCH}/service-instances");
    let form = async || {
        let body = json!({ "workspace": "research" });
        who.post(&format!("{VISION}/service-profiles/labels/form"), &body).await.expect(200).json()
    };
    assert_eq!(form().await["summary"]["limit"], json!({ "used": 0, "most": 1 }));
    who.post(&path, &launch("one", "labels")).await.expect(201);
    let full = form().await;
    assert_eq!(full["summary"]["limit"], json!({ "used": 1, "most": 1 }));
    let message = full["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("Of Labelling a person may have 1"), "{message}");
    let refused = who.post(&path, &launch("two", "labels")).await;
    refused.problem(403, "quota_exceeded");
    assert_eq!(refused.json()["detail"], message);
    // It is one person's, and what is being deleted does not count.
    world.of("workspace-admin").post(&path, &launch("two", "labels")).await.expect(201);
    who.delete(&format!("{path}/one")).await.expect(202);
    who.post(&path, &launch("three", "labels")).await.expect(201);
    let wrong = json!({ "metadata": { "name": "z" }, "spec": {
        "template": { "name": "app", "version": "1.0.0" }, "compute": { "auto_create": "cpu" }, "limits": { "per_person": 0 } } });
    let wrong = world.of("paas-admin").post(&format!("{VISION}/service-profiles"), &wrong).await;
    assert_eq!(wrong.error_paths(), ["spec.limits.per_person"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_is_looked_at_in_another_project() {
    let world = World::start().await;
    let admin = world.of("paas-admin");
    let spec =
        json!({ "template": { "name": "cell", "version": "1.0.0" }, "size": { "cpu_millis": 500, "memory_bytes": "1GiB" } });
    let in_speech = |verb: &str| format!("/api/v1/orgs/acme/projects/speech/compute-profiles/{verb}?home=vision");
    let form = in_speech("form");
    let draft = json!({ "draft": { "spec": spec } });
    // Whoever makes profiles in vision alone knows nothing of speech.
    admin.post(&form, &draft).await.problem(404, "not_found");
    let bound =
        |name: &str, user: &str, role: &str| json!({ "metadata": { "name": name }, "spec": { "user": user, "role": role } });
    let bindings = "/api/v1/orgs/acme/projects/speech/role-bindings";
    let root = world.of("root");
    root.post(bindings, &bound("reads", "paas-admin", "developer")).await.expect(201);
    root.post(bindings, &bound("works", "colleague", "developer")).await.expect(201);
    let seen = admin.post(&form, &draft).await.expect(200).json();
    assert_eq!(seen["offered"]["to_viewer"], false, "it is offered in its own project alone: {seen}");
    assert_eq!(seen["profile"]["project"], "vision");
    let mut shared = draft.clone();
    shared["draft"]["spec"]["sharing"] = json!({ "all_projects": false, "projects": ["speech"] });
    let seen = admin.post(&form, &shared).await.expect(200).json();
    assert_eq!(seen["offered"]["to_viewer"], true, "{seen}");
    admin.post(&in_speech("render"), &shared).await.expect(200);
    // Seeing a project as somebody else takes the right to make profiles in it.
    shared["viewer"] = json!("colleague");
    admin.post(&form, &shared).await.problem(403, "forbidden");
    root.post(bindings, &bound("makes", "paas-admin", "paas_admin")).await.expect(201);
    let seen = admin.post(&form, &shared).await.expect(200).json();
    assert_eq!(seen["offered"]["to_viewer"], true, "{seen}");
    // And a draft is for those who may make it where it is at home.
    world.of("speech-paas-admin").post(&form, &draft).await.problem(404, "not_found");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances_go_only_to_whom_their_profile_is_for() {
    let world = World::start().await;
    let (root, owner) = (world.of("root"), world.of("workspace-collaborator"));
    root.post(GROUPS, &group(&["workspace-collaborator", "project-admin"])).await.expect(201);
    publish(&world, "labels", json!({ "sharing": { "groups": ["imaging"] }, "limits": { "per_person": 1 } })).await;
    let path = format!("{RESEARCH}/service-instances");
    owner.post(&path, &launch("one", "labels")).await.expect(201);
    let give = async |name: &str, to: &str| owner.post(&format!("{path}/{name}/transfer"), &json!({ "owner": to })).await;
    // Somebody who works there and is in none of the groups.
    let refused = give("one", "workspace-admin").await;
    refused.problem(422, "invalid");
    assert_eq!(refused.error_paths(), ["owner"]);
    let message = refused.json()["errors"][0]["message"].clone();
    assert_eq!(message, "workspace-admin is in none of the groups that its profile is offered to");
    // Somebody who has as many as a person may have.
    root.put(&format!("{GROUPS}/imaging"), &group(&["workspace-collaborator", "workspace-admin"])).await.expect(200);
    world.of("workspace-admin").post(&path, &launch("two", "labels")).await.expect(201);
    let refused = give("one", "workspace-admin").await;
    refused.problem(422, "invalid");
    let message = refused.json()["errors"][0]["message"].clone();
    let expected = "workspace-admin has 1 of Labelling already, and a person may have 1: workspace-admin deletes one first";
    assert_eq!(message, expected);
    let still = owner.get(&format!("{path}/one")).await.expect(200).json();
    assert_eq!(still["spec"]["owner"], "workspace-collaborator");
    world.of("workspace-admin").delete(&format!("{path}/two")).await.expect(202);
    give("one", "workspace-admin").await.expect(200);
    world.finish().await;
}
