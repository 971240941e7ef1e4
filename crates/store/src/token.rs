//! API tokens: `wyd_…`, stored as a fingerprint, always with an end, perhaps limited to permissions and places.

use crate::db::{Conn, Row, args};
use crate::{ControllerStore, SignIn, Store, fingerprint, random_secret};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use warpyard_model::permission::Permission;
use warpyard_model::{Error, Name, Result, ScopePath, Timestamp};

/// What every token begins with, for secret scanners.
const PREFIX: &str = "wyd_";
/// Longest life of a token.
const LIFETIME_SECONDS: i64 = 366 * 24 * 3600;
/// How long the value before a rotation lives on at most.
const GRACE_SECONDS: i64 = 24 * 3600;
/// How often the time of last use is written.
const USED_SECONDS: i64 = 60;
/// Most tokens of one owner.
const MOST_TOKENS: i64 = 200;
/// Most places a token is limited to.
const MOST_PLACES: usize = 50;

/// A token as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Token {
    /// Its id, for rotating and revoking.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// The permissions it is limited to; empty: all that its owner has.
    pub scopes: BTreeSet<Permission>,
    /// The places it is limited to, such as `/acme/vision`; empty: wherever its owner has rights.
    pub places: BTreeSet<String>,
    /// It was made from a session in which a second factor was shown.
    pub strong: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    /// When it was last given a new value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotated_at: Option<Timestamp>,
    /// Until when the value before that goes on working.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_value_until: Option<Timestamp>,
}

/// A token that was just made or rotated; the secret is told once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct NewToken {
    /// Its id.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// The secret.
    pub token: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Until when the value before goes on working, where it was rotated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_value_until: Option<Timestamp>,
}

/// A token to make.
#[derive(Debug, Clone, Default)]
pub struct TokenWish {
    /// What it is called.
    pub name: String,
    /// How long it lasts.
    pub expires_in_seconds: i64,
    /// The permissions it is limited to; empty: none are left out.
    pub scopes: BTreeSet<Permission>,
    /// The places it is limited to; empty: nothing is left out.
    pub places: BTreeSet<ScopePath>,
    /// It is made from a session in which a second factor was shown.
    pub strong: bool,
    /// It is made from a session that this identity provider's word opened, and ends with the provider.
    pub provider: Option<String>,
    /// That word is good in this organization alone, and so is the token.
    pub only_org: Option<String>,
}

impl TokenWish {
    /// A token with its owner's rights.
    pub fn full(name: &str, expires_in_seconds: i64) -> Self {
        Self { name: name.to_owned(), expires_in_seconds, ..Self::default() }
    }
}

/// The token that somebody was recognised by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenUse {
    /// Its id.
    pub id: String,
    hash: String,
    /// The identity provider whose word it stands on.
    pub provider: Option<String>,
    /// The organization that word is good in alone.
    pub only_org: Option<String>,
    /// The permissions it is limited to.
    pub scopes: BTreeSet<Permission>,
    /// The places it is limited to.
    pub places: BTreeSet<ScopePath>,
}

impl TokenUse {
    /// Whether it does less than its owner may.
    pub fn is_limited(&self) -> bool {
        !self.scopes.is_empty() || !self.places.is_empty()
    }
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Error::invalid_field("name", "a token has a name of 1 to 100 characters"));
    }
    Ok(name.to_owned())
}

fn check_lifetime(seconds: i64) -> Result<()> {
    if (60..=LIFETIME_SECONDS).contains(&seconds) {
        return Ok(());
    }
    Err(Error::invalid_field("expires_in_seconds", format!("a token lasts 60 to {LIFETIME_SECONDS} seconds")))
}

fn scopes_of(row: &Row) -> Result<BTreeSet<Permission>> {
    serde_json::from_value(row.json("scopes")?).map_err(Error::internal)
}

fn places_of(row: &Row) -> Result<BTreeSet<ScopePath>> {
    let keys: Vec<String> = serde_json::from_value(row.json("places")?).map_err(Error::internal)?;
    keys.iter().map(|key| ScopePath::parse_key(key).map_err(Error::internal)).collect()
}

