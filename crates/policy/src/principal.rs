//! Who asks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use warpyard_model::permission::Role;
use warpyard_model::{Level, ScopePath};

/// A role at a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The role.
    pub role: Role,
    /// Where it holds, and below.
    pub scope: ScopePath,
}

/// A signed-in person and what they were granted.
#[derive(Debug, Clone)]
pub struct Principal {
    name: String,
    bindings: Arc<Vec<Binding>>,
    groups: BTreeSet<String>,
    entity: cedar_policy::Entity,
}

impl Principal {
    /// A person by user name, with every binding they have.
    pub fn new(name: impl Into<String>, bindings: Vec<Binding>) -> Self {
        Self::build(name.into(), bindings, BTreeSet::new())
    }

    /// The same person in these groups, as [`crate::group_key`] names them.
    #[must_use]
    pub fn in_groups(self, groups: impl IntoIterator<Item = String>) -> Self {
        Self::build(self.name, self.bindings.to_vec(), groups.into_iter().collect())
    }

    /// The same person with one more binding.
    #[must_use]
    pub fn granted(&self, binding: Option<Binding>) -> Self {
        Self::build(self.name.clone(), self.bindings.iter().cloned().chain(binding).collect(), self.groups.clone())
    }

    fn build(name: String, bindings: Vec<Binding>, groups: BTreeSet<String>) -> Self {
        let entity = crate::cedar::principal_entity(&name, &role_scopes(&bindings), &places(&bindings), &groups);
        Self { name, bindings: Arc::new(bindings), groups, entity }
    }

    /// Whether they are in a group.
    pub fn is_in(&self, group: &str) -> bool {
        self.groups.contains(group)
    }

    /// The user name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The roles and where they hold.
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

/// Every org, project and workspace a person has a foot in: the scopes of their bindings and those above, except the
/// platform. Being bound in a workspace makes one a member of its project and organization for what is offered there.
fn places(bindings: &[Binding]) -> BTreeSet<String> {
    bindings
        .iter()
        .flat_map(|b| b.scope.lineage())
        .filter(|scope| scope.level() != Level::Platform)
        .map(|scope| scope.key())
        .collect()
}
