//! What people were granted: bindings of their own and of their groups, until each one's end.

use crate::batch::Batch;
use crate::db::{Conn, Value, args};
use crate::row::{COLUMNS, StoredObject, name_of};
use crate::{ControllerStore, Inner, SHARED_CACHE_SECONDS, SignIn, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::watch;
use warpyard_model::kinds::{CustomRole, Group, Organization, RoleBinding, ServiceAccount};
use warpyard_model::permission::{Permission, Role};
use warpyard_model::{Error, Kind, Name, Object, Result, ScopePath, Timestamp};
use warpyard_policy::{Binding, ControllerProof, CustomGrant, Principal, Reach};

/// A person's rights and until when they may be believed.
#[derive(Clone)]
pub(crate) struct Known {
    since: Timestamp,
    until: Option<Timestamp>,
    principal: Arc<Principal>,
}

/// Something a person was granted, and by what.
#[derive(Debug, Clone)]
pub struct Granted {
    /// The binding.
    pub binding: Name,
    /// Where it holds, and below.
    pub scope: ScopePath,
    /// The group it was given to, where it was not given to the person.
    pub group: Option<Name>,
    /// The built-in role.
    pub role: Option<Role>,
    /// The organization's own role.
    pub custom_role: Option<Name>,
    /// What that custom role gives.
    pub permissions: BTreeSet<Permission>,
    /// Until when.
    pub expires_at: Option<Timestamp>,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// The groups of a person: uid, organization, name. Membership is a reference: a group points at the people in it.
async fn groups_of(conn: &mut Conn, user: &str) -> Result<Vec<(String, Name, Name)>> {
    let sql = "SELECT g.uid, g.org, g.name FROM object g JOIN reference r ON r.uid = g.uid JOIN object u ON u.uid = r.target_uid
               WHERE g.kind = 'Group' AND u.kind = 'User' AND u.name = $1";
    let rows = conn.all(sql, args![user]).await?;
    rows.iter().map(|row| Ok((row.text("uid")?, name_of(&row.text("org")?)?, name_of(&row.text("name")?)?))).collect()
}

/// Every binding that reaches a person, those that have ended left out.
async fn bindings_of(conn: &mut Conn, user: &str, groups: &[String], now: Timestamp) -> Result<Vec<Object<RoleBinding>>> {
    let sql = format!("SELECT {COLUMNS} FROM object WHERE kind = 'RoleBinding' AND owner = $1");
    let mut rows = conn.all(&sql, args![user]).await?;
    if !groups.is_empty() {
        let list: Vec<String> = (1..=groups.len()).map(|i| format!("${i}")).collect();
        let sql = format!(
            "SELECT {COLUMNS} FROM object WHERE kind = 'RoleBinding' AND uid IN
             (SELECT uid FROM reference WHERE field = 'spec.group' AND target_uid IN ({}))",
            list.join(", ")
        );
        let values: Vec<Value> = groups.iter().map(Value::from).collect();
        rows.extend(conn.all(&sql, &values).await?);
    }
    if let Some(account) = service_account(conn, user).await? {
        let sql = format!(
            "SELECT {COLUMNS} FROM object WHERE kind = 'RoleBinding' AND uid IN
             (SELECT uid FROM reference WHERE field = 'spec.service_account' AND target_uid = $1)"
        );
        rows.extend(conn.all(&sql, args![account.metadata.uid]).await?);
    }
    let mut out = Vec::new();
    for row in &rows {
        let binding = StoredObject::read(row)?.typed::<RoleBinding>()?;
        if !binding.spec.expired(now) {
            out.push(binding);
        }
    }
    Ok(out)
}

/// The service account with this identity, where it is one.
pub(crate) async fn service_account(conn: &mut Conn, identity: &str) -> Result<Option<StoredObject>> {
    if !ServiceAccount::is_identity(identity) {
        return Ok(None);
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM object WHERE kind = 'ServiceAccount' AND 'sa-' || name || '-' || substr(short_id, 5) = $1"
    );
    conn.one(&sql, args![identity]).await?.as_ref().map(StoredObject::read).transpose()
}

/// What a person holds now, and the groups they are in.
pub(crate) async fn grants_of(conn: &mut Conn, user: &str, now: Timestamp) -> Result<(Vec<Granted>, Vec<String>)> {
    let groups = groups_of(conn, user).await?;
    let uids: Vec<String> = groups.iter().map(|(uid, _, _)| uid.clone()).collect();
    let mut roles: BTreeMap<(Name, Name), BTreeSet<Permission>> = BTreeMap::new();
    let mut granted = Vec::new();
    for binding in bindings_of(conn, user, &uids, now).await? {
        let RoleBinding { group, role, custom_role, expires_at, reason, .. } = binding.spec;
        let mut permissions = BTreeSet::new();
        if let (Some(custom), Some(org)) = (&custom_role, &binding.metadata.scope.org) {
            let key = (org.clone(), custom.clone());
            if !roles.contains_key(&key) {
                let found = crate::read::find(conn, Kind::CustomRole, &ScopePath::org(org.clone()), custom).await?;
                let found = found.map(StoredObject::typed::<CustomRole>).transpose()?;
                roles.insert(key.clone(), found.map(|role| role.spec.permissions).unwrap_or_default());
            }
            permissions = roles.get(&key).cloned().unwrap_or_default();
        }
        granted.push(Granted {
            binding: binding.metadata.name,
            scope: binding.metadata.scope,
            group,
            role,
            custom_role,
            permissions,
            expires_at,
            reason,
            since: binding.metadata.created_at,
        });
    }
    let groups = groups.iter().map(|(_, org, name)| warpyard_policy::group_key(org, name)).collect();
    Ok((granted, groups))
}

/// The suspended organizations, each with its reason.
async fn suspended(conn: &mut Conn) -> Result<BTreeMap<Name, String>> {
    let sql = "SELECT name, spec FROM object WHERE kind = 'Organization' AND spec LIKE '%\"suspended\"%'";
    let mut out = BTreeMap::new();
    for row in &conn.all(sql, &[]).await? {
        let spec: Organization = serde_json::from_value(row.json("spec")?).map_err(Error::internal)?;
        if let Some(suspension) = spec.suspended {
            out.insert(name_of(&row.text("name")?)?, suspension.reason);
        }
    }
    Ok(out)
}

fn principal_from(user: &str, granted: &[Granted], groups: Vec<String>, suspended: &BTreeMap<Name, String>) -> Principal {
    let bindings = granted.iter().filter_map(|g| Some(Binding { role: g.role?, scope: g.scope.clone() })).collect();
    let custom = granted.iter().filter(|g| g.custom_role.is_some());
    let custom = custom.map(|g| CustomGrant { permissions: g.permissions.clone(), scope: g.scope.clone() }).collect();
    Principal::new(user, bindings).with_custom(custom).in_groups(groups).while_suspended(suspended)
}

/// How far a sign-in reaches: as far as its token is made for, and not where a second factor is asked for that was not shown.
async fn reach_of(conn: &mut Conn, who: &SignIn) -> Result<Reach> {
    let mut reach = Reach { strong: who.strong, ..Reach::default() };
    if let Some(token) = &who.token {
        (reach.permissions, reach.places) = (token.scopes.clone(), token.places.clone());
    }
    if !who.strong {
        let sql = "SELECT name, spec FROM object WHERE kind = 'Organization' AND spec LIKE '%\"require_second_factor\":true%'";
        for row in &conn.all(sql, &[]).await? {
            let organization: Organization = serde_json::from_value(row.json("spec")?).map_err(Error::internal)?;
            if organization.sign_in.require_second_factor {
                reach.closed.insert(name_of(&row.text("name")?)?);
            }
        }
    }
    Ok(reach)
}

impl Inner {
    /// Forgets cached rights and credentials after something about them changed, and rings for whoever relies on them.
    pub(crate) fn forget_people(&self) {
        if let Ok(mut principals) = self.principals.write() {
            principals.clear();
        }
        if let Ok(mut credentials) = self.credentials.write() {
            credentials.clear();
        }
        self.people.send_modify(|changes| *changes += 1);
    }
}

impl Store {
    /// Somebody as policies see them now: with all their bindings, as far as what they signed in with reaches. Every request
    /// of theirs is decided with it.
    pub async fn principal(&self, who: &SignIn) -> Result<Arc<Principal>> {
        // No name has a space in it.
        let key = match &who.token {
            Some(token) if token.is_limited() => format!("{} token {} {}", who.user, token.id, who.strong),
            _ => format!("{} {}", who.user, who.strong),
        };
        self.known(key, &who.user, Some(who)).await
    }

    /// A person with everything they may do however they sign in: to tell of them, not to let them do something.
    pub async fn person(&self, user: &Name) -> Result<Arc<Principal>> {
        self.known(user.to_string(), user, None).await
    }

    async fn known(&self, key: String, user: &Name, who: Option<&SignIn>) -> Result<Arc<Principal>> {
        let now = self.now();
        if let Ok(cache) = self.inner.principals.read()
            && let Some(known) = cache.get(&key)
            && known.until.is_none_or(|until| now < until)
            && (!self.inner.db.is_shared() || now.seconds_since(known.since) < SHARED_CACHE_SECONDS)
        {
            return Ok(known.principal.clone());
        }
        let mut conn = self.inner.db.read().await?;
        let (granted, groups) = grants_of(&mut conn, user.as_str(), now).await?;
        let until = granted.iter().filter_map(|g| g.expires_at).min();
        let mut principal = principal_from(user.as_str(), &granted, groups, &suspended(&mut conn).await?);
        if let Some(who) = who {
            principal = principal.within(reach_of(&mut conn, who).await?);
        }
        let principal = Arc::new(principal);
        drop(conn);
        if let Ok(mut cache) = self.inner.principals.write() {
            if cache.len() > 10_000 {
                cache.clear();
            }
            cache.insert(key, Known { since: now, until, principal: principal.clone() });
        }
        Ok(principal)
    }

    /// Changes when anybody's rights, sessions or tokens may have: what was allowed before is to be asked again.
    pub fn people_changes(&self) -> watch::Receiver<u64> {
        self.inner.people.subscribe()
    }

    /// Forgets what is known of people, because another server changed it or a binding has ended.
    pub fn people_changed(&self) {
        self.inner.forget_people();
    }

    /// Whether other servers write to the same database.
    pub fn is_shared(&self) -> bool {
        self.inner.db.is_shared()
    }

    /// When the first binding ends after a moment, if any does.
    pub async fn next_expiry(&self, after: Timestamp) -> Result<Option<Timestamp>> {
        let rows = self
            .inner
            .db
            .read()
            .await?
            .all("SELECT spec FROM object WHERE kind = 'RoleBinding' AND spec LIKE '%\"expires_at\"%'", &[])
            .await?;
        let mut next = None;
        for row in &rows {
            let binding: RoleBinding = serde_json::from_value(row.json("spec")?).map_err(Error::internal)?;
            next = [next, binding.expires_at.filter(|at| *at > after)].into_iter().flatten().min();
        }
        Ok(next)
    }
}

impl ControllerStore {
    /// The suspended organizations, each with its reason.
    pub async fn suspended_orgs(&self) -> Result<BTreeMap<Name, String>> {
        suspended(&mut self.store.inner.db.read().await?).await
    }

    /// What a person holds now, and by which bindings.
    pub async fn grants(&self, user: &Name) -> Result<Vec<Granted>> {
        let now = self.store.now();
        Ok(grants_of(&mut self.store.inner.db.read().await?, user.as_str(), now).await?.0)
    }

    /// The name of the service account with this identity, where it is one.
    pub async fn service_account(&self, identity: &Name) -> Result<Option<Object<ServiceAccount>>> {
        let mut conn = self.store.inner.db.read().await?;
        service_account(&mut conn, identity.as_str()).await?.map(StoredObject::typed).transpose()
    }

    /// Everybody whom a binding reaches that holds in a place, above it or below it.
    pub async fn people_in(&self, scope: &ScopePath) -> Result<BTreeSet<Name>> {
        let now = self.store.now();
        let mut conn = self.store.inner.db.read().await?;
        let sql = format!("SELECT {COLUMNS} FROM object WHERE kind = 'RoleBinding' AND (org = $1 OR org = '' OR $1 = '')");
        let org = scope.org.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut people = BTreeSet::new();
        let (mut groups, mut accounts) = (BTreeSet::new(), BTreeSet::new());
        for row in &conn.all(&sql, args![org]).await? {
            let binding = StoredObject::read(row)?.typed::<RoleBinding>()?;
            let at = &binding.metadata.scope;
            if binding.spec.expired(now) || !(at.contains(scope) || scope.contains(at)) {
                continue;
            }
            people.extend(binding.spec.user);
            groups.extend(binding.spec.group.zip(binding.metadata.scope.org.clone()));
            accounts.extend(binding.spec.service_account.zip(binding.metadata.scope.org));
        }
        for (account, org) in accounts {
            if let Some(found) = crate::read::find(&mut conn, Kind::ServiceAccount, &ScopePath::org(org), &account).await? {
                people.insert(ServiceAccount::identity(&found.metadata.name, &found.metadata.uid).map_err(Error::internal)?);
            }
        }
        for (group, org) in groups {
            people.extend(members(&mut conn, &org, &group).await?);
        }
        Ok(people)
    }

    /// Removes the bindings that ended before a moment, each with its audit entry; tells how many.
    pub async fn remove_expired_bindings(&self, before: Timestamp) -> Result<usize> {
        let all = self.all::<RoleBinding>(&[]).await?;
        let ended: Vec<_> = all.into_iter().filter(|b| b.spec.expired(before)).collect();
        for binding in &ended {
            self.finish_delete(None, &binding.metadata.uid).await?;
        }
        Ok(ended.len())
    }
}

/// The people in a group.
pub(crate) async fn members(conn: &mut Conn, org: &Name, group: &Name) -> Result<Vec<Name>> {
    let found = crate::read::find(conn, Kind::Group, &ScopePath::org(org.clone()), group).await?;
    let found = found.map(StoredObject::typed::<Group>).transpose()?;
    Ok(found.map(|group| group.spec.members).unwrap_or_default())
}

impl Batch {
    /// A person's rights as this transaction leaves them.
    pub async fn principal(&mut self, _proof: &ControllerProof, user: &Name) -> Result<Principal> {
        let now = self.inner.clock.now();
        let (granted, groups) = grants_of(&mut self.conn, user.as_str(), now).await?;
        let suspended = suspended(&mut self.conn).await?;
        Ok(principal_from(user.as_str(), &granted, groups, &suspended))
    }

    /// The people in a group, as this transaction sees it.
    pub async fn members(&mut self, _proof: &ControllerProof, org: &Name, group: &Name) -> Result<Vec<Name>> {
        members(&mut self.conn, org, group).await
    }

    /// The bindings that refer to a group or custom role.
    pub async fn bindings_to(&mut self, _proof: &ControllerProof, uid: &str) -> Result<Vec<Object<RoleBinding>>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM object WHERE kind = 'RoleBinding' AND uid IN (SELECT uid FROM reference WHERE target_uid = $1)"
        );
        let rows = self.conn.all(&sql, args![uid]).await?;
        rows.iter().map(|row| StoredObject::read(row)?.typed()).collect()
    }

    /// Refuses what would leave the installation or an organization without anybody in charge: somebody who may sign in, holds
    /// the role for good, directly or by a group. Whatever was without anybody before stays so.
    pub async fn check_in_charge(&mut self) -> Result<()> {
        let Some(before) = self.in_charge.clone() else { return Ok(()) };
        let after = in_charge(&mut self.conn).await?;
        for org in before.difference(&after) {
            let Some(org) = org else {
                return Err(Error::conflict(
                    "This would leave the installation without a platform admin: there must be an active person who is bound to \
                     it without an end. Make another one first.",
                ));
            };
            // An organization that goes takes its admins along.
            if crate::read::find(&mut self.conn, Kind::Organization, &ScopePath::platform(), org).await?.is_some() {
                return Err(Error::conflict(format!(
                    "This would leave the organization {org} without an admin: there must be an active person who is bound to it \
                     without an end. Make another one first."
                )));
            }
        }
        Ok(())
    }

    /// Remembers who is in charge before the first write of this transaction that may change it.
    pub(crate) async fn note_in_charge(&mut self, kind: Kind) -> Result<()> {
        if self.in_charge.is_none() && matches!(kind, Kind::RoleBinding | Kind::User | Kind::Group) {
            self.in_charge = Some(in_charge(&mut self.conn).await?);
        }
        Ok(())
    }
}

