//! Instances: the profile is pinned, inputs are resolved and sealed, the owner is checked, compute is brought along.

use super::{Admission, Admit, Admitted, create, must_find};
use crate::capacity::{CapacityState, assess, known_places};
use crate::form::{LimitUse, accepts, beyond, leaves_out, resolve_size};
use crate::profile::{Loaded, ProfileSpec, load};
use crate::reconcile::first_status;
use crate::{retired, secret_input};
use serde_json::{Value as Json, json};
use warpyard_model::inputs::{FieldType, LiveOptions, Mode, Resolved, Values, resolve};
use warpyard_model::kinds::{
    ComputeInstance, ComputeInstanceStatus, ComputeProfile, DesiredState, KeptRevision, Phase, Placement, ProfileRef,
    ServiceInstance, ServiceInstanceStatus, ServiceProfile, User,
};
use warpyard_model::meta::NewMetadata;
use warpyard_model::permission::Subject;
use warpyard_model::{Error, FieldError, Kind, Name, Object, Result, ScopePath, Spec};
use warpyard_policy::{Resource, action};

/// What stands in a spec where a value is sealed.
pub(crate) fn sealed_mark() -> Json {
    json!({ "sealed": true })
}

/// Puts sealed values where their marks stand.
pub(crate) fn open_sealed(values: &mut Values, sealed: &[(String, String)]) -> Result<()> {
    for (name, value) in values.iter_mut().filter(|(_, value)| **value == sealed_mark()) {
        let path = format!("inputs.{name}");
        let plain = sealed.iter().find(|(p, _)| *p == path).map_or("null", |(_, v)| v.as_str());
        *value = serde_json::from_str(plain).map_err(|_| Error::internal("a sealed input is no JSON"))?;
    }
    Ok(())
}

/// An instance's inputs as they are, sealed ones opened: a change of one is checked beside all the others.
async fn inputs_before<S: Spec>(admission: &Admission<'_>, old: Option<&Object<S>>, inputs: &Values) -> Result<Option<Values>> {
    let Some(old) = old else { return Ok(None) };
    let mut values = inputs.clone();
    open_sealed(&mut values, &admission.store.unseal(&old.metadata.uid).await?)?;
    Ok(Some(values))
}

struct Inputs {
    values: Values,
    references: Vec<(String, String)>,
    sealed: Vec<(String, String)>,
    unsealed: Vec<String>,
}

fn place_of(scope: &ScopePath) -> Result<(&Name, &Name)> {
    match (&scope.org, &scope.project) {
        (Some(org), Some(project)) => Ok((org, project)),
        _ => Err(Error::invalid_field("metadata", "an instance lives in a workspace")),
    }
}

/// Sets and checks the owner: the caller, or somebody for whom the caller may launch.
async fn owner<S: Spec>(admission: &mut Admission<'_>, scope: &ScopePath, wanted: Option<&Name>) -> Result<Name> {
    let caller = Name::parse(admission.principal.name()).map_err(Error::internal)?;
    let Some(wanted) = wanted.filter(|w| **w != caller) else { return Ok(caller) };
    let place = Resource::place(Subject::Kind(S::KIND), scope);
    admission.policy.allow::<action::CreateOnBehalf, S>(&admission.principal, &place).map_err(|_| {
        Error::forbidden("You may not launch for somebody else: that is a grant of its own (managed instances operator).")
    })?;
    must_find::<User>(admission, &ScopePath::platform(), wanted, "spec.owner").await?;
    admission.batch.on_behalf_of(wanted);
    Ok(wanted.clone())
}

