//! Writing: one transaction that changes objects and records revision, change and audit with them.

use crate::audit::Record;
use crate::change::{self, Operation};
use crate::db::{Conn, args};
use crate::read::{Located, find, find_uid, locate};
use crate::row::{StoredObject, owner_of};
use crate::{Inner, Store};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::Arc;
use warpyard_model::kinds::{AuditOutcome, Organization, RoleBinding, Workspace};
use warpyard_model::meta::NewMetadata;
use warpyard_model::permission::Role;
use warpyard_model::{Error, FieldError, Kind, Metadata, Name, Object, Result, ScopePath, Spec};
use warpyard_policy::{Action, Allowed, ControllerProof, SubjectType, action};

/// Who asked and from where, for the audit trail.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// The user name, or a controller's.
    pub actor: String,
    /// Whom the actor does it for, where that is somebody else.
    pub on_behalf_of: String,
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
impl Mutates for action::Transfer {}

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
    /// Only if nobody changed it since it had this resource version; controllers may have written its status meanwhile.
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

/// A transaction. Dropping it without [`Batch::commit`] changes nothing.
pub struct Batch {
    pub(crate) conn: Conn,
    pub(crate) inner: Arc<Inner>,
    pub(crate) context: Context,
    newest: Option<i64>,
    pub(crate) people_changed: bool,
    /// Which places somebody was in charge of before this transaction, once it writes what may change that.
    pub(crate) in_charge: Option<BTreeSet<Option<Name>>>,
}

impl Store {
    /// Begins a transaction on behalf of `context.actor`.
    pub async fn begin(&self, context: Context) -> Result<Batch> {
        let mut conn = self.inner.db.begin().await?;
        // What a transaction checks (a version, who uses something) must still hold when it commits.
        change::queue(&mut conn).await?;
        Ok(Batch { conn, inner: self.inner.clone(), context, newest: None, people_changed: false, in_charge: None })
    }
}

impl Batch {
    /// What follows is done for somebody else, which the audit trail tells.
    pub fn on_behalf_of(&mut self, whom: &Name) {
        if whom.as_str() != self.context.actor {
            whom.as_str().clone_into(&mut self.context.on_behalf_of);
        }
    }

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

    /// How many instances that refer to a profile a person has, those being deleted left out.
    pub async fn count_owned(&mut self, _proof: &ControllerProof, profile_uid: &str, owner: &Name) -> Result<u32> {
        crate::read::count_owned(&mut self.conn, profile_uid, owner).await
    }

