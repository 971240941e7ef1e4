//! Booking: no GPU is held twice, and what is free and what is held make up what is there.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::{BTreeMap, BTreeSet};
use warpyard_model::kinds::{Gpu, Inventory, Node, ResolvedSize};
use warpyard_store::{Free, Held, Want};
use warpyard_testkit::TestStore;

warpyard_testkit::on_each_database!(bookings_are_kept, two_hundred_at_once, anything_at_all_keeps_the_books);

fn inventory(nodes: &[(&str, &[&str])]) -> Inventory {
    let gpu = |node: usize, (index, model): (usize, &&str)| Gpu {
        id: format!("gpu-{node}-{index}"),
        index: u32::try_from(index).unwrap(),
        model: (*model).to_owned(),
        memory_bytes: 80 << 30,
        simulated: true,
        healthy: true,
    };
    let nodes = nodes.iter().enumerate().map(|(n, (called, models))| Node {
        name: (*called).to_owned(),
        cpu_millis: 16_000,
        memory_bytes: 64 << 30,
        gpus: models.iter().enumerate().map(|m| gpu(n, m)).collect(),
    });
    Inventory { nodes: nodes.collect() }
}

fn size(cpu_millis: u64, memory_bytes: u64, gpu_count: u32, model: Option<&str>) -> ResolvedSize {
    ResolvedSize { cpu_millis, memory_bytes, gpu_count, gpu_model: model.map(str::to_owned) }
}

/// Panics unless nothing is held twice and everything is either free or held.
fn check_books(inventory: &Inventory, held: &[Held]) {
    let mut seen = BTreeSet::new();
    for h in held {
        for gpu in &h.allocation.gpus {
            assert!(seen.insert((h.allocation.node.clone(), gpu.clone())), "{gpu} is held twice: {held:?}");
        }
        assert_eq!(h.allocation.gpus.len(), h.allocation.gpu_indices.len());
    }
    for (node, free) in inventory.nodes.iter().zip(Free::of(inventory, held)) {
        let here: Vec<_> = held.iter().map(|h| &h.allocation).filter(|a| a.node == node.name).collect();
        assert_eq!(free.cpu_millis + here.iter().map(|a| a.cpu_millis).sum::<u64>(), node.cpu_millis);
        assert_eq!(free.memory_bytes + here.iter().map(|a| a.memory_bytes).sum::<u64>(), node.memory_bytes);
        let mut gpus: Vec<&String> = free.gpus.iter().map(|g| &g.0).chain(here.iter().flat_map(|a| &a.gpus)).collect();
        gpus.sort();
        assert_eq!(gpus, node.gpus.iter().map(|g| &g.id).collect::<Vec<_>>());
    }
}

async fn bookings_are_kept(db: TestStore) {
    let store = db.controller();
    let inventory = inventory(&[("a", &["A100", "A100", "H100"]), ("b", &["H100"])]);
    let book = async |uid: &str, size: ResolvedSize| {
        store.book(&Want { instance_uid: uid, target: "local", inventory: &inventory, size: &size }).await.unwrap()
    };
    let two = book("u1", size(1000, 1 << 30, 2, None)).await.unwrap();
    assert_eq!(
        (two.node.as_str(), two.gpus.as_slice(), two.simulated),
        ("a", &["gpu-0-0".to_owned(), "gpu-0-1".to_owned()][..], true)
    );
    assert_eq!(book("u1", size(9000, 1 << 30, 0, None)).await, Some(two.clone()), "whoever holds something keeps that");
    assert_eq!(book("u2", size(1000, 1 << 30, 1, Some("A100"))).await, None);
    assert_eq!(book("u3", size(1000, 1 << 30, 2, Some("H100"))).await, None, "two of them are on no one node");
    assert_eq!(book("u4", size(1000, 1 << 30, 1, Some("H100"))).await.unwrap().node, "a");
    assert_eq!(book("u5", size(16_000, 1 << 30, 0, None)).await.unwrap().node, "b");
    assert_eq!(book("u6", size(1, 1 << 30, 1, Some("H100"))).await, None, "a GPU without a core is of no use");
    let held = store.held("local").await.unwrap();
    check_books(&inventory, &held);
    let usage = store.usage("local").await.unwrap();
    assert_eq!((usage.instances, usage.cpu_millis, usage.gpus.len()), (3, 18_000, 3));
    // Another target's books are its own; another server reads the same.
    assert!(store.held("elsewhere").await.unwrap().is_empty());
    assert_eq!(db.reopened().await.controller().held("local").await.unwrap().len(), 3);
    store.release("u1").await.unwrap();
    store.release("u1").await.unwrap();
    assert_eq!(book("u2", size(1000, 1 << 30, 1, Some("A100"))).await.unwrap().gpus, ["gpu-0-0"]);
}

