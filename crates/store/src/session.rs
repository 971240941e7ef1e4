//! Console sessions, app sessions below them, and one-time secrets.

use crate::db::args;
use crate::identity::OF_PROVIDER;
use crate::{SHARED_CACHE_SECONDS, SignIn, Store, fingerprint, random_secret};
use serde::{Deserialize, Serialize};
use warpyard_model::{Error, Name, Result, Timestamp};

/// How long a session lasts without being used.
const IDLE_SECONDS: i64 = 12 * 3600;
/// How long a session lasts at most.
const LIFETIME_SECONDS: i64 = 7 * 24 * 3600;
/// How often the time of last use is written.
const SEEN_SECONDS: i64 = 60;
/// How long a code that opens an app is good for.
const CODE_SECONDS: i64 = 60;
/// How long a sign-in link is good for.
const LINK_SECONDS: i64 = 3 * 24 * 3600;

/// Where a new session comes from.
#[derive(Debug, Clone, Default)]
pub struct NewSession {
    /// The caller's address.
    pub address: String,
    /// The caller's user agent.
    pub agent: String,
    /// A second factor was shown, or a passkey, which is two in one.
    pub strong: bool,
    /// An identity provider's word opens it.
    pub provider: Option<crate::ProviderSession>,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Session {
    /// Its id, for revoking.
    pub id: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// From where it was opened.
    pub address: String,
    /// With which program.
    pub agent: String,
    /// It is the one that asks.
    pub current: bool,
}

/// What a one-time code opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppGrant {
    /// The secret for the app's cookie.
    pub secret: String,
    /// Who.
    pub user: Name,
    /// For how long.
    pub expires_in_seconds: i64,
}

impl Store {
    /// Opens a console session; the secret is told once and stored only as a fingerprint.
    pub async fn open_session(&self, user: &Name, from: &NewSession) -> Result<String> {
        let (secret, id) = (random_secret(), uuid::Uuid::new_v4().simple().to_string());
        let now = self.now();
        let tokens = match from.provider.as_ref().and_then(|p| p.tokens.as_ref()) {
            Some(tokens) => Some(self.seal_tokens(&id, tokens).await?),
            None => None,
        };
        let mut conn = self.inner.db.begin().await?;
        conn.run("DELETE FROM session WHERE expires_at < $1", args![now.as_millis()]).await?;
        conn.run("DELETE FROM one_time WHERE expires_at < $1", args![now.as_millis()]).await?;
        conn.run(
            "INSERT INTO session (hash, id, user_name, parent, app, created_at, seen_at, expires_at, address, agent, strong)
             VALUES ($1, $2, $3, NULL, NULL, $4, $4, $5, $6, $7, $8)",
            args![
                fingerprint(&secret),
                &id,
                user.as_str(),
                now.as_millis(),
                now.plus_seconds(LIFETIME_SECONDS).as_millis(),
                &from.address,
                from.agent.chars().take(200).collect::<String>(),
                i64::from(from.strong)
            ],
        )
        .await?;
        if let Some(provider) = &from.provider {
            crate::identity::bind_session(&mut conn, &id, provider, tokens, now).await?;
        }
        conn.run("UPDATE account SET last_signed_in_at = $2 WHERE user_name = $1", args![user.as_str(), now.as_millis()]).await?;
        let seen = serde_json::to_value(now).map_err(Error::internal)?;
        self.patch_user_status(&mut conn, user, "last_signed_in_at", seen).await?;
        conn.commit().await?;
        Ok(secret)
    }

    /// Who a console session's secret belongs to, while it lasts.
    pub async fn session(&self, secret: &str) -> Result<Option<SignIn>> {
        self.recognise(secret, "s.app IS NULL", &[]).await
    }

    /// Who an app session's secret belongs to, while it and the console session above it last.
    pub async fn app_session(&self, secret: &str, app: &str) -> Result<Option<SignIn>> {
        self.recognise(secret, "s.app = $3", &[app.to_owned()]).await
    }

