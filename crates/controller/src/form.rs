//! The launch form and the summary beside it, for console, CLI and Studio's preview alike.

use crate::capacity::{Capacity, CapacityState, assess, known_places, waiting};
use crate::lookup::{AtRest, Lookup};
use crate::profile::{Loaded, ProfileSpec, load, template_version};
use serde::{Deserialize, Serialize};
use warpyard_model::inputs::{Choice, Evaluation, Form, LiveOptions, Mode, OptionSource, Values, evaluate};
use warpyard_model::kinds::{
    Card, ComputeInstance, ComputeProfile, EndpointAccess, Organization, Phase, ResolvedSize, Secret, ServiceProfile, Target,
};
use warpyard_model::render::Renderer;
use warpyard_model::{Error, FieldError, Kind, Name, Object, Result, ScopePath};
use warpyard_store::ControllerStore;

/// What a person has filled in so far.
#[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormRequest {
    /// The workspace it would be launched in.
    #[serde(default)]
    pub workspace: Option<Name>,
    /// Answers to the profile's form.
    #[serde(default)]
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub inputs: Values,
    /// The compute instance a service would run on; absent to make one.
    #[serde(default)]
    pub compute: Option<Name>,
    /// Answers to the compute profile's form, when one is made.
    #[serde(default)]
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub compute_inputs: Values,
}

/// Which profile a form is for.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct FormProfile {
    /// `ComputeProfile` or `ServiceProfile`.
    pub kind: Kind,
    /// Its name; empty for a draft.
    pub name: String,
    /// Its home project.
    pub project: String,
    /// The generation that would be launched.
    pub generation: i64,
    /// What people read.
    pub title: String,
    /// One line.
    pub description: String,
    /// How it looks.
    pub card: Card,
}

/// A compute instance a service could run on.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct ComputeOption {
    /// Its name.
    pub name: String,
    /// What people read.
    pub title: String,
    /// Where it is in its life.
    pub phase: Phase,
    /// What it holds.
    pub size: ResolvedSize,
}

/// Who will be able to open an endpoint.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct AccessLine {
    /// The endpoint.
    pub endpoint: String,
    /// What people read on the button.
    pub title: String,
    /// Who.
    pub access: EndpointAccess,
}

/// What launching would mean.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Summary {
    /// What it would hold, once inputs allow to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<ResolvedSize>,
    /// Price per hour, as a decimal string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_per_hour: Option<String>,
    /// Price of 730 hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_per_month: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// The target it would go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The isolation it would get, said plainly.
    pub isolation: String,
    /// Who will be able to open what.
    pub access: Vec<AccessLine>,
    /// Whether it can start now.
    pub capacity: Capacity,
}

/// A form with everything a launch page shows.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct FormResponse {
    /// The profile.
    pub profile: FormProfile,
    /// What to fill in.
    pub form: Form,
    /// What to fill in for the compute instance that would be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compute_form: Option<Form>,
    /// Answers with defaults, normalised; sensitive ones are left out.
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub values: Values,
    /// The same for the compute instance.
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub compute_values: Values,
    /// Fields to show, as `inputs.x` and `compute_inputs.y`.
    pub visible: Vec<String>,
    /// Fields that must be filled in.
    pub required: Vec<String>,
    /// What is wrong, at `inputs.x`, `compute_inputs.y` or `compute`.
    pub errors: Vec<FieldError>,
    /// Compute instances a service could run on.
    pub compute_options: Vec<ComputeOption>,
    /// What launching would mean.
    pub summary: Summary,
}

/// Where something is launched.
pub struct LaunchPlace<'a> {
    /// The organization.
    pub org: &'a Name,
    /// The project.
    pub project: &'a Name,
    /// The workspace, once chosen.
    pub workspace: Option<&'a Name>,
}

