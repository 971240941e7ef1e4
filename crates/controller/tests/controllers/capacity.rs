//! The queue: who waits, why, who goes first, and that nothing is ever held twice.

use crate::{RESEARCH, world};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use warpyard_model::kinds::{ComputeInstance, Gpu, Inventory, Node, Phase};
use warpyard_testkit::{TestServer, World};

fn compute(name: &str, profile: &str, gpus: u32) -> Json {
    json!({ "metadata": { "name": name }, "spec": { "profile": { "name": profile }, "inputs": { "gpus": gpus } } })
}

async fn launch_compute(world: &World, name: &str, profile: &str, gpus: u32) {
    let who = world.of("workspace-collaborator");
    who.post(&format!("{RESEARCH}/compute-instances"), &compute(name, profile, gpus)).await.expect(201);
}

async fn until_compute(world: &World, name: &str, phase: Phase) -> warpyard_model::Object<ComputeInstance> {
    world
        .until_some(&format!("{name} is {phase:?}"), || async { world.compute(name).await.filter(|c| c.status.phase == phase) })
        .await
}

async fn position(world: &World, name: &str) -> Option<u32> {
    world.compute(name).await.and_then(|c| c.status.queue).map(|q| q.position)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_fit_waits_and_is_told_why() {
    let world = world(1).await;
    world.launch("trainer", "first").await;
    world.until_phase("first", Phase::Running).await;
    for name in ["second", "third"] {
        world.launch("trainer", name).await;
        world.until_phase(name, Phase::Queued).await;
    }
    let second = world.service("second").await.unwrap();
    assert!(second.status.message.contains("Place 1"), "{}", second.status.message);
    let queue = world.compute("second").await.unwrap().status.queue.unwrap();
    assert_eq!(queue.position, 1);
    assert!(queue.reason.contains("1 × GPU needed, at most 0 free"), "{}", queue.reason);
    assert_eq!(position(&world, "third").await, Some(2));
    // What needs none of what is short passes.
    world.launch("app", "small").await;
    world.until_phase("small", Phase::Running).await;
    // The form says so before anybody launches.
    let form = json!({ "workspace": "research" });
    let form = world.of("developer").post("/api/v1/orgs/acme/projects/vision/service-profiles/trainer/form", &form).await;
    let capacity = form.expect(200).json()["summary"]["capacity"].clone();
    assert_eq!((capacity["state"].as_str(), capacity["ahead"].as_u64()), (Some("queue"), Some(2)), "{capacity}");

    world.delete("first").await;
    world.until_phase("second", Phase::Running).await;
    world.until("the third moves up", || async { position(&world, "third").await == Some(1) }).await;
    // Whoever gives up leaves the queue.
    world.operate("third", "stop").await;
    world.until_phase("third", Phase::Stopped).await;
    world.until("its place is free", || async { position(&world, "third").await.is_none() }).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_come_first_served_but_for_those_in_nobodys_way() {
    let world = world(4).await;
    launch_compute(&world, "a", "gpu", 3).await;
    until_compute(&world, "a", Phase::Running).await;
    launch_compute(&world, "large", "gpu", 2).await;
    until_compute(&world, "large", Phase::Queued).await;
    // One GPU is free, and the one ahead waits for GPUs: it is not taken from under them.
    launch_compute(&world, "little", "gpu", 1).await;
    let little = until_compute(&world, "little", Phase::Queued).await;
    assert!(little.status.queue.unwrap().reason.contains("ahead wait for the same capacity"));
    launch_compute(&world, "none", "cpu", 1).await;
    until_compute(&world, "none", Phase::Running).await;
    world.of("workspace-collaborator").delete(&format!("{RESEARCH}/compute-instances/a")).await.expect(202);
    until_compute(&world, "large", Phase::Running).await;
    until_compute(&world, "little", Phase::Running).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn capacity_that_comes_is_used() {
    let world = world(0).await;
    // What no target can ever hold is refused as the form says it, whether it comes alone or with a service.
    let form = json!({ "workspace": "research", "inputs": { "gpus": 1 } });
    let form = world.of("developer").post("/api/v1/orgs/acme/projects/vision/compute-profiles/gpu/form", &form).await;
    let form = form.expect(200).json();
    assert_eq!(form["summary"]["capacity"]["state"], "never", "{form}");
    let message = form["errors"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("It fits no target, even an empty one"), "{message}");
    let who = world.of("workspace-collaborator");
    let service = json!({ "metadata": { "name": "s" }, "spec": { "profile": { "name": "trainer" } } });
    for (kind, body) in [("compute-instances", compute("early", "gpu", 1)), ("service-instances", service)] {
        let refused = who.post(&format!("{RESEARCH}/{kind}"), &body).await;
        refused.problem(422, "invalid");
        assert_eq!(refused.json()["detail"], message.as_str());
    }
    // A target that is closed takes nothing now; it has what is needed, so one waits for it.
    let root = world.of("root");
    let cordon = |cordoned: bool| json!({ "metadata": { "name": "local" }, "spec": { "type": "process", "cordoned": cordoned } });
    root.put("/api/v1/targets/local", &cordon(true)).await.expect(200);
    launch_compute(&world, "early", "gpu", 1).await;
    let why = async |part: &str| world.compute("early").await.unwrap().status.queue.is_some_and(|q| q.reason.contains(part));
    world.until("the queue says that no target takes it", async || why("No target takes new instances").await).await;
    root.put("/api/v1/targets/local", &cordon(false)).await.expect(200);
    world.until("the queue says that it does not fit", async || why("does not fit even an empty target").await).await;
    // A GPU is put into the machine.
    let gpu = Gpu { id: "new-0".into(), index: 0, model: "H100".into(), memory_bytes: 80 << 30, simulated: false, healthy: true };
    let node = Node { name: "fake-1".into(), cpu_millis: 64_000, memory_bytes: 256 << 30, gpus: vec![gpu] };
    world.provider.set_inventory(Inventory { nodes: vec![node] });
    // Targets are looked at again when they change.
    root.put("/api/v1/targets/local", &cordon(true)).await.expect(200);
    root.put("/api/v1/targets/local", &cordon(false)).await.expect(200);
    let running = until_compute(&world, "early", Phase::Running).await;
    assert_eq!(running.status.allocation.unwrap().gpus, ["new-0"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_chooses_targets_by_what_they_are() {
    let world = world(2).await;
    let profile = |selector: Json| {
        json!({ "metadata": { "name": "placed" }, "spec": {
            "template": { "name": "cell", "version": "1.0.0" }, "target_selector": selector,
            "size": { "cpu_millis": 500, "memory_bytes": "1GiB" } } })
    };
    let profiles = "/api/v1/orgs/acme/projects/vision/compute-profiles";
    let admin = world.of("paas-admin");
    let mut both = profile(json!({ "gpu_model": "A100" }));
    both["spec"]["target"] = json!("local");
    assert_eq!(admin.post(profiles, &both).await.error_paths(), ["spec.target_selector"]);
    admin.post(profiles, &profile(json!({ "labels": { "zone": "eu" }, "capabilities": ["gpus"] }))).await.expect(201);
    admin.post(&format!("{profiles}/placed/publish"), &json!({})).await.expect(200);
    let form = json!({ "workspace": "research" });
    let summary = async || {
        world.of("developer").post(&format!("{profiles}/placed/form"), &form).await.expect(200).json()["summary"].clone()
    };
    let nowhere = summary().await;
    assert_eq!((nowhere["capacity"]["state"].as_str(), nowhere["targets"].as_array().unwrap().len()), (Some("no_target"), 0));
    let message = "No target that takes new instances has the label zone=eu and gpus.";
    assert_eq!(nowhere["capacity"]["message"], message);
    // Nothing matches yet, so it waits; it runs once a target is what was asked for.
    launch_compute(&world, "waits", "placed", 1).await;
    let queued = until_compute(&world, "waits", Phase::Queued).await;
    assert_eq!(queued.status.queue.unwrap().reason, message);
    let labelled = json!({ "metadata": { "name": "local", "labels": { "zone": "eu" } }, "spec": { "type": "process" } });
    world.of("root").put("/api/v1/targets/local", &labelled).await.expect(200);
    until_compute(&world, "waits", Phase::Running).await;
    assert_eq!(summary().await["targets"], json!(["local"]));
    world.finish().await;
}

/// Panics when a GPU is held twice, by the books or by what instances believe.
async fn check_nothing_is_held_twice(world: &World) -> usize {
    let held = world.controller.held("local").await.unwrap();
    let mut seen = BTreeSet::new();
    for gpu in held.iter().flat_map(|h| &h.allocation.gpus) {
        assert!(seen.insert(gpu.clone()), "{gpu} is held twice");
    }
    let mut believed = BTreeSet::new();
    for instance in world.controller.all::<ComputeInstance>(&[]).await.unwrap() {
        for gpu in instance.status.allocation.iter().flat_map(|a| &a.gpus) {
            assert!(believed.insert(gpu.clone()), "two instances believe they hold {gpu}");
        }
    }
    seen.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_launches_at_once_share_eight_gpus() {
    let server = TestServer::builder().gpus(8).node(1_000_000, 1 << 42).start().await;
    let world = World::on(server).await;
    let who = world.of("workspace-collaborator");
    let path = format!("{RESEARCH}/compute-instances");
    let launches = (0..200).map(|i| {
        let (path, body) = (&path, compute(&format!("c{i}"), "gpu", 1));
        async move { who.post(path, &body).await.expect(201) }
    });
    futures::future::join_all(launches).await;
    let count = async |phase: &str| world.controller.all::<ComputeInstance>(&[phase]).await.unwrap().len();
    world.until("eight run and the others wait", async || count("running").await == 8 && count("queued").await == 192).await;
    assert_eq!(check_nothing_is_held_twice(&world).await, 8);
    // Every place in the queue is taken once.
    let queued = world.controller.all::<ComputeInstance>(&["queued"]).await.unwrap();
    let positions: BTreeSet<u32> = queued.iter().filter_map(|c| c.status.queue.as_ref()).map(|q| q.position).collect();
    assert_eq!(positions, (1..=192).collect());
    // Those that run go, one after the other and some together: as many follow.
    for round in 0..2 {
        let running = world.controller.all::<ComputeInstance>(&["running"]).await.unwrap();
        let gone: Vec<String> = running.iter().take(4).map(|c| c.metadata.name.to_string()).collect();
        futures::future::join_all(gone.iter().map(|name| {
            let item = format!("{path}/{name}");
            async move { who.delete(&item).await.expect(202) }
        }))
        .await;
        let left = 200 - 4 * (round + 1);
        world
            .until("others follow", async || {
                let all = world.controller.all::<ComputeInstance>(&[]).await.unwrap().len();
                all == left && count("running").await == 8
            })
            .await;
        assert_eq!(check_nothing_is_held_twice(&world).await, 8);
    }
    world.finish().await;
}
