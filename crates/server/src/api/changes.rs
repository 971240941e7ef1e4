//! Changing instances: the plan first, then the change that does what the plan said.

use super::kinds::item;
use super::versions::parsed;
use super::{POST, Shared, Writing, seen};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{Answer, BodyOf, Place};
use axum::Json;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use warpyard_controller::admission;
use warpyard_controller::plan::{ChangePlan, ChangeRequest, Instance, PlanAction, Wanted, plan};
use warpyard_model::inputs::Values;
use warpyard_model::kinds::{ComputeInstance, ServiceInstance};
use warpyard_model::{Level, Object};
use warpyard_policy::action;

/// A change of an instance, with what its plan said.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PlannedChange {
    /// Other values for inputs that may change; the others stay. Null takes a value away.
    #[serde(default)]
    #[schemars(with = "std::collections::BTreeMap<String, Value>")]
    inputs: Values,
    /// The profile's published generation, to upgrade to it.
    #[serde(default)]
    generation: Option<i64>,
    /// The action of the plan that was seen; refused when it would be another now.
    plan_action: PlanAction,
}

pub(super) fn declare(routes: &mut Routes) {
    changeable::<ComputeInstance>(routes);
    changeable::<ServiceInstance>(routes);
}

fn changeable<S: Instance>(routes: &mut Routes) {
    let (snake, tag, path) = (S::KIND.snake(), S::KIND.plural(), item(S::KIND, Level::Workspace));
    routes
        .declare(
            POST,
            &format!("{path}/change-plan"),
            &format!("{snake}_change_plan"),
            tag,
            "What other inputs or a newer version would do to it",
        )
        .permission(format!("{snake}.update"))
        .body::<ChangeRequest>()
        .answers::<ChangePlan>(200, "The plan; nothing is changed.")
        .problems(&[412])
        .to(change_plan::<S>);
    routes
        .declare(POST, &format!("{path}/change"), &format!("{snake}_change"), tag, "Change inputs, or upgrade, as planned")
        .permission(format!("{snake}.update"))
        .body::<PlannedChange>()
        .answers::<Object<S>>(200, "The instance.")
        .problems(&[409, 412])
        .to(change::<S>);
}

async fn change_plan<S: Instance>(
    state: Shared,
    caller: Caller,
    place: Place,
    BodyOf(body): BodyOf<Value>,
) -> Result<Json<ChangePlan>, ApiError> {
    let (object, _) = seen::<action::Update, S>(&state, &caller, &place).await?;
    let request: ChangeRequest = parsed(body)?;
    let wanted = request.generation.map_or(Wanted::Same, Wanted::Published);
    Ok(Json(plan(&state.controller, &object, wanted, &request.inputs).await?.plan))
}

async fn change<S: Instance>(
    state: Shared,
    caller: Caller,
    place: Place,
    BodyOf(body): BodyOf<Value>,
) -> Result<Answer<S>, ApiError> {
    let (mut writing, located) = Writing::on::<action::Update, S>(&state, &caller, &place).await?;
    let mut admission = writing.admission(&state, &caller);
    let PlannedChange { inputs, generation, plan_action } = parsed(body)?;
    let request = ChangeRequest { inputs, generation };
    let object = admission::change(&mut admission, located, &request, plan_action).await?;
    writing.end(false).await?;
    Ok(Answer(StatusCode::OK, object))
}