/// The organizations that somebody administers for good, and `None` for the installation.
async fn in_charge(conn: &mut Conn) -> Result<BTreeSet<Option<Name>>> {
    let sql = "SELECT org, spec FROM object WHERE kind = 'RoleBinding' AND project = ''";
    let rows = conn.all(sql, &[]).await?;
    let mut out = BTreeSet::new();
    for row in &rows {
        let binding: RoleBinding = serde_json::from_value(row.json("spec")?).map_err(Error::internal)?;
        let org = Some(row.text("org")?).filter(|org| !org.is_empty()).map(|org| name_of(&org)).transpose()?;
        let leads = matches!((&org, binding.role), (None, Some(Role::PlatformAdmin)) | (Some(_), Some(Role::OrgAdmin)));
        if !leads || binding.expires_at.is_some() || out.contains(&org) {
            continue;
        }
        let people = match (&binding.user, &binding.group, &org) {
            (Some(user), ..) => vec![user.clone()],
            (None, Some(group), Some(org)) => members(conn, org, group).await?,
            _ => Vec::new(),
        };
        for user in people {
            let account = conn.one("SELECT active FROM account WHERE user_name = $1", args![user.as_str()]).await?;
            if account.map(|row| row.int("active")).transpose()? == Some(1) {
                out.insert(org);
                break;
            }
        }
    }
    Ok(out)
}
