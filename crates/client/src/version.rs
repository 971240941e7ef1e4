//! Versions of profiles, what one would mean for every instance, and changing an instance by a plan.

use crate::any_object::AnyObject;
use crate::catalogue::{Availability, FormAnswer, FormRequest};
use crate::error::Result;
use crate::http::Client;
use crate::path::{collection_segments, item_segments};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use warpyard_model::difference::Difference;
use warpyard_model::inputs::Values;
use warpyard_model::kinds::VersionState;
use warpyard_model::{FieldError, Kind, ScopePath, Timestamp};

/// What is said when a version is published.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Publication {
    /// What changed, for the owners of instances.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When instances of older versions are moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upgrade_by: Option<Timestamp>,
}

/// What differs between two generations of a profile.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProfileDiff {
    /// The one generation; 0 where nothing is published yet.
    pub from: i64,
    /// The other.
    pub to: i64,
    /// A unified diff of the specs as YAML; empty where they are the same.
    #[serde(default)]
    pub text: String,
    /// The same, thing by thing.
    #[serde(default)]
    pub changes: Vec<Difference>,
}

/// One instance in a fleet plan; without name, workspace and owner where the caller may not view it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FleetInstance {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<String>,
    /// Its project.
    #[serde(default)]
    pub project: String,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Where it is in its life.
    #[serde(default)]
    pub phase: String,
    /// The generation it runs.
    #[serde(default)]
    pub generation: i64,
    /// Its number; 0 where it was never published.
    #[serde(default)]
    pub number: u32,
    /// What moving it would do: `none`, `in_place`, `restart`, `replace` or `invalid`.
    pub action: String,
    /// What would be different.
    #[serde(default)]
    pub changes: Vec<Difference>,
    /// Why it could not be moved.
    #[serde(default)]
    pub errors: Vec<FieldError>,
    /// The caller may not view it.
    #[serde(default)]
    pub hidden: bool,
}

/// How many instances run a version.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VersionCount {
    /// The generation.
    pub generation: i64,
    /// Its number; 0 where it was never published.
    pub number: u32,
    /// How many.
    pub count: u32,
}

/// A fleet plan added up.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct FleetTotals {
    /// How many instances by what would be done.
    #[serde(default)]
    pub by_action: BTreeMap<String, u32>,
    /// How many instances by what they run, oldest first.
    #[serde(default)]
    pub by_version: Vec<VersionCount>,
}

/// What a version of a profile would mean for every instance launched from it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FleetPlan {
    /// Every instance.
    pub instances: Vec<FleetInstance>,
    /// The plan added up.
    #[serde(default)]
    pub totals: FleetTotals,
}

/// What is said about a version.
#[derive(Debug, Clone, Serialize)]
pub struct VersionChange {
    /// What it is from now on.
    pub state: VersionState,
    /// Another note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// One thing the provider would be given.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RenderedDocument {
    /// What it is.
    pub title: String,
    /// `yaml` or `text`.
    pub language: String,
    /// The document; sensitive values as `•••`.
    pub text: String,
}

/// What the provider would be given for a launch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RenderedDocuments {
    /// The documents, the allocation first.
    pub documents: Vec<RenderedDocument>,
}

/// The version an instance would run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRef {
    /// The profile's generation.
    pub generation: i64,
    /// Its number; 0 where it was never published.
    #[serde(default)]
    pub number: u32,
}

/// What somebody wants of an instance.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ChangeRequest {
    /// Other values for inputs; null takes a value away.
    pub inputs: Values,
    /// The profile's published generation, to upgrade to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation: Option<i64>,
}

/// What a change of an instance would do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChangePlan {
    /// `none`, `in_place`, `restart`, `replace` or `invalid`.
    pub action: String,
    /// What would be different.
    #[serde(default)]
    pub changes: Vec<Difference>,
    /// What is wrong.
    #[serde(default)]
    pub errors: Vec<FieldError>,
    /// The version it would run.
    pub to: VersionRef,
    /// Services that would restart with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restarts: Vec<String>,
    /// Whether there is room, where the allocation changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<Availability>,
}

