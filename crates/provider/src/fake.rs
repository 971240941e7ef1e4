//! A provider that only pretends, by script: for tests of everything above providers.
//!
//! It is deterministic: no threads, no timers, no randomness; time comes from a counter or from the test. What services
//! do follows from their [`Behaviour`], found by uid or by path; what goes wrong is said with [`FakeProvider::fail`]. Every
//! call and every start is counted, so a test can say that nothing happened twice. Commands are not run: those of
//! [`COMMANDS`] do what the conformance suite wants, words that begin with `no-such-` are missing, and any other command
//! is an app that listens on all its endpoints.

mod provider;
mod state;
mod streams;

use crate::conformance::Commands;
use crate::{Capabilities, Metrics};
use state::{Shared, State};
use std::collections::BTreeMap;
use std::sync::{Arc, MutexGuard, PoisonError};
use warpyard_model::kinds::{Gpu, Inventory, Node};
use warpyard_model::{Error, Timestamp};

/// Commands that the fake understands.
pub const COMMANDS: Commands = Commands {
    serve: |port| words("fake-serve", port),
    print_and_wait: |text| words("fake-print", text),
    exit: |code| words("fake-exit", code),
    say: |text| words("fake-say", text),
    copy: |text| words("fake-copy", text),
    size: |text| words("fake-size", text),
    prepare: |text| words("fake-prepare", text),
    prepare_failing: |text| words("fake-prepare-failing", text),
};

fn words(program: &str, argument: &str) -> Vec<String> {
    vec![program.to_owned(), argument.to_owned()]
}

/// The calls of a provider, for counting and for failing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is named after its method")]
pub enum Call {
    Capabilities,
    Inventory,
    PlanService,
    ApplyCompute,
    ObserveCompute,
    DestroyCompute,
    Ports,
    ApplyService,
    ObserveService,
    StopService,
    DestroyService,
    Logs,
    Exec,
    Connect,
    Metrics,
}

/// When a service becomes ready.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Ready {
    /// With its start.
    #[default]
    AtOnce,
    /// When it was observed so many times.
    AfterObserves(u32),
    /// When the test says [`FakeProvider::make_ready`].
    WhenTold,
    /// Never: when it was observed once, its start has failed with this message and it is ended.
    Never(String),
}

/// What a service does once it was started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Behaviour {
    /// When it becomes ready.
    pub ready: Ready,
    /// It ends by itself when it was observed so many times (at least once), with this exit code.
    pub ends: Option<(u32, i32)>,
    /// A prepare step of this name breaks with this message.
    pub breaks_at: Option<(String, String)>,
    /// [`crate::Provider::apply_service`] waits, after its prepare steps began, until [`FakeProvider::release`].
    pub held: bool,
}

/// A failure to come.
#[derive(Debug, Clone)]
pub struct Failure {
    /// In which call.
    pub call: Call,
    /// For which uid or path; any where absent.
    pub of: Option<String>,
    /// What was asked is done all the same: as when a server dies between doing and noting.
    pub after: bool,
    /// How many times.
    pub times: u32,
    /// What the call says.
    pub message: String,
    /// Whether the call says that another try may help.
    pub retryable: bool,
}

impl Failure {
    /// One retryable failure of any instance, before anything is done.
    pub fn once(call: Call) -> Self {
        Self { call, of: None, after: false, times: 1, message: format!("{call:?} was made to fail"), retryable: true }
    }

    fn error(&self) -> Error {
        let error = Error::provider_failed(self.message.clone());
        if self.retryable { error.retryable() } else { error }
    }
}

/// The scripted provider. A clone is another provider object over the same state, as after a restart of the server.
#[derive(Clone, Default)]
pub struct FakeProvider {
    shared: Arc<Shared>,
}

impl FakeProvider {
    /// One node with 64 cores, 256 GiB and eight simulated GPUs, where everything works at once.
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the inventory.
    pub fn set_inventory(&self, inventory: Inventory) {
        self.state().inventory = inventory;
    }

    /// Replaces the capabilities.
    pub fn set_capabilities(&self, capabilities: Capabilities) {
        self.state().capabilities = capabilities;
    }

