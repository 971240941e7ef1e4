//! Measures the import over modules that nobody here wrote: `measure FOLDER` reads every folder below it that has a
//! `variables.tf` and prints what share of files was read and what became of the variables. `docs/import.md` has the
//! figures and says how the modules get there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use warpyard_import::{Severity, tofu};
use warpyard_model::inputs::{FieldType, validate_fields};

fn main() {
    let folders: Vec<String> = std::env::args().skip(1).collect();
    let mut modules = Vec::new();
    for folder in &folders {
        find(Path::new(folder), &mut modules);
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut count = |what: String| *counts.entry(what).or_default() += 1;
    let mut seen = std::collections::HashSet::new();
    let mut slowest = std::time::Duration::ZERO;
    for module in &modules {
        let path = module.join("variables.tf");
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        count("1 files".to_owned());
        if !seen.insert(text.clone()) {
            count("1 files that are copies of others, not counted again".to_owned());
            continue;
        }
        let before = std::time::Instant::now();
        let imported = tofu::inputs_of(&[("variables.tf".to_owned(), text)]);
        slowest = slowest.max(before.elapsed());
        if imported.unreadable == 0 {
            count("1 files parsed".to_owned());
        }
        for error in validate_fields(&imported.fields) {
            count("9 invalid fields".to_owned());
            eprintln!("{}: invalid: {}: {}", path.display(), error.path, error.message);
        }
        for _ in 0..imported.variables {
            count("2 variables declared".to_owned());
        }
        for field in &imported.fields {
            count("2 variables carried over".to_owned());
            count(match (&field.schema, field.field_type) {
                (None, FieldType::Json) => "2 variables of any shape".to_owned(),
                _ => "2 variables with a typed field".to_owned(),
            });
            let kind = serde_json::to_value(field.field_type).unwrap_or_default();
            let schema = if field.schema.is_some() { " with a schema" } else { "" };
            count(format!("3 fields {}{schema}", kind.as_str().unwrap_or_default()));
        }
        for item in &imported.report {
            let validation = ["validation ", "validation as", "this condition", "the form of"];
            let word = match item.severity {
                Severity::Carried => "carried",
                Severity::Adapted => "adapted",
                Severity::Lost => "lost",
            };
            if validation.iter().any(|start| item.message.starts_with(start)) {
                count(format!("4 conditions {word}"));
                count("4 conditions".to_owned());
            } else {
                count(format!("5 other notes {word}"));
            }
            if item.severity == Severity::Lost {
                eprintln!("{}: {}: {}", path.display(), item.item, item.message);
            }
        }
    }
    for (what, number) in counts {
        println!("{number:>7}  {}", &what[2..]);
    }
    println!("{:>7}  ms for the slowest file", slowest.as_millis());
}

fn find(folder: &Path, modules: &mut Vec<PathBuf>) {
    if folder.join("variables.tf").is_file() {
        modules.push(folder.to_owned());
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            find(&entry.path(), modules);
        }
    }
}
