//! Starting a service: what the provider reports while it works, and giving up when nobody wants it any more.

use super::super::desk::{Desk, Outcome};
use super::super::{timeline, told};
use super::observed::adopt;
use super::{fail, show};
use crate::desired::Rendered;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use warpyard_model::kinds::{ComputeInstance, Phase, ServiceInstance, StepState};
use warpyard_model::{Object, Result};
use warpyard_provider::{Progress, ProgressSink, Provider};

/// How often progress inside a step is written.
const PROGRESS_PAUSE: Duration = Duration::from_millis(500);

/// Hears the provider and writes progress: steps at once, progress inside a step twice a second.
struct Journal {
    news: Mutex<Vec<Progress>>,
    bell: Notify,
}

impl ProgressSink for Journal {
    fn report(&self, progress: Progress) {
        if let Ok(mut news) = self.news.lock() {
            // Only the newest update of a step matters.
            if let Progress::Update { step, .. } = &progress {
                news.retain(|p| !matches!(p, Progress::Update { step: s, .. } if s == step));
            }
            news.push(progress);
        }
        self.bell.notify_one();
    }
}

impl Journal {
    /// What is not written yet.
    fn news(&self) -> Vec<Progress> {
        self.news.lock().map(|news| news.clone()).unwrap_or_default()
    }

    /// News goes once it is written: whoever waits for this may be gone before.
    async fn write(&self, desk: &Desk, uid: &str) -> Result<()> {
        let news = self.news();
        if news.is_empty() {
            return Ok(());
        }
        let now = desk.now();
        desk.write::<ServiceInstance>(uid, &[], |object| {
            for progress in &news {
                timeline::follow(&mut object.status.timeline, progress, now);
            }
            true
        })
        .await?;
        if let Ok(mut kept) = self.news.lock() {
            kept.retain(|progress| !news.contains(progress));
        }
        Ok(())
    }

    async fn keep_writing(&self, desk: &Desk, uid: &str) -> Result<()> {
        loop {
            self.bell.notified().await;
            self.write(desk, uid).await?;
            tokio::time::sleep(PROGRESS_PAUSE).await;
        }
    }
}

/// Ends when nobody wants this start any more: deleted, stopped or changed meanwhile. `heard` tells that the bell rang,
/// which nobody hears a second time.
async fn superseded(desk: &Desk, uid: &str, generation: i64, heard: &AtomicBool) -> Result<()> {
    loop {
        desk.bell.notified().await;
        heard.store(true, Ordering::Relaxed);
        match desk.store.get::<ServiceInstance>(uid).await? {
            Some(now) if now.metadata.deletion_requested_at.is_none() && now.metadata.generation == generation => {}
            _ => return Ok(()),
        }
    }
}

pub(super) async fn start(
    desk: &Desk,
    service: &Object<ServiceInstance>,
    compute: &Object<ComputeInstance>,
    provider: &dyn Provider,
    rendered: &Rendered,
) -> Result<Outcome> {
    let uid = &service.metadata.uid;
    let generation = service.metadata.generation;
    let now = desk.now();
    desk.write::<ServiceInstance>(uid, &[], |object| {
        let status = &mut object.status;
        let fresh = status.phase != Phase::Provisioning;
        timeline::end(&mut status.timeline, "queue", StepState::Done, "", now);
        if fresh {
            status.timeline.retain(|s| s.id == "queue");
            status.exit_code = None;
            status.restarts = 0;
        }
        status.phase = Phase::Provisioning;
        status.reason.clear();
        status.message.clear();
        status.endpoints.clone_from(&rendered.endpoints);
        status.batch = rendered.desired.batch;
        fresh
    })
    .await?;
    let journal = Journal { news: Mutex::default(), bell: Notify::new() };
    let heard = AtomicBool::new(false);
    let applied = tokio::select! {
        applied = provider.apply_service(&rendered.desired, &journal) => applied,
        written = journal.keep_writing(desk, uid) => return written.map(|()| Outcome::again()),
        ended = superseded(desk, uid, generation, &heard) => {
            ended?;
            journal.write(desk, uid).await?;
            // Look again at once: there is something newer to do.
            return Ok(Outcome { wake: vec![uid.clone()], ..Outcome::settled() });
        }
    };
    if heard.into_inner() {
        desk.bell.notify_one();
    }
    match applied {
        Ok(()) => {
            let observed = provider.observe_service(uid).await?;
            adopt(desk, service, compute, rendered, &observed, &journal.news()).await
        }
        Err(error) if error.retryable => {
            journal.write(desk, uid).await?;
            let (reason, message) = told(&error);
            show(desk, uid, Phase::Provisioning, reason, &message).await?;
            Ok(Outcome::after(&error))
        }
        Err(error) => {
            journal.write(desk, uid).await?;
            let (reason, message) = told(&error);
            fail(desk, service, Some(compute), reason, &message).await
        }
    }
}
