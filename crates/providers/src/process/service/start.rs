//! Starting a service, or adopting the one that runs.

use super::super::compute::ComputeMeta;
use super::super::launch::{Begin, Launch, Probe};
use super::super::layout::check_uid;
use super::super::provider::Core;
use super::super::sandbox::{self, HOME, Mount, Sandbox};
use super::super::shim::EXIT_BUSY;
use super::super::{environment, failure, files, gpu, prepare, spawn};
use super::Found;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Component, Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use warpyard_model::kinds::Network;
use warpyard_model::{Error, Result};
use warpyard_provider::{ComputeDesired, ProgressSink, ServiceDesired};

/// How long a shim may take to say that the start is over; it gives up on a sandbox by itself before that.
const START_TIMEOUT: Duration = Duration::from_secs(60);

impl Core {
    /// Prepares and starts, or adopts. Whatever step a call before was cut off at, this one goes on from what it finds: a
    /// cache that is whole, a desired state without a shim, or a shim that runs.
    pub(in super::super) async fn apply_service(
        self: &Arc<Self>,
        desired: &ServiceDesired,
        progress: &dyn ProgressSink,
    ) -> Result<()> {
        check_uid(&desired.uid)?;
        check_uid(&desired.compute_uid)?;
        let _turn = self.turns.take(&desired.uid).await;
        if self.settled(desired).await? {
            return Ok(());
        }
        self.check_requirements(desired)?;
        let prepared = prepare::all(self, &desired.prepare, progress).await?;
        // Two servers over one data directory, or a call before that was cut off: the lock decides who starts it.
        for _attempt in 0..3 {
            let (core, wanted, mounts) = (Arc::clone(self), desired.clone(), prepared.clone());
            let written = tokio::task::spawn_blocking(move || core.write_launch(wanted, mounts)).await;
            written.map_err(|error| failure::join(&error))??;
            if self.start_shim(&desired.uid).await? {
                self.watch(&desired.uid);
                return Ok(());
            }
            if self.settled(desired).await? {
                return Ok(());
            }
        }
        Err(Error::provider_failed("The service is being started by somebody else at the same time.").retryable())
    }

    /// Whether what is there answers what is wanted. What runs in an older revision is stopped.
    async fn settled(self: &Arc<Self>, desired: &ServiceDesired) -> Result<bool> {
        match self.find(&desired.uid) {
            Found::Alive(observed) if observed.revision >= desired.revision => {
                self.watch(&desired.uid);
                Ok(true)
            }
            Found::Alive(_) => {
                self.stop(&desired.uid).await?;
                Ok(false)
            }
            Found::Over(observed) => Ok(observed.revision >= desired.revision),
            Found::Nothing | Found::Lost => Ok(false),
        }
    }

    fn check_requirements(&self, desired: &ServiceDesired) -> Result<()> {
        let missing: Vec<&str> = desired.requires.iter().map(String::as_str).filter(|c| !self.machine.has_command(c)).collect();
        match missing.as_slice() {
            [] => Ok(()),
            [one] => Err(Error::provider_failed(format!(
                "{one} is needed on this machine and was not found: install {} and try again.",
                package_of(one)
            ))),
            several => Err(Error::provider_failed(format!(
                "{} are needed on this machine and were not found: install them and try again.",
                several.join(", ")
            ))),
        }
    }

    fn write_launch(&self, desired: ServiceDesired, prepared: Vec<Mount>) -> Result<()> {
        let compute = self.make_compute(&ComputeDesired {
            uid: desired.compute_uid.clone(),
            path: desired.path.clone(),
            allocation: desired.allocation.clone(),
        })?;
        let service = self.layout.service(&desired.uid);
        let failed = |error: std::io::Error| failure::io("The service could not be written down", &service.path, &error);
        let launch = self.make_launch(desired, &compute, prepared).map_err(failed)?;
        files::make_directory(&service.path, 0o700).map_err(failed)?;
        files::write_json(&service.desired(), &launch).map_err(failed)
    }

