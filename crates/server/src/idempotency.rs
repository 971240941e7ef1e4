//! `Idempotency-Key`: a POST that is sent again with the same key is answered as the first time and done once.
//!
//! Keys belong to the caller. The work goes on when the client hangs up, because a client that lost its connection is the
//! one that asks again. Two servers on one database do not see each other's requests under way: there the name of what
//! is made keeps it from being made twice.

use crate::caller::{Origin, recognise};
use crate::problem::{ApiError, finish};
use crate::request::read_body;
use crate::state::AppState;
use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body_util::BodyExt as _;
use sha2::Digest as _;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use tokio_util::task::TaskTracker;
use warpyard_model::{Error, Result};
use warpyard_store::Replay;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Longest key.
pub(crate) const KEY_MAX: usize = 255;
/// Longest answer that is kept, in bytes.
const ANSWER_MAX: u64 = 1 << 20;

type ActorAndKey = (String, String);

/// Requests with a key that are under way.
#[derive(Default)]
pub(crate) struct Once {
    keys: Arc<Mutex<HashSet<ActorAndKey>>>,
    tracker: TaskTracker,
}

impl Once {
    /// Waits until what is under way is done.
    pub(crate) async fn finish(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }

    fn begin(&self, actor: &str, key: &str) -> Result<UnderWay> {
        let mine = (actor.to_owned(), key.to_owned());
        let keys = self.keys.clone();
        if !keys.lock().unwrap_or_else(PoisonError::into_inner).insert(mine.clone()) {
            return Err(Error::conflict("A request with this Idempotency-Key is under way; ask again in a moment."));
        }
        Ok(UnderWay { keys, mine })
    }
}

/// Frees its key when the request is done, however it ends.
struct UnderWay {
    keys: Arc<Mutex<HashSet<ActorAndKey>>>,
    mine: ActorAndKey,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.mine);
    }
}

/// Answers a request: from what was kept where it has a key that was used, by the handlers otherwise.
pub(crate) async fn run(state: &Arc<AppState>, origin: &Origin, request: Request, next: Next) -> Response {
    let wanted = request.method() == Method::POST && request.headers().contains_key(KEY);
    if !wanted {
        return finish(next.run(request).await, &origin.request_id);
    }
    let answered = once(state, origin, request, next).await;
    finish(answered.unwrap_or_else(|error| ApiError(error).into_response()), &origin.request_id)
}

async fn once(state: &Arc<AppState>, origin: &Origin, request: Request, next: Next) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let who = match recognise(&state.store, &state.settings.cookie(), &parts.method, &parts.headers).await {
        Ok(who) => who,
        // Without credentials there is nobody whose key it could be; the handler says what is wrong.
        Err(_) => return Ok(next.run(Request::from_parts(parts, body)).await),
    };
    let key = parts.headers.get(KEY).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    if key.is_empty() || key.len() > KEY_MAX {
        return Err(Error::invalid_field("Idempotency-Key", format!("a key has 1 to {KEY_MAX} visible ASCII characters")));
    }
    let bytes = read_body(body).await?;
    let target = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let digest = sha2::Sha256::digest([parts.method.as_str().as_bytes(), b" ", target.as_bytes(), b"\n", &bytes].concat());
    let fingerprint: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    // What a token with fewer rights may be answered is its own.
    let limited = who.token.as_ref().filter(|token| token.is_limited());
    let actor = limited.map_or_else(|| who.user.to_string(), |token| format!("{} {}", who.user, token.id));

    let under_way = state.once.begin(&actor, &key)?;
    if let Some(kept) = state.store.replay(&actor, &key, &fingerprint).await? {
        return replayed(kept);
    }
    let request = Request::from_parts(parts, Body::from(bytes));
    let (work, request_id) = (state.clone(), origin.request_id.clone());
    let done = state.once.tracker.spawn(async move {
        let _under_way = under_way;
        let response = finish(next.run(request).await, &request_id);
        keep(&work, &actor, &key, &fingerprint, response).await
    });
    done.await.map_err(Error::internal)
}

/// Whether asking again should get the same answer: not where it failed here, and not where it is to be tried again.
fn is_final(response: &Response) -> bool {
    let status = response.status();
    let tells_once = response.headers().contains_key(header::SET_COOKIE);
    let size = response.body().size_hint().exact();
    !status.is_server_error()
        && status != StatusCode::TOO_MANY_REQUESTS
        && status != StatusCode::UNAUTHORIZED
        && !tells_once
        && size.is_some_and(|size| size <= ANSWER_MAX)
}

async fn keep(state: &AppState, actor: &str, key: &str, fingerprint: &str, response: Response) -> Response {
    if !is_final(&response) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let bytes = match body.collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) => return ApiError(Error::internal(error)).into_response(),
    };
    if let Ok(text) = std::str::from_utf8(&bytes) {
        let answer = Replay { status: parts.status.as_u16(), body: text.to_owned() };
        if let Err(error) = state.store.keep_answer(actor, key, fingerprint, &answer).await {
            tracing::error!(%error, context = error.log_context(), "an answer could not be kept for its Idempotency-Key");
        }
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn replayed(kept: Replay) -> Result<Response> {
    let status = StatusCode::from_u16(kept.status).map_err(Error::internal)?;
    let kind = if status.is_success() { "application/json" } else { "application/problem+json" };
    let object: Option<serde_json::Value> = serde_json::from_str(&kept.body).ok();
    let version = object.and_then(|o| o["metadata"]["resource_version"].as_i64());
    let mut response = (status, [(header::CONTENT_TYPE, kind)], kept.body).into_response();
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    if let Some(etag) = version.and_then(|v| HeaderValue::from_str(&format!("\"{v}\"")).ok()) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    Ok(response)
}
