//! SCIM 2.0 (RFC 7643, 7644): an organization's identity provider writes its people and groups.
//!
//! Below `/scim/v2/orgs/{org}`, with a bearer token of one of the organization's providers. Everything is about that
//! organization alone. Not part of the OpenAPI document: SCIM describes itself.

mod filter;
mod patch;
mod resources;

use crate::caller::Origin;
use crate::request::read_body_up_to;
use crate::state::AppState;
use axum::Extension;
use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::{StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use filter::Filter;
use resources::{group_of, group_resource, person_of, user_resource};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use warpyard_model::{Error, ErrorCode};
use warpyard_store::{Batch, Context, ScimCaller, ScimUser};

const MEDIA: &str = "application/scim+json";
const BODY_BYTES: usize = 1 << 20;
/// Entries of a page where nothing is said, and the most.
const PAGE: usize = 100;
const PAGE_MOST: usize = 500;

type Answer = Result<Response, Sorry>;
type Shared = State<Arc<AppState>>;

/// An error as SCIM writes it.
struct Sorry {
    status: StatusCode,
    word: Option<&'static str>,
    detail: String,
}

impl Sorry {
    fn bad(word: &'static str, detail: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, word: Some(word), detail: detail.into() }
    }
}

impl From<Error> for Sorry {
    fn from(error: Error) -> Self {
        let word = match error.code {
            ErrorCode::AlreadyExists => Some("uniqueness"),
            ErrorCode::Invalid => Some("invalidValue"),
            _ => None,
        };
        let status = match error.code {
            ErrorCode::Invalid => StatusCode::BAD_REQUEST,
            code => crate::problem::status_of(code),
        };
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(%error, context = error.log_context(), "a SCIM request failed");
        }
        let fields = error.fields.iter().map(|f| format!(" {}: {}.", f.path, f.message)).collect::<String>();
        Self { status, word, detail: format!("{}{fields}", error.message) }
    }
}

impl IntoResponse for Sorry {
    fn into_response(self) -> Response {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": self.status.as_u16().to_string(), "detail": self.detail
        });
        if let Some(word) = self.word {
            body["scimType"] = json!(word);
        }
        answer(self.status, &body)
    }
}

fn answer(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, MEDIA)], body.to_string()).into_response()
}

/// A provider that showed its token, for the organization in the path.
struct Caller {
    by: ScimCaller,
    context: Context,
}

impl FromRequestParts<Arc<AppState>> for Caller {
    type Rejection = Sorry;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<AppState>) -> Result<Self, Sorry> {
        let refused =
            || Sorry { status: StatusCode::UNAUTHORIZED, word: None, detail: "This token is not valid here.".to_owned() };
        let Path(path) = Path::<HashMap<String, String>>::from_request_parts(parts, state).await.map_err(|_| refused())?;
        let value = parts.headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let (scheme, token) = value.split_once(' ').unwrap_or_default();
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(refused());
        }
        let by = state.controller.scim_caller(token.trim()).await?.ok_or_else(refused)?;
        // A token of another organization is no token here.
        if path.get("org").map(String::as_str) != Some(by.org.as_str()) {
            return Err(refused());
        }
        let Extension(origin) = Extension::<Origin>::from_request_parts(parts, state)
            .await
            .map_err(|_| Error::internal("a request without an id"))?;
        let context = Context { request_id: origin.request_id, address: origin.address, ..Context::default() };
        Ok(Self { by, context })
    }
}

pub(crate) fn routes() -> Router<Arc<AppState>> {
    let at = |last: &str| format!("/scim/v2/orgs/{{org}}/{last}");
    Router::new()
        .route(&at("ServiceProviderConfig"), get(async |_: Caller| answer(StatusCode::OK, &resources::config())))
        .route(&at("Schemas"), get(async |_: Caller| answer(StatusCode::OK, &resources::schemas())))
        .route(&at("ResourceTypes"), get(async |_: Caller| answer(StatusCode::OK, &resources::types())))
        .route(&at("Users"), get(list_users).post(create_user))
        .route(&at("Users/{id}"), get(view_user).put(replace_user).patch(patch_user).delete(delete_user))
        .route(&at("Groups"), get(list_groups).post(create_group))
        .route(&at("Groups/{id}"), get(view_group).put(replace_group).patch(patch_group).delete(delete_group))
}

