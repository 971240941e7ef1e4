//! Reading and writing objects of any kind, their revisions and events, and the audit trail.

use crate::any_object::AnyObject;
use crate::error::{ClientError, Result};
use crate::http::Client;
use crate::path::{collection_segments, item_segments};
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;
use warpyard_model::kinds::AuditEntry;
use warpyard_model::meta::NewMetadata;
use warpyard_model::{Kind, Object, ScopePath, Spec, Timestamp};

/// Largest page asked for.
const PAGE: usize = 100;

/// What a list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// Words in names and titles.
    pub search: Option<String>,
    /// `name`, `-created_at`, …
    pub sort: Option<String>,
    /// Only instances in this phase.
    pub phase: Option<String>,
    /// `key=value` pairs that all must match.
    pub labels: Vec<String>,
    /// At most this many in all; everything when absent.
    pub limit: Option<usize>,
}

/// Some of a list.
#[derive(Debug, Clone, Deserialize)]
pub struct Page {
    /// The objects in order.
    pub items: Vec<AnyObject>,
    /// Asks for the next ones; absent at the end.
    #[serde(default)]
    pub next_cursor: Option<String>,
    /// How many there are in all.
    #[serde(default)]
    pub total: i64,
}

/// One event of an instance or target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventView {
    /// When.
    pub at: Timestamp,
    /// `normal` or `warning`.
    pub severity: String,
    /// A CamelCase word for programs.
    #[serde(default)]
    pub reason: String,
    /// A sentence for people.
    #[serde(default)]
    pub message: String,
}

/// One stored spec.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RevisionView {
    /// The spec's generation.
    pub generation: i64,
    /// When it was written.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// The spec.
    pub spec: Value,
}

/// What the audit trail is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// The organization's chain.
    pub org: Option<String>,
    /// Who.
    pub actor: Option<String>,
    /// What, such as `compute_profile.publish`.
    pub action: Option<String>,
    /// The kind of object, such as `ServiceInstance`.
    pub kind: Option<String>,
    /// An object's path, or a place's.
    pub object: Option<String>,
    /// `allowed` or `denied`.
    pub outcome: Option<String>,
    /// Words in the entry.
    pub search: Option<String>,
    /// From this moment on, as RFC 3339.
    pub from: Option<String>,
    /// Before this moment, as RFC 3339.
    pub to: Option<String>,
    /// At most this many.
    pub limit: usize,
}

/// Some of the audit trail.
#[derive(Debug, Clone, Deserialize)]
pub struct AuditPage {
    /// The entries, newest first.
    pub items: Vec<AuditEntry>,
    /// Asks for the next ones.
    #[serde(default)]
    pub next_cursor: Option<String>,
    /// A text was looked for back to this moment only.
    #[serde(default)]
    pub searched_back_to: Option<Timestamp>,
}

/// What checking the trail found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AuditCheck {
    /// Every entry follows from the one before.
    pub intact: bool,
    /// Entries that hold.
    pub entries: i64,
    /// The first entry there is.
    pub first: i64,
    /// Signed checkpoints that agree.
    pub checkpoints: u64,
    /// The first entry that does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_at: Option<i64>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A file on its way from the server.
pub struct Download {
    response: reqwest::Response,
    address: String,
}

impl Download {
    /// The next piece; nothing at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let piece = self.response.chunk().await.map_err(|e| ClientError::from_transport(&e, &self.address))?;
        Ok(piece.map(|bytes| bytes.to_vec()))
    }
}

#[derive(Deserialize)]
struct Items<T> {
    items: Vec<T>,
}

pub(crate) fn add_pairs(url: &mut Url, pairs: &[(&str, Option<String>)]) {
    for (key, value) in pairs {
        if let Some(value) = value {
            url.query_pairs_mut().append_pair(key, value);
        }
    }
}

impl Client {
    /// The objects of `kind` that live exactly in `scope`.
    pub async fn list(&self, kind: Kind, scope: &ScopePath, query: &ListQuery) -> Result<Vec<AnyObject>> {
        self.pages(self.url(&collection_segments(kind, scope)?), query).await
    }

    /// The objects of `kind` in `scope` and below it that the caller may see.
    pub async fn list_everywhere(&self, kind: Kind, scope: &ScopePath, query: &ListQuery) -> Result<Vec<AnyObject>> {
        let mut url = self.url(&[kind.plural()]);
        add_scope(&mut url, scope);
        self.pages(url, query).await
    }

    /// The typed objects of a kind that live exactly in `scope`.
    pub async fn list_typed<S: Spec>(&self, scope: &ScopePath, query: &ListQuery) -> Result<Vec<Object<S>>> {
        self.list(S::KIND, scope, query).await?.iter().map(AnyObject::typed).collect()
    }

