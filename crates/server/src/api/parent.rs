//! Updating a profile from the shipped one it was made from.

use super::kinds::item;
use super::{GET, POST, Shared, Writing, seen};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{Answer, BodyOf, DryRun, Place, QueryOf};
use axum::Json;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use warpyard_controller::catalogue::{FromSystem, parent_update, update_from_parent};
use warpyard_model::kinds::{ComputeProfile, ServiceProfile};
use warpyard_model::merge::{MergeConflict, Side};
use warpyard_model::{Error, Level, Object, Result};
use warpyard_policy::action;

/// A newer shipped version beside what was made of it here. Texts are YAML.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ParentUpdate")]
struct ParentUpdateAnswer {
    /// The version this profile comes from.
    current: String,
    /// The version that is shipped now; the same where there is nothing new.
    newest: String,
    /// The shipped profile as it was; empty where this installation never had that version.
    base: String,
    /// This profile.
    ours: String,
    /// The shipped profile as it is now.
    theirs: String,
    /// Both joined; conflicts stand as ours.
    merged: String,
    /// What both sides changed.
    conflicts: Vec<MergeConflict>,
}

/// Which side counts, by the path of each conflict.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Resolutions {
    /// `ours` or `theirs` for every conflict.
    #[serde(default)]
    resolutions: BTreeMap<String, Side>,
}

pub(super) fn declare(routes: &mut Routes) {
    updating::<ComputeProfile>(routes);
    updating::<ServiceProfile>(routes);
}

fn updating<S: FromSystem>(routes: &mut Routes) {
    let (snake, path) = (S::KIND.snake(), format!("{}/parent-update", item(S::KIND, Level::Project)));
    let tag = S::KIND.plural();
    routes
        .declare(GET, &path, &format!("{snake}_parent_update_view"), tag, "What a newer shipped version would change")
        .permission(format!("{snake}.view"))
        .answers::<ParentUpdateAnswer>(200, "The three sides and what comes out.")
        .problems(&[409, 412])
        .to(compare::<S>);
    routes
        .declare(POST, &path, &format!("{snake}_parent_update"), tag, "Take over a newer shipped version, as a draft")
        .permission(format!("{snake}.update"))
        .query::<DryRun>()
        .body::<Resolutions>()
        .answers::<Object<S>>(200, "The profile.")
        .problems(&[409, 412])
        .to(apply::<S>);
}

fn yaml(value: &serde_json::Value) -> Result<String> {
    if value.is_null() { Ok(String::new()) } else { serde_saphyr::to_string(value).map_err(Error::internal) }
}

async fn compare<S: FromSystem>(state: Shared, caller: Caller, place: Place) -> Result<Json<ParentUpdateAnswer>, ApiError> {
    let (object, _) = seen::<action::View, S>(&state, &caller, &place).await?;
    let joined = parent_update(&state.controller, &object, &BTreeMap::new()).await?;
    Ok(Json(ParentUpdateAnswer {
        base: yaml(&joined.base)?,
        ours: yaml(&joined.ours)?,
        theirs: yaml(&joined.theirs)?,
        merged: yaml(&joined.merged)?,
        current: joined.current,
        newest: joined.newest,
        conflicts: joined.conflicts,
    }))
}

async fn apply<S: FromSystem>(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(DryRun { dry_run }): QueryOf<DryRun>,
    BodyOf(Resolutions { resolutions }): BodyOf<Resolutions>,
) -> Result<Answer<S>, ApiError> {
    let (mut writing, located) = Writing::on::<action::Update, S>(&state, &caller, &place).await?;
    let mut admission = writing.admission(&state, &caller);
    let object = update_from_parent(&mut admission, located, &resolutions).await?;
    writing.end(dry_run).await?;
    Ok(Answer(StatusCode::OK, object))
}
