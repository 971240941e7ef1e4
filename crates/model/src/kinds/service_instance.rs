//! An app running on a compute instance.

use super::environment_template::EndpointAccess;
use super::instance::{DesiredState, KeptRevision, Phase, ProfileRef, Step};
use super::profile_version::InstanceUpdate;
use crate::inputs::Values;
use crate::{FieldError, Kind, Name, Spec, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a person wants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceInstance {
    /// What it is launched from.
    pub profile: ProfileRef,
    /// The compute instance of the same workspace it runs on. Absent: one is made if the profile says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compute: Option<Name>,
    /// Answers to the compute profile's form, when a compute instance is made by this launch.
    #[serde(default, skip_serializing_if = "indexmap::IndexMap::is_empty")]
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub compute_inputs: Values,
    /// Made by the server: the compute instance came with this service and goes with it.
    #[serde(default)]
    pub owns_compute: bool,
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
    /// Grows with every start and retry by hand, so that an ended run begins anew.
    #[serde(default)]
    pub attempt: u32,
    /// Whom the owner lets in, by endpoint; what the template says where absent. Its template and profile say how far
    /// that may go, and only the owner opens it further.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub access: BTreeMap<String, EndpointAccess>,
}

impl ServiceInstance {
    /// Who may open an endpoint now, also while its status does not tell yet.
    pub fn access_of(&self, endpoint: &EndpointStatus) -> EndpointAccess {
        self.access.get(&endpoint.name).map_or(endpoint.usual, |wanted| (*wanted).min(endpoint.share))
    }
}

impl Spec for ServiceInstance {
    const KIND: Kind = Kind::ServiceInstance;
    type Status = ServiceInstanceStatus;

    fn validate_change(&self, old: &Self) -> Vec<FieldError> {
        let mut errors = super::instance_change(&self.profile, &old.profile, &self.owner, &old.owner);
        if self.compute != old.compute {
            errors.push(FieldError::new("spec.compute", "a service keeps its compute instance; launch another"));
        }
        errors
    }
}

/// One door of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct EndpointStatus {
    /// The endpoint's name in the template.
    pub name: String,
    /// What people read on the button.
    pub title: String,
    /// Where it opens, on its own origin.
    pub url: String,
    /// Who may open it.
    pub access: EndpointAccess,
    /// Who may open it where its owner says nothing.
    #[serde(default)]
    pub usual: EndpointAccess,
    /// The widest that its owner may open it to.
    #[serde(default)]
    pub share: EndpointAccess,
    /// It answers.
    pub ready: bool,
}

/// A value the template tells people once it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// What people read.
    pub label: String,
    /// The value.
    pub value: String,
}

/// What is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ServiceInstanceStatus {
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
    /// The steps of this run.
    #[serde(default)]
    pub timeline: Vec<Step>,
    /// Its doors.
    #[serde(default)]
    pub endpoints: Vec<EndpointStatus>,
    /// What the template tells.
    #[serde(default)]
    pub outputs: Vec<Output>,
    /// The isolation it runs in, said plainly.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub isolation: String,
    /// It is meant to end: exit code 0 is success, and whoever waits waits for the end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub batch: bool,
    /// Exit code of the last run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// How often it was restarted by itself in this run.
    #[serde(default)]
    pub restarts: u32,
    /// Since when it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running_since: Option<Timestamp>,
    /// When somebody or something last used it, as far as the activity probe and the gateway know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_activity_at: Option<Timestamp>,
    /// A newer version of its profile than the one it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update: Option<InstanceUpdate>,
    /// The newest change touched no process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_revision: Option<KeptRevision>,
}
