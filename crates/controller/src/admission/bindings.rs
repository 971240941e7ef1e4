//! Role bindings: a role fits its level, nobody grants more than they have, and somebody stays in charge.

use super::{Admission, Admit, Admitted, must_find};
use warpyard_model::kinds::{RoleBinding, User};
use warpyard_model::meta::NewMetadata;
use warpyard_model::permission::Role;
use warpyard_model::{Error, Object, Result, ScopePath};
use warpyard_policy::action;
use warpyard_store::Located;

impl Admit for RoleBinding {
    async fn admit(
        self,
        admission: &mut Admission<'_>,
        scope: &ScopePath,
        _: &NewMetadata,
        old: Option<&Object<Self>>,
    ) -> Result<Admitted<Self>> {
        if !self.role.levels().contains(&scope.level()) {
            let levels: Vec<String> = self.role.levels().iter().map(|l| format!("{l:?}").to_lowercase()).collect();
            return Err(Error::invalid_field(
                "spec.role",
                format!("the role {} is bound at the level of: {}", self.role, levels.join(", ")),
            ));
        }
        for role in [Some(self.role), old.map(|o| o.spec.role)].into_iter().flatten() {
            if !admission.policy.covers(&admission.principal, role, scope) {
                return Err(Error::forbidden(format!(
                    "The role {role} has rights that you lack here; only somebody who has them may grant or take them."
                )));
            }
        }
        if let Some(old) = old
            && self.role != old.spec.role
        {
            keep_somebody_in_charge(admission, old).await?;
        }
        let user = must_find::<User>(admission, &ScopePath::platform(), &self.user, "spec.user").await?;
        Ok(Admitted { references: vec![(user.metadata.uid, "spec.user".into())], ..Admitted::plain(self) })
    }

    async fn check_delete(object: &Located<Self>, admission: &mut Admission<'_>) -> Result<()> {
        let view = admission.policy.allow::<action::View, Self>(&admission.principal, object.resource())?;
        let binding = object.clone().reveal(&view)?;
        if !admission.policy.covers(&admission.principal, binding.spec.role, &binding.metadata.scope) {
            return Err(Error::forbidden(format!(
                "The role {} has rights that you lack here; only somebody who has them may take it away.",
                binding.spec.role
            )));
        }
        keep_somebody_in_charge(admission, &binding).await
    }
}

/// The last platform admin cannot be removed: nobody could make another.
async fn keep_somebody_in_charge(admission: &mut Admission<'_>, binding: &Object<RoleBinding>) -> Result<()> {
    if binding.spec.role == Role::PlatformAdmin && admission.batch.count_role(admission.proof, "platform_admin").await? <= 1 {
        return Err(Error::conflict("This is the last platform admin; make another one first."));
    }
    Ok(())
}