/// The owner of a new instance: somebody the profile is offered to, who may have one more of it.
async fn new_owner<S: Spec, P: ProfileSpec>(
    admission: &mut Admission<'_>,
    scope: &ScopePath,
    wanted: Option<&Name>,
    profile: &Loaded<P>,
) -> Result<Name> {
    let owner = owner::<S>(admission, scope, wanted).await?;
    let (org, _) = place_of(scope)?;
    if leaves_out(&mut admission.lookup(), org, &profile.sharing, &owner).await? {
        let caller = owner.as_str() == admission.principal.name();
        // Whoever is left out learns no more than that it is not for them.
        return Err(if caller { not_offered::<P>(profile) } else { left_out(&owner) });
    }
    limits(admission, profile, &owner).await?;
    Ok(owner)
}

/// Whether somebody may have one more of a profile.
async fn limits<P: ProfileSpec>(admission: &mut Admission<'_>, profile: &Loaded<P>, owner: &Name) -> Result<()> {
    let Some(limit) = limit_use(admission, profile, owner).await? else { return Ok(()) };
    limit.complaint(title(profile)).map_or(Ok(()), |message| Err(beyond(message)))
}

/// How many of a profile somebody has, where that is limited.
pub(super) async fn limit_use<P: ProfileSpec>(
    admission: &mut Admission<'_>,
    profile: &Loaded<P>,
    owner: &Name,
) -> Result<Option<LimitUse>> {
    let Some(most) = profile.spec.limits().per_person else { return Ok(None) };
    let used = admission.batch.count_owned(admission.proof, &profile.uid, owner).await?;
    Ok(Some(LimitUse { used, most }))
}

pub(super) fn title<P: ProfileSpec>(profile: &Loaded<P>) -> &str {
    profile.metadata.as_ref().map_or("it", |m| m.title())
}

/// The profile of an instance that gets another owner.
pub(super) async fn load_for_owner<P: ProfileSpec>(
    admission: &mut Admission<'_>,
    scope: &ScopePath,
    profile: &ProfileRef,
) -> Result<Loaded<P>> {
    load_pinned::<P>(admission, scope, profile, true).await.map(|(loaded, _)| loaded)
}

fn not_offered<P: ProfileSpec>(profile: &Loaded<P>) -> Error {
    let name = profile.metadata.as_ref().map(|m| m.name.to_string()).unwrap_or_default();
    let word = P::KIND.snake().replace('_', " ");
    Error::invalid_field("spec.profile.name", format!("there is no {word} {name} offered here"))
}

fn left_out(owner: &Name) -> Error {
    Error::invalid_field("spec.owner", format!("{owner} is in none of the groups that this profile is offered to"))
}

async fn load_pinned<S: ProfileSpec>(
    admission: &mut Admission<'_>,
    scope: &ScopePath,
    profile: &ProfileRef,
    old: bool,
) -> Result<(Loaded<S>, ProfileRef)> {
    let (org, project) = place_of(scope)?;
    let home = profile.project.clone().unwrap_or_else(|| project.clone());
    let home_scope = ScopePath::project(org.clone(), home.clone());
    let pinned = profile.generation.filter(|_| old);
    let loaded = load::<S>(&mut admission.lookup(), &home_scope, &profile.name, project, pinned).await?;
    if let Some(wanted) = profile.generation
        && wanted != loaded.generation
    {
        return Err(Error::invalid_field(
            "spec.profile.generation",
            format!("generation {} is what is published; {wanted} cannot be launched", loaded.generation),
        ));
    }
    let reference = ProfileRef { name: profile.name.clone(), project: Some(home), generation: Some(loaded.generation) };
    Ok((loaded, reference))
}

