//! Starting, stopping, opening and measuring instances.

use super::kinds::item;
use super::{GET, POST, Shared, Writing};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{Answer, BodyOf, Place};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use warpyard_controller::admission::{self, Operable, Operation, Transferable};
use warpyard_model::kinds::{ComputeInstance, ServiceInstance};
use warpyard_model::{Error, Kind, Level, Name, Object, Result};
use warpyard_policy::action;
use warpyard_provider::{Metrics, Provider};

/// Where to go to open an endpoint, once.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Opened {
    /// An address with a code that is good for one minute and one use.
    url: String,
}

/// Who gets an instance.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Transfer {
    /// The new owner's user name.
    owner: Name,
}

pub(super) fn declare(routes: &mut Routes) {
    operable::<ComputeInstance>(routes);
    operable::<ServiceInstance>(routes);
    transferable::<ComputeInstance>(routes);
    transferable::<ServiceInstance>(routes);
    let service = item(Kind::ServiceInstance, Level::Workspace);
    routes
        .declare(
            GET,
            &format!("{service}/metrics"),
            "service_instance_metrics",
            Kind::ServiceInstance.plural(),
            "How much it uses now",
        )
        .permission("service_instance.view")
        .answers::<Metrics>(200, "A sample; what is not known is absent.")
        .problems(&[409, 502])
        .to(metrics);
    routes
        .declare(
            POST,
            &format!("{service}/endpoints/{{endpoint}}/open"),
            "service_instance_open",
            Kind::ServiceInstance.plural(),
            "An address that opens an endpoint in a browser, once",
        )
        .permission("service_instance.connect")
        .answers::<Opened>(200, "The address.")
        .to(open);
}

fn operable<S: Operable>(routes: &mut Routes) {
    let (snake, path) = (S::KIND.snake(), item(S::KIND, Level::Workspace));
    let mut verb = |word: &str, summary: &str| {
        let declared = routes
            .declare(POST, &format!("{path}/{word}"), &format!("{snake}_{word}"), S::KIND.plural(), summary)
            .permission(format!("{snake}.operate"))
            .answers::<Object<S>>(200, "The instance.")
            .problems(&[409, 412]);
        match word {
            "start" => declared.to(start::<S>),
            "stop" => declared.to(stop::<S>),
            _ => declared.to(retry::<S>),
        }
    };
    verb("start", "Start it");
    verb("stop", "Stop it; its home is kept");
    verb("retry", "Try again what failed");
}

fn transferable<S: Transferable>(routes: &mut Routes) {
    let (snake, path) = (S::KIND.snake(), item(S::KIND, Level::Workspace));
    routes
        .declare(
            POST,
            &format!("{path}/transfer"),
            &format!("{snake}_transfer"),
            S::KIND.plural(),
            "Give it to somebody who may launch there",
        )
        .permission(format!("{snake}.transfer"))
        .body::<Transfer>()
        .answers::<Object<S>>(200, "The instance with its new owner.")
        .problems(&[409, 412])
        .to(transfer::<S>);
}

async fn transfer<S: Transferable>(
    state: Shared,
    caller: Caller,
    place: Place,
    BodyOf(body): BodyOf<Transfer>,
) -> Result<Answer<S>, ApiError> {
    let (mut writing, located) = Writing::on::<action::Transfer, S>(&state, &caller, &place).await?;
    let mut admission = writing.admission(&state, &caller);
    let object = admission::transfer(&mut admission, located, &body.owner).await?;
    writing.end(false).await?;
    Ok(Answer(StatusCode::OK, object))
}

async fn operate<S: Operable>(state: Shared, caller: Caller, place: Place, operation: Operation) -> Result<Answer<S>, ApiError> {
    let (mut writing, located) = Writing::on::<action::Operate, S>(&state, &caller, &place).await?;
    let mut admission = writing.admission(&state, &caller);
    let object = admission::operate(&mut admission, located, operation).await?;
    writing.end(false).await?;
    Ok(Answer(StatusCode::OK, object))
}

async fn start<S: Operable>(state: Shared, caller: Caller, place: Place) -> Result<Answer<S>, ApiError> {
    operate(state, caller, place, Operation::Start).await
}

async fn stop<S: Operable>(state: Shared, caller: Caller, place: Place) -> Result<Answer<S>, ApiError> {
    operate(state, caller, place, Operation::Stop).await
}

async fn retry<S: Operable>(state: Shared, caller: Caller, place: Place) -> Result<Answer<S>, ApiError> {
    operate(state, caller, place, Operation::Retry).await
}

/// The provider that runs a service, through the compute instance it is on.
pub(crate) async fn provider_of(state: &crate::AppState, service: &Object<ServiceInstance>) -> Result<Arc<dyn Provider>> {
    let compute = match &service.spec.compute {
        Some(name) => state.controller.find::<ComputeInstance>(&service.metadata.scope, name).await?,
        None => None,
    };
    if let Some(allocation) = compute.and_then(|c| c.status.allocation) {
        return state.providers.named(&state.controller, &allocation.target).await;
    }
    // Stopped: what is left of it (its log) is where it ran, which is the only target or was never.
    let targets = state.controller.all::<warpyard_model::kinds::Target>(&[]).await?;
    let target = targets.first().ok_or_else(|| Error::unavailable("There is no target."))?;
    state.providers.of(target)
}

async fn metrics(state: Shared, caller: Caller, place: Place) -> Result<Json<Metrics>, ApiError> {
    let located = state.store.locate::<ServiceInstance>(&place.scope, place.name()?).await?;
    let proof = state.policy.allow::<action::View, ServiceInstance>(&caller.principal, located.resource())?;
    let service = located.reveal(&proof)?;
    let provider = provider_of(&state, &service).await?;
    Ok(Json(provider.metrics(&service.metadata.uid).await?))
}

async fn open(
    state: Shared,
    caller: Caller,
    place: Place,
    Path(parts): Path<HashMap<String, String>>,
) -> Result<Json<Opened>, ApiError> {
    let endpoint = parts.get("endpoint").cloned().unwrap_or_default();
    let located = state.store.locate::<ServiceInstance>(&place.scope, place.name()?).await?;
    let url = super::session::app_address(&state, &caller, located, &endpoint, None).await?;
    Ok(Json(Opened { url }))
}
