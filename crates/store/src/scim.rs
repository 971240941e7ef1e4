//! People and groups that an organization's identity provider writes here by SCIM: tokens, and what they reach.
//!
//! A token is of one provider and reaches its organization alone. People are those whom the provider wrote; an account that
//! somebody else has is never taken over, and what a person has elsewhere is never touched.

use crate::batch::{Batch, Change, NewObject};
use crate::change::Operation;
use crate::db::{Row, args};
use crate::identity::reaches_beyond;
use crate::row::{COLUMNS, StoredObject};
use crate::{Context, ControllerStore, Store, fingerprint, random_secret};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use warpyard_model::kinds::{Group, IdentityProvider, RoleBinding, User};
use warpyard_model::meta::NewMetadata;
use warpyard_model::{Error, FieldError, Kind, Name, Object, Result, ScopePath, Spec, Timestamp};
use warpyard_policy::{Allowed, action};

/// What every such token begins with, for secret scanners.
const PREFIX: &str = "wys_";
/// How often the time of last use is written.
const USED_SECONDS: i64 = 60;

/// What is known of a provider's SCIM token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ScimToken {
    /// Since when.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it was last used, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
}

/// Whose token it is.
#[derive(Debug, Clone)]
pub struct ScimCaller {
    /// The provider.
    pub provider: Object<IdentityProvider>,
    /// Its organization.
    pub org: Name,
}

/// A person as SCIM shows them.
#[derive(Debug, Clone)]
pub struct ScimUser {
    /// The account.
    pub user: Object<User>,
    /// What the provider calls them.
    pub user_name: String,
    /// What the provider knows them by.
    pub external_id: Option<String>,
    /// They belong to the organization.
    pub active: bool,
}

/// A person as the provider wants them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScimPerson {
    /// What the provider calls them.
    pub user_name: String,
    /// What the provider knows them by.
    pub external_id: Option<String>,
    /// The mail address.
    pub email: String,
    /// What people read.
    pub display_name: String,
    /// They belong to the organization.
    pub active: bool,
}

/// A group as SCIM shows it.
#[derive(Debug, Clone)]
pub struct ScimGroup {
    /// The group.
    pub group: Object<Group>,
    /// What the provider knows it by.
    pub external_id: Option<String>,
}

impl Store {
    /// Makes a provider's token; the one before ends. It is told once.
    pub async fn new_scim_token(&self, proof: &Allowed<action::Update, IdentityProvider>, context: &Context) -> Result<String> {
        let secret = format!("{PREFIX}{}", random_secret());
        let org = proof.scope().org.as_ref().ok_or_else(|| Error::internal("a provider without an organization"))?;
        let now = self.now().as_millis();
        let mut conn = self.inner.db.begin().await?;
        conn.run("DELETE FROM scim_token WHERE provider = $1", args![proof.uid()]).await?;
        conn.run(
            "INSERT INTO scim_token (provider, org, hash, created_at, created_by, last_used_at) VALUES ($1, $2, $3, $4, $5, NULL)",
            args![proof.uid(), org.as_str(), fingerprint(&secret), now, &context.actor],
        )
        .await?;
        conn.commit().await?;
        Ok(secret)
    }

    /// Ends a provider's token.
    pub async fn end_scim_token(&self, proof: &Allowed<action::Update, IdentityProvider>) -> Result<()> {
        let mut conn = self.inner.db.begin().await?;
        conn.run("DELETE FROM scim_token WHERE provider = $1", args![proof.uid()]).await?;
        conn.commit().await
    }

    /// What is known of a provider's token.
    pub async fn scim_token(&self, proof: &Allowed<action::View, IdentityProvider>) -> Result<Option<ScimToken>> {
        let sql = "SELECT created_at, created_by, last_used_at FROM scim_token WHERE provider = $1";
        let row = self.inner.db.read().await?.one(sql, args![proof.uid()]).await?;
        row.map(|row| {
            Ok(ScimToken {
                created_at: Timestamp::from_millis(row.int("created_at")?),
                created_by: row.text("created_by")?,
                last_used_at: row.opt_int("last_used_at")?.map(Timestamp::from_millis),
            })
        })
        .transpose()
    }
}

