//! Logs, streamed as plain text.

use super::kinds::item;
use super::{GET, Shared};
use crate::caller::Caller;
use crate::lost::access_lost;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{Place, QueryOf};
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;
use schemars::JsonSchema;
use serde::Deserialize;
use warpyard_model::kinds::ServiceInstance;
use warpyard_model::{Kind, Level, Result};
use warpyard_policy::action;
use warpyard_provider::LogQuery;

/// What part of a log to read.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct LogParameters {
    /// Only the last so many lines.
    #[serde(default)]
    tail: Option<u32>,
    /// Go on with what comes.
    #[serde(default)]
    follow: bool,
}

pub(super) fn declare(routes: &mut Routes) {
    routes
        .declare(
            GET,
            &format!("{}/logs", item(Kind::ServiceInstance, Level::Workspace)),
            "service_instance_logs",
            Kind::ServiceInstance.plural(),
            "Its output",
        )
        .permission("service_instance.logs")
        .query::<LogParameters>()
        .answers_as(200, "text/plain", "The output, oldest first.")
        .problems(&[409, 502])
        .to(logs);
}

async fn logs(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(LogParameters { tail, follow }): QueryOf<LogParameters>,
) -> Result<Response, ApiError> {
    let located = state.store.locate::<ServiceInstance>(&place.scope, place.name()?).await?;
    state.policy.allow::<action::Logs, ServiceInstance>(&caller.principal, located.resource())?;
    let uid = located.resource().uid().to_owned();
    let proof = state.policy.allow::<action::View, ServiceInstance>(&caller.principal, located.resource())?;
    let provider = super::instances::provider_of(&state, &located.reveal(&proof)?).await?;
    let stream = provider.logs(&uid, &LogQuery { tail, follow }).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    if !follow {
        return Ok((headers, Body::from_stream(stream)).into_response());
    }
    let lost = access_lost::<action::Logs>(state.0.clone(), caller, place.scope.clone(), place.name()?.clone());
    Ok((headers, Body::from_stream(stream.take_until(Box::pin(lost)))).into_response())
}
