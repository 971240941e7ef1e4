//! Newer versions of profiles: instances are told of them, and moved when the deadline has come.
//!
//! Only instances of a profile that changed are looked at, and those of profiles whose deadline is over; all of them once
//! when a server begins.

use crate::admission::Operable;
use crate::admission::Operation;
use crate::plan::{Instance, PlanAction, Wanted, home_of, plan};
use std::collections::HashMap;
use warpyard_model::inputs::Values;
use warpyard_model::kinds::{ComputeInstance, ComputeProfile, InstanceUpdate, ServiceInstance, ServiceProfile};
use warpyard_model::{Error, Kind, Object, Result, Spec, Timestamp};
use warpyard_store::{Change, ControllerStore, Event, Lease, Severity};

/// Knows which profiles to look at.
#[derive(Debug, Default)]
pub(crate) struct Follower {
    /// Every profile was taken in once.
    begun: bool,
    /// Profiles to look at next, by uid.
    pending: HashMap<String, Kind>,
    /// Profiles with instances that are to be moved, by uid, and the earliest moment.
    deadlines: HashMap<String, (Kind, Timestamp)>,
}

/// What is left to do for a profile.
#[derive(Debug, Default, PartialEq, Eq)]
struct Left {
    /// An instance changed while it was looked at.
    again: bool,
    /// When the next of its instances is to be moved; in the past for one that could not be.
    deadline: Option<Timestamp>,
}

impl Follower {
    /// Takes in profiles that changed.
    pub(crate) fn changed(&mut self, profiles: impl IntoIterator<Item = (String, Kind)>) {
        self.pending.extend(profiles);
    }

