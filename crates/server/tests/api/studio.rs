//! Studio's front page: what exists and how it does, in counts that name nobody.

use crate::{RESEARCH, VISION};
use serde_json::{Value as Json, json};
use warpyard_model::kinds::Phase;
use warpyard_provider::fake::{Call, Failure};
use warpyard_testkit::World;

const OVERVIEW: &str = "/api/v1/orgs/acme/studio/overview";

fn about<'a>(list: &'a Json, name: &str) -> &'a Json {
    list.as_array().unwrap().iter().find(|entry| entry["name"] == name).unwrap_or(&Json::Null)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn profiles_are_counted_and_their_changes_told() {
    let world = World::start().await;
    let paas = world.of("paas-admin");
    let before = paas.get(OVERVIEW).await.expect(200).json();
    assert_eq!(before["service_profiles"], json!({ "published": 3, "draft": 0, "changed": 0 }));
    assert_eq!(before["compute_profiles"], json!({ "published": 2, "draft": 0, "changed": 0 }));
    assert_eq!(before["drafts"], json!([]));

    let mut app = paas.get(&format!("{VISION}/service-profiles/app")).await.expect(200).json();
    app["spec"]["card"]["category"] = json!("notebooks");
    paas.put(&format!("{VISION}/service-profiles/app"), &app).await.expect(200);
    let fresh = json!({ "metadata": { "name": "fresh", "display_name": "Fresh" }, "spec": app["spec"] });
    paas.post(&format!("{VISION}/service-profiles"), &fresh).await.expect(201);
    paas.delete(&format!("{VISION}/service-profiles/job")).await.expect(204);

    let after = paas.get(OVERVIEW).await.expect(200).json();
    assert_eq!(after["service_profiles"], json!({ "published": 2, "draft": 1, "changed": 1 }));
    let draft = about(&after["drafts"], "fresh");
    assert_eq!((draft["state"].as_str(), draft["title"].as_str()), (Some("draft"), Some("Fresh")));
    assert_eq!((draft["kind"].as_str(), draft["modified_by"].as_str()), (Some("ServiceProfile"), Some("paas-admin")));
    assert_eq!(about(&after["drafts"], "app")["state"], "changed");
    let told: Vec<_> = after["recent_changes"].as_array().unwrap()[..3]
        .iter()
        .map(|c| (c["what"].as_str().unwrap(), c["name"].as_str().unwrap(), c["generation"].as_i64().unwrap()))
        .collect();
    assert_eq!(told, [("deleted", "job", 0), ("created", "fresh", 1), ("changed", "app", 2)]);
    assert!(after["recent_changes"].as_array().unwrap().iter().any(|c| c["what"] == "published" && c["name"] == "app"));

    // Whoever only launches sees no drafts, and nobody of another place sees anything.
    let developer = world.of("developer").get(OVERVIEW).await.expect(200).json();
    assert_eq!(about(&developer["drafts"], "fresh"), &Json::Null);
    assert_eq!(about(&developer["recent_changes"], "fresh"), &Json::Null);
    assert_eq!(developer["service_profiles"]["draft"], 0);
    let speech = world.of("speech-paas-admin");
    let theirs = speech.get(OVERVIEW).await.expect(200).json();
    assert_eq!(theirs["service_profiles"]["published"], 0);
    assert_eq!(theirs["recent_changes"], json!([]));
    speech.get(&format!("{OVERVIEW}?project=vision")).await.problem(404, "not_found");
    world.of("foreigner").get(OVERVIEW).await.problem(404, "not_found");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn launches_and_failures_are_counted_by_profile() {
    let world = World::start().await;
    world.launch("app", "one").await;
    world.until_phase("one", Phase::Running).await;
    let broken = Failure { retryable: false, message: "ana's own words".to_owned(), ..Failure::once(Call::ApplyService) };
    world.provider.fail(broken);
    world.launch("app", "two").await;
    world.until_phase("two", Phase::Failed).await;
    // What was launched counts after it is gone; what was only rehearsed does not count.
    let body = json!({ "metadata": { "name": "three" }, "spec": { "profile": { "name": "app" } } });
    let path = format!("{RESEARCH}/service-instances?dry_run=true");
    world.of("workspace-collaborator").post(&path, &body).await.expect(201);
    world.delete("two").await;
    world.until_gone("two").await;

    let reply = world.of("paas-admin").get(&format!("{OVERVIEW}?project=vision")).await.expect(200);
    let text = reply.text().to_owned();
    let overview = reply.json();
    assert_eq!(about(&overview["most_launched"], "app")["launches_30d"], 2);
    assert_eq!(about(&overview["most_launched"], "cpu")["launches_30d"], 2);
    let failed = about(&overview["most_failed"], "app");
    assert_eq!((failed["failures_30d"].as_i64(), failed["launches_30d"].as_i64()), (Some(1), Some(2)));
    assert_eq!(failed["reason"], "The target could not make it.");
    let running = about(&overview["running"], "app");
    assert_eq!((running["running"].as_i64(), running["failed"].as_i64()), (Some(1), Some(0)));
    let target = &overview["targets"][0];
    assert_eq!(
        (target["running"].as_i64(), target["gpus_used"].as_i64(), target["gpus_total"].as_i64()),
        (Some(1), Some(0), Some(8))
    );
    for secret in ["ana's own words", "workspace-collaborator", "\"one\"", "\"two\"", "research"] {
        assert!(!text.contains(secret), "{secret} has no place in figures: {text}");
    }

    // What is older than thirty days no longer counts.
    world.clock.advance(31 * 24 * 3600);
    let root = world.server.person("root").await;
    let later = root.get(OVERVIEW).await.expect(200).json();
    assert_eq!((&later["most_launched"], &later["most_failed"]), (&json!([]), &json!([])));
    world.finish().await;
}
