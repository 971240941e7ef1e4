//! Prepare steps, and plans that keep secrets.

use super::{Case, Heard, NEXT, Silent, Suite, refusal, step};
use crate::{Progress, RunState};
use std::sync::atomic::Ordering;
use warpyard_model::ErrorCode;

pub(super) async fn run(suite: &Suite) {
    if suite.prepares {
        steps_are_made_once(suite).await;
        a_failed_step_says_why(suite).await;
    } else {
        steps_are_refused(suite).await;
    }
    plans_keep_secrets(suite).await;
}

/// A word no run before has prepared.
fn fresh(case: &Case<'_>) -> String {
    format!("{}-{}", case.compute, NEXT.fetch_add(1, Ordering::Relaxed))
}

async fn steps_are_made_once(suite: &Suite) {
    let case = Case::begin(suite, "prepare").await;
    let word = fresh(&case);
    let mut services = Vec::new();
    for name in ["one", "two", "three"] {
        let mut desired = case.service(name, (case.commands().print_and_wait)("up"));
        desired.prepare = vec![step("base", (case.commands().prepare)(&word))];
        services.push(desired);
    }
    // Two at the same time: one makes it, the other waits for it.
    let (first, second, third) = (Heard::default(), Heard::default(), Heard::default());
    let other = (suite.make)();
    let (a, b) = tokio::join!(case.provider.apply_service(&services[0], &first), other.apply_service(&services[1], &second),);
    a.expect("prepared and started");
    b.expect("prepared and started");
    case.provider.apply_service(&services[2], &third).await.expect("prepared and started");
    let done = |heard: &Heard| {
        let all = heard.all();
        assert!(matches!(&all[0], Progress::Started { step, .. } if step == "prepare:base"), "{all:?}");
        let Some(Progress::Done { step, skipped }) = all.last() else { panic!("no end: {all:?}") };
        assert_eq!(step, "prepare:base");
        *skipped
    };
    assert_eq!([done(&first), done(&second)].iter().filter(|skipped| **skipped).count(), 1, "it was made twice, or never");
    assert!(done(&third), "it was made again");
    case.end().await;
}

async fn steps_are_refused(suite: &Suite) {
    let case = Case::begin(suite, "refused").await;
    let mut desired = case.service("s", (case.commands().print_and_wait)("up"));
    desired.prepare = vec![step("base", (case.commands().prepare)("x"))];
    let error = refusal(case.provider.apply_service(&desired, &Silent).await, "a step that cannot be made");
    assert_eq!(error.code, ErrorCode::ProviderFailed);
    assert!(error.message.contains("base") && error.message.contains("install"), "it says what to do: {error}");
    case.end().await;
}

async fn a_failed_step_says_why(suite: &Suite) {
    let case = Case::begin(suite, "broken").await;
    let mut desired = case.service("s", (case.commands().print_and_wait)("up"));
    let word = fresh(&case);
    desired.prepare = vec![step("base", (case.commands().prepare_failing)(&word))];
    let heard = Heard::default();
    let error = refusal(case.provider.apply_service(&desired, &heard).await, "a broken step");
    assert_eq!(error.code, ErrorCode::ProviderFailed);
    assert!(error.message.contains('7') && error.message.contains(&word), "code and output are told: {error}");
    let all = heard.all();
    assert!(matches!(all.last(), Some(Progress::Failed { step, .. }) if step == "prepare:base"), "{all:?}");
    assert_eq!(case.observe(&desired).await.state, RunState::Absent);
    // The next call starts from nothing.
    let mended = [step("base", (case.commands().prepare)(&word))].to_vec();
    desired.prepare = mended;
    case.provider.apply_service(&desired, &Silent).await.expect("a mended step works");
    assert_eq!(case.observe(&desired).await.state, RunState::Running);
    case.end().await;
}

async fn plans_keep_secrets(suite: &Suite) {
    let case = Case::begin(suite, "plan").await;
    let mut desired = case.service("s", (case.commands().print_and_wait)("up"));
    desired.environment.insert("PASSWORD".to_owned(), "canary-7f3a".to_owned());
    let plan = case.provider.plan_service(&desired).await.expect("a plan");
    assert!(plan.contains(&desired.path) && !plan.contains("canary"), "{plan}");
    assert_eq!(case.observe(&desired).await.state, RunState::Absent, "planning changed something");
    assert!(!format!("{desired:?}").contains("canary"));
    case.end().await;
}