async fn two_hundred_at_once(db: TestStore) {
    // Two servers on one database: a second pool where there is one, the same store's where there is not.
    let second = db.reopened().await;
    let inventory = inventory(&[("a", &["A100"; 8]), ("b", &["H100"; 8])]);
    let bookings = (0..200).map(|i| {
        let store = if i % 2 == 0 { db.controller() } else { second.controller() };
        let (inventory, wanted) = (inventory.clone(), size(1000, 1 << 30, 1 + (i % 3), None));
        async move {
            let uid = format!("u{i:03}");
            let want = Want { instance_uid: &uid, target: "local", inventory: &inventory, size: &wanted };
            store.book(&want).await.unwrap().map(|a| a.gpus.len())
        }
    });
    let booked: Vec<Option<usize>> = futures::future::join_all(bookings).await;
    let got: usize = booked.iter().flatten().sum();
    let held = db.controller().held("local").await.unwrap();
    check_books(&inventory, &held);
    assert_eq!(held.iter().map(|h| h.allocation.gpus.len()).sum::<usize>(), got);
    assert!(got >= 14, "nearly all of the sixteen are in use: {got}");
}

#[derive(Debug, Clone)]
enum Move {
    Book(u8, u64, u64, u32, Option<usize>),
    Release(u8),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let book = (0u8..12, 1u64..12_000, 1u64..(40 << 30), 0u32..5, proptest::option::of(0usize..3))
        .prop_map(|(who, cpu, memory, gpus, model)| Move::Book(who, cpu, memory, gpus, model));
    proptest::collection::vec(prop_oneof![3 => book, 1 => (0u8..12).prop_map(Move::Release)], 1..25)
}

/// Against the simplest model there is: a table of who holds what.
async fn anything_at_all_keeps_the_books(db: TestStore) {
    let models = ["A100", "H100", "L40"];
    let inventory = inventory(&[("a", &["A100", "A100", "H100", "H100"]), ("b", &["L40", "L40", "A100"]), ("c", &[])]);
    let handle = tokio::runtime::Handle::current();
    let run = move || {
        let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
        let round = std::cell::Cell::new(0);
        let result = runner.run(&moves(), |moves| {
            round.set(round.get() + 1);
            // A target of its own for every case: one database serves them all.
            let target = format!("t{}", round.get());
            handle.block_on(async {
                let store = db.controller();
                let mut holds: BTreeMap<String, warpyard_model::kinds::Allocation> = BTreeMap::new();
                for step in moves {
                    match step {
                        Move::Book(who, cpu, memory, gpus, model) => {
                            let uid = format!("{target}-u{who}");
                            let wanted = size(cpu, memory, gpus, model.map(|m| models[m]));
                            let before = store.held(&target).await.unwrap();
                            let could = Free::of(&inventory, &before).iter().any(|node| node.fits(&wanted));
                            let want = Want { instance_uid: &uid, target: &target, inventory: &inventory, size: &wanted };
                            let got = store.book(&want).await.unwrap();
                            match (holds.get(&uid), got) {
                                (Some(kept), got) => assert_eq!(got.as_ref(), Some(kept)),
                                (None, Some(got)) => {
                                    assert!(could);
                                    assert_eq!(got.gpus.len(), gpus as usize);
                                    holds.insert(uid, got);
                                }
                                (None, None) => assert!(!could, "{wanted:?} fits and was refused"),
                            }
                        }
                        Move::Release(who) => {
                            let uid = format!("{target}-u{who}");
                            store.release(&uid).await.unwrap();
                            holds.remove(&uid);
                        }
                    }
                    let held = store.held(&target).await.unwrap();
                    check_books(&inventory, &held);
                    let stored: BTreeMap<_, _> = held.into_iter().map(|h| (h.instance_uid, h.allocation)).collect();
                    assert_eq!(stored, holds);
                }
            });
            Ok(())
        });
        if let Err(failure) = result {
            panic!("{failure}");
        }
    };
    tokio::task::spawn_blocking(run).await.unwrap();
}
