//! Profile documents of our own making in the form of Rafay's public API documentation.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use warpyard_import::{Severity, rafay};
use warpyard_model::inputs::{Form, LiveOptions, Mode, Values, effective_form, resolve};
use warpyard_model::kinds::{Amount, ComputeProfile, ServiceProfile};
use warpyard_model::{Kind, Spec as _};

const COMPUTE: &str = r#"
apiVersion: paas.envmgmt.io/v1
kind: ComputeProfile
metadata:
  name: small_gpu_vm
  displayName: Small GPU
  description: One H100.
  project: development
  labels: {tier: gold}
spec:
  computeType: vm
  sharing: {enabled: true, projects: [{name: vision}]}
  variables:
    - name: cpu
      valueType: text
      value: "24"
      options:
        override: {type: notallowed}
        displayMetadata: {alias: CPU, disabled: true, section: VM, weight: "3"}
    - name: memory
      value: 256
      options: {override: {type: allowed}, displayMetadata: {alias: Memory, disabled: true, weight: "4"}}
    - name: gpu
      value: "1"
      options: {override: {type: notallowed}}
    - name: gpu-model
      value: H100
      options:
        override: {type: restricted, restrictedValues: [H100, A100]}
        displayMetadata:
          alias: GPU Type
          section: VM
          weight: "2.5"
          type: radio
          radioOptions:
            - {label: NVIDIA H100, value: H100, description: fast}
            - {label: A100, value: A100, description: ""}
            - {label: T4, value: T4}
    - name: disk
      value: "150"
      options:
        required: true
        description: Local disk.
        displayMetadata:
          type: incrementDecrement
          incrementDecrementLabel: Disk Size (GB)
          incrementDecrementMin: "100"
          incrementDecrementMax: "2000"
          incrementDecrementStep: "50"
          disableForDay2Operation: true
    - name: password
      value: changeplz
      options: {sensitive: true, displayMetadata: {extraDescription: "User: ubuntu", type: text}}
    - name: nodes
      valueType: json
      options:
        schema:
          jsonschema: '{"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}}'
          uischema: '{"ui:order": ["n"]}'
    - name: size
      value: m
      options:
        override: {type: restricted, restrictedKeyValues: {Small: s, Medium: m}}
        colour: blue
    - name: made
      valueType: expression
      value: $(environment.name)$
"#;

fn lost(report: &[warpyard_import::ReportItem]) -> Vec<String> {
    let lost = report.iter().filter(|item| item.severity == Severity::Lost);
    lost.map(|item| format!("{}: {}", item.item, item.message)).collect()
}

fn answer(form: &Form, values: Value) -> Result<Values, Vec<String>> {
    let values: Values = serde_json::from_value(values).unwrap();
    match resolve(form, &values, Mode::Create) {
        Ok(resolved) => Ok(resolved.values),
        Err(errors) => Err(errors.into_iter().map(|error| format!("{}: {}", error.path, error.message)).collect()),
    }
}

