//! Profiles: their template, size, rules and sharing must hold before anybody can publish them.

use super::{Admission, Admit, Admitted, must_find};
use crate::profile::{ProfileSpec, template_version};
use warpyard_model::inputs::{LiveOptions, effective_form};
use warpyard_model::kinds::{ComputeProfile, Group, Icon, ProfileStatus, Project, ServiceProfile, Target};
use warpyard_model::meta::NewMetadata;
use warpyard_model::permission::Subject;
use warpyard_model::{Error, Name, Object, Result, ScopePath};
use warpyard_policy::{Resource, action};

pub(super) fn home_of(scope: &ScopePath) -> Result<(&Name, &Name)> {
    match (&scope.org, &scope.project) {
        (Some(org), Some(project)) => Ok((org, project)),
        _ => Err(Error::invalid_field("metadata", "a profile lives in a project")),
    }
}

/// What both kinds of profile need: template, rules over its inputs, projects it is shared with.
async fn common<S: ProfileSpec>(
    admission: &mut Admission<'_>,
    scope: &ScopePath,
    spec: &S,
    old: Option<&S>,
) -> Result<Vec<(String, String)>> {
    let (org, _) = home_of(scope)?;
    let lookup = &mut admission.lookup();
    let (template_uid, version) = template_version(lookup, org, spec.template(), S::WORKLOAD).await?;
    effective_form(&version.inputs, spec.rules(), spec.presets(), &LiveOptions::new()).map_err(Error::invalid)?;
    let mut references = vec![(template_uid, "spec.template".to_owned())];
    let already = old.map(|o| o.sharing().clone()).unwrap_or_default();
    if spec.sharing().all_projects && !already.all_projects {
        may_share::<S>(admission, &ScopePath::org(org.clone()), "spec.sharing.all_projects")?;
    }
    for (i, project) in spec.sharing().projects.iter().enumerate() {
        let path = format!("spec.sharing.projects.{i}");
        let found = must_find::<Project>(admission, &ScopePath::org(org.clone()), project, &path).await?;
        if !already.projects.contains(project) {
            may_share::<S>(admission, &ScopePath::project(org.clone(), project.clone()), &path)?;
        }
        references.push((found.metadata.uid, path));
    }
    for (i, group) in spec.sharing().groups.iter().enumerate() {
        let path = format!("spec.sharing.groups.{i}");
        let found = must_find::<Group>(admission, &ScopePath::org(org.clone()), group, &path).await?;
        references.push((found.metadata.uid, path));
    }
    if let Some(name) = Icon::named_on(&spec.card().icon) {
        let name = name.map_err(|error| Error::invalid(vec![error]))?;
        let path = "spec.card.icon";
        let icon = must_find::<Icon>(admission, &ScopePath::org(org.clone()), &name, path).await?;
        references.push((icon.metadata.uid, path.to_owned()));
    }
    Ok(references)
}

/// What a change of a profile does to its status: a draft that waited is another one now. Where a second person publishes,
/// whom it is offered to stays as agreed until they do.
async fn status_now<S: ProfileSpec + PartialEq>(
    admission: &mut Admission<'_>,
    new: &S,
    old: Option<&Object<S>>,
) -> Result<Option<ProfileStatus>> {
    let Some(old) = old.filter(|old| old.spec != *new) else { return Ok(None) };
    let rules = admission.two_person(&old.metadata.scope).await?;
    let mut status = old.status.clone();
    status.waiting = None;
    status.offered = match status.offered {
        _ if !rules.publish => None,
        None if status.published.is_some() => Some(old.spec.sharing().clone()),
        agreed => agreed,
    };
    Ok((status != old.status).then_some(status))
}

/// Offering a profile in a place is publishing there.
fn may_share<S: ProfileSpec>(admission: &Admission<'_>, scope: &ScopePath, path: &str) -> Result<()> {
    let place = Resource::place(Subject::Kind(S::KIND), scope);
    admission.policy.allow::<action::Publish, S>(&admission.principal, &place).map(drop).map_err(|_| {
        Error::forbidden(format!("{path}: you may not publish profiles in {}, so you cannot share one there.", scope.key()))
    })
}

impl Admit for ComputeProfile {
    async fn admit(
        self,
        admission: &mut Admission<'_>,
        scope: &ScopePath,
        _: &NewMetadata,
        old: Option<&Object<Self>>,
    ) -> Result<Admitted<Self>> {
        let mut references = common(admission, scope, &self, old.map(|o| &o.spec)).await?;
        if let Some(target) = &self.target {
            let found = must_find::<Target>(admission, &ScopePath::platform(), target, "spec.target").await?;
            references.push((found.metadata.uid, "spec.target".to_owned()));
        }
        let status_now = status_now(admission, &self, old).await?;
        Ok(Admitted { references, status_now, ..Admitted::plain(self) })
    }
}

impl Admit for ServiceProfile {
    async fn admit(
        self,
        admission: &mut Admission<'_>,
        scope: &ScopePath,
        _: &NewMetadata,
        old: Option<&Object<Self>>,
    ) -> Result<Admitted<Self>> {
        let mut references = common(admission, scope, &self, old.map(|o| &o.spec)).await?;
        let auto = self.compute.auto_create.iter().map(|name| ("spec.compute.auto_create".to_owned(), name));
        let listed = self.compute.profiles.iter().enumerate().map(|(i, name)| (format!("spec.compute.profiles.{i}"), name));
        for (path, name) in auto.chain(listed) {
            let found = must_find::<ComputeProfile>(admission, scope, name, &path).await?;
            references.push((found.metadata.uid, path));
        }
        let status_now = status_now(admission, &self, old).await?;
        Ok(Admitted { references, status_now, ..Admitted::plain(self) })
    }
}
