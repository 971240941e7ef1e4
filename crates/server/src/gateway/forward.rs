//! Sending a request that may pass to the app, and its answer back.

use super::access::Pass;
use super::body::{DownstreamBody, UpstreamBody};
use super::pages::Notice;
use super::pool::{Endpoint, Sender};
use super::{Backend, EndpointTarget, Gateway, headers, tunnel};
use axum::BoxError;
use axum::body::Body;
use axum::http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING, UPGRADE};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use bytes::Bytes;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use warpyard_model::Error;

/// Forwards a request that was cleaned and authorised.
pub(super) async fn forward<B, R>(
    pass: Pass<B>,
    target: EndpointTarget,
    mut request: Request<R>,
    upgrade: Option<HeaderValue>,
) -> Result<Response<Body>, Box<Notice>>
where
    B: Backend,
    R: hyper::body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    let gateway = Arc::clone(&pass.gateway);
    let endpoint = gateway.pool.endpoint(&target.uid, &target.endpoint);
    let client = upgrade.as_ref().map(|_| hyper::upgrade::on(&mut request));
    let authority = request.headers().get(HOST).cloned().unwrap_or(HeaderValue::from_static(""));

    let (mut parts, body) = request.into_parts();
    parts.uri = origin_form(&parts.uri);
    parts.version = Version::HTTP_11;
    parts.extensions.clear();
    let body = UpstreamBody::new(body, &endpoint);
    if let Some(protocol) = &upgrade {
        parts.headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        parts.headers.insert(UPGRADE, protocol.clone());
    }
    // The HTTP client would leave out a body of unknown length of these methods.
    if !body.is_empty() && [Method::GET, Method::HEAD].contains(&parts.method) && !parts.headers.contains_key(CONTENT_LENGTH) {
        parts.headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    }
    // A request counts as use even where neither it nor its answer has a body.
    endpoint.count(parts.uri.path().len(), tokio::time::Instant::now());

    let (mut response, sender) = send(&gateway, &target, &endpoint, Request::from_parts(parts, body)).await?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        let (Some(client), Some(requested)) = (client, upgrade) else { return Err(Notice::broken(&target, &Unasked)) };
        if !headers::is_upgrade_to(response.headers(), &requested) {
            return Err(Notice::broken(&target, &Unasked));
        }
        let app = hyper::upgrade::on(&mut response);
        let switched = response.headers().get(UPGRADE).cloned().unwrap_or(requested);
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        headers::clean_response(answer.headers_mut(), &authority);
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("upgrade"));
        answer.headers_mut().insert(UPGRADE, switched);
        gateway.tasks.spawn(tunnel::run(pass, endpoint, client, app));
        return Ok(answer);
    }
    headers::clean_response(response.headers_mut(), &authority);
    Ok(response.map(|body| Body::new(DownstreamBody::new(body, sender, endpoint, pass))))
}

/// Sends the request on an idle connection or a new one.
///
/// An app may close an idle connection at the very moment it is used. Then the request is made once more on a new
/// connection, if it was not sent at all, or has no body and is idempotent (RFC 9110 §9.2.2).
async fn send<B: Backend>(
    gateway: &Gateway<B>,
    target: &EndpointTarget,
    endpoint: &Arc<Endpoint>,
    mut request: Request<UpstreamBody>,
) -> Result<(Response<Incoming>, Sender), Box<Notice>> {
    if let Some(mut sender) = endpoint.take_idle() {
        let spare = (request.body().is_empty() && request.method().is_idempotent()).then(|| copy_of(&request));
        match sender.try_send_request(request).await {
            Ok(response) => return Ok((response, sender)),
            Err(mut failed) => match failed.take_message().or(spare.filter(|_| !failed.error().is_parse())) {
                Some(again) => request = again,
                None => return Err(Notice::broken(target, failed.error())),
            },
        }
    }
    let mut sender = connect(gateway, target).await.map_err(|error| Notice::unreachable(target, &error))?;
    match sender.send_request(request).await {
        Ok(response) => Ok((response, sender)),
        Err(error) => Err(Notice::broken(target, &error)),
    }
}

async fn connect<B: Backend>(gateway: &Gateway<B>, target: &EndpointTarget) -> Result<Sender, Error> {
    let limit = gateway.config.connect_time_limit;
    let io = tokio::time::timeout(limit, gateway.backend.connect(&target.uid, &target.endpoint))
        .await
        .map_err(|_| Error::unavailable(format!("the connection was not opened within {} s", limit.as_secs_f32())))??;
    let (sender, connection) = http1::handshake(TokioIo::new(io))
        .await
        .map_err(|error| Error::unavailable("the connection broke at once").with_context(error))?;
    gateway.tasks.spawn(async move {
        if let Err(error) = connection.with_upgrades().await {
            tracing::debug!(%error, "a connection to an app ended with an error");
        }
    });
    Ok(sender)
}

fn copy_of(request: &Request<UpstreamBody>) -> Request<UpstreamBody> {
    let mut copy = Request::new(UpstreamBody::Empty);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}

/// The request target without scheme and host, which apps expect (RFC 9112 §3.2.1).
fn origin_form(uri: &Uri) -> Uri {
    let path = uri.path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/"));
    Uri::from(path)
}

/// An app switched to a protocol nobody asked for.
#[derive(Debug, thiserror::Error)]
#[error("the app switched to a protocol that was not asked for")]
struct Unasked;
