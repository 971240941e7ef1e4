//! Accounts: mail addresses and password hashes.

use crate::db::{Conn, args};
use crate::row::StoredObject;
use crate::{Inner, Store, TokenUse, password};
use std::sync::Arc;
use warpyard_model::kinds::{ServiceAccount, User};
use warpyard_model::{Error, ErrorCode, FieldError, Kind, Name, Result, Timestamp};
use warpyard_policy::{Allowed, action};

/// Somebody who was recognised by a session or token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// The user name.
    pub user: Name,
    /// The session's id, when it was a session.
    pub session: Option<String>,
    /// A second factor was shown in the session, or in the one the token was made from.
    pub strong: bool,
    /// The token, when it was a token.
    pub token: Option<Arc<TokenUse>>,
    /// The organization and name of the service account, when it is one and no person.
    pub service_account: Option<Arc<(Name, Name)>>,
    /// The identity provider whose word opened the session.
    pub provider: Option<ByProvider>,
}

/// A session that an identity provider's word opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByProvider {
    /// The provider.
    pub uid: String,
    /// Its organization.
    pub org: Name,
    /// The person linked this identity; otherwise the session is good while they have rights in that organization alone.
    pub own_link: bool,
    /// The console session; an app session hangs below it.
    pub session: String,
    /// When the provider was asked last.
    pub checked_at: Timestamp,
}

impl SignIn {
    /// Somebody without a session.
    pub fn of(user: Name) -> Self {
        Self { user, session: None, strong: false, token: None, service_account: None, provider: None }
    }
}

impl Inner {
    /// Keeps the account row in step with a user or service account.
    pub(crate) async fn sync_account(&self, conn: &mut Conn, object: &StoredObject) -> Result<()> {
        let spec = object.spec.clone();
        let (name, email, active) = if object.kind == Kind::ServiceAccount {
            let account: ServiceAccount = serde_json::from_value(spec).map_err(Error::internal)?;
            let identity = ServiceAccount::identity(&object.metadata.name, &object.metadata.uid).map_err(Error::internal)?;
            // Nobody signs in with it: there is no password, and no mail address has a space in it.
            (identity, format!("service account {}", object.metadata.uid), account.active)
        } else {
            let user: User = serde_json::from_value(spec).map_err(Error::internal)?;
            (object.metadata.name.clone(), user.email.to_lowercase(), user.active)
        };
        let name = name.as_str();
        conn.run(
            "INSERT INTO account (user_name, email, password_hash, active, last_signed_in_at) VALUES ($1, $2, NULL, $3, NULL)
             ON CONFLICT (user_name) DO UPDATE SET email = excluded.email, active = excluded.active",
            args![name, email, i64::from(active)],
        )
        .await
        .map_err(|e| match e.code {
            ErrorCode::AlreadyExists => Error::already_exists("Somebody else has this mail address.")
                .with_fields(vec![FieldError::new("spec.email", "somebody else has this mail address")]),
            _ => e,
        })?;
        if !active {
            for table in ["session", "token", "one_time"] {
                conn.run(&format!("DELETE FROM {table} WHERE user_name = $1"), args![name]).await?;
            }
        }
        Ok(())
    }
}

impl Store {
    /// The person with this mail address and password, if both are right and they may sign in.
    pub async fn check_sign_in(&self, email: &str, password: &str) -> Result<Option<Name>> {
        let mut conn = self.inner.db.read().await?;
        let row = conn
            .one("SELECT user_name, password_hash, active FROM account WHERE email = $1", args![email.to_lowercase()])
            .await?;
        drop(conn);
        let stored = row.as_ref().map(|r| r.opt_text("password_hash")).transpose()?.flatten();
        let right = password::verify(password, stored).await?;
        match row {
            Some(row) if right && row.int("active")? == 1 => Ok(Some(crate::row::name_of(&row.text("user_name")?)?)),
            _ => Ok(None),
        }
    }

    /// Sets somebody's password and ends their other sessions.
    pub async fn set_password(&self, proof: &Allowed<action::SetPassword, User>, user: &Name, password: &str) -> Result<()> {
        let found = crate::read::find_uid(&mut self.inner.db.read().await?, proof.uid()).await?;
        if found.is_none_or(|o| o.metadata.name != *user) {
            return Err(Error::internal("a proof about another person"));
        }
        self.write_password(user, password, "password", None, None).await.map(drop)
    }

