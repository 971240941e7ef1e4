//! A person. Passwords are no part of the object: they live in the store, hashed, and change through an action.

use crate::{FieldError, Kind, Spec, Timestamp};
use serde::{Deserialize, Serialize};

/// What a person is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Signs in with it; unique, compared without case.
    #[schemars(length(max = 254))]
    pub email: String,
    /// May sign in. Deactivating ends every session and token.
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

/// What is known of a person's sign-in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct UserStatus {
    /// A password was set.
    #[serde(default)]
    pub has_password: bool,
    /// A second factor is asked for when they sign in.
    #[serde(default)]
    pub has_second_factor: bool,
    /// When they last signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_signed_in_at: Option<Timestamp>,
}

impl Spec for User {
    const KIND: Kind = Kind::User;
    type Status = UserStatus;

    fn validate(&self) -> Vec<FieldError> {
        let good = self.email.len() <= 254
            && !self.email.chars().any(|c| c.is_whitespace() || c.is_control())
            && self
                .email
                .split_once('@')
                .is_some_and(|(local, host)| !local.is_empty() && !host.is_empty() && !host.contains('@'));
        if good { Vec::new() } else { vec![FieldError::new("spec.email", "this is not a mail address, such as ana@example.com")] }
    }
}
