//! A token does what its owner may and its scopes and places allow, and nothing else: over random people, tokens and things.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use proptest::prelude::*;
use std::collections::BTreeSet;
use warpyard_model::permission::{Permission, Subject, Verb};
use warpyard_model::{Kind, Level, ScopePath};
use warpyard_policy::{Policy, Principal, Reach, Resource};

mod random;

use random::{Thing, name, person, scopes, thing};

fn reach() -> impl Strategy<Value = Reach> {
    let permissions = prop::collection::btree_set(prop::sample::select(Permission::all().collect::<Vec<_>>()), 1..40);
    let places: Vec<ScopePath> = scopes().into_iter().filter(|s| s.level() != Level::Platform).collect();
    let places = prop::collection::btree_set(prop::sample::select(places), 1..4);
    let closed = prop::sample::select(vec![None, None, Some("acme"), Some("globex")]);
    (prop::option::of(permissions), prop::option::of(places), closed, any::<bool>()).prop_map(
        |(permissions, places, closed, strong)| Reach {
            permissions: permissions.unwrap_or_default(),
            places: places.unwrap_or_default(),
            closed: closed.into_iter().map(name).collect(),
            strong,
        },
    )
}

/// What docs/sign-in.md says of a token, written down again.
fn made_for(reach: &Reach, permission: Permission, thing: &Thing) -> bool {
    let scope = reach.permissions.is_empty() || reach.permissions.contains(&permission);
    let place = thing.place();
    let open = place.org.as_ref().is_none_or(|org| !reach.closed.contains(org));
    let inside = |at: &ScopePath, of: &ScopePath| format!("{}/", at.key()).starts_with(&format!("{}/", of.key()));
    let around = matches!(thing.kind, Kind::Organization | Kind::Project | Kind::Workspace);
    let in_place = reach.places.is_empty()
        || reach.places.iter().any(|of| {
            let offered = thing.offered.as_ref().is_some_and(|at| {
                inside(at, of) || (thing.kind != Kind::User && (at.level() == Level::Platform || inside(of, at)))
            });
            inside(&place, of) || (permission.verb == Verb::View && (offered || around && inside(of, &place)))
        });
    scope && open && in_place
}

fn permissions_of(thing: &Thing) -> impl Iterator<Item = Permission> {
    let subject = Subject::Kind(thing.kind);
    subject.verbs().iter().map(move |verb| Permission { subject, verb: *verb })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_token_does_the_intersection(who in person(), reach in reach(), things in prop::collection::vec(thing(), 24)) {
        let policy = Policy::new();
        let token = who.clone().within(reach.clone());
        for thing in &things {
            let resource = thing.resource();
            for permission in permissions_of(thing) {
                let both = policy.decide(&who, permission, &resource) && made_for(&reach, permission, thing);
                prop_assert_eq!(policy.decide(&token, permission, &resource), both, "{} on {:?} with {:?}", permission, thing, reach);
            }
        }
    }

    /// Lists skip asking about rows where a role shows all of them; nobody grants what their token does not reach.
    #[test]
    fn short_cuts_and_grants_stay_inside(who in person(), reach in reach(), things in prop::collection::vec(thing(), 24)) {
        let policy = Policy::new();
        let token = who.clone().within(reach.clone());
        for thing in &things {
            let subject = Subject::Kind(thing.kind);
            for scope in thing.scope.lineage() {
                if policy.viewer(&token).sees_all(subject, &scope) && thing.place().level() <= Level::Workspace {
                    prop_assert!(policy.viewer(&token).sees(&thing.resource()), "{:?} in {:?} with {:?}", thing, scope, reach);
                }
                for permission in permissions_of(thing) {
                    let place = Resource::place(subject, &scope);
                    let decided = policy.decide(&token, permission, &place);
                    if token.holds(permission, &scope) && permission.verb != Verb::Connect && permission.verb != Verb::View {
                        prop_assert!(decided, "{} in {:?} with {:?}", permission, scope, reach);
                    }
                    if !reach.permissions.is_empty() && !reach.permissions.contains(&permission) {
                        prop_assert!(!token.holds(permission, &scope));
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_told_of_a_token_is_inside_what_is_told_of_its_owner(who in person(), reach in reach()) {
        let policy = Policy::new();
        let token = who.clone().within(reach);
        let whole = policy.access(&who);
        let told: BTreeSet<Permission> = policy.access(&token).into_iter().map(|held| held.permission).collect();
        let owners: BTreeSet<Permission> = whole.iter().map(|held| held.permission).collect();
        prop_assert!(told.is_subset(&owners), "{:?}", told.difference(&owners).collect::<Vec<_>>());
    }
}

#[test]
fn a_second_factor_is_asked_for_where_somebody_has_rights() {
    let policy = Policy::new();
    let acme = ScopePath::org(name("acme"));
    let binding = warpyard_policy::Binding { role: warpyard_model::permission::Role::OrgAdmin, scope: acme.clone() };
    let closed = Reach { closed: BTreeSet::from([name("acme")]), ..Reach::default() };
    let admin = Principal::new("ada", vec![binding]).within(closed.clone());
    let stranger = Principal::new("eve", Vec::new()).within(closed);
    let refused = |who: &Principal| policy.enter(who, &acme).unwrap_err().code;
    assert_eq!(refused(&admin), warpyard_model::ErrorCode::SecondFactorRequired);
    assert_eq!(refused(&stranger), warpyard_model::ErrorCode::NotFound, "strangers do not learn that it is there");
    for permission in Permission::all() {
        assert!(!policy.decide(&admin, permission, &Resource::place(permission.subject, &acme)), "{permission}");
    }
}
