//! Runs the reconcilers: one worker per instance, one scheduler, one look at the targets.
//!
//! A worker wakes without input and loads fresh. Work is done by the server that holds the lease; every write checks
//! its epoch, so a server that stalled can do no harm.

use super::desk::{Again, Desk, Echoes, Outcome};
use super::targets::{self, Providers};
use super::{AppAddresses, compute, scheduler, service, suspended, updates};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use warpyard_model::kinds::{ComputeInstance, ServiceInstance, Target};
use warpyard_model::{Kind, Result};
use warpyard_store::{ChangeFeed, ControllerStore, Lease};

/// How controllers are run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Who this server is to others on the same database. A server that owns its database alone keeps one name over
    /// restarts, so that it need not wait for its own lease to run out.
    pub holder: String,
    /// How long a lease lasts without being renewed.
    pub lease_seconds: i64,
    /// Where apps are reached.
    pub addresses: AppAddresses,
}

const LEASE: &str = "controllers";
/// How often settled instances are looked at, for events that got lost.
const RESYNC: Duration = Duration::from_secs(30);
/// How often targets are asked what they have.
const TARGETS: Duration = Duration::from_secs(15);
/// How often bindings are looked for that ended long ago.
const EXPIRED: Duration = Duration::from_secs(60);
/// How long a binding stays on show after it has ended, in seconds.
const SHOWN_AFTER_END_SECONDS: i64 = 24 * 3600;
/// How often deadlines of upgrades are looked at.
const DEADLINES: Duration = Duration::from_secs(30);
/// Pauses after failures that may pass.
const PAUSES: [Duration; 6] = [
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(30),
];
/// Where pauses begin for what passes only when somebody does something.
const LONG_PAUSES_BEGIN: usize = 3;

struct Worker {
    bell: Arc<Notify>,
    /// What the worker wrote itself.
    echoes: Arc<Echoes>,
}

struct Shared {
    store: ControllerStore,
    providers: Providers,
    settings: Settings,
    workers: Mutex<HashMap<String, Worker>>,
    schedule: Notify,
    look_at_targets: Notify,
    look_at_versions: Notify,
    look_at_suspended: Notify,
    /// Profiles that changed and were not looked at since, by uid.
    changed_profiles: Mutex<HashMap<String, Kind>>,
    tracker: TaskTracker,
    /// Providers whose events are listened to, by target name and generation.
    heard: Mutex<HashSet<(String, i64)>>,
}

/// The running controllers.
#[derive(Clone)]
pub struct Controllers {
    shared: Arc<Shared>,
}

