//! Whatever comes, an import ends with an answer: no panic, no overflow, and what it makes the model takes.

use proptest::prelude::*;
use proptest::sample::select;
use warpyard_import::{rafay, tofu};
use warpyard_model::inputs::{LiveOptions, effective_form, validate_fields};

fn import(text: &str) -> tofu::Imported {
    let imported = tofu::inputs_of(&[("main.tf".to_owned(), text.to_owned())]);
    assert_eq!(validate_fields(&imported.fields), vec![], "{text}");
    assert!(effective_form(&imported.fields, &[], &[], &LiveOptions::new()).is_ok(), "{text}");
    imported
}

/// On half the stack that a worker of the server has.
#[test]
fn nesting_ends_in_a_report() {
    let work = || {
        for depth in [10, 50, 63, 64, 65, 1_000, 20_000] {
            for (open, close) in [
                ("(", ")"),
                ("[", "]"),
                ("{a=", "}"),
                ("\"${", "}\""),
                ("!", ""),
                ("-", ""),
                ("a?b:", ""),
                ("f(", ")"),
                ("[for x in y : ", "]"),
                ("1+", ""),
                ("a&&", ""),
                ("list(", ")"),
                ("object({a=", "})"),
                ("object({a=optional(", ")})"),
                ("<<E\n${", "}\nE\n"),
            ] {
                let expression = format!("{}1{}", open.repeat(depth), close.repeat(depth));
                for place in ["default", "type", "description", "validation {\n condition", "sensitive"] {
                    let end = if place.starts_with("validation") { "\n}" } else { "" };
                    import(&format!("variable \"x\" {{\n {place} = {expression}{end}\n}}\n"));
                }
            }
            import(&format!("{}{}", "variable \"x\" {\n".repeat(depth), "}\n".repeat(depth)));
            let json = format!("{{\"variable\": {{\"x\": {{\"default\": {}{}}}}}}}", "[".repeat(depth), "]".repeat(depth));
            tofu::inputs_of(&[("main.tf.json".to_owned(), json)]);
            let yaml = format!(
                "apiVersion: paas.envmgmt.io/v1\nkind: ComputeProfile\nmetadata: {{name: x}}\nspec: {}{}",
                "[".repeat(depth),
                "]".repeat(depth)
            );
            let _ = rafay::profile_of(&yaml);
        }
    };
    std::thread::Builder::new().stack_size(1 << 20).spawn(work).unwrap().join().unwrap();
}

#[test]
fn large_modules_end_in_a_report() {
    let many: String = (0..1_000).map(|i| format!("variable \"v{i}\" {{}}\n")).collect();
    let imported = import(&many);
    assert_eq!((imported.variables, imported.fields.len()), (1_000, 200));
    let long = "x".repeat(2_000);
    import(&format!("variable \"{long}\" {{ default = \"{long}\" }}"));
    let choices: String = (0..2_000).map(|i| format!("\"c{i}\",")).collect();
    let imported = import(&format!(
        "variable \"x\" {{\n type = string\n validation {{\n condition = contains([{choices}], var.x)\n error_message = \"no\"\n }}\n}}"
    ));
    assert!(imported.report.iter().any(|item| item.message.contains("not checked here")), "too many choices are no choices");
    let alternatives = "a{1000}".repeat(100);
    import(&format!(
        "variable \"x\" {{\n type = string\n validation {{\n condition = can(regex(\"{alternatives}\", var.x))\n error_message = \"no\"\n }}\n}}"
    ));
    let huge = format!("variable \"x\" {{ default = \"{}\" }}", "x".repeat(2 << 20));
    assert_eq!(import(&huge).unreadable, 1);
}

const PIECES: [&str; 60] = [
    "variable",
    "output",
    " ",
    "\n",
    "\"x\"",
    "{",
    "}",
    "=",
    "type",
    "default",
    "validation",
    "condition",
    "error_message",
    "string",
    "number",
    "bool",
    "any",
    "list(",
    "map(",
    "set(",
    "object({",
    "tuple([",
    "optional(",
    "})",
    "])",
    ")",
    "(",
    "[",
    "]",
    ",",
    "null",
    "true",
    "-1",
    "1e999",
    "0.5",
    "\"a\"",
    "\"${var.x}\"",
    "<<EOT\nx\nEOT\n",
    "<<-E\n  x\n  E\n",
    "var.x",
    "contains(",
    "length(",
    "can(regex(",
    "\"(\"",
    "\"^a|b$\"",
    "&&",
    "||",
    "==",
    "!=",
    ">=",
    "?",
    ":",
    "for e in var.x :",
    "alltrue(",
    "!",
    "#c\n",
    "/*",
    "*/",
    "sensitive = true",
    "é",
];

