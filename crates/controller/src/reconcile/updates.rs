//! Newer versions of profiles: instances are told of them, and moved when the deadline has come.

use crate::admission::Operable;
use crate::admission::Operation;
use crate::plan::{Instance, PlanAction, Wanted, home_of, plan};
use std::collections::HashMap;
use warpyard_model::inputs::Values;
use warpyard_model::kinds::{ComputeInstance, InstanceUpdate, ProfileStatus, ServiceInstance};
use warpyard_model::{Object, Result, Timestamp};
use warpyard_store::{Change, ControllerStore, Event, Lease, Severity};

/// Looks at every instance. Idempotent; a cancelled call leaves some of them for the next.
pub(crate) async fn run(store: &ControllerStore, lease: &Lease) -> Result<()> {
    // Services first: what restarts because its compute instance moves restarts with its own newer version already.
    follow::<ServiceInstance>(store, lease).await?;
    follow::<ComputeInstance>(store, lease).await
}

/// A profile's versions and the projects it is offered in, `*` for all; nothing where it is gone.
type Known = Option<(ProfileStatus, Vec<String>)>;

async fn follow<S: Instance>(store: &ControllerStore, lease: &Lease) -> Result<()> {
    let mut known: HashMap<(String, String), Known> = HashMap::new();
    for object in store.all::<S>(&[]).await? {
        if object.metadata.deletion_requested_at.is_some() {
            continue;
        }
        let (home, _, project) = home_of(&object)?;
        let name = &object.spec.profile().name;
        let key = (home.key(), name.to_string());
        if !known.contains_key(&key) {
            let found = store.find::<S::Profile>(&home, name).await?;
            known.insert(key.clone(), found.map(|p| offered::<S>(&p)));
        }
        let Some(Some((status, projects))) = known.get(&key) else { continue };
        let reaches = projects.iter().any(|p| p == "*" || p == project.as_str());
        let generation = object.spec.profile().generation.unwrap_or_default();
        let update = status.update_for(generation).filter(|_| reaches);
        let now = store.store().now();
        match update {
            Some(update) if update.upgrade_by.is_some_and(|at| at <= now) => move_on(store, lease, &object, update, now).await?,
            update => tell(store, lease, &object, update, now).await?,
        }
    }
    Ok(())
}

/// A profile's versions, and the projects it is offered in; `*` for all.
fn offered<S: Instance>(profile: &Object<S::Profile>) -> (ProfileStatus, Vec<String>) {
    use crate::profile::ProfileSpec as _;
    let sharing = profile.spec.sharing();
    let all = sharing.all_projects.then(|| "*".to_owned());
    let home = profile.metadata.scope.project.iter().chain(&sharing.projects).map(ToString::to_string);
    (profile.status.clone(), all.into_iter().chain(home).collect())
}

/// Writes down what an instance could move to, when that is news.
async fn tell<S: Instance>(
    store: &ControllerStore,
    lease: &Lease,
    object: &Object<S>,
    update: Option<InstanceUpdate>,
    now: Timestamp,
) -> Result<()> {
    let before = S::update(&object.status);
    if before == update.as_ref() {
        return Ok(());
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
    store
        .write_status::<S>(Some(lease), &object.metadata.uid, &events, |object| {
            // Changed meanwhile: its own change said what there is to say.
            if object.metadata.generation != generation {
                return false;
            }
            *S::update_mut(&mut object.status) = update;
            true
        })
        .await?;
    Ok(())
}

/// Moves an instance to the published version, or says why that cannot be.
async fn move_on<S: Instance>(
    store: &ControllerStore,
    lease: &Lease,
    object: &Object<S>,
    update: InstanceUpdate,
    now: Timestamp,
) -> Result<()> {
    let prepared = match plan(store, object, Wanted::Published(update.generation), &Values::new()).await {
        Ok(prepared) => prepared,
        Err(error) if error.retryable => return Err(error),
        Err(error) => return tell(store, lease, object, Some(InstanceUpdate { problem: error.message, ..update }), now).await,
    };
    let Some(change) = prepared.change else {
        let first = prepared.plan.errors.first().map(|e| format!("{}: {}", e.path, e.message)).unwrap_or_default();
        return tell(store, lease, object, Some(InstanceUpdate { problem: first, ..update }), now).await;
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
    store.change::<S, ServiceInstance>(Some(lease), &[event], this, others).await?;
    Ok(())
}
