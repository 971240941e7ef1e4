//! For whom something is: who is offered a profile, and how many of it they may have.

use crate::lookup::{AtRest, Lookup};
use crate::profile::{Loaded, ProfileSpec};
use serde::Serialize;
use warpyard_model::kinds::{ComputeInstance, Group, Sharing};
use warpyard_model::permission::{Permission, Subject, Verb};
use warpyard_model::{Error, ErrorCode, Kind, Name, Object, Result, ScopePath};
use warpyard_policy::{Policy, Principal, Resource};
use warpyard_store::ControllerStore;

/// Somebody a form is made for.
pub struct Person<'a> {
    /// What decides on their rights.
    pub policy: &'a Policy,
    /// The person.
    pub principal: &'a Principal,
}

impl Person<'_> {
    /// Their user name.
    pub fn name(&self) -> Result<Name> {
        Name::parse(self.principal.name()).map_err(Error::internal)
    }

    /// Whether they may run services on a compute instance.
    pub(super) fn may_use(&self, compute: &Object<ComputeInstance>) -> bool {
        let permission = Permission { subject: Subject::Kind(Kind::ComputeInstance), verb: Verb::Operate };
        let metadata = &compute.metadata;
        let resource = Resource::object(Kind::ComputeInstance, &metadata.uid, &metadata.name, &metadata.scope)
            .owned_by(compute.spec.owner.as_ref().map(Name::to_string));
        self.policy.decide(self.principal, permission, &resource)
    }
}

/// Whether a person is offered a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Offered {
    /// They see it in their catalogue and may launch it.
    pub to_viewer: bool,
    /// Why, or why not, in a sentence.
    pub reason: String,
}

/// How many instances of a profile a person has, of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct LimitUse {
    /// How many they have.
    pub used: u32,
    /// How many they may have.
    pub most: u32,
}

impl LimitUse {
    /// What is wrong when there is no more to be had.
    pub fn complaint(&self, title: &str) -> Option<String> {
        let LimitUse { used, most } = *self;
        (used >= most).then(|| format!("Of {title} a person may have {most}, and there are {used} already: delete one first."))
    }
}

/// The first of these groups that a person is in.
async fn group_of(lookup: &mut impl Lookup, org: &Name, groups: &[Name], person: &Name) -> Result<Option<Name>> {
    for name in groups {
        let group = lookup.look::<Group>(&ScopePath::org(org.clone()), name).await?;
        if group.is_some_and(|g| g.spec.members.contains(person)) {
            return Ok(Some(name.clone()));
        }
    }
    Ok(None)
}

/// Whether a profile's groups leave a person out.
pub(crate) async fn leaves_out(lookup: &mut impl Lookup, org: &Name, sharing: &Sharing, person: &Name) -> Result<bool> {
    Ok(!sharing.groups.is_empty() && group_of(lookup, org, &sharing.groups, person).await?.is_none())
}

fn list(names: &[Name]) -> String {
    names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ")
}

/// Whether a person is offered a profile in a project, and why.
pub(crate) async fn offered(
    store: &ControllerStore,
    home: &ScopePath,
    project: &Name,
    sharing: &Sharing,
    person: &Person<'_>,
) -> Result<Offered> {
    let no = |reason: String| Ok(Offered { to_viewer: false, reason });
    let (Some(org), Some(home_project)) = (&home.org, &home.project) else {
        return Err(Error::internal("a profile without a project"));
    };
    let who = person.name()?;
    if !sharing.reaches(home_project, project) {
        return no(format!("It is not shared with the project {project}."));
    }
    if !person.policy.can_enter(person.principal, &ScopePath::project(org.clone(), project.clone())) {
        return no(format!("{who} does not work in the project {project}."));
    }
    if sharing.groups.is_empty() {
        return Ok(Offered { to_viewer: true, reason: format!("It is offered to everybody in the project {project}.") });
    }
    match group_of(&mut AtRest(store), org, &sharing.groups, &who).await? {
        Some(group) => Ok(Offered { to_viewer: true, reason: format!("{who} is in the group {group}.") }),
        None => no(format!("It is offered to the groups {} only, and {who} is in none of them.", list(&sharing.groups))),
    }
}

/// How many of a profile a person has, where it has a limit.
pub(crate) async fn limit_use<S: ProfileSpec>(
    store: &ControllerStore,
    profile: &Loaded<S>,
    person: &Name,
) -> Result<Option<LimitUse>> {
    let Some(most) = profile.spec.limits().per_person else { return Ok(None) };
    // A draft that is only looked at has no instances.
    let used = if profile.uid.is_empty() { 0 } else { store.count_owned(&profile.uid, person).await? };
    Ok(Some(LimitUse { used, most }))
}

/// The refusal of a launch beyond a limit.
pub(crate) fn beyond(message: String) -> Error {
    Error::new(ErrorCode::QuotaExceeded, message)
}
