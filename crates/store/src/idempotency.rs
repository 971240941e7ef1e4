//! Answers kept for `Idempotency-Key`, so that a request that was sent twice is done once.
//!
//! An answer may tell a secret once (a new token), and a request may hold one: answers are sealed, and of requests only
//! a keyed fingerprint is stored.

use crate::Store;
use crate::db::args;
use warpyard_model::{Error, Result};

/// How long an answer is kept.
const KEPT_SECONDS: i64 = 24 * 3600;

/// What was answered before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: String,
}

impl Store {
    /// The answer to an earlier request with this key. The same key with another request is a conflict.
    pub async fn replay(&self, actor: &str, key: &str, request: &str) -> Result<Option<Replay>> {
        let text_key = self.inner.text_key().await?;
        let mut conn = self.inner.db.read().await?;
        let row = conn
            .one(
                "SELECT request, status, body FROM idempotency WHERE actor = $1 AND key = $2 AND at > $3",
                args![actor, key, self.now().plus_seconds(-KEPT_SECONDS).as_millis()],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        if row.text("request")? != text_key.fingerprint(request) {
            return Err(Error::conflict("This Idempotency-Key was used for another request; use a new key."));
        }
        let body = text_key.open(&row.text("body")?, &context(actor, key))?;
        Ok(Some(Replay { status: u16::try_from(row.int("status")?).map_err(Error::internal)?, body }))
    }

    /// Keeps an answer.
    pub async fn keep_answer(&self, actor: &str, key: &str, request: &str, answer: &Replay) -> Result<()> {
        let now = self.now();
        let text_key = self.inner.text_key().await?;
        let body = text_key.seal(&answer.body, &context(actor, key))?;
        let request = text_key.fingerprint(request);
        let mut conn = self.inner.db.begin().await?;
        conn.run("DELETE FROM idempotency WHERE at < $1", args![now.plus_seconds(-KEPT_SECONDS).as_millis()]).await?;
        conn.run(
            "INSERT INTO idempotency (actor, key, request, status, body, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            args![actor, key, request, i64::from(answer.status), body, now.as_millis()],
        )
        .await?;
        conn.commit().await
    }
}

/// Where a sealed answer belongs.
fn context(actor: &str, key: &str) -> String {
    format!("idempotency/{actor}/{key}")
}
