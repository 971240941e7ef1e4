//! Profiles: their template, size, rules and sharing must hold before anybody can publish them.

use super::{Admission, Admit, Admitted, must_find};
use crate::profile::{ProfileSpec, find_template, template_version};
use warpyard_model::inputs::{LiveOptions, effective_form};
use warpyard_model::kinds::{ComputeProfile, Group, Project, PublishedVersion, ServiceProfile, Target, TemplateState};
use warpyard_model::meta::NewMetadata;
use warpyard_model::permission::Subject;
use warpyard_model::{Error, Name, Object, Result, ScopePath};
use warpyard_policy::{Resource, action};
use warpyard_store::{Change, Located};

fn home_of(scope: &ScopePath) -> Result<(&Name, &Name)> {
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
    Ok(references)
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
        Ok(Admitted { references, ..Admitted::plain(self) })
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
        Ok(Admitted { references, ..Admitted::plain(self) })
    }
}

/// Makes the newest generation of a profile the one people launch. Running instances keep theirs.
pub async fn publish<S: ProfileSpec>(
    admission: &mut Admission<'_>,
    located: Located<S>,
    now: warpyard_model::Timestamp,
) -> Result<Object<S>> {
    let proof = admission.policy.allow::<action::Publish, S>(&admission.principal, located.resource())?;
    let view = admission.policy.allow::<action::View, S>(&admission.principal, located.resource())?;
    let object = located.reveal(&view)?;
    let scope = object.metadata.scope.clone();
    let (org, _) = home_of(&scope)?;
    let reference = object.spec.template();
    let (_, version) = template_version(&mut admission.lookup(), org, reference, S::WORKLOAD).await?;
    let shipped =
        find_template(&mut admission.lookup(), org, &reference.name).await?.is_some_and(|t| t.metadata.scope.org.is_none());
    match version.state {
        TemplateState::Active => {}
        TemplateState::Deprecated if shipped => {}
        TemplateState::Draft => {
            return Err(Error::precondition_failed(format!(
                "Version {} of the template {} is a draft: its author makes it active first.",
                reference.version, reference.name
            )));
        }
        TemplateState::Deprecated | TemplateState::Disabled => {
            return Err(Error::precondition_failed(format!(
                "Version {} of the template {} is no longer for use: choose another version.",
                reference.version, reference.name
            )));
        }
    }
    if let Some(auto) = object.spec.compute().and_then(|c| c.auto_create.as_ref()) {
        let compute = must_find::<ComputeProfile>(admission, &scope, auto, "spec.compute.auto_create").await?;
        if compute.status.published.is_none() {
            return Err(Error::precondition_failed(format!(
                "It brings the compute profile {auto}, which is not published: publish that one first."
            )));
        }
    }
    let published =
        PublishedVersion { generation: object.metadata.generation, at: now, by: admission.principal.name().to_owned() };
    if object.status.published.as_ref().is_some_and(|p| p.generation == published.generation) {
        return Ok(object);
    }
    let status = warpyard_model::kinds::ProfileStatus { published: Some(published) };
    admission.batch.change(&proof, Change { status: Some(status), ..Change::to(object.spec) }).await
}

/// Takes a profile out of the catalogue. Running instances go on.
pub async fn withdraw<S: ProfileSpec>(admission: &mut Admission<'_>, located: Located<S>) -> Result<Object<S>> {
    let proof = admission.policy.allow::<action::Publish, S>(&admission.principal, located.resource())?;
    let view = admission.policy.allow::<action::View, S>(&admission.principal, located.resource())?;
    let object = located.reveal(&view)?;
    let status = warpyard_model::kinds::ProfileStatus { published: None };
    admission.batch.change(&proof, Change { status: Some(status), ..Change::to(object.spec) }).await
}
