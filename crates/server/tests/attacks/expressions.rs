//! Regular expressions and conditions that take for ever (ReDoS), written by whoever makes a template or sends a value.
//!
//! The engines are linear: they know nothing that needs going back, and refuse what they do not know. That is tested
//! here by what only a backtracking engine takes, and by patterns that would keep one busy past the end of the universe.

use crate::{RESEARCH, VISION};
use serde_json::{Value as Json, json};
use warpyard_testkit::{Reply, World};

/// Each is exponential or at least quadratic where an engine backtracks; with a text that just does not match.
fn catastrophes() -> Vec<(&'static str, String)> {
    let a = "a".repeat(20_000);
    vec![
        ("(a+)+", format!("{a}!")),
        ("(a|a)*", format!("{a}!")),
        ("(a|aa)+", format!("{a}!")),
        ("([a-zA-Z]+)*", format!("{a}!")),
        ("(a*)*b", a.clone()),
        ("(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)x", a.clone()),
        ("^(([a-z])+.)+[A-Z]([a-z])+$", a.clone()),
        (r"(\w+\s?)*", format!("{}!", "aa ".repeat(6_000))),
        (r"(x+x+)+y", "x".repeat(20_000)),
        (r"(?:a?){100}a{100}b", a),
    ]
}

/// What only an engine that goes back can do.
const NEEDS_BACKTRACKING: [&str; 7] = [r"(a)\1", r"(?=a)a", r"(?!a)b", r"(?<=a)b", r"(?<!a)b", r"(?>a+)b", r"(?P<x>a)(?P=x)"];

/// Small to write and large to build.
const TOO_LARGE: [&str; 3] = [r"((a{1000}){1000}){1000}", r"(\pL{1,1000}){1,1000}", r"(?:x{1000}y{1000}){500}"];

fn template(input: Json) -> Json {
    json!({ "metadata": { "name": "watched" }, "spec": {
        "target_type": "process", "workload": "service",
        "versions": [{ "version": "1.0.0", "state": "active", "inputs": [input], "process": { "command": ["app"] } }]
    } })
}

async fn check(world: &World, input: Json) -> Reply {
    world.of("root").post("/api/v1/orgs/acme/environment-templates?dry_run=true", &template(input)).await
}

/// Makes a service with this input launchable as `watched`.
async fn offer(world: &World, name: &str, input: Json) {
    let root = world.of("root");
    let mut made = template(input);
    made["metadata"]["name"] = json!(name);
    root.post("/api/v1/orgs/acme/environment-templates", &made).await.expect(201);
    let profile = json!({ "metadata": { "name": name }, "spec": {
        "template": { "name": name, "version": "1.0.0" }, "compute": { "auto_create": "cpu" } } });
    root.post(&format!("{VISION}/service-profiles"), &profile).await.expect(201);
    root.post(&format!("{VISION}/service-profiles/{name}/publish"), &json!({})).await.expect(200);
}

async fn launch(world: &World, name: &str, value: &Json) -> Reply {
    let body = json!({ "metadata": { "name": name }, "spec": { "profile": { "name": name }, "inputs": { "x": value } } });
    world.of("workspace-collaborator").post(&format!("{RESEARCH}/service-instances?dry_run=true"), &body).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn patterns_run_on_an_engine_that_never_goes_back() {
    let world = World::start().await;
    for field_type in ["text", "list"] {
        for pattern in NEEDS_BACKTRACKING.iter().chain(&TOO_LARGE) {
            let reply = check(&world, json!({ "name": "x", "type": field_type, "pattern": pattern })).await;
            reply.problem(422, "invalid");
            assert_eq!(reply.error_paths(), ["spec.versions.0.inputs.0.pattern"], "{pattern}: {}", reply.text());
        }
    }
    // A document's shape has patterns as well, for texts and for names.
    for pattern in NEEDS_BACKTRACKING.iter().chain(&TOO_LARGE) {
        for schema in [
            json!({ "type": "string", "pattern": pattern }),
            json!({ "type": "object", "patternProperties": { pattern.to_owned(): {} } }),
            json!({ "type": "array", "items": { "type": "string", "pattern": pattern } }),
        ] {
            let reply = check(&world, json!({ "name": "x", "type": "json", "schema": schema })).await;
            assert_eq!(reply.status, 422, "{schema}: {}", reply.text());
        }
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn catastrophic_patterns_answer() {
    let world = World::start().await;
    for (i, (pattern, text)) in catastrophes().into_iter().enumerate() {
        let name = format!("watched-{i}");
        offer(&world, &name, json!({ "name": "x", "type": "text", "max_length": 30_000, "pattern": pattern })).await;
        launch(&world, &name, &json!(text)).await.problem(422, "invalid");
        let shaped = format!("shaped-{i}");
        let whole = format!("^(?:{pattern})$");
        offer(
            &world,
            &shaped,
            json!({ "name": "x", "type": "json", "schema": { "type": "array", "items": { "pattern": whole } } }),
        )
        .await;
        launch(&world, &shaped, &json!([text])).await.problem(422, "invalid");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conditions_cannot_keep_the_server_busy() {
    let world = World::start().await;
    let condition = |source: &str| json!({ "name": "x", "type": "list", "visible_when": source });
    for source in [
        // Loops in loops in loops, and other ways to make much out of little.
        "[1].all(a, [1].all(b, [1].all(c, a == c)))",
        "inputs.x.map(a, inputs.x.map(b, inputs.x.map(c, a))).size() > 0",
        &format!("{}true", "(".repeat(500)),
        &format!("{}1 == 1", "1+".repeat(5_000)),
        &"x".repeat(100_000),
        &format!("inputs.x{} == 1", ".y".repeat(5_000)),
        "inputs.x == \u{0}",
    ] {
        let reply = check(&world, condition(source)).await;
        assert_eq!(reply.status, 422, "{source:.80}: {}", reply.text());
    }
    // `matches` runs on the same linear engine, whoever wrote the pattern.
    for (i, (pattern, text)) in catastrophes().into_iter().enumerate() {
        let name = format!("judged-{i}");
        let source = format!("inputs.x.matches(r'^(?:{pattern})$')");
        let input =
            json!({ "name": "x", "type": "text", "max_length": 30_000, "rules": [{ "expression": source, "message": "no" }] });
        let checked = check(&world, input.clone()).await;
        if checked.status == 422 {
            // A language without `matches` has no such patterns either.
            assert!(checked.text().contains("matches"), "{}", checked.text());
            continue;
        }
        offer(&world, &name, input).await;
        launch(&world, &name, &json!(text)).await.problem(422, "invalid");
    }
    for pattern in NEEDS_BACKTRACKING {
        let input = json!({ "name": "x", "type": "text", "required_when": format!("inputs.x.matches(r'{pattern}')") });
        offer(&world, "back", input).await;
        // It fails, so the field is required; it does not run.
        assert_eq!(launch(&world, "back", &json!("a")).await.status.as_u16() / 100, 2);
        for path in ["/service-profiles/back"] {
            world.of("root").delete(&format!("{VISION}{path}")).await.expect(204);
        }
        world.of("root").delete("/api/v1/orgs/acme/environment-templates/back").await.expect(204);
    }
    world.finish().await;
}
