//! The Cedar policies and how questions reach them.
//!
//! What follows from the role table in `warpyard-model` is made in `generated.rs`; what depends on ownership, sharing or an
//! endpoint's access is written by hand in `policies.cedar`. The tests validate all of it strictly against the schema.

use crate::action::permission;
use crate::entity::{action_uid, resource_entity, type_name};
use crate::generated::{RECONCILE, generated_policies, while_suspended};
use crate::{Action, Allowed, ControllerProof, Principal, Resource, SubjectType, Viewer};
use cedar_policy::{ActionConstraint, Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request};
use std::collections::HashMap;
use warpyard_model::kinds::ServiceAccount;
use warpyard_model::permission::{Permission, Role, Subject, Verb};
use warpyard_model::{Error, Result, ScopePath};

/// The policies that do not follow from the role table.
pub const POLICIES_BY_HAND: &str = include_str!("policies.cedar");

/// Answers whether a principal may do something.
pub struct Policy {
    authorizer: Authorizer,
    /// What may be asked, by permission.
    questions: HashMap<Permission, Question>,
    /// The same for Warpyard's own controllers.
    controllers: Question,
}

/// An action and the policies that speak of it: Cedar looks at every policy it is given, and most are about something else.
struct Question {
    action: EntityUid,
    policies: PolicySet,
}

impl Question {
    fn new(action: &str, all: &PolicySet) -> Self {
        let action = action_uid(action);
        let about = all.policies().filter(|policy| match policy.action_constraint() {
            ActionConstraint::Any => true,
            ActionConstraint::Eq(only) => only == action,
            // Actions have no groups, so being in a list is being one of it.
            ActionConstraint::In(listed) => listed.contains(&action),
        });
        let policies = PolicySet::from_policies(about.cloned()).expect("policies of one set have names of their own");
        Self { action, policies }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::new()
    }
}

impl Policy {
    /// The built-in policies.
    pub fn new() -> Self {
        let policies = built_in();
        let questions =
            Permission::all().map(|permission| (permission, Question::new(&permission.to_string(), &policies))).collect();
        let controllers = Question::new(RECONCILE, &policies);
        Self { authorizer: Authorizer::new(), questions, controllers }
    }

    /// Asks whether `principal` may do `A` to `resource`. A refusal looks like a missing object to those who may not
    /// even see it.
    pub fn allow<A: Action, S: SubjectType>(&self, principal: &Principal, resource: &Resource) -> Result<Allowed<A, S>> {
        let permission = permission::<A, S>();
        if self.decide(principal, permission, resource) {
            return Ok(Allowed::new(principal.name(), &resource.uid, &resource.scope));
        }
        if principal.needs_second_factor(resource.inner()) {
            return Err(Error::second_factor_required());
        }
        if resource.two_person && self.decide(principal, permission, &resource.beside_two_person()) {
            return Err(Error::approval_required("You wrote or asked for this yourself: somebody else decides."));
        }
        let view = Permission { subject: permission.subject, verb: Verb::View };
        let seen = permission.verb != Verb::View && self.decide(principal, view, resource);
        if let Some(reason) = principal.suspension(resource.inner())
            && !while_suspended(permission)
            && (seen || self.can_enter(principal, &resource.scope))
        {
            return Err(Error::forbidden(format!(
                "The organization is suspended, so that nothing in it can be changed, started or opened: {reason}"
            )));
        }
        if seen {
            return Err(Error::forbidden(format!(
                "You may see this but lack the permission {permission} on it{}.",
                by(principal)
            )));
        }
        // Making something in a place one can see is forbidden, not unknown.
        if permission.verb == Verb::Create && self.can_enter(principal, &resource.scope) {
            return Err(Error::forbidden(format!("You lack the permission {permission} here{}.", by(principal))));
        }
        Err(Error::not_visible())
    }

    /// The bare answer, for filtering lists and telling people what they may do.
    pub fn decide(&self, principal: &Principal, permission: Permission, resource: &Resource) -> bool {
        debug_assert_eq!(permission.subject, resource.subject, "a question about one kind asked of another");
        let Some(question) = self.questions.get(&permission) else { return false };
        // What the sign-in does not reach is not even asked: it only takes away.
        if !principal.admits(permission, resource) {
            return false;
        }
        self.ask(question, principal.entity().clone(), resource).unwrap_or(false)
    }

