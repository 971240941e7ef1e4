//! Every kind of constraint, violated: the same field, with the same words, from the form, the API and a file.
//!
//! The form speaks of `inputs.x`, because its body has no `spec`; a launch and a document say `spec.inputs.x`.

use crate::{RESEARCH, VISION};
use serde_json::{Value as Json, json};
use warpyard_testkit::World;

fn template() -> Json {
    let input = |name: &str, kind: &str, more: Json| {
        let mut field = json!({ "name": name, "type": kind });
        for (key, value) in more.as_object().unwrap() {
            field[key] = value.clone();
        }
        field
    };
    let inputs = vec![
        input("must", "text", json!({ "required": true })),
        input("short", "text", json!({ "min_length": 3, "max_length": 5 })),
        input("shaped", "text", json!({ "pattern": "^[a-z]+$", "pattern_message": "Small letters only." })),
        input("lines", "multiline", json!({ "max_length": 10 })),
        input("count", "integer", json!({ "min": 2, "max": 10, "step": 2 })),
        input("rate", "decimal", json!({ "min": "0.5", "max": "1.5" })),
        input("flag", "boolean", json!({})),
        input("colour", "choice", json!({ "choices": [{ "value": "red" }, { "value": "blue" }] })),
        input("colours", "multi_choice", json!({ "choices": [{ "value": "red" }, { "value": "blue" }], "min_length": 1 })),
        input("items", "list", json!({ "unique": true, "max_length": 3, "pattern": "^[a-z]+$" })),
        input("pairs", "key_value", json!({ "max_length": 1 })),
        input("vault", "secret", json!({})),
        input("key", "ssh_key", json!({})),
        input("disk", "size", json!({ "min": "1GiB", "max": "10GiB" })),
        input("limit", "duration", json!({ "max": "1h" })),
        input("picture", "image", json!({})),
        input("model", "choice", json!({ "options_from": "target_gpu_models" })),
        input("hidden", "text", json!({ "hidden": true, "default": "h" })),
        input("fixed", "text", json!({ "default": "f" })),
        input("few", "integer", json!({ "min": 1, "max": 9 })),
        input(
            "low",
            "integer",
            json!({ "rules": [{ "expression": "inputs.low <= inputs.count", "message": "Low is above count." }] }),
        ),
        input("why", "text", json!({ "required_when": "inputs.flag == true" })),
        input("seen", "integer", json!({ "visible_when": "inputs.flag == true", "max": 5 })),
    ];
    json!({
        "apiVersion": "warpyard.io/v1", "kind": "EnvironmentTemplate", "metadata": { "name": "strict", "org": "acme" },
        "spec": { "target_type": "process", "workload": "service", "versions": [
            { "version": "1.0.0", "state": "active", "inputs": inputs, "process": { "command": ["app"] } }
        ] }
    })
}

fn profile() -> Json {
    json!({
        "apiVersion": "warpyard.io/v1", "kind": "ServiceProfile",
        "metadata": { "name": "strict", "org": "acme", "project": "vision" },
        "spec": {
            "template": { "name": "strict", "version": "1.0.0" }, "compute": { "auto_create": "cpu" },
            "inputs": [
                { "name": "fixed", "override": "locked", "value": "f" },
                { "name": "few", "override": "restricted", "choices": [{ "value": 2 }, { "value": 3 }] },
                { "name": "limit", "max": "30m" }
            ]
        }
    })
}

/// Where it goes wrong, and the values that do it, beside those that are right.
fn violations() -> Vec<(&'static str, Json)> {
    vec![
        ("must", json!({ "must": null })),
        ("must", json!({ "must": 7 })),
        ("must", json!({ "must": "two\nlines" })),
        ("short", json!({ "short": "ab" })),
        ("short", json!({ "short": "abcdef" })),
        ("shaped", json!({ "shaped": "ABC" })),
        ("lines", json!({ "lines": "eleven char" })),
        ("count", json!({ "count": 1 })),
        ("count", json!({ "count": 12 })),
        ("count", json!({ "count": 5 })),
        ("count", json!({ "count": 4.5 })),
        ("count", json!({ "count": "four" })),
        ("rate", json!({ "rate": "0.4" })),
        ("rate", json!({ "rate": 1.6 })),
        ("flag", json!({ "flag": "yes" })),
        ("colour", json!({ "colour": "green" })),
        ("colours", json!({ "colours": ["red", "green"] })),
        ("colours", json!({ "colours": ["red", "red"] })),
        ("colours", json!({ "colours": [] })),
        ("items", json!({ "items": ["a", "a"] })),
        ("items", json!({ "items": ["a", "b", "c", "d"] })),
        ("items", json!({ "items": ["A"] })),
        ("items", json!({ "items": "a" })),
        ("pairs", json!({ "pairs": { "a": 1 } })),
        ("pairs", json!({ "pairs": { "a": "1", "b": "2" } })),
        ("vault", json!({ "vault": "nowhere" })),
        ("vault", json!({ "vault": "Not a name" })),
        ("key", json!({ "key": "not a key" })),
        ("disk", json!({ "disk": "512MiB" })),
        ("disk", json!({ "disk": "11GiB" })),
        ("disk", json!({ "disk": "much" })),
        ("limit", json!({ "limit": "45m" })),
        ("limit", json!({ "limit": "soon" })),
        ("picture", json!({ "picture": "not an image!" })),
        ("model", json!({ "model": "H100" })),
        ("hidden", json!({ "hidden": "x" })),
        ("fixed", json!({ "fixed": "g" })),
        ("few", json!({ "few": 4 })),
        ("low", json!({ "low": 9, "count": 4 })),
        ("why", json!({ "flag": true })),
        ("seen", json!({ "flag": true, "why": "because", "seen": 6 })),
        ("unknown", json!({ "unknown": 1 })),
    ]
}

