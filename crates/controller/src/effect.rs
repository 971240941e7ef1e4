//! What going from one version and set of inputs to another does to what runs: nothing, a restart, another allocation.

use crate::capacity::{Capacity, CapacityState, Place, assess, known_places, waiting};
use crate::desired::{Rendered, Surroundings, open_secrets, owner, rendered};
use crate::form::{accepts, resolve_size};
use crate::plan::{Instance, PlanAction};
use crate::profile::Loaded;
use crate::reconcile::AppAddresses;
use serde_json::json;
use warpyard_model::difference::Difference;
use warpyard_model::inputs::Values;
use warpyard_model::kinds::{
    Allocation, ComputeInstance, DesiredState, KeptRevision, Phase, Placement, ResolvedSize, ServiceInstance, TemplateVersion,
};
use warpyard_model::{Error, FieldError, Object, Result, ScopePath, Spec};
use warpyard_store::{ControllerStore, Free, Held};

/// An instance between two versions or sets of inputs.
pub struct Situation<'a, S: Instance> {
    pub(crate) store: &'a ControllerStore,
    pub(crate) object: &'a Object<S>,
    /// Where its profile lives.
    pub(crate) home: &'a ScopePath,
    pub(crate) old: &'a Loaded<S::Profile>,
    pub(crate) new: &'a Loaded<S::Profile>,
    /// Inputs as they are, nothing sealed in them.
    pub(crate) before: &'a Values,
    /// Inputs as they would be.
    pub(crate) after: &'a Values,
}

/// What it does.
pub struct Effect<S: Spec> {
    pub(crate) action: PlanAction,
    /// What else is different.
    pub(crate) changes: Vec<Difference>,
    /// The status that goes with the change.
    pub(crate) status: S::Status,
    /// Services that have to start again.
    pub(crate) restarts: Vec<Object<ServiceInstance>>,
    pub(crate) capacity: Option<Capacity>,
}