    async fn recognise(&self, secret: &str, condition: &str, more: &[String]) -> Result<Option<SignIn>> {
        let hash = fingerprint(secret);
        let key = format!("{hash}{}", more.concat());
        let now = self.now();
        if let Ok(cache) = self.inner.credentials.read()
            && let Some((until, who)) = cache.get(&key)
            && now < *until
        {
            return Ok(Some(who.clone()));
        }
        // An app's session is as strong as the console session above it.
        let sql = format!(
            "SELECT s.id, s.user_name, s.seen_at, s.expires_at, top.strong,
             (SELECT active FROM account a WHERE a.user_name = s.user_name) AS active, {OF_PROVIDER}
             FROM session s JOIN session top ON top.id = COALESCE(s.parent, s.id)
             WHERE s.hash = $1 AND s.expires_at > $2 AND top.expires_at > $2 AND {condition}"
        );
        let mut values = vec![hash.clone().into(), now.as_millis().into()];
        values.extend(more.iter().map(Into::into));
        let mut conn = self.inner.db.read().await?;
        let Some(row) = conn.one(&sql, &values).await? else { return Ok(None) };
        let provider = crate::identity::provider_of(&row)?;
        if !crate::identity::still_good(&mut conn, &row.text("user_name")?, provider.as_ref(), now).await? {
            return Ok(None);
        }
        drop(conn);
        let seen = Timestamp::from_millis(row.int("seen_at")?);
        if row.opt_int("active")? != Some(1) || now.seconds_since(seen) > IDLE_SECONDS {
            return Ok(None);
        }
        if now.seconds_since(seen) >= SEEN_SECONDS {
            let mut conn = self.inner.db.begin().await?;
            conn.run("UPDATE session SET seen_at = $2 WHERE hash = $1", args![&hash, now.as_millis()]).await?;
            conn.commit().await?;
        }
        let who = SignIn {
            user: crate::row::name_of(&row.text("user_name")?)?,
            session: Some(row.text("id")?),
            strong: row.int("strong")? == 1,
            token: None,
            service_account: None,
            provider,
        };
        self.remember(key, &who, Timestamp::from_millis(row.int("expires_at")?));
        Ok(Some(who))
    }

    /// Spares the next requests the database, for a few seconds but never past `end`.
    pub(crate) fn remember(&self, key: String, who: &SignIn, end: Timestamp) {
        if let Ok(mut cache) = self.inner.credentials.write() {
            if cache.len() > 10_000 {
                cache.clear();
            }
            cache.insert(key, (end.min(self.now().plus_seconds(SHARED_CACHE_SECONDS)), who.clone()));
        }
    }

    /// One's own console sessions, newest first.
    pub async fn sessions(&self, who: &SignIn) -> Result<Vec<Session>> {
        let mut conn = self.inner.db.read().await?;
        let rows = conn
            .all(
                "SELECT id, created_at, seen_at, expires_at, address, agent FROM session
                 WHERE user_name = $1 AND app IS NULL AND expires_at > $2 ORDER BY created_at DESC",
                args![who.user.as_str(), self.now().as_millis()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let id = row.text("id")?;
                Ok(Session {
                    current: who.session.as_deref() == Some(&id),
                    id,
                    created_at: Timestamp::from_millis(row.int("created_at")?),
                    seen_at: Timestamp::from_millis(row.int("seen_at")?),
                    expires_at: Timestamp::from_millis(row.int("expires_at")?),
                    address: row.text("address")?,
                    agent: row.text("agent")?,
                })
            })
            .collect()
    }

    /// Whether somebody's session is still there and good.
    pub async fn session_lives(&self, who: &SignIn, id: &str) -> Result<bool> {
        let now = self.now();
        let mut conn = self.inner.db.read().await?;
        let sql = format!("SELECT {OF_PROVIDER} FROM session top WHERE id = $1 AND user_name = $2 AND expires_at > $3");
        let Some(row) = conn.one(&sql, args![id, who.user.as_str(), now.as_millis()]).await? else { return Ok(false) };
        crate::identity::still_good(&mut conn, who.user.as_str(), crate::identity::provider_of(&row)?.as_ref(), now).await
    }

    /// Ends one of one's own sessions, and the app sessions below it.
    pub async fn end_session(&self, who: &SignIn, id: &str) -> Result<()> {
        let mut conn = self.inner.db.begin().await?;
        let touched = conn
            .run("DELETE FROM session WHERE user_name = $1 AND (id = $2 OR parent = $2)", args![who.user.as_str(), id])
            .await?;
        let inner = self.inner.clone();
        conn.commit_then(move || inner.forget_people()).await?;
        if touched == 0 { Err(Error::not_found("There is no such session.")) } else { Ok(()) }
    }

