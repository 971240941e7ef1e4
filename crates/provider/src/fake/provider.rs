//! The fake as a provider.

use super::state::State;
use super::{Call, FakeProvider, streams};
use crate::{
    BoxIo, Capabilities, ComputeDesired, ExecRequest, ExecSession, LogQuery, Metrics, Progress, ProgressSink, Provider, RunState,
    ServiceDesired, ServiceObserved,
};
use bytes::Bytes;
use futures::stream::BoxStream;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::broadcast;
use warpyard_model::kinds::Inventory;
use warpyard_model::{Error, Result};

impl FakeProvider {
    /// Counts and fails before the deed, does it, fails after it.
    fn call<T>(&self, call: Call, uid: &str, path: &str, deed: impl FnOnce(&mut State) -> Result<T>) -> Result<T> {
        let mut state = self.state();
        state.fails(call, uid, path, false)?;
        let done = deed(&mut state)?;
        state.fails(call, uid, path, true)?;
        Ok(done)
    }

    /// Makes the steps that are missing; whether they may go on is another question.
    fn prepare(&self, desired: &ServiceDesired, progress: &dyn ProgressSink) -> Result<()> {
        let mut state = self.state();
        let broken = state.behaviour(&desired.uid, &desired.path).breaks_at;
        for step in &desired.prepare {
            let id = format!("prepare:{}", step.name);
            progress.report(Progress::Started { step: id.clone(), title: step.title.clone() });
            let key: Vec<String> = [&step.name].into_iter().chain(&step.command).cloned().collect();
            if state.prepared.contains(&key) {
                progress.report(Progress::Done { step: id, skipped: true });
                continue;
            }
            let argument = step.command.get(1).cloned().unwrap_or_default();
            let update = Progress::Update { step: id.clone(), progress: Some(0.5), message: argument.clone() };
            progress.report(update);
            let failure = match &broken {
                Some((name, message)) if *name == step.name => Some(message.clone()),
                _ if step.command.first().is_some_and(|program| program == "fake-prepare-failing") => {
                    Some(format!("{:?} could not be prepared: its command ended with exit code 7.\n{argument}", step.title))
                }
                _ => None,
            };
            if let Some(message) = failure {
                progress.report(Progress::Failed { step: id, message: message.clone() });
                return Err(Error::provider_failed(message));
            }
            state.prepared.insert(key);
            progress.report(Progress::Done { step: id, skipped: false });
        }
        Ok(())
    }

    /// Waits while the service's start is held.
    async fn wait_for_release(&self, desired: &ServiceDesired) {
        let mut changes = self.shared.version.subscribe();
        while self.state().behaviour(&desired.uid, &desired.path).held {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }
}

fn is_settled(state: &State, desired: &ServiceDesired) -> bool {
    state.services.get(&desired.uid).is_some_and(|service| service.observed.revision >= desired.revision)
}

fn not_running() -> Error {
    Error::unavailable("The service is not running.")
}

#[async_trait::async_trait]
impl Provider for FakeProvider {
    async fn capabilities(&self) -> Result<Capabilities> {
        self.call(Call::Capabilities, "", "", |state| Ok(state.capabilities.clone()))
    }

    async fn inventory(&self) -> Result<Inventory> {
        self.call(Call::Inventory, "", "", |state| Ok(state.inventory.clone()))
    }

    async fn plan_service(&self, desired: &ServiceDesired) -> Result<String> {
        self.call(Call::PlanService, &desired.uid, &desired.path, |_| Ok(format!("Pretend to run {}", desired.path)))
    }

    async fn apply_compute(&self, desired: &ComputeDesired) -> Result<()> {
        self.call(Call::ApplyCompute, &desired.uid, &desired.path, |state| {
            state.computes.insert(desired.uid.clone(), desired.clone());
            Ok(())
        })
    }

    async fn observe_compute(&self, uid: &str) -> Result<bool> {
        self.call(Call::ObserveCompute, uid, "", |state| Ok(state.computes.contains_key(uid)))
    }

    async fn destroy_compute(&self, uid: &str) -> Result<()> {
        let done = self.call(Call::DestroyCompute, uid, "", |state| {
            state.computes.remove(uid);
            state.services.retain(|_, service| service.desired.compute_uid != uid);
            Ok(())
        });
        self.shared.touch();
        done
    }

