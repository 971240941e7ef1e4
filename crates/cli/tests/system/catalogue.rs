//! Every profile that is shipped, launched with what it proposes, and used for what it is for.

use crate::world::{Person, World, until};
use serde_json::{Value, json};
use std::time::Instant;

#[test]
fn every_shipped_profile_is_launched_and_does_what_it_is_for() {
    let world = World::start();
    let noor = world.developer();
    let listed = world.admin.json(&["get", "system-profiles"]);
    let profiles = listed["items"].as_array().or(listed.as_array()).unwrap_or_else(|| panic!("a list: {listed}"));
    assert!(profiles.len() >= 13, "{}", profiles.len());
    for profile in profiles {
        let name = profile["metadata"]["name"].as_str().unwrap();
        world.admin.ok(&["system-profile", "launch", name, "--project", "vision"]);
        let begun = Instant::now();
        if profile["spec"]["workload"] == "compute" {
            compute(&noor, name);
        } else {
            service(&noor, name);
        }
        eprintln!("{name}: {:.1} s", begun.elapsed().as_secs_f64());
    }
    until("nothing runs on", || world.instance_processes().is_empty().then_some(()));
}

fn compute(noor: &Person, name: &str) {
    noor.ok(&["launch", name, "--kind", "compute", "--name", name, "--wait"]);
    let instance = noor.json(&["get", "compute-instance", name]);
    let status = &instance["status"];
    assert_eq!(status["phase"], "running", "{instance}");
    assert_eq!(status["allocation"]["cpu_millis"], status["size"]["cpu_millis"], "{instance}");
    assert_eq!(status["allocation"]["memory_bytes"], status["size"]["memory_bytes"], "{instance}");
    assert_eq!(status["allocation"]["gpus"].as_array().map_or(0, Vec::len) > 0, name.starts_with("gpu"), "{instance}");
    noor.ok(&["delete", "compute-instance", name, "--yes", "--wait"]);
}

fn service(noor: &Person, name: &str) {
    if name == "batch-job" {
        return batch_job(noor);
    }
    noor.ok(&["launch", name, "--name", name, "--wait", "--timeout", "15m"]);
    match name {
        "jupyterlab" => {
            let status = noor.app(name).get("/api/status").good().json();
            assert!(status["started"].is_string(), "{status}");
        }
        "code-server" => {
            let mut page = noor.app(name).get("/");
            if page.status == 302 {
                let path = page.headers["location"].to_str().unwrap().trim_start_matches('.').to_owned();
                page = noor.app(name).get(&path);
            }
            assert!(page.good().body.contains("code-server"), "the editor's page");
        }
        "tensorboard" => {
            let environment = noor.app(name).get("/data/environment").good().json();
            assert!(environment["version"].is_string(), "{environment}");
        }
        "mlflow" => {
            let app = noor.app(name);
            let made = app.post("/api/2.0/mlflow/experiments/create", &json!({"name": "first"})).good().json();
            let id = made["experiment_id"].as_str().unwrap_or_else(|| panic!("{made}"));
            let got = app.get(&format!("/api/2.0/mlflow/experiments/get?experiment_id={id}")).good().json();
            assert_eq!(got["experiment"]["name"], "first", "{got}");
        }
        "ray" => {
            let version = noor.app(name).get("/api/version").good().json();
            assert_eq!(version["ray_version"], "2.60.0", "{version}");
        }
        "llm" => {
            let question = json!({"model": "default", "max_tokens": 8, "messages": [{"role": "user", "content": "Say hello."}]});
            let said = noor.app(name).post("/v1/chat/completions", &question).good().json();
            let text = said["choices"][0]["message"]["content"].as_str().unwrap_or_default();
            assert!(!text.trim().is_empty(), "{said}");
        }
        "terminal" => {
            let ran = noor
                .run_with_input(&["exec", name, "--", "bash", "-lc", "read line; echo \"$line\" in $HOME; exit 5"], "hello\n");
            assert_eq!((ran.code, ran.out.as_str()), (5, "hello in /home/warpyard\n"), "{ran:?}");
        }
        other => panic!("nothing here says what {other} is for: add what it must answer"),
    }
    noor.ok(&["delete", "service-instance", name, "--yes", "--wait"]);
    noor.fails(3, &["get", "service-instance", name]);
}

fn batch_job(noor: &Person) {
    // Waiting ends when the script does, with its exit code.
    let ended = |name: &str, script: &str, code: i32| {
        let script = format!("script={script}");
        let ran = noor.run(&["launch", "batch-job", "--name", name, "-i", &script, "--wait", "--timeout", "5m"]);
        assert_eq!(ran.code, code, "{ran:?}");
        assert!(!ran.error.contains("Wait until it answers"), "{ran:?}");
        noor.service(name)
    };
    let good = ended("good", "echo \"on $(uname)\"\nexit 0", 0);
    assert_eq!((&good["status"]["phase"], &good["status"]["exit_code"]), (&json!("succeeded"), &json!(0)), "{good}");
    assert!(noor.ok(&["logs", "good"]).contains("on Linux"));
    let bad = ended("bad", "echo so long\nexit 3", 3);
    assert_eq!((&bad["status"]["phase"], &bad["status"]["exit_code"]), (&json!("failed"), &json!(3)), "{bad}");
    assert!(bad["status"]["message"].as_str().is_some_and(|m| m.contains('3')), "{bad}");
    for name in ["good", "bad"] {
        let compute = noor.service(name)["spec"]["compute"].as_str().unwrap().to_owned();
        until("what a job that ended held is given back", || {
            let compute = noor.json(&["get", "compute-instance", &compute]);
            let held: Option<&Value> = compute["status"].get("allocation").filter(|a| !a.is_null());
            held.is_none().then_some(())
        });
        noor.ok(&["delete", "service-instance", name, "--yes", "--wait"]);
    }
}
