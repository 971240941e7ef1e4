//! JupyterHub with its own proxy, SimpleLocalProcessSpawner and DummyAuthenticator, tuned to be at its best here.
//!
//! The API is asked at the hub's own port, past the proxy, which is faster for it. A launch is one request that the hub
//! answers when the server is up and routed, then one through the proxy.

use crate::load::{self, Call, Connection};
use crate::process::{self, Process};
use crate::subject::Subject;
use anyhow::{Context, Result, bail};
use async_trait::async_trait;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const TOKEN: &str = "a-token-of-the-benchmark-and-nothing-else";
/// Users there are before anything is measured, so that a list of 50 is a page of more.
const USERS: usize = 200;
const PATIENCE: Duration = Duration::from_secs(120);

/// Where its parts are.
pub(crate) struct Parts<'a> {
    pub(crate) hub: &'a Path,
    pub(crate) proxy: &'a Path,
    pub(crate) application: &'a Path,
    pub(crate) place: PathBuf,
}

pub(crate) struct JupyterHub {
    process: Process,
    version: String,
    hub: SocketAddr,
    proxy: SocketAddr,
    authorization: String,
    application: String,
}

impl JupyterHub {
    /// Starts it on an empty database, creates users and the first running application.
    pub(crate) async fn start(parts: &Parts<'_>) -> Result<Self> {
        let place = &parts.place;
        std::fs::create_dir_all(place).with_context(|| format!("cannot make {}", place.display()))?;
        let (hub, proxy, proxy_api) = (process::free_address()?, process::free_address()?, process::free_address()?);
        let configuration = place.join("jupyterhub_config.py");
        std::fs::write(&configuration, configure(parts, hub, proxy, proxy_api)?).context("cannot write the configuration")?;
        let mut command = Command::new(parts.hub);
        command.current_dir(place).arg("--config").arg(&configuration);
        let process = Process::start(&mut command, &place.join("jupyterhub.log"))?;
        let mut system = Self {
            process,
            version: String::new(),
            hub,
            proxy,
            authorization: format!("token {TOKEN}"),
            application: file_name(parts.application),
        };
        if let Err(error) = system.fill().await {
            // The hub ends its proxy when it is asked to end, not when it is killed.
            system.process.stop().await?;
            return Err(error);
        }
        Ok(system)
    }

    /// Waits for the hub, creates users and launches the first application.
    async fn fill(&mut self) -> Result<()> {
        let proxy = self.proxy;
        let answer = process::until(&mut self.process, PATIENCE, || async {
            // The proxy routes to the hub last of all, so this says that everything is up.
            Connection::new(proxy).succeed(load::get("/hub/api/", &[])).await
        });
        self.version = load::parse(&answer.await?)?["version"].as_str().unwrap_or("unknown").to_owned();
        let users: Vec<String> = (0..USERS).map(user).collect();
        let body = serde_json::json!({"usernames": users});
        let call = load::json("POST", "/hub/api/users", &self.headers(), &body);
        Connection::new(self.hub).succeed(call).await.context("cannot create users")?;
        self.launch(0).await.context("cannot launch the first application")
    }

