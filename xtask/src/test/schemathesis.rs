//! The OpenAPI document held against a real server: no server error, no answer outside its schema.

use super::counts::Counts;
use super::server::Server;
use crate::{python, shell};
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::path::Path;

const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// Names that requests may guess, so that they reach past the first 404.
const ORGANIZATION: &str = "acme";
const PROJECT: &str = "vision";
const WORKSPACE: &str = "research";

/// What is asked of every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

/// Starts a server, makes a place to work in and lets schemathesis try every operation.
pub(super) fn run(binary: &Path) -> Result<Counts> {
    let environment = python::environment("schemathesis", &[SCHEMATHESIS])?;
    let server = Server::start(binary)?;
    let token = server.token()?;
    let nothing = serde_json::json!({});
    server.create(&token, "/api/v1/orgs", ORGANIZATION, &nothing)?;
    let org = format!("/api/v1/orgs/{ORGANIZATION}");
    server.create(&token, &format!("{org}/projects"), PROJECT, &nothing)?;
    server.create(&token, &format!("{org}/projects/{PROJECT}/workspaces"), WORKSPACE, &nothing)?;

    let place = shell::target().join("xtask/schemathesis-run");
    std::fs::create_dir_all(&place).with_context(|| format!("cannot make {}", place.display()))?;
    std::fs::write(place.join("schemathesis.toml"), configuration()).context("cannot write schemathesis.toml")?;
    let report = place.join("report.json");
    let _ = std::fs::remove_file(&report);
    let program = environment.join("bin/schemathesis").to_string_lossy().into_owned();
    let status = shell::watch(
        shell::command(&program)
            .current_dir(&place)
            .arg("run")
            .arg(format!("http://{}/api/v1/openapi.json", server.address))
            .args(["--header", &format!("Authorization: Bearer {token}")])
            // It never ends by itself; the API's own tests watch it.
            .args(["--exclude-operation-id", "watch_stream"])
            .args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-examples", "12"])
            .args(["--generation-deterministic", "--workers", "1", "--request-timeout", "20", "--warnings", "off"])
            .args(["--report", "json", "--report-json-path"])
            .arg(&report),
        |_| {},
    )?;
    let text =
        std::fs::read_to_string(&report).with_context(|| format!("schemathesis ended with {status} and wrote no report"))?;
    let counts = read(&serde_json::from_str(&text).context("the report of schemathesis is not JSON")?)?;
    if !status.success() && counts.failed == 0 {
        bail!("schemathesis ended with {status}");
    }
    Ok(counts)
}

/// Real names for path parameters; anything else is made up by schemathesis.
fn configuration() -> String {
    let word = |name: &str, value: &str| format!("\"path.{name}\" = \"{value}\"\n");
    format!("[parameters]\n{}{}{}", word("org", ORGANIZATION), word("project", PROJECT), word("workspace", WORKSPACE))
}

/// Counts operations: one that showed any fault, or could not be tried, has failed.
fn read(report: &serde_json::Value) -> Result<Counts> {
    let count = |name: &str| report["operations"][name].as_u64().with_context(|| format!("no operations.{name} in the report"));
    let mut faulty = BTreeSet::new();
    for failure in report["failures"].as_array().into_iter().flatten() {
        faulty.extend(failure["operations"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str));
    }
    let (selected, tested, errored) = (count("selected")?, count("tested")?, count("errored")?);
    let failed = faulty.len() as u64 + errored;
    // An operation that was chosen and never tried is a failure too: nobody looked at it.
    let untried = selected.saturating_sub(tested.max(errored));
    Ok(Counts { passed: tested.saturating_sub(failed), failed: failed + untried, ..Counts::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_counted_once_however_many_faults_they_show() {
        let report = serde_json::json!({
            "operations": {"total": 10, "selected": 10, "tested": 9, "errored": 1},
            "failures": [
                {"title": "Server error", "operations": ["GET /a", "GET /b"]},
                {"title": "Undocumented status", "operations": ["GET /a"]}
            ]
        });
        let counts = read(&report).expect("a report");
        assert_eq!((counts.passed, counts.failed), (6, 4));
        assert!(read(&serde_json::json!({})).is_err());
    }
}
