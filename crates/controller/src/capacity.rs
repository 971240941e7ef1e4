//! Where something could run, and whether it could now.

use serde::{Deserialize, Serialize};
use warpyard_model::kinds::{ComputeInstance, Inventory, Placement, ResolvedSize, Target};
use warpyard_model::{Object, Result, units};
use warpyard_store::{ControllerStore, Free, Held};

/// Whether something of a size can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CapacityState {
    /// Now.
    Available,
    /// It would wait.
    Queue,
    /// It fits no target even when nothing else runs.
    Never,
    /// No target takes it.
    NoTarget,
}

/// What a person sees about capacity before launching.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Capacity {
    /// In one word.
    pub state: CapacityState,
    /// How many of this size could start now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free: Option<u32>,
    /// How many wait already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ahead: Option<u32>,
    /// The target it would go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// In a sentence.
    pub message: String,
}

/// A target with what it has and what is held.
#[derive(Debug, Clone)]
pub struct Place {
    /// The target.
    pub target: Object<Target>,
    /// What is free on each node.
    pub free: Vec<Free>,
    /// It takes new instances: it is not cordoned and not on its way out.
    pub open: bool,
}

impl Place {
    /// What the target has.
    pub fn inventory(&self) -> &Inventory {
        &self.target.status.inventory
    }

    /// Whether `size` fits when nothing else runs.
    pub fn could_ever_fit(&self, size: &ResolvedSize) -> bool {
        Free::of(self.inventory(), &[]).iter().any(|node| node.fits(size))
    }

    /// How many of `size` fit now; counting stops at a hundred.
    fn count_free(&self, size: &ResolvedSize) -> u32 {
        let per_node = |node: &Free| {
            let share = |have: u64, want: u64| have.checked_div(want).unwrap_or(100);
            let gpus = u64::from(size.gpu_count);
            let of_model = node.gpus.iter().filter(|g| size.gpu_model.as_deref().is_none_or(|m| m == g.2)).count() as u64;
            share(node.cpu_millis, size.cpu_millis)
                .min(share(node.memory_bytes, size.memory_bytes))
                .min(share(of_model, gpus))
                .min(100)
        };
        u32::try_from(self.free.iter().filter(|n| n.fits(size)).map(per_node).sum::<u64>()).unwrap_or(100)
    }
}

/// The targets something could run on now: those that count and take new instances.
pub async fn places(store: &ControllerStore, placement: &Placement) -> Result<Vec<Place>> {
    Ok(known_places(store, placement).await?.into_iter().filter(|p| p.open).collect())
}

/// The same with those that take nothing at the moment: what fits one of them waits rather than never runs.
pub async fn known_places(store: &ControllerStore, placement: &Placement) -> Result<Vec<Place>> {
    let mut out = Vec::new();
    for target in store.all::<Target>(&[]).await? {
        if placement.admits(&target) {
            let held: Vec<Held> = store.held(target.metadata.name.as_str()).await?;
            let free = Free::of(&target.status.inventory, &held);
            let open = !target.spec.cordoned && target.metadata.deletion_requested_at.is_none();
            out.push(Place { target, free, open });
        }
    }
    Ok(out)
}

/// How many compute instances wait.
pub async fn waiting(store: &ControllerStore) -> Result<u32> {
    let queued = store.all::<ComputeInstance>(&["queued"]).await?;
    Ok(u32::try_from(queued.len()).unwrap_or(u32::MAX))
}

/// Whether `size` can be had on one of the targets that are known and count, when `ahead` others wait.
pub fn assess(places: &[Place], placement: &Placement, size: &ResolvedSize, ahead: u32) -> Capacity {
    let capacity = |state, message: String| Capacity { state, free: None, ahead: None, target: None, message };
    let open: Vec<&Place> = places.iter().filter(|p| p.open).collect();
    if open.is_empty() {
        return capacity(CapacityState::NoTarget, placement.nothing_open());
    }
    let ready: Vec<&Place> = open.iter().copied().filter(|p| !p.inventory().nodes.is_empty()).collect();
    if ready.is_empty() {
        return capacity(CapacityState::NoTarget, "No target answers at the moment.".to_owned());
    }
    let free: u32 = ready.iter().map(|p| p.count_free(size)).sum();
    if let Some(place) = ready.iter().find(|p| p.count_free(size) > 0) {
        let target = Some(place.target.metadata.name.to_string());
        let message = if free >= 100 { "Many free now".to_owned() } else { format!("{free} free now") };
        return Capacity { free: Some(free), target, ..capacity(CapacityState::Available, message) };
    }
    // A target that does not tell what it has may have it, and one that is closed may open again.
    let may_come = places.iter().any(|p| p.could_ever_fit(size)) || ready.len() < open.len();
    if may_come {
        let reason = shortage(&ready, size);
        let message = match ahead {
            0 => format!("It would wait: {reason}."),
            n => format!("It would wait behind {n}: {reason}."),
        };
        return Capacity { ahead: Some(ahead), ..capacity(CapacityState::Queue, message) };
    }
    capacity(CapacityState::Never, format!("It fits no target, even an empty one: {}.", shortage_of_all(&ready, size)))
}

/// What is short right now, in words.
pub fn shortage(places: &[&Place], size: &ResolvedSize) -> String {
    let nodes: Vec<&Free> = places.iter().flat_map(|p| &p.free).collect();
    describe(&nodes, size, "free")
}

fn shortage_of_all(places: &[&Place], size: &ResolvedSize) -> String {
    let nodes: Vec<Free> = places.iter().flat_map(|p| Free::of(p.inventory(), &[])).collect();
    describe(&nodes.iter().collect::<Vec<_>>(), size, "there")
}

fn describe(nodes: &[&Free], size: &ResolvedSize, word: &str) -> String {
    let gpus = nodes
        .iter()
        .map(|n| n.gpus.iter().filter(|g| size.gpu_model.as_deref().is_none_or(|m| m == g.2)).count())
        .max()
        .unwrap_or(0);
    if (gpus as u64) < u64::from(size.gpu_count) {
        let model = size.gpu_model.as_deref().unwrap_or("GPU");
        return format!("{} × {model} needed, at most {gpus} {word} on one node", size.gpu_count);
    }
    let cpu = nodes.iter().map(|n| n.cpu_millis).max().unwrap_or(0);
    if cpu < size.cpu_millis {
        return format!("{} needed, at most {} {word} on one node", units::format_cpu(size.cpu_millis), units::format_cpu(cpu));
    }
    let memory = nodes.iter().map(|n| n.memory_bytes).max().unwrap_or(0);
    if memory < size.memory_bytes {
        return format!(
            "{} of memory needed, at most {} {word} on one node",
            units::format_size(size.memory_bytes),
            units::format_size(memory)
        );
    }
    "no single node has all of it at once".to_owned()
}
