//! Icons: only what is harmless is kept, and what is on a card stays.

use super::{Admission, Admit, Admitted};
use crate::profile::ProfileSpec;
use warpyard_model::kinds::{ComputeProfile, Icon, ServiceProfile};
use warpyard_model::meta::NewMetadata;
use warpyard_model::{Error, FieldError, Name, Object, Result, ScopePath};
use warpyard_policy::action;
use warpyard_store::Located;

impl Admit for Icon {
    async fn admit(
        self,
        _: &mut Admission<'_>,
        _: &ScopePath,
        _: &NewMetadata,
        _: Option<&Object<Self>>,
    ) -> Result<Admitted<Self>> {
        // Whatever the way it came.
        let clean = self.clean().map_err(|error| Error::invalid(vec![error]))?;
        Ok(Admitted::plain(clean.icon))
    }

    /// Newest specs refer to their icon, which the store sees. A published version may still have one that the draft has
    /// no more.
    async fn check_delete(object: &Located<Self>, admission: &mut Admission<'_>) -> Result<()> {
        let view = admission.policy.allow::<action::View, Self>(&admission.principal, object.resource())?;
        let icon = object.clone().reveal(&view)?.metadata;
        let Some(org) = &icon.scope.org else { return Ok(()) };
        let mut users = published_with::<ComputeProfile>(admission, org, &icon.name).await?;
        users.extend(published_with::<ServiceProfile>(admission, org, &icon.name).await?);
        if users.is_empty() {
            return Ok(());
        }
        let message = format!("The icon {} is still on published cards: publish those profiles with another first.", icon.name);
        Err(Error::conflict(message).with_fields(users))
    }
}

/// The profiles whose published version has the icon and whose newest has not.
async fn published_with<S: ProfileSpec>(admission: &Admission<'_>, org: &Name, icon: &Name) -> Result<Vec<FieldError>> {
    let mut users = Vec::new();
    for profile in admission.store.all::<S>(&["published"]).await? {
        let Some(published) = profile.status.published.as_ref().map(|p| p.generation) else { continue };
        if profile.metadata.scope.org.as_ref() != Some(org) || published == profile.metadata.generation {
            continue;
        }
        let spec: S = admission.store.revision(&profile.metadata.uid, published).await?;
        if Icon::named_on(&spec.card().icon).is_some_and(|name| name.as_ref() == Ok(icon)) {
            let place = format!("{} {}/{}", S::KIND, profile.metadata.scope.key().trim_end_matches('/'), profile.metadata.name);
            users.push(FieldError::new(place, "uses it in the published spec.card.icon"));
        }
    }
    Ok(users)
}