    /// Looks at what changed and at what is due. Idempotent; what failed or a cancelled call left is looked at next time.
    pub(crate) async fn look(&mut self, store: &ControllerStore, lease: &Lease) -> Result<()> {
        if !self.begun {
            self.pending.extend(uids::<ServiceProfile>(store).await?);
            self.pending.extend(uids::<ComputeProfile>(store).await?);
            self.begun = true;
        }
        let now = store.store().now();
        let due = self.deadlines.iter().filter(|(_, (_, at))| *at <= now);
        self.pending.extend(due.map(|(uid, (kind, _))| (uid.clone(), *kind)));
        let mut failed: Option<Error> = None;
        // Services first: what restarts because its compute instance moves restarts with its own newer version already.
        for kind in [Kind::ServiceProfile, Kind::ComputeProfile] {
            let of_kind: Vec<String> = self.pending.iter().filter(|(_, k)| **k == kind).map(|(uid, _)| uid.clone()).collect();
            for uid in of_kind {
                let followed = match kind {
                    Kind::ServiceProfile => follow::<ServiceInstance>(store, lease, &uid).await,
                    _ => follow::<ComputeInstance>(store, lease, &uid).await,
                };
                match followed {
                    Ok(left) => self.note(uid, kind, &left),
                    Err(error) => failed = Some(error),
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    fn note(&mut self, uid: String, kind: Kind, left: &Left) {
        if !left.again {
            self.pending.remove(&uid);
        }
        match left.deadline {
            Some(at) => self.deadlines.insert(uid, (kind, at)),
            None => self.deadlines.remove(&uid),
        };
    }
}

async fn uids<S: Spec>(store: &ControllerStore) -> Result<Vec<(String, Kind)>> {
    Ok(store.all::<S>(&[]).await?.into_iter().map(|profile| (profile.metadata.uid, S::KIND)).collect())
}

/// Looks at every instance of a profile.
async fn follow<S: Instance>(store: &ControllerStore, lease: &Lease, profile_uid: &str) -> Result<Left> {
    let mut left = Left::default();
    let Some(profile) = store.get::<S::Profile>(profile_uid).await? else { return Ok(left) };
    // Nothing moves in a suspended organization; what is due then is moved once it goes on.
    let suspended = store.suspended_orgs().await?;
    let suspended = profile.metadata.scope.org.as_ref().is_some_and(|org| suspended.contains_key(org));
    for object in store.referring::<S>(profile_uid).await? {
        if object.metadata.deletion_requested_at.is_some() {
            continue;
        }
        let (_, _, project) = home_of(&object)?;
        let reaches =
            profile.metadata.scope.project.as_ref().is_some_and(|home| crate::profile::offered(&profile).reaches(home, project));
        let generation = object.spec.profile().generation.unwrap_or_default();
        let update = profile.status.update_for(generation).filter(|_| reaches);
        let now = store.store().now();
        let deadline = update.as_ref().and_then(|u| u.upgrade_by);
        let settled = match update {
            Some(update) if !suspended && deadline.is_some_and(|at| at <= now) => {
                move_on(store, lease, &object, update, now).await?
            }
            update => {
                left.deadline = left.deadline.into_iter().chain(deadline).min();
                left.again |= !tell(store, lease, &object, update, now).await?;
                continue;
            }
        };
        // What could not be moved is tried again when it is looked at next: something may have changed.
        if !settled {
            left.deadline = left.deadline.into_iter().chain(deadline).min();
        }
    }
    Ok(left)
}

/// Writes down what an instance could move to, when that is news. False where it changed meanwhile.
async fn tell<S: Instance>(
    store: &ControllerStore,
    lease: &Lease,
    object: &Object<S>,
    update: Option<InstanceUpdate>,
    now: Timestamp,
) -> Result<bool> {
    let before = S::update(&object.status);
    if before == update.as_ref() {
        return Ok(true);
    }
    let newer = update.as_ref().filter(|u| before.is_none_or(|b| b.generation != u.generation || b.problem != u.problem));
    let event = newer.map(|u| {
        let (severity, reason, message) = if u.problem.is_empty() {
            let by = u.upgrade_by.map(|at| format!(" It is moved to it by {at}.")).unwrap_or_default();
            let note = if u.note.is_empty() { String::new() } else { format!(" {}", u.note) };
            (Severity::Normal, "UpdateAvailable", format!("Version {} of its profile is available.{by}{note}", u.number))
        } else {
            (Severity::Warning, "UpdateImpossible", format!("It could not be moved to version {}: {}", u.number, u.problem))
        };
        Event { at: now, severity, reason: reason.to_owned(), message }
    });
    let events: Vec<Event> = event.into_iter().collect();
    let generation = object.metadata.generation;
    let mut current = true;
    store
        .write_status::<S>(Some(lease), &object.metadata.uid, &events, |object| {
            current = object.metadata.generation == generation;
            if current {
                *S::update_mut(&mut object.status) = update;
            }
            current
        })
        .await?;
    Ok(current)
}

/// Moves an instance to the published version, or says why that cannot be. True where nothing is left to do.
async fn move_on<S: Instance>(
    store: &ControllerStore,
    lease: &Lease,
    object: &Object<S>,
    update: InstanceUpdate,
    now: Timestamp,
) -> Result<bool> {
    let prepared = match plan(store, object, Wanted::Published(update.generation), &Values::new()).await {
        Ok(prepared) => prepared,
        Err(error) if error.retryable => return Err(error),
        Err(error) => {
            tell(store, lease, object, Some(InstanceUpdate { problem: error.message, ..update }), now).await?;
            return Ok(false);
        }
    };
    let Some(change) = prepared.change else {
        let first = prepared.plan.errors.first().map(|e| format!("{}: {}", e.path, e.message)).unwrap_or_default();
        tell(store, lease, object, Some(InstanceUpdate { problem: first, ..update }), now).await?;
        return Ok(false);
    };
    let how = match prepared.plan.action {
        PlanAction::Restart => " It restarts; its home stays.",
        PlanAction::Replace => " It is allotted anew; its home stays.",
        _ => "",
    };
    let message = format!("The deadline has come: it was moved to version {} of its profile.{how}", update.number);
    let event = Event { at: now, severity: Severity::Normal, reason: "Moved".to_owned(), message };
    let others = prepared
        .restarts
        .into_iter()
        .map(|s| (s.metadata.uid.clone(), s.metadata.resource_version, Change::to(s.spec.operated(Operation::Start))))
        .collect();
    let this = (object.metadata.uid.as_str(), object.metadata.resource_version, change);
    // Where something changed meanwhile the next look decides anew.
    store.change::<S, ServiceInstance>(Some(lease), "move", &[event], this, others).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_left_is_looked_at_again() {
        let at = Timestamp::from_millis;
        let mut follower = Follower { begun: true, ..Follower::default() };
        follower
            .changed([("done", Kind::ServiceProfile), ("busy", Kind::ServiceProfile), ("dated", Kind::ComputeProfile)].map(own));
        follower.note("done".into(), Kind::ServiceProfile, &Left::default());
        follower.note("busy".into(), Kind::ServiceProfile, &Left { again: true, deadline: None });
        follower.note("dated".into(), Kind::ComputeProfile, &Left { again: false, deadline: Some(at(9)) });
        assert_eq!(follower.pending.keys().collect::<Vec<_>>(), ["busy"]);
        assert_eq!(follower.deadlines, HashMap::from([("dated".to_owned(), (Kind::ComputeProfile, at(9)))]));
        follower.note("dated".into(), Kind::ComputeProfile, &Left::default());
        assert!(follower.deadlines.is_empty());
    }

    fn own((uid, kind): (&str, Kind)) -> (String, Kind) {
        (uid.to_owned(), kind)
    }
}
