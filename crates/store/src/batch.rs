//! Writing: one transaction that changes objects and records revision, change and audit with them.

use crate::audit::Record;
use crate::change::{self, Operation};
use crate::db::{Conn, args};
use crate::read::{Located, find, find_uid, locate};
use crate::row::{StoredObject, columns_of, owner_of, phase_of};
use crate::{Inner, Store};
use serde_json::Value as Json;
use std::sync::Arc;
use warpyard_model::kinds::{AuditOutcome, RoleBinding, Workspace};
use warpyard_model::meta::NewMetadata;
use warpyard_model::permission::Role;
use warpyard_model::{Error, FieldError, Kind, Metadata, Name, Object, Result, ScopePath, Spec, Timestamp};
use warpyard_policy::{Action, Allowed, ControllerProof, SubjectType, action};

/// Who asked and from where, for the audit trail.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// The user name, or a controller's.
    pub actor: String,
    /// The request's id.
    pub request_id: String,
    /// The caller's address.
    pub address: String,
}

/// Actions whose proof lets [`Batch::change`] touch an object.
pub trait Mutates: Action {}
impl Mutates for action::Update {}
impl Mutates for action::Publish {}
impl Mutates for action::Operate {}

/// An object to make. Admission has checked it and found what it refers to.
#[derive(Debug, Clone)]
pub struct NewObject<S: Spec> {
    /// Where.
    pub scope: ScopePath,
    /// What people wrote of the metadata.
    pub metadata: NewMetadata,
    /// The spec; sealed values are placeholders in it.
    pub spec: S,
    /// The first status.
    pub status: S::Status,
    /// Uids of what it refers to, and in which field.
    pub references: Vec<(String, String)>,
    /// Values to seal, by path.
    pub sealed: Vec<(String, String)>,
}

impl<S: Spec> NewObject<S> {
    /// An object with nothing but a spec.
    pub fn new(scope: ScopePath, metadata: NewMetadata, spec: S) -> Self {
        Self { scope, metadata, spec, status: S::Status::default(), references: Vec::new(), sealed: Vec::new() }
    }
}

/// A change of an object.
#[derive(Debug, Clone)]
pub struct Change<S: Spec> {
    /// New display name, description and labels; unchanged where absent.
    pub metadata: Option<NewMetadata>,
    /// The new spec.
    pub spec: S,
    /// The new status; unchanged where absent.
    pub status: Option<S::Status>,
    /// Only if this is still its resource version.
    pub if_match: Option<i64>,
    /// What it refers to now; unchanged where absent.
    pub references: Option<Vec<(String, String)>>,
    /// Values to seal, by path; others stay.
    pub sealed: Vec<(String, String)>,
    /// Sealed paths to forget.
    pub unsealed: Vec<String>,
}

