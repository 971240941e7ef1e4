//! Programs with roles and tokens of their own.

use crate::watch::Socket;
use crate::{RESEARCH, VISION};
use serde_json::{Value as Json, json};
use warpyard_model::kinds::Phase;
use warpyard_testkit::{Http, World};

const ACCOUNTS: &str = "/api/v1/orgs/acme/service-accounts";

fn named(name: &str, spec: Json) -> Json {
    json!({ "metadata": { "name": name }, "spec": spec })
}

fn wish(name: &str) -> Json {
    json!({ "name": name, "expires_in_seconds": 3600 })
}

async fn token(maker: &Http, account: &str) -> Json {
    maker.post(&format!("{ACCOUNTS}/{account}/tokens"), &wish("pipeline")).await.expect(201).json()
}

fn with(world: &World, token: &Json) -> Http {
    world.nobody().with_token(token["token"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_account_works_by_its_bindings_and_tokens() {
    let world = World::start().await;
    let admin = world.of("org-admin");
    let made = admin.post(ACCOUNTS, &named("ci", json!({}))).await.expect(201).json();
    let identity = format!("sa-ci-{}", &made["metadata"]["uid"].as_str().unwrap()[24..]);
    let long = named(&"a".repeat(37), json!({}));
    assert_eq!(admin.post(ACCOUNTS, &long).await.error_paths(), ["metadata.name"]);
    world.of("developer").post(ACCOUNTS, &named("other", json!({}))).await.problem(403, "forbidden");
    world.of("foreigner").get(&format!("{ACCOUNTS}/ci")).await.problem(404, "not_found");
    // No person is called like one, and no other organization's place takes it.
    let person = named(&identity, json!({ "email": "sa@example.com" }));
    assert_eq!(world.of("root").post("/api/v1/users", &person).await.error_paths(), ["metadata.name"]);
    let binding = json!({ "service_account": "ci", "role": "workspace_collaborator" });
    let both = json!({ "service_account": "ci", "user": "developer", "role": "workspace_collaborator" });
    let bindings = format!("{RESEARCH}/role-bindings");
    assert_eq!(admin.post(&bindings, &named("ci", both)).await.error_paths(), ["spec.service_account"]);
    let at_platform = named("ci", json!({ "service_account": "ci", "role": "auditor" }));
    assert_eq!(world.of("root").post("/api/v1/role-bindings", &at_platform).await.error_paths(), ["spec.service_account"]);
    let elsewhere = named("ci", json!({ "service_account": "ci", "role": "developer" }));
    let refused = world.of("foreigner").post("/api/v1/orgs/globex/projects/fusion/role-bindings", &elsewhere).await;
    assert_eq!(refused.error_paths(), ["spec.service_account"]);

    let first = token(admin, "ci").await;
    let ci = with(&world, &first);
    ci.get(RESEARCH).await.problem(404, "not_found");
    admin.post(&bindings, &named("ci", binding)).await.expect(201);
    ci.get(RESEARCH).await.expect(200);
    let me = ci.get("/api/v1/me").await.expect(200).json();
    assert_eq!((&me["user"]["name"], &me["user"]["display_name"]), (&json!(identity), &json!("ci")));
    for path in ["/api/v1/me/tokens", "/api/v1/me/sessions", "/api/v1/me/second-factors", "/api/v1/me/notifications"] {
        ci.get(path).await.problem(403, "forbidden");
    }
    // What it launches is its own, and the trail names it.
    let body = named("nb", json!({ "profile": { "name": "app" } }));
    let launched = ci.post(&format!("{RESEARCH}/service-instances"), &body).await.expect(201).json();
    assert_eq!(launched["spec"]["owner"], identity.as_str());
    assert_eq!(launched["metadata"]["created_by"], identity.as_str());
    let trail = admin.get(&format!("/api/v1/audit-entries?org=acme&actor={identity}")).await.expect(200).json();
    assert_eq!(trail["items"][0]["object"], "/acme/vision/research/nb", "{trail}");
    let trail = admin.get("/api/v1/audit-entries?org=acme&action=service_account_token.create").await.expect(200).json();
    assert_eq!(trail["items"][0]["actor"], "org-admin");

    // It is among those who may, and its access says by which binding.
    let access = admin.get("/api/v1/orgs/acme/access?service_account=ci").await.expect(200).json();
    assert_eq!((&access["service_account"], &access["user"]), (&json!("ci"), &json!(identity)));
    assert!(access["entries"].as_array().unwrap().iter().any(|e| e["via"]["binding"] == "ci"), "{access}");
    let path = "/api/v1/orgs/acme/access/who?permission=service_instance.create&project=vision&workspace=research";
    let who = admin.get(path).await.expect(200).json();
    assert!(who["people"].as_array().unwrap().iter().any(|p| p["service_account"] == "ci"), "{who}");
    let both = "/api/v1/orgs/acme/access?service_account=ci&user=developer";
    assert_eq!(admin.get(both).await.error_paths(), ["service_account"]);
    let impact = admin.post(&format!("{bindings}/ci/impact"), &json!({ "change": "delete" })).await.expect(200).json();
    assert_eq!(impact["loses"][0]["user"], identity.as_str());

    // A workspace it makes is its own by a binding of its own kind.
    let developer = named("maker", json!({ "service_account": "ci", "role": "developer" }));
    admin.post(&format!("{VISION}/role-bindings"), &developer).await.expect(201);
    ci.post(&format!("{VISION}/workspaces"), &named("built", json!({}))).await.expect(201);
    let own = ci.get(&format!("{VISION}/workspaces/built/role-bindings/ci")).await.expect(200).json();
    assert_eq!(own["spec"], json!({ "service_account": "ci", "role": "workspace_admin" }));
    admin.delete(&format!("{ACCOUNTS}/ci")).await.problem(409, "conflict");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_service_account_opened_ends_with_it() {
    let world = World::start().await;
    let admin = world.of("org-admin");
    world.launch("app", "nb").await;
    world.until_phase("nb", Phase::Running).await;
    admin.post(ACCOUNTS, &named("ci", json!({}))).await.expect(201);
    let bindings = format!("{RESEARCH}/role-bindings");
    let binding = named("ci", json!({ "service_account": "ci", "role": "workspace_collaborator" }));
    admin.post(&bindings, &binding).await.expect(201);
    let terminal = format!("{RESEARCH}/service-instances/nb/terminal");
    let open = async |token: &Json| {
        let mut socket = Socket::open_with(&world, token["token"].as_str().unwrap(), &terminal).await;
        socket.echoes("hello").await;
        socket
    };
    let first = token(admin, "ci").await;
    let mut socket = open(&first).await;
    let path = format!("{ACCOUNTS}/ci/tokens/{}", first["id"].as_str().unwrap());
    let second = admin.post(&format!("{path}/rotate"), &json!({})).await.expect(200).json();
    socket.ends().await;
    let mut socket = open(&second).await;
    world.of("foreigner").delete(&path).await.problem(404, "not_found");
    admin.delete(&path).await.expect(204);
    socket.ends().await;
    admin.delete(&path).await.problem(404, "not_found");

    // Its binding, its activity, itself.
    let third = token(admin, "ci").await;
    let mut socket = open(&third).await;
    admin.delete(&format!("{bindings}/ci")).await.expect(204);
    socket.ends().await;
    admin.post(&bindings, &binding).await.expect(201);
    let mut socket = open(&third).await;
    admin.put(&format!("{ACCOUNTS}/ci"), &named("ci", json!({ "active": false }))).await.expect(200);
    socket.ends().await;
    with(&world, &third).get("/api/v1/me").await.problem(401, "unauthenticated");
    admin.put(&format!("{ACCOUNTS}/ci"), &named("ci", json!({ "active": true }))).await.expect(200);
    with(&world, &third).get("/api/v1/me").await.problem(401, "unauthenticated");
    let fourth = token(admin, "ci").await;
    with(&world, &fourth).get("/api/v1/me").await.expect(200);
    admin.delete(&format!("{bindings}/ci")).await.expect(204);
    admin.delete(&format!("{ACCOUNTS}/ci")).await.expect(204);
    with(&world, &fourth).get("/api/v1/me").await.problem(401, "unauthenticated");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_gets_more_through_a_service_accounts_token() {
    let world = World::start().await;
    let admin = world.of("org-admin");
    admin.post(ACCOUNTS, &named("ci", json!({}))).await.expect(201);
    let keepers = json!({ "permissions": ["service_account.view", "service_account.update"], "levels": ["org"] });
    admin.post("/api/v1/orgs/acme/custom-roles", &named("keepers", keepers)).await.expect(201);
    let keeper = named("keeper", json!({ "user": "stranger", "custom_role": "keepers" }));
    admin.post("/api/v1/orgs/acme/role-bindings", &keeper).await.expect(201);
    let stranger = world.of("stranger");
    // As long as the account may nothing, its tokens are harmless.
    let harmless = token(stranger, "ci").await;
    with(&world, &harmless).get(VISION).await.problem(404, "not_found");
    let binding = named("ci", json!({ "service_account": "ci", "role": "org_admin" }));
    admin.post("/api/v1/orgs/acme/role-bindings", &binding).await.expect(201);
    let path = format!("{ACCOUNTS}/ci/tokens");
    stranger.post(&path, &wish("more")).await.problem(403, "forbidden");
    let id = harmless["id"].as_str().unwrap();
    stranger.post(&format!("{path}/{id}/rotate"), &json!({})).await.problem(403, "forbidden");
    // Ending one takes nothing more than the right to change the account.
    stranger.delete(&format!("{path}/{id}")).await.expect(204);
    // It does not stay in charge for a person.
    let last = world.of("root").delete("/api/v1/orgs/acme/role-bindings/org-admin").await;
    last.problem(409, "conflict");
    world.finish().await;
}