    /// Changes one's own password, given the current one; the session it is done in goes on.
    pub async fn change_password(&self, who: &SignIn, current: &str, new: &str) -> Result<()> {
        if !self.is_password_of(&who.user, current).await? {
            return Err(Error::invalid_field("current_password", "this is not the current password"));
        }
        self.write_password(&who.user, new, "new_password", who.session.as_deref(), None).await.map(drop)
    }

    /// Whether this is the person's password. Somebody who has none has no right one.
    pub(crate) async fn is_password_of(&self, user: &Name, given: &str) -> Result<bool> {
        let mut conn = self.inner.db.read().await?;
        let row = conn.one("SELECT password_hash FROM account WHERE user_name = $1", args![user.as_str()]).await?;
        drop(conn);
        password::verify(given, row.map(|r| r.opt_text("password_hash")).transpose()?.flatten()).await
    }

    /// The words that whoever guesses a person's password would try first.
    async fn names_of(&self, user: &Name) -> Result<Vec<String>> {
        let mut conn = self.inner.db.read().await?;
        let sql = "SELECT display_name, (SELECT email FROM account a WHERE a.user_name = object.name) AS email
                   FROM object WHERE kind = 'User' AND name = $1";
        let mut names = vec![user.to_string()];
        if let Some(row) = conn.one(sql, args![user.as_str()]).await? {
            names.push(row.text("display_name")?);
            names.extend(row.opt_text("email")?);
        }
        Ok(names)
    }

    /// Writes a password and ends the person's sessions except `keep`. With `link`, the fingerprint of a one-time secret,
    /// only while that secret is there, and uses it up; tells whether it was.
    pub(crate) async fn write_password(
        &self,
        user: &Name,
        password: &str,
        path: &str,
        keep: Option<&str>,
        link: Option<&str>,
    ) -> Result<bool> {
        let hash = password::accept(password, self.names_of(user).await?, path).await?;
        let mut conn = self.inner.db.begin().await?;
        if let Some(link) = link
            && conn.run("DELETE FROM one_time WHERE hash = $1", args![link]).await? == 0
        {
            return Ok(false);
        }
        let touched = conn.run("UPDATE account SET password_hash = $2 WHERE user_name = $1", args![user.as_str(), hash]).await?;
        if touched == 0 {
            return Err(Error::not_found("There is no such person."));
        }
        conn.run(
            "DELETE FROM session WHERE user_name = $1 AND id <> $2 AND (parent IS NULL OR parent <> $2)",
            args![user.as_str(), keep.unwrap_or_default()],
        )
        .await?;
        self.patch_user_status(&mut conn, user, "has_password", true.into()).await?;
        let inner = self.inner.clone();
        conn.commit_then(move || inner.forget_people()).await?;
        Ok(true)
    }

    /// Sign-in facts are shown with the person but are no change that anybody watches.
    pub(crate) async fn patch_user_status(
        &self,
        conn: &mut Conn,
        user: &Name,
        field: &str,
        value: serde_json::Value,
    ) -> Result<()> {
        let row = conn.one("SELECT uid, status FROM object WHERE kind = 'User' AND name = $1", args![user.as_str()]).await?;
        let Some(row) = row else { return Ok(()) };
        let mut status = row.json("status")?;
        status[field] = value;
        conn.run("UPDATE object SET status = $2 WHERE uid = $1", args![row.text("uid")?, status]).await?;
        Ok(())
    }

    /// Whether this person has an account that is active.
    pub async fn may_sign_in(&self, user: &Name) -> Result<bool> {
        let mut conn = self.inner.db.read().await?;
        let row = conn.one("SELECT active FROM account WHERE user_name = $1", args![user.as_str()]).await?;
        Ok(row.map(|row| row.int("active")).transpose()? == Some(1))
    }

    /// Whether what somebody was recognised by is still good: their session or token has not ended, and they may sign in.
    pub async fn still_signed_in(&self, who: &SignIn) -> Result<bool> {
        match (&who.session, &who.token) {
            (Some(session), _) => self.session_lives(who, session).await,
            (None, Some(token)) => self.token_lasts(token).await,
            (None, None) => self.may_sign_in(&who.user).await,
        }
    }

    /// Whether nobody can administer this installation yet.
    pub async fn needs_first_admin(&self) -> Result<bool> {
        let mut conn = self.inner.db.read().await?;
        let rows = conn
            .all("SELECT spec FROM object WHERE kind = 'RoleBinding' AND org = '' AND deletion_requested_at IS NULL", &[])
            .await?;
        for row in &rows {
            if row.json("spec")?["role"] == "platform_admin" {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
