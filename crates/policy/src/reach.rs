//! What a sign-in lets through of its person's rights: a token may be limited to permissions and places, and an organization
//! may ask for a second factor that was not shown. It only ever takes away.

use crate::{Principal, Resource};
use std::collections::BTreeSet;
use std::sync::Arc;
use warpyard_model::permission::{Permission, Subject, Verb};
use warpyard_model::{Kind, Name, ScopePath};

/// How far a sign-in reaches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// Only these permissions; all where empty.
    pub permissions: BTreeSet<Permission>,
    /// Only in these places and below; everywhere where empty.
    pub places: BTreeSet<ScopePath>,
    /// Organizations that are closed to it: they ask for a second factor, and none was shown.
    pub closed: BTreeSet<Name>,
    /// A second factor was shown.
    pub strong: bool,
}

impl Reach {
    fn has(&self, permission: Permission) -> bool {
        self.permissions.is_empty() || self.permissions.contains(&permission)
    }

    /// Whether all of a place is within reach.
    fn covers(&self, scope: &ScopePath) -> bool {
        let open = scope.org.as_ref().is_none_or(|org| !self.closed.contains(org));
        open && (self.places.is_empty() || self.places.iter().any(|place| place.contains(scope)))
    }

    /// Whether something of a place is within reach: it, a part of it, or what is around.
    pub(crate) fn touches(&self, scope: &ScopePath) -> bool {
        let open = scope.org.as_ref().is_none_or(|org| !self.closed.contains(org));
        open && (self.places.is_empty() || self.places.iter().any(|place| place.contains(scope) || scope.contains(place)))
    }

    /// Whether every object of a place is, so that rows need no asking.
    pub(crate) fn covers_all(&self, permission: Permission, scope: &ScopePath) -> bool {
        let none_closed = self.closed.is_empty() || scope.org.is_some();
        none_closed && self.holds(permission, scope)
    }

    pub(crate) fn holds(&self, permission: Permission, scope: &ScopePath) -> bool {
        self.has(permission) && self.covers(scope)
    }

    /// Whether it lets a question through to the policies. Within a place are the things in it, what is offered there, and the
    /// sight of the organization and project around it.
    pub(crate) fn admits(&self, permission: Permission, resource: &Resource) -> bool {
        if !self.has(permission) {
            return false;
        }
        let here = resource.opens.as_ref().unwrap_or(&resource.scope);
        if here.org.as_ref().is_some_and(|org| self.closed.contains(org)) {
            return false;
        }
        if self.places.is_empty() || self.covers(here) {
            return true;
        }
        if permission.verb != Verb::View {
            return false;
        }
        let around = |place: &ScopePath| resource.opens.as_ref().is_some_and(|opens| opens.contains(place));
        // People of an organization are not offered to each of its projects.
        let people = resource.subject == Subject::Kind(Kind::User);
        let offered = |place: &ScopePath| {
            resource.offered_in.iter().any(|there| place.contains(there) || (!people && there.contains(place)))
        };
        self.places.iter().any(|place| around(place) || offered(place))
    }
}

impl Principal {
    /// The same person by a sign-in that reaches only so far.
    #[must_use]
    pub fn within(mut self, reach: Reach) -> Self {
        self.reach = Arc::new(reach);
        self
    }

    /// How far their sign-in reaches.
    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Whether their sign-in lets a question through to the policies, which still decide.
    pub fn admits(&self, permission: Permission, resource: &Resource) -> bool {
        self.reach.admits(permission, resource)
    }

    /// Whether a second factor is what keeps them out of a place that they have rights in or that contains one.
    pub fn needs_second_factor(&self, scope: &ScopePath) -> bool {
        let closed = scope.org.as_ref().is_some_and(|org| self.reach.closed.contains(org));
        closed && self.scopes().any(|at| at.contains(scope) || scope.contains(at))
    }

    /// The organizations they have rights in and that a second factor keeps them out of.
    pub fn closed_organizations(&self) -> impl Iterator<Item = &Name> {
        self.reach.closed.iter().filter(|org| self.needs_second_factor(&ScopePath::org((*org).clone())))
    }
}
