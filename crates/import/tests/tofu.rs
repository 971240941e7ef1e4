//! Modules of our own making with the shapes that public ones have.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use warpyard_import::{ReportItem, Severity, archive, tofu};
use warpyard_model::inputs::{Field, LiveOptions, Mode, Values, effective_form, resolve, validate_fields};

const EVERY_TYPE: &str = r#"
variable "name" {
  description = "What it is called."
  type        = string
}

variable "cores" {
  type    = number
  default = 2
}

variable "public" {
  type    = bool
  default = "false"
}

variable "zones" {
  type    = list(string)
  default = ["a", "b"]
}

variable "groups" { type = set(string) }

variable "tags" {
  type    = map(string)
  default = { team = "vision", floor = 3 }
}

variable "ports" {
  type    = list(number)
  default = [80, "443"]
}

variable "pair" {
  type    = tuple([string, number])
  default = ["a", 1]
}

variable "pools" {
  description = <<-EOT
    Node pools:
      - by name
  EOT
  type = map(object({
    size   = number
    labels = optional(map(string), {})
    taints = optional(list(object({ key = string, effect = optional(string, "NoSchedule") })))
    disk   = object({ gib = number, fast = optional(bool, true) })
  }))
  default = {
    small = { size = "3", disk = { gib = 20 }, unknown = 1 }
  }
}

variable "anything" {
  type    = any
  default = null
}

variable "untyped" { default = "eu-west" }
variable "legacy" {
  type    = "map"
  default = {}
}

variable "password" {
  type      = string
  sensitive = true
  default   = "hunter2"
  nullable  = false
}

variable "script" {
  default = <<EOF
#!/bin/sh
echo "$${HOME}"
EOF
}

output "url" {
  description = "Where it is."
  value       = "https://${aws_lb.main.dns_name}"
}

output "token" {
  value     = random_password.token.result
  sensitive = true
}

resource "null_resource" "ignored" {}
"#;

fn import(text: &str) -> tofu::Imported {
    tofu::inputs_of(&[("main.tf".to_owned(), text.to_owned())])
}

fn field<'a>(imported: &'a tofu::Imported, name: &str) -> &'a Field {
    imported.fields.iter().find(|field| field.name == name).unwrap_or_else(|| panic!("no field {name}: {imported:#?}"))
}

fn shown(field: &Field) -> Value {
    serde_json::to_value(field).unwrap()
}

fn notes(imported: &tofu::Imported, severity: Severity) -> Vec<String> {
    let of = |item: &&ReportItem| item.severity == severity;
    imported.report.iter().filter(of).map(|item| format!("{}: {}", item.item, item.message)).collect()
}

fn draft(files: &[(String, String)], folder: Option<&str>) -> Result<tofu::ModuleImport, warpyard_model::FieldError> {
    tofu::template_of(&archive::collect(files.to_vec())?, folder, None)
}

/// What a launch with these answers comes to.
fn answer(imported: &tofu::Imported, values: Value) -> Result<Values, Vec<String>> {
    let form = effective_form(&imported.fields, &[], &[], &LiveOptions::new()).unwrap();
    let values: Values = serde_json::from_value(values).unwrap();
    match resolve(&form, &values, Mode::Create) {
        Ok(resolved) => Ok(resolved.values),
        Err(errors) => Err(errors.into_iter().map(|error| format!("{}: {}", error.path, error.message)).collect()),
    }
}

