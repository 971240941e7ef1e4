//! Who people are to identity providers, and the sessions that a provider's word opened: they are good while the word is.

use crate::db::{Conn, Row, args};
use crate::{ByProvider, ControllerStore, SignIn, Store};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use warpyard_model::{Error, Name, Result, Timestamp};

/// How long an answer of the provider is good before it is asked again, at least.
const ASK_SECONDS: i64 = 60;
/// How long a session goes on while its provider cannot be reached.
const SILENCE_SECONDS: i64 = 5 * 60;
/// Longer than any session lasts.
const NEVER_SECONDS: i64 = 30 * 24 * 3600;

/// The columns of [`provider_of`], of the console session `top`.
pub(crate) const OF_PROVIDER: &str = "top.id AS top_id, top.provider AS provider, top.provider_org AS provider_org, \
                                      top.own_link AS own_link, top.checked_at AS checked_at";

/// A session to open by a provider's word.
#[derive(Debug, Clone)]
pub struct ProviderSession {
    /// The provider.
    pub uid: String,
    /// Its organization.
    pub org: Name,
    /// The person linked this identity.
    pub own_link: bool,
    /// Whom the provider speaks of.
    pub subject: String,
    /// What the provider calls its own session.
    pub session: Option<String>,
    /// Until when the word is good, where it cannot be asked again.
    pub until: Option<Timestamp>,
    /// What asking again and signing out there take.
    pub tokens: Option<Json>,
}

/// One of a person's identities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Identity {
    /// Its id, for removing it.
    pub id: String,
    /// The organization whose provider knows it.
    pub org: Name,
    /// The provider.
    pub provider: Name,
    /// What the provider calls the person.
    pub subject: String,
    /// The person linked it while signed in; otherwise it is good while they have rights in that organization alone.
    pub own_link: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Timestamp,
}

/// A session whose provider is to be asked.
#[derive(Debug, Clone)]
pub struct DueSession {
    /// The session.
    pub id: String,
    /// Whose it is.
    pub user: Name,
    /// The provider.
    pub provider: String,
    /// Its organization.
    pub org: Name,
    /// The person linked the identity.
    pub own_link: bool,
    /// Whom the provider spoke of.
    pub subject: String,
    /// When the provider last said yes.
    pub word_at: Timestamp,
    /// Its tokens.
    pub tokens: Json,
}

