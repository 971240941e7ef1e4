//! The provider itself: what every part shares, and the trait's calls handed to the parts.

use super::cgroup::Groups;
use super::config::ProcessConfig;
use super::gpu::{self, Device};
use super::layout::{Layout, check_uid};
use super::machine::Machine;
use super::metrics::Samples;
use super::turns::Turns;
use super::{door, exec, failure, files, inventory, logs, ports, prepare};
use bytes::Bytes;
use futures::stream::BoxStream;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::sync::broadcast;
use tokio_util::task::TaskTracker;
use warpyard_model::kinds::Inventory;
use warpyard_model::{Error, Result};
use warpyard_provider::{
    BoxIo, Capabilities, ComputeDesired, ExecRequest, ExecSession, LogQuery, Metrics, ProgressSink, Provider, ServiceDesired,
    ServiceObserved,
};

/// Commands that shipped templates may ask for; looked up once to tell people what is there.
const INTERESTING_COMMANDS: [&str; 14] =
    ["bash", "curl", "gcc", "git", "go", "java", "make", "node", "npm", "python3", "R", "sshd", "tmux", "uv"];
/// Events that a slow listener may fall behind; more are lost, which listeners are prepared for.
const EVENT_BACKLOG: usize = 1024;

/// What the parts of the provider share.
pub(super) struct Core {
    pub(super) config: ProcessConfig,
    pub(super) layout: Layout,
    pub(super) machine: Machine,
    pub(super) groups: Groups,
    pub(super) devices: Vec<Device>,
    pub(super) events: broadcast::Sender<String>,
    pub(super) turns: Turns,
    pub(super) builds: Turns,
    pub(super) tasks: TaskTracker,
    pub(super) watched: Mutex<HashSet<String>>,
    pub(super) launches: Mutex<HashMap<String, super::service::KnownLaunch>>,
    pub(super) samples: Samples,
}

/// Runs services as sandboxed processes of this machine. Cheap to clone.
#[derive(Clone)]
pub struct ProcessProvider {
    core: Arc<Core>,
}

impl ProcessProvider {
    /// Looks at the machine, makes the data directory and adopts what runs. Blocks for some milliseconds; call it inside a
    /// Tokio runtime.
    ///
    /// # Errors
    /// When the data directory cannot be made or the executable is not there.
    pub fn new(mut config: ProcessConfig) -> Result<Self> {
        let made = files::make_directory(&config.data_dir, 0o700).and_then(|()| config.data_dir.canonicalize());
        config.data_dir = made.map_err(|error| failure::io("The data directory could not be made", &config.data_dir, &error))?;
        config.executable = config.executable.canonicalize().map_err(|error| {
            Error::internal(format!("the executable {} cannot be used: {error}", config.executable.display()))
        })?;
        let layout = Layout::new(&config.data_dir);
        make_directories(&layout).map_err(|error| failure::io("The data directory could not be made", layout.root(), &error))?;
        let machine = Machine::detect(&config.search_path, &config.data_dir, &layout.etc_copies(), config.allow_bubblewrap)
            .map_err(|error| failure::io("A copy of /etc could not be made", &layout.etc_copies(), &error))?;
        let groups = Groups::detect(&config.data_dir);
        let devices = gpu::devices(&config.simulated_gpus);
        let core = Arc::new(Core {
            config,
            layout,
            machine,
            groups,
            devices,
            events: broadcast::Sender::new(EVENT_BACKLOG),
            turns: Turns::default(),
            builds: Turns::default(),
            tasks: TaskTracker::new(),
            watched: Mutex::default(),
            launches: Mutex::default(),
            samples: Samples::default(),
        });
        files::empty_trash(&core.layout.trash());
        prepare::remove_half_made(&core.layout);
        for uid in core.layout.service_uids() {
            core.watch(&uid);
        }
        core.tasks.spawn(prepare::keep_tidy(Arc::downgrade(&core)));
        Ok(Self { core })
    }

    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&Core) -> Result<T> + Send + 'static) -> Result<T> {
        let core = Arc::clone(&self.core);
        tokio::task::spawn_blocking(move || work(&core)).await.map_err(|error| failure::join(&error))?
    }
}