/// Options of the live sources, as they are now.
pub async fn live_options(store: &ControllerStore, place: &LaunchPlace<'_>, target: Option<&Name>) -> Result<LiveOptions> {
    let plain = |value: &str, label: String| Choice { value: value.into(), label, help: String::new() };
    let mut models: Vec<(String, usize, bool)> = Vec::new();
    for object in store.all::<Target>(&[]).await? {
        if target.is_some_and(|t| *t != object.metadata.name) {
            continue;
        }
        for gpu in object.status.inventory.nodes.iter().flat_map(|n| &n.gpus) {
            match models.iter_mut().find(|m| m.0 == gpu.model) {
                Some(known) => known.1 += 1,
                None => models.push((gpu.model.clone(), 1, gpu.simulated)),
            }
        }
    }
    let models = models
        .into_iter()
        .map(|(model, count, simulated)| {
            let label = format!("{model} ({count}{})", if simulated { ", simulated" } else { "" });
            plain(&model, label)
        })
        .collect();
    let in_project = |scope: &ScopePath| scope.org.as_ref() == Some(place.org) && scope.project.as_ref() == Some(place.project);
    let secrets = store.all::<Secret>(&[]).await?;
    let secrets = secrets
        .iter()
        .filter(|s| in_project(&s.metadata.scope))
        .map(|s| plain(s.metadata.name.as_str(), s.metadata.title().to_owned()))
        .collect();
    let computes = computes_in(store, place).await?;
    let computes = computes
        .iter()
        .filter(|c| c.status.phase == Phase::Running)
        .map(|c| plain(c.metadata.name.as_str(), c.metadata.title().to_owned()))
        .collect();
    Ok(LiveOptions::from([
        (OptionSource::TargetGpuModels, models),
        (OptionSource::Secrets, secrets),
        (OptionSource::ComputeInstances, computes),
    ]))
}

/// Compute instances of the workspace that are not on their way out.
async fn computes_in(store: &ControllerStore, place: &LaunchPlace<'_>) -> Result<Vec<Object<ComputeInstance>>> {
    let Some(workspace) = place.workspace else { return Ok(Vec::new()) };
    let scope = ScopePath::workspace(place.org.clone(), place.project.clone(), workspace.clone());
    let all = store.all::<ComputeInstance>(&[]).await?;
    Ok(all.into_iter().filter(|c| c.metadata.scope == scope && c.metadata.deletion_requested_at.is_none()).collect())
}

/// The size of a compute profile for these inputs.
pub fn resolve_size(spec: &ComputeProfile, inputs: &Values) -> Result<ResolvedSize, FieldError> {
    let renderer = Renderer::new(&serde_json::json!({ "inputs": inputs }));
    spec.size.resolve(&|text| renderer.text(text))
}

/// Which profile to make a form for.
pub enum FormOf<S> {
    /// A stored one, by home scope and name.
    Stored(ScopePath, Name),
    /// A draft as it stands in the designer, in its home scope.
    Draft(ScopePath, Box<S>),
}

async fn loaded<S: ProfileSpec>(
    lookup: &mut impl Lookup,
    of: FormOf<S>,
    place: &LaunchPlace<'_>,
) -> Result<(Loaded<S>, ScopePath)> {
    match of {
        FormOf::Stored(home, name) => Ok((load(lookup, &home, &name, place.project, None).await?, home)),
        FormOf::Draft(home, spec) => {
            let (_, template) = template_version(lookup, place.org, spec.template(), S::WORKLOAD).await?;
            Ok((Loaded { uid: String::new(), metadata: None, generation: 0, spec: *spec, template }, home))
        }
    }
}

/// The form of a compute profile.
pub async fn compute_form(
    store: &ControllerStore,
    of: FormOf<ComputeProfile>,
    place: &LaunchPlace<'_>,
    request: &FormRequest,
) -> Result<FormResponse> {
    let (profile, home) = loaded(&mut AtRest(store), of, place).await?;
    let live = live_options(store, place, profile.spec.target.as_ref()).await?;
    let form = profile.form(&live)?;
    let evaluation = evaluated(store, place, &form, &request.inputs).await?;
    let mut errors = under(&evaluation.errors, "inputs");
    let size = sized(&profile.spec, &evaluation, &mut errors, "inputs");
    let summary = summary(store, place, size.clone(), &[profile.spec.price()], profile.spec.target.as_ref(), Vec::new()).await?;
    // While a field is wrong the size it leads to says nothing.
    if errors.is_empty() && size.is_some() && summary.capacity.state == CapacityState::Never {
        errors.push(FieldError::new("", summary.capacity.message.clone()));
    }
    Ok(FormResponse {
        profile: described(&profile, &home),
        values: shown(&form, &evaluation),
        visible: prefixed(&evaluation.visible, "inputs"),
        required: prefixed(&evaluation.required, "inputs"),
        form,
        compute_form: None,
        compute_values: Values::new(),
        errors,
        compute_options: Vec::new(),
        summary,
    })
}

