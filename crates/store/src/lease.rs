//! Leases: who does a share of the work, with an epoch that every write of that share checks.

use crate::ControllerStore;
use crate::db::{Conn, args};
use warpyard_model::{Error, Result};

/// A share of the work that this server holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The share.
    pub name: String,
    /// Who holds it.
    pub holder: String,
    /// Grows with every new holder.
    pub epoch: i64,
}

impl ControllerStore {
    /// Takes a lease that is free or ran out, or renews one's own; `None` while somebody else holds it.
    pub async fn lease(&self, name: &str, holder: &str, seconds: i64) -> Result<Option<Lease>> {
        let now = self.store.now();
        let mut conn = self.store.inner.db.begin().await?;
        // A lease changes hands before or after a write that it fences, never in the middle of one.
        crate::change::queue(&mut conn).await?;
        let row = conn
            .one(
                "INSERT INTO lease (name, holder, epoch, expires_at) VALUES ($1, $2, 1, $4)
                 ON CONFLICT (name) DO UPDATE SET
                   epoch = CASE WHEN lease.holder = excluded.holder THEN lease.epoch ELSE lease.epoch + 1 END,
                   holder = excluded.holder, expires_at = excluded.expires_at
                 WHERE lease.holder = excluded.holder OR lease.expires_at < $3
                 RETURNING epoch",
                args![name, holder, now.as_millis(), now.plus_seconds(seconds).as_millis()],
            )
            .await?;
        let lease = row
            .map(|r| r.int("epoch").map(|epoch| Lease { name: name.to_owned(), holder: holder.to_owned(), epoch }))
            .transpose()?;
        conn.commit().await?;
        Ok(lease)
    }

    /// Gives a lease up at once, so that another server need not wait for it to run out.
    pub async fn give_up(&self, lease: &Lease) -> Result<()> {
        let mut conn = self.store.inner.db.begin().await?;
        conn.run(
            "UPDATE lease SET expires_at = 0 WHERE name = $1 AND holder = $2 AND epoch = $3",
            args![&lease.name, &lease.holder, lease.epoch],
        )
        .await?;
        conn.commit().await
    }
}

/// Fails when the lease went to somebody else: a stalled server can do no harm.
pub(crate) async fn check(conn: &mut Conn, lease: &Lease) -> Result<()> {
    let row = conn.one("SELECT epoch FROM lease WHERE name = $1", args![&lease.name]).await?;
    match row.map(|r| r.int("epoch")).transpose()? {
        Some(epoch) if epoch == lease.epoch => Ok(()),
        _ => Err(Error::conflict(format!("The lease {} went to another server.", lease.name))),
    }
}
