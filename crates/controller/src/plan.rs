//! What a change of an instance would do, before it is done: other inputs, a newer version of its profile, or both.
//!
//! Reads and decides, writes nothing. The same plan answers the person who asks, the fleet plan of a profile and the
//! reconciler that moves instances at their deadline.

use crate::admission::{open_sealed, sealed_mark};
use crate::capacity::Capacity;
use crate::effect::{Effect, Situation};
use crate::form::{LaunchPlace, live_options};
use crate::lookup::AtRest;
use crate::profile::{Loaded, ProfileSpec, load};
use crate::{retired, secret_input};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use warpyard_model::difference::Difference;
use warpyard_model::inputs::{Evaluation, FieldType, Form, Mode, Retired, Values, carry, evaluate};
use warpyard_model::kinds::{
    ComputeInstance, ComputeProfile, InstanceUpdate, Phase, ProfileRef, ProfileStatus, ServiceInstance, ServiceProfile,
    VersionState,
};
use warpyard_model::{Error, FieldError, Kind, Name, Object, Result, ScopePath, Spec};
use warpyard_store::{Change, ControllerStore};

/// What a person wants of an instance.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRequest {
    /// Other values for inputs that may change; the others stay. Null takes a value away.
    #[serde(default)]
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub inputs: Values,
    /// The profile's published generation, to upgrade to it.
    #[serde(default)]
    pub generation: Option<i64>,
}

/// What a change does to what runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanAction {
    /// Nothing changes.
    None,
    /// No process is touched.
    InPlace,
    /// Its process is started again; the home stays.
    Restart,
    /// Its allocation changes: it waits for capacity like a new one, and services on it restart. The home stays.
    Replace,
    /// It cannot be done; `errors` say why.
    Invalid,
}

/// A version of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct VersionRef {
    /// The spec's generation.
    pub generation: i64,
    /// Its number; 0 where it was never published.
    pub number: u32,
}

/// What a change of an instance would do.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ChangePlan {
    /// In one word.
    pub action: PlanAction,
    /// What would be different; sensitive values as `•••`.
    pub changes: Vec<Difference>,
    /// What is wrong, at `inputs.x`, `generation`, `size`, `compute` or `restarts`.
    pub errors: Vec<FieldError>,
    /// The version it would run.
    pub to: VersionRef,
    /// Services that would restart with it, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub restarts: Vec<String>,
    /// Whether there is room, where the allocation changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<Capacity>,
}

/// The version an instance is to run.
#[derive(Debug, Clone)]
pub enum Wanted<P: ProfileSpec> {
    /// Its own.
    Same,
    /// The one that is published, if that is this generation.
    Published(i64),
    /// This spec, whether it is stored or not.
    Spec(Box<Loaded<P>>),
}

