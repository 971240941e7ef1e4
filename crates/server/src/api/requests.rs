//! Requests for access: everybody asks for themselves, whoever may give the role decides.

use super::{DELETE, GET, Items, POST, Shared, Writing};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{BodyOf, Place, QueryOf};
use axum::Json;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warpyard_controller::admission::{self, Wanted};
use warpyard_model::kinds::{CustomRole, RoleBinding, ServiceAccount};
use warpyard_model::permission::Subject;
use warpyard_model::{Error, Kind, Name, Result, ScopePath};
use warpyard_policy::{Resource, action};
use warpyard_store::{AccessRequest, RequestState};

/// Which requests.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct RequestQuery {
    /// Only in this state.
    #[serde(default)]
    state: Option<RequestState>,
    /// Only one's own.
    #[serde(default)]
    mine: bool,
}

/// A request and who may decide about it.
#[derive(Debug, Serialize, JsonSchema)]
struct RequestedAccess {
    request: AccessRequest,
    /// Who was told; empty where nobody can give the role now.
    approvers: Vec<Name>,
}

/// A request as whoever asks about it may deal with it.
#[derive(Debug, Serialize, JsonSchema)]
struct SeenRequest {
    #[serde(flatten)]
    request: AccessRequest,
    /// Whether the caller may approve or deny it.
    may_decide: bool,
}

/// What whoever decides says.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DecisionNote {
    /// For whoever asked.
    #[serde(default)]
    #[schemars(length(max = 500))]
    note: String,
}

pub(super) fn declare(routes: &mut Routes) {
    let (all, tag) = ("/api/v1/orgs/{org}/access-requests", "access");
    routes
        .declare(GET, all, "access_request_list", tag, "Your requests for access, and those that you may decide about or see")
        .query::<RequestQuery>()
        .answers::<Items<SeenRequest>>(200, "What waits comes first.")
        .to(list);
    routes
        .declare(POST, all, "access_request_create", tag, "Ask for a role in an organization, project or workspace, for yourself")
        .body::<Wanted>()
        .answers::<RequestedAccess>(201, "The request; whoever may decide was told.")
        .problems(&[409])
        .to(create);
    routes
        .declare(DELETE, &format!("{all}/{{name}}"), "access_request_withdraw", tag, "Withdraw your request")
        .answers_nothing(204, "It is gone.")
        .problems(&[409])
        .to(withdraw);
    routes
        .declare(POST, &format!("{all}/{{name}}/approve"), "access_request_approve", tag, "Give somebody the role they asked for")
        .permission("role_binding.create")
        .body::<DecisionNote>()
        .answers::<AccessRequest>(200, "The request; a role binding of its name was made.")
        .problems(&[409])
        .to(approve);
    routes
        .declare(POST, &format!("{all}/{{name}}/deny"), "access_request_deny", tag, "Refuse a request for access")
        .permission("role_binding.create")
        .body::<DecisionNote>()
        .answers::<AccessRequest>(200, "The request.")
        .problems(&[409])
        .to(deny);
}

/// The organization, for whoever has a foot in it.
fn entered(state: &Shared, caller: &Caller, place: &Place) -> Result<Name> {
    state.policy.enter(&caller.principal, &place.scope)?;
    place.scope.org.clone().ok_or_else(|| Error::internal("a path without an organization"))
}

/// Whether the caller has every right that is asked for: nobody gives more than they have.
async fn covers(state: &Shared, caller: &Caller, request: &AccessRequest) -> Result<bool> {
    if let Some(role) = request.role {
        return Ok(state.policy.covers(&caller.principal, role, &request.scope));
    }
    let (Some(custom), Some(org)) = (&request.custom_role, &request.scope.org) else { return Ok(false) };
    let found = state.controller.find::<CustomRole>(&ScopePath::org(org.clone()), custom).await?;
    Ok(found.is_none_or(|role| state.policy.covers_all(&caller.principal, &role.spec.permissions, &request.scope)))
}

async fn list(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(query): QueryOf<RequestQuery>,
) -> Result<Json<Items<SeenRequest>>, ApiError> {
    let org = entered(&state, &caller, &place)?;
    let mut items = Vec::new();
    for request in state.controller.access_requests(&org).await? {
        let own = request.user == caller.who.user;
        let bindings = Resource::place(Subject::Kind(Kind::RoleBinding), &request.scope);
        let asked = bindings.clone().two_person(true, [request.user.to_string()]);
        let may_decide = request.state == RequestState::Pending
            && state.policy.allow::<action::Create, RoleBinding>(&caller.principal, &asked).is_ok()
            && covers(&state, &caller, &request).await?;
        let sees = || state.policy.allow::<action::View, RoleBinding>(&caller.principal, &bindings).is_ok();
        let wanted = query.state.is_none_or(|wanted| wanted == request.state) && (own || !query.mine);
        if wanted && (own || may_decide || sees()) {
            items.push(SeenRequest { request, may_decide });
        }
    }
    Ok(Json(Items { items }))
}

async fn create(
    state: Shared,
    caller: Caller,
    place: Place,
    BodyOf(wanted): BodyOf<Wanted>,
) -> Result<(StatusCode, Json<RequestedAccess>), ApiError> {
    let org = entered(&state, &caller, &place)?;
    if ServiceAccount::is_identity(caller.who.user.as_str()) {
        return Err(Error::forbidden("People ask for access; what a program may do is bound to its account.").into());
    }
    let mut writing = Writing::begin(&state, caller.context()).await?;
    let mut admission = writing.admission(&state, &caller);
    let (request, approvers) = admission::request_access(&mut admission, &org, &caller.who.user, wanted).await?;
    writing.end(false).await?;
    Ok((StatusCode::CREATED, Json(RequestedAccess { request, approvers })))
}

async fn withdraw(state: Shared, caller: Caller, place: Place) -> Result<StatusCode, ApiError> {
    let org = entered(&state, &caller, &place)?;
    let mut writing = Writing::begin(&state, caller.context()).await?;
    admission::withdraw_access(&mut writing.admission(&state, &caller), &org, place.name()?).await?;
    writing.end(false).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn approve(
    state: Shared,
    caller: Caller,
    place: Place,
    BodyOf(DecisionNote { note }): BodyOf<DecisionNote>,
) -> Result<Json<AccessRequest>, ApiError> {
    let org = entered(&state, &caller, &place)?;
    let mut writing = Writing::begin(&state, caller.context()).await?;
    let mut admission = writing.admission(&state, &caller);
    let decided = admission::approve_access(&mut admission, &org, place.name()?, &note).await?;
    writing.end(false).await?;
    Ok(Json(decided))
}

async fn deny(
    state: Shared,
    caller: Caller,
    place: Place,
    BodyOf(DecisionNote { note }): BodyOf<DecisionNote>,
) -> Result<Json<AccessRequest>, ApiError> {
    let org = entered(&state, &caller, &place)?;
    let mut writing = Writing::begin(&state, caller.context()).await?;
    let mut admission = writing.admission(&state, &caller);
    let decided = admission::deny_access(&mut admission, &org, place.name()?, &note).await?;
    writing.end(false).await?;
    Ok(Json(decided))
}
