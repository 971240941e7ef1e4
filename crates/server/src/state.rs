//! What every handler works with.

use crate::caller::SignInLimiter;
use crate::metrics::Metrics;
use crate::passkey::Passkeys;
use std::sync::Arc;
use warpyard_controller::reconcile::{AppAddresses, Providers};
use warpyard_model::{Error, Result};
use warpyard_policy::Policy;
use warpyard_store::{ControllerStore, Store};

/// How this server presents itself.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where people reach the console, without a trailing slash: `http://localhost:8080`.
    pub public_url: String,
    /// Where apps are reached.
    pub addresses: AppAddresses,
    /// Use `__Host-` cookies, which only secure contexts keep (HTTPS, and localhost).
    pub secure_cookies: bool,
    /// Addresses or networks whose `X-Forwarded-*` headers count.
    pub trusted_proxies: Vec<crate::gateway::TrustedProxy>,
    /// Identity providers may be on this machine or network; plain HTTP is for this machine alone.
    pub allow_private_providers: bool,
}

/// The server's state.
pub struct AppState {
    /// The store.
    pub store: Store,
    /// The store as the server's own controllers see it.
    pub controller: ControllerStore,
    /// The policies.
    pub policy: Arc<Policy>,
    /// The providers of all targets.
    pub providers: Providers,
    /// How this server presents itself.
    pub settings: Settings,
    pub(crate) metrics: Metrics,
    pub(crate) limiter: SignInLimiter,
    /// Absent where the console is reached by an address instead of a name.
    pub(crate) passkeys: Option<Passkeys>,
    /// Values are to be wrapped with a new master key.
    pub(crate) rewrap: tokio::sync::Notify,
    pub(crate) sso: crate::sso::Sso,
    pub(crate) refusals: crate::refusals::Refusals,
    pub(crate) once: crate::idempotency::Once,
}

impl AppState {
    /// State over a store, policies and providers.
    pub fn new(store: Store, policy: Arc<Policy>, providers: Providers, settings: Settings) -> Result<Arc<Self>> {
        let controller = store.controller(policy.controller("gateway")?);
        Ok(Arc::new(Self {
            store,
            controller,
            policy,
            providers,
            passkeys: Passkeys::at(&settings.public_url),
            settings,
            metrics: Metrics::new(),
            limiter: SignInLimiter::new(),
            rewrap: tokio::sync::Notify::new(),
            sso: crate::sso::Sso::default(),
            refusals: crate::refusals::Refusals::default(),
            once: crate::idempotency::Once::default(),
        }))
    }

    pub(crate) fn passkeys(&self) -> Result<&Passkeys> {
        self.passkeys.as_ref().ok_or_else(|| {
            Error::conflict(
                "This console takes no passkeys: they need a host name in its public address, and it is reached by a number.",
            )
        })
    }
}
