//! What a person may launch in a project, the form of it, and the summary before launching.

use crate::error::Result;
use crate::http::Client;
use serde::{Deserialize, Serialize};
use warpyard_model::inputs::{Form, Values};
use warpyard_model::kinds::ResolvedSize;
use warpyard_model::{FieldError, Kind, ScopePath};

/// A card of the catalogue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CatalogueCard {
    /// Compute or service profile.
    pub kind: Kind,
    /// The profile's name.
    pub name: String,
    /// Its home project.
    #[serde(default)]
    pub project: String,
    /// The published generation.
    #[serde(default)]
    pub generation: i64,
    /// What people read.
    #[serde(default)]
    pub title: String,
    /// One line.
    #[serde(default)]
    pub description: String,
    /// Its size, where it is fixed.
    #[serde(default)]
    pub size: Option<ResolvedSize>,
    /// Its price per hour, as a decimal string.
    #[serde(default)]
    pub price_per_hour: Option<String>,
    /// The currency of prices.
    #[serde(default)]
    pub currency: String,
    /// One launch makes a compute instance too.
    #[serde(default)]
    pub auto_creates_compute: bool,
    /// It runs on a compute instance that must be there.
    #[serde(default)]
    pub needs_compute: bool,
    /// Whether there is room.
    #[serde(default)]
    pub availability: Availability,
}

/// Whether there is room for a card.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Availability {
    /// `available`, `queue`, `never` or `no_target`.
    #[serde(default)]
    pub state: String,
    /// How many of it fit now.
    #[serde(default)]
    pub free: Option<i64>,
    /// How many wait before it.
    #[serde(default)]
    pub ahead: Option<i64>,
    /// A sentence for people.
    #[serde(default)]
    pub message: String,
}

/// What a form is asked for.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FormRequest {
    /// The workspace launched in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace: Option<String>,
    /// Answers so far.
    pub inputs: Values,
    /// The compute instance to run on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compute: Option<String>,
    /// Answers to the compute's form so far.
    pub compute_inputs: Values,
}

/// The profile a form belongs to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProfileView {
    /// Compute or service profile.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its home project.
    #[serde(default)]
    pub project: String,
    /// The published generation.
    #[serde(default)]
    pub generation: i64,
    /// What people read.
    #[serde(default)]
    pub title: String,
}

/// A form with what was answered, what is wrong with it and what a launch would take.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FormAnswer {
    /// The profile.
    pub profile: ProfileView,
    /// Its form.
    pub form: Form,
    /// The form of the compute instance that would be made too.
    #[serde(default)]
    pub compute_form: Option<Form>,
    /// The values with defaults filled in.
    #[serde(default)]
    pub values: Values,
    /// The compute's values with defaults filled in.
    #[serde(default)]
    pub compute_values: Values,
    /// What is wrong, at `inputs.x`, `compute_inputs.y` or `compute`.
    #[serde(default)]
    pub errors: Vec<FieldError>,
    /// Compute instances it could run on.
    #[serde(default)]
    pub compute_options: Vec<ComputeOption>,
    /// What a launch would take.
    #[serde(default)]
    pub summary: Summary,
}

/// A compute instance a service could run on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ComputeOption {
    /// Its name.
    pub name: String,
    /// What people read.
    #[serde(default)]
    pub title: String,
    /// Where it is in its life.
    #[serde(default)]
    pub phase: String,
}

/// What a launch would take.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Summary {
    /// The size.
    #[serde(default)]
    pub size: Option<ResolvedSize>,
    /// Per hour, as a decimal string.
    #[serde(default)]
    pub price_per_hour: Option<String>,
    /// Per month, as a decimal string.
    #[serde(default)]
    pub price_per_month: Option<String>,
    /// The currency of prices.
    #[serde(default)]
    pub currency: String,
    /// The target it would run on.
    #[serde(default)]
    pub target: Option<String>,
    /// The isolation it would run in.
    #[serde(default)]
    pub isolation: String,
    /// Who could open what.
    #[serde(default)]
    pub access: Vec<AccessView>,
    /// Whether there is room.
    #[serde(default)]
    pub capacity: Capacity,
}

/// Who could open an endpoint.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessView {
    /// The endpoint.
    pub endpoint: String,
    /// What people read on the button.
    #[serde(default)]
    pub title: String,
    /// `owner`, `workspace` or `project`.
    #[serde(default)]
    pub access: String,
}

/// Whether there is room for a launch.
pub type Capacity = Availability;

impl Client {
    /// The cards of a project.
    pub async fn catalogue(&self, org: &str, project: &str) -> Result<Vec<CatalogueCard>> {
        #[derive(Deserialize)]
        struct Cards {
            items: Vec<CatalogueCard>,
        }
        let cards: Cards = self.get_json(self.url(&["orgs", org, "projects", project, "catalogue"])).await?;
        Ok(cards.items)
    }

    /// The form of a profile launched in `project`, whose home is `home`.
    pub async fn form(
        &self,
        kind: Kind,
        project: &ScopePath,
        name: &str,
        home: &str,
        request: &FormRequest,
    ) -> Result<FormAnswer> {
        let mut segments = crate::path::item_segments(kind, project, name)?;
        segments.push("form".to_owned());
        let mut url = self.url(&segments);
        let here = project.project.as_ref().is_some_and(|p| p.as_str() == home);
        if !here && !home.is_empty() {
            url.query_pairs_mut().append_pair("home", home);
        }
        self.post_json(url, request).await
    }
}
