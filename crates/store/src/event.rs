//! Events: the short story of an instance or target, for people.

use crate::Store;
use crate::db::{Conn, args};
use serde::{Deserialize, Serialize};
use warpyard_model::{Result, Spec, Timestamp};
use warpyard_policy::{Allowed, action};

/// How serious an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// As it should be.
    Normal,
    /// Somebody should look.
    Warning,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// How serious.
    pub severity: Severity,
    /// A CamelCase word for programs.
    pub reason: String,
    /// A sentence for people.
    pub message: String,
}

/// How many events are kept per object.
const KEPT: i64 = 200;

pub(crate) async fn record(conn: &mut Conn, uid: &str, event: &Event) -> Result<()> {
    let row = conn.one("SELECT COALESCE(MAX(sequence), 0) AS n FROM event WHERE uid = $1", args![uid]).await?;
    let sequence = row.map(|r| r.int("n")).transpose()?.unwrap_or_default() + 1;
    let severity = if event.severity == Severity::Warning { "warning" } else { "normal" };
    conn.run(
        "INSERT INTO event (uid, sequence, at, severity, reason, message) VALUES ($1, $2, $3, $4, $5, $6)",
        args![uid, sequence, event.at.as_millis(), severity, &event.reason, &event.message],
    )
    .await?;
    if sequence > KEPT {
        conn.run("DELETE FROM event WHERE uid = $1 AND sequence <= $2", args![uid, sequence - KEPT]).await?;
    }
    Ok(())
}

impl Store {
    /// The events of an object, newest first.
    pub async fn events<S: Spec>(&self, proof: &Allowed<action::View, S>) -> Result<Vec<Event>> {
        let mut conn = self.inner.db.read().await?;
        let rows = conn
            .all("SELECT at, severity, reason, message FROM event WHERE uid = $1 ORDER BY sequence DESC", args![proof.uid()])
            .await?;
        rows.iter()
            .map(|row| {
                let severity = if row.text("severity")? == "warning" { Severity::Warning } else { Severity::Normal };
                Ok(Event {
                    at: Timestamp::from_millis(row.int("at")?),
                    severity,
                    reason: row.text("reason")?,
                    message: row.text("message")?,
                })
            })
            .collect()
    }
}
