//! Effective access: what somebody may do and by which binding, and who may do something.
//!
//! Both are read off the policy's own decisions. Whoever asks is told of the places whose role bindings they may see;
//! everybody may ask about themselves.

use super::{GET, Shared};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{Place, QueryOf};
use axum::Json;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use warpyard_model::kinds::{RoleBinding, ServiceAccount, User};
use warpyard_model::permission::{Permission, Role, Subject};
use warpyard_model::{Error, Name, Result, ScopePath, Timestamp};
use warpyard_policy::{Principal, Resource, Why, action};
use warpyard_store::Granted;

/// Whose access.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct AccessQuery {
    /// A user name, or `me`; oneself where absent.
    #[serde(default)]
    user: Option<String>,
    /// A service account of the organization, instead of a person.
    #[serde(default)]
    service_account: Option<Name>,
}

/// What is asked about.
#[derive(Debug, Deserialize, JsonSchema)]
struct WhoQuery {
    /// To do what, such as `compute_profile.publish`.
    permission: String,
    /// The project; with the organization of the path. The whole organization or installation where absent.
    #[serde(default)]
    project: Option<Name>,
    /// The workspace in that project.
    #[serde(default)]
    workspace: Option<Name>,
    /// The one object of the permission's kind that lives there; whatever lives there where absent.
    #[serde(default)]
    name: Option<Name>,
}

/// How somebody comes to a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum AccessKind {
    /// By a role bound to them or their group.
    Role,
    /// What is their own.
    Ownership,
    /// What is offered in the place.
    Offer,
    /// By having a foot in the place.
    Membership,
}

/// Where a permission comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
struct Via {
    kind: AccessKind,
    /// The role binding.
    #[serde(skip_serializing_if = "Option::is_none")]
    binding: Option<Name>,
    /// Where the binding is.
    #[serde(skip_serializing_if = "Option::is_none")]
    bound_at: Option<ScopePath>,
    /// The built-in role.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    /// The organization's own role.
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_role: Option<Name>,
    /// The group the binding names.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<Name>,
    /// When the binding ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    /// Why it was made.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    reason: String,
    /// Since when it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
}

/// One permission and where it comes from.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
struct AccessEntry {
    permission: Permission,
    /// Where it holds, and below.
    scope: ScopePath,
    via: Via,
}

/// What somebody may do.
#[derive(Debug, Serialize, JsonSchema)]
struct AccessAnswer {
    /// The person; of a service account the name that what it launches belongs to.
    user: Name,
    /// The service account, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    service_account: Option<Name>,
    /// Every permission with each binding, ownership, membership or offer it comes from.
    entries: BTreeSet<AccessEntry>,
    /// Some places are left out, because whoever asks may not see the role bindings there.
    partial: bool,
}

/// Somebody who may.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
struct PersonWho {
    user: Name,
    /// The service account, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    service_account: Option<Name>,
    /// Each binding, ownership, membership or offer it comes from.
    via: BTreeSet<Via>,
}

/// Everybody who may.
#[derive(Debug, Serialize, JsonSchema)]
struct WhoAnswer {
    people: Vec<PersonWho>,
    /// People who may by a role in a place whose role bindings the caller may not see are left out.
    partial: bool,
}

pub(super) fn declare(routes: &mut Routes) {
    for (path, suffix, what) in [("/api/v1/orgs/{org}", "_in_org", "in an organization"), ("/api/v1", "", "on this installation")]
    {
        routes
            .declare(
                GET,
                &format!("{path}/access"),
                &format!("access_view{suffix}"),
                "access",
                &format!("What somebody may do {what}, and by what; oneself without a permission"),
            )
            .permission("role_binding.view")
            .query::<AccessQuery>()
            .answers::<AccessAnswer>(200, "Every permission with where it comes from.")
            .to(of_person);
        routes
            .declare(
                GET,
                &format!("{path}/access/who"),
                &format!("access_who{suffix}"),
                "access",
                &format!("Who may do something {what}, and by what"),
            )
            .permission("role_binding.view")
            .query::<WhoQuery>()
            .answers::<WhoAnswer>(200, "Everybody who may, with where it comes from.")
            .to(who_may);
    }
}

