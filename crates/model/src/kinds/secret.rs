//! Named values that are written and never read back: only a launch uses them.

use crate::{FieldError, Kind, Spec};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The entries to store. On reading every value is the empty string: values never come back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// Entry names and values; an empty value on update keeps what is stored.
    pub data: BTreeMap<String, String>,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secret").field("keys", &self.data.keys().collect::<Vec<_>>()).finish()
    }
}

/// Secrets observe nothing.
pub type SecretStatus = super::NoStatus;

impl Spec for Secret {
    const KIND: Kind = Kind::Secret;
    type Status = SecretStatus;

    fn validate(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.data.is_empty() {
            errors.push(FieldError::new("spec.data", "a secret has at least one entry"));
        }
        for (key, value) in &self.data {
            let good =
                !key.is_empty() && key.len() <= 100 && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
            if !good {
                errors.push(FieldError::new(
                    format!("spec.data.{key}"),
                    "an entry's name has letters, digits, dots, hyphens and underscores",
                ));
            }
            if value.len() > 65_536 {
                errors.push(FieldError::new(format!("spec.data.{key}"), "a value has at most 65536 bytes"));
            }
        }
        errors
    }
}
