//! Connections to apps that wait for their next request.

use super::activity::{Meter, REPORT_INTERVAL};
use super::body::UpstreamBody;
use hyper::client::conn::http1::SendRequest;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a connection may take to finish its last exchange before it is given up.
const SETTLE_TIME_LIMIT: Duration = Duration::from_secs(1);

/// A connection ready to send requests.
pub(super) type Sender = SendRequest<UpstreamBody>;

/// Where counted bytes are reported, with the instance's uid.
pub(super) type Reporter = Arc<dyn Fn(&str, u64) + Send + Sync>;

/// All endpoints that were used lately.
pub(super) struct Pool {
    endpoints: RwLock<HashMap<String, Arc<Endpoint>>>,
    rules: Arc<Rules>,
}

/// What holds for all endpoints alike.
pub(super) struct Rules {
    /// Idle connections kept for each endpoint.
    pub(super) most_idle: usize,
    /// How long an idle connection is kept.
    pub(super) idle_time: Duration,
    /// Hears of use.
    pub(super) reporter: Reporter,
    /// Every task the gateway started.
    pub(super) tasks: TaskTracker,
    /// The server is going away.
    pub(super) closing: CancellationToken,
}

/// One endpoint: its idle connections and what went through it.
pub(super) struct Endpoint {
    uid: String,
    idle: Mutex<Vec<(Sender, Instant)>>,
    meter: Meter,
    rules: Arc<Rules>,
}

impl Pool {
    /// A pool, and the task that cleans it up once a second until the server goes away.
    pub(super) fn new(rules: Rules) -> Arc<Self> {
        let (tasks, closing) = (rules.tasks.clone(), rules.closing.clone());
        let pool = Arc::new(Self { endpoints: RwLock::default(), rules: Arc::new(rules) });
        let weak = Arc::downgrade(&pool);
        tasks.spawn(async move {
            let mut ticks = tokio::time::interval(REPORT_INTERVAL);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    _ = ticks.tick() => match weak.upgrade() {
                        Some(pool) => pool.clean_up(),
                        None => return,
                    },
                    () = closing.cancelled() => return weak.upgrade().into_iter().for_each(|pool| pool.clear()),
                }
            }
        });
        pool
    }

    /// The endpoint's entry, made when it is not there.
    pub(super) fn endpoint(&self, uid: &str, endpoint: &str) -> Arc<Endpoint> {
        let key = format!("{uid}/{endpoint}");
        if let Some(found) = self.endpoints.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(found);
        }
        let mut endpoints = self.endpoints.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(endpoints.entry(key).or_insert_with(|| {
            Arc::new(Endpoint {
                uid: uid.to_owned(),
                idle: Mutex::default(),
                meter: Meter::new(),
                rules: Arc::clone(&self.rules),
            })
        }))
    }

    /// Closes all idle connections and reports what is left to report, with the last reference to each endpoint.
    fn clear(&self) {
        for (_, endpoint) in self.endpoints.write().unwrap_or_else(PoisonError::into_inner).drain() {
            endpoint.idle().clear();
        }
    }

    /// Closes connections that waited too long, reports what is left to report, forgets endpoints nobody uses.
    fn clean_up(&self) {
        let now = Instant::now();
        let mut unused = false;
        for endpoint in self.endpoints.read().unwrap_or_else(PoisonError::into_inner).values() {
            unused |= endpoint.clean_up(now);
        }
        if unused {
            // Only this map hands out new references, so one that is alone under the write lock stays alone.
            self.endpoints
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .retain(|_, endpoint| Arc::strong_count(endpoint) > 1 || !endpoint.clean_up(now));
        }
    }
}

impl Endpoint {
    /// An idle connection that still looks alive, the most recently used first.
    pub(super) fn take_idle(&self) -> Option<Sender> {
        let mut idle = self.idle();
        while let Some((sender, since)) = idle.pop() {
            if since.elapsed() > self.rules.idle_time {
                // Those below waited even longer.
                idle.clear();
                return None;
            }
            if sender.is_ready() {
                return Some(sender);
            }
        }
        None
    }

    /// Takes back a connection whose answer was read to its end. It waits elsewhere for as long as the request's body is
    /// still on its way, and is dropped when the app closes it.
    pub(super) fn give_back(self: &Arc<Self>, mut sender: Sender) {
        if sender.is_ready() {
            self.keep(sender);
        } else if !sender.is_closed() {
            let endpoint = Arc::clone(self);
            self.rules.tasks.spawn(async move {
                if let Ok(Ok(())) = tokio::time::timeout(SETTLE_TIME_LIMIT, sender.ready()).await {
                    endpoint.keep(sender);
                }
            });
        }
    }

    /// Counts bytes that went either way.
    pub(super) fn count(&self, bytes: usize, now: Instant) {
        if let Some(bytes) = self.meter.count(bytes as u64, now) {
            (self.rules.reporter)(&self.uid, bytes);
        }
    }

    fn keep(&self, sender: Sender) {
        let mut idle = self.idle();
        if idle.len() < self.rules.most_idle && !self.rules.closing.is_cancelled() {
            idle.push((sender, Instant::now()));
        }
    }

    /// Whether nothing is left that needs this entry.
    fn clean_up(&self, now: Instant) -> bool {
        if let Some(bytes) = self.meter.due(now) {
            (self.rules.reporter)(&self.uid, bytes);
        }
        let mut idle = self.idle();
        idle.retain(|(sender, since)| now.saturating_duration_since(*since) <= self.rules.idle_time && !sender.is_closed());
        idle.is_empty() && self.meter.is_settled(now)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<(Sender, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        if let Some(bytes) = self.meter.take() {
            (self.rules.reporter)(&self.uid, bytes);
        }
    }
}
