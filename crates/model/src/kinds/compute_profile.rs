//! A size people may launch: an SKU with a card.

use super::card::{AllocationType, Card, Limits, Price, Sharing, SystemParent, TemplateRef, validate_card};
use super::placement::TargetSelector;
use super::profile_version::ProfileStatus;
use super::size::Size;
use crate::inputs::{InputRule, Preset, validate_rules};
use crate::{FieldError, Kind, Name, Spec};
use serde::{Deserialize, Serialize};

/// What a compute profile says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComputeProfile {
    /// How it looks.
    #[serde(default)]
    pub card: Card,
    /// The environment template (workload `compute`) that makes it.
    pub template: TemplateRef,
    /// The target it runs on; any that fits where this and `target_selector` are absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Name>,
    /// The targets it may run on, by what they are; instead of `target`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_selector: Option<TargetSelector>,
    /// How much of the target it takes.
    pub size: Size,
    /// Dedicated or shared.
    #[serde(default)]
    pub allocation: AllocationType,
    /// Its price, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// How it narrows the template's inputs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<InputRule>,
    /// Values for many inputs at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub presets: Vec<Preset>,
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

impl Spec for ComputeProfile {
    const KIND: Kind = Kind::ComputeProfile;
    type Status = ProfileStatus;

    fn validate(&self) -> Vec<FieldError> {
        let mut errors = validate_card(&self.card);
        errors.extend(self.size.validate());
        errors.extend(self.target_selector.iter().flat_map(TargetSelector::validate));
        if self.target.is_some() && self.target_selector.is_some() {
            errors.push(FieldError::new("spec.target_selector", "say either a target or what targets must have, not both"));
        }
        errors.extend(self.price.as_ref().and_then(Price::validate));
        errors.extend(self.limits.validate());
        errors.extend(validate_rules(&self.inputs, &self.presets));
        errors
    }
}
