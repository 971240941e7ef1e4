//! What a person may see, for lists and watches that decide per row.

use crate::{CustomGrant, Policy, Principal, Resource};
use warpyard_model::ScopePath;
use warpyard_model::permission::{Permission, Role, Subject, Verb};

/// A person looking. Lists and watches take it instead of a proof, and ask it about every row.
pub struct Viewer<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) principal: &'a Principal,
}

impl Viewer<'_> {
    /// Whether they may see this object.
    pub fn sees(&self, resource: &Resource) -> bool {
        self.policy.decide(self.principal, Permission { subject: resource.subject, verb: Verb::View }, resource)
    }

    /// Whether a role lets them see everything of a subject in `scope`, so that rows need no asking.
    pub fn sees_all(&self, subject: Subject, scope: &ScopePath) -> bool {
        let view = Permission { subject, verb: Verb::View };
        let all = |role: Role| role.has(view) && (!subject.has_drafts() || role.sees_drafts(subject));
        let update = Permission { subject, verb: Verb::Update };
        let all_of = |given: &CustomGrant| {
            given.permissions.contains(&view) && (!subject.has_drafts() || given.permissions.contains(&update))
        };
        if !self.principal.reach().covers_all(view, scope) {
            return false;
        }
        self.principal.bindings().iter().any(|b| b.scope.contains(scope) && all(b.role))
            || self.principal.custom().iter().any(|c| c.scope.contains(scope) && all_of(c))
    }

    /// Their name.
    pub fn name(&self) -> &str {
        self.principal.name()
    }
}
