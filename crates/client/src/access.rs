//! Effective access: what somebody may do and why, and who may do something.

use crate::error::Result;
use crate::http::Client;
use crate::resource::add_pairs;
use serde::{Deserialize, Serialize};
use warpyard_model::{ScopePath, Timestamp};

/// Where a permission comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// `role`, `ownership`, `offer` or `membership`.
    pub kind: String,
    /// The role binding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binding: Option<String>,
    /// Where the binding is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_at: Option<ScopePath>,
    /// The built-in role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The organization's own role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_role: Option<String>,
    /// The group the binding names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// When the binding ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Why it was made.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Since when it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// One permission and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessEntry {
    /// Such as `compute_profile.publish`.
    pub permission: String,
    /// Where it holds, and below.
    pub scope: ScopePath,
    /// Where it comes from.
    pub via: Source,
}

/// What somebody may do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessAnswer {
    /// Who.
    pub user: String,
    /// What, and why.
    pub entries: Vec<AccessEntry>,
    /// Some places are left out.
    pub partial: bool,
}

/// Somebody who may.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WhoPerson {
    /// Who.
    pub user: String,
    /// Why.
    pub via: Vec<Source>,
}

/// Everybody who may.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WhoAnswer {
    /// Who, and why.
    pub people: Vec<WhoPerson>,
    /// Some people are left out.
    pub partial: bool,
}

/// What may be done to what.
#[derive(Debug, Clone, Default)]
pub struct WhoQuery {
    /// Such as `compute_profile.publish`.
    pub permission: String,
    /// Where.
    pub scope: ScopePath,
    /// One object there.
    pub name: Option<String>,
}

/// A built-in role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuiltInRole {
    /// Such as `paas_admin`.
    pub role: String,
    /// Where it may be bound.
    pub levels: Vec<String>,
    /// What it gives there and below.
    pub permissions: Vec<String>,
}

impl Client {
    /// What each built-in role may do, for somebody of this organization.
    pub async fn built_in_roles(&self, org: &str) -> Result<Vec<BuiltInRole>> {
        #[derive(Deserialize)]
        struct Items {
            items: Vec<BuiltInRole>,
        }
        let found: Items = self.get_json(self.url(&["orgs", org, "built-in-roles"])).await?;
        Ok(found.items)
    }

    /// What somebody may do in an organization or, without one, anywhere; oneself where `user` is absent.
    pub async fn access(&self, org: Option<&str>, user: Option<&str>) -> Result<AccessAnswer> {
        let mut url = match org {
            Some(org) => self.url(&["orgs", org, "access"]),
            None => self.url(&["access"]),
        };
        add_pairs(&mut url, &[("user", user.map(str::to_owned))]);
        self.get_json(url).await
    }

    /// Who may do something.
    pub async fn who_may(&self, query: &WhoQuery) -> Result<WhoAnswer> {
        let text = |name: &Option<warpyard_model::Name>| name.as_ref().map(ToString::to_string);
        let mut url = match &query.scope.org {
            Some(org) => self.url(&["orgs", org.as_str(), "access", "who"]),
            None => self.url(&["access", "who"]),
        };
        let pairs = [
            ("permission", Some(query.permission.clone())),
            ("project", text(&query.scope.project)),
            ("workspace", text(&query.scope.workspace)),
            ("name", query.name.clone()),
        ];
        add_pairs(&mut url, &pairs);
        self.get_json(url).await
    }
}
