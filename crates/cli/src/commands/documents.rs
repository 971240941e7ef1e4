//! Files with documents: found, read, and joined to the one stream that is applied whole or not at all.
//!
//! Only the YAML is parsed here, to say where in which file something is wrong. What a document means is checked by the
//! server, which has the one validator.

use crate::failure::{Failure, Outcome};
use serde_json::Value;
use std::io::Read;
use std::path::{Path, PathBuf};
use warpyard_client::ClientError;
use warpyard_model::{FieldError, Kind, document};

/// Kinds in the order in which they need each other.
pub(crate) const ORDER: &[Kind] = &[
    Kind::Organization,
    Kind::User,
    Kind::Target,
    Kind::Group,
    Kind::CustomRole,
    Kind::ServiceAccount,
    Kind::IdentityProvider,
    Kind::Icon,
    Kind::EnvironmentTemplate,
    Kind::Project,
    Kind::Secret,
    Kind::ComputeProfile,
    Kind::ServiceProfile,
    Kind::Workspace,
    Kind::RoleBinding,
    Kind::ComputeInstance,
    Kind::ServiceInstance,
];

/// One document and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sourced {
    /// The file as it was given; `-` is standard input.
    file: String,
    /// Its place in the file from 1, when the file has several.
    position: Option<usize>,
    /// The document.
    pub(crate) value: Value,
}

impl Sourced {
    /// `profiles.yaml (document 2)`.
    fn place(&self) -> String {
        let file = if self.file == "-" { "standard input" } else { &self.file };
        match self.position {
            Some(position) => format!("{file} (document {position})"),
            None => file.to_owned(),
        }
    }

    /// The kind, where it is one.
    pub(crate) fn kind(&self) -> Option<Kind> {
        self.value.get("kind").and_then(Value::as_str).and_then(Kind::find)
    }
}

/// Reads every document of the files and folders; `-` is standard input.
pub(crate) fn read(sources: &[PathBuf]) -> Outcome<Vec<Sourced>> {
    let mut documents = Vec::new();
    for source in sources {
        if source.as_os_str() == "-" {
            let mut text = String::new();
            std::io::stdin()
                .take(document::MAX_BYTES as u64 + 1)
                .read_to_string(&mut text)
                .map_err(|e| Failure::other(format!("cannot read standard input: {e}")))?;
            documents.extend(parse("-", &text)?);
        } else if source.is_dir() {
            let mut inside = Vec::new();
            for file in files_in(source)? {
                inside.extend(read_file(&file)?);
            }
            // Files of a folder have no order of their own, so what others need goes first.
            inside.sort_by_key(|d: &Sourced| ORDER.iter().position(|kind| Some(*kind) == d.kind()).unwrap_or(ORDER.len()));
            documents.extend(inside);
        } else {
            documents.extend(read_file(source)?);
        }
    }
    if documents.is_empty() {
        let names: Vec<String> = sources.iter().map(|s| s.display().to_string()).collect();
        return Err(Failure::usage(format!("there is no document in {}", names.join(", "))));
    }
    Ok(documents)
}

fn read_file(path: &Path) -> Outcome<Vec<Sourced>> {
    // What a pipe or a device holds is known only when it was read.
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(document::MAX_BYTES as u64 + 1).read_to_string(&mut text))
        .map_err(|e| Failure::file("read", path, &e))?;
    parse(&path.display().to_string(), &text)
}

fn too_large(file: &str) -> Failure {
    let file = if file == "-" { "standard input" } else { file };
    Failure::invalid(format!("{file} is larger than {} bytes; split it", document::MAX_BYTES), Vec::new())
}

fn parse(file: &str, text: &str) -> Outcome<Vec<Sourced>> {
    if text.len() > document::MAX_BYTES {
        return Err(too_large(file));
    }
    let shown = if file == "-" { "standard input" } else { file };
    let values: Vec<Value> = warpyard_model::yaml::documents(text).map_err(|text| {
        Failure::invalid(format!("{shown} is not YAML: {}", text.lines().next().unwrap_or_default()), Vec::new())
    })?;
    let values: Vec<Value> = values.into_iter().filter(|value| !value.is_null()).collect();
    let several = values.len() > 1;
    Ok(values
        .into_iter()
        .enumerate()
        .map(|(i, value)| Sourced { file: file.to_owned(), position: several.then_some(i + 1), value })
        .collect())
}