    /// Makes whoever made a workspace its admin.
    pub async fn grant_creator(
        &mut self,
        proof: &Allowed<action::Create, Workspace>,
        workspace: &Object<Workspace>,
    ) -> Result<()> {
        let name = workspace.metadata.name.clone();
        let Some(scope) = workspace.metadata.scope.inside(Kind::Workspace, &name) else { return Ok(()) };
        let actor = Name::parse(proof.actor()).map_err(Error::internal)?;
        let (name, binding, references) = match crate::grants::service_account(&mut self.conn, actor.as_str()).await? {
            Some(account) => {
                let name = account.metadata.name;
                let binding = RoleBinding {
                    service_account: Some(name.clone()),
                    role: Some(Role::WorkspaceAdmin),
                    ..RoleBinding::default()
                };
                (name, binding, vec![(account.metadata.uid, "spec.service_account".to_owned())])
            }
            None => (actor.clone(), RoleBinding::of(actor, Role::WorkspaceAdmin), Vec::new()),
        };
        let metadata = NewMetadata {
            name,
            display_name: String::new(),
            description: String::new(),
            labels: std::collections::BTreeMap::default(),
        };
        self.make(NewObject { references, ..NewObject::new(scope, metadata, binding) }).await?;
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
        let owner = owner_of(S::KIND, &spec);
        let mut object = StoredObject { kind: S::KIND, owner, metadata, written_version: 0, spec, status };
        object.metadata.resource_version = self.next_sequence().await?;
        self.insert(&object, &short_id).await.map_err(|e| name_taken(e, S::KIND, &object.metadata.name))?;
        self.write_revision(&object).await?;
        self.write_references(&object.metadata.uid, &references).await?;
        crate::usage::launched(&mut self.conn, now, &object, &references).await?;
        for (path, plain) in &sealed {
            self.inner.seal(&mut self.conn, &object.metadata.uid, path, plain).await?;
        }
        if matches!(S::KIND, Kind::User | Kind::ServiceAccount) {
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

    /// Changes an organization under the right to suspend it; the audit trail tells which of both it was.
    pub async fn suspend(
        &mut self,
        proof: &Allowed<action::Suspend, Organization>,
        spec: Organization,
    ) -> Result<Object<Organization>> {
        let object = self.load(proof).await?;
        let word = if spec.suspended.is_some() { "organization.suspend" } else { "organization.resume" };
        self.rewrite(object, Change::to(spec), word).await
    }

    /// Puts the spec of an earlier generation back as a new one, byte for byte as it was written then. `references` are
    /// what that spec refers to.
    pub async fn restore<S: Spec>(
        &mut self,
        proof: &Allowed<action::Update, S>,
        generation: i64,
        references: Vec<(String, String)>,
        status: Option<S::Status>,
    ) -> Result<Object<S>> {
        let object = self.load(proof).await?;
        let spec = crate::read::revision_as_written(&mut self.conn, proof.uid(), generation).await?;
        let typed: S = serde_json::from_value(spec.clone()).map_err(Error::internal)?;
        let change = Change { references: Some(references), status, ..Change::to(typed) };
        self.rewrite_as(object, change, spec, &permission_word::<action::Update, S>()).await
    }

    /// Changes an object for whoever holds the right to: callers in this crate have checked a proof.
    pub(crate) async fn rewrite<S: Spec>(&mut self, object: StoredObject, change: Change<S>, word: &str) -> Result<Object<S>> {
        let spec = serde_json::to_value(&change.spec).map_err(Error::internal)?;
        self.rewrite_as(object, change, spec, word).await
    }

    /// The same, with the new spec as it is to be written.
    async fn rewrite_as<S: Spec>(
        &mut self,
        mut object: StoredObject,
        change: Change<S>,
        spec: Json,
        word: &str,
    ) -> Result<Object<S>> {
        if let Some(wanted) = change.if_match
            && !(object.written_version..=object.metadata.resource_version).contains(&wanted)
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
        object.spec = spec;
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
        if matches!(S::KIND, Kind::User | Kind::ServiceAccount) {
            self.inner.sync_account(&mut self.conn, &object).await?;
        }
        if S::KIND == Kind::IdentityProvider && ["issuer", "client_id"].iter().any(|f| object.spec[*f] != before.spec[*f]) {
            // Whoever answers now has said nothing about those who are signed in.
            crate::identity::forget_provider(&mut self.conn, &object.metadata.uid, false).await?;
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

    /// Makes it durable and tells watchers.
    pub async fn commit(mut self) -> Result<()> {
        self.check_in_charge().await?;
        let Batch { conn, inner, newest, people_changed, .. } = self;
        conn.commit_then(move || {
            if people_changed {
                inner.forget_people();
            }
            if let Some(newest) = newest {
                inner.announce(newest);
            }
        })
        .await
    }

    pub(crate) async fn next_sequence(&mut self) -> Result<i64> {
        let sequence = change::next(&mut self.conn).await?;
        self.reached(sequence);
        Ok(sequence)
    }

    /// Watchers hear of everything up to here once it is committed.
    pub(crate) fn reached(&mut self, sequence: i64) {
        self.newest = Some(sequence);
    }

    pub(crate) async fn load<A: Action, S: Spec>(&mut self, proof: &Allowed<A, S>) -> Result<StoredObject> {
        let found = find_uid(&mut self.conn, proof.uid()).await?;
        // A proof is about an object in a place; a uid never moves, so this can only fail if it was removed.
        found
            .filter(|o| o.kind == S::KIND && o.metadata.scope == *proof.scope())
            .ok_or_else(|| Error::not_found("It was deleted meanwhile."))
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
        self.people_changed |= matches!(
            object.kind,
            Kind::RoleBinding
                | Kind::User
                | Kind::Group
                | Kind::CustomRole
                | Kind::Organization
                | Kind::ServiceAccount
                | Kind::IdentityProvider
        );
        change::record(&mut self.conn, object.metadata.resource_version, object, operation).await?;
        let told_before = before.clone();
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
        self.inner.record(&mut self.conn, &self.context, record).await?;
        self.tell_of(object, operation, told_before.as_ref()).await
    }
}

pub(crate) fn permission_word<A: Action, S: SubjectType>() -> String {
    format!("{}.{}", S::SUBJECT.as_str(), A::VERB.as_str())
}

fn name_taken(error: Error, kind: Kind, name: &Name) -> Error {
    if error.code == warpyard_model::ErrorCode::AlreadyExists {
        return Error::already_exists(format!("There is a {} named {name} already.", kind.snake().replace('_', " ")))
            .with_fields(vec![FieldError::new("metadata.name", "this name is taken")]);
    }
    error
}
