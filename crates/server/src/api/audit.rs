//! The audit trail: reading, exporting, checking.

use super::{GET, Items, Shared};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::QueryOf;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;
use warpyard_model::kinds::{AuditEntry, AuditOutcome};
use warpyard_model::permission::Subject;
use warpyard_model::{Error, Kind, Name, Result, ScopePath, Timestamp};
use warpyard_policy::{Allowed, AuditTrail, Resource, action};
use warpyard_store::{AuditNote, AuditQuery, Checkpoint, Flaw};

/// What the trail is narrowed to.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct Filters {
    /// The organization; the platform's own chain where absent.
    #[serde(default)]
    org: Option<Name>,
    /// Only by this actor.
    #[serde(default)]
    actor: Option<String>,
    /// Only this action; without a verb (`service_instance.`) all that begin so.
    #[serde(default)]
    action: Option<String>,
    /// Only about objects of this kind, such as `ServiceInstance`.
    #[serde(default)]
    kind: Option<String>,
    /// Only about this object and what is in it, as a path: `/acme/vision/research`.
    #[serde(default)]
    object: Option<String>,
    /// Only what was done, or only what was refused.
    #[serde(default)]
    outcome: Option<AuditOutcome>,
    /// Only where object, actor or action contains this.
    #[serde(default)]
    search: Option<String>,
    /// Only from this moment on, as RFC 3339.
    #[serde(default)]
    from: Option<Timestamp>,
    /// Only before this moment, as RFC 3339.
    #[serde(default)]
    to: Option<Timestamp>,
}

/// Which entries to read.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct AuditParameters {
    #[serde(flatten)]
    filters: Filters,
    /// At most so many; 50 where absent.
    #[serde(default)]
    #[schemars(range(min = 1, max = 500))]
    limit: Option<u32>,
    /// Where the last page ended.
    #[serde(default)]
    cursor: Option<String>,
}

/// How an export is written.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ExportFormat {
    /// JSON Lines. A whole chain carries its signed checkpoints and can be checked by `warpyard audit verify --file`.
    #[default]
    Jsonl,
    /// CSV with a line of titles, for spreadsheets.
    Csv,
}

/// The format of an export; it takes the filters of a list too.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct ExportParameters {
    /// JSON Lines where absent.
    #[serde(default)]
    format: ExportFormat,
    #[serde(flatten)]
    filters: Filters,
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
    next_cursor: Option<String>,
    /// A text was looked for back to this moment only: there may be more, and the next page looks further.
    #[serde(skip_serializing_if = "Option::is_none")]
    searched_back_to: Option<Timestamp>,
}

