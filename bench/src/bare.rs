//! Starting the application directly, with nothing around it: what a launch cannot be faster than.

use crate::load::{self, Connection};
use crate::measure::check_small;
use crate::process;
use crate::samples::Samples;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;
use tokio::io::{AsyncBufReadExt, BufReader};

/// Starts it so many times, one after the other: from the start of the process to its first answer.
pub(crate) async fn starts(application: &Path, count: usize) -> Result<Samples> {
    let mut samples = Samples::default();
    let all = Instant::now();
    for _ in 0..count {
        let address = process::free_address()?;
        let started = Instant::now();
        let mut child = tokio::process::Command::new(application)
            .arg(address.port().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", application.display()))?;
        let output = child.stdout.take().context("standard output was piped just above")?;
        BufReader::new(output).lines().next_line().await?.context("the application ended without listening")?;
        let answer = Connection::new(address).succeed(load::get("/", &[])).await?;
        check_small(&answer)?;
        samples.times.push(started.elapsed());
        child.kill().await?;
    }
    samples.elapsed = all.elapsed();
    Ok(samples)
}
