//! Launches that cannot work: each fails soon, says why in words that help, and leaves nothing running.

use crate::offer::offer;
use crate::world::{Person, Ran, World, until};
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Launches, expects a failure of the wait, and gives what was said with the service as it is.
fn fails(noor: &Person, profile: &str) -> (Ran, serde_json::Value) {
    let ran = noor.fails(8, &["launch", profile, "--name", profile, "--wait", "--timeout", "1m"]);
    let service = noor.service(profile);
    assert_eq!(service["status"]["phase"], "failed", "{service}");
    let message = service["status"]["message"].as_str().unwrap().to_owned();
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(!message.is_empty() && words(&ran.error).contains(&words(&message)), "the command says it too: {ran:?} {service}");
    (ran, service)
}

fn message(service: &serde_json::Value) -> &str {
    service["status"]["message"].as_str().unwrap()
}

/// What nobody in these tests ever opens.
const DOOR: &str = "endpoints: [{name: web, title: Page, port: 8000}], readiness: {endpoint: web, path: /, timeout_seconds: 2}";

#[test]
fn a_launch_that_cannot_work_says_why() {
    let world = World::start();
    let noor = world.developer();
    offer(&world, "missing", "process: {command: [no-such-program, --help], restart: never}");
    let (_, service) = fails(&noor, "missing");
    assert!(message(&service).contains("no-such-program"), "{service}");

    offer(&world, "ends", &format!("process: {{command: [bash, -c, 'echo out of luck >&2; exit 7'], restart: never}}, {DOOR}"));
    let (_, service) = fails(&noor, "ends");
    assert_eq!(service["status"]["exit_code"], 7, "{service}");
    assert!(message(&service).contains('7'), "{service}");
    assert!(noor.ok(&["logs", "ends"]).contains("out of luck"), "its last words are kept");

    offer(&world, "silent", &format!("process: {{command: [sleep, infinity], restart: never}}, {DOOR}"));
    let (_, service) = fails(&noor, "silent");
    assert!(message(&service).contains("8000") || message(&service).contains("web"), "{service}");

    let prepare = "process: {prepare: [{name: tools, title: Tools, command: [bash, -c, 'echo no such package >&2; exit 3']}],
      command: [sleep, infinity]}";
    offer(&world, "unprepared", prepare);
    let (_, service) = fails(&noor, "unprepared");
    assert!(message(&service).contains("Tools") && message(&service).contains("no such package"), "{service}");

    for name in ["missing", "ends", "silent", "unprepared"] {
        noor.ok(&["delete", &format!("service-instance/{name}"), "--yes", "--wait"]);
    }
    until("nothing runs on", || world.instance_processes().is_empty().then_some(()));
}

/// A file system of a few megabytes, gone when this is dropped.
struct SmallDisk {
    at: PathBuf,
}

impl SmallDisk {
    fn mount(at: &Path) -> nix::Result<Self> {
        mount(Some("tmpfs"), at, Some("tmpfs"), MsFlags::empty(), Some("size=4m,mode=755"))?;
        Ok(Self { at: at.to_owned() })
    }

    fn resize(&self, size: &str) -> nix::Result<()> {
        mount(Some("tmpfs"), &self.at, Some("tmpfs"), MsFlags::MS_REMOUNT, Some(format!("size={size}").as_str()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = umount2(&self.at, MntFlags::MNT_DETACH);
    }
}

#[test]
fn a_disk_that_is_full_while_preparing_is_named_and_waited_for() {
    let directory = tempfile::Builder::new().prefix("small-disk-").tempdir().unwrap();
    let disk = match SmallDisk::mount(directory.path()) {
        Ok(disk) => disk,
        Err(error) => {
            // Past the capture of the test harness, where `make test` counts it.
            let _ = writeln!(
                std::io::stderr(),
                "skipped: disk full while preparing: a small file system cannot be mounted here ({error})"
            );
            return;
        }
    };
    let world = World::with_cache(&disk.at);
    let noor = world.developer();
    let version = "process: {
      prepare: [{name: big, title: Big download, command: [bash, -c, 'head -c 16M /dev/zero > /opt/warpyard/big/file']}],
      command: [sleep, infinity]}";
    offer(&world, "full", version);
    noor.ok(&["launch", "full", "--name", "full"]);
    let said = until("the full disk is named", || {
        let said = noor.ok(&["describe", "service-instance", "full"]);
        said.contains("disk is full").then_some(said)
    });
    assert!(said.contains("Big download") && said.contains("free some space"), "{said}");
    // Somebody makes room: what waits for it goes on by itself.
    disk.resize("64m").unwrap();
    until("it runs", || (noor.service("full")["status"]["phase"] == "running").then_some(()));
    let inside = std::fs::read_dir(&disk.at).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir());
    assert_eq!(inside.count(), 1, "what was half made is gone, so that only what is used takes room");
}
