//! Attacks that need a whole machine: real processes that are handed other people's text, real argument lists, real files.

use crate::http::Origin;
use crate::world::{Person, World, until};
use nix::sys::stat::Mode;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const WORKSPACE: &str = "/api/v1/orgs/default/projects/vision/workspaces/lab";
const CANARY: &str = "canary-that-no-argument-holds";
const SECRET: &str = "canary-out-of-a-secret";

/// Text that some interpreter on the way could take for its own.
const CODE: [&str; 12] = [
    "'; touch /tmp/warpyard-was-here; '",
    "\"; touch /tmp/warpyard-was-here; \"",
    "$(touch /tmp/warpyard-was-here) `touch /tmp/warpyard-was-here` ${HOME} $HOME",
    "{{ 7 * 7 }} {% raw %}{{ inputs.password }}{% endraw %} ${{ secrets.x }} {# c #}",
    "inputs.password == 'x' || true",
    "\\\" \\' \\\\ \\n \\x00 \\u0000",
    "--help -x -- -",
    "*?[a-z]{a,b} ~ ~root ../../etc/passwd",
    "| & ; < > ( ) ! ^ # %PATH%",
    "ünïcödé \u{202e} \u{200b} 🦀 \u{feff}",
    "  spaces  around  ",
    "",
];

/// A job that tells its arguments and its environment, and one that stays.
fn templates() -> String {
    let tells = "import json, os, sys; print(json.dumps([sys.argv[1:], dict(os.environ), open('told.txt').read()]))";
    let inputs = json!([
        { "name": "text", "type": "text" }, { "name": "lines", "type": "multiline" }, { "name": "list", "type": "list" },
        { "name": "shape", "type": "json" }, { "name": "password", "type": "text", "sensitive": true, "mutable": true },
        { "name": "vault", "type": "secret" }
    ]);
    let environment = json!({
        "TEXT": "{{ inputs.text | default('') }}", "LINES": "{{ inputs.lines | default('') }}",
        "PASSWORD": "{{ inputs.password | default('') }}", "VAULT": "{{ inputs.vault | default('') }}"
    });
    let files = json!([{ "path": "told.txt", "content": "{{ inputs.text | default('') }}|{{ inputs.password | default('') }}", "overwrite": true }]);
    let mirror = json!({
        "requires": ["python3"], "environment": environment, "files": files, "batch": true, "restart": "never",
        "command": ["python3", "-c", tells, "{{ inputs.text | default('') }}", "{{ inputs.lines | default('') }}",
            "{{ inputs.list | default([]) | tojson }}", "{{ inputs.shape | default(none) | tojson }}", "{{ inputs.shape.x | default('') }}"]
    });
    let keeper = json!({
        "requires": ["python3"], "environment": environment, "files": files,
        "command": ["python3", "-c", "import os, time; print(len(os.environ['PASSWORD']), flush=True); time.sleep(3600)"]
    });
    let template = |name: &str, process: Value| {
        json!({ "apiVersion": "warpyard.io/v1", "kind": "EnvironmentTemplate", "metadata": { "name": name, "org": "default" }, "spec": {
            "target_type": "process", "workload": "service",
            "versions": [{ "version": "1.0.0", "state": "active", "inputs": inputs, "process": process }] } })
    };
    let profile = |name: &str| {
        json!({ "apiVersion": "warpyard.io/v1", "kind": "ServiceProfile", "metadata": { "name": name, "org": "default", "project": "vision" },
            "spec": { "template": { "name": name, "version": "1.0.0" }, "compute": { "auto_create": "cpu-small" } } })
    };
    let vault = json!({ "apiVersion": "warpyard.io/v1", "kind": "Secret", "metadata": { "name": "vault", "org": "default", "project": "vision" },
        "spec": { "data": { "key": SECRET } } });
    let documents = [template("mirror", mirror), template("keeper", keeper), profile("mirror"), profile("keeper"), vault];
    documents.iter().map(|document| format!("---\n{document}\n")).collect()
}

fn offered(world: &World) -> Person {
    let noor = world.developer();
    world.admin.ok(&["system-profile", "launch", "cpu-small", "--project", "vision"]);
    world.admin.ok_with_input(&["apply", "-f", "-"], &templates());
    for profile in ["mirror", "keeper"] {
        world.admin.ok(&["profile", "publish", profile, "--project", "vision"]);
    }
    noor
}

