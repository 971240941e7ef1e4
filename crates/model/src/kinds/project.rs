//! The boundary of isolation and accounting inside an organization.

use crate::{Kind, Spec};
use serde::{Deserialize, Serialize};

/// What a project is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// Who answers for it, as people write it: a name, a mail address, a cost centre.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 200))]
    pub contact: String,
}

/// Projects observe nothing.
pub type ProjectStatus = super::NoStatus;

impl Spec for Project {
    const KIND: Kind = Kind::Project;
    type Status = ProjectStatus;
}
