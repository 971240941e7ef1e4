//! Signed checkpoints of chains, and retention, which takes a chain's beginning away up to one of them.

use super::Record;
use super::chain::{Checkpoint, PRUNE};
use crate::db::{Conn, Row, args};
use crate::{ControllerStore, Inner};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::json;
use warpyard_model::kinds::AuditOutcome;
use warpyard_model::{Error, Result, Timestamp};

/// Where the signing key lies among the sealed values.
const KEY_OWNER: &str = "installation";
const KEY_PATH: &str = "audit-signing-key";

/// Most entries that one step of retention takes away, unless the next checkpoint lies further on.
const PRUNE_STEP: i64 = 20_000;

fn read(row: &Row) -> Result<Checkpoint> {
    Ok(Checkpoint {
        org: row.text("org")?,
        sequence: row.int("sequence")?,
        at: Timestamp::from_millis(row.int("at")?),
        hash: row.text("hash")?,
        public_key: row.text("public_key")?,
        signature: row.text("signature")?,
    })
}

/// The checkpoints of a chain, oldest first.
pub(super) async fn all(conn: &mut Conn, org: &str) -> Result<Vec<Checkpoint>> {
    let sql = "SELECT * FROM audit_checkpoint WHERE org = $1 ORDER BY sequence";
    conn.all(sql, args![org]).await?.iter().map(read).collect()
}

fn public_key(pair: &Ed25519KeyPair) -> String {
    STANDARD.encode(pair.public_key().as_ref())
}

impl Inner {
    async fn audit_key(&self, conn: &mut Conn) -> Result<Option<Ed25519KeyPair>> {
        let sealed = self.unseal(conn, KEY_OWNER).await?;
        let Some((_, text)) = sealed.into_iter().find(|(path, _)| path == KEY_PATH) else { return Ok(None) };
        let bytes = STANDARD.decode(text).map_err(Error::internal)?;
        Ed25519KeyPair::from_pkcs8(&bytes).map(Some).map_err(Error::internal)
    }

    /// The public half of the key that signs checkpoints, once there is one.
    pub(crate) async fn audit_public_key(&self, conn: &mut Conn) -> Result<Option<String>> {
        Ok(self.audit_key(conn).await?.map(|pair| public_key(&pair)))
    }

    async fn audit_key_or_new(&self, conn: &mut Conn) -> Result<Ed25519KeyPair> {
        if let Some(pair) = self.audit_key(conn).await? {
            return Ok(pair);
        }
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(Error::internal)?;
        self.seal(conn, KEY_OWNER, KEY_PATH, &STANDARD.encode(document.as_ref())).await?;
        Ed25519KeyPair::from_pkcs8(document.as_ref()).map_err(Error::internal)
    }
}

async fn chains(conn: &mut Conn) -> Result<Vec<String>> {
    let mut out: Vec<String> = Vec::new();
    let mut next = conn.one("SELECT min(org) AS org FROM audit", &[]).await?;
    while let Some(org) = next.map(|row| row.opt_text("org")).transpose()?.flatten() {
        next = conn.one("SELECT min(org) AS org FROM audit WHERE org > $1", args![&org]).await?;
        out.push(org);
    }
    Ok(out)
}

impl ControllerStore {
    /// Signs the end of every chain that has grown since it was signed last.
    pub async fn sign_checkpoints(&self) -> Result<usize> {
        let inner = &self.store.inner;
        let mut conn = inner.db.begin().await?;
        crate::change::queue(&mut conn).await?;
        let pair = inner.audit_key_or_new(&mut conn).await?;
        let (at, public_key) = (inner.clock.now(), public_key(&pair));
        let mut signed = 0;
        for org in chains(&mut conn).await? {
            let sql = "SELECT sequence, hash FROM audit WHERE org = $1 ORDER BY sequence DESC LIMIT 1";
            let Some(end) = conn.one(sql, args![&org]).await? else { continue };
            let (sequence, hash) = (end.int("sequence")?, end.text("hash")?);
            let signature = STANDARD.encode(pair.sign(Checkpoint::text(&org, sequence, at, &hash).as_bytes()).as_ref());
            let written = conn
                .run(
                    "INSERT INTO audit_checkpoint (org, sequence, at, hash, public_key, signature, delivered_at)
                     VALUES ($1, $2, $3, $4, $5, $6, NULL) ON CONFLICT (org, sequence) DO NOTHING",
                    args![&org, sequence, at.as_millis(), hash, &public_key, signature],
                )
                .await?;
            signed += usize::from(written > 0);
        }
        conn.commit().await?;
        Ok(signed)
    }