#[test]
fn every_type_has_its_field() {
    let imported = import(EVERY_TYPE);
    assert_eq!(validate_fields(&imported.fields), vec![]);
    assert_eq!((imported.variables, imported.fields.len(), imported.unreadable), (14, 14, 0));
    let name = field(&imported, "name");
    assert_eq!((shown(name)["type"].clone(), name.required, name.help.as_str()), (json!("text"), true, "What it is called."));
    assert_eq!(
        (shown(field(&imported, "cores"))["type"].clone(), field(&imported, "cores").default.clone()),
        (json!("decimal"), Some(json!(2)))
    );
    assert_eq!(
        (shown(field(&imported, "public"))["type"].clone(), field(&imported, "public").default.clone()),
        (json!("boolean"), Some(json!(false)))
    );
    assert_eq!(
        (shown(field(&imported, "zones"))["type"].clone(), field(&imported, "zones").default.clone()),
        (json!("list"), Some(json!(["a", "b"])))
    );
    assert!(field(&imported, "groups").unique);
    assert_eq!(field(&imported, "tags").default, Some(json!({"team": "vision", "floor": "3"})));
    assert_eq!(field(&imported, "ports").default, Some(json!([80, 443])));
    assert_eq!(shown(field(&imported, "pair"))["schema"]["prefixItems"], json!([{"type": "string"}, {"type": "number"}]));
    assert_eq!(field(&imported, "pools").default, Some(json!({"small": {"size": 3, "disk": {"gib": 20}}})));
    assert_eq!(field(&imported, "pools").help, "Node pools:\n  - by name");
    assert_eq!(
        (shown(field(&imported, "anything"))["type"].clone(), field(&imported, "anything").schema.clone()),
        (json!("json"), None)
    );
    assert_eq!(shown(field(&imported, "untyped"))["type"], "text");
    assert_eq!(field(&imported, "legacy").schema, Some(json!({"type": "object", "additionalProperties": {}})));
    let password = field(&imported, "password");
    assert!(password.sensitive && password.default.is_none() && !password.required);
    let script = field(&imported, "script");
    assert_eq!(
        (shown(script)["type"].clone(), script.default.clone()),
        (json!("multiline"), Some(json!("#!/bin/sh\necho \"${HOME}\"\n")))
    );
}

#[test]
fn shapes_are_checked() {
    let imported = import(EVERY_TYPE);
    let with = |pools: Value| answer(&imported, json!({"name": "x", "groups": ["g"], "pools": pools}));
    let good = json!({"big": {"size": 9, "labels": null, "taints": [{"key": "gpu"}], "disk": {"gib": 1, "fast": false}}});
    assert_eq!(with(good.clone()).unwrap()["pools"], good);
    let errors = with(json!({"big": {"size": "nine", "taints": [{"effect": "x"}], "disk": {"gib": 1}, "typo": 1}})).unwrap_err();
    let wrong: Vec<&str> = errors.iter().map(|error| error.split(':').next().unwrap()).collect();
    assert!(
        wrong.contains(&"pools.big.size") && wrong.contains(&"pools.big.taints.0") && wrong.contains(&"pools.big"),
        "{errors:?}"
    );
}

#[test]
fn outputs_keep_their_names_and_secrets_stay_out() {
    let imported = import(EVERY_TYPE);
    assert_eq!(imported.outputs.len(), 1);
    assert_eq!((imported.outputs[0].name.as_str(), imported.outputs[0].label.as_str()), ("url", "Where it is."));
    assert!(notes(&imported, Severity::Lost).iter().any(|note| note.starts_with("output.token:")));
    let everything = serde_json::to_string(&imported.fields).unwrap() + &serde_json::to_string(&imported.report).unwrap();
    assert!(!everything.contains("hunter2"), "a sensitive default is shown to nobody");
}

