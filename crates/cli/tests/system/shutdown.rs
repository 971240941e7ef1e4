//! An operator stops the server: what is under way ends well, what runs goes on.

use crate::offer::offer;
use crate::world::{World, until};
use nix::sys::signal::Signal;
use std::path::PathBuf;

/// Answers `/slow` once the home holds a file `go`, and leaves a file `begun` when it is asked.
const SLOW: &str = "
import http.server, os, time

class Slow(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == '/slow':
            open('begun', 'w').close()
            while not os.path.exists('go'): time.sleep(0.01)
        body = b'at last'
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

http.server.ThreadingHTTPServer(('127.0.0.1', 8000), Slow).serve_forever()
";

#[test]
fn sigterm_lets_requests_end_and_instances_run_on() {
    let mut world = World::start();
    let noor = world.developer();
    // A JSON string is a YAML string too, with every line end in its place.
    let script = serde_json::Value::from(SLOW);
    let version = format!(
        "process: {{command: [python3, -u, -c, {script}]}}, endpoints: [{{name: web, title: Page, port: 8000}}],
      readiness: {{endpoint: web, path: /}}"
    );
    offer(&world, "slow", &version);
    noor.ok(&["launch", "slow", "--name", "slow", "--wait"]);
    let app = noor.app("slow");
    let asking = std::thread::spawn(move || app.get("/slow"));
    let computes = std::fs::read_dir(world.data().join("process/compute")).unwrap();
    let homes: Vec<PathBuf> = computes.map(|entry| entry.unwrap().path().join("home")).collect();
    let [home] = homes.as_slice() else { panic!("one compute instance: {homes:?}") };
    until("the app has the request", || home.join("begun").exists().then_some(()));
    let before = world.instance_processes();

    let id = world.server_id();
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(id.cast_signed()), Signal::SIGTERM).unwrap();
    until("the server says that it stops", || world.log().contains("stopping").then_some(()));
    assert!(!asking.is_finished(), "nothing has answered it yet");
    std::fs::write(home.join("go"), "").unwrap();
    assert_eq!(asking.join().unwrap().good().body, "at last");
    let status = world.end_server(Signal::SIGTERM);
    assert!(status.success(), "{status}");
    assert_eq!(world.instance_processes(), before, "instances run on");

    world.start_server();
    until("it runs", || (noor.service("slow")["status"]["phase"] == "running").then_some(()));
    assert_eq!(noor.app("slow").get("/").good().body, "at last");
    assert_eq!(world.instance_processes(), before, "adopted as it is");
}
