//! Organizations beside each other: one is suspended and goes on.

use crate::watch::Socket;
use crate::{RESEARCH, VISION};
use serde_json::{Value as Json, json};
use warpyard_model::kinds::{DesiredState, Phase};
use warpyard_testkit::World;

const ACME: &str = "/api/v1/orgs/acme";
const REASON: &str = "The contract ended.";

fn named(name: &str, spec: Json) -> Json {
    json!({ "metadata": { "name": name }, "spec": spec })
}

fn actions(trail: &Json) -> Vec<String> {
    trail["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspended_organization_rests_and_goes_on() {
    let world = World::start().await;
    let (root, admin, owner) = (world.of("root"), world.of("org-admin"), world.of("workspace-collaborator"));
    let nb = format!("{RESEARCH}/service-instances/nb");
    world.launch("app", "nb").await;
    world.until_phase("nb", Phase::Running).await;
    let mut terminal = Socket::open_at(&world, "workspace-collaborator", &format!("{nb}/terminal")).await;
    terminal.echoes("one").await;

    // The installation's admins alone, with a reason; not by the back door of a change either.
    let body = json!({ "reason": REASON });
    admin.post(&format!("{ACME}/suspend"), &body).await.problem(403, "forbidden");
    world.of("foreigner").post(&format!("{ACME}/suspend"), &body).await.problem(404, "not_found");
    root.post("/api/v1/orgs/nowhere/suspend", &body).await.problem(404, "not_found");
    let empty = root.post(&format!("{ACME}/suspend"), &json!({ "reason": " " })).await;
    empty.problem(422, "invalid");
    assert_eq!(empty.error_paths(), ["spec.suspended.reason"]);
    let mut acme = admin.get(ACME).await.expect(200).json();
    acme["spec"]["suspended"] = body.clone();
    admin.put(ACME, &acme).await.problem(403, "forbidden");
    root.post(&format!("{ACME}/suspend?dry_run=true"), &body).await.expect(200);
    admin.get(&format!("{ACME}/projects")).await.expect(200);
    let suspended = root.post(&format!("{ACME}/suspend"), &body).await.expect(200).json();
    assert_eq!(suspended["spec"]["suspended"]["reason"], REASON);

    // What ran is stopped, whoever is in it is put out, and its home is there.
    let stopped = world.until_phase("nb", Phase::Stopped).await;
    assert_eq!(stopped.spec.desired_state, DesiredState::Stopped);
    terminal.ends().await;
    let events = owner.get(&format!("{nb}/events")).await.expect(200).json();
    assert!(events["items"].as_array().unwrap().iter().any(|e| e["reason"] == "OrganizationSuspended"), "{events}");

    // Its people look and export; nobody changes, starts or opens anything, root included.
    for (who, path) in [(owner, nb.as_str()), (admin, ACME), (admin, "/api/v1/orgs/acme/projects"), (owner, RESEARCH)] {
        who.get(path).await.expect(200);
    }
    let refused = owner.post(&format!("{nb}/start"), &json!({})).await;
    refused.problem(403, "forbidden");
    assert!(refused.text().contains(REASON), "{}", refused.text());
    let launch = named("late", json!({ "profile": { "name": "app" } }));
    let project = named("more", json!({}));
    let binding = named("more", json!({ "user": "stranger", "role": "finops" }));
    let services = format!("{RESEARCH}/service-instances");
    for who in [root, admin, owner] {
        for (path, body) in [
            (services.as_str(), &launch),
            ("/api/v1/orgs/acme/projects", &project),
            ("/api/v1/orgs/acme/role-bindings", &binding),
            (&format!("{VISION}/compute-profiles/cpu/withdraw"), &json!({})),
        ] {
            let reply = who.post(path, body).await;
            assert!(matches!(reply.status.as_u16(), 403 | 404), "{path}: {}", reply.text());
        }
        let reply = who.put(ACME, &named("acme", json!({ "currency": "EUR" }))).await;
        assert!(matches!(reply.status.as_u16(), 403 | 404), "{}", reply.text());
        who.delete(&nb).await.problem(403, "forbidden");
    }
    let session = world.session("workspace-collaborator").await;
    session.post(&format!("{nb}/endpoints/web/open"), &json!({})).await.problem(403, "forbidden");
    let file = "{apiVersion: warpyard.io/v1, kind: Project, metadata: {org: acme, name: more}}";
    assert_ne!(root.apply("", file).await.status.as_u16(), 200);
    let may = |who| async move {
        let answer = world_permissions(who).await;
        (answer.contains(&"project.view".to_owned()), answer.contains(&"project.create".to_owned()))
    };
    assert_eq!(may(admin).await, (true, false));
    // The neighbour notices nothing.
    world.of("foreigner").post("/api/v1/orgs/globex/projects", &project).await.expect(201);

    // Going on is the installation's to say too, and starts nothing.
    admin.post(&format!("{ACME}/resume"), &json!({})).await.problem(403, "forbidden");
    let resumed = root.post(&format!("{ACME}/resume"), &json!({})).await.expect(200).json();
    assert_eq!(resumed["spec"]["suspended"], Json::Null);
    assert_eq!(may(admin).await, (true, true));
    admin.post("/api/v1/orgs/acme/projects", &project).await.expect(201);
    assert_eq!(world.service("nb").await.unwrap().spec.desired_state, DesiredState::Stopped);
    world.operate("nb", "start").await;
    world.until_phase("nb", Phase::Running).await;

    let trail = root.get("/api/v1/audit-entries?org=acme&limit=200").await.expect(200).json();
    let actions = actions(&trail);
    for action in ["organization.suspend", "organization.resume", "service_instance.stop", "compute_instance.stop"] {
        assert!(actions.iter().any(|a| a == action), "{action} is missing in {actions:?}");
    }
    world.finish().await;
}

async fn world_permissions(who: &warpyard_testkit::Http) -> Vec<String> {
    let answer = who.get("/api/v1/me/permissions?org=acme").await.expect(200).json();
    answer["permissions"].as_array().unwrap().iter().map(|p| p.as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organization_looks_as_its_admin_wishes() {
    let world = World::start().await;
    let (admin, nobody) = (world.of("org-admin"), world.nobody());
    let look = format!("{ACME}/look");
    // An organization without a look, one that is not there, and what cannot be a name: byte for byte the same.
    let plain = nobody.get(&look).await;
    assert_eq!((plain.status.as_u16(), plain.text()), (200, "{}".to_owned()));
    for other in ["nowhere", "globex", "NOT%20A%20NAME", "a--b"] {
        let reply = nobody.get(&format!("/api/v1/orgs/{other}/look")).await;
        assert_eq!((reply.status.as_u16(), reply.text()), (200, plain.text()), "{other}");
    }

    let svg = "<svg viewBox='0 0 8 8'><script>alert(1)</script><path d='M0 0h8v8z' onclick='x()'/></svg>";
    let wished = json!({
        "name": "Acme Research",
        "logo": { "svg": svg },
        "accent": "#ffd500",
        "links": [{ "title": "Help desk", "url": "https://help.example.com/" }],
        "message": "Sign in with your **lab account**."
    });
    // A rehearsal tells what would be left out and keeps nothing.
    let preview = admin.post(&format!("{look}/preview"), &wished).await.expect(200).json();
    assert!(!preview["left_out"].as_array().unwrap().is_empty(), "{preview}");
    assert_eq!(nobody.get(&look).await.text(), "{}");
    let mut acme = admin.get(ACME).await.expect(200).json();
    acme["spec"]["look"] = wished.clone();
    admin.put(ACME, &acme).await.expect(200);
    let shown = nobody.get(&look).await.expect(200).json();
    assert_eq!(shown, preview["look"]);
    let logo = shown["logo"].as_str().unwrap().strip_prefix("data:image/svg+xml;base64,").unwrap();
    let logo = String::from_utf8(base64::Engine::decode(&base64::engine::general_purpose::STANDARD, logo).unwrap()).unwrap();
    assert!(logo.contains("<path") && !logo.contains("script") && !logo.contains("onclick"), "{logo}");
    // Yellow stays on dark and is darkened on light.
    assert_eq!(shown["accent"]["dark"]["accent"], "#ffd500");
    assert_ne!(shown["accent"]["light"]["accent"], "#ffd500");
    // What else the organization is, is not told.
    let mut keys: Vec<&String> = shown.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["accent", "links", "logo", "message", "name"]);

    for (field, bad, path) in [
        ("accent", json!("#ffffff"), "spec.look.accent"),
        ("accent", json!("red; background: url(x)"), "spec.look.accent"),
        ("links", json!([{ "title": "x", "url": "javascript:alert(1)" }]), "spec.look.links.0.url"),
        ("logo", json!({ "svg": "<html/>" }), "spec.look.logo.svg"),
        ("name", json!("two\nlines"), "spec.look.name"),
    ] {
        let mut look = wished.clone();
        look[field] = bad;
        acme["spec"]["look"] = look.clone();
        for refused in [admin.put(ACME, &acme).await, admin.post(&format!("{ACME}/look/preview"), &look).await] {
            refused.problem(422, "invalid");
            assert_eq!(refused.error_paths(), [path]);
        }
    }
    for (who, status) in [("developer", 403), ("foreigner", 404)] {
        let refused = world.of(who).post(&format!("{look}/preview"), &wished).await;
        assert_eq!(refused.status.as_u16(), status, "{who}");
    }
    world.finish().await;
}

/// The same name in two organizations, and somebody with a foot in both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn organizations_know_nothing_of_each_other() {
    let world = World::start().await;
    let root = world.of("root");
    // What acme has, globex has under the same names.
    let file = "---\n{apiVersion: warpyard.io/v1, kind: Project, metadata: {org: globex, name: vision}}
---\n{apiVersion: warpyard.io/v1, kind: Workspace, metadata: {org: globex, project: vision, name: research}}
---\n{apiVersion: warpyard.io/v1, kind: Group, metadata: {org: globex, name: imaging, description: the neighbours'}, spec: {members: [foreigner]}}
---\n{apiVersion: warpyard.io/v1, kind: Group, metadata: {org: acme, name: imaging}, spec: {members: [developer]}}
---\n{apiVersion: warpyard.io/v1, kind: Secret, metadata: {org: globex, project: vision, name: vault, description: the neighbours'}, spec: {data: {a: b}}}
---\n{apiVersion: warpyard.io/v1, kind: Secret, metadata: {org: acme, project: vision, name: vault}, spec: {data: {a: b}}}";
    root.apply("", file).await.expect(200);
    let (ours, theirs) = (world.of("org-admin"), world.of("foreigner"));
    for kind in [
        "projects",
        "workspaces",
        "groups",
        "secrets",
        "role-bindings",
        "compute-profiles",
        "service-profiles",
        "environment-templates",
    ] {
        for (who, org, other) in [(ours, "acme", "globex"), (theirs, "globex", "acme")] {
            // In lists of everything, in lists narrowed to the neighbour, by search.
            for query in [
                "limit=500".to_owned(),
                format!("org={other}&limit=500"),
                "search=neighbours".to_owned(),
                "search=vault".to_owned(),
            ] {
                let list = who.get(&format!("/api/v1/{kind}?{query}")).await.expect(200).json();
                let items = list["items"].as_array().unwrap();
                let strange = items.iter().filter(|o| !o["metadata"]["org"].is_null() && o["metadata"]["org"] != org);
                assert_eq!(strange.count(), 0, "{kind}?{query}: {list}");
                assert_eq!(
                    list["total"].as_u64().unwrap(),
                    items.len() as u64,
                    "a count tells of what is not shown: {kind}?{query}"
                );
            }
        }
    }

    // What is there and what is not are refused byte for byte alike, whatever one tries.
    let there = "/api/v1/orgs/globex/projects/vision/secrets/vault";
    let not_there = "/api/v1/orgs/globex/projects/vision/secrets/nothing";
    let no_org = "/api/v1/orgs/nowhere/projects/vision/secrets/vault";
    let body = named("vault", json!({ "data": { "a": "c" } }));
    let alike = async |paths: [&str; 3]| {
        for method in ["GET", "PUT", "DELETE"] {
            let mut told = Vec::new();
            for path in paths {
                let mut request = ours.request(method.parse().unwrap(), path);
                if method == "PUT" {
                    let name = path.rsplit('/').next().unwrap();
                    request = request.json(&named(name, body["spec"].clone()));
                }
                let mut reply = request.send().await.problem(404, "not_found");
                // Every request has a number of its own.
                reply.as_object_mut().unwrap().remove("request_id");
                reply.as_object_mut().unwrap().remove("instance");
                told.push(reply.to_string());
            }
            assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{method}: {told:#?}");
        }
    };
    alike([there, not_there, no_org]).await;
    alike(["/api/v1/orgs/globex/groups/imaging", "/api/v1/orgs/globex/groups/nothing", "/api/v1/orgs/nowhere/groups/imaging"])
        .await;
    for path in [
        "/api/v1/orgs/globex/projects",
        "/api/v1/orgs/nowhere/projects",
        "/api/v1/audit-entries?org=globex",
        "/api/v1/audit-entries?org=nowhere",
    ] {
        ours.get(path).await.problem(404, "not_found");
    }

    // A watch of everything hears what happens at home and nothing from next door.
    let mut socket = Socket::open(&world, "org-admin").await;
    socket.say(json!({ "id": 1, "watch": { "kinds": ["Secret", "Group", "Project"] } })).await;
    let mut heard = socket.hear().await;
    while heard["type"] != "synced" {
        assert_ne!(heard["object"]["metadata"]["org"], "globex", "{heard}");
        heard = socket.hear().await;
    }
    let change = |org: &str| {
        format!(
            "{{apiVersion: warpyard.io/v1, kind: Group, metadata: {{org: {org}, name: imaging, description: changed}}, spec: {{members: []}}}}"
        )
    };
    root.apply("", &change("globex")).await.expect(200);
    root.apply("", &change("acme")).await.expect(200);
    let heard = socket.hear().await;
    assert_eq!(heard["object"]["metadata"]["org"], "acme", "{heard}");
    drop(socket);

    // Somebody in both sees both and switches; leaving one takes it away and leaves the other.
    let bind = |org: &str| {
        format!(
            "{{apiVersion: warpyard.io/v1, kind: RoleBinding, metadata: {{org: {org}, project: vision, name: both}}, spec: {{user: stranger, role: developer}}}}"
        )
    };
    root.apply("", &bind("acme")).await.expect(200);
    root.apply("", &bind("globex")).await.expect(200);
    let both = world.of("stranger");
    let places = async || -> Vec<String> {
        let list = both.get("/api/v1/projects?sort=name").await.expect(200).json();
        list["items"].as_array().unwrap().iter().map(|p| p["metadata"]["org"].as_str().unwrap().to_owned()).collect()
    };
    let mut seen = places().await;
    seen.sort();
    assert_eq!(seen, ["acme", "globex"]);
    root.delete("/api/v1/orgs/globex/projects/vision/role-bindings/both").await.expect(204);
    assert_eq!(places().await, ["acme"]);
    both.get("/api/v1/orgs/globex/projects/vision").await.problem(404, "not_found");
    both.get("/api/v1/orgs/acme/projects/vision").await.expect(200);
    world.finish().await;
}
