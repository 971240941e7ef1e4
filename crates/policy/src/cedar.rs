//! The Cedar policies and how questions reach them.
//!
//! One `permit` per built-in role is generated from the role table in `warpyard-model`; what depends on ownership,
//! sharing or an endpoint's access is written by hand in `policies.cedar`. The tests validate all of it strictly
//! against the schema.

use crate::action::permission;
use crate::{Action, Allowed, ControllerProof, Principal, Resource, SubjectType, Viewer};
use cedar_policy::{
    ActionConstraint, Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression,
    Schema,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;
use warpyard_model::kinds::EndpointAccess;
use warpyard_model::permission::{Permission, Role, Subject, Verb};
use warpyard_model::{Error, Kind, Result, ScopePath};

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
        if principal.needs_second_factor(resource.opens.as_ref().unwrap_or(&resource.scope)) {
            return Err(Error::second_factor_required());
        }
        if resource.two_person && self.decide(principal, permission, &resource.beside_two_person()) {
            return Err(Error::approval_required(
                "You wrote this yourself, and a two-person rule holds here: somebody else decides.",
            ));
        }
        let view = Permission { subject: permission.subject, verb: Verb::View };
        if permission.verb != Verb::View && self.decide(principal, view, resource) {
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
        let resource = resource_entity(resource);
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

const RECONCILE: &str = "controller.reconcile";

fn built_in() -> PolicySet {
    let text = format!("{}\n{POLICIES_BY_HAND}", generated_policies());
    text.parse().expect("the built-in policies parse: a unit test holds that")
}

fn type_name(name: &str) -> cedar_policy::EntityTypeName {
    name.parse().expect("a constant type name")
}

fn action_uid(id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(type_name("Action"), cedar_policy::EntityId::new(id))
}

fn strings<'a>(items: impl IntoIterator<Item = &'a str>) -> RestrictedExpression {
    RestrictedExpression::new_set(items.into_iter().map(|s| RestrictedExpression::new_string(s.to_owned())))
}

pub(crate) fn principal_entity(
    name: &str,
    roles: &BTreeMap<Role, BTreeSet<String>>,
    custom: &BTreeMap<Permission, BTreeSet<String>>,
    places: &BTreeSet<String>,
    groups: &BTreeSet<String>,
) -> Entity {
    let mut attributes = HashMap::from([
        ("name".to_owned(), RestrictedExpression::new_string(name.to_owned())),
        ("places".to_owned(), strings(places.iter().map(String::as_str))),
        ("groups".to_owned(), strings(groups.iter().map(String::as_str))),
    ]);
    for role in Role::ALL {
        let scopes = roles.get(role).into_iter().flatten().map(String::as_str);
        attributes.insert(role.as_str().to_owned(), strings(scopes));
    }
    let given = custom.iter().map(|(permission, scopes)| (permission.to_string(), strings(scopes.iter().map(String::as_str))));
    // Permissions are different from each other, so no field is there twice.
    if let Ok(given) = RestrictedExpression::new_record(given) {
        attributes.insert("custom".to_owned(), given);
    }
    let uid = EntityUid::from_type_name_and_id(type_name("User"), cedar_policy::EntityId::new(name));
    Entity::new(uid.clone(), attributes, HashSet::new()).unwrap_or_else(|_| Entity::with_uid(uid))
}

pub(crate) fn resource_entity(resource: &Resource) -> Entity {
    let inner = resource.opens.as_ref().unwrap_or(&resource.scope);
    let scopes: Vec<String> = inner.lineage().iter().map(ScopePath::key).collect();
    let project: Vec<String> = match (&resource.scope.org, &resource.scope.project) {
        (Some(org), Some(project)) => vec![ScopePath::project(org.clone(), project.clone()).key()],
        _ => Vec::new(),
    };
    let offered: Vec<String> = resource.offered_in.iter().map(ScopePath::key).collect();
    let opens: Vec<String> = resource.opens.iter().map(ScopePath::key).collect();
    let access = match resource.access {
        Some(EndpointAccess::Owner) | None => "owner",
        Some(EndpointAccess::Workspace) => "workspace",
        Some(EndpointAccess::Project) => "project",
    };
    let text = |s: &str| RestrictedExpression::new_string(s.to_owned());
    let attributes = HashMap::from([
        ("name".to_owned(), text(&resource.name)),
        ("owner".to_owned(), text(resource.owner.as_deref().unwrap_or(""))),
        ("access".to_owned(), text(access)),
        ("scopes".to_owned(), strings(scopes.iter().map(String::as_str))),
        ("project".to_owned(), strings(project.iter().map(String::as_str))),
        ("offered_in".to_owned(), strings(offered.iter().map(String::as_str))),
        ("opens".to_owned(), strings(opens.iter().map(String::as_str))),
        ("groups".to_owned(), strings(resource.groups.iter().map(String::as_str))),
        ("draft".to_owned(), RestrictedExpression::new_bool(resource.draft)),
        ("two_person".to_owned(), RestrictedExpression::new_bool(resource.two_person)),
        ("edited_by".to_owned(), strings(resource.edited_by.iter().map(String::as_str))),
    ]);
    let type_name = type_name(entity_type(resource.subject));
    let uid = EntityUid::from_type_name_and_id(type_name, cedar_policy::EntityId::new(&resource.uid));
    Entity::new(uid.clone(), attributes, HashSet::new()).unwrap_or_else(|_| Entity::with_uid(uid))
}

fn entity_type(subject: Subject) -> &'static str {
    match subject {
        // A person as a thing asked about, apart from a person who asks.
        Subject::Kind(Kind::User) => "Account",
        Subject::Kind(kind) => kind.as_str(),
        Subject::AuditEntry => "AuditEntry",
    }
}

