//! The template draft that an import ends in.

use serde::{Deserialize, Serialize};
use warpyard_model::inputs::Field;
use warpyard_model::kinds::{EnvironmentTemplate, OutputSpec, ProcessBody, TargetType, TemplateState, TemplateVersion, Workload};
use warpyard_model::meta::NewMetadata;

/// A template that is not stored: what `POST …/environment-templates` takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TemplateDraft {
    /// Name, display name, description, labels.
    pub metadata: NewMetadata,
    /// One draft version with an empty body.
    pub spec: EnvironmentTemplate,
}

/// A draft with these inputs and outputs and nothing that runs: no target of this version can run what was imported.
pub(crate) fn template(
    metadata: NewMetadata,
    workload: Workload,
    changelog: &str,
    inputs: Vec<Field>,
    outputs: Vec<OutputSpec>,
) -> TemplateDraft {
    let version = TemplateVersion {
        version: "1.0.0".to_owned(),
        state: TemplateState::Draft,
        changelog: changelog.to_owned(),
        inputs,
        process: ProcessBody { stop_grace_seconds: 10, ..ProcessBody::default() },
        endpoints: Vec::new(),
        outputs,
        readiness: None,
        activity: Vec::new(),
    };
    TemplateDraft { metadata, spec: EnvironmentTemplate { target_type: TargetType::Process, workload, versions: vec![version] } }
}
