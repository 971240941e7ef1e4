//! What each built-in role may do, for people who bind them and people who ask.

use super::{GET, Items, Shared};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::Place;
use axum::Json;
use schemars::JsonSchema;
use serde::Serialize;
use warpyard_model::kinds::Organization;
use warpyard_model::permission::{Permission, Role};
use warpyard_model::{Error, Level, ScopePath};
use warpyard_policy::action;

/// A built-in role and what it lets people do at its place and below.
#[derive(Debug, Serialize, JsonSchema)]
struct BuiltInRole {
    /// The role.
    role: Role,
    /// Where it may be bound.
    levels: &'static [Level],
    /// `<kind>.<verb>`, in the order in which kinds and verbs are listed everywhere.
    permissions: Vec<String>,
}

pub(super) fn declare(routes: &mut Routes) {
    routes
        .declare(
            GET,
            "/api/v1/orgs/{org}/built-in-roles",
            "built_in_role_list",
            "role-bindings",
            "What each built-in role may do",
        )
        .permission("organization.view")
        .answers::<Items<BuiltInRole>>(200, "Every built-in role.")
        .to(list);
}

/// Whoever has a foot in the organization may know what its roles mean.
async fn list(state: Shared, caller: Caller, place: Place) -> Result<Json<Items<BuiltInRole>>, ApiError> {
    let org = place.scope.org.ok_or_else(Error::not_visible)?;
    let located = state.store.locate::<Organization>(&ScopePath::platform(), &org).await?;
    let _seen = state.policy.allow::<action::View, Organization>(&caller.principal, located.resource())?;
    let items = Role::ALL.iter().map(|role| BuiltInRole {
        role: *role,
        levels: role.levels(),
        permissions: role.permissions().iter().map(Permission::to_string).collect(),
    });
    Ok(Json(Items { items: items.collect() }))
}
