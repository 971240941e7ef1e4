//! What compute and service instances have in common: phases, steps, the profile they came from.

use crate::{Name, Timestamp};
use serde::{Deserialize, Serialize};

/// The profile, and the generation of it, that an instance was launched from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileRef {
    /// The profile's name.
    pub name: Name,
    /// The profile's home project; the instance's own where absent (the server fills it in).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Name>,
    /// The published generation; the newest where absent (the server fills it in). It never moves by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<i64>,
}

/// What people want of an instance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DesiredState {
    /// Up.
    #[default]
    Running,
    /// Down, with its home kept.
    Stopped,
}

/// Where an instance is in its life.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Accepted, not looked at yet.
    #[default]
    Pending,
    /// Waits for capacity; `queue` says why.
    Queued,
    /// Its environment is being made.
    Provisioning,
    /// Made; not ready yet.
    Starting,
    /// Ready.
    Running,
    /// Going down.
    Stopping,
    /// Down; its home is kept.
    Stopped,
    /// A batch job that ended with exit code 0.
    Succeeded,
    /// Could not be made, or broke; `message` says why and what to do.
    Failed,
    /// Being deleted.
    Deleting,
}

impl Phase {
    /// Nothing will happen until somebody acts.
    pub fn is_settled(self) -> bool {
        matches!(self, Phase::Running | Phase::Stopped | Phase::Succeeded | Phase::Failed)
    }

    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Pending => "pending",
            Phase::Queued => "queued",
            Phase::Provisioning => "provisioning",
            Phase::Starting => "starting",
            Phase::Running => "running",
            Phase::Stopping => "stopping",
            Phase::Stopped => "stopped",
            Phase::Succeeded => "succeeded",
            Phase::Failed => "failed",
            Phase::Deleting => "deleting",
        }
    }
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Under way.
    Running,
    /// Done.
    Done,
    /// Broke; `message` says why.
    Failed,
    /// Not needed: it was there already.
    Skipped,
}

/// One step of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Step {
    /// A stable id inside this run: `queue`, `prepare:venv`, `start`, `ready`.
    pub id: String,
    /// What people read.
    pub title: String,
    /// How far it is.
    pub state: StepState,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// From 0 to 1, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<f64>,
    /// The newest line, or what went wrong.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// Why an instance waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct QueueStatus {
    /// 1 is next.
    pub position: u32,
    /// What is short: `2 × A100-80GB are needed and 1 is free on local`.
    pub reason: String,
    /// Since when it waits.
    pub since: Timestamp,
}

/// A change that touched no process: what runs is still what an earlier generation asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct KeptRevision {
    /// The generation whose change left everything running. Any other generation starts anew.
    pub generation: i64,
    /// The revision that runs.
    pub revision: i64,
}

impl KeptRevision {
    /// The revision that an instance at `generation` has to run.
    pub fn revision_at(kept: Option<KeptRevision>, generation: i64) -> i64 {
        kept.filter(|k| k.generation == generation).map_or(generation, |k| k.revision)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_revision_counts_for_its_generation_alone() {
        let kept = Some(KeptRevision { generation: 4, revision: 2 });
        assert_eq!(KeptRevision::revision_at(kept, 4), 2);
        assert_eq!(KeptRevision::revision_at(kept, 5), 5);
        assert_eq!(KeptRevision::revision_at(None, 3), 3);
    }
}
