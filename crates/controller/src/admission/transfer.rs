//! Handing an instance over: to somebody who could have launched it there.

use super::instances::{limit_use, load_for_owner, still_ended, title};
use super::{Admission, Admit, must_find};
use crate::form::{LimitUse, leaves_out};
use crate::plan::Instance;
use crate::retired;
use std::collections::BTreeMap;
use warpyard_model::kinds::{ComputeInstance, ComputeInstanceStatus, Phase, ServiceInstance, ServiceInstanceStatus, User};
use warpyard_model::permission::Subject;
use warpyard_model::{Error, Name, Object, Result, ScopePath};
use warpyard_policy::{Resource, action};
use warpyard_store::{Change, Located};

/// Kinds that have an owner who can change.
pub trait Transferable: Admit + Instance {
    /// What runs starts again as the new owner's.
    const STARTS_AGAIN: bool;
    /// The same with another owner. Whom the former owner let in is not kept: the new owner decides that.
    #[must_use]
    fn owned_by(self, owner: Name) -> Self;
    /// The compute instance that goes with it.
    fn brings(&self) -> Option<&Name>;
    /// The status with which it is handed over: what ended does not begin anew, what runs starts again as the new owner's.
    fn handed_over(status: Self::Status, generation: i64) -> Self::Status;
}

impl Transferable for ComputeInstance {
    const STARTS_AGAIN: bool = false;
    fn owned_by(self, owner: Name) -> Self {
        Self { owner: Some(owner), ..self }
    }
    fn brings(&self) -> Option<&Name> {
        None
    }
    fn handed_over(status: ComputeInstanceStatus, _: i64) -> ComputeInstanceStatus {
        status
    }
}

impl Transferable for ServiceInstance {
    const STARTS_AGAIN: bool = true;
    fn owned_by(self, owner: Name) -> Self {
        Self { owner: Some(owner), access: BTreeMap::new(), ..self }
    }
    fn brings(&self) -> Option<&Name> {
        self.compute.as_ref().filter(|_| self.owns_compute)
    }
    fn handed_over(status: ServiceInstanceStatus, generation: i64) -> ServiceInstanceStatus {
        still_ended(status, generation)
    }
}

/// Gives an instance, and the compute instance that came with it, another owner.
pub async fn transfer<S: Transferable>(admission: &mut Admission<'_>, located: Located<S>, to: &Name) -> Result<Object<S>> {
    let proof = admission.policy.allow::<action::Transfer, S>(&admission.principal, located.resource())?;
    let view = admission.policy.allow::<action::View, S>(&admission.principal, located.resource())?;
    let object = located.reveal(&view)?;
    let scope = object.metadata.scope.clone();
    may_have(admission, &scope, &object.spec, to).await?;
    if object.spec.owner() == Some(to) {
        return Ok(object);
    }
    let ended = matches!(S::phase(&object.status), Phase::Stopped | Phase::Succeeded | Phase::Failed);
    if S::STARTS_AGAIN && !ended {
        retired::refuse(&mut admission.lookup(), &object).await?;
    }
    if let Some(name) = object.spec.brings()
        && let Some(compute) = admission.batch.locate::<ComputeInstance>(&scope, name).await?
    {
        let proof = admission.policy.allow::<action::Transfer, ComputeInstance>(&admission.principal, compute.resource())?;
        let view = admission.policy.allow::<action::View, ComputeInstance>(&admission.principal, compute.resource())?;
        let compute = compute.reveal(&view)?;
        may_have(admission, &scope, &compute.spec, to).await?;
        admission.batch.change(&proof, Change::to(compute.spec.owned_by(to.clone()))).await?;
    }
    let status = S::handed_over(object.status, object.metadata.generation);
    admission.batch.change(&proof, Change { status: Some(status), ..Change::to(object.spec.owned_by(to.clone())) }).await
}

/// Whether somebody could have launched this here: they work here, the profile is offered to them, and they may have one
/// more of it.
async fn may_have<S: Transferable>(admission: &mut Admission<'_>, scope: &ScopePath, spec: &S, to: &Name) -> Result<()> {
    let user = must_find::<User>(admission, &ScopePath::platform(), to, "owner").await?;
    let principal = admission.store.store().person(to).await?;
    let place = Resource::place(Subject::Kind(S::KIND), scope);
    if !user.spec.active || admission.policy.allow::<action::Create, S>(&principal, &place).is_err() {
        let word = S::KIND.snake().replace('_', " ");
        return Err(Error::invalid_field("owner", format!("{to} may not launch a {word} in this workspace; invite them first")));
    }
    if spec.owner() == Some(to) {
        return Ok(());
    }
    let profile = load_for_owner::<S::Profile>(admission, scope, spec.profile()).await?;
    if let Some(org) = &scope.org
        && leaves_out(&mut admission.lookup(), org, &profile.sharing, to).await?
    {
        return Err(Error::invalid_field("owner", format!("{to} is in none of the groups that its profile is offered to")));
    }
    if let Some(limit) = limit_use(admission, &profile, to).await?.filter(|l| l.used >= l.most) {
        let (title, LimitUse { used, most }) = (title(&profile), limit);
        let message = format!("{to} has {used} of {title} already, and a person may have {most}: {to} deletes one first");
        return Err(Error::invalid_field("owner", message));
    }
    Ok(())
}
