//! The listener: apps by their host, everything else to API and console; drains on shutdown.

use crate::app_backend::AppBackend;
use crate::caller::every_request;
use crate::gateway::{self, Gateway, GatewayConfig};
use crate::guards;
use crate::state::AppState;
use crate::{api, console};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use warpyard_model::{Error, Result};

/// How long requests under way may take to end once the server stops.
const DRAIN: Duration = Duration::from_secs(10);

/// The API, the console and what operators ask, as one router.
fn router(state: Arc<AppState>) -> Router {
    let (api, document) = api::routes().finish();
    let document = Arc::new(document.to_string());
    let openapi = move || {
        let document = document.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], document.as_str().to_owned()) }
    };
    // Streams must not wait for a compressor's buffer; small answers gain nothing.
    let compressed = DefaultPredicate::new()
        .and(NotForContentType::const_new("text/event-stream"))
        .and(NotForContentType::const_new("text/plain"));
    api.route("/api/v1/openapi.json", get(openapi))
        .route("/docs", get(console::reference))
        .route("/docs/reference.css", get(console::reference_style))
        .route("/open/{app}", get(api::open_app_redirect))
        .merge(crate::scim::routes())
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .fallback(console::serve)
        .method_not_allowed_fallback(|| async {
            let mut response =
                crate::problem::ApiError(Error::not_found("There is no such operation at this address.")).into_response();
            *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            response
        })
        .layer(axum::middleware::from_fn_with_state(state.clone(), every_request))
        .layer(axum::middleware::map_response(guards::guard))
        .layer(CompressionLayer::new().compress_when(compressed))
        .layer(tower_http::catch_panic::CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }))
        .with_state(state)
}

async fn ready(State(state): State<Arc<AppState>>) -> impl IntoResponse {
    match state.store.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")),
    }
}

async fn metrics(State(state): State<Arc<AppState>>) -> impl IntoResponse {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], state.metrics.text())
}

/// Serves until `stop`, then lets requests under way end.
pub async fn serve(state: Arc<AppState>, listener: TcpListener, stop: CancellationToken) -> Result<()> {
    let backend = AppBackend::new(state.clone());
    let settings = &state.settings;
    let config = GatewayConfig {
        secure_cookies: settings.secure_cookies,
        https: settings.addresses.scheme == "https",
        trusted_proxies: settings.trusted_proxies.clone(),
        ..GatewayConfig::new(settings.addresses.domain.clone())
    };
    let gateway = Gateway::new(config, backend.clone());
    let router = router(state.clone());
    let tracker = TaskTracker::new();
    tracker.spawn({
        let (stop, state) = (stop.clone(), state.clone());
        async move {
            tokio::join!(
                crate::sso::keep_sessions(state, stop.clone()),
                backend.keep_account(stop.clone()),
                backend.rewrap_values(stop.clone()),
                backend.follow_expiry(stop.clone()),
                backend.follow_changes(stop)
            )
        }
    });
    loop {
        let (stream, peer) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, say: new connections wait until some are free.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        let (gateway, router, stop) = (gateway.clone(), router.clone(), stop.clone());
        let front = Front { domain: settings.addresses.domain.clone(), https: settings.addresses.scheme == "https" };
        tracker.spawn(async move {
            if let Err(error) = connection(stream, peer, gateway, router, front, stop).await {
                tracing::debug!(%error, %peer, "a connection ended with an error");
            }
        });
    }
    drop(listener);
    tracker.close();
    let drained = async {
        gateway.shut_down().await;
        state.once.finish().await;
        tracker.wait().await;
    };
    if tokio::time::timeout(DRAIN, drained).await.is_err() {
        tracing::warn!("some requests did not end in time and are cut off");
    }
    crate::refusals::settle(&state, true).await;
    Ok(())
}

/// What the listener itself has to know.
struct Front {
    /// Where apps live.
    domain: String,
    /// Whether browsers reach this server through HTTPS.
    https: bool,
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    gateway: Arc<Gateway<AppBackend>>,
    router: Router,
    front: Front,
    stop: CancellationToken,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    stream.set_nodelay(true)?;
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let (gateway, router) = (gateway.clone(), router.clone());
        let for_app = host_of(&request).is_some_and(|host| gateway::is_apps_host(&host, &front.domain));
        let ambiguous = guards::host_is_unclear(&request);
        let https = front.https;
        async move {
            let answered: Result<Response<Body>, std::convert::Infallible> = if for_app {
                Ok(gateway::handle(gateway, request, peer).await)
            } else if ambiguous {
                Ok(guards::refused())
            } else {
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(ConnectInfo(peer));
                router.oneshot(request).await
            };
            answered.map(|response| if https { guards::only_https(response) } else { response })
        }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(hyper_util::rt::TokioTimer::new()).header_read_timeout(Duration::from_secs(30)).keep_alive(true);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        served = connection.as_mut() => served,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    }
}

fn host_of<B>(request: &Request<B>) -> Option<String> {
    let header = request.headers().get(header::HOST).and_then(|h| h.to_str().ok()).map(str::to_owned);
    request.uri().authority().map(ToString::to_string).or(header)
}
