//! Hearing of changes: one multiplexed WebSocket per console tab, server-sent events for scripts.

use super::{GET, Shared};
use crate::caller::Caller;
use crate::lost::RECHECK;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::QueryOf;
use crate::state::AppState;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::{SinkExt as _, StreamExt as _};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::mpsc;
use warpyard_model::{Error, Kind, Name, Result, ScopePath};
use warpyard_policy::Principal;
use warpyard_store::{ChangeFeed, Changed, Operation};

/// What a script watches.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct StreamParameters {
    /// Kinds, separated by commas; all where absent.
    #[serde(default)]
    kinds: Option<String>,
    /// Only in this organization.
    #[serde(default)]
    org: Option<Name>,
    /// Only in this project.
    #[serde(default)]
    project: Option<Name>,
    /// Only in this workspace.
    #[serde(default)]
    workspace: Option<Name>,
    /// Begin after this resource version; now where absent.
    #[serde(default)]
    since: Option<i64>,
}

/// What a console says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    id: i64,
    #[serde(default)]
    watch: Option<Wanted>,
    #[serde(default)]
    unwatch: bool,
    #[serde(default)]
    since: Option<i64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default)]
    kinds: Vec<Kind>,
    /// One's own notifications instead of objects.
    #[serde(default)]
    notifications: bool,
    #[serde(flatten)]
    scope: ScopePath,
}

#[derive(Serialize)]
struct Told<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    #[serde(rename = "type")]
    what: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<&'a Value>,
    resource_version: i64,
}

pub(super) fn declare(routes: &mut Routes) {
    routes
        .declare(GET, "/api/v1/watch", "watch_socket", "watch", "Hear of changes over one WebSocket")
        .answers_nothing(101, "The connection is a WebSocket now.")
        .problems(&[412, 426])
        .to(socket);
    routes
        .declare(GET, "/api/v1/watch/stream", "watch_stream", "watch", "Hear of changes as server-sent events")
        .query::<StreamParameters>()
        .answers_as(200, "text/event-stream", "One JSON object per event: type, object, resource_version.")
        .to(stream);
}

fn word(operation: Operation) -> &'static str {
    match operation {
        Operation::Added => "added",
        Operation::Modified => "modified",
        Operation::Deleted => "deleted",
    }
}

impl Wanted {
    fn covers(&self, change: &Changed) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&change.kind))
            && (self.scope.contains(&change.scope) || opens(change).is_some_and(|inner| self.scope == inner))
    }
}

/// A project watched by scope includes the project itself.
fn opens(change: &Changed) -> Option<ScopePath> {
    let name = change.object["metadata"]["name"].as_str()?;
    change.scope.inside(change.kind, &Name::parse(name).ok()?)
}

/// A watch of a console: objects, or its person's notifications.
enum Watch {
    Objects(Wanted, Box<Follower>),
    Inbox(Inbox),
}

/// Follows a person's notifications.
struct Inbox {
    follower: Box<Follower>,
    position: i64,
}

impl Inbox {
    /// Tells every notification since its position; false when the conversation is over.
    async fn catch_up(&mut self, out: &mut Out, id: i64) -> bool {
        loop {
            let alive = self.follower.still_signed_in().await;
            let who = &self.follower.caller.who;
            let heard = match alive {
                Ok(()) => self.follower.state.store.notifications_after(who, self.position).await,
                Err(error) => Err(error),
            };
            let Ok(heard) = heard else {
                let _ = out.close().await;
                return false;
            };
            if heard.is_empty() {
                return true;
            }
            for notification in heard {
                self.position = notification.sequence();
                let told = json!({ "id": id, "type": "notification", "notification": notification });
                if out.send(Message::Text(told.to_string().into())).await.is_err() {
                    return false;
                }
            }
        }
    }
}

/// Reads a feed for a caller, looking up their rights again from time to time; ends when they have none.
struct Follower {
    state: Arc<AppState>,
    caller: Caller,
    /// The rights that everything told so far was judged with. What is gone is judged by them as well.
    before: Arc<Principal>,
    feed: ChangeFeed,
    checked: tokio::time::Instant,
    /// Rings when anybody's rights or sessions may have changed.
    people: tokio::sync::watch::Receiver<u64>,
}