fn expression() -> impl Strategy<Value = String> {
    let leaf = select(vec![
        "var.x",
        "var.y",
        "null",
        "true",
        "1",
        "-2.5",
        "\"a\"",
        "\"\"",
        "[\"a\", \"b\"]",
        "[1, 2]",
        "e",
        "k",
        "var.x.a",
        "e.a",
        "\"^[a-z]+$\"",
        "{}",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(4, 24, 3, |inner| {
        let operator = select(vec!["==", "!=", "<", ">=", "&&", "||", "+", "%"]);
        let function = select(vec![
            "length",
            "contains",
            "can",
            "regex",
            "alltrue",
            "anytrue",
            "startswith",
            "lower",
            "floor",
            "distinct",
            "setsubtract",
            "toset",
            "keys",
            "values",
            "try",
            "coalesce",
            "lookup",
            "flatten",
            "cidrhost",
            "substr",
            "regexall",
        ]);
        prop_oneof![
            (inner.clone(), operator, inner.clone()).prop_map(|(a, o, b)| format!("({a} {o} {b})")),
            (function, proptest::collection::vec(inner.clone(), 1..3)).prop_map(|(f, a)| format!("{f}({})", a.join(", "))),
            (inner.clone(), inner.clone()).prop_map(|(l, r)| format!("[for e in {l} : {r}]")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(l, r, c)| format!("[for k, e in {l} : {r} if {c}]")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(c, y, n)| format!("({c} ? {y} : {n})")),
            inner.prop_map(|e| format!("!{e}")),
        ]
    })
}

const TYPES: [&str; 10] = [
    "string",
    "number",
    "bool",
    "any",
    "list(string)",
    "set(string)",
    "map(number)",
    "object({ a = optional(string, \"b\"), c = optional(number) })",
    "list(object({ a = string }))",
    "tuple([string, bool])",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn garbage_never_panics(pieces in proptest::collection::vec(select(PIECES.to_vec()), 0..60), text in "\\PC{0,80}", bytes in any::<Vec<u8>>()) {
        import(&pieces.concat());
        import(&format!("variable \"x\" {{\n{}\n}}", pieces.join(" ")));
        import(&text);
        tofu::inputs_of(&[("main.tf.json".to_owned(), text.clone())]);
        let _ = rafay::profile_of(&text);
        let _ = warpyard_import::archive::unpack(&bytes);
        let _ = warpyard_import::archive::unpack(&[b"PK\x03\x04".as_slice(), &bytes].concat());
        let _ = warpyard_import::archive::unpack(&[b"\x1f\x8b\x08\x00".as_slice(), &bytes].concat());
    }

    /// Whatever a condition says, the fields are good, and a condition is carried over or listed.
    #[test]
    fn conditions_are_carried_or_listed(kind in select(TYPES.to_vec()), other in select(TYPES.to_vec()), condition in expression()) {
        let text = format!(
            "variable \"x\" {{\n type = {kind}\n validation {{\n condition = {condition}\n error_message = \"no\"\n }}\n}}\nvariable \"y\" {{ type = {other} }}\n"
        );
        let imported = import(&text);
        prop_assert_eq!(imported.unreadable, 0, "{}", text);
        let about = imported.report.iter().filter(|item| {
            item.item == "variable.x" && ["validation", "this condition", "the form", "its rule", "left out"].iter().any(|start| item.message.starts_with(start))
        });
        prop_assert!(about.count() > 0, "{}", text);
    }

    /// Documents of any shape below the right heading.
    #[test]
    fn documents_never_panic(variables in json_value(), options in json_value(), display in json_value(), schema in json_value()) {
        let document = serde_json::json!({"apiVersion": "paas.envmgmt.io/v1", "kind": "ComputeProfile", "metadata": {"name": "x", "labels": variables},
            "spec": {"sharing": options, "variables": [variables, {"name": "a", "value": options, "options": options},
                {"name": "b", "value": display, "options": {"override": options, "displayMetadata": display, "schema": {"jsonschema": schema}}}]}});
        let imported = rafay::profile_of(&document.to_string()).unwrap();
        let fields = &imported.template.unwrap().spec.versions[0].inputs;
        prop_assert_eq!(validate_fields(fields), vec![]);
        let profile: warpyard_model::kinds::ComputeProfile = serde_json::from_value(imported.profile.spec).unwrap();
        prop_assert!(effective_form(fields, &profile.inputs, &[], &LiveOptions::new()).is_ok());
    }
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    let key = select(vec![
        "name",
        "type",
        "value",
        "enabled",
        "override",
        "restrictedValues",
        "displayMetadata",
        "alias",
        "weight",
        "radioOptions",
        "dropdownValues",
        "incrementDecrementMin",
        "incrementDecrementStep",
        "disabled",
        "sensitive",
        "required",
        "jsonschema",
        "enum",
        "minimum",
        "pattern",
        "$ref",
        "x",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(vec![
            "",
            "a",
            "1",
            "true",
            "radio",
            "dropdown",
            "incrementDecrement",
            "restricted",
            "notallowed",
            "string",
            "integer",
            "object",
            "(",
            "\n"
        ])
        .prop_map(Value::from),
        "\\PC{0,10}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::hash_map(key.clone(), inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())),
        ]
    })
}
