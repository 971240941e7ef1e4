//! What the gateway asks: which endpoint a host is, who may open it, and a stream to it.
//!
//! Answers are kept for a few seconds, so that an app that loads a hundred files asks the policy once.

use crate::gateway::{AppHost, AppSession, AppUser, Backend, EndpointTarget};
use crate::state::AppState;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use warpyard_model::kinds::{EndpointAccess, Phase, ServiceInstance};
use warpyard_model::{Error, ErrorCode, Kind, Result};
use warpyard_policy::{Resource, action};
use warpyard_provider::BoxIo;
use warpyard_store::{ChangeFeed, SignIn};

/// How long an answer is good for. Rights that were taken away end within this and the gateway's own checks.
const KEEP: Duration = Duration::from_secs(3);
/// How exactly the end of a binding is kept for what is open. What is asked anew knows it to the millisecond.
const EXPIRY: Duration = Duration::from_millis(500);
/// How often use is written down.
const ACTIVITY: Duration = Duration::from_secs(30);

struct Kept<K, V>(Mutex<HashMap<K, (Instant, V)>>);

impl<K: Eq + Hash, V: Clone> Kept<K, V> {
    fn new() -> Self {
        Self(Mutex::default())
    }

    fn get(&self, key: &K) -> Option<V> {
        let kept = self.0.lock().ok()?;
        kept.get(key).filter(|(at, _)| at.elapsed() < KEEP).map(|(_, v)| v.clone())
    }

    fn clear(&self) {
        if let Ok(mut kept) = self.0.lock() {
            kept.clear();
        }
    }

    fn put(&self, key: K, value: V) {
        if let Ok(mut kept) = self.0.lock() {
            if kept.len() >= 4096 {
                kept.retain(|_, (at, _)| at.elapsed() < KEEP);
            }
            kept.insert(key, (Instant::now(), value));
        }
    }
}

/// The service behind a host, as the policy and the gateway look at it.
#[derive(Clone)]
struct Door {
    target: EndpointTarget,
    resource: Resource,
    provider_target: Option<String>,
}

/// The gateway's backend over store, policy and providers.
pub(crate) struct AppBackend {
    state: Arc<AppState>,
    doors: Kept<(String, String), Option<Door>>,
    people: Kept<(String, String, String), AppUser>,
    /// Which target runs a service, for connecting.
    routes: Kept<String, String>,
    used: Mutex<HashMap<String, u64>>,
    /// Grows when who may open what may have changed.
    changes: watch::Sender<u64>,
}

impl AppBackend {
    pub(crate) fn new(state: Arc<AppState>) -> Arc<Self> {
        Arc::new(Self {
            state,
            doors: Kept::new(),
            people: Kept::new(),
            routes: Kept::new(),
            used: Mutex::default(),
            changes: watch::Sender::new(0),
        })
    }

    async fn door(&self, host: &AppHost) -> Result<Option<Door>> {
        let key = (host.endpoint.clone(), host.short_id.clone());
        if let Some(door) = self.doors.get(&key) {
            return Ok(door);
        }
        let door = self.look(host).await?;
        // What is not ready yet is looked at again at once: somebody is waiting for it.
        if door.as_ref().is_some_and(|d| d.target.ready) {
            self.doors.put(key, door.clone());
        }
        Ok(door)
    }

