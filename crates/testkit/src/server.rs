//! A whole server inside the test: real store, policies, controllers and listener; a fake provider and a fake clock.

use crate::http::Connections;
use crate::{FakeClock, Http, TestStore};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use std::collections::BTreeMap;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use warpyard_controller::catalogue;
use warpyard_controller::reconcile::{AppAddresses, Controllers, Providers, Settings as ControllerSettings};
use warpyard_model::kinds::{Gpu, Inventory, Node, RoleBinding, Target, TargetType, User};
use warpyard_model::permission::Role;
use warpyard_model::{Kind, Name, Object, ScopePath};
use warpyard_policy::Policy;
use warpyard_provider::Provider;
use warpyard_provider::fake::FakeProvider;
use warpyard_server::{AppState, Settings};
use warpyard_store::{ControllerStore, NewObject, NewSession, Store, TokenWish};

/// How long anything may take before a test counts as hanging.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How a test server is to be.
pub struct Builder {
    gpus: u32,
    cpu_millis: u64,
    memory_bytes: u64,
    catalogue: bool,
    controllers: bool,
    https: bool,
    private_providers: bool,
    store: Option<TestStore>,
}

impl Builder {
    /// So many simulated GPUs on its one node.
    #[must_use]
    pub fn gpus(mut self, count: u32) -> Self {
        self.gpus = count;
        self
    }

    /// So much CPU and memory on its one node.
    #[must_use]
    pub fn node(mut self, cpu_millis: u64, memory_bytes: u64) -> Self {
        (self.cpu_millis, self.memory_bytes) = (cpu_millis, memory_bytes);
        self
    }

    /// With the shipped catalogue.
    #[must_use]
    pub fn catalogue(mut self) -> Self {
        self.catalogue = true;
        self
    }

    /// Nothing is reconciled until [`TestServer::start_controllers`].
    #[must_use]
    pub fn without_controllers(mut self) -> Self {
        self.controllers = false;
        self
    }

    /// As it is behind a proxy that speaks HTTPS: its addresses are `https://…`, its cookies are secure ones.
    #[must_use]
    pub fn https(mut self) -> Self {
        self.https = true;
        self
    }

    /// Identity providers may be on this machine.
    #[must_use]
    pub fn private_providers(mut self) -> Self {
        self.private_providers = true;
        self
    }

    /// On this store, on whichever database it is.
    #[must_use]
    pub fn on(mut self, store: TestStore) -> Self {
        self.store = Some(store);
        self
    }

    /// Starts it.
    pub async fn start(self) -> TestServer {
        let test_store = match self.store {
            Some(store) => store,
            None => TestStore::sqlite().await,
        };
        let gpu = |index| Gpu {
            id: format!("sim-{index}"),
            index,
            model: "A100-80GB".to_owned(),
            memory_bytes: 80 << 30,
            simulated: true,
            healthy: true,
        };
        let node = Node {
            name: "fake-1".to_owned(),
            cpu_millis: self.cpu_millis,
            memory_bytes: self.memory_bytes,
            gpus: (0..self.gpus).map(gpu).collect(),
        };
        let (provider, clock) = (FakeProvider::new(), test_store.clock.clone());
        provider.set_inventory(Inventory { nodes: vec![node] });
        provider.set_clock({
            let clock = clock.clone();
            move || warpyard_store::Clock::now(&clock)
        });
        let (store, policy) = (test_store.store.clone(), test_store.policy.clone());
        let bring = store.controller(policy.controller("catalogue").expect("a known controller"));
        if self.catalogue {
            catalogue::bring(&bring).await.expect("the catalogue is sound");
        }
        bring_root(&bring).await;
        let target = Target {
            target_type: TargetType::Process,
            cordoned: false,
            cpu_millis: None,
            memory_bytes: None,
            simulated_gpus: Vec::new(),
        };
        bring.bring(NewObject::new(ScopePath::platform(), TestStore::named("local"), target)).await.expect("a target");

        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let scheme = if self.https { "https" } else { "http" };
        let addresses =
            AppAddresses { scheme: scheme.to_owned(), domain: "apps.localhost".to_owned(), port: Some(address.port()) };
        let providers = providers(&provider);
        let settings = Settings {
            public_url: format!("{scheme}://localhost:{}", address.port()),
            addresses: addresses.clone(),
            secure_cookies: self.https,
            trusted_proxies: Vec::new(),
            allow_private_providers: self.private_providers,
        };
        let state = AppState::new(store.clone(), policy.clone(), providers, settings).expect("the gateway is a known controller");
        let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
        let (stop, tracker) = (CancellationToken::new(), TaskTracker::new());
        let served = warpyard_server::serve(state, listener, stop.clone());
        tracker.spawn(async move { served.await.expect("it serves") });
        let connections: Connections = Client::builder(TokioExecutor::new()).build_http();
        let mut server = TestServer {
            controller: test_store.controller(),
            http: Http { connections, address, credentials: None },
            test_store,
            store,
            policy,
            clock,
            provider,
            address,
            addresses,
            stop,
            tracker,
            controllers: None,
            tasks,
            finished: false,
        };
        if self.controllers {
            server.start_controllers();
            server.until("the target answers", async || server.inventory_is_known().await).await;
        }
        server
    }
}

