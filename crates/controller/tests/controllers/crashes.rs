//! A server that dies anywhere: the next one goes on, and nothing is doubled or lost.

use serde_json::json;
use warpyard_model::kinds::Phase;
use warpyard_provider::fake::{Call, Failure};
use warpyard_testkit::{TestServer, World};

/// More writes than any of these stories has.
const MOST_WRITES: usize = 40;

/// Lets the controllers run until the feed holds so many more changes, or until `settled`. Tells whether that many came.
async fn run_for(world: &World, writes: usize, settled: impl AsyncFn() -> bool) -> bool {
    let mut feed = world.store.changes(None);
    let mut seen = 0;
    let waited = async {
        loop {
            if seen >= writes {
                return true;
            }
            if settled().await {
                return false;
            }
            feed.wait().await.unwrap();
            seen += feed.next_uids(world.controller.proof()).await.unwrap().len();
        }
    };
    match tokio::time::timeout(warpyard_testkit::PATIENCE, waited).await {
        Ok(more) => more,
        Err(_) => panic!("neither {writes} writes nor the end came:\n{}", world.phases().await),
    }
}

async fn quiet_world() -> World {
    World::on(TestServer::builder().gpus(2).start().await).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_launch_survives_a_death_after_any_write() {
    let mut world = quiet_world().await;
    for writes in 0.. {
        assert!(writes < MOST_WRITES, "the story does not end");
        let name = format!("crash-{writes}");
        world.launch("trainer", &name).await;
        let running = async || world.service(&name).await.is_some_and(|s| s.status.phase == Phase::Running);
        let more = run_for(&world, writes, running).await;
        world.server.crash_controllers().await;
        world.server.start_controllers();
        let service = world.until_phase(&name, Phase::Running).await;
        let uid = &service.metadata.uid;
        assert_eq!(world.provider.starts(uid), 1, "after {writes} writes: it was started twice");
        assert_eq!(world.provider.services(), std::slice::from_ref(uid));
        assert_eq!(world.provider.computes().len(), 1);
        assert_eq!(world.controller.held("local").await.unwrap().len(), 1);

        // The same for its deletion.
        world.delete(&name).await;
        let gone = async || world.service(&name).await.is_none() && world.compute(&name).await.is_none();
        run_for(&world, writes, gone).await;
        world.server.crash_controllers().await;
        world.server.start_controllers();
        world.until_gone(&name).await;
        assert!(world.provider.services().is_empty() && world.provider.computes().is_empty(), "after {writes} writes");
        assert!(world.controller.held("local").await.unwrap().is_empty(), "after {writes} writes");
        if !more {
            break;
        }
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_and_a_start_survive_a_death_after_any_write() {
    let mut world = quiet_world().await;
    world.launch("trainer", "net").await;
    let uid = world.until_phase("net", Phase::Running).await.metadata.uid;
    let mut starts = 1;
    for writes in 0.. {
        assert!(writes < MOST_WRITES, "the story does not end");
        let is = async |phase: Phase| {
            let answered = world.service("net").await.filter(|s| s.status.observed_generation == s.metadata.generation);
            answered.is_some_and(|s| s.status.phase == phase)
        };
        world.operate("net", "stop").await;
        let more = run_for(&world, writes, async || is(Phase::Stopped).await).await;
        world.server.crash_controllers().await;
        world.server.start_controllers();
        world.until_phase("net", Phase::Stopped).await;
        world.until("it holds nothing", || async { world.controller.held("local").await.unwrap().is_empty() }).await;
        assert!(world.provider.running().is_empty());
        world.operate("net", "start").await;
        let is = async |phase: Phase| {
            let answered = world.service("net").await.filter(|s| s.status.observed_generation == s.metadata.generation);
            answered.is_some_and(|s| s.status.phase == phase)
        };
        run_for(&world, writes, async || is(Phase::Running).await).await;
        world.server.crash_controllers().await;
        world.server.start_controllers();
        world.until_phase("net", Phase::Running).await;
        starts += 1;
        assert_eq!(world.provider.starts(&uid), starts, "after {writes} writes");
        if !more {
            break;
        }
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_done_and_not_noted_is_adopted() {
    let mut world = quiet_world().await;
    // Each call did its work, and the server died before it heard so.
    for call in [Call::ApplyCompute, Call::ApplyService, Call::DestroyService, Call::DestroyCompute] {
        world.provider.fail(Failure { after: true, ..Failure::once(call) });
    }
    world.launch("trainer", "net").await;
    world.until("the service was started", || async { !world.provider.running().is_empty() }).await;
    world.server.crash_controllers().await;
    world.server.start_controllers();
    let uid = world.until_phase("net", Phase::Running).await.metadata.uid;
    assert_eq!(world.provider.starts(&uid), 1, "what runs is adopted");
    world.delete("net").await;
    world.until_gone("net").await;
    assert!(world.provider.services().is_empty() && world.provider.computes().is_empty());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_server_takes_over_when_the_lease_runs_out() {
    let mut world = quiet_world().await;
    world.launch("trainer", "net").await;
    let uid = world.until_phase("net", Phase::Running).await.metadata.uid;
    world.server.crash_controllers().await;
    let lease = world.controller.lease("controllers", "second", 15).await.unwrap();
    assert_eq!(lease, None, "the dead server's lease holds for a while");
    let body = json!({ "metadata": { "name": "late" }, "spec": { "profile": { "name": "trainer" } } });
    let who = world.of("workspace-collaborator");
    who.post(&format!("{}/service-instances", crate::RESEARCH), &body).await.expect(201);
    world.clock.advance(16);
    world.server.start_controllers_as("second");
    world.until_phase("late", Phase::Running).await;
    let adopted = world.until_phase("net", Phase::Running).await;
    assert_eq!(adopted.metadata.uid, uid);
    assert_eq!(world.provider.starts(&uid), 1, "what runs goes on");
    // In good order it gives the lease up at once.
    world.server.stop_controllers().await;
    assert!(world.controller.lease("controllers", "third", 15).await.unwrap().is_some());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queue_survives_a_restart() {
    let mut world = World::on(TestServer::builder().gpus(1).start().await).await;
    for name in ["first", "second", "third"] {
        world.launch("trainer", name).await;
        world.clock.advance(1);
        let phase = if name == "first" { Phase::Running } else { Phase::Queued };
        world.until_phase(name, phase).await;
    }
    world.server.crash_controllers().await;
    world.delete("first").await;
    world.server.start_controllers();
    world.until_phase("second", Phase::Running).await;
    world.until_phase("third", Phase::Queued).await;
    assert_eq!(world.provider.running().len(), 1);
    world.finish().await;
}
