//! What the policies decide, case by case.

use super::*;
use crate::{Binding, action, schema};
use cedar_policy::{ValidationMode, Validator};
use warpyard_model::kinds::{ComputeProfile, EndpointAccess, Organization, ServiceInstance, Target, Workspace};
use warpyard_model::{Kind, Name};

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

#[test]
fn in_a_suspended_organization_people_look_and_change_nothing() {
    let policy = Policy::new();
    let org = ScopePath::org(name("acme"));
    let suspended = std::collections::BTreeMap::from([(name("acme"), "The contract ended.".to_owned())]);
    let bound = |role, scope: &ScopePath| Principal::new("dev", vec![Binding { role, scope: scope.clone() }]);
    let admin = bound(Role::PlatformAdmin, &ScopePath::platform()).while_suspended(&suspended);
    let everybody = [
        admin.clone(),
        bound(Role::OrgAdmin, &org).while_suspended(&suspended),
        bound(Role::Developer, &vision()).while_suspended(&suspended),
    ];
    for person in &everybody {
        for permission in Permission::all().filter(|p| !p.verb.only_looks() && p.verb != Verb::Suspend) {
            let inside = ScopePath::workspace(name("acme"), name("vision"), name("research"));
            let there = Resource::place(permission.subject, &inside).with_access(EndpointAccess::Project);
            assert!(!policy.decide(person, permission, &there.owned_by(Some("dev".into()))), "{permission}");
            assert!(!person.holds(permission, &inside), "{permission}");
        }
    }
    let itself = Resource::object(Kind::Organization, "o", &name("acme"), &ScopePath::platform());
    let refused = policy.allow::<action::Update, Organization>(&admin, &itself).unwrap_err();
    assert_eq!(refused.code, warpyard_model::ErrorCode::Forbidden);
    assert!(refused.message.contains("suspended") && refused.message.contains("The contract ended."), "{}", refused.message);
    assert!(policy.allow::<action::Suspend, Organization>(&admin, &itself).is_ok());
    assert!(policy.allow::<action::Suspend, Organization>(&everybody[1], &itself).is_err(), "an org admin is no platform admin");
    for person in &everybody {
        assert!(policy.allow::<action::View, Organization>(person, &itself).is_ok());
    }
    let elsewhere = Resource::place(Subject::Kind(Kind::Project), &ScopePath::org(name("other")));
    assert!(policy.allow::<action::Create, warpyard_model::kinds::Project>(&admin, &elsewhere).is_ok());
    let stranger = Principal::new("eve", Vec::new()).while_suspended(&suspended);
    let refused = policy.allow::<action::Update, Organization>(&stranger, &itself).unwrap_err();
    assert_eq!(refused.code, warpyard_model::ErrorCode::NotFound, "strangers are not told that it is there");
}
