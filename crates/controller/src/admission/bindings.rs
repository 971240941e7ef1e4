//! Who gets what: role bindings, groups and custom roles. A role fits its level, and nobody grants more than they have, in
//! whichever of the three ways. That somebody stays in charge is the store's to check, when the transaction commits.

use super::{Admission, Admit, Admitted, must_find};
use std::collections::BTreeSet;
use warpyard_model::kinds::{CustomRole, Group, RoleBinding, ServiceAccount, User};
use warpyard_model::meta::NewMetadata;
use warpyard_model::permission::Permission;
use warpyard_model::{Error, Level, Name, Object, Result, ScopePath};
use warpyard_policy::action;
use warpyard_store::Located;

/// What a binding gives: its role's permissions and the levels it may be bound at.
pub(super) struct Given {
    word: String,
    pub(super) permissions: BTreeSet<Permission>,
    levels: Vec<Level>,
    uid: Option<String>,
}

pub(super) async fn given(admission: &mut Admission<'_>, spec: &RoleBinding, scope: &ScopePath) -> Result<Given> {
    let word = spec.role_word().to_owned();
    if let Some(role) = spec.role {
        let permissions = role.permissions().into_iter().collect();
        return Ok(Given { word, permissions, levels: role.levels().to_vec(), uid: None });
    }
    let (Some(custom), Some(org)) = (&spec.custom_role, &scope.org) else {
        return Err(Error::invalid_field("spec.custom_role", "the installation has no custom roles; an organization has"));
    };
    let role = must_find::<CustomRole>(admission, &ScopePath::org(org.clone()), custom, "spec.custom_role").await?;
    let levels = role.spec.levels.iter().copied().collect();
    Ok(Given { word, permissions: role.spec.permissions, levels, uid: Some(role.metadata.uid) })
}

/// Why a role cannot be bound in a place of this level.
pub(super) fn level_error(role: &Given, spec: &RoleBinding, scope: &ScopePath) -> Option<Error> {
    if role.levels.contains(&scope.level()) {
        return None;
    }
    let levels: Vec<String> = role.levels.iter().map(|l| format!("{l:?}").to_lowercase()).collect();
    let path = if spec.role.is_some() { "spec.role" } else { "spec.custom_role" };
    Some(Error::invalid_field(path, format!("the role {} is bound at the level of: {}", role.word, levels.join(", "))))
}

/// Refuses to give or take what the caller lacks.
pub(super) fn check_covers(admission: &Admission<'_>, given: &Given, scope: &ScopePath, doing: &str) -> Result<()> {
    if admission.policy.covers_all(&admission.principal, &given.permissions, scope) {
        return Ok(());
    }
    Err(Error::forbidden(format!(
        "The role {} has rights that you lack here; only somebody who has them may {doing}.",
        given.word
    )))
}

impl Admit for RoleBinding {
    async fn admit(
        self,
        admission: &mut Admission<'_>,
        scope: &ScopePath,
        _: &NewMetadata,
        old: Option<&Object<Self>>,
    ) -> Result<Admitted<Self>> {
        let role = given(admission, &self, scope).await?;
        if let Some(error) = level_error(&role, &self, scope) {
            return Err(error);
        }
        check_covers(admission, &role, scope, "grant or take them")?;
        if let Some(old) = old {
            let before = given(admission, &old.spec, scope).await?;
            check_covers(admission, &before, scope, "grant or take them")?;
        }
        let unchanged = old.is_some_and(|old| old.spec.expires_at == self.expires_at);
        if !unchanged && self.expired(admission.store.store().now()) {
            return Err(Error::invalid_field("spec.expires_at", "this moment is past; a binding ends in the future"));
        }
        let mut references: Vec<(String, String)> = role.uid.map(|uid| (uid, "spec.custom_role".into())).into_iter().collect();
        if let Some(user) = &self.user {
            let user = must_find::<User>(admission, &ScopePath::platform(), user, "spec.user").await?;
            references.push((user.metadata.uid, "spec.user".into()));
        }
        if let Some(group) = &self.group {
            let Some(org) = &scope.org else {
                return Err(Error::invalid_field(
                    "spec.group",
                    "groups belong to organizations; bind a user to the installation",
                ));
            };
            let group = must_find::<Group>(admission, &ScopePath::org(org.clone()), group, "spec.group").await?;
            references.push((group.metadata.uid, "spec.group".into()));
        }
        if let Some(account) = &self.service_account {
            let Some(org) = &scope.org else {
                return Err(Error::invalid_field(
                    "spec.service_account",
                    "service accounts belong to organizations; bind a user to the installation",
                ));
            };
            let org = ScopePath::org(org.clone());
            let account = must_find::<ServiceAccount>(admission, &org, account, "spec.service_account").await?;
            references.push((account.metadata.uid, "spec.service_account".into()));
        }
        Ok(Admitted { references, ..Admitted::plain(self) })
    }

