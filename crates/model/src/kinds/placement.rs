//! Where a compute profile may run: on one target, on every target of a kind, or anywhere.

use super::{ComputeProfile, Target, TargetStatus};
use crate::{FieldError, Name, Object};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Chooses targets by what they are. Everything that is said must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetSelector {
    /// Labels the target has.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// What the target can do, in the words of its status: `gpus`, `limits`, `private_network`, or a command such as `node`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<String>,
    /// It has a GPU whose model contains this text, whatever the case: `H100`. Which GPU an instance is allotted is said by
    /// the profile's size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpu_model: Option<String>,
}

impl TargetSelector {
    pub(super) fn validate(&self) -> Vec<FieldError> {
        let at = |field: &str| format!("spec.target_selector.{field}");
        let mut errors = Vec::new();
        if self.labels.is_empty() && self.capabilities.is_empty() && self.gpu_model.is_none() {
            errors.push(FieldError::new(
                "spec.target_selector",
                "say a label, a capability or a GPU model; leave it out for any target",
            ));
        }
        let good = |text: &str| {
            (1..=63).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b))
        };
        for (key, value) in &self.labels {
            if !good(key) || !(value.is_empty() || good(value)) {
                errors.push(FieldError::new(at(&format!("labels.{key}")), "no target can have such a label"));
            }
        }
        for (i, word) in self.capabilities.iter().enumerate().filter(|(_, word)| !good(word)) {
            errors.push(FieldError::new(at(&format!("capabilities.{i}")), format!("{word:?} is no capability")));
        }
        if self.gpu_model.as_ref().is_some_and(|model| model.trim().is_empty() || model.chars().count() > 60) {
            errors.push(FieldError::new(at("gpu_model"), "a part of a model's name has 1 to 60 characters"));
        }
        errors
    }

    /// Whether a target is one of those.
    pub fn matches(&self, target: &Object<Target>) -> bool {
        let TargetStatus { capabilities, commands, inventory, .. } = &target.status;
        let has_model = |wanted: &String| {
            let wanted = wanted.to_lowercase();
            inventory.nodes.iter().flat_map(|n| &n.gpus).any(|gpu| gpu.model.to_lowercase().contains(&wanted))
        };
        self.labels.iter().all(|(key, value)| target.metadata.labels.get(key) == Some(value))
            && self.capabilities.iter().all(|word| capabilities.contains(word) || commands.contains(word))
            && self.gpu_model.as_ref().is_none_or(has_model)
    }
}

impl fmt::Display for TargetSelector {
    /// For people, after "has": `the label zone=eu, node and a GPU like H100`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = self.labels.iter().map(|(key, value)| format!("the label {key}={value}"));
        let model = self.gpu_model.iter().map(|model| format!("a GPU like {model}"));
        let all: Vec<String> = labels.chain(self.capabilities.iter().cloned()).chain(model).collect();
        match all.as_slice() {
            [first @ .., last] if !first.is_empty() => write!(f, "{} and {last}", first.join(", ")),
            all => f.write_str(&all.concat()),
        }
    }
}

/// The targets that count for a compute profile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Placement {
    /// Every target.
    #[default]
    Any,
    /// This one.
    Named(Name),
    /// Those that match.
    Matching(TargetSelector),
}

impl Placement {
    /// What a profile says.
    pub fn of(profile: &ComputeProfile) -> Self {
        match (&profile.target, &profile.target_selector) {
            (Some(name), _) => Self::Named(name.clone()),
            (None, Some(selector)) => Self::Matching(selector.clone()),
            (None, None) => Self::Any,
        }
    }

    /// Whether a target counts.
    pub fn admits(&self, target: &Object<Target>) -> bool {
        match self {
            Self::Any => true,
            Self::Named(name) => *name == target.metadata.name,
            Self::Matching(selector) => selector.matches(target),
        }
    }

    /// Why nothing can begin when no target that counts takes anything.
    pub fn nothing_open(&self) -> String {
        match self {
            Self::Any => "No target takes new instances at the moment.".to_owned(),
            Self::Named(name) => format!("The target {name} takes no new instances at the moment."),
            Self::Matching(selector) => format!("No target that takes new instances has {selector}."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::{Gpu, Inventory, Node, TargetType};
    use crate::{Metadata, ScopePath, Timestamp};

    fn target(labels: &[(&str, &str)], capabilities: &[&str], model: &str) -> Object<Target> {
        let metadata = Metadata {
            name: Name::parse("t").unwrap(),
            scope: ScopePath::platform(),
            display_name: String::new(),
            description: String::new(),
            labels: labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            uid: "u".into(),
            generation: 1,
            resource_version: 1,
            created_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(0),
            created_by: String::new(),
            modified_by: String::new(),
            deletion_requested_at: None,
        };
        let gpu = Gpu { id: "0".into(), index: 0, model: model.into(), memory_bytes: 1, simulated: false, healthy: true };
        let status = TargetStatus {
            capabilities: capabilities.iter().map(|c| (*c).to_owned()).collect(),
            commands: vec!["node".into()],
            inventory: Inventory { nodes: vec![Node { gpus: vec![gpu], ..Node::default() }] },
            ..TargetStatus::default()
        };
        let spec = Target {
            target_type: TargetType::Process,
            cordoned: false,
            cpu_millis: None,
            memory_bytes: None,
            simulated_gpus: vec![],
        };
        Object { status, ..Object::new(metadata, spec) }
    }

    #[test]
    fn everything_that_is_said_must_hold() {
        let eu = target(&[("zone", "eu")], &["gpus", "limits"], "NVIDIA H100 80GB HBM3");
        let us = target(&[("zone", "us")], &["gpus"], "NVIDIA A100-SXM4-80GB");
        let selector = |text: &str| serde_json::from_str::<TargetSelector>(text).unwrap();
        let cases = [
            (r#"{"gpu_model":"h100"}"#, true, false),
            (r#"{"labels":{"zone":"us"}}"#, false, true),
            (r#"{"capabilities":["gpus","node"]}"#, true, true),
            (r#"{"capabilities":["limits"],"labels":{"zone":"us"}}"#, false, false),
        ];
        for (text, in_eu, in_us) in cases {
            let placement = Placement::Matching(selector(text));
            assert_eq!((placement.admits(&eu), placement.admits(&us)), (in_eu, in_us), "{text}");
        }
        let all = selector(r#"{"labels":{"zone":"eu"},"capabilities":["node"],"gpu_model":"H100"}"#);
        assert_eq!(all.to_string(), "the label zone=eu, node and a GPU like H100");
        assert!(all.validate().is_empty());
        assert_eq!(selector("{}").validate()[0].path, "spec.target_selector");
        let bad = selector(r#"{"labels":{"a b":"c"},"capabilities":[""],"gpu_model":" "}"#);
        let paths: Vec<String> = bad.validate().into_iter().map(|e| e.path).collect();
        assert_eq!(paths, ["labels.a b", "capabilities.0", "gpu_model"].map(|p| format!("spec.target_selector.{p}")));
    }
}
