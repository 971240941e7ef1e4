//! Reading what admission needs, from the store at rest or through a transaction that is under way.

use std::future::Future;
use warpyard_model::{Name, Object, Result, ScopePath, Spec};
use warpyard_policy::ControllerProof;
use warpyard_store::{Batch, ControllerStore};

/// Reads objects on behalf of admission.
pub trait Lookup: Send {
    /// An object by scope and name.
    fn look<S: Spec>(&mut self, scope: &ScopePath, name: &Name) -> impl Future<Output = Result<Option<Object<S>>>> + Send;
    /// The spec an object had at a generation.
    fn look_revision<S: Spec>(&mut self, uid: &str, generation: i64) -> impl Future<Output = Result<S>> + Send;
}

/// The store at rest.
pub struct AtRest<'a>(pub &'a ControllerStore);

impl Lookup for AtRest<'_> {
    async fn look<S: Spec>(&mut self, scope: &ScopePath, name: &Name) -> Result<Option<Object<S>>> {
        self.0.find(scope, name).await
    }
    async fn look_revision<S: Spec>(&mut self, uid: &str, generation: i64) -> Result<S> {
        self.0.revision(uid, generation).await
    }
}

/// A transaction under way: sees what it made itself.
pub struct UnderWay<'a> {
    /// The transaction.
    pub batch: &'a mut Batch,
    /// Why one may look.
    pub proof: &'a ControllerProof,
}

impl Lookup for UnderWay<'_> {
    async fn look<S: Spec>(&mut self, scope: &ScopePath, name: &Name) -> Result<Option<Object<S>>> {
        self.batch.look(self.proof, scope, name).await
    }
    async fn look_revision<S: Spec>(&mut self, uid: &str, generation: i64) -> Result<S> {
        self.batch.look_revision(self.proof, uid, generation).await
    }
}
