//! A tenant.

use crate::{FieldError, Kind, Spec};
use serde::{Deserialize, Serialize};

/// What an organization is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// The currency of every price in it, as ISO 4217: `USD`, `EUR`.
    #[serde(default = "usd")]
    pub currency: String,
}

fn usd() -> String {
    "USD".to_owned()
}

/// Counts shown beside an organization.
pub type OrganizationStatus = super::NoStatus;

impl Spec for Organization {
    const KIND: Kind = Kind::Organization;
    type Status = OrganizationStatus;

    fn validate(&self) -> Vec<FieldError> {
        if self.currency.len() == 3 && self.currency.bytes().all(|b| b.is_ascii_uppercase()) {
            Vec::new()
        } else {
            vec![FieldError::new("spec.currency", "a currency is three capital letters (ISO 4217), such as USD")]
        }
    }
}
