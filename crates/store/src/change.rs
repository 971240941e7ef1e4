//! The ordered feed of changes: what watchers hear and what wakes reconcilers.

use crate::db::{Conn, args};
use crate::row::{COLUMNS, StoredObject, kind_of, name_of, scope_of};
use crate::{Inner, Store};
use serde_json::Value as Json;
use std::time::Duration;
use tokio::sync::watch;
use warpyard_model::{Error, Kind, Name, Result, ScopePath};
use warpyard_policy::{ControllerProof, Resource, Viewer};

/// How many changes are kept for watchers that reconnect; older ones list again.
const KEPT: i64 = 20_000;

/// How the end of a profile that was never published is written down: whoever could not see it does not hear of it.
const DELETED_DRAFT: &str = "deleted_draft";

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// It was made.
    Added,
    /// It changed.
    Modified,
    /// It is gone.
    Deleted,
}

/// One change that a viewer may hear of.
#[derive(Debug, Clone)]
pub struct Changed {
    /// Its place in the feed.
    pub sequence: i64,
    /// What happened.
    pub operation: Operation,
    /// The kind.
    pub kind: Kind,
    /// Where.
    pub scope: ScopePath,
    /// The object; for a deletion only kind, name, scope and uid.
    pub object: Json,
}

/// The next number of the feed. On PostgreSQL the row lock makes writers queue here, so numbers commit in order.
pub(crate) async fn next(conn: &mut Conn) -> Result<i64> {
    let row = conn.one("UPDATE meta SET value = value + 1 WHERE key = 'sequence' RETURNING value", &[]).await?;
    row.ok_or_else(|| Error::internal("the sequence row is missing"))?.int("value")
}

/// Makes writers queue before they read what they are about to change. SQLite's write transactions do so by themselves.
pub(crate) async fn queue(conn: &mut Conn) -> Result<()> {
    if let Conn::PostgresWrite(_) = conn {
        conn.all("SELECT value FROM meta WHERE key = 'sequence' FOR UPDATE", &[]).await?;
    }
    Ok(())
}

/// The newest number of the feed.
pub(crate) async fn newest(conn: &mut Conn) -> Result<i64> {
    let row = conn.one("SELECT value FROM meta WHERE key = 'sequence'", &[]).await?;
    row.ok_or_else(|| Error::internal("the sequence row is missing"))?.int("value")
}

/// Writes a change of an object.
pub(crate) async fn record(conn: &mut Conn, sequence: i64, object: &StoredObject, operation: Operation) -> Result<()> {
    let [org, project, workspace] = crate::row::columns_of(&object.metadata.scope);
    let word = match operation {
        Operation::Added => "added",
        Operation::Modified => "modified",
        Operation::Deleted if object.is_draft() => DELETED_DRAFT,
        Operation::Deleted => "deleted",
    };
    conn.run(
        "INSERT INTO change (sequence, kind, uid, org, project, workspace, name, owner, operation)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            sequence,
            object.kind.as_str(),
            &object.metadata.uid,
            org,
            project,
            workspace,
            object.metadata.name.as_str(),
            &object.owner,
            word
        ],
    )
    .await?;
    if sequence % 1_000 == 0 {
        conn.run("DELETE FROM change WHERE sequence <= $1", args![sequence - KEPT]).await?;
    }
    Ok(())
}

impl Inner {
    pub(crate) fn announce(&self, sequence: i64) {
        self.newest.send_if_modified(|newest| {
            let grew = sequence > *newest;
            *newest = (*newest).max(sequence);
            grew
        });
    }
}

/// A position in the feed that can wait for more.
pub struct ChangeFeed {
    store: Store,
    newest: watch::Receiver<i64>,
    position: i64,
}

impl ChangeFeed {
    /// Where it is: everything up to here was read.
    pub fn position(&self) -> i64 {
        self.position
    }

    /// Waits until there may be something new. On a shared database it also looks every second, because another
    /// server's writes make no noise here.
    pub async fn wait(&mut self) -> Result<()> {
        if *self.newest.borrow_and_update() > self.position {
            return Ok(());
        }
        if self.store.inner.db.is_shared() {
            let _ = tokio::time::timeout(Duration::from_secs(1), self.newest.changed()).await;
            let newest = newest(&mut self.store.inner.db.read().await?).await?;
            self.store.inner.announce(newest);
        } else {
            self.newest.changed().await.map_err(Error::internal)?;
        }
        Ok(())
    }