/// Live options are checked by what they stand for: secrets here, GPU models and compute by what they are used in.
async fn inputs<S: ProfileSpec>(
    admission: &mut Admission<'_>,
    scope: &ScopePath,
    profile: &Loaded<S>,
    given: &Values,
    old: Option<&Values>,
    live: &LiveOptions,
    prefix: &str,
) -> Result<Inputs> {
    let form = profile.form(live)?;
    let wanted: Values = given.iter().filter(|(_, v)| **v != sealed_mark()).map(|(k, v)| (k.clone(), v.clone())).collect();
    let mode = old.map_or(Mode::Create, Mode::Change);
    let under = |errors: Vec<FieldError>| Error::invalid(errors.into_iter().map(|e| e.under(prefix)).collect());
    let Resolved { values, sensitive } = resolve(&form, &wanted, mode).map_err(under)?;
    let mut out = Inputs { values: Values::new(), references: Vec::new(), sealed: Vec::new(), unsealed: Vec::new() };
    for (name, value) in values {
        if sensitive.contains(&name) {
            if old.and_then(|old| old.get(&name)) != Some(&value) {
                out.sealed.push((format!("inputs.{name}"), serde_json::to_string(&value).map_err(Error::internal)?));
            }
            out.values.insert(name, sealed_mark());
            continue;
        }
        if form.field(&name).is_some_and(|f| f.field.field_type == FieldType::Secret) {
            let (org, project) = place_of(scope)?;
            let project = ScopePath::project(org.clone(), project.clone());
            let path = format!("{prefix}.{name}");
            let named = secret_input::named(&mut admission.lookup(), &project, &value).await?;
            out.references.push((named.map_err(|message| Error::invalid_field(&path, message))?, path));
        }
        out.values.insert(name, value);
    }
    if let Some(old) = old {
        let gone = old.keys().filter(|k| !out.values.contains_key(*k));
        out.unsealed = gone.map(|k| format!("inputs.{k}")).collect();
    }
    Ok(out)
}

impl Admit for ComputeInstance {
    const NEEDS_CLEANUP: bool = true;

    async fn admit(
        mut self,
        admission: &mut Admission<'_>,
        scope: &ScopePath,
        _: &NewMetadata,
        old: Option<&Object<Self>>,
    ) -> Result<Admitted<Self>> {
        let (profile, reference) = load_pinned::<ComputeProfile>(admission, scope, &self.profile, old.is_some()).await?;
        let live = admission.live(scope, &Placement::of(&profile.spec)).await?;
        let before = inputs_before(admission, old, old.map_or(&self.inputs, |o| &o.spec.inputs)).await?;
        let inputs = inputs(admission, scope, &profile, &self.inputs, before.as_ref(), &live, "spec.inputs").await?;
        let size = resolve_size(&profile.spec, &inputs.values).map_err(|e| Error::invalid(vec![e]))?;
        if old.is_none() {
            let placement = Placement::of(&profile.spec);
            // The form said so as well. Waiting would never end, so nothing begins to wait.
            let outlook = assess(&known_places(admission.store, &placement).await?, &placement, &size, 0);
            if outlook.state == CapacityState::Never {
                return Err(Error::invalid_field("", outlook.message));
            }
        }
        let status = ComputeInstanceStatus { phase: Phase::Pending, size, ..ComputeInstanceStatus::default() };
        self.owner = match old {
            Some(old) => old.spec.owner.clone(),
            None => Some(new_owner::<Self, _>(admission, scope, self.owner.as_ref(), &profile).await?),
        };
        self.profile = reference;
        self.inputs = inputs.values;
        if let Some(old) = old {
            let begins = self.desired_state == DesiredState::Running && old.spec.desired_state == DesiredState::Stopped;
            if begins || self.inputs != old.spec.inputs || !inputs.sealed.is_empty() {
                retired::refuse(&mut admission.lookup(), old).await?;
            }
        }
        let mut references = inputs.references;
        references.push((profile.uid, "spec.profile".to_owned()));
        Ok(Admitted { spec: self, status, references, sealed: inputs.sealed, unsealed: inputs.unsealed, status_now: None })
    }
}

impl Admit for ServiceInstance {
    const NEEDS_CLEANUP: bool = true;

