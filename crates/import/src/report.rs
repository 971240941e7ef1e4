//! What became of each part of what was imported.

use serde::{Deserialize, Serialize};

/// How well one part was carried over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It means the same here.
    Carried,
    /// It is there, said in another way or a little narrower; the message says how.
    Adapted,
    /// It is not there; the message has its text.
    Lost,
}

/// One part of what was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReportItem {
    /// Which part: `variable.disk_size`, `output.url`, `file main.tf`.
    pub item: String,
    /// How well it was carried over.
    pub severity: Severity,
    /// What became of it.
    pub message: String,
}

/// Longest text of the original that a message quotes, in characters.
const QUOTED: usize = 400;

/// The report while it is written.
#[derive(Debug, Default)]
pub(crate) struct Report {
    items: Vec<ReportItem>,
}

impl Report {
    pub(crate) fn add(&mut self, severity: Severity, item: impl Into<String>, message: impl Into<String>) {
        self.items.push(ReportItem { item: item.into(), severity, message: message.into() });
    }

    pub(crate) fn carried(&mut self, item: impl Into<String>, message: impl Into<String>) {
        self.add(Severity::Carried, item, message);
    }

    pub(crate) fn adapted(&mut self, item: impl Into<String>, message: impl Into<String>) {
        self.add(Severity::Adapted, item, message);
    }

    pub(crate) fn lost(&mut self, item: impl Into<String>, message: impl Into<String>) {
        self.add(Severity::Lost, item, message);
    }

    pub(crate) fn into_items(self) -> Vec<ReportItem> {
        self.items
    }
}

/// The original's text on one line and not longer than a message should be.
pub(crate) fn quote(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= QUOTED { line } else { line.chars().take(QUOTED - 1).chain(['…']).collect() }
}
