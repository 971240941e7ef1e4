//! How sealed values are kept, and the rotation of the installation's key.

use super::{GET, POST, Shared};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use axum::Json;
use warpyard_model::permission::Subject;
use warpyard_model::{Result, ScopePath};
use warpyard_policy::{Action, Allowed, MasterKeys, Resource, action};
use warpyard_store::Encryption;

pub(super) fn declare(routes: &mut Routes) {
    routes
        .declare(GET, "/api/v1/encryption", "encryption_view", "encryption", "How sealed values are kept")
        .permission("encryption.view")
        .answers::<Encryption>(200, "Keys and how many values each opens.")
        .to(view);
    routes
        .declare(POST, "/api/v1/encryption/rotate", "encryption_rotate", "encryption", "Begin a new master key")
        .permission("encryption.update")
        .answers::<Encryption>(202, "Values are wrapped with the new key while the server works.")
        .problems(&[409])
        .to(rotate);
}

fn may<A: Action>(state: &Shared, caller: &Caller) -> Result<Allowed<A, MasterKeys>> {
    let place = Resource::place(Subject::Encryption, &ScopePath::platform());
    state.policy.allow(&caller.principal, &place)
}

async fn view(state: Shared, caller: Caller) -> Result<Json<Encryption>, ApiError> {
    let proof = may::<action::View>(&state, &caller)?;
    Ok(Json(state.store.encryption(&proof).await?))
}

async fn rotate(state: Shared, caller: Caller) -> Result<(axum::http::StatusCode, Json<Encryption>), ApiError> {
    let seen = may::<action::View>(&state, &caller)?;
    let proof = may::<action::Update>(&state, &caller)?;
    let begun = state.store.rotate_key(&seen, &proof, &caller.context()).await?;
    state.rewrap.notify_one();
    Ok((axum::http::StatusCode::ACCEPTED, Json(begun)))
}
