//! Developer commands: what `make run`, `make test`, `make check` and `make bench` do.
//!
//! The Makefile only calls this; nothing here ships. Each command works from a fresh clone.
#![expect(
    clippy::disallowed_methods,
    reason = "a developer command reads the environment, starts tools and tells the time; the rules are for what ships"
)]

mod bench;
mod check;
mod console;
mod generate;
mod python;
mod run;
mod shell;
mod test;
mod tidy;
mod tools;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "xtask", about = "Developer commands of Warpyard", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the console and the server and start it on ./data.
    Run {
        /// Handed to `warpyard serve`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        serve: Vec<String>,
    },
    /// Install what is missing where that can be done, and run every test suite.
    Test {
        /// Only these suites; all of them where none is named.
        suites: Vec<test::Suite>,
    },
    /// Format, lints, documentation, tidiness and generated files.
    Check,
    /// The rules no compiler checks: dependency arrows, file lengths, headers, licences, lock files.
    Tidy,
    /// Make the generated files again: the OpenAPI document and the console's types.
    Generate {
        /// Change nothing; fail where a file is out of date.
        #[arg(long)]
        check: bool,
        /// Also accept what the golden tests say now, to be read in `git diff`.
        #[arg(long, conflicts_with = "check")]
        goldens: bool,
    },
    /// Measure beside JupyterHub and write docs/benchmarks.md.
    Bench {
        /// Handed to the benchmark.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

fn main() -> std::process::ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Run { serve } => run::run(&serve),
        Command::Test { suites } => test::run(&suites),
        Command::Check => check::run(),
        Command::Tidy => tidy::run(),
        Command::Generate { check, goldens } => generate::run(check, goldens),
        Command::Bench { arguments } => bench::run(&arguments),
    };
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