    /// The names of the policies that let `principal` do this to `resource`; none where it is refused.
    pub(crate) fn permits(&self, principal: &Principal, permission: Permission, resource: &Resource) -> Vec<String> {
        let Some(question) = self.questions.get(&permission) else { return Vec::new() };
        if !principal.admits(permission, resource) {
            return Vec::new();
        }
        let Ok(answer) = self.answer(question, principal.entity().clone(), resource) else { return Vec::new() };
        if answer.decision() != Decision::Allow {
            return Vec::new();
        }
        let named = answer.diagnostics().reason().filter_map(|id| question.policies.policy(id)?.annotation("id"));
        named.map(str::to_owned).collect()
    }

    fn ask(&self, question: &Question, principal: Entity, resource: &Resource) -> Result<bool> {
        Ok(self.answer(question, principal, resource)?.decision() == Decision::Allow)
    }

    fn answer(&self, question: &Question, principal: Entity, resource: &Resource) -> Result<cedar_policy::Response> {
        // A program is nobody's second person: whoever runs it would be both.
        let asks = principal.uid().id().unescaped().to_owned();
        let resource = if resource.two_person && ServiceAccount::is_identity(&asks) {
            let edited_by: Vec<String> = resource.edited_by.iter().cloned().chain([asks]).collect();
            resource_entity(&resource.clone().two_person(true, edited_by))
        } else {
            resource_entity(resource)
        };
        let request = Request::new(principal.uid(), question.action.clone(), resource.uid(), Context::empty(), None);
        let entities = Entities::from_entities([principal, resource], None).map_err(Error::internal)?;
        Ok(self.authorizer.is_authorized(&request.map_err(Error::internal)?, &question.policies, &entities))
    }

    /// A person looking at lists.
    pub fn viewer<'a>(&'a self, principal: &'a Principal) -> Viewer<'a> {
        Viewer { policy: self, principal }
    }

    /// Whether a person has a foot in this place or rights that reach into it.
    pub fn can_enter(&self, principal: &Principal, scope: &ScopePath) -> bool {
        principal.reach().touches(scope) && principal.scopes().any(|s| s.contains(scope) || scope.contains(s))
    }

    /// The same as a refusal: a place one has no foot in looks as if it were not there.
    pub fn enter(&self, principal: &Principal, scope: &ScopePath) -> Result<()> {
        if self.can_enter(principal, scope) {
            return Ok(());
        }
        if principal.needs_second_factor(scope) {
            return Err(Error::second_factor_required());
        }
        Err(Error::not_found("There is no such place, or you may not see it."))
    }

    /// Whether everything `role` may do at `scope` is something `principal` may do there: nobody grants more than
    /// they have. Opening endpoints goes with ownership and is no part of it.
    pub fn covers(&self, principal: &Principal, role: Role, scope: &ScopePath) -> bool {
        self.covers_all(principal, &role.permissions(), scope)
    }

    /// The same for any permissions, such as a custom role's.
    pub fn covers_all<'a>(
        &self,
        principal: &Principal,
        permissions: impl IntoIterator<Item = &'a Permission>,
        scope: &ScopePath,
    ) -> bool {
        permissions.into_iter().all(|permission| principal.holds(*permission, scope))
    }

    /// The proof for one of Warpyard's own controllers.
    pub fn controller(&self, name: &'static str) -> Result<ControllerProof> {
        let uid = EntityUid::from_type_name_and_id(type_name("Controller"), cedar_policy::EntityId::new(name));
        let everything = Resource::place(Subject::AuditEntry, &ScopePath::platform());
        if self.ask(&self.controllers, Entity::with_uid(uid), &everything)? {
            return Ok(ControllerProof::new(name));
        }
        Err(Error::internal(format!("{name} is not a known controller")))
    }
}

/// Tells whoever comes with a limited token that it may be the token that lacks something.
fn by(principal: &Principal) -> &'static str {
    let limited = !principal.reach().permissions.is_empty() || !principal.reach().places.is_empty();
    if limited { ", or the token you use is not made for it: see its scopes and places" } else { "" }
}

fn built_in() -> PolicySet {
    let text = format!("{}\n{POLICIES_BY_HAND}", generated_policies());
    text.parse().expect("the built-in policies parse: a unit test holds that")
}

#[cfg(test)]
#[path = "cedar_tests.rs"]
mod tests;
