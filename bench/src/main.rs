//! Measures Warpyard beside JupyterHub: one run, one machine, one trivial application, one load generator.
//!
//! `cargo xtask bench` installs JupyterHub, builds everything and starts this. It asserts nothing about time; it writes
//! what it measured to docs/benchmarks.md, docs/benchmarks.svg and a JSON file.
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark starts programs and reads the real clock; the rules are for what ships"
)]

mod bare;
mod handout;
mod jupyterhub;
mod load;
mod machine;
mod measure;
mod picture;
mod process;
mod report;
mod rows;
mod samples;
mod subject;
mod warpyard;
mod watch;

use anyhow::{Context, Result, bail};
use clap::Parser;
use std::path::{Path, PathBuf};
use subject::Subject;

#[derive(Parser)]
#[command(about = "Measure Warpyard beside JupyterHub")]
struct Arguments {
    /// The server's binary.
    #[arg(long)]
    warpyard: PathBuf,
    /// JupyterHub's program.
    #[arg(long)]
    jupyterhub: PathBuf,
    /// The program of JupyterHub's proxy.
    #[arg(long)]
    jupyterhub_proxy: PathBuf,
    /// The trivial application.
    #[arg(long)]
    application: PathBuf,
    /// A folder for databases, logs and the raw results.
    #[arg(long)]
    work: PathBuf,
    /// The folder of the page and the picture.
    #[arg(long)]
    documents: PathBuf,
    /// A few requests of each, to see that everything works; nothing is written to docs/.
    #[arg(long)]
    quick: bool,
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    match measure_and_report(&Arguments::parse()).await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn measure_and_report(arguments: &Arguments) -> Result<()> {
    let amounts = if arguments.quick { measure::Amounts::QUICK } else { measure::Amounts::FULL };
    let place = arguments.work.join(format!("run-{}", std::process::id()));
    std::fs::create_dir_all(&place).with_context(|| format!("cannot make {}", place.display()))?;
    let machine = machine::Machine::read();
    let mut subjects: Vec<Box<dyn Subject>> = Vec::new();
    let measured = async {
        start(arguments, &place, &mut subjects).await?;
        measure::all(&subjects, amounts, &arguments.application).await
    };
    let measured = measured.await;
    let versions: Vec<String> = subjects.iter().map(|subject| format!("{} {}", subject.title(), subject.version())).collect();
    for subject in subjects {
        subject.stop().await?;
    }
    let (numbers, bare) = measured?;
    let [ours, theirs] = numbers.as_slice() else { bail!("two systems are compared") };
    let rows = rows::rows(ours, theirs, bare);
    let page = report::page(&rows, bare, amounts, &machine, &versions);
    println!("{page}");
    let raw = serde_json::json!({"machine": machine, "amounts": amounts, "versions": versions, "warpyard": ours,
        "jupyterhub": theirs, "bare": bare});
    write(&arguments.work.join("results.json"), &(serde_json::to_string_pretty(&raw)? + "\n"))?;
    if !arguments.quick {
        write(&arguments.documents.join("benchmarks.md"), &page)?;
        write(&arguments.documents.join("benchmarks.svg"), &picture::draw(&rows))?;
    }
    std::fs::remove_dir_all(&place).with_context(|| format!("cannot remove {}", place.display()))
}

/// Starts both systems. They go into `subjects` one by one, so that what was started is ended when the next one fails.
async fn start(arguments: &Arguments, place: &Path, subjects: &mut Vec<Box<dyn Subject>>) -> Result<()> {
    let parts =
        warpyard::Parts { server: &arguments.warpyard, application: &arguments.application, place: place.join("warpyard") };
    subjects.push(Box::new(warpyard::Warpyard::start(&parts).await.context("Warpyard")?));
    let parts = jupyterhub::Parts {
        hub: &arguments.jupyterhub,
        proxy: &arguments.jupyterhub_proxy,
        application: &arguments.application,
        place: place.join("jupyterhub"),
    };
    subjects.push(Box::new(jupyterhub::JupyterHub::start(&parts).await.context("JupyterHub")?));
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<()> {
    std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}
