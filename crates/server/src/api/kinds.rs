//! Create, list, view, change and delete, the same for every kind.

use super::{DELETE, GET, Items, POST, PUT, Shared, Writing};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{Answer, BodyOf, Draft, DryRun, Place, QueryOf, if_match};
use crate::state::AppState;
use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::any::Any;
use warpyard_controller::admission::{self, Admit};
use warpyard_model::kinds::{
    ComputeInstance, ComputeProfile, CustomRole, EnvironmentTemplate, Group, Icon, IdentityProvider, Organization, Project,
    RoleBinding, Secret, ServiceAccount, ServiceInstance, ServiceProfile, SystemProfile, Target, User, Workspace,
};
use warpyard_model::meta::NewMetadata;
use warpyard_model::{Error, Kind, Level, Name, Object, Result, ScopePath, Spec, Timestamp};
use warpyard_policy::action;
use warpyard_store::{Event, ListQuery, Removed, SortBy};

/// What lists take.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
struct ListParameters {
    /// At most so many entries; 50 where absent, 500 at most.
    #[serde(default)]
    #[schemars(range(min = 1, max = 500))]
    limit: Option<u32>,
    /// Where the last page ended: its `next_cursor`.
    #[serde(default)]
    cursor: Option<String>,
    /// Only whose name, display name or description contains this.
    #[serde(default)]
    search: Option<String>,
    /// `name`, `created_at` or `updated_at`, with a leading hyphen to reverse.
    #[serde(default)]
    sort: Option<String>,
    /// Only instances in this phase, or profiles that are `published` or `draft`.
    #[serde(default)]
    phase: Option<String>,
    /// Only what belongs to this person.
    #[serde(default)]
    owner: Option<String>,
    /// Only with this label, as `key=value`; several with commas.
    #[serde(default)]
    label: Option<String>,
    /// Only in this organization.
    #[serde(default)]
    org: Option<Name>,
    /// Only in this project.
    #[serde(default)]
    project: Option<Name>,
    /// Only in this workspace.
    #[serde(default)]
    workspace: Option<Name>,
}

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(bound = "S: Spec")]
#[schemars(bound = "S: Spec", rename = "{S}List")]
struct ListAnswer<S: Spec> {
    /// The objects.
    items: Vec<Object<S>>,
    /// Where the next page begins, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// How many there are in all pages.
    total: u64,
}

/// A new or changed object. A whole document, as it was read, is taken too; what the server sets is ignored then.
#[derive(JsonSchema)]
#[schemars(rename = "{S}Draft")]
#[expect(dead_code, reason = "describes the body in OpenAPI; `Draft` reads it")]
struct DraftBody<S> {
    /// Name, display name, description, labels.
    metadata: NewMetadata,
    /// What is wanted.
    spec: S,
}

/// A spec as it once was.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{S}Revision")]
struct RevisionAnswer<S> {
    /// Which generation.
    generation: i64,
    /// Since when.
    at: Timestamp,
    /// By whom.
    by: String,
    /// The spec.
    spec: S,
}

impl ListParameters {
    fn query(self, scope: ScopePath, exact: bool) -> Result<ListQuery> {
        let sort = self.sort.unwrap_or_default();
        let (descending, key) = sort.strip_prefix('-').map_or((false, sort.as_str()), |key| (true, key));
        let sort = match key {
            "" | "name" => SortBy::Name,
            "created_at" => SortBy::CreatedAt,
            "updated_at" => SortBy::UpdatedAt,
            other => return Err(Error::invalid_field("sort", format!("{other:?} is not name, created_at or updated_at"))),
        };
        let labels = self
            .label
            .iter()
            .flat_map(|l| l.split(','))
            .map(|pair| {
                let (key, value) =
                    pair.split_once('=').ok_or_else(|| Error::invalid_field("label", "a label is given as key=value"))?;
                Ok((key.to_owned(), value.to_owned()))
            })
            .collect::<Result<Vec<_>>>()?;
        let scope = ScopePath {
            org: scope.org.or(self.org),
            project: scope.project.or(self.project),
            workspace: scope.workspace.or(self.workspace),
        };
        Ok(ListQuery {
            scope,
            exact,
            search: self.search,
            phase: self.phase,
            owner: self.owner,
            labels,
            sort,
            descending,
            cursor: self.cursor,
            limit: self.limit.unwrap_or(50).clamp(1, 500),
        })
    }
}