impl Follower {
    fn new(state: Arc<AppState>, caller: Caller, since: Option<i64>) -> Self {
        let feed = state.store.changes(since);
        let before = caller.principal.clone();
        let people = state.store.people_changes();
        Self { state, caller, before, feed, checked: tokio::time::Instant::now(), people }
    }

    /// Fails once the caller's session has ended; looks whenever somebody's may have, and from time to time.
    async fn still_signed_in(&mut self) -> Result<()> {
        let rang = self.people.has_changed().unwrap_or(true);
        if rang || self.checked.elapsed() >= RECHECK {
            self.people.mark_unchanged();
            self.checked = tokio::time::Instant::now();
            self.caller.check_alive(&self.state).await?;
        }
        Ok(())
    }

    /// Changes the caller may hear of; `None` when the feed does not reach back far enough.
    async fn next(&mut self) -> Result<Option<Vec<Changed>>> {
        self.still_signed_in().await?;
        self.caller.principal = self.state.store.principal(&self.caller.who).await?;
        let viewer = self.state.policy.viewer(&self.caller.principal);
        let position = self.feed.position();
        let changes = self.feed.next_after(&self.state.policy.viewer(&self.before), &viewer, &[]).await?;
        if self.feed.position() == position {
            // All was told: from here on only the rights of now count.
            self.before = self.caller.principal.clone();
        }
        Ok(changes)
    }
}

async fn socket(
    state: Shared,
    caller: Caller,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(|_| Error::precondition_failed("This is a WebSocket: connect with one."))?;
    let state = state.0.clone();
    Ok(upgrade.max_message_size(64 << 10).on_upgrade(move |socket| converse(state, caller, socket)))
}

async fn converse(state: Arc<AppState>, caller: Caller, socket: WebSocket) {
    let (mut out, mut incoming) = socket.split();
    let mut watches: BTreeMap<i64, Watch> = BTreeMap::new();
    // One clock for all watches of a tab: every watch has its own position, so each catches up by itself.
    let mut bell = state.store.changes(None);
    let mut beat = tokio::time::interval(RECHECK);
    let mut people = state.store.people_changes();
    loop {
        let mut due: Vec<i64> = Vec::new();
        tokio::select! {
            message = incoming.next() => {
                let Some(Ok(message)) = message else { return };
                let Message::Text(text) = message else {
                    if matches!(message, Message::Close(_)) { return }
                    continue;
                };
                match serde_json::from_str::<Ask>(&text) {
                    Ok(Ask { id, unwatch: true, .. }) => { watches.remove(&id); }
                    Ok(Ask { id, watch: Some(wanted), since, .. }) => {
                        if watches.len() >= 100 {
                            let detail = json!({ "id": id, "type": "error", "detail": "At most 100 watches per connection." });
                            if out.send(Message::Text(detail.to_string().into())).await.is_err() { return }
                            continue;
                        }
                        if wanted.notifications && let Err(error) = caller.check_unlimited() {
                            let detail = json!({ "id": id, "type": "error", "detail": error.message });
                            if out.send(Message::Text(detail.to_string().into())).await.is_err() { return }
                            continue;
                        }
                        let mut follower = Follower::new(state.clone(), caller.clone(), since);
                        let watch = if wanted.notifications {
                            let position = follower.feed.position();
                            let mut inbox = Inbox { follower: Box::new(follower), position };
                            if !inbox.catch_up(&mut out, id).await { return }
                            let told = Told { id: Some(id), what: "synced", object: None, resource_version: inbox.position };
                            if !say(&mut out, &told).await { return }
                            Watch::Inbox(inbox)
                        } else {
                            if !catch_up(&mut out, id, &wanted, &mut follower, true).await { return }
                            Watch::Objects(wanted, Box::new(follower))
                        };
                        watches.insert(id, watch);
                    }
                    Ok(_) => {}
                    Err(error) => {
                        let detail = json!({ "type": "error", "detail": format!("This is not understood: {error}") });
                        if out.send(Message::Text(detail.to_string().into())).await.is_err() { return }
                    }
                }
            }
            waited = bell.wait() => {
                if waited.is_err() { return }
                due.extend(watches.keys());
                // Its own position moves on without reading: the watches read for themselves.
                bell = state.store.changes(None);
            }
            _ = beat.tick() => due.extend(watches.keys()),
            _ = people.changed() => {
                // A console that watches nothing yet must not outlive its session either.
                if caller.check_alive(&state).await.is_err() {
                    let _ = out.close().await;
                    return;
                }
                due.extend(watches.keys());
            }
        }
        for id in due {
            let goes_on = match watches.get_mut(&id) {
                Some(Watch::Objects(wanted, follower)) => catch_up(&mut out, id, wanted, follower, false).await,
                Some(Watch::Inbox(inbox)) => inbox.catch_up(&mut out, id).await,
                None => true,
            };
            if !goes_on {
                return;
            }
        }
    }
}

