//! The API as its callers meet it: real requests to a real server over the fake provider.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "tests may look at their surroundings")]

mod access;
mod apply;
mod audience;
mod audit;
mod bodies;
mod changes;
mod credentials;
mod handover;
mod icons;
mod idempotency;
mod imports;
mod inbox;
mod inputs;
mod kinds;
mod organizations;
mod requests;
mod retired;
mod roles;
mod scim;
mod secrets;
mod service_accounts;
mod sharing;
mod sign_in;
mod sso;
mod studio;
mod tenants;
mod tokens;
mod two_person;
mod versions;
mod watch;
mod webhook;

/// The world's first project.
const VISION: &str = "/api/v1/orgs/acme/projects/vision";
/// A workspace in it.
const RESEARCH: &str = "/api/v1/orgs/acme/projects/vision/workspaces/research";