    async fn pages(&self, mut url: Url, query: &ListQuery) -> Result<Vec<AnyObject>> {
        add_pairs(&mut url, &[("search", query.search.clone()), ("sort", query.sort.clone()), ("phase", query.phase.clone())]);
        for label in &query.labels {
            url.query_pairs_mut().append_pair("label", label);
        }
        let mut items: Vec<AnyObject> = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let wanted = query.limit.map_or(PAGE, |limit| limit.saturating_sub(items.len()).min(PAGE));
            if wanted == 0 {
                return Ok(items);
            }
            let mut page_url = url.clone();
            add_pairs(&mut page_url, &[("limit", Some(wanted.to_string())), ("cursor", cursor.clone())]);
            let page: Page = self.get_json(page_url).await?;
            let empty = page.items.is_empty();
            items.extend(page.items);
            // An empty page or a cursor that does not move would ask for ever.
            if page.next_cursor.is_none() || page.next_cursor == cursor || empty {
                items.truncate(query.limit.unwrap_or(usize::MAX));
                return Ok(items);
            }
            cursor = page.next_cursor;
        }
    }

    /// One object.
    pub async fn get(&self, kind: Kind, scope: &ScopePath, name: &str) -> Result<AnyObject> {
        self.get_json(self.url(&item_segments(kind, scope, name)?)).await
    }

    /// One typed object.
    pub async fn get_typed<S: Spec>(&self, scope: &ScopePath, name: &str) -> Result<Object<S>> {
        self.get(S::KIND, scope, name).await?.typed()
    }

    /// Makes an object; with `dry_run` it is only checked.
    pub async fn create(
        &self,
        kind: Kind,
        scope: &ScopePath,
        metadata: &NewMetadata,
        spec: &impl Serialize,
        dry_run: bool,
    ) -> Result<AnyObject> {
        let mut url = self.url(&collection_segments(kind, scope)?);
        if dry_run {
            url.query_pairs_mut().append_pair("dry_run", "true");
        }
        self.post_json(url, &json!({ "metadata": metadata, "spec": spec })).await
    }

    /// Replaces what people write of an object; `if_version` refuses when somebody else changed it since.
    pub async fn update(
        &self,
        kind: Kind,
        scope: &ScopePath,
        metadata: &NewMetadata,
        spec: &impl Serialize,
        if_version: Option<i64>,
    ) -> Result<AnyObject> {
        let url = self.url(&item_segments(kind, scope, metadata.name.as_str())?);
        let mut request = self.request(Method::PUT, url).json(&json!({ "metadata": metadata, "spec": spec }));
        if let Some(version) = if_version {
            request = request.header(reqwest::header::IF_MATCH, format!("\"{version}\""));
        }
        self.json(request).await
    }

    /// Deletes an object. Answers the object when cleanup follows and nothing when it is gone.
    pub async fn delete(&self, kind: Kind, scope: &ScopePath, name: &str) -> Result<Option<AnyObject>> {
        let request = self.request(Method::DELETE, self.url(&item_segments(kind, scope, name)?));
        let response = self.send(request.timeout(std::time::Duration::from_secs(60))).await?;
        if response.status() == StatusCode::ACCEPTED {
            let body = response.bytes().await.unwrap_or_default();
            return Ok(serde_json::from_slice(&body).ok());
        }
        Ok(None)
    }

    /// Every stored spec of an object, newest first.
    pub async fn revisions(&self, kind: Kind, scope: &ScopePath, name: &str) -> Result<Vec<RevisionView>> {
        let mut segments = item_segments(kind, scope, name)?;
        segments.push("revisions".to_owned());
        let answer: Items<RevisionView> = self.get_json(self.url(&segments)).await?;
        Ok(answer.items)
    }

    /// What happened to an instance or target.
    pub async fn events(&self, kind: Kind, scope: &ScopePath, name: &str) -> Result<Vec<EventView>> {
        let mut segments = item_segments(kind, scope, name)?;
        segments.push("events".to_owned());
        let answer: Items<EventView> = self.get_json(self.url(&segments)).await?;
        Ok(answer.items)
    }

    /// The audit trail.
    pub async fn audit(&self, query: &AuditQuery, cursor: Option<&str>) -> Result<AuditPage> {
        let mut url = self.url(&["audit-entries"]);
        query.add_to(&mut url);
        add_pairs(&mut url, &[("limit", Some(query.limit.to_string())), ("cursor", cursor.map(str::to_owned))]);
        self.get_json(url).await
    }

    /// The audit trail as a file, oldest first: `jsonl` or `csv`.
    pub async fn audit_export(&self, query: &AuditQuery, format: &str) -> Result<Download> {
        let mut url = self.url(&["audit-entries", "export"]);
        query.add_to(&mut url);
        add_pairs(&mut url, &[("format", Some(format.to_owned()))]);
        let response = self.send(self.request(Method::GET, url)).await?;
        Ok(Download { response, address: self.address().to_owned() })
    }

    /// Whether a chain of the trail is unbroken.
    pub async fn audit_verify(&self, org: Option<&str>) -> Result<AuditCheck> {
        let mut url = self.url(&["audit-entries", "verify"]);
        add_pairs(&mut url, &[("org", org.map(str::to_owned))]);
        self.json_in(self.request(Method::GET, url), Duration::from_secs(3600)).await
    }
}

impl AuditQuery {
    fn add_to(&self, url: &mut Url) {
        let Self { org, actor, action, kind, object, outcome, search, from, to, limit: _ } = self.clone();
        add_pairs(
            url,
            &[
                ("org", org),
                ("actor", actor),
                ("action", action),
                ("kind", kind),
                ("object", object),
                ("outcome", outcome),
                ("search", search),
                ("from", from),
                ("to", to),
            ],
        );
    }
}

/// Adds `org`, `project` and `workspace` as far as they are known.
pub(crate) fn add_scope(url: &mut Url, scope: &ScopePath) {
    let text = |name: &Option<warpyard_model::Name>| name.as_ref().map(ToString::to_string);
    add_pairs(url, &[("org", text(&scope.org)), ("project", text(&scope.project)), ("workspace", text(&scope.workspace))]);
}
