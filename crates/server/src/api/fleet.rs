//! What a version of a profile would mean: for every instance, and for the provider.

use super::kinds::item;
use super::profiles::{Home, previewed};
use super::versions::parsed;
use super::{POST, Shared, seen};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{BodyOf, Place, QueryOf};
use axum::Json;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::future::Future;
use warpyard_controller::fleet::{FleetPlan, fleet_plan};
use warpyard_controller::form::{FormRequest, LaunchPlace};
use warpyard_controller::preview::{Rehearsal, RenderedDocuments, compute_documents, service_documents};
use warpyard_controller::{AtRest, Loaded, ProfileSpec, loaded, template_version};
use warpyard_model::kinds::{ComputeProfile, ServiceProfile, User};
use warpyard_model::{Error, Level, Name, Result, ScopePath, Spec};
use warpyard_policy::action;

/// Which version to plan for: the newest spec where both are absent.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "S: Spec")]
#[schemars(bound = "S: Spec", rename = "{S}FleetQuestion")]
struct FleetQuestion<S: Spec> {
    /// A generation.
    #[serde(default)]
    generation: Option<i64>,
    /// A spec that is not stored.
    #[serde(default)]
    spec: Option<S>,
}

/// What somebody would fill in.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RenderRequest {
    /// The answers.
    #[serde(default)]
    values: FormRequest,
}

/// A draft, and what somebody would fill in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "S: Spec")]
#[schemars(bound = "S: Spec", rename = "{S}RenderRequest")]
struct RenderDraft<S: Spec> {
    /// The draft.
    draft: RenderSpec<S>,
    /// The answers.
    #[serde(default)]
    values: FormRequest,
}

/// A spec that is not stored.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "S: Spec")]
#[schemars(bound = "S: Spec", rename = "{S}RenderSpec")]
struct RenderSpec<S: Spec> {
    spec: S,
}

/// Profiles whose launch can be rehearsed.
trait Rehearsed: ProfileSpec {
    /// What the provider would be given.
    fn documents(
        state: &Shared,
        home: &ScopePath,
        profile: &Loaded<Self>,
        rehearsal: &Rehearsal<'_>,
        request: &FormRequest,
    ) -> impl Future<Output = Result<RenderedDocuments>> + Send;
}

impl Rehearsed for ComputeProfile {
    async fn documents(
        state: &Shared,
        _: &ScopePath,
        profile: &Loaded<Self>,
        rehearsal: &Rehearsal<'_>,
        request: &FormRequest,
    ) -> Result<RenderedDocuments> {
        compute_documents(&state.controller, profile, rehearsal, request).await
    }
}

impl Rehearsed for ServiceProfile {
    async fn documents(
        state: &Shared,
        home: &ScopePath,
        profile: &Loaded<Self>,
        rehearsal: &Rehearsal<'_>,
        request: &FormRequest,
    ) -> Result<RenderedDocuments> {
        service_documents(&state.controller, home, profile, rehearsal, request).await
    }
}

pub(super) fn declare(routes: &mut Routes) {
    planned::<ComputeProfile>(routes);
    planned::<ServiceProfile>(routes);
}

fn planned<S: Rehearsed>(routes: &mut Routes) {
    let (snake, tag, path) = (S::KIND.snake(), S::KIND.plural(), item(S::KIND, Level::Project));
    routes
        .declare(
            POST,
            &format!("{path}/fleet-plan"),
            &format!("{snake}_fleet_plan"),
            tag,
            "What a version would mean for every instance launched from it",
        )
        .permission(format!("{snake}.update"))
        .body::<FleetQuestion<S>>()
        .answers::<FleetPlan>(200, "The plan; nothing is changed.")
        .to(plan::<S>);
    routes
        .declare(POST, &format!("{path}/render"), &format!("{snake}_render"), tag, "What the provider would be given")
        .permission(format!("{snake}.update"))
        .body::<RenderRequest>()
        .answers::<RenderedDocuments>(200, "The documents.")
        .problems(&[412])
        .to(render::<S>);
    let collection = path.trim_end_matches("/{name}");
    routes
        .declare(
            POST,
            &format!("{collection}/render"),
            &format!("{snake}_render_draft"),
            tag,
            "What the provider would be given for a draft",
        )
        .permission(format!("{snake}.create"))
        .query::<Home>()
        .body::<RenderDraft<S>>()
        .answers::<RenderedDocuments>(200, "The documents.")
        .problems(&[412])
        .to(render_draft::<S>);
}