/// Per kind of instance.
pub(crate) trait Effective: Instance {
    async fn effect(situation: &Situation<'_, Self>, errors: &mut Vec<FieldError>) -> Result<Effect<Self>>;
}

/// Whether a service has ended, whatever the way, and rests until somebody starts it.
fn rests(service: &Object<ServiceInstance>) -> bool {
    let down = matches!(service.status.phase, Phase::Stopped | Phase::Succeeded | Phase::Failed);
    down && (service.spec.desired_state == DesiredState::Stopped
        || service.status.observed_generation == service.metadata.generation)
}

impl Effective for ComputeInstance {
    async fn effect(situation: &Situation<'_, Self>, errors: &mut Vec<FieldError>) -> Result<Effect<Self>> {
        let Situation { store, object, new, after, .. } = *situation;
        let mut effect = Effect {
            action: PlanAction::InPlace,
            changes: Vec::new(),
            status: object.status.clone(),
            restarts: Vec::new(),
            capacity: None,
        };
        let size = match resolve_size(&new.spec, after) {
            Ok(size) => size,
            Err(error) => {
                // While inputs are wrong their own errors say enough.
                if errors.is_empty() {
                    errors.push(FieldError::new("size", format!("the size cannot be told: {}", error.message)));
                }
                return Ok(effect);
            }
        };
        let held = object.status.allocation.as_ref();
        let placement = Placement::of(&new.spec);
        let all = known_places(store, &placement).await?;
        if let Some(held) = held
            && !all.iter().any(|place| place.target.metadata.name.as_str() == held.target)
        {
            errors.push(FieldError::new(
                "target",
                format!("it runs on {}, where its home is, and that version runs elsewhere: launch another there", held.target),
            ));
        }
        if size != object.status.size {
            size_changes(&object.status.size, &size, &mut effect.changes);
            let all = without(store, all, &object.metadata.uid).await?;
            let capacity = assess(&all, &placement, &size, waiting(store).await?);
            if capacity.state == CapacityState::Never {
                errors.push(FieldError::new("size", capacity.message.clone()));
            }
            effect.capacity = Some(capacity);
            effect.status.size = size;
            if held.is_some() {
                effect.action = PlanAction::Replace;
                effect.status.replacing = true;
                let on_it = store.referring::<ServiceInstance>(&object.metadata.uid).await?;
                let runs = |s: &Object<ServiceInstance>| {
                    s.spec.desired_state == DesiredState::Running && !rests(s) && s.metadata.deletion_requested_at.is_none()
                };
                effect.restarts = on_it.into_iter().filter(runs).collect();
            }
        }
        Ok(effect)
    }
}

fn size_changes(old: &ResolvedSize, new: &ResolvedSize, changes: &mut Vec<Difference>) {
    let mut compare = |path: &str, before: serde_json::Value, after: serde_json::Value| {
        if before != after {
            changes.push(Difference::new(path, Some(before), Some(after)));
        }
    };
    compare("size.cpu_millis", json!(old.cpu_millis), json!(new.cpu_millis));
    compare("size.memory_bytes", json!(old.memory_bytes), json!(new.memory_bytes));
    compare("size.gpu_count", json!(old.gpu_count), json!(new.gpu_count));
    compare("size.gpu_model", json!(old.gpu_model), json!(new.gpu_model));
}

/// The places as they would be if `uid` gave back what it holds.
async fn without(store: &ControllerStore, all: Vec<Place>, uid: &str) -> Result<Vec<Place>> {
    let mut out = Vec::with_capacity(all.len());
    for mut place in all {
        let mut held: Vec<Held> = store.held(place.target.metadata.name.as_str()).await?;
        held.retain(|h| h.instance_uid != uid);
        place.free = Free::of(place.inventory(), &held);
        out.push(place);
    }
    Ok(out)
}

impl Effective for ServiceInstance {
    async fn effect(situation: &Situation<'_, Self>, errors: &mut Vec<FieldError>) -> Result<Effect<Self>> {
        let Situation { store, object, home, new, old, before, after } = *situation;
        let mut effect = Effect {
            action: PlanAction::InPlace,
            changes: Vec::new(),
            status: object.status.clone(),
            restarts: Vec::new(),
            capacity: None,
        };
        let compute = match &object.spec.compute {
            Some(name) => store.find::<ComputeInstance>(&object.metadata.scope, name).await?,
            None => None,
        };
        if let Some(compute) = &compute {
            let reference = &compute.spec.profile;
            if !accepts(&new.spec, home, &reference.name, reference.project.as_ref()) {
                let message = format!("it runs on compute of the profile {}, which that version does not run on", reference.name);
                errors.push(FieldError::new("compute", message));
            }
        }
        if !errors.is_empty() {
            return Ok(effect);
        }
        let next = object.metadata.generation + 1;
        if rests(object) {
            // It is down, and stays so until somebody starts it.
            effect.status.observed_generation = next;
            return Ok(effect);
        }
        let fresh = rendering(store, object, compute.as_ref(), &new.template, new.spec.access, after).await;
        let fresh = match fresh {
            Ok(fresh) => fresh,
            Err(error) if error.retryable => return Err(error),
            Err(error) => {
                let at = |e: &FieldError| FieldError::new(format!("template.{}", e.path), e.message.clone());
                let fields = if error.fields.is_empty() {
                    vec![FieldError::new("template", error.message)]
                } else {
                    error.fields.iter().map(at).collect()
                };
                errors.extend(fields);
                return Ok(effect);
            }
        };
        // Nothing of it has started yet: it starts as it is wanted then.
        if matches!(object.status.phase, Phase::Pending | Phase::Queued) {
            return Ok(effect);
        }
        let known = rendering(store, object, compute.as_ref(), &old.template, old.spec.access, before).await;
        if known.is_ok_and(|known| known.desired == fresh.desired) {
            let revision = KeptRevision::revision_at(object.status.kept_revision, object.metadata.generation);
            effect.status.kept_revision = Some(KeptRevision { generation: next, revision });
        } else {
            effect.action = PlanAction::Restart;
        }
        Ok(effect)
    }
}

/// What would run, near enough to compare two versions of it: addresses and ports are the same for both.
async fn rendering(
    store: &ControllerStore,
    object: &Object<ServiceInstance>,
    compute: Option<&Object<ComputeInstance>>,
    template: &TemplateVersion,
    access: Option<warpyard_model::kinds::EndpointAccess>,
    inputs: &Values,
) -> Result<Rendered> {
    let scope = &object.metadata.scope;
    let (Some(org), Some(project)) = (&scope.org, &scope.project) else {
        return Err(Error::internal("a service without a project"));
    };
    let mut inputs = inputs.clone();
    open_secrets(store, template, &mut inputs, org, project).await?;
    let allocation = compute.map(|c| c.status.allocation.clone().unwrap_or_else(|| sized(&c.status.size))).unwrap_or_default();
    let at = Surroundings {
        uid: &object.metadata.uid,
        name: object.metadata.name.as_str(),
        title: object.metadata.title(),
        scope,
        revision: 0,
        compute_uid: compute.map_or("", |c| c.metadata.uid.as_str()),
        compute_name: compute.map_or("", |c| c.metadata.name.as_str()),
        allocation: &allocation,
        owner: owner(store, object.spec.owner.as_ref()).await?,
        ports: None,
    };
    rendered(template, access, &inputs, &at, &nowhere())
}

/// An allocation of a size that holds nothing yet.
pub(crate) fn sized(size: &ResolvedSize) -> Allocation {
    Allocation { cpu_millis: size.cpu_millis, memory_bytes: size.memory_bytes, ..Allocation::default() }
}

/// Addresses for a comparison.
fn nowhere() -> AppAddresses {
    AppAddresses { scheme: "http".to_owned(), domain: "apps".to_owned(), port: None }
}
