//! Warpyard as people install it: one process, SQLite, its process provider with the sandbox it finds on this machine.
//!
//! A launch is one request, the watch stream until the instance runs, the one-time code that opens it in a browser, and
//! one request through the gateway at the application's own origin.

use crate::load::{self, Call, Connection};
use crate::process::{self, Process};
use crate::subject::Subject;
use crate::watch::Watch;
use crate::{handout, measure};
use anyhow::{Context, Result, bail};
use async_trait::async_trait;
use hyper::header::{HOST, HeaderValue, LOCATION, SET_COOKIE};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const EMAIL: &str = "admin@example.org";
const PASSWORD: &str = "correct horse battery staple";
const PROJECT: &str = "/api/v1/orgs/bench/projects/bench";
const INSTANCES: &str = "/api/v1/orgs/bench/projects/bench/workspaces/bench/service-instances";
/// Workspaces there are before anything is measured, so that a list of 50 is a page of more.
const WORKSPACES: usize = 200;
const FORM_FIELDS: usize = 100;
const PATIENCE: Duration = Duration::from_secs(120);
/// What a browser says of a request from the console itself.
const SAME_ORIGIN: (&str, &str) = ("sec-fetch-site", "same-origin");
/// Inside a sandbox every application has its own loopback, so all of them use the same port.
const APPLICATION_PORT: u16 = 8080;

/// Where its parts are.
pub(crate) struct Parts<'a> {
    pub(crate) server: &'a Path,
    pub(crate) application: &'a Path,
    pub(crate) place: PathBuf,
}

pub(crate) struct Warpyard {
    process: Process,
    version: String,
    address: SocketAddr,
    authorization: String,
    /// The cookie of a console session, which alone may open an application in a browser.
    session: String,
    application: String,
    watch: Watch,
    /// The application that runs all the time.
    first: Opened,
    launched: Mutex<HashMap<usize, String>>,
    next_name: AtomicUsize,
}

/// An application's own origin and the cookie that lets requests in.
#[derive(Debug, Clone, Default)]
struct Opened {
    name: String,
    host: String,
    cookie: String,
}

impl Warpyard {
    /// Starts it on an empty database, makes templates, profiles and workspaces and the first running application.
    pub(crate) async fn start(parts: &Parts<'_>) -> Result<Self> {
        let place = &parts.place;
        std::fs::create_dir_all(place).with_context(|| format!("cannot make {}", place.display()))?;
        let password = place.join("password");
        std::fs::write(&password, PASSWORD).context("cannot write the administrator's password")?;
        let log = place.join("warpyard.log");
        let mut command = Command::new(parts.server);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(place.join("data"))
            .env("WARPYARD_BOOTSTRAP_ADMIN_EMAIL", EMAIL)
            .env("WARPYARD_BOOTSTRAP_ADMIN_PASSWORD_FILE", &password);
        let mut process = Process::start(&mut command, &log)?;
        let address = process::until(&mut process, PATIENCE, || async {
            let text = std::fs::read_to_string(&log)?;
            let address = announced(&text).context("it has not said where it listens")?;
            Connection::new(address).succeed(load::get("/readyz", &[])).await?;
            Ok(address)
        });
        let address = address.await?;
        let (session, token) = sign_in(address).await?;
        let authorization = format!("Bearer {token}");
        let headers = [("authorization", authorization.as_str())];
        let me = load::parse(&Connection::new(address).succeed(load::get("/api/v1/me", &headers)).await?)?;
        let application = parts.application.file_name().unwrap_or_default().to_string_lossy().into_owned();
        prepare(address, &headers, parts.application, &application).await?;
        let stream = "/api/v1/watch/stream?kinds=ServiceInstance&org=bench&project=bench&workspace=bench";
        let watch = Watch::open(address, load::get(stream, &headers)).await?;
        let mut system = Self {
            process,
            version: me["version"].as_str().unwrap_or("unknown").to_owned(),
            address,
            application,
            watch,
            first: Opened::default(),
            launched: Mutex::default(),
            next_name: AtomicUsize::new(0),
            authorization,
            session,
        };
        // The only launch that runs the template's preparation, which fetches the application from this program.
        system.first = system.launch_and_open().await.context("cannot launch the first application")?;
        Ok(system)
    }

    fn headers(&self) -> [(&str, &str); 1] {
        [("authorization", &self.authorization)]
    }

    async fn launch_and_open(&self) -> Result<Opened> {
        let name = format!("app-{}", self.next_name.fetch_add(1, Ordering::Relaxed));
        let mut connection = Connection::new(self.address);
        let body = json!({"metadata": {"name": name}, "spec": {"profile": {"name": "bench"}, "inputs": {}}});
        connection.succeed(load::json("POST", INSTANCES, &self.headers(), &body)).await?;
        self.watch.running(&name, PATIENCE).await?;
        let open = format!("{INSTANCES}/{name}/endpoints/web/open");
        let browser = [("cookie", self.session.as_str()), SAME_ORIGIN];
        let answer = connection.succeed(load::json("POST", &open, &browser, &json!({}))).await?;
        let url = load::parse(&answer)?["url"].as_str().context("open answers with a url")?.to_owned();
        let opened = self.exchange(&mut connection, name, &url).await?;
        let answer = connection.succeed(request(&opened, "")).await?;
        measure::check_small(&answer)?;
        Ok(opened)
    }