/// YAML and JSON files in a folder and below it, in order; hidden ones are left out.
pub(crate) fn files_in(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).map_err(|e| Failure::file("read", folder, &e))?;
    for entry in entries {
        let entry = entry.map_err(|e| Failure::file("read", folder, &e))?;
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let kind = entry.file_type().map_err(|e| Failure::file("read", &path, &e))?;
        // A link to a folder is not followed: it could lead back here.
        if hidden {
            continue;
        } else if kind.is_dir() {
            found.extend(files_in(&path)?);
        } else if path.extension().and_then(|e| e.to_str()).is_some_and(|e| matches!(e, "yaml" | "yml" | "json")) {
            // What is no file has no end (devices) or waits for somebody (pipes); a link to a file is one.
            if std::fs::metadata(&path).is_ok_and(|metadata| metadata.is_file()) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The stream to send. JSON documents, because every JSON document is a YAML document and nothing is lost on the way.
pub(crate) fn stream(documents: &[Sourced]) -> String {
    documents.iter().map(|document| format!("---\n{}\n", document.value)).collect()
}

/// The server's refusal, with the file in place of the document's number.
pub(crate) fn explain(error: ClientError, documents: &[Sourced]) -> Failure {
    let mut failure = Failure::from(error);
    for field in &mut failure.fields {
        *field = locate(field, documents);
    }
    if let [one] = failure.fields.as_slice() {
        failure.message = format!("{}: {}", one.path, one.message);
    } else if !failure.fields.is_empty() {
        failure.message = format!("{} fields break a rule; nothing was applied", failure.fields.len());
    }
    failure
}

fn locate(field: &FieldError, documents: &[Sourced]) -> FieldError {
    let (position, path) = match field.path.strip_prefix("document ").map(|rest| rest.split_once('.').unwrap_or((rest, ""))) {
        Some((number, path)) => (number.parse::<usize>().ok(), path),
        None => (Some(1).filter(|_| documents.len() == 1), field.path.as_str()),
    };
    match position.and_then(|n| documents.get(n.checked_sub(1)?)) {
        Some(document) if path.is_empty() => FieldError::new(document.place(), &field.message),
        Some(document) => FieldError::new(format!("{}: {path}", document.place()), &field.message),
        None => field.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use warpyard_model::ErrorCode;

    #[test]
    fn folders_are_read_in_the_order_of_need() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("b")).unwrap();
        let document = |kind: &str| format!("apiVersion: warpyard.io/v1\nkind: {kind}\nmetadata: {{name: x}}\n");
        std::fs::write(folder.path().join("a.yaml"), format!("{}---\n{}", document("Workspace"), document("Project"))).unwrap();
        std::fs::write(folder.path().join("b/c.json"), r#"{"kind": "Organization"}"#).unwrap();
        std::fs::write(folder.path().join("README.md"), "no document").unwrap();
        let documents = read(&[folder.path().to_owned()]).unwrap();
        let kinds: Vec<Option<Kind>> = documents.iter().map(Sourced::kind).collect();
        assert_eq!(kinds, [Some(Kind::Organization), Some(Kind::Project), Some(Kind::Workspace)]);
        assert_eq!(document::parse(&stream(&documents[1..])).unwrap().len(), 2);
    }

    #[test]
    fn errors_name_the_file() {
        let documents = parse("p.yaml", "kind: A\n---\nkind: B\n").unwrap();
        let mut error = ClientError::local(ErrorCode::Invalid, "…");
        error.fields = vec![FieldError::new("document 2.spec.size", "too small")];
        assert_eq!(explain(error.clone(), &documents).message, "p.yaml (document 2): spec.size: too small");
        let alone = parse("p.yaml", "kind: A\n").unwrap();
        error.fields = vec![FieldError::new("spec.size", "too small")];
        assert_eq!(explain(error, &alone).message, "p.yaml: spec.size: too small");
        assert!(parse("p.yaml", "a: [").unwrap_err().message.starts_with("p.yaml is not YAML"));
    }
}
