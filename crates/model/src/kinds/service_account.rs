//! A program that works in an organization: it has roles and tokens, no password and no sign-in.

use crate::{FieldError, Kind, Name, Spec};
use serde::{Deserialize, Serialize};

/// What stands before its name in its identity.
const PREFIX: &str = "sa-";
/// Characters of the random end of its uid in its identity.
const RANDOM: usize = 8;
/// Longest name of one, so that its identity is a name.
pub const LONGEST_ACCOUNT_NAME: usize = crate::name::MAX_LENGTH - PREFIX.len() - 1 - RANDOM;

/// What a service account is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceAccount {
    /// Its tokens work. Deactivating ends every one of them.
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

impl Default for ServiceAccount {
    fn default() -> Self {
        Self { active: true }
    }
}

/// Service accounts observe nothing.
pub type ServiceAccountStatus = super::NoStatus;

impl ServiceAccount {
    /// The name that policies and the audit trail know it by and that what it launches belongs to: `sa-`, its name, the end of its
    /// uid. No person has such a name, and an account that is made anew under the same name gets another.
    pub fn identity(name: &Name, uid: &str) -> Result<Name, String> {
        Name::parse(&format!("{PREFIX}{name}-{}", &uid[uid.len().saturating_sub(RANDOM)..]))
    }

    /// Whether a name is of that form.
    pub fn is_identity(name: &str) -> bool {
        let Some((account, random)) = name.strip_prefix(PREFIX).and_then(|rest| rest.rsplit_once('-')) else { return false };
        let hexadecimal = random.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        !account.is_empty() && random.len() == RANDOM && hexadecimal
    }
}

impl Spec for ServiceAccount {
    const KIND: Kind = Kind::ServiceAccount;
    type Status = ServiceAccountStatus;

    fn validate(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_told_from_a_persons_name() {
        let identity = ServiceAccount::identity(&Name::parse("ci").unwrap(), "0199c0ffee0000000000abcdef012345").unwrap();
        assert_eq!(identity.as_str(), "sa-ci-ef012345");
        assert!(ServiceAccount::is_identity(identity.as_str()));
        for name in ["sa-ana", "sa-ci-ef01234", "sb-ci-ef012345", "ana", "sa-ef012345"] {
            assert!(!ServiceAccount::is_identity(name), "{name}");
        }
        let longest = Name::parse(&"a".repeat(LONGEST_ACCOUNT_NAME)).unwrap();
        assert!(ServiceAccount::identity(&longest, "0199c0ffee0000000000abcdef012345").is_ok());
    }
}
