//! Effective access says what the policy decides: compared over random people and things that were never asked about.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use proptest::prelude::*;
use std::collections::BTreeSet;
use warpyard_model::kinds::EndpointAccess;
use warpyard_model::permission::{Permission, Subject, Verb};
use warpyard_model::{Kind, Level, ScopePath};
use warpyard_policy::{Held, Policy, Principal, Why};

mod random;

use random::{Thing, imaging, person, thing};

/// Whether an entry of somebody's access is about this thing, read as a person reads it.
fn applies(held: &Held, who: &Principal, thing: &Thing) -> bool {
    let place = thing.place();
    let to_them = !thing.grouped || !thing.is_profile() || who.is_in(&imaging());
    let offered_at = |scope: &ScopePath| thing.offered.as_ref().is_some_and(|at| at == scope || at.level() == Level::Platform);
    let (subject, view) = (Subject::Kind(thing.kind), held.permission.verb == Verb::View);
    let update = Permission { subject, verb: Verb::Update };
    let opened = held.permission.verb != Verb::Connect || thing.access != EndpointAccess::Owner;
    match held.why {
        Why::Role { role, anywhere: false } => {
            let published = !subject.has_drafts() || role.sees_drafts(subject) || !thing.draft && to_them;
            held.scope.contains(&place) && published && opened
        }
        Why::Custom { anywhere: false, .. } => {
            let makes = who.custom().iter().any(|c| c.permissions.contains(&update) && c.scope.contains(&place));
            let published = !subject.has_drafts() || !view || makes || !thing.draft && to_them;
            held.scope.contains(&place) && published && opened
        }
        Why::Role { .. } | Why::Custom { .. } => offered_at(&held.scope),
        Why::Ownership => thing.owned && held.scope.contains(&place),
        Why::Offer => offered_at(&held.scope) && to_them,
        Why::Membership => match thing.kind {
            Kind::Organization | Kind::Project => held.scope == place,
            Kind::User => thing.owned && held.scope == ScopePath::platform() || offered_at(&held.scope),
            Kind::ServiceInstance => thing.access == EndpointAccess::Project && held.scope.contains(&place),
            _ => offered_at(&held.scope),
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn access_says_what_is_decided(who in person(), things in prop::collection::vec(thing(), 24)) {
        let policy = Policy::new();
        let access = policy.access(&who);
        for thing in things {
            for verb in Subject::Kind(thing.kind).verbs() {
                let permission = Permission { subject: Subject::Kind(thing.kind), verb: *verb };
                let decided = policy.decide(&who, permission, &thing.resource());
                let told: BTreeSet<&Held> =
                    access.iter().filter(|held| held.permission == permission && applies(held, &who, &thing)).collect();
                prop_assert_eq!(
                    !told.is_empty(), decided,
                    "{} on {:?} by {:?} and {:?}: {:?}", permission, thing, who.bindings(), who.custom(), told
                );
                let reasons = policy.reasons(&who, permission, &thing.resource());
                prop_assert_eq!(reasons.is_empty(), !decided, "a decision has reasons: {} on {:?}", permission, thing);
            }
        }
    }
}
