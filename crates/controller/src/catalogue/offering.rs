//! Offering what is shipped: launched into projects as it is, or cloned from there.

use super::cards::{AtOrg, default_size};
use crate::admission::{Admission, Applied, Publication, create, must_find, publish, update};
use crate::capacity::places;
use crate::profile::ProfileSpec;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use warpyard_model::kinds::{
    ComputeProfile, Organization, Placement, ServiceProfile, Sharing, SystemOffer, SystemParent, SystemProfile,
    SystemProfileStatus,
};
use warpyard_model::meta::NewMetadata;
use warpyard_model::{Error, Kind, Name, Object, Result, ScopePath};
use warpyard_policy::action;
use warpyard_store::{Change, ControllerStore, Located};

/// Where to launch a system profile into.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LaunchIntoProjects {
    /// The organization.
    pub org: Name,
    /// The projects; the first becomes the profile's home unless it has one already.
    pub projects: Vec<Name>,
    /// Offer it to every project of the organization, also later ones.
    #[serde(default)]
    pub all_projects: bool,
}

/// One profile that launching made or changed.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Launched {
    /// `ComputeProfile` or `ServiceProfile`.
    pub kind: Kind,
    /// Its name.
    pub name: Name,
    /// Its home project.
    pub project: Name,
    /// What happened to it.
    pub action: Applied,
    /// It is a draft that waits for somebody else to publish it, by a two-person rule.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub waits: bool,
}

/// What launching did, or would do.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct LaunchedIntoProjects {
    /// The profiles.
    pub items: Vec<Launched>,
    /// What people would miss, in sentences: a command on the machine, a target that fits.
    pub missing: Vec<String>,
}

/// Offers a shipped profile, as it is, in projects; a service brings the compute profile that it makes instances of.
pub async fn launch_into_projects(
    admission: &mut Admission<'_>,
    system: &Object<SystemProfile>,
    request: &LaunchIntoProjects,
    now: warpyard_model::Timestamp,
) -> Result<LaunchedIntoProjects> {
    must_reach(system, &request.org)?;
    let home = request.projects.first().ok_or_else(|| Error::invalid_field("projects", "choose at least one project"))?;
    let home = ScopePath::project(request.org.clone(), home.clone());
    let projects = request.projects.iter().skip(1).cloned().collect();
    let sharing = Sharing { all_projects: request.all_projects, projects, groups: Vec::new() };
    let mut items = Vec::new();
    let mut missing = missing(admission.store, system).await?;
    if let Some(service) = &system.spec.service {
        for (compute, spec) in needed_by(admission.store, service).await? {
            items.push(offer(admission, &compute, &spec, &home, &sharing, now).await?);
            missing.extend(self::missing(admission.store, &compute).await?);
        }
        items.push(offer(admission, system, service, &home, &sharing, now).await?);
    } else if let Some(compute) = &system.spec.compute {
        items.push(offer(admission, system, compute, &home, &sharing, now).await?);
    }
    missing.sort();
    missing.dedup();
    Ok(LaunchedIntoProjects { items, missing })
}

/// The shipped compute profiles that a shipped service runs on.
async fn needed_by(store: &ControllerStore, service: &ServiceProfile) -> Result<Vec<(Object<SystemProfile>, ComputeProfile)>> {
    let mut needed: Vec<(Object<SystemProfile>, ComputeProfile)> = Vec::new();
    for name in service.compute.auto_create.iter().chain(&service.compute.profiles) {
        if needed.iter().any(|(known, _)| known.metadata.name == *name) {
            continue;
        }
        let found = store.find::<SystemProfile>(&ScopePath::platform(), name).await?;
        if let Some(compute) = found
            && let Some(spec) = compute.spec.compute.clone()
        {
            needed.push((compute, spec));
        }
    }
    Ok(needed)
}

async fn offer<S: FromSystem>(
    admission: &mut Admission<'_>,
    system: &Object<SystemProfile>,
    shipped: &S,
    home: &ScopePath,
    sharing: &Sharing,
    now: warpyard_model::Timestamp,
) -> Result<Launched> {
    let name = &system.metadata.name;
    let parent = SystemParent { name: name.clone(), version: system.spec.version.clone(), as_shipped: true };
    let metadata = NewMetadata {
        name: name.clone(),
        display_name: system.metadata.display_name.clone(),
        description: system.metadata.description.clone(),
        labels: BTreeMap::default(),
    };
    let project = home.project.clone().ok_or_else(|| Error::internal("a home without a project"))?;
    let located = admission.batch.locate::<S>(home, name).await?;
    let (object, action) = match located {
        None => {
            let spec = shipped.clone().offered(parent, sharing.clone());
            (create(admission, home, metadata, spec).await?, Applied::Created)
        }
        Some(located) => {
            let view = admission.policy.allow::<action::View, S>(&admission.principal, located.resource())?;
            let before = located.clone().reveal(&view)?;
            if !before.spec.parent().is_some_and(|p| p.as_shipped && p.name == *name) {
                return Err(Error::conflict(format!(
                    "The project {project} has a profile {name} of its own; rename or delete that one first."
                )));
            }
            // Offering it to more projects takes it from none.
            let old = before.spec.sharing();
            let mut joined = Sharing { all_projects: sharing.all_projects || old.all_projects, ..old.clone() };
            joined.projects.extend(sharing.projects.iter().filter(|p| !old.projects.contains(p)).cloned());
            let spec = shipped.clone().offered(parent, joined);
            let after = update(admission, located, metadata, spec, None).await?;
            let same = after.metadata.resource_version == before.metadata.resource_version
                && after.status.published.as_ref().is_some_and(|p| p.generation == after.metadata.generation);
            (after, if same { Applied::Unchanged } else { Applied::Updated })
        }
    };
    if action != Applied::Unchanged {
        let located = admission.batch.locate::<S>(home, &object.metadata.name).await?;
        let located = located.ok_or_else(|| Error::internal("a profile vanished from its transaction"))?;
        publish(admission, located, now, &Publication::default()).await?;
    }
    // The others are made all the same: whoever decides finds everything that belongs together.
    let waits = admission.waits.take().is_some();
    Ok(Launched { kind: S::KIND, name: name.clone(), project, action, waits })
}

