//! Caches: what they hold, and what is left of those that were not finished.

use crate::support::{Silent, Yard, allocation, service, shell};
use std::sync::Mutex;
use tokio::sync::Notify;
use warpyard_model::ErrorCode;
use warpyard_provider::{PrepareDesired, Progress, ProgressSink, Provider, RunState, ServiceDesired};

fn step(name: &str, uses: &[&str], script: &str) -> PrepareDesired {
    PrepareDesired {
        name: name.to_owned(),
        title: format!("Make {name}"),
        command: shell(script),
        uses: uses.iter().map(|s| (*s).to_owned()).collect(),
        expected_seconds: Some(5),
    }
}

#[derive(Default)]
struct Heard {
    lines: Mutex<Vec<String>>,
    news: Notify,
}

impl ProgressSink for Heard {
    fn report(&self, progress: Progress) {
        if let Progress::Update { message, .. } = progress {
            self.lines.lock().unwrap().push(message);
            self.news.notify_one();
        }
    }
}

async fn failure(yard: &Yard, desired: &ServiceDesired) -> warpyard_model::Error {
    let error = yard.provider.apply_service(desired, &Silent).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::ProviderFailed);
    error
}

#[tokio::test]
async fn steps_build_on_each_other_and_cannot_be_changed() {
    let yard = Yard::with(|config| {
        config.prepare_environment.insert("PIP_INDEX_URL".to_owned(), "https://mirror.invalid/simple".to_owned());
    });
    let compute = yard.compute(allocation()).await;
    let script =
        "pwd; cat /opt/warpyard/*/made; touch /opt/warpyard/base/x 2>/dev/null && echo changes it; echo [$PIP_INDEX_URL]";
    let mut desired = service(&compute, shell(script));
    desired.prepare = vec![
        step("base", &[], "[ $(pwd) = /opt/warpyard/base ] && echo base $PIP_INDEX_URL > made"),
        step("app", &["base"], "cat /opt/warpyard/base/made > made; echo app >> made"),
    ];
    yard.apply(&desired).await;
    yard.until(&desired.uid, |seen| seen.state == RunState::Exited).await;
    let mirror = "base https://mirror.invalid/simple\n";
    // Services do not get what only package managers need.
    assert_eq!(yard.log(&desired.uid).await, format!("/home/warpyard\n{mirror}app\n{mirror}[]\n"));
    yard.end(&[compute]).await;
}

#[tokio::test]
async fn a_cancelled_step_is_ended_and_made_again() {
    let yard = Yard::new();
    let compute = yard.compute(allocation()).await;
    let gate = yard.data.path().join("gate");
    std::fs::create_dir(&gate).unwrap();
    std::os::unix::fs::chown(&gate, None, None).unwrap();
    let mut desired = service(&compute, shell("cat /opt/warpyard/slow/made; exec sleep 1000"));
    let mark = format!("300{}", std::process::id());
    desired.prepare = vec![step("slow", &[], &format!("echo working; exec sleep {mark}"))];
    let heard = Heard::default();
    tokio::select! {
        done = yard.provider.apply_service(&desired, &heard) => panic!("it ended by itself: {done:?}"),
        () = heard.news.notified() => {}
    }
    // The next builder of the same key begins only when the one before is gone.
    let again = Heard::default();
    tokio::select! {
        done = yard.provider.apply_service(&desired, &again) => panic!("it ended by itself: {done:?}"),
        () = async { while !again.lines.lock().unwrap().iter().any(|line| line == "working") { again.news.notified().await } } => {}
    }
    let cache = yard.data.path().join("process/cache");
    let half_made = || std::fs::read_dir(&cache).unwrap().flatten().filter(|e| e.path().is_dir()).count();
    assert_eq!(half_made(), 1, "only the second one's directory is there");
    desired.prepare = vec![step("slow", &[], "echo quick > made")];
    yard.apply(&desired).await;
    yard.until_log(&desired.uid, "quick").await;
    yard.end(&[compute]).await;
}

#[tokio::test]
async fn failures_say_what_to_do() {
    let yard = Yard::new();
    let compute = yard.compute(allocation()).await;
    let mut desired = service(&compute, shell("true"));
    desired.prepare = vec![step("a", &[], "seq 1 30; echo last words >&2; exit 9")];
    let error = failure(&yard, &desired).await;
    assert!(error.message.contains("exit code 9") && error.message.ends_with("30\nlast words"), "{error}");
    assert!(!error.message.contains("\n5\n"), "only the last lines are told: {error}");
    desired.prepare = vec![step("a", &[], "cat /etc/hosts > /dev/full")];
    let error = failure(&yard, &desired).await;
    assert!(error.message.contains("The disk is full") && error.retryable, "{error}");
    desired.prepare = vec![step("a", &[], "echo 'curl: (6) Could not resolve host: mirror.invalid'; exit 6")];
    let error = failure(&yard, &desired).await;
    assert!(error.message.contains("network") && error.retryable, "{error}");
    desired.prepare = vec![PrepareDesired { command: vec!["no-such-tool".to_owned()], ..step("a", &[], "") }];
    let error = failure(&yard, &desired).await;
    assert!(error.message.contains("\"no-such-tool\" was not found"), "{error}");
    assert_eq!(yard.observe(&desired.uid).await.state, RunState::Absent);
    let left = std::fs::read_dir(yard.data.path().join("process/cache")).unwrap().flatten().filter(|e| e.path().is_dir());
    assert_eq!(left.count(), 0, "what failed is thrown away");
    yard.end(&[compute]).await;
}

#[tokio::test]
async fn what_a_crash_left_half_made_is_thrown_away() {
    let mut yard = Yard::new();
    let half = yard.data.path().join("process/cache/abc.making-1-2");
    std::fs::create_dir_all(half.join("result")).unwrap();
    yard.restart();
    assert!(!half.exists());
    yard.end(&[]).await;
}
