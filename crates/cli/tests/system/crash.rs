//! The server is killed in the middle of launches: afterwards everything is there, and everything is there once.

use crate::offer::{WEB, offer};
use crate::processes::Process;
use crate::world::{Person, World, until};
use nix::sys::signal::Signal;
use std::time::Duration;

const MOMENTS: u64 = 8;
/// A launch of this service takes about so long on a small machine.
const LAUNCH_MILLIS: u64 = 240;
const SEED: u64 = 0x5EED_CAFE;

#[test]
fn killed_at_any_moment_of_a_launch_the_server_comes_back_to_one_running_service() {
    let cache = tempfile::tempdir().unwrap();
    let mut world = World::with_cache(cache.path());
    let noor = world.developer();
    offer(&world, "web", WEB);
    let mut random = SEED;
    for moment in 0..MOMENTS {
        // Knuth's generator: one moment from each eighth of a launch, the same ones in every run.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let slice = LAUNCH_MILLIS / MOMENTS;
        let delay = Duration::from_millis(moment * slice + (random >> 33) % slice);
        let name = format!("web-{moment}");
        noor.ok(&["launch", "web", "--name", &name, "-i", &format!("seed=moment {moment} {SEED}")]);
        // The moment itself is what is tested, not something that is waited for.
        std::thread::sleep(delay);
        let before = noor.service(&name)["status"]["phase"].as_str().unwrap().to_owned();
        world.end_server(Signal::SIGKILL);
        world.start_server();
        until_running(&noor, &name);
        eprintln!("killed after {delay:?}, while {before}: running again");
        assert_eq!(web_servers(&world).len() as u64, moment + 1, "one each: {:#?}", world.instance_processes());
        assert!(noor.app(&name).get("/").good().body.contains(&format!("moment {moment}")));
    }

    let before = world.instance_processes();
    world.end_server(Signal::SIGKILL);
    assert_eq!(world.instance_processes(), before, "instances do not need the server");
    world.start_server();
    for moment in 0..MOMENTS {
        let name = format!("web-{moment}");
        until_running(&noor, &name);
        assert_eq!(noor.ok(&["exec", &name, "--", "cat", "/opt/warpyard/seed/seed"]), format!("moment {moment} {SEED}"));
    }
    let adopted = web_servers(&world);
    let started: Vec<Process> = before.into_iter().filter(is_web_server).collect();
    assert_eq!(adopted, started, "adopted, not started again");

    for moment in 0..MOMENTS {
        noor.ok(&["delete", &format!("service-instance/web-{moment}"), "--yes", "--wait"]);
    }
    until("every process of a deleted instance is gone", || world.instance_processes().is_empty().then_some(()));
    let left = noor.json(&["get", "compute-instances", "--workspace", "lab"]);
    assert_eq!(left["items"].as_array().or(left.as_array()).map(Vec::len), Some(0), "{left}");
}

fn until_running(noor: &Person, name: &str) {
    until(&format!("{name} runs"), || {
        let service = noor.service(name);
        let phase = service["status"]["phase"].as_str().unwrap();
        assert_ne!(phase, "failed", "{service}");
        (phase == "running" && service["status"]["endpoints"][0]["ready"] == true).then_some(())
    });
}

fn is_web_server(process: &Process) -> bool {
    process.command.ends_with("-m http.server 8000 --bind 127.0.0.1")
}

fn web_servers(world: &World) -> Vec<Process> {
    world.instance_processes().into_iter().filter(is_web_server).collect()
}
