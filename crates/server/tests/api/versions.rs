//! Versions of profiles over HTTP: publishing with a note, what differs, going back, retiring.

use crate::VISION;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value as Json, json};
use warpyard_testkit::World;

fn app() -> String {
    format!("{VISION}/service-profiles/app")
}

async fn put(world: &World, change: impl FnOnce(&mut Json)) -> Json {
    let mut profile = world.of("paas-admin").get(&app()).await.expect(200).json();
    change(&mut profile["spec"]);
    world.of("paas-admin").put(&app(), &profile).await.expect(200).json()
}

fn states(profile: &Json) -> Vec<(u64, &str)> {
    let versions = profile["status"]["versions"].as_array().unwrap();
    versions.iter().map(|v| (v["number"].as_u64().unwrap(), v["state"].as_str().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_has_a_note_and_a_life() {
    let world = World::start().await;
    let admin = world.of("paas-admin");
    let drafted = put(&world, |spec| spec["inputs"] = json!([{ "name": "title", "max": null, "label": "Heading" }])).await;
    assert_eq!((drafted["metadata"]["generation"].as_i64(), &drafted["status"]["published"]["generation"]), (Some(2), &json!(1)));

    let diff = admin.get(&format!("{}/diff", app())).await.expect(200).json();
    assert_eq!((&diff["from"], &diff["to"]), (&json!(1), &json!(2)));
    assert!(diff["text"].as_str().unwrap().contains("+- name: title"), "{diff}");
    assert_eq!(diff["changes"][0]["path"], "inputs");

    let publish = format!("{}/publish", app());
    let late = admin.post(&publish, &json!({ "upgrade_by": "2001-01-01T00:00:00Z" })).await;
    late.problem(422, "invalid");
    assert_eq!(late.error_paths(), ["upgrade_by"]);
    let published = admin.post(&publish, &json!({ "note": "A better heading" })).await.expect(200).json();
    assert_eq!(states(&published), [(1, "deprecated"), (2, "published")]);
    assert_eq!(published["status"]["versions"][1]["note"], "A better heading");
    assert_eq!(published["status"]["versions"][1]["by"], "paas-admin");
    let none = admin.get(&format!("{}/diff", app())).await.expect(200).json();
    assert_eq!((&none["text"], &none["changes"]), (&json!(""), &json!([])));

    let version = |generation: i64| format!("{}/versions/{generation}", app());
    admin.put(&version(2), &json!({ "state": "retired" })).await.problem(409, "conflict");
    admin.put(&version(1), &json!({ "state": "published" })).await.problem(409, "conflict");
    admin.put(&version(9), &json!({ "state": "retired" })).await.problem(404, "not_found");
    let retired = admin.put(&version(1), &json!({ "state": "retired" })).await.expect(200).json();
    assert_eq!(states(&retired), [(1, "retired"), (2, "published")]);
    let rollback = format!("{}/rollback", app());
    admin.post(&rollback, &json!({ "generation": 1 })).await.problem(412, "precondition_failed");
    admin.put(&version(1), &json!({ "state": "deprecated", "note": "the first" })).await.expect(200);

    let back = admin.post(&rollback, &json!({ "generation": 1 })).await.expect(200).json();
    assert_eq!((&back["metadata"]["generation"], &back["status"]["published"]["generation"]), (&json!(3), &json!(2)));
    let same = admin.get(&format!("{}/diff?from=1&to=draft", app())).await.expect(200).json();
    assert_eq!(same["text"], "");
    admin.post(&rollback, &json!({ "generation": 77 })).await.problem(404, "not_found");

    // Withdrawn, nothing is launched; what was published stays known.
    let withdrawn = admin.post(&format!("{}/withdraw", app()), &json!({})).await.expect(200).json();
    assert_eq!(states(&withdrawn), [(1, "deprecated"), (2, "deprecated")]);
    assert_eq!(withdrawn["status"]["published"], Json::Null);
    let first = admin.get(&format!("{}/diff?to=1", app())).await.expect(200).json();
    assert_eq!(first["from"], 0, "nothing is published: everything is new");
    world.finish().await;
}

/// What somebody may do to a draft.
fn edits() -> impl Strategy<Value = Vec<(String, u8, Option<String>)>> {
    let text = "[a-z{}\"'#:é✓ \\n-]{0,12}";
    prop::collection::vec((text, 1_u8..=20, prop::option::of(text)), 1..5)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rolling_back_restores_the_very_bytes() {
    let world = World::start().await;
    let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    let plans: Vec<_> = (0..12).map(|_| edits().new_tree(&mut runner).unwrap().current()).collect();
    let admin = world.of("paas-admin");
    for (i, plan) in plans.into_iter().enumerate() {
        for (words, length, reason) in plan {
            put(&world, |spec| {
                spec["card"]["documentation"] = json!(words);
                spec["card"]["tags"] = json!([format!("tag-{length}")]);
                spec["inputs"] = json!([{ "name": "title", "help": words, "reason": reason }]);
            })
            .await;
        }
        let generations = revisions(&world).await;
        let (target, text) = generations[i * 7 % generations.len()].clone();
        let back = admin.post(&format!("{}/rollback", app()), &json!({ "generation": target })).await.expect(200).json();
        let newest = revisions(&world).await.remove(0);
        assert_eq!(newest.1, text, "generation {target} is not what it was");
        assert_eq!(back["spec"].to_string(), text);
        let diff = admin.get(&format!("{}/diff?from={target}&to=draft", app())).await.expect(200).json();
        assert_eq!((&diff["text"], &diff["changes"]), (&json!(""), &json!([])));
    }
    world.finish().await;
}

/// Every spec as it was written, newest first.
async fn revisions(world: &World) -> Vec<(i64, String)> {
    let all = world.of("paas-admin").get(&format!("{}/revisions", app())).await.expect(200).json();
    let items = all["items"].as_array().unwrap();
    items.iter().map(|r| (r["generation"].as_i64().unwrap(), r["spec"].to_string())).collect()
}
