//! A tenant.

use super::Look;
use crate::{FieldError, Kind, Spec, Timestamp};
use serde::{Deserialize, Serialize};

/// Most characters of a reason.
const REASON_MAX: usize = 500;

/// What an organization is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// The currency of every price in it, as ISO 4217: `USD`, `EUR`.
    #[serde(default = "usd")]
    pub currency: String,
    /// What nobody in it does alone.
    #[serde(default, skip_serializing_if = "TwoPerson::is_off")]
    pub two_person: TwoPerson,
    /// How people have to sign in to work in it.
    #[serde(default, skip_serializing_if = "OrganizationSignIn::is_default")]
    pub sign_in: OrganizationSignIn,
    /// While it is there, nothing in the organization can be changed, started or opened, and what ran is stopped. Only
    /// platform admins set it and take it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<Suspension>,
    /// How it looks to its people, before and after they sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look: Option<Look>,
}

/// What an organization asks of sign-ins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationSignIn {
    /// Only sessions in which a second factor was shown, and tokens made from one, work in the organization.
    #[serde(default)]
    pub require_second_factor: bool,
}

impl OrganizationSignIn {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// That an organization is suspended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    /// Why, for its people: at most 500 characters on one line.
    #[schemars(length(min = 1, max = 500))]
    pub reason: String,
}

impl Default for Organization {
    fn default() -> Self {
        Self {
            currency: usd(),
            two_person: TwoPerson::default(),
            sign_in: OrganizationSignIn::default(),
            suspended: None,
            look: None,
        }
    }
}

fn usd() -> String {
    "USD".to_owned()
}

/// The two-person rules: what one person wrote, another one lets out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TwoPerson {
    /// Nobody publishes a profile's generation that they wrote.
    #[serde(default)]
    pub publish: bool,
    /// Nobody makes a template's version active that they wrote.
    #[serde(default)]
    pub template: bool,
}

impl TwoPerson {
    /// Whether no rule is on.
    pub fn is_off(&self) -> bool {
        *self == Self::default()
    }

    /// Whether `self` switches a rule off that `before` has on.
    pub fn switches_off(self, before: Self) -> bool {
        before.publish && !self.publish || before.template && !self.template
    }
}

/// Somebody wants a two-person rule switched off; a second person has to want it too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SwitchingOff {
    /// The rules as they would be.
    pub two_person: TwoPerson,
    /// Who asked first.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What is going on in an organization.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct OrganizationStatus {
    /// A two-person rule that is to be switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub switching_off: Option<SwitchingOff>,
}

impl Spec for Organization {
    const KIND: Kind = Kind::Organization;
    type Status = OrganizationStatus;

    fn validate(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.currency.len() != 3 || !self.currency.bytes().all(|b| b.is_ascii_uppercase()) {
            errors.push(FieldError::new("spec.currency", "a currency is three capital letters (ISO 4217), such as USD"));
        }
        errors.extend(self.suspended.iter().flat_map(Suspension::validate));
        errors.extend(self.look.iter().flat_map(Look::validate));
        errors
    }
}

impl Suspension {
    fn validate(&self) -> Option<FieldError> {
        let path = "spec.suspended.reason";
        let length = self.reason.trim().chars().count();
        if length == 0 {
            Some(FieldError::new(path, "say why, for the people of the organization"))
        } else if length > REASON_MAX || self.reason.chars().any(char::is_control) {
            Some(FieldError::new(path, format!("at most {REASON_MAX} characters on one line")))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suspension_has_a_reason() {
        let org =
            |reason: &str| Organization { suspended: Some(Suspension { reason: reason.into() }), ..Organization::default() };
        assert!(org("The contract ended.").validate().is_empty());
        for bad in ["", "  ", "two\nlines", &"x".repeat(501)] {
            assert_eq!(org(bad).validate()[0].path, "spec.suspended.reason", "{bad:?}");
        }
    }

    #[test]
    fn switching_off_is_told_from_switching_on() {
        let rules = |publish, template| TwoPerson { publish, template };
        assert!(rules(false, true).switches_off(rules(true, false)), "one on, one off");
        assert!(!rules(true, true).switches_off(rules(true, false)));
        assert!(!rules(false, false).switches_off(rules(false, false)));
        assert!(rules(false, false).switches_off(rules(false, true)));
    }
}
