//! Attacks on the server as somebody outside would try them: real sockets, real listener, real policies.
//!
//! What other people's organizations hold is attacked in `tests/api/organizations.rs`, beside the requests that stand for
//! every operation; what needs the whole program, in `crates/cli/tests/system/attacks.rs`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "tests may look at their surroundings; their tasks end with their runtime")]

mod addresses;
mod browser;
mod cookies;
mod cross_site;
mod documents;
mod expressions;
mod injection;
mod raw;
mod redirects;
mod referer;
mod smuggling;
mod uploads;
mod websockets;

#[path = "../gateway/app.rs"]
#[expect(dead_code, reason = "the gateway's own tests use more of it")]
mod gateway_app;
#[path = "../gateway/world.rs"]
#[expect(dead_code, reason = "the gateway's own tests use more of it")]
mod gateway_world;

/// The world's first project.
const VISION: &str = "/api/v1/orgs/acme/projects/vision";
/// A workspace in it.
const RESEARCH: &str = "/api/v1/orgs/acme/projects/vision/workspaces/research";
