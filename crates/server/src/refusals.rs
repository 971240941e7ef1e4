//! What was refused, for the audit trail: who tried what, without letting anybody flood it.
//!
//! The first refusal is written at once. The same again from the same caller within a minute is counted, and the count is
//! written when the minute is over; whoever tries many different things within a minute gets one entry for the rest.

use crate::caller::{Origin, recognise};
use crate::openapi::Needs;
use crate::state::AppState;
use axum::http::{HeaderMap, Method, StatusCode, header};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use warpyard_model::kinds::AuditOutcome;
use warpyard_model::{Kind, Name, Result, ScopePath, Timestamp};
use warpyard_store::{AuditNote, Context};

/// How long the same refusal is only counted.
const WINDOW_MILLIS: i64 = 60_000;
/// How many different refusals of one caller are written in that time.
const DIFFERENT: u32 = 20;
/// How many callers and refusals are told apart at once, whoever sends them.
const KEPT: usize = 10_000;

/// One kind of refusal by one caller.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    actor: String,
    address: String,
    org: String,
    action: String,
    kind: Option<String>,
    object: String,
}

#[derive(Debug)]
struct Counted {
    since: Timestamp,
    again: u64,
}

/// Counts refusals that were written already.
#[derive(Default)]
pub(crate) struct Refusals {
    counted: Mutex<HashMap<Key, Counted>>,
    /// Different refusals of a caller, since when.
    callers: Mutex<HashMap<(String, String), (Timestamp, u32)>>,
}

impl Refusals {
    /// Whether a refusal is to be written now, and under which key; otherwise it was counted.
    fn take(&self, mut key: Key, now: Timestamp) -> Option<Key> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = counted.get_mut(&key) {
            known.again += 1;
            return None;
        }
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        let full = counted.len() >= KEPT || callers.len() >= KEPT;
        let caller = (key.actor.clone(), key.address.clone());
        let many = match callers.get_mut(&caller) {
            Some((since, different)) if now.as_millis() - since.as_millis() < WINDOW_MILLIS => {
                *different += 1;
                *different > DIFFERENT
            }
            _ if full => true,
            _ => {
                callers.insert(caller, (now, 1));
                false
            }
        };
        if many || full {
            let address = if full { String::new() } else { key.address };
            let actor = if full { "many".to_owned() } else { key.actor };
            key = Key { actor, address, org: String::new(), action: MANY.to_owned(), kind: None, object: String::new() };
            if let Some(known) = counted.get_mut(&key) {
                known.again += 1;
                return None;
            }
        }
        counted.insert(key.clone(), Counted { since: now, again: 0 });
        Some(key)
    }

    /// What was counted and whose minute is over, with how often it happened again. All of it at the end.
    fn due(&self, now: Timestamp, all: bool) -> Vec<(Key, Counted)> {
        let over = |since: Timestamp| all || now.as_millis() - since.as_millis() >= WINDOW_MILLIS;
        self.callers.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, (since, _)| !over(*since));
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let due: Vec<Key> = counted.iter().filter(|(_, c)| over(c.since)).map(|(key, _)| key.clone()).collect();
        due.into_iter().filter_map(|key| counted.remove_entry(&key)).filter(|(_, c)| c.again > 0).collect()
    }
}

/// The action under which the rest is written of whoever tried too many different things.
const MANY: &str = "request.refused";

/// What an operation is called in the trail, and about which kind of object it is.
struct Known {
    method: Method,
    path: Vec<String>,
    action: String,
    kind: Option<Kind>,
    signs_in: bool,
}

static OPERATIONS: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let known = crate::api::routes().operations.into_iter().map(|operation| {
        let action = match &operation.needs {
            Needs::Permission(permission) => permission.clone(),
            // `me_token_create` is `me_token.create`.
            Needs::Nothing | Needs::SignIn => {
                operation.id.rsplit_once('_').map_or_else(|| operation.id.clone(), |(what, verb)| format!("{what}.{verb}"))
            }
        };
        let subject = action.split('.').next().unwrap_or_default();
        let kind = Kind::ALL.iter().copied().find(|kind| kind.snake() == subject);
        let path = operation.path.split('/').map(str::to_owned).collect();
        Known { method: operation.method, path, action, kind, signs_in: operation.needs == Needs::Nothing }
    });
    known.collect()
});

/// What a request was about.
struct About {
    action: String,
    kind: Option<Kind>,
    scope: ScopePath,
    name: Option<Name>,
    signs_in: bool,
}

impl About {
    fn read(method: &Method, path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |known: &&Known| {
            known.method == *method
                && known.path.len() == parts.len()
                && known.path.iter().zip(&parts).all(|(wanted, got)| wanted.starts_with('{') || wanted == got)
        };
        let known = OPERATIONS.iter().find(fits)?;
        let mut about = About {
            action: known.action.clone(),
            kind: known.kind,
            scope: ScopePath::platform(),
            name: None,
            signs_in: known.signs_in,
        };
        for (wanted, got) in known.path.iter().zip(&parts) {
            let slot = match wanted.as_str() {
                "{org}" => &mut about.scope.org,
                "{project}" => &mut about.scope.project,
                "{workspace}" => &mut about.scope.workspace,
                "{name}" => &mut about.name,
                _ => continue,
            };
            *slot = Some(Name::parse(got).ok()?);
        }
        Some(about)
    }

    fn object(&self) -> String {
        let place = self.scope.key();
        let place = place.trim_end_matches('/');
        self.name.as_ref().map_or_else(|| place.to_owned(), |name| format!("{place}/{name}"))
    }
}

