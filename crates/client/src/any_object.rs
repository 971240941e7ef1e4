//! An object of any kind, kept as JSON so that nothing a newer server sends is lost.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use warpyard_model::{API_VERSION, ErrorCode, Kind, Name, Object, ScopePath, Spec, Timestamp};

use crate::error::{ClientError, Result};

/// An object whose kind is known only when it is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnyObject(pub Value);

impl AnyObject {
    /// Its kind, where this version knows it.
    pub fn kind(&self) -> Option<Kind> {
        self.text("/kind").and_then(Kind::find)
    }

    /// Its name; empty when it has none.
    pub fn name(&self) -> &str {
        self.text("/metadata/name").unwrap_or_default()
    }

    /// What people call it.
    pub fn title(&self) -> &str {
        self.text("/metadata/display_name").filter(|t| !t.is_empty()).unwrap_or_else(|| self.name())
    }

    /// Unique for ever.
    pub fn uid(&self) -> &str {
        self.text("/metadata/uid").unwrap_or_default()
    }

    /// Where it lives.
    pub fn scope(&self) -> ScopePath {
        let part = |pointer| self.text(pointer).and_then(|t| Name::parse(t).ok());
        ScopePath { org: part("/metadata/org"), project: part("/metadata/project"), workspace: part("/metadata/workspace") }
    }

    /// Grows with every change of anything.
    pub fn resource_version(&self) -> i64 {
        self.number("/metadata/resource_version")
    }

    /// Grows with every change of the spec.
    pub fn generation(&self) -> i64 {
        self.number("/metadata/generation")
    }

    /// The generation its status answers to.
    pub fn observed_generation(&self) -> i64 {
        self.number("/status/observed_generation")
    }

    /// The phase, for kinds that have one.
    pub fn phase(&self) -> Option<&str> {
        self.text("/status/phase")
    }

    /// When it was made.
    pub fn created_at(&self) -> Option<Timestamp> {
        self.moment("/metadata/created_at")
    }

    /// The text at a JSON pointer.
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.0.pointer(pointer).and_then(Value::as_str)
    }

    /// The moment at a JSON pointer.
    pub fn moment(&self, pointer: &str) -> Option<Timestamp> {
        self.0.pointer(pointer).and_then(|v| serde_json::from_value(v.clone()).ok())
    }

    /// The array at a JSON pointer; empty when there is none.
    pub fn array(&self, pointer: &str) -> &[Value] {
        self.0.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    fn number(&self, pointer: &str) -> i64 {
        self.0.pointer(pointer).and_then(Value::as_i64).unwrap_or_default()
    }

    /// The same object, typed.
    pub fn typed<S: Spec>(&self) -> Result<Object<S>> {
        serde_json::from_value(self.0.clone()).map_err(|e| {
            ClientError::local(
                ErrorCode::Internal,
                format!("the server's {} {:?} cannot be read by this version: {e}", S::KIND, self.name()),
            )
        })
    }

    /// The document to apply again: what people write and nothing that the server sets.
    #[must_use]
    pub fn document(&self) -> AnyObject {
        let mut metadata = Map::new();
        for key in ["name", "org", "project", "workspace", "display_name", "description", "labels"] {
            if let Some(value) = self.0.pointer(&format!("/metadata/{key}")) {
                let empty =
                    value.is_null() || value.as_str().is_some_and(str::is_empty) || value.as_object().is_some_and(Map::is_empty);
                if !empty {
                    metadata.insert(key.to_owned(), value.clone());
                }
            }
        }
        let mut document = Map::new();
        document.insert("apiVersion".to_owned(), Value::String(API_VERSION.to_owned()));
        document.insert("kind".to_owned(), self.0.get("kind").cloned().unwrap_or(Value::Null));
        document.insert("metadata".to_owned(), Value::Object(metadata));
        document.insert("spec".to_owned(), self.0.get("spec").cloned().unwrap_or_else(|| Value::Object(Map::new())));
        AnyObject(Value::Object(document))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use warpyard_model::kinds::Project;

    fn project() -> AnyObject {
        AnyObject(json!({
            "apiVersion": "warpyard.io/v1", "kind": "Project",
            "metadata": {"name": "vision", "org": "acme", "display_name": "", "labels": {}, "uid": "u", "generation": 2,
                "resource_version": 7, "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z",
                "created_by": "ana", "modified_by": "ana"},
            "spec": {"contact": "ana"}, "status": {}
        }))
    }

    #[test]
    fn a_document_can_be_applied_again() {
        let document = project().document();
        assert_eq!(
            document.0,
            json!({"apiVersion": "warpyard.io/v1", "kind": "Project", "metadata": {"name": "vision", "org": "acme"},
                "spec": {"contact": "ana"}})
        );
        assert!(warpyard_model::document::from_value(document.0).is_ok());
    }

    #[test]
    fn typed_and_dynamic_agree() {
        let typed = project().typed::<Project>().unwrap();
        assert_eq!(typed.spec.contact, "ana");
        assert_eq!(typed.metadata.generation, project().generation());
    }
}
