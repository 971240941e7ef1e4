//! A role an organization makes itself: a set of permissions under a name.

use crate::permission::Permission;
use crate::{FieldError, Kind, Level, Spec};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What the role may do and where it may be bound. Title and description are the object's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomRole {
    /// What it may do, at the scope it is bound at and below.
    pub permissions: BTreeSet<Permission>,
    /// The levels it may be bound at: `org`, `project`, `workspace`.
    pub levels: BTreeSet<Level>,
}

/// Custom roles observe nothing.
pub type CustomRoleStatus = super::NoStatus;

impl Spec for CustomRole {
    const KIND: Kind = Kind::CustomRole;
    type Status = CustomRoleStatus;

    fn validate(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.permissions.is_empty() {
            errors.push(FieldError::new("spec.permissions", "a role has at least one permission"));
        }
        for (i, permission) in self.permissions.iter().enumerate() {
            if !permission.fits_custom_roles() {
                errors.push(FieldError::new(
                    format!("spec.permissions.{i}"),
                    format!(
                        "{permission} belongs to the installation or goes with ownership: no organization's role can give it"
                    ),
                ));
            }
        }
        if self.levels.is_empty() {
            errors.push(FieldError::new("spec.levels", "say where it may be bound: org, project, workspace"));
        }
        if self.levels.contains(&Level::Platform) {
            errors.push(FieldError::new("spec.levels", "an organization's role is bound at org, project or workspace"));
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_custom_role_gives_what_an_organization_has_to_give() {
        let read = |permissions: &[&str]| {
            serde_json::from_value::<CustomRole>(serde_json::json!({ "permissions": permissions, "levels": ["project"] }))
        };
        assert!(read(&["compute_profile.view", "compute_profile.publish"]).unwrap().validate().is_empty());
        assert!(read(&["pods.view"]).unwrap_err().to_string().contains("pods.view"));
        assert!(read(&["secret.publish"]).is_err(), "nobody publishes secrets");
        for never in ["user.set_password", "target.update", "organization.delete", "service_instance.connect"] {
            assert_eq!(read(&[never]).unwrap().validate()[0].path, "spec.permissions.0", "{never}");
        }
        let platform = CustomRole { levels: BTreeSet::from([Level::Platform]), ..read(&["project.view"]).unwrap() };
        assert_eq!(platform.validate()[0].path, "spec.levels");
    }
}
