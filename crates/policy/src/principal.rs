//! Who asks.

use crate::Reach;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use warpyard_model::permission::{Permission, Role};
use warpyard_model::{Level, ScopePath};

/// A role at a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The role.
    pub role: Role,
    /// Where it holds, and below.
    pub scope: ScopePath,
}

/// Permissions at a scope, given by a role that an organization made itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomGrant {
    /// What may be done.
    pub permissions: BTreeSet<Permission>,
    /// Where, and below.
    pub scope: ScopePath,
}

/// A signed-in person, what they were granted, and how far their sign-in reaches.
#[derive(Debug, Clone)]
pub struct Principal {
    name: String,
    bindings: Arc<Vec<Binding>>,
    custom: Arc<Vec<CustomGrant>>,
    groups: BTreeSet<String>,
    entity: cedar_policy::Entity,
    pub(crate) reach: Arc<Reach>,
}

impl Principal {
    /// A person by user name, with every binding of a built-in role they have.
    pub fn new(name: impl Into<String>, bindings: Vec<Binding>) -> Self {
        Self::build(name.into(), Arc::new(bindings), Arc::default(), BTreeSet::new(), Arc::default())
    }

    /// The same person in these groups, as [`crate::group_key`] names them.
    #[must_use]
    pub fn in_groups(self, groups: impl IntoIterator<Item = String>) -> Self {
        Self::build(self.name, self.bindings, self.custom, groups.into_iter().collect(), self.reach)
    }

    /// The same person with what custom roles give them.
    #[must_use]
    pub fn with_custom(self, custom: Vec<CustomGrant>) -> Self {
        Self::build(self.name, self.bindings, Arc::new(custom), self.groups, self.reach)
    }

    /// The same person with one more binding.
    #[must_use]
    pub fn granted(&self, binding: Option<Binding>) -> Self {
        let bindings = self.bindings.iter().cloned().chain(binding).collect();
        Self::build(self.name.clone(), Arc::new(bindings), self.custom.clone(), self.groups.clone(), self.reach.clone())
    }

    fn build(
        name: String,
        bindings: Arc<Vec<Binding>>,
        custom: Arc<Vec<CustomGrant>>,
        groups: BTreeSet<String>,
        reach: Arc<Reach>,
    ) -> Self {
        let places = places(bindings.iter().map(|b| &b.scope).chain(custom.iter().map(|c| &c.scope)));
        let entity = crate::cedar::principal_entity(&name, &role_scopes(&bindings), &custom_scopes(&custom), &places, &groups);
        Self { name, bindings, custom, groups, entity, reach }
    }

    /// Whether a role gives them this permission at `scope`, for every object there, and their sign-in reaches it.
    pub fn holds(&self, permission: Permission, scope: &ScopePath) -> bool {
        let given = self.bindings.iter().any(|b| b.scope.contains(scope) && b.role.has(permission))
            || self.custom.iter().any(|c| c.scope.contains(scope) && c.permissions.contains(&permission));
        given && self.reach.holds(permission, scope)
    }

    /// Every scope a role was bound at for them.
    pub fn scopes(&self) -> impl Iterator<Item = &ScopePath> {
        self.bindings.iter().map(|b| &b.scope).chain(self.custom.iter().map(|c| &c.scope))
    }

    /// What custom roles give them.
    pub fn custom(&self) -> &[CustomGrant] {
        &self.custom
    }

    /// Whether they are in a group.
    pub fn is_in(&self, group: &str) -> bool {
        self.groups.contains(group)
    }

    /// The user name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The built-in roles and where they hold.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    pub(crate) fn entity(&self) -> &cedar_policy::Entity {
        &self.entity
    }
}

fn role_scopes(bindings: &[Binding]) -> BTreeMap<Role, BTreeSet<String>> {
    let mut out: BTreeMap<Role, BTreeSet<String>> = BTreeMap::new();
    for binding in bindings {
        out.entry(binding.role).or_default().insert(binding.scope.key());
    }
    out
}

fn custom_scopes(custom: &[CustomGrant]) -> BTreeMap<Permission, BTreeSet<String>> {
    let mut out: BTreeMap<Permission, BTreeSet<String>> = BTreeMap::new();
    for grant in custom {
        for permission in &grant.permissions {
            out.entry(*permission).or_default().insert(grant.scope.key());
        }
    }
    out
}

/// Every org, project and workspace a person has a foot in: the scopes of their bindings and those above, except the
/// platform. Being bound in a workspace makes one a member of its project and organization for what is offered there.
fn places<'a>(scopes: impl Iterator<Item = &'a ScopePath>) -> BTreeSet<String> {
    scopes.flat_map(ScopePath::lineage).filter(|scope| scope.level() != Level::Platform).map(|scope| scope.key()).collect()
}
