//! The shipped catalogue: compiled in from `catalog/`, brought into the store when the server starts, launched into
//! projects or cloned from there.

use crate::admission::{Admission, Applied, create, publish, update};
use crate::capacity::{Capacity, assess, places, waiting};
use crate::form::{currency, resolve_size, total_price};
use crate::lookup::AtRest;
use crate::profile::{ProfileSpec, template_version};
use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use warpyard_model::document;
use warpyard_model::inputs::{LiveOptions, Mode, evaluate};
use warpyard_model::kinds::{
    Card, ComputeProfile, EnvironmentTemplate, Price, ResolvedSize, ServiceProfile, Sharing, SystemParent, SystemProfile,
};
use warpyard_model::meta::NewMetadata;
use warpyard_model::{Error, Kind, Name, Object, Result, ScopePath, Spec};
use warpyard_policy::action;
use warpyard_store::{ControllerStore, NewObject};

#[derive(RustEmbed)]
#[folder = "../../catalog/"]
struct Files;

/// What the catalogue holds.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// Shipped templates.
    pub templates: Vec<(NewMetadata, EnvironmentTemplate)>,
    /// Shipped profiles.
    pub profiles: Vec<(NewMetadata, SystemProfile)>,
}

/// Reads the compiled-in files. An error is a defect of this build and names the file.
pub fn shipped() -> Result<Catalogue> {
    let mut catalogue = Catalogue::default();
    let mut paths: Vec<String> = Files::iter().map(|p| p.to_string()).collect();
    paths.sort();
    for path in paths.iter().filter(|p| p.ends_with(".yaml")) {
        let bad = |e: &dyn std::fmt::Display| Error::internal(format!("catalog/{path}: {e}"));
        for document in document::parse(&text(path)?).map_err(|e| bad(&e))? {
            match document.kind {
                Kind::EnvironmentTemplate => {
                    let spec: EnvironmentTemplate = crate::admission::parse_spec(document.spec).map_err(|e| bad(&e))?;
                    if let Some(error) = spec.validate().first() {
                        return Err(bad(&format!("{}: {}", error.path, error.message)));
                    }
                    catalogue.templates.push((document.metadata, spec));
                }
                Kind::SystemProfile => {
                    let mut spec: SystemProfile = crate::admission::parse_spec(document.spec).map_err(|e| bad(&e))?;
                    let readme = path.rsplit_once('/').map(|(folder, _)| format!("{folder}/README.md"));
                    let documentation = readme.map(|r| text(&r)).transpose()?.unwrap_or_default();
                    if let Some(card) = card_of(&mut spec) {
                        card.documentation = documentation;
                    }
                    catalogue.profiles.push((document.metadata, spec));
                }
                other => return Err(bad(&format!("a {other} does not belong into the catalogue"))),
            }
        }
    }
    Ok(catalogue)
}

fn text(path: &str) -> Result<String> {
    let file = Files::get(path).ok_or_else(|| Error::internal(format!("catalog/{path} is missing")))?;
    String::from_utf8(file.data.into_owned()).map_err(Error::internal)
}

fn card_of(spec: &mut SystemProfile) -> Option<&mut Card> {
    match (&mut spec.compute, &mut spec.service) {
        (Some(compute), _) => Some(&mut compute.card),
        (None, Some(service)) => Some(&mut service.card),
        (None, None) => None,
    }
}

/// The drawing of a shipped profile, as SVG text.
pub fn icon(name: &Name) -> Option<String> {
    text(&format!("{name}/icon.svg")).ok()
}

/// Brings the shipped templates and profiles into the store. Idempotent.
pub async fn bring(store: &ControllerStore) -> Result<()> {
    let Catalogue { templates, profiles } = shipped()?;
    for (metadata, spec) in templates {
        store.bring(NewObject::new(ScopePath::platform(), metadata, spec)).await?;
    }
    let names: Vec<Name> = profiles.iter().map(|(m, _)| m.name.clone()).collect();
    for (metadata, spec) in profiles {
        store.bring(NewObject::new(ScopePath::platform(), metadata, spec)).await?;
    }
    store.withdraw_unused::<SystemProfile>(&names).await
}

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
    let home = request.projects.first().ok_or_else(|| Error::invalid_field("projects", "choose at least one project"))?;
    let home = ScopePath::project(request.org.clone(), home.clone());
    let sharing = Sharing { all_projects: request.all_projects, projects: request.projects.iter().skip(1).cloned().collect() };
    let mut items = Vec::new();
    let mut missing = missing(admission.store, system).await?;
    if let Some(service) = &system.spec.service {
        let needed = service.compute.auto_create.iter().chain(&service.compute.profiles);
        for name in needed {
            if items.iter().any(|l: &Launched| l.name == *name) {
                continue;
            }
            let compute = admission.store.find::<SystemProfile>(&ScopePath::platform(), name).await?;
            if let Some(compute) = compute
                && let Some(spec) = &compute.spec.compute
            {
                items.push(offer(admission, &compute, spec, &home, &sharing, now).await?);
                missing.extend(self::missing(admission.store, &compute).await?);
            }
        }
        items.push(offer(admission, system, service, &home, &sharing, now).await?);
    } else if let Some(compute) = &system.spec.compute {
        items.push(offer(admission, system, compute, &home, &sharing, now).await?);
    }
    missing.sort();
    missing.dedup();
    Ok(LaunchedIntoProjects { items, missing })
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
            let mut joined = Sharing { all_projects: sharing.all_projects || old.all_projects, projects: old.projects.clone() };
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
        publish(admission, located, now).await?;
    }
    Ok(Launched { kind: S::KIND, name: name.clone(), project, action })
}