/// One person who may do everything, named `root`.
async fn bring_root(store: &ControllerStore) {
    let user = User { email: "root@example.com".to_owned(), active: true };
    let platform = ScopePath::platform();
    store.bring(NewObject::new(platform.clone(), TestStore::named("root"), user)).await.expect("root is made");
    let binding = RoleBinding::of(Name::parse("root").expect("a name"), Role::PlatformAdmin);
    store.bring(NewObject::new(platform, TestStore::named("root"), binding)).await.expect("root is bound");
}

/// Every target is the fake.
fn providers(fake: &FakeProvider) -> Providers {
    let fake = fake.clone();
    Providers::new(Arc::new(move |_: &Object<Target>| Ok(Arc::new(fake.clone()) as Arc<dyn Provider>)))
}

struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// A running server. End it with [`TestServer::finish`], which checks that nothing of it is left.
pub struct TestServer {
    /// The store with its clock and database.
    pub test_store: TestStore,
    /// The store.
    pub store: Store,
    /// The store as reconcilers see it.
    pub controller: ControllerStore,
    /// The policies.
    pub policy: Arc<Policy>,
    /// Its clock.
    pub clock: FakeClock,
    /// The provider of all its targets.
    pub provider: FakeProvider,
    /// Where it listens.
    pub address: SocketAddr,
    addresses: AppAddresses,
    http: Http,
    stop: CancellationToken,
    tracker: TaskTracker,
    controllers: Option<Running>,
    /// Tasks of the runtime before the server had any.
    tasks: usize,
    finished: bool,
}

impl TestServer {
    /// With eight GPUs and without the shipped catalogue.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// A server to describe.
    pub fn builder() -> Builder {
        Builder {
            gpus: 8,
            cpu_millis: 64_000,
            memory_bytes: 256 << 30,
            catalogue: false,
            controllers: true,
            https: false,
            private_providers: false,
            store: None,
        }
    }

    /// Requests without credentials.
    pub fn nobody(&self) -> Http {
        self.http.clone()
    }

    /// Requests of somebody, with a token made for them.
    pub async fn person(&self, name: &str) -> Http {
        let name = Name::parse(name).expect("a name");
        let token = self.store.create_token(&name, &TokenWish::full("test", 30 * 86_400)).await.expect("a token");
        self.http.with_token(&token.token)
    }

    /// Requests of somebody with a console session opened for them.
    pub async fn session(&self, name: &str) -> Http {
        let name = Name::parse(name).expect("a name");
        let secret = self.store.open_session(&name, &NewSession::default()).await.expect("a session");
        self.http.with_session(&secret)
    }

    /// Starts controllers, as a server does that begins.
    pub fn start_controllers(&mut self) {
        self.start_controllers_as("this-server");
    }