fn launch(world: &World, noor: &Person, profile: &str, name: &str, inputs: &Value) {
    let body = json!({ "metadata": { "name": name }, "spec": { "profile": { "name": profile }, "inputs": inputs } });
    let server = Origin::of(&world.url).bearer(&noor.token());
    server.post(&format!("{WORKSPACE}/service-instances"), &body).good();
}

fn phase(noor: &Person, name: &str) -> String {
    noor.service(name)["status"]["phase"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn code_in_a_value_is_text_to_a_real_process() {
    let world = World::start();
    let noor = offered(&world);
    let joined = CODE.join("\n");
    let one_line = CODE.join(" ");
    let inputs =
        json!({ "text": one_line, "lines": joined, "list": CODE, "shape": { "x": joined, "y": CODE }, "password": CANARY });
    launch(&world, &noor, "mirror", "told", &inputs);
    until("the job has told", || (phase(&noor, "told") == "succeeded").then_some(()));
    let told: Value = serde_json::from_str(noor.ok(&["logs", "told"]).trim()).unwrap();
    let arguments: Vec<&str> = told[0].as_array().unwrap().iter().map(|a| a.as_str().unwrap()).collect();
    assert_eq!(arguments.len(), 5, "{arguments:?}");
    assert_eq!((arguments[0], arguments[1], arguments[4]), (one_line.as_str(), joined.as_str(), joined.as_str()));
    assert_eq!(serde_json::from_str::<Value>(arguments[2]).unwrap(), inputs["list"]);
    assert_eq!(serde_json::from_str::<Value>(arguments[3]).unwrap(), inputs["shape"]);
    assert_eq!((&told[1]["TEXT"], &told[1]["LINES"], &told[1]["PASSWORD"]), (&json!(one_line), &json!(joined), &json!(CANARY)));
    assert_eq!(told[2], format!("{one_line}|{CANARY}"));
    let others: Vec<&String> = told[1].as_object().unwrap().keys().filter(|name| name.starts_with("WARPYARD")).collect();
    assert!(others.is_empty(), "nothing of the server's environment: {others:?}");
    assert!(!std::path::Path::new("/tmp/warpyard-was-here").exists());

    // The command line hands on what it was given, too.
    let text = format!("text={}", CODE[0]);
    noor.ok(&["launch", "mirror", "--name", "typed", "-i", &text, "-i", "shape={\"x\": \"y\"}", "--wait", "--timeout", "2m"]);
    assert_eq!(serde_json::from_str::<Value>(noor.ok(&["logs", "typed"]).trim()).unwrap()[0][0], CODE[0]);
}

/// Every word of every process of the machine that holds one of these.
fn arguments_with(words: &[&str]) -> Vec<String> {
    let processes =
        std::fs::read_dir("/proc").unwrap().flatten().filter(|entry| entry.file_name().to_string_lossy().parse::<u32>().is_ok());
    let lines = processes.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    lines.filter(|line| words.iter().any(|word| line.contains(word))).collect()
}

#[test]
fn secret_values_are_in_no_process_arguments_and_no_plan() {
    let world = World::start();
    let noor = offered(&world);
    // Watched from before the launch until after the end: starting and stopping have processes of their own.
    let watching = Arc::new(AtomicBool::new(true));
    let watcher = std::thread::spawn({
        let watching = watching.clone();
        move || {
            let (mut seen, mut looks) = (BTreeSet::new(), 0_u32);
            while watching.load(Ordering::Relaxed) {
                seen.extend(arguments_with(&[CANARY, SECRET]));
                looks += 1;
                std::thread::yield_now();
            }
            (seen, looks)
        }
    });
    let inputs = json!({ "password": CANARY, "vault": "vault/key" });
    launch(&world, &noor, "keeper", "kept", &inputs);
    until("it runs", || (phase(&noor, "kept") == "running").then_some(()));
    until("it has its password", || noor.ok(&["logs", "kept"]).contains(&CANARY.len().to_string()).then_some(()));

    let server = Origin::of(&world.url).bearer(&noor.token());
    let admin = Origin::of(&world.url).bearer(&world.admin.token());
    let item = format!("{WORKSPACE}/service-instances/kept");
    let project = "/api/v1/orgs/default/projects/vision";
    let changed = format!("{CANARY}-changed");
    let plan = server.post(&format!("{item}/change-plan"), &json!({ "inputs": { "password": changed } })).good().body;
    assert!(plan.contains("password"), "the plan is about it: {plan}");
    let mut said = vec![plan];
    for (path, body) in [
        (format!("{project}/service-profiles/keeper/form"), json!({ "workspace": "lab", "inputs": inputs })),
        (format!("{project}/service-profiles/keeper/render"), json!({ "values": { "workspace": "lab", "inputs": inputs } })),
        (
            format!("{WORKSPACE}/service-instances?dry_run=true"),
            json!({ "metadata": { "name": "dry" }, "spec": { "profile": { "name": "keeper" }, "inputs": inputs } }),
        ),
        (format!("{project}/service-profiles/keeper/fleet-plan"), json!({})),
    ] {
        said.push(admin.post(&path, &body).good().body);
    }
    for words in [
        &["describe", "service-instance", "kept"][..],
        &["get", "service-instance", "kept", "-o", "yaml"],
        &["export", "service-instance", "kept"],
        &["events", "kept"],
        &["logs", "kept"],
        &["get", "secret", "vault", "--project", "vision", "-o", "yaml"],
    ] {
        let ran = if words[1] == "secret" { world.admin.run(words) } else { noor.run(words) };
        said.push(format!("{words:?} {} {}", ran.out, ran.error));
    }
    noor.ok(&["stop", "kept", "--wait"]);
    noor.ok(&["delete", "service-instance", "kept", "--yes", "--wait"]);
    watching.store(false, Ordering::Relaxed);
    let (seen, looks) = watcher.join().unwrap();
    assert!(looks > 20, "{looks}");
    assert!(seen.is_empty(), "these processes were started with it: {seen:#?}");
    for text in said {
        assert!(!text.contains(CANARY) && !text.contains(SECRET), "{text}");
    }
    assert!(!world.log().contains(CANARY) && !world.log().contains(SECRET));
}

#[test]
fn folders_with_links_pipes_and_bombs_are_read_with_care() {
    let world = World::start();
    let admin = &world.admin;
    let good = "{apiVersion: warpyard.io/v1, kind: Project, metadata: {name: audio, org: default}, spec: {}}";
    let file = admin.file("folder/good.yaml", good);
    let folder = std::path::Path::new(&file).parent().unwrap();
    // Reading any of these would never end, or lead elsewhere.
    std::os::unix::fs::symlink("/dev/zero", folder.join("zero.yaml")).unwrap();
    std::os::unix::fs::symlink("/dev/stdin", folder.join("input.yaml")).unwrap();
    std::os::unix::fs::symlink("/proc/self", folder.join("self")).unwrap();
    std::os::unix::fs::symlink(folder, folder.join("round")).unwrap();
    nix::unistd::mkfifo(&folder.join("pipe.yaml"), Mode::S_IRWXU).unwrap();
    let applied = admin.ok(&["apply", "-f", folder.to_str().unwrap()]);
    assert_eq!(applied.lines().filter(|line| line.contains("audio")).count(), 1, "{applied}");
    admin.fails(6, &["apply", "-f", "/dev/zero"]);

    let module = admin.file("module/main.tf", "variable \"zone\" {\n  type = string\n}\n");
    let module = std::path::Path::new(&module).parent().unwrap();
    std::os::unix::fs::symlink("/etc/passwd", module.join("users.tf")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", module.join("zero.tf")).unwrap();
    nix::unistd::mkfifo(&module.join("pipe.tf"), Mode::S_IRWXU).unwrap();
    let imported = admin.run(&["template", "import", module.to_str().unwrap()]).expect(0, &["template", "import"]);
    assert!(
        imported.out.contains("zone") && !imported.out.contains("root:") && !imported.error.contains("root:"),
        "{imported:?}"
    );
    for link in ["users.tf", "zero.tf", "pipe.tf"] {
        assert!(imported.error.contains(link), "{link} is left out and that is said: {}", imported.error);
    }

    let mut laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..=10 {
        let inside = vec![format!("*a{}", level - 1); 9].join(", ");
        laughs.push_str(&format!("a{level}: &a{level} [{inside}]\n"));
    }
    for (name, text) in [
        ("laughs.yaml", laughs),
        ("deep.yaml", "[".repeat(200_000)),
        ("closed.yaml", format!("{}{}", "[".repeat(5_000), "]".repeat(5_000))),
    ] {
        let file = admin.file(name, &text);
        for verb in ["apply", "diff"] {
            let refused = admin.fails(6, &[verb, "-f", &file]);
            assert!(refused.error.contains(name) && refused.error.len() < 10_000, "{name}: {}", refused.error);
        }
    }
}