impl ControllerStore {
    /// Whose token it is.
    pub async fn scim_caller(&self, token: &str) -> Result<Option<ScimCaller>> {
        let (hash, now) = (fingerprint(token), self.store.now());
        let sql = "SELECT provider, org, last_used_at FROM scim_token WHERE hash = $1";
        let row = self.store.inner.db.read().await?.one(sql, args![&hash]).await?;
        let Some(row) = row else { return Ok(None) };
        let Some(provider) = self.get::<IdentityProvider>(&row.text("provider")?).await? else { return Ok(None) };
        let used = row.opt_int("last_used_at")?.map(Timestamp::from_millis);
        if used.is_none_or(|at| now.seconds_since(at) >= USED_SECONDS) {
            let mut conn = self.store.inner.db.begin().await?;
            conn.run("UPDATE scim_token SET last_used_at = $2 WHERE hash = $1", args![&hash, now.as_millis()]).await?;
            conn.commit().await?;
        }
        Ok(Some(ScimCaller { org: crate::row::name_of(&row.text("org")?)?, provider }))
    }

    /// Everybody whom the organization's providers wrote.
    pub async fn scim_users(&self, org: &Name) -> Result<Vec<ScimUser>> {
        let mut conn = self.store.inner.db.read().await?;
        let rows = conn.all(&of_users(""), args![org.as_str()]).await?;
        rows.iter().map(scim_user).collect()
    }

    /// One of them.
    pub async fn scim_user(&self, org: &Name, uid: &str) -> Result<Option<ScimUser>> {
        let mut conn = self.store.inner.db.read().await?;
        let row = conn.one(&of_users("AND o.uid = $2"), args![org.as_str(), uid]).await?;
        row.as_ref().map(scim_user).transpose()
    }

    /// The organization's groups.
    pub async fn scim_groups(&self, org: &Name) -> Result<Vec<ScimGroup>> {
        let mut conn = self.store.inner.db.read().await?;
        let sql = format!("SELECT {COLUMNS} FROM object WHERE kind = 'Group' AND org = $1 ORDER BY created_at, uid");
        let rows = conn.all(&sql, args![org.as_str()]).await?;
        let known = conn.all("SELECT uid, external_id FROM scim_group WHERE org = $1", args![org.as_str()]).await?;
        let known = known.iter().map(|r| Ok((r.text("uid")?, r.text("external_id")?))).collect::<Result<BTreeMap<_, _>>>()?;
        rows.iter()
            .map(|row| {
                let group: Object<Group> = StoredObject::read(row)?.typed()?;
                Ok(ScimGroup { external_id: known.get(&group.metadata.uid).cloned(), group })
            })
            .collect()
    }

    /// Begins a change by a provider.
    pub async fn scim(&self, context: Context) -> Result<Batch> {
        self.store.begin(Context { actor: "scim".to_owned(), ..context }).await
    }
}

fn of_users(condition: &str) -> String {
    let columns = COLUMNS.split(", ").map(|c| format!("o.{}", c.trim())).collect::<Vec<_>>().join(", ");
    format!(
        "SELECT {columns}, s.scim_name, s.external_id, s.active AS scim_active FROM scim_user s
         JOIN object o ON o.kind = 'User' AND o.name = s.user_name WHERE s.org = $1 {condition} ORDER BY s.created_at, o.uid"
    )
}

fn scim_user(row: &Row) -> Result<ScimUser> {
    let user: Object<User> = StoredObject::read(row)?.typed()?;
    Ok(ScimUser {
        user_name: row.text("scim_name")?,
        external_id: row.opt_text("external_id")?,
        active: row.int("scim_active")? == 1 && user.spec.active,
        user,
    })
}

