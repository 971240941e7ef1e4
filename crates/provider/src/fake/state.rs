//! What the fake remembers, and how its services move on.

use super::{Behaviour, Call, Failure, Ports, Ready, default_capabilities, default_inventory};
use crate::{Capabilities, ComputeDesired, Metrics, RunState, ServiceDesired, ServiceObserved};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use tokio::sync::{broadcast, watch};
use warpyard_model::kinds::{Inventory, RestartPolicy};
use warpyard_model::{Result, Timestamp};

/// Automatic restarts before a service is given up.
const MOST_RESTARTS: u32 = 5;

type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Shared by all objects over one state.
pub(super) struct Shared {
    pub(super) state: Mutex<State>,
    pub(super) events: broadcast::Sender<String>,
    /// Moves with every change, for those who wait for one.
    pub(super) version: watch::Sender<u64>,
}

impl Default for Shared {
    fn default() -> Self {
        Self { state: Mutex::default(), events: broadcast::Sender::new(1024), version: watch::Sender::new(0) }
    }
}

impl Shared {
    /// Something changed that only waiting calls care about.
    pub(super) fn touch(&self) {
        self.version.send_modify(|version| *version += 1);
    }

    /// Something about a service changed by itself.
    pub(super) fn tell(&self, uid: &str) {
        self.touch();
        let _ = self.events.send(uid.to_owned());
    }
}

pub(super) struct State {
    pub(super) inventory: Inventory,
    pub(super) capabilities: Capabilities,
    pub(super) now: Option<Now>,
    counted_millis: i64,
    pub(super) computes: BTreeMap<String, ComputeDesired>,
    pub(super) services: BTreeMap<String, Service>,
    pub(super) ports: Ports,
    pub(super) prepared: BTreeSet<Vec<String>>,
    pub(super) metrics: BTreeMap<String, Metrics>,
    pub(super) behaviours: BTreeMap<String, Behaviour>,
    pub(super) default_behaviour: Behaviour,
    pub(super) failures: Vec<Failure>,
    pub(super) calls: BTreeMap<Call, u32>,
    pub(super) starts: BTreeMap<String, u32>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            inventory: default_inventory(),
            capabilities: default_capabilities(),
            now: None,
            // The first of January 2026: any fixed moment will do.
            counted_millis: 1_767_225_600_000,
            computes: BTreeMap::new(),
            services: BTreeMap::new(),
            ports: Ports::new(),
            prepared: BTreeSet::new(),
            metrics: BTreeMap::new(),
            behaviours: BTreeMap::new(),
            default_behaviour: Behaviour::default(),
            failures: Vec::new(),
            calls: BTreeMap::new(),
            starts: BTreeMap::new(),
        }
    }
}

impl State {
    pub(super) fn now(&mut self) -> Timestamp {
        self.counted_millis += 1;
        self.now.as_ref().map_or_else(|| Timestamp::from_millis(self.counted_millis), |now| now())
    }

    pub(super) fn behaviour(&self, uid: &str, path: &str) -> Behaviour {
        self.behaviours.get(uid).or_else(|| self.behaviours.get(path)).unwrap_or(&self.default_behaviour).clone()
    }

    /// Counts a call; fails it if that was asked for, before the deed or (`after`) after it.
    pub(super) fn fails(&mut self, call: Call, uid: &str, path: &str, after: bool) -> Result<()> {
        if !after {
            *self.calls.entry(call).or_default() += 1;
        }
        let meant = |failure: &Failure| {
            let whose = failure.of.as_deref().is_none_or(|of| of == uid || of == path);
            failure.call == call && failure.after == after && whose && failure.times > 0
        };
        match self.failures.iter_mut().find(|failure| meant(failure)) {
            Some(failure) => {
                failure.times -= 1;
                Err(failure.error())
            }
            None => Ok(()),
        }
    }

