//! Laws that hold for whatever a template, a profile and a person write.

use super::*;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const NAMES: [&str; 4] = ["a", "b", "c", "d"];
const WORDS: [&str; 5] = ["x", "y", "zz", "name-1", ""];

/// Values near the edges of what the generated fields allow, so that narrowing matters.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (-1_i64..12).prop_map(Value::from),
        2 => select(WORDS.to_vec()).prop_map(Value::from),
        1 => select(vec!["1", "2.5", "4B", "3s", "1GiB", "2m"]).prop_map(Value::from),
        2 => proptest::collection::vec(select(WORDS.to_vec()), 0..4).prop_map(Value::from),
        1 => proptest::collection::hash_map(select(WORDS.to_vec()), select(WORDS.to_vec()), 0..3).prop_map(|m| json!(m)),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(json!(2.5)),
        1 => Just(Value::Null),
    ]
}

/// A value that often fits the type, for defaults, choices and answers.
fn value_of(kind: &str) -> BoxedStrategy<Value> {
    match kind {
        "integer" | "size" | "duration" => (0_i64..10).prop_map(Value::from).boxed(),
        "decimal" => (0_i64..20).prop_map(|n| json!(format!("{}", n as f64 / 2.0))).boxed(),
        "boolean" => any::<bool>().prop_map(Value::from).boxed(),
        "list" | "multi_choice" => subsequence(vec!["x", "y", "zz"], 0..=3).prop_map(Value::from).boxed(),
        "key_value" => Just(json!({"x": "y"})).boxed(),
        "json" => select(vec![json!({"k": [1]}), json!("k: v"), json!(3), json!({}), json!(["x"]), json!({"k": null})]).boxed(),
        _ => select(vec!["x", "y", "zz", "name-1"]).prop_map(Value::from).boxed(),
    }
}

fn choices(kind: &'static str) -> BoxedStrategy<Value> {
    let entry = if ["list", "multi_choice"].contains(&kind) { "text" } else { kind };
    proptest::collection::vec(value_of(entry), 1..4)
        .prop_map(|list| Value::from(list.into_iter().map(|value| json!({"value": value})).collect::<Vec<_>>()))
        .boxed()
}

fn expression() -> impl Strategy<Value = String> {
    let names = || select(NAMES.to_vec());
    prop_oneof![
        names().prop_map(|n| format!("inputs.{n} != null")),
        (names(), 0..8).prop_map(|(n, k)| format!("inputs.{n} < {k}")),
        (names(), names()).prop_map(|(n, m)| format!("inputs.{n} == inputs.{m}")),
        names().prop_map(|n| format!("size(inputs.{n}) > 0")),
    ]
}

/// Shapes that take some of the values that [`value_of`] makes for `json`, and not others.
fn shape() -> impl Strategy<Value = Value> {
    select(vec![
        json!({"type": "object", "properties": {"k": {"type": ["array", "null"], "items": {"type": "number"}}}, "required": ["k"]}),
        json!({"type": "object", "additionalProperties": {"type": "string"}}),
        json!({"type": "number", "minimum": 2}),
        json!({"type": "array", "items": {"type": "string", "pattern": "^[a-z]+$"}}),
    ])
}

const KINDS: [&str; 13] = [
    "text",
    "multiline",
    "integer",
    "decimal",
    "boolean",
    "choice",
    "multi_choice",
    "list",
    "key_value",
    "secret",
    "size",
    "duration",
    "json",
];

/// Part of a JSON object: present or not.
fn part(strategy: impl Strategy<Value = Value> + 'static, often: f64) -> BoxedStrategy<Option<Value>> {
    match often {
        0.0 => Just(None).boxed(),
        1.0 => strategy.prop_map(Some).boxed(),
        _ => proptest::option::weighted(often, strategy).boxed(),
    }
}

