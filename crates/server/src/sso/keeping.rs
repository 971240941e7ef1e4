//! Sessions that a provider's word opened go on while it keeps its word: it is asked once a minute while they are used.

use super::{Failure, refresh, word_of};
use crate::state::AppState;
use futures::StreamExt as _;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use warpyard_model::Result;
use warpyard_model::kinds::{AuditOutcome, IdentityProvider};
use warpyard_store::{AuditNote, ByProvider, Context, DueSession, EndOf};

/// How often sessions are looked through.
const BEAT: Duration = Duration::from_secs(5);
/// A session is in use while something of it was seen so lately.
const USED_SECONDS: i64 = 120;
/// How many providers' answers are waited for at once.
const AT_ONCE: usize = 16;

/// Whether the session may go on. Asks the provider where that is due; false where the session was ended.
pub(crate) async fn ask_again(state: &AppState, by: &ByProvider) -> Result<bool> {
    let now = state.store.now();
    if !by.is_due(now)
        || state.sso.asked.lock().is_ok_and(|all| all.get(&by.session).is_some_and(|at| now.seconds_since(*at) < 60))
    {
        return Ok(true);
    }
    ask(state, &by.session).await
}

/// Something of a session is open: its provider is asked though no request comes.
pub(crate) fn note_use(state: &AppState, by: &ByProvider) {
    if let Ok(mut in_use) = state.sso.in_use.lock() {
        in_use.insert(by.session.clone(), state.store.now());
    }
}

async fn ask(state: &AppState, session: &str) -> Result<bool> {
    let now = state.store.now();
    let Some(due) = state.controller.take_due_session(session).await? else { return Ok(true) };
    if let Ok(mut asked) = state.sso.asked.lock() {
        asked.retain(|_, at| now.seconds_since(*at) < 60);
        asked.insert(session.to_owned(), now);
    }
    let Some(provider) = state.controller.get::<IdentityProvider>(&due.provider).await? else {
        return end(state, &due, "The provider was removed.").await;
    };
    match refresh(state, &provider, &due.tokens, &due.subject).await {
        Ok(grant) => {
            state.controller.word_kept(&due.id, &grant.tokens).await?;
            if let Some(groups) = word_of(&provider, &grant)?.groups {
                state.controller.follow_groups(&provider, &groups, &due.user).await?;
            }
            Ok(true)
        }
        Err(Failure::Refused(why)) => end(state, &due, &why).await,
        Err(Failure::Silent(why)) if due.silent_too_long(now) => end(state, &due, &why).await,
        Err(Failure::Silent(why)) => {
            tracing::warn!(provider = %provider.metadata.name, org = %due.org, why, "a provider could not be asked");
            Ok(true)
        }
        Err(Failure::Ours(error)) => Err(error),
    }
}

async fn end(state: &AppState, due: &DueSession, why: &str) -> Result<bool> {
    state.controller.end_provider_sessions(&due.provider, EndOf::Session(&due.id)).await?;
    let context = Context { actor: "sign-in".to_owned(), on_behalf_of: due.user.to_string(), ..Context::default() };
    let note = AuditNote {
        org: due.org.to_string(),
        action: "session.delete".to_owned(),
        object: due.user.to_string(),
        details: Some(serde_json::json!({ "reason": why })),
        ..AuditNote::default()
    };
    state.store.audit(&context, AuditOutcome::Allowed, note).await?;
    Ok(false)
}

/// Asks about sessions that are used without requests of their own: open watches, terminals, apps.
pub(crate) async fn keep_sessions(state: Arc<AppState>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(BEAT) => {}
        }
        if let Err(error) = round(&state).await {
            tracing::warn!(%error, context = error.log_context(), "sessions by providers could not be looked through");
        }
    }
}

async fn round(state: &AppState) -> Result<()> {
    let since = state.store.now().plus_seconds(-USED_SECONDS);
    let mut due = state.controller.due_sessions(since).await?;
    if let Ok(mut in_use) = state.sso.in_use.lock() {
        in_use.retain(|_, at| at.as_millis() >= since.as_millis());
        due.extend(in_use.keys().cloned());
    }
    due.sort_unstable();
    due.dedup();
    let asked = futures::stream::iter(due).for_each_concurrent(AT_ONCE, async |session| {
        if let Err(error) = ask(state, &session).await {
            tracing::warn!(%error, context = error.log_context(), "a provider could not be asked about a session");
        }
    });
    asked.await;
    Ok(())
}
