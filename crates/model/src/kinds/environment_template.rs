//! What is deployed on one kind of target: versions of inputs, body, endpoints, outputs and probes.
//!
//! An active version never changes; string values of a body may hold expressions over `inputs`, `compute`,
//! `instance`, `workspace`, `user` and `ports`, rendered inside parsed values and never in text.

use super::target::TargetType;
use crate::inputs::{Field, validate_fields};
use crate::{FieldError, Kind, Spec};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// What a template makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Workload {
    /// A compute instance.
    Compute,
    /// A service instance.
    Service,
}

/// How ready a version is for use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TemplateState {
    /// May change; cannot be published on a card.
    #[default]
    Draft,
    /// Frozen and usable.
    Active,
    /// Frozen; running instances keep it, new profiles should not use it.
    Deprecated,
    /// Frozen; nothing new may be launched from it.
    Disabled,
}

/// Network of a sandbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Network {
    /// Its own loopback only; endpoints are reached through the gateway.
    #[default]
    None,
    /// The machine's network.
    Host,
}

/// When a process that ended is started again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RestartPolicy {
    /// After an exit code other than 0, with a growing pause, five times within ten minutes at most.
    #[default]
    OnFailure,
    /// Never; the exit code ends the run.
    Never,
}

/// Who may open an endpoint.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndpointAccess {
    /// Its owner.
    #[default]
    Owner,
    /// Everybody who may see the workspace.
    Workspace,
    /// Everybody who may see the project.
    Project,
}

impl EndpointAccess {
    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            EndpointAccess::Owner => "owner",
            EndpointAccess::Workspace => "workspace",
            EndpointAccess::Project => "project",
        }
    }
}

/// Something made once and reused by every instance with the same key, such as a Python environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrepareStep {
    /// A short id, `[a-z][a-z0-9-]*`. The result is mounted read-only at `/opt/warpyard/<name>`.
    pub name: String,
    /// What people read.
    pub title: String,
    /// The command that fills `/opt/warpyard/<name>`, run there with network. The cache key is the hash of this step
    /// after rendering, so its expressions may only use `inputs`.
    pub command: Vec<String>,
    /// Names of earlier steps it needs mounted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<String>,
    /// About how long it takes, for the progress bar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_seconds: Option<u32>,
}

/// A file written into the home before start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileSpec {
    /// Relative to the home; no `..`.
    pub path: String,
    /// What is in it.
    pub content: String,
    /// May be run.
    #[serde(default)]
    pub executable: bool,
    /// Write it again on every start, not only when it is missing.
    #[serde(default)]
    pub overwrite: bool,
}

/// What runs on a `process` target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProcessBody {
    /// Commands the machine must have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// What is made once and cached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prepare: Vec<PrepareStep>,
    /// Files in the home.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileSpec>,
    /// The command; empty for a compute that only allots.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// Its environment, beside `HOME`, `PATH`, `USER`, `LANG` and the GPU variables.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "std::collections::BTreeMap<String, String>")]
    pub environment: IndexMap<String, String>,
    /// Where it starts, relative to the home.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub working_directory: String,
    /// Its network.
    #[serde(default)]
    pub network: Network,
    /// When it is started again.
    #[serde(default)]
    pub restart: RestartPolicy,
    /// It is meant to end: exit code 0 is success.
    #[serde(default)]
    pub batch: bool,
    /// Seconds between SIGTERM and SIGKILL.
    #[serde(default = "grace")]
    pub stop_grace_seconds: u32,
}

fn grace() -> u32 {
    10
}

/// A door of the service, opened through the gateway on its own origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// Part of the host name; letters and digits, at most 15.
    pub name: String,
    /// What people read, a noun: consoles put `Open` before it.
    pub title: String,
    /// The TCP port on the sandbox's loopback. With `network: host` use `{{ ports.NAME }}` in the command instead.
    #[serde(default)]
    pub port: u16,
    /// Where the button leads.
    #[serde(default = "root", skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// Who may open it.
    #[serde(default)]
    pub access: EndpointAccess,
    /// The widest that its owner may open it to; `access` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<EndpointAccess>,
}

impl Endpoint {
    /// Who may open it as long as its owner says nothing, where a profile narrows that to `most`.
    pub fn usual_access(&self, most: Option<EndpointAccess>) -> EndpointAccess {
        most.map_or(self.access, |most| most.min(self.access))
    }

    /// The widest that its owner may open it to, where a profile narrows that to `most`.
    pub fn widest_access(&self, most: Option<EndpointAccess>) -> EndpointAccess {
        let share = self.share.unwrap_or(self.access);
        most.map_or(share, |most| most.min(share))
    }
}

fn root() -> String {
    "/".to_owned()
}

