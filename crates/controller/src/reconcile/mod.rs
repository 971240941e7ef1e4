//! The reconcilers: what they share, and how they are started.

mod compute;
mod desk;
mod runner;
mod scheduler;
mod service;
mod suspended;
mod targets;
mod timeline;
mod updates;

pub use runner::{Controllers, Settings};
pub(crate) use service::first_status;
pub use targets::{ProviderFactory, Providers};

use warpyard_model::{Error, ErrorCode};

/// Where apps are reached: `<scheme>://<endpoint>--<short id>.<domain>[:port]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppAddresses {
    /// `http` or `https`.
    pub scheme: String,
    /// The domain apps live under, such as `apps.localhost`.
    pub domain: String,
    /// The port people use, where it is not the scheme's own.
    pub port: Option<u16>,
}

impl AppAddresses {
    /// The address of an endpoint.
    pub fn url(&self, endpoint: &str, short_id: &str) -> String {
        let port = self.port.map(|p| format!(":{p}")).unwrap_or_default();
        format!("{}://{endpoint}--{short_id}.{}{port}/", self.scheme, self.domain)
    }
}

/// A failure as a CamelCase reason and a sentence for people.
pub(crate) fn told(error: &Error) -> (&'static str, String) {
    if let Some(context) = error.log_context() {
        tracing::warn!(code = ?error.code, message = %error.message, context, "a reconcile failed");
    }
    let reason = match error.code {
        ErrorCode::ProviderFailed => "ProviderFailed",
        ErrorCode::Unavailable => "Unavailable",
        ErrorCode::Invalid => "TemplateInvalid",
        ErrorCode::PreconditionFailed => "PreconditionFailed",
        ErrorCode::CapacityUnavailable => "CapacityUnavailable",
        _ => "Failed",
    };
    (reason, error.message.clone())
}
