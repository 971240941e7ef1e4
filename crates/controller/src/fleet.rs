//! The fleet plan: what a version of a profile would mean for every instance launched from it.

use crate::plan::{ChangePlan, Instance, PlanAction, Prepared, Wanted, home_of, plan};
use crate::profile::{Loaded, ProfileSpec};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use warpyard_model::difference::Difference;
use warpyard_model::inputs::Values;
use warpyard_model::kinds::Phase;
use warpyard_model::{Error, FieldError, Name, Object, Result, Spec};
use warpyard_policy::{Resource, Viewer};
use warpyard_store::ControllerStore;

/// One instance in the plan. Who may not view it learns that it is there, and nothing of whose it is or what is in it.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FleetInstance {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Its workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace: Option<Name>,
    /// Its project.
    pub project: Name,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Name>,
    /// Where it is in its life.
    pub phase: Phase,
    /// The generation it runs.
    pub generation: i64,
    /// Its number; 0 where it was never published.
    pub number: u32,
    /// What moving to the version would do.
    pub action: PlanAction,
    /// What would be different; of a hidden instance, without values.
    pub changes: Vec<Difference>,
    /// Why it could not be moved.
    pub errors: Vec<FieldError>,
    /// The caller may not view it.
    pub hidden: bool,
}

/// How many instances run a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct VersionCount {
    /// The generation.
    pub generation: i64,
    /// Its number; 0 where it was never published.
    pub number: u32,
    /// How many.
    pub count: u32,
}

/// The plan added up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct FleetTotals {
    /// How many instances by what would be done.
    pub by_action: BTreeMap<String, u32>,
    /// How many instances by what they run, oldest first.
    pub by_version: Vec<VersionCount>,
}

/// What a version of a profile would mean for every instance launched from it.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FleetPlan {
    /// Every instance, those that the caller may view first.
    pub instances: Vec<FleetInstance>,
    /// The plan added up.
    pub totals: FleetTotals,
}

/// The instances of a profile that are not on their way out.
async fn instances<P: ProfileSpec>(store: &ControllerStore, profile: &Object<P>) -> Result<Vec<Object<P::Instance>>> {
    let mut all = store.referring::<P::Instance>(&profile.metadata.uid).await?;
    all.retain(|o| o.metadata.deletion_requested_at.is_none());
    all.sort_by(|a, b| (&a.metadata.scope, &a.metadata.name).cmp(&(&b.metadata.scope, &b.metadata.name)));
    Ok(all)
}

/// A plan of one instance; what stands in the way of planning is a reason why it cannot be moved.
async fn planned<P: ProfileSpec>(
    store: &ControllerStore,
    object: &Object<P::Instance>,
    new: &Loaded<P>,
) -> Result<Prepared<P::Instance>> {
    let same = object.spec.profile().generation == Some(new.generation);
    let wanted = if same { Wanted::Same } else { Wanted::Spec(Box::new(new.clone())) };
    match plan(store, object, wanted, &Values::new()).await {
        Err(error) if !error.retryable && error.code != warpyard_model::ErrorCode::Internal => {
            let errors = if error.fields.is_empty() { vec![FieldError::new("", error.message)] } else { error.fields };
            let to = crate::plan::VersionRef { generation: new.generation, number: 0 };
            let plan =
                ChangePlan { action: PlanAction::Invalid, changes: Vec::new(), errors, to, restarts: Vec::new(), capacity: None };
            Ok(Prepared { plan, retired: Vec::new(), change: None, restarts: Vec::new() })
        }
        other => other,
    }
}

/// Plans the move of every instance of `profile` to `new`, as `viewer` may see it.
pub async fn fleet_plan<P: ProfileSpec>(
    store: &ControllerStore,
    viewer: &Viewer<'_>,
    profile: &Object<P>,
    new: &Loaded<P>,
) -> Result<FleetPlan> {
    let mut out = FleetPlan { instances: Vec::new(), totals: FleetTotals::default() };
    let mut versions: BTreeMap<i64, u32> = BTreeMap::new();
    for object in instances(store, profile).await? {
        let Prepared { plan, .. } = planned(store, &object, new).await?;
        let generation = object.spec.profile().generation.unwrap_or_default();
        *versions.entry(generation).or_default() += 1;
        let action = serde_json::to_value(plan.action).map_err(Error::internal)?;
        *out.totals.by_action.entry(action.as_str().unwrap_or_default().to_owned()).or_default() += 1;
        let owner = object.spec.owner().cloned();
        let kind = <P::Instance as Spec>::KIND;
        let resource = Resource::object(kind, &object.metadata.uid, &object.metadata.name, &object.metadata.scope)
            .owned_by(owner.as_ref().map(Name::to_string));
        let (_, _, project) = home_of(&object)?;
        let whole = FleetInstance {
            name: Some(object.metadata.name.clone()),
            workspace: object.metadata.scope.workspace.clone(),
            project: project.clone(),
            owner,
            phase: P::Instance::phase(&object.status),
            generation,
            number: profile.status.number(generation),
            action: plan.action,
            changes: plan.changes,
            errors: plan.errors,
            hidden: false,
        };
        out.instances.push(if viewer.sees(&resource) { whole } else { hidden(whole) });
    }
    out.instances.sort_by_key(|i| i.hidden);
    let count = |(generation, count)| VersionCount { generation, number: profile.status.number(generation), count };
    out.totals.by_version = versions.into_iter().map(count).collect();
    Ok(out)
}

/// What somebody may know who may not view the instance: messages tell values, so they go too.
fn hidden(whole: FleetInstance) -> FleetInstance {
    let told = |error: FieldError| FieldError::new(error.path, "would no longer be valid");
    FleetInstance {
        name: None,
        workspace: None,
        owner: None,
        changes: whole.changes.into_iter().map(|c| Difference::new(c.path, None, None)).collect(),
        errors: whole.errors.into_iter().map(told).collect(),
        hidden: true,
        ..whole
    }
}

/// The options in use that publishing `new` would take away from instances, with no redirect: at the rule that does so.
pub(crate) async fn lost_options<P: ProfileSpec>(
    store: &ControllerStore,
    profile: &Object<P>,
    new: &Loaded<P>,
) -> Result<Vec<FieldError>> {
    let mut used: BTreeMap<(String, String), u32> = BTreeMap::new();
    for object in instances(store, profile).await? {
        for retired in planned(store, &object, new).await?.retired {
            *used.entry((retired.field, shown(&retired.value))).or_default() += 1;
        }
    }
    let rule = |field: &str| new.spec.rules().iter().position(|rule| rule.name == field);
    Ok(used
        .into_iter()
        .map(|((field, value), count)| {
            let path = rule(&field).map_or("spec.template.version".to_owned(), |i| format!("spec.inputs.{i}.choices"));
            let who = if count == 1 { "1 instance uses".to_owned() } else { format!("{count} instances use") };
            FieldError::new(path, format!("{who} {value} for {field}: keep it, or redirect it to an option that stays"))
        })
        .collect())
}

fn shown(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| format!("{text:?}"))
}
