//! A version that is retired: nothing of it starts or changes any more, and people are told the way out.

use crate::{RESEARCH, VISION};
use serde_json::{Value as Json, json};
use warpyard_model::kinds::Phase;
use warpyard_testkit::{Reply, World};

const OWNER: &str = "workspace-collaborator";
const NOTEBOOK: &str = "/api/v1/orgs/acme/projects/vision/workspaces/research/service-instances/nb";

/// Publishes another version of a profile, and retires the one before.
async fn retire_first(world: &World, profile: &str, change: impl FnOnce(&mut Json)) -> i64 {
    let admin = world.of("paas-admin");
    let path = format!("{VISION}/{profile}");
    let mut object = admin.get(&path).await.expect(200).json();
    change(&mut object["spec"]);
    admin.put(&path, &object).await.expect(200);
    let published = admin.post(&format!("{path}/publish"), &json!({})).await.expect(200).json();
    let first = published["status"]["versions"][0]["generation"].as_i64().unwrap();
    admin.put(&format!("{path}/versions/{first}"), &json!({ "state": "retired" })).await.expect(200);
    published["metadata"]["generation"].as_i64().unwrap()
}

/// Says what is wrong and what to do.
fn tells_the_way_out(reply: &Reply) {
    reply.problem(412, "precondition_failed");
    let detail = reply.json()["detail"].as_str().unwrap().to_owned();
    let way = "nb is of version 1 of the profile app, which is retired and does not start any more; upgrade it to version 2 \
               first: Upgrade on its page, or `warpyard upgrade service-instance/nb`.";
    assert_eq!(detail, way);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_retired_goes_on_and_never_starts() {
    let world = World::start().await;
    let owner = world.of(OWNER);
    world.launch("app", "nb").await;
    let uid = world.until_phase("nb", Phase::Running).await.metadata.uid;
    let newest = retire_first(&world, "service-profiles/app", |spec| spec["card"]["category"] = json!("Notebooks")).await;

    // It goes on, may be renamed and stopped; its inputs change only with an upgrade, by whichever way.
    let mut object = owner.get(NOTEBOOK).await.expect(200).json();
    object["metadata"]["display_name"] = json!("Mine");
    owner.put(NOTEBOOK, &object).await.expect(200);
    world.until_phase("nb", Phase::Running).await;
    let mut changed = owner.get(NOTEBOOK).await.expect(200).json();
    changed["spec"]["inputs"]["title"] = json!("Other");
    tells_the_way_out(&owner.put(NOTEBOOK, &changed).await);
    let inputs = json!({ "inputs": { "title": "Other" } });
    let plan = owner.post(&format!("{NOTEBOOK}/change-plan"), &inputs).await.expect(200).json();
    assert_eq!((&plan["action"], &plan["errors"][0]["path"]), (&json!("invalid"), &json!("generation")));
    // Handing it over would start it as the new owner's.
    tells_the_way_out(&owner.post(&format!("{NOTEBOOK}/transfer"), &json!({ "owner": "workspace-admin" })).await);
    world.operate("nb", "stop").await;
    world.until_phase("nb", Phase::Stopped).await;
    let starts = world.provider.starts(&uid);

    // Down, it does not come up again.
    tells_the_way_out(&owner.post(&format!("{NOTEBOOK}/start"), &json!({})).await);
    let mut running = owner.get(NOTEBOOK).await.expect(200).json();
    running["spec"]["desired_state"] = json!("running");
    tells_the_way_out(&owner.put(NOTEBOOK, &running).await);
    assert_eq!(world.provider.starts(&uid), starts);
    assert_eq!(world.service("nb").await.unwrap().status.phase, Phase::Stopped);

    // The way out is the way out.
    let upgrade = json!({ "generation": newest, "plan_action": "in_place" });
    owner.post(&format!("{NOTEBOOK}/change"), &upgrade).await.expect(200);
    world.operate("nb", "start").await;
    world.until_phase("nb", Phase::Running).await;
    assert_eq!(world.provider.starts(&uid), starts + 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_moved_to_a_retired_version() {
    let world = World::start().await;
    let (owner, admin) = (world.of(OWNER), world.of("paas-admin"));
    let newest = retire_first(&world, "service-profiles/app", |spec| spec["card"]["category"] = json!("Notebooks")).await;
    // A launch that names it.
    let body = json!({ "metadata": { "name": "nb" }, "spec": { "profile": { "name": "app", "generation": 1 } } });
    let refused = owner.post(&format!("{RESEARCH}/service-instances"), &body).await;
    refused.problem(422, "invalid");
    assert_eq!(refused.error_paths(), ["spec.profile.generation"]);
    // An instance that would go back to it, by plan and by its spec.
    world.launch("app", "nb").await;
    world.until_phase("nb", Phase::Running).await;
    let back = json!({ "generation": 1 });
    let plan = owner.post(&format!("{NOTEBOOK}/change-plan"), &back).await.expect(200).json();
    assert_eq!((&plan["action"], &plan["errors"][0]["path"]), (&json!("invalid"), &json!("generation")));
    let mut object = owner.get(NOTEBOOK).await.expect(200).json();
    object["spec"]["profile"]["generation"] = json!(1);
    let refused = owner.put(NOTEBOOK, &object).await;
    refused.problem(422, "invalid");
    assert_eq!(refused.error_paths(), ["spec.profile"]);
    // Withdrawn and retired, the draft that it was is not published again without a word about that.
    let path = format!("{VISION}/service-profiles/app");
    admin.post(&format!("{path}/withdraw"), &json!({})).await.expect(200);
    let version = format!("{path}/versions/{newest}");
    admin.put(&version, &json!({ "state": "retired" })).await.expect(200);
    admin.post(&format!("{path}/publish"), &json!({})).await.problem(412, "precondition_failed");
    world.operate("nb", "stop").await;
    world.until_phase("nb", Phase::Stopped).await;
    let stuck = owner.post(&format!("{NOTEBOOK}/start"), &json!({})).await;
    stuck.problem(412, "precondition_failed");
    assert!(stuck.text().contains("ask a PaaS admin"), "{}", stuck.text());
    admin.put(&version, &json!({ "state": "deprecated" })).await.expect(200);
    world.operate("nb", "start").await;
    world.until_phase("nb", Phase::Running).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn compute_that_came_along_counts_and_so_does_what_runs_on_it() {
    let world = World::start().await;
    let owner = world.of(OWNER);
    world.launch("trainer", "nb").await;
    world.until_phase("nb", Phase::Running).await;
    retire_first(&world, "service-profiles/trainer", |spec| spec["card"]["category"] = json!("Training")).await;
    let bigger =
        retire_first(&world, "compute-profiles/gpu", |spec| spec["size"]["gpu"]["count"] = json!("{{ inputs.gpus + 1 }}")).await;
    // Another allocation would start the service on it again.
    let item = format!("{RESEARCH}/compute-instances/nb");
    let plan = owner.post(&format!("{item}/change-plan"), &json!({ "generation": bigger })).await.expect(200).json();
    assert_eq!((&plan["action"], &plan["errors"][0]["path"]), (&json!("invalid"), &json!("restarts")));
    assert!(plan["errors"][0]["message"].as_str().unwrap().contains("nb is of version 1 of the profile trainer"), "{plan}");
    // Started, the service would bring its compute up, which is retired itself.
    world.operate("nb", "stop").await;
    world.until_phase("nb", Phase::Stopped).await;
    let service = json!({ "generation": 2, "plan_action": "in_place" });
    owner.post(&format!("{NOTEBOOK}/change"), &service).await.expect(200);
    let refused = owner.post(&format!("{NOTEBOOK}/start"), &json!({})).await;
    refused.problem(412, "precondition_failed");
    assert!(refused.text().contains("`warpyard upgrade compute-instance/nb`"), "{}", refused.text());
    world.finish().await;
}