    async fn look(&self, host: &AppHost) -> Result<Option<Door>> {
        let located = match self.state.store.locate_short_id::<ServiceInstance>(&host.short_id).await {
            Ok(located) => located,
            Err(error) if error.code == ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let uid = located.resource().uid().to_owned();
        let Some(service) = self.state.controller.get::<ServiceInstance>(&uid).await? else { return Ok(None) };
        let Some(endpoint) = service.status.endpoints.iter().find(|e| e.name == host.endpoint) else { return Ok(None) };
        let access: EndpointAccess = service.spec.access_of(endpoint);
        let message = match service.status.phase {
            Phase::Running => String::new(),
            phase if service.status.message.is_empty() => format!("It is {}.", phase.as_str()),
            phase => format!("It is {}. {}", phase.as_str(), service.status.message),
        };
        let provider_target = match &service.spec.compute {
            Some(name) => {
                let compute =
                    self.state.controller.find::<warpyard_model::kinds::ComputeInstance>(&service.metadata.scope, name).await?;
                compute.and_then(|c| c.status.allocation).map(|a| a.target)
            }
            None => None,
        };
        Ok(Some(Door {
            target: EndpointTarget {
                uid,
                endpoint: endpoint.name.clone(),
                ready: endpoint.ready,
                title: service.metadata.title().to_owned(),
                state_message: message,
            },
            resource: located.resource().clone().with_access(access),
            provider_target,
        }))
    }

    async fn allowed(&self, host: &AppHost, who: &SignIn) -> Result<Option<AppUser>> {
        let Some(door) = self.door(host).await? else { return Ok(None) };
        let principal = self.state.store.principal(who).await?;
        let allowed = self.state.policy.allow::<action::Connect, ServiceInstance>(&principal, &door.resource).is_ok();
        Ok(allowed.then(|| AppUser { name: who.user.to_string() }))
    }

    /// Forgets who may open what as soon as that may have changed, and rings for what is open.
    pub(crate) async fn follow_changes(&self, stop: CancellationToken) {
        let mut feed = self.state.store.changes(None);
        // A status is written often and says nothing about who may open what: a generation does.
        let mut known: HashMap<String, i64> = HashMap::new();
        let mut people = self.state.store.people_changes();
        loop {
            let waited = tokio::select! {
                () = stop.cancelled() => return,
                // A binding that ended, a session that was closed: nothing of it is in the feed.
                _ = people.changed() => {
                    self.forget();
                    continue;
                }
                waited = feed.wait() => waited,
            };
            let heard = match waited {
                Ok(()) => self.look_at(&mut feed, &mut known).await,
                Err(error) => Err(error),
            };
            match heard {
                Ok(false) => {}
                Ok(true) => self.forget(),
                Err(error) => {
                    tracing::warn!(%error, context = error.log_context(), "changes of who may open apps cannot be read");
                    self.forget();
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(KEEP) => {}
                    }
                }
            }
        }
    }

    /// Whether something changed that decides who may open what.
    async fn look_at(&self, feed: &mut ChangeFeed, known: &mut HashMap<String, i64>) -> Result<bool> {
        let (mut changed, mut people) = (false, false);
        for (_, kind, uid) in feed.next_uids(self.state.controller.proof()).await? {
            match kind {
                Kind::RoleBinding
                | Kind::User
                | Kind::Group
                | Kind::CustomRole
                | Kind::Organization
                | Kind::ServiceAccount
                | Kind::IdentityProvider => {
                    changed = true;
                    people |= self.state.store.is_shared();
                }
                Kind::ServiceInstance => match self.state.controller.get::<ServiceInstance>(&uid).await? {
                    Some(service) => {
                        changed |= known.insert(uid, service.metadata.generation) != Some(service.metadata.generation);
                    }
                    None => changed |= known.remove(&uid).is_some(),
                },
                _ => {}
            }
        }
        if people {
            // Perhaps another server's doing: what this one knows of people is old, and whatever is open asks again.
            self.state.store.people_changed();
        }
        Ok(changed)
    }

    fn forget(&self) {
        self.doors.clear();
        self.people.clear();
        self.changes.send_modify(|n| *n += 1);
    }