    /// Ends all of one's own sessions, in every browser and app; with `others_only` the one that asks goes on.
    pub async fn end_sessions(&self, who: &SignIn, others_only: bool) -> Result<()> {
        let keep = who.session.as_deref().filter(|_| others_only).unwrap_or_default();
        let mut conn = self.inner.db.begin().await?;
        conn.run(
            "DELETE FROM session WHERE user_name = $1 AND id <> $2 AND (parent IS NULL OR parent <> $2)",
            args![who.user.as_str(), keep],
        )
        .await?;
        let inner = self.inner.clone();
        conn.commit_then(move || inner.forget_people()).await
    }

    /// A code that opens one app once, within a minute, for a console session.
    pub async fn app_code(&self, who: &SignIn, app: &str) -> Result<String> {
        let session = who.session.as_deref().ok_or_else(|| {
            Error::forbidden(
                "Only a console session opens an app in a browser; with a token, send it to the app's address as a bearer token.",
            )
        })?;
        self.one_time("app", &who.user, Some(session), Some(app), CODE_SECONDS).await
    }

    /// Redeems such a code: an app session below the console session that asked for it.
    pub async fn redeem_app_code(&self, app: &str, code: &str) -> Result<Option<AppGrant>> {
        let now = self.now();
        let mut conn = self.inner.db.begin().await?;
        let row = conn
            .one(
                "DELETE FROM one_time WHERE hash = $1 AND purpose = 'app' AND app = $2 AND expires_at > $3
                 RETURNING user_name, session",
                args![fingerprint(code), app, now.as_millis()],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let (user, parent) = (crate::row::name_of(&row.text("user_name")?)?, row.opt_text("session")?);
        let secret = random_secret();
        let expires = now.plus_seconds(LIFETIME_SECONDS);
        conn.run(
            "INSERT INTO session (hash, id, user_name, parent, app, created_at, seen_at, expires_at, address, agent)
             VALUES ($1, $2, $3, $4, $5, $6, $6, $7, '', '')",
            args![
                fingerprint(&secret),
                uuid::Uuid::new_v4().simple().to_string(),
                user.as_str(),
                parent,
                app,
                now.as_millis(),
                expires.as_millis()
            ],
        )
        .await?;
        conn.commit().await?;
        Ok(Some(AppGrant { secret, user, expires_in_seconds: LIFETIME_SECONDS }))
    }

    /// A link with which somebody sets a password and signs in, once. Any link made before for them ends.
    pub async fn sign_in_link(
        &self,
        _proof: &warpyard_policy::Allowed<warpyard_policy::action::SetPassword, warpyard_model::kinds::User>,
        user: &Name,
    ) -> Result<(String, Timestamp)> {
        self.link_for(user).await
    }

    pub(crate) async fn link_for(&self, user: &Name) -> Result<(String, Timestamp)> {
        let mut conn = self.inner.db.begin().await?;
        conn.run("DELETE FROM one_time WHERE purpose = 'link' AND user_name = $1", args![user.as_str()]).await?;
        conn.commit().await?;
        let secret = self.one_time("link", user, None, None, LINK_SECONDS).await?;
        Ok((secret, self.now().plus_seconds(LINK_SECONDS)))
    }

    /// Redeems a sign-in link: sets the password. The link is used up only when the password is acceptable.
    pub async fn redeem_sign_in_link(&self, secret: &str, password: &str) -> Result<Option<Name>> {
        let now = self.now().as_millis();
        let mut conn = self.inner.db.read().await?;
        let row = conn
            .one(
                "SELECT user_name FROM one_time WHERE hash = $1 AND purpose = 'link' AND expires_at > $2",
                args![fingerprint(secret), now],
            )
            .await?;
        drop(conn);
        let Some(row) = row else { return Ok(None) };
        let user = crate::row::name_of(&row.text("user_name")?)?;
        let redeemed = self.write_password(&user, password, "password", None, Some(&fingerprint(secret))).await?;
        Ok(redeemed.then_some(user))
    }

    pub(crate) async fn one_time(
        &self,
        purpose: &str,
        user: &Name,
        session: Option<&str>,
        app: Option<&str>,
        seconds: i64,
    ) -> Result<String> {
        let secret = random_secret();
        let mut conn = self.inner.db.begin().await?;
        conn.run(
            "INSERT INTO one_time (hash, purpose, user_name, session, app, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
            args![
                fingerprint(&secret),
                purpose,
                user.as_str(),
                session.map(str::to_owned),
                app.map(str::to_owned),
                self.now().plus_seconds(seconds).as_millis()
            ],
        )
        .await?;
        conn.commit().await?;
        Ok(secret)
    }
}
