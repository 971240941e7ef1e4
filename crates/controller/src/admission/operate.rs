//! Starting, stopping and retrying instances, with the compute instance that came with them.

use super::{Admission, Admit};
use crate::plan::Instance;
use crate::retired;
use warpyard_model::kinds::{ComputeInstance, DesiredState, Phase, ServiceInstance};
use warpyard_model::{Error, Name, Object, Result};
use warpyard_policy::action;
use warpyard_store::{Change, Located};

/// What people do to a running instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Bring it up; an ended run begins anew.
    Start,
    /// Take it down, its home stays.
    Stop,
    /// Try again what failed.
    Retry,
}

/// Kinds that can be started and stopped.
pub trait Operable: Admit + Instance {
    /// The spec after `operation`.
    fn operated(self, operation: Operation) -> Self;
    /// The compute instance that goes up and down with it.
    fn owned_compute(&self) -> Option<&Name>;
}

impl Operable for ComputeInstance {
    fn operated(mut self, operation: Operation) -> Self {
        self.desired_state = if operation == Operation::Stop { DesiredState::Stopped } else { DesiredState::Running };
        self
    }
    fn owned_compute(&self) -> Option<&Name> {
        None
    }
}

impl Operable for ServiceInstance {
    fn operated(mut self, operation: Operation) -> Self {
        if operation == Operation::Stop {
            self.desired_state = DesiredState::Stopped;
        } else {
            self.desired_state = DesiredState::Running;
            self.attempt += 1;
        }
        self
    }
    fn owned_compute(&self) -> Option<&Name> {
        self.compute.as_ref().filter(|_| self.owns_compute)
    }
}

/// Starts, stops or retries an instance, and with it the compute instance that came with it.
pub async fn operate<S: Operable>(admission: &mut Admission<'_>, located: Located<S>, operation: Operation) -> Result<Object<S>> {
    let proof = admission.policy.allow::<action::Operate, S>(&admission.principal, located.resource())?;
    let view = admission.policy.allow::<action::View, S>(&admission.principal, located.resource())?;
    let object = located.reveal(&view)?;
    let phase = S::phase(&object.status);
    let refused = match operation {
        Operation::Retry => (phase != Phase::Failed).then_some("Only a failed instance can be retried."),
        Operation::Start => matches!(phase, Phase::Deleting).then_some("It is being deleted."),
        Operation::Stop => matches!(phase, Phase::Deleting).then_some("It is being deleted."),
    };
    if let Some(message) = refused {
        return Err(Error::precondition_failed(message));
    }
    // Starting what runs, stopping what is stopped: done already.
    if operation == Operation::Start
        && matches!(phase, Phase::Running | Phase::Starting | Phase::Provisioning | Phase::Queued | Phase::Pending)
    {
        return Ok(object);
    }
    if operation != Operation::Stop {
        retired::refuse(&mut admission.lookup(), &object).await?;
    }
    if let Some(name) = object.spec.owned_compute()
        && let Some(compute) = admission.batch.locate::<ComputeInstance>(&object.metadata.scope, name).await?
    {
        let proof = admission.policy.allow::<action::Operate, ComputeInstance>(&admission.principal, compute.resource())?;
        let view = admission.policy.allow::<action::View, ComputeInstance>(&admission.principal, compute.resource())?;
        let compute = compute.reveal(&view)?;
        if operation != Operation::Stop && compute.spec.desired_state == DesiredState::Stopped {
            retired::refuse(&mut admission.lookup(), &compute).await?;
        }
        admission.batch.change(&proof, Change::to(compute.spec.operated(operation))).await?;
    }
    admission.batch.change(&proof, Change::to(object.spec.operated(operation))).await
}
