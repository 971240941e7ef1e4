//! Who did what to what, when. Entries form a hash chain per organization and are never changed.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    /// It was done.
    Allowed,
    /// It was refused.
    Denied,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct AuditEntry {
    /// Its place in the chain, from 1.
    pub sequence: i64,
    /// The chain: the organization's name, empty for the platform's own.
    pub org: String,
    /// When.
    pub at: Timestamp,
    /// Who: a user's name, `controller`, or `anonymous`.
    pub actor: String,
    /// Whom the actor did it for, where that is somebody else: the owner of an instance launched for them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub on_behalf_of: String,
    /// Permission-like: `compute_profile.publish`, `session.create`.
    pub action: String,
    /// Done or refused.
    pub outcome: AuditOutcome,
    /// The object's kind, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Where it is or was: `/acme/vision/nb-1`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub object: String,
    /// Spec before, sensitive values masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<serde_json::Value>,
    /// Spec after, sensitive values masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<serde_json::Value>,
    /// The request's id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub request_id: String,
    /// The caller's address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// SHA-256 over the entry and the previous hash, in hex.
    pub hash: String,
}
