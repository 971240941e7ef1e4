//! REST API, sign-in, watch, gateway and the embedded console, on one listener.
//!
//! Knows no provider and decides no permission by hand: handlers locate an object, ask the policy for a proof and call
//! the store or a controller with it.

pub mod api;
mod app_backend;
mod audit_keeper;
mod caller;
mod console;
pub mod gateway;
mod guards;
mod idempotency;
mod listener;
mod lost;
mod metrics;
mod openapi;
pub mod outgoing;
mod passkey;
mod problem;
mod refusals;
mod request;
mod scim;
mod sso;
mod state;

pub use audit_keeper::AuditKeeping;
pub use listener::serve;
pub use openapi::{Needs, Operation, operations};
pub use state::{AppState, Settings};
