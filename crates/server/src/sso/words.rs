//! From a provider's claims to what they mean here.

use super::Grant;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use warpyard_model::kinds::IdentityProvider;
use warpyard_model::{Error, Object, Result};
use warpyard_store::Word;

/// What a provider says of somebody.
pub(crate) fn word_of(provider: &Object<IdentityProvider>, grant: &Grant) -> Result<Word> {
    let (spec, claims) = (&provider.spec, &grant.claims);
    let text = |claim: &str| claims.get(claim).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let email = text(&spec.claim_email).map(str::to_owned);
    let org = provider.metadata.scope.org.clone().ok_or_else(|| Error::internal("a provider without an organization"))?;
    let user_name = text("preferred_username").or(email.as_deref()).unwrap_or(&grant.subject).to_owned();
    Ok(Word {
        provider: provider.metadata.uid.clone(),
        org,
        issuer: spec.issuer.clone(),
        subject: grant.subject.clone(),
        email_verified: is_verified(claims, email.as_deref()),
        name: text(&spec.claim_name).unwrap_or_default().to_owned(),
        user_name,
        email,
        groups: groups(spec, grant),
    })
}

/// `email_verified` is about the claim `email`; another claim with another address is not covered by it.
fn is_verified(claims: &Map<String, Value>, email: Option<&str>) -> bool {
    let standard = claims.get("email").and_then(Value::as_str);
    let same = email.zip(standard).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b.trim()));
    let said = claims.get("email_verified").is_some_and(|v| v == true || v == "true");
    same && said
}

/// The groups' claim. A provider that has said everything and names no group means none, unless it says that there were
/// too many to tell.
fn groups(spec: &IdentityProvider, grant: &Grant) -> Option<BTreeSet<String>> {
    let elsewhere = grant.claims.get("_claim_names").is_some_and(|names| names.get(&spec.claim_groups).is_some());
    let value = |v: &Value| v.as_str().map(str::to_owned);
    match grant.claims.get(&spec.claim_groups) {
        Some(Value::Array(all)) => Some(all.iter().filter_map(value).collect()),
        Some(Value::String(one)) => Some(BTreeSet::from([one.clone()])),
        _ if grant.complete && !elsewhere => Some(BTreeSet::new()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn grant(claims: Value, complete: bool) -> Grant {
        let Value::Object(claims) = claims else { panic!("an object") };
        Grant { subject: "s".into(), claims, complete, session: None, strong: false, until: None, tokens: Value::Null }
    }

    fn spec(more: Value) -> IdentityProvider {
        let mut spec = json!({ "issuer": "https://a.example.com", "client_id": "c" });
        spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(spec).unwrap()
    }

    #[test]
    fn an_address_is_verified_only_where_the_provider_says_so_of_it() {
        let verified = |claims: Value, email: &str| is_verified(claims.as_object().unwrap(), Some(email));
        assert!(verified(json!({ "email": "a@b.c", "email_verified": true }), "a@b.c"));
        assert!(verified(json!({ "email": "A@b.c", "email_verified": "true" }), "a@b.c"));
        for claims in [
            json!({ "email": "a@b.c" }),
            json!({ "email": "a@b.c", "email_verified": false }),
            json!({ "email": "a@b.c", "email_verified": 1 }),
            json!({ "email": "other@b.c", "upn": "a@b.c", "email_verified": true }),
            json!({ "upn": "a@b.c", "email_verified": true }),
        ] {
            assert!(!verified(claims.clone(), "a@b.c"), "{claims}");
        }
    }

    #[test]
    fn no_groups_are_told_apart_from_groups_that_are_not_told() {
        let some = |claims: Value, complete| groups(&spec(json!({})), &grant(claims, complete));
        assert_eq!(some(json!({ "groups": ["a", 1, "b"] }), true).unwrap().len(), 2);
        assert_eq!(some(json!({ "groups": "a" }), false).unwrap().len(), 1);
        assert_eq!(some(json!({}), true), Some(BTreeSet::new()));
        assert_eq!(some(json!({}), false), None);
        assert_eq!(some(json!({ "_claim_names": { "groups": "src1" } }), true), None);
    }
}
