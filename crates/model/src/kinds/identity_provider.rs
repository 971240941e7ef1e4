//! Somebody who says who people are: an OpenID Connect provider that an organization signs in with.

use crate::{FieldError, Kind, Name, Spec};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// How to ask the provider, and what follows from its answers. The title on the sign-in page is the object's display name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentityProvider {
    /// The issuer, as the provider writes it: below it lies `/.well-known/openid-configuration`.
    #[schemars(length(max = 500))]
    pub issuer: String,
    /// How the provider knows this installation.
    pub client_id: String,
    /// Proves it. On reading it is the empty string; an empty one on update keeps what is stored.
    #[serde(default)]
    pub client_secret: String,
    /// What is asked for beside `openid`. `offline_access` brings a refresh token from most providers.
    #[serde(default = "default_scopes")]
    pub scopes: Vec<String>,
    /// How the provider is to ask people: `login`, `consent` or `select_account`; as it likes where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prompt: String,
    /// The claim that holds the mail address.
    #[serde(default = "claim_email")]
    pub claim_email: String,
    /// The claim that holds what people read.
    #[serde(default = "claim_name")]
    pub claim_name: String,
    /// The claim that holds the groups.
    #[serde(default = "claim_groups")]
    pub claim_groups: String,
    /// Which groups follow which values of that claim. Groups that are not named here are left alone.
    #[serde(default)]
    pub group_mapping: Vec<GroupMapping>,
    /// Make an account for whoever signs in and has none.
    #[serde(default)]
    pub just_in_time: bool,
    /// The domains of mail addresses that it may speak of; every one where empty.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Every address in those domains is verified, though the provider does not say so (`email_verified`).
    #[serde(default)]
    pub vouches_for_email: bool,
}

/// Who has a value of the claim is in the group, and nobody else whom the provider signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupMapping {
    /// The value, as the provider writes it.
    pub value: String,
    /// A group of the organization.
    pub group: Name,
}

/// What is known of a provider.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct IdentityProviderStatus {
    /// A client secret is stored.
    #[serde(default)]
    pub has_client_secret: bool,
}

fn default_scopes() -> Vec<String> {
    vec!["email".to_owned(), "profile".to_owned()]
}

fn claim_email() -> String {
    "email".to_owned()
}

fn claim_name() -> String {
    "name".to_owned()
}

fn claim_groups() -> String {
    "groups".to_owned()
}

impl std::fmt::Debug for IdentityProvider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdentityProvider")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

impl IdentityProvider {
    /// Whether it may speak of a mail address.
    pub fn speaks_of(&self, email: &str) -> bool {
        let domain = email.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default();
        self.domains.is_empty() || self.domains.contains(&domain)
    }
}

fn is_loopback(rest: &str) -> bool {
    let host = rest.split('/').next().unwrap_or_default();
    ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|name| host == *name || host.strip_prefix(name).is_some_and(|p| p.starts_with(':')))
}

fn issuer_error(issuer: &str) -> Option<&'static str> {
    let rest = match (issuer.strip_prefix("https://"), issuer.strip_prefix("http://")) {
        (Some(rest), _) => rest,
        (None, Some(rest)) if is_loopback(rest) => rest,
        _ => return Some("an issuer is an address that begins with https://"),
    };
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '?' | '#' | '@' | '\\');
    let empty = rest.is_empty() || rest.starts_with('/');
    (empty || issuer.len() > 500 || issuer.contains(odd))
        .then_some("an issuer is a plain https address: a host and perhaps a path, without query, fragment or user name")
}

impl Spec for IdentityProvider {
    const KIND: Kind = Kind::IdentityProvider;
    type Status = IdentityProviderStatus;

    fn validate(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut wrong = |path: &str, text: &str| errors.push(FieldError::new(format!("spec.{path}"), text));
        if let Some(text) = issuer_error(&self.issuer) {
            wrong("issuer", text);
        }
        let plain =
            |text: &str, most: usize| !text.trim().is_empty() && text.len() <= most && !text.chars().any(char::is_control);
        if !plain(&self.client_id, 500) {
            wrong("client_id", "the client id is the one the provider gave: 1 to 500 characters");
        }
        if self.client_secret.len() > 4_096 {
            wrong("client_secret", "a client secret has at most 4096 bytes");
        }
        let claims = [("claim_email", &self.claim_email), ("claim_name", &self.claim_name), ("claim_groups", &self.claim_groups)];
        for (path, claim) in claims {
            if !plain(claim, 200) {
                wrong(path, "a claim's name has 1 to 200 characters");
            }
        }
        if !matches!(self.prompt.as_str(), "" | "login" | "consent" | "select_account") {
            wrong("prompt", "a prompt is login, consent or select_account, or left out");
        }
        if self.scopes.len() > 30 {
            wrong("scopes", "at most 30 scopes");
        }
        for (i, scope) in self.scopes.iter().enumerate() {
            if !plain(scope, 200) || !scope.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\') {
                wrong(&format!("scopes.{i}"), "a scope is one word");
            }
        }
        if self.group_mapping.len() > 200 {
            wrong("group_mapping", "at most 200 values");
        }
        let mut seen = HashSet::new();
        for (i, mapping) in self.group_mapping.iter().enumerate() {
            if !plain(&mapping.value, 500) {
                wrong(&format!("group_mapping.{i}.value"), "a value of the claim has 1 to 500 characters");
            }
            if !seen.insert((&mapping.value, &mapping.group)) {
                wrong(&format!("group_mapping.{i}"), "this value leads to this group already");
            }
        }
        if self.domains.len() > 100 {
            wrong("domains", "at most 100 domains");
        }
        for (i, domain) in self.domains.iter().enumerate() {
            let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
            if domain.len() > 253 || !domain.contains('.') || !domain.bytes().all(word) || domain.starts_with('.') {
                wrong(&format!("domains.{i}"), "a domain is written in small letters, such as example.com");
            }
        }
        if self.domains.is_empty() && (self.just_in_time || self.vouches_for_email) {
            wrong("domains", "say for which domains the provider makes accounts or vouches for addresses");
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(issuer: &str) -> IdentityProvider {
        serde_json::from_value(serde_json::json!({ "issuer": issuer, "client_id": "warpyard" })).unwrap()
    }

    #[test]
    fn an_issuer_is_https_or_this_machine() {
        for good in
            ["https://login.example.com", "https://login.example.com/realms/a", "http://localhost:4000", "http://127.0.0.1:1/x"]
        {
            assert!(provider(good).validate().is_empty(), "{good}");
        }
        for bad in [
            "http://login.example.com",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "ftp://x",
            "https://",
            "https:///x",
            "https://a@b",
            "https://a/?x=1",
            "https://a/#x",
            "login.example.com",
        ] {
            assert_eq!(provider(bad).validate()[0].path, "spec.issuer", "{bad}");
        }
    }

    #[test]
    fn it_speaks_of_its_domains_only() {
        let mut some = provider("https://a.example.com");
        assert!(some.speaks_of("ada@anywhere.org"));
        some.domains = vec!["example.com".to_owned()];
        assert!(some.speaks_of("ada@Example.com"));
        for other in ["ada@sub.example.com", "ada@example.com.evil.org", "ada", "ada@example.com@evil.org"] {
            assert!(!some.speaks_of(other), "{other}");
        }
        some.client_secret = "canary".to_owned();
        assert!(!format!("{some:?}").contains("canary"));
        some.domains.clear();
        some.just_in_time = true;
        assert_eq!(some.validate()[0].path, "spec.domains");
    }
}