    /// The objects that changed since the last call, for controllers: sequence, kind and uid, oldest first.
    pub async fn next_uids(&mut self, _proof: &ControllerProof) -> Result<Vec<(i64, Kind, String)>> {
        let known = *self.newest.borrow();
        let mut conn = self.store.inner.db.read().await?;
        let rows = conn
            .all("SELECT sequence, kind, uid FROM change WHERE sequence > $1 ORDER BY sequence LIMIT 500", args![self.position])
            .await?;
        let changed = rows
            .iter()
            .map(|row| Ok((row.int("sequence")?, kind_of(&row.text("kind")?)?, row.text("uid")?)))
            .collect::<Result<Vec<_>>>()?;
        match changed.last() {
            Some((newest, _, _)) => self.position = *newest,
            None => self.position = self.position.max(known),
        }
        Ok(changed)
    }

    /// The changes since the last call that `viewer` may hear of, oldest first, one per object (the newest); `kinds`
    /// empty means all. `None` when the feed no longer reaches back that far: list again.
    pub async fn next(&mut self, viewer: &Viewer<'_>, kinds: &[Kind]) -> Result<Option<Vec<Changed>>> {
        self.next_after(viewer, viewer, kinds).await
    }

    /// The same, where `before` is the viewer with the rights held until just now. Of what is gone hears whoever could
    /// see it then: a workspace takes along the very binding that showed it to its admin.
    pub async fn next_after(&mut self, before: &Viewer<'_>, viewer: &Viewer<'_>, kinds: &[Kind]) -> Result<Option<Vec<Changed>>> {
        let known = *self.newest.borrow();
        if self.position + KEPT < known {
            return Ok(None);
        }
        let mut conn = self.store.inner.db.read().await?;
        let rows = conn
            .all(
                "SELECT sequence, kind, uid, org, project, workspace, name, owner, operation FROM change
                 WHERE sequence > $1 ORDER BY sequence LIMIT 500",
                args![self.position],
            )
            .await?;
        let mut out: Vec<Changed> = Vec::new();
        for row in &rows {
            let sequence = row.int("sequence")?;
            let kind = kind_of(&row.text("kind")?)?;
            self.position = sequence;
            if !kinds.is_empty() && !kinds.contains(&kind) {
                continue;
            }
            let uid = row.text("uid")?;
            let word = row.text("operation")?;
            let operation = match word.as_str() {
                "added" => Operation::Added,
                "deleted" | DELETED_DRAFT => Operation::Deleted,
                _ => Operation::Modified,
            };
            let (scope, name) = (scope_of(row)?, name_of(&row.text("name")?)?);
            let (object, resource) = if operation == Operation::Deleted {
                let resource = Resource::object(kind, &uid, &name, &scope).owned_by(Some(row.text("owner")?));
                let resource = resource.draft(word == DELETED_DRAFT);
                (tombstone(kind, &uid, &name, &scope), resource)
            } else {
                let sql = format!("SELECT {COLUMNS} FROM object WHERE uid = $1");
                // Gone meanwhile: its deletion comes later in the feed.
                let Some(found) = conn.one(&sql, args![&uid]).await? else { continue };
                let object = StoredObject::read(&found)?;
                let resource = crate::read::resource(&mut conn, &object).await?;
                (object.json()?, resource)
            };
            let gone = operation == Operation::Deleted;
            if !(viewer.sees(&resource) || gone && before.sees(&resource)) {
                continue;
            }
            // An object that changed twice is told once, as it is now.
            let added_before = out.iter().position(|c| c.object["metadata"]["uid"] == uid.as_str());
            let operation = match added_before.map(|i| out.remove(i).operation) {
                Some(Operation::Added) if operation == Operation::Modified => Operation::Added,
                _ => operation,
            };
            out.push(Changed { sequence, operation, kind, scope, object });
        }
        if rows.is_empty() {
            // Numbers without a change row (an audit note) count as read too. `known` was taken before the query, so
            // nothing committed meanwhile is skipped.
            self.position = self.position.max(known);
        }
        Ok(Some(out))
    }
}

fn tombstone(kind: Kind, uid: &str, name: &Name, scope: &ScopePath) -> Json {
    serde_json::json!({
        "kind": kind,
        "metadata": { "name": name, "uid": uid, "org": scope.org, "project": scope.project, "workspace": scope.workspace }
    })
}

impl Store {
    /// A feed that begins after `since`, or now.
    pub fn changes(&self, since: Option<i64>) -> ChangeFeed {
        let newest = self.inner.newest.subscribe();
        let position = since.unwrap_or_else(|| *newest.borrow());
        ChangeFeed { store: self.clone(), newest, position }
    }

    /// The newest sequence this server knows of.
    pub fn newest_sequence(&self) -> i64 {
        *self.inner.newest.borrow()
    }
}
