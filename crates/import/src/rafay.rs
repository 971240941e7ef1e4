//! Rafay profile documents, `paas.envmgmt.io/v1`: a profile draft and a template draft with its inputs.
//!
//! A Rafay variable says two things that are two layers here: what there is to ask (the template's field) and what is
//! left of it for developers (the profile's rule). The form is that of Rafay's public API documentation
//! (`RafaySystems/paas-api-collections`) and of the variables of its Terraform provider (`options.override`,
//! `options.schema`); keys that neither knows are reported.

mod document;
mod schema;
mod variable;

use crate::draft::{TemplateDraft, template};
use crate::report::{Report, ReportItem, quote};
use document::Reader;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use warpyard_model::inputs::{Field, FieldType, InputRule, LiveOptions, effective_form, validate_fields};
use warpyard_model::kinds::{Amount, ComputeProfile, GpuSize, ServiceProfile, Sharing, Size, TemplateRef, Workload};
use warpyard_model::meta::NewMetadata;
use warpyard_model::{FieldError, Kind, Name};

/// Largest document, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// A profile that is not stored: what `POST …/{compute,service}-profiles` takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ProfileDraft {
    /// Name, display name, description, labels.
    pub metadata: NewMetadata,
    /// The spec of the kind.
    pub spec: Value,
}

/// What importing a document answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ImportedProfile {
    /// `ComputeProfile` or `ServiceProfile`.
    pub kind: Kind,
    /// The draft.
    pub profile: ProfileDraft,
    /// The template it refers to, with the inputs; absent when the document has no variables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateDraft>,
    /// What became of each part.
    pub report: Vec<ReportItem>,
}

/// Reads one document in YAML or JSON.
pub fn profile_of(text: &str) -> Result<ImportedProfile, FieldError> {
    if text.len() > MAX_BYTES {
        return Err(FieldError::new("", format!("a document has at most {MAX_BYTES} bytes")));
    }
    crate::stack::with_room(|| read(text)).map_err(|why| FieldError::new("", format!("This is not YAML: {why}")))?
}

fn read(text: &str) -> Result<ImportedProfile, FieldError> {
    let root: Value =
        warpyard_model::yaml::value(text).map_err(|error| FieldError::new("", format!("This is not YAML: {error}")))?;
    let word = |key: &str| root.get(key).and_then(Value::as_str).unwrap_or_default();
    if word("apiVersion") != "paas.envmgmt.io/v1" {
        return Err(FieldError::new(
            "apiVersion",
            format!("{:?} is not known; a Rafay profile has paas.envmgmt.io/v1", word("apiVersion")),
        ));
    }
    let kind = match word("kind") {
        "ComputeProfile" => Kind::ComputeProfile,
        "ServiceProfile" => Kind::ServiceProfile,
        other => {
            return Err(FieldError::new("kind", format!("{other:?} is no profile; known are ComputeProfile and ServiceProfile")));
        }
    };
    let mut report = Report::default();
    let mut document = Reader::new(&root, "", &mut report)
        .ok_or_else(|| FieldError::new("", "a document has apiVersion, kind, metadata and spec"))?;
    document.ignore(&["apiVersion", "kind", "status"]);
    let metadata = document.take("metadata").cloned().unwrap_or_default();
    let spec = document.take("spec").cloned().unwrap_or_default();
    document.finish();
    let metadata = read_metadata(&metadata, &mut report)?;
    let read = read_spec(&spec, &mut report)?;
    let size = (kind == Kind::ComputeProfile).then(|| size(&read.fields, &mut report));
    let template_name = Name::slug(&format!("{}-template", metadata.name)).unwrap_or_else(|| metadata.name.clone());
    let reference = TemplateRef { name: template_name.clone(), version: "1.0.0".to_owned() };
    report.adapted(
        "template",
        format!(
            "the inputs are in a template draft {template_name} with an empty body, because what Rafay deploys is not in this \
             document; give it a body before you store it, or point the profile at a template that has these inputs"
        ),
    );
    // By way of JSON, so that what else a profile may say keeps its default.
    let mut spec = json!({"template": reference, "inputs": read.rules, "sharing": read.sharing});
    let spec = match size {
        Some(size) => {
            (spec["size"], spec["allocation"]) = (json!(size), json!(read.allocation));
            serde_json::from_value::<ComputeProfile>(spec).and_then(serde_json::to_value)
        }
        None => serde_json::from_value::<ServiceProfile>(spec).and_then(serde_json::to_value),
    };
    let spec = spec.map_err(|error| FieldError::new("spec", error.to_string()))?;
    let template_metadata = NewMetadata { name: template_name, description: String::new(), ..metadata.clone() };
    // A service without a command is refused when it is stored: its body has to come first.
    let workload = if kind == Kind::ServiceProfile { Workload::Service } else { Workload::Compute };
    let template = template(template_metadata, workload, "Imported from a Rafay profile.", read.fields, Vec::new());
    Ok(ImportedProfile { kind, profile: ProfileDraft { metadata, spec }, template: Some(template), report: report.into_items() })
}