/// Profiles that come from the catalogue.
trait FromSystem: ProfileSpec + crate::admission::Admit {
    fn offered(self, parent: SystemParent, sharing: Sharing) -> Self;
    fn parent(&self) -> Option<&SystemParent>;
}

impl FromSystem for ComputeProfile {
    fn offered(self, parent: SystemParent, sharing: Sharing) -> Self {
        Self { parent: Some(parent), sharing, ..self }
    }
    fn parent(&self) -> Option<&SystemParent> {
        self.parent.as_ref()
    }
}

impl FromSystem for ServiceProfile {
    fn offered(self, parent: SystemParent, sharing: Sharing) -> Self {
        Self { parent: Some(parent), sharing, ..self }
    }
    fn parent(&self) -> Option<&SystemParent> {
        self.parent.as_ref()
    }
}

/// What targets lack for a shipped profile.
async fn missing(store: &ControllerStore, system: &Object<SystemProfile>) -> Result<Vec<String>> {
    let places = places(store, None).await?;
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

/// Where a template is looked up.
enum AtOrg<'a> {
    Platform,
    Org(&'a Name),
}

/// The size with every input at its default, where that says enough.
async fn default_size(store: &ControllerStore, spec: &ComputeProfile, at: &AtOrg<'_>) -> Option<ResolvedSize> {
    let lookup = &mut AtRest(store);
    let template = match at {
        AtOrg::Org(org) => template_version(lookup, org, &spec.template, ComputeProfile::WORKLOAD).await.ok()?.1,
        AtOrg::Platform => {
            let found = store.find::<EnvironmentTemplate>(&ScopePath::platform(), &spec.template.name).await.ok()??;
            found.spec.version(&spec.template.version)?.clone()
        }
    };
    let form = warpyard_model::inputs::effective_form(&template.inputs, &spec.inputs, &spec.presets, &LiveOptions::new()).ok()?;
    let evaluation = evaluate(&form, &warpyard_model::inputs::Values::new(), Mode::Create);
    resolve_size(spec, &evaluation.values).ok()
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

/// Clones a shipped profile as a draft that remembers its parent. The answer is the new profile as JSON.
pub async fn customise(
    admission: &mut Admission<'_>,
    system: &Object<SystemProfile>,
    request: &Customise,
) -> Result<serde_json::Value> {
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
    let made = create(admission, &scope, metadata, service.offered(parent, Sharing::default())).await?;
    serde_json::to_value(made).map_err(Error::internal)
}

/// A card as a developer sees it.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct CatalogueCard {
    /// `ComputeProfile` or `ServiceProfile`.
    pub kind: Kind,
    /// The profile's name.
    pub name: Name,
    /// Its home project.
    pub project: Name,
    /// The published generation.
    pub generation: i64,
    /// What people read.
    pub title: String,
    /// One line.
    pub description: String,
    /// How it looks.
    pub card: Card,
    /// What it holds, with inputs at their defaults.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<ResolvedSize>,
    /// Price per hour, as a decimal string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_per_hour: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// The isolation it gets, in a few words; the launch form says it in full.
    pub isolation: String,
    /// One launch makes the compute instance too.
    pub auto_creates_compute: bool,
    /// It runs on a compute instance that has to be there first.
    pub needs_compute: bool,
    /// Who published it.
    pub offered_by: String,
    /// Whether it can start now.
    pub availability: Capacity,
}

/// The cards offered in a project, services first, then by title.
pub async fn cards(store: &ControllerStore, org: &Name, project: &Name) -> Result<Vec<CatalogueCard>> {
    let all_places = places(store, None).await?;
    let ahead = waiting(store).await?;
    let currency = currency(store, org).await?;
    let mut cards = Vec::new();
    let computes: Vec<(Object<ComputeProfile>, ComputeProfile)> = published(store, org).await?;
    let services: Vec<(Object<ServiceProfile>, ServiceProfile)> = published(store, org).await?;
    let isolation = all_places.first().map(|p| in_short(&p.target.status.isolation)).unwrap_or_default();
    let capacity = async |spec: &ComputeProfile| {
        let named: Vec<_> =
            all_places.iter().filter(|p| spec.target.as_ref().is_none_or(|t| *t == p.target.metadata.name)).cloned().collect();
        let size = default_size(store, spec, &AtOrg::Org(org)).await;
        let availability = assess(&named, &size.clone().unwrap_or_default(), ahead);
        (size, availability)
    };
    for (object, spec) in &services {
        if !reaches(object, spec.sharing(), project) {
            continue;
        }
        let auto = spec.compute.auto_create.as_ref();
        let compute = computes.iter().find(|(c, _)| Some(&c.metadata.name) == auto && c.metadata.scope == object.metadata.scope);
        let (size, availability) = match compute {
            Some((_, compute)) => capacity(compute).await,
            None => (None, assess(&all_places, &ResolvedSize::default(), ahead)),
        };
        let prices = [spec.price(), compute.and_then(|(_, c)| c.price())];
        cards.push(card(object, spec, size, &prices, availability, &currency, &isolation));
    }
    for (object, spec) in &computes {
        if reaches(object, spec.sharing(), project) {
            let (size, availability) = capacity(spec).await;
            cards.push(card(object, spec, size, &[spec.price()], availability, &currency, &isolation));
        }
    }
    cards.sort_by(|a, b| (b.kind, a.title.to_lowercase()).cmp(&(a.kind, b.title.to_lowercase())));
    Ok(cards)
}

/// What stands before the details of an isolation statement, for a badge.
fn in_short(isolation: &str) -> String {
    isolation.split([':', '.']).next().unwrap_or_default().trim().to_owned()
}

fn reaches<S: ProfileSpec>(object: &Object<S>, sharing: &Sharing, project: &Name) -> bool {
    object.metadata.scope.project.as_ref().is_some_and(|home| sharing.reaches(home, project))
}

/// The published profiles of an organization with the spec that is published.
async fn published<S: ProfileSpec>(store: &ControllerStore, org: &Name) -> Result<Vec<(Object<S>, S)>> {
    let mut out = Vec::new();
    for object in store.all::<S>(&["published"]).await? {
        let Some(published) = object.status.published.as_ref().map(|p| p.generation) else { continue };
        if object.metadata.scope.org.as_ref() != Some(org) {
            continue;
        }
        let spec = if published == object.metadata.generation {
            object.spec.clone()
        } else {
            store.revision::<S>(&object.metadata.uid, published).await?
        };
        out.push((object, spec));
    }
    Ok(out)
}

fn card<S: ProfileSpec>(
    object: &Object<S>,
    spec: &S,
    size: Option<ResolvedSize>,
    prices: &[Option<&Price>],
    availability: Capacity,
    currency: &str,
    isolation: &str,
) -> CatalogueCard {
    let published = object.status.published.as_ref();
    let auto = spec.compute().is_some_and(|c| c.auto_create.is_some());
    CatalogueCard {
        kind: S::KIND,
        name: object.metadata.name.clone(),
        project: object.metadata.scope.project.clone().unwrap_or_else(|| object.metadata.name.clone()),
        generation: published.map_or(0, |p| p.generation),
        title: object.metadata.title().to_owned(),
        description: object.metadata.description.clone(),
        card: Card { documentation: String::new(), ..spec.card().clone() },
        size,
        price_per_hour: total_price(prices).map(|p| p.normalize().to_string()),
        currency: currency.to_owned(),
        isolation: isolation.to_owned(),
        auto_creates_compute: auto,
        needs_compute: spec.compute().is_some() && !auto,
        offered_by: published.map(|p| p.by.clone()).unwrap_or_default(),
        availability,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_catalogue_is_sound() {
        let Catalogue { templates, profiles } = shipped().unwrap();
        assert!(!profiles.is_empty());
        for (metadata, profile) in &profiles {
            let name = &metadata.name;
            let (reference, rules, presets, errors) = match (&profile.compute, &profile.service) {
                (Some(c), None) => (&c.template, &c.inputs, &c.presets, c.validate()),
                (None, Some(s)) => (&s.template, &s.inputs, &s.presets, s.validate()),
                _ => panic!("{name}: exactly one of compute and service"),
            };
            assert!(errors.is_empty(), "{name}: {errors:?}");
            let template = templates.iter().find(|(m, _)| m.name == reference.name).map(|(_, t)| t);
            let template = template.unwrap_or_else(|| panic!("{name}: no template {}", reference.name));
            let version = template.version(&reference.version).unwrap_or_else(|| panic!("{name}: no version"));
            assert_eq!(version.state, warpyard_model::kinds::TemplateState::Active, "{name}");
            let form = warpyard_model::inputs::effective_form(&version.inputs, rules, presets, &LiveOptions::new());
            assert!(form.is_ok(), "{name}: {form:?}");
            assert!(icon(name).is_some_and(|svg| svg.contains("<svg") && !svg.contains("<script")), "{name} needs an icon.svg");
            if let Some(service) = &profile.service {
                for compute in service.compute.auto_create.iter().chain(&service.compute.profiles) {
                    assert!(
                        profiles.iter().any(|(m, p)| m.name == *compute && p.compute.is_some()),
                        "{name}: no compute {compute}"
                    );
                }
            }
        }
    }
}