impl Batch {
    /// Makes a person, or takes one in who belongs to the organization alone already; tells their uid.
    pub async fn scim_create(&mut self, by: &ScimCaller, wanted: &ScimPerson) -> Result<String> {
        check_address(by, &wanted.email)?;
        let email = wanted.email.to_lowercase();
        let taken = || Error::already_exists("There is somebody with this userName or mail address already.");
        let sql = "SELECT 1 FROM scim_user WHERE org = $1 AND lower(scim_name) = lower($2)";
        if self.conn.one(sql, args![by.org.as_str(), &wanted.user_name]).await?.is_some() {
            return Err(taken());
        }
        let row = self.conn.one("SELECT user_name FROM account WHERE email = $1", args![&email]).await?;
        let user = match row {
            Some(row) => {
                let user = crate::row::name_of(&row.text("user_name")?)?;
                let known = "SELECT 1 FROM scim_user WHERE org = $1 AND user_name = $2";
                let known = self.conn.one(known, args![by.org.as_str(), user.as_str()]).await?.is_some();
                if known || !self.belongs_to(&user, &by.org).await? {
                    return Err(taken());
                }
                user
            }
            None => self.new_person(&wanted.user_name, &wanted.display_name, &email).await?,
        };
        self.conn
            .run(
                "INSERT INTO scim_user (org, user_name, scim_name, external_id, active, created_at) VALUES ($1, $2, $3, $4, 1, $5)",
                args![
                    by.org.as_str(),
                    user.as_str(),
                    &wanted.user_name,
                    wanted.external_id.clone(),
                    self.inner.clock.now().as_millis()
                ],
            )
            .await?;
        let object = self.person(&user).await?;
        let uid = object.metadata.uid;
        if !wanted.active {
            self.scim_update(by, &uid, wanted).await?;
        }
        Ok(uid)
    }

    /// Brings a person to what the provider wants.
    pub async fn scim_update(&mut self, by: &ScimCaller, uid: &str, wanted: &ScimPerson) -> Result<()> {
        let row = self.conn.one(&of_users("AND o.uid = $2"), args![by.org.as_str(), uid]).await?;
        let before = row.as_ref().map(scim_user).transpose()?.ok_or_else(|| Error::not_found("There is no such person."))?;
        let user = before.user.metadata.name.clone();
        let values = args![by.org.as_str(), user.as_str(), &wanted.user_name, wanted.external_id.clone()];
        let sql = "UPDATE scim_user SET scim_name = $3, external_id = $4 WHERE org = $1 AND user_name = $2";
        self.conn.run(sql, values).await?;
        let now = self.inner.clock.now();
        if wanted.active != before.active {
            self.scim_membership(by, &user, wanted.active).await?;
        }
        // What they are called and written to is theirs where they have rights in other places.
        if !reaches_beyond(&mut self.conn, user.as_str(), by.org.as_str(), now).await? {
            let object = self.person(&user).await?;
            let mut spec: User = serde_json::from_value(object.spec.clone()).map_err(Error::internal)?;
            if !spec.email.eq_ignore_ascii_case(&wanted.email) {
                check_address(by, &wanted.email)?;
                spec.email = wanted.email.to_lowercase();
            }
            let errors: Vec<FieldError> = spec.validate();
            if !errors.is_empty() {
                return Err(Error::invalid(errors));
            }
            let metadata = NewMetadata {
                name: user.clone(),
                display_name: wanted.display_name.chars().filter(|c| !c.is_control()).take(120).collect(),
                description: object.metadata.description.clone(),
                labels: object.metadata.labels.clone(),
            };
            self.rewrite(object, Change { metadata: Some(metadata), ..Change::to(spec) }, "user.update").await?;
        }
        Ok(())
    }

