//! How an organization looks to its people, before they sign in too.
//!
//! Whoever asks for an organization that is not there gets what one without a look gives: nothing tells them apart.

use super::{GET, POST, Shared};
use crate::caller::Caller;
use crate::openapi::{Needs, Routes};
use crate::problem::ApiError;
use crate::request::{BodyOf, Place};
use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderName, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::Serialize;
use warpyard_model::colour::Accent;
use warpyard_model::kinds::{Link, Look, Organization};
use warpyard_model::{Error, Name, Result, ScopePath};
use warpyard_policy::action;

/// A look as pages take it.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct LookView {
    /// What stands beside the picture.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(default)]
    name: String,
    /// The picture as a `data:` address for an `img`.
    #[serde(skip_serializing_if = "Option::is_none")]
    logo: Option<String>,
    /// The accent, readable in both themes.
    #[serde(skip_serializing_if = "Option::is_none")]
    accent: Option<Accent>,
    /// Links.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    links: Vec<Link>,
    /// Markdown for the sign-in page.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(default)]
    message: String,
}

/// A look that is not kept, and what was left out of its picture.
#[derive(Debug, Serialize, JsonSchema)]
struct LookPreview {
    /// As people would see it.
    look: LookView,
    /// What was left out of the picture, in words, because it could run or lead elsewhere.
    left_out: Vec<String>,
}

pub(super) fn declare(routes: &mut Routes) {
    routes
        .declare(GET, "/api/v1/orgs/{org}/look", "organization_look", "orgs", "How an organization looks, for its sign-in page")
        .needs(Needs::Nothing)
        .answers::<LookView>(200, "The look; empty where there is none, or no such organization.")
        .to(view);
    routes
        .declare(
            POST,
            "/api/v1/orgs/{org}/look/preview",
            "organization_look_preview",
            "orgs",
            "What a look would be like; changes nothing",
        )
        .permission("organization.update")
        .body::<Look>()
        .answers::<LookPreview>(200, "As people would see it.")
        .to(preview);
}

impl LookView {
    fn of(look: Look) -> Self {
        let logo = look.logo.as_ref().map(|icon| format!("data:{};base64,{}", icon.media_type(), STANDARD.encode(icon.bytes())));
        // What could not be read was refused when it was written.
        let accent = look.accent().and_then(Result::ok);
        Self { name: look.name, logo, accent, links: look.links, message: look.message }
    }
}

async fn view(state: Shared, Path(org): Path<String>) -> Result<([(HeaderName, &'static str); 1], Json<LookView>), ApiError> {
    let found = match Name::parse(&org) {
        Ok(name) => state.controller.find::<Organization>(&ScopePath::platform(), &name).await?,
        Err(_) => None,
    };
    let look = found.and_then(|org| org.spec.look).map(LookView::of).unwrap_or_default();
    Ok(([(header::CACHE_CONTROL, "no-cache")], Json(look)))
}

async fn preview(state: Shared, caller: Caller, place: Place, BodyOf(look): BodyOf<Look>) -> Result<Json<LookPreview>, ApiError> {
    let name = place.scope.org.clone().ok_or_else(Error::not_visible)?;
    let located = state.store.locate::<Organization>(&ScopePath::platform(), &name).await?;
    state.policy.allow::<action::Update, Organization>(&caller.principal, located.resource())?;
    let errors = look.validate();
    if !errors.is_empty() {
        return Err(Error::invalid(errors).into());
    }
    let (look, left_out) = look.cleaned().map_err(|error| Error::invalid(vec![error]))?;
    Ok(Json(LookPreview { look: LookView::of(look), left_out }))
}