/// Whether an answer to a request is a refusal that the trail tells of.
fn is_refusal(method: &Method, status: StatusCode, headers: &HeaderMap) -> bool {
    let changes = !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let credentials = headers.contains_key(header::AUTHORIZATION) || headers.contains_key(header::COOKIE);
    match status {
        StatusCode::FORBIDDEN => true,
        StatusCode::UNAUTHORIZED => changes && credentials,
        // Something that is there and that the caller may not know of; a sign-in that was tried too often.
        StatusCode::NOT_FOUND | StatusCode::TOO_MANY_REQUESTS => changes,
        _ => false,
    }
}

/// Writes down that a request was refused, or counts it.
pub(crate) async fn note(
    state: &AppState,
    origin: &Origin,
    (method, path): (&Method, &str),
    headers: &HeaderMap,
    status: StatusCode,
) {
    if !is_refusal(method, status, headers) {
        return;
    }
    if let Err(error) = write(state, origin, (method, path), headers, status).await {
        tracing::error!(%error, context = error.log_context(), "a refusal could not be recorded");
    }
}

async fn write(
    state: &AppState,
    origin: &Origin,
    (method, path): (&Method, &str),
    headers: &HeaderMap,
    status: StatusCode,
) -> Result<()> {
    let about = About::read(method, path);
    // Sign-in pages tell of attempts themselves: they know for whom.
    if about.as_ref().is_some_and(|a| a.signs_in) && status != StatusCode::TOO_MANY_REQUESTS {
        return Ok(());
    }
    if status == StatusCode::NOT_FOUND {
        let Some(about) = &about else { return Ok(()) };
        if !state.store.is_there(about.kind, &about.scope, about.name.as_ref()).await? {
            return Ok(());
        }
    }
    let who = recognise(&state.store, &state.settings.cookie(), &Method::GET, headers).await;
    let actor = who.map_or_else(|_| "anonymous".to_owned(), |w| w.user.to_string());
    let org = about.as_ref().and_then(|a| a.scope.org.as_ref()).map(ToString::to_string).unwrap_or_default();
    let key = Key {
        actor,
        address: origin.address.clone(),
        org,
        action: about.as_ref().map_or_else(|| MANY.to_owned(), |a| a.action.clone()),
        kind: about.as_ref().and_then(|a| a.kind).map(|kind| kind.as_str().to_owned()),
        object: about.as_ref().map_or_else(|| format!("{method} {path}").chars().take(254).collect(), About::object),
    };
    let Some(key) = state.refusals.take(key, state.store.now()) else { return Ok(()) };
    let details = json!({ "method": method.as_str(), "status": status.as_u16() });
    put(state, &origin.request_id, key, details).await
}

async fn put(state: &AppState, request_id: &str, key: Key, details: serde_json::Value) -> Result<()> {
    let context = Context { actor: key.actor, request_id: request_id.to_owned(), address: key.address, ..Context::default() };
    let note = AuditNote { org: key.org, action: key.action, kind: key.kind, object: key.object, details: Some(details) };
    state.store.audit(&context, AuditOutcome::Denied, note).await
}

/// Writes how often refusals happened again; all of them when the server ends.
pub(crate) async fn settle(state: &AppState, all: bool) {
    for (key, counted) in state.refusals.due(state.store.now(), all) {
        let details = json!({ "again": counted.again, "since": counted.since });
        if let Err(error) = put(state, "", key, details).await {
            tracing::error!(%error, context = error.log_context(), "refusals could not be recorded");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(actor: &str, object: &str) -> Key {
        Key {
            actor: actor.to_owned(),
            address: "192.0.2.1".to_owned(),
            org: "acme".to_owned(),
            action: "workspace.delete".to_owned(),
            kind: None,
            object: object.to_owned(),
        }
    }

    #[test]
    fn the_same_refusal_is_counted_and_floods_become_one_entry() {
        let refusals = Refusals::default();
        let at = Timestamp::from_millis;
        assert_eq!(refusals.take(key("eve", "/a"), at(0)), Some(key("eve", "/a")));
        for i in 1..=5 {
            assert_eq!(refusals.take(key("eve", "/a"), at(i)), None);
        }
        assert!(refusals.due(at(59_999), false).is_empty());
        let due = refusals.due(at(60_000), false);
        assert_eq!(due.iter().map(|(k, c)| (k.clone(), c.again)).collect::<Vec<_>>(), [(key("eve", "/a"), 5)]);
        assert!(refusals.due(at(60_000), true).is_empty(), "it is told once");

        let written = (0..5_000).filter_map(|i| refusals.take(key("eve", &format!("/{i}")), at(70_000))).collect::<Vec<_>>();
        assert_eq!(written.len(), 21, "twenty different ones and one for the rest");
        assert_eq!(written.last().unwrap().action, MANY);
        assert_eq!(refusals.take(key("ana", "/a"), at(70_000)), Some(key("ana", "/a")), "others are heard meanwhile");
        let due = refusals.due(at(70_001), true);
        assert_eq!(due.iter().map(|(_, c)| c.again).sum::<u64>(), 5_000 - 21);
    }

    #[test]
    fn refusals_are_told_like_what_was_wanted() {
        let path = "/api/v1/orgs/acme/projects/vision/workspaces/research/service-instances/nb";
        let about = About::read(&Method::DELETE, path).unwrap();
        assert_eq!((about.action.as_str(), about.kind), ("service_instance.delete", Some(Kind::ServiceInstance)));
        assert_eq!(about.object(), "/acme/vision/research/nb");
        let about = About::read(&Method::PUT, "/api/v1/orgs/acme").unwrap();
        assert_eq!((about.action.as_str(), about.object().as_str()), ("organization.update", "/acme"));
        assert!(About::read(&Method::POST, "/api/v1/session").unwrap().signs_in);
        assert!(About::read(&Method::DELETE, "/nowhere").is_none());
    }
}
