//! What a browser has after somebody signed in and opened an app: the console's cookie, the app's origin, the app's cookie.

use crate::RESEARCH;
use hyper::Method;
use serde_json::json;
use warpyard_model::kinds::Phase;
use warpyard_testkit::{Http, Reply, RequestBuilder, World};

/// An app that somebody opened.
pub(crate) struct OpenedApp {
    /// Host and port, as `Host` has them.
    pub(crate) host: String,
    /// Name and value of the app's cookie.
    pub(crate) cookie: String,
    http: Http,
}

impl OpenedApp {
    /// Launches the world's app under a name and opens it as its owner.
    pub(crate) async fn launch(world: &World, name: &str) -> Self {
        world.launch("app", name).await;
        world.until_phase(name, Phase::Running).await;
        let session = world.session("workspace-collaborator").await;
        let path = format!("{RESEARCH}/service-instances/{name}/endpoints/web/open");
        let opened = session.post(&path, &json!({})).await.expect(200).json();
        let (host, path) = split(opened["url"].as_str().unwrap());
        let entered = world.nobody().request(Method::GET, &path).header("host", &host).send().await.expect(303);
        let cookie = entered.header("set-cookie").split(';').next().unwrap().to_owned();
        assert!(cookie.contains("warpyard_app="), "{cookie}");
        Self { host, cookie, http: world.nobody() }
    }

    /// A request that a browser with the app's cookie sends to it.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).header("cookie", &self.cookie)
    }

    /// The same without the cookie.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, path).header("host", &self.host)
    }

    /// The app's own origin.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.host)
    }

    /// Whether an answer is the app's: it begins with what only the app says.
    pub(crate) fn answered(&self, reply: &Reply) -> bool {
        reply.status == 200 && reply.text().contains(" web\n")
    }
}

/// Host and path of an address.
pub(crate) fn split(url: &str) -> (String, String) {
    let rest = url.split_once("://").unwrap().1;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    (host.to_owned(), format!("/{path}"))
}

/// Adds headers one by one.
pub(crate) fn with(request: RequestBuilder, headers: &[(&str, &str)]) -> RequestBuilder {
    headers.iter().fold(request, |request, (name, value)| request.header(name, value))
}