/// What checking a chain found.
#[derive(Debug, Serialize, JsonSchema)]
struct AuditCheck {
    /// Every entry follows from the one before, and signed checkpoints agree.
    intact: bool,
    /// Entries that hold.
    entries: i64,
    /// The first entry there is; earlier ones were taken away by retention.
    first: i64,
    /// Signed checkpoints that agree.
    checkpoints: u64,
    /// The first entry that does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken_at: Option<i64>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    flaw: Option<Flaw>,
    /// Why, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

pub(super) fn declare(routes: &mut Routes) {
    routes
        .declare(GET, "/api/v1/audit-entries", "audit_entry_list", "audit", "Who did what, newest first")
        .permission("audit_entry.view")
        .query::<AuditParameters>()
        .answers::<AuditPage>(200, "A page.")
        .to(list);
    routes
        .declare(GET, "/api/v1/audit-entries/export", "audit_entry_export", "audit", "Who did what, oldest first, as a file")
        .permission("audit_entry.view")
        .query::<ExportParameters>()
        .answers_as(200, "application/jsonl", "An entry a line.")
        .answers_as(200, "text/csv", "An entry a line.")
        .to(export);
    routes
        .declare(GET, "/api/v1/audit-entries/checkpoints", "audit_entry_checkpoints", "audit", "Signed ends of a chain")
        .permission("audit_entry.view")
        .query::<ChainParameters>()
        .answers::<Items<Checkpoint>>(200, "The checkpoints, oldest first.")
        .to(checkpoints);
    routes
        .declare(GET, "/api/v1/audit-entries/verify", "audit_entry_verify", "audit", "Check that a chain is unbroken")
        .permission("audit_entry.view")
        .query::<ChainParameters>()
        .answers::<AuditCheck>(200, "The verdict.")
        .to(verify);
}

impl Filters {
    fn query(self) -> Result<AuditQuery> {
        let known = |word: String| {
            Kind::find(&word)
                .map(|kind| kind.as_str().to_owned())
                .ok_or_else(|| Error::invalid_field("kind", format!("{word:?} is no kind of object")))
        };
        let given = |text: Option<String>| text.filter(|t| !t.is_empty());
        Ok(AuditQuery {
            actor: given(self.actor),
            action: given(self.action),
            kind: given(self.kind).map(known).transpose()?,
            object: given(self.object),
            outcome: self.outcome,
            search: given(self.search),
            from: self.from,
            to: self.to,
            ..AuditQuery::default()
        })
    }
}

fn may_read(state: &Shared, caller: &Caller, org: Option<Name>) -> Result<Allowed<action::View, AuditTrail>> {
    let scope = org.map_or_else(ScopePath::platform, ScopePath::org);
    let place = Resource::place(Subject::AuditEntry, &scope);
    state.policy.allow::<action::View, AuditTrail>(&caller.principal, &place)
}

async fn list(state: Shared, caller: Caller, QueryOf(parameters): QueryOf<AuditParameters>) -> Result<Json<AuditPage>, ApiError> {
    let AuditParameters { filters, limit, cursor } = parameters;
    let proof = may_read(&state, &caller, filters.org.clone())?;
    let bad = |_| Error::invalid_field("cursor", "a cursor is what the last page gave as next_cursor");
    let before = cursor.map(|text| text.parse().map_err(bad)).transpose()?;
    let query = AuditQuery { before, limit: limit.unwrap_or(50).clamp(1, 500), ..filters.query()? };
    let found = state.store.audit_search(&proof, &query).await?;
    let items = found.entries;
    let full = u32::try_from(items.len()).is_ok_and(|n| n == query.limit);
    let next = items.last().map(|e| e.sequence).filter(|sequence| full && *sequence > 1);
    let next = next.or(found.searched.map(|(before, _)| before));
    let searched_back_to = found.searched.map(|(_, at)| at);
    Ok(Json(AuditPage { items, next_cursor: next.map(|sequence| sequence.to_string()), searched_back_to }))
}

async fn checkpoints(
    state: Shared,
    caller: Caller,
    QueryOf(ChainParameters { org }): QueryOf<ChainParameters>,
) -> Result<Json<Items<Checkpoint>>, ApiError> {
    let proof = may_read(&state, &caller, org)?;
    Ok(Json(Items { items: state.store.audit_checkpoints(&proof).await? }))
}

async fn verify(
    state: Shared,
    caller: Caller,
    QueryOf(ChainParameters { org }): QueryOf<ChainParameters>,
) -> Result<Json<AuditCheck>, ApiError> {
    let proof = may_read(&state, &caller, org)?;
    let verdict = state.store.audit_verify(&proof).await?;
    Ok(Json(AuditCheck {
        intact: verdict.broken.is_none(),
        entries: verdict.entries(),
        first: verdict.first,
        checkpoints: verdict.checkpoints,
        broken_at: verdict.broken.map(|b| b.at),
        flaw: verdict.broken.map(|b| b.flaw),
        reason: verdict.broken.map(|b| b.flaw.to_string()),
    }))
}

/// What is left to write of an export.
struct Export {
    state: Arc<crate::state::AppState>,
    proof: Allowed<action::View, AuditTrail>,
    query: AuditQuery,
    format: ExportFormat,
    checkpoints: VecDeque<Checkpoint>,
    begun: bool,
    done: bool,
}

impl Export {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>> {
        if self.done {
            return Ok(None);
        }
        let entries = self.state.store.audit_oldest_first(&self.proof, &self.query).await?;
        self.done = u32::try_from(entries.len()).is_ok_and(|n| n < self.query.limit);
        let mut text = String::new();
        if !self.begun && matches!(self.format, ExportFormat::Csv) {
            text.push_str(&csv_line(&CSV_TITLES.map(str::to_owned)));
        }
        self.begun = true;
        for entry in &entries {
            match self.format {
                ExportFormat::Csv => text.push_str(&csv_line(&csv_cells(entry)?)),
                ExportFormat::Jsonl => {
                    self.checkpoints_before(entry.sequence, &mut text)?;
                    text.push_str(&serde_json::to_string(entry).map_err(Error::internal)?);
                    text.push('\n');
                }
            }
        }
        if let Some(last) = entries.last() {
            self.query.after = Some(last.sequence);
            if matches!(self.format, ExportFormat::Jsonl) {
                self.checkpoints_before(last.sequence + 1, &mut text)?;
            }
        }
        Ok(Some((Bytes::from(text), self)))
    }