    async fn admit(
        mut self,
        admission: &mut Admission<'_>,
        scope: &ScopePath,
        metadata: &NewMetadata,
        old: Option<&Object<Self>>,
    ) -> Result<Admitted<Self>> {
        let (profile, reference) = load_pinned::<ServiceProfile>(admission, scope, &self.profile, old.is_some()).await?;
        let live = admission.live(scope, &Placement::Any).await?;
        let before = inputs_before(admission, old, old.map_or(&self.inputs, |o| &o.spec.inputs)).await?;
        let inputs = inputs(admission, scope, &profile, &self.inputs, before.as_ref(), &live, "spec.inputs").await?;
        let (org, project) = place_of(scope)?;
        let home = ScopePath::project(org.clone(), reference.project.clone().unwrap_or_else(|| project.clone()));
        self.inputs = inputs.values;
        if let Some(old) = old {
            self.owner.clone_from(&old.spec.owner);
            self.owns_compute = old.spec.owns_compute;
            self.compute_inputs.clone_from(&old.spec.compute_inputs);
            self.attempt = self.attempt.max(old.spec.attempt);
            let begins = self.desired_state == DesiredState::Running && old.spec.desired_state == DesiredState::Stopped;
            let again = self.attempt > old.spec.attempt;
            if begins || again || self.inputs != old.spec.inputs || !inputs.sealed.is_empty() {
                retired::refuse(&mut admission.lookup(), old).await?;
            }
        } else {
            self.owner = Some(new_owner::<Self, _>(admission, scope, self.owner.as_ref(), &profile).await?);
            self.attempt = 0;
            self.owns_compute = false;
            if self.compute.is_none() {
                self.bring_compute(admission, scope, metadata, &profile, &home).await?;
            } else if !self.compute_inputs.is_empty() {
                return Err(Error::invalid_field(
                    "spec.compute_inputs",
                    "only asked for when a compute instance is made by this launch",
                ));
            }
        }
        check_access(admission, &profile, &self, old.map(|o| &o.spec))?;
        let mut references = inputs.references;
        if let Some(name) = &self.compute {
            let compute = must_find::<ComputeInstance>(admission, scope, name, "spec.compute").await?;
            if compute.metadata.deletion_requested_at.is_some() {
                return Err(Error::invalid_field("spec.compute", format!("the compute instance {name} is being deleted")));
            }
            if !accepts(&profile.spec, &home, &compute.spec.profile.name, compute.spec.profile.project.as_ref()) {
                return Err(Error::invalid_field(
                    "spec.compute",
                    format!("this service does not run on compute of the profile {}", compute.spec.profile.name),
                ));
            }
            if old.is_none() && !self.owns_compute {
                let resource = Resource::object(Kind::ComputeInstance, &compute.metadata.uid, name, scope)
                    .owned_by(compute.spec.owner.as_ref().map(Name::to_string));
                admission
                    .policy
                    .allow::<action::Operate, ComputeInstance>(&admission.principal, &resource)
                    .map_err(|_| Error::forbidden(format!("You may not run services on the compute instance {name}.")))?;
            }
            references.push((compute.metadata.uid, "spec.compute".to_owned()));
        }
        references.push((profile.uid, "spec.profile".to_owned()));
        self.profile = reference;
        Ok(Admitted {
            spec: self,
            status: first_status(),
            references,
            sealed: inputs.sealed,
            unsealed: inputs.unsealed,
            status_now: None,
        })
    }

    /// Whom the owner lets in is the gateway's business: what runs goes on, and what ended does not begin anew.
    fn status_after(&self, old: &Object<Self>) -> Option<ServiceInstanceStatus> {
        let only_access = Self { access: old.spec.access.clone(), ..self.clone() } == old.spec;
        if !only_access || self.access == old.spec.access {
            return None;
        }
        let next = old.metadata.generation + 1;
        let revision = KeptRevision::revision_at(old.status.kept_revision, old.metadata.generation);
        let status =
            ServiceInstanceStatus { kept_revision: Some(KeptRevision { generation: next, revision }), ..old.status.clone() };
        Some(still_ended(status, old.metadata.generation))
    }
}

