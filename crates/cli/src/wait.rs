//! Waiting for an object to get somewhere.
//!
//! The watch stream says that something changed; the object's own state decides. When the stream is not to be had (a proxy
//! that buffers, say) the object is read every two seconds instead. Reading twice does no harm.

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::session::Session;
use std::ops::ControlFlow;
use std::time::Duration;
use warpyard_client::{AnyObject, WatchEvent, WatchRequest};
use warpyard_model::{Kind, units};

const READ_EVERY: Duration = Duration::from_secs(2);

/// Calls `decide` with every state of the object (nothing once it is gone) until it breaks or `limit` is over.
pub(crate) async fn until<T>(
    session: &Session,
    object: &AnyObject,
    limit: Duration,
    mut decide: impl FnMut(Option<&AnyObject>) -> ControlFlow<T>,
) -> Outcome<T> {
    let kind = object.kind().ok_or_else(|| Failure::other("this kind cannot be waited for"))?;
    let work = follow(session, kind, object, &mut decide);
    match tokio::time::timeout(limit, work).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Failure::new(
            Exit::TimedOut,
            format!(
                "{} did not get there within {}",
                crate::place::describe(kind, object.name(), &object.scope()),
                units::format_duration(limit.as_secs())
            ),
        )
        .with_hint("it goes on without you; look with `warpyard describe`, or wait longer with --timeout")),
    }
}

async fn follow<T>(
    session: &Session,
    kind: Kind,
    object: &AnyObject,
    decide: &mut impl FnMut(Option<&AnyObject>) -> ControlFlow<T>,
) -> Outcome<T> {
    let (scope, name, uid) = (object.scope(), object.name(), object.uid());
    let request = WatchRequest { kinds: vec![kind], scope: scope.clone(), since: None };
    let mut watch = session.client.watch(request).await.ok();
    let mut ticks = tokio::time::interval(READ_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let event = tokio::select! {
            event = next_event(&mut watch) => Some(event),
            // The first tick comes at once: the object as it is now.
            _ = ticks.tick() => None,
        };
        match event {
            Some(Ok(WatchEvent::Added(seen) | WatchEvent::Modified(seen))) => {
                let same = seen.name() == name && seen.uid() == uid;
                if same && let ControlFlow::Break(value) = decide(Some(&seen)) {
                    return Ok(value);
                }
            }
            Some(Ok(WatchEvent::Synced(_))) => {}
            Some(Err(_)) => watch = None,
            Some(Ok(WatchEvent::Deleted(_))) | None => {
                let seen = match session.client.get(kind, &scope, name).await {
                    // Another object of the same name is not the one that was waited for.
                    Ok(seen) => Some(seen).filter(|seen| uid.is_empty() || seen.uid() == uid),
                    Err(error) if error.is_not_found() => None,
                    Err(error) if error.is_transient() => continue,
                    Err(error) => return Err(error.into()),
                };
                if let ControlFlow::Break(value) = decide(seen.as_ref()) {
                    return Ok(value);
                }
            }
        }
    }
}

async fn next_event(watch: &mut Option<warpyard_client::Watch>) -> warpyard_client::Result<WatchEvent> {
    match watch {
        Some(watch) => watch.next().await,
        None => std::future::pending().await,
    }
}

/// Where an instance should get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    /// Running; a batch job is waited for until it ends.
    Up,
    /// Stopped, or a job that ended.
    Down,
}

/// Waits until an instance is where it should be, showing its steps. `object` is what the action answered.
pub(crate) async fn for_instance(session: &Session, object: &AnyObject, goal: Goal, limit: Duration) -> Outcome<AnyObject> {
    let mut progress = crate::progress::Progress::new();
    let generation = object.generation();
    // A retry does not change the spec: the old failure counts only once something has changed since.
    let stale_failure = (object.phase() == Some("failed")).then(|| object.resource_version());
    let outcome = until(session, object, limit, |seen| {
        let Some(seen) = seen else { return ControlFlow::Break(None) };
        progress.show(seen);
        let stale = stale_failure.is_some_and(|version| seen.resource_version() <= version);
        let settled = match seen.phase() {
            // A job that runs is only under way.
            Some("running") => !(goal == Goal::Up && is_job(seen)),
            phase => matches!(phase, Some("stopped" | "succeeded" | "failed")),
        };
        if settled && seen.observed_generation() >= generation && !stale {
            ControlFlow::Break(Some(seen.clone()))
        } else {
            ControlFlow::Continue(())
        }
    })
    .await;
    progress.finish();
    let Some(ended) = outcome? else {
        return Err(Failure::new(Exit::WaitFailed, format!("{} was deleted meanwhile", crate::columns::word(object))));
    };
    let phase = ended.phase().unwrap_or_default();
    let good = match goal {
        Goal::Up => matches!(phase, "running" | "succeeded"),
        Goal::Down => matches!(phase, "stopped" | "succeeded" | "failed"),
    };
    if good {
        return Ok(ended);
    }
    let message = ended.text("/status/message").unwrap_or_default();
    let code = ended.0.pointer("/status/exit_code").and_then(serde_json::Value::as_i64);
    let reason = match (message, code) {
        ("", Some(code)) => format!("exit code {code}"),
        ("", None) => "without a reason".to_owned(),
        (message, _) => message.to_owned(),
    };
    let logs = if ended.kind() == Some(Kind::ServiceInstance) {
        format!("look closer with `warpyard describe {0}` and `warpyard logs {1}`", crate::columns::word(&ended), ended.name())
    } else {
        format!("look closer with `warpyard describe {}`", crate::columns::word(&ended))
    };
    Err(Failure::new(exit_of(&ended), format!("{} is {phase}: {reason}", crate::columns::word(&ended))).with_hint(logs))
}

fn is_job(object: &AnyObject) -> bool {
    object.0.pointer("/status/batch").and_then(serde_json::Value::as_bool) == Some(true)
}

/// A job that ended hands its own exit code on, as `exec` does; everything else that failed has the code of failed waits.
fn exit_of(ended: &AnyObject) -> Exit {
    let code = ended.0.pointer("/status/exit_code").and_then(serde_json::Value::as_i64);
    match code.and_then(|code| i32::try_from(code).ok()) {
        Some(code) if code != 0 && is_job(ended) => Exit::Passed(code),
        _ => Exit::WaitFailed,
    }
}
