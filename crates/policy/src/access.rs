//! What a person may do and why, read off the decisions themselves.
//!
//! Nothing here knows a rule: it asks Cedar about one thing of every sort in every place a person has to do with, and tells
//! which policies said yes. A test compares the answer with decisions about things that were never asked about.

use crate::{Policy, Principal, Resource};
use std::collections::BTreeSet;
use warpyard_model::kinds::EndpointAccess;
use warpyard_model::permission::{Permission, Role, Subject, Verb};
use warpyard_model::{Kind, Level, Name, ScopePath};

/// Why somebody may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// By a built-in role bound at the scope or above; with `anywhere` by holding it wherever.
    Role {
        /// The role.
        role: Role,
        /// It counts wherever it is held: what serves everybody is seen by whoever holds it anywhere.
        anywhere: bool,
    },
    /// By a custom role with this permission, bound at the scope or above; with `anywhere` by holding it wherever.
    Custom {
        /// The permission the custom role gives.
        permission: Permission,
        /// It counts wherever it is held.
        anywhere: bool,
    },
    /// It is theirs.
    Ownership,
    /// They have a foot in the place.
    Membership,
    /// It is offered there.
    Offer,
}

impl Why {
    /// Reads the name of a policy.
    fn of(id: &str) -> Option<Why> {
        let mut parts = id.split(':');
        let (first, second, third) = (parts.next()?, parts.next().unwrap_or_default(), parts.next());
        let anywhere = third == Some("shared");
        Some(match first {
            "custom" => Why::Custom { permission: Permission::parse(second)?, anywhere },
            "owner" => Why::Ownership,
            "offered" => Why::Offer,
            "self" | "colleagues" | "members" | "project" => Why::Membership,
            role => Why::Role { role: Role::ALL.iter().copied().find(|r| r.as_str() == role)?, anywhere },
        })
    }
}

/// Something a person may do in a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held {
    /// What.
    pub permission: Permission,
    /// Where, and below.
    pub scope: ScopePath,
    /// Why.
    pub why: Why,
}

impl Policy {
    /// Why `principal` may do this to `resource`; nothing where they may not.
    pub fn reasons(&self, principal: &Principal, permission: Permission, resource: &Resource) -> BTreeSet<Why> {
        self.permits(principal, permission, resource).iter().filter_map(|id| Why::of(id)).collect()
    }

    /// Everything a person may do: what a role gives, where it is bound; what membership, ownership and offers give, in
    /// every organization and project they have a foot in.
    pub fn access(&self, principal: &Principal) -> BTreeSet<Held> {
        let bound: BTreeSet<ScopePath> = principal.scopes().cloned().collect();
        // Everybody has to do with the installation: they see themselves there.
        let above = bound.iter().chain(&principal.reach().places).flat_map(ScopePath::lineage);
        let places: BTreeSet<ScopePath> = above.chain([ScopePath::platform()]).collect();
        let mut out = BTreeSet::new();
        for scope in &places {
            for permission in Permission::all().filter(|p| deepest(p.subject) >= scope.level()) {
                for probe in probes(permission, principal.name(), scope) {
                    for why in self.reasons(principal, permission, &probe) {
                        // What a role gives is told where it is bound, not again in every place below.
                        let told = match why {
                            Why::Role { role, anywhere: false } => {
                                principal.bindings().iter().any(|b| b.role == role && told_at(principal, &b.scope, scope))
                            }
                            Why::Custom { permission, anywhere: false } => principal
                                .custom()
                                .iter()
                                .any(|c| c.permissions.contains(&permission) && told_at(principal, &c.scope, scope)),
                            _ => true,
                        };
                        if told {
                            out.insert(Held { permission, scope: scope.clone(), why });
                        }
                    }
                }
            }
        }
        out
    }
}

/// Whether what is bound at `bound` is told at `scope`: there, or in the places below that a token is limited to.
fn told_at(principal: &Principal, bound: &ScopePath, scope: &ScopePath) -> bool {
    bound == scope || (bound.contains(scope) && principal.reach().places.contains(scope))
}

/// The lowest level at which something of a subject is found; a place is found at its own.
fn deepest(subject: Subject) -> Level {
    match subject {
        Subject::AuditEntry | Subject::Kind(Kind::Organization) => Level::Org,
        Subject::Encryption => Level::Platform,
        Subject::Kind(Kind::Project) => Level::Project,
        Subject::Kind(Kind::Workspace) => Level::Workspace,
        // What lives at the platform is offered to organizations.
        Subject::Kind(Kind::User | Kind::Target | Kind::SystemProfile | Kind::EnvironmentTemplate) => Level::Org,
        Subject::Kind(kind) => kind.levels().iter().copied().max().unwrap_or(Level::Platform),
    }
}

/// One thing of every sort that the permission may be about, in a place.
fn probes(permission: Permission, person: &str, scope: &ScopePath) -> Vec<Resource> {
    let subject = permission.subject;
    let place = || Resource::place(subject, scope);
    let elsewhere = || Resource::place(subject, &ScopePath::platform());
    let offered = || elsewhere().offered_in(vec![scope.clone()]);
    let Subject::Kind(kind) = subject else { return vec![place()] };
    let platform = scope.level() == Level::Platform;
    match kind {
        Kind::ComputeInstance | Kind::ServiceInstance if scope.project.is_some() => {
            let owned = || place().owned_by(Some(person.to_owned()));
            let mut out = vec![place()];
            if scope.level() == Level::Project {
                out.push(owned());
                out.push(place().with_access(EndpointAccess::Project));
            }
            if permission.verb == Verb::Connect {
                out.push(place().with_access(EndpointAccess::Workspace));
            }
            out
        }
        Kind::ServiceInstance if permission.verb == Verb::Connect => vec![place().with_access(EndpointAccess::Workspace)],
        Kind::ComputeProfile | Kind::ServiceProfile if !platform => vec![place(), offered()],
        Kind::Organization | Kind::Project | Kind::Workspace => {
            let itself = itself(kind, scope);
            let mut out = vec![place()];
            out.extend(itself);
            out
        }
        Kind::Target | Kind::SystemProfile | Kind::EnvironmentTemplate => {
            vec![place(), if platform { place().offered_in(vec![ScopePath::platform()]) } else { offered() }]
        }
        Kind::User if scope.level() == Level::Org => vec![place(), offered()],
        Kind::User if platform => vec![place(), Resource::object(kind, "", &own_name(person), scope)],
        Kind::Group | Kind::CustomRole | Kind::Icon if scope.level() == Level::Org => vec![place(), offered()],
        _ => vec![place()],
    }
}

fn own_name(person: &str) -> Name {
    Name::parse(person).unwrap_or_else(|_| Name::parse("nobody").expect("a constant name"))
}

/// The place itself as a thing: the organization of an organization's scope, say.
fn itself(kind: Kind, scope: &ScopePath) -> Option<Resource> {
    let (name, outer) = match (kind, scope.level()) {
        (Kind::Organization, Level::Org) => (scope.org.clone()?, ScopePath::platform()),
        (Kind::Project, Level::Project) => (scope.project.clone()?, ScopePath::org(scope.org.clone()?)),
        (Kind::Workspace, Level::Workspace) => {
            (scope.workspace.clone()?, ScopePath::project(scope.org.clone()?, scope.project.clone()?))
        }
        _ => return None,
    };
    Some(Resource::object(kind, "", &name, &outer))
}
