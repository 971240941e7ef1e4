//! What goes wrong shows, is tried again where that may help, and by hand where somebody has to act.

use crate::world;
use warpyard_model::kinds::{Phase, StepState};
use warpyard_provider::fake::{Behaviour, Call, Failure, Ready};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_pass_is_tried_again() {
    let world = world(2).await;
    for (call, after) in
        [(Call::ApplyCompute, false), (Call::ApplyCompute, true), (Call::ApplyService, false), (Call::ApplyService, true)]
    {
        world.provider.fail(Failure { after, ..Failure::once(call) });
    }
    world.launch("trainer", "net").await;
    let service = world.until_phase("net", Phase::Running).await;
    assert_eq!(world.provider.starts(&service.metadata.uid), 1, "tried several times, started once");
    assert_eq!(world.provider.computes().len(), 1);
    for call in [Call::StopService, Call::DestroyService, Call::DestroyCompute] {
        world.provider.fail(Failure::once(call));
        world.provider.fail(Failure { after: true, ..Failure::once(call) });
    }
    world.operate("net", "stop").await;
    world.until_phase("net", Phase::Stopped).await;
    world.delete("net").await;
    world.until_gone("net").await;
    assert!(world.provider.services().is_empty() && world.provider.computes().is_empty());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_will_not_pass_waits_for_somebody() {
    let world = world(1).await;
    let message = "the command \"node\" is not on this machine; install it";
    let broken = || Failure { retryable: false, message: message.to_owned(), ..Failure::once(Call::ApplyService) };
    world.provider.fail(broken());
    world.launch("trainer", "net").await;
    let failed = world.until_phase("net", Phase::Failed).await;
    assert_eq!((failed.status.reason.as_str(), failed.status.message.as_str()), ("ProviderFailed", message));
    assert!(failed.status.timeline.iter().all(|s| s.state != StepState::Running));
    // It holds nothing while it is broken: the next one runs.
    world.launch("trainer", "other").await;
    world.until_phase("other", Phase::Running).await;
    world.delete("other").await;
    world.until_gone("other").await;
    world.operate("net", "retry").await;
    let running = world.until_phase("net", Phase::Running).await;
    assert!(running.status.message.is_empty() && running.status.reason.is_empty());
    assert_eq!(world.provider.starts(&running.metadata.uid), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_falls_is_seen() {
    let world = world(1).await;
    world.launch("trainer", "net").await;
    let running = world.until_phase("net", Phase::Running).await;
    let uid = running.metadata.uid.clone();
    world.provider.end(&uid, 137);
    let failed = world.until_phase("net", Phase::Failed).await;
    assert_eq!(failed.status.exit_code, Some(137));
    world.until("its GPU is given back", || async { world.controller.held("local").await.unwrap().is_empty() }).await;
    world.operate("net", "start").await;
    world.until_phase("net", Phase::Running).await;
    assert_eq!(world.provider.starts(&uid), 2);
    // The machine was restarted, and nothing of it is there: it is started again by itself.
    world.provider.lose(&uid);
    world
        .until("it runs again", || async { world.provider.starts(&uid) == 3 && world.provider.running() == [uid.clone()] })
        .await;
    world.until_phase("net", Phase::Running).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_that_never_answers_says_why() {
    let world = world(1).await;
    let never = Ready::Never("port 8000 was not opened within 120 s".to_owned());
    world.provider.behave("/acme/vision/research/mute", Behaviour { ready: never, ..Behaviour::default() });
    world.launch("app", "mute").await;
    let starting = world
        .until_some("it says why", || async { world.service("mute").await.filter(|s| s.status.phase == Phase::Starting) })
        .await;
    world.operate("mute", "stop").await;
    world.until_phase("mute", Phase::Stopped).await;
    assert!(world.provider.running().is_empty(), "{:?}", starting.status);
    world.finish().await;
}
