//! Coming, going, ending and being found again.

use super::{Case, Silent, Suite};
use crate::{RunState, ServiceDesired};
use warpyard_model::kinds::RestartPolicy;

pub(super) async fn run(suite: &Suite) {
    compute_comes_and_goes(suite).await;
    what_was_never_there_is_absent(suite).await;
    applying_twice_makes_one(suite).await;
    another_object_adopts(suite).await;
    a_stopped_service_waits_for_a_newer_revision(suite).await;
    a_newer_revision_replaces(suite).await;
    exit_codes_are_kept(suite).await;
    failures_are_restarted(suite).await;
    a_missing_command_is_named(suite).await;
    destroying_leaves_nothing(suite).await;
}

async fn compute_comes_and_goes(suite: &Suite) {
    let case = Case::begin(suite, "compute").await;
    case.provider.apply_compute(&case.compute_desired()).await.expect("applying again changes nothing");
    assert!(case.provider.observe_compute(&case.compute).await.expect("observed"));
    case.provider.destroy_compute(&case.compute).await.expect("destroyed");
    case.provider.destroy_compute(&case.compute).await.expect("destroying again is fine");
    case.end().await;
}

async fn what_was_never_there_is_absent(suite: &Suite) {
    let case = Case::begin(suite, "absent").await;
    let never = case.service("never", (case.commands().print_and_wait)("x"));
    assert_eq!(case.observe(&never).await.state, RunState::Absent);
    case.provider.stop_service(&never.uid).await.expect("stopping nothing is fine");
    case.provider.destroy_service(&never.uid).await.expect("destroying nothing is fine");
    assert_eq!(case.log(&never).await, "");
    case.end().await;
}

async fn applying_twice_makes_one(suite: &Suite) {
    let case = Case::begin(suite, "once").await;
    let desired = case.service("s", (case.commands().print_and_wait)("begun"));
    let second = (suite.make)();
    let (a, b, c) = tokio::join!(
        case.provider.apply_service(&desired, &Silent),
        case.provider.apply_service(&desired, &Silent),
        second.apply_service(&desired, &Silent),
    );
    for result in [a, b, c] {
        result.expect("the service can be applied by several at a time");
    }
    case.until_log(&desired, "begun").await;
    let first = case.observe(&desired).await;
    assert_eq!((first.state, first.ready, first.revision), (RunState::Running, true, 1), "{first:?}");
    assert!(first.started_at.is_some() && !first.isolation.is_empty(), "{first:?}");
    case.apply(&desired).await;
    assert_eq!(case.observe(&desired).await.started_at, first.started_at, "applying again started it again");
    case.provider.stop_service(&desired.uid).await.expect("stopped");
    assert_eq!(case.log(&desired).await.matches("begun").count(), 1, "it was started more than once");
    case.end().await;
}

async fn another_object_adopts(suite: &Suite) {
    let case = Case::begin(suite, "adopt").await;
    let desired = case.service("s", (case.commands().print_and_wait)("before"));
    case.apply(&desired).await;
    let before = case.until(&desired, "running", is_running).await;
    let Case { provider, compute, .. } = case;
    // As after a restart of the server: the old object is gone.
    drop(provider);
    let case = Case { suite, provider: (suite.make)(), compute };
    assert_eq!(case.observe(&desired).await.started_at, before.started_at);
    case.apply(&desired).await;
    assert_eq!(case.observe(&desired).await.started_at, before.started_at, "it was restarted instead of adopted");
    case.until_log(&desired, "before").await;
    case.provider.stop_service(&desired.uid).await.expect("an adopted service can be stopped");
    case.until(&desired, "ended", is_over).await;
    case.end().await;
}

async fn a_stopped_service_waits_for_a_newer_revision(suite: &Suite) {
    let case = Case::begin(suite, "stop").await;
    let desired = case.service("s", (case.commands().print_and_wait)("up"));
    case.apply(&desired).await;
    case.until_log(&desired, "up").await;
    case.provider.stop_service(&desired.uid).await.expect("stopped");
    let stopped = case.observe(&desired).await;
    assert_eq!((stopped.state, stopped.ready), (RunState::Exited, false), "{stopped:?}");
    case.provider.stop_service(&desired.uid).await.expect("stopping again is fine");
    case.apply(&desired).await;
    assert_eq!(case.observe(&desired).await.state, RunState::Exited, "the same revision started it again");
    let newer = ServiceDesired { revision: 2, ..desired };
    case.apply(&newer).await;
    let observed = case.until(&newer, "running again", is_running).await;
    assert_eq!(observed.revision, 2);
    case.end().await;
}