/// The token with this value, the one before a rotation included, while it lasts and its owner is active.
async fn living(conn: &mut Conn, hash: &str, now: Timestamp) -> Result<Option<Row>> {
    let sql =
        "SELECT t.id, t.user_name, t.scopes, t.places, t.strong, t.last_used_at, t.provider, t.only_org, s.org AS account_org, s.name AS account_name,
                      CASE WHEN t.hash = $1 THEN t.expires_at ELSE t.old_until END AS value_ends
               FROM token t JOIN account a ON a.user_name = t.user_name AND a.active = 1
               LEFT JOIN object s ON s.kind = 'ServiceAccount' AND t.user_name = 'sa-' || s.name || '-' || substr(s.short_id, 5)
               WHERE t.expires_at > $2 AND (t.hash = $1 OR (t.old_hash = $1 AND t.old_until > $2))";
    let Some(row) = conn.one(sql, args![hash, now.as_millis()]).await? else { return Ok(None) };
    if let Some(org) = row.opt_text("only_org")?
        && crate::identity::reaches_beyond(conn, &row.text("user_name")?, &org, now).await?
    {
        return Ok(None);
    }
    Ok(Some(row))
}

impl Store {
    /// Makes a token for whoever owns it: a person or a service account.
    pub async fn create_token(&self, owner: &Name, wish: &TokenWish) -> Result<NewToken> {
        let name = checked_name(&wish.name)?;
        check_lifetime(wish.expires_in_seconds)?;
        if wish.places.len() > MOST_PLACES {
            return Err(Error::invalid_field("places", format!("a token is limited to at most {MOST_PLACES} places")));
        }
        let token = format!("{PREFIX}{}", random_secret());
        let id = uuid::Uuid::new_v4().simple().to_string();
        let now = self.now();
        let expires_at = now.plus_seconds(wish.expires_in_seconds);
        let places: Vec<String> = wish.places.iter().map(ScopePath::key).collect();
        let mut conn = self.inner.db.begin().await?;
        // What ended a week ago is of no use to anybody.
        let week_ago = now.plus_seconds(-7 * 24 * 3600).as_millis();
        conn.run("DELETE FROM token WHERE user_name = $1 AND expires_at < $2", args![owner.as_str(), week_ago]).await?;
        let count = conn.one("SELECT COUNT(*) AS n FROM token WHERE user_name = $1", args![owner.as_str()]).await?;
        if count.map(|row| row.int("n")).transpose()?.unwrap_or_default() >= MOST_TOKENS {
            return Err(Error::conflict(format!("There are {MOST_TOKENS} tokens already; delete one first.")));
        }
        conn.run(
            "INSERT INTO token (id, hash, user_name, name, scopes, places, strong, lifetime_seconds, created_at, expires_at,
             provider, only_org)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            args![
                &id,
                fingerprint(&token),
                owner.as_str(),
                &name,
                serde_json::to_value(&wish.scopes).map_err(Error::internal)?,
                serde_json::to_value(&places).map_err(Error::internal)?,
                i64::from(wish.strong),
                wish.expires_in_seconds,
                now.as_millis(),
                expires_at.as_millis(),
                wish.provider.clone(),
                wish.only_org.clone()
            ],
        )
        .await?;
        conn.commit().await?;
        Ok(NewToken { id, name, token, expires_at, old_value_until: None })
    }

    /// Gives a token a new value, which lasts as long as the first did unless told otherwise. The value before goes on for
    /// `grace_seconds`; what it opened ends with it.
    pub async fn rotate_token(
        &self,
        owner: &Name,
        id: &str,
        grace_seconds: i64,
        expires_in_seconds: Option<i64>,
    ) -> Result<NewToken> {
        if !(0..=GRACE_SECONDS).contains(&grace_seconds) {
            let message = format!("the value before goes on for 0 to {GRACE_SECONDS} seconds");
            return Err(Error::invalid_field("grace_seconds", message));
        }
        expires_in_seconds.map(check_lifetime).transpose()?;
        let now = self.now();
        let mut conn = self.inner.db.begin().await?;
        let sql = "SELECT name, hash, lifetime_seconds, expires_at FROM token WHERE user_name = $1 AND id = $2";
        let row = conn.one(sql, args![owner.as_str(), id]).await?;
        let row = row.ok_or_else(|| Error::not_found("There is no such token."))?;
        let ended = Timestamp::from_millis(row.int("expires_at")?);
        if ended <= now {
            return Err(Error::conflict("This token has ended: make another one."));
        }
        let lifetime = expires_in_seconds.unwrap_or(row.int("lifetime_seconds")?);
        let expires_at = now.plus_seconds(lifetime);
        // The value before never lasts longer than it would have.
        let old_until = (grace_seconds > 0).then(|| now.plus_seconds(grace_seconds).min(ended).min(expires_at));
        let token = format!("{PREFIX}{}", random_secret());
        conn.run(
            "UPDATE token SET hash = $2, lifetime_seconds = $3, expires_at = $4, rotated_at = $5, old_hash = $6, old_until = $7
             WHERE id = $1",
            args![
                id,
                fingerprint(&token),
                lifetime,
                expires_at.as_millis(),
                now.as_millis(),
                old_until.map(|_| row.text("hash")).transpose()?,
                old_until.map(Timestamp::as_millis)
            ],
        )
        .await?;
        let inner = self.inner.clone();
        conn.commit_then(move || inner.forget_people()).await?;
        Ok(NewToken { id: id.to_owned(), name: row.text("name")?, token, expires_at, old_value_until: old_until })
    }

    /// Who a token belongs to, while it lasts.
    pub async fn token(&self, token: &str) -> Result<Option<SignIn>> {
        let hash = fingerprint(token);
        let now = self.now();
        if let Ok(cache) = self.inner.credentials.read()
            && let Some((until, who)) = cache.get(&hash)
            && now < *until
        {
            return Ok(Some(who.clone()));
        }
        let Some(row) = living(&mut self.inner.db.read().await?, &hash, now).await? else { return Ok(None) };
        let id = row.text("id")?;
        let used = row.opt_int("last_used_at")?.map(Timestamp::from_millis);
        if used.is_none_or(|at| now.seconds_since(at) >= USED_SECONDS) {
            let mut conn = self.inner.db.begin().await?;
            conn.run("UPDATE token SET last_used_at = $2 WHERE id = $1", args![&id, now.as_millis()]).await?;
            conn.commit().await?;
        }
        let by = TokenUse {
            id,
            hash: hash.clone(),
            provider: row.opt_text("provider")?,
            only_org: row.opt_text("only_org")?,
            scopes: scopes_of(&row)?,
            places: places_of(&row)?,
        };
        let account = match (row.opt_text("account_org")?, row.opt_text("account_name")?) {
            (Some(org), Some(name)) => Some(Arc::new((crate::row::name_of(&org)?, crate::row::name_of(&name)?))),
            _ => None,
        };
        let who = SignIn {
            token: Some(Arc::new(by)),
            service_account: account,
            strong: row.int("strong")? == 1,
            ..SignIn::of(crate::row::name_of(&row.text("user_name")?)?)
        };
        self.remember(hash, &who, Timestamp::from_millis(row.int("value_ends")?));
        Ok(Some(who))
    }

    /// Whether the value of a token that somebody was recognised by still is one.
    pub(crate) async fn token_lasts(&self, token: &TokenUse) -> Result<bool> {
        let mut conn = self.inner.db.read().await?;
        Ok(living(&mut conn, &token.hash, self.now()).await?.is_some())
    }

    /// The tokens of a person or service account, newest first.
    pub async fn tokens(&self, owner: &Name) -> Result<Vec<Token>> {
        let mut conn = self.inner.db.read().await?;
        let now = self.now();
        let rows = conn
            .all(
                "SELECT id, name, scopes, places, strong, created_at, expires_at, last_used_at, rotated_at, old_until
                 FROM token WHERE user_name = $1 ORDER BY created_at DESC, id",
                args![owner.as_str()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let time = |column: &str| Ok::<_, Error>(row.opt_int(column)?.map(Timestamp::from_millis));
                Ok(Token {
                    id: row.text("id")?,
                    name: row.text("name")?,
                    scopes: scopes_of(row)?,
                    places: places_of(row)?.iter().map(ScopePath::key).collect(),
                    strong: row.int("strong")? == 1,
                    created_at: Timestamp::from_millis(row.int("created_at")?),
                    expires_at: Timestamp::from_millis(row.int("expires_at")?),
                    last_used_at: time("last_used_at")?,
                    rotated_at: time("rotated_at")?,
                    old_value_until: time("old_until")?.filter(|until| *until > now),
                })
            })
            .collect()
    }

    /// Revokes a token; what it opened ends at once.
    pub async fn revoke_token(&self, owner: &Name, id: &str) -> Result<()> {
        let mut conn = self.inner.db.begin().await?;
        let touched = conn.run("DELETE FROM token WHERE user_name = $1 AND id = $2", args![owner.as_str(), id]).await?;
        let inner = self.inner.clone();
        conn.commit_then(move || inner.forget_people()).await?;
        if touched == 0 { Err(Error::not_found("There is no such token.")) } else { Ok(()) }
    }
}

impl ControllerStore {
    /// When a token of each person was last used.
    pub async fn last_token_uses(&self) -> Result<HashMap<String, Timestamp>> {
        let sql = "SELECT user_name, MAX(last_used_at) AS used FROM token WHERE last_used_at IS NOT NULL GROUP BY user_name";
        let rows = self.store().inner.db.read().await?.all(sql, &[]).await?;
        rows.iter().map(|row| Ok((row.text("user_name")?, Timestamp::from_millis(row.int("used")?)))).collect()
    }
}