fn read_metadata(value: &Value, report: &mut Report) -> Result<NewMetadata, FieldError> {
    let missing = || FieldError::new("metadata.name", "a profile has a name");
    let mut reader = Reader::new(value, "metadata", report).ok_or_else(missing)?;
    let own = reader.text("name").ok_or_else(missing)?;
    let name =
        Name::slug(&own).ok_or_else(|| FieldError::new("metadata.name", format!("{own:?} has nothing that could be a name")))?;
    let shorten = |text: String, most: usize| text.chars().take(most).collect::<String>();
    let display_name = shorten(reader.text("displayName").unwrap_or_default(), 120);
    let description = shorten(reader.text("description").unwrap_or_default(), 4_000);
    let labels = reader.take("labels").and_then(Value::as_object).cloned().unwrap_or_default();
    // What the server of Rafay sets, and the place it lives in there.
    reader.ignore(&["project", "organization", "id", "createdAt", "modifiedAt", "createdBy", "modifiedBy"]);
    reader.finish();
    if name.as_str() != own {
        report.adapted("metadata.name", format!("{own:?} is called {name} here"));
    }
    let mut metadata = NewMetadata { name, display_name, description, labels: BTreeMap::new() };
    for (key, value) in labels {
        match value.as_str() {
            Some(text) => _ = metadata.labels.insert(key, text.to_owned()),
            None => report.lost(format!("metadata.labels.{key}"), "it is not text"),
        }
    }
    Ok(metadata)
}

struct Read {
    fields: Vec<Field>,
    rules: Vec<InputRule>,
    sharing: Sharing,
    allocation: warpyard_model::kinds::AllocationType,
}

fn read_spec(value: &Value, report: &mut Report) -> Result<Read, FieldError> {
    use warpyard_model::kinds::AllocationType;
    let mut reader = Reader::new(value, "spec", report).ok_or_else(|| FieldError::new("spec", "a profile has a spec"))?;
    let variables = reader.take("variables").cloned().unwrap_or_default();
    let sharing = reader.take("sharing").cloned().unwrap_or_default();
    let allocation = reader.text("allocationType").map(|word| word.to_ascii_lowercase());
    reader.finish();
    let allocation = match allocation.as_deref() {
        Some("shared") => AllocationType::Shared,
        None | Some("dedicated") => AllocationType::Dedicated,
        Some(other) => {
            report.lost("spec.allocationType", format!("{other:?} is neither dedicated nor shared"));
            AllocationType::Dedicated
        }
    };
    let sharing = read_sharing(&sharing, report);
    let (mut fields, mut rules) = (Vec::new(), Vec::new());
    let mut taken = HashSet::new();
    let list = match &variables {
        Value::Null => &[],
        Value::Array(list) => list.as_slice(),
        _ => return Err(FieldError::new("spec.variables", "must be a list")),
    };
    for (i, value) in list.iter().enumerate() {
        if let Some((field, rule)) = variable::read(value, i, &mut taken, report) {
            fields.push(field);
            rules.extend(rule);
        }
    }
    settle(&mut fields, &mut rules, report);
    Ok(Read { fields, rules, sharing, allocation })
}

