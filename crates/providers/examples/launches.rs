//! Measures what a launch costs over starting the same command directly, and how many launches a second go through.
//!
//! `cargo run --release -p warpyard-providers --example launches [COUNT] [AT A TIME]`; the `warpyard-process-shim` binary
//! must have been built in the same profile.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use warpyard_model::kinds::{Allocation, Network, RestartPolicy};
use warpyard_provider::{Progress, ProgressSink, Provider, ServiceDesired};
use warpyard_providers::process::{ProcessConfig, ProcessProvider};

struct Silent;

impl ProgressSink for Silent {
    fn report(&self, _progress: Progress) {}
}

fn desired(number: usize) -> ServiceDesired {
    ServiceDesired {
        uid: format!("s-{number}"),
        compute_uid: format!("c-{number}"),
        path: format!("/bench/{number}"),
        allocation: Allocation { cpu_millis: 1000, memory_bytes: 512 << 20, ..Allocation::default() },
        revision: 1,
        requires: Vec::new(),
        prepare: Vec::new(),
        files: Vec::new(),
        command: vec!["sleep".to_owned(), "1000".to_owned()],
        environment: BTreeMap::new(),
        working_directory: String::new(),
        network: Network::None,
        restart: RestartPolicy::Never,
        batch: false,
        stop_grace_seconds: 1,
        endpoints: Vec::new(),
        readiness: None,
        activity: Vec::new(),
    }
}

fn told(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    println!("{what}: p50 {:.1} ms, p95 {:.1} ms, max {:.1} ms", at(0.5), at(0.95), at(1.0));
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let count: usize = arguments.next().map_or(Ok(100), |text| text.parse())?;
    let parallel: usize = arguments.next().map_or(Ok(8), |text| text.parse())?;
    let executable = std::env::current_exe()?.with_file_name("../warpyard-process-shim").canonicalize()?;
    let data = tempfile::tempdir()?;
    let provider = Arc::new(ProcessProvider::new(ProcessConfig::new(data.path(), executable))?);

    let mut bare = Vec::new();
    for _ in 0..count {
        let began = Instant::now();
        let mut child = tokio::process::Command::new("sleep").arg("1000").stdin(Stdio::null()).spawn()?;
        bare.push(began.elapsed());
        child.kill().await?;
    }
    told("bare start", bare);

    let mut alone = Vec::new();
    for number in 0..count.min(30) {
        let began = Instant::now();
        provider.apply_service(&desired(1_000_000 + number), &Silent).await?;
        alone.push(began.elapsed());
    }
    told("launch, one at a time", alone);

    let next = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..parallel {
        let (provider, next) = (Arc::clone(&provider), Arc::clone(&next));
        workers.spawn(async move {
            let mut times = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return Ok::<_, warpyard_model::Error>(times);
                }
                let began = Instant::now();
                provider.apply_service(&desired(number), &Silent).await?;
                times.push(began.elapsed());
            }
        });
    }
    let mut times = Vec::new();
    while let Some(done) = workers.join_next().await {
        times.extend(done??);
    }
    let elapsed = began.elapsed();
    told(&format!("launch, {parallel} at a time"), times);
    println!("{:.1} launches a second", count as f64 / elapsed.as_secs_f64());

    let began = Instant::now();
    for number in (0..count).chain(1_000_000..1_000_000 + count.min(30)) {
        provider.destroy_compute(&format!("c-{number}")).await?;
    }
    println!("destroyed in {:.1} ms each", began.elapsed().as_secs_f64() * 1000.0 / (count + count.min(30)) as f64);
    Ok(())
}
