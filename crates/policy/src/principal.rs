//! Who asks.

use crate::Reach;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use warpyard_model::permission::{Permission, Role};
use warpyard_model::{Level, Name, ScopePath};

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

/// What policies are told of a person.
pub(crate) struct About<'a> {
    pub(crate) name: &'a str,
    pub(crate) roles: BTreeMap<Role, BTreeSet<String>>,
    pub(crate) custom: BTreeMap<Permission, BTreeSet<String>>,
    pub(crate) places: BTreeSet<String>,
    pub(crate) groups: &'a BTreeSet<String>,
    pub(crate) suspended: BTreeSet<String>,
}

/// A signed-in person, what they were granted, and how far their sign-in reaches.
#[derive(Debug, Clone)]
pub struct Principal {
    name: String,
    bindings: Arc<Vec<Binding>>,
    custom: Arc<Vec<CustomGrant>>,
    groups: BTreeSet<String>,
    suspended: Arc<BTreeMap<Name, String>>,
    entity: cedar_policy::Entity,
    pub(crate) reach: Arc<Reach>,
}

impl Principal {
    /// A person by user name, with every binding of a built-in role they have.
    pub fn new(name: impl Into<String>, bindings: Vec<Binding>) -> Self {
        Self::build(name.into(), Arc::new(bindings), Arc::default(), BTreeSet::new(), Arc::default(), Arc::default())
    }

    /// The same person in these groups, as [`crate::group_key`] names them.
    #[must_use]
    pub fn in_groups(self, groups: impl IntoIterator<Item = String>) -> Self {
        Self::build(self.name, self.bindings, self.custom, groups.into_iter().collect(), self.suspended, self.reach)
    }

    /// The same person with what custom roles give them.
    #[must_use]
    pub fn with_custom(self, custom: Vec<CustomGrant>) -> Self {
        Self::build(self.name, self.bindings, Arc::new(custom), self.groups, self.suspended, self.reach)
    }

    /// The same person while these organizations are suspended, each for its reason. Those in which they have no foot are
    /// left out: nothing there is theirs to change.
    #[must_use]
    pub fn while_suspended(self, orgs: &BTreeMap<Name, String>) -> Self {
        let reached = |org: &Name| {
            let scope = ScopePath::org(org.clone());
            self.scopes().any(|bound| bound.contains(&scope) || scope.contains(bound))
        };
        let suspended: BTreeMap<Name, String> =
            orgs.iter().filter(|(org, _)| reached(org)).map(|(org, reason)| (org.clone(), reason.clone())).collect();
        Self::build(self.name, self.bindings, self.custom, self.groups, Arc::new(suspended), self.reach)
    }

    /// The same person with one more binding.
    #[must_use]
    pub fn granted(&self, binding: Option<Binding>) -> Self {
        let bindings = self.bindings.iter().cloned().chain(binding).collect();
        Self::build(
            self.name.clone(),
            Arc::new(bindings),
            self.custom.clone(),
            self.groups.clone(),
            self.suspended.clone(),
            self.reach.clone(),
        )
    }

    fn build(
        name: String,
        bindings: Arc<Vec<Binding>>,
        custom: Arc<Vec<CustomGrant>>,
        groups: BTreeSet<String>,
        suspended: Arc<BTreeMap<Name, String>>,
        reach: Arc<Reach>,
    ) -> Self {
        let places = places(bindings.iter().map(|b| &b.scope).chain(custom.iter().map(|c| &c.scope)));
        let about = About {
            name: &name,
            roles: role_scopes(&bindings),
            custom: custom_scopes(&custom),
            places,
            groups: &groups,
            suspended: suspended.keys().map(|org| ScopePath::org(org.clone()).key()).collect(),
        };
        let entity = crate::entity::principal_entity(&about);
        Self { name, bindings, custom, groups, suspended, entity, reach }
    }

    /// Why the organization of a place is suspended, where it is.
    pub fn suspension(&self, scope: &ScopePath) -> Option<&str> {
        self.suspended.get(scope.org.as_ref()?).map(String::as_str)
    }

    /// Whether a role gives them this permission at `scope`, for every object there, their sign-in reaches it, and the place
    /// is not suspended.
    pub fn holds(&self, permission: Permission, scope: &ScopePath) -> bool {
        if self.suspension(scope).is_some() && !crate::generated::while_suspended(permission) {
            return false;
        }
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
