//! The queue: who gets capacity next.
//!
//! First come, first served, with one exception: an instance passes those ahead of it when it needs nothing that they
//! are short of. Booking itself is the store's transaction, so that two schedulers could at worst disagree about order,
//! never about who holds what.

use crate::capacity::{Place, places, shortage};
use warpyard_model::kinds::{
    ComputeInstance, ComputeProfile, DesiredState, Phase, Placement, QueueStatus, ResolvedSize, ServiceInstance, StepState,
};
use warpyard_model::{Object, Result, ScopePath};
use warpyard_store::{ControllerStore, Event, Free, Held, Lease, Severity, Want};

/// What those ahead in the queue are short of on a target; whoever comes later may not take it.
#[derive(Debug, Clone, Copy, Default)]
struct Blocked {
    cpu: bool,
    memory: bool,
    gpu: bool,
}

impl Blocked {
    fn stops(self, size: &ResolvedSize) -> bool {
        (self.cpu && size.cpu_millis > 0) || (self.memory && size.memory_bytes > 0) || (self.gpu && size.gpu_count > 0)
    }

    /// What `size` lacks on the nodes of a place; something scattered over nodes counts as all of it.
    fn by(free: &[Free], size: &ResolvedSize) -> Self {
        let cpu = free.iter().all(|n| n.cpu_millis < size.cpu_millis);
        let memory = free.iter().all(|n| n.memory_bytes < size.memory_bytes);
        let gpus = ResolvedSize { cpu_millis: 0, memory_bytes: 0, ..size.clone() };
        let gpu = size.gpu_count > 0 && !free.iter().any(|n| n.fits(&gpus));
        if cpu || memory || gpu { Self { cpu, memory, gpu } } else { Self { cpu: true, memory: true, gpu: size.gpu_count > 0 } }
    }

    fn join(self, other: Self) -> Self {
        Self { cpu: self.cpu || other.cpu, memory: self.memory || other.memory, gpu: self.gpu || other.gpu }
    }
}

/// Gives capacity to whoever is next and tells the others where they stand. Tells the uids
/// to look at: compute that got something, services whose compute moved in the queue.
/// Idempotent; a cancelled call leaves bookings that the next call adopts.
pub(crate) async fn run(store: &ControllerStore, lease: Option<&Lease>) -> Result<Vec<String>> {
    let mut waiting = store.all::<ComputeInstance>(&["pending", "queued", "stopped"]).await?;
    waiting.retain(|c| {
        c.metadata.deletion_requested_at.is_none()
            && c.spec.desired_state == DesiredState::Running
            && c.status.allocation.is_none()
    });
    let mut wanted = Vec::new();
    for compute in waiting {
        let services = store.referring::<ServiceInstance>(&compute.metadata.uid).await?;
        let ended = |s: &Object<ServiceInstance>| {
            s.spec.owns_compute
                && matches!(s.status.phase, Phase::Stopped | Phase::Succeeded | Phase::Failed)
                && s.status.observed_generation == s.metadata.generation
        };
        if !services.iter().any(ended) {
            wanted.push(compute);
        }
    }
    let mut waiting = wanted;
    // Whoever waits already keeps the place; a stopped instance that is started again joins at the end.
    waiting.sort_by_key(|c| {
        (c.status.queue.as_ref().map_or(i64::MAX, |q| q.since.as_millis()), c.metadata.updated_at, c.metadata.uid.clone())
    });
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let mut all = places(store, &Placement::Any).await?;
    let mut blocked: Vec<Blocked> = vec![Blocked::default(); all.len()];
    let (mut touched, mut position) = (Vec::new(), 0);
    for instance in &waiting {
        let placement = placement_of(store, instance).await?;
        let candidates: Vec<usize> = (0..all.len()).filter(|i| placement.admits(&all[*i].target)).collect();
        let size = &instance.status.size;
        let mut booked = None;
        for &i in &candidates {
            if blocked[i].stops(size) || !all[i].free.iter().any(|n| n.fits(size)) {
                continue;
            }
            let name = all[i].target.metadata.name.to_string();
            let want = Want { instance_uid: &instance.metadata.uid, target: &name, inventory: all[i].inventory(), size };
            if let Some(allocation) = store.book(&want).await? {
                booked = Some(allocation);
                let held: Vec<Held> = store.held(&name).await?;
                all[i].free = Free::of(all[i].inventory(), &held);
                break;
            }
        }
        if let Some(allocation) = booked {
            let now = store.store().now();
            store
                .write_status::<ComputeInstance>(lease, &instance.metadata.uid, &[], |object| {
                    object.status.allocation = Some(allocation);
                    object.status.phase = Phase::Provisioning;
                    object.status.queue = None;
                    object.status.reason.clear();
                    object.status.message.clear();
                    super::timeline::end(&mut object.status.timeline, "queue", StepState::Done, "", now);
                    true
                })
                .await?;
            touched.push(instance.metadata.uid.clone());
            continue;
        }
        // Who is only kept from passing those ahead is short of nothing more than they are.
        for &i in candidates.iter().filter(|i| !all[**i].free.iter().any(|n| n.fits(size))) {
            let lacks = Blocked::by(&all[i].free, size);
            blocked[i] = blocked[i].join(lacks);
        }
        position += 1;
        let reachable: Vec<&Place> = candidates.iter().map(|i| &all[*i]).collect();
        let reason = reason(&reachable, size, &placement, position);
        if queue(store, lease, instance, position, reason).await? {
            for service in store.referring::<ServiceInstance>(&instance.metadata.uid).await? {
                touched.push(service.metadata.uid);
            }
        }
    }
    Ok(touched)
}

