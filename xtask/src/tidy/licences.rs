//! Every manifest names the licence, and only this one.

use super::{Finding, Source};
use serde_json::Value;

const LICENCE: &str = "Apache-2.0";

/// Looks at every crate and every package.json.
pub(super) fn check(files: &[Source], metadata: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        if package["license"].as_str() != Some(LICENCE) {
            findings.push(wrong(package["name"].as_str().unwrap_or("a crate"), "license.workspace = true"));
        }
    }
    for file in files.iter().filter(|file| file.path == "package.json" || file.path.ends_with("/package.json")) {
        if !package_json(file.text.as_deref().unwrap_or_default()) {
            findings.push(wrong(&file.path, "\"license\": \"Apache-2.0\""));
        }
    }
    findings
}

fn package_json(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|manifest| manifest["license"].as_str() == Some(LICENCE))
}

fn wrong(what: &str, line: &str) -> Finding {
    Finding::Error(format!("{what}: the manifest does not name the licence {LICENCE}; write {line}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_licence_will_do() {
        assert!(package_json(r#"{"license": "Apache-2.0"}"#));
        assert!(!package_json(r#"{"license": "MIT"}"#));
        assert!(!package_json("{}"));
    }
}
