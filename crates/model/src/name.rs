//! Names: immutable DNS labels, because they become host names, namespaces and job names.

use serde::{Deserialize, Serialize};

/// Longest name; leaves room for a prefix in a 63-character DNS label.
pub const MAX_LENGTH: usize = 48;

/// A checked name: lower-case letters, digits and inner hyphens, starting with a letter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

impl Name {
    /// Checks `text`; the error says what a name may be.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bytes = text.as_bytes();
        let good_inside = bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-');
        let good_ends = bytes.first().is_some_and(u8::is_ascii_lowercase) && bytes.last().is_some_and(|b| *b != b'-');
        if bytes.len() > MAX_LENGTH {
            return Err(format!("a name has at most {MAX_LENGTH} characters; this one has {}", bytes.len()));
        }
        if !good_inside || !good_ends || text.contains("--") {
            return Err(
                "a name has lower-case letters, digits and single hyphens, starts with a letter and does not end with a hyphen"
                    .to_owned(),
            );
        }
        Ok(Self(text.to_owned()))
    }

    /// A valid name made from any text, for suggestions (`Ana Lima` → `ana-lima`).
    pub fn slug(text: &str) -> Option<Self> {
        let mut out = String::new();
        for c in text.chars() {
            let c = c.to_ascii_lowercase();
            if c.is_ascii_alphanumeric() {
                out.push(c);
            } else if !out.ends_with('-') && !out.is_empty() {
                out.push('-');
            }
        }
        let start = out.find(|c: char| c.is_ascii_lowercase())?;
        let mut out = out.split_off(start);
        out.truncate(MAX_LENGTH);
        Self::parse(out.trim_end_matches('-')).ok()
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl schemars::JsonSchema for Name {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Name".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "pattern": "^[a-z]([a-z0-9]|-[a-z0-9])*$", "minLength": 1, "maxLength": MAX_LENGTH,
            "description": "An immutable DNS label."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_dns_labels() {
        for good in ["a", "nb-1", "vision"] {
            assert!(Name::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "A", "1a", "a--b", "a_b", "ä", &"a".repeat(49)] {
            assert!(Name::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn slugs_are_names() {
        assert_eq!(Name::slug("  Ana Lima!").map(String::from), Some("ana-lima".into()));
        assert_eq!(Name::slug("42"), None);
    }
}
