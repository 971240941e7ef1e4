//! What can be done to an object beside reading and writing it: start, stop, hand over, launch into projects.

use crate::any_object::AnyObject;
use crate::error::{ClientError, Result};
use crate::http::Client;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use warpyard_model::{Kind, ScopePath};
/// Which projects a system profile is launched into.
#[derive(Debug, Clone, Serialize)]
pub struct LaunchIntoProjects {
    /// The organization.
    pub org: String,
    /// The projects; the first is the profiles' home.
    pub projects: Vec<String>,
    /// Every project of the organization, the coming ones included.
    pub all_projects: bool,
}

/// One profile that launching a system profile made or found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LaunchedItem {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its home project.
    #[serde(default)]
    pub project: Option<String>,
    /// `created`, `updated` or `unchanged`.
    pub action: String,
    /// It waits for somebody else to publish it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waits: bool,
}

/// What launching a system profile did.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Launched {
    /// The profiles.
    pub items: Vec<LaunchedItem>,
    /// What the targets lack to run it.
    #[serde(default)]
    pub missing: Vec<String>,
}

impl Client {
    /// `start`, `stop` or `retry` of an instance.
    pub async fn operate(&self, kind: Kind, scope: &ScopePath, name: &str, action: &str) -> Result<AnyObject> {
        self.post_json(self.action_url(kind, scope, name, &[action])?, &json!({})).await
    }

    /// Gives an instance another owner.
    pub async fn transfer(&self, kind: Kind, scope: &ScopePath, name: &str, owner: &str) -> Result<AnyObject> {
        self.post_json(self.action_url(kind, scope, name, &["transfer"])?, &json!({ "owner": owner })).await
    }

    /// The logs of a service as they come; ends when they end, or never with `follow`.
    pub async fn logs(
        &self,
        scope: &ScopePath,
        name: &str,
        tail: usize,
        follow: bool,
    ) -> Result<impl Stream<Item = Result<Bytes>> + use<>> {
        let mut url = self.action_url(Kind::ServiceInstance, scope, name, &["logs"])?;
        url.query_pairs_mut().append_pair("tail", &tail.to_string());
        if follow {
            url.query_pairs_mut().append_pair("follow", "true");
        }
        let response = self.send(self.request(Method::GET, url)).await?;
        let server = self.address().to_owned();
        Ok(response.bytes_stream().map(move |chunk| chunk.map_err(|e| ClientError::from_transport(&e, &server))))
    }

    /// Offers a system profile in projects.
    pub async fn launch_system_profile(&self, name: &str, into: &LaunchIntoProjects, dry_run: bool) -> Result<Launched> {
        let mut url = self.url(&["system-profiles", name, "launch"]);
        if dry_run {
            url.query_pairs_mut().append_pair("dry_run", "true");
        }
        self.post_json(url, into).await
    }

    /// Makes a draft of a system profile that may be changed.
    pub async fn customise_system_profile(
        &self,
        name: &str,
        org: &str,
        project: &str,
        new_name: &str,
        display_name: Option<&str>,
    ) -> Result<AnyObject> {
        let mut body = json!({ "org": org, "project": project, "name": new_name });
        if let Some(display_name) = display_name {
            body["display_name"] = json!(display_name);
        }
        self.post_json(self.url(&["system-profiles", name, "customise"]), &body).await
    }
}
