//! The audit trail and the master key as operators meet them: the real binary, real files, a real kill.

use crate::world::{PLACE, World, until};
use nix::sys::signal::Signal;
use std::fmt::Write as _;

#[test]
fn an_export_is_checked_without_a_server_and_tampering_shows() {
    let mut world = World::start();
    let place = world.admin.file("place.yaml", PLACE);
    world.admin.ok(&["apply", "-f", &place]);
    // The server signs the ends of chains when it stops.
    assert!(world.end_server(Signal::SIGTERM).success());
    world.start_server();
    let admin = &world.admin;
    let file = admin.file("trail.jsonl", "");
    admin.ok(&["audit", "export", "--org", "default", "--to-file", &file]);
    let online = admin.ok(&["audit", "verify", "--org", "default"]);
    assert!(online.starts_with("Intact: ") && online.contains("1 signed checkpoints agree"), "{online}");
    let denied = admin.json(&["audit", "--org", "default", "--kind", "project", "--limit", "300"]);
    assert_eq!(denied["items"].as_array().unwrap().len(), 2, "{denied}");

    let honest = std::fs::read_to_string(&file).unwrap();
    world.end_server(Signal::SIGTERM);
    let check = |text: &str| {
        let file = world.admin.file("checked.jsonl", text);
        world.admin.run(&["audit", "verify", "--file", &file])
    };
    assert_eq!(check(&honest).code, 0, "{:?}", check(&honest));
    let lines: Vec<&str> = honest.lines().collect();
    let without =
        |left: usize| lines.iter().enumerate().filter(|(i, _)| *i != left).fold(String::new(), |all, (_, l)| all + l + "\n");
    let swapped = {
        let mut lines = lines.clone();
        lines.swap(0, 1);
        lines.join("\n")
    };
    for tampered in [honest.replacen("\"outcome\":\"allowed\"", "\"outcome\":\"denied\"", 1), without(0), without(2), swapped] {
        assert_ne!(tampered, honest);
        let ran = check(&tampered);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.out.contains("BROKEN at entry"), "{ran:?}");
    }
    assert_eq!(check("no json").code, 1);
}

#[test]
fn a_rotation_survives_a_kill() {
    let mut world = World::start();
    let place = world.admin.file("place.yaml", PLACE);
    world.admin.ok(&["apply", "-f", &place]);
    let mut secrets = String::new();
    for i in 0..250 {
        writeln!(
            secrets,
            "---\n{{apiVersion: warpyard.io/v1, kind: Secret, metadata: {{name: s{i}, org: default, project: vision}}, spec: {{data: {{a: v{i}}}}}}}"
        )
        .unwrap();
    }
    let file = world.admin.file("secrets.yaml", &secrets);
    world.admin.ok(&["apply", "-f", &file]);
    let before = world.admin.json(&["encryption"]);
    assert_eq!((&before["waiting"], &before["source"]), (&0.into(), &"file".into()));
    world.admin.ok(&["encryption", "rotate"]);
    world.end_server(Signal::SIGKILL);
    world.start_server();
    let done = until("all values are wrapped", || {
        let state = world.admin.json(&["encryption"]);
        (state["waiting"] == 0).then_some(state)
    });
    assert_ne!(done["keys"][0]["id"], before["keys"][0]["id"]);
    assert!(done["values"].as_i64().unwrap() >= 250);
    assert_eq!(done["keys"][0]["values"], done["values"]);
    // The file holds both keys, for its owner alone.
    use std::os::unix::fs::PermissionsExt as _;
    let key = world.data().join("master.key");
    assert_eq!(std::fs::read_to_string(&key).unwrap().lines().count(), 2);
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
}