    /// Follows the one-time link as a browser does until the application's origin has set its cookie.
    async fn exchange(&self, connection: &mut Connection, name: String, url: &str) -> Result<Opened> {
        let uri: hyper::Uri = url.parse().with_context(|| format!("{url:?} is not a URL"))?;
        let host = uri.authority().with_context(|| format!("{url:?} has no host"))?.to_string();
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let answer = connection
            .send(at(
                &host,
                load::get(
                    path,
                    &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")],
                ),
            ))
            .await?;
        let cookies: Vec<&str> =
            answer.headers().get_all(SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok()?.split(';').next()).collect();
        if cookies.is_empty() || !(answer.status().is_redirection() && answer.headers().contains_key(LOCATION)) {
            bail!("the one-time link answered {} and did not sign in", answer.status());
        }
        Ok(Opened { name, host, cookie: cookies.join("; ") })
    }
}

/// A request to an application at its own origin.
fn request(opened: &Opened, path: &str) -> Call {
    at(&opened.host, load::get(&format!("/{path}"), &[("cookie", &opened.cookie)]))
}

fn at(host: &str, mut call: Call) -> Call {
    call.headers_mut().insert(HOST, HeaderValue::try_from(host).expect("a host out of a URL is a header's value"));
    call
}

#[async_trait]
impl Subject for Warpyard {
    fn title(&self) -> &'static str {
        "Warpyard"
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn api(&self) -> SocketAddr {
        self.address
    }

    fn proxy(&self) -> SocketAddr {
        self.address
    }

    fn read(&self) -> Call {
        load::get(&format!("{INSTANCES}/{}", self.first.name), &self.headers())
    }

    fn list(&self) -> Call {
        load::get(&format!("{PROJECT}/workspaces?limit=50"), &self.headers())
    }

    fn write(&self, number: usize) -> Call {
        let body = json!({"metadata": {"name": format!("w{number}")}, "spec": {}});
        load::json("POST", &format!("{PROJECT}/workspaces"), &self.headers(), &body)
    }

    fn form(&self) -> Option<Call> {
        let answers = json!({"workspace": "bench", "inputs": {"answer_0": "yes", "answer_2": "no"}});
        Some(load::json("POST", &format!("{PROJECT}/service-profiles/form/form"), &self.headers(), &answers))
    }

    fn proxied(&self, path: &str) -> Call {
        request(&self.first, path)
    }

    async fn launch(&self, number: usize) -> Result<()> {
        let opened = self.launch_and_open().await?;
        self.launched.lock().expect("no holder of the lock panics").insert(number, opened.name);
        Ok(())
    }

    async fn remove(&self, number: usize) -> Result<()> {
        let name = self.launched.lock().expect("no holder of the lock panics").remove(&number);
        let name = name.with_context(|| format!("launch {number} did not happen"))?;
        let call = load::json("DELETE", &format!("{INSTANCES}/{name}"), &self.headers(), &json!({}));
        Connection::new(self.address).succeed(call).await?;
        self.watch.gone(&name, PATIENCE).await
    }

    fn resident_bytes(&self) -> Result<u64> {
        process::resident_bytes(self.process.id(), &[&self.application])
    }

    async fn stop(self: Box<Self>) -> Result<()> {
        self.remove_first().await?;
        self.process.stop().await
    }
}

impl Warpyard {
    /// Instances outlive the server by design, so the one that ran all the time is deleted before the server ends.
    async fn remove_first(&self) -> Result<()> {
        let call = load::json("DELETE", &format!("{INSTANCES}/{}", self.first.name), &self.headers(), &json!({}));
        Connection::new(self.address).succeed(call).await?;
        self.watch.gone(&self.first.name, PATIENCE).await
    }
}

/// Signs in as the first administrator and makes an API token: the session's cookie and the token.
async fn sign_in(address: SocketAddr) -> Result<(String, String)> {
    let mut connection = Connection::new(address);
    let credentials = json!({"email": EMAIL, "password": PASSWORD});
    let answer = connection.succeed(load::json("POST", "/api/v1/session", &[SAME_ORIGIN], &credentials)).await?;
    let cookie = answer.headers().get(SET_COOKIE).and_then(|cookie| cookie.to_str().ok()?.split(';').next());
    let cookie = cookie.context("signing in set no cookie")?.to_owned();
    let wanted = json!({"name": "bench", "expires_in_seconds": 86_400});
    let call = load::json("POST", "/api/v1/me/tokens", &[SAME_ORIGIN, ("cookie", &cookie)], &wanted);
    let made = load::parse(&connection.succeed(call).await?)?;
    let token = made["token"].as_str().context("making a token answered without one")?.to_owned();
    Ok((cookie, token))
}

