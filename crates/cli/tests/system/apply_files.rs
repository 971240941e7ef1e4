//! Objects as files: apply, diff and export agree on what there is.

use crate::world::{PLACE, World};

#[test]
fn what_is_exported_applies_again_without_a_change() {
    let world = World::start();
    let admin = &world.admin;
    let file = admin.file("place.yaml", PLACE);
    assert!(admin.fails(1, &["diff", "-f", &file]).out.contains("+kind: Workspace"), "everything is new");
    assert!(admin.ok(&["apply", "-f", &file, "--dry-run"]).contains("created (dry run)"));
    admin.fails(3, &["get", "project", "vision"]);
    assert_eq!(admin.ok(&["apply", "-f", &file]).matches("created").count(), 5);
    assert_eq!(admin.ok(&["diff", "-f", &file]), "", "nothing would change");
    assert_eq!(admin.ok(&["apply", "-f", &file]).matches("unchanged").count(), 5);

    let changed = PLACE.replace(
        "spec: {}}\n---\n{apiVersion: warpyard.io/v1, kind: User",
        "spec: {notes: hello}}\n---\n{apiVersion: warpyard.io/v1, kind: User",
    );
    let changed = admin.file("changed.yaml", &changed);
    let diff = admin.fails(1, &["diff", "-f", &changed]).out;
    assert!(diff.contains("hello") && diff.contains("workspace/lab"), "{diff}");
    assert_eq!(admin.ok(&["apply", "-f", &changed]).matches("updated").count(), 1);

    admin.ok(&["system-profile", "launch", "jupyterlab", "--project", "vision"]);
    let exported = admin.ok(&["export", "--all", "--org", "default"]);
    assert!(exported.contains("kind: ServiceProfile"), "{exported}");
    let again = admin.ok_with_input(&["apply", "-f", "-"], &exported);
    let lines: Vec<&str> = again.lines().collect();
    assert!(lines.len() >= 5 && lines.iter().all(|line| line.ends_with("unchanged")), "{again}");
}
