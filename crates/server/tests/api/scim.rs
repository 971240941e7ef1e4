//! SCIM 2.0 as Entra ID and Okta speak it: people and groups, what it reaches and what it does not.

use hyper::Method;
use serde_json::{Value as Json, json};
use warpyard_testkit::{Http, World};

const ACME: &str = "/scim/v2/orgs/acme";

/// A provider of an organization, and requests with its SCIM token.
async fn provider(world: &World, org: &str) -> Http {
    let spec = json!({ "issuer": "https://login.example.com", "client_id": "w", "domains": ["example.com"] });
    let path = format!("/api/v1/orgs/{org}/identity-providers");
    world.of("root").post(&path, &json!({ "metadata": { "name": "company" }, "spec": spec })).await.expect(201);
    let made = world.of("root").post(&format!("{path}/company/scim-token"), &json!({})).await.expect(201).json();
    world.nobody().with_token(made["secret"].as_str().unwrap())
}

async fn patch(scim: &Http, path: &str, operations: Json) -> warpyard_testkit::Reply {
    let body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations });
    scim.request(Method::PATCH, path).header("content-type", "application/scim+json").body(body.to_string()).send().await
}

fn ada() -> Json {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada@example.com", "externalId": "00u1",
        "name": { "givenName": "Ada", "familyName": "Lovelace" }, "active": true,
        "emails": [{ "primary": true, "value": "Ada@example.com", "type": "work" }]
    })
}

