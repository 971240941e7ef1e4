//! A profile ready to launch: its published spec, the template version it names, its place.

use crate::lookup::Lookup;
use warpyard_model::inputs::{Form, InputRule, LiveOptions, Preset, effective_form};
use warpyard_model::kinds::ServiceProfile;
use warpyard_model::kinds::{
    Card, ComputeProfile, ComputeRequirement, EndpointAccess, EnvironmentTemplate, Limits, Placement, Price, ProfileStatus,
    Sharing, Size, TemplateRef, TemplateState, TemplateVersion, Workload,
};
use warpyard_model::{Error, FieldError, Kind, Metadata, Name, Object, Result, ScopePath, Spec};

/// What compute and service profiles have in common, for code that launches either.
pub trait ProfileSpec: Spec<Status = ProfileStatus> {
    /// What is launched from it.
    type Instance: crate::plan::Instance<Profile = Self>;
    /// What its template must make.
    const WORKLOAD: Workload;
    /// The card.
    fn card(&self) -> &Card;
    /// The template version.
    fn template(&self) -> &TemplateRef;
    /// The rules over its inputs.
    fn rules(&self) -> &[InputRule];
    /// The presets.
    fn presets(&self) -> &[Preset];
    /// Who is offered it.
    fn sharing(&self) -> &Sharing;
    /// How much of it one person may have.
    fn limits(&self) -> &Limits;
    /// Its price.
    fn price(&self) -> Option<&Price>;
    /// Its size, for a compute profile.
    fn size(&self) -> Option<&Size>;
    /// The targets it may run on.
    fn placement(&self) -> Placement;
    /// Which compute it needs, for a service profile.
    fn compute(&self) -> Option<&ComputeRequirement>;
    /// Narrows who may open endpoints.
    fn access(&self) -> Option<EndpointAccess>;
}

impl ProfileSpec for ComputeProfile {
    type Instance = warpyard_model::kinds::ComputeInstance;
    const WORKLOAD: Workload = Workload::Compute;
    fn card(&self) -> &Card {
        &self.card
    }
    fn template(&self) -> &TemplateRef {
        &self.template
    }
    fn rules(&self) -> &[InputRule] {
        &self.inputs
    }
    fn presets(&self) -> &[Preset] {
        &self.presets
    }
    fn sharing(&self) -> &Sharing {
        &self.sharing
    }
    fn limits(&self) -> &Limits {
        &self.limits
    }
    fn price(&self) -> Option<&Price> {
        self.price.as_ref()
    }
    fn size(&self) -> Option<&Size> {
        Some(&self.size)
    }
    fn placement(&self) -> Placement {
        Placement::of(self)
    }
    fn compute(&self) -> Option<&ComputeRequirement> {
        None
    }
    fn access(&self) -> Option<EndpointAccess> {
        None
    }
}

impl ProfileSpec for ServiceProfile {
    type Instance = warpyard_model::kinds::ServiceInstance;
    const WORKLOAD: Workload = Workload::Service;
    fn card(&self) -> &Card {
        &self.card
    }
    fn template(&self) -> &TemplateRef {
        &self.template
    }
    fn rules(&self) -> &[InputRule] {
        &self.inputs
    }
    fn presets(&self) -> &[Preset] {
        &self.presets
    }
    fn sharing(&self) -> &Sharing {
        &self.sharing
    }
    fn limits(&self) -> &Limits {
        &self.limits
    }
    fn price(&self) -> Option<&Price> {
        self.price.as_ref()
    }
    fn size(&self) -> Option<&Size> {
        None
    }
    fn placement(&self) -> Placement {
        Placement::Any
    }
    fn compute(&self) -> Option<&ComputeRequirement> {
        Some(&self.compute)
    }
    fn access(&self) -> Option<EndpointAccess> {
        self.access
    }
}

/// A profile as it would be launched.
#[derive(Debug, Clone)]
pub struct Loaded<S: ProfileSpec> {
    /// The profile's uid; empty for a draft that is only previewed.
    pub uid: String,
    /// Title and description.
    pub metadata: Option<Metadata>,
    /// The generation that `spec` is.
    pub generation: i64,
    /// The spec.
    pub spec: S,
    /// Who is offered it now, whatever the generation says.
    pub sharing: Sharing,
    /// The template version it names.
    pub template: TemplateVersion,
}

impl<S: ProfileSpec> Loaded<S> {
    /// The form people fill in, with live options.
    pub fn form(&self, live: &LiveOptions) -> Result<Form> {
        effective_form(&self.template.inputs, self.spec.rules(), self.spec.presets(), live).map_err(Error::invalid)
    }
}

