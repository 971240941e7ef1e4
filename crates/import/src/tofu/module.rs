//! The files of a module: which ones count, and the variables and outputs they declare.

use super::node::Node;
use crate::report::{Report, quote};
use hcl_edit::structure::{Block, Body};
use indexmap::IndexMap;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Largest file that is parsed, in bytes; larger ones are no hand-written variables.
const MAX_FILE_BYTES: usize = 1 << 20;

/// A declared variable or output: its attributes and, for variables, its validation blocks.
#[derive(Debug, Default)]
pub(super) struct Declared {
    pub(super) attributes: IndexMap<String, Node>,
    pub(super) validations: Vec<IndexMap<String, Node>>,
    /// Blocks that are neither.
    pub(super) others: Vec<String>,
}

/// What a module declares, by name.
#[derive(Debug, Default)]
pub(super) struct Module {
    pub(super) variables: IndexMap<String, Declared>,
    pub(super) outputs: IndexMap<String, Declared>,
    /// Files that declare something or could have.
    pub(super) files: usize,
    /// Files that could not be read.
    pub(super) unreadable: usize,
}

/// The folder that is the module: the one given, or the highest that has files of OpenTofu in it.
pub(super) fn root(files: &[(String, String)], wanted: Option<&str>) -> Result<String, String> {
    let mut folders: Vec<&str> = files.iter().filter(|(path, _)| is_code(path)).map(|(path, _)| folder(path)).collect();
    folders.sort_unstable();
    folders.dedup();
    if let Some(wanted) = wanted {
        let wanted = wanted.trim_matches('/').trim_start_matches("./");
        let ends = |folder: &&&str| **folder == wanted || folder.ends_with(&format!("/{wanted}"));
        return match folders.iter().filter(ends).collect::<Vec<_>>().as_slice() {
            [] => Err(format!("there is no file of OpenTofu in the folder {wanted:?}")),
            [one] => Ok((**one).to_owned()),
            several => Err(format!("several folders end in {wanted:?}: {}", list(several.iter().map(|folder| **folder)))),
        };
    }
    let depth = |folder: &str| if folder.is_empty() { 0 } else { folder.split('/').count() };
    let Some(least) = folders.iter().map(|folder| depth(folder)).min() else {
        return Err("there is no file of OpenTofu here: none ends in .tf, .tofu, .tf.json or .tofu.json".to_owned());
    };
    match folders.iter().filter(|folder| depth(folder) == least).collect::<Vec<_>>().as_slice() {
        [one] => Ok((**one).to_owned()),
        several => Err(format!("there are several modules; say which folder: {}", list(several.iter().map(|folder| **folder)))),
    }
}

fn list<'a>(folders: impl Iterator<Item = &'a str>) -> String {
    let mut folders: Vec<&str> = folders.take(21).collect();
    if folders.len() > 20 {
        folders[20] = "…";
    }
    folders.join(", ")
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Whether a file is read by OpenTofu.
pub(super) fn is_code(path: &str) -> bool {
    let name = file_name(path);
    // Editors' leftovers are ignored by OpenTofu too.
    let leftover = name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'));
    !leftover && [".tf", ".tofu", ".tf.json", ".tofu.json"].iter().any(|end| name.ends_with(end))
}

/// Reads the module in `root`.
pub(super) fn read(files: &[(String, String)], root: &str, report: &mut Report) -> Module {
    let mut inside: Vec<&(String, String)> = files.iter().filter(|(path, _)| folder(path) == root && is_code(path)).collect();
    let names: HashSet<&str> = inside.iter().map(|(path, _)| file_name(path)).collect();
    // `a.tofu` stands in for `a.tf`.
    let shadowed = |name: &str| {
        let other = name.strip_suffix(".tf").map(|stem| format!("{stem}.tofu"));
        let other = other.or_else(|| name.strip_suffix(".tf.json").map(|stem| format!("{stem}.tofu.json")));
        other.is_some_and(|other| names.contains(other.as_str()))
    };
    inside.retain(|(path, _)| !shadowed(file_name(path)));
    // Overriding files come last, in the order of their names.
    inside.sort_by_key(|(path, _)| (is_override(file_name(path)), path.clone()));
    let mut module = Module::default();
    for (path, text) in inside {
        let name = file_name(path);
        module.files += 1;
        let read = if text.len() > MAX_FILE_BYTES {
            Err(format!("has more than {MAX_FILE_BYTES} bytes"))
        } else if name.ends_with(".json") {
            json(text, is_override(name), &mut module, report)
        } else {
            native(text, is_override(name), &mut module, report)
        };
        if let Err(why) = read {
            module.unreadable += 1;
            report.lost(format!("file {name}"), format!("it is not read: {why}"));
        }
    }
    for (path, _) in files.iter().filter(|(path, _)| folder(path) == root) {
        let name = file_name(path);
        let automatic = name == "terraform.tfvars" || name == "terraform.tfvars.json";
        if automatic || name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json") {
            report.lost(format!("file {name}"), "OpenTofu would take values from it; set them as defaults or in a profile");
        }
    }
    module
}

