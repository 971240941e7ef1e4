//! What is a person's own beside sign-in: notifications, and what the console remembers for them.

use super::{GET, POST, PUT, Shared};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{BodyOf, QueryOf};
use axum::Json;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use warpyard_model::{Error, Result};
use warpyard_store::{Notification, NotificationQuery};

/// Most ids of one request.
const IDS_MAX: usize = 500;

/// Which notifications to read.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct NotificationParameters {
    /// Only those not seen yet.
    #[serde(default)]
    unread: bool,
    /// At most so many; 50 where absent.
    #[serde(default)]
    #[schemars(range(min = 1, max = 500))]
    limit: Option<u32>,
    /// Where the last page ended.
    #[serde(default)]
    cursor: Option<String>,
}

/// A page of one's notifications, newest first.
#[derive(Debug, Serialize, JsonSchema)]
struct NotificationPage {
    items: Vec<Notification>,
    /// How many of all were not seen yet.
    unread: i64,
    /// Where the next page begins, if there may be one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Which notifications were seen.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Seen {
    /// Their ids; all where absent.
    #[serde(default)]
    ids: Option<Vec<String>>,
}

/// What the console remembers, by its own keys.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
struct Preferences(#[expect(dead_code, reason = "describes the body in OpenAPI")] BTreeMap<String, Value>);

pub(super) fn declare(routes: &mut Routes) {
    let tag = "me";
    routes
        .declare(GET, "/api/v1/me/notifications", "me_notification_list", tag, "What you were told, newest first")
        .query::<NotificationParameters>()
        .answers::<NotificationPage>(200, "A page.")
        .to(notifications);
    routes
        .declare(POST, "/api/v1/me/notifications/read", "me_notification_read", tag, "Mark notifications as seen")
        .body::<Seen>()
        .answers_nothing(204, "Marked.")
        .to(read);
    routes
        .declare(GET, "/api/v1/me/preferences", "me_preferences_view", tag, "What the console remembers for you")
        .answers::<Preferences>(200, "One object.")
        .to(preferences);
    routes
        .declare(PUT, "/api/v1/me/preferences", "me_preferences_update", tag, "Replace what the console remembers for you")
        .body::<Preferences>()
        .answers::<Preferences>(200, "The object as it is now.")
        .to(set_preferences);
}

async fn notifications(
    state: Shared,
    caller: Caller,
    QueryOf(parameters): QueryOf<NotificationParameters>,
) -> Result<Json<NotificationPage>, ApiError> {
    let limit = parameters.limit.unwrap_or(50).clamp(1, 500);
    let bad = || Error::invalid_field("cursor", "this is no cursor of this list");
    let before = parameters.cursor.map(|c| c.parse::<i64>().map_err(|_| bad())).transpose()?;
    let query = NotificationQuery { unread: parameters.unread, before, limit };
    let items = state.store.notifications(&caller.who, &query).await?;
    let full = items.len() == usize::try_from(limit).unwrap_or(usize::MAX);
    let next_cursor = items.last().filter(|_| full).map(|n| n.id.clone());
    let unread = state.store.unread_notifications(&caller.who).await?;
    Ok(Json(NotificationPage { items, unread, next_cursor }))
}

async fn read(state: Shared, caller: Caller, BodyOf(body): BodyOf<Seen>) -> Result<StatusCode, ApiError> {
    let ids = body.ids.map(numbers).transpose()?;
    state.store.read_notifications(&caller.who, ids.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn numbers(ids: Vec<String>) -> Result<Vec<i64>> {
    if ids.len() > IDS_MAX {
        return Err(Error::invalid_field("ids", format!("at most {IDS_MAX} at once")));
    }
    let number = |(i, id): (usize, String)| {
        id.parse().map_err(|_| Error::invalid_field(format!("ids.{i}"), format!("{id:?} is no notification's id")))
    };
    ids.into_iter().enumerate().map(number).collect()
}

async fn preferences(state: Shared, caller: Caller) -> Result<Json<Value>, ApiError> {
    Ok(Json(state.store.preferences(&caller.who).await?))
}

async fn set_preferences(state: Shared, caller: Caller, BodyOf(body): BodyOf<Value>) -> Result<Json<Value>, ApiError> {
    state.store.set_preferences(&caller.who, body.clone()).await?;
    Ok(Json(body))
}