    /// Starts a service's process, in this call or by itself.
    pub(super) fn start(&mut self, desired: &ServiceDesired) {
        let now = self.now();
        *self.starts.entry(desired.uid.clone()).or_default() += 1;
        let behaviour = self.behaviour(&desired.uid, &desired.path);
        let isolation = self.capabilities.isolation.clone();
        let before = self.services.remove(&desired.uid);
        let mut service = Service {
            desired: desired.clone(),
            observed: ServiceObserved {
                state: RunState::Running,
                revision: desired.revision,
                ready: false,
                started_at: Some(now),
                isolation,
                ..ServiceObserved::default()
            },
            log: before.map(|service| service.log).unwrap_or_default(),
            behaviour,
            observes: 0,
        };
        service.begin();
        self.services.insert(desired.uid.clone(), service);
    }
}

/// One service.
pub(super) struct Service {
    pub(super) desired: ServiceDesired,
    pub(super) observed: ServiceObserved,
    pub(super) log: String,
    behaviour: Behaviour,
    observes: u32,
}

impl Service {
    pub(super) fn is_alive(&self) -> bool {
        matches!(self.observed.state, RunState::Running | RunState::Restarting)
    }

    /// The command listens on its endpoints.
    pub(super) fn listens(&self) -> bool {
        self.observed.state == RunState::Running && self.program() != "fake-print"
    }

    fn program(&self) -> &str {
        self.desired.command.first().map_or("", String::as_str)
    }

    fn argument(&self) -> &str {
        self.desired.command.get(1).map_or("", String::as_str)
    }

    /// What a process does first.
    fn begin(&mut self) {
        let argument = self.argument().to_owned();
        match self.program().to_owned().as_str() {
            "fake-print" => self.log.push_str(&format!("{argument}\n")),
            "fake-exit" => {
                self.log.push_str(&format!("ending with {argument}\n"));
                return self.fall(argument.parse().unwrap_or(1));
            }
            program if program.starts_with("no-such-") => {
                self.end(127);
                self.observed.message = format!("the command {program:?} was not found");
                return;
            }
            _ => {}
        }
        let silent = self.desired.readiness.is_some() && !self.listens();
        self.observed.ready = self.behaviour.ready == Ready::AtOnce && !silent;
    }

    /// Ends by itself, and is started again if its policy says so.
    fn fall(&mut self, exit_code: i32) {
        self.end(exit_code);
        let again = exit_code != 0 && self.desired.restart == RestartPolicy::OnFailure;
        if again && self.observed.restarts < MOST_RESTARTS {
            self.observed.state = RunState::Restarting;
        } else if again {
            self.observed.message = format!("gave up after {MOST_RESTARTS} restarts: {}", self.observed.message);
        }
    }

    /// Ends for good.
    pub(super) fn end(&mut self, exit_code: i32) {
        self.observed.state = RunState::Exited;
        self.observed.ready = false;
        self.observed.exit_code = Some(exit_code);
        let last = self.log.lines().last().unwrap_or_default();
        self.observed.message = if exit_code == 0 { String::new() } else { format!("exited with code {exit_code}: {last}") };
    }

    pub(super) fn stop(&mut self) {
        if self.is_alive() {
            self.end(143);
            "stopped".clone_into(&mut self.observed.message);
        }
    }

    /// Moves on after having been looked at. Whether something changed, and whether a process was started.
    pub(super) fn move_on(&mut self) -> (bool, bool) {
        self.observes += 1;
        if self.observed.state == RunState::Restarting {
            self.observed.state = RunState::Running;
            self.observed.restarts += 1;
            self.begin();
            return (true, true);
        }
        if self.observed.state != RunState::Running {
            return (false, false);
        }
        if let Some((after, exit_code)) = self.behaviour.ends
            && self.observes >= after
        {
            self.behaviour.ends = None;
            self.fall(exit_code);
            return (true, false);
        }
        let complaint = match (&self.behaviour.ready, &self.desired.readiness) {
            (Ready::AfterObserves(wanted), _) => {
                self.observed.ready |= self.observes >= *wanted;
                return (self.observes <= *wanted, false);
            }
            (Ready::Never(message), _) => message.clone(),
            (Ready::AtOnce, Some(readiness)) if !self.listens() => {
                let port = self.desired.endpoints.iter().find(|e| e.name == readiness.endpoint).map_or(0, |e| e.port);
                format!("port {port} was not opened within {} s", readiness.timeout_seconds)
            }
            _ => return (false, false),
        };
        self.end(143);
        self.observed.message = complaint;
        (true, false)
    }
}
