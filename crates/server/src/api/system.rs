//! System profiles: launched into projects, cloned; the catalogue's drawings.

use super::{GET, POST, PUT, Shared, Writing};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{Answer, BodyOf, DryRun, Place, QueryOf};
use axum::Json;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use warpyard_controller::catalogue::{self, Customise, LaunchIntoProjects, LaunchedIntoProjects};
use warpyard_model::kinds::{SystemOffer, SystemProfile};
use warpyard_model::{Error, Name, Object, Result};
use warpyard_policy::action;

pub(super) fn declare(routes: &mut Routes) {
    routes
        .declare(
            POST,
            "/api/v1/system-profiles/{name}/launch",
            "system_profile_launch",
            "system-profiles",
            "Offer a shipped profile in projects",
        )
        .permission("system_profile.view")
        .query::<DryRun>()
        .body::<LaunchIntoProjects>()
        .answers::<LaunchedIntoProjects>(200, "What was made or would be, and what people would miss.")
        .problems(&[409, 412])
        .to(launch);
    routes
        .declare(
            POST,
            "/api/v1/system-profiles/{name}/customise",
            "system_profile_customise",
            "system-profiles",
            "Clone a shipped profile as a draft",
        )
        .permission("system_profile.view")
        .query::<DryRun>()
        .body::<Customise>()
        .answers::<serde_json::Value>(201, "The new profile.")
        .problems(&[409, 412])
        .to(customise);
    routes
        .declare(
            PUT,
            "/api/v1/system-profiles/{name}/offer",
            "system_profile_offer",
            "system-profiles",
            "Say which organizations may use a shipped profile",
        )
        .permission("system_profile.publish")
        .query::<DryRun>()
        .body::<SystemOffer>()
        .answers::<Object<SystemProfile>>(200, "The profile.")
        .problems(&[409, 412])
        .to(offer);
    routes
        .declare(
            GET,
            "/api/v1/icons/{file}",
            "shipped_icon_view",
            "system-profiles",
            "The drawing of a shipped profile, as NAME.svg",
        )
        .needs(crate::openapi::Needs::Nothing)
        .answers_as(200, "image/svg+xml", "The drawing.")
        .to(icon);
}

async fn visible(state: &Shared, caller: &Caller, place: &Place) -> Result<Object<SystemProfile>> {
    let located = state.store.locate::<SystemProfile>(&place.scope, place.name()?).await?;
    let proof = state.policy.allow::<action::View, SystemProfile>(&caller.principal, located.resource())?;
    located.reveal(&proof)
}

async fn launch(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(DryRun { dry_run }): QueryOf<DryRun>,
    BodyOf(request): BodyOf<LaunchIntoProjects>,
) -> Result<Json<LaunchedIntoProjects>, ApiError> {
    let system = visible(&state, &caller, &place).await?;
    let mut writing = Writing::begin(&state, caller.context()).await?;
    let mut admission = writing.admission(&state, &caller);
    let launched = catalogue::launch_into_projects(&mut admission, &system, &request, state.store.now()).await?;
    writing.end(dry_run).await?;
    Ok(Json(launched))
}

async fn offer(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(DryRun { dry_run }): QueryOf<DryRun>,
    BodyOf(offer): BodyOf<SystemOffer>,
) -> Result<Answer<SystemProfile>, ApiError> {
    let mut writing = Writing::begin(&state, caller.context()).await?;
    let mut admission = writing.admission(&state, &caller);
    let located = admission.batch.locate::<SystemProfile>(&place.scope, place.name()?).await?;
    let located = located.ok_or_else(Error::not_visible)?;
    let object = catalogue::offer_to_orgs(&mut admission, located, offer).await?;
    writing.end(dry_run).await?;
    Ok(Answer(StatusCode::OK, object))
}

async fn customise(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(DryRun { dry_run }): QueryOf<DryRun>,
    BodyOf(request): BodyOf<Customise>,
) -> Result<(StatusCode, Json<serde_json::Value>), ApiError> {
    let system = visible(&state, &caller, &place).await?;
    let mut writing = Writing::begin(&state, caller.context()).await?;
    let made = catalogue::customise(&mut writing.admission(&state, &caller), &system, &request, state.store.now()).await?;
    writing.end(dry_run).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

async fn icon(Path(file): Path<String>) -> Result<impl IntoResponse, ApiError> {
    let found = file.strip_suffix(".svg").and_then(|name| Name::parse(name).ok()).and_then(|name| catalogue::icon(&name));
    let svg = found.ok_or_else(|| Error::not_found("There is no such drawing."))?;
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
    ];
    Ok((headers, svg))
}