/// Refuses an organization that a shipped profile is not offered to.
fn must_reach(system: &Object<SystemProfile>, org: &Name) -> Result<()> {
    if system.status.offer.reaches(org) {
        return Ok(());
    }
    let title = system.metadata.title();
    Err(Error::invalid_field("org", format!("{title} is not offered to the organization {org}; a platform admin can offer it")))
}

/// Says which organizations may use a shipped profile. What they launched into projects already stays.
pub async fn offer_to_orgs(
    admission: &mut Admission<'_>,
    located: Located<SystemProfile>,
    offer: SystemOffer,
) -> Result<Object<SystemProfile>> {
    let proof = admission.policy.allow::<action::Publish, SystemProfile>(&admission.principal, located.resource())?;
    let view = admission.policy.allow::<action::View, SystemProfile>(&admission.principal, located.resource())?;
    let object = located.reveal(&view)?;
    for (i, org) in offer.orgs.iter().enumerate() {
        must_find::<Organization>(admission, &ScopePath::platform(), org, &format!("orgs.{i}")).await?;
    }
    let status = SystemProfileStatus { offer };
    admission.batch.change(&proof, Change { status: Some(status), ..Change::to(object.spec) }).await
}

/// Profiles that come from the catalogue.
pub trait FromSystem: ProfileSpec + crate::admission::Admit {
    /// As a profile of a project.
    fn offered(self, parent: SystemParent, sharing: Sharing) -> Self;
    /// The shipped profile it comes from.
    fn parent(&self) -> Option<&SystemParent>;
    /// What a shipped profile brings of this kind.
    fn shipped(system: &SystemProfile) -> Option<&Self>;
}

impl FromSystem for ComputeProfile {
    fn offered(self, parent: SystemParent, sharing: Sharing) -> Self {
        Self { parent: Some(parent), sharing, ..self }
    }
    fn parent(&self) -> Option<&SystemParent> {
        self.parent.as_ref()
    }
    fn shipped(system: &SystemProfile) -> Option<&Self> {
        system.compute.as_ref()
    }
}

impl FromSystem for ServiceProfile {
    fn offered(self, parent: SystemParent, sharing: Sharing) -> Self {
        Self { parent: Some(parent), sharing, ..self }
    }
    fn parent(&self) -> Option<&SystemParent> {
        self.parent.as_ref()
    }
    fn shipped(system: &SystemProfile) -> Option<&Self> {
        system.service.as_ref()
    }
}

/// What targets lack for a shipped profile.
async fn missing(store: &ControllerStore, system: &Object<SystemProfile>) -> Result<Vec<String>> {
    let places = places(store, &Placement::Any).await?;
    if places.is_empty() {
        return Ok(vec!["There is no target that takes new instances.".to_owned()]);
    }
    let mut out = Vec::new();
    for command in &system.spec.requires {
        if !places.iter().any(|p| p.target.status.commands.contains(command)) {
            out.push(format!("{} needs the command {command}, which no target has: install it there.", system.metadata.title()));
        }
    }
    if let Some(compute) = &system.spec.compute
        && let Some(size) = default_size(store, compute, &AtOrg::Platform).await
        && !places.iter().any(|p| p.could_ever_fit(&size))
    {
        out.push(format!("{} ({size}) fits no target, even an empty one.", system.metadata.title()));
    }
    Ok(out)
}

/// Where to clone a system profile to.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Customise {
    /// The organization.
    pub org: Name,
    /// The home project of the clone.
    pub project: Name,
    /// The clone's name.
    pub name: Name,
    /// What people read; the shipped title where empty.
    #[serde(default)]
    pub display_name: String,
}

/// Clones a shipped profile as a draft that remembers its parent; what a service runs on comes along as it is, where the
/// project has no profile of that name. The answer is the new profile as JSON.
pub async fn customise(
    admission: &mut Admission<'_>,
    system: &Object<SystemProfile>,
    request: &Customise,
    now: warpyard_model::Timestamp,
) -> Result<serde_json::Value> {
    must_reach(system, &request.org)?;
    let scope = ScopePath::project(request.org.clone(), request.project.clone());
    let display_name =
        if request.display_name.is_empty() { system.metadata.display_name.clone() } else { request.display_name.clone() };
    let metadata = NewMetadata {
        name: request.name.clone(),
        display_name,
        description: system.metadata.description.clone(),
        labels: BTreeMap::default(),
    };
    let parent = SystemParent { name: system.metadata.name.clone(), version: system.spec.version.clone(), as_shipped: false };
    if let Some(compute) = &system.spec.compute {
        let spec = compute.clone().offered(parent, Sharing::default());
        let made = create(admission, &scope, metadata, spec).await?;
        return serde_json::to_value(made).map_err(Error::internal);
    }
    let service = system.spec.service.clone().ok_or_else(|| Error::internal("a system profile without a profile"))?;
    for (compute, spec) in needed_by(admission.store, &service).await? {
        if admission.batch.locate::<ComputeProfile>(&scope, &compute.metadata.name).await?.is_none() {
            offer(admission, &compute, &spec, &scope, &Sharing::default(), now).await?;
        }
    }
    let made = create(admission, &scope, metadata, service.offered(parent, Sharing::default())).await?;
    serde_json::to_value(made).map_err(Error::internal)
}
