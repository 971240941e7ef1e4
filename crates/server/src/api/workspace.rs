//! What goes on in a workspace, for the people in it.

use super::kinds::{item, located_at};
use super::{GET, Shared};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{Place, QueryOf};
use axum::Json;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warpyard_model::kinds::Workspace;
use warpyard_model::{Error, Kind, Level, Result};
use warpyard_policy::action;
use warpyard_store::Activity;

/// Which part of the story to read.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct ActivityParameters {
    /// At most so many; 50 where absent.
    #[serde(default)]
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// Where the last page ended.
    #[serde(default)]
    cursor: Option<String>,
}

/// A page of what people did, newest first.
#[derive(Debug, Serialize, JsonSchema)]
struct ActivityPage {
    items: Vec<Activity>,
    /// Where the next page begins, if there may be one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

pub(super) fn declare(routes: &mut Routes) {
    let path = format!("{}/activity", item(Kind::Workspace, Level::Project));
    routes
        .declare(GET, &path, "workspace_activity", Kind::Workspace.plural(), "What people did in a workspace, newest first")
        .permission("workspace.view")
        .query::<ActivityParameters>()
        .answers::<ActivityPage>(200, "A page.")
        .to(activity);
}

async fn activity(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(parameters): QueryOf<ActivityParameters>,
) -> Result<Json<ActivityPage>, ApiError> {
    let (scope, name) = located_at(Kind::Workspace, &place)?;
    let located = state.store.locate::<Workspace>(&scope, &name).await?;
    let proof = state.policy.allow::<action::View, Workspace>(&caller.principal, located.resource())?;
    let bad = || Error::invalid_field("cursor", "this is no cursor of this list");
    let before = parameters.cursor.map(|c| c.parse::<i64>().map_err(|_| bad())).transpose()?;
    let limit = parameters.limit.unwrap_or(50).clamp(1, 200);
    let items = state.store.workspace_activity(&proof, before, limit).await?;
    let full = items.len() == usize::try_from(limit).unwrap_or(usize::MAX);
    let next_cursor = items.last().filter(|_| full).map(|entry| entry.sequence.to_string());
    Ok(Json(ActivityPage { items, next_cursor }))
}
