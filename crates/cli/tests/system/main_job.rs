//! The main job with nothing but the command line: an administrator offers JupyterLab, a developer works in it.

use crate::http::Origin;
use crate::kernel::run_cell;
use crate::world::World;

#[test]
fn an_admin_offers_jupyterlab_and_a_developer_works_in_it() {
    let world = World::start();
    let noor = world.developer();
    for profile in ["jupyterlab", "gpu-one"] {
        let said = world.admin.ok(&["system-profile", "launch", profile, "--project", "vision"]);
        assert!(said.contains("created"), "{said}");
    }
    assert!(noor.ok(&["whoami"]).contains("noor@example.com"));

    noor.ok(&["launch", "gpu-one", "--name", "gpu", "--wait"]);
    let gpu = noor.json(&["get", "compute-instance", "gpu"]);
    assert_eq!(gpu["status"]["phase"], "running", "{gpu}");
    let launched = noor.run(&["launch", "jupyterlab", "--name", "nb", "--compute", "gpu", "--wait"]).expect(0, &["launch"]);
    assert!(launched.error.contains("JupyterLab"), "the steps are shown: {launched:?}");

    let opened = noor.ok(&["open", "nb", "--print"]);
    let app = noor.app("nb");
    assert!(opened.contains(&app.authority), "{opened}");
    assert_eq!(app.get("/api/status").good().json()["kernels"], 0);
    let nobody = Origin { headers: Vec::new(), ..app.clone() }.get("/api/status");
    assert!(nobody.status == 401 || nobody.status / 100 == 3, "{nobody:?}");
    assert!(!nobody.body.contains("kernels"), "{nobody:?}");

    let cell = "import os; print(os.environ['CUDA_VISIBLE_DEVICES']); open('kept.txt', 'w').write('still here')";
    let printed = run_cell(&app, cell);
    let device: u32 = printed.trim().parse().unwrap_or_else(|e| panic!("{e}: {printed:?}"));
    assert!(device < 4, "one of four devices: {device}");

    assert!(noor.ok(&["logs", "nb"]).contains("Jupyter Server"), "the log is the app's");
    let said = noor.run(&["exec", "nb", "--", "bash", "-c", "echo $CUDA_VISIBLE_DEVICES; exit 42"]).expect(42, &["exec"]);
    assert_eq!(said.out.trim(), device.to_string(), "{said:?}");

    noor.ok(&["stop", "nb", "--wait"]);
    assert_eq!(noor.service("nb")["status"]["phase"], "stopped");
    noor.ok(&["start", "nb", "--wait"]);
    assert_eq!(noor.ok(&["exec", "nb", "--", "cat", "kept.txt"]), "still here");

    let events = noor.ok(&["events", "nb"]);
    assert_eq!(events.matches("It runs and answers.").count(), 2, "started twice: {events}");
    let used = noor.fails(5, &["delete", "compute-instance", "gpu", "--yes"]);
    assert!(used.error.contains("nb"), "it says what uses it: {used:?}");
    noor.ok(&["delete", "service-instance", "nb", "--yes", "--wait"]);
    noor.ok(&["delete", "compute-instance", "gpu", "--yes", "--wait"]);
    noor.fails(3, &["get", "service-instance", "nb"]);
    assert_eq!(world.instance_processes(), []);
}
