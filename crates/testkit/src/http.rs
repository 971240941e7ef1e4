//! Requests to the test server, and what came back.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, StatusCode};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use serde_json::Value as Json;
use std::net::SocketAddr;

pub(crate) type Connections = Client<HttpConnector, Full<Bytes>>;

/// Somebody who sends requests.
#[derive(Clone)]
pub struct Http {
    pub(crate) connections: Connections,
    pub(crate) address: SocketAddr,
    pub(crate) credentials: Option<(HeaderName, HeaderValue)>,
}

impl Http {
    /// The same with a bearer token.
    pub fn with_token(&self, token: &str) -> Self {
        let value = HeaderValue::from_str(&format!("Bearer {token}")).expect("a token is visible ASCII");
        Self { credentials: Some((AUTHORIZATION, value)), ..self.clone() }
    }

    /// The same with a session cookie.
    pub fn with_session(&self, secret: &str) -> Self {
        let value = HeaderValue::from_str(&format!("warpyard_session={secret}")).expect("a secret is visible ASCII");
        Self { credentials: Some((COOKIE, value)), ..self.clone() }
    }

    /// A request to build.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut headers = HeaderMap::new();
        if let Some((name, value)) = &self.credentials {
            headers.insert(name, value.clone());
        }
        RequestBuilder { http: self.clone(), method, path: path.to_owned(), headers, body: Bytes::new() }
    }

    /// Sends a GET.
    pub async fn get(&self, path: &str) -> Reply {
        self.request(Method::GET, path).send().await
    }

    /// Sends a POST with JSON.
    pub async fn post(&self, path: &str, body: &Json) -> Reply {
        self.request(Method::POST, path).json(body).send().await
    }

    /// Sends a PUT with JSON.
    pub async fn put(&self, path: &str, body: &Json) -> Reply {
        self.request(Method::PUT, path).json(body).send().await
    }

    /// Sends a DELETE.
    pub async fn delete(&self, path: &str) -> Reply {
        self.request(Method::DELETE, path).send().await
    }

    /// Applies documents; `query` is what follows the question mark.
    pub async fn apply(&self, query: &str, documents: &str) -> Reply {
        let request = self.request(Method::POST, &format!("/api/v1/apply?{query}"));
        request.header("content-type", "application/yaml").body(documents.to_owned()).send().await
    }
}

/// A request on its way.
pub struct RequestBuilder {
    http: Http,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl RequestBuilder {
    /// Adds a header.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        self.header_bytes(name, value.as_bytes())
    }

    /// The same with a value that need not be text.
    #[must_use]
    pub fn header_bytes(mut self, name: &str, value: &[u8]) -> Self {
        let name: HeaderName = name.parse().expect("a header's name");
        self.headers.append(name, HeaderValue::from_bytes(value).expect("a header's value"));
        self
    }

    /// A JSON body.
    #[must_use]
    pub fn json(self, body: &Json) -> Self {
        self.header(CONTENT_TYPE.as_str(), "application/json").body(body.to_string())
    }

    /// A body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    fn build(self) -> (Connections, Request<Full<Bytes>>) {
        let mut request = Request::new(Full::new(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = format!("http://{}{}", self.http.address, self.path).parse().expect("an address");
        *request.headers_mut() = self.headers;
        (self.http.connections, request)
    }

    /// Sends it and reads the whole answer.
    pub async fn send(self) -> Reply {
        let label = format!("{} {}", self.method, self.path);
        let (connections, request) = self.build();
        let response = connections.request(request).await.unwrap_or_else(|e| panic!("{label}: {e:?}"));
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap_or_else(|e| panic!("{label}: {e:?}")).to_bytes();
        Reply { label, status: parts.status, headers: parts.headers, body }
    }

    /// Sends it; the body is read as it comes.
    pub async fn stream(self) -> hyper::Response<hyper::body::Incoming> {
        let label = format!("{} {}", self.method, self.path);
        let (connections, request) = self.build();
        connections.request(request).await.unwrap_or_else(|e| panic!("{label}: {e:?}"))
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    label: String,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{}: {} {e}: {}", self.label, self.status, self.text()))
    }

    /// The same, if its status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.label, self.text());
        self
    }

    /// A header as text; empty where it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// The body as a problem, checked for its shape: RFC 9457 with our code and the request's id.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Json {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.label, self.text());
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.label);
        let problem = self.json();
        assert_eq!(problem["type"], "about:blank", "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        assert_eq!(problem["code"], code, "{problem}");
        assert!(problem["title"].as_str().is_some_and(|t| !t.is_empty()), "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|t| !t.is_empty()), "{problem}");
        let id = problem["request_id"].as_str().unwrap_or_default();
        assert!(!id.is_empty() && id == self.header("x-request-id"), "{problem}");
        problem
    }

    /// The paths of a problem's field errors.
    #[track_caller]
    pub fn error_paths(&self) -> Vec<String> {
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|e| e["path"].as_str().unwrap_or_default().to_owned()).collect()
    }
}
