//! Deciding whether a document may become an object: one way for console, API, CLI and files.
//!
//! [`create`] and [`update`] check a spec with its kind's own rules, find what it refers to, seal what is sensitive and
//! hand the result to the store's transaction. They know no HTTP, and they ask the policy for every proof.

mod approval;
mod bindings;
mod change;
mod icons;
mod instances;
mod operate;
mod plain;
mod profiles;
mod providers;
mod requests;
mod transfer;
mod versions;

use crate::lookup::{Lookup as _, UnderWay};
use serde_json::Value as Json;
use std::future::Future;
use std::sync::Arc;
use warpyard_model::meta::NewMetadata;
use warpyard_model::permission::Subject;
use warpyard_model::{Error, FieldError, Object, Result, ScopePath, Spec};
use warpyard_policy::{ControllerProof, Policy, Principal, Resource, action};
use warpyard_store::{Batch, Change, ControllerStore, Located, NewObject, Removed};

pub use change::change;
pub(crate) use instances::{open_sealed, sealed_mark};
pub use operate::{Operable, Operation, operate};
pub use requests::{Wanted, approve_access, deny_access, request_access, withdraw_access};
pub use transfer::{Transferable, transfer};
pub use versions::{Publication, VersionChange, publish, rollback, set_version, withdraw};

/// What admission works with.
pub struct Admission<'a> {
    /// The transaction.
    pub batch: &'a mut Batch,
    /// Who may do what.
    pub policy: &'a Policy,
    /// Who asks. Grows with what the transaction grants: whoever makes a workspace may launch in it at once.
    pub principal: Arc<Principal>,
    /// Why admission may look at what the caller may not.
    pub proof: &'a ControllerProof,
    /// The store at rest, for live options.
    pub store: &'a ControllerStore,
    /// A two-person rule keeps back what was asked for: what was written is that it waits. Whoever began the transaction
    /// commits that and answers with this.
    pub waits: Option<Error>,
}

impl Admission<'_> {
    fn lookup(&mut self) -> UnderWay<'_> {
        UnderWay { batch: self.batch, proof: self.proof }
    }
}

/// A spec that was admitted.
pub struct Admitted<S: Spec> {
    /// The spec as it is stored.
    pub spec: S,
    /// The first status; only looked at when creating.
    pub status: S::Status,
    /// Uids of what it refers to, and in which field.
    pub references: Vec<(String, String)>,
    /// Values to seal, by path.
    pub sealed: Vec<(String, String)>,
    /// Sealed paths to forget.
    pub unsealed: Vec<String>,
    /// The status that a change is written with; unchanged where absent.
    pub status_now: Option<S::Status>,
}

impl<S: Spec> Admitted<S> {
    fn plain(spec: S) -> Self {
        Self {
            spec,
            status: S::Status::default(),
            references: Vec::new(),
            sealed: Vec::new(),
            unsealed: Vec::new(),
            status_now: None,
        }
    }
}

/// A kind that can be written through the API.
pub trait Admit: Spec {
    /// Cleanup follows a deletion, so the object stays until it is done.
    const NEEDS_CLEANUP: bool = false;

    /// Checks `self` for `scope`; `old` is what it replaces. The kind's own rules were checked before.
    fn admit(
        self,
        admission: &mut Admission<'_>,
        scope: &ScopePath,
        metadata: &NewMetadata,
        old: Option<&Object<Self>>,
    ) -> impl Future<Output = Result<Admitted<Self>>> + Send;

