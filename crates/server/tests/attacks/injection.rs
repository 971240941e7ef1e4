//! Values that look like code, in every kind of input: they reach the process as the data they are.
//!
//! Here it is what a provider is asked to start; that a real process gets the same is in the command line's system tests.

use crate::{RESEARCH, VISION};
use serde_json::{Value as Json, json};
use warpyard_model::kinds::Phase;
use warpyard_testkit::World;

/// Text that some interpreter on the way could take for its own.
const CODE: [&str; 24] = [
    "'; touch /tmp/warpyard-was-here; '",
    "\"; touch /tmp/warpyard-was-here; \"",
    "$(touch /tmp/warpyard-was-here)",
    "`touch /tmp/warpyard-was-here`",
    "${HOME} $HOME %HOME% ~",
    "${{ secrets.token }}",
    "{{ 7 * 7 }}",
    "{{ inputs.password }}",
    "{% raw %}{% for i in range(9) %}x{% endfor %}{% endraw %}",
    "{# comment #}",
    "{{ self }}{{ [].__class__ }}",
    "<% 7 * 7 %> #{7 * 7} *{7*7} @(7*7)",
    "inputs.password == 'x' || true",
    "\\\" \\' \\\\ \\n \\x00 \\u0000",
    "--flag=value -x",
    "-",
    "*?[a-z]{a,b}",
    "| & ; < > ( ) ! ^",
    "../../../../etc/passwd",
    "<script>alert(1)</script>",
    "' OR '1'='1' --",
    "ünïcödé \u{202e} \u{200b} 𝕏 🦀 \u{feff}",
    "%s %n %x {0} {}",
    "=cmd|' /C calc'!A0",
];

/// Lines that only some kinds of text may have.
const LINES: [&str; 3] = ["first\nsecond\n", "a\r\nSet-Cookie: b=c\r\n\r\nd", "EOF\n$(id)\nEOF\n"];

/// A public key whose comment is what somebody writes into it.
const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

fn template() -> Json {
    let input = |name: &str, field_type: &str| json!({ "name": name, "type": field_type });
    let list = |name: &str| format!("{{% for x in inputs.{name} | default([]) %}}<{{{{ x }}}}>{{% endfor %}}");
    let text = |name: &str| format!("{{{{ inputs.{name} | default('') }}}}");
    let pairs = "{% for k, v in inputs.pairs | default({}) | items %}<{{ k }}={{ v }}>{% endfor %}";
    json!({ "metadata": { "name": "mirror" }, "spec": {
        "target_type": "process", "workload": "service",
        "versions": [{ "version": "1.0.0", "state": "active",
            "inputs": [
                input("text", "text"), input("lines", "multiline"), input("list", "list"), input("pairs", "key_value"),
                input("shape", "json"), input("key", "ssh_key"), json!({ "name": "password", "type": "text", "sensitive": true }),
                json!({ "name": "choice", "type": "choice", "choices": CODE.map(|code| json!({ "value": code })) }),
                json!({ "name": "several", "type": "multi_choice", "choices": CODE.map(|code| json!({ "value": code })) })
            ],
            "process": {
                "command": ["app", text("text"), text("lines"), list("list"), pairs, "{{ inputs.shape | default(none) | tojson }}",
                    text("key"), text("choice"), list("several"), "{{ inputs.shape.x | default('') }}"],
                "environment": { "TEXT": text("text"), "LINES": text("lines"), "PASSWORD": text("password") },
                "files": [{ "path": "mirror/file.txt", "content": format!("{}|{}", text("text"), text("lines")), "overwrite": true }]
            }
        }]
    } })
}

async fn with_mirror() -> World {
    let world = World::start().await;
    let root = world.of("root");
    root.post("/api/v1/orgs/acme/environment-templates", &template()).await.expect(201);
    let profile = json!({ "metadata": { "name": "mirror" }, "spec": {
        "template": { "name": "mirror", "version": "1.0.0" }, "compute": { "auto_create": "cpu" } } });
    root.post(&format!("{VISION}/service-profiles"), &profile).await.expect(201);
    root.post(&format!("{VISION}/service-profiles/mirror/publish"), &json!({})).await.expect(200);
    world
}

