//! Versions of profiles: publishing, withdrawing, rolling back, what differs.

use super::kinds::item;
use super::{GET, POST, PUT, Shared, Writing, seen};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{Answer, BodyOf, Place, QueryOf};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use warpyard_controller::ProfileSpec;
use warpyard_controller::admission::{self, Admit, Publication, VersionChange};
use warpyard_model::difference::{Difference, differences};
use warpyard_model::kinds::{ComputeProfile, ServiceProfile};
use warpyard_model::{Error, Level, Object, Result};
use warpyard_policy::{Allowed, action};

/// Which generation to go back to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Rollback {
    /// The generation whose spec is wanted again.
    generation: i64,
}

/// Which generations to compare.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct DiffQuery {
    /// A generation, `published` or `draft` (the newest); `published` where absent.
    #[serde(default)]
    from: Option<String>,
    /// The same; `draft` where absent.
    #[serde(default)]
    to: Option<String>,
}

/// What differs between two generations of a profile.
#[derive(Debug, Serialize, JsonSchema)]
struct ProfileDiff {
    /// The one generation; 0 where nothing is published yet.
    from: i64,
    /// The other.
    to: i64,
    /// A unified diff of the specs as YAML; empty where they are the same.
    text: String,
    /// The same, thing by thing.
    changes: Vec<Difference>,
}

pub(super) fn declare(routes: &mut Routes) {
    versioned::<ComputeProfile>(routes);
    versioned::<ServiceProfile>(routes);
}

fn versioned<S: ProfileSpec + Admit>(routes: &mut Routes) {
    let (snake, tag, path) = (S::KIND.snake(), S::KIND.plural(), item(S::KIND, Level::Project));
    routes
        .declare(POST, &format!("{path}/publish"), &format!("{snake}_publish"), tag, "Publish the newest generation")
        .permission(format!("{snake}.publish"))
        .body::<Publication>()
        .answers::<Object<S>>(200, "The profile.")
        .problems(&[409, 412])
        .to(publish::<S>);
    routes
        .declare(POST, &format!("{path}/withdraw"), &format!("{snake}_withdraw"), tag, "Take it out of the catalogue")
        .permission(format!("{snake}.publish"))
        .answers::<Object<S>>(200, "The profile.")
        .problems(&[409])
        .to(withdraw::<S>);
    routes
        .declare(
            POST,
            &format!("{path}/rollback"),
            &format!("{snake}_rollback"),
            tag,
            "Make the spec of an earlier generation the newest draft",
        )
        .permission(format!("{snake}.update"))
        .body::<Rollback>()
        .answers::<Object<S>>(200, "The profile; what is published stays so.")
        .problems(&[409, 412])
        .to(rollback::<S>);
    routes
        .declare(
            PUT,
            &format!("{path}/versions/{{generation}}"),
            &format!("{snake}_version_update"),
            tag,
            "Deprecate or retire a version, or change its note and deadline",
        )
        .permission(format!("{snake}.publish"))
        .body::<VersionChange>()
        .answers::<Object<S>>(200, "The profile.")
        .problems(&[409])
        .to(set_version::<S>);
    routes
        .declare(GET, &format!("{path}/diff"), &format!("{snake}_diff"), tag, "What differs between two generations")
        .permission(format!("{snake}.view"))
        .query::<DiffQuery>()
        .answers::<ProfileDiff>(200, "The difference.")
        .to(diff::<S>);
}

async fn publish<S: ProfileSpec + Admit>(
    state: Shared,
    caller: Caller,
    place: Place,
    BodyOf(publication): BodyOf<Publication>,
) -> Result<Answer<S>, ApiError> {
    let (mut writing, located) = Writing::on::<action::Publish, S>(&state, &caller, &place).await?;
    let mut admission = writing.admission(&state, &caller);
    let object = admission::publish(&mut admission, located, state.store.now(), &publication).await?;
    let waits = admission.waits.take();
    writing.end_unless(waits, false).await?;
    Ok(Answer(StatusCode::OK, object))
}

