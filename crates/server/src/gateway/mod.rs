//! The gateway: a reverse proxy that puts every endpoint of every service instance on an origin of its own.
//!
//! An endpoint answers at `<endpoint>--<short id>.<apps domain>[:port]`, so that apps share neither cookies nor storage
//! with each other or with the console. [`route`] tells such hosts from the console's; [`handle`] serves them.
//!
//! Invariants, each held by a test in `tests/gateway.rs`:
//! - Who may open an endpoint is decided once per request, before anything branches on `Upgrade`; without access not a
//!   byte is read from or written to the app, WebSocket or not.
//! - Our credentials (cookies and `wyd_` tokens) never reach an app, and an app can neither set our cookies nor reach
//!   another app's origin with its own.
//! - What an app reads in `X-Forwarded-*` was written here or by a configured proxy.
//! - Bodies stream both ways with back-pressure; nothing is buffered whole.
//!
//! Deliberately absent: permissions (the [`Backend`] decides), caching of answers, rewriting of bodies.

mod access;
mod activity;
mod body;
mod cookies;
mod forward;
mod forwarded;
mod headers;
mod host;
mod pages;
mod pool;
mod sign_in;
mod tunnel;

pub use forwarded::TrustedProxy;
pub use host::{AppHost, is_apps_host, route};

pub(crate) use access::is_navigation;
use access::{Credential, Pass};
use axum::BoxError;
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode};
use bytes::Bytes;
use pages::Notice;
use pool::Pool;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use warpyard_model::{Error, ErrorCode, Result};
use warpyard_provider::BoxIo;

/// An endpoint that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointTarget {
    /// The service instance's uid.
    pub uid: String,
    /// The endpoint's name, as the provider knows it.
    pub endpoint: String,
    /// Whether the app takes requests now.
    pub ready: bool,
    /// What people call the instance.
    pub title: String,
    /// What the instance is doing, in one sentence; shown only to people who may open the endpoint.
    pub state_message: String,
}

/// A session at one app's origin.
#[derive(Clone)]
pub struct AppSession {
    /// The cookie's value; visible ASCII without `;`, `,`, `"` and `\`.
    pub secret: String,
    /// How long the browser keeps it.
    pub expires_in_seconds: u64,
}

/// The person behind a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppUser {
    /// The user's name, told to the app in `X-Forwarded-User`.
    pub name: String,
}

/// What the gateway needs to know from the rest of the server. Called for every request, so answers should be quick.
#[async_trait::async_trait]
pub trait Backend: Send + Sync + 'static {
    /// Finds a service instance's endpoint; `None` when there is none.
    async fn endpoint(&self, host: &AppHost) -> Result<Option<EndpointTarget>>;

    /// Redeems a one-time code for that endpoint; `None` when it is unknown, expired, used, or for another endpoint.
    async fn redeem(&self, host: &AppHost, code: &str) -> Result<Option<AppSession>>;

    /// Who this cookie belongs to, if that person may open this endpoint right now.
    async fn authorize(&self, host: &AppHost, secret: &str) -> Result<Option<AppUser>>;

    /// Who this personal token (`wyd_…`) belongs to, if that person may open this endpoint right now.
    async fn authorize_token(&self, host: &AppHost, token: &str) -> Result<Option<AppUser>>;

    /// A byte stream to the app.
    async fn connect(&self, uid: &str, endpoint: &str) -> Result<BoxIo>;

    /// Grows when who may open what may have changed: what is open is checked again at once.
    fn changes(&self) -> tokio::sync::watch::Receiver<u64>;

    /// Hears how many bytes went through one of the instance's endpoints; at most once a second for each, must not block.
    fn activity(&self, uid: &str, bytes: u64);

    /// The console's address where somebody without a session is sent to sign in for this app and then back to
    /// `path_and_query`, which always begins with a single slash.
    fn sign_in_url(&self, host: &AppHost, path_and_query: &str) -> String;
}

/// How the gateway behaves.
#[derive(Debug, Clone)]
pub struct GatewayConfig {
    /// The domain above every app's host, without a port: `apps.localhost`.
    pub apps_domain: String,
    /// Use `__Host-` cookies that only secure contexts keep. Off only for plain HTTP on a domain other than `localhost`.
    pub secure_cookies: bool,
    /// Browsers reach this listener through HTTPS even where no trusted proxy says so.
    pub https: bool,
    /// Whose `X-Forwarded-*` headers count.
    pub trusted_proxies: Vec<TrustedProxy>,
    /// Idle connections kept for each endpoint.
    pub idle_connections_per_endpoint: usize,
    /// How long an idle connection to an app is kept; below the five seconds after which common servers close theirs.
    pub idle_connection_time: Duration,
    /// How long a connection to an app may take to open.
    pub connect_time_limit: Duration,
    /// How often access is checked again while an upgraded connection or a streamed answer lasts.
    pub recheck_interval: Duration,
}

