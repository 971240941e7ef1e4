//! Proofs of permission. Their fields are private and [`crate::Policy`] alone makes them.

use crate::{Action, SubjectType};
use std::marker::PhantomData;
use warpyard_model::ScopePath;

/// Proof that `actor` may do `A` to the one object (or in the one place) it names.
#[derive(Debug)]
pub struct Allowed<A: Action, S: SubjectType> {
    actor: String,
    uid: String,
    scope: ScopePath,
    of: PhantomData<(A, S)>,
}

impl<A: Action, S: SubjectType> Allowed<A, S> {
    pub(crate) fn new(actor: &str, uid: &str, scope: &ScopePath) -> Self {
        Self { actor: actor.to_owned(), uid: uid.to_owned(), scope: scope.clone(), of: PhantomData }
    }

    /// Who may.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// Which object; empty where the proof is about a place.
    pub fn uid(&self) -> &str {
        &self.uid
    }

    /// Where it lives or would live.
    pub fn scope(&self) -> &ScopePath {
        &self.scope
    }
}

/// Proof that the caller is one of Warpyard's own controllers: it may read what it reconciles and write status.
#[derive(Debug, Clone)]
pub struct ControllerProof {
    name: &'static str,
}

impl ControllerProof {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name }
    }

    /// Which controller.
    pub fn name(&self) -> &'static str {
        self.name
    }
}