async fn a_newer_revision_replaces(suite: &Suite) {
    let case = Case::begin(suite, "newer").await;
    let desired = case.service("s", (case.commands().print_and_wait)("first"));
    case.apply(&desired).await;
    case.until_log(&desired, "first").await;
    let newer = ServiceDesired { revision: 2, command: (case.commands().print_and_wait)("second"), ..desired.clone() };
    case.apply(&newer).await;
    case.until_log(&newer, "second").await;
    let observed = case.observe(&newer).await;
    assert_eq!((observed.state, observed.revision), (RunState::Running, 2), "{observed:?}");
    case.apply(&desired).await;
    assert_eq!(case.observe(&newer).await.revision, 2, "an older revision took over");
    case.end().await;
}

async fn exit_codes_are_kept(suite: &Suite) {
    let case = Case::begin(suite, "exit").await;
    for code in ["0", "3"] {
        let desired = ServiceDesired { batch: true, ..case.service(&format!("s{code}"), (case.commands().exit)(code)) };
        case.apply(&desired).await;
        let observed = case.until(&desired, "ended", is_over).await;
        assert_eq!(observed.exit_code, Some(code.parse().expect("a number")), "{observed:?}");
        assert!(!observed.ready && observed.restarts == 0, "{observed:?}");
        // An end that was not meant says what the command said last.
        assert_eq!(observed.message.contains("ending with 3"), code == "3", "{observed:?}");
        case.apply(&desired).await;
        assert_eq!(case.log(&desired).await.matches("ending").count(), 1, "what ended was run again");
    }
    case.end().await;
}

async fn failures_are_restarted(suite: &Suite) {
    let case = Case::begin(suite, "restart").await;
    let again = ServiceDesired { restart: RestartPolicy::OnFailure, ..case.service("s", (case.commands().exit)("1")) };
    case.apply(&again).await;
    let observed = case.until(&again, "a restart", |seen| seen.restarts >= 1).await;
    assert_eq!(observed.exit_code, Some(1), "{observed:?}");
    let well = ServiceDesired { restart: RestartPolicy::OnFailure, ..case.service("w", (case.commands().exit)("0")) };
    case.apply(&well).await;
    let observed = case.until(&well, "ended", is_over).await;
    assert_eq!((observed.restarts, observed.exit_code), (0, Some(0)), "{observed:?}");
    case.provider.stop_service(&again.uid).await.expect("what restarts can be stopped");
    assert_eq!(case.observe(&again).await.state, RunState::Exited);
    case.end().await;
}

async fn a_missing_command_is_named(suite: &Suite) {
    let case = Case::begin(suite, "missing").await;
    let mut desired = case.service("s", vec!["no-such-command".to_owned(), "argument".to_owned()]);
    desired.restart = RestartPolicy::OnFailure;
    case.apply(&desired).await;
    let observed = case.until(&desired, "ended", is_over).await;
    assert!(observed.message.contains("no-such-command"), "{observed:?}");
    assert_eq!((observed.exit_code, observed.restarts), (Some(127), 0), "{observed:?}");
    let mut desired = case.service("r", (case.commands().print_and_wait)("x"));
    desired.requires = vec!["no-such-requirement".to_owned()];
    let error = super::refusal(case.provider.apply_service(&desired, &Silent).await, "a missing requirement");
    assert_eq!(error.code, warpyard_model::ErrorCode::ProviderFailed);
    assert!(error.message.contains("no-such-requirement"), "{error}");
    assert_eq!(case.observe(&desired).await.state, RunState::Absent);
    case.end().await;
}

async fn destroying_leaves_nothing(suite: &Suite) {
    let case = Case::begin(suite, "destroy").await;
    let command = (case.commands().print_and_wait)("x");
    let (one, other) = (case.service("one", command.clone()), case.service("other", command));
    case.apply(&one).await;
    case.apply(&other).await;
    case.provider.destroy_service(&one.uid).await.expect("a running service can be destroyed");
    case.provider.destroy_service(&one.uid).await.expect("destroying again is fine");
    assert_eq!(case.observe(&one).await.state, RunState::Absent);
    assert_eq!(case.log(&one).await, "");
    assert!(case.provider.observe_compute(&case.compute).await.expect("observed"), "the compute instance went too");
    case.provider.destroy_compute(&case.compute).await.expect("destroyed with what runs on it");
    assert_eq!(case.observe(&other).await.state, RunState::Absent);
    case.end().await;
}

fn is_running(seen: &crate::ServiceObserved) -> bool {
    seen.state == RunState::Running && seen.started_at.is_some()
}

fn is_over(seen: &crate::ServiceObserved) -> bool {
    seen.state == RunState::Exited
}
