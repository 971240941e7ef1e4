//! Reports for whoever answers for an organization: who has what, by which binding, since when and until when.

use super::audit::csv_line;
use super::{GET, Shared};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{Place, QueryOf};
use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use warpyard_model::kinds::{AuditOutcome, Group, RoleBinding, ServiceAccount, User};
use warpyard_model::permission::Subject;
use warpyard_model::{Error, Kind, Name, Object, Result, ScopePath, Timestamp};
use warpyard_policy::{Resource, action};
use warpyard_store::AuditNote;

/// How the report is written.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ReportFormat {
    /// One JSON document.
    #[default]
    Json,
    /// CSV (RFC 4180) for spreadsheets; no cell is taken for a formula.
    Csv,
}

/// How to write it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct ReportQuery {
    /// `json` where absent.
    #[serde(default)]
    format: ReportFormat,
}

/// Somebody has a role in a place, by one binding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
struct ReviewRow {
    /// Who.
    user: Name,
    /// What people call them.
    title: String,
    /// It is a program's account, by its name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    service_account: bool,
    /// Whether they may sign in.
    active: bool,
    /// Where, and below.
    scope: ScopePath,
    /// The role: built-in, or the organization's own.
    role: String,
    /// Whether the organization made the role itself.
    custom: bool,
    /// The role binding.
    binding: Name,
    /// The group the binding names, where it names no person.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<Name>,
    /// Since when the binding is there.
    since: Timestamp,
    /// Who made it.
    given_by: String,
    /// Until when it holds; for good where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    /// Why.
    reason: String,
    /// When they last signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sign_in: Option<Timestamp>,
    /// When a token of theirs was last used.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_token_use: Option<Timestamp>,
}

/// Who has what in an organization.
#[derive(Debug, Serialize, JsonSchema)]
struct AccessReview {
    /// Everything that holds now, by person and place.
    items: Vec<ReviewRow>,
    /// Roles bound to the installation reach into the organization as well, and are left out: the caller may not see them.
    partial: bool,
}

pub(super) fn declare(routes: &mut Routes) {
    routes
        .declare(
            GET,
            "/api/v1/orgs/{org}/reports/access-review",
            "access_review_view",
            "access",
            "Who has what in an organization, by which binding, since when, until when, and when they were last there",
        )
        .permission("role_binding.view")
        .query::<ReportQuery>()
        .answers::<AccessReview>(200, "Every role of every person.")
        .answers_as(200, "text/csv", "The same, a role of a person a line.")
        .to(access_review);
}

