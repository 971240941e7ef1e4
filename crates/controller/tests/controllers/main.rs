//! Controllers over the fake provider: what people ask for over HTTP comes true, whatever happens on the way.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod capacity;
mod crashes;
mod failures;
mod lifecycle;

use warpyard_testkit::{TestServer, World};

/// The world's workspace.
const RESEARCH: &str = "/api/v1/orgs/acme/projects/vision/workspaces/research";

/// The world on a server with so many GPUs.
async fn world(gpus: u32) -> World {
    World::on(TestServer::builder().gpus(gpus).start().await).await
}