async fn members(world: &World, group: &str) -> Json {
    world.of("root").get(&format!("/api/v1/orgs/acme/groups/{group}")).await.expect(200).json()["spec"]["members"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_and_groups_are_written_and_count_at_once() {
    let world = World::start().await;
    let scim = provider(&world, "acme").await;
    for page in ["ServiceProviderConfig", "Schemas", "ResourceTypes"] {
        let reply = scim.get(&format!("{ACME}/{page}")).await.expect(200);
        assert!(reply.header("content-type").starts_with("application/scim+json"));
    }
    let made = scim.post(&format!("{ACME}/Users"), &ada()).await.expect(201);
    let user = made.json();
    assert_eq!(
        (&user["displayName"], &user["active"], &user["externalId"]),
        (&json!("Ada Lovelace"), &json!(true), &json!("00u1"))
    );
    let id = user["id"].as_str().unwrap();
    assert!(made.header("location").ends_with(&format!("/Users/{id}")));
    let again = scim.post(&format!("{ACME}/Users"), &ada()).await.expect(409).json();
    assert_eq!((&again["scimType"], &again["status"]), (&json!("uniqueness"), &json!("409")));

    let found = async |filter: &str| {
        let filter: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        scim.get(&format!("{ACME}/Users?filter={filter}&startIndex=1&count=10")).await.expect(200).json()["totalResults"].clone()
    };
    assert_eq!(found("userName eq \"ADA@example.com\" and externalId eq \"00u1\"").await, 1);
    assert_eq!(found("externalId eq \"00u2\"").await, 0);
    let page = scim.get(&format!("{ACME}/Users?startIndex=2&count=5")).await.expect(200).json();
    assert_eq!((&page["totalResults"], &page["itemsPerPage"]), (&json!(1), &json!(0)));
    let wrong = scim.get(&format!("{ACME}/Users?filter=userName%20co%20%22a%22")).await.expect(400).json();
    assert_eq!(wrong["scimType"], "invalidFilter");

    let group = json!({ "displayName": "Vision Team", "externalId": "g1", "members": [{ "value": id }] });
    let group = scim.post(&format!("{ACME}/Groups"), &group).await.expect(201).json();
    let at = format!("{ACME}/Groups/{}", group["id"].as_str().unwrap());
    assert_eq!(members(&world, "vision-team").await, json!(["ada"]));
    let binding = json!({ "metadata": { "name": "team" }, "spec": { "group": "vision-team", "role": "developer" } });
    world.of("root").post(&format!("{}/role-bindings", crate::VISION), &binding).await.expect(201);
    let person = world.server.person("ada").await;
    person.get("/api/v1/orgs/acme/projects/vision").await.expect(200);

    // Taken out of the group and put in again, in the ways that providers have; people whom no provider wrote stay.
    let mut spec = world.of("root").get("/api/v1/orgs/acme/groups/vision-team").await.expect(200).json();
    spec["spec"]["members"] = json!(["ada", "colleague"]);
    world.of("root").put("/api/v1/orgs/acme/groups/vision-team", &spec).await.expect(200);
    patch(&scim, &at, json!([{ "op": "remove", "path": format!("members[value eq \"{id}\"]") }])).await.expect(200);
    assert_eq!(members(&world, "vision-team").await, json!(["colleague"]));
    person.get("/api/v1/orgs/acme/projects/vision").await.problem(404, "not_found");
    patch(&scim, &at, json!([{ "op": "Add", "path": "members", "value": [{ "value": id }] }])).await.expect(200);
    patch(&scim, &at, json!([{ "op": "replace", "value": { "displayName": "Seeing Team" } }])).await.expect(200);
    assert_eq!(members(&world, "vision-team").await, json!(["colleague", "ada"]));
    let listed = scim.get(&format!("{ACME}/Groups?excludedAttributes=members")).await.expect(200).json();
    assert_eq!(
        (&listed["Resources"][0]["displayName"], &listed["Resources"][0]["members"]),
        (&json!("Seeing Team"), &Json::Null)
    );
    scim.delete(&at).await.expect(409);

    // Off and on, as Entra ID writes it; off takes everything in the organization away.
    let me = format!("{ACME}/Users/{id}");
    patch(&scim, &me, json!([{ "op": "Replace", "path": "active", "value": "False" }])).await.expect(200);
    person.get("/api/v1/me").await.problem(401, "unauthenticated");
    assert_eq!(members(&world, "vision-team").await, json!(["colleague"]));
    patch(&scim, &me, json!([{ "op": "replace", "value": { "active": true } }])).await.expect(200);
    let mut changed = ada();
    changed["displayName"] = json!("Ada King");
    scim.put(&me, &changed).await.expect(200);
    let account = world.of("root").get("/api/v1/users/ada").await.expect(200).json();
    assert_eq!((&account["metadata"]["display_name"], &account["spec"]["active"]), (&json!("Ada King"), &json!(true)));
    scim.delete(&me).await.expect(204);
    scim.get(&me).await.expect(404);
    let account = world.of("root").get("/api/v1/users/ada").await.expect(200).json();
    assert_eq!(account["spec"]["active"], false);
    let trail = world.of("root").get("/api/v1/audit-entries?org=acme&actor=scim&limit=50").await.expect(200).json();
    assert!(trail["items"].as_array().unwrap().iter().any(|e| e["action"] == "group.update"), "{trail}");

    for bad in ["[]", "{", "{\"userName\": \"x\"}", "{\"userName\": \"x@example.com\", \"active\": 7}", "{}"] {
        let reply = scim.request(Method::POST, &format!("{ACME}/Users")).body(bad.to_owned()).send().await.expect(400).json();
        assert_eq!(reply["schemas"][0], "urn:ietf:params:scim:api:messages:2.0:Error", "{bad}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_reaches_its_organization_alone() {
    let world = World::start().await;
    let (scim, other) = (provider(&world, "acme").await, provider(&world, "globex").await);
    let user = scim.post(&format!("{ACME}/Users"), &ada()).await.expect(201).json();
    let id = user["id"].as_str().unwrap();
    // Another organization's token: not here, and nothing of here there.
    for path in [format!("{ACME}/Users"), format!("{ACME}/Users/{id}"), format!("{ACME}/Schemas")] {
        other.get(&path).await.expect(401);
    }
    let there = "/scim/v2/orgs/globex";
    assert_eq!(other.get(&format!("{there}/Users")).await.expect(200).json()["totalResults"], 0);
    for gone in [Method::GET, Method::DELETE] {
        other.request(gone, &format!("{there}/Users/{id}")).send().await.expect(404);
    }
    patch(&other, &format!("{there}/Users/{id}"), json!([{ "op": "replace", "path": "active", "value": false }]))
        .await
        .expect(404);
    let team = json!({ "metadata": { "name": "team" }, "spec": { "members": ["developer"] } });
    let team = world.of("root").post("/api/v1/orgs/acme/groups", &team).await.expect(201).json();
    let team = team["metadata"]["uid"].as_str().unwrap();
    other.get(&format!("{there}/Groups/{team}")).await.expect(404);
    other.delete(&format!("{there}/Groups/{team}")).await.expect(404);
    let stolen = json!({ "displayName": "Stolen", "members": [{ "value": id }] });
    other.post(&format!("{there}/Groups"), &stolen).await.expect(400);

    // Nobody's account is taken over: not of another organization, not of the platform, not an address elsewhere.
    for victim in ["root", "foreigner", "infrastructure-admin", "stranger"] {
        let body = json!({ "userName": format!("{victim}@example.com") });
        scim.post(&format!("{ACME}/Users"), &body).await.expect(409);
    }
    let body = json!({ "userName": "eve@elsewhere.example" });
    scim.post(&format!("{ACME}/Users"), &body).await.expect(400);
    // Somebody of this organization is taken in; what they have elsewhere later is not touched.
    let taken = scim.post(&format!("{ACME}/Users"), &json!({ "userName": "developer@example.com" })).await.expect(201).json();
    let binding = json!({ "metadata": { "name": "developer" }, "spec": { "user": "developer", "role": "finops" } });
    world.of("root").post("/api/v1/orgs/globex/role-bindings", &binding).await.expect(201);
    scim.delete(&format!("{ACME}/Users/{}", taken["id"].as_str().unwrap())).await.expect(204);
    let developer = world.of("developer");
    developer.get("/api/v1/orgs/acme").await.problem(404, "not_found");
    developer.get("/api/v1/orgs/globex").await.expect(200);
    // The last admin of the organization stays.
    let admin = scim.post(&format!("{ACME}/Users"), &json!({ "userName": "org-admin@example.com" })).await.expect(201).json();
    scim.delete(&format!("{ACME}/Users/{}", admin["id"].as_str().unwrap())).await.expect(409);
    world.of("org-admin").get("/api/v1/orgs/acme").await.expect(200);

    // Rotated, ended, and gone with its provider.
    let token = "/api/v1/orgs/acme/identity-providers/company/scim-token";
    let root = world.of("root");
    let shown = root.get(token).await.expect(200).json();
    assert!(shown["url"].as_str().unwrap().ends_with(ACME) && shown["token"]["last_used_at"].is_string(), "{shown}");
    let new = root.post(token, &json!({})).await.expect(201).json();
    scim.get(&format!("{ACME}/Users")).await.expect(401);
    let scim = world.nobody().with_token(new["secret"].as_str().unwrap());
    scim.get(&format!("{ACME}/Users")).await.expect(200);
    scim.get("/api/v1/me").await.problem(401, "unauthenticated");
    root.delete("/api/v1/orgs/acme/identity-providers/company").await.expect(204);
    scim.get(&format!("{ACME}/Users")).await.expect(401);
    world.nobody().get(&format!("{ACME}/Users")).await.expect(401);
    world.finish().await;
}
