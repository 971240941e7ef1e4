//! The launch form, the catalogue.

use super::kinds::item;
use super::{GET, Items, POST, Shared};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{BodyOf, Place, QueryOf};
use axum::Json;
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;
use warpyard_controller::catalogue::{CatalogueCard, cards};
use warpyard_controller::form::{FormOf, FormRequest, FormResponse, LaunchPlace, Person, compute_form, service_form};
use warpyard_model::kinds::{ComputeProfile, Project, ServiceProfile, User};
use warpyard_model::permission::{Permission, Subject, Verb};
use warpyard_model::{Error, Kind, Level, Name, ScopePath, Spec};
use warpyard_policy::{Principal, Resource, action};

/// Where a profile is at home, when that is not the project it is launched in.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub(super) struct Home {
    /// The profile's home project.
    #[serde(default)]
    pub(super) home: Option<Name>,
}

/// A draft as it stands in the designer, and what somebody would fill in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(bound = "S: Spec")]
#[schemars(bound = "S: Spec", rename = "{S}Preview")]
struct Preview<S: Spec> {
    /// The draft.
    draft: PreviewDraft<S>,
    /// What somebody would fill in.
    #[serde(default)]
    values: FormRequest,
    /// Whose form it is; the caller's where absent. The same as `values.viewer`.
    #[serde(default)]
    viewer: Option<Name>,
}

/// A spec that is not stored.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(bound = "S: Spec", deny_unknown_fields)]
#[schemars(bound = "S: Spec", rename = "{S}PreviewDraft")]
struct PreviewDraft<S: Spec> {
    spec: S,
}

pub(super) fn declare(routes: &mut Routes) {
    let compute = item(Kind::ComputeProfile, Level::Project);
    let service = item(Kind::ServiceProfile, Level::Project);
    routes
        .declare(
            POST,
            &format!("{compute}/form"),
            "compute_profile_form",
            "launch",
            "The form of a compute profile with somebody's answers in it",
        )
        .permission("compute_profile.view")
        .query::<Home>()
        .body::<FormRequest>()
        .answers::<FormResponse>(200, "Form, values, errors and what launching would mean.")
        .problems(&[412])
        .to(compute_profile_form);
    routes
        .declare(
            POST,
            &format!("{service}/form"),
            "service_profile_form",
            "launch",
            "The form of a service profile with somebody's answers in it",
        )
        .permission("service_profile.view")
        .query::<Home>()
        .body::<FormRequest>()
        .answers::<FormResponse>(200, "Form, values, errors and what launching would mean.")
        .problems(&[412])
        .to(service_profile_form);
    let form = |kind: Kind| format!("/api/v1/orgs/{{org}}/projects/{{project}}/{}/form", kind.plural());
    routes
        .declare(
            POST,
            &form(Kind::ComputeProfile),
            "compute_profile_preview",
            "compute-profiles",
            "The form that a draft would make",
        )
        .permission("compute_profile.create")
        .query::<Home>()
        .body::<Preview<ComputeProfile>>()
        .answers::<FormResponse>(200, "Form, values, errors and what launching would mean.")
        .problems(&[412])
        .to(compute_profile_preview);
    routes
        .declare(
            POST,
            &form(Kind::ServiceProfile),
            "service_profile_preview",
            "service-profiles",
            "The form that a draft would make",
        )
        .permission("service_profile.create")
        .query::<Home>()
        .body::<Preview<ServiceProfile>>()
        .answers::<FormResponse>(200, "Form, values, errors and what launching would mean.")
        .problems(&[412])
        .to(service_profile_preview);
    routes
        .declare(
            GET,
            "/api/v1/orgs/{org}/projects/{project}/catalogue",
            "catalogue_list",
            "launch",
            "The cards offered in a project",
        )
        .permission("project.view")
        .answers::<Items<CatalogueCard>>(200, "The cards.")
        .to(catalogue);
}