impl<S: Spec> Change<S> {
    /// A change to this spec.
    pub fn to(spec: S) -> Self {
        Self { metadata: None, spec, status: None, if_match: None, references: None, sealed: Vec::new(), unsealed: Vec::new() }
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

/// A transaction. Dropping it without [`Batch::commit`] changes nothing.
pub struct Batch {
    pub(crate) conn: Conn,
    pub(crate) inner: Arc<Inner>,
    pub(crate) context: Context,
    newest: Option<i64>,
    people_changed: bool,
}

impl Store {
    /// Begins a transaction on behalf of `context.actor`.
    pub async fn begin(&self, context: Context) -> Result<Batch> {
        let mut conn = self.inner.db.begin().await?;
        // What a transaction checks (a version, who uses something) must still hold when it commits.
        change::queue(&mut conn).await?;
        Ok(Batch { conn, inner: self.inner.clone(), context, newest: None, people_changed: false })
    }
}

impl Batch {
    /// Finds an object as this transaction sees it.
    pub async fn locate<S: Spec>(&mut self, scope: &ScopePath, name: &Name) -> Result<Option<Located<S>>> {
        locate(&mut self.conn, scope, name).await
    }

    /// An object as this transaction sees it, for a controller that decides whether to admit something.
    pub async fn look<S: Spec>(&mut self, _proof: &ControllerProof, scope: &ScopePath, name: &Name) -> Result<Option<Object<S>>> {
        find(&mut self.conn, S::KIND, scope, name).await?.map(StoredObject::typed).transpose()
    }

    /// The spec an object had at a generation, for the same.
    pub async fn look_revision<S: Spec>(&mut self, _proof: &ControllerProof, uid: &str, generation: i64) -> Result<S> {
        crate::read::revision(&mut self.conn, uid, generation).await
    }

    /// How many people hold a role at the platform.
    pub async fn count_role(&mut self, _proof: &ControllerProof, role: &str) -> Result<usize> {
        let rows = self.conn.all("SELECT spec FROM object WHERE kind = 'RoleBinding' AND org = ''", &[]).await?;
        let specs = rows.iter().map(|r| r.json("spec")).collect::<Result<Vec<_>>>()?;
        Ok(specs.iter().filter(|s| s["role"] == role).count())
    }

    /// Makes whoever made a workspace its admin.
    pub async fn grant_creator(
        &mut self,
        proof: &Allowed<action::Create, Workspace>,
        workspace: &Object<Workspace>,
    ) -> Result<()> {
        let name = workspace.metadata.name.clone();
        let Some(scope) = workspace.metadata.scope.inside(Kind::Workspace, &name) else { return Ok(()) };
        let user = Name::parse(proof.actor()).map_err(Error::internal)?;
        let metadata = NewMetadata {
            name: user.clone(),
            display_name: String::new(),
            description: String::new(),
            labels: std::collections::BTreeMap::default(),
        };
        self.make(NewObject::new(scope, metadata, RoleBinding { user, role: Role::WorkspaceAdmin })).await?;
        Ok(())
    }

    /// The spec an object had at a generation.
    pub async fn revision<S: Spec>(&mut self, proof: &Allowed<action::View, S>, generation: i64) -> Result<S> {
        crate::read::revision(&mut self.conn, proof.uid(), generation).await
    }

    /// Whether the places of a scope exist and are not being deleted: field errors where not.
    pub async fn check_scope(&mut self, scope: &ScopePath) -> Result<()> {
        let places = [(Kind::Organization, &scope.org), (Kind::Project, &scope.project), (Kind::Workspace, &scope.workspace)];
        let mut at = ScopePath::platform();
        for (kind, name) in places {
            let Some(name) = name else { break };
            match find(&mut self.conn, kind, &at, name).await? {
                Some(found) if found.metadata.deletion_requested_at.is_some() => {
                    return Err(Error::conflict(format!("The {} {name} is being deleted.", kind.snake())));
                }
                Some(_) => {}
                None => return Err(crate::read::missing(kind, name)),
            }
            if let Some(inner) = at.inside(kind, name) {
                at = inner;
            }
        }
        Ok(())
    }

    /// Makes an object.
    pub async fn create<S: Spec>(&mut self, proof: &Allowed<action::Create, S>, new: NewObject<S>) -> Result<Object<S>> {
        if *proof.scope() != new.scope {
            return Err(Error::internal("a proof about another place"));
        }
        self.make(new).await
    }

    /// Makes an object for whoever holds the right to: callers in this crate have checked a proof.
    pub(crate) async fn make<S: Spec>(&mut self, new: NewObject<S>) -> Result<Object<S>> {
        let NewObject { scope, metadata, spec, status, references, sealed } = new;
        self.check_scope(&scope).await?;
        let now = self.inner.clock.now();
        let uid = uuid::Uuid::now_v7().simple().to_string();
        let short_id = warpyard_model::meta::short_id(&uid).to_owned();
        let metadata = Metadata {
            name: metadata.name,
            scope,
            display_name: metadata.display_name,
            description: metadata.description,
            labels: metadata.labels,
            uid,
            generation: 1,
            resource_version: 0,
            created_at: now,
            updated_at: now,
            created_by: self.context.actor.clone(),
            modified_by: self.context.actor.clone(),
            deletion_requested_at: None,
        };
        let spec = serde_json::to_value(spec).map_err(Error::internal)?;
        let status = serde_json::to_value(status).map_err(Error::internal)?;
        let mut object = StoredObject { kind: S::KIND, owner: owner_of(S::KIND, &spec), metadata, spec, status };
        object.metadata.resource_version = self.next_sequence().await?;
        self.insert(&object, &short_id).await.map_err(|e| name_taken(e, S::KIND, &object.metadata.name))?;
        self.write_revision(&object).await?;
        self.write_references(&object.metadata.uid, &references).await?;
        for (path, plain) in &sealed {
            self.inner.seal(&mut self.conn, &object.metadata.uid, path, plain).await?;
        }
        if S::KIND == Kind::User {
            self.inner.sync_account(&mut self.conn, &object).await?;
        }
        self.settle(&object, Operation::Added, &permission_word::<action::Create, S>(), None, Some(object.spec.clone())).await?;
        object.typed()
    }

    /// Changes metadata and spec of an object.
    pub async fn update<S: Spec>(&mut self, proof: &Allowed<action::Update, S>, change: Change<S>) -> Result<Object<S>> {
        self.change(proof, change).await
    }

    /// Changes an object under any proof that lets one touch it. Writing what is there already changes nothing.
    pub async fn change<A: Mutates, S: Spec>(&mut self, proof: &Allowed<A, S>, change: Change<S>) -> Result<Object<S>> {
        let object = self.load(proof).await?;
        self.rewrite(object, change, &permission_word::<A, S>()).await
    }

    /// Changes an object for whoever holds the right to: callers in this crate have checked a proof.
    pub(crate) async fn rewrite<S: Spec>(
        &mut self,
        mut object: StoredObject,
        change: Change<S>,
        word: &str,
    ) -> Result<Object<S>> {
        if let Some(wanted) = change.if_match
            && wanted != object.metadata.resource_version
        {
            return Err(Error::precondition_failed(format!(
                "It was changed meanwhile: you have version {wanted}, it is at {}. Read it again and repeat the change.",
                object.metadata.resource_version
            )));
        }
        if object.metadata.deletion_requested_at.is_some() {
            return Err(Error::conflict("It is being deleted and cannot be changed."));
        }
        let before = object.clone();
        if let Some(metadata) = change.metadata {
            if metadata.name != object.metadata.name {
                return Err(Error::invalid_field("metadata.name", "a name never changes; make another object"));
            }
            object.metadata.display_name = metadata.display_name;
            object.metadata.description = metadata.description;
            object.metadata.labels = metadata.labels;
        }
        object.spec = serde_json::to_value(change.spec).map_err(Error::internal)?;
        if let Some(status) = change.status {
            object.status = serde_json::to_value(status).map_err(Error::internal)?;
        }
        let spec_changed = object.spec != before.spec || !change.sealed.is_empty() || !change.unsealed.is_empty();
        let unchanged = !spec_changed && object.metadata == before.metadata && object.status == before.status;
        if unchanged {
            return object.typed();
        }
        object.owner = owner_of(S::KIND, &object.spec);
        object.metadata.resource_version = self.next_sequence().await?;
        object.metadata.updated_at = self.inner.clock.now();
        if spec_changed {
            object.metadata.generation += 1;
            object.metadata.modified_by.clone_from(&self.context.actor);
        }
        self.overwrite(&object).await?;
        if S::KIND == Kind::User {
            self.inner.sync_account(&mut self.conn, &object).await?;
        }
        if spec_changed {
            self.write_revision(&object).await?;
        }
        if let Some(references) = &change.references {
            self.conn.run("DELETE FROM reference WHERE uid = $1", args![&object.metadata.uid]).await?;
            self.write_references(&object.metadata.uid, references).await?;
        }
        for path in &change.unsealed {
            self.conn.run("DELETE FROM sealed WHERE uid = $1 AND path = $2", args![&object.metadata.uid, path]).await?;
        }
        for (path, plain) in &change.sealed {
            self.inner.seal(&mut self.conn, &object.metadata.uid, path, plain).await?;
        }
        self.settle(&object, Operation::Modified, word, Some(before.spec), Some(object.spec.clone())).await?;
        object.typed()
    }

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
        object.metadata.resource_version = self.next_sequence().await?;
        self.remove(&object).await?;
        self.settle(&object, Operation::Deleted, &word, before, None).await?;
        Ok(Removed::Gone)
    }

    /// Makes it durable and tells watchers.
    pub async fn commit(self) -> Result<()> {
        let Batch { conn, inner, newest, people_changed, .. } = self;
        conn.commit().await?;
        if people_changed {
            inner.forget_people();
        }
        if let Some(newest) = newest {
            inner.announce(newest);
        }
        Ok(())
    }

    pub(crate) async fn next_sequence(&mut self) -> Result<i64> {
        let sequence = change::next(&mut self.conn).await?;
        self.newest = Some(sequence);
        Ok(sequence)
    }

    async fn load<A: Action, S: Spec>(&mut self, proof: &Allowed<A, S>) -> Result<StoredObject> {
        let found = find_uid(&mut self.conn, proof.uid()).await?;
        // A proof is about an object in a place; a uid never moves, so this can only fail if it was removed.
        found
            .filter(|o| o.kind == S::KIND && o.metadata.scope == *proof.scope())
            .ok_or_else(|| Error::not_found("It was deleted meanwhile."))
    }

    async fn insert(&mut self, object: &StoredObject, short_id: &str) -> Result<()> {
        let m = &object.metadata;
        let [org, project, workspace] = columns_of(&m.scope);
        self.conn
            .run(
                "INSERT INTO object (uid, kind, org, project, workspace, name, display_name, description, labels, generation,
                 resource_version, created_at, updated_at, created_by, modified_by, owner, phase, short_id, spec, status)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
                args![
                    &m.uid,
                    object.kind.as_str(),
                    org,
                    project,
                    workspace,
                    m.name.as_str(),
                    &m.display_name,
                    &m.description,
                    labels(m)?,
                    m.generation,
                    m.resource_version,
                    m.created_at.as_millis(),
                    m.updated_at.as_millis(),
                    &m.created_by,
                    &m.modified_by,
                    &object.owner,
                    phase_of(object.kind, &object.status),
                    short_id,
                    object.spec.clone(),
                    object.status.clone()
                ],
            )
            .await?;
        Ok(())
    }

