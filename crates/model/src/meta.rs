//! What every object has beside its spec.

use crate::{Kind, Level, Name, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A place in the tree: nothing (platform), an org, a project in it, a workspace in that.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ScopePath {
    /// The organization's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<Name>,
    /// The project's name; needs `org`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Name>,
    /// The workspace's name; needs `project`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<Name>,
}

impl ScopePath {
    /// The installation itself.
    pub fn platform() -> Self {
        Self::default()
    }
    /// An organization.
    pub fn org(org: Name) -> Self {
        Self { org: Some(org), ..Self::default() }
    }
    /// A project.
    pub fn project(org: Name, project: Name) -> Self {
        Self { org: Some(org), project: Some(project), workspace: None }
    }
    /// A workspace.
    pub fn workspace(org: Name, project: Name, workspace: Name) -> Self {
        Self { org: Some(org), project: Some(project), workspace: Some(workspace) }
    }

    /// Which level this place is at.
    pub fn level(&self) -> Level {
        match (&self.org, &self.project, &self.workspace) {
            (_, _, Some(_)) => Level::Workspace,
            (_, Some(_), _) => Level::Project,
            (Some(_), _, _) => Level::Org,
            _ => Level::Platform,
        }
    }

    /// A key that sorts and compares: `/`, `/acme`, `/acme/vision`, `/acme/vision/research`.
    pub fn key(&self) -> String {
        let parts: Vec<&str> = [&self.org, &self.project, &self.workspace].into_iter().flatten().map(Name::as_str).collect();
        format!("/{}", parts.join("/"))
    }

    /// The place of a key, with or without the slash in front.
    pub fn parse_key(text: &str) -> Result<Self, String> {
        let trimmed = text.strip_prefix('/').unwrap_or(text);
        let mut parts = trimmed.split('/').filter(|_| !trimmed.is_empty()).map(Name::parse);
        let mut next = || parts.next().transpose();
        let scope = Self { org: next()?, project: next()?, workspace: next()? };
        match parts.next() {
            None => Ok(scope),
            Some(_) => {
                Err("a place is an organization, a project or a workspace: acme, acme/vision, acme/vision/research".to_owned())
            }
        }
    }

    /// This place and every place above it, from the platform down.
    pub fn lineage(&self) -> Vec<ScopePath> {
        let mut out = vec![ScopePath::platform()];
        if let Some(org) = &self.org {
            out.push(ScopePath::org(org.clone()));
            if let Some(project) = &self.project {
                out.push(ScopePath::project(org.clone(), project.clone()));
                if let Some(workspace) = &self.workspace {
                    out.push(ScopePath::workspace(org.clone(), project.clone(), workspace.clone()));
                }
            }
        }
        out
    }

    /// Whether `other` is this place or below it.
    pub fn contains(&self, other: &ScopePath) -> bool {
        (self.org.is_none() || self.org == other.org)
            && (self.project.is_none() || self.project == other.project)
            && (self.workspace.is_none() || self.workspace == other.workspace)
    }

    /// The place an object of `kind` named `name` in this scope opens for others: a project's own scope, say.
    pub fn inside(&self, kind: Kind, name: &Name) -> Option<ScopePath> {
        let mut inner = self.clone();
        match kind {
            Kind::Organization => inner.org = Some(name.clone()),
            Kind::Project => inner.project = Some(name.clone()),
            Kind::Workspace => inner.workspace = Some(name.clone()),
            _ => return None,
        }
        Some(inner)
    }
}

/// Metadata of an object. The server sets everything but name, display name, description and labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Metadata {
    /// Unique in its scope and kind; never changes.
    pub name: Name,
    /// Where it lives.
    #[serde(flatten)]
    pub scope: ScopePath,
    /// What people read; the name where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub display_name: String,
    /// One or two sentences.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Free key-value pairs for selecting and grouping.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Unique for ever.
    pub uid: String,
    /// Grows with every change of the spec.
    pub generation: i64,
    /// Grows with every change of anything; the ETag.
    pub resource_version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When anything of it last changed.
    pub updated_at: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// Who last changed its spec.
    pub modified_by: String,
    /// Set once deletion was asked for; cleanup follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion_requested_at: Option<Timestamp>,
}

impl Metadata {
    /// The id in host names: the random last twelve digits of the uid.
    pub fn short_id(&self) -> &str {
        short_id(&self.uid)
    }

    /// What people call it.
    pub fn title(&self) -> &str {
        if self.display_name.is_empty() { self.name.as_str() } else { &self.display_name }
    }
}

/// The random part of a uid, short enough for a DNS label beside an endpoint's name.
pub fn short_id(uid: &str) -> &str {
    uid.get(uid.len().saturating_sub(12)..).unwrap_or(uid)
}

/// The part of the metadata that people write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMetadata {
    /// Unique in its scope and kind; never changes.
    pub name: Name,
    /// What people read; the name where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 120))]
    pub display_name: String,
    /// One or two sentences.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 4000))]
    pub description: String,
    /// Free key-value pairs for selecting and grouping.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}