    /// Makes what belongs to a new object.
    fn made(
        _object: &Object<Self>,
        _proof: &warpyard_policy::Allowed<action::Create, Self>,
        _admission: &mut Admission<'_>,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// The status with which a change of `old` to `self` is written, where that is not the one before.
    fn status_after(&self, _old: &Object<Self>) -> Option<Self::Status> {
        None
    }

    /// Says what else deleting it would break.
    fn check_delete(_object: &Located<Self>, _admission: &mut Admission<'_>) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }
}

/// Reads a spec strictly; unknown fields and wrong types say where.
pub fn parse_spec<S: Spec>(spec: Json) -> Result<S> {
    let spec = if spec.is_null() { Json::Object(serde_json::Map::default()) } else { spec };
    serde_path_to_error::deserialize(spec).map_err(|e| {
        let path = e.path().to_string();
        let path = if path == "." { "spec".to_owned() } else { format!("spec.{path}") };
        Error::invalid_field(path.replace('[', ".").replace(']', ""), e.inner().to_string())
    })
}

fn check_metadata(metadata: &NewMetadata) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if metadata.display_name.chars().count() > 120 || metadata.display_name.chars().any(char::is_control) {
        errors.push(FieldError::new("metadata.display_name", "at most 120 characters on one line"));
    }
    if metadata.description.chars().count() > 4_000 {
        errors.push(FieldError::new("metadata.description", "at most 4000 characters"));
    }
    let good = |t: &str| !t.is_empty() && t.len() <= 63 && t.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
    for (key, value) in &metadata.labels {
        if !good(key) || !(value.is_empty() || good(value)) {
            errors.push(FieldError::new(
                format!("metadata.labels.{key}"),
                "keys and values have at most 63 letters, digits, hyphens, underscores, dots and slashes",
            ));
        }
    }
    if metadata.labels.len() > 32 {
        errors.push(FieldError::new("metadata.labels", "at most 32 labels"));
    }
    errors
}

fn check_level<S: Spec>(scope: &ScopePath) -> Result<()> {
    if S::KIND.levels().contains(&scope.level()) {
        return Ok(());
    }
    let word = S::KIND.snake().replace('_', " ");
    let levels: Vec<String> = S::KIND.levels().iter().map(|l| format!("{l:?}").to_lowercase()).collect();
    Err(Error::invalid_field(
        "metadata",
        format!(
            "a {word} lives at the level of: {}; set org, project and workspace in the metadata accordingly",
            levels.join(", ")
        ),
    ))
}

/// Admits and makes an object.
pub async fn create<S: Admit>(
    admission: &mut Admission<'_>,
    scope: &ScopePath,
    metadata: NewMetadata,
    spec: S,
) -> Result<Object<S>> {
    check_level::<S>(scope)?;
    let place = Resource::place(Subject::Kind(S::KIND), scope);
    let proof = admission.policy.allow::<action::Create, S>(&admission.principal, &place)?;
    admission.batch.check_scope(scope).await?;
    let errors: Vec<FieldError> = check_metadata(&metadata).into_iter().chain(spec.validate()).collect();
    if !errors.is_empty() {
        return Err(Error::invalid(errors));
    }
    let admitted = spec.admit(admission, scope, &metadata, None).await?;
    let new = NewObject {
        scope: scope.clone(),
        metadata,
        spec: admitted.spec,
        status: admitted.status,
        references: admitted.references,
        sealed: admitted.sealed,
    };
    let object = admission.batch.create(&proof, new).await?;
    S::made(&object, &proof, admission).await?;
    Ok(object)
}

/// Admits and makes a change of an object that was found.
pub async fn update<S: Admit>(
    admission: &mut Admission<'_>,
    located: Located<S>,
    metadata: NewMetadata,
    spec: S,
    if_match: Option<i64>,
) -> Result<Object<S>> {
    let proof = admission.policy.allow::<action::Update, S>(&admission.principal, located.resource())?;
    let view = admission.policy.allow::<action::View, S>(&admission.principal, located.resource())?;
    let old = located.reveal(&view)?;
    let mut errors = check_metadata(&metadata);
    errors.extend(spec.validate());
    errors.extend(spec.validate_change(&old.spec));
    if !errors.is_empty() {
        return Err(Error::invalid(errors));
    }
    let scope = old.metadata.scope.clone();
    let admitted = spec.admit(admission, &scope, &metadata, Some(&old)).await?;
    if admission.waits.is_some() {
        let change = Change { status: admitted.status_now, if_match, ..Change::to(admitted.spec) };
        return admission.batch.change_as(&proof, change, "ask").await;
    }
    let change = Change {
        metadata: Some(metadata),
        status: admitted.status_now.or_else(|| admitted.spec.status_after(&old)),
        spec: admitted.spec,
        if_match,
        references: Some(admitted.references),
        sealed: admitted.sealed,
        unsealed: admitted.unsealed,
    };
    admission.batch.update(&proof, change).await
}

/// Removes an object that was found, or asks for its cleanup.
pub async fn delete<S: Admit>(admission: &mut Admission<'_>, located: Located<S>) -> Result<Removed<S>> {
    let proof = admission.policy.allow::<action::Delete, S>(&admission.principal, located.resource())?;
    S::check_delete(&located, admission).await?;
    admission.batch.delete(&proof, S::NEEDS_CLEANUP).await
}

/// What applying a document did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Applied {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It was so already.
    Unchanged,
}

/// Creates or updates from a document; also tells the spec before.
pub async fn apply<S: Admit>(
    admission: &mut Admission<'_>,
    scope: &ScopePath,
    metadata: NewMetadata,
    spec: Json,
) -> Result<(Applied, Object<S>, Option<Object<S>>)> {
    let spec: S = parse_spec(spec)?;
    let found = admission.batch.locate::<S>(scope, &metadata.name).await?;
    let Some(located) = found else {
        return Ok((Applied::Created, create(admission, scope, metadata, spec).await?, None));
    };
    let view = admission.policy.allow::<action::View, S>(&admission.principal, located.resource())?;
    let before = located.clone().reveal(&view)?;
    let after = update(admission, located, metadata, spec, None).await?;
    let unchanged = after.metadata.resource_version == before.metadata.resource_version;
    Ok((if unchanged { Applied::Unchanged } else { Applied::Updated }, after, Some(before)))
}

pub(crate) async fn must_find<S: Spec>(
    admission: &mut Admission<'_>,
    scope: &ScopePath,
    name: &warpyard_model::Name,
    path: &str,
) -> Result<Object<S>> {
    admission
        .lookup()
        .look::<S>(scope, name)
        .await?
        .ok_or_else(|| Error::invalid_field(path, format!("there is no {} {name}", S::KIND.snake().replace('_', " "))))
}
