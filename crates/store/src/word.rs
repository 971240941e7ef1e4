//! What follows from an identity provider's word: whose account it is, a new account, groups.
//!
//! A provider belongs to an organization, and its admins choose it: its word must give nobody rights outside. So it signs in
//! whom it knows already, links itself to an account only by a verified address and only where that account has rights in
//! this organization and in no other place, and stops counting when that changes. What a person linked while signed in
//! counts everywhere.

use crate::batch::{Batch, Change, NewObject};
use crate::db::args;
use crate::identity::{add_identity, reaches_beyond};
use crate::{Context, ControllerStore};
use std::collections::{BTreeMap, BTreeSet};
use warpyard_model::kinds::{Group, GroupMapping, IdentityProvider, User};
use warpyard_model::meta::NewMetadata;
use warpyard_model::{Error, ErrorCode, Kind, Name, Object, Result, ScopePath};

/// What a provider says of a person, once it was verified.
#[derive(Debug, Clone)]
pub struct Word {
    /// The provider.
    pub provider: String,
    /// Its organization.
    pub org: Name,
    /// The issuer that said it.
    pub issuer: String,
    /// What it calls the person.
    pub subject: String,
    /// The mail address.
    pub email: Option<String>,
    /// The address is theirs.
    pub email_verified: bool,
    /// What people read.
    pub name: String,
    /// What it would be called here.
    pub user_name: String,
    /// The values of the groups' claim; absent where the provider did not tell.
    pub groups: Option<BTreeSet<String>>,
}

/// Why a provider's word signs nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The address is not verified, or missing.
    NotVerified,
    /// The provider may not speak of this address.
    OtherDomain,
    /// There is no account and none is made.
    NoAccount,
    /// The account has nothing to do with the organization, or has rights in other places.
    Elsewhere,
    /// The account is not active.
    Inactive,
}

impl Refusal {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Refusal::NotVerified => "not_verified",
            Refusal::OtherDomain => "other_domain",
            Refusal::NoAccount => "no_account",
            Refusal::Elsewhere => "elsewhere",
            Refusal::Inactive => "inactive",
        }
    }
}

/// Whom a provider's word signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// This person.
    Is {
        /// Their name.
        user: Name,
        /// They linked the identity.
        own_link: bool,
    },
    /// Nobody.
    Refused(Refusal),
}

impl ControllerStore {
    /// Judges a provider's word, makes or links the account where the rule allows it, and brings groups up to date.
    pub async fn judge(&self, provider: &Object<IdentityProvider>, word: &Word, context: Context) -> Result<Judged> {
        let mut batch = self.store.begin(Context { actor: "sign-in".to_owned(), ..context }).await?;
        let judged = batch.whose(&provider.spec, word).await?;
        if let Judged::Is { user, .. } = &judged {
            batch.on_behalf_of(user);
            if let Some(groups) = &word.groups {
                batch.follow_groups(&word.org, &provider.spec.group_mapping, groups, user).await?;
            }
            batch.commit().await?;
        }
        Ok(judged)
    }

    /// Brings the groups of somebody who is signed in up to date.
    pub async fn follow_groups(&self, provider: &Object<IdentityProvider>, groups: &BTreeSet<String>, user: &Name) -> Result<()> {
        let Some(org) = &provider.metadata.scope.org else { return Ok(()) };
        let mut batch = self.store.begin(Context { actor: "sign-in".to_owned(), ..Context::default() }).await?;
        batch.on_behalf_of(user);
        batch.follow_groups(org, &provider.spec.group_mapping, groups, user).await?;
        batch.commit().await
    }
}

impl Batch {
    async fn whose(&mut self, provider: &IdentityProvider, word: &Word) -> Result<Judged> {
        let now = self.inner.clock.now();
        let sql = "SELECT id, user_name, own_link FROM identity WHERE provider = $1 AND issuer = $2 AND subject = $3";
        if let Some(row) = self.conn.one(sql, args![&word.provider, &word.issuer, &word.subject]).await? {
            let (user, own_link) = (crate::row::name_of(&row.text("user_name")?)?, row.int("own_link")? == 1);
            if !self.is_active(&user).await? {
                return Ok(Judged::Refused(Refusal::Inactive));
            }
            if !own_link && reaches_beyond(&mut self.conn, user.as_str(), word.org.as_str(), now).await? {
                return Ok(Judged::Refused(Refusal::Elsewhere));
            }
            let sql = "UPDATE identity SET last_used_at = $2 WHERE id = $1";
            self.conn.run(sql, args![row.text("id")?, now.as_millis()]).await?;
            return Ok(Judged::Is { user, own_link });
        }
        let email = match &word.email {
            Some(email) if !provider.speaks_of(email) => return Ok(Judged::Refused(Refusal::OtherDomain)),
            Some(email) if word.email_verified || provider.vouches_for_email => email.to_lowercase(),
            _ => return Ok(Judged::Refused(Refusal::NotVerified)),
        };
        let row = self.conn.one("SELECT user_name, active FROM account WHERE email = $1", args![&email]).await?;
        let user = match row {
            Some(row) if row.int("active")? != 1 => return Ok(Judged::Refused(Refusal::Inactive)),
            Some(row) => {
                let user = crate::row::name_of(&row.text("user_name")?)?;
                if !self.belongs_to(&user, &word.org).await? {
                    return Ok(Judged::Refused(Refusal::Elsewhere));
                }
                user
            }
            None if provider.just_in_time => self.new_person(&word.user_name, &word.name, &email).await?,
            None => return Ok(Judged::Refused(Refusal::NoAccount)),
        };
        add_identity(&mut self.conn, word, &user, false, now).await?;
        Ok(Judged::Is { user, own_link: false })
    }