/// The path of a kind's collection at a level.
fn collection(kind: Kind, level: Level) -> String {
    let scope = match level {
        Level::Platform => "",
        Level::Org => "/orgs/{org}",
        Level::Project => "/orgs/{org}/projects/{project}",
        Level::Workspace => "/orgs/{org}/projects/{project}/workspaces/{workspace}",
    };
    format!("/api/v1{scope}/{}", kind.plural())
}

/// The path of an item. Organizations, projects and workspaces name themselves as the scopes they open do.
pub(crate) fn item(kind: Kind, level: Level) -> String {
    let parameter = match kind {
        Kind::Organization => "org",
        Kind::Project => "project",
        Kind::Workspace => "workspace",
        _ => "name",
    };
    format!("{}/{{{parameter}}}", collection(kind, level))
}

/// Where an item lives and what it is called, whatever its path calls the last part.
pub(crate) fn located_at(kind: Kind, place: &Place) -> Result<(ScopePath, Name)> {
    let ScopePath { org, project, workspace } = place.scope.clone();
    let missing = || Error::internal("a path without a name");
    Ok(match kind {
        Kind::Organization => (ScopePath::platform(), org.ok_or_else(missing)?),
        Kind::Project => (ScopePath { org, ..ScopePath::platform() }, project.ok_or_else(missing)?),
        Kind::Workspace => (ScopePath { org, project, workspace: None }, workspace.ok_or_else(missing)?),
        _ => (place.scope.clone(), place.name()?.clone()),
    })
}

pub(super) fn declare(routes: &mut Routes) {
    readable::<SystemProfile>(routes);
    writable::<Organization>(routes);
    writable::<User>(routes);
    writable::<Target>(routes);
    writable::<RoleBinding>(routes);
    writable::<Group>(routes);
    writable::<ServiceAccount>(routes);
    writable::<CustomRole>(routes);
    writable::<IdentityProvider>(routes);
    writable::<Icon>(routes);
    writable::<EnvironmentTemplate>(routes);
    writable::<Project>(routes);
    writable::<Secret>(routes);
    writable::<ComputeProfile>(routes);
    writable::<ServiceProfile>(routes);
    writable::<Workspace>(routes);
    writable::<ComputeInstance>(routes);
    writable::<ServiceInstance>(routes);
    eventful::<Target>(routes);
    eventful::<ComputeInstance>(routes);
    eventful::<ServiceInstance>(routes);
}

struct Words {
    tag: String,
    one: String,
    suffix: String,
}

fn words<S: Spec>(level: Level) -> Words {
    let one = S::KIND.snake().replace('_', " ");
    // Kinds that live at several levels have one operation per level.
    let suffix = match (S::KIND.levels().len(), level) {
        (1, _) => String::new(),
        (_, level) => format!("_in_{}", format!("{level:?}").to_lowercase()),
    };
    Words { tag: S::KIND.plural().to_owned(), one, suffix }
}

fn readable<S: Spec>(routes: &mut Routes) {
    let snake = S::KIND.snake();
    for level in S::KIND.levels() {
        let Words { tag, one, suffix } = words::<S>(*level);
        let flat = *level == Level::Platform;
        let list = routes
            .declare(
                GET,
                &collection(S::KIND, *level),
                &format!("{snake}_list{suffix}"),
                &tag,
                &format!("List every {one} you may see"),
            )
            .permission(format!("{snake}.view"))
            .query::<ListParameters>()
            .answers::<ListAnswer<S>>(200, "A page.");
        if flat {
            list.to(list_everywhere::<S>)
        } else {
            list.to(list_here::<S>)
        }
        routes
            .declare(GET, &item(S::KIND, *level), &format!("{snake}_view{suffix}"), &tag, &format!("View a {one}"))
            .permission(format!("{snake}.view"))
            .answers::<Object<S>>(200, "The object; its version is the ETag.")
            .to(view::<S>);
        routes
            .declare(
                GET,
                &format!("{}/revisions", item(S::KIND, *level)),
                &format!("{snake}_revisions{suffix}"),
                &tag,
                &format!("Every spec a {one} has had, newest first"),
            )
            .permission(format!("{snake}.view"))
            .answers::<Items<RevisionAnswer<S>>>(200, "The revisions.")
            .to(revisions::<S>);
    }
    if !S::KIND.levels().contains(&Level::Platform) {
        let Words { tag, one, .. } = words::<S>(Level::Platform);
        routes
            .declare(
                GET,
                &format!("/api/v1/{}", S::KIND.plural()),
                &format!("{snake}_list_everywhere"),
                &tag,
                &format!("List every {one} you may see, wherever it lives"),
            )
            .permission(format!("{snake}.view"))
            .query::<ListParameters>()
            .answers::<ListAnswer<S>>(200, "A page.")
            .to(list_everywhere::<S>);
    }
}