fn reason(candidates: &[&Place], size: &ResolvedSize, placement: &Placement, position: u32) -> String {
    if candidates.is_empty() {
        return placement.nothing_open();
    }
    if !candidates.iter().any(|p| p.could_ever_fit(size)) {
        return format!("It does not fit even an empty target: {}.", shortage(candidates, size));
    }
    if candidates.iter().any(|p| p.free.iter().any(|n| n.fits(size))) {
        return format!("{} ahead wait for the same capacity.", position.saturating_sub(1));
    }
    let names: Vec<&str> = candidates.iter().map(|p| p.target.metadata.name.as_str()).collect();
    format!("Waits for capacity on {}: {}.", names.join(", "), shortage(candidates, size))
}

async fn queue(
    store: &ControllerStore,
    lease: Option<&Lease>,
    instance: &Object<ComputeInstance>,
    position: u32,
    reason: String,
) -> Result<bool> {
    let known = instance.status.queue.as_ref();
    if instance.status.phase == Phase::Queued && known.is_some_and(|q| q.position == position && q.reason == reason) {
        return Ok(false);
    }
    let now = store.store().now();
    let entered = known.is_none();
    let events = [Event { at: now, severity: Severity::Normal, reason: "Queued".into(), message: reason.clone() }];
    store
        .write_status::<ComputeInstance>(lease, &instance.metadata.uid, if entered { &events } else { &[] }, |object| {
            let since = object.status.queue.as_ref().map_or(now, |q| q.since);
            if object.status.queue.is_none() {
                object.status.timeline.clear();
            }
            super::timeline::begin(&mut object.status.timeline, "queue", "Wait for capacity", now);
            object.status.phase = Phase::Queued;
            object.status.reason = "Queued".into();
            object.status.message.clone_from(&reason);
            object.status.queue = Some(QueueStatus { position, reason, since });
            true
        })
        .await?;
    Ok(true)
}

/// The targets that count for an instance's profile, at the generation it was launched from.
async fn placement_of(store: &ControllerStore, instance: &Object<ComputeInstance>) -> Result<Placement> {
    let scope = &instance.metadata.scope;
    let (Some(org), Some(home)) = (&scope.org, instance.spec.profile.project.as_ref().or(scope.project.as_ref())) else {
        return Ok(Placement::Any);
    };
    let home = ScopePath::project(org.clone(), home.clone());
    let Some(profile) = store.find::<ComputeProfile>(&home, &instance.spec.profile.name).await? else {
        return Ok(Placement::Any);
    };
    match instance.spec.profile.generation {
        Some(generation) if generation != profile.metadata.generation => {
            Ok(Placement::of(&store.revision::<ComputeProfile>(&profile.metadata.uid, generation).await?))
        }
        _ => Ok(Placement::of(&profile.spec)),
    }
}