/// The org and project that a path names.
fn project_of(scope: &ScopePath) -> Result<(&Name, &Name), Error> {
    match (&scope.org, &scope.project) {
        (Some(org), Some(project)) => Ok((org, project)),
        _ => Err(Error::internal("a path without a project")),
    }
}

/// The stored profile a form is asked for, once the caller may see it, and whom it is made for: somebody else only for
/// those who may change the profile.
async fn stored<S: Spec>(
    state: &Shared,
    caller: &Caller,
    place: &Place,
    home: Option<Name>,
    viewer: Option<&Name>,
) -> Result<(FormOf<S>, Arc<Principal>), Error> {
    let (org, project) = project_of(&place.scope)?;
    let home = ScopePath::project(org.clone(), home.unwrap_or_else(|| project.clone()));
    let located = state.store.locate::<S>(&home, place.name()?).await?;
    state.policy.allow::<action::View, S>(&caller.principal, located.resource())?;
    if viewer.is_some_and(|v| *v != caller.who.user) {
        state.policy.allow::<action::Update, S>(&caller.principal, located.resource())?;
        if home != place.scope {
            let there = Resource::place(Subject::Kind(S::KIND), &place.scope);
            as_somebody_else(caller, viewer, || state.policy.allow::<action::Create, S>(&caller.principal, &there).map(drop))?;
        }
    }
    let person = viewer_of(state, caller, viewer).await?;
    Ok((FormOf::Stored(home, place.name()?.clone()), person))
}

/// Where a draft is at home, once the caller may make profiles there and may look at it in `launched_in`.
pub(super) async fn previewed<S: Spec>(
    state: &Shared,
    caller: &Caller,
    launched_in: &ScopePath,
    home: Option<Name>,
    viewer: Option<&Name>,
) -> Result<ScopePath, Error> {
    let (org, project) = project_of(launched_in)?;
    let home = home.unwrap_or_else(|| project.clone());
    let elsewhere = home != *project;
    let home = ScopePath::project(org.clone(), home);
    let may_make = |scope: &ScopePath| {
        state.policy.allow::<action::Create, S>(&caller.principal, &Resource::place(Subject::Kind(S::KIND), scope)).map(drop)
    };
    may_make(&home)?;
    if elsewhere {
        let located = state.store.locate::<Project>(&ScopePath::org(org.clone()), project).await?;
        state.policy.allow::<action::View, Project>(&caller.principal, located.resource())?;
        as_somebody_else(caller, viewer, || may_make(launched_in))?;
    }
    Ok(home)
}

/// Through the eyes of somebody else the form names secrets and compute instances of the project, so that takes the right
/// to make profiles in it.
fn as_somebody_else(caller: &Caller, viewer: Option<&Name>, may_make: impl Fn() -> Result<(), Error>) -> Result<(), Error> {
    if viewer.is_none_or(|v| *v == caller.who.user) {
        return Ok(());
    }
    may_make().map_err(|_| Error::forbidden("To look at a project as somebody else you need the right to make profiles in it."))
}

/// The person a form is made for: one whom the caller may see.
async fn viewer_of(state: &Shared, caller: &Caller, viewer: Option<&Name>) -> Result<Arc<Principal>, Error> {
    let Some(viewer) = viewer.filter(|v| **v != caller.who.user) else { return Ok(caller.principal.clone()) };
    let unknown = || Error::invalid_field("viewer", format!("there is no person {viewer} that you may see"));
    let located = state.store.locate::<User>(&ScopePath::platform(), viewer).await.map_err(|_| unknown())?;
    state.policy.allow::<action::View, User>(&caller.principal, located.resource()).map_err(|_| unknown())?;
    state.store.person(viewer).await
}

/// A failed form tells where the profile is wrong, not where the request is.
fn launchable(error: Error) -> ApiError {
    ApiError(match error.code {
        warpyard_model::ErrorCode::Invalid if error.fields.iter().any(|f| f.path == "spec.profile.name") => {
            Error::not_found("There is no such profile offered here.")
        }
        _ => error,
    })
}