    async fn check_delete(object: &Located<Self>, admission: &mut Admission<'_>) -> Result<()> {
        let view = admission.policy.allow::<action::View, Self>(&admission.principal, object.resource())?;
        let binding = object.clone().reveal(&view)?;
        let role = given(admission, &binding.spec, &binding.metadata.scope).await?;
        check_covers(admission, &role, &binding.metadata.scope, "take it away")
    }
}

impl Admit for Group {
    async fn admit(
        self,
        admission: &mut Admission<'_>,
        _: &ScopePath,
        _: &NewMetadata,
        old: Option<&Object<Self>>,
    ) -> Result<Admitted<Self>> {
        // Whoever puts people into a group gives them what is bound to it.
        let members = |group: &Self| group.members.iter().cloned().collect::<BTreeSet<Name>>();
        if let Some(old) = old.filter(|old| members(&old.spec) != members(&self)) {
            for binding in admission.batch.bindings_to(admission.proof, &old.metadata.uid).await? {
                let role = given(admission, &binding.spec, &binding.metadata.scope).await?;
                check_covers(admission, &role, &binding.metadata.scope, "change who is in a group that has it")?;
            }
        }
        let mut references = Vec::new();
        for (i, member) in self.members.iter().enumerate() {
            let path = format!("spec.members.{i}");
            let user = must_find::<User>(admission, &ScopePath::platform(), member, &path).await?;
            references.push((user.metadata.uid, path));
        }
        Ok(Admitted { references, ..Admitted::plain(self) })
    }
}

impl Admit for CustomRole {
    async fn admit(
        self,
        admission: &mut Admission<'_>,
        scope: &ScopePath,
        metadata: &NewMetadata,
        old: Option<&Object<Self>>,
    ) -> Result<Admitted<Self>> {
        if warpyard_model::permission::Role::ALL.iter().any(|role| role.as_str().replace('_', "-") == metadata.name.as_str()) {
            return Err(Error::invalid_field("metadata.name", "this is the name of a built-in role; choose another"));
        }
        let word = metadata.name.to_string();
        let held = |permissions: &BTreeSet<Permission>| Given {
            word: word.clone(),
            permissions: permissions.clone(),
            levels: Vec::new(),
            uid: None,
        };
        for spec in [Some(&self), old.map(|o| &o.spec)].into_iter().flatten() {
            check_covers(admission, &held(&spec.permissions), scope, "make or change it")?;
        }
        if let Some(old) = old {
            // A level that is in use cannot be taken from under the bindings.
            for binding in admission.batch.bindings_to(admission.proof, &old.metadata.uid).await? {
                let level = binding.metadata.scope.level();
                if !self.levels.contains(&level) {
                    let level = format!("{level:?}").to_lowercase();
                    return Err(Error::conflict(format!(
                        "The role is bound at the level of {level}, by the binding {}; remove that first.",
                        binding.metadata.name
                    )));
                }
            }
        }
        Ok(Admitted::plain(self))
    }
}
