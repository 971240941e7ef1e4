//! When a service was last used, as its activity probes tell it.
//!
//! The gateway writes down what passes through it. A notebook that computes all night with nobody looking is known only to
//! the probes, so they are asked now and then while a service runs.

use super::super::desk::Desk;
use std::sync::PoisonError;
use warpyard_model::kinds::ServiceInstance;
use warpyard_model::{Object, Result};
use warpyard_provider::{Provider, ServiceDesired};

/// The shortest time between two questions about one service, and the least that a written time is off.
const INTERVAL_SECONDS: i64 = 60;

/// How asking ended.
pub(super) enum Asked {
    /// It is known now, or it was not time yet.
    Done,
    /// The service changed meanwhile.
    Interrupted,
}

/// Asks the probes when it is time again, and writes down a use that is new.
pub(super) async fn seen(
    desk: &Desk,
    provider: &dyn Provider,
    service: &Object<ServiceInstance>,
    desired: &ServiceDesired,
) -> Result<Asked> {
    let now = desk.now();
    {
        let mut asked_at = desk.asked_for_use_at.lock().unwrap_or_else(PoisonError::into_inner);
        let due = asked_at.is_none_or(|at| now.seconds_since(at) >= INTERVAL_SECONDS);
        if desired.activity.is_empty() || !due {
            return Ok(Asked::Done);
        }
        *asked_at = Some(now);
    }
    let uid = &service.metadata.uid;
    let told = tokio::select! {
        told = provider.metrics(uid) => told,
        () = desk.bell.notified() => return Ok(Asked::Interrupted),
    };
    // What does not answer tells nothing; its readiness is another probe's matter.
    let Some(used_at) = told.ok().and_then(|metrics| metrics.last_activity_at) else { return Ok(Asked::Done) };
    // An app's clock may be ahead.
    let used_at = used_at.min(now);
    desk.write::<ServiceInstance>(uid, &[], |object| {
        let known = &mut object.status.last_activity_at;
        let new = known.is_none_or(|known| used_at.seconds_since(known) >= INTERVAL_SECONDS);
        if new {
            *known = Some(used_at);
        }
        new
    })
    .await?;
    Ok(Asked::Done)
}