/// Which bindings the caller is told of.
struct Sight<'a> {
    state: &'a Shared,
    caller: &'a Caller,
    of_oneself: bool,
}

impl Sight<'_> {
    fn of(&self, scope: &ScopePath) -> bool {
        let here = Resource::place(Subject::Kind(warpyard_model::Kind::RoleBinding), scope);
        self.of_oneself || self.state.policy.allow::<action::View, RoleBinding>(&self.caller.principal, &here).is_ok()
    }
}

/// Where a reason comes from: every binding that gives it. `at` is where the permission holds.
fn sources(why: Why, granted: &[Granted], at: Option<&ScopePath>) -> Vec<Via> {
    let plain = |kind| Via {
        kind,
        binding: None,
        bound_at: None,
        role: None,
        custom_role: None,
        group: None,
        expires_at: None,
        reason: String::new(),
        since: None,
    };
    let by = |grant: &Granted| Via {
        binding: Some(grant.binding.clone()),
        bound_at: Some(grant.scope.clone()),
        role: grant.role,
        custom_role: grant.custom_role.clone(),
        group: grant.group.clone(),
        expires_at: grant.expires_at,
        reason: grant.reason.clone(),
        since: Some(grant.since),
        ..plain(AccessKind::Role)
    };
    let reaches = |grant: &&Granted, anywhere: bool| anywhere || at.is_none_or(|at| grant.scope.contains(at));
    match why {
        Why::Role { role, anywhere } => {
            granted.iter().filter(|g| g.role == Some(role)).filter(|g| reaches(g, anywhere)).map(by).collect()
        }
        Why::Custom { permission, anywhere } => {
            granted.iter().filter(|g| g.permissions.contains(&permission)).filter(|g| reaches(g, anywhere)).map(by).collect()
        }
        Why::Ownership => vec![plain(AccessKind::Ownership)],
        Why::Membership => vec![plain(AccessKind::Membership)],
        Why::Offer => vec![plain(AccessKind::Offer)],
    }
}

async fn of_person(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(AccessQuery { user, service_account }): QueryOf<AccessQuery>,
) -> Result<Json<AccessAnswer>, ApiError> {
    state.policy.enter(&caller.principal, &place.scope)?;
    let user = match (user.as_deref().filter(|user| *user != "me"), &service_account) {
        (Some(_), Some(_)) => {
            return Err(Error::invalid_field("service_account", "ask about a user or a service account, not both").into());
        }
        (None, Some(account)) => {
            let located = state.store.locate::<ServiceAccount>(&place.scope, account).await?;
            state.policy.allow::<action::View, ServiceAccount>(&caller.principal, located.resource())?;
            ServiceAccount::identity(account, located.resource().uid()).map_err(Error::internal)?
        }
        (None, None) => caller.who.user.clone(),
        (Some(name), None) => Name::parse(name).map_err(|_| Error::not_visible())?,
    };
    let of_oneself = user == caller.who.user;
    if !of_oneself {
        if service_account.is_none() {
            let located = state.store.locate::<User>(&ScopePath::platform(), &user).await?;
            state.policy.allow::<action::View, User>(&caller.principal, located.resource())?;
        }
        if caller.principal.scopes().all(|at| !at_hand(at, &place.scope) || !may_look(&state, &caller, at, &place.scope)) {
            return Err(Error::forbidden("You lack the permission role_binding.view here; you may ask about yourself.").into());
        }
    }
    // Of oneself: what one may do here and now, with the token one asks with.
    let principal = if of_oneself { caller.principal.clone() } else { state.store.person(&user).await? };
    let granted = state.controller.grants(&user).await?;
    let sight = Sight { state: &state, caller: &caller, of_oneself };
    let (mut entries, mut partial) = (BTreeSet::new(), false);
    for held in state.policy.access(&principal) {
        if !at_hand(&held.scope, &place.scope) {
            continue;
        }
        if !sight.of(&held.scope) {
            partial = true;
            continue;
        }
        // What a role gives is told where it is bound, so only bindings at that very scope are its source.
        for via in sources(held.why, &granted, None) {
            // With a token that is limited to places it is told there.
            let here = via.bound_at.as_ref().is_some_and(|at| {
                *at == held.scope || (at.contains(&held.scope) && principal.reach().places.contains(&held.scope))
            });
            let elsewhere = matches!(held.why, Why::Role { anywhere: false, .. } | Why::Custom { anywhere: false, .. }) && !here;
            let seen = via.bound_at.as_ref().is_none_or(|at| sight.of(at));
            if !elsewhere && seen {
                entries.insert(AccessEntry { permission: held.permission, scope: held.scope.clone(), via });
            }
        }
    }
    Ok(Json(AccessAnswer { user, service_account, entries, partial }))
}

