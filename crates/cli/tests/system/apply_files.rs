//! Objects as files: apply, diff and export agree on what there is.

use crate::world::{PLACE, World};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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

/// Every file below a folder, by its path in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = PathBuf::from(path.file_name().unwrap());
        if path.is_dir() {
            all.extend(files(&path).into_iter().map(|(inner, text)| (name.join(inner), text)));
        } else {
            all.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
    all
}

/// An icon, with something in it that nobody keeps.
const ICON: &str = r#"
apiVersion: warpyard.io/v1
kind: Icon
metadata: {name: lab, org: default}
spec:
  svg: |
    <svg viewBox="0 0 24 24" onload="alert(1)"><path d="M2 2h20v20z"/></svg>
"#;

/// Import, apply, export, apply elsewhere, export there: the same files, and no secret in them.
#[test]
fn a_catalogue_moves_to_another_installation() {
    let folders = tempfile::tempdir().unwrap();
    let at = |name: &str| folders.path().join(name).display().to_string();
    std::fs::create_dir(at("nodes")).unwrap();
    let module = "variable \"pools\" {\n  type = map(object({ size = number, spot = optional(bool, false) }))\n}\n";
    std::fs::write(folders.path().join("nodes/main.tf"), module).unwrap();
    {
        let world = World::start();
        let admin = &world.admin;
        admin.ok(&["apply", "-f", &admin.file("place.yaml", PLACE)]);
        let draft = admin.ok(&["template", "import", &at("nodes"), "--org", "default"]);
        admin.ok_with_input(&["apply", "-f", "-"], &draft);
        admin.ok(&["system-profile", "launch", "jupyterlab", "--project", "vision"]);
        let secret = "{apiVersion: warpyard.io/v1, kind: Secret, metadata: {name: vault, org: default, project: vision}, spec: {data: {token: hush}}}";
        admin.ok_with_input(&["apply", "-f", "-"], secret);
        admin.ok_with_input(&["apply", "-f", "-"], ICON);
        let shown = admin.ok(&["export", "service-profile", "jupyterlab", "--project", "vision"]);
        assert!(shown.contains("icon: jupyterlab"), "{shown}");
        let shown = shown.replace("icon: jupyterlab", "icon: org:lab").replace("as_shipped: true", "as_shipped: false");
        admin.ok_with_input(&["apply", "-f", "-"], &shown);
        let export = admin.run(&["export", "--org", "default", "--to", &at("first")]);
        assert_eq!(export.code, 0, "{export:?}");
        assert!(export.error.contains("the secret default/vision/vault is left out"), "{export:?}");
    }
    let first = files(&folders.path().join("first"));
    let text: String = first.values().cloned().collect();
    assert!(
        text.contains("name: pools") && text.contains("kind: ServiceProfile") && text.contains("kind: Project"),
        "{first:#?}"
    );
    assert!(text.contains("kind: Icon") && text.contains("icon: org:lab") && !text.contains("onload"), "{first:#?}");
    assert!(!text.contains("hush") && !text.contains("kind: Secret") && !text.contains("kind: User"), "{first:#?}");

    let world = World::start();
    let admin = &world.admin;
    admin.ok(&["apply", "-f", &at("first"), "--org", "default"]);
    assert_eq!(admin.ok(&["diff", "-f", &at("first")]), "", "nothing would change");
    admin.ok(&["export", "--org", "default", "--to", &at("second")]);
    assert_eq!(files(&folders.path().join("second")), first);
}
