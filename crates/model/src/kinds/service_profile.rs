//! An app as a card, running on a compute instance.

use super::card::{Card, Limits, Price, Sharing, SystemParent, TemplateRef, validate_card};
use super::environment_template::EndpointAccess;
use super::profile_version::ProfileStatus;
use crate::inputs::{InputRule, Preset, validate_rules};
use crate::{FieldError, Kind, Name, Spec};
use serde::{Deserialize, Serialize};

/// Which compute a service may run on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComputeRequirement {
    /// One launch makes both: the compute profile to use when the person brings no compute instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_create: Option<Name>,
    /// Compute profiles it may run on; any where empty. `auto_create` always counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<Name>,
}

/// What a service profile says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceProfile {
    /// How it looks.
    #[serde(default)]
    pub card: Card,
    /// The environment template (workload `service`) that makes it.
    pub template: TemplateRef,
    /// Which compute it runs on.
    #[serde(default)]
    pub compute: ComputeRequirement,
    /// A price on top of the compute's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// How it narrows the template's inputs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<InputRule>,
    /// Values for many inputs at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub presets: Vec<Preset>,
    /// Narrows who may open the endpoints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<EndpointAccess>,
    /// Who is offered it.
    #[serde(default)]
    pub sharing: Sharing,
    /// How much of it one person may have.
    #[serde(default, skip_serializing_if = "Limits::is_empty")]
    pub limits: Limits,
    /// The system profile it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<SystemParent>,
}

impl Spec for ServiceProfile {
    const KIND: Kind = Kind::ServiceProfile;
    type Status = ProfileStatus;

    fn validate(&self) -> Vec<FieldError> {
        let mut errors = validate_card(&self.card);
        errors.extend(self.price.as_ref().and_then(Price::validate));
        errors.extend(self.limits.validate());
        errors.extend(validate_rules(&self.inputs, &self.presets));
        errors
    }
}