/// Finds a template: the organization's own, or else a shipped one.
pub async fn find_template(lookup: &mut impl Lookup, org: &Name, name: &Name) -> Result<Option<Object<EnvironmentTemplate>>> {
    if let Some(own) = lookup.look::<EnvironmentTemplate>(&ScopePath::org(org.clone()), name).await? {
        return Ok(Some(own));
    }
    lookup.look::<EnvironmentTemplate>(&ScopePath::platform(), name).await
}

/// The template version a profile names, with the template's uid. Field errors stand at `spec.template`.
pub async fn template_version(
    lookup: &mut impl Lookup,
    org: &Name,
    reference: &TemplateRef,
    workload: Workload,
) -> Result<(String, TemplateVersion)> {
    let template = find_template(lookup, org, &reference.name).await?.ok_or_else(|| {
        Error::invalid_field("spec.template.name", format!("there is no environment template {}", reference.name))
    })?;
    if template.spec.workload != workload {
        let makes = if template.spec.workload == Workload::Compute { "compute instances" } else { "services" };
        return Err(Error::invalid_field("spec.template.name", format!("the template {} makes {makes}", reference.name)));
    }
    let version = template.spec.version(&reference.version).ok_or_else(|| {
        let known: Vec<&str> = template.spec.versions.iter().map(|v| v.version.as_str()).collect();
        Error::invalid_field(
            "spec.template.version",
            format!("the template {} has no version {:?}; it has {}", reference.name, reference.version, known.join(", ")),
        )
    })?;
    Ok((template.metadata.uid, version.clone()))
}

/// Loads the published generation of a profile (or the one an instance was launched from) for `project`.
pub async fn load<S: ProfileSpec>(
    lookup: &mut impl Lookup,
    home: &ScopePath,
    name: &Name,
    project: &Name,
    generation: Option<i64>,
) -> Result<Loaded<S>> {
    let word = S::KIND.snake().replace('_', " ");
    let unknown =
        || Error::invalid(vec![FieldError::new("spec.profile.name", format!("there is no {word} {name} offered here"))]);
    let (Some(org), Some(home_project)) = (&home.org, &home.project) else { return Err(unknown()) };
    let object = lookup.look::<S>(home, name).await?.ok_or_else(unknown)?;
    let published = object.status.published.as_ref().map(|p| p.generation);
    let generation = match generation {
        Some(pinned) => pinned,
        None => {
            if !offered(&object).reaches(home_project, project) {
                return Err(unknown());
            }
            published.ok_or_else(unknown)?
        }
    };
    let sharing = offered(&object).clone();
    let spec = if generation == object.metadata.generation {
        object.spec
    } else {
        lookup.look_revision::<S>(&object.metadata.uid, generation).await?
    };
    let (_, template) = template_version(lookup, org, spec.template(), S::WORKLOAD).await?;
    if template.state == TemplateState::Disabled && published == Some(generation) {
        return Err(Error::precondition_failed(format!(
            "The {word} {name} uses a disabled template version; its publisher has to move it to another."
        )));
    }
    Ok(Loaded { uid: object.metadata.uid.clone(), metadata: Some(object.metadata), generation, spec, sharing, template })
}

/// A spec of a profile that is there as it would be launched, whether that spec is stored or not.
pub async fn loaded<S: ProfileSpec>(lookup: &mut impl Lookup, object: &Object<S>, spec: S, generation: i64) -> Result<Loaded<S>> {
    let org = object.metadata.scope.org.as_ref().ok_or_else(|| Error::internal("a profile without an organization"))?;
    let (_, template) = template_version(lookup, org, spec.template(), S::WORKLOAD).await?;
    let sharing = spec.sharing().clone();
    Ok(Loaded { uid: object.metadata.uid.clone(), metadata: Some(object.metadata.clone()), generation, spec, sharing, template })
}

/// Whom a profile is offered to now: as a second person agreed to, or as its newest spec says.
pub(crate) fn offered<S: ProfileSpec>(object: &Object<S>) -> &Sharing {
    object.status.offered.as_ref().unwrap_or_else(|| object.spec.sharing())
}

/// Which profile kind launches which instance kind.
pub fn profile_kind(instance: Kind) -> Option<Kind> {
    match instance {
        Kind::ComputeInstance => Some(Kind::ComputeProfile),
        Kind::ServiceInstance => Some(Kind::ServiceProfile),
        _ => None,
    }
}
