//! A test case of a template or profile: answers, and what comes of them.
//!
//! Everything is judged by the model, which the server uses too: `effective_form`, `resolve` and the renderer.

use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use warpyard_model::inputs::{Field, InputRule, LiveOptions, Mode, Preset, Values, effective_form, resolve};
use warpyard_model::kinds::{Network, TemplateVersion};
use warpyard_model::render::Renderer;

/// A file of cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseFile {
    /// The template's name; the only one of the folder otherwise.
    #[serde(default)]
    pub(super) template: Option<String>,
    /// The profile whose rules narrow the form, as NAME or KIND/NAME.
    #[serde(default)]
    pub(super) profile: Option<String>,
    /// The template's version; the newest otherwise.
    #[serde(default)]
    pub(super) version: Option<String>,
    /// The cases.
    pub(super) cases: Vec<Case>,
}

/// One case: what somebody answers, and what must come of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// A few words, unique in the file.
    pub(super) name: String,
    /// What somebody answers.
    #[serde(default)]
    pub(super) inputs: Values,
    /// Live options that the server would read.
    #[serde(default)]
    pub(super) options: LiveOptions,
    /// Values that must come out, among others.
    #[serde(default)]
    pub(super) expect: Option<Values>,
    /// Errors that must come out and no others: the path, and words of the message.
    #[serde(default)]
    pub(super) errors: Option<BTreeMap<String, String>>,
    /// What expressions see beside the inputs, over the usual.
    #[serde(default)]
    pub(super) context: BTreeMap<String, Value>,
}

/// What a case is about.
pub(super) struct Subject<'a> {
    pub(super) version: &'a TemplateVersion,
    pub(super) rules: &'a [InputRule],
    pub(super) presets: &'a [Preset],
}

impl Case {
    /// Runs the case: what is rendered, or nothing where errors were expected. The error lists what is wrong.
    pub(super) fn run(&self, subject: &Subject<'_>) -> Result<Option<Value>, Vec<String>> {
        let fields: &[Field] = &subject.version.inputs;
        let form = effective_form(fields, subject.rules, subject.presets, &self.options)
            .map_err(|errors| errors.into_iter().map(|e| format!("{}: {}", e.path, e.message)).collect::<Vec<_>>())?;
        let resolved = match resolve(&form, &self.inputs, Mode::Create) {
            Ok(resolved) => resolved.values,
            Err(errors) => {
                let expected = self.errors.clone().unwrap_or_default();
                let mut problems: Vec<String> = errors
                    .iter()
                    .filter(|error| !expected.get(&error.path).is_some_and(|words| error.message.contains(words)))
                    .map(|error| format!("unexpected error at {}: {}", error.path, error.message))
                    .collect();
                let missing = expected.iter().filter(|(path, _)| errors.iter().all(|error| error.path != **path));
                problems.extend(missing.map(|(path, _)| format!("no error at {path}")));
                return if problems.is_empty() { Ok(None) } else { Err(problems) };
            }
        };
        if let Some(expected) = &self.errors {
            return Err(expected.keys().map(|path| format!("no error at {path}")).collect());
        }
        let mut problems = Vec::new();
        for (name, expected) in self.expect.iter().flatten() {
            match resolved.get(name) {
                Some(value) if value == expected => {}
                Some(value) => problems.push(format!("{name} is {value}, not {expected}")),
                None => problems.push(format!("{name} has no value, not {expected}")),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let renderer = Renderer::of_template(&self.context_of(subject.version, &resolved), fields);
        let process = renderer.process(&subject.version.process).map_err(|e| vec![format!("{}: {}", e.path, e.message)])?;
        let outputs = renderer.outputs(&subject.version.outputs).map_err(|e| vec![format!("{}: {}", e.path, e.message)])?;
        Ok(Some(json!({ "inputs": resolved, "process": process, "outputs": outputs })))
    }

    /// What expressions see: the inputs, and an instance that is always the same.
    fn context_of(&self, version: &TemplateVersion, inputs: &Values) -> Value {
        let port = |(place, endpoint): (usize, &warpyard_model::kinds::Endpoint)| {
            let port = if version.process.network == Network::Host { 20_000 + place as u64 } else { u64::from(endpoint.port) };
            (endpoint.name.clone(), port)
        };
        let ports: BTreeMap<String, u64> = version.endpoints.iter().enumerate().map(port).collect();
        let url = |name: &str| json!({ "url": format!("https://{name}--000000000000.apps.example.com/") });
        let endpoints: BTreeMap<String, Value> = version.endpoints.iter().map(|e| (e.name.clone(), url(&e.name))).collect();
        let mut context = json!({
            "compute": { "name": "compute", "cpu_millis": 2_000, "memory_bytes": 4_u64 << 30, "gpus": [] },
            "instance": { "name": "test", "uid": "00000000-0000-7000-8000-000000000000", "display_name": "test" },
            "workspace": { "name": "research" },
            "project": { "name": "vision" },
            "org": { "name": "acme" },
            "user": { "name": "ana", "email": "ana@example.com", "display_name": "Ana" },
            "ports": ports,
            "endpoints": endpoints,
        });
        for (key, value) in &self.context {
            context[key] = value.clone();
        }
        context["inputs"] = json!(inputs);
        context
    }
}
