//! The verbs, run as people run them, against a small server that speaks the contract.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests run the program and stop at the first surprise")]

mod world;

use serde_json::{Value, json};
use std::io::BufRead;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use world::{TOKEN, World, run_at_terminal, run_with_input};

#[test]
fn signing_in_keeps_a_token_that_only_its_owner_can_read() {
    let world = World::start();
    let login = ["login", &world.url, "--email", "ana@example.com", "--password-stdin"];
    let wrong = run_with_input(world.command_of_nobody(&login), "wrong\n");
    assert_eq!(wrong.code, 4, "{wrong:?}");
    assert!(!world.config_file().exists());

    let right = run_with_input(world.command_of_nobody(&login), "open sesame\n");
    assert_eq!(right.code, 0, "{right:?}");
    assert!(right.out.contains("as ana@example.com") && right.out.contains("2099-01-02"), "{right:?}");
    assert_eq!(std::fs::metadata(world.config_file()).unwrap().permissions().mode() & 0o777, 0o600);
    let made = &world.seen("POST", "/me/tokens")[0];
    assert_eq!(made.body["expires_in_seconds"], 30 * 24 * 3_600);
    assert_eq!(world.seen("DELETE", "/session").len(), 1, "the session was ended");

    let whoami = world.command_of_nobody(&["whoami"]).output().unwrap();
    assert!(String::from_utf8_lossy(&whoami.stdout).contains("Ana Lima"), "{whoami:?}");
    let view = world.command_of_nobody(&["config", "view", "-o", "json"]).output().unwrap();
    assert!(!String::from_utf8_lossy(&view.stdout).contains(TOKEN), "the token is not shown");

    let logout = world.command_of_nobody(&["logout"]).output().unwrap();
    assert!(logout.status.success(), "{logout:?}");
    assert_eq!(world.seen("DELETE", "/me/tokens/t-1").len(), 1, "the token was revoked");
    assert!(!std::fs::read_to_string(world.config_file()).unwrap().contains(TOKEN));
    let after = world.command_of_nobody(&["whoami"]).output().unwrap();
    assert_eq!(after.status.code(), Some(4));
}

#[test]
fn a_second_factor_is_asked_for_at_the_terminal() {
    for (typed, what) in [("123 456", "totp"), ("abcd-efgh", "recovery")] {
        let world = World::start();
        let login = world.command_of_nobody(&["login", &world.url, "--email", "ana@example.com"]);
        let questions =
            [("Password of ana@example.com: ", "two steps"), ("Code of your authenticator app, or a recovery code: ", typed)];
        let (code, shown) = run_at_terminal(&login, &questions);
        assert_eq!(code, 0, "{shown}");
        assert!(shown.contains("Signed in to"), "{shown}");
        assert!(!shown.contains("two steps") && !shown.contains(typed), "what is typed is not shown: {shown}");
        let sent = &world.seen("POST", "/session/second-factor")[0].body;
        assert_eq!(*sent, json!({ "ticket": "t-9", what: typed }));
        assert_eq!(world.seen("POST", "/me/tokens").len(), 1);
    }
    let world = World::start();
    let login = world.command_of_nobody(&["login", &world.url, "--email", "ana@example.com"]);
    let questions = [("Password of ", "two steps"), ("Code of your authenticator app", "000000")];
    let (code, shown) = run_at_terminal(&login, &questions);
    assert_eq!(code, 4, "{shown}");
    assert!(!world.config_file().exists());
    // Nobody to ask: it says what to do instead.
    let words = ["login", &world.url, "--email", "ana@example.com", "--password-stdin"];
    let refused = run_with_input(world.command_of_nobody(&words), "two steps\n");
    assert_eq!(refused.code, 4, "{refused:?}");
    assert!(refused.error.contains("--token-stdin"), "{refused:?}");
}