    /// Takes the time from the test; without it every moment is a millisecond after the one before.
    pub fn set_clock(&self, now: impl Fn() -> Timestamp + Send + Sync + 'static) {
        self.state().now = Some(Arc::new(now));
    }

    /// Scripts one service, by uid or by path. Counts from its next start.
    pub fn behave(&self, uid_or_path: &str, behaviour: Behaviour) {
        self.state().behaviours.insert(uid_or_path.to_owned(), behaviour);
    }

    /// Scripts every service without a script of its own.
    pub fn behave_by_default(&self, behaviour: Behaviour) {
        self.state().default_behaviour = behaviour;
    }

    /// Makes calls fail.
    pub fn fail(&self, failure: Failure) {
        self.state().failures.push(failure);
    }

    /// Lets the held [`crate::Provider::apply_service`] of a service go on; those after it too.
    pub fn release(&self, uid_or_path: &str) {
        let mut state = self.state();
        let mut behaviour = state.behaviours.get(uid_or_path).cloned().unwrap_or_else(|| state.default_behaviour.clone());
        behaviour.held = false;
        state.behaviours.insert(uid_or_path.to_owned(), behaviour);
        drop(state);
        self.shared.touch();
    }

    /// The service becomes ready by itself.
    pub fn make_ready(&self, uid: &str) {
        self.change(uid, |service| {
            service.observed.ready = true;
            service.observed.message.clear();
        });
    }

    /// The service's process ends by itself, for good.
    pub fn end(&self, uid: &str, exit_code: i32) {
        self.change(uid, |service| service.end(exit_code));
    }

    /// The service and all that ran of it vanish, as in a restart of the machine.
    pub fn lose(&self, uid: &str) {
        self.state().services.remove(uid);
        self.shared.tell(uid);
    }

    /// Replaces what [`crate::Provider::metrics`] answers for a service.
    pub fn set_metrics(&self, uid: &str, metrics: Metrics) {
        self.state().metrics.insert(uid.to_owned(), metrics);
    }

    /// Appends to a service's log.
    pub fn print(&self, uid: &str, text: &str) {
        if let Some(service) = self.state().services.get_mut(uid) {
            service.log.push_str(text);
        }
        self.shared.touch();
    }

    /// How often a call was made, failed ones included.
    pub fn count(&self, call: Call) -> u32 {
        self.state().calls.get(&call).copied().unwrap_or(0)
    }

    /// How often a service's process was started, automatic restarts included. Stays when the service is destroyed.
    pub fn starts(&self, uid: &str) -> u32 {
        self.state().starts.get(uid).copied().unwrap_or(0)
    }

    /// Uids of services whose process runs.
    pub fn running(&self) -> Vec<String> {
        let state = self.state();
        state.services.iter().filter(|(_, service)| service.is_alive()).map(|(uid, _)| uid.clone()).collect()
    }

    /// Uids of services of which anything is there.
    pub fn services(&self) -> Vec<String> {
        self.state().services.keys().cloned().collect()
    }

    /// Uids of compute instances.
    pub fn computes(&self) -> Vec<String> {
        self.state().computes.keys().cloned().collect()
    }

    /// What a service was last asked to be.
    pub fn desired(&self, uid: &str) -> Option<crate::ServiceDesired> {
        self.state().services.get(uid).map(|service| service.desired.clone())
    }

    fn change(&self, uid: &str, change: impl FnOnce(&mut state::Service)) {
        if let Some(service) = self.state().services.get_mut(uid) {
            change(service);
        }
        self.shared.tell(uid);
    }
}

fn default_inventory() -> Inventory {
    let gpu = |index| Gpu {
        id: format!("sim-{index}"),
        index,
        model: "A100-80GB".to_owned(),
        memory_bytes: 80 << 30,
        simulated: true,
        healthy: true,
    };
    let gpus = (0..8).map(gpu).collect();
    Inventory { nodes: vec![Node { name: "fake-1".to_owned(), cpu_millis: 64_000, memory_bytes: 256 << 30, gpus }] }
}

fn default_capabilities() -> Capabilities {
    Capabilities {
        isolation: "Nothing runs: this target only pretends.".to_owned(),
        enforces_limits: false,
        private_network: true,
        commands: vec!["node".to_owned(), "python3".to_owned()],
    }
}

