//! Second factors: authenticator apps, passkeys and recovery codes of a person.
//!
//! Every change is in the audit trail and told to the person, whoever made it. What a code or a passkey proves is decided
//! here for codes; the WebAuthn ceremonies are the server's, which writes down what came of them.

use crate::audit::Record;
use crate::batch::Context;
use crate::db::{Conn, Row, args};
use crate::notification::{News, NotificationKind, NotificationLink, tell};
use crate::{SignIn, Store, fingerprint};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use totp_rs::{Builder, Secret, Totp};
use warpyard_model::kinds::{AuditOutcome, User};
use warpyard_model::{Error, Name, Result, Timestamp};
use warpyard_policy::{Allowed, action};

/// Most authenticator apps and passkeys of a person.
const MOST_FACTORS: i64 = 20;
/// Recovery codes that are made at a time.
const CODES: usize = 10;
/// Letters of recovery codes: none that looks like another.
const CODE_LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
/// Letters of a code: 80 bits, enough to be stored as a plain hash.
const CODE_LENGTH: usize = 16;

/// What a second factor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactorType {
    /// Six digits from an authenticator app (RFC 6238).
    Totp,
    /// A passkey or security key (WebAuthn).
    Passkey,
    /// A code from the printed list; each is good once.
    Recovery,
}

/// A second factor as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Factor {
    /// Its id, for removing.
    pub id: String,
    /// What it is.
    #[serde(rename = "type")]
    pub factor_type: FactorType,
    /// What its owner calls it.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
}

/// A person's second factors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SecondFactors {
    /// Authenticator apps and passkeys.
    pub items: Vec<Factor>,
    /// How many recovery codes are left.
    pub recovery_codes_left: i64,
    /// Whether the person has a password: changes are confirmed with it.
    pub has_password: bool,
}

/// An authenticator app that is being set up. It counts once a code of it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTotp {
    /// Its id.
    pub id: String,
    /// For typing in, in base 32.
    pub secret: String,
    /// For the camera: an `otpauth://` address.
    pub uri: String,
}

fn totp(secret: &str, account: &str) -> Result<Totp> {
    let secret = Secret::try_from_base32(secret).map_err(|_| Error::internal("a TOTP secret that is not base 32"))?;
    // The colon divides issuer and account in the address.
    let account = account.replace(':', "");
    Builder::new().with_secret(secret).with_account_name(account).with_issuer(Some("Warpyard")).build().map_err(Error::internal)
}

fn sealed_at(id: &str) -> String {
    format!("factor/{id}")
}

fn factor_of(row: &Row) -> Result<Factor> {
    let factor_type = if row.text("type")? == "totp" { FactorType::Totp } else { FactorType::Passkey };
    Ok(Factor {
        id: row.text("id")?,
        factor_type,
        name: row.text("name")?,
        created_at: Timestamp::from_millis(row.int("created_at")?),
        last_used_at: row.opt_int("last_used_at")?.map(Timestamp::from_millis),
    })
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
        return Err(Error::invalid_field("name", "it has a name of 1 to 60 characters on one line, such as “Telephone”"));
    }
    Ok(name.to_owned())
}

