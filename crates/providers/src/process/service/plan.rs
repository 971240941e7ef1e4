//! What starting a service would do, as text.

use super::super::layout::check_uid;
use super::super::prepare;
use super::super::provider::Core;
use std::fmt::Write;
use warpyard_model::kinds::Network;
use warpyard_model::units::{format_cpu, format_size};
use warpyard_model::{Error, Result};
use warpyard_provider::ServiceDesired;

impl Core {
    /// Says names of variables and never their values: any may be a secret.
    pub(in super::super) fn plan_service(&self, desired: &ServiceDesired) -> Result<String> {
        check_uid(&desired.uid)?;
        let mut text = String::new();
        self.write_plan(&mut text, desired).map_err(Error::internal)?;
        Ok(text)
    }

    fn write_plan(&self, out: &mut String, desired: &ServiceDesired) -> std::fmt::Result {
        let allocation = &desired.allocation;
        writeln!(out, "Run {} on this machine", desired.path)?;
        write!(out, "  with {}, {}", format_cpu(allocation.cpu_millis), format_size(allocation.memory_bytes))?;
        match allocation.gpus.len() {
            0 => writeln!(out, ", no GPU")?,
            count => writeln!(out, ", {count} GPU: {}", allocation.gpus.join(", "))?,
        }
        for command in &desired.requires {
            let there = if self.machine.has_command(command) { "is there" } else { "is MISSING" };
            writeln!(out, "  needs {command}, which {there}")?;
        }
        let keys = prepare::keys(&desired.prepare);
        for step in &desired.prepare {
            let cached = keys.as_ref().is_ok_and(|keys| self.layout.cache().join(&keys[&step.name]).is_dir());
            let state = if cached { "made before, reused" } else { "made once, then reused" };
            writeln!(out, "  prepares {} ({}; {state}): {}", step.name, step.title, shown(&step.command))?;
        }
        for file in &desired.files {
            let when = if file.overwrite { "on every start" } else { "when missing" };
            writeln!(out, "  writes ~/{} {when}, {} bytes", file.path, file.content.len())?;
        }
        writeln!(out, "  runs {}", shown(&desired.command))?;
        if !desired.environment.is_empty() {
            let names: Vec<&str> = desired.environment.keys().map(String::as_str).collect();
            writeln!(out, "  sets {}", names.join(", "))?;
        }
        for endpoint in &desired.endpoints {
            writeln!(out, "  opens {} at port {}", endpoint.name, endpoint.port)?;
        }
        if let Some(readiness) = &desired.readiness {
            let path = if readiness.path.is_empty() { "is open" } else { "answers" };
            writeln!(out, "  is ready when {} {path}, within {} s", readiness.endpoint, readiness.timeout_seconds)?;
        }
        let own_network = desired.network == Network::None;
        write!(out, "  in: {}", self.machine.isolation(Some(own_network), &self.groups.statement()))
    }
}

/// A command on one line.
fn shown(words: &[String]) -> String {
    let quoted: Vec<String> = words
        .iter()
        .map(|word| {
            let plain = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=:@%+,".contains(c));
            if plain { word.clone() } else { format!("'{}'", word.replace('\'', r"'\''")) }
        })
        .collect();
    quoted.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_can_be_pasted() {
        let words = ["sh", "-c", "echo it's $HOME"].map(str::to_owned);
        assert_eq!(shown(&words), r"sh -c 'echo it'\''s $HOME'");
    }
}