async fn read(body: Body) -> Result<Map<String, Value>, Sorry> {
    let bytes = read_body_up_to(body, BODY_BYTES).await?;
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(Sorry::bad("invalidSyntax", "The body is no JSON object.")),
    }
}

fn page(query: &HashMap<String, String>, all: Vec<Value>) -> Answer {
    let number = |key: &str, otherwise: i64| match query.get(key) {
        Some(text) => text.parse::<i64>().map_err(|_| Sorry::bad("invalidValue", format!("{key} is a number."))),
        None => Ok(otherwise),
    };
    let start = usize::try_from(number("startIndex", 1)?.max(1)).unwrap_or(usize::MAX);
    let count = usize::try_from(number("count", PAGE as i64)?.max(0)).unwrap_or(PAGE_MOST).min(PAGE_MOST);
    let filter = query.get("filter").map(|text| Filter::parse(text)).transpose()?;
    let found: Vec<Value> = all.into_iter().filter(|one| filter.as_ref().is_none_or(|f| f.holds(one))).collect();
    let total = found.len();
    let mut shown: Vec<Value> = found.into_iter().skip(start - 1).take(count).collect();
    for attribute in query.get("excludedAttributes").into_iter().flat_map(|list| list.split(',')) {
        for one in &mut shown {
            one.as_object_mut().map(|o| o.remove(attribute.trim()));
        }
    }
    Ok(answer(
        StatusCode::OK,
        &json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": total, "startIndex": start, "itemsPerPage": shown.len(), "Resources": shown
        }),
    ))
}

fn base(state: &AppState, caller: &Caller) -> String {
    format!("{}/scim/v2/orgs/{}", state.settings.public_url, caller.by.org)
}

async fn users(state: &AppState, caller: &Caller) -> Result<Vec<(String, Value)>, Sorry> {
    let groups = state.controller.scim_groups(&caller.by.org).await?;
    let users = state.controller.scim_users(&caller.by.org).await?;
    let base = base(state, caller);
    Ok(users.iter().map(|user| (user.user.metadata.uid.clone(), user_resource(user, &groups, &base))).collect())
}

async fn user(state: &AppState, caller: &Caller, id: &str) -> Result<Value, Sorry> {
    let found = state.controller.scim_user(&caller.by.org, id).await?;
    let found = found.ok_or_else(|| Error::not_found("There is no such person."))?;
    let groups = state.controller.scim_groups(&caller.by.org).await?;
    Ok(user_resource(&found, &groups, &base(state, caller)))
}

async fn groups(state: &AppState, caller: &Caller) -> Result<Vec<Value>, Sorry> {
    let people = state.controller.scim_users(&caller.by.org).await?;
    let people: BTreeMap<String, ScimUser> = people.into_iter().map(|p| (p.user.metadata.name.to_string(), p)).collect();
    let groups = state.controller.scim_groups(&caller.by.org).await?;
    let base = base(state, caller);
    Ok(groups.iter().map(|group| group_resource(group, &people, &base)).collect())
}

async fn group(state: &AppState, caller: &Caller, id: &str) -> Result<Value, Sorry> {
    let found = groups(state, caller).await?.into_iter().find(|group| group["id"] == id);
    Ok(found.ok_or_else(|| Error::not_found("There is no such group."))?)
}

async fn begin(state: &AppState, caller: &Caller) -> Result<Batch, Sorry> {
    Ok(state.controller.scim(caller.context.clone()).await?)
}

