//! Tickets: what a sign-in that takes several requests remembers between them. Each is good for minutes, for a few
//! attempts, and for one end.

use crate::db::args;
use crate::{Store, fingerprint};
use serde_json::Value as Json;
use warpyard_model::{Name, Result};

/// How long somebody may take for the second step.
const SECONDS: i64 = 10 * 60;
/// How often the second step may be tried.
const ATTEMPTS: i64 = 5;

/// What a ticket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketFor {
    /// The second factor, after the password was right.
    SecondFactor,
    /// Signing in with a passkey alone: nobody knows yet who it is.
    Passkey,
    /// Adding a passkey to one's account.
    NewPasskey,
    /// Signing in at an identity provider, or linking an identity there.
    Provider,
}

impl TicketFor {
    fn as_str(self) -> &'static str {
        match self {
            TicketFor::SecondFactor => "second_factor",
            TicketFor::Passkey => "passkey",
            TicketFor::NewPasskey => "new_passkey",
            TicketFor::Provider => "provider",
        }
    }
}

impl Store {
    /// Hands out a ticket.
    pub async fn issue_ticket(&self, purpose: TicketFor, user: &Name, state: Json) -> Result<String> {
        let secret = self.one_time(purpose.as_str(), user, None, None, SECONDS).await?;
        let mut conn = self.inner.db.begin().await?;
        conn.run("UPDATE one_time SET state = $2 WHERE hash = $1", args![fingerprint(&secret), state]).await?;
        conn.commit().await?;
        Ok(secret)
    }

    /// Looks at a ticket and counts an attempt: whose it is and what was remembered, while it is good.
    pub async fn try_ticket(&self, purpose: TicketFor, secret: &str) -> Result<Option<(Name, Json)>> {
        let mut conn = self.inner.db.begin().await?;
        let row = conn
            .one(
                "UPDATE one_time SET attempts = attempts + 1
                 WHERE hash = $1 AND purpose = $2 AND expires_at > $3 AND attempts < $4 RETURNING user_name, state",
                args![fingerprint(secret), purpose.as_str(), self.now().as_millis(), ATTEMPTS],
            )
            .await?;
        conn.commit().await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some((crate::row::name_of(&row.text("user_name")?)?, row.opt_json("state")?.unwrap_or_default())))
    }

    /// Uses a ticket up; tells whether it was there to be used.
    pub async fn use_ticket(&self, secret: &str) -> Result<bool> {
        let mut conn = self.inner.db.begin().await?;
        let used = conn.run("DELETE FROM one_time WHERE hash = $1", args![fingerprint(secret)]).await? == 1;
        conn.commit().await?;
        Ok(used)
    }
}
