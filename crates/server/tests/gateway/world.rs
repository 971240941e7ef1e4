//! A gateway on a real socket, in front of an app, with a backend whose facts a test can change.

use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, StatusCode};
use bytes::Bytes;
use futures::future::BoxFuture;
use http_body_util::BodyExt;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use warpyard_model::{Error, Result};
use warpyard_provider::BoxIo;
use warpyard_server::gateway::{AppHost, AppSession, AppUser, Backend, EndpointTarget, Gateway, GatewayConfig, handle};

pub(crate) const LAB: &str = "lab--0123456789ab";
pub(crate) const OTHER: &str = "ui--aaaaaaaaaaaa";
pub(crate) const UID: &str = "01234567-89ab-4000-8000-000000000001";
pub(crate) const COOKIE: &str = "__Host-warpyard_app=ada-at-lab";
pub(crate) const TOKEN: &str = "Bearer wyd_ada";

/// How long anything may take before a test counts as hanging.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) type Connector = Arc<dyn Fn() -> BoxFuture<'static, Result<BoxIo>> + Send + Sync>;

/// Everything the gateway asks for, as plain facts.
pub(crate) struct Facts {
    pub(crate) endpoints: Mutex<HashMap<String, EndpointTarget>>,
    pub(crate) codes: Mutex<HashMap<(String, String), String>>,
    pub(crate) sessions: Mutex<HashSet<(String, String)>>,
    pub(crate) tokens: Mutex<HashSet<(String, String)>>,
    pub(crate) connector: Mutex<Connector>,
    pub(crate) connects: AtomicUsize,
    pub(crate) reports: Mutex<Vec<(String, u64, Instant)>>,
    /// How many of the next checks of access fail for want of an answer.
    pub(crate) outages: AtomicU32,
    /// Rings when who may open what may have changed.
    pub(crate) changes: tokio::sync::watch::Sender<u64>,
}

fn target(uid: &str, endpoint: &str) -> EndpointTarget {
    EndpointTarget {
        uid: uid.to_owned(),
        endpoint: endpoint.to_owned(),
        ready: true,
        title: "Notebook <1>".to_owned(),
        state_message: "Starting: port 8888 is not open yet".to_owned(),
    }
}

impl Facts {
    pub(crate) fn new(connector: Connector) -> Arc<Self> {
        Arc::new(Self {
            endpoints: Mutex::new(HashMap::from([
                (LAB.to_owned(), target(UID, "lab")),
                (OTHER.to_owned(), target("aaaaaaaa-aaaa-4000-8000-000000000001", "ui")),
            ])),
            codes: Mutex::new(HashMap::from([((LAB.to_owned(), "once".to_owned()), "fresh".to_owned())])),
            sessions: Mutex::new(HashSet::from([
                (LAB.to_owned(), "ada-at-lab".to_owned()),
                (OTHER.to_owned(), "ada-at-ui".to_owned()),
            ])),
            tokens: Mutex::new(HashSet::from([(LAB.to_owned(), "wyd_ada".to_owned())])),
            connector: Mutex::new(connector),
            connects: AtomicUsize::new(0),
            reports: Mutex::default(),
            outages: AtomicU32::new(0),
            changes: tokio::sync::watch::Sender::new(0),
        })
    }

    fn check(&self, known: &Mutex<HashSet<(String, String)>>, host: &AppHost, secret: &str) -> Result<Option<AppUser>> {
        if self.outages.try_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            return Err(Error::internal("the database said private-words"));
        }
        let found = known.lock().unwrap().contains(&(host.to_string(), secret.to_owned()));
        Ok(found.then(|| AppUser { name: "ada".to_owned() }))
    }

    pub(crate) fn reported_bytes(&self) -> u64 {
        self.reports.lock().unwrap().iter().map(|(_, bytes, _)| bytes).sum()
    }

    pub(crate) fn connects(&self) -> usize {
        self.connects.load(Ordering::SeqCst)
    }
}

#[async_trait::async_trait]
impl Backend for Facts {
    async fn endpoint(&self, host: &AppHost) -> Result<Option<EndpointTarget>> {
        Ok(self.endpoints.lock().unwrap().get(&host.to_string()).cloned())
    }

    async fn redeem(&self, host: &AppHost, code: &str) -> Result<Option<AppSession>> {
        let Some(secret) = self.codes.lock().unwrap().remove(&(host.to_string(), code.to_owned())) else { return Ok(None) };
        self.sessions.lock().unwrap().insert((host.to_string(), secret.clone()));
        Ok(Some(AppSession { secret, expires_in_seconds: 3600 }))
    }