    pub(crate) async fn overwrite(&mut self, object: &StoredObject) -> Result<()> {
        let m = &object.metadata;
        self.conn
            .run(
                "UPDATE object SET display_name = $2, description = $3, labels = $4, generation = $5, resource_version = $6,
                 updated_at = $7, modified_by = $8, deletion_requested_at = $9, owner = $10, phase = $11, spec = $12, status = $13
                 WHERE uid = $1",
                args![
                    &m.uid,
                    &m.display_name,
                    &m.description,
                    labels(m)?,
                    m.generation,
                    m.resource_version,
                    m.updated_at.as_millis(),
                    &m.modified_by,
                    m.deletion_requested_at.map(Timestamp::as_millis),
                    &object.owner,
                    phase_of(object.kind, &object.status),
                    object.spec.clone(),
                    object.status.clone()
                ],
            )
            .await?;
        Ok(())
    }

    /// Removes the row and everything that hangs on it alone; bindings in a removed place go with it.
    pub(crate) async fn remove(&mut self, object: &StoredObject) -> Result<()> {
        let uid = &object.metadata.uid;
        if let Some(inner) = object.metadata.scope.inside(object.kind, &object.metadata.name) {
            let [org, project, workspace] = columns_of(&inner);
            self.conn
                .run(
                    "DELETE FROM object WHERE kind = 'RoleBinding' AND org = $1 AND project = $2 AND workspace = $3",
                    args![org, project, workspace],
                )
                .await?;
            self.people_changed = true;
        }
        for table in ["object", "revision", "reference", "sealed", "event"] {
            self.conn.run(&format!("DELETE FROM {table} WHERE uid = $1"), args![uid]).await?;
        }
        if object.kind == Kind::User {
            let name = object.metadata.name.as_str();
            for table in ["account", "session", "token", "one_time"] {
                self.conn.run(&format!("DELETE FROM {table} WHERE user_name = $1"), args![name]).await?;
            }
        }
        Ok(())
    }

