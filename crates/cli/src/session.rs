//! What every verb that talks to a server works with.

use crate::arguments::Global;
use crate::failure::Outcome;
use crate::output::Output;
use crate::settings::{Config, Settings};
use warpyard_client::Client;
use warpyard_model::ScopePath;

/// A client, a place and an output.
pub(crate) struct Session {
    /// The server, as the person who is signed in.
    pub(crate) client: Client,
    /// Where things are, as far as it is known.
    pub(crate) scope: ScopePath,
    /// The part of the scope that was said on the command line or in variables.
    pub(crate) explicit: ScopePath,
    /// Where results go.
    pub(crate) out: Output,
}

impl Session {
    /// From flags, variables and the configuration file. Connects to nothing yet.
    pub(crate) fn open(global: &Global) -> Outcome<Self> {
        let settings = Settings::resolve(global, &Config::load()?)?;
        Ok(Self { client: settings.client()?, scope: settings.scope, explicit: settings.explicit, out: global.output() })
    }
}