type Ports = BTreeMap<String, BTreeMap<String, u16>>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::{self, Suite};
    use crate::{Progress, ProgressSink, Provider, RunState, ServiceDesired};
    use futures::FutureExt;
    use warpyard_model::kinds::{Allocation, Network, RestartPolicy};

    struct Silent;
    impl ProgressSink for Silent {
        fn report(&self, _: Progress) {}
    }

    fn desired(uid: &str) -> ServiceDesired {
        ServiceDesired {
            uid: uid.to_owned(),
            compute_uid: "c".to_owned(),
            path: format!("/acme/{uid}"),
            allocation: Allocation::default(),
            revision: 1,
            requires: Vec::new(),
            prepare: Vec::new(),
            files: Vec::new(),
            command: vec!["app".to_owned()],
            environment: BTreeMap::new(),
            working_directory: String::new(),
            network: Network::None,
            restart: RestartPolicy::OnFailure,
            batch: false,
            stop_grace_seconds: 1,
            endpoints: Vec::new(),
            readiness: None,
            activity: Vec::new(),
        }
    }

    async fn seen(fake: &FakeProvider, uid: &str) -> crate::ServiceObserved {
        fake.observe_service(uid).await.unwrap()
    }

    #[tokio::test]
    async fn the_fake_conforms() {
        let fake = FakeProvider::new();
        let make = move || Arc::new(fake.clone()) as Arc<dyn Provider>;
        conformance::run(&Suite { make: Box::new(make), commands: COMMANDS, prefix: "f".to_owned(), prepares: true }).await;
    }

    #[tokio::test]
    async fn readiness_follows_the_script() {
        let fake = FakeProvider::new();
        fake.behave("/acme/late", Behaviour { ready: Ready::AfterObserves(2), ..Behaviour::default() });
        fake.behave("told", Behaviour { ready: Ready::WhenTold, ..Behaviour::default() });
        fake.behave_by_default(Behaviour { ready: Ready::Never("no".to_owned()), ..Behaviour::default() });
        for uid in ["late", "told", "never"] {
            fake.apply_service(&desired(uid), &Silent).await.unwrap();
        }
        let late = [seen(&fake, "late").await.ready, seen(&fake, "late").await.ready, seen(&fake, "late").await.ready];
        assert_eq!(late, [false, false, true]);
        assert!(!seen(&fake, "told").await.ready);
        fake.make_ready("told");
        assert!(seen(&fake, "told").await.ready);
        assert_eq!(seen(&fake, "never").await.message, "");
        let never = seen(&fake, "never").await;
        assert_eq!((never.state, never.message.as_str()), (RunState::Exited, "no"));
    }

    #[tokio::test]
    async fn failures_come_before_or_after_the_deed() {
        let fake = FakeProvider::new();
        fake.fail(Failure::once(Call::ApplyService));
        assert!(fake.apply_service(&desired("s"), &Silent).await.unwrap_err().retryable);
        assert_eq!(seen(&fake, "s").await.state, RunState::Absent);
        fake.fail(Failure { after: true, ..Failure::once(Call::ApplyService) });
        assert!(fake.apply_service(&desired("s"), &Silent).await.is_err());
        assert_eq!(seen(&fake, "s").await.state, RunState::Running);
        fake.apply_service(&desired("s"), &Silent).await.unwrap();
        assert_eq!((fake.starts("s"), fake.count(Call::ApplyService)), (1, 3));
        fake.end("s", 0);
        assert_eq!(seen(&fake, "s").await.exit_code, Some(0));
        fake.lose("s");
        assert_eq!(seen(&fake, "s").await.state, RunState::Absent);
    }

    #[tokio::test]
    async fn a_held_start_waits() {
        let fake = FakeProvider::new();
        fake.behave("s", Behaviour { held: true, ..Behaviour::default() });
        let wanted = desired("s");
        let mut start = fake.apply_service(&wanted, &Silent);
        assert!((&mut start).now_or_never().is_none());
        assert_eq!(fake.starts("s"), 0);
        fake.release("s");
        start.await.unwrap();
        assert_eq!(fake.running(), ["s"]);
    }
}
