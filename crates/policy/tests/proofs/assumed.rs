//! What claims take for granted of people and things, in Cedar.
//!
//! Every one of these follows from how this crate builds entities; `crates/policy/src/entities.rs` holds that with
//! arbitrary names, and docs/security/proofs.md says it in words.

use warpyard_model::permission::{Permission, Role};

/// The only role a person has, anywhere, is this one.
pub(crate) fn only(role: Role) -> String {
    none_of(Role::ALL.iter().copied().filter(|other| *other != role))
}

/// A person has none of these roles, anywhere, and no role that an organization made.
pub(crate) fn none_of(roles: impl IntoIterator<Item = Role>) -> String {
    let built_in = roles.into_iter().map(|role| format!("principal.{role}.isEmpty()"));
    all(built_in.chain(custom().map(|permission| format!("!(principal.custom has \"{permission}\")"))))
}

/// What roles that an organization makes can give.
fn custom() -> impl Iterator<Item = Permission> {
    Permission::all().filter(|permission| permission.fits_custom_roles())
}

/// A person's bindings are at an organization or at the platform, so that no project is a place of theirs.
pub(crate) const ABOVE_PROJECTS: &str = "!resource.project.containsAny(principal.places)";

/// No organization that the person has to do with is suspended.
pub(crate) const NOT_SUSPENDED: &str = "principal.suspended.isEmpty()";

/// The thing is, or lives in, a suspended organization.
pub(crate) const SUSPENDED: &str = "resource.scopes.containsAny(principal.suspended)";

/// Nothing reaches the person by what they are apart from their roles: they do not own it, it is not themselves, it is
/// neither opened nor offered to everybody in a place of theirs.
pub(crate) const NO_FOOT_IN_THE_DOOR: &str = "resource.owner != principal.name && resource.name != principal.name && \
     resource.access == \"owner\" && !resource.offered_in.containsAny(principal.places) && \
     !resource.opens.containsAny(principal.places)";

/// Every binding of the person is in one organization, and the thing lives, is offered and is opened in others only.
///
/// Scopes are strings in sets. `context.ours` stands for all scopes of the one organization, `context.theirs` for all
/// scopes that are not of it, the platform's included; both are arbitrary but for having nothing in common.
/// Roles that organizations made are left out: cvc5 does not answer in time about sets inside a record. Of the action's sort
/// alone, because policies look at no other, and what is not assumed makes the claim no weaker.
pub(crate) fn strangers(action: &str) -> String {
    let sort = action.split('.').next().unwrap_or_default();
    let mine = Role::ALL.iter().map(|role| format!("context.ours.containsAll(principal.{role})"));
    let made = custom()
        .filter(|permission| permission.subject.as_str() == sort)
        .map(|permission| format!("!(principal.custom has \"{permission}\")"));
    let theirs = ["scopes", "project", "offered_in", "opens"].map(|set| format!("context.theirs.containsAll(resource.{set})"));
    let rest = [
        "context.ours.containsAll(principal.places)",
        "!context.ours.containsAny(context.theirs)",
        // What the platform offers to everybody belongs to no organization.
        "!resource.offered_in.contains(\"/\")",
        // Everybody sees themselves.
        "!(resource is Account && resource.name == principal.name)",
    ];
    all(mine.chain(made).chain(theirs).chain(rest.map(str::to_owned)))
}

/// A two-person rule is on, and the person wrote what is asked about.
pub(crate) const OWN_WORK: &str = "resource.two_person && resource.edited_by.contains(principal.name)";

/// The person holds one of the roles that have this permission, where the thing is, the thing is past its draft, and no
/// two-person rule keeps it from whoever wrote it.
pub(crate) fn holds_one_with(permission: Permission) -> String {
    let held: Vec<String> = Role::ALL
        .iter()
        .filter(|role| role.has(permission))
        .map(|role| format!("resource.scopes.containsAny(principal.{role})"))
        .collect();
    let held = if held.is_empty() { "false".to_owned() } else { held.join(" || ") };
    format!("!resource.draft && resource.groups.isEmpty() && !({OWN_WORK}) && ({held})")
}

pub(crate) fn all(conditions: impl IntoIterator<Item = String>) -> String {
    let conditions: Vec<String> = conditions.into_iter().collect();
    if conditions.is_empty() { "true".to_owned() } else { conditions.join(" && ") }
}