async fn withdraw<S: ProfileSpec + Admit>(state: Shared, caller: Caller, place: Place) -> Result<Answer<S>, ApiError> {
    let (mut writing, located) = Writing::on::<action::Publish, S>(&state, &caller, &place).await?;
    let mut admission = writing.admission(&state, &caller);
    let object = admission::withdraw(&mut admission, located).await?;
    writing.end(false).await?;
    Ok(Answer(StatusCode::OK, object))
}

async fn rollback<S: ProfileSpec + Admit>(
    state: Shared,
    caller: Caller,
    place: Place,
    BodyOf(body): BodyOf<Value>,
) -> Result<Answer<S>, ApiError> {
    let (mut writing, located) = Writing::on::<action::Update, S>(&state, &caller, &place).await?;
    let mut admission = writing.admission(&state, &caller);
    let Rollback { generation } = parsed(body)?;
    let object = admission::rollback(&mut admission, located, generation).await?;
    writing.end(false).await?;
    Ok(Answer(StatusCode::OK, object))
}

async fn set_version<S: ProfileSpec + Admit>(
    state: Shared,
    caller: Caller,
    place: Place,
    Path(parts): Path<HashMap<String, String>>,
    BodyOf(body): BodyOf<Value>,
) -> Result<Answer<S>, ApiError> {
    let (mut writing, located) = Writing::on::<action::Publish, S>(&state, &caller, &place).await?;
    let mut admission = writing.admission(&state, &caller);
    let generation = parts.get("generation").and_then(|g| g.parse().ok());
    let generation = generation.ok_or_else(|| Error::not_found("There is no such version; a version goes by its generation."))?;
    let object = admission::set_version(&mut admission, located, generation, state.store.now(), parsed(body)?).await?;
    writing.end(false).await?;
    Ok(Answer(StatusCode::OK, object))
}

/// Reads a body whose operation was allowed before.
pub(super) fn parsed<T: serde::de::DeserializeOwned>(body: Value) -> Result<T> {
    serde_path_to_error::deserialize(body).map_err(|e| {
        let path = e.path().to_string();
        Error::invalid_field(if path == "." { String::new() } else { path }, e.inner().to_string())
    })
}

async fn diff<S: ProfileSpec>(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(DiffQuery { from, to }): QueryOf<DiffQuery>,
) -> Result<Json<ProfileDiff>, ApiError> {
    let (object, proof) = seen::<action::View, S>(&state, &caller, &place).await?;
    let from = generation_of(&object, "from", from.as_deref().unwrap_or("published"))?;
    let to = generation_of(&object, "to", to.as_deref().unwrap_or("draft"))?;
    let (old, new) = (spec_at(&state, &proof, from).await?, spec_at(&state, &proof, to).await?);
    let text = |value: &Value| match value {
        Value::Null => Ok(String::new()),
        value => serde_saphyr::to_string(value).map_err(Error::internal),
    };
    let (before, after) = (text(&old)?, text(&new)?);
    let header = |generation: i64| if generation == 0 { "nothing".to_owned() } else { format!("generation {generation}") };
    let text = if before == after {
        String::new()
    } else {
        let diff = similar::TextDiff::from_lines(&before, &after);
        diff.unified_diff().context_radius(3).header(&header(from), &header(to)).to_string()
    };
    let changes = if from == 0 { differences(&Value::Object(serde_json::Map::new()), &new) } else { differences(&old, &new) };
    Ok(Json(ProfileDiff { from, to, text, changes }))
}

/// The generation that a word means; 0 for what is published where nothing is.
fn generation_of<S: ProfileSpec>(object: &Object<S>, parameter: &str, word: &str) -> Result<i64> {
    match word {
        "draft" => Ok(object.metadata.generation),
        "published" => Ok(object.status.published.as_ref().map_or(0, |p| p.generation)),
        number => number
            .parse()
            .ok()
            .filter(|n| *n > 0)
            .ok_or_else(|| Error::invalid_field(parameter, format!("{number:?} is not a generation, published or draft"))),
    }
}

async fn spec_at<S: ProfileSpec>(state: &Shared, proof: &Allowed<action::View, S>, generation: i64) -> Result<Value> {
    if generation == 0 {
        return Ok(Value::Null);
    }
    serde_json::to_value(state.store.revision(proof, generation).await?).map_err(Error::internal)
}