/// A value told to people once it runs; `value` may use what the body may use, `endpoints.<name>.url` included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutputSpec {
    /// Its name.
    pub name: String,
    /// What people read.
    pub label: String,
    /// The value, with expressions.
    pub value: String,
}

/// When a service counts as ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadinessProbe {
    /// The endpoint to ask; without one the running process is enough.
    pub endpoint: String,
    /// The path to GET; any status below 500 counts. Empty: an open port is enough.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// How long it may take.
    #[serde(default = "ready_timeout")]
    pub timeout_seconds: u32,
}

fn ready_timeout() -> u32 {
    120
}

/// How use is told from idleness, beside what the gateway counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ActivityProbe {
    /// Jupyter's `/api/status`: kernels and their last activity.
    Jupyter {
        /// The endpoint to ask.
        endpoint: String,
    },
    /// CPU use above a share of a core.
    Cpu {
        /// Thousandths of a core.
        above_millis: u32,
    },
}

/// One version of a template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateVersion {
    /// Its name: `1.0.0`.
    pub version: String,
    /// How ready it is.
    #[serde(default)]
    pub state: TemplateState,
    /// What changed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub changelog: String,
    /// What people are asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Field>,
    /// What runs, on a `process` target.
    #[serde(default)]
    pub process: ProcessBody,
    /// Its doors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<Endpoint>,
    /// What it tells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<OutputSpec>,
    /// When it is ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readiness: Option<ReadinessProbe>,
    /// When it is used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub activity: Vec<ActivityProbe>,
}

/// A template and its versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentTemplate {
    /// The kind of target it is for.
    pub target_type: TargetType,
    /// What it makes.
    pub workload: Workload,
    /// Its versions, oldest first.
    pub versions: Vec<TemplateVersion>,
}

/// Templates observe nothing.
pub type EnvironmentTemplateStatus = super::NoStatus;

impl EnvironmentTemplate {
    /// Finds a version by its name.
    pub fn version(&self, version: &str) -> Option<&TemplateVersion> {
        self.versions.iter().find(|v| v.version == version)
    }
}

impl Spec for EnvironmentTemplate {
    const KIND: Kind = Kind::EnvironmentTemplate;
    type Status = EnvironmentTemplateStatus;

    fn validate(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut seen = HashSet::new();
        if self.versions.is_empty() {
            errors.push(FieldError::new("spec.versions", "a template has at least one version"));
        }
        for (i, version) in self.versions.iter().enumerate() {
            let at = format!("spec.versions.{i}");
            if !seen.insert(&version.version) {
                errors.push(FieldError::new(format!("{at}.version"), "two versions have this name"));
            }
            let good = (1..=30).contains(&version.version.len())
                && version.version.bytes().all(|b| b.is_ascii_alphanumeric() || b".-+".contains(&b));
            if !good {
                errors.push(FieldError::new(
                    format!("{at}.version"),
                    "a version is 1 to 30 letters, digits, dots, plus signs and hyphens",
                ));
            }
            errors.extend(validate_fields(&version.inputs).into_iter().map(|e| e.under(&at)));
            errors.extend(version.validate_body(self.workload).into_iter().map(|e| e.under(&at)));
        }
        errors
    }

    fn validate_change(&self, old: &Self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.target_type != old.target_type || self.workload != old.workload {
            errors.push(FieldError::new("spec", "a template keeps its target type and workload; make another template"));
        }
        for (i, before) in old.versions.iter().enumerate().filter(|(_, v)| v.state != TemplateState::Draft) {
            let frozen =
                |v: &TemplateVersion| TemplateVersion { state: TemplateState::Active, changelog: String::new(), ..v.clone() };
            let (path, after) = match self.versions.iter().position(|v| v.version == before.version) {
                Some(at) => (format!("spec.versions.{at}"), &self.versions[at]),
                None => {
                    errors.push(FieldError::new(
                        format!("spec.versions.{i}"),
                        format!("version {} was active and cannot be removed; set its state to disabled", before.version),
                    ));
                    continue;
                }
            };
            if after.state == TemplateState::Draft {
                errors.push(FieldError::new(
                    format!("{path}.state"),
                    "an active version cannot become a draft again; copy it as a new version",
                ));
            } else if frozen(after) != frozen(before) {
                errors.push(FieldError::new(
                    path,
                    format!("version {} is active and never changes; copy it as a new version", before.version),
                ));
            }
        }
        errors
    }
}

