//! The launch form and the summary beside it, for console, CLI and Studio's preview alike.

mod audience;
mod live;
mod summary;

pub use audience::{LimitUse, Offered, Person};
pub use live::live_options;
pub use summary::{AccessLine, Summary, currency, total_price};

pub(crate) use audience::{beyond, leaves_out};

use crate::capacity::{Capacity, CapacityState};
use crate::lookup::{AtRest, Lookup};
use crate::profile::{Loaded, ProfileSpec, load, template_version};
use serde::{Deserialize, Serialize};
use warpyard_model::inputs::{Evaluation, Form, Mode, Values, evaluate};
use warpyard_model::kinds::{Card, ComputeInstance, ComputeProfile, Phase, Placement, ResolvedSize, ServiceProfile};
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
    /// Who it is made for: their groups, limits and compute instances count. The caller where absent; somebody else needs
    /// the right to change the profile.
    #[serde(default)]
    pub viewer: Option<Name>,
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
    /// Whether the person it is made for is offered it.
    pub offered: Offered,
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
            let sharing = spec.sharing().clone();
            Ok((Loaded { uid: String::new(), metadata: None, generation: 0, spec: *spec, sharing, template }, home))
        }
    }
}

/// The form of a compute profile.
pub async fn compute_form(
    store: &ControllerStore,
    of: FormOf<ComputeProfile>,
    place: &LaunchPlace<'_>,
    request: &FormRequest,
    person: &Person<'_>,
) -> Result<FormResponse> {
    let (profile, home) = loaded(&mut AtRest(store), of, place).await?;
    let placement = Placement::of(&profile.spec);
    let live = live_options(store, place, &placement, Some(person)).await?;
    let form = profile.form(&live)?;
    let evaluation = evaluated(store, place, &form, &request.inputs).await?;
    let mut errors = under(&evaluation.errors, "inputs");
    let size = sized(&profile.spec, &evaluation, &mut errors, "inputs");
    let mut summary = summary::summary(store, place, size.clone(), &[profile.spec.price()], &placement, Vec::new()).await?;
    // While a field is wrong the size it leads to says nothing.
    if errors.is_empty() && size.is_some() && summary.capacity.state == CapacityState::Never {
        errors.push(FieldError::new("", summary.capacity.message.clone()));
    }
    let offered = audience(store, &profile, &home, place, person, &mut summary, &mut errors).await?;
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
        offered,
    })
}

/// The form of a service profile, with the form of the compute instance it would bring.
pub async fn service_form(
    store: &ControllerStore,
    of: FormOf<ServiceProfile>,
    place: &LaunchPlace<'_>,
    request: &FormRequest,
    person: &Person<'_>,
) -> Result<FormResponse> {
    let lookup = &mut AtRest(store);
    let (profile, home) = loaded(lookup, of, place).await?;
    let live = live_options(store, place, &Placement::Any, Some(person)).await?;
    let form = profile.form(&live)?;
    let evaluation = evaluated(store, place, &form, &request.inputs).await?;
    let mut errors = under(&evaluation.errors, "inputs");
    let mut visible = prefixed(&evaluation.visible, "inputs");
    let mut required = prefixed(&evaluation.required, "inputs");

    let options: Vec<Object<ComputeInstance>> = live::computes_in(store, place, Some(person))
        .await?
        .into_iter()
        .filter(|c| accepts(&profile.spec, &home, &c.spec.profile.name, c.spec.profile.project.as_ref()))
        .collect();
    let (mut size, mut prices, mut placement) = (None, vec![profile.spec.price()], Placement::Any);
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
            let own_limit = audience::limit_use(store, &compute_profile, &person.name()?).await?;
            let title = compute_profile.metadata.as_ref().map_or(auto.as_str(), |m| m.title());
            errors.extend(own_limit.and_then(|l| l.complaint(title)).map(|message| FieldError::new("", message)));
            let own = compute_profile.form(&live)?;
            let own_evaluation = evaluated(store, place, &own, &request.compute_inputs).await?;
            errors.extend(under(&own_evaluation.errors, "compute_inputs"));
            visible.extend(prefixed(&own_evaluation.visible, "compute_inputs"));
            required.extend(prefixed(&own_evaluation.required, "compute_inputs"));
            size = sized(&compute_profile.spec, &own_evaluation, &mut errors, "compute_inputs");
            prices.push(compute_profile.spec.price());
            placement = Placement::of(&compute_profile.spec);
            compute_values = shown(&own, &own_evaluation);
            compute_form = Some(own);
        }
        (None, None) => errors.push(FieldError::new("compute", "choose the compute instance it runs on")),
    }
    let access = profile
        .template
        .endpoints
        .iter()
        .map(|e| AccessLine { endpoint: e.name.clone(), title: e.title.clone(), access: e.usual_access(profile.spec.access) })
        .collect();
    let mut summary = summary::summary(store, place, size, &prices, &placement, access).await?;
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
    let offered = audience(store, &profile, &home, place, person, &mut summary, &mut errors).await?;
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
        offered,
    })
}

/// Says for whom it is, and what stands in the way of having one more.
async fn audience<S: ProfileSpec>(
    store: &ControllerStore,
    profile: &Loaded<S>,
    home: &ScopePath,
    place: &LaunchPlace<'_>,
    person: &Person<'_>,
    summary: &mut Summary,
    errors: &mut Vec<FieldError>,
) -> Result<Offered> {
    let offered = audience::offered(store, home, place.project, &profile.sharing, person).await?;
    // A draft is looked at by those who make it, whomever it is for.
    if !offered.to_viewer && profile.metadata.is_some() {
        errors.push(FieldError::new("", offered.reason.clone()));
    }
    summary.limit = audience::limit_use(store, profile, &person.name()?).await?;
    let title = profile.metadata.as_ref().map_or("it", |m| m.title());
    errors.extend(summary.limit.and_then(|limit| limit.complaint(title)).map(|message| FieldError::new("", message)));
    Ok(offered)
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
