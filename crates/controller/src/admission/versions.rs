//! Versions of a profile: publishing, withdrawing, going back, and what is said about a version afterwards.

use super::approval::needs_another;
use super::profiles::home_of;
use super::{Admission, Admit, must_find};
use crate::lookup::Lookup;
use crate::profile::{Loaded, ProfileSpec, find_template, loaded, template_version};
use serde::{Deserialize, Deserializer};
use warpyard_model::kinds::{ComputeProfile, ProfileStatus, TemplateState, VersionState, WaitingVersion};
use warpyard_model::meta::NewMetadata;
use warpyard_model::{Error, ErrorCode, FieldError, Name, Object, Result, ScopePath, Timestamp};
use warpyard_policy::{Allowed, Resource, action};
use warpyard_store::{About, Change, Located, NotificationKind, Told};

/// Longest note of a version, in characters.
const MAX_NOTE: usize = 2_000;

/// What is said when a version is published.
#[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// What changed, for the owners of instances.
    #[serde(default)]
    pub note: Option<String>,
    /// When instances of older versions are moved to what is published then; never where absent.
    #[serde(default)]
    pub upgrade_by: Option<Timestamp>,
}

/// What is said about a version afterwards.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VersionChange {
    /// `deprecated` or `retired`; `published` for the one that is.
    pub state: VersionState,
    /// Another note; unchanged where absent.
    #[serde(default)]
    pub note: Option<String>,
    /// Another deadline for instances of older versions; unchanged where absent, none where null.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<Timestamp>")]
    pub upgrade_by: Option<Option<Timestamp>>,
}

/// Tells null from absent.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Timestamp>>, D::Error> {
    Option::<Timestamp>::deserialize(deserializer).map(Some)
}

fn check(note: Option<&str>, upgrade_by: Option<Timestamp>, now: Timestamp) -> Result<()> {
    let mut errors = Vec::new();
    if note.is_some_and(|n| n.chars().count() > MAX_NOTE) {
        errors.push(FieldError::new("note", format!("at most {MAX_NOTE} characters")));
    }
    if upgrade_by.is_some_and(|at| at <= now) {
        errors.push(FieldError::new("upgrade_by", "lies in the past; give people time to upgrade by themselves"));
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::invalid(errors)) }
}

/// Whether a profile's template may be launched from, and (with `brings`) what it brings is published.
async fn check_publishable<S: ProfileSpec>(
    admission: &mut Admission<'_>,
    scope: &ScopePath,
    spec: &S,
    brings: bool,
) -> Result<()> {
    let (org, _) = home_of(scope)?;
    let reference = spec.template();
    let (_, version) = template_version(&mut admission.lookup(), org, reference, S::WORKLOAD).await?;
    let shipped =
        find_template(&mut admission.lookup(), org, &reference.name).await?.is_some_and(|t| t.metadata.scope.org.is_none());
    match version.state {
        TemplateState::Active => {}
        TemplateState::Deprecated if shipped => {}
        TemplateState::Draft => {
            return Err(Error::precondition_failed(format!(
                "Version {} of the template {} is a draft: its author makes it active first.",
                reference.version, reference.name
            )));
        }
        TemplateState::Deprecated | TemplateState::Disabled => {
            return Err(Error::precondition_failed(format!(
                "Version {} of the template {} is no longer for use: choose another version.",
                reference.version, reference.name
            )));
        }
    }
    if let Some(auto) = spec.compute().and_then(|c| c.auto_create.as_ref()).filter(|_| brings) {
        let compute = must_find::<ComputeProfile>(admission, scope, auto, "spec.compute.auto_create").await?;
        if compute.status.published.is_none() {
            return Err(Error::precondition_failed(format!(
                "It brings the compute profile {auto}, which is not published: publish that one first."
            )));
        }
    }
    Ok(())
}

/// The newest generation of a profile, as it would be launched.
async fn draft_of<S: ProfileSpec>(lookup: &mut impl Lookup, object: &Object<S>) -> Result<Loaded<S>> {
    loaded(lookup, object, object.spec.clone(), object.metadata.generation).await
}

