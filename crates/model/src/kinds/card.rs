//! What compute and service profiles have in common: the card, sharing, price and parentage.

use crate::{FieldError, Name};
use serde::{Deserialize, Serialize};

/// How a profile looks in the catalogue. Its title and one line are the object's display name and description.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The icon's name: a system profile's (`jupyterlab`, `gpu`), or `org:NAME` for one that the organization uploaded.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub icon: String,
    /// One word: `Notebooks`, `Inference`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// Words to find it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Longer documentation, in Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 20000))]
    pub documentation: String,
    /// Where more is to be read, such as a page of the team's own: an `https` address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 2000))]
    pub documentation_url: String,
}

/// Whether an instance of a compute profile is one person's or may serve many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AllocationType {
    /// Resources are held for this instance alone.
    #[default]
    Dedicated,
    /// Several services may run on it side by side.
    Shared,
}

/// Who is offered a published profile, beside its own project. It counts as soon as it is written, without publishing:
/// what is taken from somebody is taken at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sharing {
    /// Every project of the organization.
    #[serde(default)]
    pub all_projects: bool,
    /// These projects of the organization.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub projects: Vec<Name>,
    /// Where it is offered, only to people in one of these groups; to everybody there where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Name>,
}

/// How much one person may have of a profile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Instances that one person may have at a time, stopped ones counted; any number where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub per_person: Option<u32>,
}

impl Limits {
    pub(super) fn is_empty(&self) -> bool {
        self.per_person.is_none()
    }

    pub(super) fn validate(&self) -> Option<FieldError> {
        self.per_person
            .is_some_and(|most| !(1..=1_000).contains(&most))
            .then(|| FieldError::new("spec.limits.per_person", "a limit lies between 1 and 1000; leave it out for none"))
    }
}

impl Sharing {
    /// Whether a profile at home in `home` is offered in `project`.
    pub fn reaches(&self, home: &Name, project: &Name) -> bool {
        self.all_projects || home == project || self.projects.contains(project)
    }
}

/// A price in the organization's currency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Per hour while resources are held, as a decimal string.
    #[schemars(with = "String")]
    pub per_hour: rust_decimal::Decimal,
}

impl Price {
    pub(super) fn validate(&self) -> Option<FieldError> {
        (self.per_hour.is_sign_negative() || self.per_hour > rust_decimal::Decimal::from(1_000_000))
            .then(|| FieldError::new("spec.price.per_hour", "a price lies between 0 and 1000000 per hour"))
    }
}

/// One version of an environment template: the organization's own, or else a shipped one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateRef {
    /// The template's name.
    pub name: Name,
    /// The version; it must be active when an instance is launched.
    pub version: String,
}

/// The system profile something was launched or cloned from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SystemParent {
    /// The system profile's name.
    pub name: Name,
    /// Its version at that time.
    pub version: String,
    /// It is offered as shipped; a customised clone is not.
    #[serde(default)]
    pub as_shipped: bool,
}

pub(super) fn validate_card(card: &Card) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if card.documentation.chars().count() > 20_000 {
        errors.push(FieldError::new("spec.card.documentation", "documentation has at most 20000 characters"));
    }
    if let Some(message) = wrong_address(&card.documentation_url) {
        errors.push(FieldError::new("spec.card.documentation_url", message));
    }
    errors.extend(super::Icon::named_on(&card.icon).and_then(Result::err));
    for (path, text) in [("spec.card.icon", &card.icon), ("spec.card.category", &card.category)] {
        if text.chars().count() > 60 {
            errors.push(FieldError::new(path, "at most 60 characters"));
        }
    }
    if card.tags.len() > 20 || card.tags.iter().any(|t| t.is_empty() || t.chars().count() > 40) {
        errors.push(FieldError::new("spec.card.tags", "at most 20 tags of 1 to 40 characters"));
    }
    errors
}

/// What is wrong with the address of a documentation page; nothing with none at all.
fn wrong_address(address: &str) -> Option<&'static str> {
    if address.is_empty() {
        return None;
    }
    if address.len() > 2_000 {
        return Some("an address has at most 2000 characters");
    }
    let Some(rest) = address.strip_prefix("https://") else {
        return Some("an address begins with https://");
    };
    if address.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"\\^`{|}".contains(c)) {
        return Some("an address has no spaces, quotes or brackets");
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Some("an address here holds no name and password");
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !authority.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if host.is_empty() || port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Some("an address names a host, as in https://docs.example.com/page");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_documentation_page_is_reached_safely() {
        let errors = |address: &str| {
            validate_card(&Card { documentation_url: address.to_owned(), ..Card::default() })
                .into_iter()
                .map(|e| e.path)
                .collect::<Vec<_>>()
        };
        for good in
            ["", "https://docs.example.com", "https://docs.example.com:8443/a?b=c#d", "https://[::1]/x", "https://wiki/Seite-ä"]
        {
            assert_eq!(errors(good), Vec::<String>::new(), "{good}");
        }
        for bad in [
            "http://docs.example.com",
            "javascript:alert(1)",
            "https://",
            "https:///x",
            "https://u:p@host/",
            "https://host/a b",
            "HTTPS://host",
            "//host",
            "https://host:port/",
            "https://host/\"onload=x",
        ] {
            assert_eq!(errors(bad), ["spec.card.documentation_url"], "{bad}");
        }
    }

    #[test]
    fn an_icon_of_the_organization_has_a_name() {
        let errors = validate_card(&Card { icon: "org:Not A Name".to_owned(), ..Card::default() });
        assert_eq!(errors[0].path, "spec.card.icon");
    }
}
