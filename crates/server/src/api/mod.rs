//! The REST API: every route and its description, declared in one place per concern.

mod apply;
mod audit;
mod changes;
mod fleet;
mod icons;
mod imports;
mod inbox;
mod instances;
mod kinds;
mod logs;
mod parent;
mod people;
mod profiles;
mod session;
mod studio;
mod system;
mod terminal;
mod versions;
mod watch;
mod workspace;

use crate::openapi::Routes;
use crate::state::AppState;
use axum::http::Method;
use std::sync::Arc;
use warpyard_controller::admission::Admission;
use warpyard_model::Result;
use warpyard_store::{Batch, Context};

pub(crate) use session::open_app_redirect;

/// Declares every route of the API.
pub(crate) fn routes() -> Routes {
    let mut routes = Routes::new();
    session::declare(&mut routes);
    inbox::declare(&mut routes);
    people::declare(&mut routes);
    kinds::declare(&mut routes);
    profiles::declare(&mut routes);
    studio::declare(&mut routes);
    parent::declare(&mut routes);
    versions::declare(&mut routes);
    system::declare(&mut routes);
    instances::declare(&mut routes);
    changes::declare(&mut routes);
    fleet::declare(&mut routes);
    logs::declare(&mut routes);
    terminal::declare(&mut routes);
    apply::declare(&mut routes);
    icons::declare(&mut routes);
    imports::declare(&mut routes);
    audit::declare(&mut routes);
    watch::declare(&mut routes);
    workspace::declare(&mut routes);
    routes
}

pub(crate) const GET: Method = Method::GET;
pub(crate) const POST: Method = Method::POST;
pub(crate) const PUT: Method = Method::PUT;
pub(crate) const DELETE: Method = Method::DELETE;

/// A transaction with what admission needs, for one request.
pub(crate) struct Writing {
    batch: Batch,
}

impl Writing {
    pub(crate) async fn begin(state: &AppState, context: Context) -> Result<Self> {
        Ok(Self { batch: state.store.begin(context).await? })
    }

    pub(crate) fn admission<'a>(&'a mut self, state: &'a AppState, caller: &crate::caller::Caller) -> Admission<'a> {
        Admission {
            batch: &mut self.batch,
            policy: &state.policy,
            principal: caller.principal.clone(),
            proof: state.controller.proof(),
            store: &state.controller,
        }
    }

    /// Makes it durable, unless it was only a rehearsal.
    pub(crate) async fn end(self, dry_run: bool) -> Result<()> {
        if dry_run { Ok(()) } else { self.batch.commit().await }
    }
}

/// A list on the wire.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
#[schemars(rename = "ListOf{T}")]
pub(crate) struct Items<T> {
    /// The entries.
    pub(crate) items: Vec<T>,
}

pub(crate) type Shared = axum::extract::State<Arc<AppState>>;