async fn compute_profile_form(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(Home { home }): QueryOf<Home>,
    BodyOf(request): BodyOf<FormRequest>,
) -> Result<Json<FormResponse>, ApiError> {
    let (of, person) = stored::<ComputeProfile>(&state, &caller, &place, home, request.viewer.as_ref()).await?;
    let person = Person { policy: &state.policy, principal: &person };
    let (org, project) = project_of(&place.scope)?;
    let launch = LaunchPlace { org, project, workspace: request.workspace.as_ref() };
    Ok(Json(compute_form(&state.controller, of, &launch, &request, &person).await.map_err(launchable)?))
}

async fn service_profile_form(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(Home { home }): QueryOf<Home>,
    BodyOf(request): BodyOf<FormRequest>,
) -> Result<Json<FormResponse>, ApiError> {
    let (of, person) = stored::<ServiceProfile>(&state, &caller, &place, home, request.viewer.as_ref()).await?;
    let person = Person { policy: &state.policy, principal: &person };
    let (org, project) = project_of(&place.scope)?;
    let launch = LaunchPlace { org, project, workspace: request.workspace.as_ref() };
    Ok(Json(service_form(&state.controller, of, &launch, &request, &person).await.map_err(launchable)?))
}

async fn compute_profile_preview(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(Home { home }): QueryOf<Home>,
    BodyOf(preview): BodyOf<Preview<ComputeProfile>>,
) -> Result<Json<FormResponse>, ApiError> {
    let viewer = preview.viewer.as_ref().or(preview.values.viewer.as_ref());
    let home = previewed::<ComputeProfile>(&state, &caller, &place.scope, home, viewer).await?;
    let (org, project) = project_of(&place.scope)?;
    let launch = LaunchPlace { org, project, workspace: preview.values.workspace.as_ref() };
    let person = viewer_of(&state, &caller, viewer).await?;
    let person = Person { policy: &state.policy, principal: &person };
    let of = FormOf::Draft(home, Box::new(preview.draft.spec));
    Ok(Json(compute_form(&state.controller, of, &launch, &preview.values, &person).await?))
}

async fn service_profile_preview(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(Home { home }): QueryOf<Home>,
    BodyOf(preview): BodyOf<Preview<ServiceProfile>>,
) -> Result<Json<FormResponse>, ApiError> {
    let viewer = preview.viewer.as_ref().or(preview.values.viewer.as_ref());
    let home = previewed::<ServiceProfile>(&state, &caller, &place.scope, home, viewer).await?;
    let (org, project) = project_of(&place.scope)?;
    let launch = LaunchPlace { org, project, workspace: preview.values.workspace.as_ref() };
    let person = viewer_of(&state, &caller, viewer).await?;
    let person = Person { policy: &state.policy, principal: &person };
    let of = FormOf::Draft(home, Box::new(preview.draft.spec));
    Ok(Json(service_form(&state.controller, of, &launch, &preview.values, &person).await?))
}

async fn catalogue(state: Shared, caller: Caller, place: Place) -> Result<Json<Items<CatalogueCard>>, ApiError> {
    let (org, project) = project_of(&place.scope)?;
    let located = state.store.locate::<Project>(&ScopePath::org(org.clone()), project).await?;
    state.policy.allow::<action::View, Project>(&caller.principal, located.resource())?;
    let mut items = cards(&state.controller, org, project, &caller.who.user).await?;
    // What the caller came with may reach less far than what they are offered.
    items.retain(|card| {
        let home = ScopePath::project(org.clone(), card.project.clone());
        let view = Permission { subject: Subject::Kind(card.kind), verb: Verb::View };
        caller.principal.admits(view, &Resource::object(card.kind, "", &card.name, &home).offered_in(vec![place.scope.clone()]))
    });
    Ok(Json(Items { items }))
}