#[test]
fn choices_of_the_configuration_count() {
    let world = World::start();
    let login = ["login", &world.url, "--token-stdin", "--context", "here"];
    assert_eq!(run_with_input(world.command_of_nobody(&login), TOKEN).code, 0);
    for words in
        [["config", "set", "org", "acme"], ["config", "set", "project", "vision"], ["config", "set", "workspace", "research"]]
    {
        assert!(world.command_of_nobody(&words).status().unwrap().success());
    }
    let get = world.command_of_nobody(&["get", "service", "nb-1", "-o", "name"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&get.stdout), "service-instance/nb-1\n");
    let unknown = world.command_of_nobody(&["config", "use-context", "there"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(3));
}

#[test]
fn exit_codes_say_what_went_wrong() {
    let world = World::start();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["get", "pods"], 2, "is not a kind"),
        (&["get", "services", "--unknown"], 2, "--unknown"),
        (&["delete", "service", "nb-1"], 2, "--yes"),
        (&["get", "service", "nb-2"], 3, "did you mean nb-1?"),
        (&["audit"], 4, "may not read the audit trail"),
        (&["delete", "org", "acme", "--yes"], 5, "Project/vision: lives in it"),
        (&["launch", "jupyter", "--name", "nb-1"], 5, "There is a service instance of this name."),
        (&["launch", "jupyter", "-i", "gpus=many"], 6, "inputs.gpus: must be a whole number"),
        (&["launch", "jupytr"], 3, "did you mean jupyter?"),
        (&["get", "orgs", "--server", "http://127.0.0.1:9"], 7, "cannot reach http://127.0.0.1:9"),
        (&["get", "orgs", "--server", "nonsense"], 6, "is not a server address"),
        (&["open", "nb-1", "lob"], 3, "did you mean lab?"),
    ];
    for (words, code, part) in cases {
        let ran = world.run(words);
        assert_eq!(ran.code, *code, "{words:?}: {ran:?}");
        assert!(ran.error.contains(part), "{words:?}: {part:?} is missing in {:?}", ran.error);
        assert!(!ran.error.contains("panicked") && !ran.error.contains("request-1"), "{words:?}: {:?}", ran.error);
    }
    let verbose = world.run(&["-v", "delete", "org", "acme", "--yes"]);
    assert!(verbose.error.contains("request id: request-1"), "{verbose:?}");
    let mut stranger = world.command(&["whoami"]);
    assert_eq!(stranger.env("WARPYARD_TOKEN", "wyd_wrong").output().unwrap().status.code(), Some(4));
}

#[test]
fn get_shows_every_page_in_every_format() {
    let world = World::start();
    assert_eq!(world.run(&["get", "targets", "-o", "name"]).out, "target/local\ntarget/remote\n");
    assert_eq!(world.run(&["get", "targets", "-o", "name", "--limit", "1"]).out, "target/local\n");
    let table = world.run(&["get", "services"]).out;
    assert!(table.starts_with("NAME  ORG   PROJECT  WORKSPACE  PROFILE  PHASE"), "{table}");
    assert!(table.contains("nb-1  acme  vision   research   jupyter  running"), "{table}");
    assert_eq!(world.run(&["get", "services", "--no-headers"]).out.lines().count(), 1);
    let list: Value = serde_json::from_str(&world.run(&["get", "svc", "-A", "-o", "json"]).out).unwrap();
    assert_eq!(list["items"][0]["metadata"]["name"], "nb-1");
    let yaml = world.run(&["get", "service/nb-1", "-o", "yaml"]).out;
    assert!(yaml.contains("kind: ServiceInstance\n"), "{yaml}");
    let none = world.run(&["get", "computes"]);
    assert_eq!((none.code, none.out.as_str()), (0, ""));
    assert!(none.error.contains("There are no compute instances"), "{none:?}");
}

