//! Rotation of the installation's key: rows sealed with an older one are wrapped again, some at a time, while the server
//! works. What is done is in the rows, so that a rotation that was cut off goes on where it was.

use crate::batch::Context;
use crate::db::{Conn, args};
use crate::{ControllerStore, Store};
use serde::Serialize;
use warpyard_model::Result;
use warpyard_model::kinds::AuditOutcome;
use warpyard_policy::{Allowed, MasterKeys, action};

/// Rows that are wrapped again in one transaction.
const STEP: i64 = 100;

/// One of the installation's keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct EncryptionKey {
    /// Tells it apart and says nothing of it.
    pub id: String,
    /// It seals what is new.
    pub current: bool,
    /// Values that it opens.
    pub values: i64,
}

/// How sealed values are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Encryption {
    /// Where the key comes from: `file`, `environment` or `command`.
    pub source: &'static str,
    /// The keys, the current one first.
    pub keys: Vec<EncryptionKey>,
    /// Sealed values in all.
    pub values: i64,
    /// Values that are still to be wrapped with the current key.
    pub waiting: i64,
}

async fn counts(conn: &mut Conn) -> Result<Vec<(String, i64)>> {
    let rows = conn.all("SELECT key_id, count(*) AS n FROM sealed GROUP BY key_id ORDER BY key_id", &[]).await?;
    rows.iter().map(|row| Ok((row.text("key_id")?, row.int("n")?))).collect()
}

impl Store {
    /// How sealed values are kept.
    pub async fn encryption(&self, _proof: &Allowed<action::View, MasterKeys>) -> Result<Encryption> {
        let counts = counts(&mut self.inner.db.read().await?).await?;
        let mut ids = self.inner.key.ids();
        // Keys that are missing show too: their values cannot be opened.
        ids.extend(counts.iter().map(|(id, _)| id.clone()).filter(|id| !self.inner.key.ids().contains(id)));
        let count = |id: &str| counts.iter().find(|(known, _)| known == id).map_or(0, |(_, n)| *n);
        let keys: Vec<EncryptionKey> =
            ids.iter().enumerate().map(|(i, id)| EncryptionKey { id: id.clone(), current: i == 0, values: count(id) }).collect();
        let values = counts.iter().map(|(_, n)| n).sum();
        let waiting = keys.iter().filter(|k| !k.current).map(|k| k.values).sum();
        Ok(Encryption { source: self.inner.key.source().word(), keys, values, waiting })
    }

    /// Begins a new key. Values sealed with older ones are wrapped again by [`ControllerStore::rewrap`].
    pub async fn rotate_key(
        &self,
        seen: &Allowed<action::View, MasterKeys>,
        _proof: &Allowed<action::Update, MasterKeys>,
        context: &Context,
    ) -> Result<Encryption> {
        let in_use: Vec<String> = counts(&mut self.inner.db.read().await?).await?.into_iter().map(|(id, _)| id).collect();
        let key = self.inner.key.clone();
        // The source may be a command that takes its time.
        tokio::task::spawn_blocking(move || key.begin_next(&in_use)).await.map_err(warpyard_model::Error::internal)??;
        let id = self.inner.key.current()?.id;
        self.audit_note(context, "", "encryption.rotate", AuditOutcome::Allowed, &id).await?;
        self.encryption(seen).await
    }
}

impl ControllerStore {
    /// Wraps some values that are sealed with an older key with the current one; tells how many. 0 when none is left.
    pub async fn rewrap(&self) -> Result<usize> {
        let inner = &self.store.inner;
        let current = inner.key.current()?;
        let mut conn = inner.db.begin().await?;
        crate::change::queue(&mut conn).await?;
        let sql = "SELECT uid, path, key_id, wrapped_key FROM sealed WHERE key_id <> $1 ORDER BY uid, path LIMIT $2";
        let rows = conn.all(sql, args![&current.id, STEP]).await?;
        for row in &rows {
            let (uid, path) = (row.text("uid")?, row.text("path")?);
            let context = format!("{uid}/{path}");
            let old = inner.key.find(&row.text("key_id")?)?;
            let row_key = crate::seal::decrypt(&old.key, &row.text("wrapped_key")?, &context)?;
            let wrapped = crate::seal::encrypt(&current.key, &row_key, &context)?;
            let sql = "UPDATE sealed SET wrapped_key = $3, key_id = $4 WHERE uid = $1 AND path = $2";
            conn.run(sql, args![uid, path, wrapped, &current.id]).await?;
        }
        conn.commit().await?;
        Ok(rows.len())
    }
}
