//! One place where things can run, and what it has.

use crate::{Condition, FieldError, Kind, Spec, Timestamp};
use serde::{Deserialize, Serialize};

/// Which provider drives a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TargetType {
    /// This machine: supervised, sandboxed processes.
    Process,
}

/// What a target is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The provider.
    #[serde(rename = "type")]
    pub target_type: TargetType,
    /// Takes no new instances; what runs goes on.
    #[serde(default)]
    pub cordoned: bool,
    /// CPU that instances may take in all, in thousandths of a core; the machine's where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_millis: Option<u64>,
    /// Memory that instances may take in all, in bytes; nine tenths of the machine's where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// Pretends to have GPUs, as `A100-80GB:4`, clearly labelled; for trying things out on a machine without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub simulated_gpus: Vec<String>,
}

impl Spec for Target {
    const KIND: Kind = Kind::Target;
    type Status = TargetStatus;

    fn validate(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for (i, text) in self.simulated_gpus.iter().enumerate() {
            if parse_simulated(text).is_none() {
                errors.push(FieldError::new(
                    format!("spec.simulated_gpus.{i}"),
                    format!("{text:?} is not MODEL:COUNT with a count from 1 to 64, such as A100-80GB:4"),
                ));
            }
        }
        errors
    }

    fn validate_change(&self, old: &Self) -> Vec<FieldError> {
        if self.target_type == old.target_type {
            Vec::new()
        } else {
            vec![FieldError::new("spec.type", "a target keeps its type; make another target")]
        }
    }
}

/// Splits `A100-80GB:4` into model and count.
pub fn parse_simulated(text: &str) -> Option<(&str, u32)> {
    let (model, count) = text.rsplit_once(':')?;
    let count: u32 = count.parse().ok()?;
    let good = !model.is_empty() && model.len() <= 60 && model.bytes().all(|b| b.is_ascii_alphanumeric() || b" ._-".contains(&b));
    (good && (1..=64).contains(&count)).then_some((model, count))
}

/// One GPU of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Gpu {
    /// The device's stable id, such as `GPU-…` from NVML or `sim-0`.
    pub id: String,
    /// Its index on the node, for `CUDA_VISIBLE_DEVICES`.
    pub index: u32,
    /// The model, such as `NVIDIA A100-SXM4-80GB`.
    pub model: String,
    /// Its memory in bytes.
    pub memory_bytes: u64,
    /// There is no such device: it was simulated.
    #[serde(default)]
    pub simulated: bool,
    /// The driver reports it healthy.
    #[serde(default = "healthy")]
    pub healthy: bool,
}

fn healthy() -> bool {
    true
}

/// One machine of a target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// CPU that may be allotted, in thousandths of a core.
    pub cpu_millis: u64,
    /// Memory that may be allotted, in bytes.
    pub memory_bytes: u64,
    /// Its GPUs.
    #[serde(default)]
    pub gpus: Vec<Gpu>,
}

/// What a target has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Inventory {
    /// Its machines.
    pub nodes: Vec<Node>,
}

/// Who holds a GPU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct GpuUse {
    /// The device.
    pub gpu: String,
    /// The compute instance's uid.
    pub instance_uid: String,
    /// Where it lives: `/acme/vision/research/nb-1`.
    pub instance: String,
    /// Whose it is.
    pub owner: String,
}

/// What is taken of a target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Usage {
    /// CPU allotted, in thousandths of a core.
    pub cpu_millis: u64,
    /// Memory allotted, in bytes.
    pub memory_bytes: u64,
    /// GPUs allotted and to whom.
    #[serde(default)]
    pub gpus: Vec<GpuUse>,
    /// Instances that hold something.
    pub instances: u32,
    /// Instances that wait.
    pub queued: u32,
}

/// What is known about a target.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TargetStatus {
    /// Whether it answers and can run things.
    #[serde(default)]
    pub conditions: Vec<Condition>,
    /// What it has.
    #[serde(default)]
    pub inventory: Inventory,
    /// What is taken; filled in when the target is read.
    #[serde(default)]
    pub usage: Usage,
    /// The isolation instances get, said plainly.
    #[serde(default)]
    pub isolation: String,
    /// Commands that templates may need and that are there.
    #[serde(default)]
    pub commands: Vec<String>,
    /// What it can do: `gpus` (`real_gpus` where they are not simulated), `limits`, `private_network`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<String>,
    /// When it last answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Timestamp>,
}
