//! Gives a person a role at the scope the binding lives at.

use crate::permission::Role;
use crate::{FieldError, Kind, Name, Spec};
use serde::{Deserialize, Serialize};

/// Who gets which role; where is the binding's own scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleBinding {
    /// The person, by name.
    pub user: Name,
    /// The role.
    pub role: Role,
}

/// Bindings observe nothing.
pub type RoleBindingStatus = super::NoStatus;

impl Spec for RoleBinding {
    const KIND: Kind = Kind::RoleBinding;
    type Status = RoleBindingStatus;

    fn validate_change(&self, old: &Self) -> Vec<FieldError> {
        if self.user == old.user {
            Vec::new()
        } else {
            vec![FieldError::new("spec.user", "a binding keeps its person; delete it and make another")]
        }
    }
}