/// Makes the newest generation of a profile the one people launch. Running instances keep theirs. Where a two-person rule
/// keeps that from the caller, it is written down that the generation waits, and `admission.waits` says for whom.
pub async fn publish<S: ProfileSpec>(
    admission: &mut Admission<'_>,
    located: Located<S>,
    now: Timestamp,
    publication: &Publication,
) -> Result<Object<S>> {
    let ruled = located.resource().clone();
    let right = admission.policy.allow::<action::Publish, S>(&admission.principal, &ruled.beside_two_person())?;
    let view = admission.policy.allow::<action::View, S>(&admission.principal, &ruled)?;
    let object = located.reveal(&view)?;
    check(publication.note.as_deref(), publication.upgrade_by, now)?;
    let generation = object.metadata.generation;
    let already = object.status.published.as_ref().is_some_and(|p| p.generation == generation);
    let kept_back = match admission.policy.allow::<action::Publish, S>(&admission.principal, &ruled) {
        Ok(_) => false,
        // What is said of a version that is published already lets nothing out.
        Err(error) if error.code == ErrorCode::ApprovalRequired => !already,
        Err(error) => return Err(error),
    };
    check_publishable(admission, &object.metadata.scope, &object.spec, !kept_back).await?;
    if let Some(version) = object.status.version(generation).filter(|v| v.state == VersionState::Retired) {
        return Err(Error::precondition_failed(format!(
            "Version {} is retired: make it deprecated again first, or change the draft.",
            version.number
        )));
    }
    let new = draft_of(&mut admission.lookup(), &object).await?;
    let lost = crate::fleet::lost_options(admission.store, &object, &new).await?;
    if !lost.is_empty() {
        return Err(Error::conflict("Options that instances use would vanish: keep them, or say what takes their place.")
            .with_fields(lost));
    }
    if kept_back {
        return wait(admission, &right, &ruled, object, now, publication).await;
    }
    let mut status = object.status.clone();
    let said = publication.note.is_some() || publication.upgrade_by.is_some();
    if already && !said {
        return Ok(object);
    }
    let waited = status.waiting.take().filter(|waited| waited.generation == generation);
    let note = publication.note.clone().or_else(|| waited.as_ref().map(|w| w.note.clone()).filter(|note| !note.is_empty()));
    let wished = waited.as_ref().and_then(|w| w.upgrade_by).filter(|at| *at > now);
    let before = status.published.clone().filter(|_| already);
    status.publish(generation, now, admission.principal.name(), note.as_deref(), publication.upgrade_by.or(wished));
    // It was published then and by whoever did; only what is said about it is new.
    status.published = before.or(status.published);
    let rules = admission.two_person(&object.metadata.scope).await?;
    status.offered = rules.publish.then(|| object.spec.sharing().clone());
    let changed = admission.batch.change(&right, Change { status: Some(status), ..Change::to(object.spec) }).await?;
    if let Some(author) = waited.and_then(|w| Name::parse(&w.by).ok()) {
        let title = format!("{{actor}} published {}", changed.metadata.title());
        let told = Told { kind: NotificationKind::ApprovalGiven, title, body: String::new(), generation };
        let about = About::object(S::KIND, &changed.metadata);
        admission.batch.tell_people(admission.proof, &[author], &about, &told).await?;
    }
    Ok(changed)
}

/// Writes down that a generation waits for somebody who did not write it, and tells who that may be.
async fn wait<S: ProfileSpec>(
    admission: &mut Admission<'_>,
    right: &Allowed<action::Publish, S>,
    ruled: &Resource,
    object: Object<S>,
    now: Timestamp,
    publication: &Publication,
) -> Result<Object<S>> {
    let deciders = admission.deciders::<action::Publish, S>(ruled, &object.metadata.scope).await?;
    let what = "You wrote this version, and a two-person rule keeps authors from publishing their own: it waits.";
    let permission = format!("{}.publish", S::KIND.snake());
    admission.waits = Some(needs_another(what, &permission, &deciders));
    let generation = object.metadata.generation;
    let waiting = WaitingVersion {
        generation,
        at: now,
        by: admission.principal.name().to_owned(),
        note: publication.note.clone().unwrap_or_default(),
        upgrade_by: publication.upgrade_by,
    };
    let known = object.status.waiting.as_ref();
    if known.is_some_and(|w| w.generation == generation && w.note == waiting.note && w.upgrade_by == waiting.upgrade_by) {
        return Ok(object);
    }
    let title = format!("{{actor}} wants {} published", object.metadata.title());
    let body = waiting.note.clone();
    let status = ProfileStatus { waiting: Some(waiting), ..object.status.clone() };
    let change = Change { status: Some(status), ..Change::to(object.spec) };
    let changed = admission.batch.change_as(right, change, "ask_publish").await?;
    admission.tell_deciders((S::KIND, &changed.metadata), &deciders, title, body, generation).await?;
    Ok(changed)
}

