//! The input language from outside: every constraint at its path, narrowing, locks, visibility, changes, and its laws.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use indexmap::IndexMap;
use serde_json::{Value, json};
use std::collections::HashMap;
use warpyard_model::FieldError;
use warpyard_model::inputs::{
    Field, Form, InputRule, LiveOptions, Mode, OptionSource, Preset, Values, effective_form, evaluate, json_schema, resolve,
    validate_fields, validate_rules,
};

#[path = "inputs/laws.rs"]
mod laws;

fn fields(value: Value) -> Vec<Field> {
    serde_json::from_value(value).unwrap()
}

fn rules(value: Value) -> Vec<InputRule> {
    serde_json::from_value(value).unwrap()
}

fn values(value: Value) -> Values {
    serde_json::from_value(value).unwrap()
}

fn no_options() -> LiveOptions {
    HashMap::new()
}

fn form(template: Value, profile: Value) -> Form {
    let template = fields(template);
    assert_eq!(validate_fields(&template), [], "the template of a test is valid");
    let profile = rules(profile);
    assert_eq!(validate_rules(&profile, &[]), []);
    effective_form(&template, &profile, &[], &no_options()).unwrap()
}

fn paths(errors: &[FieldError]) -> Vec<&str> {
    errors.iter().map(|error| error.path.as_str()).collect()
}

#[track_caller]
fn accepted(form: &Form, given: Value) -> Value {
    serde_json::to_value(resolve(form, &values(given), Mode::Create).unwrap().values).unwrap()
}

#[track_caller]
fn refused(form: &Form, given: Value) -> Vec<FieldError> {
    resolve(form, &values(given), Mode::Create).unwrap_err()
}

