//! People of an organization under one name, so that something can be offered to all of them at once.

use crate::{FieldError, Kind, Name, Spec};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The most people in a group.
const MOST_MEMBERS: usize = 1_000;

/// Who is in it. A group gives no right by itself: profiles can be offered to groups, and roles bound to them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The people, by user name.
    #[serde(default)]
    pub members: Vec<Name>,
}

/// Groups observe nothing.
pub type GroupStatus = super::NoStatus;

impl Spec for Group {
    const KIND: Kind = Kind::Group;
    type Status = GroupStatus;

    fn validate(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.members.len() > MOST_MEMBERS {
            errors.push(FieldError::new("spec.members", format!("a group has at most {MOST_MEMBERS} members")));
        }
        let mut seen = HashSet::new();
        for (i, member) in self.members.iter().enumerate() {
            if !seen.insert(member) {
                errors.push(FieldError::new(format!("spec.members.{i}"), format!("{member} is in the group already")));
            }
        }
        errors
    }
}
