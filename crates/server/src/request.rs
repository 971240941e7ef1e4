//! Reading requests: scopes from paths, strict bodies, queries, ETags.

use crate::problem::ApiError;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Query, RawPathParams, Request};
use axum::http::{HeaderMap, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;
use warpyard_model::meta::NewMetadata;
use warpyard_model::{Error, Name, Object, Result, ScopePath, Spec, document};

/// Largest body of the API, in bytes.
pub(crate) const MAX_BODY_BYTES: usize = 4 << 20;
/// How much of a body that is too large is taken in and thrown away, and for how long.
const DRAIN_BYTES: usize = 64 << 20;
const DRAIN: Duration = Duration::from_secs(10);

/// The scope that a path names, and the object's name when it names one.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) scope: ScopePath,
    name: Option<Name>,
}

impl Place {
    pub(crate) fn name(&self) -> Result<&Name> {
        self.name.as_ref().ok_or_else(|| Error::internal("a path without a name"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Place {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| nothing_there())?;
        let mut place = Place { scope: ScopePath::platform(), name: None };
        for (key, value) in &params {
            let slot = match key {
                "org" => &mut place.scope.org,
                "project" => &mut place.scope.project,
                "workspace" => &mut place.scope.workspace,
                "name" => &mut place.name,
                _ => continue,
            };
            // What cannot be a name names nothing.
            *slot = Some(Name::parse(value).map_err(|_| nothing_there())?);
        }
        Ok(place)
    }
}

fn nothing_there() -> ApiError {
    ApiError(Error::not_visible())
}

/// A query, parsed strictly enough to say what is wrong.
pub(crate) struct QueryOf<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for QueryOf<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Query(query) =
            Query::<T>::from_request_parts(parts, state).await.map_err(|e| Error::invalid_field("query", e.body_text()))?;
        Ok(Self(query))
    }
}

/// `?dry_run=true`: check everything and change nothing.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize, schemars::JsonSchema)]
pub(crate) struct DryRun {
    /// Check everything, answer as if it were done, change nothing.
    #[serde(default)]
    pub(crate) dry_run: bool,
}

/// Reads a body up to the limit.
pub(crate) async fn read_body(body: Body) -> Result<Bytes> {
    read_body_up_to(body, MAX_BODY_BYTES).await
}

/// Reads a body up to a limit of its own.
pub(crate) async fn read_body_up_to(mut body: Body, most: usize) -> Result<Bytes> {
    match Limited::new(&mut body, most).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            let _ = tokio::time::timeout(DRAIN, drain(&mut body)).await;
            Err(Error::too_large(format!("A request body has at most {most} bytes here.")))
        }
        Err(error) => Err(Error::invalid_field("", format!("The request body could not be read: {error}"))),
    }
}

/// Takes in what is left of a body that is too large, up to a point: a client that is still sending when the connection
/// closes would never see the answer.
async fn drain(body: &mut Body) {
    let mut drained = 0;
    while let Some(Ok(frame)) = body.frame().await {
        drained += frame.data_ref().map_or(0, Bytes::len);
        if drained > DRAIN_BYTES {
            return;
        }
    }
}

/// A JSON body. Unknown fields and wrong types say where.
pub(crate) struct BodyOf<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for BodyOf<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let bytes = read_body(request.into_body()).await?;
        let mut deserializer = serde_json::Deserializer::from_slice(if bytes.is_empty() { b"{}" } else { &bytes });
        let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|e| {
            let path = e.path().to_string();
            Error::invalid_field(
                if path == "." { String::new() } else { path },
                format!("The body is not what is expected: {}", e.inner()),
            )
        })?;
        deserializer.end().map_err(|e| Error::invalid_field("", format!("The body is not JSON: {e}")))?;
        Ok(Self(value))
    }
}

/// A new or changed object: metadata and spec, or a whole document as it was read.
pub(crate) struct Draft<S> {
    pub(crate) metadata: NewMetadata,
    pub(crate) spec: S,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Bare {
    metadata: Value,
    #[serde(default)]
    spec: Value,
}

impl<S: Spec> Draft<S> {
    pub(crate) fn read(value: Value) -> Result<Self> {
        let (metadata, spec) = if value.get("apiVersion").is_some() {
            let document = document::from_value(value).map_err(|e| Error::invalid(vec![e]))?;
            if document.kind != S::KIND {
                return Err(Error::invalid_field(
                    "kind",
                    format!("this is the place for a {}, not a {}", S::KIND, document.kind),
                ));
            }
            (document.metadata, document.spec)
        } else {
            let bare: Bare = serde_json::from_value(value)
                .map_err(|e| Error::invalid_field("", format!("The body has metadata and spec: {e}")))?;
            let metadata: NewMetadata = serde_path_to_error::deserialize(bare.metadata).map_err(|e| {
                let path = e.path().to_string();
                Error::invalid_field(
                    if path == "." { "metadata".into() } else { format!("metadata.{path}") },
                    e.inner().to_string(),
                )
            })?;
            (metadata, bare.spec)
        };
        Ok(Self { metadata, spec: warpyard_controller::admission::parse_spec(spec)? })
    }
}

/// The version a caller wants to change, from `If-Match`.
pub(crate) fn if_match(headers: &HeaderMap) -> Result<Option<i64>> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim().trim_start_matches("W/").trim_matches('"');
    if text == "*" {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|_| Error::precondition_failed("If-Match holds no version of this object; send the ETag you were given."))
}

/// An object with its version as ETag.
pub(crate) struct Answer<S: Spec>(pub(crate) StatusCode, pub(crate) Object<S>);

impl<S: Spec> IntoResponse for Answer<S> {
    fn into_response(self) -> Response {
        let etag = format!("\"{}\"", self.1.metadata.resource_version);
        (self.0, [(header::ETAG, etag)], Json(self.1)).into_response()
    }
}