/// Takes a profile out of the catalogue. Running instances go on.
pub async fn withdraw<S: ProfileSpec>(admission: &mut Admission<'_>, located: Located<S>) -> Result<Object<S>> {
    // This lets nothing out: whoever wrote the draft may do it as well.
    let resource = located.resource().beside_two_person();
    let proof = admission.policy.allow::<action::Publish, S>(&admission.principal, &resource)?;
    let view = admission.policy.allow::<action::View, S>(&admission.principal, located.resource())?;
    let object = located.reveal(&view)?;
    let mut status = object.status.clone();
    status.withdraw();
    admission.batch.change(&proof, Change { status: Some(status), ..Change::to(object.spec) }).await
}

/// Puts an earlier generation back as the newest: a draft until it is published.
pub async fn rollback<S: ProfileSpec + Admit>(
    admission: &mut Admission<'_>,
    located: Located<S>,
    generation: i64,
) -> Result<Object<S>> {
    let proof = admission.policy.allow::<action::Update, S>(&admission.principal, located.resource())?;
    let view = admission.policy.allow::<action::View, S>(&admission.principal, located.resource())?;
    let old = located.reveal(&view)?;
    if old.status.version(generation).is_some_and(|v| v.state == VersionState::Retired) {
        return Err(Error::precondition_failed(format!(
            "Version {} is retired: make it deprecated again first, or choose another.",
            old.status.number(generation)
        )));
    }
    let spec: S = admission.batch.revision(&view, generation).await?;
    let errors = spec.validate();
    if !errors.is_empty() {
        return Err(Error::invalid(errors));
    }
    let metadata = NewMetadata {
        name: old.metadata.name.clone(),
        display_name: old.metadata.display_name.clone(),
        description: old.metadata.description.clone(),
        labels: old.metadata.labels.clone(),
    };
    let scope = old.metadata.scope.clone();
    let admitted = spec.admit(admission, &scope, &metadata, Some(&old)).await?;
    admission.batch.restore(&proof, generation, admitted.references, admitted.status_now).await
}

/// Changes what is said about a version.
pub async fn set_version<S: ProfileSpec>(
    admission: &mut Admission<'_>,
    located: Located<S>,
    generation: i64,
    now: Timestamp,
    change: VersionChange,
) -> Result<Object<S>> {
    // This lets nothing out: whoever wrote the draft may do it as well.
    let resource = located.resource().beside_two_person();
    let proof = admission.policy.allow::<action::Publish, S>(&admission.principal, &resource)?;
    let view = admission.policy.allow::<action::View, S>(&admission.principal, located.resource())?;
    let object = located.reveal(&view)?;
    let mut status = object.status.clone();
    status.remember();
    let launched = status.published.as_ref().is_some_and(|p| p.generation == generation);
    let version = status.versions.iter_mut().find(|v| v.generation == generation);
    let version = version.ok_or_else(|| Error::not_found(format!("Generation {generation} was never published.")))?;
    let moved = change.upgrade_by.flatten().filter(|at| Some(*at) != version.upgrade_by);
    check(change.note.as_deref(), moved, now)?;
    match (launched, change.state) {
        (true, VersionState::Deprecated | VersionState::Retired) => {
            return Err(Error::conflict("People launch this version: publish another one, or withdraw the profile, first."));
        }
        (false, VersionState::Published) => {
            return Err(Error::conflict("To publish an earlier version again, roll back to it and publish that."));
        }
        (_, state) => version.state = state,
    }
    version.note = change.note.unwrap_or_else(|| version.note.clone());
    version.upgrade_by = change.upgrade_by.unwrap_or(version.upgrade_by);
    admission.batch.change(&proof, Change { status: Some(status), ..Change::to(object.spec) }).await
}
