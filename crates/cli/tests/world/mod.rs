//! A small server that speaks as much of the HTTP contract as the tests of the command line need, and a way to run the
//! command against it.
//!
//! It holds a few objects, answers what the real server would answer about them, and remembers what it was asked. How the
//! command and the real server work together is tested end to end elsewhere.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::io::{Read as _, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

pub(crate) const TOKEN: &str = "wyd_right";
const TIME: &str = "2026-01-02T03:04:05Z";
const VISION: &str = "/api/v1/orgs/acme/projects/vision";

/// One request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) body: Value,
}

#[derive(Default)]
struct Inner {
    seen: Mutex<Vec<Seen>>,
    instances: Mutex<Vec<Value>>,
}

/// The server and a private place for the command's configuration.
pub(crate) struct World {
    pub(crate) url: String,
    inner: Arc<Inner>,
    home: tempfile::TempDir,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl World {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let inner = Arc::new(Inner::default());
        inner.instances.lock().unwrap().push(instance("nb-1", "jupyter", "running"));
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(answer).with_state(inner.clone());
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { url, inner, home: tempfile::tempdir().unwrap(), runtime: Some(runtime) }
    }

    /// The command as somebody who is signed in through variables.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = self.command_of_nobody(words);
        command.env("WARPYARD_URL", &self.url).env("WARPYARD_TOKEN", TOKEN);
        command
    }

    /// The command with its own empty configuration and nothing else from outside.
    pub(crate) fn command_of_nobody(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_warpyard"));
        command.args(words).env_clear().env("XDG_CONFIG_HOME", self.home.path()).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        Ran::from(self.command(words).output().unwrap())
    }

    pub(crate) fn run_with_input(&self, words: &[&str], input: &str) -> Ran {
        run_with_input(self.command(words), input)
    }

    pub(crate) fn config_file(&self) -> PathBuf {
        self.home.path().join("warpyard/config.toml")
    }

    /// A file beside the configuration.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.home.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// The requests of this method whose path ends so.
    pub(crate) fn seen(&self, method: &str, path_end: &str) -> Vec<Seen> {
        let all = self.inner.seen.lock().unwrap();
        all.iter().filter(|s| s.method == method && s.path.ends_with(path_end)).cloned().collect()
    }
}

/// How a command ended and what it wrote.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) error: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("it ended by itself"),
            out: String::from_utf8(output.stdout).unwrap(),
            error: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

pub(crate) fn run_with_input(mut command: Command, input: &str) -> Ran {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Ran::from(child.wait_with_output().unwrap())
}

