//! Whoever is killed at whatever moment: nothing doubles, nothing leaks, and the next call goes on.

use crate::support::{PATIENCE, Yard, allocation, executable, processes_with, service, shell};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::process::{Command, Stdio};
use std::time::Duration;
use warpyard_model::kinds::RestartPolicy;
use warpyard_provider::{Provider, RunState};

#[tokio::test]
async fn a_server_killed_at_any_moment_leaves_one_process() {
    let mut yard = Yard::new();
    let compute = yard.compute(allocation()).await;
    for millis in [0, 1, 2, 4, 6, 8, 10, 12, 15, 20, 25, 30, 40, 60, 100] {
        let desired = service(&compute, shell("echo begun; exec sleep 1000"));
        let file = yard.data.path().join("desired.json");
        std::fs::write(&file, serde_json::to_vec(&desired).unwrap()).unwrap();
        let mut server =
            Command::new(executable()).arg("apply").arg(yard.data.path()).arg(&file).stdin(Stdio::null()).spawn().unwrap();
        // Not to wait for anything: this is the moment of the crash.
        tokio::time::sleep(Duration::from_millis(millis)).await;
        server.kill().unwrap();
        server.wait().unwrap();
        yard.restart();
        yard.apply(&desired).await;
        yard.until_log(&desired.uid, "begun").await;
        let shims = processes_with(&format!("service/{}", desired.uid));
        assert_eq!(shims.len(), 1, "killed after {millis} ms: {shims:?}");
        assert_eq!(yard.observe(&desired.uid).await.state, RunState::Running);
        yard.provider.stop_service(&desired.uid).await.unwrap();
        assert_eq!(yard.log(&desired.uid).await, "begun\n", "killed after {millis} ms, it was started twice");
        assert!(processes_with(&format!("service/{}", desired.uid)).is_empty());
    }
    yard.end(&[compute]).await;
}

#[tokio::test]
async fn a_killed_supervisor_takes_its_sandbox_along() {
    let yard = Yard::new();
    let compute = yard.compute(allocation()).await;
    let mark = format!("100{}", std::process::id());
    for restart in [RestartPolicy::OnFailure, RestartPolicy::Never] {
        let mut desired = service(&compute, shell(format!("trap '' TERM; echo up; sleep {mark} & wait; wait")));
        desired.restart = restart;
        yard.apply(&desired).await;
        yard.until_log(&desired.uid, "up").await;
        let [shim] = processes_with(&format!("service/{}", desired.uid))[..] else { panic!("one supervisor") };
        assert!(!processes_with(&mark).is_empty());
        let mut events = yard.provider.events();
        kill(Pid::from_raw(shim as i32), Signal::SIGKILL).unwrap();
        tokio::time::timeout(PATIENCE, events.recv()).await.unwrap().unwrap();
        // The kernel ends the sandbox with its parent; it needs a moment to do so.
        tokio::time::timeout(PATIENCE, async {
            while !processes_with(&mark).is_empty() {
                tokio::task::yield_now().await;
            }
        })
        .await
        .expect("the sandbox ends");
        let seen = yard.observe(&desired.uid).await;
        if restart == RestartPolicy::Never {
            assert_eq!((seen.state, seen.exit_code), (RunState::Exited, Some(137)), "{seen:?}");
            continue;
        }
        assert_eq!(seen.state, RunState::Absent, "{seen:?}");
        yard.apply(&desired).await;
        assert_eq!(yard.observe(&desired.uid).await.state, RunState::Running, "it is started again as it was");
        yard.provider.stop_service(&desired.uid).await.unwrap();
    }
    yard.end(&[compute]).await;
}

#[tokio::test]
async fn what_ignores_the_request_to_end_is_killed_after_the_grace() {
    let yard = Yard::new();
    let compute = yard.compute(allocation()).await;
    let mut stubborn = service(&compute, shell("trap 'echo asked' TERM; echo up; while :; do sleep 1000; done"));
    stubborn.stop_grace_seconds = 1;
    yard.apply(&stubborn).await;
    yard.until_log(&stubborn.uid, "up").await;
    let began = std::time::Instant::now();
    yard.provider.stop_service(&stubborn.uid).await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(900), "the grace was not given");
    let text = yard.log(&stubborn.uid).await;
    assert!(text.contains("asked"), "{text}");
    assert!(processes_with(&stubborn.uid).is_empty());
    assert_eq!(yard.observe(&stubborn.uid).await.message, "stopped");
    yard.end(&[compute]).await;
}

#[tokio::test]
async fn orphans_are_reaped_and_end_with_the_service() {
    let yard = Yard::new();
    let compute = yard.compute(allocation()).await;
    let mark = format!("200{}", std::process::id());
    // One orphan ends while the service runs, and must not stay as a zombie; the other goes on.
    let script = format!(
        "(setsid sh -c 'echo $$ > pid' &); (setsid sleep {mark} &); while [ ! -s pid ]; do :; done; \
         while [ -e /proc/$(cat pid) ]; do :; done; echo reaped; exec sleep 1000"
    );
    let desired = service(&compute, shell(script));
    yard.apply(&desired).await;
    yard.until_log(&desired.uid, "reaped").await;
    assert!(!processes_with(&mark).is_empty());
    yard.provider.stop_service(&desired.uid).await.unwrap();
    assert!(processes_with(&mark).is_empty(), "a process outlived its service");
    yard.end(&[compute]).await;
}