fn object(parts: Vec<(&'static str, BoxedStrategy<Option<Value>>)>) -> BoxedStrategy<Value> {
    let (keys, strategies): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
    strategies
        .prop_map(move |values| {
            let present = keys.iter().zip(values).filter_map(|(key, value)| Some(((*key).to_owned(), value?)));
            Value::Object(present.collect())
        })
        .boxed()
}

fn field(name: &'static str) -> impl Strategy<Value = (Value, &'static str)> {
    select(KINDS.to_vec()).prop_flat_map(move |kind| {
        let numeric = ["integer", "decimal", "size", "duration"].contains(&kind);
        let counted = ["text", "list", "multi_choice", "key_value"].contains(&kind);
        let chosen = ["choice", "multi_choice"].contains(&kind);
        let often = |condition: bool, weight: f64| if condition { weight } else { 0.0 };
        let flag = || Just(Value::Bool(true));
        let shape = object(vec![
            ("name", part(Just(name.into()), 1.0)),
            ("type", part(Just(kind.into()), 1.0)),
            ("default", part(value_of(kind), 0.4)),
            ("min", part((0_i64..4).prop_map(Value::from), often(numeric, 0.4))),
            ("max", part((3_i64..10).prop_map(Value::from), often(numeric, 0.4))),
            ("step", part((1_i64..4).prop_map(Value::from), often(numeric, 0.3))),
            ("min_length", part((0_i64..2).prop_map(Value::from), often(counted, 0.3))),
            ("max_length", part((1_i64..4).prop_map(Value::from), often(counted, 0.3))),
            ("pattern", part(Just("[a-z]*".into()), often(["text", "list"].contains(&kind), 0.3))),
            ("choices", part(choices(kind), often(chosen, 1.0))),
            ("schema", part(shape(), often(kind == "json", 0.5))),
            ("unique", part(flag(), often(kind == "list", 0.3))),
            ("required", part(flag(), 0.2)),
            ("hidden", part(flag(), 0.1)),
            ("mutable", part(flag(), 0.3)),
            ("override", part(Just("locked".into()), 0.1)),
            ("visible_when", part(expression().prop_map(Value::from), 0.3)),
            ("required_when", part(expression().prop_map(Value::from), 0.2)),
            ("rules", part(expression().prop_map(|e| json!([{"expression": e, "message": "must hold"}])), 0.1)),
        ]);
        // Another branch restricts fields that are not choices by themselves.
        let restricted = (shape.clone(), choices(kind)).prop_map(|(mut shape, choices)| {
            shape["override"] = "restricted".into();
            shape["choices"] = choices;
            shape
        });
        prop_oneof![4 => shape, 1 => restricted].prop_map(move |shape| (shape, kind))
    })
}

fn rule(name: &'static str, kind: &'static str) -> BoxedStrategy<Option<Value>> {
    let numeric = if ["integer", "decimal", "size", "duration"].contains(&kind) { 0.4 } else { 0.0 };
    let layer = select(vec![json!("locked"), json!("restricted"), json!("allowed")]);
    let shape = object(vec![
        ("name", part(Just(name.into()), 1.0)),
        ("override", part(layer, 0.2)),
        ("value", part(value_of(kind), 0.4)),
        ("choices", part(choices(kind), 0.2)),
        ("min", part((0_i64..6).prop_map(Value::from), numeric)),
        ("max", part((2_i64..10).prop_map(Value::from), numeric)),
        ("required", part(Just(Value::Bool(true)), 0.2)),
        ("mutable", part(Just(Value::Bool(false)), 0.2)),
        ("hidden", part(Just(Value::Bool(true)), 0.1)),
    ]);
    proptest::option::weighted(0.7, shape).boxed()
}

#[derive(Debug)]
struct Case {
    template: Vec<Field>,
    profile: Vec<InputRule>,
    given: Values,
}

/// A template of four fields; rules and answers are made for their types. Each field is judged alone with its rule, so that
/// one bad field or rule does not spoil the case: the laws speak about what is accepted. A case is small enough to read as
/// it is; shrinking through two levels of dependent choices can take many minutes.
fn case() -> impl Strategy<Value = Case> {
    (field(NAMES[0]), field(NAMES[1]), field(NAMES[2]), field(NAMES[3]))
        .prop_flat_map(|(a, b, c, d)| {
            let kinds = [a.1, b.1, c.1, d.1];
            let template: Vec<Value> = [a.0, b.0, c.0, d.0].to_vec();
            let rules: Vec<_> = NAMES.iter().zip(kinds).map(|(name, kind)| rule(name, kind)).collect();
            let answers: Vec<_> = kinds
                .iter()
                .map(|kind| prop_oneof![5 => value_of(kind).prop_map(Some), 1 => value().prop_map(Some), 3 => Just(None)])
                .collect();
            (Just(template), rules, answers).prop_map(|(template, rules, answers)| {
                let mut template = fields(Value::from(template));
                repair(&mut template);
                let mut profile = Vec::new();
                for rule in rules.into_iter().flatten() {
                    let rule: InputRule = serde_json::from_value(rule).unwrap();
                    if effective_form(&template, std::slice::from_ref(&rule), &[], &no_options()).is_ok() {
                        profile.push(rule);
                    }
                }
                let present = |(name, value): (&&str, Option<Value>)| Some(((*name).to_owned(), value?));
                Case { template, profile, given: NAMES.iter().zip(answers).filter_map(present).collect() }
            })
        })
        .no_shrink()
}

/// Takes away what [`validate_fields`] refuses until nothing is left to refuse.
fn repair(template: &mut [Field]) {
    for _ in 0..8 {
        let errors = validate_fields(template);
        if errors.is_empty() {
            return;
        }
        for error in errors {
            let mut parts = error.path.split('.').skip(1);
            let index: usize = parts.next().unwrap().parse().unwrap();
            let field = &mut template[index];
            match parts.next().unwrap() {
                "default" => {
                    field.default = None;
                    field.hidden = false;
                    field.override_ = if field.choices.is_empty() { Default::default() } else { field.override_ };
                    if field.override_ == warpyard_model::inputs::Override::Locked {
                        field.override_ = Default::default();
                    }
                }
                "max" => field.max = None,
                "max_length" => field.max_length = None,
                "visible_when" => field.visible_when = None,
                "schema" => field.schema = None,
                "choices" => {
                    let mut seen = Vec::new();
                    field.choices.retain(|choice| {
                        !seen.contains(&choice.value) && {
                            seen.push(choice.value.clone());
                            true
                        }
                    });
                    if parts.next().is_some() {
                        (field.min, field.max, field.step, field.pattern) = (None, None, None, None);
                        field.schema = None;
                        (field.min_length, field.max_length) = (None, None);
                        field.choices.truncate(1);
                    }
                }
                other => panic!("nothing repairs {other}: {}", error.message),
            }
        }
    }
    panic!("not repaired: {:?} {template:?}", validate_fields(template));
}

/// The template with nothing over it. What a template hides is for profiles to set, so for them it is open.
fn without_profile(template: &[Field]) -> Form {
    let open: Vec<Field> = template.iter().cloned().map(|field| Field { hidden: false, ..field }).collect();
    effective_form(&open, &[], &[], &no_options()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a narrowed form accepts, the template accepts with equal values.
    #[test]
    fn profiles_let_nothing_new_in(case in case()) {
        let narrowed = effective_form(&case.template, &case.profile, &[], &no_options()).unwrap();
        if let Ok(resolved) = resolve(&narrowed, &case.given, Mode::Create) {
            let again = resolve(&without_profile(&case.template), &resolved.values, Mode::Create);
            prop_assert_eq!(again.map(|r| r.values), Ok(resolved.values));
        }
    }

    /// Resolved values resolve to themselves, at launch and as a change that changes nothing.
    #[test]
    fn resolving_twice_is_resolving_once(case in case()) {
        let form = effective_form(&case.template, &case.profile, &[], &no_options()).unwrap();
        if let Ok(resolved) = resolve(&form, &case.given, Mode::Create) {
            prop_assert_eq!(resolve(&form, &resolved.values, Mode::Create), Ok(resolved.clone()));
            prop_assert_eq!(resolve(&form, &resolved.values, Mode::Change(&resolved.values)), Ok(resolved));
        }
    }

    /// A console's answer and a launch agree, because they are one function; and a form is the same form after the wire.
    #[test]
    fn evaluation_and_resolution_agree(case in case()) {
        let form = effective_form(&case.template, &case.profile, &[], &no_options()).unwrap();
        let evaluation = evaluate(&form, &case.given, Mode::Create);
        let wired: Form = serde_json::from_value(serde_json::to_value(&form).unwrap()).unwrap();
        match resolve(&wired, &case.given, Mode::Create) {
            Ok(resolved) => prop_assert_eq!(resolved.values, evaluation.values),
            Err(errors) => prop_assert_eq!(errors, evaluation.errors),
        }
    }

    /// Values of any shape are refused or accepted, never more.
    #[test]
    fn garbage_never_panics(case in case(), junk in proptest::collection::hash_map("\\PC{0,8}", json_value(), 0..6), all in json_value()) {
        let form = effective_form(&case.template, &case.profile, &[], &no_options()).unwrap();
        let mut given: Values = NAMES.iter().map(|name| ((*name).to_owned(), all.clone())).collect();
        given.extend(junk);
        let _ = resolve(&form, &given, Mode::Create);
        let _ = resolve(&form, &case.given, Mode::Change(&given));
        let _ = json_schema(&form);
    }

    /// Nor do templates and profiles of any shape, even those that were never validated.
    #[test]
    fn unchecked_templates_never_panic(
        kinds in proptest::collection::vec((select(KINDS.to_vec()), json_value(), json_value(), "\\PC{0,12}"), 0..5),
    ) {
        let template: Vec<Field> = kinds.iter().enumerate().map(|(i, (kind, a, b, text))| {
            serde_json::from_value(json!({
                "name": NAMES[i % 4], "type": kind, "default": a, "min": b, "max": a, "step": b, "pattern": text,
                "choices": [{"value": a}, {"value": b}], "visible_when": text, "required_when": format!("inputs.a == {text}"),
            })).unwrap()
        }).collect();
        let _ = validate_fields(&template);
        let profile = rules(json!([{"name": "a", "value": 1, "choices": [{"value": "x"}]}]));
        let _ = validate_rules(&profile, &[]);
        if let Ok(form) = effective_form(&template, &profile, &[], &no_options()) {
            let _ = evaluate(&form, &Values::new(), Mode::Create);
        }
    }
}

/// Whether a value is written in the one way that JSON Schema can judge: numbers as numbers, documents as documents.
fn in_normal_form(field: &Field, value: &Value) -> bool {
    use warpyard_model::inputs::FieldType as Type;
    match field.field_type {
        Type::Size | Type::Duration | Type::Decimal | Type::Json => !value.is_string(),
        _ => true,
    }
}

/// What conditions and cross-field rules say has no place in a schema, nor has a step that does not count from 0.
fn without_conditions(template: &mut [Field]) {
    for field in template.iter_mut() {
        (field.visible_when, field.required_when) = (None, None);
        field.rules.clear();
        let number = |value: &Option<Value>| value.as_ref().and_then(Value::as_i64).unwrap_or(0);
        if field.step.is_some() && number(&field.min) % number(&field.step).max(1) != 0 {
            field.step = None;
        }
    }
}

/// Numbers as numbers, which [`value_of`] writes as text to test that, too.
fn plainly(kind: warpyard_model::inputs::FieldType, value: Value) -> Value {
    match (kind, value.as_str().and_then(|text| text.parse::<f64>().ok())) {
        (warpyard_model::inputs::FieldType::Decimal, Some(number)) => json!(number),
        _ => value,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, failure_persistence: None, ..ProptestConfig::default() })]

    /// What the exported JSON Schema takes is what a launch takes.
    #[test]
    fn the_schema_and_the_resolver_agree(mut case in case()) {
        without_conditions(&mut case.template);
        // A rule is judged beside the others again, because taking conditions away may have changed what it narrows.
        let good = |rule: &InputRule| effective_form(&case.template, std::slice::from_ref(rule), &[], &no_options()).is_ok();
        case.profile.retain(good);
        let form = effective_form(&case.template, &case.profile, &[], &no_options()).unwrap();
        // Null stands for "not sent".
        let given: Values = case.given.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| {
            let kind = form.field(name).map(|field| field.field.field_type);
            (name.clone(), kind.map_or_else(|| value.clone(), |kind| plainly(kind, value.clone())))
        }).collect();
        let normal = given.iter().all(|(name, value)| form.field(name).is_none_or(|field| in_normal_form(&field.field, value)));
        prop_assume!(normal);
        let schema = json_schema(&form);
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let instance = serde_json::to_value(&given).unwrap();
        let told: Vec<String> = validator.iter_errors(&instance).map(|error| format!("{}: {error}", error.instance_path())).collect();
        match resolve(&form, &given, Mode::Create) {
            Ok(_) => prop_assert!(told.is_empty(), "the resolver takes {instance}, the schema does not: {told:?} {schema}"),
            Err(errors) => prop_assert!(!told.is_empty(), "the schema takes {instance}, the resolver does not: {errors:?} {schema}"),
        }
    }
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        select(vec!["1e400", "-", "1.", "0x1", "99999999999TiB", "ssh-rsa AAAA", "a: &x [*x]", "{", "\u{0}", "- - - -"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::hash_map("\\PC{0,6}", inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}
