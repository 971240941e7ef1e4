//! Who may do what: built-in roles as Cedar policies, and the proofs that the store demands.
//!
//! [`Policy::allow`] asks Cedar and yields an [`Allowed`], which cannot be made anywhere else. Every store method that
//! touches an object takes the matching proof, so code that forgets to ask does not compile. This crate never reads the
//! database: principals and resources come to it as plain data.

mod access;
pub mod action;
mod cedar;
#[cfg(test)]
mod entities;
mod entity;
mod generated;
mod matrix;
mod principal;
mod proof;
mod reach;
mod resource;
mod viewer;

pub use access::{Held, Why};
pub use action::{Action, AuditTrail, MasterKeys, SubjectType};
pub use cedar::{POLICIES_BY_HAND, Policy};
pub use generated::{generated_policies, schema, schema_text};
pub use matrix::role_matrix;
pub use principal::{Binding, CustomGrant, Principal};
pub use proof::{Allowed, ControllerProof};
pub use reach::Reach;
pub use resource::{Resource, group_key};
pub use viewer::Viewer;