/// `{enabled: true, projects: [{name: …}]}`; the name `*` is every project.
fn read_sharing(value: &Value, report: &mut Report) -> Sharing {
    let mut sharing = Sharing::default();
    let Some(mut reader) = Reader::new(value, "spec.sharing", report) else { return sharing };
    let enabled = reader.flag("enabled").unwrap_or(true);
    let projects = reader.take("projects").and_then(Value::as_array).cloned().unwrap_or_default();
    reader.finish();
    if !enabled {
        return sharing;
    }
    for project in projects {
        let name = project.get("name").and_then(Value::as_str).or_else(|| project.as_str()).unwrap_or_default();
        match Name::parse(name) {
            _ if name == "*" => sharing.all_projects = true,
            Ok(name) => sharing.projects.push(name),
            Err(why) => report.lost("spec.sharing.projects", format!("{name:?}: {why}")),
        }
    }
    if !sharing.projects.is_empty() {
        report.adapted("spec.sharing.projects", "projects are taken by their names; they have to exist here");
    }
    sharing
}

/// Takes away, and reports, what the input language does not take.
fn settle(fields: &mut [Field], rules: &mut Vec<InputRule>, report: &mut Report) {
    let mut index = 0;
    while index < fields.len() {
        let errors = validate_fields(std::slice::from_ref(&fields[index]));
        if errors.is_empty() {
            index += 1;
            continue;
        }
        let why: Vec<String> =
            errors.iter().map(|error| format!("{}: {}", error.path.trim_start_matches("inputs.0."), error.message)).collect();
        let old = &fields[index];
        report.lost(
            format!("variable {}", old.name),
            format!("only its name and words are carried over: {}", quote(&why.join("; "))),
        );
        let bare = Field {
            label: old.label.clone(),
            help: old.help.clone(),
            section: old.section.clone(),
            order: old.order,
            required: old.required,
            sensitive: old.sensitive,
            ..Field::new(old.name.clone(), FieldType::Text)
        };
        fields[index] = bare;
    }
    rules.retain(|rule| match effective_form(fields, std::slice::from_ref(rule), &[], &LiveOptions::new()) {
        Ok(_) => true,
        Err(errors) => {
            let why: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
            report.lost(
                format!("variable {}", rule.name),
                format!("its restriction is not carried over: {}", quote(&why.join("; "))),
            );
            false
        }
    });
}

/// Rafay keeps the size of a machine in variables; these are the names its own documentation uses, memory in GB.
fn size(fields: &[Field], report: &mut Report) -> Size {
    let number = |name: &str| {
        let value = fields.iter().find(|field| field.name == name)?.default.as_ref()?;
        value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number| *number > 0.0 && *number < 1e6)
    };
    let text = |name: &str| fields.iter().find(|field| field.name == name)?.default.as_ref()?.as_str().map(str::to_owned);
    let (cpu, memory, gpus) = (number("cpu"), number("memory"), number("gpu"));
    let size = Size {
        cpu_millis: Amount::Number(cpu.map_or(1_000, |cores| (cores * 1_000.0) as u64)),
        memory_bytes: Amount::Text(memory.map_or_else(|| "4GiB".to_owned(), |gigabytes| format!("{gigabytes}GiB"))),
        gpu: gpus.map(|count| GpuSize {
            count: Amount::Number(count as u64),
            model: text("gpu_model").filter(|model| !model.is_empty()),
        }),
    };
    let message = if cpu.is_some() && memory.is_some() {
        "it is taken from the variables cpu, memory (in GB), gpu and gpu-model; it does not follow them when somebody changes them"
    } else {
        "the document does not say it in variables cpu and memory; 1 CPU and 4 GiB stand there until you change them"
    };
    report.adapted("size", message);
    size
}