    fn make_launch(&self, desired: ServiceDesired, compute: &ComputeMeta, prepared: Vec<Mount>) -> std::io::Result<Launch> {
        let sandboxed = self.machine.has_bubblewrap();
        let home_outside = self.layout.compute(&desired.compute_uid).home();
        let home = if sandboxed { PathBuf::from(HOME) } else { home_outside.clone() };
        let directory = working_directory(&home, &desired.working_directory)?;
        let private_network = desired.network == Network::None && self.machine.private_network();
        let devices = gpu::mounts(&self.devices, &desired.allocation);
        let words = sandbox::with_init(
            &self.machine,
            &self.config.executable,
            Sandbox {
                private_network,
                hostname: desired.path.clone(),
                home: Some(home_outside),
                etc: Some(self.layout.compute(&desired.compute_uid).etc()),
                executable: None,
                hardware: !devices.is_empty(),
                mounts: devices.into_iter().chain(prepared).collect(),
            },
        );
        let mut variables = environment::base(&home, &self.machine.search_path);
        variables.extend(environment::gpus(&desired.allocation));
        variables.extend(desired.environment.clone());
        let groups = self.groups.apply_service(&compute.groups, &desired.uid)?;
        Ok(Launch {
            sandbox: words,
            begin: Begin {
                identity: compute.identity,
                own_processes: sandboxed,
                command: desired.command.clone(),
                environment: variables,
                home,
                directory,
                files: desired.files.clone(),
                readiness: Probe::of(&desired),
            },
            groups,
            isolation: self.machine.isolation(Some(desired.network == Network::None), &self.groups.statement()),
            desired,
        })
    }

    /// Starts the shim and waits until it says that the start is over. `false` when another shim holds the service.
    async fn start_shim(self: &Arc<Self>, uid: &str) -> Result<bool> {
        let service = self.layout.service(uid);
        let failed = |error: std::io::Error| failure::io("The service's supervisor could not be started", &service.path, &error);
        let errors =
            std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(service.shim_log()).map_err(failed)?;
        let mut command = spawn::command(&self.config.executable);
        command.arg("internal-shim").arg(&service.path).stdout(Stdio::piped()).stderr(errors);
        let mut shim = tokio::process::Command::from(command).spawn().map_err(failed)?;
        let output = shim.stdout.take().ok_or_else(|| Error::internal("the shim has no standard output"))?;
        let mut line = String::new();
        let told = tokio::time::timeout(START_TIMEOUT, BufReader::new(output).read_line(&mut line)).await;
        match told {
            Ok(Ok(length)) if length > 0 => {
                // Waited for, so that it leaves no zombie while this server lives.
                self.tasks.spawn(async move { shim.wait().await });
                Ok(true)
            }
            Ok(_) => {
                let status = shim.wait().await.map_err(failed)?;
                if status.code() == Some(EXIT_BUSY) {
                    return Ok(false);
                }
                let log = std::fs::read_to_string(service.shim_log()).unwrap_or_default();
                let reason = super::super::log_files::last_lines(&log, 3);
                Err(Error::provider_failed(format!("The service's supervisor ended ({status}): {reason}")).retryable())
            }
            Err(_) => {
                self.tasks.spawn(async move { shim.wait().await });
                Err(Error::provider_failed(format!("The start took longer than {} s.", START_TIMEOUT.as_secs())).retryable())
            }
        }
    }
}

/// The directory a command starts in, which lies in the home.
fn working_directory(home: &Path, relative: &str) -> std::io::Result<PathBuf> {
    let path = Path::new(relative);
    if path.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir)) {
        return Ok(home.join(path));
    }
    let message = format!("the working directory {relative:?} leads out of the home; correct the template");
    Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, message))
}

/// What to install on Debian and its relatives for a command.
fn package_of(command: &str) -> String {
    match command {
        "node" | "npm" => "nodejs and npm".to_owned(),
        "sshd" => "openssh-server".to_owned(),
        "python3" => "python3 and python3-venv".to_owned(),
        "java" => "default-jre".to_owned(),
        "R" => "r-base".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_directories_stay_in_the_home() {
        let home = Path::new("/home/warpyard");
        assert_eq!(working_directory(home, "").unwrap(), home);
        assert_eq!(working_directory(home, "work/a").unwrap(), home.join("work/a"));
        assert!(working_directory(home, "..").is_err());
        assert!(working_directory(home, "/etc").is_err());
    }
}