#[test]
fn watching_shows_changes_as_rows() {
    let world = World::start();
    assert_eq!(world.run(&["launch", "jupyter", "--name", "nb-2"]).code, 0);
    let mut child = world.command(&["get", "services", "--watch"]).stdout(Stdio::piped()).spawn().unwrap();
    let lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut phases = Vec::new();
    for line in lines.filter(|line| line.starts_with("nb-2 ")) {
        // Rows stand under the heading of the first table, so the phase is the sixth word of each.
        phases.push(line.split_whitespace().nth(5).unwrap().to_owned());
        if phases.last().is_some_and(|phase| phase == "running") {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(phases, ["pending", "provisioning", "running"]);
    assert!(world.seen("GET", "/watch/stream")[0].query.contains("since=10"));
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let world = World::start();
    let mut child = world.command(&["completion", "bash"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}

#[test]
fn launch_sends_typed_inputs_and_waits() {
    let world = World::start();
    let ran = world.run(&[
        "launch",
        "jupyter",
        "--preset",
        "small",
        "-i",
        "gpus=2",
        "-i",
        "tags=a,b",
        "-i",
        "debug=yes",
        "--wait",
        "--on-behalf-of",
        "bob",
    ]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.error.contains("… Make the environment\n✓ Make the environment"), "{ran:?}");
    assert!(ran.out.contains(" is running. Open it with `warpyard open jupyter-"), "{ran:?}");
    let sent = &world.seen("POST", "/service-instances")[0].body;
    assert_eq!(
        sent["spec"],
        json!({"profile": {"name": "jupyter", "project": "vision"}, "inputs": {"gpus": 2, "tags": ["a", "b"], "debug": true}, "owner": "bob"})
    );
    let name = sent["metadata"]["name"].as_str().unwrap();
    assert!(name.starts_with("jupyter-") && name.len() == "jupyter-".len() + 4, "{name}");
}

#[test]
fn launch_that_fails_or_lasts_ends_with_its_own_code() {
    let world = World::start();
    let failed = world.run(&["launch", "broken", "--name", "b-1", "--wait"]);
    assert_eq!(failed.code, 8, "{failed:?}");
    assert!(failed.error.contains("service-instance/b-1 is failed: The disk is full."), "{failed:?}");
    assert!(failed.error.contains("warpyard logs b-1"), "{failed:?}");
    let slow = world.run(&["launch", "slow", "--name", "s-1", "--wait", "--timeout", "1s"]);
    assert_eq!(slow.code, 9, "{slow:?}");
    // A job is waited for until it ends, and its exit code is handed on.
    let job = world.run(&["launch", "job", "--name", "j-1", "--wait"]);
    assert_eq!((job.code, job.out.as_str()), (0, "service-instance/j-1 is succeeded.\n"), "{job:?}");
    let bad = world.run(&["launch", "bad-job", "--name", "j-2", "--wait"]);
    assert_eq!(bad.code, 3, "{bad:?}");
    assert!(bad.error.contains("service-instance/j-2 is failed: exit code 3"), "{bad:?}");
    let stopped = world.run(&["stop", "nb-1", "--wait"]);
    assert_eq!((stopped.code, stopped.out.as_str()), (0, "service-instance/nb-1 is stopped.\n"), "{stopped:?}");
}

#[test]
fn several_bad_inputs_are_listed() {
    let world = World::start();
    let ran = world.run(&["launch", "jupyter", "-i", "gpus=many", "-i", "typo=1"]);
    assert_eq!(ran.code, 6);
    assert_eq!(
        ran.error,
        "error: 2 inputs of jupyter break a rule\n  inputs.gpus: must be a whole number\n  inputs.typo: there is no such input\n"
    );
}

#[test]
fn a_dry_run_makes_nothing() {
    let world = World::start();
    let ran = world.run(&["launch", "jupyter", "--name", "nb-9", "--dry-run", "-i", "gpus=1"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for part in ["service-instance/nb-9 in /acme/vision/research", "2 CPU, 4 GiB", "0.50 EUR per hour", "there is room for 3"] {
        assert!(ran.out.contains(part), "{part:?} is missing in {}", ran.out);
    }
    assert_eq!(world.seen("POST", "/service-instances")[0].query, "dry_run=true");
    assert_eq!(world.run(&["get", "service", "nb-9"]).code, 3);
}

#[test]
fn files_are_applied_and_compared() {
    let world = World::start();
    let document = |name: &str, kind: &str| {
        format!("apiVersion: warpyard.io/v1\nkind: {kind}\nmetadata: {{name: {name}, org: acme}}\nspec: {{}}\n")
    };
    let same = world.file("same.yaml", &document("same", "Project"));
    let other = world.file("other.yaml", &document("other", "Project"));
    let bad = world.file("bad.yaml", &format!("{}---\n{}", document("same", "Project"), document("x", "Pod")));
    let applied = world.run(&["apply", "-f", &same, "-f", &other]);
    assert_eq!(applied.out, "project/same in /acme unchanged\nproject/other in /acme updated\n", "{applied:?}");
    let from_stdin = world.run_with_input(&["apply", "-f", "-", "-o", "name"], &document("same", "Project"));
    assert_eq!(from_stdin.out, "project/same\n", "{from_stdin:?}");
    assert_eq!(world.run(&["diff", "-f", &same]).code, 0);
    let different = world.run(&["diff", "-f", &other]);
    assert_eq!(different.code, 1);
    assert_eq!(
        different.out,
        "--- server/acme/project/other\n+++ file/acme/project/other\n@@ -1 +1 @@\n-contact: old\n+contact: new\n"
    );
    let refused = world.run(&["apply", "-f", &bad]);
    assert_eq!(refused.code, 6);
    assert!(refused.error.contains("bad.yaml (document 2): kind: \"Pod\" is not a kind"), "{refused:?}");
    assert_eq!(world.run(&["apply", "-f", "no-such-file.yaml"]).code, 1);
    let broken = world.file("broken.yaml", "a: [");
    assert_eq!(world.run(&["apply", "-f", &broken]).code, 6);
}

#[test]
fn an_export_can_be_applied_again() {
    let world = World::start();
    let exported = world.run(&["export", "service", "nb-1"]);
    assert_eq!(exported.code, 0, "{exported:?}");
    for set_by_the_server in ["uid", "status", "resource_version", "created_at"] {
        assert!(!exported.out.contains(set_by_the_server), "{}", exported.out);
    }
    let applied = world.run_with_input(&["apply", "-f", "-"], &exported.out);
    assert_eq!(applied.code, 0, "{applied:?}");
}

#[test]
fn logs_events_and_open_write_what_the_server_says() {
    let world = World::start();
    assert_eq!(world.run(&["logs", "nb-1", "--tail", "2"]).out, "one\ntwo\n");
    assert_eq!(world.seen("GET", "/logs")[0].query, "tail=2");
    assert!(world.run(&["events", "nb-1"]).out.contains("Started"));
    assert_eq!(world.run(&["open", "nb-1", "--print"]).out, "http://lab\n");
    assert!(world.run(&["describe", "service", "nb-1"]).out.contains("Phase:         running"));
    assert_eq!(world.run(&["delete", "service/nb-1", "--yes"]).out, "service-instance/nb-1 is deleted.\n");
    assert_eq!(world.run(&["logs", "nb-1"]).code, 3);
}

#[test]
fn exec_passes_input_output_and_the_exit_code() {
    let world = World::start();
    let ran = world.run_with_input(&["exec", "nb-1", "--", "shout", "-x"], "hello\n");
    assert_eq!((ran.code, ran.out.as_str()), (7, "HELLO\n"), "{ran:?}");
    assert_eq!(world.seen("GET", "/terminal")[0].query, "tty=false&command=shout&command=-x");
}
