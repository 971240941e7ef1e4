//! Readiness, connections, logs, terminals, metrics.

use super::{Case, Suite, collect, refusal};
use crate::{ExecInput, ExecRequest, LogQuery, RunState};
use futures::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use warpyard_model::ErrorCode;

pub(super) async fn run(suite: &Suite) {
    an_endpoint_is_reached(suite).await;
    the_same_port_on_two_services(suite).await;
    a_closed_port_is_told(suite).await;
    logs_have_a_tail_and_an_end(suite).await;
    commands_run_beside(suite).await;
    nothing_runs_beside_what_does_not_run(suite).await;
    ports_are_stable(suite).await;
    a_sample_is_taken(suite).await;
    the_target_describes_itself(suite).await;
}

/// Asks once and returns the whole answer.
async fn get(case: &Case<'_>, uid: &str) -> String {
    let mut stream = case.provider.connect(uid, "web").await.expect("a ready endpoint can be reached");
    stream.write_all(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n").await.expect("written");
    let mut answer = Vec::new();
    let read = tokio::time::timeout(super::PATIENCE, stream.read_to_end(&mut answer)).await;
    read.expect("the answer ends").expect("read");
    String::from_utf8_lossy(&answer).into_owned()
}

async fn an_endpoint_is_reached(suite: &Suite) {
    let case = Case::begin(suite, "web").await;
    let desired = case.web("s", case.commands().serve, 18_080, 60);
    case.apply(&desired).await;
    let observed = case.until(&desired, "ready", |seen| seen.ready).await;
    assert_eq!((observed.state, observed.message.as_str()), (RunState::Running, ""), "{observed:?}");
    for _ in 0..3 {
        let answer = get(&case, &desired.uid).await;
        assert!(answer.starts_with("HTTP/") && answer.contains(" 200"), "{answer}");
    }
    let error = refusal(case.provider.connect(&desired.uid, "other").await, "an unknown endpoint");
    assert_eq!(error.code, ErrorCode::NotFound);
    // A second object over the same state reaches it too.
    let case = Case { provider: (suite.make)(), ..case };
    assert!(get(&case, &desired.uid).await.contains(" 200"));
    case.provider.stop_service(&desired.uid).await.expect("stopped");
    assert!(!case.observe(&desired).await.ready, "stopped, and ready");
    let error = refusal(case.provider.connect(&desired.uid, "web").await, "a stopped service");
    assert_eq!(error.code, ErrorCode::Unavailable);
    case.end().await;
}

async fn the_same_port_on_two_services(suite: &Suite) {
    let case = Case::begin(suite, "twice").await;
    if !case.provider.capabilities().await.expect("capabilities").private_network {
        return case.end().await;
    }
    let (one, other) = (case.web("one", case.commands().serve, 18_080, 60), case.web("other", case.commands().serve, 18_080, 60));
    case.apply(&one).await;
    case.apply(&other).await;
    for desired in [&one, &other] {
        case.until(desired, "ready", |seen| seen.ready).await;
        assert!(get(&case, &desired.uid).await.contains(" 200"));
    }
    case.end().await;
}

async fn a_closed_port_is_told(suite: &Suite) {
    let case = Case::begin(suite, "closed").await;
    let desired = case.web("s", case.commands().print_and_wait, 18_081, 1);
    case.apply(&desired).await;
    let error = refusal(case.provider.connect(&desired.uid, "web").await, "a port nobody opened");
    assert_eq!(error.code, ErrorCode::Unavailable);
    // A start that failed is ended, so that it holds nothing, and is not tried again by itself.
    let observed = case.until(&desired, "ended", |seen| seen.state == RunState::Exited).await;
    assert_eq!(observed.message, "port 18081 was not opened within 1 s");
    assert!(!observed.ready && observed.restarts == 0 && observed.exit_code != Some(0), "{observed:?}");
    case.end().await;
}

async fn logs_have_a_tail_and_an_end(suite: &Suite) {
    let case = Case::begin(suite, "logs").await;
    let desired = case.service("s", (case.commands().print_and_wait)("first\nsecond\nthird"));
    case.apply(&desired).await;
    case.until_log(&desired, "third").await;
    assert!(case.log(&desired).await.starts_with("first\nsecond\nthird"));
    let tail = LogQuery { tail: Some(2), follow: false };
    let text = collect(case.provider.logs(&desired.uid, &tail).await.expect("logs")).await;
    assert_eq!(text, "second\nthird\n");
    let follow = LogQuery { tail: Some(1), follow: true };
    let following = case.provider.logs(&desired.uid, &follow).await.expect("logs");
    let (stopped, text) = tokio::join!(case.provider.stop_service(&desired.uid), collect(following));
    stopped.expect("stopped");
    assert!(text.starts_with("third\n"), "{text:?}");
    assert!(case.log(&desired).await.starts_with("first\n"), "logs outlive the service");
    case.end().await;
}

async fn commands_run_beside(suite: &Suite) {
    let case = Case::begin(suite, "exec").await;
    let desired = case.service("s", (case.commands().print_and_wait)("up"));
    case.apply(&desired).await;
    case.until_log(&desired, "up").await;
    for tty in [false, true] {
        let request = ExecRequest { command: (case.commands().say)("words"), tty, columns: 100, rows: 40 };
        let session = case.provider.exec(&desired.uid, &request).await.expect("a command can be run");
        let text = collect(session.output).await;
        assert!(text.contains("words"), "{text:?}");
        assert_eq!(session.exit.await, 3);
    }
    let request = ExecRequest { command: (case.commands().copy)(""), ..ExecRequest::default() };
    let session = case.provider.exec(&desired.uid, &request).await.expect("a command can be run");
    session.control.send(ExecInput::Data("typed\n".into())).await.expect("sent");
    session.control.send(ExecInput::Eof).await.expect("sent");
    assert_eq!(collect(session.output).await, "typed\n");
    assert_eq!(session.exit.await, 0);

    let request = ExecRequest { command: (case.commands().size)(""), tty: true, columns: 100, rows: 40 };
    let session = case.provider.exec(&desired.uid, &request).await.expect("a command can be run");
    assert!(collect(session.output).await.contains("40 100"), "the terminal has the size that was asked for");

    let request = ExecRequest { command: vec!["no-such-command".to_owned()], ..ExecRequest::default() };
    let error = refusal(case.provider.exec(&desired.uid, &request).await, "a missing command");
    assert!(error.message.contains("no-such-command"), "{error}");
    // Dropping a session ends its command; the service goes on.
    let request = ExecRequest { command: (case.commands().copy)(""), ..ExecRequest::default() };
    let mut session = case.provider.exec(&desired.uid, &request).await.expect("a command can be run");
    session.control.send(ExecInput::Data("x\n".into())).await.expect("sent");
    let echoed = tokio::time::timeout(super::PATIENCE, session.output.next()).await;
    assert!(echoed.is_ok_and(|chunk| chunk.is_some()));
    drop(session);
    assert_eq!(case.observe(&desired).await.state, RunState::Running);
    case.end().await;
}

async fn nothing_runs_beside_what_does_not_run(suite: &Suite) {
    let case = Case::begin(suite, "noexec").await;
    let desired = case.service("s", (case.commands().exit)("0"));
    let request = ExecRequest { command: (case.commands().say)("x"), ..ExecRequest::default() };
    let error = refusal(case.provider.exec(&desired.uid, &request).await, "exec before the start");
    assert_eq!(error.code, ErrorCode::Unavailable);
    case.apply(&desired).await;
    case.until(&desired, "ended", |seen| seen.state == RunState::Exited).await;
    let error = refusal(case.provider.exec(&desired.uid, &request).await, "exec after the end");
    assert_eq!(error.code, ErrorCode::Unavailable);
    case.end().await;
}

async fn ports_are_stable(suite: &Suite) {
    let case = Case::begin(suite, "ports").await;
    let names = ["web".to_owned(), "api".to_owned()];
    let (one, other) = (format!("{}-one", case.compute), format!("{}-other", case.compute));
    let first = case.provider.ports(&one, &names).await.expect("ports");
    let second = case.provider.ports(&other, &names).await.expect("ports");
    let distinct: std::collections::BTreeSet<u16> = first.values().chain(second.values()).copied().collect();
    assert_eq!(distinct.len(), 4, "{first:?} {second:?}");
    assert_eq!((suite.make)().ports(&one, &names).await.expect("ports"), first);
    for uid in [&one, &other] {
        case.provider.destroy_service(uid).await.expect("destroyed");
    }
    case.end().await;
}

async fn a_sample_is_taken(suite: &Suite) {
    let case = Case::begin(suite, "metrics").await;
    let desired = case.service("s", (case.commands().print_and_wait)("up"));
    case.apply(&desired).await;
    case.until_log(&desired, "up").await;
    let sample = case.provider.metrics(&desired.uid).await.expect("a sample");
    assert!(sample.processes.is_none_or(|count| count >= 1), "{sample:?}");
    assert!(sample.memory_bytes.is_none_or(|bytes| bytes > 0), "{sample:?}");
    case.end().await;
}

async fn the_target_describes_itself(suite: &Suite) {
    let provider = (suite.make)();
    let capabilities = provider.capabilities().await.expect("capabilities");
    assert!(!capabilities.isolation.is_empty(), "the isolation is said");
    let inventory = provider.inventory().await.expect("an inventory");
    assert!(inventory.nodes.iter().all(|node| node.cpu_millis > 0 && node.memory_bytes > 0), "{inventory:?}");
    assert!(!inventory.nodes.is_empty());
    assert_eq!(provider.inventory().await.expect("an inventory"), inventory, "the inventory is stable");
}