const ONLY_OFFERED: &str = " && !resource.draft && (resource.groups.isEmpty() || resource.groups.containsAny(principal.groups))";

/// Kinds that live at the platform but serve everybody with a role that looks at them.
const SHARED: [Kind; 3] = [Kind::Target, Kind::SystemProfile, Kind::EnvironmentTemplate];
/// Kinds that belong to the organization, and whoever works in one of its projects chooses among them.
const CHOSEN_AMONG: [Kind; 2] = [Kind::Group, Kind::CustomRole];
const OFFERED: &str = "(resource.offered_in.contains(\"/\") || resource.offered_in.containsAny(principal.places))";

/// One `permit` per role and kind, one for looking at shared kinds, and the same for what custom roles give.
pub fn generated_policies() -> String {
    format!("{}{}", role_policies(), custom_policies())
}

/// One `permit` per permission that a custom role may give: the principal carries where it was given.
fn custom_policies() -> String {
    let mut out = String::new();
    for permission in Permission::all().filter(|permission| permission.fits_custom_roles()) {
        let kind = entity_type(permission.subject);
        let given = |verb: Verb| format!("principal.custom has \"{}.{}\"", permission.subject.as_str(), verb.as_str());
        let here = |verb: Verb| {
            let word = format!("{}.{}", permission.subject.as_str(), verb.as_str());
            format!("{} && resource.scopes.containsAny(principal.custom[\"{word}\"])", given(verb))
        };
        // Who may change profiles sees drafts.
        let drafts = if permission.subject.has_drafts() && permission.verb == Verb::View {
            format!(" && ((true{ONLY_OFFERED}) || ({}))", here(Verb::Update))
        } else {
            String::new()
        };
        let _ = writeln!(
            out,
            "@id(\"custom:{permission}\")\npermit (principal is User, action == Action::\"{permission}\", resource is {kind})\nwhen {{ {}{drafts} }};",
            here(permission.verb)
        );
        let Subject::Kind(of) = permission.subject else { continue };
        if permission.verb != Verb::View {
            continue;
        }
        let offered = match of {
            kind if SHARED.contains(&kind) => OFFERED,
            kind if CHOSEN_AMONG.contains(&kind) => "resource.offered_in.containsAny(principal.places)",
            _ => "",
        };
        if !offered.is_empty() {
            let _ = writeln!(
                out,
                "@id(\"custom:{permission}:shared\")\npermit (principal is User, action == Action::\"{permission}\", resource is {kind})\nwhen {{ {offered} && {} }};",
                given(Verb::View)
            );
        }
        if of == Kind::ServiceInstance {
            let _ = writeln!(
                out,
                "@id(\"custom:{permission}:connect\")\npermit (principal is User, action == Action::\"service_instance.connect\", resource is ServiceInstance)\nwhen {{ [\"workspace\", \"project\"].contains(resource.access) && {} }};",
                here(Verb::View)
            );
        }
    }
    out
}

