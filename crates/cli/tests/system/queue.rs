//! More GPUs are wanted than there are: who comes later waits, knows why, and is next.

use crate::world::{World, until};
use std::collections::BTreeSet;

#[test]
fn launches_beyond_capacity_wait_in_line_and_start_when_something_is_given_back() {
    let world = World::start();
    let noor = world.developer();
    world.admin.ok(&["system-profile", "launch", "gpu-one", "--project", "vision"]);
    let gpu = |name: &str| {
        let instance = noor.json(&["get", "compute-instance", name]);
        instance["status"]["allocation"]["gpus"].as_array().map(|gpus| gpus[0].as_str().unwrap().to_owned())
    };
    let mut given = BTreeSet::new();
    for name in ["gpu-1", "gpu-2", "gpu-3", "gpu-4"] {
        noor.ok(&["launch", "gpu-one", "--name", name, "--wait"]);
        assert!(given.insert(gpu(name).unwrap()), "{name} has a GPU of its own");
    }
    for (position, name) in [(1, "gpu-5"), (2, "gpu-6")] {
        noor.ok(&["launch", "gpu-one", "--name", name]);
        let instance = until(&format!("{name} is queued"), || {
            let instance = noor.json(&["get", "compute-instance", name]);
            (instance["status"]["phase"] == "queued").then_some(instance)
        });
        assert_eq!(instance["status"]["queue"]["position"], position, "{instance}");
        assert!(instance["status"]["queue"]["reason"].as_str().is_some_and(|r| r.contains("GPU")), "{instance}");
        let described = noor.ok(&["describe", "compute-instance", name]);
        assert!(described.contains("queued") && described.contains("GPU"), "{described}");
        assert_eq!(gpu(name), None, "who waits holds nothing");
    }
    noor.ok(&["delete", "compute-instance", "gpu-2", "--yes", "--wait"]);
    until("gpu-5 runs", || (noor.json(&["get", "compute-instance", "gpu-5"])["status"]["phase"] == "running").then_some(()));
    assert!(given.contains(&gpu("gpu-5").unwrap()));
    let last = until("gpu-6 is next", || {
        let instance = noor.json(&["get", "compute-instance", "gpu-6"]);
        (instance["status"]["queue"]["position"] == 1).then_some(instance)
    });
    assert_eq!(last["status"]["phase"], "queued", "{last}");
    let held: BTreeSet<String> = ["gpu-1", "gpu-3", "gpu-4", "gpu-5"].into_iter().filter_map(gpu).collect();
    assert_eq!(held, given, "four devices, each held once");
}
