//! Makes one step.

use super::super::launch::{Begin, FromInit, ToInit};
use super::super::lock::Lock;
use super::super::provider::Core;
use super::super::sandbox::{self, HOME, Mount, PLAIN_USER, PREPARED, Sandbox};
use super::super::{environment, failure, files, spawn, users, wire};
use super::HALF_MADE;
use super::report::{Hints, Reporter};
use std::io::{self, BufReader, Read};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use tokio::sync::mpsc;
use warpyard_model::{Error, Result};
use warpyard_provider::{PrepareDesired, ProgressSink};

/// Lines that may wait for the listener; more make the builder wait.
const BACKLOG: usize = 256;

/// One step being made. Holds the key's lock until it is done.
pub(super) struct Builder {
    pub(super) core: Arc<Core>,
    pub(super) step: PrepareDesired,
    pub(super) key: String,
    pub(super) uses: Vec<Mount>,
    pub(super) lock: Lock,
}

/// What the building thread tells.
enum Told {
    Line(String),
    Over(io::Result<Outcome>),
}

/// How the command ended.
struct Outcome {
    exit_code: i32,
    /// Why it could not be started.
    message: Option<String>,
}

impl Builder {
    pub(super) async fn run(self, progress: &dyn ProgressSink, id: &str) -> Result<()> {
        let mut reporter = Reporter::new(id, &self.step);
        let what = format!("{:?} could not be prepared", self.step.title);
        let cache = self.core.layout.cache();
        let (sender, mut told) = mpsc::channel(BACKLOG);
        // A thread of its own: the kernel ends the sandbox when the thread that made it ends, and pool threads do.
        let builder = std::thread::Builder::new().name("prepare".to_owned()).spawn(move || {
            let outcome = self.build(&sender);
            drop(self.lock);
            let _ = sender.blocking_send(Told::Over(outcome));
        });
        builder.map_err(|error| failure::io(&what, &cache, &error))?;
        let mut tick = tokio::time::interval(std::time::Duration::from_secs(1));
        loop {
            tokio::select! {
                told = told.recv() => match told {
                    Some(Told::Line(line)) => reporter.line(&line, progress),
                    Some(Told::Over(Ok(Outcome { exit_code: 0, .. }))) => return Ok(()),
                    Some(Told::Over(Ok(outcome))) => return Err(failed(&what, &outcome, &reporter, &cache)),
                    Some(Told::Over(Err(error))) => return Err(failure::io(&what, &cache, &error)),
                    None => return Err(Error::internal("the thread that prepares ended without a word")),
                },
                _ = tick.tick() => reporter.time_passed(progress),
            }
        }
    }

    /// On its own thread, from an empty directory to the cached one. A listener that left ends it at the next line.
    fn build(&self, told: &mpsc::Sender<Told>) -> io::Result<Outcome> {
        let cache = self.core.layout.cache();
        let work = cache.join(format!("{}{HALF_MADE}{}", self.key, files::unique_suffix()));
        let outcome = self.build_in(&work, told).and_then(|outcome| {
            if outcome.exit_code == 0 {
                std::fs::rename(work.join("result"), cache.join(&self.key))?;
            }
            Ok(outcome)
        });
        if let Err(error) = files::remove_tree(&work, &self.core.layout.trash()) {
            tracing::warn!(path = %work.display(), %error, "what a prepare step left could not be removed");
        }
        outcome
    }

    fn build_in(&self, work: &Path, told: &mpsc::Sender<Told>) -> io::Result<Outcome> {
        let identity = self.core.machine.users.as_ref().map(users::builder);
        let (result, home, etc) = (work.join("result"), work.join("home"), work.join("etc"));
        for directory in [work, &result, &home, &etc] {
            files::make_directory(directory, 0o755)?;
        }
        self.copy_package_configuration(&home);
        let shown = identity.map_or(PLAIN_USER, |identity| identity.uid);
        let passwd = format!("root:x:0:0:root:/root:/bin/sh\n{}:x:{shown}:{shown}::{HOME}:/bin/sh\n", sandbox::USER);
        std::fs::write(etc.join("passwd"), passwd)?;
        std::fs::write(etc.join("group"), format!("root:x:0:\n{}:x:{shown}:\n", sandbox::USER))?;
        if let Some(identity) = identity {
            own_all(&result, identity.uid)?;
            own_all(&home, identity.uid)?;
        }
        let place = Path::new(PREPARED).join(&self.step.name);
        let mut mounts = self.uses.clone();
        mounts.push(Mount::Writable(result, place.clone()));
        mounts.extend(self.named_mounts());
        let sandbox = Sandbox {
            private_network: false,
            hostname: "prepare".to_owned(),
            home: Some(home),
            etc: Some(etc),
            mounts,
            ..Sandbox::default()
        };
        let words = sandbox::with_init(&self.core.machine, &self.core.config.executable, sandbox);
        let mut variables = environment::base(Path::new(HOME), &self.core.machine.search_path);
        variables.extend(self.core.config.prepare_environment.clone());
        let begin = Begin {
            identity,
            own_processes: true,
            command: self.step.command.clone(),
            environment: variables,
            home: HOME.into(),
            directory: place,
            files: Vec::new(),
            readiness: None,
        };
        run_sandbox(&words, begin, told)
    }

