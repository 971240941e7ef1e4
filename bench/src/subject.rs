//! What a system must be able to do to be measured. Both systems are ordinary servers, driven over HTTP only.

use crate::load::Call;
use anyhow::Result;
use async_trait::async_trait;
use std::net::SocketAddr;

/// A system under measurement, started and with the trivial application running once behind its proxy.
#[async_trait]
pub(crate) trait Subject: Send + Sync {
    /// Its name in the report.
    fn title(&self) -> &'static str;

    /// Its version, as it says it.
    fn version(&self) -> &str;

    /// Where its API listens.
    fn api(&self) -> SocketAddr;

    /// Where its proxy listens.
    fn proxy(&self) -> SocketAddr;

    /// Reads the object that stands for the running application.
    fn read(&self) -> Call;

    /// Lists 50 objects of which there are more.
    fn list(&self) -> Call;

    /// Creates a durable object; every number makes another one.
    fn write(&self, number: usize) -> Call;

    /// Asks for a launch form of 100 fields, half of them shown under a condition; only where a system has such forms.
    fn form(&self) -> Option<Call> {
        None
    }

    /// Asks the running application through the proxy; `path` is below the application's root, without a slash.
    fn proxied(&self, path: &str) -> Call;

    /// Launches the application once more and returns when it has answered through the proxy.
    async fn launch(&self, number: usize) -> Result<()>;

    /// Ends what `launch` started and waits until it is gone.
    async fn remove(&self, number: usize) -> Result<()>;

    /// Resident memory of the system in bytes, without the applications.
    fn resident_bytes(&self) -> Result<u64>;

    /// Ends the system.
    async fn stop(self: Box<Self>) -> Result<()>;
}