/// Kinds that are launched from a profile.
pub trait Instance: Spec {
    /// The kind of profile.
    type Profile: ProfileSpec;
    /// What it was launched from.
    fn profile(&self) -> &ProfileRef;
    /// The same, to change it.
    fn profile_mut(&mut self) -> &mut ProfileRef;
    /// Its inputs; sensitive ones are marks.
    fn inputs(&self) -> &Values;
    /// The same, to change them.
    fn inputs_mut(&mut self) -> &mut Values;
    /// Whose it is.
    fn owner(&self) -> Option<&Name>;
    /// Where it is in its life.
    fn phase(status: &Self::Status) -> Phase;
    /// The newer version it could move to.
    fn update(status: &Self::Status) -> Option<&InstanceUpdate>;
    /// The same, to change it.
    fn update_mut(status: &mut Self::Status) -> &mut Option<InstanceUpdate>;
    /// What going from one version and set of inputs to another does to what runs.
    fn effect(situation: &Situation<'_, Self>, errors: &mut Vec<FieldError>)
    -> impl Future<Output = Result<Effect<Self>>> + Send;
}

macro_rules! instance {
    ($kind:ty, $profile:ty) => {
        impl Instance for $kind {
            type Profile = $profile;
            fn profile(&self) -> &ProfileRef {
                &self.profile
            }
            fn profile_mut(&mut self) -> &mut ProfileRef {
                &mut self.profile
            }
            fn inputs(&self) -> &Values {
                &self.inputs
            }
            fn inputs_mut(&mut self) -> &mut Values {
                &mut self.inputs
            }
            fn owner(&self) -> Option<&Name> {
                self.owner.as_ref()
            }
            fn phase(status: &Self::Status) -> Phase {
                status.phase
            }
            fn update(status: &Self::Status) -> Option<&InstanceUpdate> {
                status.update.as_ref()
            }
            fn update_mut(status: &mut Self::Status) -> &mut Option<InstanceUpdate> {
                &mut status.update
            }
            async fn effect(situation: &Situation<'_, Self>, errors: &mut Vec<FieldError>) -> Result<Effect<Self>> {
                crate::effect::Effective::effect(situation, errors).await
            }
        }
    };
}
instance!(ComputeInstance, ComputeProfile);
instance!(ServiceInstance, ServiceProfile);

/// A plan, and what is to be written for it.
pub struct Prepared<S: Spec> {
    /// What people are told.
    pub plan: ChangePlan,
    /// Options in use that the version no longer offers and that lead nowhere.
    pub retired: Vec<Retired>,
    /// The change of the instance; nothing where the plan is invalid or changes nothing.
    pub change: Option<Change<S>>,
    /// Services that are started again with it.
    pub restarts: Vec<Object<ServiceInstance>>,
}

/// Where an instance's profile lives.
pub(crate) fn home_of<S: Instance>(object: &Object<S>) -> Result<(ScopePath, &Name, &Name)> {
    let scope = &object.metadata.scope;
    let (Some(org), Some(project)) = (&scope.org, &scope.project) else {
        return Err(Error::internal("an instance without a project"));
    };
    let home = object.spec.profile().project.clone().unwrap_or_else(|| project.clone());
    Ok((ScopePath::project(org.clone(), home), org, project))
}

/// Plans a change of `object`, as it stands in the store or in a transaction that keeps others from writing.
pub async fn plan<S: Instance>(
    store: &ControllerStore,
    object: &Object<S>,
    wanted: Wanted<S::Profile>,
    given: &Values,
) -> Result<Prepared<S>> {
    let (home, org, project) = home_of(object)?;
    let name = &object.spec.profile().name;
    let gone = || Error::precondition_failed(format!("Its profile {name} is not there any more."));
    let stored = store.find::<S::Profile>(&home, name).await?.ok_or_else(gone)?;
    let published = stored.status.published.as_ref().map(|p| p.generation);
    let pinned = object.spec.profile().generation.or(published).ok_or_else(gone)?;
    let old = load::<S::Profile>(&mut AtRest(store), &home, name, project, Some(pinned)).await?;
    let mut errors = Vec::new();
    let (new, upgrade) = match wanted {
        Wanted::Same => {
            check_retired(&stored.status, pinned, given, &mut errors);
            (old.clone(), false)
        }
        Wanted::Published(generation) if generation == pinned => (old.clone(), false),
        Wanted::Published(generation) => {
            if published != Some(generation) {
                let published = published.map_or("nothing is published now".to_owned(), |p| format!("{p} is what is published"));
                errors.push(FieldError::new("generation", format!("{published}; {generation} cannot be upgraded to")));
            }
            if !home.project.as_ref().is_some_and(|h| crate::profile::offered(&stored).reaches(h, project)) {
                errors.push(FieldError::new("generation", format!("{name} is no longer offered in the project {project}")));
            }
            (load::<S::Profile>(&mut AtRest(store), &home, name, project, Some(generation)).await?, true)
        }
        Wanted::Spec(spec) => (*spec, true),
    };

    let place = LaunchPlace { org, project, workspace: object.metadata.scope.workspace.as_ref() };
    let live = live_options(store, &place, &new.spec.placement(), None).await?;
    let form = new.form(&live)?;
    let before = opened(store, object).await?;
    let (evaluation, retired) = evaluated(&form, &new, &before, given, upgrade);
    let mut wrong = evaluation.errors.clone();
    let at = ScopePath::project(org.clone(), project.clone());
    wrong.extend(secret_input::check(&mut AtRest(store), &at, &form, &evaluation).await?);
    let retired = retired.into_iter().filter(|r| wrong.iter().any(|e| field_of(e) == r.field)).collect();
    errors.extend(wrong.into_iter().map(|e| e.under("inputs")));

    let mut changes = input_changes(&form, &old, &before, &evaluation);
    profile_changes(&old, &new, &mut changes);
    let situation = Situation { store, object, home: &home, old: &old, new: &new, before: &before, after: &evaluation.values };
    let effect = S::effect(&situation, &mut errors).await?;
    for service in &effect.restarts {
        if let Some(message) = retired::why_not(&mut AtRest(store), service).await? {
            errors.push(FieldError::new("restarts", message));
        }
    }
    changes.extend(effect.changes);
    let to = VersionRef { generation: new.generation, number: stored.status.number(new.generation) };
    let unchanged = new.generation == pinned && changes.is_empty();
    let action = match (errors.is_empty(), unchanged) {
        (false, _) => PlanAction::Invalid,
        (true, true) => PlanAction::None,
        (true, false) => effect.action,
    };
    let restarts = if action == PlanAction::Replace { effect.restarts } else { Vec::new() };
    let change = if matches!(action, PlanAction::None | PlanAction::Invalid) || new.generation == 0 {
        None
    } else {
        let mut change = written(store, object, &form, &new, &evaluation, &before, &stored.metadata.uid).await?;
        let mut status = effect.status;
        *S::update_mut(&mut status) = stored.status.update_for(new.generation);
        change.status = Some(status);
        Some(change)
    };
    let names = restarts.iter().map(|s| s.metadata.name.to_string()).collect();
    let plan = ChangePlan { action, changes, errors, to, restarts: names, capacity: effect.capacity };
    Ok(Prepared { plan, retired, change, restarts })
}

/// A retired version is upgraded before anything else of it changes.
fn check_retired(status: &ProfileStatus, pinned: i64, given: &Values, errors: &mut Vec<FieldError>) {
    if let Some(version) = status.version(pinned).filter(|v| v.state == VersionState::Retired && !given.is_empty()) {
        let message = format!("version {} is retired; upgrade along with this change", version.number);
        errors.push(FieldError::new("generation", message));
    }
}

/// Inputs with sealed ones opened.
async fn opened<S: Instance>(store: &ControllerStore, object: &Object<S>) -> Result<Values> {
    let mut values = object.spec.inputs().clone();
    if values.values().any(|value| *value == sealed_mark()) {
        open_sealed(&mut values, &store.unseal(&object.metadata.uid).await?)?;
    }
    Ok(values)
}

fn field_of(error: &FieldError) -> &str {
    error.path.split('.').next().unwrap_or_default()
}

/// The instance's values in the form it would have, with what is given over them.
fn evaluated<P: ProfileSpec>(
    form: &Form,
    new: &Loaded<P>,
    before: &Values,
    given: &Values,
    upgrade: bool,
) -> (Evaluation, Vec<Retired>) {
    // What comes back as a mark was never typed: it stays.
    let given: Vec<(&String, &Json)> = given.iter().filter(|(_, value)| **value != sealed_mark()).collect();
    let over = |mut values: Values| {
        for (name, value) in &given {
            values.insert((*name).clone(), (*value).clone());
        }
        values
    };
    if !upgrade {
        return (evaluate(form, &over(before.clone()), Mode::Change(before)), Vec::new());
    }
    let carried = carry(form, new.spec.rules(), before);
    let alone = evaluate(form, &carried.values, Mode::Create);
    let mut evaluation = evaluate(form, &over(carried.values), Mode::Create);
    // An upgrade is no way round what cannot change, but what the new version cannot keep has to be answered.
    for (name, _) in given {
        let Some(field) = form.field(name).map(|f| &f.field) else { continue };
        let open = alone.errors.iter().any(|e| field_of(e) == name.as_str());
        if !field.mutable && !open && evaluation.values.get(name) != alone.values.get(name) {
            evaluation.errors.push(FieldError::new(name.clone(), "cannot be changed after launch; leave it out"));
        }
    }
    (evaluation, carried.retired)
}

fn input_changes<P: ProfileSpec>(form: &Form, old: &Loaded<P>, before: &Values, evaluation: &Evaluation) -> Vec<Difference> {
    let after = &evaluation.values;
    let new_names = after.keys().filter(|name| !before.contains_key(*name));
    let mut out = Vec::new();
    for name in before.keys().chain(new_names) {
        let (was, is) = (before.get(name), after.get(name));
        if was == is {
            continue;
        }
        let sensitive = form.field(name).is_some_and(|f| f.field.sensitive)
            || old.template.inputs.iter().any(|f| f.name == *name && f.sensitive);
        let shown = |value: Option<&Json>| value.map(|v| if sensitive { json!("•••") } else { v.clone() });
        out.push(Difference::new(format!("inputs.{name}"), shown(was), shown(is)));
    }
    out
}

/// What else people notice of another version.
fn profile_changes<P: ProfileSpec>(old: &Loaded<P>, new: &Loaded<P>, changes: &mut Vec<Difference>) {
    let mut compare = |path: &str, before: Json, after: Json| {
        if before != after {
            let there = |value: Json| Some(value).filter(|v| !v.is_null());
            changes.push(Difference::new(path, there(before), there(after)));
        }
    };
    let template = |p: &Loaded<P>| json!(format!("{} {}", p.spec.template().name, p.spec.template().version));
    compare("template", template(old), template(new));
    let price = |p: &Loaded<P>| p.spec.price().map_or(Json::Null, |price| json!(price.per_hour.normalize().to_string()));
    compare("price_per_hour", price(old), price(new));
    compare("access", json!(old.spec.access()), json!(new.spec.access()));
}

/// The change of the spec: inputs resolved, sensitive ones sealed, references to what it uses.
async fn written<S: Instance>(
    store: &ControllerStore,
    object: &Object<S>,
    form: &Form,
    new: &Loaded<S::Profile>,
    evaluation: &Evaluation,
    before: &Values,
    profile_uid: &str,
) -> Result<Change<S>> {
    let (_, org, project) = home_of(object)?;
    let at = ScopePath::project(org.clone(), project.clone());
    let mut references = vec![(profile_uid.to_owned(), "spec.profile".to_owned())];
    let (mut values, mut sealed) = (Values::new(), Vec::new());
    for (name, value) in &evaluation.values {
        if evaluation.sensitive.contains(name) {
            if before.get(name) != Some(value) || object.spec.inputs().get(name) != Some(&sealed_mark()) {
                sealed.push((format!("inputs.{name}"), serde_json::to_string(value).map_err(Error::internal)?));
            }
            values.insert(name.clone(), sealed_mark());
            continue;
        }
        if form.field(name).is_some_and(|f| f.field.field_type == FieldType::Secret)
            && let Ok(uid) = secret_input::named(&mut AtRest(store), &at, value).await?
        {
            references.push((uid, format!("spec.inputs.{name}")));
        }
        values.insert(name.clone(), value.clone());
    }
    let kept = |name: &String| evaluation.values.contains_key(name) && evaluation.sensitive.contains(name);
    let marks = object.spec.inputs().iter().filter(|(_, value)| **value == sealed_mark());
    let unsealed = marks.filter(|(name, _)| !kept(name)).map(|(name, _)| format!("inputs.{name}")).collect();
    if let Some(compute) = compute_named(object)
        && let Some(compute) = store.find::<ComputeInstance>(&object.metadata.scope, &compute).await?
    {
        references.push((compute.metadata.uid, "spec.compute".to_owned()));
    }
    let mut spec = object.spec.clone();
    *spec.inputs_mut() = values;
    spec.profile_mut().generation = Some(new.generation);
    Ok(Change { references: Some(references), sealed, unsealed, ..Change::to(spec) })
}

/// The compute instance that a service runs on.
fn compute_named<S: Spec>(object: &Object<S>) -> Option<Name> {
    let service = (object as &dyn std::any::Any).downcast_ref::<Object<ServiceInstance>>()?;
    service.spec.compute.clone()
}

/// Which instance kind a profile kind launches.
pub fn instance_kind(profile: Kind) -> Option<Kind> {
    match profile {
        Kind::ComputeProfile => Some(Kind::ComputeInstance),
        Kind::ServiceProfile => Some(Kind::ServiceInstance),
        _ => None,
    }
}
