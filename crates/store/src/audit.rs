//! The audit trail: a hash chain per organization, written in the transaction of what it records.

use crate::batch::Context;
use crate::db::{Conn, Row, args};
use crate::{Inner, Store};
use serde_json::Value as Json;
use warpyard_model::kinds::{AuditEntry, AuditOutcome};
use warpyard_model::{Error, Result, Timestamp};
use warpyard_policy::{Allowed, AuditTrail, action};

/// Which entries to read.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// Only by this actor.
    pub actor: Option<String>,
    /// Only this action, or actions that start with it.
    pub action: Option<String>,
    /// Only objects or actors that contain this text.
    pub search: Option<String>,
    /// Only entries before this sequence: the cursor.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// What checking a chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditVerdict {
    /// Every entry follows from the one before; so many are there.
    Intact(i64),
    /// The entry with this sequence was changed, or one before it is missing.
    Broken(i64),
}

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

fn chain(previous: &str, entry: &AuditEntry) -> Result<String> {
    let unhashed = AuditEntry { hash: String::new(), ..entry.clone() };
    let text = serde_json::to_string(&unhashed).map_err(Error::internal)?;
    Ok(crate::fingerprint(&format!("{previous}\n{text}")))
}

impl Inner {
    pub(crate) async fn record(&self, conn: &mut Conn, context: &Context, record: Record<'_>) -> Result<()> {
        let last =
            conn.one("SELECT sequence, hash FROM audit WHERE org = $1 ORDER BY sequence DESC LIMIT 1", args![record.org]).await?;
        let (sequence, previous) = match last {
            Some(row) => (row.int("sequence")? + 1, row.text("hash")?),
            None => (1, String::new()),
        };
        let mut entry = AuditEntry {
            sequence,
            org: record.org.to_owned(),
            at: Timestamp::from_millis(self.clock.now().as_millis()),
            actor: context.actor.clone(),
            action: record.action.to_owned(),
            outcome: record.outcome,
            kind: record.kind.map(str::to_owned),
            object: record.object.to_owned(),
            before: record.before,
            after: record.after,
            request_id: context.request_id.clone(),
            address: context.address.clone(),
            hash: String::new(),
        };
        entry.hash = chain(&previous, &entry)?;
        let outcome = match entry.outcome {
            AuditOutcome::Allowed => "allowed",
            AuditOutcome::Denied => "denied",
        };
        conn.run(
            "INSERT INTO audit (org, sequence, at, actor, action, outcome, kind, object, before_spec, after_spec, request_id, address, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            args![
                entry.org,
                entry.sequence,
                entry.at.as_millis(),
                entry.actor,
                entry.action,
                outcome,
                entry.kind,
                entry.object,
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

fn read_entry(row: &Row) -> Result<AuditEntry> {
    let outcome = if row.text("outcome")? == "denied" { AuditOutcome::Denied } else { AuditOutcome::Allowed };
    Ok(AuditEntry {
        sequence: row.int("sequence")?,
        org: row.text("org")?,
        at: Timestamp::from_millis(row.int("at")?),
        actor: row.text("actor")?,
        action: row.text("action")?,
        outcome,
        kind: row.opt_text("kind")?,
        object: row.text("object")?,
        before: row.opt_json("before_spec")?,
        after: row.opt_json("after_spec")?,
        request_id: row.text("request_id")?,
        address: row.text("address")?,
        hash: row.text("hash")?,
    })
}

impl Store {
    /// Entries of the chain that the proof's scope names (an organization's, or the platform's own), newest first.
    pub async fn audit(&self, proof: &Allowed<action::View, AuditTrail>, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        let org = proof.scope().org.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut sql = String::from("SELECT * FROM audit WHERE org = $1");
        let mut values = vec![crate::db::Value::from(org)];
        let mut condition = |sql: &mut String, text: &str, value: crate::db::Value| {
            values.push(value);
            sql.push_str(&text.replace('?', &format!("${}", values.len())));
        };
        if let Some(actor) = &query.actor {
            condition(&mut sql, " AND actor = ?", actor.into());
        }
        if let Some(action) = &query.action {
            condition(&mut sql, " AND action LIKE ? ESCAPE '\\'", format!("{}%", crate::read::escape_like(action)).into());
        }
        if let Some(search) = &query.search {
            let pattern = format!("%{}%", crate::read::escape_like(&search.to_lowercase()));
            condition(&mut sql, " AND lower(object || ' ' || actor || ' ' || action) LIKE ? ESCAPE '\\'", pattern.into());
        }
        if let Some(before) = query.before {
            condition(&mut sql, " AND sequence < ?", before.into());
        }
        condition(&mut sql, " ORDER BY sequence DESC LIMIT ?", i64::from(query.limit).into());
        let rows = self.inner.db.read().await?.all(&sql, &values).await?;
        rows.iter().map(read_entry).collect()
    }

    /// Recomputes a chain from its first entry.
    pub async fn audit_verify(&self, proof: &Allowed<action::View, AuditTrail>) -> Result<AuditVerdict> {
        let org = proof.scope().org.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut conn = self.inner.db.read().await?;
        let (mut previous, mut expected) = (String::new(), 1);
        loop {
            let rows = conn
                .all("SELECT * FROM audit WHERE org = $1 AND sequence >= $2 ORDER BY sequence LIMIT 500", args![&org, expected])
                .await?;
            if rows.is_empty() {
                return Ok(AuditVerdict::Intact(expected - 1));
            }
            for row in &rows {
                let entry = read_entry(row)?;
                if entry.sequence != expected || chain(&previous, &entry)? != entry.hash {
                    return Ok(AuditVerdict::Broken(entry.sequence));
                }
                previous = entry.hash;
                expected += 1;
            }
        }
    }

    /// Records something that has no object of its own: a sign-in, a refusal.
    pub async fn audit_note(
        &self,
        context: &Context,
        org: &str,
        action: &str,
        outcome: AuditOutcome,
        object: &str,
    ) -> Result<()> {
        let mut conn = self.inner.db.begin().await?;
        // On a shared database the chain's end is read and written under the sequence row's lock, like every write.
        crate::change::next(&mut conn).await?;
        let record = Record { org, action, outcome, kind: None, object, before: None, after: None };
        self.inner.record(&mut conn, context, record).await?;
        conn.commit().await
    }
}
