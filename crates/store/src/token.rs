//! Personal API tokens: `wy_…`, stored as a fingerprint, always with an end.

use crate::db::args;
use crate::{SignIn, Store, fingerprint, random_secret};
use serde::{Deserialize, Serialize};
use warpyard_model::{Error, Result, Timestamp};

/// What every token begins with, for secret scanners.
const PREFIX: &str = "wy_";
/// Longest life of a token.
const LIFETIME_SECONDS: i64 = 366 * 24 * 3600;
/// How often the time of last use is written.
const USED_SECONDS: i64 = 60;

/// A token as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Token {
    /// Its id, for revoking.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
}

/// A token that was just made; the secret is told once.
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
}

impl Store {
    /// Makes a token with its owner's rights.
    pub async fn create_token(&self, who: &SignIn, name: &str, expires_in_seconds: i64) -> Result<NewToken> {
        if name.trim().is_empty() || name.chars().count() > 100 {
            return Err(Error::invalid_field("name", "a token has a name of 1 to 100 characters"));
        }
        if !(60..=LIFETIME_SECONDS).contains(&expires_in_seconds) {
            return Err(Error::invalid_field("expires_in_seconds", format!("a token lasts 60 to {LIFETIME_SECONDS} seconds")));
        }
        let token = format!("{PREFIX}{}", random_secret());
        let id = uuid::Uuid::new_v4().simple().to_string();
        let now = self.now();
        let expires_at = now.plus_seconds(expires_in_seconds);
        let mut conn = self.inner.db.begin().await?;
        conn.run(
            "INSERT INTO token (id, hash, user_name, name, created_at, expires_at, last_used_at) VALUES ($1, $2, $3, $4, $5, $6, NULL)",
            args![&id, fingerprint(&token), who.user.as_str(), name.trim(), now.as_millis(), expires_at.as_millis()],
        )
        .await?;
        conn.commit().await?;
        Ok(NewToken { id, name: name.trim().to_owned(), token, expires_at })
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
        let mut conn = self.inner.db.read().await?;
        let row = conn
            .one(
                "SELECT t.user_name, t.last_used_at, t.expires_at, a.active FROM token t JOIN account a ON a.user_name = t.user_name
                 WHERE t.hash = $1 AND t.expires_at > $2",
                args![&hash, now.as_millis()],
            )
            .await?;
        drop(conn);
        let Some(row) = row else { return Ok(None) };
        if row.int("active")? != 1 {
            return Ok(None);
        }
        let used = row.opt_int("last_used_at")?.map(Timestamp::from_millis);
        if used.is_none_or(|at| now.seconds_since(at) >= USED_SECONDS) {
            let mut conn = self.inner.db.begin().await?;
            conn.run("UPDATE token SET last_used_at = $2 WHERE hash = $1", args![&hash, now.as_millis()]).await?;
            conn.commit().await?;
        }
        let who = SignIn::of(crate::row::name_of(&row.text("user_name")?)?);
        self.remember(hash, &who, Timestamp::from_millis(row.int("expires_at")?));
        Ok(Some(who))
    }

    /// One's own tokens, newest first.
    pub async fn tokens(&self, who: &SignIn) -> Result<Vec<Token>> {
        let mut conn = self.inner.db.read().await?;
        let rows = conn
            .all(
                "SELECT id, name, created_at, expires_at, last_used_at FROM token WHERE user_name = $1 ORDER BY created_at DESC",
                args![who.user.as_str()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Token {
                    id: row.text("id")?,
                    name: row.text("name")?,
                    created_at: Timestamp::from_millis(row.int("created_at")?),
                    expires_at: Timestamp::from_millis(row.int("expires_at")?),
                    last_used_at: row.opt_int("last_used_at")?.map(Timestamp::from_millis),
                })
            })
            .collect()
    }

    /// Revokes one of one's own tokens.
    pub async fn revoke_token(&self, who: &SignIn, id: &str) -> Result<()> {
        let mut conn = self.inner.db.begin().await?;
        let touched = conn.run("DELETE FROM token WHERE user_name = $1 AND id = $2", args![who.user.as_str(), id]).await?;
        let inner = self.inner.clone();
        conn.commit_then(move || inner.forget_people()).await?;
        if touched == 0 { Err(Error::not_found("There is no such token.")) } else { Ok(()) }
    }
}
