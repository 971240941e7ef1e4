//! What instances hold of a target. Booking is one transaction, and the GPU table's key makes double booking impossible.

use crate::ControllerStore;
use crate::db::{Conn, args};
use std::collections::{BTreeMap, HashMap};
use warpyard_model::kinds::{Allocation, GpuUse, Inventory, ResolvedSize, Usage};
use warpyard_model::{Error, Result};

/// What an instance wants of a target.
#[derive(Debug, Clone)]
pub struct Want<'a> {
    /// The compute instance.
    pub instance_uid: &'a str,
    /// The target's name.
    pub target: &'a str,
    /// What the target has.
    pub inventory: &'a Inventory,
    /// How much.
    pub size: &'a ResolvedSize,
}

/// What one instance holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The compute instance.
    pub instance_uid: String,
    /// What.
    pub allocation: Allocation,
}

/// What is free on a node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Free {
    /// The node.
    pub node: String,
    /// CPU in thousandths of a core.
    pub cpu_millis: u64,
    /// Memory in bytes.
    pub memory_bytes: u64,
    /// Free healthy GPUs: id, index, model, simulated.
    pub gpus: Vec<(String, u32, String, bool)>,
}

impl Free {
    /// What is free on each node of `inventory` when `held` is taken.
    pub fn of(inventory: &Inventory, held: &[Held]) -> Vec<Free> {
        inventory
            .nodes
            .iter()
            .map(|node| {
                let here: Vec<&Allocation> = held.iter().map(|h| &h.allocation).filter(|a| a.node == node.name).collect();
                let taken = |id: &str| here.iter().any(|a| a.gpus.iter().any(|g| g == id));
                Free {
                    node: node.name.clone(),
                    cpu_millis: node.cpu_millis.saturating_sub(here.iter().map(|a| a.cpu_millis).sum()),
                    memory_bytes: node.memory_bytes.saturating_sub(here.iter().map(|a| a.memory_bytes).sum()),
                    gpus: node
                        .gpus
                        .iter()
                        .filter(|g| g.healthy && !taken(&g.id))
                        .map(|g| (g.id.clone(), g.index, g.model.clone(), g.simulated))
                        .collect(),
                }
            })
            .collect()
    }

    /// Whether `size` fits here now.
    pub fn fits(&self, size: &ResolvedSize) -> bool {
        self.cpu_millis >= size.cpu_millis && self.memory_bytes >= size.memory_bytes && self.gpus_for(size).is_some()
    }

    fn gpus_for(&self, size: &ResolvedSize) -> Option<Vec<&(String, u32, String, bool)>> {
        let wanted = size.gpu_count as usize;
        if wanted == 0 {
            return Some(Vec::new());
        }
        // All of one model: a job that spans two models runs at the pace of the slower.
        let mut by_model: BTreeMap<&str, Vec<&(String, u32, String, bool)>> = BTreeMap::new();
        for gpu in &self.gpus {
            if size.gpu_model.as_deref().is_none_or(|m| m == gpu.2) {
                by_model.entry(&gpu.2).or_default().push(gpu);
            }
        }
        // The smallest group that is large enough, so that large groups stay whole.
        let group = by_model.into_values().filter(|g| g.len() >= wanted).min_by_key(Vec::len)?;
        Some(group.into_iter().take(wanted).collect())
    }
}

async fn held(conn: &mut Conn, target: &str) -> Result<Vec<Held>> {
    let mut gpus: HashMap<String, Vec<(String, u32, bool)>> = HashMap::new();
    let rows = conn
        .all(
            "SELECT instance_uid, gpu, gpu_index, simulated FROM allocation_gpu WHERE target = $1 ORDER BY gpu_index",
            args![target],
        )
        .await?;
    for row in &rows {
        let index = u32::try_from(row.int("gpu_index")?).map_err(Error::internal)?;
        gpus.entry(row.text("instance_uid")?).or_default().push((row.text("gpu")?, index, row.int("simulated")? == 1));
    }
    let rows =
        conn.all("SELECT instance_uid, node, cpu_millis, memory_bytes FROM allocation WHERE target = $1", args![target]).await?;
    rows.iter()
        .map(|row| {
            let instance_uid = row.text("instance_uid")?;
            let own = gpus.remove(&instance_uid).unwrap_or_default();
            let allocation = Allocation {
                target: target.to_owned(),
                node: row.text("node")?,
                cpu_millis: u64::try_from(row.int("cpu_millis")?).map_err(Error::internal)?,
                memory_bytes: u64::try_from(row.int("memory_bytes")?).map_err(Error::internal)?,
                simulated: own.iter().any(|g| g.2),
                gpu_indices: own.iter().map(|g| g.1).collect(),
                gpus: own.into_iter().map(|g| g.0).collect(),
            };
            Ok(Held { instance_uid, allocation })
        })
        .collect()
}