    /// Directories and certificates that variables name and that sandboxes do not see anyway.
    fn named_mounts(&self) -> Vec<Mount> {
        let variables = &self.core.config.prepare_environment;
        let named = variables.iter().filter(|(name, _)| {
            let upper = name.to_ascii_uppercase();
            upper == "PIP_FIND_LINKS"
                || upper == "UV_FIND_LINKS"
                || upper == "PIP_CERT"
                || upper.contains("CERT")
                || upper.ends_with("_CA_BUNDLE")
        });
        let mut paths: Vec<PathBuf> =
            named.flat_map(|(_, value)| value.split([' ', ',']).map(PathBuf::from).collect::<Vec<_>>()).collect();
        paths.sort();
        paths.dedup();
        let visible = |path: &Path| ["/usr", "/etc/ssl", "/etc/pki"].iter().any(|root| path.starts_with(root));
        paths.retain(|path| path.is_absolute() && path.exists() && !visible(path) && path.components().count() > 1);
        paths.into_iter().map(|path| Mount::ReadOnly(path.clone(), path)).collect()
    }

    /// Package managers find their mirrors as the person who runs the server would.
    fn copy_package_configuration(&self, home: &Path) {
        let system = [("/etc/pip.conf", ".config/pip/pip.conf")];
        let Some(from) = &self.core.config.user_home else { return copy_all(&system, home) };
        copy_all(&system, home);
        for name in [".npmrc", ".config/pip/pip.conf", ".pip/pip.conf", ".config/uv/uv.toml"] {
            copy(&from.join(name), &home.join(name));
        }
    }
}

fn copy_all(pairs: &[(&str, &str)], home: &Path) {
    for (from, to) in pairs {
        copy(Path::new(from), &home.join(to));
    }
}

fn copy(from: &Path, to: &Path) {
    let copied = std::fs::read(from).and_then(|bytes| {
        files::make_directory(to.parent().unwrap_or(to), 0o700)?;
        files::write_atomically(to, 0o600, &bytes)
    });
    match copied {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(path = %from.display(), %error, "a package manager's configuration could not be copied");
        }
        _ => {}
    }
}

fn own_all(path: &Path, user: u32) -> io::Result<()> {
    std::os::unix::fs::lchown(path, Some(user), Some(user))?;
    if path.symlink_metadata()?.is_dir() {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))?;
        for entry in std::fs::read_dir(path)? {
            own_all(&entry?.path(), user)?;
        }
    }
    Ok(())
}

/// Starts the sandbox, carries its output over, and waits for its end.
fn run_sandbox(words: &[String], begin: Begin, told: &mpsc::Sender<Told>) -> io::Result<Outcome> {
    let (init, theirs) = UnixStream::pair()?;
    let (output, their_output) = io::pipe()?;
    let mut command = spawn::command(&words[0]);
    command.args(&words[1..]).stdin(Stdio::from(OwnedFd::from(theirs)));
    command.stdout(their_output.try_clone()?).stderr(their_output);
    let mut sandbox = command.spawn()?;
    drop(command);
    let mut heard = Outcome { exit_code: 1, message: None };
    let answers = init.try_clone()?;
    let listener = std::thread::spawn(move || {
        while let Ok(Some((message, _))) = wire::receive::<FromInit>(&answers) {
            match message {
                FromInit::Hello => {
                    let _ = wire::send(&answers, &ToInit::Begin(Box::new(begin.clone())), &[]);
                }
                FromInit::Exited { exit_code } => heard.exit_code = exit_code,
                FromInit::SpawnFailed { exit_code, message } => heard = Outcome { exit_code, message: Some(message) },
                FromInit::Started | FromInit::Ready | FromInit::NotReady { .. } => {}
            }
        }
        heard
    });
    // The end of the call shows at once, not with the next line, which may be minutes away.
    let left = told.clone();
    let hangs_up = init.try_clone()?;
    let (finished, over) = tokio::sync::oneshot::channel::<()>();
    let watcher = std::thread::spawn(move || {
        let wait = async {
            tokio::select! {
                () = left.closed() => { let _ = hangs_up.shutdown(std::net::Shutdown::Both); }
                _ = over => {}
            }
        };
        futures::executor::block_on(wait);
    });
    carry_lines(output, told);
    let outcome = listener.join().map_err(|_| io::Error::other("the listener to the sandbox failed"));
    let _ = finished.send(());
    let _ = watcher.join();
    let status = sandbox.wait()?;
    let mut outcome = outcome?;
    if outcome.message.is_none() && outcome.exit_code == 1 && !status.success() {
        outcome.exit_code = status.code().unwrap_or(1);
    }
    Ok(outcome)
}

/// Lines end with a line feed or, for progress bars, with a carriage return.
fn carry_lines(output: impl Read, told: &mpsc::Sender<Told>) {
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    let mut buffer = [0; 8 << 10];
    let flush = |line: &mut Vec<u8>| {
        let text = super::super::log_files::plain(&String::from_utf8_lossy(line));
        line.clear();
        if !text.trim().is_empty() {
            let _ = told.blocking_send(Told::Line(text));
        }
    };
    while let Ok(count) = output.read(&mut buffer) {
        if count == 0 {
            break;
        }
        for byte in &buffer[..count] {
            match byte {
                b'\n' | b'\r' => flush(&mut line),
                _ if line.len() < 4 << 10 => line.push(*byte),
                _ => {}
            }
        }
    }
    flush(&mut line);
}

fn failed(what: &str, outcome: &Outcome, reporter: &Reporter, cache: &Path) -> Error {
    let lines = reporter.last_lines();
    let hints = Hints::of(&lines, cache);
    let reason = match &outcome.message {
        Some(message) => message.clone(),
        None => format!("its command ended with exit code {}", outcome.exit_code),
    };
    let mut message = format!("{what}: {reason}.");
    if let Some(hint) = hints.text() {
        message = format!("{message} {hint}");
    }
    if !lines.is_empty() {
        message = format!("{message}\n{lines}");
    }
    let error = Error::provider_failed(message);
    if hints.may_pass() { error.retryable() } else { error }
}