    fn checkpoints_before(&mut self, sequence: i64, text: &mut String) -> Result<()> {
        while let Some(checkpoint) = self.checkpoints.pop_front_if(|c| c.sequence < sequence) {
            text.push_str(&serde_json::json!({ "checkpoint": checkpoint }).to_string());
            text.push('\n');
        }
        Ok(())
    }
}

const CSV_TITLES: [&str; 13] = [
    "sequence",
    "at",
    "org",
    "actor",
    "on_behalf_of",
    "action",
    "outcome",
    "kind",
    "object",
    "before",
    "after",
    "request_id",
    "address",
];

fn csv_cells(entry: &AuditEntry) -> Result<[String; 13]> {
    let json = |value: &Option<serde_json::Value>| value.as_ref().map(ToString::to_string).unwrap_or_default();
    let outcome = serde_json::to_value(entry.outcome).map_err(Error::internal)?;
    Ok([
        entry.sequence.to_string(),
        entry.at.to_string(),
        entry.org.clone(),
        entry.actor.clone(),
        entry.on_behalf_of.clone(),
        entry.action.clone(),
        outcome.as_str().unwrap_or_default().to_owned(),
        entry.kind.clone().unwrap_or_default(),
        entry.object.clone(),
        json(&entry.before),
        json(&entry.after),
        entry.request_id.clone(),
        entry.address.clone(),
    ])
}

/// A line of CSV (RFC 4180). What a spreadsheet would take for a formula is made text: people choose what is in some cells.
pub(super) fn csv_line(cells: &[String]) -> String {
    let cell = |text: &String| {
        let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let text = if formula { format!("'{text}") } else { text.clone() };
        if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    let mut line = cells.iter().map(cell).collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

async fn export(
    state: Shared,
    caller: Caller,
    QueryOf(ExportParameters { format, filters }): QueryOf<ExportParameters>,
) -> Result<Response, ApiError> {
    let org = filters.org.clone();
    let proof = may_read(&state, &caller, org.clone())?;
    let query = AuditQuery { limit: 500, ..filters.query()? };
    let chain = org.as_ref().map(ToString::to_string).unwrap_or_default();
    let note = AuditNote { org: chain.clone(), action: "audit_entry.export".to_owned(), ..AuditNote::default() };
    state.store.audit(&caller.context(), AuditOutcome::Allowed, note).await?;
    let checkpoints = if query.is_everything() { state.store.audit_checkpoints(&proof).await?.into() } else { VecDeque::new() };
    let (media, end) = match format {
        ExportFormat::Jsonl => ("application/jsonl", "jsonl"),
        ExportFormat::Csv => ("text/csv; charset=utf-8", "csv"),
    };
    let name = if chain.is_empty() { "platform".to_owned() } else { chain };
    let begun = Export { state: state.0.clone(), proof, query, format, checkpoints, begun: false, done: false };
    let stream = futures::stream::try_unfold(begun, Export::next);
    let disposition = format!("attachment; filename=\"audit-{name}.{end}\"");
    Ok(([(header::CONTENT_TYPE, media), (header::CONTENT_DISPOSITION, &disposition)], Body::from_stream(stream)).into_response())
}

#[cfg(test)]
mod tests {
    use super::csv_line;

    #[test]
    fn cells_are_quoted_and_no_formulas() {
        let line = csv_line(&["a".into(), "b,\"c\"".into(), "=1+1".into(), "-2".into(), "x\ny".into()]);
        assert_eq!(line, "a,\"b,\"\"c\"\"\",'=1+1,'-2,\"x\ny\"\r\n");
    }
}