    /// The same under another name, as another server on the same database.
    pub fn start_controllers_as(&mut self, holder: &str) {
        assert!(self.controllers.is_none(), "controllers run already");
        let settings = ControllerSettings { holder: holder.to_owned(), lease_seconds: 15, addresses: self.addresses.clone() };
        // A restarted server makes its providers anew.
        let controllers = Controllers::new(self.controller.clone(), providers(&self.provider), settings);
        let stop = CancellationToken::new();
        let task = self.tracker.spawn({
            let stop = stop.clone();
            async move { controllers.run(stop).await }
        });
        self.controllers = Some(Running { stop, task });
    }

    /// Stops the controllers wherever they are, as a killed server does; the lease stays theirs.
    pub async fn crash_controllers(&mut self) {
        let running = self.controllers.take().expect("controllers run");
        running.task.abort();
        let ended = running.task.await;
        assert!(ended.is_err_and(|e| e.is_cancelled()), "they were cut off");
    }

    /// Ends the controllers in good order.
    pub async fn stop_controllers(&mut self) {
        let running = self.controllers.take().expect("controllers run");
        running.stop.cancel();
        tokio::time::timeout(PATIENCE, running.task).await.expect("controllers put down their work").expect("without a panic");
    }

    async fn inventory_is_known(&self) -> bool {
        let targets = self.controller.all::<Target>(&[]).await.expect("targets are listed");
        targets.iter().all(|t| !t.status.inventory.nodes.is_empty())
    }

    /// Waits until `holds`, looking again after every change in the store; panics when it takes too long.
    pub async fn until<F: Future<Output = bool>>(&self, what: &str, mut holds: impl FnMut() -> F) {
        self.until_some(what, || {
            let held = holds();
            async move { held.await.then_some(()) }
        })
        .await;
    }

    /// Waits until `look` finds something.
    pub async fn until_some<T, F: Future<Output = Option<T>>>(&self, what: &str, mut look: impl FnMut() -> F) -> T {
        let waited = async {
            let mut feed = self.store.changes(None);
            loop {
                if let Some(found) = look().await {
                    return found;
                }
                feed.wait().await.expect("the feed lives");
                while !feed.next_uids(self.controller.proof()).await.expect("the feed is read").is_empty() {}
            }
        };
        match tokio::time::timeout(PATIENCE, waited).await {
            Ok(found) => found,
            Err(_) => panic!("waited {} s in vain: {what}\n{}", PATIENCE.as_secs(), self.phases().await),
        }
    }

    /// Where every instance is, for a test's message.
    pub async fn phases(&self) -> String {
        use warpyard_model::kinds::{ComputeInstance, ServiceInstance};
        let mut lines = BTreeMap::new();
        for c in self.controller.all::<ComputeInstance>(&[]).await.expect("instances are listed") {
            let (kind, s) = (Kind::ComputeInstance, &c.status);
            lines.insert(format!("{kind} {}", c.metadata.name), format!("{:?} {} {:?}", s.phase, s.message, s.queue));
        }
        for c in self.controller.all::<ServiceInstance>(&[]).await.expect("instances are listed") {
            let (kind, s) = (Kind::ServiceInstance, &c.status);
            lines.insert(format!("{kind} {}", c.metadata.name), format!("{:?} {}", s.phase, s.message));
        }
        lines.into_iter().map(|(name, state)| format!("{name}: {state}\n")).collect()
    }

    /// Ends everything and checks that no task of the server is left.
    pub async fn finish(mut self) {
        self.finished = true;
        if self.controllers.is_some() {
            self.stop_controllers().await;
        }
        self.stop.cancel();
        self.tracker.close();
        let ended = tokio::time::timeout(PATIENCE, self.tracker.wait()).await;
        assert!(ended.is_ok(), "the server does not end: {} tasks are left", self.tracker.len());
        let runtime = tokio::runtime::Handle::current().metrics();
        let began = Instant::now();
        // Connections that the server closed end by themselves a moment later.
        while runtime.num_alive_tasks() > self.tasks {
            assert!(began.elapsed() < PATIENCE, "{} tasks outlive the server", runtime.num_alive_tasks() - self.tasks);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // A test that forgets to finish would never notice a worker that is left.
        assert!(self.finished || std::thread::panicking(), "end the test with `server.finish().await`");
    }
}
