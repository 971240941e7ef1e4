//! OpenTofu and Terraform modules: variables become inputs, outputs become outputs.
//!
//! The files are read, never run. Formats: <https://opentofu.org/docs/language/values/variables/>,
//! <https://opentofu.org/docs/language/expressions/type-constraints/>, <https://opentofu.org/docs/language/syntax/json/>.

mod cel;
mod condition;
mod module;
mod node;
mod pattern;
mod types;
mod variable;

use crate::archive::Unpacked;
use crate::draft::{TemplateDraft, template};
use crate::report::{Report, ReportItem, Severity};
use module::{Declared, Module};
use node::Node;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use types::Type;
use variable::Draft;
use warpyard_model::inputs::{Field, FieldType, Form, LiveOptions, Mode, Values, effective_form, evaluate, validate_fields};
use warpyard_model::kinds::{OutputSpec, Workload};
use warpyard_model::meta::NewMetadata;
use warpyard_model::{FieldError, Name};

/// Most inputs of one template; what is above is lost.
const MAX_INPUTS: usize = 200;
/// Longest name of an input.
const MAX_NAME: usize = 64;

/// What a module's files say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Imported {
    /// One for every variable that could be carried over, in the order of the files.
    pub fields: Vec<Field>,
    /// One for every output that is not sensitive; their values come from a run of the module.
    pub outputs: Vec<OutputSpec>,
    /// What became of each part.
    pub report: Vec<ReportItem>,
    /// Files of the module.
    pub files: usize,
    /// Those of them that could not be read.
    pub unreadable: usize,
    /// Variables that the files declare.
    pub variables: usize,
}

/// What importing a module answers: a draft and what became of each part of the module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ModuleImport {
    /// The draft; absent when nothing could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateDraft>,
    /// What became of each part.
    pub report: Vec<ReportItem>,
}

/// Reads the variables and outputs of the module in the highest folder among `files`, paths with slashes.
pub fn inputs_of(files: &[(String, String)]) -> Imported {
    match inputs_in(files, None) {
        Ok(imported) => imported,
        Err(why) => {
            let mut report = Report::default();
            report.lost("module", why);
            Imported { report: report.into_items(), ..Imported::default() }
        }
    }
}

/// Reads the module in the folder that ends in `folder`, or in the highest one. The error says why there is none.
pub fn inputs_in(files: &[(String, String)], folder: Option<&str>) -> Result<Imported, String> {
    let root = module::root(files, folder)?;
    let read = || {
        let mut report = Report::default();
        let module = module::read(files, &root, &mut report);
        let fields = fields(&module, &mut report);
        let outputs = outputs(&module, &mut report);
        Imported {
            fields,
            outputs,
            report: report.into_items(),
            files: module.files,
            unreadable: module.unreadable,
            variables: module.variables.len(),
        }
    };
    crate::stack::with_room(read)
}

/// A template draft from a module.
///
/// Nothing here runs OpenTofu yet, so the draft has the inputs and outputs and an empty body, and the report says so.
pub fn template_of(unpacked: &Unpacked, folder: Option<&str>, name: Option<Name>) -> Result<ModuleImport, FieldError> {
    let files = unpacked.files.as_slice();
    let root = module::root(files, folder).map_err(|why| FieldError::new("", why))?;
    let mut imported = inputs_in(files, Some(&root).filter(|root| !root.is_empty()).map(String::as_str).or(folder))
        .map_err(|why| FieldError::new("", why))?;
    imported.report.splice(0..0, unpacked.report.iter().cloned());
    let own = root.rsplit('/').next().unwrap_or_default();
    let name = name.or_else(|| Name::slug(own)).or_else(|| Name::parse("imported-module").ok());
    let nothing = imported.unreadable == imported.files;
    let Some(name) = name.filter(|_| !nothing) else {
        return Ok(ModuleImport { template: None, report: imported.report });
    };
    imported.report.push(ReportItem {
        item: "module".to_owned(),
        severity: Severity::Lost,
        message: "no target of this version runs OpenTofu: the draft has the inputs and outputs and an empty body. Running \
                  the module needs a target of that kind; until then give the draft a body of its own"
            .to_owned(),
    });
    let metadata = NewMetadata {
        name,
        display_name: String::new(),
        description: String::new(),
        labels: BTreeMap::from([("imported-from".to_owned(), "opentofu".to_owned())]),
    };
    let draft = template(metadata, Workload::Compute, "Imported from an OpenTofu module.", imported.fields, imported.outputs);
    Ok(ModuleImport { template: Some(draft), report: imported.report })
}

fn fields(module: &Module, report: &mut Report) -> Vec<Field> {
    let mut drafts: Vec<(Draft, &Declared)> = Vec::new();
    let mut taken = HashSet::new();
    for (name, declared) in &module.variables {
        let item = format!("variable.{name}");
        if drafts.len() == MAX_INPUTS {
            report.lost(item, format!("a template has at most {MAX_INPUTS} inputs"));
            continue;
        }
        let own = own_name(name, &taken);
        taken.insert(own.clone());
        if own != *name {
            report.adapted(
                &item,
                format!("it is called {own} here, because names have lower-case letters, digits and underscores"),
            );
        }
        let kind = variable::kind_of(declared, &item, report);
        drafts.push((variable::field(name, own, kind, declared, report), declared));
    }
    let variables: HashMap<String, (String, Type)> =
        drafts.iter().map(|(draft, _)| (draft.name.clone(), (draft.field.name.clone(), draft.kind.clone()))).collect();
    for (draft, declared) in &mut drafts {
        variable::validate(draft, declared, &variables, report);
    }
    let mut drafts: Vec<Draft> = drafts.into_iter().map(|(draft, _)| draft).collect();
    repair(&mut drafts, report);
    for draft in &drafts {
        report.carried(&draft.item, summary(&draft.field));
    }
    if drafts
        .iter()
        .any(|draft| draft.field.required && !matches!(draft.field.field_type, FieldType::Boolean | FieldType::Decimal))
    {
        report
            .adapted("required variables", "an empty text, list or map does not answer a required input; OpenTofu would take it");
    }
    drafts.into_iter().map(|draft| draft.field).collect()
}