/// A recovery code without what people put between its letters.
fn plain_code(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn random_code() -> String {
    let letters = rand::random::<[u8; CODE_LENGTH]>().map(|byte| char::from(CODE_LETTERS[usize::from(byte % 32)]));
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
}

async fn write_codes(conn: &mut Conn, user: &Name) -> Result<Vec<String>> {
    conn.run("DELETE FROM recovery_code WHERE user_name = $1", args![user.as_str()]).await?;
    let codes: Vec<String> = (0..CODES).map(|_| random_code()).collect();
    for code in &codes {
        let hash = fingerprint(&plain_code(code));
        conn.run("INSERT INTO recovery_code (hash, user_name) VALUES ($1, $2)", args![hash, user.as_str()]).await?;
    }
    Ok(codes)
}

/// Removes all of a person's factors in their transaction.
pub(crate) async fn forget_factors(conn: &mut Conn, user: &str) -> Result<()> {
    let sealed = "DELETE FROM sealed WHERE uid IN (SELECT 'factor/' || id FROM factor WHERE user_name = $1)";
    conn.run(sealed, args![user]).await?;
    for table in ["factor", "recovery_code"] {
        conn.run(&format!("DELETE FROM {table} WHERE user_name = $1"), args![user]).await?;
    }
    Ok(())
}

async fn count(conn: &mut Conn, sql: &str, user: &Name) -> Result<i64> {
    conn.one(sql, args![user.as_str()]).await?.map_or(Ok(0), |row| row.int("n"))
}

const COUNT_FACTORS: &str = "SELECT COUNT(*) AS n FROM factor WHERE user_name = $1 AND confirmed = 1";
const COUNT_CODES: &str = "SELECT COUNT(*) AS n FROM recovery_code WHERE user_name = $1";

impl Store {
    /// A person's second factors, oldest first.
    pub async fn second_factors(&self, user: &Name) -> Result<SecondFactors> {
        let mut conn = self.inner.db.read().await?;
        let sql = "SELECT id, type, name, created_at, last_used_at FROM factor
                   WHERE user_name = $1 AND confirmed = 1 ORDER BY created_at, id";
        let rows = conn.all(sql, args![user.as_str()]).await?;
        let account = conn.one("SELECT password_hash FROM account WHERE user_name = $1", args![user.as_str()]).await?;
        Ok(SecondFactors {
            items: rows.iter().map(factor_of).collect::<Result<_>>()?,
            recovery_codes_left: count(&mut conn, COUNT_CODES, user).await?,
            has_password: account.map(|row| row.opt_text("password_hash")).transpose()?.flatten().is_some(),
        })
    }

    /// Whether whoever changes how somebody signs in is that person: the password again, where there is one.
    pub async fn confirm_person(&self, who: &SignIn, current_password: Option<&str>) -> Result<()> {
        if who.session.is_none() {
            return Err(Error::forbidden("Only a console session changes how you sign in; a token does not."));
        }
        if !self.second_factors(&who.user).await?.has_password {
            return Ok(());
        }
        if self.is_password_of(&who.user, current_password.unwrap_or_default()).await? {
            return Ok(());
        }
        Err(Error::invalid_field("current_password", "this is not the current password"))
    }

    /// Begins to set up an authenticator app; one that was begun before and never shown a code of is forgotten.
    pub async fn begin_totp(&self, who: &SignIn, name: &str) -> Result<NewTotp> {
        let name = checked_name(name)?;
        let id = uuid::Uuid::new_v4().simple().to_string();
        let secret = Secret::from(rand::random::<[u8; 20]>().to_vec()).to_base32();
        let mut conn = self.inner.db.begin().await?;
        let sealed =
            "DELETE FROM sealed WHERE uid IN (SELECT 'factor/' || id FROM factor WHERE user_name = $1 AND confirmed = 0)";
        conn.run(sealed, args![who.user.as_str()]).await?;
        conn.run("DELETE FROM factor WHERE user_name = $1 AND confirmed = 0", args![who.user.as_str()]).await?;
        let factor = NewFactor { id: &id, user: &who.user, word: "totp", name: &name, credential: &id, state: json!({}) };
        self.insert_factor(&mut conn, &factor, false).await?;
        self.inner.seal(&mut conn, &sealed_at(&id), "secret", &secret).await?;
        let account = conn.one("SELECT email FROM account WHERE user_name = $1", args![who.user.as_str()]).await?;
        let account = account.map(|row| row.text("email")).transpose()?.unwrap_or_else(|| who.user.to_string());
        conn.commit().await?;
        let uri = totp(&secret, &account)?.to_url().map_err(Error::internal)?;
        Ok(NewTotp { id, secret, uri })
    }

    /// Makes an authenticator app count, given a code of it. Tells recovery codes where there were none.
    pub async fn confirm_totp(&self, who: &SignIn, context: &Context, id: &str, code: &str) -> Result<Option<Vec<String>>> {
        let mut conn = self.inner.db.begin().await?;
        let sql = "SELECT id, name FROM factor WHERE id = $1 AND user_name = $2 AND confirmed = 0 AND type = 'totp'";
        let row = conn.one(sql, args![id, who.user.as_str()]).await?;
        let row = row.ok_or_else(|| Error::not_found("This authenticator app is not being set up. Begin again."))?;
        let Some(step) = self.step_of(&mut conn, id, code).await? else {
            return Err(Error::invalid_field("code", "this code is not right; it changes every 30 seconds"));
        };
        let sql = "UPDATE factor SET confirmed = 1, last_step = $2 WHERE id = $1";
        conn.run(sql, args![id, step]).await?;
        let after = json!({ "type": "totp", "name": row.text("name")? });
        self.factor_added(conn, who, context, id, after).await
    }

    /// Keeps a passkey that was made. Tells recovery codes where there were none.
    pub async fn add_passkey(
        &self,
        who: &SignIn,
        context: &Context,
        name: &str,
        credential: &str,
        state: Json,
    ) -> Result<Option<Vec<String>>> {
        let name = checked_name(name)?;
        let id = uuid::Uuid::new_v4().simple().to_string();
        let mut conn = self.inner.db.begin().await?;
        let factor = NewFactor { id: &id, user: &who.user, word: "passkey", name: &name, credential, state };
        self.insert_factor(&mut conn, &factor, true).await?;
        self.factor_added(conn, who, context, &id, json!({ "type": "passkey", "name": name })).await
    }

    async fn insert_factor(&self, conn: &mut Conn, factor: &NewFactor<'_>, confirmed: bool) -> Result<()> {
        if count(conn, COUNT_FACTORS, factor.user).await? >= MOST_FACTORS {
            return Err(Error::conflict(format!("You have {MOST_FACTORS} second factors; remove one first.")));
        }
        let sql =
            "INSERT INTO factor (id, user_name, type, name, credential, state, confirmed, last_step, created_at, last_used_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, NULL)";
        let values = args![
            factor.id,
            factor.user.as_str(),
            factor.word,
            factor.name,
            factor.credential,
            factor.state.clone(),
            i64::from(confirmed),
            self.now().as_millis()
        ];
        conn.run(sql, values).await.map(drop)
    }

    async fn factor_added(
        &self,
        mut conn: Conn,
        who: &SignIn,
        context: &Context,
        id: &str,
        after: Json,
    ) -> Result<Option<Vec<String>>> {
        // Whoever has just set one up has shown it in this session.
        let session = who.session.clone().unwrap_or_default();
        conn.run("UPDATE session SET strong = 1 WHERE id = $1 AND user_name = $2", args![session, who.user.as_str()]).await?;
        let none = count(&mut conn, COUNT_CODES, &who.user).await? == 0;
        let codes = if none { Some(write_codes(&mut conn, &who.user).await?) } else { None };
        self.patch_user_status(&mut conn, &who.user, "has_second_factor", true.into()).await?;
        let title = format!("A second factor was added to your account: {}", after["name"].as_str().unwrap_or_default());
        let change = FactorChange { action: "second_factor.create", before: None, after: Some(after), id, title };
        self.settle_factors(conn, context, &who.user, change).await?;
        Ok(codes)
    }

    /// Removes one of one's own second factors; the recovery codes go with the last.
    pub async fn remove_factor(&self, who: &SignIn, context: &Context, id: &str) -> Result<()> {
        let mut conn = self.inner.db.begin().await?;
        let sql = "SELECT type, name FROM factor WHERE id = $1 AND user_name = $2 AND confirmed = 1";
        let row = conn.one(sql, args![id, who.user.as_str()]).await?;
        let row = row.ok_or_else(|| Error::not_found("There is no such second factor."))?;
        let before = json!({ "type": row.text("type")?, "name": row.text("name")? });
        conn.run("DELETE FROM sealed WHERE uid = $1", args![sealed_at(id)]).await?;
        conn.run("DELETE FROM factor WHERE id = $1", args![id]).await?;
        if count(&mut conn, COUNT_FACTORS, &who.user).await? == 0 {
            forget_factors(&mut conn, who.user.as_str()).await?;
            conn.run("UPDATE session SET strong = 0 WHERE user_name = $1", args![who.user.as_str()]).await?;
            self.patch_user_status(&mut conn, &who.user, "has_second_factor", false.into()).await?;
        }
        let title = format!("A second factor was removed from your account: {}", before["name"].as_str().unwrap_or_default());
        let change = FactorChange { action: "second_factor.delete", before: Some(before), after: None, id, title };
        self.settle_factors(conn, context, &who.user, change).await
    }

    /// New recovery codes; the ones before are void.
    pub async fn new_recovery_codes(&self, who: &SignIn, context: &Context) -> Result<Vec<String>> {
        let mut conn = self.inner.db.begin().await?;
        if count(&mut conn, COUNT_FACTORS, &who.user).await? == 0 {
            return Err(Error::conflict("Recovery codes stand in for a second factor: set one up first."));
        }
        let codes = write_codes(&mut conn, &who.user).await?;
        let id = uuid::Uuid::new_v4().simple().to_string();
        let title = "New recovery codes were made for your account".to_owned();
        let change = FactorChange { action: "recovery_codes.create", before: None, after: None, id: &id, title };
        self.settle_factors(conn, context, &who.user, change).await?;
        Ok(codes)
    }

    /// Removes all second factors of somebody who lost them, and ends their sessions.
    pub async fn reset_factors(&self, proof: &Allowed<action::SetPassword, User>, context: &Context, user: &Name) -> Result<()> {
        let found = crate::read::find_uid(&mut self.inner.db.read().await?, proof.uid()).await?;
        if found.is_none_or(|o| o.metadata.name != *user) {
            return Err(Error::internal("a proof about another person"));
        }
        self.clear_factors(context, user, "user.reset_second_factors").await
    }

    pub(crate) async fn clear_factors(&self, context: &Context, user: &Name, action: &str) -> Result<()> {
        let mut conn = self.inner.db.begin().await?;
        forget_factors(&mut conn, user.as_str()).await?;
        for table in ["session", "one_time"] {
            conn.run(&format!("DELETE FROM {table} WHERE user_name = $1"), args![user.as_str()]).await?;
        }
        self.patch_user_status(&mut conn, user, "has_second_factor", false.into()).await?;
        let id = uuid::Uuid::new_v4().simple().to_string();
        let title = "An administrator removed the second factors of your account".to_owned();
        let change = FactorChange { action, before: None, after: None, id: &id, title };
        self.settle_factors(conn, context, user, change).await
    }

    /// Records a change of how somebody signs in, tells them, and commits.
    async fn settle_factors(&self, mut conn: Conn, context: &Context, user: &Name, change: FactorChange<'_>) -> Result<()> {
        crate::change::next(&mut conn).await?;
        let FactorChange { action, before, after, id, title } = change;
        let record =
            Record { org: "", action, outcome: AuditOutcome::Allowed, kind: Some("User"), object: user.as_str(), before, after };
        self.inner.record(&mut conn, context, record).await?;
        let news = News {
            to: user.to_string(),
            kind: NotificationKind::SignInChanged,
            title,
            body: "If this was not you, change your password and tell an administrator.".to_owned(),
            link: NotificationLink { kind: "Account".to_owned(), name: user.to_string(), ..NotificationLink::default() },
            uid: id.to_owned(),
            generation: i64::from(action.ends_with("delete")),
        };
        let newest = tell(&mut conn, self.now(), &[news]).await?;
        let inner = self.inner.clone();
        conn.commit_then(move || {
            inner.forget_people();
            if let Some(newest) = newest {
                inner.announce(newest);
            }
        })
        .await
    }

    /// The time step that a code of an authenticator app belongs to, if it is one of about now.
    async fn step_of(&self, conn: &mut Conn, id: &str, code: &str) -> Result<Option<i64>> {
        let sealed = self.inner.unseal(conn, &sealed_at(id)).await?;
        let Some((_, secret)) = sealed.into_iter().find(|(path, _)| path == "secret") else { return Ok(None) };
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let now = u64::try_from(self.now().as_millis() / 1_000).map_err(Error::internal)?;
        totp(&secret, "")?.check(&code, now).map(|step| i64::try_from(step).map_err(Error::internal)).transpose()
    }

    /// Whether a code is one of the person's authenticator app now. Each counts once, and none older than it does after.
    pub async fn use_totp(&self, user: &Name, code: &str) -> Result<bool> {
        let mut conn = self.inner.db.begin().await?;
        let sql = "SELECT id FROM factor WHERE user_name = $1 AND type = 'totp' AND confirmed = 1";
        for row in conn.all(sql, args![user.as_str()]).await? {
            let id = row.text("id")?;
            let Some(step) = self.step_of(&mut conn, &id, code).await? else { continue };
            let sql = "UPDATE factor SET last_step = $2, last_used_at = $3 WHERE id = $1 AND last_step < $2";
            let fresh = conn.run(sql, args![&id, step, self.now().as_millis()]).await? == 1;
            conn.commit().await?;
            return Ok(fresh);
        }
        Ok(false)
    }

    /// Whether a code is on the person's list; it is struck off.
    pub async fn use_recovery_code(&self, user: &Name, code: &str) -> Result<bool> {
        let mut conn = self.inner.db.begin().await?;
        let hash = fingerprint(&plain_code(code));
        let sql = "DELETE FROM recovery_code WHERE hash = $1 AND user_name = $2";
        let struck = conn.run(sql, args![hash, user.as_str()]).await? == 1;
        conn.commit().await?;
        Ok(struck)
    }

    /// What the server wrote down of a person's passkeys.
    pub async fn passkeys(&self, user: &Name) -> Result<Vec<Json>> {
        let mut conn = self.inner.db.read().await?;
        let sql = "SELECT state FROM factor WHERE user_name = $1 AND type = 'passkey' AND confirmed = 1";
        conn.all(sql, args![user.as_str()]).await?.iter().map(|row| row.json("state")).collect()
    }

    /// Whose passkey this is, with their uid and what the server wrote down of it. Only of people who may sign in.
    pub async fn passkey(&self, credential: &str) -> Result<Option<(Name, String, Json)>> {
        let mut conn = self.inner.db.read().await?;
        let sql = "SELECT f.user_name, f.state, o.uid FROM factor f
                   JOIN account a ON a.user_name = f.user_name AND a.active = 1
                   JOIN object o ON o.kind = 'User' AND o.name = f.user_name
                   WHERE f.credential = $1 AND f.type = 'passkey' AND f.confirmed = 1";
        let Some(row) = conn.one(sql, args![credential]).await? else { return Ok(None) };
        Ok(Some((crate::row::name_of(&row.text("user_name")?)?, row.text("uid")?, row.json("state")?)))
    }

    /// Writes down that a passkey was used, and its counter.
    pub async fn passkey_used(&self, credential: &str, state: Json) -> Result<()> {
        let mut conn = self.inner.db.begin().await?;
        let sql = "UPDATE factor SET state = $2, last_used_at = $3 WHERE credential = $1 AND type = 'passkey'";
        conn.run(sql, args![credential, state, self.now().as_millis()]).await?;
        conn.commit().await
    }
}

struct NewFactor<'a> {
    id: &'a str,
    user: &'a Name,
    word: &'a str,
    name: &'a str,
    credential: &'a str,
    state: Json,
}

struct FactorChange<'a> {
    action: &'a str,
    before: Option<Json>,
    after: Option<Json>,
    /// What the news is about, so that the same is told once.
    id: &'a str,
    title: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recovery_codes_are_read_however_they_are_written() {
        let code = random_code();
        assert_eq!(code.len(), CODE_LENGTH + 3);
        assert_eq!(plain_code(&code).len(), CODE_LENGTH);
        assert_eq!(plain_code(&format!(" {} ", code.to_uppercase().replace('-', " "))), plain_code(&code));
        assert_ne!(random_code(), code);
    }
}
