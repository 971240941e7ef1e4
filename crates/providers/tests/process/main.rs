//! The process provider against the conformance suite, and what only it promises.

mod isolation;
mod limits;
mod network;
mod preparing;
mod support;
mod survival;
mod unprivileged;

use std::sync::Arc;
use support::{config, shell};
use warpyard_provider::Provider;
use warpyard_provider::conformance::{self, Commands, Suite};
use warpyard_providers::process::{ProcessConfig, ProcessProvider};

/// A web server in one line: enough HTTP for a probe.
const SERVER: &str = "
import socket, sys
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', int(sys.argv[1]))); s.listen(64)
while True:
    c, _ = s.accept(); c.recv(65536); c.sendall(b'HTTP/1.0 200 OK\\r\\n\\r\\nhello'); c.close()
";

const COMMANDS: Commands = Commands {
    serve: |port| ["python3", "-c", SERVER, port].map(str::to_owned).to_vec(),
    print_and_wait: |text| shell(format!("printf '%s\\n' '{text}'; exec sleep 1000")),
    exit: |code| shell(format!("echo ending with {code}; exit {code}")),
    say: |text| shell(format!("echo {text}; exit 3")),
    copy: |_| vec!["cat".to_owned()],
    size: |_| vec!["stty".to_owned(), "size".to_owned()],
    prepare: |text| shell(format!("echo {text} | tee made")),
    prepare_failing: |text| shell(format!("echo {text}; exit 7")),
};

fn suite(config: ProcessConfig) -> Suite {
    let make = move || Arc::new(ProcessProvider::new(config.clone()).expect("a provider")) as Arc<dyn Provider>;
    Suite { make: Box::new(make), commands: COMMANDS, prefix: "p".to_owned(), prepares: true }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conforms() {
    let data = tempfile::tempdir().unwrap();
    conformance::run(&suite(config(data.path()))).await;
}