/// The name of an input: what a name may not have becomes an underscore.
fn own_name(name: &str, taken: &HashSet<String>) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let mut own: String = name.chars().map(letter).collect();
    if !own.starts_with(|c: char| c.is_ascii_lowercase()) {
        own.insert(0, 'v');
    }
    own.truncate(MAX_NAME);
    let mut unique = own.clone();
    let mut number = 2;
    while taken.contains(&unique) {
        let suffix = format!("_{number}");
        unique = format!("{}{suffix}", &own[..own.len().min(MAX_NAME - suffix.len())]);
        number += 1;
    }
    unique
}

/// Takes away, and reports, what the model does not take, until nothing is left to refuse.
fn repair(drafts: &mut [Draft], report: &mut Report) {
    let lose = |draft: &mut Draft, what: &str, why: &str, report: &mut Report| {
        let field = &mut draft.field;
        match what {
            "default" => field.default = None,
            "pattern" | "pattern_message" => (field.pattern, field.pattern_message) = (None, None),
            "min" => field.min = None,
            "max" => field.max = None,
            "min_length" => field.min_length = None,
            "max_length" => field.max_length = None,
            "rules" => field.rules.clear(),
            "schema" => field.schema = None,
            _ => {
                (field.choices, field.override_) = (Vec::new(), Default::default());
                if field.field_type == FieldType::Choice {
                    field.field_type = FieldType::Text;
                }
            }
        }
        report.lost(&draft.item, format!("left out: its {what}: {why}"));
    };
    // Every round takes something away, and a field has nine things to take.
    for _ in 0..9 {
        let fields: Vec<Field> = drafts.iter().map(|draft| draft.field.clone()).collect();
        let errors = validate_fields(&fields);
        if errors.is_empty() {
            break;
        }
        let mut done = HashSet::new();
        for error in errors {
            let mut parts = error.path.split('.').skip(1);
            let place = parts.next().and_then(|index| index.parse::<usize>().ok());
            let what = parts.next().unwrap_or_default().to_owned();
            if let Some(index) = place.filter(|index| *index < drafts.len() && done.insert((*index, what.clone()))) {
                lose(&mut drafts[index], &what, &error.message, report);
            }
        }
    }
    // A default has passed the module's own conditions. One that speaks of nothing else and refuses it was misunderstood.
    let fields: Vec<Field> = drafts.iter().map(|draft| draft.field.clone()).collect();
    let form: Form = effective_form(&fields, &[], &[], &LiveOptions::new()).unwrap_or_default();
    for error in evaluate(&form, &Values::new(), Mode::Create).errors {
        let Some(draft) = drafts.iter_mut().find(|draft| draft.field.name == error.path && draft.field.default.is_some()) else {
            continue;
        };
        let own = format!("inputs.{}", draft.field.name);
        let before = draft.field.rules.len();
        draft.field.rules.retain(|rule| {
            let parts = rule.expression.match_indices("inputs.").map(|(at, _)| &rule.expression[at..]);
            let names = parts.map(|text| text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').next());
            let others = names.flatten().any(|name| name != own && !name.starts_with(&format!("{own}.")));
            others || !error.message.starts_with(&rule.message)
        });
        if draft.field.rules.len() < before {
            report.lost(&draft.item, format!("its rule is left out, its own default breaks it: {}", error.message));
        }
    }
}

/// What a field became, for the report.
fn summary(field: &Field) -> String {
    let kind = serde_json::to_value(field.field_type).ok().and_then(|kind| kind.as_str().map(str::to_owned));
    let mut words = vec![kind.unwrap_or_default()];
    if field.schema.is_some() {
        words.push("with a schema".to_owned());
    }
    if field.required {
        words.push("required".to_owned());
    }
    if field.sensitive {
        words.push("sensitive".to_owned());
    }
    if let Some(default) = &field.default {
        words.push(format!("default {}", crate::report::quote(&default.to_string())));
    }
    words.join(", ")
}

fn outputs(module: &Module, report: &mut Report) -> Vec<OutputSpec> {
    let mut outputs = Vec::new();
    for (name, declared) in &module.outputs {
        let item = format!("output.{name}");
        let attribute = |key: &str| declared.attributes.get(key);
        if !matches!(attribute("sensitive"), None | Some(Node::Bool(false))) {
            report.lost(item, "it is sensitive, and outputs are shown to everybody who sees the instance");
            continue;
        }
        let label = attribute("description").and_then(Node::words).unwrap_or_default();
        let label = if label.trim().is_empty() { name.replace(['_', '-'], " ") } else { label.trim().to_owned() };
        outputs.push(OutputSpec { name: name.clone(), label, value: String::new() });
        let value = attribute("value").map(|node| crate::report::quote(&node.to_string())).unwrap_or_default();
        report.adapted(
            &item,
            format!("its name and description are carried over; its value comes from a run of the module: {value}"),
        );
        for block in &declared.others {
            report.lost(&item, format!("a block {block} is checked by OpenTofu only"));
        }
    }
    outputs
}