fn is_override(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    stem == "override" || stem.ends_with("_override")
}

fn native(text: &str, overrides: bool, module: &mut Module, report: &mut Report) -> Result<(), String> {
    // A byte order mark is allowed at the beginning.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let body: Body = hcl_edit::parser::parse_body(text).map_err(|error| {
        let place = error.location();
        format!("line {}, column {}: {}", place.line(), place.column(), quote(error.message()))
    })?;
    for block in body.blocks() {
        let kind = block.ident.value().to_string();
        let Some(label) = block.labels.first().map(|label| label.as_str().to_owned()) else { continue };
        match kind.as_str() {
            "variable" => put(&mut module.variables, "variable", label, declared(block), overrides, report),
            "output" => put(&mut module.outputs, "output", label, declared(block), overrides, report),
            _ => {}
        }
    }
    Ok(())
}

fn declared(block: &Block) -> Declared {
    let mut found = Declared { attributes: attributes(&block.body), ..Declared::default() };
    for inner in block.body.blocks() {
        match inner.ident.value().as_str() {
            "validation" => found.validations.push(attributes(&inner.body)),
            other => found.others.push(other.to_owned()),
        }
    }
    found
}

fn attributes(body: &Body) -> IndexMap<String, Node> {
    body.attributes().map(|attribute| (attribute.key.value().to_string(), Node::from(&attribute.value))).collect()
}

fn put(all: &mut IndexMap<String, Declared>, kind: &str, name: String, new: Declared, overrides: bool, report: &mut Report) {
    match all.get_mut(&name) {
        None => _ = all.insert(name, new),
        Some(old) if overrides => {
            old.attributes.extend(new.attributes);
            if !new.validations.is_empty() {
                old.validations = new.validations;
            }
            report.adapted(format!("{kind}.{name}"), "an overriding file changes it; this is the result");
        }
        Some(_) => report.lost(format!("{kind}.{name}"), "it is declared twice, which OpenTofu refuses; the first one counts"),
    }
}

fn json(text: &str, overrides: bool, module: &mut Module, report: &mut Report) -> Result<(), String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    for document in one_or_many(&value) {
        let root = document.as_object().ok_or("it is not an object")?;
        for (kind, all) in [("variable", &mut module.variables), ("output", &mut module.outputs)] {
            for by_name in root.get(kind).into_iter().flat_map(one_or_many).filter_map(Value::as_object) {
                for (name, body) in by_name {
                    for body in one_or_many(body).filter_map(Value::as_object) {
                        put(all, kind, name.clone(), declared_in_json(body), overrides, report);
                    }
                }
            }
        }
    }
    Ok(())
}

/// JSON syntax lets every block be an object or a list of objects.
fn one_or_many(value: &Value) -> impl Iterator<Item = &Value> {
    let many: Box<dyn Iterator<Item = &Value>> = match value {
        Value::Array(items) => Box::new(items.iter()),
        one => Box::new(std::iter::once(one)),
    };
    many
}

fn declared_in_json(body: &Map<String, Value>) -> Declared {
    let mut found = Declared::default();
    for (key, value) in body {
        match key.as_str() {
            "validation" => {
                for block in one_or_many(value).filter_map(Value::as_object) {
                    found.validations.push(block.iter().map(|(key, value)| (key.clone(), Node::of_json(value))).collect());
                }
            }
            "precondition" => found.others.push(key.clone()),
            // A comment.
            "//" => {}
            // Constants: a default is taken as it stands, `${` included.
            "default" => _ = found.attributes.insert(key.clone(), verbatim(value)),
            _ => _ = found.attributes.insert(key.clone(), Node::of_json(value)),
        }
    }
    found
}

fn verbatim(value: &Value) -> Node {
    match value {
        Value::String(text) => Node::Text(text.clone()),
        Value::Array(items) => Node::List(items.iter().map(verbatim).collect()),
        Value::Object(entries) => {
            Node::Object(entries.iter().map(|(key, value)| (Node::Text(key.clone()), verbatim(value))).collect())
        }
        other => Node::of_json(other),
    }
}
