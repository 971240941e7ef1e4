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
    entity: cedar_policy::Entity,
}

impl Principal {
    /// A person by user name, with every binding they have.
    pub fn new(name: impl Into<String>, bindings: Vec<Binding>) -> Self {
        let name = name.into();
        let entity = crate::cedar::principal_entity(&name, &role_scopes(&bindings), &places(&bindings));
        Self { name, bindings: Arc::new(bindings), entity }
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
