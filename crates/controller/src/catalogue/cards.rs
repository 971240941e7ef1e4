//! The cards that developers choose from.

use crate::badges::{Badge, BadgeKind, badges};
use crate::capacity::{Capacity, assess, known_places, waiting};
use crate::form::{currency, leaves_out, resolve_size, total_price};
use crate::lookup::AtRest;
use crate::profile::{ProfileSpec, template_version};
use serde::Serialize;
use std::collections::BTreeMap;
use warpyard_model::inputs::{LiveOptions, Mode, evaluate};
use warpyard_model::kinds::{Card, ComputeProfile, EnvironmentTemplate, Placement, Price, ResolvedSize, ServiceProfile, User};
use warpyard_model::{Kind, Name, Object, Result, ScopePath};
use warpyard_store::ControllerStore;

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
    /// What to say of it in few words.
    pub badges: Vec<Badge>,
    /// One launch makes the compute instance too.
    pub auto_creates_compute: bool,
    /// It runs on a compute instance that has to be there first.
    pub needs_compute: bool,
    /// Who published it, as people know them.
    pub offered_by: String,
    /// Whether it can start now.
    pub availability: Capacity,
}

/// The cards offered to a person in a project, services first, then by title.
pub async fn cards(store: &ControllerStore, org: &Name, project: &Name, person: &Name) -> Result<Vec<CatalogueCard>> {
    let all_places = known_places(store, &Placement::Any).await?;
    let ahead = waiting(store).await?;
    let currency = currency(store, org).await?;
    let mut cards = Vec::new();
    let computes: Vec<(Object<ComputeProfile>, ComputeProfile)> = published(store, org).await?;
    let services: Vec<(Object<ServiceProfile>, ServiceProfile)> = published(store, org).await?;
    let capacity = async |spec: &ComputeProfile| {
        let placement = Placement::of(spec);
        let named: Vec<_> = all_places.iter().filter(|p| placement.admits(&p.target)).cloned().collect();
        let size = default_size(store, spec, &AtOrg::Org(org)).await;
        let availability = assess(&named, &placement, &size.clone().unwrap_or_default(), ahead);
        let badges = badges(&named, &placement, size.as_ref(), availability.target.as_deref());
        (size, availability, badges)
    };
    for (object, spec) in &services {
        if !is_offered(store, object, project, person).await? {
            continue;
        }
        let auto = spec.compute.auto_create.as_ref();
        let compute = computes.iter().find(|(c, _)| Some(&c.metadata.name) == auto && c.metadata.scope == object.metadata.scope);
        let (size, availability, badges) = match compute {
            Some((_, compute)) => capacity(compute).await,
            None => {
                let availability = assess(&all_places, &Placement::Any, &ResolvedSize::default(), ahead);
                let badges = badges(&all_places, &Placement::Any, None, availability.target.as_deref());
                (None, availability, badges)
            }
        };
        let prices = [spec.price(), compute.and_then(|(_, c)| c.price())];
        cards.push(card(object, spec, size, &prices, availability, &currency, badges));
    }
    for (object, spec) in &computes {
        if is_offered(store, object, project, person).await? {
            let (size, availability, badges) = capacity(spec).await;
            cards.push(card(object, spec, size, &[spec.price()], availability, &currency, badges));
        }
    }
    let people = People::of(store, cards.iter().map(|c| c.offered_by.as_str())).await?;
    for card in &mut cards {
        card.offered_by = people.title(&card.offered_by);
    }
    cards.sort_by(|a, b| (b.kind, a.title.to_lowercase()).cmp(&(a.kind, b.title.to_lowercase())));
    Ok(cards)
}

/// The people who published something, as others know them.
struct People(BTreeMap<String, String>);

impl People {
    async fn of(store: &ControllerStore, names: impl Iterator<Item = &str>) -> Result<Self> {
        let mut titles = BTreeMap::new();
        for text in names {
            if !titles.contains_key(text)
                && let Ok(name) = Name::parse(text)
                && let Some(user) = store.find::<User>(&ScopePath::platform(), &name).await?
            {
                titles.insert(text.to_owned(), user.metadata.title().to_owned());
            }
        }
        Ok(Self(titles))
    }

    /// The display name; whoever is gone goes by the name they signed in with.
    fn title(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }
}

async fn is_offered<S: ProfileSpec>(store: &ControllerStore, object: &Object<S>, project: &Name, person: &Name) -> Result<bool> {
    let (Some(org), Some(home)) = (&object.metadata.scope.org, &object.metadata.scope.project) else { return Ok(false) };
    let sharing = crate::profile::offered(object);
    Ok(sharing.reaches(home, project) && !leaves_out(&mut AtRest(store), org, sharing, person).await?)
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
    badges: Vec<Badge>,
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
        isolation: badges.iter().find(|b| b.kind == BadgeKind::Isolation).map(|b| b.text.clone()).unwrap_or_default(),
        badges,
        auto_creates_compute: auto,
        needs_compute: spec.compute().is_some() && !auto,
        offered_by: published.map(|p| p.by.clone()).unwrap_or_default(),
        availability,
    }
}

/// Where a template is looked up.
pub(super) enum AtOrg<'a> {
    Platform,
    Org(&'a Name),
}

/// The size with every input at its default, where that says enough.
pub(super) async fn default_size(store: &ControllerStore, spec: &ComputeProfile, at: &AtOrg<'_>) -> Option<ResolvedSize> {
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
