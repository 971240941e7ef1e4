//! Applying files: a stream of documents, all or nothing.

use crate::error::Result;
use crate::http::Client;
use reqwest::{Method, header};
use serde::{Deserialize, Serialize};
use warpyard_model::{Kind, ScopePath};

/// What applying did.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Applied {
    /// One entry per document, in order.
    pub items: Vec<AppliedItem>,
}

/// What applying did to one object.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AppliedItem {
    /// Its kind.
    pub kind: Kind,
    /// Where it lives.
    #[serde(default)]
    pub scope: ItemScope,
    /// Its name.
    pub name: String,
    /// `created`, `updated` or `unchanged`.
    pub action: String,
    /// The change as a unified diff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
}

/// Where an applied object lives.
pub type ItemScope = ScopePath;

impl Client {
    /// Applies a YAML stream. `defaults` fills in the organization and project of documents that name none.
    pub async fn apply(&self, stream: String, defaults: &ScopePath, dry_run: bool) -> Result<Applied> {
        let mut url = self.url(&["apply"]);
        let only_project = ScopePath { workspace: None, ..defaults.clone() };
        crate::resource::add_scope(&mut url, &only_project);
        if dry_run {
            url.query_pairs_mut().append_pair("dry_run", "true");
        }
        let request = self.request(Method::POST, url).header(header::CONTENT_TYPE, "application/yaml").body(stream);
        self.json(request).await
    }
}
