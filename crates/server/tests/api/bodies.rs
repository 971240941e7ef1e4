//! Bodies that are not what is expected: where and what, and never a 5xx.

use crate::VISION;
use serde_json::{Value as Json, json};
use warpyard_testkit::World;

const WORKSPACES: &str = "/api/v1/orgs/acme/projects/vision/workspaces";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_bodies_say_where() {
    let world = World::start().await;
    let root = world.of("root");
    let profiles = format!("{VISION}/compute-profiles");
    let size = json!({ "cpu_millis": 1000, "memory_bytes": "1GiB" });
    let template = json!({ "name": "cell", "version": "1.0.0" });
    let named = |spec: Json| json!({ "metadata": { "name": "zebra" }, "spec": spec });
    let cases = [
        // Unknown fields, at every depth.
        (profiles.as_str(), json!({ "metadata": { "name": "zebra" }, "spec": {}, "stripes": 1 }), ""),
        (&profiles, json!({ "metadata": { "name": "zebra", "stripes": 1 }, "spec": {} }), "metadata.stripes"),
        (&profiles, named(json!({ "template": template, "size": size, "stripes": 1 })), "spec.stripes"),
        (
            &profiles,
            named(json!({ "template": template, "size": { "cpu_millis": 1, "memory_bytes": 1, "stripes": 1 } })),
            "spec.size.stripes",
        ),
        // Missing and wrong types.
        (&profiles, named(json!({ "template": template })), "spec"),
        (&profiles, named(json!({ "template": "cell", "size": size })), "spec.template"),
        (
            &profiles,
            named(json!({ "template": template, "size": size, "sharing": { "projects": "all" } })),
            "spec.sharing.projects",
        ),
        (&profiles, named(json!({ "template": template, "size": size, "inputs": [{ "name": 7 }] })), "spec.inputs.0.name"),
        (&profiles, json!({ "spec": {} }), ""),
        (&profiles, json!([]), ""),
        // Names that are none.
        (&profiles, json!({ "metadata": { "name": "Zebra!" }, "spec": {} }), "metadata.name"),
        (WORKSPACES, json!({ "metadata": { "name": "zebra", "labels": { "a b": "c" } }, "spec": {} }), "metadata.labels.a b"),
        (
            WORKSPACES,
            json!({ "metadata": { "name": "zebra", "display_name": "x".repeat(121) }, "spec": {} }),
            "metadata.display_name",
        ),
        // Another kind, a kind that is not known, another version of the API.
        (&profiles, document("Workspace"), "kind"),
        (&profiles, document("Zebra"), "kind"),
        (
            &profiles,
            {
                let mut d = document("ComputeProfile");
                d["apiVersion"] = json!("v0");
                d
            },
            "apiVersion",
        ),
        // What it refers to is not there.
        (&profiles, named(json!({ "template": { "name": "zebra", "version": "1.0.0" }, "size": size })), "spec.template.name"),
        (&profiles, named(json!({ "template": { "name": "cell", "version": "9.9.9" }, "size": size })), "spec.template.version"),
        (&profiles, named(json!({ "template": template, "size": size, "target": "moon" })), "spec.target"),
        (
            &profiles,
            named(json!({ "template": template, "size": size, "sharing": { "projects": ["moon"] } })),
            "spec.sharing.projects.0",
        ),
        (
            &profiles,
            named(json!({ "template": template, "size": size, "inputs": [{ "name": "gpus", "max": 9 }] })),
            "spec.inputs.0.max",
        ),
    ];
    for (path, body, at) in cases {
        let reply = root.post(path, &body).await;
        reply.problem(422, "invalid");
        let paths = reply.error_paths();
        assert!(paths.iter().any(|p| p == at), "{body} fails at {paths:?}, not at {at:?}: {}", reply.text());
    }
    for text in ["{", "nonsense", "{\"metadata\": {\"name\": \"a\"}} trailing", "\u{0}"] {
        root.request(hyper::Method::POST, WORKSPACES).body(text).send().await.problem(422, "invalid");
    }
    world.finish().await;
}

fn document(kind: &str) -> Json {
    json!({ "apiVersion": "warpyard.io/v1", "kind": kind, "metadata": { "name": "zebra" }, "spec": {} })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_have_a_size() {
    let world = World::start().await;
    let root = world.of("root");
    let text = "x".repeat(10 << 20);
    let body = json!({ "metadata": { "name": "zebra", "description": text }, "spec": {} });
    root.post(WORKSPACES, &body).await.problem(413, "too_large");
    root.put(VISION, &body).await.problem(413, "too_large");
    root.apply("", &format!("# {text}\n")).await.problem(413, "too_large");
    let keyed = root.request(hyper::Method::POST, WORKSPACES).header("idempotency-key", "k").json(&body).send().await;
    keyed.problem(413, "too_large");
    // Below the limit a text that is too long is a field that is wrong.
    let long = json!({ "metadata": { "name": "zebra", "description": "x".repeat(4_001) }, "spec": {} });
    let reply = root.post(WORKSPACES, &long).await;
    reply.problem(422, "invalid");
    assert_eq!(reply.error_paths(), ["metadata.description"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_elsewhere_is_not_there() {
    let world = World::start().await;
    let foreigner = world.of("foreigner");
    let missing = foreigner.get("/api/v1/orgs/acme/projects/nowhere").await.problem(404, "not_found");
    for path in [VISION, WORKSPACES, "/api/v1/orgs/acme", "/api/v1/orgs/acme/projects/vision/catalogue"] {
        let there = foreigner.get(path).await.problem(404, "not_found");
        if path == VISION {
            // Nothing tells a project of others from one that is not there.
            assert_eq!(there["detail"], missing["detail"]);
        }
    }
    let body = json!({ "metadata": { "name": "mine" }, "spec": {} });
    foreigner.post(WORKSPACES, &body).await.problem(404, "not_found");
    foreigner.put(VISION, &json!({ "metadata": { "name": "vision" }, "spec": {} })).await.problem(404, "not_found");
    foreigner.delete(VISION).await.problem(404, "not_found");
    for collection in ["projects", "workspaces", "compute-profiles", "service-instances", "secrets", "role-bindings"] {
        let list = foreigner.get(&format!("/api/v1/{collection}")).await.expect(200).json();
        let seen = list["items"].as_array().unwrap().iter().any(|o| o["metadata"]["org"] == "acme");
        assert!(!seen, "{collection}: {list}");
    }
    for path in ["/api/v1/orgs/ACME", "/api/v1/orgs/%ff", "/api/v1/orgs/..%2f..", "/api/v1/orgs/acme/projects/a b"] {
        let path = path.replace(' ', "%20");
        world.of("root").get(&path).await.problem(404, "not_found");
    }
    world.finish().await;
}