async fn plan<S: Rehearsed>(
    state: Shared,
    caller: Caller,
    place: Place,
    BodyOf(body): BodyOf<Value>,
) -> Result<Json<FleetPlan>, ApiError> {
    let (object, view) = seen::<action::Update, S>(&state, &caller, &place).await?;
    let FleetQuestion { generation, spec } = parsed::<FleetQuestion<S>>(body)?;
    let newest = object.metadata.generation;
    let (spec, generation) = match (spec, generation) {
        (Some(_), Some(_)) => return Err(Error::invalid_field("generation", "a generation or a spec, not both").into()),
        (Some(spec), None) => (checked(spec)?, 0),
        (None, Some(generation)) => (state.store.revision(&view, generation).await?, generation),
        (None, None) => (object.spec.clone(), newest),
    };
    let new = loaded(&mut AtRest(&state.controller), &object, spec, generation).await?;
    Ok(Json(fleet_plan(&state.controller, &caller.viewer(&state), &object, &new).await?))
}

/// A spec that was sent must hold by itself before anything is made of it.
fn checked<S: Spec>(spec: S) -> Result<S> {
    let errors = spec.validate();
    if errors.is_empty() { Ok(spec) } else { Err(Error::invalid(errors)) }
}

async fn render<S: Rehearsed>(
    state: Shared,
    caller: Caller,
    place: Place,
    BodyOf(body): BodyOf<Value>,
) -> Result<Json<RenderedDocuments>, ApiError> {
    let (object, _) = seen::<action::Update, S>(&state, &caller, &place).await?;
    let RenderRequest { values } = parsed(body)?;
    let (spec, generation) = (object.spec.clone(), object.metadata.generation);
    let profile = loaded(&mut AtRest(&state.controller), &object, spec, generation).await?;
    rehearse(&state, &caller, &place, &place.scope, &profile, &values).await
}

async fn render_draft<S: Rehearsed>(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(Home { home }): QueryOf<Home>,
    BodyOf(body): BodyOf<Value>,
) -> Result<Json<RenderedDocuments>, ApiError> {
    let home = previewed::<S>(&state, &caller, &place.scope, home, None).await?;
    let RenderDraft { draft, values } = parsed::<RenderDraft<S>>(body)?;
    let spec = checked(draft.spec)?;
    let org = place.scope.org.as_ref().ok_or_else(Error::not_visible)?;
    let (_, template) = template_version(&mut AtRest(&state.controller), org, spec.template(), S::WORKLOAD).await?;
    let sharing = spec.sharing().clone();
    let profile = Loaded { uid: String::new(), metadata: None, generation: 0, spec, sharing, template };
    rehearse(&state, &caller, &place, &home, &profile, &values).await
}

async fn rehearse<S: Rehearsed>(
    state: &Shared,
    caller: &Caller,
    place: &Place,
    home: &ScopePath,
    profile: &Loaded<S>,
    request: &FormRequest,
) -> Result<Json<RenderedDocuments>, ApiError> {
    let (Some(org), Some(project)) = (&place.scope.org, &place.scope.project) else {
        return Err(Error::internal("a path without a project").into());
    };
    // Whoever makes the dry run, not somebody else: nobody's address is told to others.
    let user = Name::parse(caller.principal.name()).map_err(Error::internal)?;
    let user = state.controller.find::<User>(&ScopePath::platform(), &user).await?;
    let person = user.map(|u| json!({ "name": u.metadata.name, "email": u.spec.email, "display_name": u.metadata.title() }));
    let rehearsal = Rehearsal {
        place: LaunchPlace { org, project, workspace: request.workspace.as_ref() },
        addresses: &state.settings.addresses,
        person: person.unwrap_or_default(),
    };
    Ok(Json(S::documents(state, home, profile, &rehearsal, request).await?))
}