impl GatewayConfig {
    /// The defaults for apps under `apps_domain`.
    pub fn new(apps_domain: impl Into<String>) -> Self {
        Self {
            apps_domain: apps_domain.into().to_ascii_lowercase(),
            secure_cookies: true,
            https: false,
            trusted_proxies: Vec::new(),
            idle_connections_per_endpoint: 64,
            idle_connection_time: Duration::from_secs(4),
            connect_time_limit: Duration::from_secs(10),
            recheck_interval: Duration::from_secs(30),
        }
    }
}

/// The state all requests share.
pub struct Gateway<B: Backend> {
    config: GatewayConfig,
    backend: Arc<B>,
    pool: Arc<Pool>,
    tasks: TaskTracker,
    closing: CancellationToken,
}

impl<B: Backend> Gateway<B> {
    /// A gateway over `backend`. Starts a small background task that ends with the gateway, so it needs a tokio runtime.
    pub fn new(config: GatewayConfig, backend: Arc<B>) -> Arc<Self> {
        let reporter = Arc::clone(&backend);
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let pool = Pool::new(pool::Rules {
            most_idle: config.idle_connections_per_endpoint,
            idle_time: config.idle_connection_time,
            reporter: Arc::new(move |uid: &str, bytes| reporter.activity(uid, bytes)),
            tasks: tasks.clone(),
            closing: closing.clone(),
        });
        Arc::new(Self { config, backend, pool, tasks, closing })
    }

    /// Cuts upgraded connections, which no HTTP server counts among the ones it drains, and resolves once every
    /// connection to an app has ended. Requests under way are served to their end; new upgrades end at once.
    pub async fn shut_down(&self) {
        self.closing.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// Serves one request for an app. The caller has seen that the host is below the apps domain ([`is_apps_host`]);
/// `peer` is the address of the other end of the TCP connection.
pub async fn handle<B, R>(gateway: Arc<Gateway<B>>, request: Request<R>, peer: SocketAddr) -> Response<Body>
where
    B: Backend,
    R: hyper::body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    let navigation = access::is_navigation(request.method(), request.headers());
    match serve(&gateway, request, peer, navigation).await {
        Ok(response) => response,
        Err(notice) => notice.respond(navigation),
    }
}

async fn serve<B, R>(
    gateway: &Arc<Gateway<B>>,
    mut request: Request<R>,
    peer: SocketAddr,
    navigation: bool,
) -> Result<Response<Body>, Box<Notice>>
where
    B: Backend,
    R: hyper::body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    headers::check_framing(&request).map_err(Notice::bad_request)?;
    let authority = host::authority(&request).map_err(Notice::bad_request)?;
    let host = authority.to_str().ok().and_then(|name| route(name, &gateway.config.apps_domain));
    let Some(host) = host else { return Err(Notice::no_such_app()) };
    if request.method() == Method::CONNECT {
        return Err(Notice::method_not_allowed());
    }
    if sign_in::is_reserved(request.uri().path()) {
        return sign_in::serve(gateway, &host, &request).await;
    }
    let target = gateway.backend.endpoint(&host).await.map_err(Notice::failure)?;
    let Some(target) = target else { return Err(Notice::no_such_app()) };

    let forwarded = forwarded::Forwarded::of(&gateway.config, request.headers(), peer);
    let (credential, user) = match access::credential(gateway, &host, request.headers()).await? {
        Some(found) => found,
        None if navigation => return Ok(sign_in::redirect(gateway, &host, request.uri())),
        None => return Err(Notice::unauthenticated()),
    };
    let upgrade = headers::requested_upgrade(&request);
    if matches!(credential, Credential::Cookie(_)) {
        access::check_origin(&request, &authority, forwarded.https(), upgrade.is_some()).map_err(Notice::forbidden)?;
    }
    if !target.ready {
        return Err(Notice::not_ready(&target));
    }

    headers::clean_request(request.headers_mut());
    forwarded.write(request.headers_mut(), &authority, peer);
    match HeaderValue::from_str(&user.name) {
        Ok(name) => request.headers_mut().insert(forwarded::X_FORWARDED_USER, name),
        Err(_) => return Err(Notice::failure(Error::internal(format!("user name {:?} fits no header", user.name)))),
    };
    request.headers_mut().insert(axum::http::header::HOST, authority);
    forward::forward(Pass { gateway: Arc::clone(gateway), host, credential }, target, request, upgrade).await
}

/// The status an error of the backend gets.
/// The page of somebody whom the console does not send on to an app.
pub(crate) fn not_opened(error: Error, console: &str) -> Response<Body> {
    Notice::not_opened(error, console).respond(true)
}

fn status_of(error: &Error) -> StatusCode {
    match error.code {
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::ProviderFailed => StatusCode::BAD_GATEWAY,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