    async fn check_unused(&mut self, object: &StoredObject) -> Result<()> {
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

    async fn write_revision(&mut self, object: &StoredObject) -> Result<()> {
        let m = &object.metadata;
        self.conn
            .run(
                "INSERT INTO revision (uid, generation, at, actor, spec) VALUES ($1, $2, $3, $4, $5)",
                args![&m.uid, m.generation, m.updated_at.as_millis(), &m.modified_by, object.spec.clone()],
            )
            .await?;
        Ok(())
    }

    async fn write_references(&mut self, uid: &str, references: &[(String, String)]) -> Result<()> {
        for (target, field) in references {
            self.conn
                .run(
                    "INSERT INTO reference (uid, target_uid, field) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                    args![uid, target, field],
                )
                .await?;
        }
        Ok(())
    }

    /// Writes the change for watchers and the audit entry.
    pub(crate) async fn settle(
        &mut self,
        object: &StoredObject,
        operation: Operation,
        word: &str,
        before: Option<Json>,
        after: Option<Json>,
    ) -> Result<()> {
        self.people_changed |= matches!(object.kind, Kind::RoleBinding | Kind::User);
        change::record(&mut self.conn, object.metadata.resource_version, object, operation).await?;
        let scope = &object.metadata.scope;
        let org = match (&scope.org, object.kind) {
            (Some(org), _) => org.to_string(),
            (None, Kind::Organization) => object.metadata.name.to_string(),
            (None, _) => String::new(),
        };
        let path = format!("{}/{}", scope.key().trim_end_matches('/'), object.metadata.name);
        let record = Record {
            org: &org,
            action: word,
            outcome: AuditOutcome::Allowed,
            kind: Some(object.kind.as_str()),
            object: &path,
            before,
            after,
        };
        self.inner.record(&mut self.conn, &self.context, record).await
    }
}

fn permission_word<A: Action, S: SubjectType>() -> String {
    format!("{}.{}", S::SUBJECT.as_str(), A::VERB.as_str())
}

fn labels(metadata: &Metadata) -> Result<Json> {
    serde_json::to_value(&metadata.labels).map_err(Error::internal)
}

fn name_taken(error: Error, kind: Kind, name: &Name) -> Error {
    if error.code == warpyard_model::ErrorCode::AlreadyExists {
        return Error::already_exists(format!("There is a {} named {name} already.", kind.snake().replace('_', " ")))
            .with_fields(vec![FieldError::new("metadata.name", "this name is taken")]);
    }
    error
}

fn described(row: &crate::db::Row) -> Result<String> {
    let scope = crate::row::scope_of(row)?;
    Ok(format!("{} {}/{}", row.text("kind")?, scope.key().trim_end_matches('/'), row.text("name")?))
}
