//! Options that are read from what is there: GPU models, secrets, running compute instances.

use super::LaunchPlace;
use super::audience::Person;
use warpyard_model::inputs::{Choice, LiveOptions, OptionSource};
use warpyard_model::kinds::{ComputeInstance, Phase, Placement, Secret, Target};
use warpyard_model::{Object, Result, ScopePath};
use warpyard_store::ControllerStore;

/// Options of the live sources, as they are now.
pub async fn live_options(
    store: &ControllerStore,
    place: &LaunchPlace<'_>,
    placement: &Placement,
    person: Option<&Person<'_>>,
) -> Result<LiveOptions> {
    let plain = |value: &str, label: String| Choice { value: value.into(), label, help: String::new() };
    let mut models: Vec<(String, usize, bool)> = Vec::new();
    for object in store.all::<Target>(&[]).await? {
        if !placement.admits(&object) {
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
    let computes = computes_in(store, place, person).await?;
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

/// Compute instances of the workspace that are not on their way out and that the person may run services on.
pub(super) async fn computes_in(
    store: &ControllerStore,
    place: &LaunchPlace<'_>,
    person: Option<&Person<'_>>,
) -> Result<Vec<Object<ComputeInstance>>> {
    let Some(workspace) = place.workspace else { return Ok(Vec::new()) };
    let scope = ScopePath::workspace(place.org.clone(), place.project.clone(), workspace.clone());
    let all = store.all::<ComputeInstance>(&[]).await?;
    Ok(all
        .into_iter()
        .filter(|c| {
            c.metadata.scope == scope && c.metadata.deletion_requested_at.is_none() && person.is_none_or(|p| p.may_use(c))
        })
        .collect())
}
