//! What launching would mean: size, price, place, capacity.

use super::LaunchPlace;
use super::audience::LimitUse;
use crate::badges::{Badge, badges};
use crate::capacity::{Capacity, CapacityState, assess, known_places, waiting};
use serde::Serialize;
use warpyard_model::kinds::{EndpointAccess, Organization, Placement, ResolvedSize};
use warpyard_model::{Name, Result, ScopePath};
use warpyard_store::ControllerStore;

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
    /// Every target it may run on.
    pub targets: Vec<String>,
    /// The isolation it would get, said plainly.
    pub isolation: String,
    /// What to say of it in few words: the same as on its card.
    pub badges: Vec<Badge>,
    /// Who will be able to open what.
    pub access: Vec<AccessLine>,
    /// Whether it can start now.
    pub capacity: Capacity,
    /// How many of it the person has and may have, where the profile says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<LimitUse>,
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

pub(super) async fn summary(
    store: &ControllerStore,
    place: &LaunchPlace<'_>,
    size: Option<ResolvedSize>,
    prices: &[Option<&warpyard_model::kinds::Price>],
    placement: &Placement,
    access: Vec<AccessLine>,
) -> Result<Summary> {
    let places = known_places(store, placement).await?;
    let capacity = match &size {
        Some(size) => assess(&places, placement, size, waiting(store).await?),
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
        badges: badges(&places, placement, size.as_ref(), capacity.target.as_deref()),
        size,
        price_per_month: price.map(|p| (p * rust_decimal::Decimal::from(730)).normalize().to_string()),
        price_per_hour: price.map(|p| p.normalize().to_string()),
        currency: currency(store, place.org).await?,
        target: chosen.map(|p| p.target.metadata.name.to_string()),
        targets: places.iter().map(|p| p.target.metadata.name.to_string()).collect(),
        isolation: chosen.map(|p| p.target.status.isolation.clone()).unwrap_or_default(),
        access,
        capacity,
        limit: None,
    })
}