impl ControllerStore {
    /// What is held on a target.
    pub async fn held(&self, target: &str) -> Result<Vec<Held>> {
        held(&mut self.store.inner.db.read().await?, target).await
    }

    /// What is taken of a target, with owners, for people.
    pub async fn usage(&self, target: &str) -> Result<Usage> {
        let mut conn = self.store.inner.db.read().await?;
        let held = held(&mut conn, target).await?;
        let mut usage = Usage { instances: u32::try_from(held.len()).unwrap_or(u32::MAX), ..Usage::default() };
        for Held { instance_uid, allocation } in &held {
            usage.cpu_millis += allocation.cpu_millis;
            usage.memory_bytes += allocation.memory_bytes;
            if allocation.gpus.is_empty() {
                continue;
            }
            let object = crate::read::find_uid(&mut conn, instance_uid).await?;
            let (path, owner) = object.map_or_else(
                || (String::new(), String::new()),
                |o| (format!("{}/{}", o.metadata.scope.key(), o.metadata.name), o.owner),
            );
            usage.gpus.extend(allocation.gpus.iter().map(|gpu| GpuUse {
                gpu: gpu.clone(),
                instance_uid: instance_uid.clone(),
                instance: path.clone(),
                owner: owner.clone(),
            }));
        }
        let queued =
            conn.one("SELECT COUNT(*) AS n FROM object WHERE kind = 'ComputeInstance' AND phase = 'queued'", &[]).await?;
        usage.queued = queued.map(|r| r.int("n")).transpose()?.and_then(|n| u32::try_from(n).ok()).unwrap_or_default();
        Ok(usage)
    }

    /// Books what an instance wants if it fits now; an instance that holds something already keeps that. One
    /// transaction: what it saw free is free.
    pub async fn book(&self, want: &Want<'_>) -> Result<Option<Allocation>> {
        let mut conn = self.store.inner.db.begin().await?;
        // Bookings on a shared database queue here, so that two servers cannot both see the same core free.
        crate::change::next(&mut conn).await?;
        let all = held(&mut conn, want.target).await?;
        if let Some(own) = all.iter().find(|h| h.instance_uid == want.instance_uid) {
            return Ok(Some(own.allocation.clone()));
        }
        let nodes = Free::of(want.inventory, &all);
        let Some(node) = nodes.iter().find(|n| n.fits(want.size)) else { return Ok(None) };
        let gpus = node.gpus_for(want.size).unwrap_or_default();
        conn.run(
            "INSERT INTO allocation (instance_uid, target, node, cpu_millis, memory_bytes) VALUES ($1, $2, $3, $4, $5)",
            args![want.instance_uid, want.target, &node.node, signed(want.size.cpu_millis)?, signed(want.size.memory_bytes)?],
        )
        .await?;
        for (gpu, index, _, simulated) in &gpus {
            conn.run(
                "INSERT INTO allocation_gpu (target, node, gpu, gpu_index, simulated, instance_uid) VALUES ($1, $2, $3, $4, $5, $6)",
                args![want.target, &node.node, gpu, i64::from(*index), i64::from(*simulated), want.instance_uid],
            )
            .await?;
        }
        let allocation = Allocation {
            target: want.target.to_owned(),
            node: node.node.clone(),
            cpu_millis: want.size.cpu_millis,
            memory_bytes: want.size.memory_bytes,
            gpus: gpus.iter().map(|g| g.0.clone()).collect(),
            gpu_indices: gpus.iter().map(|g| g.1).collect(),
            simulated: gpus.iter().any(|g| g.3),
        };
        conn.commit().await?;
        Ok(Some(allocation))
    }

    /// Gives back what an instance holds. Idempotent.
    pub async fn release(&self, instance_uid: &str) -> Result<()> {
        let mut conn = self.store.inner.db.begin().await?;
        for table in ["allocation", "allocation_gpu"] {
            conn.run(&format!("DELETE FROM {table} WHERE instance_uid = $1"), args![instance_uid]).await?;
        }
        conn.commit().await
    }
}

fn signed(n: u64) -> Result<i64> {
    i64::try_from(n).map_err(|_| Error::internal("an amount beyond 2^63"))
}