    async fn ports(&self, uid: &str, endpoints: &[String]) -> Result<BTreeMap<String, u16>> {
        self.call(Call::Ports, uid, "", |state| {
            let mut next = 20_000 + state.ports.values().map(|ports| ports.len() as u16).sum::<u16>();
            let ports = state.ports.entry(uid.to_owned()).or_default();
            for name in endpoints {
                ports.entry(name.clone()).or_insert_with(|| {
                    next += 1;
                    next
                });
            }
            Ok(ports.clone())
        })
    }

    async fn apply_service(&self, desired: &ServiceDesired, progress: &dyn ProgressSink) -> Result<()> {
        self.state().fails(Call::ApplyService, &desired.uid, &desired.path, false)?;
        if !is_settled(&self.state(), desired) {
            if let Some(missing) = desired.requires.iter().find(|name| name.starts_with("no-such-")) {
                return Err(Error::provider_failed(format!("{missing} is needed on this machine and was not found.")));
            }
            self.prepare(desired, progress)?;
            self.wait_for_release(desired).await;
        }
        {
            let mut state = self.state();
            // Asked again: another call may have started it meanwhile.
            if !is_settled(&state, desired) {
                state.start(desired);
            }
        }
        self.shared.touch();
        self.state().fails(Call::ApplyService, &desired.uid, &desired.path, true)
    }

    async fn observe_service(&self, uid: &str) -> Result<ServiceObserved> {
        let (observed, changed) = self.call(Call::ObserveService, uid, "", |state| {
            let Some(service) = state.services.get_mut(uid) else { return Ok((ServiceObserved::default(), false)) };
            let observed = service.observed.clone();
            let (changed, started) = service.move_on();
            if started {
                *state.starts.entry(uid.to_owned()).or_default() += 1;
            }
            Ok((observed, changed))
        })?;
        if changed {
            self.shared.tell(uid);
        }
        Ok(observed)
    }

    async fn stop_service(&self, uid: &str) -> Result<()> {
        let done = self.call(Call::StopService, uid, "", |state| {
            if let Some(service) = state.services.get_mut(uid) {
                service.stop();
            }
            Ok(())
        });
        self.shared.touch();
        done
    }

    async fn destroy_service(&self, uid: &str) -> Result<()> {
        let done = self.call(Call::DestroyService, uid, "", |state| {
            state.services.remove(uid);
            Ok(())
        });
        self.shared.touch();
        done
    }

    async fn logs(&self, uid: &str, query: &LogQuery) -> Result<BoxStream<'static, std::io::Result<Bytes>>> {
        let position = self.call(Call::Logs, uid, "", |state| {
            let log = state.services.get(uid).map_or("", |service| service.log.as_str());
            let Some(tail) = query.tail else { return Ok(0) };
            let kept: usize = log.split_inclusive('\n').rev().take(tail as usize).map(str::len).sum();
            Ok(log.len() - kept)
        })?;
        Ok(streams::log(Arc::clone(&self.shared), uid.to_owned(), position, query.follow))
    }

    async fn exec(&self, uid: &str, request: &ExecRequest) -> Result<ExecSession> {
        self.call(Call::Exec, uid, "", |state| {
            state.services.get(uid).filter(|service| service.observed.state == RunState::Running).ok_or_else(not_running)?;
            streams::session(request)
        })
    }

    async fn connect(&self, uid: &str, endpoint: &str) -> Result<BoxIo> {
        self.call(Call::Connect, uid, "", |state| {
            let service = state.services.get(uid).ok_or_else(not_running)?;
            if !service.desired.endpoints.iter().any(|e| e.name == endpoint) {
                return Err(Error::not_found(format!("The service has no endpoint named {endpoint:?}.")));
            }
            if !service.listens() {
                return Err(not_running());
            }
            Ok(Box::new(streams::App::new(uid, endpoint)) as BoxIo)
        })
    }

    async fn metrics(&self, uid: &str) -> Result<Metrics> {
        self.call(Call::Metrics, uid, "", |state| {
            state.services.get(uid).filter(|service| service.is_alive()).ok_or_else(not_running)?;
            Ok(state.metrics.get(uid).cloned().unwrap_or_default())
        })
    }

    fn events(&self) -> broadcast::Receiver<String> {
        self.shared.events.subscribe()
    }
}