/// Every constraint kind: a field, a value that breaks it, where the error stands and a word that says what is allowed.
#[test]
fn every_constraint_kind_is_told_at_its_path() {
    let table = [
        (json!({"type": "text", "required": true}), json!(null), "x", "required"),
        (json!({"type": "text", "required": true}), json!(""), "x", "required"),
        (json!({"type": "text"}), json!(1), "x", "text"),
        (json!({"type": "text"}), json!("a\nb"), "x", "one line"),
        (json!({"type": "text", "min_length": 3}), json!("ab"), "x", "at least 3"),
        (json!({"type": "text", "max_length": 3}), json!("abcd"), "x", "at most 3"),
        (json!({"type": "text", "pattern": "[a-z]+"}), json!("ab1"), "x", "[a-z]+"),
        (json!({"type": "text", "pattern": "a|b"}), json!("ab"), "x", "a|b"),
        (json!({"type": "text", "pattern": "a", "pattern_message": "write an a"}), json!("b"), "x", "write an a"),
        (json!({"type": "text", "override": "restricted", "choices": [{"value": "a"}]}), json!("b"), "x", "\"a\""),
        (json!({"type": "multiline", "max_length": 2}), json!("a\nb"), "x", "at most 2"),
        (json!({"type": "integer"}), json!(1.5), "x", "whole"),
        (json!({"type": "integer"}), json!("1"), "x", "whole"),
        (json!({"type": "integer", "min": 2}), json!(1), "x", "at least 2"),
        (json!({"type": "integer", "min": 2, "max": 4}), json!(5), "x", "from 2 to 4"),
        (json!({"type": "integer", "min": 1, "step": 2}), json!(4), "x", "1 plus a multiple of 2"),
        (json!({"type": "integer", "override": "restricted", "choices": [{"value": 1}, {"value": 2}]}), json!(3), "x", "1, 2"),
        (json!({"type": "decimal", "max": "0.3"}), json!("0.30000000000000000001"), "x", "at most 0.3"),
        (json!({"type": "decimal", "step": "0.1"}), json!(0.25), "x", "multiple of 0.1"),
        (json!({"type": "boolean"}), json!("yes"), "x", "true or false"),
        (json!({"type": "choice", "choices": [{"value": "a"}, {"value": "b"}]}), json!("c"), "x", "\"a\", \"b\""),
        (json!({"type": "multi_choice", "choices": [{"value": "a"}]}), json!(["a", "c"]), "x.1", "\"a\""),
        (json!({"type": "multi_choice", "choices": [{"value": "a"}]}), json!(["a", "a"]), "x.1", "repeat"),
        (json!({"type": "list"}), json!("a"), "x", "list"),
        (json!({"type": "list"}), json!(["a", 2]), "x.1", "text"),
        (json!({"type": "list", "pattern": "[a-z]"}), json!(["a", "b", "C"]), "x.2", "[a-z]"),
        (json!({"type": "list", "unique": true}), json!(["a", "b", "a"]), "x.2", "repeat"),
        (json!({"type": "list", "min_length": 1}), json!([]), "x", "at least 1"),
        (json!({"type": "list", "max_length": 1}), json!(["a", "b"]), "x", "at most 1"),
        (json!({"type": "list", "required": true}), json!([]), "x", "required"),
        (json!({"type": "list"}), json!(vec!["a"; 1001]), "x", "at most 1000"),
        (json!({"type": "key_value"}), json!({"A": 1}), "x.A", "text"),
        (json!({"type": "key_value"}), json!({"": "a"}), "x", "keys"),
        (json!({"type": "key_value", "max_length": 1}), json!({"A": "1", "B": "2"}), "x", "at most 1"),
        (json!({"type": "secret"}), json!("Not A Name"), "x", "name of a secret"),
        (json!({"type": "ssh_key"}), json!("ssh-rsa AAAA"), "x", "key"),
        (json!({"type": "size"}), json!("20 parsecs"), "x", "GiB"),
        (json!({"type": "size", "max": "1GiB"}), json!("2GiB"), "x", "1 GiB"),
        (json!({"type": "size", "step": "1GiB"}), json!("1.5GiB"), "x", "1 GiB"),
        (json!({"type": "duration"}), json!("soon"), "x", "2h30m"),
        (json!({"type": "duration", "min": "10m"}), json!(60), "x", "10 min"),
        (json!({"type": "image"}), json!("Not An Image"), "x", "image reference"),
        (json!({"type": "json"}), json!("x".repeat(70_000)), "x", "65536"),
        (json!({"type": "json", "schema": {"items": {"type": "number"}}}), json!([1, "a"]), "x.1", "number"),
        (json!({"type": "json", "schema": {"items": {"type": "number"}}}), json!("- 1\n- a"), "x.1", "number"),
        (
            json!({"type": "integer", "rules": [{"expression": "inputs.x > 3", "message": "more than 3"}]}),
            json!(3),
            "x",
            "more than 3",
        ),
        (json!({"type": "integer", "required_when": "true"}), json!(null), "x", "required"),
        (json!({"type": "text", "options_from": "compute_instances"}), json!("a"), "x", "none now"),
    ];
    for (mut field, value, path, word) in table {
        field["name"] = "x".into();
        let form = form(json!([field]), json!([]));
        let errors = refused(&form, json!({"x": value}));
        assert_eq!(paths(&errors), [path], "{field} with {value}: {errors:?}");
        assert!(errors[0].message.contains(word), "{field} with {value}: {:?} lacks {word:?}", errors[0].message);
    }
}

#[test]
fn values_are_normalised_and_defaults_filled_in() {
    let form = form(
        json!([
            {"name": "disk", "type": "size", "default": "20GiB"},
            {"name": "idle", "type": "duration"},
            {"name": "rate", "type": "decimal", "default": "0.50"},
            {"name": "config", "type": "json"},
            {"name": "note", "type": "text"},
        ]),
        json!([]),
    );
    assert_eq!(
        accepted(&form, json!({"idle": "2h30m", "config": "a: [1]", "note": null})),
        json!({"disk": 20_i64 << 30, "idle": 9000, "rate": 0.5, "config": {"a": [1]}})
    );
    assert_eq!(paths(&refused(&form, json!({"dsik": 1}))), ["dsik"]);
    assert!(refused(&form, json!({"dsik": 1}))[0].message.contains("disk, idle"));
}

