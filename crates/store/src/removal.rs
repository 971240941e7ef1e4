//! Removing: what still uses an object, and what goes with it.

use crate::Store;
use crate::batch::{Batch, permission_word};
use crate::change::Operation;
use crate::db::args;
use crate::row::{COLUMNS, StoredObject, columns_of};
use warpyard_model::{Error, FieldError, Kind, Name, Object, Result, ScopePath, Spec};
use warpyard_policy::{Allowed, Resource, action};

/// Something that refers to an object.
#[derive(Debug, Clone)]
pub struct Referrer {
    /// How policies look at it.
    pub resource: Resource,
    /// Its kind.
    pub kind: Kind,
    /// Where it lives.
    pub scope: ScopePath,
    /// Its name.
    pub name: Name,
    /// Whose it is; empty where it is nobody's.
    pub owner: String,
    /// In which field.
    pub field: String,
}

impl Store {
    /// Everything that refers to an object; whether somebody may see each is the caller's to ask.
    pub async fn referrers<S: Spec>(&self, proof: &Allowed<action::View, S>) -> Result<Vec<Referrer>> {
        let mut conn = self.inner.db.read().await?;
        let sql = format!(
            "SELECT {COLUMNS}, field FROM (SELECT o.*, r.field AS field FROM reference r JOIN object o ON o.uid = r.uid
             WHERE r.target_uid = $1) AS used ORDER BY kind, org, project, workspace, name, field LIMIT 500"
        );
        let mut out = Vec::new();
        for row in &conn.all(&sql, args![proof.uid()]).await? {
            let object = StoredObject::read(row)?;
            out.push(Referrer {
                resource: crate::read::resource(&mut conn, &object).await?,
                kind: object.kind,
                scope: object.metadata.scope,
                name: object.metadata.name,
                owner: object.owner,
                field: row.text("field")?,
            });
        }
        Ok(out)
    }
}

/// What deleting did.
#[derive(Debug)]
pub enum Removed<S: Spec> {
    /// It is gone.
    Gone,
    /// Cleanup follows.
    Requested(Box<Object<S>>),
}

impl Batch {
    /// Removes an object, or asks for its cleanup when `cleanup` is set. Refused with the list of what still uses it.
    pub async fn delete<S: Spec>(&mut self, proof: &Allowed<action::Delete, S>, cleanup: bool) -> Result<Removed<S>> {
        let mut object = self.load(proof).await?;
        self.check_unused(&object).await?;
        let word = permission_word::<action::Delete, S>();
        let before = Some(object.spec.clone());
        if cleanup {
            if object.metadata.deletion_requested_at.is_none() {
                object.metadata.deletion_requested_at = Some(self.inner.clock.now());
                object.metadata.resource_version = self.next_sequence().await?;
                object.metadata.updated_at = self.inner.clock.now();
                self.overwrite(&object).await?;
                self.settle(&object, Operation::Modified, &word, before, None).await?;
            }
            return Ok(Removed::Requested(Box::new(object.typed()?)));
        }
        self.remove_bindings_in(&object).await?;
        object.metadata.resource_version = self.next_sequence().await?;
        self.remove(&object).await?;
        self.settle(&object, Operation::Deleted, &word, before, None).await?;
        Ok(Removed::Gone)
    }

    /// Removes an object without asking who uses it, to see what that would mean: the caller drops the transaction.
    pub async fn forget<S: Spec>(&mut self, proof: &Allowed<action::Delete, S>) -> Result<()> {
        let object = self.load(proof).await?;
        self.remove(&object).await
    }

