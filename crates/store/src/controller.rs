//! What Warpyard's own controllers may do: read what they reconcile, write status, finish deletions.

use crate::batch::{Batch, Change, Context};
use crate::change::{self, Operation};
use crate::db::args;
use crate::lease::{self, Lease};
use crate::row::{COLUMNS, StoredObject};
use crate::{Event, Store};
use warpyard_model::permission::{Permission, Subject, Verb};
use warpyard_model::{Error, Kind, Name, Object, Result, ScopePath, Spec};
use warpyard_policy::{ControllerProof, Resource};

/// The store as controllers see it.
#[derive(Clone)]
pub struct ControllerStore {
    pub(crate) store: Store,
    proof: ControllerProof,
}

impl Store {
    /// The store for a controller.
    pub fn controller(&self, proof: ControllerProof) -> ControllerStore {
        ControllerStore { store: self.clone(), proof }
    }
}

impl ControllerStore {
    /// Audit context of this controller.
    pub fn context(&self) -> Context {
        Context { actor: self.proof.name().to_owned(), ..Context::default() }
    }

    /// The proof, for looking through a transaction.
    pub fn proof(&self) -> &ControllerProof {
        &self.proof
    }

    /// The store itself, for what needs no proof.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// An object by uid.
    pub async fn get<S: Spec>(&self, uid: &str) -> Result<Option<Object<S>>> {
        let found = crate::read::find_uid(&mut self.store.inner.db.read().await?, uid).await?;
        found.filter(|o| o.kind == S::KIND).map(StoredObject::typed).transpose()
    }

    /// An object by scope and name.
    pub async fn find<S: Spec>(&self, scope: &ScopePath, name: &Name) -> Result<Option<Object<S>>> {
        let found = crate::read::find(&mut self.store.inner.db.read().await?, S::KIND, scope, name).await?;
        found.map(StoredObject::typed).transpose()
    }

    /// Every object of a kind, oldest first, in any of these phases (all where empty).
    pub async fn all<S: Spec>(&self, phases: &[&str]) -> Result<Vec<Object<S>>> {
        let list: Vec<String> = phases.iter().map(|p| format!("'{p}'")).collect();
        let condition = if list.is_empty() { String::new() } else { format!("AND phase IN ({})", list.join(", ")) };
        let sql = format!("SELECT {COLUMNS} FROM object WHERE kind = $1 {condition} ORDER BY created_at, uid");
        let rows = self.store.inner.db.read().await?.all(&sql, args![S::KIND.as_str()]).await?;
        rows.iter().map(|row| StoredObject::read(row)?.typed()).collect()
    }

