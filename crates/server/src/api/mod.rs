//! The REST API: every route and its description, declared in one place per concern.

mod access;
mod apply;
mod audit;
mod changes;
mod encryption;
mod factors;
mod fleet;
mod icons;
mod identities;
mod impact;
mod imports;
mod inbox;
mod instances;
mod kinds;
mod logs;
mod look;
mod parent;
mod people;
mod profiles;
mod reports;
mod requests;
mod roles;
mod session;
mod sign_in;
mod sso;
mod studio;
mod suspension;
mod system;
mod terminal;
mod tokens;
mod usage;
mod versions;
mod watch;
mod workspace;

use crate::caller::Caller;
use crate::openapi::Routes;
use crate::request::Place;
use crate::state::AppState;
use axum::http::Method;
use std::sync::Arc;
use warpyard_controller::admission::Admission;
use warpyard_model::{Error, Object, Result, Spec};
use warpyard_policy::{Action, Allowed, action};
use warpyard_store::{Batch, Context, Located};

pub(crate) use session::open_app_redirect;

/// Declares every route of the API.
pub(crate) fn routes() -> Routes {
    let mut routes = Routes::new();
    session::declare(&mut routes);
    tokens::declare(&mut routes);
    sign_in::declare(&mut routes);
    factors::declare(&mut routes);
    sso::declare(&mut routes);
    identities::declare(&mut routes);
    inbox::declare(&mut routes);
    people::declare(&mut routes);
    roles::declare(&mut routes);
    suspension::declare(&mut routes);
    look::declare(&mut routes);
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
    access::declare(&mut routes);
    impact::declare(&mut routes);
    requests::declare(&mut routes);
    reports::declare(&mut routes);
    usage::declare(&mut routes);
    encryption::declare(&mut routes);
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

    /// Begins a change of what a path names, once the caller is allowed `A` on it: whoever may not even see it must not
    /// learn from a complaint about the body that it is there.
    pub(crate) async fn on<A: Action, S: Spec>(state: &AppState, caller: &Caller, place: &Place) -> Result<(Self, Located<S>)> {
        let mut writing = Self::begin(state, caller.context()).await?;
        let located = writing.batch.locate::<S>(&place.scope, place.name()?).await?.ok_or_else(Error::not_visible)?;
        // Whether a two-person rule keeps it back is asked when it is clear what is to be let out.
        state.policy.allow::<A, S>(&caller.principal, &located.resource().beside_two_person())?;
        Ok((writing, located))
    }

    pub(crate) fn admission<'a>(&'a mut self, state: &'a AppState, caller: &Caller) -> Admission<'a> {
        Admission {
            batch: &mut self.batch,
            policy: &state.policy,
            principal: caller.principal.clone(),
            proof: state.controller.proof(),
            store: &state.controller,
            waits: None,
        }
    }

    /// The same, where a two-person rule may have kept back what was asked for: what is made durable then is that it waits.
    pub(crate) async fn end_unless(self, waits: Option<Error>, dry_run: bool) -> Result<()> {
        self.end(dry_run).await?;
        waits.map_or(Ok(()), Err)
    }

    /// Makes it durable, unless it was only a rehearsal.
    pub(crate) async fn end(mut self, dry_run: bool) -> Result<()> {
        if dry_run { self.batch.check_in_charge().await } else { self.batch.commit().await }
    }
}

/// What a path names, for a caller who is allowed `A` on it and may view it.
pub(crate) async fn seen<A: Action, S: Spec>(
    state: &AppState,
    caller: &Caller,
    place: &Place,
) -> Result<(Object<S>, Allowed<action::View, S>)> {
    let located = state.store.locate::<S>(&place.scope, place.name()?).await?;
    state.policy.allow::<A, S>(&caller.principal, located.resource())?;
    let view = state.policy.allow::<action::View, S>(&caller.principal, located.resource())?;
    Ok((located.reveal(&view)?, view))
}

/// A list on the wire.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
#[schemars(rename = "ListOf{T}")]
pub(crate) struct Items<T> {
    /// The entries.
    pub(crate) items: Vec<T>,
}

pub(crate) type Shared = axum::extract::State<Arc<AppState>>;