async fn started(world: &World, name: &str, inputs: &Json) -> warpyard_provider::ServiceDesired {
    let body = json!({ "metadata": { "name": name }, "spec": { "profile": { "name": "mirror" }, "inputs": inputs } });
    let who = world.of("workspace-collaborator");
    who.post(&format!("{RESEARCH}/service-instances"), &body).await.expect(201);
    let running = world.until_phase(name, Phase::Running).await;
    let desired = world.provider.desired(&running.metadata.uid).unwrap();
    world.delete(name).await;
    world.until_gone(name).await;
    desired
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn code_in_a_value_stays_a_value() {
    let world = with_mirror().await;
    let texts: Vec<&str> = CODE.iter().chain(&LINES).copied().collect();
    for (i, code) in texts.iter().enumerate() {
        let one_line = !code.contains('\n');
        let mut inputs = json!({ "lines": code, "shape": { "x": code, code.to_owned(): [code] }, "password": "hunter2hunter2" });
        if one_line {
            inputs["text"] = json!(code);
            inputs["list"] = json!([code, code]);
            inputs["pairs"] = json!({ "NAME": code, code.to_owned(): "v" });
            inputs["choice"] = json!(code);
            inputs["several"] = json!([code]);
            inputs["key"] = json!(format!("{KEY} {}", code.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
        let desired = started(&world, &format!("mirror-{i}"), &inputs).await;
        let command = &desired.command;
        assert_eq!(command.len(), 10, "no value splits an argument: {command:?}");
        let text = if one_line { *code } else { "" };
        assert_eq!((command[1].as_str(), command[2].as_str()), (text, *code));
        assert_eq!(command[9], *code, "from inside a document");
        let shape: Json = serde_json::from_str(&command[5]).unwrap();
        assert_eq!(shape, inputs["shape"], "{}", command[5]);
        if one_line {
            assert_eq!(command[3], format!("<{code}><{code}>"));
            assert!(
                command[4].contains(&format!("<NAME={code}>")) && command[4].contains(&format!("<{code}=v>")),
                "{}",
                command[4]
            );
            assert_eq!(command[6], inputs["key"].as_str().unwrap());
            assert_eq!((command[7].as_str(), command[8].as_str()), (*code, format!("<{code}>").as_str()));
        }
        assert_eq!((desired.environment["TEXT"].as_str(), desired.environment["LINES"].as_str()), (text, *code));
        assert_eq!(desired.environment["PASSWORD"], "hunter2hunter2");
        assert_eq!(desired.files[0].path, "mirror/file.txt");
        assert_eq!(desired.files[0].content, format!("{text}|{code}"));
        assert!(!command.iter().any(|argument| argument.contains("hunter2")), "a value cannot name another: {command:?}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fits_no_argument_is_refused_before_anything_starts() {
    let world = with_mirror().await;
    let who = world.of("workspace-collaborator");
    for (field, value) in [
        ("text", json!("a\0b")),
        ("text", json!("a\nb")),
        ("text", json!("a\u{1b}[2Jb")),
        ("text", json!(["a"])),
        ("text", json!({ "a": "b" })),
        ("lines", json!("a\0b")),
        ("list", json!(["a\0b"])),
        ("list", json!(["a\nb"])),
        ("pairs", json!({ "A": "b\0" })),
        ("pairs", json!({ "A\0": "b" })),
        ("pairs", json!({ "A\nB": "b" })),
        ("key", json!(format!("{KEY} a\nssh-ed25519 AAAA"))),
        ("key", json!("command=\"id\" ssh-ed25519 AAAA")),
        ("choice", json!("something else")),
        ("several", json!(["something else"])),
        ("password", json!("a\0b")),
        ("no-such", json!("a")),
    ] {
        let body =
            json!({ "metadata": { "name": "refused" }, "spec": { "profile": { "name": "mirror" }, "inputs": { field: value } } });
        let reply = who.post(&format!("{RESEARCH}/service-instances"), &body).await;
        reply.problem(422, "invalid");
    }
    // A template cannot have people's values decide where a file lies, or which variable is set.
    for (field, value) in [
        ("files", json!([{ "path": "../out", "content": "" }])),
        ("files", json!([{ "path": "/etc/passwd", "content": "" }])),
        ("files", json!([{ "path": "a/../../out", "content": "" }])),
        ("environment", json!({ "A=B": "c" })),
        ("environment", json!({ "A\0": "c" })),
        ("command", json!(["a\0b"])),
    ] {
        let mut wrong = template();
        wrong["metadata"]["name"] = json!("wrong");
        wrong["spec"]["versions"][0]["process"][field] = value.clone();
        let reply = world.of("root").post("/api/v1/orgs/acme/environment-templates", &wrong).await;
        assert_eq!(reply.status, 422, "{field} {value}: {}", reply.text());
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn code_in_names_searches_and_words_is_only_text() {
    let world = World::start().await;
    let root = world.of("root");
    for code in CODE {
        let title: String = code.chars().take(100).collect();
        let body =
            json!({ "metadata": { "name": "titled", "display_name": title, "description": code, "labels": {} }, "spec": {} });
        let made = root.post(&format!("{VISION}/workspaces"), &body).await;
        if made.status == 201 {
            let listed = root.get(&format!("{VISION}/workspaces/titled")).await.expect(200).json();
            assert_eq!(listed["metadata"]["display_name"].as_str().unwrap(), title.trim());
            root.delete(&format!("{VISION}/workspaces/titled")).await.expect(204);
        } else {
            made.problem(422, "invalid");
        }
        let word: String = url::form_urlencoded::byte_serialize(code.as_bytes()).collect();
        for path in [
            format!("{VISION}/workspaces?search={word}"),
            format!("{VISION}/workspaces?sort={word}"),
            format!("{VISION}/workspaces?label={word}"),
            format!("{VISION}/workspaces?cursor={word}"),
            format!("{VISION}/workspaces?limit={word}"),
            format!("/api/v1/audit-entries?search={word}&actor={word}"),
            format!("/api/v1/audit-entries?org={word}"),
        ] {
            let reply = root.get(&path).await;
            let status = reply.status.as_u16();
            assert!([200, 404, 422].contains(&status), "{path}: {status} {}", reply.text());
            assert!(
                status != 200
                    || path.contains("audit")
                    || reply.json()["items"].as_array().unwrap().is_empty()
                    || path.contains("sort")
                    || path.contains("limit")
                    || path.contains("cursor"),
                "{path}: {}",
                reply.text()
            );
        }
    }
    // Wildcards of the database match themselves.
    for wildcard in ["%25", "_", "r_search", "%25%25"] {
        let found = root.get(&format!("{VISION}/workspaces?search={wildcard}")).await.expect(200).json();
        assert_eq!(found["total"], 0, "{wildcard}: {found}");
    }
    world.finish().await;
}
