//! Changing an instance by a plan: other inputs, a newer version, or both.

use super::{Admission, Operable, Operation};
use crate::plan::{ChangeRequest, Instance, PlanAction, Prepared, Wanted, plan};
use warpyard_model::kinds::ServiceInstance;
use warpyard_model::{Error, Object, Result};
use warpyard_policy::action;
use warpyard_store::{Change, Located};

/// Makes a change whose plan does what the caller saw it would do.
pub async fn change<S: Instance>(
    admission: &mut Admission<'_>,
    located: Located<S>,
    request: &ChangeRequest,
    seen: PlanAction,
) -> Result<Object<S>> {
    let proof = admission.policy.allow::<action::Update, S>(&admission.principal, located.resource())?;
    let view = admission.policy.allow::<action::View, S>(&admission.principal, located.resource())?;
    let object = located.reveal(&view)?;
    if object.metadata.deletion_requested_at.is_some() {
        return Err(Error::conflict("It is being deleted and cannot be changed."));
    }
    let wanted = request.generation.map_or(Wanted::Same, Wanted::Published);
    let Prepared { plan, change, restarts, .. } = plan(admission.store, &object, wanted, &request.inputs).await?;
    if plan.action == PlanAction::Invalid {
        return Err(Error::invalid(plan.errors));
    }
    if plan.action != seen {
        return Err(Error::conflict(format!(
            "This would be {} now, not {} as you saw it: look at the plan again.",
            word(plan.action),
            word(seen)
        )));
    }
    let Some(change) = change else { return Ok(object) };
    for service in restarts {
        restart(admission, &service).await?;
    }
    admission.batch.change(&proof, change).await
}

fn word(action: PlanAction) -> &'static str {
    match action {
        PlanAction::None => "no change",
        PlanAction::InPlace => "a change in place",
        PlanAction::Restart => "a restart",
        PlanAction::Replace => "a new allocation",
        PlanAction::Invalid => "refused",
    }
}

/// Begins a service anew because its compute instance changes under it.
async fn restart(admission: &mut Admission<'_>, service: &Object<ServiceInstance>) -> Result<()> {
    let (scope, name) = (&service.metadata.scope, &service.metadata.name);
    let Some(located) = admission.batch.locate::<ServiceInstance>(scope, name).await? else { return Ok(()) };
    let proof = admission
        .policy
        .allow::<action::Operate, ServiceInstance>(&admission.principal, located.resource())
        .map_err(|_| Error::forbidden("A service on it would restart that you may not operate; ask whose it is, or an admin."))?;
    admission.batch.change(&proof, Change::to(service.spec.clone().operated(Operation::Start))).await?;
    Ok(())
}