/// The command at a terminal of its own, where each question is answered as it is asked: how it ended and what was shown.
pub(crate) fn run_at_terminal(command: &Command, answers: &[(&str, &str)]) -> (i32, String) {
    let quoted = |word: &std::ffi::OsStr| format!("'{}'", word.to_str().unwrap().replace('\'', "'\\''"));
    let words: Vec<String> = std::iter::once(command.get_program()).chain(command.get_args()).map(quoted).collect();
    let mut terminal = Command::new("script");
    terminal.args(["--quiet", "--return", "--flush", "--echo", "never", "--command", &words.join(" "), "/dev/null"]);
    terminal.env_clear().env("SHELL", "/bin/sh").env("PATH", "/usr/bin:/bin");
    terminal.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut child =
        terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("script, of util-linux");
    let (mut keys, mut screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut shown = String::new();
    let mut answers = answers.iter();
    let mut next = answers.next();
    let mut buffer = [0; 1024];
    while let Ok(count @ 1..) = screen.read(&mut buffer) {
        shown.push_str(&String::from_utf8_lossy(&buffer[..count]));
        if let Some((question, answer)) = next
            && shown.contains(question)
        {
            writeln!(keys, "{answer}").unwrap();
            next = answers.next();
        }
    }
    assert!(next.is_none(), "it never asked {next:?}: {shown}");
    drop(keys);
    (child.wait().unwrap().code().unwrap(), shown)
}

fn metadata(name: &str, scope: &[(&str, &str)], version: i64) -> Value {
    let mut metadata = json!({"name": name, "uid": format!("uid-{name}"), "generation": 1, "resource_version": version,
        "created_at": TIME, "updated_at": TIME, "created_by": "ana", "modified_by": "ana"});
    for (key, value) in scope {
        metadata[*key] = json!(value);
    }
    metadata
}

fn instance(name: &str, profile: &str, phase: &str) -> Value {
    json!({"apiVersion": "warpyard.io/v1", "kind": "ServiceInstance",
        "metadata": metadata(name, &[("org", "acme"), ("project", "vision"), ("workspace", "research")], 10),
        "spec": {"profile": {"name": profile}, "inputs": {}},
        "status": {"phase": phase, "observed_generation": 1, "timeline": [],
            "endpoints": [{"name": "lab", "title": "Open", "url": "http://lab", "access": "owner", "ready": true}]}})
}

fn container(kind: &str, name: &str, scope: &[(&str, &str)]) -> Value {
    json!({"apiVersion": "warpyard.io/v1", "kind": kind, "metadata": metadata(name, scope, 1), "spec": {}, "status": {}})
}

fn problem(status: u16, code: &str, detail: &str, errors: Value) -> Response {
    let body = json!({"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail,
        "errors": errors, "request_id": "request-1"});
    let headers = [(header::CONTENT_TYPE, "application/problem+json")];
    (StatusCode::from_u16(status).unwrap(), headers, body.to_string()).into_response()
}

fn ok(value: Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

fn items(values: Vec<Value>) -> Response {
    ok(json!({"total": values.len(), "items": values}))
}

async fn answer(State(world): State<Arc<Inner>>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let bytes: Bytes = axum::body::to_bytes(body, 16 << 20).await.unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let body: Value = serde_json::from_str(&text).unwrap_or(Value::String(text));
    let path = parts.uri.path().to_owned();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let method = parts.method.clone();
    let header = |name: header::HeaderName| parts.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let (bearer, cookie) = (header(header::AUTHORIZATION), header(header::COOKIE));
    let seen = Seen { method: method.to_string(), path: path.clone(), query: query.clone(), body: body.clone() };
    world.seen.lock().unwrap().push(seen);

    match (&method, path.as_str()) {
        (&Method::GET, "/api/v1/setup") => return ok(json!({"required": false})),
        (&Method::POST, "/api/v1/session") => {
            if body["password"] == "two steps" {
                return ok(json!({"second_factor": ["totp", "recovery"], "ticket": "t-9"}));
            }
            return if body["password"] == "open sesame" {
                ([(header::SET_COOKIE, "session=s3; HttpOnly; Path=/")], ok(json!({"user": {"name": "ana"}}))).into_response()
            } else {
                problem(401, "unauthenticated", "The mail address or the password is wrong.", json!([]))
            };
        }
        (&Method::POST, "/api/v1/session/second-factor") => {
            let right = body["ticket"] == "t-9" && (body["totp"] == "123 456" || body["recovery"] == "abcd-efgh");
            return if right {
                ([(header::SET_COOKIE, "session=s3; HttpOnly; Path=/")], ok(json!({"user": {"name": "ana"}}))).into_response()
            } else {
                problem(401, "unauthenticated", "This is not right, or was used before.", json!([]))
            };
        }
        _ => {}
    }
    if bearer != format!("Bearer {TOKEN}") && cookie != "session=s3" {
        return problem(401, "unauthenticated", "Sign in first: the token is unknown or expired.", json!([]));
    }
    if path.ends_with("/terminal") {
        let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await.unwrap();
        return upgrade.on_upgrade(terminal);
    }
    if let Some(rest) = path.strip_prefix(VISION) {
        return project(&world, &method, rest, &query, &body);
    }
    match (&method, path.as_str()) {
        (&Method::DELETE, "/api/v1/session") => StatusCode::NO_CONTENT.into_response(),
        (&Method::GET, "/api/v1/me") => {
            ok(json!({"user": {"name": "ana", "display_name": "Ana Lima", "email": "ana@example.com"},
            "bindings": [{"role": "developer", "org": "acme", "project": "vision"}], "areas": ["developer_hub"],
            "version": "9.9.9", "server": {"apps_domain": "apps.localhost"}}))
        }
        (&Method::POST, "/api/v1/me/tokens") => {
            ok(json!({"id": "t-1", "name": body["name"], "token": TOKEN, "expires_at": "2099-01-02T00:00:00Z"}))
        }
        (&Method::DELETE, "/api/v1/me/tokens/t-1") => StatusCode::NO_CONTENT.into_response(),
        (&Method::GET, "/api/v1/orgs") => items(vec![container("Organization", "acme", &[])]),
        (&Method::GET, "/api/v1/projects") => items(vec![container("Project", "vision", &[("org", "acme")])]),
        (&Method::GET, "/api/v1/workspaces") => {
            items(vec![container("Workspace", "research", &[("org", "acme"), ("project", "vision")])])
        }
        (&Method::GET, "/api/v1/service-instances") => items(world.instances.lock().unwrap().clone()),
        (&Method::GET, "/api/v1/compute-instances" | "/api/v1/users") => items(Vec::new()),
        // Two pages, to see that both are asked for.
        (&Method::GET, "/api/v1/targets") => match query.contains("cursor=second") {
            false => ok(json!({"items": [container("Target", "local", &[])], "next_cursor": "second", "total": 2})),
            true => ok(json!({"items": [container("Target", "remote", &[])], "total": 2})),
        },
        (&Method::DELETE, "/api/v1/orgs/acme") => {
            problem(409, "conflict", "The organization is in use.", json!([{"path": "Project/vision", "message": "lives in it"}]))
        }
        (&Method::GET, "/api/v1/orgs/acme") => ok(container("Organization", "acme", &[])),
        (&Method::POST, "/api/v1/apply") => apply(&query, body.as_str().unwrap_or_default()),
        (&Method::GET, "/api/v1/watch/stream") => watch(&world),
        (&Method::GET, "/api/v1/audit-entries") => problem(403, "forbidden", "You may not read the audit trail.", json!([])),
        _ => problem(404, "not_found", "There is nothing there.", json!([])),
    }
}

fn project(world: &Inner, method: &Method, rest: &str, query: &str, body: &Value) -> Response {
    let mut instances = world.instances.lock().unwrap();
    match (method, rest) {
        (&Method::GET, "/catalogue") => {
            let card = |name: &str| json!({"kind": "ServiceProfile", "name": name, "project": "vision", "title": name});
            ok(json!({"items": [card("jupyter"), card("broken"), card("slow"), card("job"), card("bad-job")]}))
        }
        (&Method::POST, form) if form.ends_with("/form") => {
            let field = |name: &str, kind: &str| json!({"name": name, "type": kind, "locked": false});
            let mut errors = Vec::new();
            if body["inputs"]["gpus"].is_string() {
                errors.push(json!({"path": "inputs.gpus", "message": "must be a whole number"}));
            }
            if body["inputs"]["typo"].is_string() {
                errors.push(json!({"path": "inputs.typo", "message": "there is no such input"}));
            }
            ok(json!({"profile": {"kind": "ServiceProfile", "name": "jupyter", "project": "vision", "generation": 1},
                "form": {"fields": [field("gpus", "integer"), field("tags", "list"), field("debug", "boolean")], "sections": [],
                    "presets": [{"name": "small", "values": {"gpus": 1}}]},
                "values": body["inputs"], "errors": errors,
                "summary": {"size": {"cpu_millis": 2000, "memory_bytes": 4_294_967_296_u64}, "price_per_hour": "0.50",
                    "currency": "EUR", "capacity": {"state": "available", "message": "there is room for 3"}}}))
        }
        (&Method::POST, "/workspaces/research/service-instances") => {
            let name = body["metadata"]["name"].as_str().unwrap_or_default();
            if instances.iter().any(|i| i["metadata"]["name"] == name) {
                return problem(409, "already_exists", "There is a service instance of this name.", json!([]));
            }
            let profile = body["spec"]["profile"]["name"].as_str().unwrap_or_default();
            let mut made = instance(name, profile, "pending");
            made["spec"] = body["spec"].clone();
            made["status"]["observed_generation"] = json!(0);
            if !query.contains("dry_run=true") {
                instances.push(made.clone());
            }
            (StatusCode::CREATED, ok(made)).into_response()
        }
        _ => {
            let Some(rest) = rest.strip_prefix("/workspaces/research/service-instances/") else {
                return problem(404, "not_found", "There is nothing there.", json!([]));
            };
            let (name, action) = rest.split_once('/').unwrap_or((rest, ""));
            let Some(position) = instances.iter().position(|i| i["metadata"]["name"] == name) else {
                return problem(404, "not_found", "There is no such service instance.", json!([]));
            };
            match (method, action) {
                (&Method::GET, "") => ok(instances[position].clone()),
                (&Method::DELETE, "") => {
                    instances.remove(position);
                    StatusCode::NO_CONTENT.into_response()
                }
                (&Method::GET, "logs") => "one\ntwo\n".into_response(),
                (&Method::GET, "events") => {
                    ok(json!({"items": [{"at": TIME, "severity": "normal", "reason": "Started", "message": "It runs."}]}))
                }
                (&Method::POST, "stop") => {
                    instances[position]["status"]["phase"] = json!("stopping");
                    ok(instances[position].clone())
                }
                _ => problem(404, "not_found", "There is nothing there.", json!([])),
            }
        }
    }
}

/// Everything the controller would do happens when somebody watches.
fn watch(world: &Inner) -> Response {
    let mut instances = world.instances.lock().unwrap();
    let mut events = String::from(": hello\n\n");
    for instance in instances.iter_mut().filter(|i| matches!(i["status"]["phase"].as_str(), Some("pending" | "stopping"))) {
        let step = |state: &str| json!([{"id": "prepare", "title": "Make the environment", "state": state, "started_at": TIME}]);
        let tell = |events: &mut String, instance: &mut Value| {
            let version = instance["metadata"]["resource_version"].as_i64().unwrap_or_default() + 1;
            instance["metadata"]["resource_version"] = json!(version);
            let event = json!({"id": 1, "type": "modified", "object": instance, "resource_version": version});
            events.push_str(&format!("data: {event}\n\n"));
        };
        if instance["status"]["phase"] == "stopping" {
            instance["status"]["phase"] = json!("stopped");
            tell(&mut events, instance);
            continue;
        }
        let (state, phase) = match instance["spec"]["profile"]["name"].as_str() {
            Some("broken") => ("failed", "failed"),
            Some("slow") => continue,
            Some("job") => ("done", "succeeded"),
            Some("bad-job") => ("done", "failed"),
            _ => ("done", "running"),
        };
        instance["status"]["observed_generation"] = json!(1);
        instance["status"]["phase"] = json!("provisioning");
        instance["status"]["timeline"] = step("running");
        tell(&mut events, instance);
        instance["status"]["timeline"] = step(state);
        if let Some("job" | "bad-job") = instance["spec"]["profile"]["name"].as_str() {
            // A job runs for a while before it ends.
            instance["status"]["batch"] = json!(true);
            instance["status"]["phase"] = json!("running");
            tell(&mut events, instance);
            instance["status"]["endpoints"] = json!([]);
            instance["status"]["exit_code"] = json!(if phase == "failed" { 3 } else { 0 });
        }
        instance["status"]["phase"] = json!(phase);
        if phase == "failed" {
            let job = instance["status"]["batch"] == true;
            instance["status"]["message"] = json!(if job { "" } else { "The disk is full." });
        }
        tell(&mut events, instance);
    }
    events.push_str("data: {\"id\":1,\"type\":\"synced\",\"resource_version\":11}\n\n");
    // The stream stays open, as a real one does.
    let first = futures::stream::once(async move { Ok::<_, std::convert::Infallible>(events) });
    let body = Body::from_stream(futures::StreamExt::chain(first, futures::stream::pending()));
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

fn apply(query: &str, text: &str) -> Response {
    let documents = match warpyard_model::document::parse(text) {
        Ok(documents) => documents,
        Err(error) => return problem(422, "invalid", &error.message, json!(error.fields)),
    };
    let items: Vec<Value> = documents
        .iter()
        .map(|document| {
            let same = document.metadata.name.as_str() == "same";
            let mut item = json!({"kind": document.kind, "scope": {"org": "acme"}, "name": document.metadata.name,
                "action": if same { "unchanged" } else { "updated" }});
            if !same && query.contains("dry_run=true") {
                item["diff"] = json!("@@ -1 +1 @@\n-contact: old\n+contact: new\n");
            }
            item
        })
        .collect();
    ok(json!({ "items": items }))
}

/// Sends back what it gets in capitals and ends with code 7 after the end of input.
async fn terminal(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        match message {
            Message::Binary(bytes) => {
                let _ = socket.send(Message::Binary(bytes.to_ascii_uppercase().into())).await;
            }
            Message::Text(text) if text.as_str().contains("eof") => {
                let _ = socket.send(Message::text("{\"exit_code\":7}")).await;
                return;
            }
            _ => {}
        }
    }
}
