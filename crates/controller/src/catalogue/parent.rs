//! A newer version of the shipped profile that a profile was made from, joined with what was changed here since.

use super::offering::FromSystem;
use crate::admission::{Admission, update};
use crate::profile::ProfileSpec;
use serde_json::Value;
use std::collections::BTreeMap;
use warpyard_model::kinds::{SystemParent, SystemProfile};
use warpyard_model::merge::{MergeConflict, Merged, Side, merge};
use warpyard_model::meta::NewMetadata;
use warpyard_model::{Error, FieldError, Object, Result, ScopePath};
use warpyard_policy::action;
use warpyard_store::{ControllerStore, Located};

/// What belongs to the profile alone, whatever its parent says.
const OWN: [&str; 3] = ["parent", "sharing", "limits"];

/// The three sides of an update from the parent, and what comes out.
pub struct ParentUpdate {
    /// The version this profile was made from, or last updated to.
    pub current: String,
    /// The version that is shipped now.
    pub newest: String,
    /// The parent as it was; what both sides agree on where this installation never had that version.
    pub base: Value,
    /// The profile as it is.
    pub ours: Value,
    /// The parent as it is shipped now.
    pub theirs: Value,
    /// Joined.
    pub merged: Value,
    /// What both sides changed.
    pub conflicts: Vec<MergeConflict>,
}

/// A spec without what belongs to the profile alone.
fn comparable<S: ProfileSpec>(spec: &S) -> Result<Value> {
    let mut value = serde_json::to_value(spec).map_err(Error::internal)?;
    if let Some(map) = value.as_object_mut() {
        map.retain(|key, _| !OWN.contains(&key.as_str()));
    }
    Ok(value)
}

fn shipped<S: FromSystem>(system: &SystemProfile) -> Result<Value> {
    let spec = S::shipped(system).ok_or_else(|| Error::conflict("The shipped profile is of another kind now."))?;
    comparable(spec)
}

/// Compares a profile with its parent.
pub async fn parent_update<S: FromSystem>(
    store: &ControllerStore,
    profile: &Object<S>,
    resolutions: &BTreeMap<String, Side>,
) -> Result<ParentUpdate> {
    let none =
        || Error::precondition_failed("This profile was not made from a shipped one, so there is nothing to update it from.");
    let SystemParent { name, version, .. } = profile.spec.parent().ok_or_else(none)?;
    let found = store.find::<SystemProfile>(&ScopePath::platform(), name).await?;
    let system = found.ok_or_else(|| {
        Error::precondition_failed(format!("The shipped profile {name} is not part of this version of Warpyard any more."))
    })?;
    let (ours, theirs) = (comparable(&profile.spec)?, shipped::<S>(&system.spec)?);
    let known = store.revisions::<SystemProfile>(&system.metadata.uid).await?;
    let base = match known.iter().find(|old| old.version == *version) {
        Some(old) => shipped::<S>(old)?,
        None => Value::Null,
    };
    let Merged { value, conflicts } = merge(&base, &ours, &theirs, resolutions);
    Ok(ParentUpdate {
        current: version.clone(),
        newest: system.spec.version.clone(),
        base,
        ours,
        theirs,
        merged: value,
        conflicts,
    })
}

/// Joins a newer parent into a profile, as a draft. Every conflict needs a decision.
pub async fn update_from_parent<S: FromSystem>(
    admission: &mut Admission<'_>,
    located: Located<S>,
    resolutions: &BTreeMap<String, Side>,
) -> Result<Object<S>> {
    let view = admission.policy.allow::<action::View, S>(&admission.principal, located.resource())?;
    admission.policy.allow::<action::Update, S>(&admission.principal, located.resource())?;
    let profile = located.clone().reveal(&view)?;
    let joined = parent_update(admission.store, &profile, resolutions).await?;
    let known = |path: &str| joined.conflicts.iter().any(|c| c.path == path);
    if let Some(path) = resolutions.keys().find(|path| !known(path)) {
        return Err(Error::invalid_field(format!("resolutions.{path}"), "there is no conflict there"));
    }
    let open: Vec<FieldError> = joined
        .conflicts
        .iter()
        .filter(|c| !resolutions.contains_key(&c.path))
        .map(|c| FieldError::new(c.path.clone(), "changed here and in the shipped profile: choose ours or theirs"))
        .collect();
    if !open.is_empty() {
        return Err(Error::conflict("Both sides changed the same things; say for each which one counts.").with_fields(open));
    }
    let mut value = joined.merged;
    let before = serde_json::to_value(&profile.spec).map_err(Error::internal)?;
    if let Some(map) = value.as_object_mut() {
        let own = OWN.iter().filter_map(|key| Some(((*key).to_owned(), before.get(*key)?.clone())));
        map.extend(own);
        map["parent"]["version"] = joined.newest.into();
    }
    let spec: S = crate::admission::parse_spec(value)?;
    let metadata = NewMetadata {
        name: profile.metadata.name.clone(),
        display_name: profile.metadata.display_name.clone(),
        description: profile.metadata.description.clone(),
        labels: profile.metadata.labels.clone(),
    };
    update(admission, located, metadata, spec, Some(profile.metadata.resource_version)).await
}
