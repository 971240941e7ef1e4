//! Groups and people bound until a moment, custom roles, who may do what and why, and who stays in charge.

use crate::watch::Socket;
use crate::{RESEARCH, VISION};
use serde_json::{Value as Json, json};
use warpyard_model::Name;
use warpyard_model::ScopePath;
use warpyard_model::kinds::Phase;
use warpyard_model::permission::{Permission, Role, Subject};
use warpyard_policy::Resource;
use warpyard_testkit::{Http, World};

const ACME: &str = "/api/v1/orgs/acme";

fn in_seconds(world: &World, seconds: i64) -> String {
    world.store.now().plus_seconds(seconds).to_string()
}

fn named(name: &str, spec: Json) -> Json {
    json!({ "metadata": { "name": name }, "spec": spec })
}

async fn group(root: &Http, name: &str, members: &[&str]) {
    root.post(&format!("{ACME}/groups"), &named(name, json!({ "members": members }))).await.expect(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_is_bound_until_its_second() {
    let world = World::start().await;
    let root = world.of("root");
    group(root, "release", &["stranger"]).await;
    world.of("stranger").get(VISION).await.problem(404, "not_found");
    let bindings = format!("{VISION}/role-bindings");
    let spec = |seconds| json!({ "group": "release", "role": "paas_admin", "reason": "Quarterly release", "expires_at": in_seconds(&world, seconds) });
    let past = root.post(&bindings, &named("release", spec(-1))).await;
    past.problem(422, "invalid");
    assert_eq!(past.error_paths(), ["spec.expires_at"]);
    root.post(&bindings, &named("release", spec(3600))).await.expect(201);

    // At once, and for the watch that was open before.
    world.of("stranger").get(VISION).await.expect(200);
    let told = world.of("stranger").get("/api/v1/me/notifications").await.expect(200).json();
    assert!(told["items"][0]["title"].as_str().unwrap().contains("invited you"), "{told}");
    let mut socket = Socket::open(&world, "stranger").await;
    socket.say(json!({ "id": 1, "watch": { "kinds": ["ComputeProfile", "User"] } })).await;
    assert_eq!(socket.hear().await["type"], "synced");

    world.clock.advance(3599);
    world.of("stranger").get(VISION).await.expect(200);
    world.clock.advance(1);
    world.of("stranger").get(VISION).await.problem(404, "not_found");
    // The binding is still shown, and nothing of what changes reaches the open watch.
    root.get(&format!("{bindings}/release")).await.expect(200);
    let cpu = format!("{VISION}/compute-profiles/cpu");
    let mut profile = root.get(&cpu).await.expect(200).json();
    profile["metadata"]["display_name"] = json!("Changed");
    root.put(&cpu, &profile).await.expect(200);
    let myself = named("stranger", json!({ "email": "stranger@example.com", "active": true }));
    root.put("/api/v1/users/stranger", &myself).await.expect(200);
    let heard = socket.hear().await;
    assert_eq!(heard["object"]["kind"], "User", "the profile changed before and is not told of: {heard}");
    drop(socket);

    // A day later it is gone, with an entry in the trail.
    world.clock.advance(24 * 3600 + 1);
    let controller = &world.controller;
    assert_eq!(controller.remove_expired_bindings(world.store.now().plus_seconds(-24 * 3600)).await.unwrap(), 1);
    root.get(&format!("{bindings}/release")).await.problem(404, "not_found");
    let trail = root.get("/api/v1/audit-entries?org=acme&action=role_binding.removed").await.expect(200).json();
    assert_eq!(trail["items"].as_array().unwrap().len(), 1, "{trail}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_terminals_end_with_the_membership_and_the_binding() {
    let world = World::start().await;
    let root = world.of("root");
    world.launch("app", "nb").await;
    world.until_phase("nb", Phase::Running).await;
    group(root, "operators", &["stranger"]).await;
    let bindings = format!("{RESEARCH}/role-bindings");
    let spec = json!({ "group": "operators", "role": "workspace_collaborator" });
    root.post(&bindings, &named("operators", spec)).await.expect(201);
    let terminal = format!("{RESEARCH}/service-instances/nb/terminal");

    let mut open = Socket::open_at(&world, "stranger", &terminal).await;
    open.echoes("one").await;
    root.put(&format!("{ACME}/groups/operators"), &named("operators", json!({ "members": [] }))).await.expect(200);
    open.ends().await;
    world.of("stranger").get(RESEARCH).await.problem(404, "not_found");

    let spec = json!({ "user": "stranger", "role": "workspace_collaborator", "expires_at": in_seconds(&world, 60) });
    root.post(&bindings, &named("until", spec)).await.expect(201);
    let mut open = Socket::open_at(&world, "stranger", &terminal).await;
    open.echoes("two").await;
    world.clock.advance(60);
    open.ends().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_gives_what_they_lack_through_groups_and_custom_roles() {
    let world = World::start().await;
    let (root, project_admin) = (world.of("root"), world.of("project-admin"));
    let roles = format!("{ACME}/custom-roles");
    let publish = json!({ "permissions": ["compute_profile.view", "compute_profile.publish"], "levels": ["project"] });
    // An organization's admin makes it, a project's admin may not and sees it.
    world.of("project-admin").post(&roles, &named("publisher", publish.clone())).await.problem(403, "forbidden");
    world.of("org-admin").post(&roles, &named("publisher", publish.clone())).await.expect(201);
    project_admin.get(&format!("{roles}/publisher")).await.expect(200);
    let never = root.post(&roles, &named("never", json!({ "permissions": ["user.set_password"], "levels": ["org"] }))).await;
    never.problem(422, "invalid");
    assert_eq!(never.error_paths(), ["spec.permissions.0"]);

    // A project admin lacks publishing, so binds nobody to it; the level counts too.
    let bound = json!({ "user": "stranger", "custom_role": "publisher" });
    project_admin.post(&format!("{VISION}/role-bindings"), &named("p", bound.clone())).await.problem(403, "forbidden");
    let wrong = root.post(&format!("{ACME}/role-bindings"), &named("p", bound.clone())).await;
    wrong.problem(422, "invalid");
    assert_eq!(wrong.error_paths(), ["spec.custom_role"]);
    root.post(&format!("{VISION}/role-bindings"), &named("p", bound)).await.expect(201);

    // The stranger may publish now and nothing more.
    let stranger = world.of("stranger");
    stranger.post(&format!("{VISION}/compute-profiles/cpu/publish"), &json!({})).await.expect(200);
    let mut profile = root.get(&format!("{VISION}/compute-profiles/cpu")).await.expect(200).json();
    profile["metadata"]["display_name"] = json!("Mine");
    stranger.put(&format!("{VISION}/compute-profiles/cpu"), &profile).await.problem(403, "forbidden");
    stranger.get(&format!("{ACME}/projects/speech")).await.problem(404, "not_found");

    // What is bound cannot be deleted, and its level cannot be taken away.
    root.delete(&format!("{roles}/publisher")).await.problem(409, "conflict");
    let moved = json!({ "permissions": ["compute_profile.view"], "levels": ["org"] });
    root.put(&format!("{roles}/publisher"), &named("publisher", moved)).await.problem(409, "conflict");
    // Taking a permission from the role takes it from who has it, and is foretold.
    let less = json!({ "permissions": ["compute_profile.view"], "levels": ["project"] });
    let impact = root.post(&format!("{roles}/publisher/impact"), &json!({ "change": { "spec": less } })).await.expect(200).json();
    assert_eq!(
        impact["loses"],
        json!([{ "user": "stranger", "permissions": 1, "scope": { "org": "acme", "project": "vision" } }])
    );
    assert_eq!(impact["gains"], json!([]));
    root.put(&format!("{roles}/publisher"), &named("publisher", less)).await.expect(200);
    stranger.post(&format!("{VISION}/compute-profiles/cpu/publish"), &json!({})).await.problem(403, "forbidden");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn impact_tells_who_loses_and_gains() {
    let world = World::start().await;
    let root = world.of("root");
    group(root, "team", &["stranger", "foreigner"]).await;
    root.post(&format!("{VISION}/role-bindings"), &named("team", json!({ "group": "team", "role": "developer" })))
        .await
        .expect(201);
    let delete = json!({ "change": "delete" });
    let lost = root.post(&format!("{VISION}/role-bindings/team/impact"), &delete).await.expect(200).json();
    let users: Vec<&str> = lost["loses"].as_array().unwrap().iter().map(|l| l["user"].as_str().unwrap()).collect();
    assert_eq!(users, ["foreigner", "stranger"], "{lost}");
    // Nothing was done.
    root.get(&format!("{VISION}/role-bindings/team")).await.expect(200);
    world.of("stranger").get(VISION).await.expect(200);
    let change = json!({ "change": { "spec": { "members": ["stranger", "colleague"] } } });
    let moved = root.post(&format!("{ACME}/groups/team/impact"), &change).await.expect(200).json();
    assert_eq!(moved["loses"][0]["user"], "foreigner", "{moved}");
    assert_eq!(moved["loses"].as_array().unwrap().len(), 1, "{moved}");
    assert_eq!(moved["gains"], json!([]), "a colleague is a developer there already: {moved}");
    world.of("developer").post(&format!("{ACME}/groups/team/impact"), &delete).await.problem(404, "not_found");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn access_tells_why() {
    let world = World::start().await;
    let root = world.of("root");
    group(root, "release", &["colleague"]).await;
    let until = in_seconds(&world, 3600);
    let spec = json!({ "group": "release", "role": "paas_admin", "expires_at": until, "reason": "Release week" });
    root.post(&format!("{VISION}/role-bindings"), &named("release", spec)).await.expect(201);
    let answer = world.of("org-admin").get(&format!("{ACME}/access?user=colleague")).await.expect(200).json();
    let of = |permission: &str| -> Vec<&Json> {
        answer["entries"].as_array().unwrap().iter().filter(|e| e["permission"] == permission).collect()
    };
    let publish = of("compute_profile.publish");
    assert_eq!(publish.len(), 1, "{answer}");
    let via = &publish[0]["via"];
    assert_eq!(
        (via["binding"].as_str(), via["group"].as_str(), via["role"].as_str()),
        (Some("release"), Some("release"), Some("paas_admin"))
    );
    assert_eq!((via["reason"].as_str(), via["expires_at"].as_str()), (Some("Release week"), Some(until.as_str())));
    let owned: Vec<&Json> = of("service_instance.delete");
    assert!(owned.iter().all(|e| e["via"]["kind"] == "ownership" && e["scope"]["project"] == "vision"), "{owned:?}");
    assert!(!owned.is_empty());

    // Everybody asks about themselves; about others only who sees bindings.
    world.of("colleague").get(&format!("{ACME}/access?user=me")).await.expect(200);
    world.of("developer").get(&format!("{ACME}/access?user=colleague")).await.problem(403, "forbidden");
    world.of("stranger").get(&format!("{ACME}/access?user=colleague")).await.problem(404, "not_found");
    world.of("foreigner").get(&format!("{ACME}/access?user=colleague")).await.problem(404, "not_found");
    // An organization's admin is not told of roles over the whole installation, and is told so.
    let of_root = world.of("org-admin").get(&format!("{ACME}/access?user=platform-admin")).await;
    assert!(of_root.status == 404 || of_root.json()["partial"] == true, "{}", of_root.text());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_is_what_is_decided() {
    let world = World::start().await;
    let root = world.of("root");
    let people = root.get("/api/v1/users?limit=500").await.expect(200).json();
    let people: Vec<Name> = people["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| Name::parse(p["metadata"]["name"].as_str().unwrap()).unwrap())
        .collect();
    let vision = ScopePath::project(Name::parse("acme").unwrap(), Name::parse("vision").unwrap());
    for permission in Permission::all() {
        let Subject::Kind(kind) = permission.subject else { continue };
        if !kind.levels().contains(&warpyard_model::Level::Project) {
            continue;
        }
        let path = format!("{ACME}/access/who?project=vision&permission={permission}");
        let answer = root.get(&path).await.expect(200).json();
        let told: Vec<&str> = answer["people"].as_array().unwrap().iter().map(|p| p["user"].as_str().unwrap()).collect();
        let mut decided = Vec::new();
        for person in &people {
            let principal = world.store.person(person).await.unwrap();
            if world.policy.decide(&principal, permission, &Resource::place(permission.subject, &vision)) {
                decided.push(person.as_str());
            }
        }
        assert_eq!(told, decided, "{permission}");
    }
    // Who may delete one profile, by name; one that is not there is not there.
    let one = root
        .get(&format!("{ACME}/access/who?project=vision&permission=compute_profile.delete&name=cpu"))
        .await
        .expect(200)
        .json();
    let told: Vec<&str> = one["people"].as_array().unwrap().iter().map(|p| p["user"].as_str().unwrap()).collect();
    assert!(told.contains(&"paas-admin") && told.contains(&"root") && !told.contains(&"developer"), "{one}");
    root.get(&format!("{ACME}/access/who?project=vision&permission=compute_profile.delete&name=nothing"))
        .await
        .problem(404, "not_found");
    root.get(&format!("{ACME}/access/who?permission=pods.view")).await.problem(422, "invalid");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_stays_in_charge() {
    let world = World::start().await;
    let root = world.of("root");
    // Of acme: one admin. Whichever way they would go is refused.
    let binding = format!("{ACME}/role-bindings/org-admin");
    root.delete(&binding).await.problem(409, "conflict");
    root.delete(&format!("{binding}?dry_run=true")).await.problem(409, "conflict");
    let with = |spec: Json| named("org-admin", spec);
    let ends = json!({ "user": "org-admin", "role": "org_admin", "expires_at": in_seconds(&world, 3600) });
    root.put(&binding, &with(ends)).await.problem(409, "conflict");
    root.put(&binding, &with(json!({ "user": "org-admin", "role": "finops" }))).await.problem(409, "conflict");
    let away = named("org-admin", json!({ "email": "org-admin@example.com", "active": false }));
    root.put("/api/v1/users/org-admin", &away).await.problem(409, "conflict");
    // A group with somebody active in it will do; then the last member stays.
    group(root, "heads", &["colleague"]).await;
    root.post(&format!("{ACME}/role-bindings"), &named("heads", json!({ "group": "heads", "role": "org_admin" })))
        .await
        .expect(201);
    root.delete(&binding).await.expect(204);
    root.put(&format!("{ACME}/groups/heads"), &named("heads", json!({ "members": [] }))).await.problem(409, "conflict");
    root.delete(&format!("{ACME}/groups/heads")).await.problem(409, "conflict");
    root.delete(&format!("{ACME}/role-bindings/heads")).await.problem(409, "conflict");
    let away = named("colleague", json!({ "email": "colleague@example.com", "active": false }));
    root.put("/api/v1/users/colleague", &away).await.problem(409, "conflict");
    // The platform: root and the platform admin; the second of them stays.
    root.delete("/api/v1/role-bindings/platform-admin").await.expect(204);
    root.delete("/api/v1/role-bindings/root").await.problem(409, "conflict");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_built_in_roles_are_told_as_the_policies_decide_them() {
    let world = World::start().await;
    let told = world.of("developer").get(&format!("{ACME}/built-in-roles")).await.expect(200).json();
    let policy = warpyard_policy::Policy::new();
    let org = ScopePath::org(Name::parse("acme").unwrap());
    let here = ScopePath { project: Name::parse("vision").ok(), workspace: Name::parse("research").ok(), ..org };
    let roles = told["items"].as_array().unwrap();
    assert_eq!(roles.len(), Role::ALL.len());
    for (role, told) in Role::ALL.iter().zip(roles) {
        assert_eq!(told["role"], role.as_str());
        let scope = ScopePath::platform();
        let person = warpyard_policy::Principal::new("p", vec![warpyard_policy::Binding { role: *role, scope }]);
        let decided: Vec<String> = Permission::all()
            .filter(|permission| policy.decide(&person, *permission, &Resource::place(permission.subject, &here)))
            .map(|permission| permission.to_string())
            .collect();
        assert_eq!(told["permissions"], json!(decided), "{role}");
    }
    world.of("stranger").get(&format!("{ACME}/built-in-roles")).await.problem(404, "not_found");
    world.of("developer").get("/api/v1/orgs/nowhere/built-in-roles").await.problem(404, "not_found");
    world.finish().await;
}
