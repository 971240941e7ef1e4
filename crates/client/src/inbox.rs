//! The caller's own notifications.

use crate::error::Result;
use crate::http::Client;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use warpyard_model::Timestamp;

/// Which notifications to read.
#[derive(Debug, Clone, Default)]
pub struct InboxQuery {
    /// Only those not seen yet.
    pub unread: bool,
    /// At most so many.
    pub limit: usize,
}

/// Where a notification leads.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct NotificationLinkView {
    /// The organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// The project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<String>,
    /// The kind of object.
    #[serde(default)]
    pub kind: String,
    /// The object's name.
    #[serde(default)]
    pub name: String,
}

/// Something the caller was told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NotificationView {
    /// Its id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// What it is about: `launch_finished`, `invited`, …
    pub kind: String,
    /// One line.
    pub title: String,
    /// A sentence more.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// Where it leads.
    #[serde(default)]
    pub link: NotificationLinkView,
    /// It was seen.
    #[serde(default)]
    pub read: bool,
}

/// A page of notifications, newest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InboxPage {
    /// The notifications.
    pub items: Vec<NotificationView>,
    /// How many of all were not seen.
    pub unread: i64,
    /// Where the next page begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl Client {
    /// A page of the caller's notifications.
    pub async fn notifications(&self, query: &InboxQuery, cursor: Option<&str>) -> Result<InboxPage> {
        let mut url = self.url(&["me", "notifications"]);
        {
            let mut pairs = url.query_pairs_mut();
            pairs.append_pair("limit", &query.limit.to_string());
            if query.unread {
                pairs.append_pair("unread", "true");
            }
            if let Some(cursor) = cursor {
                pairs.append_pair("cursor", cursor);
            }
        }
        self.get_json(url).await
    }

    /// Marks notifications as seen; all where `ids` is absent.
    pub async fn read_notifications(&self, ids: Option<&[String]>) -> Result<()> {
        let body = ids.map_or_else(|| json!({}), |ids| json!({ "ids": ids }));
        self.done(self.request(Method::POST, self.url(&["me", "notifications", "read"])).json(&body)).await
    }
}
