//! Launch, run, stop, start, delete.

use crate::{RESEARCH, world};
use serde_json::json;
use warpyard_model::kinds::{DesiredState, Phase, StepState};
use warpyard_provider::Metrics;
use warpyard_provider::fake::{Behaviour, Call, Ready};
use warpyard_testkit::{TestServer, TestStore, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_launch_becomes_a_running_service() {
    let world = world(2).await;
    world.launch("trainer", "net").await;
    let service = world.until_phase("net", Phase::Running).await;
    let compute = world.compute("net").await.unwrap();
    let allocation = compute.status.allocation.clone().unwrap();
    assert_eq!((allocation.gpus.len(), allocation.simulated, allocation.cpu_millis), (1, true, 1000));
    assert!(service.spec.owns_compute && service.spec.compute.as_ref() == Some(&compute.metadata.name));
    assert_eq!(service.spec.owner.as_ref().map(ToString::to_string).as_deref(), Some("workspace-collaborator"));
    let endpoint = &service.status.endpoints[0];
    assert!(endpoint.ready);
    assert_eq!(endpoint.url, format!("http://web--{}.apps.localhost:{}/", service.metadata.short_id(), world.address.port()));
    let steps: Vec<(&str, StepState)> = service.status.timeline.iter().map(|s| (s.id.as_str(), s.state)).collect();
    assert_eq!(steps.last(), Some(&("start", StepState::Done)), "without a probe nothing is waited for: {steps:?}");
    let desired = world.provider.desired(&service.metadata.uid).unwrap();
    assert_eq!(desired.allocation, allocation);
    assert_eq!(desired.path, "/acme/vision/research/net");
    assert_eq!(world.provider.starts(&service.metadata.uid), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_is_waited_for_and_heard_of() {
    let world = world(1).await;
    world.provider.behave("/acme/vision/research/slow", Behaviour { ready: Ready::WhenTold, ..Behaviour::default() });
    world.launch("app", "slow").await;
    let starting = world.until_phase("slow", Phase::Starting).await;
    assert!(starting.status.endpoints.iter().all(|e| !e.ready));
    // The provider says so by itself; nobody polls.
    world.provider.make_ready(&starting.metadata.uid);
    world.until_phase("slow", Phase::Running).await;
    world.provider.end(&starting.metadata.uid, 0);
    let ended = world.until_phase("slow", Phase::Stopped).await;
    assert_eq!(ended.status.exit_code, Some(0));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_it_holds_nothing_and_starts_again() {
    let world = world(1).await;
    world.launch("trainer", "net").await;
    let running = world.until_phase("net", Phase::Running).await;
    let uid = running.metadata.uid.clone();
    world.operate("net", "stop").await;
    world.until_phase("net", Phase::Stopped).await;
    world
        .until("its GPU is given back", || async {
            world.compute("net").await.is_some_and(|c| c.status.phase == Phase::Stopped && c.status.allocation.is_none())
        })
        .await;
    assert!(world.controller.held("local").await.unwrap().is_empty());
    assert!(world.provider.running().is_empty());
    assert_eq!(world.provider.count(Call::DestroyCompute), 0, "its home stays");
    // Stopping what is stopped changes nothing; starting brings it back, once.
    world.operate("net", "stop").await;
    world.operate("net", "start").await;
    world.operate("net", "start").await;
    let again = world.until_phase("net", Phase::Running).await;
    assert_eq!(again.spec.desired_state, DesiredState::Running);
    assert_eq!(world.provider.starts(&uid), 2);
    assert_eq!(world.controller.held("local").await.unwrap().len(), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleted_nothing_is_left() {
    let world = world(2).await;
    for name in ["one", "two"] {
        world.launch("trainer", name).await;
    }
    world.until_phase("one", Phase::Running).await;
    let two = world.until_phase("two", Phase::Running).await;
    world.delete("one").await;
    world.until_gone("one").await;
    assert_eq!(world.provider.services(), [two.metadata.uid.as_str()]);
    assert_eq!(world.provider.computes().len(), 1);
    assert_eq!(world.controller.held("local").await.unwrap().len(), 1);
    // While it starts, too: the start ends and nothing of it stays.
    world.provider.behave("/acme/vision/research/three", Behaviour { held: true, ..Behaviour::default() });
    world.launch("trainer", "three").await;
    world.until_phase_of_start("three").await;
    world.delete("three").await;
    world.until_gone("three").await;
    world.delete("two").await;
    world.until_gone("two").await;
    assert!(world.provider.services().is_empty() && world.provider.computes().is_empty());
    assert!(world.controller.held("local").await.unwrap().is_empty());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_job_ends_and_frees_its_gpu() {
    let world = world(1).await;
    world.provider.behave("/acme/vision/research/first", Behaviour { ends: Some((1, 0)), ..Behaviour::default() });
    world.provider.behave("/acme/vision/research/second", Behaviour { ends: Some((1, 3)), ..Behaviour::default() });
    world.launch("job", "first").await;
    world.launch("job", "second").await;
    // There is one GPU: the second waits for the end of the first.
    let first = world.until_phase("first", Phase::Succeeded).await;
    assert_eq!((first.status.exit_code, first.status.batch), (Some(0), true));
    assert!(first.status.timeline.iter().all(|s| s.id != "ready"), "{:?}", first.status.timeline);
    let second = world.until_phase("second", Phase::Failed).await;
    assert_eq!((second.status.exit_code, second.status.reason.as_str()), (Some(3), "ProcessFailed"));
    world.until("all is given back", || async { world.controller.held("local").await.unwrap().is_empty() }).await;
    // By hand it runs again.
    world.provider.behave("/acme/vision/research/second", Behaviour { ends: Some((1, 0)), ..Behaviour::default() });
    world.operate("second", "retry").await;
    world.until_phase("second", Phase::Succeeded).await;
    assert_eq!(world.provider.starts(&second.metadata.uid), 2);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn use_that_only_the_probe_sees_is_written_down() {
    let world = world(1).await;
    world.provider.behave("/acme/vision/research/busy", Behaviour { ready: Ready::WhenTold, ..Behaviour::default() });
    world.launch("app", "busy").await;
    let uid = world.until_phase("busy", Phase::Starting).await.metadata.uid;
    let used = |at| world.provider.set_metrics(&uid, Metrics { last_activity_at: Some(at), ..Metrics::default() });
    let known = async || world.service("busy").await.unwrap().status.last_activity_at;
    let first = world.store.now();
    used(first);
    world.provider.make_ready(&uid);
    world.until("the first use is known", async || known().await == Some(first)).await;
    // The probe is asked once a minute at most, and only what differs by that much is written.
    let calls = world.provider.count(Call::Metrics);
    world.clock.advance(61);
    let second = world.store.now();
    used(second);
    world.provider.make_ready(&uid);
    world.until("the second use is known", async || known().await == Some(second)).await;
    assert_eq!(world.provider.count(Call::Metrics), calls + 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_behalf_it_is_theirs() {
    let world = world(1).await;
    let body = json!({
        "metadata": { "name": "theirs" }, "spec": { "profile": { "name": "trainer" }, "owner": "colleague" }
    });
    let operator = world.of("managed-instances-operator");
    let path = format!("{RESEARCH}/service-instances");
    world.of("workspace-collaborator").post(&path, &body).await.problem(403, "forbidden");
    operator.post(&path, &body).await.expect(201);
    let service = world.until_phase("theirs", Phase::Running).await;
    assert_eq!(service.spec.owner.as_ref().map(ToString::to_string).as_deref(), Some("colleague"));
    let compute = world.compute("theirs").await.unwrap();
    assert_eq!(compute.spec.owner, service.spec.owner, "what comes along is theirs too");
    let usage = world.controller.usage("local").await.unwrap();
    assert_eq!(usage.gpus[0].owner, "colleague");
    world.of("colleague").delete(&format!("{path}/theirs")).await.expect(202);
    world.until_gone("theirs").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_postgresql() {
    let Some(store) = TestStore::postgres().await else { return };
    let mut world = World::on(TestServer::builder().gpus(1).on(store).start().await).await;
    world.launch("trainer", "net").await;
    let uid = world.until_phase("net", Phase::Running).await.metadata.uid;
    world.launch("trainer", "next").await;
    world.until_phase("next", Phase::Queued).await;
    // Another server takes over where this one died.
    world.server.crash_controllers().await;
    world.clock.advance(16);
    world.server.start_controllers_as("second");
    world.operate("net", "stop").await;
    world.until_phase("net", Phase::Stopped).await;
    world.until_phase("next", Phase::Running).await;
    assert_eq!(world.provider.starts(&uid), 1);
    for name in ["net", "next"] {
        world.delete(name).await;
        world.until_gone(name).await;
    }
    assert!(world.provider.services().is_empty() && world.provider.computes().is_empty());
    world.finish().await;
}

trait Starts {
    async fn until_phase_of_start(&self, name: &str);
}

impl Starts for World {
    /// Waits until the provider is asked to start a service, before it has.
    async fn until_phase_of_start(&self, name: &str) {
        self.until(&format!("{name} is being started"), || async {
            self.service(name).await.is_some_and(|s| s.status.phase == Phase::Provisioning)
        })
        .await;
    }
}