    /// Removes the row and everything that hangs on it alone.
    pub(crate) async fn remove(&mut self, object: &StoredObject) -> Result<()> {
        self.note_in_charge(object.kind).await?;
        let uid = &object.metadata.uid;
        for table in ["object", "revision", "reference", "sealed", "event"] {
            self.conn.run(&format!("DELETE FROM {table} WHERE uid = $1"), args![uid]).await?;
        }
        if object.kind == Kind::Group {
            self.conn.run("DELETE FROM scim_group WHERE uid = $1", args![uid]).await?;
        }
        if object.kind == Kind::Organization {
            let name = object.metadata.name.as_str();
            self.conn.run("DELETE FROM scim_user WHERE org = $1", args![name]).await?;
        }
        if matches!(object.kind, Kind::ComputeProfile | Kind::ServiceProfile) {
            self.conn.run("DELETE FROM profile_usage WHERE profile_uid = $1", args![uid]).await?;
        }
        if object.kind == Kind::IdentityProvider {
            crate::identity::forget_provider(&mut self.conn, uid, true).await?;
            self.conn.run("DELETE FROM scim_token WHERE provider = $1", args![uid]).await?;
        }
        if let Some(inner) = object.metadata.scope.inside(object.kind, &object.metadata.name) {
            // What somebody asked for in a place that is gone is asked of nobody.
            let mut condition = String::from("1 = 1");
            let mut values = Vec::new();
            for (column, part) in ["org", "project", "workspace"].into_iter().zip(columns_of(&inner)) {
                if !part.is_empty() {
                    values.push(crate::db::Value::from(part));
                    condition.push_str(&format!(" AND {column} = ${}", values.len()));
                }
            }
            self.conn.run(&format!("DELETE FROM access_request WHERE {condition}"), &values).await?;
        }
        if matches!(object.kind, Kind::User | Kind::ServiceAccount) {
            let identity = match object.kind {
                Kind::User => object.metadata.name.clone(),
                _ => warpyard_model::kinds::ServiceAccount::identity(&object.metadata.name, uid).map_err(Error::internal)?,
            };
            let name = identity.as_str();
            crate::factor::forget_factors(&mut self.conn, name).await?;
            for table in [
                "account",
                "session",
                "token",
                "one_time",
                "notification",
                "preferences",
                "access_request",
                "identity",
                "scim_user",
            ] {
                self.conn.run(&format!("DELETE FROM {table} WHERE user_name = $1"), args![name]).await?;
            }
        }
        Ok(())
    }

    /// Removes the role bindings in a place that is removed, each with its audit entry and its tombstone.
    async fn remove_bindings_in(&mut self, place: &StoredObject) -> Result<()> {
        let Some(inner) = place.metadata.scope.inside(place.kind, &place.metadata.name) else { return Ok(()) };
        let [org, project, workspace] = columns_of(&inner);
        let sql = format!(
            "SELECT {COLUMNS} FROM object WHERE kind = 'RoleBinding' AND org = $1 AND project = $2 AND workspace = $3 ORDER BY name"
        );
        for row in &self.conn.all(&sql, args![org, project, workspace]).await? {
            let mut binding = StoredObject::read(row)?;
            binding.metadata.resource_version = self.next_sequence().await?;
            self.remove(&binding).await?;
            let before = Some(binding.spec.clone());
            self.settle(&binding, Operation::Deleted, "role_binding.delete", before, None).await?;
        }
        Ok(())
    }

    pub(crate) async fn check_unused(&mut self, object: &StoredObject) -> Result<()> {
        let mut users = Vec::new();
        let rows = self
            .conn
            .all(
                "SELECT o.kind, o.org, o.project, o.workspace, o.name, r.field FROM reference r JOIN object o ON o.uid = r.uid
                 WHERE r.target_uid = $1 AND o.deletion_requested_at IS NULL ORDER BY o.name LIMIT 50",
                args![&object.metadata.uid],
            )
            .await?;
        for row in &rows {
            let field = row.text("field")?;
            users.push(FieldError::new(described(row)?, format!("uses it in {field}")));
        }
        if let Some(inner) = object.metadata.scope.inside(object.kind, &object.metadata.name) {
            let parts = columns_of(&inner);
            let mut condition = String::from("kind <> 'RoleBinding' AND uid <> $1");
            let mut values = vec![crate::db::Value::from(&object.metadata.uid)];
            for (column, part) in ["org", "project", "workspace"].into_iter().zip(parts) {
                if !part.is_empty() {
                    values.push(part.into());
                    condition.push_str(&format!(" AND {column} = ${}", values.len()));
                }
            }
            let sql =
                format!("SELECT kind, org, project, workspace, name FROM object WHERE {condition} ORDER BY kind, name LIMIT 50");
            for row in &self.conn.all(&sql, &values).await? {
                users.push(FieldError::new(described(row)?, "lives in it"));
            }
        }
        if users.is_empty() {
            return Ok(());
        }
        let word = object.kind.snake().replace('_', " ");
        let count = users.len();
        Err(Error::conflict(format!(
            "The {word} {} is still used by {count} {}: delete or change {} first.",
            object.metadata.name,
            if count == 1 { "object" } else { "objects" },
            if count == 1 { "it" } else { "them" }
        ))
        .with_fields(users))
    }
}

fn described(row: &crate::db::Row) -> Result<String> {
    let scope = crate::row::scope_of(row)?;
    Ok(format!("{} {}/{}", row.text("kind")?, scope.key().trim_end_matches('/'), row.text("name")?))
}
