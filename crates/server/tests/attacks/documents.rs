//! Documents that grow while they are read (YAML and JSON bombs).

use crate::{RESEARCH, VISION};
use hyper::Method;
use serde_json::{Value as Json, json};
use std::fmt::Write as _;
use warpyard_testkit::World;

/// Every alias means the list before it nine times: ten levels are three and a half billion texts.
fn laughs(levels: usize) -> String {
    let mut text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..=levels {
        let inside = vec![format!("*a{}", level - 1); 9].join(", ");
        writeln!(text, "a{level}: &a{level} [{inside}]").unwrap();
    }
    text
}

/// One long text that is meant again and again: grows with the square of the document's size.
fn quadratic() -> String {
    format!("a: &a {}\nb: [{}]\n", "x".repeat(200_000), vec!["*a"; 20_000].join(","))
}

fn merged(levels: usize) -> String {
    let mut text = "a0: &a0 {x0: 1, y0: 1}\n".to_owned();
    for level in 1..=levels {
        writeln!(
            text,
            "a{level}: &a{level} {{<<: [*a{0}, *a{0}, *a{0}], x{level}: *a{0}, y{level}: *a{0}, z{level}: *a{0}}}",
            level - 1
        )
        .unwrap();
    }
    text
}

fn bombs() -> Vec<(&'static str, String)> {
    vec![
        ("a billion laughs", laughs(10)),
        (
            "laughs in a spec",
            format!("apiVersion: warpyard.io/v1\nkind: Project\nmetadata: {{name: x, org: acme}}\n{}", laughs(9)),
        ),
        ("one text again and again", quadratic()),
        ("merges of merges", merged(12)),
        ("an alias of itself", "a: &a [*a]\n".to_owned()),
        ("deep lists", "[".repeat(100_000)),
        ("deep maps", "{a: ".repeat(50_000)),
        ("deep by indentation", (0..2_000).map(|i| format!("{}a:\n", " ".repeat(i))).collect()),
        ("deep by hyphens", "- ".repeat(100_000)),
        ("deep and closed", format!("{}{}", "[".repeat(5_000), "]".repeat(5_000))),
        ("a tag of another language", "!!python/object/apply:os.system [\"touch /tmp/warpyard-was-here\"]\n".to_owned()),
        ("a tag of ours", "!Project {metadata: {name: x}}\n".to_owned()),
        ("many documents", "---\na: 1\n".repeat(300_000)),
        ("many keys", (0..200_000).map(|i| format!("k{i}: 1\n")).collect()),
        ("the same key twice", "apiVersion: warpyard.io/v1\nkind: Project\nkind: User\nmetadata: {name: x}\n".to_owned()),
        ("a number that is not", format!("a: {}\n", "9".repeat(1_000_000))),
        ("an exponent", "a: 1e999999999\n".to_owned()),
        ("a comment without end", format!("# {}", "x".repeat(3 << 20))),
        ("bytes that are no text", "a: \"\\xff\\u0000\"\n".to_owned()),
        ("a directive", "%YAML 9.9\n%TAG ! tag:evil.example,2026:\n---\n!x {}\n".to_owned()),
    ]
}

/// The most memory that this process had, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bombs_are_refused_wherever_documents_are_taken() {
    let world = World::start().await;
    let (root, author) = (world.of("root"), world.of("paas-admin"));
    let before = peak();
    for (name, bomb) in bombs() {
        let refused = root.apply("dry_run=true", &bomb).await;
        assert!([413, 422].contains(&refused.status.as_u16()), "{name}, applied: {}", refused.text());
        assert!(refused.body.len() < 100_000, "{name}: the refusal is small: {}", refused.body.len());
        let path = format!("{VISION}/profiles/import");
        let import =
            author.request(Method::POST, &path).header("content-type", "application/yaml").body(bomb.clone()).send().await;
        assert!([413, 422].contains(&import.status.as_u16()), "{name}, imported: {}", import.text());
    }
    assert!(!std::path::Path::new("/tmp/warpyard-was-here").exists());
    // All tests of this binary share the peak; a bomb that went off would be gigabytes.
    assert!(peak() - before < 700 << 10, "{} KiB more", peak() - before);
    root.get(VISION).await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bombs_in_a_value_are_refused_as_values() {
    let world = World::start().await;
    let template = json!({ "metadata": { "name": "shaped" }, "spec": {
        "target_type": "process", "workload": "service",
        "versions": [{ "version": "1.0.0", "state": "active", "process": { "command": ["app", "{{ inputs.shape | tojson }}"] },
            "inputs": [{ "name": "shape", "type": "json" }] }]
    } });
    let root = world.of("root");
    root.post("/api/v1/orgs/acme/environment-templates", &template).await.expect(201);
    let profile = json!({ "metadata": { "name": "shaped" }, "spec": {
        "template": { "name": "shaped", "version": "1.0.0" }, "compute": { "auto_create": "cpu" } } });
    root.post(&format!("{VISION}/service-profiles"), &profile).await.expect(201);
    root.post(&format!("{VISION}/service-profiles/shaped/publish"), &json!({})).await.expect(200);
    let deep = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    let mut values: Vec<(String, Json)> =
        vec![("deep JSON".to_owned(), deep(100)), ("large JSON".to_owned(), json!(vec!["x"; 100_000]))];
    values.extend(bombs().into_iter().filter(|(_, bomb)| bomb.contains('*')).map(|(name, bomb)| (name.to_owned(), json!(bomb))));
    let who = world.of("workspace-collaborator");
    for (name, value) in values {
        let body = json!({ "metadata": { "name": "shaped" }, "spec": { "profile": { "name": "shaped" }, "inputs": { "shape": value } } });
        let reply = who.post(&format!("{RESEARCH}/service-instances?dry_run=true"), &body).await;
        // Text that is no document stays the text it is, and is as long as it was sent.
        let as_text = reply.status == 201 && reply.json()["spec"]["inputs"]["shape"].is_string();
        assert!(as_text || [413, 422].contains(&reply.status.as_u16()), "{name}: {} {:.300}", reply.status, reply.text());
    }
    // JSON that nests deeper than anybody reads, as the body itself.
    for text in ["[".repeat(200_000), "{\"a\":".repeat(200_000), format!("{}{}", "[".repeat(10_000), "]".repeat(10_000))] {
        let reply =
            who.request(Method::POST, &format!("{RESEARCH}/service-instances")).header("content-type", "application/json");
        let reply = reply.body(text).send().await;
        assert_eq!(reply.status, 422, "{:.200}", reply.text());
    }
    let large = who.request(Method::POST, &format!("{RESEARCH}/service-instances")).body(vec![b' '; 5 << 20]).send().await;
    large.problem(413, "too_large");
    world.finish().await;
}
