//! A folder of instances with collaborators (role bindings at its scope).

use crate::{FieldError, Kind, Spec};
use serde::{Deserialize, Serialize};

/// What a workspace is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Workspace {
    /// Notes for the people in it, in Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 20000))]
    pub notes: String,
}

/// Workspaces observe nothing.
pub type WorkspaceStatus = super::NoStatus;

impl Spec for Workspace {
    const KIND: Kind = Kind::Workspace;
    type Status = WorkspaceStatus;

    fn validate(&self) -> Vec<FieldError> {
        if self.notes.chars().count() > 20_000 {
            vec![FieldError::new("spec.notes", "notes have at most 20000 characters")]
        } else {
            Vec::new()
        }
    }
}