/// A status that answers to the next generation as well, where the run it tells of has ended.
pub(super) fn still_ended(mut status: ServiceInstanceStatus, generation: i64) -> ServiceInstanceStatus {
    let ended = matches!(status.phase, Phase::Failed | Phase::Succeeded | Phase::Stopped);
    if ended && status.observed_generation == generation {
        status.observed_generation = generation + 1;
    }
    status
}

/// Endpoints are opened as far as template and profile allow, and further than they were by the owner alone: whoever may
/// change somebody's instance must not let themselves in.
fn check_access(
    admission: &Admission<'_>,
    profile: &Loaded<ServiceProfile>,
    new: &ServiceInstance,
    old: Option<&ServiceInstance>,
) -> Result<()> {
    let mut errors = Vec::new();
    for name in new.access.keys().filter(|name| !profile.template.endpoints.iter().any(|e| e.name == **name)) {
        errors.push(FieldError::new(format!("spec.access.{name}"), "its template has no endpoint of this name"));
    }
    let mut widened = false;
    for endpoint in &profile.template.endpoints {
        let (usual, widest) = (endpoint.usual_access(profile.spec.access), endpoint.widest_access(profile.spec.access));
        let wanted = new.access.get(&endpoint.name).copied();
        if wanted.is_some_and(|wanted| wanted > widest) {
            let message = format!("this endpoint may be opened to {} at most", widest.as_str());
            errors.push(FieldError::new(format!("spec.access.{}", endpoint.name), message));
        }
        let before = old.and_then(|old| old.access.get(&endpoint.name)).map_or(usual, |a| (*a).min(widest));
        widened |= wanted.unwrap_or(usual) > before;
    }
    if !errors.is_empty() {
        return Err(Error::invalid(errors));
    }
    if widened && new.owner.as_ref().is_none_or(|owner| owner.as_str() != admission.principal.name()) {
        return Err(Error::forbidden("Only its owner may open a service's endpoints to others."));
    }
    Ok(())
}

trait BringsCompute {
    async fn bring_compute(
        &mut self,
        admission: &mut Admission<'_>,
        scope: &ScopePath,
        metadata: &NewMetadata,
        profile: &Loaded<ServiceProfile>,
        home: &ScopePath,
    ) -> Result<()>;
}

impl BringsCompute for ServiceInstance {
    /// Makes the compute instance that the profile says comes with the service, under the service's name.
    async fn bring_compute(
        &mut self,
        admission: &mut Admission<'_>,
        scope: &ScopePath,
        metadata: &NewMetadata,
        profile: &Loaded<ServiceProfile>,
        home: &ScopePath,
    ) -> Result<()> {
        let Some(auto) = profile.spec.compute.auto_create.clone() else {
            return Err(Error::invalid_field("spec.compute", "choose the compute instance it runs on"));
        };
        let compute = ComputeInstance {
            profile: ProfileRef { name: auto, project: home.project.clone(), generation: None },
            inputs: self.compute_inputs.clone(),
            owner: self.owner.clone(),
            desired_state: self.desired_state,
        };
        let title = if metadata.display_name.is_empty() { metadata.name.as_str() } else { &metadata.display_name };
        let own = NewMetadata { display_name: format!("Compute of {title}").chars().take(120).collect(), ..metadata.clone() };
        Box::pin(create(admission, scope, own, compute)).await.map_err(|mut e| {
            for field in &mut e.fields {
                field.path = field.path.replace("spec.inputs", "spec.compute_inputs");
            }
            e
        })?;
        self.compute_inputs = Values::new();
        self.compute = Some(metadata.name.clone());
        self.owns_compute = true;
        Ok(())
    }
}

impl Admission<'_> {
    async fn live(&mut self, scope: &ScopePath, placement: &Placement) -> Result<LiveOptions> {
        let (org, project) = place_of(scope)?;
        let place = crate::form::LaunchPlace { org, project, workspace: scope.workspace.as_ref() };
        crate::form::live_options(self.store, &place, placement, None).await
    }
}
