//! Effective access says what the policy decides: compared over random people and things that were never asked about.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use proptest::prelude::*;
use std::collections::BTreeSet;
use warpyard_model::kinds::EndpointAccess;
use warpyard_model::permission::{Permission, Role, Subject, Verb};
use warpyard_model::{Kind, Level, Name, ScopePath};
use warpyard_policy::{Binding, CustomGrant, Held, Policy, Principal, Resource, Why, group_key};

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

/// Two organizations with two projects with two workspaces each.
fn scopes() -> Vec<ScopePath> {
    let mut out = vec![ScopePath::platform()];
    for org in ["acme", "globex"] {
        out.push(ScopePath::org(name(org)));
        for project in ["vision", "speech"] {
            out.push(ScopePath::project(name(org), name(project)));
            for workspace in ["lab", "desk"] {
                out.push(ScopePath::workspace(name(org), name(project), name(workspace)));
            }
        }
    }
    out
}

fn at(level: Level) -> impl Strategy<Value = ScopePath> {
    prop::sample::select(scopes().into_iter().filter(|s| s.level() == level).collect::<Vec<_>>())
}

fn binding() -> impl Strategy<Value = Binding> {
    prop::sample::select(Role::ALL.to_vec())
        .prop_flat_map(|role| (Just(role), prop::sample::select(role.levels().to_vec())))
        .prop_flat_map(|(role, level)| at(level).prop_map(move |scope| Binding { role, scope }))
}

fn custom() -> impl Strategy<Value = CustomGrant> {
    let given: Vec<Permission> = Permission::all().filter(|p| p.fits_custom_roles()).collect();
    let level = prop::sample::select(vec![Level::Org, Level::Project, Level::Workspace]);
    (prop::collection::btree_set(prop::sample::select(given), 1..6), level).prop_flat_map(|(permissions, level)| {
        at(level).prop_map(move |scope| CustomGrant { permissions: permissions.clone(), scope })
    })
}

fn imaging() -> String {
    group_key(&name("acme"), &name("imaging"))
}

fn person() -> impl Strategy<Value = Principal> {
    (prop::collection::vec(binding(), 0..4), prop::collection::vec(custom(), 0..3), any::<bool>()).prop_map(
        |(bindings, custom, grouped)| Principal::new("ada", bindings).with_custom(custom).in_groups(grouped.then(imaging)),
    )
}

/// A thing, and what is true of it.
#[derive(Debug, Clone)]
struct Thing {
    kind: Kind,
    scope: ScopePath,
    owned: bool,
    access: EndpointAccess,
    offered: Option<ScopePath>,
    draft: bool,
    grouped: bool,
}

impl Thing {
    fn name(&self) -> Name {
        name(match self.kind {
            Kind::Organization => "acme",
            Kind::Project => "vision",
            Kind::Workspace => "lab",
            Kind::User if self.owned => "ada",
            _ => "thing",
        })
    }

    fn resource(&self) -> Resource {
        let mut resource = Resource::object(self.kind, "u", &self.name(), &self.scope).with_access(self.access);
        if matches!(self.kind, Kind::ComputeInstance | Kind::ServiceInstance) {
            resource = resource.owned_by(Some(if self.owned { "ada" } else { "eve" }.to_owned()));
        }
        if self.is_profile() {
            resource = resource.draft(self.draft).for_groups(self.grouped.then(imaging).into_iter().collect());
        }
        resource.offered_in(self.offered.iter().cloned().collect())
    }

    fn is_profile(&self) -> bool {
        matches!(self.kind, Kind::ComputeProfile | Kind::ServiceProfile)
    }

    /// The place that decides: its own for a project, where it lives for other things.
    fn place(&self) -> ScopePath {
        self.scope.inside(self.kind, &self.name()).unwrap_or_else(|| self.scope.clone())
    }
}

/// Where things of a kind that live in a place may be offered, as the store says it.
fn offers(kind: Kind, scope: &ScopePath) -> Vec<Option<ScopePath>> {
    let of = |level: Level| scopes().into_iter().filter(move |s| s.level() == level);
    match kind {
        Kind::ComputeProfile | Kind::ServiceProfile => {
            let org = scope.org.clone().map(ScopePath::org);
            [org, None].into_iter().chain(of(Level::Project).filter(|s| s.org == scope.org).map(Some)).collect()
        }
        Kind::Group | Kind::CustomRole | Kind::Icon => vec![scope.org.clone().map(ScopePath::org)],
        Kind::SystemProfile => of(Level::Org).map(Some).chain([Some(ScopePath::platform()), None]).collect(),
        Kind::Target => vec![Some(ScopePath::platform())],
        Kind::EnvironmentTemplate if scope.org.is_none() => vec![Some(ScopePath::platform())],
        Kind::User => of(Level::Org).map(Some).chain([None]).collect(),
        _ => vec![None],
    }
}

fn thing() -> impl Strategy<Value = Thing> {
    prop::sample::select(Kind::ALL.to_vec())
        .prop_flat_map(|kind| (Just(kind), prop::sample::select(kind.levels().to_vec())))
        .prop_flat_map(|(kind, level)| (Just(kind), at(level)))
        .prop_flat_map(|(kind, scope)| {
            let access = prop::sample::select(vec![EndpointAccess::Owner, EndpointAccess::Workspace, EndpointAccess::Project]);
            let offers = prop::sample::select(offers(kind, &scope));
            (any::<bool>(), access, offers, any::<bool>(), any::<bool>()).prop_map(
                move |(owned, access, offered, draft, grouped)| {
                    let mut thing = Thing { kind, scope: scope.clone(), owned, access, offered, draft, grouped };
                    if thing.draft && thing.is_profile() {
                        thing.offered = None;
                    }
                    thing
                },
            )
        })
}

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