impl TemplateVersion {
    fn validate_body(&self, workload: Workload) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let body = &self.process;
        if workload == Workload::Service && body.command.is_empty() {
            errors.push(FieldError::new("process.command", "a service has a command to run"));
        }
        let mut names = HashSet::new();
        for (i, step) in body.prepare.iter().enumerate() {
            let path = format!("process.prepare.{i}");
            if crate::Name::parse(&step.name).is_err() || step.name.len() > 30 {
                errors.push(FieldError::new(
                    format!("{path}.name"),
                    "a step's name has lower-case letters, digits and hyphens, at most 30",
                ));
            }
            if step.command.is_empty() {
                errors.push(FieldError::new(format!("{path}.command"), "a step has a command"));
            }
            for (j, used) in step.uses.iter().enumerate() {
                if !names.contains(used.as_str()) {
                    errors.push(FieldError::new(
                        format!("{path}.uses.{j}"),
                        format!("{used:?} is not the name of an earlier step"),
                    ));
                }
            }
            if !names.insert(step.name.as_str()) {
                errors.push(FieldError::new(format!("{path}.name"), "two steps have this name"));
            }
        }
        for (i, file) in body.files.iter().enumerate() {
            let parts = std::path::Path::new(&file.path).components();
            if file.path.is_empty() || !parts.into_iter().all(|c| matches!(c, std::path::Component::Normal(_))) {
                errors.push(FieldError::new(
                    format!("process.files.{i}.path"),
                    "a path inside the home, without .. and not absolute",
                ));
            }
        }
        for name in body.environment.keys() {
            // What the system would read as another name, or not take at all.
            if name.is_empty() || name.len() > 200 || name.contains(|c: char| c == '=' || c.is_control() || c.is_whitespace()) {
                errors.push(FieldError::new(
                    "process.environment",
                    format!("{name:?} is no name of a variable: it is 1 to 200 characters without spaces and ="),
                ));
            }
        }
        let words = body.command.iter().chain(body.prepare.iter().flat_map(|step| &step.command));
        if words.chain(body.environment.values()).any(|word| word.contains('\0')) {
            errors.push(FieldError::new("process", "a null character fits into no argument and no variable"));
        }
        let mut endpoints = HashSet::new();
        for (i, endpoint) in self.endpoints.iter().enumerate() {
            let good = (1..=15).contains(&endpoint.name.len())
                && endpoint.name.starts_with(|c: char| c.is_ascii_lowercase())
                && endpoint.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
            if !good {
                errors.push(FieldError::new(
                    format!("endpoints.{i}.name"),
                    "an endpoint's name has 1 to 15 lower-case letters and digits and starts with a letter",
                ));
            }
            if !endpoints.insert(endpoint.name.as_str()) {
                errors.push(FieldError::new(format!("endpoints.{i}.name"), "two endpoints have this name"));
            }
            if body.network == Network::None && endpoint.port == 0 {
                errors.push(FieldError::new(format!("endpoints.{i}.port"), "an endpoint has a port from 1 to 65535"));
            }
            if endpoint.share.is_some_and(|share| share < endpoint.access) {
                errors.push(FieldError::new(
                    format!("endpoints.{i}.share"),
                    "cannot be narrower than access: everybody whom access lets in may open it anyway",
                ));
            }
            if !endpoint.path.starts_with('/') {
                errors.push(FieldError::new(format!("endpoints.{i}.path"), "a path starts with /"));
            }
        }
        let known = |name: &str| endpoints.contains(name);
        if let Some(probe) = &self.readiness
            && !known(&probe.endpoint)
        {
            errors.push(FieldError::new("readiness.endpoint", format!("there is no endpoint {:?}", probe.endpoint)));
        }
        for (i, probe) in self.activity.iter().enumerate() {
            if let ActivityProbe::Jupyter { endpoint } = probe
                && !known(endpoint)
            {
                errors.push(FieldError::new(format!("activity.{i}.endpoint"), format!("there is no endpoint {endpoint:?}")));
            }
        }
        errors.extend(self.secrets_shown());
        errors
    }

    /// Places that somebody else can read and that mention what nobody else may.
    fn secrets_shown(&self) -> Vec<FieldError> {
        let body = &self.process;
        let command = |path: String, words: &[String]| -> Vec<(String, String)> {
            words.iter().enumerate().map(|(i, word)| (format!("{path}.{i}"), word.clone())).collect()
        };
        let mut places = command("process.command".to_owned(), &body.command);
        for (i, step) in body.prepare.iter().enumerate() {
            places.extend(command(format!("process.prepare.{i}.command"), &step.command));
        }
        places.push(("process.working_directory".to_owned(), body.working_directory.clone()));
        places.extend(self.outputs.iter().enumerate().map(|(i, output)| (format!("outputs.{i}.value"), output.value.clone())));
        let refused = |(path, text): (String, String)| {
            let names = crate::render::secrets_in(&text, &self.inputs);
            (!names.is_empty()).then(|| {
                let why = "others can read what stands here; pass it in an environment variable or a file";
                FieldError::new(path, format!("mentions the secret input {}: {why}", names.join(" and ")))
            })
        };
        places.into_iter().filter_map(refused).collect()
    }
}