/// Makes the place, the template of the trivial application and its profiles, and room on the target.
async fn prepare(address: SocketAddr, headers: &[(&str, &str)], application: &Path, name: &str) -> Result<()> {
    let mut connection = Connection::new(address);
    let source = handout::serve(application.to_owned()).await?;
    let mut create = async |path: &str, name: &str, spec: Value| -> Result<()> {
        let body = json!({"metadata": {"name": name}, "spec": spec});
        connection.succeed(load::json("POST", path, headers, &body)).await?;
        Ok(())
    };
    create("/api/v1/orgs", "bench", json!({})).await?;
    create("/api/v1/orgs/bench/projects", "bench", json!({})).await?;
    create(&format!("{PROJECT}/workspaces"), "bench", json!({})).await?;
    for number in 0..WORKSPACES {
        create(&format!("{PROJECT}/workspaces"), &format!("before-{number}"), json!({})).await?;
    }
    let templates = "/api/v1/environment-templates";
    create(templates, "bench-allocation", template("compute", json!({}), json!([]))).await?;
    create(templates, "bench-application", template("service", body(source, name), endpoints())).await?;
    let mut form = template("service", body(source, name), endpoints());
    form["versions"][0]["inputs"] = (0..FORM_FIELDS).map(field).collect();
    create(templates, "bench-form", form).await?;
    let reference = |name: &str| json!({"name": name, "version": "1.0.0"});
    // A whole core and ample memory, so that limits of a sandbox never slow the application down.
    let size = json!({"cpu_millis": 1000, "memory_bytes": 256 << 20});
    let compute = json!({"template": reference("bench-allocation"), "size": size});
    create(&format!("{PROJECT}/compute-profiles"), "bench", compute).await?;
    let service = json!({"template": reference("bench-application"), "compute": {"auto_create": "bench"}});
    create(&format!("{PROJECT}/service-profiles"), "bench", service).await?;
    let service = json!({"template": reference("bench-form"), "compute": {"auto_create": "bench"}});
    create(&format!("{PROJECT}/service-profiles"), "form", service).await?;
    for profile in ["compute-profiles/bench", "service-profiles/bench", "service-profiles/form"] {
        let path = format!("{PROJECT}/{profile}/publish");
        connection.succeed(load::json("POST", &path, headers, &json!({}))).await?;
    }
    let targets = load::parse(&connection.succeed(load::get("/api/v1/targets", headers)).await?)?;
    let mut target = targets["items"][0].clone();
    let name = target["metadata"]["name"].as_str().context("there is no target")?.to_owned();
    target["spec"]["cpu_millis"] = json!(1_000_000);
    target["spec"]["memory_bytes"] = json!(1_u64 << 40);
    let changed = json!({"metadata": {"name": name}, "spec": target["spec"]});
    connection.succeed(load::json("PUT", &format!("/api/v1/targets/{name}"), headers, &changed)).await?;
    Ok(())
}

/// A field of the large form: every second one is shown when the one before is answered with yes.
fn field(number: usize) -> Value {
    let mut field = json!({"name": format!("answer_{number}"), "type": "text", "label": format!("Answer {number}"),
        "help": "What it is for, in a sentence.", "section": format!("Section {}", number / 10), "default": "maybe",
        "max_length": 80, "pattern": "[a-z ]*"});
    if number % 2 == 1 {
        field["visible_when"] = json!(format!("inputs.answer_{} == 'yes'", number - 1));
    }
    field
}

fn template(workload: &str, process: Value, endpoints: Value) -> Value {
    let version = json!({"version": "1.0.0", "state": "active", "process": process, "endpoints": endpoints});
    let mut version = version;
    if workload == "service" {
        version["readiness"] = json!({"endpoint": "web"});
    }
    json!({"target_type": "process", "workload": workload, "versions": [version]})
}

fn endpoints() -> Value {
    json!([{"name": "web", "title": "Application", "port": APPLICATION_PORT}])
}

/// A preparation step, which is run once and cached, fetches the application; every launch starts it in a sandbox.
fn body(source: SocketAddr, name: &str) -> Value {
    let file = format!("/opt/warpyard/application/{name}");
    let fetch =
        "import os, sys, urllib.request; urllib.request.urlretrieve(sys.argv[1], sys.argv[2]); os.chmod(sys.argv[2], 0o755)";
    json!({
        "requires": ["python3"],
        "prepare": [{
            "name": "application",
            "title": "Fetch the application",
            "command": ["python3", "-c", fetch, format!("http://{source}/"), file],
        }],
        "command": [file, APPLICATION_PORT.to_string()],
        "restart": "never",
    })
}

/// Finds `127.0.0.1:port` in what the server printed.
fn announced(text: &str) -> Option<SocketAddr> {
    text.match_indices("127.0.0.1:").find_map(|(at, start)| {
        let port: String = text[at + start.len()..].chars().take_while(char::is_ascii_digit).collect();
        Some(SocketAddr::from(([127, 0, 0, 1], port.parse().ok().filter(|port| *port != 0)?)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_a_line_for_people() {
        let text = "asked for 127.0.0.1:0\nready at http://localhost:4123 (listening on 127.0.0.1:4123)\n";
        assert_eq!(announced(text), Some("127.0.0.1:4123".parse().unwrap()));
        assert_eq!(announced("ready"), None);
    }
}