    /// Takes a person out of the organization; the account ends where it belongs to it alone.
    pub async fn scim_delete(&mut self, by: &ScimCaller, uid: &str) -> Result<()> {
        let row = self.conn.one(&of_users("AND o.uid = $2"), args![by.org.as_str(), uid]).await?;
        let before = row.as_ref().map(scim_user).transpose()?.ok_or_else(|| Error::not_found("There is no such person."))?;
        let user = before.user.metadata.name;
        self.scim_membership(by, &user, false).await?;
        let sql = "DELETE FROM scim_user WHERE org = $1 AND user_name = $2";
        self.conn.run(sql, args![by.org.as_str(), user.as_str()]).await?;
        Ok(())
    }

    async fn person(&mut self, user: &Name) -> Result<StoredObject> {
        let found = crate::read::find(&mut self.conn, Kind::User, &ScopePath::platform(), user).await?;
        found.ok_or_else(|| Error::not_found("There is no such person."))
    }

    /// Lets somebody into the organization again, or takes away everything they have in it.
    async fn scim_membership(&mut self, by: &ScimCaller, user: &Name, member: bool) -> Result<()> {
        let now = self.inner.clock.now();
        let beyond = reaches_beyond(&mut self.conn, user.as_str(), by.org.as_str(), now).await?;
        if !member {
            self.leave_organization(&by.org, user).await?;
        }
        let sql = "UPDATE scim_user SET active = $3 WHERE org = $1 AND user_name = $2 AND active <> $3";
        let changed = self.conn.run(sql, args![by.org.as_str(), user.as_str(), i64::from(member)]).await? > 0;
        // An account that somebody else deactivated is not for a provider to wake.
        if !beyond && (changed || !member) {
            let object = self.person(user).await?;
            let mut spec: User = serde_json::from_value(object.spec.clone()).map_err(Error::internal)?;
            if spec.active != member {
                spec.active = member;
                self.rewrite(object, Change::to(spec), "user.update").await?;
            }
        }
        // Sessions by the organization's providers end, whatever else the person has.
        if !member {
            let ended = "SELECT id FROM session WHERE user_name = $1 AND provider_org = $2";
            let values = args![user.as_str(), by.org.as_str()];
            self.conn.run(&format!("DELETE FROM session WHERE id IN ({ended}) OR parent IN ({ended})"), values).await?;
            self.people_changed = true;
        }
        Ok(())
    }

    async fn leave_organization(&mut self, org: &Name, user: &Name) -> Result<()> {
        let sql = format!("SELECT {COLUMNS} FROM object WHERE kind = 'Group' AND org = $1 ORDER BY name");
        for row in &self.conn.all(&sql, args![org.as_str()]).await? {
            let object = StoredObject::read(row)?;
            let mut spec: Group = serde_json::from_value(object.spec.clone()).map_err(Error::internal)?;
            if spec.members.contains(user) {
                spec.members.retain(|m| m != user);
                self.write_members(object, spec).await?;
            }
        }
        let sql = format!("SELECT {COLUMNS} FROM object WHERE kind = 'RoleBinding' AND org = $1 AND owner = $2 ORDER BY uid");
        for row in &self.conn.all(&sql, args![org.as_str(), user.as_str()]).await? {
            let mut binding = StoredObject::read(row)?;
            let spec: RoleBinding = serde_json::from_value(binding.spec.clone()).map_err(Error::internal)?;
            if spec.user.as_ref() != Some(user) {
                continue;
            }
            binding.metadata.resource_version = self.next_sequence().await?;
            self.remove(&binding).await?;
            let before = Some(binding.spec.clone());
            self.settle(&binding, Operation::Deleted, "role_binding.delete", before, None).await?;
        }
        Ok(())
    }

    /// Makes a group; tells its uid.
    pub async fn scim_new_group(&mut self, by: &ScimCaller, title: &str, external_id: Option<&str>) -> Result<String> {
        let scope = ScopePath::org(by.org.clone());
        let name = Name::slug(title).ok_or_else(|| Error::invalid_field("displayName", "a group's name has a letter in it"))?;
        if crate::read::find(&mut self.conn, Kind::Group, &scope, &name).await?.is_some() {
            return Err(Error::already_exists("There is a group of this name already."));
        }
        let metadata = NewMetadata {
            name,
            display_name: title.chars().filter(|c| !c.is_control()).take(120).collect(),
            description: String::new(),
            labels: BTreeMap::default(),
        };
        let object = self.make(NewObject::new(scope, metadata, Group::default())).await?;
        self.scim_group_known_by(by, &object.metadata.uid, external_id).await?;
        Ok(object.metadata.uid)
    }

