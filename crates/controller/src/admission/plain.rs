//! Kinds whose own rules say almost everything.

use super::approval::{activation, rules_of};
use super::{Admission, Admit, Admitted};
use std::collections::BTreeMap;
use std::sync::Arc;
use warpyard_model::kinds::{
    EnvironmentTemplate, LONGEST_ACCOUNT_NAME, Look, Organization, Project, Secret, ServiceAccount, Target, User, Workspace,
};
use warpyard_model::meta::NewMetadata;
use warpyard_model::permission::Role;
use warpyard_model::{Error, FieldError, Object, Result, ScopePath, Spec as _};
use warpyard_policy::{Allowed, Binding, Resource, action};
use warpyard_store::Located;

macro_rules! admitted_as_they_are {
    ($($kind:ty),*) => {$(
        impl Admit for $kind {
            async fn admit(
                self, _: &mut Admission<'_>, _: &ScopePath, _: &NewMetadata, _: Option<&Object<Self>>,
            ) -> Result<Admitted<Self>> {
                Ok(Admitted::plain(self))
            }
        }
    )*};
}

admitted_as_they_are!(Project, Target);

impl Admit for Organization {
    /// An organization's admins change it; whether it is suspended is not theirs to say.
    async fn admit(
        mut self,
        admission: &mut Admission<'_>,
        _: &ScopePath,
        metadata: &NewMetadata,
        old: Option<&Object<Self>>,
    ) -> Result<Admitted<Self>> {
        let asks = |spec: &Self| spec.sign_in.require_second_factor;
        if asks(&self) && !old.is_some_and(|old| asks(&old.spec)) && !admission.principal.reach().strong {
            return Err(Error::invalid_field(
                "spec.sign_in.require_second_factor",
                "whoever switches this on signs in with a second factor first, or would be the first to be kept out",
            ));
        }
        // Whatever the way it came, the picture is harmless.
        let clean = self.look.take().map(Look::cleaned).transpose().map_err(|error| Error::invalid(vec![error]))?;
        self.look = clean.map(|(look, _)| look).filter(|look| *look != Look::default());
        if self.suspended != old.and_then(|o| o.spec.suspended.clone()) {
            let uid = old.map_or("", |o| o.metadata.uid.as_str());
            let itself = Resource::object(Self::KIND, uid, &metadata.name, &ScopePath::platform());
            admission.policy.allow::<action::Suspend, Self>(&admission.principal, &itself)?;
        }
        rules_of(admission, self, old).await
    }
}

impl Admit for ServiceAccount {
    async fn admit(
        self,
        _: &mut Admission<'_>,
        _: &ScopePath,
        metadata: &NewMetadata,
        _: Option<&Object<Self>>,
    ) -> Result<Admitted<Self>> {
        if metadata.name.as_str().len() > LONGEST_ACCOUNT_NAME {
            let message = format!("a service account's name has at most {LONGEST_ACCOUNT_NAME} characters");
            return Err(Error::invalid_field("metadata.name", message));
        }
        Ok(Admitted::plain(self))
    }
}

impl Admit for User {
    async fn admit(
        self,
        admission: &mut Admission<'_>,
        _: &ScopePath,
        metadata: &NewMetadata,
        old: Option<&Object<Self>>,
    ) -> Result<Admitted<Self>> {
        if old.is_none() && ServiceAccount::is_identity(metadata.name.as_str()) {
            return Err(Error::invalid_field("metadata.name", "names like this belong to service accounts; choose another"));
        }
        if old.is_some() && !self.active && admission.principal.name() == metadata.name.as_str() {
            return Err(Error::invalid_field("spec.active", "you cannot deactivate yourself"));
        }
        Ok(Admitted::plain(self))
    }

    async fn check_delete(object: &Located<Self>, admission: &mut Admission<'_>) -> Result<()> {
        let view = admission.policy.allow::<action::View, Self>(&admission.principal, object.resource())?;
        let user = object.clone().reveal(&view)?;
        if user.metadata.name.as_str() == admission.principal.name() {
            return Err(Error::conflict("You cannot delete yourself."));
        }
        Ok(())
    }
}

impl Admit for Workspace {
    async fn admit(
        self,
        _: &mut Admission<'_>,
        _: &ScopePath,
        _: &NewMetadata,
        _: Option<&Object<Self>>,
    ) -> Result<Admitted<Self>> {
        Ok(Admitted::plain(self))
    }

    /// Whoever makes a workspace is its admin.
    async fn made(object: &Object<Self>, proof: &Allowed<action::Create, Self>, admission: &mut Admission<'_>) -> Result<()> {
        admission.batch.grant_creator(proof, object).await?;
        let inner = object.metadata.scope.inside(Self::KIND, &object.metadata.name);
        let granted = inner.map(|scope| Binding { role: Role::WorkspaceAdmin, scope });
        admission.principal = Arc::new(admission.principal.granted(granted));
        Ok(())
    }
}

impl Admit for EnvironmentTemplate {
    async fn admit(
        self,
        admission: &mut Admission<'_>,
        scope: &ScopePath,
        metadata: &NewMetadata,
        old: Option<&Object<Self>>,
    ) -> Result<Admitted<Self>> {
        if scope.org.is_none() && old.is_some() {
            return Err(Error::forbidden("This template is shipped with Warpyard; copy it into an organization to change it."));
        }
        activation(admission, scope, metadata, self, old).await
    }
}

impl Admit for Secret {
    async fn admit(
        self,
        _: &mut Admission<'_>,
        _: &ScopePath,
        _: &NewMetadata,
        old: Option<&Object<Self>>,
    ) -> Result<Admitted<Self>> {
        let stored = |key: &str| old.is_some_and(|o| o.spec.data.contains_key(key));
        let empty: Vec<FieldError> = self
            .data
            .iter()
            .filter(|(key, value)| value.is_empty() && !stored(key))
            .map(|(key, _)| FieldError::new(format!("spec.data.{key}"), "a new entry needs a value"))
            .collect();
        if !empty.is_empty() {
            return Err(Error::invalid(empty));
        }
        let removed = old.into_iter().flat_map(|o| o.spec.data.keys()).filter(|key| !self.data.contains_key(*key));
        let unsealed = removed.cloned().collect();
        // Values go to the sealed table; the object keeps the names alone.
        let masked: BTreeMap<String, String> = self.data.keys().map(|key| (key.clone(), String::new())).collect();
        let sealed = self.data.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        Ok(Admitted { sealed, unsealed, ..Admitted::plain(Secret { data: masked }) })
    }
}
