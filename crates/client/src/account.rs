//! Sign-in, the caller's own tokens, and what administrators do to people's sign-in.

use crate::error::{ClientError, Result};
use crate::http::{Client, Credentials};
use reqwest::{Method, header};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;
use warpyard_model::{ErrorCode, Timestamp};

/// Whether the server still waits for its first administrator.
#[derive(Debug, Clone, Deserialize)]
pub struct Setup {
    /// There is no administrator yet.
    pub required: bool,
}

/// A session cookie that was just given, as `name=value`.
pub struct SessionCookie(pub String);

/// What a right password leads to.
pub enum SignedIn {
    /// A session.
    Session(SessionCookie),
    /// A second factor is asked for.
    SecondFactor(SecondFactorAsked),
}

/// The second step of a sign-in.
#[derive(Clone, Deserialize)]
pub struct SecondFactorAsked {
    /// What may be shown: `totp`, `passkey`, `recovery`.
    pub second_factor: Vec<String>,
    /// Goes with it.
    pub ticket: String,
}

/// The caller.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Me {
    /// Who.
    pub user: MeUser,
    /// Roles and where they count.
    #[serde(default)]
    pub bindings: Vec<BindingView>,
    /// The areas of the console the caller sees.
    #[serde(default)]
    pub areas: Vec<String>,
    /// The server's version.
    #[serde(default)]
    pub version: String,
    /// Facts about the server.
    #[serde(default)]
    pub server: ServerFacts,
    /// Organizations that want a second factor before they give the caller anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub second_factor_required: Vec<String>,
    /// What the token in use is limited to, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limited_to: Option<TokenLimits>,
}

/// What a token is limited to.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TokenLimits {
    /// Permissions; empty: all of its owner's.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Places; empty: wherever its owner has rights.
    #[serde(default)]
    pub places: Vec<String>,
}

/// The caller's user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MeUser {
    /// The name.
    pub name: String,
    /// What people read.
    #[serde(default)]
    pub display_name: String,
    /// The mail address.
    #[serde(default)]
    pub email: String,
}

/// A role and where it counts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BindingView {
    /// The built-in role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The organization's own role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_role: Option<String>,
    /// The group that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Until when; for good where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The organization, unless it counts everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// The project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<String>,
}

/// Facts about the server.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ServerFacts {
    /// The domain below which apps open.
    #[serde(default)]
    pub apps_domain: String,
}

/// An API token without its secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TokenView {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The permissions it is limited to; empty: all of its owner's.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The places it is limited to; empty: wherever its owner has rights.
    #[serde(default)]
    pub places: Vec<String>,
    /// It was made from a session in which a second factor was shown.
    #[serde(default)]
    pub strong: bool,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When it stops working.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it was last used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    /// When it was last given a new value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotated_at: Option<Timestamp>,
    /// Until when the value before that goes on working.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_value_until: Option<Timestamp>,
}

/// Whose tokens.
#[derive(Debug, Clone, Copy)]
pub enum TokensOf<'a> {
    /// The caller's.
    Me,
    /// A service account's: its organization and its name.
    ServiceAccount(&'a str, &'a str),
}

impl<'a> TokensOf<'a> {
    fn path(self, more: &[&'a str]) -> Vec<&'a str> {
        let mut path = match self {
            TokensOf::Me => vec!["me"],
            TokensOf::ServiceAccount(org, name) => vec!["orgs", org, "service-accounts", name],
        };
        path.push("tokens");
        path.extend(more);
        path
    }
}

/// A token to make.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TokenWish {
    /// What it is called.
    pub name: String,
    /// How long it works.
    pub expires_in_seconds: u64,
    /// The permissions it is limited to; empty: all of one's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// The places it is limited to; empty: wherever one has rights.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
}

/// A token that was just made or rotated; its secret is told once.
#[derive(Clone, Serialize, Deserialize)]
pub struct NewToken {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The secret, `wyd_…`.
    pub token: String,
    /// When it stops working.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Until when the value before goes on working, where it was rotated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_value_until: Option<Timestamp>,
}

/// A link with which a person sets a password and is signed in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignInLink {
    /// The address.
    pub url: String,
    /// When it stops working.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// One of the installation's keys.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EncryptionKey {
    /// Tells it apart.
    pub id: String,
    /// It seals what is new.
    pub current: bool,
    /// Values that it opens.
    pub values: i64,
}

/// How sealed values are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Encryption {
    /// Where the key comes from.
    pub source: String,
    /// The keys, the current one first.
    pub keys: Vec<EncryptionKey>,
    /// Sealed values in all.
    pub values: i64,
    /// Values that are still to be wrapped with the current key.
    pub waiting: i64,
}

#[derive(Deserialize)]
struct Items<T> {
    items: Vec<T>,
}

impl Client {
    /// Whether the server waits for its first administrator.
    pub async fn setup(&self) -> Result<Setup> {
        self.get_json(self.url(&["setup"])).await
    }