type Out = futures::stream::SplitSink<WebSocket, Message>;

/// Tells a watch everything since its position; false when the conversation is over.
async fn catch_up(out: &mut Out, id: i64, wanted: &Wanted, follower: &mut Follower, first: bool) -> bool {
    loop {
        let before = follower.feed.position();
        let changes = match follower.next().await {
            Ok(Some(changes)) => changes,
            Ok(None) => {
                let detail =
                    json!({ "id": id, "type": "error", "detail": "Too much has changed since; list again.", "code": "gone" });
                let _ = out.send(Message::Text(detail.to_string().into())).await;
                let _ = out.close().await;
                return false;
            }
            Err(_) => {
                let _ = out.close().await;
                return false;
            }
        };
        for change in changes.iter().filter(|c| wanted.covers(c)) {
            let told = Told {
                id: Some(id),
                what: word(change.operation),
                object: Some(&change.object),
                resource_version: change.sequence,
            };
            if !say(out, &told).await {
                return false;
            }
        }
        if follower.feed.position() == before {
            break;
        }
    }
    if first {
        let told = Told { id: Some(id), what: "synced", object: None, resource_version: follower.feed.position() };
        return say(out, &told).await;
    }
    true
}

async fn say(out: &mut Out, told: &Told<'_>) -> bool {
    let Ok(text) = serde_json::to_string(told) else { return false };
    out.send(Message::Text(text.into())).await.is_ok()
}

async fn stream(state: Shared, caller: Caller, QueryOf(parameters): QueryOf<StreamParameters>) -> Result<Response, ApiError> {
    let kinds = parameters
        .kinds
        .iter()
        .flat_map(|k| k.split(','))
        .filter(|k| !k.is_empty())
        .map(|word| Kind::find(word).ok_or_else(|| Error::invalid_field("kinds", format!("{word:?} is not a kind"))))
        .collect::<Result<Vec<_>>>()?;
    let scope = ScopePath { org: parameters.org, project: parameters.project, workspace: parameters.workspace };
    let wanted = Wanted { kinds, notifications: false, scope };
    let follower = Follower::new(state.0.clone(), caller, parameters.since);
    let (sender, receiver) = mpsc::channel::<Event>(64);
    let events = futures::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|event| (Ok::<_, std::convert::Infallible>(event), receiver))
    });
    let pump = pump(follower, wanted, sender);
    // The pump is polled with the response: when the client goes, both end.
    let events = futures::stream::select(events, futures::stream::once(pump).filter_map(|()| std::future::ready(None)));
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

async fn pump(mut follower: Follower, wanted: Wanted, sender: mpsc::Sender<Event>) {
    let told = Told { id: None, what: "synced", object: None, resource_version: follower.feed.position() };
    if let Ok(event) = Event::default().json_data(&told)
        && sender.send(event).await.is_err()
    {
        return;
    }
    let mut rung = follower.state.store.people_changes();
    loop {
        match follower.next().await {
            Ok(Some(changes)) => {
                let more = !changes.is_empty();
                for change in changes.iter().filter(|c| wanted.covers(c)) {
                    let told = Told {
                        id: None,
                        what: word(change.operation),
                        object: Some(&change.object),
                        resource_version: change.sequence,
                    };
                    let Ok(event) = Event::default().json_data(&told) else { return };
                    if sender.send(event).await.is_err() {
                        return;
                    }
                }
                if more {
                    continue;
                }
            }
            _ => return,
        }
        tokio::select! {
            waited = follower.feed.wait() => if waited.is_err() { return },
            _ = rung.changed() => {}
            () = tokio::time::sleep(RECHECK) => {}
        }
    }
}
