//! The envelope every kind shares, and what a kind must provide to be one.

use crate::{API_VERSION, FieldError, Kind, Metadata, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// What makes a type the spec of a kind.
pub trait Spec: Serialize + DeserializeOwned + schemars::JsonSchema + Clone + std::fmt::Debug + Send + Sync + 'static {
    /// Which kind.
    const KIND: Kind;
    /// What the system observes about it.
    type Status: Serialize + DeserializeOwned + schemars::JsonSchema + Default + Clone + std::fmt::Debug + Send + Sync + 'static;

    /// Rules that the type alone cannot express; paths start at `spec`.
    fn validate(&self) -> Vec<FieldError> {
        Vec::new()
    }

    /// Rules on a change; `old` is what is stored. Paths start at `spec`.
    fn validate_change(&self, _old: &Self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// An object as it is stored, sent and written in files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(bound = "S: Spec")]
#[schemars(bound = "S: Spec", rename = "{S}Object")]
pub struct Object<S: Spec> {
    /// Always `warpyard.io/v1`.
    #[serde(rename = "apiVersion")]
    pub api_version: String,
    /// The kind's name.
    pub kind: Kind,
    /// Names, scope, versions, who and when.
    pub metadata: Metadata,
    /// What is wanted.
    pub spec: S,
    /// What is.
    #[serde(default)]
    pub status: S::Status,
}

impl<S: Spec> Object<S> {
    /// An object with this metadata and spec and an empty status.
    pub fn new(metadata: Metadata, spec: S) -> Self {
        Self { api_version: API_VERSION.to_owned(), kind: S::KIND, metadata, spec, status: S::Status::default() }
    }
}

/// One thing that is or is not so, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Condition {
    /// What, in CamelCase: `Ready`, `Reachable`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it is so; `None` while unknown.
    pub status: Option<bool>,
    /// A CamelCase word for programs.
    pub reason: String,
    /// A sentence for people: what, where, what to do.
    pub message: String,
    /// Since when.
    pub since: Timestamp,
}

/// Sets `condition` in `all`, keeping `since` while its status stays the same.
pub fn set_condition(all: &mut Vec<Condition>, mut condition: Condition) {
    if let Some(old) = all.iter_mut().find(|c| c.kind == condition.kind) {
        if old.status == condition.status {
            condition.since = old.since;
        }
        *old = condition;
    } else {
        all.push(condition);
    }
}
