//! What was opened by somebody ends when they may no longer have it.

use crate::caller::Caller;
use crate::state::AppState;
use std::sync::Arc;
use std::time::Duration;
use warpyard_model::kinds::ServiceInstance;
use warpyard_model::{Name, ScopePath};
use warpyard_policy::Action;

/// How often it is looked at again where nothing rings: another server's doing, a session or token that ends by itself.
pub(crate) const RECHECK: Duration = Duration::from_secs(20);

/// Returns once whoever opened something of a service may no longer do `A` to it, or what they signed in with has ended. Looks
/// whenever anybody's rights or credentials may have changed and from time to time, and ends what it cannot look at.
pub(crate) async fn access_lost<A: Action>(state: Arc<AppState>, caller: Caller, scope: ScopePath, name: Name) {
    let mut people = state.store.people_changes();
    loop {
        let still = async {
            caller.check_alive(&state).await?;
            let principal = state.store.principal(&caller.who).await?;
            let located = state.store.locate::<ServiceInstance>(&scope, &name).await?;
            state.policy.allow::<A, ServiceInstance>(&principal, located.resource()).map(drop)
        };
        if still.await.is_err() {
            return;
        }
        tokio::select! {
            rang = people.changed() => if rang.is_err() { return },
            () = tokio::time::sleep(RECHECK) => {}
        }
    }
}