async fn access_review(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(ReportQuery { format }): QueryOf<ReportQuery>,
) -> Result<Response, ApiError> {
    let here = |scope: &ScopePath| Resource::place(Subject::Kind(Kind::RoleBinding), scope);
    let may_see = |scope: &ScopePath| state.policy.allow::<action::View, RoleBinding>(&caller.principal, &here(scope));
    may_see(&place.scope).map_err(|error| {
        if state.policy.can_enter(&caller.principal, &place.scope) {
            Error::forbidden("You lack the permission role_binding.view here.")
        } else {
            error
        }
    })?;
    let org = place.scope.org.clone().ok_or_else(Error::not_visible)?;
    let of_platform = may_see(&ScopePath::platform()).is_ok();
    let items = rows(&state, &org, of_platform).await?;
    let note = AuditNote { org: org.to_string(), action: "access_review.view".to_owned(), ..AuditNote::default() };
    state.store.audit(&caller.context(), AuditOutcome::Allowed, note).await?;
    match format {
        ReportFormat::Json => Ok(Json(AccessReview { items, partial: !of_platform }).into_response()),
        ReportFormat::Csv => {
            let mut text = csv_line(&CSV_TITLES.map(str::to_owned));
            items.iter().for_each(|row| text.push_str(&csv_line(&csv_cells(row))));
            let disposition = format!("attachment; filename=\"access-review-{org}.csv\"");
            let headers =
                [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
            Ok((headers, text).into_response())
        }
    }
}

/// What a binding says of whoever has it.
fn row_of(binding: &Object<RoleBinding>, user: Name) -> ReviewRow {
    ReviewRow {
        user,
        title: String::new(),
        service_account: false,
        active: false,
        scope: binding.metadata.scope.clone(),
        role: binding.spec.role_word().to_owned(),
        custom: binding.spec.custom_role.is_some(),
        binding: binding.metadata.name.clone(),
        group: binding.spec.group.clone(),
        since: binding.metadata.created_at,
        given_by: binding.metadata.created_by.clone(),
        expires_at: binding.spec.expires_at,
        reason: binding.spec.reason.clone(),
        last_sign_in: None,
        last_token_use: None,
    }
}

/// What holds now in an organization, and above it.
async fn rows(state: &Shared, org: &Name, of_platform: bool) -> Result<Vec<ReviewRow>> {
    let now = state.store.now();
    let people: HashMap<Name, Object<User>> =
        state.controller.all::<User>(&[]).await?.into_iter().map(|user| (user.metadata.name.clone(), user)).collect();
    let groups: HashMap<Name, Vec<Name>> = state
        .controller
        .all::<Group>(&[])
        .await?
        .into_iter()
        .filter(|group| group.metadata.scope.org.as_ref() == Some(org))
        .map(|group| (group.metadata.name, group.spec.members))
        .collect();
    let accounts: HashMap<Name, Object<ServiceAccount>> = state
        .controller
        .all::<ServiceAccount>(&[])
        .await?
        .into_iter()
        .filter(|account| account.metadata.scope.org.as_ref() == Some(org))
        .map(|account| (account.metadata.name.clone(), account))
        .collect();
    let tokens = state.controller.last_token_uses().await?;
    let mut out = Vec::new();
    for binding in state.controller.all::<RoleBinding>(&[]).await? {
        let within = match &binding.metadata.scope.org {
            Some(of) => of == org,
            None => of_platform,
        };
        if !within || binding.spec.expired(now) {
            continue;
        }
        let members: Vec<Name> = match (&binding.spec.user, &binding.spec.group) {
            (Some(user), _) => vec![user.clone()],
            (None, Some(group)) => groups.get(group).cloned().unwrap_or_default(),
            (None, None) => Vec::new(),
        };
        if let Some(name) = &binding.spec.service_account
            && let Some(account) = accounts.get(name)
        {
            let identity = ServiceAccount::identity(name, &account.metadata.uid).map_err(Error::internal)?;
            let last_token_use = tokens.get(identity.as_str()).copied();
            let row = row_of(&binding, name.clone());
            let title = account.metadata.title().to_owned();
            out.push(ReviewRow { title, service_account: true, active: account.spec.active, last_token_use, ..row });
        }
        for user in members {
            let person = people.get(&user);
            let last_token_use = tokens.get(user.as_str()).copied();
            out.push(ReviewRow {
                title: person.map(|p| p.metadata.title().to_owned()).unwrap_or_default(),
                active: person.is_some_and(|p| p.spec.active),
                last_sign_in: person.and_then(|p| p.status.last_signed_in_at),
                last_token_use,
                ..row_of(&binding, user)
            });
        }
    }
    out.sort_by(|a, b| (&a.user, a.scope.key(), &a.role, &a.binding).cmp(&(&b.user, b.scope.key(), &b.role, &b.binding)));
    Ok(out)
}

const CSV_TITLES: [&str; 13] = [
    "user",
    "name",
    "active",
    "where",
    "role",
    "custom_role",
    "binding",
    "group",
    "since",
    "given_by",
    "until",
    "reason",
    "last_used",
];

fn csv_cells(row: &ReviewRow) -> [String; 13] {
    let text = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    [
        row.user.to_string(),
        row.title.clone(),
        row.active.to_string(),
        row.scope.key(),
        row.role.clone(),
        row.custom.to_string(),
        row.binding.to_string(),
        row.group.as_ref().map(ToString::to_string).unwrap_or_default(),
        row.since.to_string(),
        row.given_by.clone(),
        text(row.expires_at),
        row.reason.clone(),
        text(row.last_sign_in.max(row.last_token_use)),
    ]
}
