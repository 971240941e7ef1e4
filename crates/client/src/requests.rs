//! Requests for access, the report of who has what, and what uses a secret.

use crate::error::{ClientError, Result};
use crate::http::Client;
use crate::resource::add_pairs;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use warpyard_model::{Kind, ScopePath, Timestamp};

/// What somebody asks for.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AccessWish {
    /// The project; the organization where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The workspace in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace: Option<String>,
    /// The built-in role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Or the organization's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_role: Option<String>,
    /// What for.
    pub reason: String,
    /// For how long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<u64>,
}

/// A request for access.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessRequest {
    /// Its name.
    pub name: String,
    /// Who asks.
    pub user: String,
    /// Where.
    pub scope: ScopePath,
    /// The built-in role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The organization's own role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_role: Option<String>,
    /// What for.
    pub reason: String,
    /// For how long; for good where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<i64>,
    /// Since when.
    pub created_at: Timestamp,
    /// `pending`, `approved`, `denied` or `lapsed`.
    pub state: String,
    /// Who decided.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub decided_by: String,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Timestamp>,
    /// What they said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The role binding that was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binding: Option<String>,
    /// Whether the caller may decide about it.
    #[serde(default)]
    pub may_decide: bool,
}

/// A request that was made, and who may decide.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RequestedAccess {
    /// The request.
    pub request: AccessRequest,
    /// Who was told.
    pub approvers: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Requests {
    items: Vec<AccessRequest>,
}

/// Somebody has something, by one way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReviewRow {
    /// Who.
    pub user: String,
    /// What people call them.
    #[serde(default)]
    pub title: String,
    /// Whether they may sign in.
    pub active: bool,
    /// Where.
    pub scope: ScopePath,
    /// The role, built-in or the organization's own.
    pub role: String,
    /// The role binding.
    pub binding: String,
    /// The group it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// Who gave it.
    #[serde(default)]
    pub given_by: String,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// When they last signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sign_in: Option<Timestamp>,
    /// When a token of theirs was last used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_token_use: Option<Timestamp>,
}

/// Who has what in an organization.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessReview {
    /// Everything, by person.
    pub items: Vec<ReviewRow>,
    /// What is bound to the installation is left out.
    pub partial: bool,
}

/// Something that uses a secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UsedBy {
    /// Its kind.
    pub kind: Kind,
    /// Where it lives.
    pub scope: ScopePath,
    /// Its name.
    pub name: String,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// In which field.
    pub field: String,
}

/// Everything that uses a secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SecretUsage {
    /// What the caller may see.
    pub items: Vec<UsedBy>,
    /// How many more there are.
    pub hidden: usize,
}

impl Client {
    /// What uses a secret.
    pub async fn secret_usage(&self, scope: &ScopePath, name: &str) -> Result<SecretUsage> {
        self.get_json(self.action_url(Kind::Secret, scope, name, &["usage"])?).await
    }

    /// Asks for a role for oneself.
    pub async fn request_access(&self, org: &str, wish: &AccessWish) -> Result<RequestedAccess> {
        self.post_json(self.url(&["orgs", org, "access-requests"]), wish).await
    }

    /// One's requests, and those one may decide about or see.
    pub async fn access_requests(&self, org: &str, state: Option<&str>, mine: bool) -> Result<Vec<AccessRequest>> {
        let mut url = self.url(&["orgs", org, "access-requests"]);
        add_pairs(&mut url, &[("state", state.map(str::to_owned)), ("mine", mine.then(|| "true".to_owned()))]);
        self.get_json::<Requests>(url).await.map(|requests| requests.items)
    }

    /// `approve` or `deny` of a request.
    pub async fn decide_access(&self, org: &str, name: &str, verb: &str, note: &str) -> Result<AccessRequest> {
        self.post_json(self.url(&["orgs", org, "access-requests", name, verb]), &json!({ "note": note })).await
    }

    /// Takes one's own request back.
    pub async fn withdraw_access(&self, org: &str, name: &str) -> Result<()> {
        self.done(self.request(Method::DELETE, self.url(&["orgs", org, "access-requests", name]))).await
    }

    /// Who has what in an organization.
    pub async fn access_review(&self, org: &str) -> Result<AccessReview> {
        self.get_json(self.url(&["orgs", org, "reports", "access-review"])).await
    }

    /// The same as CSV.
    pub async fn access_review_csv(&self, org: &str) -> Result<String> {
        let mut url = self.url(&["orgs", org, "reports", "access-review"]);
        add_pairs(&mut url, &[("format", Some("csv".to_owned()))]);
        let answer = self.send(self.request(Method::GET, url)).await?;
        answer.text().await.map_err(|error| ClientError::from_transport(&error, self.address()))
    }
}
