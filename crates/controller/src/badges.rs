//! What a profile's card says in few words about where it would run. Computed whenever it is asked for, never stored.

use crate::capacity::Place;
use serde::Serialize;
use std::collections::BTreeSet;
use warpyard_model::kinds::{Placement, ResolvedSize};

/// What a badge tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BadgeKind {
    /// How instances are kept apart.
    Isolation,
    /// The model of the GPUs it holds.
    GpuModel,
}

/// A few words on a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Badge {
    /// What it tells.
    pub kind: BadgeKind,
    /// The words.
    pub text: String,
    /// The whole sentence, where the words are only its beginning.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// The badges of a profile of this size that would go to `chosen`, or else to any of these places.
pub(crate) fn badges(places: &[Place], placement: &Placement, size: Option<&ResolvedSize>, chosen: Option<&str>) -> Vec<Badge> {
    let place = places.iter().find(|p| chosen == Some(p.target.metadata.name.as_str())).or(places.first());
    let mut badges = Vec::new();
    if let Some(place) = place {
        let isolation = place.target.status.isolation.trim();
        let text = in_short(isolation);
        if !text.is_empty() {
            let detail = if text == isolation { String::new() } else { isolation.to_owned() };
            badges.push(Badge { kind: BadgeKind::Isolation, text, detail });
        }
    }
    if let Some(model) = size.filter(|size| size.gpu_count > 0).and_then(|size| gpu_model(size, placement, place)) {
        badges.push(Badge { kind: BadgeKind::GpuModel, text: model, detail: String::new() });
    }
    badges
}

/// The model that the size or the profile asks for, or the only one there is where it would run.
fn gpu_model(size: &ResolvedSize, placement: &Placement, place: Option<&Place>) -> Option<String> {
    if size.gpu_model.is_some() {
        return size.gpu_model.clone();
    }
    if let Placement::Matching(selector) = placement
        && selector.gpu_model.is_some()
    {
        return selector.gpu_model.clone();
    }
    let nodes = &place?.target.status.inventory.nodes;
    let models: BTreeSet<&str> = nodes.iter().flat_map(|node| &node.gpus).map(|gpu| gpu.model.as_str()).collect();
    let mut models = models.into_iter();
    models.next().filter(|_| models.next().is_none()).map(str::to_owned)
}

/// What stands before the details of an isolation statement.
fn in_short(isolation: &str) -> String {
    isolation.split([':', '.']).next().unwrap_or_default().trim().to_owned()
}
