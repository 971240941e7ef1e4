//! Suspending an organization and letting it go on.

use super::{POST, Shared, Writing};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{Answer, BodyOf, DryRun, Place, QueryOf};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;
use warpyard_model::kinds::{Organization, Suspension};
use warpyard_model::{Error, Object, Result, ScopePath, Spec as _};
use warpyard_policy::action;

/// Nothing has to be said to let an organization go on.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Resume {}

pub(super) fn declare(routes: &mut Routes) {
    routes
        .declare(
            POST,
            "/api/v1/orgs/{org}/suspend",
            "organization_suspend",
            "orgs",
            "Suspend an organization: what runs is stopped, and nothing in it can be changed",
        )
        .permission("organization.suspend")
        .query::<DryRun>()
        .body::<Suspension>()
        .answers::<Object<Organization>>(200, "The organization; instances are being stopped.")
        .problems(&[409, 412])
        .to(suspend);
    routes
        .declare(
            POST,
            "/api/v1/orgs/{org}/resume",
            "organization_resume",
            "orgs",
            "Let a suspended organization go on; nothing is started by that",
        )
        .permission("organization.suspend")
        .query::<DryRun>()
        .body::<Resume>()
        .answers::<Object<Organization>>(200, "The organization.")
        .problems(&[409, 412])
        .to(resume);
}

async fn suspend(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(DryRun { dry_run }): QueryOf<DryRun>,
    BodyOf(body): BodyOf<Suspension>,
) -> Result<Answer<Organization>, ApiError> {
    write(state, caller, place, Some(body), dry_run).await
}

async fn resume(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(DryRun { dry_run }): QueryOf<DryRun>,
    BodyOf(Resume {}): BodyOf<Resume>,
) -> Result<Answer<Organization>, ApiError> {
    write(state, caller, place, None, dry_run).await
}

async fn write(
    state: Shared,
    caller: Caller,
    place: Place,
    suspended: Option<Suspension>,
    dry_run: bool,
) -> Result<Answer<Organization>, ApiError> {
    let name = place.scope.org.clone().ok_or_else(Error::not_visible)?;
    let mut writing = Writing::begin(&state, caller.context()).await?;
    let located = writing.batch.locate::<Organization>(&ScopePath::platform(), &name).await?.ok_or_else(Error::not_visible)?;
    let proof = state.policy.allow::<action::Suspend, Organization>(&caller.principal, located.resource())?;
    let view = state.policy.allow::<action::View, Organization>(&caller.principal, located.resource())?;
    let spec = Organization { suspended, ..located.reveal(&view)?.spec };
    let errors = spec.validate();
    if !errors.is_empty() {
        return Err(Error::invalid(errors).into());
    }
    let object = writing.batch.suspend(&proof, spec).await?;
    writing.end(dry_run).await?;
    Ok(Answer(StatusCode::OK, object))
}
