//! Targets: their providers, and what is known of them.

use super::told;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use warpyard_model::kinds::{Inventory, Target};
use warpyard_model::object::set_condition;
use warpyard_model::{Condition, Error, Object, Result};
use warpyard_provider::{Capabilities, Provider};
use warpyard_store::ControllerStore;

/// Makes the provider of a target.
pub type ProviderFactory = Arc<dyn Fn(&Object<Target>) -> Result<Arc<dyn Provider>> + Send + Sync>;

/// A provider and the generation of the target it was made for.
type Made = (i64, Arc<dyn Provider>);

/// The providers of all targets, made once per generation of a target.
#[derive(Clone)]
pub struct Providers {
    factory: ProviderFactory,
    made: Arc<Mutex<HashMap<String, Made>>>,
}

impl Providers {
    /// Providers made by `factory`.
    pub fn new(factory: ProviderFactory) -> Self {
        Self { factory, made: Arc::default() }
    }

    /// The provider of a target.
    pub fn of(&self, target: &Object<Target>) -> Result<Arc<dyn Provider>> {
        let mut made = self.made.lock().map_err(|_| Error::internal("the provider table is poisoned"))?;
        let (name, generation) = (target.metadata.name.as_str(), target.metadata.generation);
        if let Some((at, provider)) = made.get(name)
            && *at == generation
        {
            return Ok(provider.clone());
        }
        let provider = (self.factory)(target)?;
        made.insert(name.to_owned(), (generation, provider.clone()));
        Ok(provider)
    }

    /// The provider of a target by name.
    pub async fn named(&self, store: &ControllerStore, name: &str) -> Result<Arc<dyn Provider>> {
        if let Ok(made) = self.made.lock()
            && let Some((_, provider)) = made.get(name)
        {
            return Ok(provider.clone());
        }
        let parsed = warpyard_model::Name::parse(name).map_err(Error::internal)?;
        let target = store.find::<Target>(&warpyard_model::ScopePath::platform(), &parsed).await?;
        self.of(&target.ok_or_else(|| Error::unavailable(format!("The target {name} is not there any more.")))?)
    }
}

/// What a target can do, in the words that profiles choose targets by.
fn words(capabilities: &Capabilities, inventory: &Inventory) -> Vec<String> {
    let mut gpus = inventory.nodes.iter().flat_map(|node| &node.gpus);
    let words = [
        ("gpus", gpus.clone().next().is_some()),
        ("limits", capabilities.enforces_limits),
        ("private_network", capabilities.private_network),
        ("real_gpus", gpus.any(|gpu| !gpu.simulated)),
    ];
    words.into_iter().filter(|(_, holds)| *holds).map(|(word, _)| word.to_owned()).collect()
}

/// Asks a target what it has and can do, and writes it down when it changed. Idempotent; a cancelled call leaves the
/// old status.
pub(crate) async fn reconcile(store: &ControllerStore, providers: &Providers, target: &Object<Target>) -> Result<bool> {
    let now = store.store().now();
    let asked = async {
        let provider = providers.of(target)?;
        let capabilities = provider.capabilities().await?;
        let inventory = provider.inventory().await?;
        Ok::<_, Error>((capabilities, inventory))
    }
    .await;
    let mut capacity_changed = false;
    store
        .write_status::<Target>(None, &target.metadata.uid, &[], |object| {
            let before = object.status.clone();
            let condition = match asked {
                Ok((capabilities, inventory)) => {
                    object.status.capabilities = words(&capabilities, &inventory);
                    object.status.isolation = capabilities.isolation;
                    object.status.commands = capabilities.commands;
                    capacity_changed = object.status.inventory != inventory;
                    object.status.inventory = inventory;
                    Condition {
                        kind: "Ready".into(),
                        status: Some(true),
                        reason: "Answers".into(),
                        message: "The target answers.".into(),
                        since: now,
                    }
                }
                Err(error) => {
                    let (reason, message) = told(&error);
                    Condition { kind: "Ready".into(), status: Some(false), reason: reason.into(), message, since: now }
                }
            };
            set_condition(&mut object.status.conditions, condition);
            let changed = object.status != before;
            object.status.seen_at = Some(now);
            // The time of last contact alone is not worth a change that every watcher hears.
            changed || before.seen_at.is_none_or(|at| now.seconds_since(at) >= 300)
        })
        .await?;
    Ok(capacity_changed)
}