impl Controllers {
    /// Controllers over a store and providers; [`Self::run`] starts them.
    pub fn new(store: ControllerStore, providers: Providers, settings: Settings) -> Self {
        let shared = Shared {
            store,
            providers,
            settings,
            workers: Mutex::default(),
            schedule: Notify::new(),
            look_at_targets: Notify::new(),
            look_at_versions: Notify::new(),
            look_at_suspended: Notify::new(),
            changed_profiles: Mutex::default(),
            tracker: TaskTracker::new(),
            heard: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Runs until `stop`; returns once every worker has put down its work.
    pub async fn run(&self, stop: CancellationToken) {
        let shared = &self.shared;
        while !stop.is_cancelled() {
            let held = shared.store.lease(LEASE, &shared.settings.holder, shared.settings.lease_seconds).await;
            match held {
                Ok(Some(lease)) => self.lead(lease, &stop).await,
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, context = error.log_context(), "the controllers' lease cannot be taken"),
            }
            let pause = Duration::from_secs(u64::try_from(shared.settings.lease_seconds / 3).unwrap_or(1).max(1));
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Does the work for as long as the lease holds.
    async fn lead(&self, lease: Lease, stop: &CancellationToken) {
        let lost = stop.child_token();
        // Whoever drops this future ends the work with it: workers are tasks of their own.
        let _end = lost.clone().drop_guard();
        let tracker = TaskTracker::new();
        let shared = &self.shared;
        tracing::info!(epoch = lease.epoch, "controllers begin");
        // The feed begins before anything is looked at: what changes after a look is in it.
        let feed = shared.store.store().changes(None);
        let jobs = [
            tracker.spawn(watch_changes(shared.clone(), feed, lease.clone(), lost.clone())),
            tracker.spawn(schedule(shared.clone(), lease.clone(), lost.clone())),
            tracker.spawn(watch_targets(shared.clone(), lease.clone(), lost.clone())),
            tracker.spawn(watch_versions(shared.clone(), lease.clone(), lost.clone())),
            tracker.spawn(clear_expired(shared.clone(), lost.clone())),
            tracker.spawn(watch_suspended(shared.clone(), lease.clone(), lost.clone())),
        ];
        shared.look_at_targets.notify_one();
        if let Err(error) = wake_everything(shared, &lease, &lost).await {
            tracing::error!(%error, context = error.log_context(), "instances cannot be listed");
        }
        renew(shared, &lease, &lost).await;
        lost.cancel();
        drop(jobs);
        tracker.close();
        tracker.wait().await;
        shared.tracker.close();
        shared.tracker.wait().await;
        shared.tracker.reopen();
        if let Ok(mut workers) = shared.workers.lock() {
            workers.clear();
        }
        let _ = shared.store.give_up(&lease).await;
        tracing::info!("controllers end");
    }
}

/// Renews the lease until `lost`, or until somebody else has it.
async fn renew(shared: &Arc<Shared>, lease: &Lease, lost: &CancellationToken) {
    let pause = Duration::from_secs(u64::try_from(shared.settings.lease_seconds / 3).unwrap_or(1).max(1));
    loop {
        tokio::select! {
            () = lost.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        match shared.store.lease(LEASE, &shared.settings.holder, shared.settings.lease_seconds).await {
            Ok(Some(renewed)) if renewed.epoch == lease.epoch => {}
            Ok(_) => return,
            // The lease may still hold; writes are fenced by its epoch in any case.
            Err(error) => tracing::warn!(%error, "the controllers' lease cannot be renewed"),
        }
    }
}

async fn wake_everything(shared: &Arc<Shared>, lease: &Lease, lost: &CancellationToken) -> Result<()> {
    for compute in shared.store.all::<ComputeInstance>(&[]).await? {
        wake(shared, lease, lost, Kind::ComputeInstance, &compute.metadata.uid, None);
    }
    for service in shared.store.all::<ServiceInstance>(&[]).await? {
        wake(shared, lease, lost, Kind::ServiceInstance, &service.metadata.uid, None);
    }
    shared.schedule.notify_one();
    Ok(())
}

/// Wakes the worker of an instance, starting it if there is none. `sequence` is the change that woke it, if any: a
/// worker does not wake to its own echo.
fn wake(shared: &Arc<Shared>, lease: &Lease, lost: &CancellationToken, kind: Kind, uid: &str, sequence: Option<i64>) {
    let Ok(mut workers) = shared.workers.lock() else { return };
    if let Some(worker) = workers.get(uid) {
        if sequence.is_none_or(|s| !worker.echoes.has(s)) {
            worker.bell.notify_one();
        }
        return;
    }
    if lost.is_cancelled() {
        return;
    }
    let worker = Worker { bell: Arc::default(), echoes: Arc::default() };
    let (bell, echoes) = (worker.bell.clone(), worker.echoes.clone());
    workers.insert(uid.to_owned(), worker);
    let task = work(shared.clone(), lease.clone(), lost.clone(), kind, uid.to_owned(), bell, echoes);
    shared.tracker.spawn(task);
}

async fn work(
    shared: Arc<Shared>,
    lease: Lease,
    lost: CancellationToken,
    kind: Kind,
    uid: String,
    bell: Arc<Notify>,
    echoes: Arc<Echoes>,
) {
    let mut failures = 0;
    let asked_for_use_at = Arc::default();
    loop {
        let desk = Desk {
            store: shared.store.clone(),
            providers: shared.providers.clone(),
            addresses: shared.settings.addresses.clone(),
            lease: Some(lease.clone()),
            bell: bell.clone(),
            echoes: echoes.clone(),
            asked_for_use_at: Arc::clone(&asked_for_use_at),
        };
        let step = async {
            match kind {
                Kind::ComputeInstance => compute::reconcile(&desk, &uid).await,
                _ => service::reconcile(&desk, &uid).await,
            }
        };
        let outcome = tokio::select! {
            outcome = step => outcome,
            // Whatever was under way is idempotent; the next server goes on with it.
            () = lost.cancelled() => return,
        };
        let outcome = outcome.unwrap_or_else(|error| {
            tracing::warn!(%uid, %error, context = error.log_context(), "a reconcile failed and is tried again");
            Outcome::after(&error)
        });
        for other in &outcome.wake {
            let other_kind = match shared.store.kind_of(other).await {
                Ok(Some(found)) => found,
                _ => continue,
            };
            wake(&shared, &lease, &lost, other_kind, other, None);
        }
        if outcome.schedule {
            shared.schedule.notify_one();
        }
        if outcome.gone {
            if let Ok(mut workers) = shared.workers.lock() {
                workers.remove(&uid);
            }
            return;
        }
        let pause = match outcome.again {
            Again::OnChange => {
                failures = 0;
                RESYNC
            }
            again => {
                let pause = pause_after(again, failures);
                failures += 1;
                pause
            }
        };
        tokio::select! {
            () = bell.notified() => {}
            () = tokio::time::sleep(pause) => {}
            () = lost.cancelled() => return,
        }
    }
}

/// How long to wait after so many failures in a row.
fn pause_after(again: Again, failures: usize) -> Duration {
    let begin = if again == Again::AfterLongPause { LONG_PAUSES_BEGIN } else { 0 };
    PAUSES[(begin + failures).min(PAUSES.len() - 1)]
}

async fn watch_changes(shared: Arc<Shared>, mut feed: ChangeFeed, lease: Lease, lost: CancellationToken) {
    loop {
        tokio::select! {
            waited = feed.wait() => if waited.is_err() { tokio::time::sleep(Duration::from_secs(1)).await },
            () = lost.cancelled() => return,
        }
        match feed.next_uids(shared.store.proof()).await {
            Ok(changes) => {
                for (sequence, kind, uid) in changes {
                    match kind {
                        Kind::ComputeInstance | Kind::ServiceInstance => wake(&shared, &lease, &lost, kind, &uid, Some(sequence)),
                        Kind::Target => shared.look_at_targets.notify_one(),
                        Kind::Organization => shared.look_at_suspended.notify_one(),
                        Kind::ComputeProfile | Kind::ServiceProfile => {
                            if let Ok(mut changed) = shared.changed_profiles.lock() {
                                changed.insert(uid, kind);
                            }
                            shared.look_at_versions.notify_one();
                        }
                        _ => {}
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, context = error.log_context(), "the change feed cannot be read");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn schedule(shared: Arc<Shared>, lease: Lease, lost: CancellationToken) {
    loop {
        tokio::select! {
            () = shared.schedule.notified() => {}
            () = tokio::time::sleep(RESYNC) => {}
            () = lost.cancelled() => return,
        }
        match scheduler::run(&shared.store, Some(&lease)).await {
            Ok(touched) => {
                for uid in touched {
                    if let Ok(Some(kind)) = shared.store.kind_of(&uid).await {
                        wake(&shared, &lease, &lost, kind, &uid, None);
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, context = error.log_context(), "the queue cannot be worked through");
                tokio::time::sleep(Duration::from_millis(250)).await;
                shared.schedule.notify_one();
            }
        }
    }
}

async fn watch_targets(shared: Arc<Shared>, lease: Lease, lost: CancellationToken) {
    loop {
        let targets = match shared.store.all::<Target>(&[]).await {
            Ok(targets) => targets,
            Err(error) => {
                tracing::warn!(%error, context = error.log_context(), "targets cannot be listed");
                Vec::new()
            }
        };
        for target in &targets {
            hear(&shared, &lease, &lost, target);
            match targets::reconcile(&shared.store, &shared.providers, target).await {
                Ok(true) => shared.schedule.notify_one(),
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, target = %target.metadata.name, "a target's status cannot be written"),
            }
        }
        // A target that was cordoned or opened again changes who can be placed.
        shared.schedule.notify_one();
        tokio::select! {
            () = shared.look_at_targets.notified() => {}
            () = tokio::time::sleep(TARGETS) => {}
            () = lost.cancelled() => return,
        }
    }
}

/// Tells instances of newer versions of their profiles and moves those whose deadline has come.
async fn watch_versions(shared: Arc<Shared>, lease: Lease, lost: CancellationToken) {
    let mut follower = updates::Follower::default();
    loop {
        let changed = shared.changed_profiles.lock().map(|mut changed| std::mem::take(&mut *changed)).unwrap_or_default();
        follower.changed(changed);
        tokio::select! {
            looked = follower.look(&shared.store, &lease) => if let Err(error) = looked {
                tracing::warn!(%error, context = error.log_context(), "versions of profiles cannot be followed");
            },
            () = lost.cancelled() => return,
        }
        tokio::select! {
            () = shared.look_at_versions.notified() => {}
            () = tokio::time::sleep(DEADLINES) => {}
            () = lost.cancelled() => return,
        }
    }
}

/// Stops what runs in suspended organizations: when one is suspended, and from time to time, because a launch that was under
/// way may have come through behind it.
async fn watch_suspended(shared: Arc<Shared>, lease: Lease, lost: CancellationToken) {
    loop {
        let again = tokio::select! {
            stopped = suspended::stop_all(&shared.store, &lease) => stopped.unwrap_or_else(|error| {
                tracing::warn!(%error, context = error.log_context(), "suspended organizations cannot be brought to rest");
                true
            }),
            () = lost.cancelled() => return,
        };
        let pause = if again { PAUSES[0] } else { RESYNC };
        tokio::select! {
            () = shared.look_at_suspended.notified() => {}
            () = tokio::time::sleep(pause) => {}
            () = lost.cancelled() => return,
        }
    }
}

/// Removes role bindings that ended a day ago. They give nothing from their end on; until then people see that they ended.
async fn clear_expired(shared: Arc<Shared>, lost: CancellationToken) {
    loop {
        let before = shared.store.store().now().plus_seconds(-SHOWN_AFTER_END_SECONDS);
        tokio::select! {
            () = lost.cancelled() => return,
            cleared = shared.store.remove_expired_bindings(before) => match cleared {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "role bindings that ended a day ago were removed"),
                Err(error) => tracing::warn!(%error, context = error.log_context(), "ended role bindings cannot be removed"),
            }
        }
        tokio::select! {
            () = lost.cancelled() => return,
            () = tokio::time::sleep(EXPIRED) => {}
        }
    }
}

/// Listens to a provider's events, once per provider.
fn hear(shared: &Arc<Shared>, lease: &Lease, lost: &CancellationToken, target: &warpyard_model::Object<Target>) {
    let key = (target.metadata.name.to_string(), target.metadata.generation);
    let Ok(mut heard) = shared.heard.lock() else { return };
    if heard.contains(&key) {
        return;
    }
    let Ok(provider) = shared.providers.of(target) else { return };
    heard.insert(key.clone());
    drop(heard);
    let mut events = provider.events();
    let (shared, lease, lost) = (shared.clone(), lease.clone(), lost.clone());
    let tracker = shared.tracker.clone();
    tracker.spawn(async move {
        loop {
            tokio::select! {
                event = events.recv() => match event {
                    Ok(uid) => wake(&shared, &lease, &lost, Kind::ServiceInstance, &uid, None),
                    // Some were lost: everything is looked at again.
                    Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {
                        let _ = wake_everything(&shared, &lease, &lost).await;
                    }
                    Err(tokio::sync::broadcast::error::RecvError::Closed) => break,
                },
                () = lost.cancelled() => break,
            }
        }
        if let Ok(mut heard) = shared.heard.lock() {
            heard.remove(&key);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_not_hammered() {
        let pauses = |again| (0..4).map(|n| pause_after(again, n).as_millis()).collect::<Vec<_>>();
        assert_eq!(pauses(Again::AfterPause), [250, 1_000, 2_000, 5_000]);
        assert_eq!(pauses(Again::AfterLongPause), [5_000, 15_000, 30_000, 30_000]);
    }
}