/// Whether what is bound at `at` has to do with the place.
fn at_hand(at: &ScopePath, place: &ScopePath) -> bool {
    at.contains(place) || place.contains(at)
}

fn may_look(state: &Shared, caller: &Caller, at: &ScopePath, place: &ScopePath) -> bool {
    let deeper = if at.contains(place) { place } else { at };
    Sight { state, caller, of_oneself: false }.of(deeper)
}

async fn who_may(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(query): QueryOf<WhoQuery>,
) -> Result<Json<WhoAnswer>, ApiError> {
    let scope = ScopePath { org: place.scope.org.clone(), project: query.project, workspace: query.workspace };
    let here = Resource::place(Subject::Kind(warpyard_model::Kind::RoleBinding), &scope);
    state.policy.allow::<action::View, RoleBinding>(&caller.principal, &here).map_err(|error| {
        if state.policy.can_enter(&caller.principal, &scope) && state.policy.can_enter(&caller.principal, &place.scope) {
            Error::forbidden("You lack the permission role_binding.view here.")
        } else {
            error
        }
    })?;
    let permission = Permission::parse(&query.permission)
        .ok_or_else(|| Error::invalid_field("permission", format!("{:?} is not a permission", query.permission)))?;
    if scope.workspace.is_some() && scope.project.is_none() {
        return Err(Error::invalid_field("workspace", "a workspace is in a project: give that too").into());
    }
    let resource = match &query.name {
        None => Resource::place(permission.subject, &scope),
        Some(name) => {
            let Subject::Kind(kind) = permission.subject else {
                return Err(Error::invalid_field("name", "the audit trail has no objects with names").into());
            };
            let (resource, view) = state.controller.resource_of(kind, &scope, name).await?;
            if !state.policy.decide(&caller.principal, view, &resource) {
                return Err(Error::not_visible().into());
            }
            resource
        }
    };
    let sight = Sight { state: &state, caller: &caller, of_oneself: false };
    let (mut people, mut partial) = (Vec::new(), false);
    for user in state.controller.people_in(&scope).await? {
        let principal: std::sync::Arc<Principal> = state.store.person(&user).await?;
        let reasons = state.policy.reasons(&principal, permission, &resource);
        if reasons.is_empty() {
            continue;
        }
        let granted = state.controller.grants(&user).await?;
        let all: BTreeSet<Via> = reasons.into_iter().flat_map(|why| sources(why, &granted, Some(resource.scope()))).collect();
        let seen: BTreeSet<Via> = all.iter().filter(|via| via.bound_at.as_ref().is_none_or(|at| sight.of(at))).cloned().collect();
        partial |= seen.len() < all.len();
        if !seen.is_empty() {
            let account = state.controller.service_account(&user).await?;
            people.push(PersonWho { service_account: account.map(|account| account.metadata.name), user, via: seen });
        }
    }
    Ok(Json(WhoAnswer { people, partial }))
}