fn errors_of(value: &Json, strip: &str) -> Vec<(String, String)> {
    let errors = value["errors"].as_array().cloned().unwrap_or_default();
    let mut out: Vec<(String, String)> = errors
        .iter()
        .map(|e| {
            let path = e["path"].as_str().unwrap();
            (path.strip_prefix(strip).unwrap_or(path).to_owned(), e["message"].as_str().unwrap().to_owned())
        })
        .collect();
    out.sort();
    out
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_error_stands_at_the_same_field_everywhere() {
    let world = World::start().await;
    let root = world.of("root");
    root.apply("", &format!("{}\n---\n{}\n", template(), profile())).await.expect(200);
    root.post(&format!("{VISION}/service-profiles/strict/publish"), &json!({})).await.expect(200);
    let who = world.of("workspace-admin");
    let developer = world.of("developer");
    let (services, form) = (format!("{RESEARCH}/service-instances"), format!("{VISION}/service-profiles/strict/form"));

    let launch = |inputs: &Json| json!({ "metadata": { "name": "strict" }, "spec": { "profile": { "name": "strict" }, "inputs": inputs } });
    let right = json!({ "must": "m" });
    who.post(&format!("{services}?dry_run=true"), &launch(&right)).await.expect(201);
    let fine = developer.post(&form, &json!({ "workspace": "research", "inputs": right })).await.expect(200).json();
    assert_eq!(fine["errors"], json!([]));

    for (field, wrong) in violations() {
        let mut inputs = right.clone();
        for (key, value) in wrong.as_object().unwrap() {
            inputs[key] = value.clone();
        }
        let from_form = developer.post(&form, &json!({ "workspace": "research", "inputs": inputs })).await.expect(200).json();
        let by_form = errors_of(&from_form, "");
        // An entry of a list is told by its place in it.
        let at = format!("inputs.{field}");
        let there = by_form.iter().all(|(path, _)| *path == at || path.starts_with(&format!("{at}.")));
        assert!(there && by_form.len() == 1, "the form, {wrong}: {by_form:?}");

        let created = who.post(&services, &launch(&inputs)).await;
        let by_request = errors_of(&created.problem(422, "invalid"), "spec.");
        assert_eq!(by_request, by_form, "a request, {wrong}");

        let mut document = launch(&inputs);
        document["apiVersion"] = json!("warpyard.io/v1");
        document["kind"] = json!("ServiceInstance");
        let applied = who.apply("org=acme&project=vision&workspace=research", &document.to_string()).await;
        let by_file = errors_of(&applied.problem(422, "invalid"), "spec.");
        assert_eq!(by_file, by_form, "a file, {wrong}");
    }
    // What is not shown is not asked for, and what was typed there is dropped.
    let inputs = json!({ "must": "m", "flag": false, "seen": 6 });
    let made = who.post(&format!("{services}?dry_run=true"), &launch(&inputs)).await.expect(201).json();
    assert_eq!(made["spec"]["inputs"].get("seen"), None, "{made}");

    // The same for the form of the compute instance that comes along.
    let inputs = json!({ "workspace": "research", "compute_inputs": { "gpus": 0 } });
    let from_form = developer.post(&format!("{VISION}/service-profiles/trainer/form"), &inputs).await.expect(200).json();
    let body =
        json!({ "metadata": { "name": "t" }, "spec": { "profile": { "name": "trainer" }, "compute_inputs": { "gpus": 0 } } });
    let created = who.post(&services, &body).await;
    assert_eq!(errors_of(&created.problem(422, "invalid"), "spec."), errors_of(&from_form, ""));
    assert_eq!(created.error_paths(), ["spec.compute_inputs.gpus"]);
    world.finish().await;
}
