//! A read-only, versioned profile shipped with Warpyard, made from `catalog/` when the server starts.

use super::environment_template::Workload;
use super::{ComputeProfile, NoStatus, ServiceProfile};
use crate::{Kind, Spec};
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

/// Shipped profiles observe nothing.
pub type SystemProfileStatus = NoStatus;

impl Spec for SystemProfile {
    const KIND: Kind = Kind::SystemProfile;
    type Status = SystemProfileStatus;
}