fn make_directories(layout: &Layout) -> std::io::Result<()> {
    // Passable but not readable: a plain process that became an instance's user must reach its home, whose name it knows.
    for (directory, mode) in [
        (layout.root(), 0o711),
        (&layout.computes(), 0o711),
        (&layout.services(), 0o700),
        (&layout.cache(), 0o755),
        (&layout.etc_copies(), 0o755),
    ] {
        files::make_directory(directory, mode)?;
    }
    Ok(())
}

#[async_trait::async_trait]
impl Provider for ProcessProvider {
    async fn capabilities(&self) -> Result<Capabilities> {
        let machine = &self.core.machine;
        let commands = INTERESTING_COMMANDS.iter().filter(|name| machine.has_command(name)).map(|name| (*name).to_owned());
        Ok(Capabilities {
            isolation: machine.isolation(None, &self.core.groups.statement()),
            enforces_limits: self.core.groups.enforce_limits(),
            private_network: machine.private_network(),
            commands: commands.collect(),
        })
    }

    async fn inventory(&self) -> Result<Inventory> {
        Ok(inventory::inventory(&self.core.config, &self.core.devices))
    }

    async fn plan_service(&self, desired: &ServiceDesired) -> Result<String> {
        self.core.plan_service(desired)
    }

    async fn apply_compute(&self, desired: &ComputeDesired) -> Result<()> {
        check_uid(&desired.uid)?;
        let _turn = self.core.turns.take(&desired.uid).await;
        let desired = desired.clone();
        self.blocking(move |core| core.make_compute(&desired).map(drop)).await
    }

    async fn observe_compute(&self, uid: &str) -> Result<bool> {
        check_uid(uid)?;
        Ok(self.core.layout.compute(uid).meta().exists())
    }

    async fn destroy_compute(&self, uid: &str) -> Result<()> {
        check_uid(uid)?;
        let owner = uid.to_owned();
        let services = self.blocking(move |core| Ok(core.services_of(&owner))).await?;
        for service in services {
            self.core.destroy_service(&service).await?;
        }
        let _turn = self.core.turns.take(uid).await;
        let uid = uid.to_owned();
        self.blocking(move |core| core.remove_compute(&uid)).await
    }

    async fn ports(&self, uid: &str, endpoints: &[String]) -> Result<BTreeMap<String, u16>> {
        check_uid(uid)?;
        let (uid, endpoints) = (uid.to_owned(), endpoints.to_vec());
        let _turn = self.core.turns.take(&uid).await;
        self.blocking(move |core| {
            ports::allot(&core.layout, &uid, &endpoints)
                .map_err(|error| failure::io("No ports could be allotted", Path::new(""), &error))
        })
        .await
    }

    async fn apply_service(&self, desired: &ServiceDesired, progress: &dyn ProgressSink) -> Result<()> {
        self.core.apply_service(desired, progress).await
    }

    async fn observe_service(&self, uid: &str) -> Result<ServiceObserved> {
        check_uid(uid)?;
        Ok(self.core.observe(uid))
    }

    async fn stop_service(&self, uid: &str) -> Result<()> {
        check_uid(uid)?;
        let _turn = self.core.turns.take(uid).await;
        self.core.stop(uid).await
    }

    async fn destroy_service(&self, uid: &str) -> Result<()> {
        check_uid(uid)?;
        self.core.destroy_service(uid).await
    }

    async fn logs(&self, uid: &str, query: &LogQuery) -> Result<BoxStream<'static, std::io::Result<Bytes>>> {
        check_uid(uid)?;
        logs::read(&self.core, uid, query).await
    }

    async fn exec(&self, uid: &str, request: &ExecRequest) -> Result<ExecSession> {
        check_uid(uid)?;
        exec::exec(&self.core, uid, request).await
    }

    async fn connect(&self, uid: &str, endpoint: &str) -> Result<BoxIo> {
        check_uid(uid)?;
        door::connect(&self.core, uid, endpoint).await
    }

    async fn metrics(&self, uid: &str) -> Result<Metrics> {
        check_uid(uid)?;
        self.core.metrics(uid).await
    }

    fn events(&self) -> broadcast::Receiver<String> {
        self.core.events.subscribe()
    }
}
