//! Which crate may use which: the table in ARCHITECTURE.md against what the manifests say.
//!
//! The table stands under the heading `## Crates and arrows`. First column: the crate in backquotes. Second: the
//! workspace crates it may use, in backquotes, or the word `nothing`. Third: what it must never depend on; names in
//! backquotes are checked, other words are for people. Development dependencies are free: tests may look at everything.

use super::Finding;
use crate::shell;
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const HEADING: &str = "## Crates and arrows";

#[derive(Debug, Default, PartialEq, Eq)]
struct Rule {
    may_use: BTreeSet<String>,
    never: BTreeSet<String>,
}

/// Compares every manifest with the table, and the table with the manifests.
pub(super) fn check(metadata: &Value) -> Result<Vec<Finding>> {
    let text = std::fs::read_to_string(shell::root().join("ARCHITECTURE.md")).context("cannot read ARCHITECTURE.md")?;
    let table = table(&text).with_context(|| format!("ARCHITECTURE.md has no table under {HEADING:?}"))?;
    Ok(compare(&table, &dependencies(metadata)))
}

fn table(text: &str) -> Option<BTreeMap<String, Rule>> {
    let section = text.split_once(&format!("\n{HEADING}\n"))?.1;
    let section = section.split_once("\n## ").map_or(section, |(section, _)| section);
    let mut rules = BTreeMap::new();
    for row in section.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let [name, may_use, never] = cells[..] else { continue };
        if let Some(name) = quoted(name).into_iter().next() {
            rules.insert(name, Rule { may_use: quoted(may_use), never: quoted(never) });
        }
    }
    (!rules.is_empty()).then_some(rules)
}

/// The words in backquotes.
fn quoted(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Every workspace crate with its normal and build dependencies.
fn dependencies(metadata: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    let mut crates = BTreeMap::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let used = package["dependencies"].as_array().into_iter().flatten().filter(|used| used["kind"].as_str() != Some("dev"));
        crates.insert(name(package), used.map(name).collect());
    }
    crates
}

fn compare(table: &BTreeMap<String, Rule>, crates: &BTreeMap<String, BTreeSet<String>>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in table.keys().filter(|name| !crates.contains_key(*name)) {
        findings.push(Finding::Error(format!("ARCHITECTURE.md: the table names {name}, which is no crate of the workspace")));
    }
    for (name, used) in crates {
        let Some(rule) = table.get(name) else {
            findings.push(Finding::Error(format!("ARCHITECTURE.md: the table under {HEADING:?} has no row for {name}; add one")));
            continue;
        };
        for other in used {
            if crates.contains_key(other) && !rule.may_use.contains(other) {
                findings.push(Finding::Error(format!(
                    "{name} depends on {other}, which is against the arrows in ARCHITECTURE.md; move the code or change the \
                     table, saying why"
                )));
            }
            if rule.never.contains(other) {
                findings.push(Finding::Error(format!("{name} depends on {other}, which ARCHITECTURE.md says it must never")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# A\n\n## Crates and arrows\n\n| Crate | May use | Must never depend on |\n| --- | --- | --- |\n\
        | `model` | nothing | `tokio`: it is pure |\n| `store` | `model` | HTTP |\n\n## Next\n| `other` | `x` | |\n";

    fn crates(pairs: &[(&str, &[&str])]) -> BTreeMap<String, BTreeSet<String>> {
        pairs.iter().map(|(name, used)| ((*name).to_owned(), used.iter().map(|u| (*u).to_owned()).collect())).collect()
    }

    #[test]
    fn the_table_ends_with_its_section() {
        let table = table(TEXT).expect("a table");
        assert_eq!(table.keys().collect::<Vec<_>>(), ["model", "store"]);
        assert!(table["model"].may_use.is_empty());
        assert!(table["model"].never.contains("tokio"));
    }

    #[test]
    fn arrows_along_the_table_are_good() {
        let table = table(TEXT).expect("a table");
        assert_eq!(compare(&table, &crates(&[("model", &["serde"]), ("store", &["model", "tokio"])])), []);
    }

    #[test]
    fn arrows_against_the_table_are_found() {
        let table = table(TEXT).expect("a table");
        let found = compare(&table, &crates(&[("model", &["store", "tokio"]), ("store", &[]), ("new", &[])]));
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn a_row_without_a_crate_is_found() {
        let table = table(TEXT).expect("a table");
        assert_eq!(compare(&table, &crates(&[("model", &[])])).len(), 1);
    }
}