#[test]
fn templates_are_checked_where_they_are_wrong() {
    let table = [
        (json!({"name": "Bad"}), "name"),
        (json!({"name": "a".repeat(65)}), "name"),
        (json!({"min": 1}), "min"),
        (json!({"step": 1}), "step"),
        (json!({"type": "integer", "min": 3, "max": 2}), "max"),
        (json!({"type": "integer", "min": "x"}), "min"),
        (json!({"type": "integer", "step": 0}), "step"),
        (json!({"type": "integer", "pattern": "a"}), "pattern"),
        (json!({"type": "integer", "min_length": 1}), "min_length"),
        (json!({"min_length": 3, "max_length": 2}), "max_length"),
        (json!({"pattern": "("}), "pattern"),
        (json!({"pattern": "a)|(b"}), "pattern"),
        (json!({"pattern": r"\w{500}"}), "pattern"),
        (json!({"pattern_message": "x"}), "pattern_message"),
        (json!({"schema": {"type": "string"}}), "schema"),
        (json!({"type": "json", "schema": {"type": "thing"}}), "schema"),
        (json!({"type": "json", "schema": {"$ref": "#"}}), "schema"),
        (json!({"type": "json", "schema": {"type": "object"}, "default": [1]}), "default"),
        (json!({"unique": true}), "unique"),
        (json!({"choices": [{"value": "a"}]}), "choices"),
        (json!({"type": "choice"}), "choices"),
        (json!({"type": "choice", "choices": [{"value": 1}]}), "choices.0.value"),
        (json!({"type": "choice", "choices": [{"value": "a"}, {"value": "a"}]}), "choices.1.value"),
        (
            json!({"type": "size", "override": "restricted", "choices": [{"value": "1GiB"}, {"value": 1073741824}]}),
            "choices.1.value",
        ),
        (json!({"type": "integer", "max": 2, "override": "restricted", "choices": [{"value": 3}]}), "choices.0.value"),
        (json!({"override": "restricted"}), "choices"),
        (json!({"type": "integer", "max": 2, "default": 3}), "default"),
        (json!({"type": "list", "pattern": "a", "default": ["a", "b"]}), "default.1"),
        (json!({"sensitive": true, "default": "x"}), "default"),
        (json!({"hidden": true, "required": true}), "default"),
        (json!({"override": "locked"}), "default"),
        (json!({"required": true, "default": ""}), "default"),
        (json!({"type": "integer", "options_from": "secrets"}), "options_from"),
        (json!({"type": "secret", "options_from": "target_gpu_models"}), "options_from"),
        (json!({"visible_when": "inputs.y >"}), "visible_when"),
        (json!({"visible_when": "inputs.nowhere == 1"}), "visible_when"),
        (json!({"visible_when": "inputs.x == 'a'"}), "visible_when"),
        (json!({"required_when": "user.name == 'a'"}), "required_when"),
        (json!({"rules": [{"expression": "has(inputs.x)", "message": "m"}]}), "rules.0.expression"),
        (json!({"rules": [{"expression": "inputs.x != null", "message": " "}]}), "rules.0.message"),
    ];
    for (part, what) in table {
        let mut field = json!({"name": "x", "type": "text"});
        field.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        let errors = validate_fields(&fields(json!([{"name": "first", "type": "text"}, field])));
        assert_eq!(paths(&errors), [format!("inputs.1.{what}")], "{field}: {errors:?}");
    }
    let twice = fields(json!([{"name": "a", "type": "text"}, {"name": "a", "type": "text"}]));
    assert_eq!(paths(&validate_fields(&twice)), ["inputs.1.name"]);
    let circle = fields(json!([
        {"name": "a", "type": "text", "visible_when": "inputs.b == 'x'"}, {"name": "b", "type": "text", "visible_when": "inputs.a == 'x'"},
    ]));
    assert_eq!(paths(&validate_fields(&circle)), ["inputs.0.visible_when", "inputs.1.visible_when"]);
}

#[test]
fn rules_by_themselves() {
    let bad = rules(json!([{"name": "a"}, {"name": "a"}, {"name": "B"}, {"name": "c", "choices": []},
        {"name": "d", "choices": [{"value": 1}, {"value": 1}]}]));
    let presets: Vec<Preset> = serde_json::from_value(json!([
        {"name": "small", "values": {}}, {"name": "small", "values": {"Bad": 1}}, {"name": "", "values": {}},
    ]))
    .unwrap();
    assert_eq!(
        paths(&validate_rules(&bad, &presets)),
        [
            "spec.inputs.1.name",
            "spec.inputs.2.name",
            "spec.inputs.3.choices",
            "spec.inputs.4.choices.1.value",
            "spec.presets.1.name",
            "spec.presets.1.values.Bad",
            "spec.presets.2.name",
        ]
    );
}