fn role_policies() -> String {
    let mut out = String::new();
    for role in Role::ALL {
        let mut by_kind: BTreeMap<&str, (Subject, Vec<String>)> = BTreeMap::new();
        for permission in role.permissions() {
            let entry = by_kind.entry(entity_type(permission.subject)).or_insert((permission.subject, Vec::new()));
            entry.1.push(format!("Action::\"{permission}\""));
        }
        for (kind, (subject, actions)) in by_kind {
            // A role that only looks sees a profile once it was published, and where it is offered to them.
            let drafts = if subject.has_drafts() && !role.sees_drafts(subject) { ONLY_OFFERED } else { "" };
            let _ = writeln!(
                out,
                "@id(\"{role}:{kind}\")\npermit (principal is User, action in [{}], resource is {kind})\nwhen {{ resource.scopes.containsAny(principal.{role}){drafts} }};",
                actions.join(", ")
            );
        }
        for kind in SHARED.into_iter().filter(|kind| role.has(Permission { subject: Subject::Kind(*kind), verb: Verb::View })) {
            let _ = writeln!(
                out,
                "@id(\"{role}:{kind}:shared\")\npermit (principal is User, action == Action::\"{}.view\", resource is {kind})\nwhen {{ {OFFERED} && !principal.{role}.isEmpty() }};",
                kind.snake()
            );
        }
        for kind in
            CHOSEN_AMONG.into_iter().filter(|kind| role.has(Permission { subject: Subject::Kind(*kind), verb: Verb::View }))
        {
            let _ = writeln!(
                out,
                "@id(\"{role}:{kind}:shared\")\npermit (principal is User, action == Action::\"{}.view\", resource is {kind})\nwhen {{ resource.offered_in.containsAny(principal.places) && !principal.{role}.isEmpty() }};",
                kind.snake()
            );
        }
        // Whoever works with services by a role may open what is opened to the workspace.
        if role.opens_services() {
            let _ = writeln!(
                out,
                "@id(\"{role}:connect\")\npermit (principal is User, action == Action::\"service_instance.connect\", resource is ServiceInstance)\nwhen {{ [\"workspace\", \"project\"].contains(resource.access) && resource.scopes.containsAny(principal.{role}) }};"
            );
        }
    }
    out
}

/// The Cedar schema the policies are validated against.
pub fn schema() -> Result<Schema> {
    Schema::from_cedarschema_str(&schema_text()).map(|(schema, _)| schema).map_err(Error::internal)
}