    /// Rings at the second at which a binding ends.
    pub(crate) async fn follow_expiry(&self, stop: CancellationToken) {
        let mut people = self.state.store.people_changes();
        let mut next = None;
        // Every end up to here was rung for.
        let mut rung = self.state.store.now();
        people.mark_changed();
        loop {
            // However often people change, ends are read once a beat. Those that came before the look count too.
            if people.has_changed().unwrap_or(false) {
                people.mark_unchanged();
                match self.state.store.next_expiry(rung).await {
                    Ok(found) => next = found,
                    Err(error) => {
                        people.mark_changed();
                        tracing::warn!(%error, context = error.log_context(), "ends of bindings cannot be read");
                    }
                }
            }
            let now = self.state.store.now();
            if next.is_some_and(|at| at <= now) {
                rung = now;
                self.state.store.people_changed();
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EXPIRY) => {}
            }
        }
    }

    /// Wraps values with the current master key: what an earlier server left, and then whenever a new key was begun.
    pub(crate) async fn rewrap_values(&self, stop: CancellationToken) {
        loop {
            match self.state.controller.rewrap().await {
                Ok(0) => {
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = self.state.rewrap.notified() => {}
                    }
                }
                Ok(wrapped) => {
                    tracing::info!(wrapped, "sealed values were wrapped with the current master key");
                    tokio::task::yield_now().await;
                    if stop.is_cancelled() {
                        return;
                    }
                }
                Err(error) => {
                    tracing::error!(%error, context = error.log_context(), "sealed values could not be wrapped; trying again");
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(ACTIVITY) => {}
                    }
                }
            }
        }
    }

    /// Writes down now and then which services were used, and forgets what no longer counts.
    pub(crate) async fn keep_account(&self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(ACTIVITY) => {}
            }
            self.state.limiter.tidy();
            crate::refusals::settle(&self.state, false).await;
            let used: Vec<String> = self.used.lock().map(|mut u| u.drain().map(|(uid, _)| uid).collect()).unwrap_or_default();
            for uid in used {
                let now = self.state.store.now();
                let written = self
                    .state
                    .controller
                    .write_status::<ServiceInstance>(None, &uid, &[], |object| {
                        object.status.last_activity_at = Some(now);
                        true
                    })
                    .await;
                if let Err(error) = written {
                    tracing::warn!(%error, context = error.log_context(), "use of an app could not be written down");
                }
            }
        }
    }
}

fn app_of(host: &AppHost) -> String {
    format!("{}--{}", host.endpoint, host.short_id)
}

#[async_trait::async_trait]
impl Backend for AppBackend {
    async fn endpoint(&self, host: &AppHost) -> Result<Option<EndpointTarget>> {
        Ok(self.door(host).await?.map(|d| d.target))
    }

    async fn redeem(&self, host: &AppHost, code: &str) -> Result<Option<AppSession>> {
        let grant = self.state.store.redeem_app_code(&app_of(host), code).await?;
        Ok(grant.map(|g| AppSession {
            secret: g.secret,
            expires_in_seconds: u64::try_from(g.expires_in_seconds).unwrap_or_default(),
        }))
    }

    async fn authorize(&self, host: &AppHost, secret: &str) -> Result<Option<AppUser>> {
        let key = (app_of(host), "cookie".to_owned(), secret.to_owned());
        if let Some(user) = self.people.get(&key) {
            return Ok(Some(user));
        }
        let Some(who) = self.state.store.app_session(secret, &app_of(host)).await? else { return Ok(None) };
        let allowed = self.allowed(host, &who).await?;
        if let Some(user) = &allowed {
            self.people.put(key, user.clone());
        }
        Ok(allowed)
    }

    async fn authorize_token(&self, host: &AppHost, token: &str) -> Result<Option<AppUser>> {
        let key = (app_of(host), "token".to_owned(), token.to_owned());
        if let Some(user) = self.people.get(&key) {
            return Ok(Some(user));
        }
        let Some(who) = self.state.store.token(token).await? else { return Ok(None) };
        let allowed = self.allowed(host, &who).await?;
        if let Some(user) = &allowed {
            self.people.put(key, user.clone());
        }
        Ok(allowed)
    }

    async fn connect(&self, uid: &str, endpoint: &str) -> Result<BoxIo> {
        let target = match self.routes.get(&uid.to_owned()) {
            Some(target) => target,
            None => {
                let gone = || Error::unavailable("The app is not there.");
                let service = self.state.controller.get::<ServiceInstance>(uid).await?.ok_or_else(gone)?;
                let host = AppHost { endpoint: endpoint.to_owned(), short_id: service.metadata.short_id().to_owned() };
                let target = self.look(&host).await?.and_then(|d| d.provider_target).ok_or_else(gone)?;
                self.routes.put(uid.to_owned(), target.clone());
                target
            }
        };
        self.state.providers.named(&self.state.controller, &target).await?.connect(uid, endpoint).await
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn activity(&self, uid: &str, bytes: u64) {
        self.state.metrics.app_bytes(bytes);
        if let Ok(mut used) = self.used.lock() {
            *used.entry(uid.to_owned()).or_default() += bytes;
        }
    }

    fn sign_in_url(&self, host: &AppHost, path_and_query: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("return", path_and_query);
        format!("{}/open/{}?{}", self.state.settings.public_url, app_of(host), query.finish())
    }
}