#[test]
fn profiles_only_narrow() {
    let template = fields(json!([
        {"name": "gpus", "type": "integer", "min": 1, "max": 9, "step": 2, "default": 1, "mutable": true},
        {"name": "image", "type": "choice", "choices": [{"value": "a", "label": "A"}, {"value": "b"}], "required": true},
        {"name": "fixed", "type": "text", "override": "locked", "default": "v"},
        {"name": "few", "type": "text", "override": "restricted", "choices": [{"value": "x"}, {"value": "y"}]},
        {"name": "quiet", "type": "text", "hidden": true},
        {"name": "token", "type": "text", "sensitive": true},
        {"name": "still", "type": "text"}, {"name": "other", "type": "text"},
    ]));
    assert_eq!(validate_fields(&template), []);
    let table = [
        (json!({"name": "nowhere"}), "name"),
        (json!({"name": "other"}), "name"),
        (json!({"name": "gpus", "min": 0}), "min"),
        (json!({"name": "gpus", "min": 2}), "min"),
        (json!({"name": "gpus", "min": 3}), "min"),
        (json!({"name": "gpus", "max": 10}), "max"),
        (json!({"name": "gpus", "max": 0}), "max"),
        (json!({"name": "gpus", "min": 7, "max": 5, "value": 5}), "max"),
        (json!({"name": "gpus", "value": 2}), "value"),
        (json!({"name": "gpus", "value": 7, "max": 5}), "value"),
        (json!({"name": "gpus", "choices": [{"value": 4}], "value": 4}), "choices.0.value"),
        (json!({"name": "gpus", "choices": [{"value": 3}]}), "choices"),
        (json!({"name": "image", "choices": [{"value": "a"}, {"value": "c"}]}), "choices.1.value"),
        (json!({"name": "image", "choices": []}), "choices"),
        (json!({"name": "image", "required": false}), "required"),
        (json!({"name": "image", "hidden": true}), "hidden"),
        (json!({"name": "image", "override": "locked"}), "value"),
        (json!({"name": "image", "min": 1}), "min"),
        (json!({"name": "fixed", "value": "w"}), "value"),
        (json!({"name": "fixed", "override": "allowed"}), "override"),
        (json!({"name": "fixed", "choices": [{"value": "v"}]}), "choices"),
        (json!({"name": "few", "override": "allowed"}), "override"),
        (json!({"name": "few", "choices": [{"value": "z"}]}), "choices.0.value"),
        (json!({"name": "few", "override": "locked", "value": "z"}), "value"),
        (json!({"name": "still", "override": "locked", "choices": [{"value": "p"}], "value": "q"}), "value"),
        (json!({"name": "quiet", "hidden": false}), "hidden"),
        (json!({"name": "token", "value": "hunter2"}), "value"),
        (json!({"name": "token", "choices": [{"value": "hunter2"}]}), "choices"),
        (json!({"name": "still", "mutable": true}), "mutable"),
        (json!({"name": "still", "override": "restricted"}), "choices"),
    ];
    for (rule, what) in table {
        let errors = effective_form(&template, &rules(json!([{"name": "other"}, rule])), &[], &no_options()).unwrap_err();
        assert_eq!(paths(&errors), [format!("spec.inputs.1.{what}")], "{rule}: {errors:?}");
    }
    let good = effective_form(
        &template,
        &rules(json!([
            {"name": "gpus", "min": 3, "max": 8, "value": 5, "mutable": false, "label": "GPUs", "section": "Size"},
            {"name": "image", "choices": [{"value": "a"}], "reason": "the tested one"},
            {"name": "still", "choices": [{"value": "p"}, {"value": "q"}], "reason": "these two are paid for"},
            {"name": "quiet", "value": "set"},
        ])),
        &[],
        &no_options(),
    )
    .unwrap();
    assert_eq!(good.field("image").unwrap().field.choices[0].label, "A");
    assert_eq!(good.field("still").unwrap().locked_by.as_deref(), Some("profile"));
    assert_eq!(good.field("few").unwrap().locked_by.as_deref(), Some("template"));
    let given = json!({"image": "a", "still": "p"});
    let expected = json!({"image": "a", "fixed": "v", "quiet": "set", "still": "p", "gpus": 5});
    assert_eq!(accepted(&good, given), expected);
    assert_eq!(paths(&refused(&good, json!({"image": "b", "still": "r", "gpus": 9}))), ["gpus", "image", "still"]);
}