/// The schema as text, for proofs that add to it.
pub fn schema_text() -> String {
    let mut text = String::from("entity Controller;\nentity User = { name: String, places: Set<String>, groups: Set<String>");
    for role in Role::ALL {
        let _ = write!(text, ", {role}: Set<String>");
    }
    // What custom roles give: the scopes of each permission that any gives.
    text.push_str(", custom: {");
    for (i, permission) in Permission::all().filter(|permission| permission.fits_custom_roles()).enumerate() {
        let _ = write!(text, "{}\"{permission}\"?: Set<String>", if i == 0 { "" } else { ", " });
    }
    text.push_str("} };\n");
    for subject in Subject::all() {
        let kind = entity_type(subject);
        let attributes = "name: String, owner: String, access: String, scopes: Set<String>, project: Set<String>, offered_in: Set<String>, opens: Set<String>, groups: Set<String>, draft: Bool, two_person: Bool, edited_by: Set<String>";
        let _ = writeln!(text, "entity {kind} = {{ {attributes} }};");
    }
    for permission in Permission::all() {
        let _ = writeln!(
            text,
            "action \"{permission}\" appliesTo {{ principal: User, resource: {} }};",
            entity_type(permission.subject)
        );
    }
    let _ = writeln!(text, "action \"{RECONCILE}\" appliesTo {{ principal: Controller, resource: AuditEntry }};");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Binding, action};
    use cedar_policy::{ValidationMode, Validator};
    use warpyard_model::Name;
    use warpyard_model::kinds::{ComputeProfile, ServiceInstance, Target, Workspace};

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    fn vision() -> ScopePath {
        ScopePath::project(name("acme"), name("vision"))
    }

    #[test]
    fn policies_are_valid_against_the_schema() {
        let result = Validator::new(schema().unwrap()).validate(&built_in(), ValidationMode::Strict);
        let errors: Vec<String> = result.validation_errors().map(ToString::to_string).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }

    #[test]
    fn a_question_hears_every_policy_about_it() {
        let policy = Policy::new();
        let all = built_in();
        let scope = ScopePath::workspace(name("acme"), name("vision"), name("research"));
        for permission in Permission::all() {
            let whole = Question { action: policy.questions[&permission].action.clone(), policies: all.clone() };
            for role in Role::ALL {
                let person = Principal::new("p", vec![Binding { role: *role, scope: vision() }]);
                let thing = Resource::place(permission.subject, &scope).owned_by(Some("p".into()));
                for thing in [thing.clone(), thing.with_access(EndpointAccess::Project).offered_in(vec![vision()])] {
                    let expected = policy.ask(&whole, person.entity().clone(), &thing).unwrap();
                    assert_eq!(policy.decide(&person, permission, &thing), expected, "{role} {permission}");
                }
            }
        }
    }

    #[test]
    fn strangers_see_nothing_and_readers_may_not_write() {
        let policy = Policy::new();
        let profile = Resource::object(Kind::ComputeProfile, "u1", &name("small"), &vision());
        let stranger = Principal::new("eve", Vec::new());
        let denied = policy.allow::<action::Update, ComputeProfile>(&stranger, &profile).unwrap_err();
        assert_eq!(denied.code, warpyard_model::ErrorCode::NotFound);
        let auditor = Principal::new("aud", vec![Binding { role: Role::Auditor, scope: ScopePath::org(name("acme")) }]);
        let denied = policy.allow::<action::Update, ComputeProfile>(&auditor, &profile).unwrap_err();
        assert_eq!(denied.code, warpyard_model::ErrorCode::Forbidden);
        assert!(policy.allow::<action::View, ComputeProfile>(&auditor, &profile).is_ok());
        // A draft is for those who may change it, and for auditors.
        let draft = profile.draft(true);
        assert!(policy.allow::<action::View, ComputeProfile>(&auditor, &draft).is_ok());
        let in_vision = |role| Principal::new("p", vec![Binding { role, scope: vision() }]);
        assert!(policy.allow::<action::View, ComputeProfile>(&in_vision(Role::PaasAdmin), &draft).is_ok());
        for role in [Role::Developer, Role::ProjectAdmin, Role::ManagedInstancesOperator] {
            assert!(policy.allow::<action::View, ComputeProfile>(&in_vision(role), &draft).is_err(), "{role}");
            assert!(!policy.viewer(&in_vision(role)).sees_all(Subject::Kind(Kind::ComputeProfile), &vision()), "{role}");
        }
    }

    #[test]
    fn offered_profiles_are_seen_where_they_are_offered() {
        let policy = Policy::new();
        let home = ScopePath::project(name("acme"), name("cards"));
        let developer = Principal::new("dev", vec![Binding { role: Role::Developer, scope: vision() }]);
        let hidden = Resource::object(Kind::ComputeProfile, "u1", &name("small"), &home);
        assert!(policy.allow::<action::View, ComputeProfile>(&developer, &hidden).is_err());
        let offered = hidden.offered_in(vec![vision()]);
        assert!(policy.allow::<action::View, ComputeProfile>(&developer, &offered).is_ok());
        assert!(policy.allow::<action::Publish, ComputeProfile>(&developer, &offered).is_err());
        // Offered to a group, it is seen by those in it, wherever it is at home.
        let group = crate::group_key(&name("acme"), &name("imaging"));
        let member = developer.clone().in_groups([group.clone()]);
        for profile in [offered, Resource::object(Kind::ComputeProfile, "u2", &name("large"), &vision())] {
            let profile = profile.for_groups(vec![group.clone()]);
            assert!(policy.allow::<action::View, ComputeProfile>(&member, &profile).is_ok());
            assert!(policy.allow::<action::View, ComputeProfile>(&developer, &profile).is_err());
            let admin = Principal::new("a", vec![Binding { role: Role::OrgAdmin, scope: ScopePath::org(name("acme")) }]);
            assert!(policy.allow::<action::View, ComputeProfile>(&admin, &profile).is_ok(), "whoever may change it sees it");
        }
    }

    #[test]
    fn owners_open_their_endpoints_and_admins_do_not() {
        let policy = Policy::new();
        let scope = ScopePath::workspace(name("acme"), name("vision"), name("research"));
        let notebook = || Resource::object(Kind::ServiceInstance, "u1", &name("nb"), &scope).owned_by(Some("dev".into()));
        let bound = |user: &str, role, scope| Principal::new(user, vec![Binding { role, scope }]);
        let developer = bound("dev", Role::Developer, vision());
        let admin = bound("boss", Role::ProjectAdmin, vision());
        let open = |who: &Principal, r: &Resource| policy.allow::<action::Connect, ServiceInstance>(who, r).is_ok();
        assert!(open(&developer, &notebook()));
        assert!(!open(&admin, &notebook()));
        assert!(open(&admin, &notebook().with_access(EndpointAccess::Workspace)));
        let gone = bound("dev", Role::Developer, ScopePath::project(name("acme"), name("other")));
        assert!(!open(&gone, &notebook()), "ownership ends with membership");
        let colleague = bound("col", Role::Developer, vision());
        assert!(!open(&colleague, &notebook().with_access(EndpointAccess::Workspace)));
        assert!(open(&colleague, &notebook().with_access(EndpointAccess::Project)));
    }

    #[test]
    fn targets_are_shown_to_those_whose_role_looks_at_targets() {
        let policy = Policy::new();
        let target =
            Resource::object(Kind::Target, "t", &name("local"), &ScopePath::platform()).offered_in(vec![ScopePath::platform()]);
        let paas = Principal::new("p", vec![Binding { role: Role::PaasAdmin, scope: vision() }]);
        let reader = Principal::new("r", vec![Binding { role: Role::WorkspaceReader, scope: vision() }]);
        assert!(policy.allow::<action::View, Target>(&paas, &target).is_ok());
        assert!(policy.allow::<action::Update, Target>(&paas, &target).is_err());
        assert!(policy.allow::<action::View, Target>(&reader, &target).is_err());
    }

    #[test]
    fn nobody_grants_more_than_they_have() {
        let policy = Policy::new();
        let org = ScopePath::org(name("acme"));
        let admin = Principal::new("a", vec![Binding { role: Role::OrgAdmin, scope: org.clone() }]);
        assert!(policy.covers(&admin, Role::PaasAdmin, &org));
        assert!(policy.covers(&admin, Role::Developer, &vision()));
        assert!(!policy.covers(&admin, Role::PlatformAdmin, &ScopePath::platform()));
        let project_admin = Principal::new("p", vec![Binding { role: Role::ProjectAdmin, scope: vision() }]);
        assert!(policy.covers(&project_admin, Role::Developer, &vision()));
        assert!(!policy.covers(&project_admin, Role::PaasAdmin, &vision()));
        let _ = policy
            .allow::<action::Create, Workspace>(&project_admin, &Resource::place(Subject::Kind(Kind::Workspace), &vision()))
            .unwrap();
    }

    #[test]
    fn only_known_controllers_get_a_proof() {
        let policy = Policy::new();
        assert!(policy.controller("reconciler").is_ok());
        assert!(policy.controller("stranger").is_err());
    }
}
