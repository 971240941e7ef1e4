//! The audit trail: a hash chain per organization, written in the transaction of what it records.

mod chain;
mod checkpoint;
mod query;

pub use chain::{AuditVerdict, Broken, ChainCheck, Checkpoint, Flaw};
pub use query::{AuditFound, AuditQuery};

use crate::batch::Context;
use crate::db::{Conn, args};
use crate::{Inner, Store};
use serde_json::Value as Json;
use warpyard_model::kinds::{AuditEntry, AuditOutcome};
use warpyard_model::{Kind, Name, Result, ScopePath, Timestamp};

/// One thing to record.
pub(crate) struct Record<'a> {
    pub(crate) org: &'a str,
    pub(crate) action: &'a str,
    pub(crate) outcome: AuditOutcome,
    pub(crate) kind: Option<&'a str>,
    pub(crate) object: &'a str,
    pub(crate) before: Option<Json>,
    pub(crate) after: Option<Json>,
}

/// The path above an object's: where it lies.
pub(crate) fn place_of(object: &str) -> &str {
    if object.starts_with('/') { object.rsplit_once('/').map_or("", |(above, _)| above) } else { "" }
}

/// How an outcome is written.
pub(crate) fn word(outcome: AuditOutcome) -> &'static str {
    match outcome {
        AuditOutcome::Allowed => "allowed",
        AuditOutcome::Denied => "denied",
    }
}

impl Inner {
    pub(crate) async fn record(&self, conn: &mut Conn, context: &Context, record: Record<'_>) -> Result<()> {
        let sql = "SELECT sequence, at, hash FROM audit WHERE org = $1 ORDER BY sequence DESC LIMIT 1";
        let last = conn.one(sql, args![record.org]).await?;
        let now = self.clock.now().as_millis();
        // Times in a chain never run backwards, whatever the clock does: what was between two moments is a range of entries.
        let (sequence, at, previous) = match last {
            Some(row) => (row.int("sequence")? + 1, now.max(row.int("at")?), row.text("hash")?),
            None => (1, now, String::new()),
        };
        let mut entry = AuditEntry {
            sequence,
            org: record.org.to_owned(),
            at: Timestamp::from_millis(at),
            actor: context.actor.clone(),
            on_behalf_of: context.on_behalf_of.clone(),
            action: record.action.to_owned(),
            outcome: record.outcome,
            kind: record.kind.map(str::to_owned),
            object: record.object.to_owned(),
            before: record.before.map(chain::settled).transpose()?,
            after: record.after.map(chain::settled).transpose()?,
            request_id: context.request_id.clone(),
            address: context.address.clone(),
            hash: String::new(),
        };
        entry.hash = chain::hash_of(&previous, &entry)?;
        conn.run(
            "INSERT INTO audit (org, sequence, at, actor, on_behalf_of, action, outcome, kind, object, place, before_spec,
             after_spec, request_id, address, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            args![
                entry.org,
                entry.sequence,
                entry.at.as_millis(),
                entry.actor,
                entry.on_behalf_of,
                entry.action,
                word(entry.outcome),
                entry.kind,
                &entry.object,
                place_of(&entry.object),
                entry.before,
                entry.after,
                entry.request_id,
                entry.address,
                entry.hash
            ],
        )
        .await?;
        Ok(())
    }
}

/// Something to record that has no object of its own, or that was refused.
#[derive(Debug, Clone, Default)]
pub struct AuditNote {
    /// The chain: an organization's name, or empty for the platform's own. A name that no organization has is taken for the
    /// platform, so that nobody begins chains by asking for places that are not there.
    pub org: String,
    /// What, like a permission.
    pub action: String,
    /// The kind of object, where there is one.
    pub kind: Option<String>,
    /// What it is about.
    pub object: String,
    /// What else is known.
    pub details: Option<Json>,
}

impl Store {
    /// Records something that has no object of its own: a sign-in, a refusal.
    pub async fn audit_note(
        &self,
        context: &Context,
        org: &str,
        action: &str,
        outcome: AuditOutcome,
        object: &str,
    ) -> Result<()> {
        let note =
            AuditNote { org: org.to_owned(), action: action.to_owned(), object: object.to_owned(), ..AuditNote::default() };
        self.audit(context, outcome, note).await
    }

    /// Whether something is there, or without a name its place: what tells a refusal from a mistake.
    pub async fn is_there(&self, kind: Option<Kind>, scope: &ScopePath, name: Option<&Name>) -> Result<bool> {
        let ScopePath { org, project, workspace } = scope.clone();
        let platform = ScopePath::platform();
        let within = ScopePath { org: org.clone(), ..platform.clone() };
        let (kind, at, name) = match (kind, name, &workspace, &project, &org) {
            (Some(kind), Some(name), ..) => (kind, scope.clone(), name.clone()),
            (_, _, Some(workspace), ..) => (Kind::Workspace, ScopePath { workspace: None, ..scope.clone() }, workspace.clone()),
            (_, _, _, Some(project), _) => (Kind::Project, within, project.clone()),
            (_, _, _, _, Some(org)) => (Kind::Organization, platform, org.clone()),
            _ => return Ok(false),
        };
        Ok(crate::read::find(&mut self.inner.db.read().await?, kind, &at, &name).await?.is_some())
    }

    /// Records something with all that is known of it.
    pub async fn audit(&self, context: &Context, outcome: AuditOutcome, note: AuditNote) -> Result<()> {
        let mut conn = self.inner.db.begin().await?;
        // On a shared database the chain's end is read and written under the sequence row's lock, like every write.
        crate::change::next(&mut conn).await?;
        let known = "SELECT 1 FROM object WHERE kind = 'Organization' AND org = '' AND name = $1
                     UNION ALL SELECT 1 FROM audit WHERE org = $1 AND sequence > 0 LIMIT 1";
        let org = match note.org.as_str() {
            "" => "",
            org if conn.one(known, args![org]).await?.is_some() => org,
            _ => "",
        };
        let record = Record {
            org,
            action: &note.action,
            outcome,
            kind: note.kind.as_deref(),
            object: &note.object,
            before: None,
            after: note.details,
        };
        self.inner.record(&mut conn, context, record).await?;
        conn.commit().await
    }
}