/// Which sessions end.
#[derive(Debug, Clone, Copy)]
pub enum EndOf<'a> {
    /// This one.
    Session(&'a str),
    /// All of what the provider calls a session.
    ProviderSession(&'a str),
    /// All of whom the provider calls so.
    Subject(&'a str),
}

impl DueSession {
    /// Whether the provider was silent for too long.
    pub fn silent_too_long(&self, now: Timestamp) -> bool {
        now.seconds_since(self.word_at) > SILENCE_SECONDS
    }
}

impl ByProvider {
    /// Whether the provider is to be asked again.
    pub fn is_due(&self, now: Timestamp) -> bool {
        now.seconds_since(self.checked_at) >= ASK_SECONDS
    }
}

pub(crate) fn provider_of(row: &Row) -> Result<Option<ByProvider>> {
    let Some(uid) = row.opt_text("provider")? else { return Ok(None) };
    Ok(Some(ByProvider {
        uid,
        org: crate::row::name_of(&row.opt_text("provider_org")?.unwrap_or_default())?,
        own_link: row.opt_int("own_link")? == Some(1),
        session: row.text("top_id")?,
        checked_at: Timestamp::from_millis(row.opt_int("checked_at")?.unwrap_or_default()),
    }))
}

/// Whether somebody has rights elsewhere than in an organization: its provider's word is not enough for those.
pub(crate) async fn reaches_beyond(conn: &mut Conn, user: &str, org: &str, now: Timestamp) -> Result<bool> {
    let (granted, _) = crate::grants::grants_of(conn, user, now).await?;
    Ok(granted.iter().any(|g| g.scope.org.as_ref().is_none_or(|there| there.as_str() != org)))
}

/// Whether a session may go on by what its person holds now.
pub(crate) async fn still_good(conn: &mut Conn, user: &str, provider: Option<&ByProvider>, now: Timestamp) -> Result<bool> {
    match provider {
        Some(by) if !by.own_link => Ok(!reaches_beyond(conn, user, by.org.as_str(), now).await?),
        _ => Ok(true),
    }
}

/// Writes down whose word opened a session.
pub(crate) async fn bind_session(
    conn: &mut Conn,
    id: &str,
    by: &ProviderSession,
    tokens: Option<String>,
    now: Timestamp,
) -> Result<()> {
    conn.run(
        "UPDATE session SET provider = $2, provider_org = $3, own_link = $4, subject = $5, provider_session = $6, word_at = $7,
         checked_at = $8, tokens = $9 WHERE id = $1",
        args![
            id,
            &by.uid,
            by.org.as_str(),
            i64::from(by.own_link),
            &by.subject,
            by.session.clone(),
            now.as_millis(),
            // A word that cannot be asked for again is never due.
            by.until.map_or(now, |_| now.plus_seconds(NEVER_SECONDS)).as_millis(),
            tokens
        ],
    )
    .await?;
    if let Some(until) = by.until {
        let sql = "UPDATE session SET expires_at = $2 WHERE id = $1 AND expires_at > $2";
        conn.run(sql, args![id, until.as_millis()]).await?;
    }
    Ok(())
}

/// Ends what a provider's word opened; with `wholly`, forgets whom it knew, too.
pub(crate) async fn forget_provider(conn: &mut Conn, uid: &str, wholly: bool) -> Result<()> {
    conn.run("DELETE FROM session WHERE provider = $1 OR parent IN (SELECT id FROM session WHERE provider = $1)", args![uid])
        .await?;
    conn.run("DELETE FROM token WHERE provider = $1", args![uid]).await?;
    if wholly {
        conn.run("DELETE FROM identity WHERE provider = $1", args![uid]).await?;
    }
    Ok(())
}

impl Store {
    pub(crate) async fn seal_tokens(&self, session: &str, tokens: &Json) -> Result<String> {
        self.inner.text_key().await?.seal(&tokens.to_string(), &format!("session/{session}/tokens"))
    }

    async fn open_tokens(&self, session: &str, sealed: &str) -> Result<Json> {
        let text = self.inner.text_key().await?.open(sealed, &format!("session/{session}/tokens"))?;
        serde_json::from_str(&text).map_err(Error::internal)
    }

    /// One's own identities at providers.
    pub async fn identities(&self, who: &SignIn) -> Result<Vec<Identity>> {
        let sql = "SELECT i.id, i.org, p.name AS provider, i.subject, i.own_link, i.created_at, i.last_used_at
                   FROM identity i JOIN object p ON p.uid = i.provider WHERE i.user_name = $1 ORDER BY i.created_at";
        let rows = self.inner.db.read().await?.all(sql, args![who.user.as_str()]).await?;
        rows.iter()
            .map(|row| {
                Ok(Identity {
                    id: row.text("id")?,
                    org: crate::row::name_of(&row.text("org")?)?,
                    provider: crate::row::name_of(&row.text("provider")?)?,
                    subject: row.text("subject")?,
                    own_link: row.int("own_link")? == 1,
                    created_at: Timestamp::from_millis(row.int("created_at")?),
                    last_used_at: Timestamp::from_millis(row.int("last_used_at")?),
                })
            })
            .collect()
    }

    /// Removes one of one's own identities, with the sessions it opened.
    pub async fn remove_identity(&self, who: &SignIn, id: &str) -> Result<()> {
        let mut conn = self.inner.db.begin().await?;
        let sql = "DELETE FROM identity WHERE user_name = $1 AND id = $2 RETURNING provider, subject";
        let row = conn.one(sql, args![who.user.as_str(), id]).await?;
        let row = row.ok_or_else(|| Error::not_found("There is no such identity."))?;
        let ended = "SELECT id FROM session WHERE provider = $1 AND subject = $2";
        conn.run(
            &format!("DELETE FROM session WHERE id IN ({ended}) OR parent IN ({ended})"),
            args![row.text("provider")?, row.text("subject")?],
        )
        .await?;
        let inner = self.inner.clone();
        conn.commit_then(move || inner.forget_people()).await
    }

    /// Links an identity to somebody who is signed in.
    pub async fn link_identity(&self, who: &SignIn, word: &crate::Word) -> Result<()> {
        let now = self.now();
        let mut conn = self.inner.db.begin().await?;
        let sql = "SELECT user_name FROM identity WHERE provider = $1 AND issuer = $2 AND subject = $3";
        let known = conn.one(sql, args![&word.provider, &word.issuer, &word.subject]).await?;
        match known.map(|row| row.text("user_name")).transpose()? {
            Some(other) if other != who.user.as_str() => {
                return Err(Error::conflict("The provider knows this identity as somebody else here."));
            }
            Some(_) => {
                let sql = "UPDATE identity SET own_link = 1 WHERE provider = $1 AND issuer = $2 AND subject = $3";
                conn.run(sql, args![&word.provider, &word.issuer, &word.subject]).await?;
            }
            None => add_identity(&mut conn, word, &who.user, true, now).await?,
        }
        conn.commit().await
    }
}

pub(crate) async fn add_identity(conn: &mut Conn, word: &crate::Word, user: &Name, own_link: bool, now: Timestamp) -> Result<()> {
    conn.run(
        "INSERT INTO identity (id, provider, org, issuer, subject, user_name, own_link, created_at, last_used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        args![
            uuid::Uuid::new_v4().simple().to_string(),
            &word.provider,
            word.org.as_str(),
            &word.issuer,
            &word.subject,
            user.as_str(),
            i64::from(own_link),
            now.as_millis()
        ],
    )
    .await?;
    Ok(())
}

impl ControllerStore {
    /// Takes a session whose provider was not asked for a minute: whoever gets it asks, and nobody else does meanwhile.
    pub async fn take_due_session(&self, id: &str) -> Result<Option<DueSession>> {
        let store = &self.store;
        let now = store.now();
        let mut conn = store.inner.db.begin().await?;
        let row = conn
            .one(
                "UPDATE session SET checked_at = $2 WHERE id = $1 AND tokens IS NOT NULL AND checked_at <= $3
                 RETURNING user_name, provider, provider_org, own_link, subject, word_at, tokens",
                args![id, now.as_millis(), now.plus_seconds(-ASK_SECONDS).as_millis()],
            )
            .await?;
        conn.commit().await?;
        let Some(row) = row else { return Ok(None) };
        let text = |column: &str| Ok::<_, Error>(row.opt_text(column)?.unwrap_or_default());
        Ok(Some(DueSession {
            id: id.to_owned(),
            user: crate::row::name_of(&row.text("user_name")?)?,
            provider: text("provider")?,
            org: crate::row::name_of(&text("provider_org")?)?,
            own_link: row.opt_int("own_link")? == Some(1),
            subject: text("subject")?,
            word_at: Timestamp::from_millis(row.opt_int("word_at")?.unwrap_or_default()),
            tokens: store.open_tokens(id, &text("tokens")?).await?,
        }))
    }

    /// Sessions whose providers are due to be asked and that were used lately, by themselves or by an app below them.
    pub async fn due_sessions(&self, used_since: Timestamp) -> Result<Vec<String>> {
        let sql = "SELECT s.id FROM session s WHERE s.tokens IS NOT NULL AND s.checked_at <= $1 AND (s.seen_at >= $2
                   OR EXISTS (SELECT 1 FROM session a WHERE a.parent = s.id AND a.seen_at >= $2))";
        let now = self.store.now();
        let values = args![now.plus_seconds(-ASK_SECONDS).as_millis(), used_since.as_millis()];
        let rows = self.store.inner.db.read().await?.all(sql, values).await?;
        rows.iter().map(|row| row.text("id")).collect()
    }

    /// The provider said yes again, with new tokens.
    pub async fn word_kept(&self, id: &str, tokens: &Json) -> Result<()> {
        let sealed = self.store.seal_tokens(id, tokens).await?;
        let mut conn = self.store.inner.db.begin().await?;
        let now = self.store.now().as_millis();
        conn.run("UPDATE session SET word_at = $2, tokens = $3 WHERE id = $1", args![id, now, sealed]).await?;
        conn.commit().await
    }

    /// The tokens of a provider's session, for signing out there.
    pub async fn provider_tokens(&self, session: &str) -> Result<Option<(String, Json)>> {
        let sql = "SELECT provider, tokens FROM session WHERE id = $1 AND tokens IS NOT NULL";
        let row = self.store.inner.db.read().await?.one(sql, args![session]).await?;
        let Some(row) = row else { return Ok(None) };
        let sealed = row.opt_text("tokens")?.unwrap_or_default();
        Ok(Some((row.opt_text("provider")?.unwrap_or_default(), self.store.open_tokens(session, &sealed).await?)))
    }

    /// Ends sessions that a provider's word opened, with their apps and whatever is open; tells whose they were.
    pub async fn end_provider_sessions(&self, provider: &str, which: EndOf<'_>) -> Result<Vec<Name>> {
        let (column, value) = match which {
            EndOf::Session(id) => ("id", id),
            EndOf::ProviderSession(id) => ("provider_session", id),
            EndOf::Subject(subject) => ("subject", subject),
        };
        let ended = format!("SELECT id FROM session WHERE provider = $1 AND {column} = $2");
        let mut conn = self.store.inner.db.begin().await?;
        let sql = format!("SELECT DISTINCT user_name FROM session WHERE id IN ({ended})");
        let rows = conn.all(&sql, args![provider, value]).await?;
        let people = rows.iter().map(|row| crate::row::name_of(&row.text("user_name")?)).collect::<Result<Vec<_>>>()?;
        conn.run(&format!("DELETE FROM session WHERE id IN ({ended}) OR parent IN ({ended})"), args![provider, value]).await?;
        let inner = self.store.inner.clone();
        conn.commit_then(move || inner.forget_people()).await?;
        Ok(people)
    }
}