    async fn scim_group_known_by(&mut self, by: &ScimCaller, uid: &str, external_id: Option<&str>) -> Result<()> {
        self.conn.run("DELETE FROM scim_group WHERE uid = $1", args![uid]).await?;
        if let Some(external_id) = external_id {
            let sql = "INSERT INTO scim_group (uid, org, external_id) VALUES ($1, $2, $3)";
            self.conn.run(sql, args![uid, by.org.as_str(), external_id]).await?;
        }
        Ok(())
    }

    async fn scim_group_object(&mut self, by: &ScimCaller, uid: &str) -> Result<StoredObject> {
        let found = crate::read::find_uid(&mut self.conn, uid).await?;
        found
            .filter(|o| o.kind == Kind::Group && o.metadata.scope == ScopePath::org(by.org.clone()))
            .ok_or_else(|| Error::not_found("There is no such group."))
    }

    /// Brings a group to what the provider wants. Of its people, those whom no provider wrote stay.
    pub async fn scim_update_group(
        &mut self,
        by: &ScimCaller,
        uid: &str,
        title: &str,
        external_id: Option<&str>,
        members: &BTreeSet<String>,
    ) -> Result<()> {
        let object = self.scim_group_object(by, uid).await?;
        self.scim_group_known_by(by, uid, external_id).await?;
        let rows = self.conn.all(&of_users(""), args![by.org.as_str()]).await?;
        let people = rows.iter().map(scim_user).collect::<Result<Vec<_>>>()?;
        let known: BTreeMap<&str, &Name> = people.iter().map(|p| (p.user.metadata.uid.as_str(), &p.user.metadata.name)).collect();
        let mut spec: Group = serde_json::from_value(object.spec.clone()).map_err(Error::internal)?;
        let mut wanted = BTreeSet::new();
        for member in members {
            let name = known.get(member.as_str());
            wanted.insert(
                (*name.ok_or_else(|| Error::invalid_field("members", format!("there is no person {member:?}")))?).clone(),
            );
        }
        spec.members.retain(|m| wanted.contains(m) || !known.values().any(|k| *k == m));
        for name in wanted {
            if !spec.members.contains(&name) {
                spec.members.push(name);
            }
        }
        let titled = object.metadata.title() == title;
        if !titled {
            let metadata = NewMetadata {
                name: object.metadata.name.clone(),
                display_name: title.chars().filter(|c| !c.is_control()).take(120).collect(),
                description: object.metadata.description.clone(),
                labels: object.metadata.labels.clone(),
            };
            let same: Group = serde_json::from_value(object.spec.clone()).map_err(Error::internal)?;
            self.rewrite(object, Change { metadata: Some(metadata), ..Change::to(same) }, "group.update").await?;
        }
        let object = self.scim_group_object(by, uid).await?;
        self.write_members(object, spec).await
    }

    /// Removes a group that nothing uses.
    pub async fn scim_delete_group(&mut self, by: &ScimCaller, uid: &str) -> Result<()> {
        let mut object = self.scim_group_object(by, uid).await?;
        self.check_unused(&object).await?;
        self.conn.run("DELETE FROM scim_group WHERE uid = $1", args![uid]).await?;
        object.metadata.resource_version = self.next_sequence().await?;
        self.remove(&object).await?;
        let before = Some(object.spec.clone());
        self.settle(&object, Operation::Deleted, "group.delete", before, None).await
    }
}

fn check_address(by: &ScimCaller, email: &str) -> Result<()> {
    if by.provider.spec.speaks_of(email) {
        return Ok(());
    }
    Err(Error::invalid_field("emails", "the mail address is in none of the provider's domains"))
}