    /// Signs in with a password.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<SignedIn> {
        let response = self.sign_in_request(&["session"], &json!({ "email": email, "password": password })).await?;
        if !response.headers().contains_key(header::SET_COOKIE) {
            let text = response.text().await.map_err(|e| ClientError::from_transport(&e, self.address()))?;
            return serde_json::from_str(&text).map(SignedIn::SecondFactor).map_err(|_| {
                ClientError::local(
                    ErrorCode::Internal,
                    format!("{} accepted the password but gave no session; is it a Warpyard server?", self.address()),
                )
            });
        }
        self.cookie_of(&response).map(SignedIn::Session)
    }

    /// Shows a second factor: `what` is `totp` or `recovery`.
    pub async fn second_factor(&self, asked: &SecondFactorAsked, what: &str, code: &str) -> Result<SessionCookie> {
        let body = json!({ "ticket": asked.ticket, what: code });
        let response = self.sign_in_request(&["session", "second-factor"], &body).await?;
        self.cookie_of(&response)
    }

    async fn sign_in_request(&self, path: &[&str], body: &serde_json::Value) -> Result<reqwest::Response> {
        let request = self
            .request(Method::POST, self.url(path))
            // The server takes sign-ins from a person or from its own pages only.
            .header("Sec-Fetch-Site", "none")
            .timeout(Duration::from_secs(60))
            .json(body);
        self.send(request).await
    }

    fn cookie_of(&self, response: &reqwest::Response) -> Result<SessionCookie> {
        let cookies: Vec<String> = response
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .filter_map(|text| text.split(';').next())
            .map(|pair| pair.trim().to_owned())
            .filter(|pair| !pair.is_empty())
            .collect();
        if cookies.is_empty() {
            return Err(ClientError::local(
                ErrorCode::Internal,
                format!("{} accepted the password but gave no session; is it a Warpyard server?", self.address()),
            ));
        }
        Ok(SessionCookie(cookies.join("; ")))
    }

    /// Ends the session whose cookie this client holds.
    pub async fn sign_out(&self) -> Result<()> {
        self.done(self.request(Method::DELETE, self.url(&["session"]))).await
    }

    /// The same server with a session just given.
    #[must_use]
    pub fn with_session(&self, cookie: &SessionCookie) -> Client {
        self.with_credentials(Credentials::Cookie(cookie.0.clone()))
    }

    /// Who the caller is.
    pub async fn me(&self) -> Result<Me> {
        self.get_json(self.url(&["me"])).await
    }

    /// The tokens of the caller, or of a service account.
    pub async fn tokens(&self, of: TokensOf<'_>) -> Result<Vec<TokenView>> {
        let answer: Items<TokenView> = self.get_json(self.url(&of.path(&[]))).await?;
        Ok(answer.items)
    }

    /// Makes a token.
    pub async fn create_token(&self, of: TokensOf<'_>, wish: &TokenWish) -> Result<NewToken> {
        self.post_json(self.url(&of.path(&[])), wish).await
    }

    /// Gives a token a new value; the one before goes on for `grace_seconds`.
    pub async fn rotate_token(
        &self,
        of: TokensOf<'_>,
        id: &str,
        grace_seconds: u64,
        expires_in_seconds: Option<u64>,
    ) -> Result<NewToken> {
        let body = json!({ "grace_seconds": grace_seconds, "expires_in_seconds": expires_in_seconds });
        self.post_json(self.url(&of.path(&[id, "rotate"])), &body).await
    }

    /// Makes a token useless at once.
    pub async fn revoke_token(&self, of: TokensOf<'_>, id: &str) -> Result<()> {
        self.done(self.request(Method::DELETE, self.url(&of.path(&[id])))).await
    }

    /// How sealed values are kept.
    pub async fn encryption(&self) -> Result<Encryption> {
        self.get_json(self.url(&["encryption"])).await
    }

    /// Begins a new master key.
    pub async fn rotate_key(&self) -> Result<Encryption> {
        self.post_json(self.url(&["encryption", "rotate"]), &json!({})).await
    }

    /// Makes a link with which a person sets a password.
    pub async fn sign_in_link(&self, user: &str) -> Result<SignInLink> {
        self.post_json(self.url(&["users", user, "sign-in-link"]), &json!({})).await
    }

    /// Removes somebody's second factors.
    pub async fn reset_second_factors(&self, user: &str) -> Result<()> {
        let url = self.url(&["users", user, "reset-second-factors"]);
        self.done(self.request(Method::POST, url).json(&json!({}))).await
    }

    /// Sets somebody's password.
    pub async fn set_password(&self, user: &str, password: &str) -> Result<()> {
        let url = self.url(&["users", user, "password"]);
        self.done(self.request(Method::PUT, url).json(&json!({ "password": password }))).await
    }
}
