//! A server of the real binary with everything of its own, and people who use it through the command line.

use crate::http::Origin;
use crate::processes;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

pub(crate) const ADMIN: &str = "root@example.com";
pub(crate) const ADMIN_PASSWORD: &str = "nine slow barges upstream";
pub(crate) const DEVELOPER: &str = "noor@example.com";
pub(crate) const DEVELOPER_PASSWORD: &str = "seven quiet lanterns drifting";
const BINARY: &str = env!("CARGO_BIN_EXE_warpyard");
const LIMIT: Duration = Duration::from_secs(60);

static TURN: Mutex<()> = Mutex::new(());

/// A data directory, the server on it, and the administrator.
pub(crate) struct World {
    pub(crate) url: String,
    pub(crate) admin: Person,
    process: Option<Child>,
    log: Arc<Mutex<String>>,
    directory: tempfile::TempDir,
    _turn: MutexGuard<'static, ()>,
}

/// Somebody with a configuration of their own.
pub(crate) struct Person {
    home: PathBuf,
    url: String,
}

/// How a command ended and what it wrote.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) error: String,
}

impl World {
    /// A fresh server with the administrator signed in. Prepared environments are kept between runs of the tests.
    pub(crate) fn start() -> Self {
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("prepare-cache");
        std::fs::create_dir_all(&cache).unwrap();
        Self::with_cache(&cache)
    }

    /// The same, with prepared environments at a place of the caller's.
    pub(crate) fn with_cache(cache: &Path) -> Self {
        // A test that failed has cleaned up after itself, so its turn can be had.
        let turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let directory = tempfile::Builder::new().prefix("warpyard-system-").tempdir().unwrap();
        let process = directory.path().join("data/process");
        std::fs::create_dir_all(&process).unwrap();
        std::os::unix::fs::symlink(cache, process.join("cache")).unwrap();
        std::fs::write(directory.path().join("password"), format!("{ADMIN_PASSWORD}\n")).unwrap();
        let admin = Person { home: directory.path().join("admin"), url: String::new() };
        let mut world = Self { url: String::new(), admin, process: None, log: Arc::default(), directory, _turn: turn };
        world.start_server();
        world.admin = world.person("admin");
        world.admin.sign_in(ADMIN, ADMIN_PASSWORD);
        world
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// The server's command on this data directory, for further servers too.
    pub(crate) fn server_command(&self, listen: &str) -> Command {
        let mut command = Command::new(BINARY);
        let inherited = std::env::vars_os().filter(|(name, _)| !name.to_string_lossy().starts_with("WARPYARD_"));
        command.env_clear().envs(inherited).env("NO_COLOR", "1");
        command.env("WARPYARD_BOOTSTRAP_ADMIN_EMAIL", ADMIN);
        command.env("WARPYARD_BOOTSTRAP_ADMIN_PASSWORD_FILE", self.directory.path().join("password"));
        command.arg("serve").arg("--data-dir").arg(self.data()).args(["--listen", listen]);
        // More than a small machine has: what is tested here is what happens, not how fast.
        command.args(["--simulate-gpus", "A100-80GB:4", "--cpu-millis", "32000", "--memory-bytes", "137438953472"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts the server; on the port it had before, when it had one.
    pub(crate) fn start_server(&mut self) {
        assert!(self.process.is_none(), "the server runs");
        let listen = match self.url.rsplit_once(':') {
            Some((_, port)) => format!("127.0.0.1:{port}"),
            None => "127.0.0.1:0".to_owned(),
        };
        let mut child = self.server_command(&listen).spawn().unwrap();
        let mut errors = child.stderr.take().unwrap();
        let log = self.log.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = errors.read(&mut buffer) {
                log.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..count]));
            }
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        self.process = Some(child);
        let ready = lines.find_map(|line| Some(line.ok()?.strip_prefix("Warpyard is ready at ")?.to_owned()));
        let ready = ready.unwrap_or_else(|| panic!("the server did not start:\n{}", self.log()));
        ready.split(' ').next().unwrap().clone_into(&mut self.url);
        std::thread::spawn(move || lines.for_each(drop));
    }

    pub(crate) fn server_id(&self) -> u32 {
        self.process.as_ref().expect("the server runs").id()
    }

    /// Ends the server with a signal and waits for it.
    pub(crate) fn end_server(&mut self, signal: Signal) -> ExitStatus {
        let mut child = self.process.take().expect("the server runs");
        kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
        child.wait().unwrap()
    }

    /// What the server wrote to its log.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Somebody with an empty configuration.
    pub(crate) fn person(&self, name: &str) -> Person {
        Person { home: self.directory.path().join(name), url: self.url.clone() }
    }

    /// A project `vision` with a workspace `lab`, and a developer in it who is signed in.
    pub(crate) fn developer(&self) -> Person {
        self.admin.ok_with_input(&["apply", "-f", "-"], PLACE);
        self.admin.ok_with_input(&["user", "password", "noor", "--password-stdin"], DEVELOPER_PASSWORD);
        let noor = self.person("noor");
        noor.sign_in(DEVELOPER, DEVELOPER_PASSWORD);
        noor
    }

    /// Processes of instances, the server's own left out.
    pub(crate) fn instance_processes(&self) -> Vec<processes::Process> {
        processes::of(&self.mark(), self.process.as_ref().map(Child::id))
    }

    /// What only the processes of this world name.
    fn mark(&self) -> String {
        format!("{}/data", self.directory.path().file_name().unwrap().to_str().unwrap())
    }
}

/// A project, a workspace, a person and what the person may do.
pub(crate) const PLACE: &str = "
{apiVersion: warpyard.io/v1, kind: Project, metadata: {name: vision, org: default}, spec: {}}
---
{apiVersion: warpyard.io/v1, kind: Workspace, metadata: {name: lab, org: default, project: vision}, spec: {}}
---
{apiVersion: warpyard.io/v1, kind: User, metadata: {name: noor, display_name: Noor Haddad}, spec: {email: noor@example.com}}
---
apiVersion: warpyard.io/v1
kind: RoleBinding
metadata: {name: noor, org: default, project: vision}
spec: {user: noor, role: developer}
---
apiVersion: warpyard.io/v1
kind: RoleBinding
metadata: {name: noor, org: default, project: vision, workspace: lab}
spec: {user: noor, role: workspace_admin}
";

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            eprintln!("the server's last lines:\n{}", lines[lines.len().saturating_sub(40)..].join("\n"));
        }
        if let Some(mut server) = self.process.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
        // Instances outlive the server by design; here nobody will come back for them.
        let gone = Instant::now() + LIMIT;
        while !processes::of(&self.mark(), None).is_empty() && Instant::now() < gone {
            processes::end_all(&self.mark());
            std::thread::yield_now();
        }
    }
}

