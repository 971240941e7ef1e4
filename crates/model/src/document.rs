//! Documents as people write them: YAML or JSON, several per file, `apiVersion`, `kind`, `metadata`, `spec`.

use crate::meta::{NewMetadata, ScopePath};
use crate::{API_VERSION, Error, FieldError, Kind, Name};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Largest accepted document stream.
pub const MAX_BYTES: usize = 4 << 20;

/// The metadata of a document: what people write, the scope, and what an export leaves in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentMetadata {
    name: Name,
    org: Option<Name>,
    project: Option<Name>,
    workspace: Option<Name>,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    // Set by the server and ignored on the way in, so that what was exported or viewed can be applied again.
    #[serde(default, rename = "uid")]
    _uid: Option<Value>,
    #[serde(default, rename = "generation")]
    _generation: Option<Value>,
    #[serde(default, rename = "resource_version")]
    _resource_version: Option<Value>,
    #[serde(default, rename = "created_at")]
    _created_at: Option<Value>,
    #[serde(default, rename = "updated_at")]
    _updated_at: Option<Value>,
    #[serde(default, rename = "created_by")]
    _created_by: Option<Value>,
    #[serde(default, rename = "modified_by")]
    _modified_by: Option<Value>,
    #[serde(default, rename = "deletion_requested_at")]
    _deletion_requested_at: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(rename = "apiVersion")]
    api_version: String,
    kind: String,
    metadata: Value,
    #[serde(default)]
    spec: Value,
    #[serde(default, rename = "status")]
    _status: Value,
}

/// A parsed document; its spec is still to be checked by the kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The kind.
    pub kind: Kind,
    /// Where it says it lives.
    pub scope: ScopePath,
    /// What people wrote of the metadata.
    pub metadata: NewMetadata,
    /// The spec, unchecked.
    pub spec: Value,
}

/// Parses a stream of YAML (or JSON) documents; field errors start with the document's number when there are several.
pub fn parse(text: &str) -> Result<Vec<Document>, Error> {
    if text.len() > MAX_BYTES {
        return Err(Error::too_large(format!("a file has at most {MAX_BYTES} bytes; this one has {}", text.len())));
    }
    let values = crate::yaml::documents(text).map_err(|e| Error::invalid_field("", format!("This is not YAML: {e}")))?;
    let values: Vec<Value> = values.into_iter().filter(|v| !v.is_null()).collect();
    let several = values.len() > 1;
    let mut documents = Vec::new();
    let mut errors = Vec::new();
    for (i, value) in values.into_iter().enumerate() {
        match from_value(value) {
            Ok(document) => documents.push(document),
            Err(e) if several => errors.push(e.under(&format!("document {}", i + 1))),
            Err(e) => errors.push(e),
        }
    }
    if errors.is_empty() { Ok(documents) } else { Err(Error::invalid(errors)) }
}

/// Checks one parsed document's envelope.
pub fn from_value(value: Value) -> Result<Document, FieldError> {
    let raw: Raw = serde_json::from_value(value)
        .map_err(|e| FieldError::new("", format!("a document has apiVersion, kind, metadata and spec: {e}")))?;
    if raw.api_version != API_VERSION {
        return Err(FieldError::new(
            "apiVersion",
            format!("{:?} is not known; this version understands {API_VERSION}", raw.api_version),
        ));
    }
    let kind = Kind::ALL.iter().copied().find(|k| k.as_str() == raw.kind).ok_or_else(|| {
        let known: Vec<&str> = Kind::ALL.iter().map(|k| k.as_str()).collect();
        FieldError::new("kind", format!("{:?} is not a kind; known are {}", raw.kind, known.join(", ")))
    })?;
    let meta: DocumentMetadata = serde_path_to_error::deserialize(raw.metadata).map_err(|e| {
        let path = e.path().to_string();
        let at = if path == "." { String::new() } else { path };
        FieldError::new(at, e.inner().to_string()).under("metadata")
    })?;
    let scope = ScopePath { org: meta.org, project: meta.project, workspace: meta.workspace };
    let metadata =
        NewMetadata { name: meta.name, display_name: meta.display_name, description: meta.description, labels: meta.labels };
    Ok(Document { kind, scope, metadata, spec: raw.spec })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_documents_and_their_errors() {
        let good = "apiVersion: warpyard.io/v1\nkind: Project\nmetadata: {name: vision, org: acme}\nspec: {}\n";
        let documents = parse(&format!("{good}---\n{good}")).unwrap();
        assert_eq!(documents.len(), 2);
        assert_eq!(documents[0].kind, Kind::Project);
        let error = parse(&format!("{good}---\napiVersion: warpyard.io/v1\nkind: Pod\nmetadata: {{name: a}}\n")).unwrap_err();
        assert_eq!(error.fields[0].path, "document 2.kind");
        let error = parse("a: [").unwrap_err();
        assert!(error.message.contains("not YAML"), "{}", error.message);
    }
}