    fn headers(&self) -> [(&str, &str); 1] {
        [("authorization", &self.authorization)]
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// `launch(0)` runs for the whole time; the numbers of timed launches come after it.
fn user(number: usize) -> String {
    format!("u{number}")
}

#[async_trait]
impl Subject for JupyterHub {
    fn title(&self) -> &'static str {
        "JupyterHub"
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn api(&self) -> SocketAddr {
        self.hub
    }

    fn proxy(&self) -> SocketAddr {
        self.proxy
    }

    fn read(&self) -> Call {
        load::get(&format!("/hub/api/users/{}", user(0)), &self.headers())
    }

    fn list(&self) -> Call {
        load::get("/hub/api/users?offset=0&limit=50", &self.headers())
    }

    fn write(&self, number: usize) -> Call {
        load::json("POST", &format!("/hub/api/users/w{number}"), &self.headers(), &serde_json::json!({}))
    }

    fn proxied(&self, path: &str) -> Call {
        load::get(&format!("/user/{}/{path}", user(0)), &[])
    }

    async fn launch(&self, number: usize) -> Result<()> {
        let user = user(number);
        let call = load::json("POST", &format!("/hub/api/users/{user}/server"), &self.headers(), &serde_json::json!({}));
        let answer = Connection::new(self.hub).succeed(call).await?;
        if answer.status() != hyper::StatusCode::CREATED {
            bail!("the server of {user} was not up within the hub's ten seconds: {}", answer.status());
        }
        let answer = Connection::new(self.proxy).succeed(load::get(&format!("/user/{user}/"), &[])).await?;
        crate::measure::check_small(&answer)
    }

    async fn remove(&self, number: usize) -> Result<()> {
        let user = user(number);
        let path = format!("/hub/api/users/{user}/server");
        let mut connection = Connection::new(self.hub);
        connection.succeed(load::json("DELETE", &path, &self.headers(), &serde_json::json!({}))).await?;
        // 202: it is still being stopped, which only the user's own page tells.
        for _ in 0..200 {
            let answer = connection.succeed(load::get(&format!("/hub/api/users/{user}"), &self.headers())).await?;
            let body = load::parse(&answer)?;
            if body["server"].is_null() && body["pending"].is_null() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the server of {user} did not stop")
    }

    fn resident_bytes(&self) -> Result<u64> {
        process::resident_bytes(self.process.id(), &[&self.application])
    }

    async fn stop(self: Box<Self>) -> Result<()> {
        self.process.stop().await
    }
}

fn configure(parts: &Parts<'_>, hub: SocketAddr, proxy: SocketAddr, proxy_api: SocketAddr) -> Result<String> {
    // A JSON string is a Python string.
    let text = |path: &Path| serde_json::to_string(&path.to_string_lossy());
    let place = &parts.place;
    let names: Vec<String> = vec!["admin:users".into(), "admin:servers".into(), "list:users".into(), "access:servers".into()];
    Ok(format!(
        "c = get_config()\n\
         c.JupyterHub.bind_url = 'http://{proxy}'\n\
         c.JupyterHub.hub_bind_url = 'http://{hub}'\n\
         c.ConfigurableHTTPProxy.api_url = 'http://{proxy_api}'\n\
         c.ConfigurableHTTPProxy.command = [{proxy_command}]\n\
         c.ConfigurableHTTPProxy.pid_file = {proxy_pid}\n\
         c.JupyterHub.spawner_class = 'simple'\n\
         c.JupyterHub.authenticator_class = 'dummy'\n\
         c.Authenticator.allow_all = True\n\
         c.JupyterHub.services = [{{'name': 'bench', 'api_token': '{TOKEN}'}}]\n\
         c.JupyterHub.load_roles = [{{'name': 'bench', 'scopes': {scopes}, 'services': ['bench']}}]\n\
         c.JupyterHub.db_url = 'sqlite:///' + {database}\n\
         c.JupyterHub.cookie_secret_file = {secret}\n\
         c.JupyterHub.concurrent_spawn_limit = 0\n\
         c.JupyterHub.active_server_limit = 0\n\
         c.JupyterHub.log_level = 'WARN'\n\
         c.Spawner.cmd = [{application}]\n\
         c.SimpleLocalProcessSpawner.home_dir_template = {homes} + '/{{username}}'\n",
        proxy_command = text(parts.proxy)?,
        proxy_pid = text(&place.join("proxy.pid"))?,
        scopes = serde_json::to_string(&names)?,
        database = text(&place.join("jupyterhub.sqlite"))?,
        secret = text(&place.join("cookie_secret"))?,
        application = text(parts.application)?,
        homes = text(&place.join("homes"))?,
    ))
}