fn writable<S: Admit>(routes: &mut Routes) {
    readable::<S>(routes);
    let snake = S::KIND.snake();
    for level in S::KIND.levels() {
        let Words { tag, one, suffix } = words::<S>(*level);
        routes
            .declare(POST, &collection(S::KIND, *level), &format!("{snake}_create{suffix}"), &tag, &format!("Create a {one}"))
            .permission(format!("{snake}.create"))
            .query::<DryRun>()
            .body::<DraftBody<S>>()
            .answers::<Object<S>>(201, "The new object.")
            .problems(&[409, 412])
            .to(create::<S>);
        routes
            .declare(PUT, &item(S::KIND, *level), &format!("{snake}_update{suffix}"), &tag, &format!("Change a {one}"))
            .permission(format!("{snake}.update"))
            .query::<DryRun>()
            .body::<DraftBody<S>>()
            .answers::<Object<S>>(200, "The object as it is now.")
            .problems(&[409, 412])
            .to(update::<S>);
        let delete = routes
            .declare(DELETE, &item(S::KIND, *level), &format!("{snake}_delete{suffix}"), &tag, &format!("Delete a {one}"))
            .permission(format!("{snake}.delete"))
            .query::<DryRun>()
            .answers_nothing(204, "It is gone.")
            .problems(&[409]);
        let delete = if S::NEEDS_CLEANUP { delete.answers::<Object<S>>(202, "Cleanup follows.") } else { delete };
        delete.to(remove::<S>);
    }
}

fn eventful<S: Spec>(routes: &mut Routes) {
    let snake = S::KIND.snake();
    for level in S::KIND.levels() {
        let Words { tag, one, suffix } = words::<S>(*level);
        routes
            .declare(
                GET,
                &format!("{}/events", item(S::KIND, *level)),
                &format!("{snake}_events{suffix}"),
                &tag,
                &format!("What happened to a {one}, newest first"),
            )
            .permission(format!("{snake}.view"))
            .answers::<Items<Event>>(200, "The events.")
            .to(events::<S>);
    }
}

async fn list<S: Spec>(state: &AppState, caller: &Caller, query: ListQuery) -> Result<Json<ListAnswer<S>>, ApiError> {
    let page = state.store.list::<S>(&caller.viewer(state), &query).await?;
    let mut items = page.items;
    for object in &mut items {
        decorate(state, object).await?;
    }
    Ok(Json(ListAnswer { items, next_cursor: page.next_cursor, total: page.total }))
}

async fn list_here<S: Spec>(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(parameters): QueryOf<ListParameters>,
) -> Result<Json<ListAnswer<S>>, ApiError> {
    state.policy.enter(&caller.principal, &place.scope)?;
    let query = parameters.query(place.scope, true)?;
    list(&state, &caller, query).await
}

async fn list_everywhere<S: Spec>(
    state: Shared,
    caller: Caller,
    QueryOf(parameters): QueryOf<ListParameters>,
) -> Result<Json<ListAnswer<S>>, ApiError> {
    let query = parameters.query(ScopePath::platform(), false)?;
    list(&state, &caller, query).await
}