    async fn authorize(&self, host: &AppHost, secret: &str) -> Result<Option<AppUser>> {
        self.check(&self.sessions, host, secret)
    }

    async fn authorize_token(&self, host: &AppHost, token: &str) -> Result<Option<AppUser>> {
        self.check(&self.tokens, host, token)
    }

    async fn connect(&self, _: &str, _: &str) -> Result<BoxIo> {
        self.connects.fetch_add(1, Ordering::SeqCst);
        let connector = Arc::clone(&self.connector.lock().unwrap());
        connector().await
    }

    fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn activity(&self, uid: &str, bytes: u64) {
        self.reports.lock().unwrap().push((uid.to_owned(), bytes, Instant::now()));
    }

    fn sign_in_url(&self, host: &AppHost, path_and_query: &str) -> String {
        assert!(path_and_query.starts_with('/') && !path_and_query.starts_with("//"), "{path_and_query}");
        let wanted: String = url::form_urlencoded::byte_serialize(path_and_query.as_bytes()).collect();
        format!("http://localhost:8080/open/{host}?return={wanted}")
    }
}

pub(crate) struct World {
    pub(crate) facts: Arc<Facts>,
    pub(crate) gateway: Arc<Gateway<Facts>>,
    pub(crate) address: SocketAddr,
}

/// An answer read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) trailers: Option<HeaderMap>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn problem(&self) -> serde_json::Value {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let problem: serde_json::Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem["status"], self.status.as_u16());
        problem
    }

    pub(crate) fn page(&self) -> String {
        assert_eq!(self.header("content-type"), "text/html; charset=utf-8");
        self.text()
    }

    async fn read(response: Response<hyper::body::Incoming>) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap();
        let trailers = body.trailers().cloned();
        Self { status: parts.status, headers: parts.headers, body: body.to_bytes(), trailers }
    }
}

impl World {
    /// A gateway in front of the app at `app`.
    pub(crate) async fn new(app: SocketAddr) -> Self {
        Self::with(tcp(app), |_| {}).await
    }

    pub(crate) async fn with(connector: Connector, configure: impl FnOnce(&mut GatewayConfig)) -> Self {
        let mut config = GatewayConfig::new("apps.localhost");
        configure(&mut config);
        let facts = Facts::new(connector);
        let gateway = Gateway::new(config, Arc::clone(&facts));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = Arc::clone(&gateway);
        tokio::spawn(async move {
            loop {
                let (stream, peer) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let gateway = Arc::clone(&served);
                tokio::spawn(async move {
                    let service = hyper::service::service_fn(move |request| {
                        let gateway = Arc::clone(&gateway);
                        async move { Ok::<_, std::convert::Infallible>(handle(gateway, request, peer).await) }
                    });
                    let builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                    let _ = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { facts, gateway, address }
    }

    /// The `Host` of an app behind this gateway.
    pub(crate) fn host(&self, label: &str) -> String {
        format!("{label}.apps.localhost:{}", self.address.port())
    }

    /// A request to the lab as its signed-in person, from a page of the lab itself.
    pub(crate) fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        self.bare(LAB, method, path).header("cookie", COOKIE).header("sec-fetch-site", "same-origin")
    }

    /// A request with nothing but a host.
    pub(crate) fn bare(&self, label: &str, method: &str, path: &str) -> axum::http::request::Builder {
        Request::builder().method(method).uri(path).header("host", self.host(label))
    }

    pub(crate) async fn open(&self, request: Request<Body>) -> Response<hyper::body::Incoming> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection.with_upgrades());
        patient(sender.send_request(request)).await.unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        patient(Answer::read(self.open(request).await)).await
    }

    /// Sends a request without a body.
    pub(crate) async fn ask(&self, request: axum::http::request::Builder) -> Answer {
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Sends exact bytes and reads until the gateway closes; they should ask it to.
    pub(crate) async fn raw(&self, bytes: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes.replace("{host}", &self.host(LAB)).as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        patient(stream.read_to_end(&mut answer)).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

pub(crate) fn tcp(app: SocketAddr) -> Connector {
    Arc::new(move || {
        Box::pin(async move {
            let stream =
                TcpStream::connect(app).await.map_err(|error| Error::provider_failed("port closed").with_context(error))?;
            stream.set_nodelay(true).map_err(Error::internal)?;
            Ok(Box::new(stream) as BoxIo)
        })
    })
}

/// Waits for something that must happen soon.
pub(crate) async fn patient<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("this should not take so long")
}

/// Waits until a fact holds that nothing announces.
pub(crate) async fn eventually(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "did not come true: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
