//! The gateway against real HTTP servers, raw sockets and real WebSockets.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "tasks of a test end with its runtime")]

#[path = "gateway/access.rs"]
mod access;
#[path = "gateway/app.rs"]
mod app;
#[path = "gateway/connections.rs"]
mod connections;
#[path = "gateway/messages.rs"]
mod messages;
#[path = "gateway/tunnels.rs"]
mod tunnels;
#[path = "gateway/world.rs"]
mod world;