/// What is true only at the moment of reading: how much of a target is taken.
async fn decorate<S: Spec>(state: &AppState, object: &mut Object<S>) -> Result<()> {
    if let Some(target) = (object as &mut dyn Any).downcast_mut::<Object<Target>>() {
        target.status.usage = state.controller.usage(target.metadata.name.as_str()).await?;
    }
    Ok(())
}

async fn view<S: Spec>(state: Shared, caller: Caller, place: Place) -> Result<Answer<S>, ApiError> {
    let (scope, name) = located_at(S::KIND, &place)?;
    let located = state.store.locate::<S>(&scope, &name).await?;
    let proof = state.policy.allow::<action::View, S>(&caller.principal, located.resource())?;
    let mut object = located.reveal(&proof)?;
    decorate(&state, &mut object).await?;
    Ok(Answer(StatusCode::OK, object))
}

async fn revisions<S: Spec>(state: Shared, caller: Caller, place: Place) -> Result<Json<Items<RevisionAnswer<S>>>, ApiError> {
    let (scope, name) = located_at(S::KIND, &place)?;
    let located = state.store.locate::<S>(&scope, &name).await?;
    let proof = state.policy.allow::<action::View, S>(&caller.principal, located.resource())?;
    let revisions = state.store.revisions(&proof).await?;
    let items =
        revisions.into_iter().map(|r| RevisionAnswer { generation: r.generation, at: r.at, by: r.by, spec: r.spec }).collect();
    Ok(Json(Items { items }))
}

async fn events<S: Spec>(state: Shared, caller: Caller, place: Place) -> Result<Json<Items<Event>>, ApiError> {
    let located = state.store.locate::<S>(&place.scope, place.name()?).await?;
    let proof = state.policy.allow::<action::View, S>(&caller.principal, located.resource())?;
    Ok(Json(Items { items: state.store.events(&proof).await? }))
}

async fn create<S: Admit>(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(DryRun { dry_run }): QueryOf<DryRun>,
    BodyOf(body): BodyOf<Value>,
) -> Result<Answer<S>, ApiError> {
    let draft = Draft::<S>::read(body)?;
    let mut writing = Writing::begin(&state, caller.context()).await?;
    let object = admission::create(&mut writing.admission(&state, &caller), &place.scope, draft.metadata, draft.spec).await?;
    writing.end(dry_run).await?;
    Ok(Answer(StatusCode::CREATED, object))
}

async fn update<S: Admit>(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(DryRun { dry_run }): QueryOf<DryRun>,
    headers: HeaderMap,
    BodyOf(body): BodyOf<Value>,
) -> Result<Answer<S>, ApiError> {
    let version = if_match(&headers)?;
    let (scope, name) = located_at(S::KIND, &place)?;
    let mut writing = Writing::begin(&state, caller.context()).await?;
    let mut admission = writing.admission(&state, &caller);
    let located = admission.batch.locate::<S>(&scope, &name).await?;
    let located = located.ok_or_else(Error::not_visible)?;
    // Who may not even see it must not learn from a complaint about the body that it is there.
    state.policy.allow::<action::Update, S>(&caller.principal, located.resource())?;
    let draft = Draft::<S>::read(body)?;
    if draft.metadata.name != name {
        return Err(Error::invalid_field("metadata.name", "a name never changes; make another object").into());
    }
    let object = admission::update(&mut admission, located, draft.metadata, draft.spec, version).await?;
    let waits = admission.waits.take();
    writing.end_unless(waits, dry_run).await?;
    Ok(Answer(StatusCode::OK, object))
}

async fn remove<S: Admit>(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(DryRun { dry_run }): QueryOf<DryRun>,
) -> Result<Response, ApiError> {
    let (scope, name) = located_at(S::KIND, &place)?;
    let mut writing = Writing::begin(&state, caller.context()).await?;
    let mut admission = writing.admission(&state, &caller);
    let located = admission.batch.locate::<S>(&scope, &name).await?;
    let located = located.ok_or_else(Error::not_visible)?;
    let removed = admission::delete(&mut admission, located).await?;
    writing.end(dry_run).await?;
    Ok(match removed {
        Removed::Gone => StatusCode::NO_CONTENT.into_response(),
        Removed::Requested(object) => Answer(StatusCode::ACCEPTED, *object).into_response(),
    })
}
