//! What happens between a wish and a running thing: admission, the queue, reconcilers, live forms, the catalogue.
//!
//! Knows no HTTP. Level-triggered: every reconcile loads fresh, observes the provider, and takes one idempotent step.

pub mod admission;
pub mod badges;
pub mod capacity;
pub mod catalogue;
mod desired;
mod effect;
pub mod fleet;
pub mod form;
mod lookup;
pub mod plan;
pub mod preview;
mod profile;
pub mod reconcile;
mod retired;
mod secret_input;

pub use lookup::{AtRest, Lookup, UnderWay};
pub use profile::{Loaded, ProfileSpec, find_template, load, loaded, profile_kind, template_version};
