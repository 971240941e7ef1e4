//! Studio's front page: what exists, what runs, what is launched and what fails, in counts.

use super::{GET, Shared};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{Place, QueryOf};
use axum::Json;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warpyard_model::kinds::{ComputeProfile, SystemProfile, Target};
use warpyard_model::permission::Subject;
use warpyard_model::{Error, Kind, Name, Result, ScopePath};
use warpyard_policy::{Allowed, Resource, action};
use warpyard_store::{ListQuery, SortBy, StudioFigures};

/// Which part of an organization to look at.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct OverviewParameters {
    /// Only this project; every project where you may view profiles where absent.
    #[serde(default)]
    project: Option<Name>,
}

/// How full a target is.
#[derive(Debug, Serialize, JsonSchema)]
struct TargetFigures {
    /// Its name.
    name: Name,
    /// Compute instances of this organization that hold something on it.
    running: u32,
    /// GPUs that are allotted, to whomever.
    gpus_used: u32,
    /// GPUs it has.
    gpus_total: u32,
}

/// What exists in Studio and how it does. Counts only: no instance and no owner is named.
#[derive(Debug, Serialize, JsonSchema)]
struct StudioOverview {
    /// Shipped profiles that may be offered.
    system_profiles: u64,
    #[serde(flatten)]
    figures: StudioFigures,
    /// The targets one may see.
    targets: Vec<TargetFigures>,
}

pub(super) fn declare(routes: &mut Routes) {
    routes
        .declare(GET, "/api/v1/orgs/{org}/studio/overview", "studio_overview", "studio", "What exists and how it does")
        .permission("compute_profile.view")
        .query::<OverviewParameters>()
        .answers::<StudioOverview>(200, "The figures.")
        .to(overview);
}

/// Where the caller may view profiles: the whole organization, or the projects they work in.
fn places(
    state: &Shared,
    caller: &Caller,
    org: &Name,
    project: Option<Name>,
) -> Result<Vec<Allowed<action::View, ComputeProfile>>> {
    let subject = Subject::Kind(Kind::ComputeProfile);
    let allow = |scope: &ScopePath| {
        state.policy.allow::<action::View, ComputeProfile>(&caller.principal, &Resource::place(subject, scope))
    };
    if let Some(project) = project {
        return Ok(vec![allow(&ScopePath::project(org.clone(), project))?]);
    }
    let refused = match allow(&ScopePath::org(org.clone())) {
        Ok(proof) => return Ok(vec![proof]),
        Err(error) => error,
    };
    let mut projects: Vec<ScopePath> = caller
        .principal
        .scopes()
        .filter(|scope| scope.org.as_ref() == Some(org))
        .filter_map(|scope| Some(ScopePath::project(org.clone(), scope.project.clone()?)))
        .collect();
    projects.sort();
    projects.dedup();
    let proofs: Vec<_> = projects.iter().filter_map(|scope| allow(scope).ok()).collect();
    if proofs.is_empty() { Err(refused) } else { Ok(proofs) }
}

fn everything(limit: u32) -> ListQuery {
    ListQuery { limit, sort: SortBy::Name, ..ListQuery::default() }
}

async fn overview(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(OverviewParameters { project }): QueryOf<OverviewParameters>,
) -> Result<Json<StudioOverview>, ApiError> {
    let org = place.scope.org.clone().ok_or_else(Error::not_visible)?;
    let proofs = places(&state, &caller, &org, project)?;
    let viewer = caller.viewer(&state);
    let figures = state.store.studio_figures(&proofs, &viewer).await?;
    let system_profiles = state.store.list::<SystemProfile>(&viewer, &everything(1)).await?.total;
    let held = match proofs.first() {
        Some(proof) => state.store.held_by_target(proof).await?,
        None => std::collections::BTreeMap::new(),
    };
    let mut targets = Vec::new();
    for target in state.store.list::<Target>(&viewer, &everything(500)).await?.items {
        let name = target.metadata.name;
        let usage = state.controller.usage(name.as_str()).await?;
        let total: usize = target.status.inventory.nodes.iter().map(|n| n.gpus.len()).sum();
        targets.push(TargetFigures {
            running: held.get(name.as_str()).copied().unwrap_or_default(),
            gpus_used: u32::try_from(usage.gpus.len()).unwrap_or(u32::MAX),
            gpus_total: u32::try_from(total).unwrap_or(u32::MAX),
            name,
        });
    }
    Ok(Json(StudioOverview { system_profiles, figures, targets }))
}