    async fn is_active(&mut self, user: &Name) -> Result<bool> {
        let row = self.conn.one("SELECT active FROM account WHERE user_name = $1", args![user.as_str()]).await?;
        Ok(row.map(|row| row.int("active")).transpose()? == Some(1))
    }

    /// Whether somebody has rights or a group in this organization, and rights in no other place.
    pub(crate) async fn belongs_to(&mut self, user: &Name, org: &Name) -> Result<bool> {
        let now = self.inner.clock.now();
        let (granted, groups) = crate::grants::grants_of(&mut self.conn, user.as_str(), now).await?;
        let beyond = granted.iter().any(|g| g.scope.org.as_ref() != Some(org));
        let group = groups.iter().any(|key| key.starts_with(&format!("/{org}/")));
        let sql = "SELECT 1 FROM scim_user WHERE org = $1 AND user_name = $2 AND active = 1";
        let written = self.conn.one(sql, args![org.as_str(), user.as_str()]).await?.is_some();
        Ok(!beyond && (group || written || !granted.is_empty()))
    }

    /// Makes an account; its name is like `wanted`.
    pub(crate) async fn new_person(&mut self, wanted: &str, display_name: &str, email: &str) -> Result<Name> {
        let local = wanted.split('@').next().unwrap_or_default();
        let base = Name::slug(local).map_or_else(|| Name::parse("person"), Ok).map_err(Error::internal)?;
        let mut name = base.clone();
        let mut number = 1;
        while crate::read::find(&mut self.conn, Kind::User, &ScopePath::platform(), &name).await?.is_some() {
            number += 1;
            let kept: String = base.as_str().chars().take(50).collect();
            name = Name::slug(&format!("{kept}-{number}")).ok_or_else(|| Error::internal("a name that is none"))?;
        }
        let display_name = display_name.chars().filter(|c| !c.is_control()).take(120).collect();
        let metadata = NewMetadata { name: name.clone(), display_name, description: String::new(), labels: BTreeMap::default() };
        let user = User { email: email.to_owned(), active: true };
        let errors = warpyard_model::Spec::validate(&user);
        if !errors.is_empty() {
            return Err(Error::invalid(errors));
        }
        self.make(NewObject::new(ScopePath::platform(), metadata, user)).await?;
        Ok(name)
    }

    async fn follow_groups(
        &mut self,
        org: &Name,
        mapping: &[GroupMapping],
        values: &BTreeSet<String>,
        user: &Name,
    ) -> Result<()> {
        let mut wanted: BTreeMap<&Name, bool> = BTreeMap::new();
        for entry in mapping {
            *wanted.entry(&entry.group).or_default() |= values.contains(&entry.value);
        }
        for (group, member) in wanted {
            self.set_member(org, group, user, member).await?;
        }
        Ok(())
    }

    /// Puts somebody into a group or takes them out. What would leave a place without anybody in charge is left as it is.
    pub(crate) async fn set_member(&mut self, org: &Name, group: &Name, user: &Name, member: bool) -> Result<()> {
        let Some(object) = crate::read::find(&mut self.conn, Kind::Group, &ScopePath::org(org.clone()), group).await? else {
            return Ok(());
        };
        let mut spec: Group = serde_json::from_value(object.spec.clone()).map_err(Error::internal)?;
        if spec.members.contains(user) == member {
            return Ok(());
        }
        if member {
            spec.members.push(user.clone());
        } else {
            spec.members.retain(|m| m != user);
        }
        self.write_members(object, spec).await?;
        match self.check_in_charge().await {
            Err(error) if error.code == ErrorCode::Conflict && !member => {
                tracing::warn!(%error, %group, %user, "a group keeps somebody whom the provider took out of it");
                self.set_member_again(org, group, user).await
            }
            checked => checked,
        }
    }

    async fn set_member_again(&mut self, org: &Name, group: &Name, user: &Name) -> Result<()> {
        let Some(object) = crate::read::find(&mut self.conn, Kind::Group, &ScopePath::org(org.clone()), group).await? else {
            return Ok(());
        };
        let mut spec: Group = serde_json::from_value(object.spec.clone()).map_err(Error::internal)?;
        spec.members.push(user.clone());
        self.write_members(object, spec).await
    }

    /// Writes who is in a group. The people must be there.
    pub(crate) async fn write_members(&mut self, object: crate::StoredObject, spec: Group) -> Result<()> {
        let mut references = Vec::new();
        for (i, member) in spec.members.iter().enumerate() {
            let found = crate::read::find(&mut self.conn, Kind::User, &ScopePath::platform(), member).await?;
            let found = found.ok_or_else(|| Error::not_found(format!("There is no person {member}.")))?;
            references.push((found.metadata.uid, format!("spec.members.{i}")));
        }
        let errors = warpyard_model::Spec::validate(&spec);
        if !errors.is_empty() {
            return Err(Error::invalid(errors));
        }
        self.rewrite(object, Change { references: Some(references), ..Change::to(spec) }, "group.update").await?;
        Ok(())
    }
}