impl Person {
    pub(crate) fn sign_in(&self, email: &str, password: &str) {
        let said = self.ok_with_input(&["login", &self.url, "--email", email, "--password-stdin"], password);
        assert!(said.contains(email), "{said}");
    }

    /// A token as a program would have one.
    pub(crate) fn token(&self) -> String {
        let text = std::fs::read_to_string(self.home.join("warpyard/config.toml")).unwrap();
        let table: toml::Table = toml::from_str(&text).unwrap();
        let contexts = table["contexts"].as_table().unwrap();
        contexts.values().next().unwrap()["token"].as_str().unwrap().to_owned()
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command.args(words).env_clear().env("XDG_CONFIG_HOME", &self.home).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        Ran::from(self.command(words).output().unwrap())
    }

    pub(crate) fn run_with_input(&self, words: &[&str], input: &str) -> Ran {
        let mut command = self.command(words);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that refuses its input early closes the pipe; what it says about that is what counts.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Ran::from(child.wait_with_output().unwrap())
    }

    /// What a command that must succeed wrote.
    pub(crate) fn ok(&self, words: &[&str]) -> String {
        self.run(words).expect(0, words).out
    }

    pub(crate) fn ok_with_input(&self, words: &[&str], input: &str) -> String {
        self.run_with_input(words, input).expect(0, words).out
    }

    /// The result of a command that must succeed, as JSON.
    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let text = self.ok(&[words, &["-o", "json"]].concat());
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{words:?}: {e}: {text}"))
    }

    /// A command that must end with `code`.
    pub(crate) fn fails(&self, code: i32, words: &[&str]) -> Ran {
        self.run(words).expect(code, words)
    }

    /// A service as it is now.
    pub(crate) fn service(&self, name: &str) -> Value {
        self.json(&["get", "service-instance", name])
    }

    /// An endpoint of a service, entered with the person's token.
    pub(crate) fn app(&self, name: &str) -> Origin {
        let service = self.service(name);
        let url = service["status"]["endpoints"][0]["url"].as_str().unwrap_or_else(|| panic!("no endpoint: {service}"));
        Origin::of(url).bearer(&self.token())
    }

    /// A file beside the person's configuration.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.home.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

impl From<std::process::Output> for Ran {
    fn from(output: std::process::Output) -> Self {
        Self {
            code: output.status.code().expect("it ended by itself"),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            error: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ran {
    #[track_caller]
    pub(crate) fn expect(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, code, "warpyard {}\n{}\n{}", words.join(" "), self.out, self.error);
        self
    }
}

/// Looks again and again until there is an answer; every look asks the server or the machine, so none is for nothing.
#[track_caller]
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + LIMIT;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < end, "not within {LIMIT:?}: {what}");
        std::thread::yield_now();
    }
}