    /// Checkpoints that were not handed out yet, oldest first; at most so many.
    pub async fn undelivered_checkpoints(&self, limit: u32) -> Result<Vec<Checkpoint>> {
        let sql = "SELECT * FROM audit_checkpoint WHERE delivered_at IS NULL ORDER BY at, org LIMIT $1";
        let mut conn = self.store.inner.db.read().await?;
        conn.all(sql, args![i64::from(limit)]).await?.iter().map(read).collect()
    }

    /// Writes down that a checkpoint was handed out.
    pub async fn checkpoint_delivered(&self, checkpoint: &Checkpoint) -> Result<()> {
        let mut conn = self.store.inner.db.begin().await?;
        let now = self.store.now().as_millis();
        let sql = "UPDATE audit_checkpoint SET delivered_at = $3 WHERE org = $1 AND sequence = $2";
        conn.run(sql, args![&checkpoint.org, checkpoint.sequence, now]).await?;
        conn.commit().await
    }

    /// Takes away entries from before a moment, of every chain: up to a signed checkpoint, which stays, and with an entry that
    /// says so. Tells how many are gone.
    pub async fn prune_audit(&self, before: Timestamp) -> Result<u64> {
        let orgs = chains(&mut self.store.inner.db.read().await?).await?;
        let mut gone = 0;
        for org in orgs {
            loop {
                let step = self.prune_chain(&org, before).await?;
                gone += step;
                if step == 0 {
                    break;
                }
            }
        }
        Ok(gone)
    }

    async fn prune_chain(&self, org: &str, before: Timestamp) -> Result<u64> {
        let inner = &self.store.inner;
        let mut conn = inner.db.begin().await?;
        crate::change::next(&mut conn).await?;
        let first = conn.one("SELECT min(sequence) AS first FROM audit WHERE org = $1", args![org]).await?;
        let Some(first) = first.map(|row| row.opt_int("first")).transpose()?.flatten() else { return Ok(0) };
        let old =
            "SELECT c.sequence AS sequence FROM audit_checkpoint c JOIN audit a ON a.org = c.org AND a.sequence = c.sequence
                   WHERE c.org = $1 AND a.at < $2 AND a.hash = c.hash";
        let near = format!("{old} AND c.sequence < $3 ORDER BY c.sequence DESC LIMIT 1");
        let mut through = conn.one(&near, args![org, before.as_millis(), first + PRUNE_STEP]).await?;
        if through.is_none() {
            through = conn.one(&format!("{old} ORDER BY c.sequence LIMIT 1"), args![org, before.as_millis()]).await?;
        }
        let Some(through) = through.map(|row| row.int("sequence")).transpose()? else { return Ok(0) };
        let record = Record {
            org,
            action: PRUNE,
            outcome: AuditOutcome::Allowed,
            kind: None,
            object: "",
            before: None,
            after: Some(json!({ "from": first, "through": through })),
        };
        inner.record(&mut conn, &self.context(), record).await?;
        let gone = conn.run("DELETE FROM audit WHERE org = $1 AND sequence <= $2", args![org, through]).await?;
        conn.run("DELETE FROM audit_checkpoint WHERE org = $1 AND sequence < $2", args![org, through]).await?;
        conn.commit().await?;
        Ok(gone)
    }
}