impl Client {
    /// Makes the newest generation of a profile the one that people launch.
    pub async fn publish(&self, kind: Kind, scope: &ScopePath, name: &str, publication: &Publication) -> Result<AnyObject> {
        self.post_json(self.action_url(kind, scope, name, &["publish"])?, publication).await
    }

    /// Takes a profile out of the catalogue; running instances keep it.
    pub async fn withdraw(&self, kind: Kind, scope: &ScopePath, name: &str) -> Result<AnyObject> {
        self.post_json(self.action_url(kind, scope, name, &["withdraw"])?, &json!({})).await
    }

    /// Makes the spec of an earlier generation the newest draft.
    pub async fn rollback(&self, kind: Kind, scope: &ScopePath, name: &str, generation: i64) -> Result<AnyObject> {
        self.post_json(self.action_url(kind, scope, name, &["rollback"])?, &json!({ "generation": generation })).await
    }

    /// Says of a version that was published what it is now.
    pub async fn set_version(
        &self,
        kind: Kind,
        scope: &ScopePath,
        name: &str,
        generation: i64,
        change: &VersionChange,
    ) -> Result<AnyObject> {
        let url = self.action_url(kind, scope, name, &["versions", &generation.to_string()])?;
        self.json(self.request(Method::PUT, url).json(change)).await
    }

    /// What differs between two generations; each a number, `published` or `draft`.
    pub async fn profile_diff(&self, kind: Kind, scope: &ScopePath, name: &str, from: &str, to: &str) -> Result<ProfileDiff> {
        let mut url = self.action_url(kind, scope, name, &["diff"])?;
        url.query_pairs_mut().append_pair("from", from).append_pair("to", to);
        self.get_json(url).await
    }

    /// What a generation (the newest where absent) would mean for every instance.
    pub async fn fleet_plan(&self, kind: Kind, scope: &ScopePath, name: &str, generation: Option<i64>) -> Result<FleetPlan> {
        let body = generation.map_or_else(|| json!({}), |generation| json!({ "generation": generation }));
        self.post_json(self.action_url(kind, scope, name, &["fleet-plan"])?, &body).await
    }

    /// What the provider would be given for a launch of the newest generation.
    pub async fn render(&self, kind: Kind, scope: &ScopePath, name: &str, values: &FormRequest) -> Result<RenderedDocuments> {
        self.post_json(self.action_url(kind, scope, name, &["render"])?, &json!({ "values": values })).await
    }

    /// The form that a spec would make, whether it is stored or not.
    pub async fn draft_form(&self, kind: Kind, scope: &ScopePath, spec: &Value, values: &FormRequest) -> Result<FormAnswer> {
        let mut segments = collection_segments(kind, scope)?;
        segments.push("form".to_owned());
        self.post_json(self.url(&segments), &json!({ "draft": { "spec": spec }, "values": values })).await
    }

    /// What a change of an instance would do; nothing is changed.
    pub async fn change_plan(&self, kind: Kind, scope: &ScopePath, name: &str, wanted: &ChangeRequest) -> Result<ChangePlan> {
        self.post_json(self.action_url(kind, scope, name, &["change-plan"])?, wanted).await
    }

    /// Changes an instance as its plan said; refused when the plan would be another now.
    pub async fn change(
        &self,
        kind: Kind,
        scope: &ScopePath,
        name: &str,
        wanted: &ChangeRequest,
        plan_action: &str,
    ) -> Result<AnyObject> {
        let mut body = json!({ "inputs": wanted.inputs, "plan_action": plan_action });
        if let Some(generation) = wanted.generation {
            body["generation"] = json!(generation);
        }
        self.post_json(self.action_url(kind, scope, name, &["change"])?, &body).await
    }

    pub(crate) fn action_url(&self, kind: Kind, scope: &ScopePath, name: &str, action: &[&str]) -> Result<url::Url> {
        let mut segments = item_segments(kind, scope, name)?;
        segments.extend(action.iter().map(|s| (*s).to_owned()));
        Ok(self.url(&segments))
    }
}
