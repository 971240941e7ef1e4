//! Requests for access over HTTP, and the report of who has what.

use crate::VISION;
use serde_json::{Value as Json, json};
use warpyard_model::permission::Role;
use warpyard_testkit::{Http, World};

const ALL: &str = "/api/v1/orgs/acme/access-requests";

async fn ask(who: &Http, body: Json) -> Json {
    who.post(ALL, &body).await.expect(201).json()
}

fn item(asked: &Json, verb: &str) -> String {
    format!("{ALL}/{}{verb}", asked["request"]["name"].as_str().unwrap())
}

async fn told(who: &Http, kind: &str) -> Vec<Json> {
    let all = who.get("/api/v1/me/notifications").await.expect(200).json();
    all["items"].as_array().unwrap().iter().filter(|n| n["kind"] == kind).cloned().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_asks_and_somebody_else_gives() {
    let world = World::start().await;
    let (asker, admin, root) = (world.of("colleague"), world.role(Role::ProjectAdmin), world.of("root"));
    let wanted =
        json!({ "project": "vision", "role": "managed_instances_operator", "reason": "Night shift", "duration_seconds": 3600 });
    // A project admin lacks rights of that role and so is not asked; who has them is.
    let asked = ask(asker, wanted.clone()).await;
    let may: Vec<&str> = asked["approvers"].as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect();
    assert!(may.contains(&"org-admin") && may.contains(&"root"), "{may:?}");
    assert!(!may.contains(&"project-admin") && !may.contains(&"colleague") && !may.contains(&"foreigner"), "{may:?}");
    assert_eq!((told(root, "approval_needed").await.len(), told(admin, "approval_needed").await.len()), (1, 0));
    asker.post(ALL, &wanted).await.problem(409, "conflict");

    // Only whoever may: not the asker, not a colleague, not somebody without the rights, no stranger.
    let approve = item(&asked, "/approve");
    asker.post(&approve, &json!({})).await.problem(403, "forbidden");
    world.role(Role::Developer).post(&approve, &json!({})).await.problem(403, "forbidden");
    admin.post(&approve, &json!({})).await.problem(403, "forbidden");
    world.of("stranger").post(&approve, &json!({})).await.problem(404, "not_found");
    world.of("foreigner").post(&approve, &json!({})).await.problem(404, "not_found");
    let long = json!({ "note": "x".repeat(501) });
    root.post(&approve, &long).await.problem(422, "invalid");

    let list =
        async |who: &Http| who.get(&format!("{ALL}?state=pending")).await.expect(200).json()["items"].as_array().unwrap().clone();
    assert_eq!((list(asker).await.len(), list(world.role(Role::Developer)).await.len()), (1, 0));
    assert_eq!((&list(root).await[0]["may_decide"], &list(asker).await[0]["may_decide"]), (&json!(true), &json!(false)));

    let decided = world.role(Role::OrgAdmin).post(&approve, &json!({ "note": "Until the morning" })).await.expect(200).json();
    assert_eq!((&decided["state"], &decided["decided_by"]), (&json!("approved"), &json!("org-admin")));
    let binding = format!("{VISION}/role-bindings/{}", decided["binding"].as_str().unwrap());
    let binding = root.get(&binding).await.expect(200).json();
    assert_eq!((&binding["spec"]["user"], &binding["spec"]["reason"]), (&json!("colleague"), &json!("Night shift")));
    assert!(binding["spec"]["expires_at"].is_string(), "{binding}");
    let news = told(asker, "approval_given").await;
    assert_eq!(news[0]["body"], "Until the morning");
    root.post(&approve, &json!({})).await.problem(409, "conflict");
    asker.delete(&item(&asked, "")).await.problem(409, "conflict");
    let me = asker.get("/api/v1/me").await.expect(200).json();
    assert!(
        me["bindings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|b| b["role"] == "managed_instances_operator" && b["expires_at"].is_string())
    );
    // It ends by itself, and then may be asked for again.
    world.clock.advance(3601);
    let again = ask(asker, wanted).await;
    let denied = root.post(&item(&again, "/deny"), &json!({ "note": "Not tonight" })).await.expect(200).json();
    assert_eq!(denied["state"], "denied");
    assert_eq!(told(asker, "approval_refused").await[0]["body"], "Not tonight");
    let trail = root.get("/api/v1/audit-entries?org=acme&action=access_request.").await.expect(200).json();
    let actions: Vec<&str> = trail["items"].as_array().unwrap().iter().map(|e| e["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["access_request.deny", "access_request.create", "access_request.approve", "access_request.create"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_decides_about_their_own_request() {
    let world = World::start().await;
    // An org admin could bind the role, and asks for it all the same: then somebody else decides.
    let admin = world.role(Role::ProjectAdmin);
    let asked = ask(admin, json!({ "project": "vision", "role": "paas_admin", "reason": "Cards" })).await;
    world
        .of("root")
        .post(
            "/api/v1/orgs/acme/role-bindings",
            &json!({
                "metadata": { "name": "promoted" }, "spec": { "user": "project-admin", "role": "org_admin" }
            }),
        )
        .await
        .expect(201);
    admin.post(&item(&asked, "/approve"), &json!({})).await.problem(409, "approval_required");
    admin.post(&item(&asked, "/deny"), &json!({})).await.problem(409, "approval_required");
    admin.delete(&item(&asked, "")).await.expect(204);
    admin.delete(&item(&asked, "")).await.problem(404, "not_found");

    // What is asked for must be something, in a place that is there, for somebody who is in the organization.
    let asker = world.of("colleague");
    for (wrong, path) in [
        (json!({ "reason": "x" }), "role"),
        (json!({ "role": "auditor", "custom_role": "y", "reason": "x" }), "custom_role"),
        (json!({ "role": "developer", "reason": "x" }), "role"),
        (json!({ "role": "auditor", "reason": "  " }), "reason"),
        (json!({ "role": "auditor", "reason": "x", "duration_seconds": 5 }), "duration_seconds"),
        (json!({ "role": "workspace_reader", "workspace": "lab", "reason": "x" }), "workspace"),
        (json!({ "custom_role": "nowhere", "reason": "x" }), "custom_role"),
    ] {
        let refused = asker.post(ALL, &wrong).await;
        refused.problem(422, "invalid");
        assert_eq!(refused.error_paths(), [path], "{wrong}");
    }
    asker.post(ALL, &json!({ "project": "vision", "role": "developer", "reason": "x" })).await.problem(409, "conflict");
    asker.post(ALL, &json!({ "project": "nowhere", "role": "developer", "reason": "x" })).await.problem(404, "not_found");
    for who in ["stranger", "foreigner"] {
        world.of(who).post(ALL, &json!({ "role": "auditor", "reason": "x" })).await.problem(404, "not_found");
        world.of(who).get(ALL).await.problem(404, "not_found");
    }
    // A request that nobody decides about lapses.
    let late = ask(asker, json!({ "role": "auditor", "reason": "Yearly check" })).await;
    world.clock.advance(30 * 24 * 3600);
    let root = world.server.person("root").await;
    root.post(&item(&late, "/approve"), &json!({})).await.problem(409, "conflict");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_review_tells_who_has_what() {
    let world = World::start().await;
    let root = world.of("root");
    let review = "/api/v1/orgs/acme/reports/access-review";
    root.post(
        "/api/v1/orgs/acme/groups",
        &json!({ "metadata": { "name": "imaging" }, "spec": { "members": ["stranger", "colleague"] } }),
    )
    .await
    .expect(201);
    let spec =
        json!({ "group": "imaging", "role": "developer", "expires_at": "2026-02-01T00:00:00Z", "reason": "=HYPERLINK(\"x\")" });
    root.post(&format!("{VISION}/role-bindings"), &json!({ "metadata": { "name": "team" }, "spec": spec })).await.expect(201);
    world.of("colleague").get("/api/v1/me").await.expect(200);
    let told = world.role(Role::Auditor).get(review).await.expect(200).json();
    let rows = told["items"].as_array().unwrap();
    let team: Vec<&Json> = rows.iter().filter(|row| row["binding"] == "team").collect();
    assert_eq!(team.iter().map(|row| row["user"].as_str().unwrap()).collect::<Vec<_>>(), ["colleague", "stranger"]);
    assert_eq!((&team[0]["group"], &team[0]["given_by"]), (&json!("imaging"), &json!("root")));
    assert!(team[0]["last_token_use"].is_string() || team[0]["last_sign_in"].is_string(), "{}", team[0]);
    assert!(rows.iter().all(|row| row["user"] != "foreigner"), "other organizations are none of this one's business");
    // What is bound to the installation reaches in too, for those who may see it.
    assert_eq!(told["partial"], true);
    let whole = root.get(review).await.expect(200).json();
    assert_eq!(whole["partial"], false);
    assert!(whole["items"].as_array().unwrap().iter().any(|row| row["role"] == "platform_admin"));

    let csv = root.get(&format!("{review}?format=csv")).await.expect(200);
    assert!(
        csv.header("content-type").starts_with("text/csv")
            && csv.header("content-disposition").contains("access-review-acme.csv")
    );
    let text = csv.text();
    assert!(text.starts_with("user,name,active,where,role,") && text.contains("\"'=HYPERLINK(\"\"x\"\")\""), "{text}");
    world.clock.advance(365 * 24 * 3600);
    let root = world.server.person("root").await;
    let later = root.get(review).await.expect(200).json();
    assert!(later["items"].as_array().unwrap().iter().all(|row| row["binding"] != "team"), "what has ended is not had");
    let denied = world.server.person("workspace-collaborator").await;
    assert_eq!(denied.get(review).await.status.as_u16(), 403, "{}", denied.get(review).await.text());
    world.server.person("foreigner").await.get(review).await.problem(404, "not_found");
    root.get(&format!("{review}?format=pdf")).await.problem(422, "invalid");
    world.finish().await;
}