/// One validation block on a variable of a type, with an answer that it takes and one that it does not.
#[test]
fn conditions_hold_here_too() {
    let list = |text: &str| text.to_owned();
    for (kind, condition, good, bad, native) in [
        ("string", r#"contains(["a", "b"], var.x)"#, json!("a"), json!("c"), true),
        ("string", r#"var.x == null || contains(["a", "b"], var.x)"#, json!("b"), json!("c"), true),
        ("string", r#"var.x == null ? true : contains(["a"], var.x)"#, json!("a"), json!("c"), true),
        ("string", r#"var.x == "a" || var.x == "b""#, json!("b"), json!("c"), true),
        ("string", r#"contains(["a", "b"], lower(var.x))"#, json!("A"), json!("c"), true),
        ("number", "contains([1, 2], var.x)", json!(2), json!(3), true),
        ("number", "var.x >= 1 && var.x <= 10", json!(10), json!(11), true),
        ("number", "1 <= var.x && 10 >= var.x", json!(1), json!(0), true),
        ("number", "var.x > 0 && floor(var.x) == var.x", json!(1), json!(0), true),
        ("number", "var.x % 1 == 0 && var.x < 5", json!(4), json!(4.5), true),
        ("number", "var.x > 0.5", json!(0.6), json!(0.5), false),
        ("number", "var.x == 0 || (var.x >= 30 && var.x <= 40)", json!(30), json!(20), false),
        ("string", "length(var.x) > 2", json!("abc"), json!("ab"), true),
        ("string", "length(var.x) >= 1 && length(var.x) < 4", json!("abc"), json!("abcd"), true),
        ("string", r#"var.x != """#, json!("a"), json!(""), true),
        ("string", "length(trimspace(var.x)) > 0", json!(" a"), json!("  "), true),
        ("string", r#"can(regex("^[a-z]+$", var.x))"#, json!("abc"), json!("a1"), true),
        ("string", r#"can(regex("[0-9]", var.x))"#, json!("a1b"), json!("ab"), true),
        ("string", r#"length(regexall("^x", var.x)) > 0"#, json!("xa"), json!("ax"), true),
        ("string", r#"var.x == "" || can(regex("^a+$", var.x))"#, json!("aa"), json!("b"), true),
        ("string", r#"startswith(var.x, "arn:")"#, json!("arn:x"), json!("x"), true),
        ("string", r#"substr(var.x, 0, 4) == "ami-""#, json!("ami-1"), json!("img-1"), true),
        ("string", r#"!startswith(var.x, "aws-")"#, json!("x"), json!("aws-x"), false),
        ("string", "can(cidrhost(var.x, 0))", json!("10.0.0.0/8"), json!("10.0.0/8"), true),
        ("string", "can(cidrnetmask(var.x))", json!("10.0.0.0/8"), json!("fe80::/10"), true),
        ("list(string)", "length(var.x) > 1", json!(["a", "b"]), json!(["a"]), true),
        ("list(string)", r#"alltrue([for e in var.x : can(regex("^a", e))])"#, json!(["ab"]), json!(["ab", "b"]), true),
        ("list(string)", r#"alltrue([for e in var.x : contains(["a", "b"], e)])"#, json!(["a"]), json!(["c"]), true),
        ("list(string)", r#"length(setsubtract(var.x, ["a", "b"])) == 0"#, json!(["a"]), json!(["c"]), true),
        ("list(string)", "length(var.x) == length(distinct(var.x))", json!(["a"]), json!(["a", "a"]), true),
        ("list(string)", r#"anytrue([for e in var.x : e == "a"])"#, json!(["b", "a"]), json!(["b"]), false),
        ("list(number)", "alltrue([for e in var.x : e > 0])", json!([1, 2]), json!([0]), false),
        ("list(number)", "length(var.x) <= 2", json!([1, 2]), json!([1, 2, 3]), true),
        ("map(string)", "length(var.x) < 2", json!({"a": "b"}), json!({"a": "b", "c": "d"}), true),
        ("map(string)", r#"alltrue([for k, v in var.x : length(k) < 3 && v != ""])"#, json!({"a": "b"}), json!({"a": ""}), false),
        ("map(string)", r#"alltrue([for k in keys(var.x) : contains(["a"], k)])"#, json!({"a": "b"}), json!({"c": "b"}), false),
        (
            "object({ mode = string, size = optional(number, 3) })",
            r#"contains(["a", "b"], var.x.mode) && var.x.size > 2"#,
            json!({"mode": "a"}),
            json!({"mode": "a", "size": 1}),
            false,
        ),
        (
            "object({ a = optional(object({ b = optional(string) })) })",
            r#"contains(["x", "y"], try(var.x.a.b, "x"))"#,
            json!({"a": null}),
            json!({"a": {"b": "z"}}),
            false,
        ),
        (
            "object({ a = optional(object({ b = optional(number, 3) }), {}), c = bool })",
            r#"var.x.a.b > 2 && !(var.x.c && var.x.a.b > 5)"#,
            json!({"c": true}),
            json!({"c": true, "a": {"b": 6}}),
            false,
        ),
        ("object({ a = optional(string) })", r#"coalesce(var.x.a, "y") == "y""#, json!({"a": null}), json!({"a": "z"}), false),
        ("map(string)", r#"lookup(var.x, "a", "b") == "b""#, json!({"c": "d"}), json!({"a": "z"}), false),
        (
            "map(list(string))",
            r#"alltrue(flatten([for k, v in var.x : [for e in v : contains(["a"], e)]]))"#,
            json!({"k": ["a"]}),
            json!({"k": ["b"]}),
            false,
        ),
        (
            "map(string)",
            r#"!contains([for k in keys(var.x) : contains(["a"], k)], false)"#,
            json!({"a": ""}),
            json!({"b": ""}),
            false,
        ),
        (
            "list(object({ n = string }))",
            "length(var.x) == length(distinct([for e in var.x : e.n]))",
            json!([{"n": "a"}, {"n": "b"}]),
            json!([{"n": "a"}, {"n": "a"}]),
            false,
        ),
        (
            "list(string)",
            r#"length([for e in var.x : e if startswith(e, "a")]) <= 1"#,
            json!(["a", "b"]),
            json!(["a1", "a2"]),
            false,
        ),
        (
            "object({ a = optional(string), b = optional(string) })",
            "(var.x.a == null ? 0 : 1) + (var.x.b == null ? 0 : 1) == 1",
            json!({"a": "1"}),
            json!({"a": "1", "b": "2"}),
            false,
        ),
        (
            "list(object({ mode = optional(string) }))",
            r#"alltrue([for e in var.x : e.mode == null || contains(["a"], e.mode)])"#,
            json!([{}, {"mode": "a"}]),
            json!([{"mode": "b"}]),
            false,
        ),
    ] {
        let text = format!(
            "variable \"x\" {{\n  type = {kind}\n  validation {{\n    condition = {condition}\n    error_message = \"Not like this.\"\n  }}\n}}\n"
        );
        let imported = import(&text);
        assert_eq!(notes(&imported, Severity::Lost), Vec::<String>::new(), "{condition}");
        assert_eq!(field(&imported, "x").rules.is_empty(), native, "{condition}: {:?}", field(&imported, "x"));
        assert!(
            answer(&imported, json!({"x": good})).is_ok(),
            "{condition} takes {good}: {:?}",
            answer(&imported, json!({"x": good}))
        );
        let errors = answer(&imported, json!({"x": bad})).expect_err(&list(condition));
        let words = shown(field(&imported, "x")).to_string();
        assert!(!errors.is_empty() && words.contains("Not like this."), "{condition}: {words}");
    }
}

#[test]
fn a_condition_may_look_at_other_variables() {
    let imported = import(
        r#"
variable "least" {
  type    = number
  default = 1
}
variable "most" {
  type = number
  validation {
    condition     = var.most >= var.least
    error_message = "Got ${var.most}, which is below the least."
  }
}
"#,
    );
    assert!(answer(&imported, json!({"most": 1})).is_ok());
    assert_eq!(answer(&imported, json!({"most": 0})).unwrap_err(), ["most: Got …, which is below the least."]);
}

#[test]
fn what_cannot_be_said_is_listed_with_its_text() {
    let imported = import(
        r#"
variable "x" {
  type = string
  validation {
    condition     = can(jsondecode(var.x)) && length(var.x) < 9
    error_message = "Must be JSON."
  }
  surprise = 1
}
"#,
    );
    let lost = notes(&imported, Severity::Lost);
    assert!(lost.iter().any(|note| note.contains("can(jsondecode(var.x)) (Must be JSON.)")), "{lost:?}");
    assert!(lost.iter().any(|note| note.contains("surprise = 1")), "{lost:?}");
    assert_eq!(field(&imported, "x").max_length, Some(8), "the other half is kept");
}

#[test]
fn a_rule_that_the_modules_own_default_breaks_is_given_up() {
    let imported = import(
        r#"
variable "x" {
  type    = string
  default = "aws-x"
  validation {
    condition     = !startswith(var.x, "aws-")
    error_message = "no"
  }
}
"#,
    );
    assert!(field(&imported, "x").rules.is_empty());
    assert!(notes(&imported, Severity::Lost).iter().any(|note| note.contains("its own default breaks it")));
    assert!(answer(&imported, json!({})).is_ok());
}

#[test]
fn json_syntax_says_the_same() {
    let native = import(
        r#"
variable "size" {
  type    = object({ a = number, b = optional(string) })
  default = { a = 1 }
  validation {
    condition     = var.size.a > 0
    error_message = "Positive."
  }
}
output "o" { value = 1 }
"#,
    );
    let text = json!({
        "//": "a comment",
        "variable": {"size": {
            "type": "object({ a = number, b = optional(string) })",
            "default": {"a": 1},
            "validation": [{"condition": "${var.size.a > 0}", "error_message": "Positive."}],
        }},
        "output": {"o": {"value": 1}},
    });
    let json = tofu::inputs_of(&[("main.tf.json".to_owned(), text.to_string())]);
    assert_eq!(json.fields, native.fields);
    assert_eq!(json.outputs, native.outputs);
    assert_eq!(json.report, native.report);
}

#[test]
fn files_count_as_opentofu_counts_them() {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let imported = tofu::inputs_of(&[
        file("repo-main/README.md", "variable \"no\" {}"),
        file("repo-main/main.tf", "variable \"a\" {}\nvariable \"b\" { type = string }"),
        file("repo-main/more.tf", "variable \"shadowed\" {}"),
        file("repo-main/more.tofu", "variable \"c\" {}"),
        file("repo-main/override.tf", "variable \"b\" { type = number }"),
        file("repo-main/.hidden.tf", "variable \"hidden\" {}"),
        file("repo-main/terraform.tfvars", "a = 1"),
        file("repo-main/modules/inner/main.tf", "variable \"inner\" {}"),
        file("repo-main/broken.tf", "variable \"x\" {"),
    ]);
    let names: Vec<&str> = imported.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(shown(field(&imported, "b"))["type"], "decimal");
    let lost = notes(&imported, Severity::Lost);
    assert!(lost.iter().any(|note| note.starts_with("file broken.tf: it is not read: line ")), "{lost:?}");
    assert!(lost.iter().any(|note| note.starts_with("file terraform.tfvars:")), "{lost:?}");
    assert_eq!((imported.files, imported.unreadable), (4, 1));
}

#[test]
fn the_folder_is_found_or_asked_for() {
    let file = |path: &str| (path.to_owned(), "variable \"x\" {}".to_owned());
    let files = [file("top/a/main.tf"), file("top/b/main.tf")];
    let several = draft(&files, None).unwrap_err();
    assert!(several.message.contains("top/a, top/b"), "{several:?}");
    let one = draft(&files, Some("b")).unwrap().template.unwrap();
    assert_eq!(one.metadata.name.as_str(), "b");
    assert!(draft(&files, Some("c")).is_err());
    assert!(draft(&[], None).is_err());
    let nothing = draft(&[("main.tf".to_owned(), "}".to_owned())], None).unwrap();
    assert_eq!(nothing.template, None);
}

#[test]
fn the_draft_can_be_stored_and_pretends_nothing() {
    use warpyard_model::Spec as _;
    let import = draft(&[("net/main.tf".to_owned(), EVERY_TYPE.to_owned())], None).unwrap();
    let template = import.template.unwrap();
    assert_eq!(template.spec.validate(), vec![]);
    assert_eq!(template.metadata.name.as_str(), "net");
    assert!(template.spec.versions[0].process.command.is_empty());
    assert!(import.report.iter().any(|item| item.message.contains("no target of this version runs OpenTofu")));
}

#[test]
fn names_become_names() {
    let imported = import("variable \"Disk-Size\" {}\nvariable \"disk_size\" {}\nvariable \"_x\" {}");
    let names: Vec<&str> = imported.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["disk_size", "disk_size_2", "v_x"]);
    assert_eq!(notes(&imported, Severity::Adapted).iter().filter(|note| note.contains("it is called")).count(), 3);
}
