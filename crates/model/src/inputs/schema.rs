//! JSON Schema export.
pub fn json_schema(form: &super::Form) -> serde_json::Value {
    let _ = form;
    serde_json::Value::Null
}
