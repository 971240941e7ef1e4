//! The one place that sends requests: addresses, credentials, time-outs, retries and the reading of answers.

use crate::error::{ClientError, Result};
use reqwest::{Method, RequestBuilder, Response, header};
use serde::{Serialize, de::DeserializeOwned};
use std::sync::Once;
use std::time::Duration;
use url::Url;
use warpyard_model::ErrorCode;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// Pauses before the second and third try of a read that could not connect.
const RETRY_PAUSES: [Duration; 2] = [Duration::from_millis(150), Duration::from_millis(600)];

/// Who asks.
#[derive(Clone)]
pub enum Credentials {
    /// Nobody: only for what needs no sign-in.
    Nobody,
    /// An API token.
    Token(String),
    /// A session cookie, as `name=value`; only for making a token right after signing in.
    Cookie(String),
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Credentials::Nobody => "Nobody",
            Credentials::Token(_) => "Token(…)",
            Credentials::Cookie(_) => "Cookie(…)",
        })
    }
}

/// A connection to one server as one caller. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    credentials: Credentials,
}

/// Makes ring the process's TLS provider, once; a provider that is already installed stays.
fn install_tls_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that the process already chose a provider, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

impl Client {
    /// A client of the server at `address` (`http://…` or `https://…`, a path prefix is kept). Connects to nothing yet.
    pub fn new(address: &str, credentials: Credentials) -> Result<Self> {
        install_tls_provider();
        let invalid = |why: String| {
            ClientError::local(
                ErrorCode::Invalid,
                format!("{address:?} is not a server address: {why}; write https://host[:port]"),
            )
        };
        let mut base = Url::parse(address).map_err(|e| invalid(e.to_string()))?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(invalid("it must begin with http:// or https:// and name a host".to_owned()));
        }
        base.set_query(None);
        base.set_fragment(None);
        let http = reqwest::Client::builder()
            .user_agent(concat!("warpyard/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_keepalive(Duration::from_secs(30))
            // A redirect would turn a POST into a GET and could carry credentials elsewhere; people are told instead.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|e| ClientError::local(ErrorCode::Internal, format!("TLS cannot be set up: {e}")))?;
        Ok(Self { http, base, credentials })
    }

    /// The same server as somebody else.
    #[must_use]
    pub fn with_credentials(&self, credentials: Credentials) -> Self {
        Self { credentials, ..self.clone() }
    }

    /// The server's address.
    pub fn address(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// The address of a path below `/api/v1`.
    pub(crate) fn url<I: AsRef<str>>(&self, segments: &[I]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["api", "v1"]).extend(segments.iter().map(AsRef::as_ref));
        }
        url
    }

    /// A request without a time-out, for streams.
    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        let request = self.http.request(method, url);
        match &self.credentials {
            Credentials::Nobody => request,
            Credentials::Token(token) => request.bearer_auth(token),
            // The server refuses cookies from other sites; `none` says that a person started this, not a page.
            Credentials::Cookie(cookie) => request.header(header::COOKIE, cookie).header("Sec-Fetch-Site", "none"),
        }
    }

    /// Sends and turns every status that is no success into an error.
    ///
    /// A GET that could not connect is tried again twice; nothing else is, because it might be done twice.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Response> {
        let built = request.build().map_err(|e| ClientError::local(ErrorCode::Invalid, format!("cannot ask for that: {e}")))?;
        let retryable = built.method() == Method::GET;
        let mut pauses = RETRY_PAUSES.iter();
        loop {
            let attempt = match built.try_clone() {
                Some(copy) => copy,
                None => return self.read(self.http.execute(built).await).await,
            };
            match self.http.execute(attempt).await {
                Err(error) if retryable && error.is_connect() => match pauses.next() {
                    Some(pause) => tokio::time::sleep(*pause).await,
                    None => return Err(ClientError::from_transport(&error, self.address())),
                },
                outcome => return self.read(outcome).await,
            }
        }
    }

    async fn read(&self, outcome: reqwest::Result<Response>) -> Result<Response> {
        let response = outcome.map_err(|e| ClientError::from_transport(&e, self.address()))?;
        let status = response.status();
        if status.is_success() || status == reqwest::StatusCode::SWITCHING_PROTOCOLS {
            return Ok(response);
        }
        let header_text = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        if status.is_redirection() {
            let target = header_text("location").unwrap_or_else(|| "somewhere else".to_owned());
            return Err(ClientError {
                status: Some(status.as_u16()),
                ..ClientError::local(
                    ErrorCode::Invalid,
                    format!("{} sends us to {target}; sign in there with `warpyard login`", self.address()),
                )
            });
        }
        let request_id = header_text("x-request-id");
        let url = response.url().to_string();
        let body = response.bytes().await.unwrap_or_default();
        Err(ClientError::from_answer(status.as_u16(), request_id, &body, &url))
    }

    /// Sends and reads a JSON answer.
    pub(crate) async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T> {
        self.json_in(request, ANSWER_TIMEOUT).await
    }

    /// The same for what may take its time.
    pub(crate) async fn json_in<T: DeserializeOwned>(&self, request: RequestBuilder, timeout: Duration) -> Result<T> {
        let response = self.send(request.timeout(timeout)).await?;
        let url = response.url().path().to_owned();
        let body = response.bytes().await.map_err(|e| ClientError::from_transport(&e, self.address()))?;
        serde_json::from_slice(&body).map_err(|e| {
            ClientError::local(
                ErrorCode::Internal,
                format!(
                    "the answer of {} to {url} cannot be read ({e}); is it a Warpyard server of this version?",
                    self.address()
                ),
            )
        })
    }

    /// Sends and ignores what comes back beside success.
    pub(crate) async fn done(&self, request: RequestBuilder) -> Result<()> {
        self.send(request.timeout(ANSWER_TIMEOUT)).await.map(drop)
    }

    /// `GET` of JSON.
    pub(crate) async fn get_json<T: DeserializeOwned>(&self, url: Url) -> Result<T> {
        self.json(self.request(Method::GET, url)).await
    }

    /// `POST` of JSON that answers JSON.
    pub(crate) async fn post_json<T: DeserializeOwned>(&self, url: Url, body: &impl Serialize) -> Result<T> {
        self.json(self.request(Method::POST, url).json(body)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_and_names_are_escaped() {
        let client = Client::new("https://host/warpyard/", Credentials::Nobody).unwrap();
        assert_eq!(client.url(&["orgs", "a/../b"]).as_str(), "https://host/warpyard/api/v1/orgs/a%2F..%2Fb");
        for bad in ["host", "ftp://host", "http://"] {
            let error = Client::new(bad, Credentials::Nobody).unwrap_err();
            assert!(error.message.contains("is not a server address"), "{bad}: {}", error.message);
        }
    }

    #[test]
    fn credentials_are_never_shown() {
        let client = Client::new("http://host", Credentials::Token("wyd_secret".into())).unwrap();
        assert!(!format!("{client:?}").contains("wyd_secret"));
    }
}
