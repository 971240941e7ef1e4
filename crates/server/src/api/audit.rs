//! The audit trail.

use super::{GET, Shared};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::QueryOf;
use axum::Json;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warpyard_model::kinds::AuditEntry;
use warpyard_model::permission::Subject;
use warpyard_model::{Name, Result, ScopePath};
use warpyard_policy::{Allowed, AuditTrail, Resource, action};
use warpyard_store::{AuditQuery, AuditVerdict};

/// Which entries to read.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct AuditParameters {
    /// The organization; the platform's own chain where absent.
    #[serde(default)]
    org: Option<Name>,
    /// Only by this actor.
    #[serde(default)]
    actor: Option<String>,
    /// Only actions that start with this.
    #[serde(default)]
    action: Option<String>,
    /// Only where object, actor or action contains this.
    #[serde(default)]
    search: Option<String>,
    /// At most so many; 50 where absent.
    #[serde(default)]
    #[schemars(range(min = 1, max = 500))]
    limit: Option<u32>,
    /// Where the last page ended.
    #[serde(default)]
    cursor: Option<i64>,
}

/// The chain to check.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct ChainParameters {
    /// The organization; the platform's own chain where absent.
    #[serde(default)]
    org: Option<Name>,
}

/// A page of the trail, newest first.
#[derive(Debug, Serialize, JsonSchema)]
struct AuditPage {
    items: Vec<AuditEntry>,
    /// Where the next page begins, if there may be one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<i64>,
}

/// What checking a chain found.
#[derive(Debug, Serialize, JsonSchema)]
struct AuditCheck {
    /// Every entry follows from the one before.
    intact: bool,
    /// Entries that were checked.
    entries: i64,
    /// The first entry that does not follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken_at: Option<i64>,
}

pub(super) fn declare(routes: &mut Routes) {
    routes
        .declare(GET, "/api/v1/audit-entries", "audit_entry_list", "audit", "Who did what, newest first")
        .permission("audit_entry.view")
        .query::<AuditParameters>()
        .answers::<AuditPage>(200, "A page.")
        .to(list);
    routes
        .declare(GET, "/api/v1/audit-entries/verify", "audit_entry_verify", "audit", "Check that a chain is unbroken")
        .permission("audit_entry.view")
        .query::<ChainParameters>()
        .answers::<AuditCheck>(200, "The verdict.")
        .to(verify);
}

fn may_read(state: &Shared, caller: &Caller, org: Option<Name>) -> Result<Allowed<action::View, AuditTrail>> {
    let scope = org.map_or_else(ScopePath::platform, ScopePath::org);
    let place = Resource::place(Subject::AuditEntry, &scope);
    state.policy.allow::<action::View, AuditTrail>(&caller.principal, &place)
}

async fn list(state: Shared, caller: Caller, QueryOf(parameters): QueryOf<AuditParameters>) -> Result<Json<AuditPage>, ApiError> {
    let proof = may_read(&state, &caller, parameters.org)?;
    let limit = parameters.limit.unwrap_or(50).clamp(1, 500);
    let query = AuditQuery {
        actor: parameters.actor,
        action: parameters.action,
        search: parameters.search,
        before: parameters.cursor,
        limit,
    };
    let items = state.store.audit(&proof, &query).await?;
    let full = items.len() == usize::try_from(limit).unwrap_or(usize::MAX);
    let next_cursor = items.last().map(|e| e.sequence).filter(|sequence| full && *sequence > 1);
    Ok(Json(AuditPage { items, next_cursor }))
}

async fn verify(
    state: Shared,
    caller: Caller,
    QueryOf(ChainParameters { org }): QueryOf<ChainParameters>,
) -> Result<Json<AuditCheck>, ApiError> {
    let proof = may_read(&state, &caller, org)?;
    Ok(Json(match state.store.audit_verify(&proof).await? {
        AuditVerdict::Intact(entries) => AuditCheck { intact: true, entries, broken_at: None },
        AuditVerdict::Broken(at) => AuditCheck { intact: false, entries: at, broken_at: Some(at) },
    }))
}
