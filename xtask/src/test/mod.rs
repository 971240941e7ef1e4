//! `make test`: installs what is missing, runs every suite also after one has failed, and sums up.
//!
//! A test that cannot run on this machine writes a line `skipped: what: why`; such lines are repeated at the end, and
//! `WARPYARD_REQUIRE_ALL=1` makes each of them a failure. The last line is the sum in plain words.

mod counts;
mod schemathesis;
mod server;

use crate::tools::Tool;
use crate::{console, generate, shell, tools};
use anyhow::{Result, bail};
use counts::Counts;
use std::process::Command;
use std::time::{Duration, Instant};

/// The suites, in the order they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Suite {
    /// Everything written in Rust, with real SQLite, PostgreSQL and sandboxes, and the proofs about the policies.
    Rust,
    /// The console's unit tests.
    Web,
    /// The OpenAPI document against a real server.
    Api,
    /// A real browser against a real server.
    Browser,
}

const ALL: [Suite; 4] = [Suite::Rust, Suite::Web, Suite::Api, Suite::Browser];

impl Suite {
    fn title(self) -> &'static str {
        match self {
            Suite::Rust => "Rust tests",
            Suite::Web => "console unit tests",
            Suite::Api => "OpenAPI against a real server (schemathesis)",
            Suite::Browser => "browser tests",
        }
    }

    fn needs(self) -> &'static [Tool] {
        match self {
            Suite::Rust => &[Tool::Bubblewrap, Tool::Cvc5, Tool::PostgreSql, Tool::PythonVenv],
            Suite::Web => &[],
            Suite::Api => &[Tool::Bubblewrap, Tool::PythonVenv],
            Suite::Browser => &[Tool::Bubblewrap, Tool::PythonVenv, Tool::Chromium],
        }
    }

    /// Without these the suite cannot start at all; without the others single tests in it are skipped.
    fn must_have(self) -> &'static [Tool] {
        match self {
            Suite::Rust | Suite::Web => &[],
            Suite::Api => &[Tool::PythonVenv],
            Suite::Browser => &[Tool::Chromium],
        }
    }

    fn run(self) -> Result<Counts> {
        match self {
            Suite::Rust => {
                console::build()?;
                generate::build_everything()?;
                let mut test = shell::cargo();
                test.args(["test", "--workspace", "--no-fail-fast"]).env("INSTA_UPDATE", "no");
                counted(&mut test, counts::cargo)
            }
            Suite::Web => {
                console::install("web")?;
                counted(shell::npm("web").arg("test"), counts::vitest)
            }
            Suite::Api => {
                console::build()?;
                generate::build_everything()?;
                schemathesis::run(&binary())
            }
            Suite::Browser => {
                console::build()?;
                generate::build_everything()?;
                console::install("e2e")?;
                let mut test = shell::npm("e2e");
                test.arg("test").env("WARPYARD_BINARY", binary());
                counted(&mut test, counts::browser)
            }
        }
    }
}

/// The server as `cargo build` makes it; it reads the console from web/dist.
fn binary() -> std::path::PathBuf {
    shell::target().join("debug/warpyard")
}

struct Outcome {
    suite: Suite,
    counts: Counts,
    error: Option<String>,
    took: Duration,
}

/// Runs the suites named, or all of them.
pub(crate) fn run(named: &[Suite]) -> Result<()> {
    let chosen: Vec<Suite> = ALL.into_iter().filter(|suite| named.is_empty() || named.contains(suite)).collect();
    let require_all = std::env::var("WARPYARD_REQUIRE_ALL").is_ok_and(|value| value == "1");
    let mut needs: Vec<Tool> = Vec::new();
    for tool in chosen.iter().flat_map(|suite| suite.needs()) {
        if !needs.contains(tool) {
            needs.push(*tool);
        }
    }
    tools::require_node()?;
    let missing = tools::install(&needs);
    let outcomes: Vec<Outcome> = chosen.into_iter().map(|suite| run_one(suite, &missing)).collect();
    summarise(&outcomes, require_all)
}

fn run_one(suite: Suite, missing: &[Tool]) -> Outcome {
    shell::heading(suite.title());
    let started = Instant::now();
    if let Some(tool) = suite.must_have().iter().find(|tool| missing.contains(tool)) {
        let line = format!("{}: {} is not installed", suite.title(), tool.title());
        println!("skipped: {line}");
        return Outcome { suite, counts: Counts::skipped_whole(line), error: None, took: started.elapsed() };
    }
    let (counts, error) = match suite.run() {
        Ok(counts) => {
            let error = counts.complaint();
            (counts, error)
        }
        Err(error) => (Counts { failed: 1, ..Counts::default() }, Some(format!("{error:#}"))),
    };
    if let Some(error) = &error {
        println!("{}: {error}", suite.title());
    }
    Outcome { suite, counts, error, took: started.elapsed() }
}

/// Runs a command and counts what its output reports. A failed command with no failed test counts as one.
fn counted(command: &mut Command, count: fn(&mut Counts, &str)) -> Result<Counts> {
    let mut counts = Counts::default();
    let status = shell::watch(command, |line| {
        counts.note_skip(line);
        count(&mut counts, line);
    })?;
    if !status.success() && counts.failed == 0 {
        println!("{} ended with {status}", shell::shown(command));
        counts.failed = 1;
    }
    Ok(counts)
}

fn summarise(outcomes: &[Outcome], require_all: bool) -> Result<()> {
    shell::heading("summary");
    let mut sum = Counts::default();
    for Outcome { suite, counts, error, took } in outcomes {
        let verdict = if counts.failed > 0 { "FAILED" } else { "good" };
        println!(
            "{:<46} {verdict:<6} {:>5} passed {:>3} failed {:>3} skipped {:>6.0} s",
            suite.title(),
            counts.passed,
            counts.failed,
            counts.skipped,
            took.as_secs_f64()
        );
        if let Some(error) = error {
            println!("    {error}");
        }
        sum.add(counts);
    }
    for line in &sum.skips {
        println!("skipped: {line}");
    }
    if require_all && sum.skipped > 0 {
        println!("WARPYARD_REQUIRE_ALL=1: what was skipped counts as failed");
        sum.failed += sum.skipped;
        sum.skipped = 0;
    }
    println!("{} passed, {} failed, {} skipped", sum.passed, sum.failed, sum.skipped);
    if sum.failed > 0 {
        bail!("the tests did not pass");
    }
    Ok(())
}