#[test]
fn a_compute_profile_becomes_a_draft() {
    let imported = rafay::profile_of(COMPUTE).unwrap();
    assert_eq!(imported.kind, Kind::ComputeProfile);
    let profile: ComputeProfile = serde_json::from_value(imported.profile.spec).unwrap();
    assert_eq!(profile.validate(), vec![]);
    let template = imported.template.unwrap();
    assert_eq!(template.spec.validate(), vec![]);
    assert_eq!(profile.template.name, template.metadata.name);
    assert_eq!(imported.profile.metadata.name.as_str(), "small-gpu-vm");
    assert_eq!(imported.profile.metadata.display_name, "Small GPU");
    assert_eq!(imported.profile.metadata.labels["tier"], "gold");
    assert_eq!(profile.sharing.projects[0].as_str(), "vision");
    assert_eq!((profile.size.cpu_millis, profile.size.memory_bytes), (Amount::Number(24_000), Amount::Text("256GiB".to_owned())));
    assert_eq!(profile.size.gpu.unwrap().model.as_deref(), Some("H100"));

    let fields = &template.spec.versions[0].inputs;
    let form = effective_form(fields, &profile.inputs, &[], &LiveOptions::new()).unwrap();
    let field = |name: &str| form.field(name).unwrap_or_else(|| panic!("no field {name}"));
    assert!(field("cpu").locked && field("memory").locked && field("gpu").locked);
    assert_eq!((field("cpu").field.label.as_str(), field("cpu").field.section.as_str()), ("CPU", "VM"));
    assert!(field("gpu_model").field.order < field("cpu").field.order, "weights order the fields");
    let model = &field("gpu_model").field;
    assert_eq!(model.choices.len(), 2, "the profile leaves two of three");
    assert_eq!((model.choices[0].label.as_str(), model.choices[0].help.as_str()), ("NVIDIA H100", "fast"));
    assert_eq!(model.widget.as_deref(), Some("radio"));
    let disk = &field("disk").field;
    assert_eq!((disk.min.clone(), disk.max.clone(), disk.step.clone()), (Some(json!(100)), Some(json!(2000)), Some(json!(50))));
    assert_eq!((disk.unit.as_deref(), disk.default.clone(), disk.mutable), (Some("GB"), Some(json!(150)), false));
    assert!(field("password").field.sensitive && field("password").field.default.is_none());
    assert_eq!(field("password").field.help, "User: ubuntu");
    assert_eq!(field("size").field.choices[1].label, "Medium");

    assert!(answer(&form, json!({"disk": 200, "gpu_model": "A100", "nodes": [{"n": 1}]})).is_ok());
    for bad in [
        json!({"disk": 175}),
        json!({"gpu_model": "T4"}),
        json!({"nodes": [{"n": "x"}]}),
        json!({"cpu": "1"}),
        json!({"size": "xl"}),
    ] {
        assert!(answer(&form, bad.clone()).is_err(), "{bad}");
    }

    let lost = lost(&imported.report);
    for part in ["spec.computeType", "uischema", "colour", "expression"] {
        assert!(lost.iter().any(|note| note.contains(part)), "{part} is not in {lost:#?}");
    }
    assert!(!serde_json::to_string(&(fields, &imported.report)).unwrap().contains("changeplz"));
}

#[test]
fn a_service_profile_becomes_a_draft() {
    let imported = rafay::profile_of(
        r#"{"apiVersion": "paas.envmgmt.io/v1", "kind": "ServiceProfile", "metadata": {"name": "nb"},
            "spec": {"sharing": {"enabled": true, "projects": [{"name": "*"}]}, "variables": [
              {"name": "Image", "value": "a:1", "options": {"override": {"type": "restricted", "restrictedValues": ["b:1"]}}},
              {"name": "Open", "value": "true", "options": {"schema": {"jsonschema": {"type": "boolean", "title": "Open to all"}}}},
              {"name": "fixed", "options": {"override": {"type": "notallowed"}}}]}}"#,
    )
    .unwrap();
    let profile: ServiceProfile = serde_json::from_value(imported.profile.spec).unwrap();
    assert!(profile.sharing.all_projects);
    let template = imported.template.unwrap();
    let form = effective_form(&template.spec.versions[0].inputs, &profile.inputs, &[], &LiveOptions::new()).unwrap();
    assert_eq!(form.field("image").unwrap().field.default, Some(json!("b:1")));
    assert_eq!(form.field("open").unwrap().field.default, Some(json!(true)));
    assert_eq!(form.field("open").unwrap().field.label, "Open to all");
    assert!(lost(&imported.report).iter().any(|note| note.contains("fixed") && note.contains("no value")));
}

#[test]
fn other_documents_are_refused_with_the_reason() {
    for (text, path) in [
        ("a: [", ""),
        ("just text", "apiVersion"),
        ("apiVersion: v1\nkind: Pod", "apiVersion"),
        ("apiVersion: paas.envmgmt.io/v1\nkind: Workspace", "kind"),
        ("apiVersion: paas.envmgmt.io/v1\nkind: ComputeProfile", "metadata.name"),
        ("apiVersion: paas.envmgmt.io/v1\nkind: ComputeProfile\nmetadata: {name: '!!'}\nspec: {}", "metadata.name"),
        ("apiVersion: paas.envmgmt.io/v1\nkind: ComputeProfile\nmetadata: {name: x}", "spec"),
        ("apiVersion: paas.envmgmt.io/v1\nkind: ComputeProfile\nmetadata: {name: x}\nspec: {variables: {}}", "spec.variables"),
    ] {
        assert_eq!(rafay::profile_of(text).unwrap_err().path, path, "{text}");
    }
}
