//! The pictures of an organization's icons: taken as files, served so that nothing in them can do anything.

use super::{GET, PUT, Shared, Writing};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{DryRun, Place, QueryOf, read_body_up_to};
use axum::Json;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use warpyard_controller::admission;
use warpyard_model::icon::MOST_BYTES;
use warpyard_model::kinds::{CleanIcon, Icon};
use warpyard_model::meta::NewMetadata;
use warpyard_model::permission::Subject;
use warpyard_model::{Error, Kind, Object, Result};
use warpyard_policy::{Resource, action};

/// Should somebody open the picture itself: nothing in it runs, loads or is framed, and it is on its own.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// An icon that was taken in.
#[derive(Debug, Serialize, JsonSchema)]
struct StoredIcon {
    /// The icon as it is kept.
    icon: Object<Icon>,
    /// What was left out of the file, in words, because it could run or lead elsewhere, or is not known.
    left_out: Vec<String>,
}

/// Which picture a caller means.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct PictureParameters {
    /// Its SHA-256, in hex: named by what is in it, the picture may be kept for good.
    #[serde(default)]
    digest: Option<String>,
}

pub(super) fn declare(routes: &mut Routes) {
    let path = "/api/v1/orgs/{org}/icons/{name}/image";
    routes
        .declare(
            PUT,
            path,
            "icon_image_update",
            "icons",
            "Upload the picture of an icon, an SVG or a PNG; makes the icon if need be",
        )
        .permission("icon.create")
        .query::<DryRun>()
        .body_of_bytes("image/svg+xml")
        .body_of_bytes("image/png")
        .answers::<StoredIcon>(200, "The icon as it is kept, and what was left out.")
        .problems(&[409, 412])
        .to(upload);
    routes
        .declare(GET, path, "icon_image_view", "icons", "The picture of an icon, as SVG or PNG")
        .permission("icon.view")
        .query::<PictureParameters>()
        .answers_as(200, "image/svg+xml", "The picture; its digest is the ETag.")
        .answers_nothing(304, "It is still the one you have.")
        .to(picture);
}

async fn upload(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(DryRun { dry_run }): QueryOf<DryRun>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<StoredIcon>, ApiError> {
    let name = place.name()?.clone();
    // Before anything is read: whoever may not is not told whether the picture is any good.
    let here = Resource::place(Subject::Kind(Kind::Icon), &place.scope);
    state.policy.allow::<action::Create, Icon>(&caller.principal, &here)?;
    let bytes = read_body_up_to(body, MOST_BYTES).await?;
    let clean = tokio::task::spawn_blocking(move || Icon::of_bytes(&bytes)).await;
    let CleanIcon { icon, left_out } = clean.map_err(Error::internal)?.map_err(|error| Error::invalid(vec![error]))?;
    check_type(&headers, &icon)?;
    let mut writing = Writing::begin(&state, caller.context()).await?;
    let mut admission = writing.admission(&state, &caller);
    let stored = match admission.batch.locate::<Icon>(&place.scope, &name).await? {
        Some(located) => {
            let view = state.policy.allow::<action::View, Icon>(&caller.principal, located.resource())?;
            let old = located.clone().reveal(&view)?.metadata;
            let metadata = NewMetadata { name, display_name: old.display_name, description: old.description, labels: old.labels };
            admission::update(&mut admission, located, metadata, icon, None).await?
        }
        None => {
            let metadata = serde_json::from_value(serde_json::json!({ "name": name })).map_err(Error::internal)?;
            admission::create(&mut admission, &place.scope, metadata, icon).await?
        }
    };
    writing.end(dry_run).await?;
    Ok(Json(StoredIcon { icon: stored, left_out }))
}

/// A file that says it is something else than it is was mixed up with another, or worse.
fn check_type(headers: &HeaderMap, icon: &Icon) -> Result<()> {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let said = said.split(';').next().unwrap_or_default().trim();
    if said.eq_ignore_ascii_case(icon.media_type()) {
        return Ok(());
    }
    Err(Error::invalid_field("", format!("the Content-Type is {said:?}, but the picture is {}", icon.media_type())))
}

async fn picture(
    state: Shared,
    caller: Caller,
    place: Place,
    QueryOf(PictureParameters { digest: wanted }): QueryOf<PictureParameters>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let located = state.store.locate::<Icon>(&place.scope, place.name()?).await?;
    let proof = state.policy.allow::<action::View, Icon>(&caller.principal, located.resource())?;
    let icon = located.reveal(&proof)?.spec;
    let bytes = icon.bytes().into_owned();
    let mut digest = String::new();
    for byte in Sha256::digest(&bytes) {
        let _ = write!(digest, "{byte:02x}");
    }
    let etag = format!("\"{digest}\"");
    // An address with the digest in it always means the same bytes; without, the picture may be replaced.
    let caching = if wanted.as_ref() == Some(&digest) { "private, max-age=31536000, immutable" } else { "private, no-cache" };
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let known = known.flat_map(|value| value.split(',')).any(|one| one.trim().trim_start_matches("W/") == etag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, icon.media_type())], bytes).into_response()
    };
    let out = response.headers_mut();
    out.insert(header::ETAG, HeaderValue::from_str(&etag).map_err(Error::internal)?);
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    out.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    out.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    out.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    Ok(response)
}
