//! An allocation on a target with a private home.

use super::instance::{DesiredState, Phase, ProfileRef, QueueStatus, Step};
use super::profile_version::InstanceUpdate;
use super::size::ResolvedSize;
use crate::inputs::Values;
use crate::{FieldError, Kind, Name, Spec, Timestamp};
use serde::{Deserialize, Serialize};

/// What a person wants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComputeInstance {
    /// What it is launched from.
    pub profile: ProfileRef,
    /// Answers to the profile's form. Sensitive ones come back as `{"sealed": true}`.
    #[serde(default)]
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub inputs: Values,
    /// Whose it is; the caller where absent. Somebody else needs the grant to launch on behalf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Name>,
    /// Up or down.
    #[serde(default)]
    pub desired_state: DesiredState,
}

impl Spec for ComputeInstance {
    const KIND: Kind = Kind::ComputeInstance;
    type Status = ComputeInstanceStatus;

    fn validate_change(&self, old: &Self) -> Vec<FieldError> {
        super::instance_change(&self.profile, &old.profile, &self.owner, &old.owner)
    }
}

/// What an instance holds of its target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Allocation {
    /// The target's name.
    pub target: String,
    /// The node's name.
    pub node: String,
    /// CPU in thousandths of a core.
    pub cpu_millis: u64,
    /// Memory in bytes.
    pub memory_bytes: u64,
    /// Ids of its GPUs.
    #[serde(default)]
    pub gpus: Vec<String>,
    /// Their indices on the node, in the same order.
    #[serde(default)]
    pub gpu_indices: Vec<u32>,
    /// Its GPUs are simulated.
    #[serde(default)]
    pub simulated: bool,
}

/// What is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ComputeInstanceStatus {
    /// Where it is in its life.
    #[serde(default)]
    pub phase: Phase,
    /// A CamelCase word for programs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// A sentence for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// The generation of the spec this status answers to.
    #[serde(default)]
    pub observed_generation: i64,
    /// The size it asked for.
    #[serde(default)]
    pub size: ResolvedSize,
    /// What it holds; nothing while queued or stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocation: Option<Allocation>,
    /// Why it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueStatus>,
    /// The steps of this run.
    #[serde(default)]
    pub timeline: Vec<Step>,
    /// Since when it holds what it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running_since: Option<Timestamp>,
    /// A newer version of its profile than the one it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update: Option<InstanceUpdate>,
    /// It is given another size: the services on it stop, it gives back what it holds and asks anew.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replacing: bool,
}
