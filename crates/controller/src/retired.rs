//! Retired versions: what runs goes on, and nothing of them starts or changes any more.

use crate::lookup::Lookup;
use crate::plan::{Instance, home_of};
use warpyard_model::kinds::{ProfileStatus, VersionState};
use warpyard_model::{Error, Object, Result};

/// Why an instance does not start any more, and what to do about it; nothing where its version is not retired.
pub(crate) async fn why_not<S: Instance>(lookup: &mut impl Lookup, object: &Object<S>) -> Result<Option<String>> {
    let (home, _, _) = home_of(object)?;
    let profile = object.spec.profile();
    let Some(stored) = lookup.look::<S::Profile>(&home, &profile.name).await? else { return Ok(None) };
    Ok(profile.generation.and_then(|generation| told(object, &stored.status, generation)))
}

fn told<S: Instance>(object: &Object<S>, status: &ProfileStatus, generation: i64) -> Option<String> {
    let version = status.version(generation).filter(|v| v.state == VersionState::Retired)?;
    let (name, kind) = (&object.metadata.name, S::KIND.snake().replace('_', "-"));
    let advice = match status.update_for(generation) {
        Some(newer) => {
            format!("upgrade it to version {} first: Upgrade on its page, or `warpyard upgrade {kind}/{name}`", newer.number)
        }
        None => "there is no newer version to upgrade to; ask a PaaS admin to publish one".to_owned(),
    };
    Some(format!(
        "{name} is of version {} of the profile {}, which is retired and does not start any more; {advice}.",
        version.number,
        object.spec.profile().name
    ))
}

/// Refuses to start or change an instance of a retired version.
pub(crate) async fn refuse<S: Instance>(lookup: &mut impl Lookup, object: &Object<S>) -> Result<()> {
    why_not(lookup, object).await?.map_or(Ok(()), |message| Err(Error::precondition_failed(message)))
}
