//! Single sign-on: what an organization's identity provider is asked, and how long its word is good.
//!
//! Protocol and cryptography are the `openidconnect` crate's. Every request goes through [`crate::outgoing`]: an
//! organization's admin chooses the addresses, and the provider's own document names more of them.

mod asking;
mod keeping;
mod words;

pub(crate) use asking::{Failure, Grant, Requested, begin, discover, exchange, logged_out, refresh, sign_out_url};
pub(crate) use keeping::{ask_again, keep_sessions, note_use};
pub(crate) use words::word_of;

use openidconnect::ProviderMetadataWithLogout;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use warpyard_model::kinds::IdentityProvider;
use warpyard_model::{Error, Name, Object, Result, ScopePath, Timestamp};

use crate::state::AppState;

/// Of which generation of a provider, since when, and what it said of itself.
type Known = (i64, Timestamp, Arc<ProviderMetadataWithLogout>);

/// What is remembered between requests, by this server alone.
#[derive(Default)]
pub(crate) struct Sso {
    /// What providers say of themselves, by uid.
    known: Mutex<HashMap<String, Known>>,
    /// When this server last asked about a session.
    asked: Mutex<HashMap<String, Timestamp>>,
    /// Sessions that hold something open, and when that was last seen.
    in_use: Mutex<HashMap<String, Timestamp>>,
}

/// The provider of an organization.
pub(crate) async fn provider(state: &AppState, org: &Name, name: &Name) -> Result<Option<Object<IdentityProvider>>> {
    state.controller.find::<IdentityProvider>(&ScopePath::org(org.clone()), name).await
}

/// The providers of an organization, by title.
pub(crate) async fn providers(state: &AppState, org: &Name) -> Result<Vec<Object<IdentityProvider>>> {
    let mut all = state.controller.all::<IdentityProvider>(&[]).await?;
    all.retain(|p| p.metadata.scope.org.as_ref() == Some(org));
    all.sort_by(|a, b| a.metadata.title().cmp(b.metadata.title()));
    Ok(all)
}

/// Where the provider sends people back to. One address per provider: an answer of another one never fits.
pub(crate) fn callback_url(state: &AppState, provider: &Object<IdentityProvider>) -> String {
    address(state, provider, "callback")
}

/// Where the provider says that somebody signed out there.
pub(crate) fn logout_url(state: &AppState, provider: &Object<IdentityProvider>) -> String {
    address(state, provider, "back-channel-logout")
}

fn address(state: &AppState, provider: &Object<IdentityProvider>, last: &str) -> String {
    let org = provider.metadata.scope.org.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{}/api/v1/orgs/{org}/sign-in/{}/{last}", state.settings.public_url, provider.metadata.name)
}

async fn client_secret(state: &AppState, provider: &Object<IdentityProvider>) -> Result<Option<String>> {
    if !provider.status.has_client_secret {
        return Ok(None);
    }
    let sealed = state.controller.unseal(&provider.metadata.uid).await?;
    let found = sealed.into_iter().find(|(path, _)| path == "client_secret").map(|(_, secret)| secret);
    found.map(Some).ok_or_else(|| Error::internal("a client secret that is not there"))
}