fn made(resource: &Value) -> Response {
    let location = resource["meta"]["location"].as_str().unwrap_or_default().to_owned();
    let mut response = answer(StatusCode::CREATED, resource);
    if let Ok(value) = location.parse() {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}

async fn list_users(state: Shared, caller: Caller, Query(query): Query<HashMap<String, String>>) -> Answer {
    let all = users(&state, &caller).await?;
    page(&query, all.into_iter().map(|(_, resource)| resource).collect())
}

async fn view_user(state: Shared, caller: Caller, Path((_, id)): Path<(String, String)>) -> Answer {
    Ok(answer(StatusCode::OK, &user(&state, &caller, &id).await?))
}

async fn create_user(state: Shared, caller: Caller, body: Body) -> Answer {
    let person = person_of(&read(body).await?)?;
    let mut batch = begin(&state, &caller).await?;
    let id = batch.scim_create(&caller.by, &person).await?;
    batch.commit().await?;
    Ok(made(&user(&state, &caller, &id).await?))
}

async fn write_user(state: &AppState, caller: &Caller, id: &str, wanted: &Map<String, Value>) -> Answer {
    let person = person_of(wanted)?;
    let mut batch = begin(state, caller).await?;
    batch.scim_update(&caller.by, id, &person).await?;
    batch.commit().await?;
    Ok(answer(StatusCode::OK, &user(state, caller, id).await?))
}

async fn replace_user(state: Shared, caller: Caller, Path((_, id)): Path<(String, String)>, body: Body) -> Answer {
    write_user(&state, &caller, &id, &read(body).await?).await
}

async fn patch_user(state: Shared, caller: Caller, Path((_, id)): Path<(String, String)>, body: Body) -> Answer {
    let Value::Object(mut wanted) = user(&state, &caller, &id).await? else { return Err(Error::internal("no object").into()) };
    patch::apply(&mut wanted, &read(body).await?)?;
    write_user(&state, &caller, &id, &wanted).await
}

async fn delete_user(state: Shared, caller: Caller, Path((_, id)): Path<(String, String)>) -> Answer {
    let mut batch = begin(&state, &caller).await?;
    batch.scim_delete(&caller.by, &id).await?;
    batch.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn list_groups(state: Shared, caller: Caller, Query(query): Query<HashMap<String, String>>) -> Answer {
    page(&query, groups(&state, &caller).await?)
}

async fn view_group(state: Shared, caller: Caller, Path((_, id)): Path<(String, String)>) -> Answer {
    Ok(answer(StatusCode::OK, &group(&state, &caller, &id).await?))
}

async fn create_group(state: Shared, caller: Caller, body: Body) -> Answer {
    let wanted = group_of(&read(body).await?)?;
    let mut batch = begin(&state, &caller).await?;
    let id = batch.scim_new_group(&caller.by, &wanted.title, wanted.external_id.as_deref()).await?;
    batch.scim_update_group(&caller.by, &id, &wanted.title, wanted.external_id.as_deref(), &wanted.members).await?;
    batch.commit().await?;
    Ok(made(&group(&state, &caller, &id).await?))
}

async fn write_group(state: &AppState, caller: &Caller, id: &str, wanted: &Map<String, Value>) -> Answer {
    let wanted = group_of(wanted)?;
    let mut batch = begin(state, caller).await?;
    batch.scim_update_group(&caller.by, id, &wanted.title, wanted.external_id.as_deref(), &wanted.members).await?;
    batch.commit().await?;
    Ok(answer(StatusCode::OK, &group(state, caller, id).await?))
}

async fn replace_group(state: Shared, caller: Caller, Path((_, id)): Path<(String, String)>, body: Body) -> Answer {
    write_group(&state, &caller, &id, &read(body).await?).await
}

async fn patch_group(state: Shared, caller: Caller, Path((_, id)): Path<(String, String)>, body: Body) -> Answer {
    let Value::Object(mut wanted) = group(&state, &caller, &id).await? else { return Err(Error::internal("no object").into()) };
    patch::apply(&mut wanted, &read(body).await?)?;
    write_group(&state, &caller, &id, &wanted).await
}

async fn delete_group(state: Shared, caller: Caller, Path((_, id)): Path<(String, String)>) -> Answer {
    let mut batch = begin(&state, &caller).await?;
    batch.scim_delete_group(&caller.by, &id).await?;
    batch.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