/// The form of a service profile, with the form of the compute instance it would bring.
pub async fn service_form(
    store: &ControllerStore,
    of: FormOf<ServiceProfile>,
    place: &LaunchPlace<'_>,
    request: &FormRequest,
) -> Result<FormResponse> {
    let lookup = &mut AtRest(store);
    let (profile, home) = loaded(lookup, of, place).await?;
    let live = live_options(store, place, None).await?;
    let form = profile.form(&live)?;
    let evaluation = evaluated(store, place, &form, &request.inputs).await?;
    let mut errors = under(&evaluation.errors, "inputs");
    let mut visible = prefixed(&evaluation.visible, "inputs");
    let mut required = prefixed(&evaluation.required, "inputs");

    let options: Vec<Object<ComputeInstance>> = computes_in(store, place)
        .await?
        .into_iter()
        .filter(|c| accepts(&profile.spec, &home, &c.spec.profile.name, c.spec.profile.project.as_ref()))
        .collect();
    let (mut size, mut prices, mut target) = (None, vec![profile.spec.price()], None);
    let (mut compute_form, mut compute_values) = (None, Values::new());
    let compute_profile;
    match (&request.compute, &profile.spec.compute.auto_create) {
        (Some(name), _) => match options.iter().find(|c| c.metadata.name == *name) {
            Some(chosen) => size = Some(chosen.status.size.clone()),
            None => errors.push(FieldError::new(
                "compute",
                format!("there is no compute instance {name} here that this service may run on"),
            )),
        },
        (None, Some(auto)) => {
            compute_profile = load::<ComputeProfile>(lookup, &home, auto, place.project, None).await.map_err(|e| {
                Error::precondition_failed(format!(
                    "This service brings a {auto} compute instance, which cannot be launched here: {}",
                    e.message
                ))
            })?;
            let own = compute_profile.form(&live)?;
            let own_evaluation = evaluated(store, place, &own, &request.compute_inputs).await?;
            errors.extend(under(&own_evaluation.errors, "compute_inputs"));
            visible.extend(prefixed(&own_evaluation.visible, "compute_inputs"));
            required.extend(prefixed(&own_evaluation.required, "compute_inputs"));
            size = sized(&compute_profile.spec, &own_evaluation, &mut errors, "compute_inputs");
            prices.push(compute_profile.spec.price());
            target.clone_from(&compute_profile.spec.target);
            compute_values = shown(&own, &own_evaluation);
            compute_form = Some(own);
        }
        (None, None) => errors.push(FieldError::new("compute", "choose the compute instance it runs on")),
    }
    let access = profile
        .template
        .endpoints
        .iter()
        .map(|e| AccessLine {
            endpoint: e.name.clone(),
            title: e.title.clone(),
            access: profile.spec.access.map_or(e.access, |narrowed| narrowed.min(e.access)),
        })
        .collect();
    let mut summary = summary(store, place, size, &prices, target.as_ref(), access).await?;
    if request.compute.is_some() {
        summary.capacity = Capacity {
            state: CapacityState::Available,
            free: None,
            ahead: None,
            target: None,
            message: "Runs on capacity you hold already.".to_owned(),
        };
    } else if errors.is_empty() && summary.size.is_some() && summary.capacity.state == CapacityState::Never {
        errors.push(FieldError::new("", summary.capacity.message.clone()));
    }
    Ok(FormResponse {
        profile: described(&profile, &home),
        values: shown(&form, &evaluation),
        form,
        compute_form,
        compute_values,
        visible,
        required,
        errors,
        compute_options: options
            .into_iter()
            .map(|c| ComputeOption {
                name: c.metadata.name.to_string(),
                title: c.metadata.title().to_owned(),
                phase: c.status.phase,
                size: c.status.size,
            })
            .collect(),
        summary,
    })
}

/// Whether a service may run on compute launched from this compute profile.
pub fn accepts(service: &ServiceProfile, home: &ScopePath, profile: &Name, project: Option<&Name>) -> bool {
    let requirement = &service.compute;
    if requirement.profiles.is_empty() {
        return true;
    }
    let same_home = project.is_none_or(|p| home.project.as_ref() == Some(p));
    same_home && (requirement.profiles.contains(profile) || requirement.auto_create.as_ref() == Some(profile))
}