    /// Objects of a kind that refer to `uid`.
    pub async fn referring<S: Spec>(&self, uid: &str) -> Result<Vec<Object<S>>> {
        let columns = COLUMNS.split(", ").map(|c| format!("o.{}", c.trim())).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "SELECT {columns} FROM object o WHERE o.kind = $2 AND o.uid IN (SELECT uid FROM reference WHERE target_uid = $1)"
        );
        let rows = self.store.inner.db.read().await?.all(&sql, args![uid, S::KIND.as_str()]).await?;
        rows.iter().map(|row| StoredObject::read(row)?.typed()).collect()
    }

    /// How many instances that refer to a profile a person has, those being deleted left out.
    pub async fn count_owned(&self, profile_uid: &str, owner: &Name) -> Result<u32> {
        crate::read::count_owned(&mut self.store.inner.db.read().await?, profile_uid, owner).await
    }

    /// The spec an object had at a generation.
    pub async fn revision<S: Spec>(&self, uid: &str, generation: i64) -> Result<S> {
        crate::read::revision(&mut self.store.inner.db.read().await?, uid, generation).await
    }

    /// Every spec an object has had, newest first.
    pub async fn revisions<S: Spec>(&self, uid: &str) -> Result<Vec<S>> {
        let sql = "SELECT spec FROM revision WHERE uid = $1 ORDER BY generation DESC";
        let rows = self.store.inner.db.read().await?.all(sql, args![uid]).await?;
        rows.iter().map(|row| serde_json::from_value(row.json("spec")?).map_err(Error::internal)).collect()
    }

    /// Every sealed value of an object, by path.
    pub async fn unseal(&self, uid: &str) -> Result<Vec<(String, String)>> {
        self.store.inner.unseal(&mut self.store.inner.db.read().await?, uid).await
    }

    /// Changes an object's status under a lease. `change` sees the newest object and tells whether to write; events
    /// are written with it. `None` when the object is gone.
    pub async fn write_status<S: Spec>(
        &self,
        lease: Option<&Lease>,
        uid: &str,
        events: &[Event],
        change: impl FnOnce(&mut Object<S>) -> bool,
    ) -> Result<Option<Object<S>>> {
        let inner = &self.store.inner;
        let mut conn = inner.db.begin().await?;
        change::queue(&mut conn).await?;
        if let Some(lease) = lease {
            lease::check(&mut conn, lease).await?;
        }
        let found = crate::read::find_uid(&mut conn, uid).await?.filter(|o| o.kind == S::KIND);
        let Some(mut stored) = found else { return Ok(None) };
        let mut object: Object<S> = stored.clone().typed()?;
        let wanted = change(&mut object);
        if !wanted && events.is_empty() {
            return Ok(Some(object));
        }
        let status = serde_json::to_value(&object.status).map_err(Error::internal)?;
        let before = std::mem::replace(&mut stored.status, status);
        let sequence = change::next(&mut conn).await?;
        conn.run(
            "UPDATE object SET status = $2, phase = $3, resource_version = $4, updated_at = $5 WHERE uid = $1",
            args![
                uid,
                stored.status.clone(),
                crate::row::phase_of(S::KIND, &stored.status),
                sequence,
                inner.clock.now().as_millis()
            ],
        )
        .await?;
        stored.metadata.resource_version = sequence;
        change::record(&mut conn, sequence, &stored, Operation::Modified).await?;
        for event in events {
            crate::event::record(&mut conn, uid, event).await?;
        }
        crate::usage::status_written(&mut conn, inner.clock.now(), &before, &stored).await?;
        let told = crate::news::status_written(&mut conn, inner.clock.now(), &before, &stored).await?;
        let told = told.unwrap_or(sequence);
        let announcer = inner.clone();
        conn.commit_then(move || announcer.announce(told)).await?;
        object.metadata.resource_version = sequence;
        Ok(Some(object))
    }

    /// Removes an object whose cleanup is done. Idempotent.
    pub async fn finish_delete(&self, lease: Option<&Lease>, uid: &str) -> Result<()> {
        let mut batch = self.store.begin(self.context()).await?;
        if let Some(lease) = lease {
            lease::check(&mut batch.conn, lease).await?;
        }
        let Some(mut object) = crate::read::find_uid(&mut batch.conn, uid).await? else { return Ok(()) };
        object.metadata.resource_version = batch.next_sequence().await?;
        batch.remove(&object).await?;
        let word = format!("{}.removed", object.kind.snake());
        batch.settle(&object, Operation::Deleted, &word, None, None).await?;
        batch.commit().await
    }

    /// Asks for the deletion of something a controller made, with what it belonged to.
    pub async fn request_delete(&self, uid: &str) -> Result<()> {
        let mut batch = self.store.begin(self.context()).await?;
        let Some(mut object) = crate::read::find_uid(&mut batch.conn, uid).await? else { return Ok(()) };
        if object.metadata.deletion_requested_at.is_some() {
            return Ok(());
        }
        object.metadata.deletion_requested_at = Some(batch.inner.clock.now());
        object.metadata.resource_version = batch.next_sequence().await?;
        batch.overwrite(&object).await?;
        let word = format!("{}.delete", object.kind.snake());
        let before = Some(object.spec.clone());
        batch.settle(&object, Operation::Modified, &word, before, None).await?;
        batch.commit().await
    }

    /// Changes spec and status of several objects of a kind and one of another under a lease, as one: what a controller does
    /// because somebody's deadline has come. The audit trail says `<kind>.<verb>`. Nothing is changed when one of them is no
    /// longer as it was seen.
    pub async fn change<S: Spec, T: Spec>(
        &self,
        lease: Option<&Lease>,
        verb: &str,
        events: &[Event],
        (uid, seen, change): (&str, i64, Change<S>),
        others: Vec<(String, i64, Change<T>)>,
    ) -> Result<bool> {
        let mut batch = self.store.begin(self.context()).await?;
        if let Some(lease) = lease {
            lease::check(&mut batch.conn, lease).await?;
        }
        for (uid, seen, change) in others {
            if !batch.change_seen(&uid, seen, change, verb).await? {
                return Ok(false);
            }
        }
        if !batch.change_seen(uid, seen, change, verb).await? {
            return Ok(false);
        }
        for event in events {
            crate::event::record(&mut batch.conn, uid, event).await?;
        }
        batch.commit().await?;
        Ok(true)
    }

    /// How policies look at an object, and the permission that shows it.
    pub async fn resource_of(&self, kind: Kind, scope: &ScopePath, name: &Name) -> Result<(Resource, Permission)> {
        let mut conn = self.store.inner.db.read().await?;
        let object = crate::read::find(&mut conn, kind, scope, name).await?.ok_or_else(Error::not_visible)?;
        let view = Permission { subject: Subject::Kind(kind), verb: Verb::View };
        Ok((crate::read::ruled(&mut conn, &object).await?, view))
    }

    /// Which kind an object is, for a change that names only its uid.
    pub async fn kind_of(&self, uid: &str) -> Result<Option<Kind>> {
        let found = crate::read::find_uid(&mut self.store.inner.db.read().await?, uid).await?;
        Ok(found.map(|o| o.kind))
    }
}

impl Batch {
    /// Changes an object that a controller has decided about, if it is still as that controller saw it.
    async fn change_seen<S: Spec>(&mut self, uid: &str, seen: i64, change: Change<S>, verb: &str) -> Result<bool> {
        let found = crate::read::find_uid(&mut self.conn, uid).await?;
        let still = found
            .filter(|o| o.kind == S::KIND && o.metadata.resource_version == seen && o.metadata.deletion_requested_at.is_none());
        let Some(object) = still else { return Ok(false) };
        let word = format!("{}.{verb}", S::KIND.snake());
        self.rewrite(object, change, &word).await?;
        Ok(true)
    }
}
