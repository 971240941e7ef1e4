//! Random people and things, for tests of laws.

use proptest::prelude::*;
use warpyard_model::kinds::EndpointAccess;
use warpyard_model::permission::{Permission, Role};
use warpyard_model::{Kind, Level, Name, ScopePath};
use warpyard_policy::{Binding, CustomGrant, Principal, Resource, group_key};

pub(crate) fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

/// Two organizations with two projects with two workspaces each.
pub(crate) fn scopes() -> Vec<ScopePath> {
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

pub(crate) fn imaging() -> String {
    group_key(&name("acme"), &name("imaging"))
}

pub(crate) fn person() -> impl Strategy<Value = Principal> {
    (prop::collection::vec(binding(), 0..4), prop::collection::vec(custom(), 0..3), any::<bool>()).prop_map(
        |(bindings, custom, grouped)| Principal::new("ada", bindings).with_custom(custom).in_groups(grouped.then(imaging)),
    )
}

/// A thing, and what is true of it.
#[derive(Debug, Clone)]
pub(crate) struct Thing {
    pub(crate) kind: Kind,
    pub(crate) scope: ScopePath,
    pub(crate) owned: bool,
    pub(crate) access: EndpointAccess,
    pub(crate) offered: Option<ScopePath>,
    pub(crate) draft: bool,
    pub(crate) grouped: bool,
}

impl Thing {
    pub(crate) fn name(&self) -> Name {
        name(match self.kind {
            Kind::Organization => "acme",
            Kind::Project => "vision",
            Kind::Workspace => "lab",
            Kind::User if self.owned => "ada",
            _ => "thing",
        })
    }

    pub(crate) fn resource(&self) -> Resource {
        let mut resource = Resource::object(self.kind, "u", &self.name(), &self.scope).with_access(self.access);
        if matches!(self.kind, Kind::ComputeInstance | Kind::ServiceInstance) {
            resource = resource.owned_by(Some(if self.owned { "ada" } else { "eve" }.to_owned()));
        }
        if self.is_profile() {
            resource = resource.draft(self.draft).for_groups(self.grouped.then(imaging).into_iter().collect());
        }
        resource.offered_in(self.offered.iter().cloned().collect())
    }

    pub(crate) fn is_profile(&self) -> bool {
        matches!(self.kind, Kind::ComputeProfile | Kind::ServiceProfile)
    }

    /// The place that decides: its own for a project, where it lives for other things.
    pub(crate) fn place(&self) -> ScopePath {
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

pub(crate) fn thing() -> impl Strategy<Value = Thing> {
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