#[test]
fn locked_and_hidden_values_stand() {
    let form = form(
        json!([
            {"name": "disk", "type": "size"}, {"name": "zone", "type": "text", "override": "locked", "default": "eu"},
            {"name": "inner", "type": "text", "hidden": true, "default": "i"}, {"name": "free", "type": "text"},
        ]),
        json!([{"name": "disk", "override": "locked", "value": "20GiB", "reason": "disks are small this year"}]),
    );
    let all = json!({"disk": 20_i64 << 30, "zone": "eu", "inner": "i"});
    assert_eq!(accepted(&form, json!({})), all);
    assert_eq!(accepted(&form, json!({"disk": "20GiB", "zone": "eu", "inner": "i"})), all);
    let errors = refused(&form, json!({"disk": "30GiB", "zone": "us", "inner": "o"}));
    assert_eq!(paths(&errors), ["disk", "zone", "inner"]);
    assert!(errors[0].message.contains("locked by the profile (disks are small this year)"), "{}", errors[0].message);
    assert!(errors[1].message.contains("locked by the template"), "{}", errors[1].message);
    let disk = form.field("disk").unwrap();
    assert!(disk.locked && disk.locked_by.as_deref() == Some("profile"));
}

#[test]
fn conditions_decide_what_is_asked() {
    let form = form(
        json!([
            {"name": "model", "type": "text", "visible_when": "inputs.gpus > 0", "required_when": "inputs.gpus > 1"},
            {"name": "gpus", "type": "integer", "default": 0},
            {"name": "driver", "type": "text", "visible_when": "inputs.model != null", "default": "new"},
            {"name": "mad", "type": "text", "visible_when": "inputs.gpus + 'x' == 'y'"},
        ]),
        json!([]),
    );
    let seen = |given: Value| {
        let evaluation = evaluate(&form, &values(given), Mode::Create);
        (evaluation.visible, evaluation.required, paths(&evaluation.errors).into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(seen(json!({})), (names(&["gpus", "mad"]), names(&[]), names(&[])));
    assert_eq!(seen(json!({"gpus": 1})), (names(&["model", "gpus", "mad"]), names(&[]), names(&[])));
    assert_eq!(seen(json!({"gpus": 2})), (names(&["model", "gpus", "mad"]), names(&["model"]), names(&["model"])));
    assert_eq!(
        seen(json!({"gpus": 2, "model": "a"})),
        (names(&["model", "gpus", "driver", "mad"]), names(&["model"]), names(&[]))
    );
    // What is not shown is dropped, and counts as absent for what depends on it.
    assert_eq!(accepted(&form, json!({"gpus": 0, "model": "a", "driver": "old"})), json!({"gpus": 0}));
}

#[test]
fn rules_across_fields() {
    let form = form(
        json!([
            {"name": "least", "type": "integer"},
            {"name": "most", "type": "integer", "rules": [
                {"expression": "inputs.least <= inputs.most", "message": "at least as many as the least"},
                {"expression": "inputs.most + 'x' != ''", "message": "broken"}]},
        ]),
        json!([]),
    );
    // Without the other value there is nothing to compare.
    assert_eq!(accepted(&form, json!({"least": 3})), json!({"least": 3}));
    let errors = refused(&form, json!({"least": 3, "most": 2}));
    assert_eq!(paths(&errors), ["most", "most"]);
    assert_eq!(errors[0].message, "at least as many as the least");
    assert!(errors[1].message.starts_with("broken (the rule cannot be checked: "), "{}", errors[1].message);
}

#[test]
fn changes_keep_what_is_not_mutable() {
    let form = form(
        json!([
            {"name": "disk", "type": "size", "required": true}, {"name": "kernel", "type": "text", "mutable": true, "default": "a"},
            {"name": "note", "type": "text"}, {"name": "token", "type": "text", "sensitive": true, "mutable": true},
            {"name": "model", "type": "text", "visible_when": "inputs.kernel == 'gpu'", "required": true},
        ]),
        json!([]),
    );
    let old = resolve(&form, &values(json!({"disk": "1GiB", "token": "hunter2"})), Mode::Create).unwrap();
    assert_eq!(old.sensitive, ["token"]);
    let change = |given: Value| resolve(&form, &values(given), Mode::Change(&old.values));
    let kept = |kernel: &str| json!({"disk": 1 << 30, "kernel": kernel, "token": "hunter2"});
    assert_eq!(serde_json::to_value(change(json!({"kernel": "b"})).unwrap().values).unwrap(), kept("b"));
    assert_eq!(serde_json::to_value(change(json!({"disk": "1GiB"})).unwrap().values).unwrap(), kept("a"));
    assert_eq!(change(json!({"token": null})).unwrap().values.get("token"), None);
    let errors = change(json!({"disk": "2GiB", "note": "new"})).unwrap_err();
    assert_eq!(paths(&errors), ["disk", "note"]);
    assert!(errors[0].message.contains("1073741824"), "{}", errors[0].message);
    // What was not asked at launch may be answered when a change brings it up.
    assert_eq!(paths(&change(json!({"kernel": "gpu"})).unwrap_err()), ["model"]);
    assert!(change(json!({"kernel": "gpu", "model": "m"})).is_ok());
}

#[test]
fn live_options_become_choices() {
    let template = fields(json!([
        {"name": "gpu", "type": "choice", "options_from": "target_gpu_models"},
        {"name": "key", "type": "secret", "options_from": "secrets"},
        {"name": "loose", "type": "secret"},
    ]));
    assert_eq!(validate_fields(&template), []);
    let live: LiveOptions = HashMap::from([
        (OptionSource::TargetGpuModels, serde_json::from_value(json!([{"value": "a100"}, {"value": "h100"}])).unwrap()),
        (OptionSource::Secrets, serde_json::from_value(json!([{"value": "hub"}])).unwrap()),
    ]);
    let open = effective_form(&template, &[], &[], &live).unwrap();
    assert_eq!(accepted(&open, json!({"gpu": "h100", "key": "hub/token"})), json!({"gpu": "h100", "key": "hub/token"}));
    assert_eq!(paths(&refused(&open, json!({"gpu": "b200", "key": "other", "loose": "Not"}))), ["gpu", "key", "loose"]);
    let profile = rules(json!([{"name": "gpu", "choices": [{"value": "a100", "label": "A100"}, {"value": "l4"}]}]));
    let narrowed = effective_form(&template, &profile, &[], &live).unwrap();
    let choices = &narrowed.field("gpu").unwrap().field.choices;
    assert_eq!((choices.len(), choices[0].label.as_str()), (1, "A100"));
    assert_eq!(paths(&refused(&narrowed, json!({"gpu": "h100"}))), ["gpu"]);
    let nothing = effective_form(&template, &profile, &[], &no_options()).unwrap();
    assert_eq!(paths(&refused(&nothing, json!({"gpu": "a100"}))), ["gpu"]);
}

#[test]
fn presets_hold_what_a_person_could_send() {
    let template = fields(json!([
        {"name": "disk", "type": "size", "max": "10GiB"}, {"name": "fixed", "type": "text", "override": "locked", "default": "v"},
        {"name": "token", "type": "text", "sensitive": true}, {"name": "tags", "type": "list", "pattern": "[a-z]+"},
    ]));
    let presets: Vec<Preset> = serde_json::from_value(json!([
        {"name": "good", "values": {"disk": "5GiB", "fixed": "v"}},
        {"name": "bad", "values": {"disk": "20GiB", "fixed": "w", "token": "hunter2", "tags": ["a", "1"], "nowhere": 1}},
    ]))
    .unwrap();
    let form = effective_form(&template, &[], &presets[..1], &no_options()).unwrap();
    assert_eq!(form.presets[0].values["disk"], json!(5_i64 << 30));
    let errors = effective_form(&template, &[], &presets, &no_options()).unwrap_err();
    let at = |what: &str| format!("spec.presets.1.values.{what}");
    assert_eq!(paths(&errors), [at("disk"), at("fixed"), at("token"), at("tags.1"), at("nowhere")]);
}

#[test]
fn sections_follow_the_order_of_fields() {
    let form = form(
        json!([
            {"name": "a", "type": "text", "section": "Late", "order": 5}, {"name": "b", "type": "text", "section": "Early"},
            {"name": "c", "type": "text", "section": "Late"}, {"name": "d", "type": "text", "section": "Early", "order": -1},
            {"name": "e", "type": "text", "section": "Nothing", "hidden": true},
        ]),
        json!([]),
    );
    let sections: Vec<(&str, Vec<&str>)> =
        form.sections.iter().map(|s| (s.title.as_str(), s.fields.iter().map(String::as_str).collect())).collect();
    assert_eq!(sections, [("Early", vec!["d", "b"]), ("Late", vec!["c", "a"])]);
    assert_eq!(form.fields.iter().map(|f| f.field.name.as_str()).collect::<Vec<_>>(), ["d", "b", "c", "a", "e"]);
}

#[test]
fn sensitive_values_stay_out_of_messages() {
    let template: Vec<Value> = ["text", "size", "decimal", "image", "ssh_key", "secret", "list", "key_value"]
        .iter()
        .map(|kind| {
            let mut field = json!({"name": kind, "type": kind, "sensitive": true, "rules": [
                {"expression": format!("inputs.{kind} + 1 == 2"), "message": "no"}]});
            if ["text", "list"].contains(kind) {
                field["pattern"] = "[0-9]".into();
            }
            field
        })
        .collect();
    let form = form(json!(template), json!([]));
    let given: IndexMap<String, Value> = form
        .fields
        .iter()
        .map(|f| {
            let value = match f.field.name.as_str() {
                "list" => json!(["Hunter2 !"]),
                "key_value" => json!({"a": 1, "b": "Hunter2 !"}),
                _ => json!("Hunter2 !"),
            };
            (f.field.name.clone(), value)
        })
        .collect();
    let errors = resolve(&form, &given, Mode::Create).unwrap_err();
    assert!(errors.len() >= 8, "{errors:?}");
    assert!(errors.iter().all(|error| !error.message.contains("Hunter2")), "{errors:?}");
}

#[test]
fn the_schema_tells_the_static_constraints() {
    let form = form(
        json!([
            {"name": "disk_size", "type": "size", "min": "1GiB", "step": "1GiB", "required": true, "help": "How much."},
            {"name": "gpus", "type": "integer", "min": 1, "step": 2, "max": 7, "default": 1},
            {"name": "zone", "type": "text", "override": "locked", "default": "eu"},
            {"name": "tags", "type": "list", "pattern": "[a-z]+", "unique": true, "max_length": 3},
            {"name": "kind", "type": "choice", "choices": [{"value": "a"}, {"value": "b"}], "label": "Kind of thing"},
            {"name": "later", "type": "text", "required": true, "visible_when": "inputs.gpus > 1"},
            {"name": "token", "type": "text", "sensitive": true},
        ]),
        json!([]),
    );
    let schema = json_schema(&form);
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["required"], json!(["disk_size"]));
    assert_eq!(schema["additionalProperties"], false);
    let property = |name: &str, key: &str| schema["properties"][name][key].clone();
    assert_eq!(property("disk_size", "title"), "Disk size");
    assert_eq!(property("disk_size", "description"), "How much.");
    assert_eq!(property("disk_size", "minimum"), 1 << 30);
    assert_eq!(property("disk_size", "multipleOf"), 1 << 30);
    assert_eq!(property("gpus", "maximum"), 7);
    assert_eq!(property("gpus", "multipleOf"), Value::Null, "the steps start at 1, multiples would start at 0");
    assert_eq!(property("zone", "const"), "eu");
    assert_eq!(property("tags", "items")["allOf"][0]["pattern"], "^(?:[a-z]+)$");
    assert_eq!((property("tags", "uniqueItems"), property("tags", "maxItems")), (json!(true), json!(3)));
    assert_eq!((property("kind", "enum"), property("kind", "title")), (json!(["a", "b"]), json!("Kind of thing")));
    assert_eq!(property("token", "writeOnly"), true);
}
