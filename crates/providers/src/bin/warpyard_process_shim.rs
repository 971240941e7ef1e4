//! The hidden subcommands of `warpyard`, alone in a small program, so that tests of this crate need no other crate.
//!
//! `apply DATA DESIRED.json` is a server that applies one service and then waits to be killed.

use std::sync::Arc;
use warpyard_provider::{Progress, ProgressSink, Provider, ServiceDesired};
use warpyard_providers::process::{self, ProcessConfig, ProcessProvider};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let subcommand = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let code = match (subcommand.as_str(), rest.as_slice()) {
        ("apply", [data, desired]) => match apply(data, desired) {
            Ok(()) => 0,
            Err(error) => {
                eprintln!("{error}");
                1
            }
        },
        (other, _) => process::internal(other, rest).unwrap_or_else(|| {
            eprintln!("{other:?} is not known; this program is started by tests");
            2
        }),
    };
    std::process::exit(code);
}

struct Silent;

impl ProgressSink for Silent {
    fn report(&self, _progress: Progress) {}
}

#[tokio::main]
async fn apply(data: &str, desired: &str) -> Result<(), Box<dyn std::error::Error>> {
    let desired: ServiceDesired = serde_json::from_slice(&std::fs::read(desired)?)?;
    let provider = Arc::new(ProcessProvider::new(ProcessConfig::new(data, std::env::current_exe()?))?);
    provider.apply_service(&desired, &Silent).await?;
    std::future::pending().await
}