fn sized(spec: &ComputeProfile, evaluation: &Evaluation, errors: &mut Vec<FieldError>, prefix: &str) -> Option<ResolvedSize> {
    match resolve_size(spec, &evaluation.values) {
        Ok(size) => Some(size),
        // While inputs are missing their own errors say enough.
        Err(_) if !evaluation.errors.is_empty() => None,
        Err(error) => {
            errors.push(FieldError::new(prefix, format!("the size cannot be told: {}", error.message)));
            None
        }
    }
}

/// Evaluates a form as a launch would, secrets that are named included.
async fn evaluated(store: &ControllerStore, place: &LaunchPlace<'_>, form: &Form, values: &Values) -> Result<Evaluation> {
    let mut evaluation = evaluate(form, values, Mode::Create);
    let project = ScopePath::project(place.org.clone(), place.project.clone());
    let errors = crate::secret_input::check(&mut AtRest(store), &project, form, &evaluation).await?;
    evaluation.errors.extend(errors);
    Ok(evaluation)
}

fn under(errors: &[FieldError], prefix: &str) -> Vec<FieldError> {
    errors.iter().cloned().map(|e| e.under(prefix)).collect()
}

fn prefixed(names: &[String], prefix: &str) -> Vec<String> {
    names.iter().map(|n| format!("{prefix}.{n}")).collect()
}

/// Values without the sensitive ones: what was typed stays in the browser.
fn shown(form: &Form, evaluation: &Evaluation) -> Values {
    let sensitive = |name: &str| form.field(name).is_some_and(|f| f.field.sensitive);
    evaluation.values.iter().filter(|(name, _)| !sensitive(name)).map(|(k, v)| (k.clone(), v.clone())).collect()
}

fn described<S: ProfileSpec>(profile: &Loaded<S>, home: &ScopePath) -> FormProfile {
    FormProfile {
        kind: S::KIND,
        name: profile.metadata.as_ref().map(|m| m.name.to_string()).unwrap_or_default(),
        project: home.project.as_ref().map(Name::to_string).unwrap_or_default(),
        generation: profile.generation,
        title: profile.metadata.as_ref().map(|m| m.title().to_owned()).unwrap_or_default(),
        description: profile.metadata.as_ref().map(|m| m.description.clone()).unwrap_or_default(),
        card: profile.spec.card().clone(),
    }
}

/// Prices added up, or nothing when nothing has one.
pub fn total_price(prices: &[Option<&warpyard_model::kinds::Price>]) -> Option<rust_decimal::Decimal> {
    let known: Vec<_> = prices.iter().flatten().map(|p| p.per_hour).collect();
    if known.is_empty() { None } else { Some(known.into_iter().sum()) }
}

/// The organization's currency.
pub async fn currency(store: &ControllerStore, org: &Name) -> Result<String> {
    let found = store.find::<Organization>(&ScopePath::platform(), org).await?;
    Ok(found.map_or_else(|| "USD".to_owned(), |o| o.spec.currency))
}

async fn summary(
    store: &ControllerStore,
    place: &LaunchPlace<'_>,
    size: Option<ResolvedSize>,
    prices: &[Option<&warpyard_model::kinds::Price>],
    target: Option<&Name>,
    access: Vec<AccessLine>,
) -> Result<Summary> {
    let places = known_places(store, target).await?;
    let capacity = match &size {
        Some(size) => assess(&places, size, waiting(store).await?),
        None => Capacity {
            state: CapacityState::NoTarget,
            free: None,
            ahead: None,
            target: None,
            message: "Fill in what is missing to see whether it can start now.".to_owned(),
        },
    };
    let chosen = places.iter().find(|p| capacity.target.as_deref() == Some(p.target.metadata.name.as_str())).or(places.first());
    let price = total_price(prices);
    Ok(Summary {
        size,
        price_per_month: price.map(|p| (p * rust_decimal::Decimal::from(730)).normalize().to_string()),
        price_per_hour: price.map(|p| p.normalize().to_string()),
        currency: currency(store, place.org).await?,
        target: chosen.map(|p| p.target.metadata.name.to_string()),
        isolation: chosen.map(|p| p.target.status.isolation.clone()).unwrap_or_default(),
        access,
        capacity,
    })
}
