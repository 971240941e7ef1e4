//! One organization against another, over every operation of the API: whatever somebody who may do everything in one
//! organization asks about another, it is as if the other did not exist, and nothing of it changes.
//!
//! The requests are the role matrix's own, so an operation that has none there has none here, and fails both.

use crate::roles::{HELP, request_for, seeded};
use crate::{RESEARCH, VISION};
use hyper::Method;
use serde_json::{Value as Json, json};
use warpyard_model::permission::Role;
use warpyard_server::{Needs, operations};
use warpyard_testkit::{Http, Reply, World};

/// Kinds of the platform that everybody may look at, and nobody of an organization may change.
const FOR_EVERYBODY: [&str; 3] = ["/api/v1/targets", "/api/v1/system-profiles", "/api/v1/environment-templates"];

/// What an answer says, without what tells one request from another, and without the name that was asked for.
fn said(reply: &Reply, name: &str) -> (u16, Json) {
    let mut body: Json = serde_json::from_slice(&reply.body).unwrap_or(Json::Null);
    if let Some(object) = body.as_object_mut() {
        object.remove("request_id");
    }
    let text = body.to_string().replace(name, "NAME");
    (reply.status.as_u16(), serde_json::from_str(&text).unwrap())
}

/// The foreigner holds every role there is, in their own organization.
async fn with_a_mighty_foreigner() -> World {
    let world = seeded().await;
    let root = world.of("root");
    root.post("/api/v1/orgs/globex/projects/fusion/workspaces", &json!({ "metadata": { "name": "reactor" }, "spec": {} }))
        .await
        .expect(201);
    let permissions: Vec<String> = warpyard_model::permission::Permission::all().map(|p| p.to_string()).collect();
    let everything = json!({ "metadata": { "name": "everything" }, "spec": { "permissions": permissions, "levels": ["org"] } });
    // What no role of an organization may hold is not asked for.
    let made = root.post("/api/v1/orgs/globex/custom-roles", &everything).await;
    let bindable = made.status == 201;
    let places =
        ["/api/v1/orgs/globex", "/api/v1/orgs/globex/projects/fusion", "/api/v1/orgs/globex/projects/fusion/workspaces/reactor"];
    for role in Role::ALL {
        for place in places {
            let body = json!({ "metadata": { "name": format!("foreigner-{}", role.as_str().replace('_', "-")) },
                "spec": { "user": "foreigner", "role": role } });
            let reply = root.post(&format!("{place}/role-bindings"), &body).await;
            assert!([201, 422].contains(&reply.status.as_u16()), "{role} at {place}: {}", reply.text());
        }
    }
    if bindable {
        let body = json!({ "metadata": { "name": "foreigner-everything" }, "spec": { "user": "foreigner", "custom_role": "everything" } });
        root.post("/api/v1/orgs/globex/role-bindings", &body).await.expect(201);
    }
    world
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_rules_one_organization_is_nobody_in_another() {
    let world = with_a_mighty_foreigner().await;
    let (root, foreigner) = (world.of("root"), world.of("foreigner"));
    let before = (world.store.newest_sequence(), trail(&world).await);
    let (mut asked, mut wrong) = (0, Vec::new());
    for operation in operations().0.iter().filter(|o| o.path.contains('{') && matches!(o.needs, Needs::Permission(_))) {
        let ask = request_for(operation, root).await;
        let ask = ask.unwrap_or_else(|| panic!("{} {} has no request. {HELP}", operation.method, operation.path));
        // The same request about what does not exist: another organization, or another object of the platform.
        let (there, nowhere) = if operation.path.contains("{org}") {
            ("/orgs/acme".to_owned(), "/orgs/nowhere".to_owned())
        } else {
            let item = ask.path.split(['?']).next().unwrap().split('/').nth(4).unwrap().to_owned();
            (format!("/{item}"), "/nowhere".to_owned())
        };
        if FOR_EVERYBODY.iter().any(|path| operation.path.starts_with(path)) && operation.method == Method::GET {
            continue;
        }
        asked += 1;
        let mut other = ask.elsewhere(&there, &nowhere);
        if let Some(org) = ask.body["org"].as_str() {
            assert_eq!(org, "acme");
            other.body["org"] = json!("nowhere");
        }
        let send = async |ask: &crate::roles::Ask| {
            // Only a console session opens an app in a browser.
            let session = if operation.id.ends_with("_open") { Some(world.session("foreigner").await) } else { None };
            ask.request(session.as_ref().unwrap_or(foreigner), &operation.method).send().await
        };
        let (real, none) = (send(&ask).await, send(&other).await);
        let (name, other_name) = (there.rsplit('/').next().unwrap(), nowhere.rsplit('/').next().unwrap());
        let (real, none) = (said(&real, name), said(&none, other_name));
        let shared = FOR_EVERYBODY.iter().any(|path| operation.path.starts_with(path));
        // What everybody sees may be refused as what it is.
        let refused = real.0 == 404 || real.0 == 403;
        if !refused || (real != none && !(shared && real.0 == 403)) {
            wrong.push(format!("{}: {real:?}, and of what is not there: {none:?}", operation.id));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(asked > 150, "{asked}");
    let after = (world.store.newest_sequence(), trail(&world).await);
    assert_eq!(before, after, "nothing changed, and the trail says so");
    assert_eq!(after.1, json!([]), "and nothing was allowed");
    world.finish().await;
}

/// What the organization's trail says that the foreigner was allowed to do; making ready what is asked about is root's.
async fn trail(world: &World) -> Json {
    let path = "/api/v1/audit-entries?org=acme&outcome=allowed&actor=foreigner&limit=1";
    world.of("root").get(path).await.expect(200).json()["items"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_and_searches_end_at_the_organization() {
    let world = with_a_mighty_foreigner().await;
    let foreigner = world.of("foreigner");
    let (all, document) = operations();
    let mut asked = 0;
    for operation in all.iter().filter(|o| o.method == Method::GET && !o.path.contains('{')) {
        let parameters = document["paths"][&operation.path]["get"]["parameters"].as_array().unwrap().clone();
        let has = |name: &str| parameters.iter().any(|p| p["name"] == name);
        if !has("org") || operation.id == "watch_stream" {
            continue;
        }
        asked += 1;
        let rest = if has("permission") { "&permission=project.view" } else { "" };
        let (there, nowhere) = (format!("{}?org=acme{rest}", operation.path), format!("{}?org=nowhere{rest}", operation.path));
        let (real, none) = (foreigner.get(&there).await, foreigner.get(&nowhere).await);
        assert_eq!(said(&real, "acme"), said(&none, "nowhere"), "{}", operation.id);
        if real.status == 200 && has("search") {
            // No word finds anything of it, no order shows where it would stand, no cursor leads into it.
            for query in ["search=acme", "search=vision", "search=research", "label=a=b", "sort=-created_at", "limit=500"] {
                let text = foreigner.get(&format!("{}?{query}", operation.path)).await.text();
                for word in ["\"acme\"", "\"vision\"", "\"research\"", "\"asked\""] {
                    let own = operation.id.starts_with("system_profile") || operation.id.starts_with("target");
                    assert!(own || !text.contains(word), "{}?{query} tells of {word}", operation.path);
                }
            }
        }
    }
    assert!(asked > 10, "{asked}");
    world.finish().await;
}

/// What is referred to, the collection it is tried in, the object that names it, and the name of what the other has.
type Reference<'a> = (&'a str, String, Box<dyn Fn(&str) -> Json>, &'a str);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_another_organization_can_be_referred_to() {
    let world = with_a_mighty_foreigner().await;
    let foreigner = world.of("foreigner");
    let fusion = "/api/v1/orgs/globex/projects/fusion";
    let reactor = format!("{fusion}/workspaces/reactor");
    let named = |spec: Json| json!({ "metadata": { "name": "thief" }, "spec": spec });
    let size = json!({ "cpu_millis": 500, "memory_bytes": "1GiB" });
    let from = |name: &str| json!({ "name": name, "version": "1.0.0" });
    // Every field that names something, once with what the other organization has and once with what nobody has.
    let references: Vec<Reference<'_>> = vec![
        (
            "a template",
            format!("{fusion}/compute-profiles"),
            Box::new(move |name| named(json!({ "template": from(name), "size": size }))),
            "cell",
        ),
        (
            "a group",
            "/api/v1/orgs/globex/role-bindings".to_owned(),
            Box::new(move |name| named(json!({ "group": name, "role": "org_admin" }))),
            "imaging",
        ),
        (
            "a custom role",
            "/api/v1/orgs/globex/role-bindings".to_owned(),
            Box::new(move |name| named(json!({ "user": "foreigner", "custom_role": name }))),
            "release",
        ),
        (
            "a profile",
            format!("{reactor}/compute-instances"),
            Box::new(move |name| named(json!({ "profile": { "name": name } }))),
            "cpu",
        ),
        (
            "a profile at home elsewhere",
            format!("{reactor}/compute-instances"),
            Box::new(move |name| named(json!({ "profile": { "name": name, "project": "vision" } }))),
            "cpu",
        ),
        (
            "a service's profile",
            format!("{reactor}/service-instances"),
            Box::new(move |name| named(json!({ "profile": { "name": name, "project": "vision" } }))),
            "app",
        ),
        (
            "a form of a profile",
            format!("{fusion}/compute-profiles/cpu/form?home=vision"),
            Box::new(move |_| json!({ "workspace": "reactor" })),
            "",
        ),
        (
            "an organization",
            "/api/v1/system-profiles/cpu-small/launch".to_owned(),
            Box::new(move |name| json!({ "org": name, "projects": ["vision"] })),
            "acme",
        ),
        (
            "an organization to customise in",
            "/api/v1/system-profiles/cpu-small/customise".to_owned(),
            Box::new(move |name| json!({ "org": name, "project": "vision", "name": "thief" })),
            "acme",
        ),
        (
            "a project",
            "/api/v1/system-profiles/cpu-small/launch".to_owned(),
            Box::new(move |name| json!({ "org": "globex", "projects": [name] })),
            "vision",
        ),
    ];
    for (what, path, body, name) in &references {
        let (real, none) = (foreigner.post(path, &body(name)).await, foreigner.post(path, &body("nowhere")).await);
        assert!([403, 404, 422].contains(&real.status.as_u16()), "{what}: {} {}", real.status, real.text());
        if !name.is_empty() {
            assert_eq!(said(&real, name), said(&none, "nowhere"), "{what}");
        }
    }
    // Documents say where they live: the same ends there.
    for (kind, scope) in [
        ("Project", json!({ "org": "acme" })),
        ("Workspace", json!({ "org": "acme", "project": "vision" })),
        ("Secret", json!({ "org": "acme", "project": "vision" })),
        ("RoleBinding", json!({ "org": "acme" })),
        ("Group", json!({ "org": "acme" })),
    ] {
        let document = |org: &str| {
            let mut metadata = scope.clone();
            metadata["name"] = json!("thief");
            metadata["org"] = json!(org);
            let spec = match kind {
                "RoleBinding" => json!({ "user": "foreigner", "role": "org_admin" }),
                "Group" => json!({ "members": ["foreigner"] }),
                "Secret" => json!({ "data": { "a": "b" } }),
                _ => json!({}),
            };
            json!({ "apiVersion": "warpyard.io/v1", "kind": kind, "metadata": metadata, "spec": spec }).to_string()
        };
        let (real, none) = (foreigner.apply("", &document("acme")).await, foreigner.apply("", &document("nowhere")).await);
        assert!([403, 404].contains(&real.status.as_u16()), "{kind}: {}", real.text());
        assert_eq!(said(&real, "acme"), said(&none, "nowhere"), "{kind}");
        // An organization in the query does not get past the document's own.
        let inside = foreigner.apply("org=acme&project=vision", &document("acme")).await;
        assert_eq!(inside.status, real.status, "{kind}");
    }
    world.of("root").get(&format!("{VISION}/secrets/vault")).await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_somebodys_own_is_nobody_elses() {
    let world = seeded().await;
    let (victim, thief) = (world.of("workspace-collaborator"), world.of("developer"));
    let token = victim.post("/api/v1/me/tokens", &json!({ "name": "t", "expires_in_seconds": 600 })).await.expect(201).json();
    world.session("workspace-collaborator").await;
    let sessions = victim.get("/api/v1/me/sessions").await.expect(200).json();
    let factor = victim.post("/api/v1/me/second-factors/totp", &json!({})).await;
    let provider = world.of("root").get("/api/v1/orgs/acme/identity-providers/company").await.expect(200).json();
    let word = warpyard_store::Word {
        provider: provider["metadata"]["uid"].as_str().unwrap().to_owned(),
        org: warpyard_model::Name::parse("acme").unwrap(),
        issuer: "https://127.0.0.1:1".to_owned(),
        subject: "victim".to_owned(),
        email: None,
        email_verified: false,
        name: String::new(),
        user_name: String::new(),
        groups: None,
    };
    let whose = warpyard_store::SignIn::of(warpyard_model::Name::parse("workspace-collaborator").unwrap());
    world.store.link_identity(&whose, &word).await.unwrap();
    let identities = victim.get("/api/v1/me/identities").await.expect(200).json();
    let wanted = json!({ "role": "auditor", "reason": "To look at it." });
    let asked = victim.post("/api/v1/orgs/acme/access-requests", &wanted).await.expect(201).json();
    let asked = asked["request"]["name"].as_str().unwrap();
    let mut uncovered = Vec::new();
    for operation in operations().0.iter().filter(|o| o.path.contains('{') && o.needs == Needs::SignIn) {
        let id = match operation.id.as_str() {
            "me_token_delete" | "me_token_rotate" => token["id"].as_str().unwrap().to_owned(),
            "me_identity_delete" => identities["items"][0]["id"].as_str().unwrap().to_owned(),
            "me_session_delete" => sessions["items"][0]["id"].as_str().unwrap().to_owned(),
            "me_second_factor_remove" | "me_totp_confirm" => factor.json()["id"].as_str().unwrap_or("totp").to_owned(),
            // Of an organization, for everybody in it.
            "access_request_list" | "access_request_create" | "access_request_withdraw" => {
                let path = |org: &str| operation.path.replace("{org}", org).replace("{name}", asked);
                let send = async |who: &Http, path: &str| who.request(operation.method.clone(), path).json(&wanted).send().await;
                let foreigner = world.of("foreigner");
                let (real, none) = (send(foreigner, &path("acme")).await, send(foreigner, &path("nowhere")).await);
                assert_eq!((real.status.as_u16(), said(&real, "acme")), (404, said(&none, "nowhere")), "{}", operation.id);
                if operation.path.contains("{name}") {
                    let none = path("acme").replace(asked, "none-such");
                    let (real, none) = (send(thief, &path("acme")).await, send(thief, &none).await);
                    assert_eq!((real.status.as_u16(), said(&real, asked)), (404, said(&none, "none-such")), "{}", operation.id);
                }
                continue;
            }
            _ => {
                uncovered.push(operation.id.clone());
                continue;
            }
        };
        let (path, other) =
            (operation.path.replace("{id}", &id), operation.path.replace("{id}", "00000000000000000000000000000000"));
        let body = if operation.id == "me_totp_confirm" { json!({ "code": "000000" }) } else { json!({}) };
        let send = async |path: &str| thief.request(operation.method.clone(), path).json(&body).send().await;
        let (real, none) = (send(&path).await, send(&other).await);
        assert_eq!(said(&real, &id), said(&none, "00000000000000000000000000000000"), "{}", operation.id);
        assert!([403, 404, 422].contains(&real.status.as_u16()), "{}: {}", operation.id, real.text());
    }
    assert!(uncovered.is_empty(), "{uncovered:?} name something by an id and are not attacked here");
    assert_eq!(
        victim.get("/api/v1/me/sessions").await.json()["items"].as_array().unwrap().len(),
        sessions["items"].as_array().unwrap().len()
    );
    world.nobody().with_token(token["token"].as_str().unwrap()).get(RESEARCH).await.expect(200);
    world.finish().await;
}
