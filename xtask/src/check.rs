//! `make check`: everything that can be said about the code without running it.

use crate::{console, generate, shell, tidy, tools};
use anyhow::{Result, bail};
use std::time::Instant;

type Check = fn() -> Result<()>;

/// Runs every check, also after one has failed, and names the failed ones at the end.
pub(crate) fn run() -> Result<()> {
    let checks: &[(&str, Check)] = &[
        ("format", format),
        ("tidy", tidy::run),
        ("lints", lints),
        ("console lints and types", console_lints),
        ("generated files", || generate::run(true, false)),
        ("documentation", documentation),
        ("dependencies", dependencies),
    ];
    let mut failed = Vec::new();
    for (name, check) in checks {
        shell::heading(name);
        let started = Instant::now();
        match check() {
            Ok(()) => println!("{name}: good ({:.0} s)", started.elapsed().as_secs_f64()),
            Err(error) => {
                println!("{name}: FAILED ({:.0} s): {error:#}", started.elapsed().as_secs_f64());
                failed.push(*name);
            }
        }
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    println!("\nall checks are good");
    Ok(())
}

fn format() -> Result<()> {
    shell::run(shell::cargo().args(["fmt", "--all", "--check"]))
}

/// What ships is held to every rule; tests may use the clock, start programs and unwrap.
fn lints() -> Result<()> {
    shell::run(shell::cargo().args(["clippy", "--quiet", "--workspace", "--", "-D", "warnings"]))?;
    let mut tests = shell::cargo();
    tests.args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    for lint in ["clippy::disallowed_methods", "clippy::unwrap_used", "unfulfilled_lint_expectations"] {
        tests.args(["-A", lint]);
    }
    shell::run(&mut tests)
}

fn console_lints() -> Result<()> {
    for folder in ["web", "e2e"] {
        if !shell::root().join(folder).join("package.json").is_file() {
            bail!("{folder}/package.json is missing");
        }
        console::install(folder)?;
        for script in ["lint", "typecheck"] {
            shell::run(shell::npm(folder).args(["run", "--if-present", script]))?;
        }
    }
    Ok(())
}

fn documentation() -> Result<()> {
    let mut doc = shell::cargo();
    doc.args(["doc", "--quiet", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
    shell::run(&mut doc)
}

/// Building cargo-deny takes minutes, so it is used where somebody has installed it and named where not.
fn dependencies() -> Result<()> {
    if tools::on_path("cargo-deny").is_none() {
        println!("not run: cargo-deny is not installed (cargo install --locked cargo-deny)");
        return Ok(());
    }
    shell::run(shell::cargo().args(["deny", "--workspace", "check", "bans", "licenses", "sources"]))
}
