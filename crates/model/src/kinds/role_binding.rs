//! Gives a person, a group or a service account a role at the scope the binding lives at, for good or until a moment.

use crate::permission::Role;
use crate::{FieldError, Kind, Name, Spec, Timestamp};
use serde::{Deserialize, Serialize};

/// The most characters of a reason.
const LONGEST_REASON: usize = 500;

/// Who gets which role; where is the binding's own scope. Exactly one of `user`, `group` and `service_account`, and exactly one of `role` and
/// `custom_role`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleBinding {
    /// The person, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Name>,
    /// Everybody in this group of the organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Name>,
    /// This service account of the organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_account: Option<Name>,
    /// The built-in role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// A role the organization made itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_role: Option<Name>,
    /// From this moment on it gives nothing; for good where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Why they have it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 500))]
    pub reason: String,
}

impl RoleBinding {
    /// A person in a built-in role, for good.
    pub fn of(user: Name, role: Role) -> Self {
        Self { user: Some(user), role: Some(role), ..Self::default() }
    }

    /// Whether it no longer gives anything.
    pub fn expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// What it is called that they get.
    pub fn role_word(&self) -> &str {
        self.role.map(Role::as_str).or(self.custom_role.as_ref().map(Name::as_str)).unwrap_or_default()
    }
}

/// Bindings observe nothing.
pub type RoleBindingStatus = super::NoStatus;

impl Spec for RoleBinding {
    const KIND: Kind = Kind::RoleBinding;
    type Status = RoleBindingStatus;

    fn validate(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let whom = "a binding names a user, a group or a service_account";
        match [&self.user, &self.group, &self.service_account].into_iter().flatten().count() {
            0 => errors.push(FieldError::new("spec.user", whom)),
            1 => {}
            _ => {
                let second = if self.user.is_some() && self.group.is_some() { "spec.group" } else { "spec.service_account" };
                errors.push(FieldError::new(second, format!("{whom}, not several: make a binding for each")));
            }
        }
        match (self.role, &self.custom_role) {
            (None, None) => errors.push(FieldError::new("spec.role", "a binding names a role or a custom_role")),
            (Some(_), Some(_)) => {
                errors.push(FieldError::new(
                    "spec.custom_role",
                    "a binding names a role or a custom_role, not both: make two bindings",
                ));
            }
            _ => {}
        }
        if self.reason.chars().count() > LONGEST_REASON || self.reason.chars().any(|c| c.is_control() && c != '\n') {
            errors.push(FieldError::new("spec.reason", format!("a reason is plain text of at most {LONGEST_REASON} characters")));
        }
        errors
    }

    fn validate_change(&self, old: &Self) -> Vec<FieldError> {
        let kept = |path, word| FieldError::new(path, format!("a binding keeps its {word}; delete it and make another"));
        let mut errors = Vec::new();
        if self.user != old.user {
            errors.push(kept("spec.user", "person"));
        }
        if self.group != old.group {
            errors.push(kept("spec.group", "group"));
        }
        if self.service_account != old.service_account {
            errors.push(kept("spec.service_account", "service account"));
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_names_one_subject_and_one_role() {
        let name = |text| Some(Name::parse(text).unwrap());
        let paths = |binding: RoleBinding| binding.validate().into_iter().map(|e| e.path).collect::<Vec<_>>();
        let ada = RoleBinding::of(Name::parse("ada").unwrap(), Role::Developer);
        assert!(paths(ada.clone()).is_empty());
        assert_eq!(paths(RoleBinding::default()), ["spec.user", "spec.role"]);
        assert_eq!(paths(RoleBinding { group: name("imaging"), ..ada.clone() }), ["spec.group"]);
        assert_eq!(paths(RoleBinding { service_account: name("ci"), ..ada.clone() }), ["spec.service_account"]);
        assert!(paths(RoleBinding { user: None, service_account: name("ci"), ..ada.clone() }).is_empty());
        assert_eq!(paths(RoleBinding { custom_role: name("release"), ..ada.clone() }), ["spec.custom_role"]);
        assert_eq!(paths(RoleBinding { reason: "x".repeat(501), ..ada.clone() }), ["spec.reason"]);
        let moved = RoleBinding { user: name("eve"), ..ada.clone() };
        assert_eq!(moved.validate_change(&ada).len(), 1);
    }

    #[test]
    fn it_ends_at_its_second() {
        let at = Timestamp::from_millis(5_000);
        let binding = RoleBinding { expires_at: Some(at), ..RoleBinding::default() };
        assert!(!binding.expired(Timestamp::from_millis(4_999)));
        assert!(binding.expired(at));
        assert!(!RoleBinding::default().expired(at));
    }
}
