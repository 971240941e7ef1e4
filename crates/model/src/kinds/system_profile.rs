//! A read-only, versioned profile shipped with Warpyard, made from `catalog/` when the server starts.

use super::environment_template::Workload;
use super::{ComputeProfile, ServiceProfile};
use crate::{Kind, Name, Spec};
use serde::{Deserialize, Serialize};

/// What a shipped profile brings. Exactly one of `compute` and `service` is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SystemProfile {
    /// Grows with every shipped change.
    pub version: String,
    /// Which kind of profile it makes.
    pub workload: Workload,
    /// What changed, newest first, in Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub changelog: String,
    /// Commands the machine must have, such as `python3`; checked against the target before launch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// The compute profile it makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compute: Option<ComputeProfile>,
    /// The service profile it makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceProfile>,
}

/// Which organizations may use a shipped profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SystemOffer {
    /// Every organization, also later ones.
    #[serde(default)]
    pub all_orgs: bool,
    /// These, where not all; none where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orgs: Vec<Name>,
}

impl Default for SystemOffer {
    /// What is shipped is for everybody until a platform admin says otherwise.
    fn default() -> Self {
        Self { all_orgs: true, orgs: Vec::new() }
    }
}

impl SystemOffer {
    /// Whether an organization may use it.
    pub fn reaches(&self, org: &Name) -> bool {
        self.all_orgs || self.orgs.contains(org)
    }
}

/// What a platform admin says of a shipped profile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SystemProfileStatus {
    /// Who may use it.
    #[serde(default)]
    pub offer: SystemOffer,
}

impl Spec for SystemProfile {
    const KIND: Kind = Kind::SystemProfile;
    type Status = SystemProfileStatus;
}
