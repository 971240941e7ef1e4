//! Identity providers: the secret is sealed and never follows the issuer to another address, and nobody lets a provider give
//! what they lack.

use super::bindings::{check_covers, given};
use super::{Admission, Admit, Admitted, must_find};
use std::collections::BTreeMap;
use warpyard_model::kinds::{Group, IdentityProvider, IdentityProviderStatus};
use warpyard_model::meta::NewMetadata;
use warpyard_model::{Error, Object, Result, ScopePath};

/// Where the client secret is sealed.
const SECRET: &str = "client_secret";

impl Admit for IdentityProvider {
    async fn admit(
        mut self,
        admission: &mut Admission<'_>,
        scope: &ScopePath,
        _: &NewMetadata,
        old: Option<&Object<Self>>,
    ) -> Result<Admitted<Self>> {
        let stored = old.is_some_and(|o| o.status.has_client_secret);
        let moved = old.is_some_and(|o| o.spec.issuer != self.issuer);
        if moved && stored && self.client_secret.is_empty() {
            // Whoever may change a provider must not have its secret sent to a place of their own.
            return Err(Error::invalid_field("spec.client_secret", "with another issuer, the client secret is given anew"));
        }
        let mut groups: BTreeMap<String, String> = BTreeMap::new();
        for (i, mapping) in self.group_mapping.iter().enumerate() {
            let path = format!("spec.group_mapping.{i}.group");
            let group = must_find::<Group>(admission, scope, &mapping.group, &path).await?;
            groups.entry(group.metadata.uid).or_insert(path);
        }
        // Whoever says who is in a group gives what is bound to it.
        for uid in groups.keys() {
            for binding in admission.batch.bindings_to(admission.proof, uid).await? {
                let role = given(admission, &binding.spec, &binding.metadata.scope).await?;
                check_covers(admission, &role, &binding.metadata.scope, "let a provider give it")?;
            }
        }
        let secret = std::mem::take(&mut self.client_secret);
        let status = IdentityProviderStatus { has_client_secret: stored || !secret.is_empty() };
        let sealed = if secret.is_empty() { Vec::new() } else { vec![(SECRET.to_owned(), secret)] };
        Ok(Admitted {
            status_now: old.map(|_| status.clone()),
            status,
            sealed,
            references: groups.into_iter().collect(),
            ..Admitted::plain(self)
        })
    }
}
