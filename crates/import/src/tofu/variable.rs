//! One variable as a field.

use super::cel::{self, Variables};
use super::condition::{Part, Subject, conjuncts};
use super::module::Declared;
use super::node::Node;
use super::types::Type;
use crate::report::{Report, quote};
use serde_json::Value;
use warpyard_model::inputs::{Choice, Field, FieldType, Override, Rule};

/// What is said of a name in the message of a condition that cannot be carried over.
const LOST_CONDITION: &str = "this condition is not checked here, only by OpenTofu when it runs";

/// A variable while it becomes a field.
pub(super) struct Draft {
    pub(super) field: Field,
    pub(super) kind: Type,
    /// Its name in the module.
    pub(super) name: String,
    /// How the report calls it.
    pub(super) item: String,
}

/// The type a variable declares, or what its default says about it.
pub(super) fn kind_of(declared: &Declared, item: &str, report: &mut Report) -> Type {
    let default = declared.attributes.get("default").and_then(Node::constant);
    match declared.attributes.get("type") {
        Some(node) => Type::read(node).unwrap_or_else(|why| {
            report.lost(item, format!("its type is not understood, any value is taken: {}", quote(&why)));
            Type::Any
        }),
        None => match default.as_ref().map(Type::of_value).unwrap_or(Type::Any) {
            Type::Any => Type::Any,
            kind => {
                report.adapted(item, format!("it declares no type; {kind} is taken from its default"));
                kind
            }
        },
    }
}

/// A field with everything but validation.
pub(super) fn field(name: &str, own_name: String, kind: Type, declared: &Declared, report: &mut Report) -> Draft {
    let item = format!("variable.{name}");
    let attribute = |key: &str| declared.attributes.get(key);
    let flag = |key: &str, report: &mut Report| match attribute(key) {
        None => None,
        Some(Node::Bool(flag)) => Some(*flag),
        Some(node) => match node.constant().as_ref().and_then(|value| Type::Bool.convert(value).ok()) {
            Some(Value::Bool(flag)) => Some(flag),
            _ => {
                report.lost(&item, format!("{key} = {} is neither true nor false", quote(&node.to_string())));
                None
            }
        },
    };
    let (sensitive, nullable) = (flag("sensitive", report).unwrap_or(false), flag("nullable", report));
    let mut field = Field {
        required: !declared.attributes.contains_key("default"),
        unique: matches!(kind, Type::Set(_)) && kind.field_type() == FieldType::List,
        sensitive,
        ..Field::new(own_name, kind.field_type())
    };
    if field.field_type == FieldType::Json && kind != Type::Any {
        field.schema = Some(kind.schema());
    }
    match attribute("description") {
        None => {}
        Some(node) => match node.words() {
            Some(text) => text.trim().clone_into(&mut field.help),
            None => report.lost(&item, format!("its description is not text: {}", quote(&node.to_string()))),
        },
    }
    if let Some(node) = attribute("default") {
        set_default(&mut field, &kind, node, nullable, &item, report);
    }
    if flag("ephemeral", report) == Some(true) {
        report.lost(&item, "ephemeral = true: what OpenTofu keeps out of its state and plans is stored here like other inputs");
    }
    for (key, node) in &declared.attributes {
        match key.as_str() {
            "type" | "default" | "description" | "sensitive" | "nullable" | "ephemeral" => {}
            "deprecated" => {
                let why = node.words().unwrap_or_default();
                field.help = format!("{} Deprecated: {}", field.help, why.trim()).trim().to_owned();
                report.adapted(&item, "deprecated stands in its help");
            }
            _ => report.lost(&item, format!("{key} = {} is not known", quote(&node.to_string()))),
        }
    }
    for block in &declared.others {
        report.lost(&item, format!("a block {block} is not known"));
    }
    if field.field_type == FieldType::Text && field.default.as_ref().and_then(Value::as_str).is_some_and(|t| t.contains('\n')) {
        field.field_type = FieldType::Multiline;
    }
    Draft { field, kind, name: name.to_owned(), item }
}

fn set_default(field: &mut Field, kind: &Type, node: &Node, nullable: Option<bool>, item: &str, report: &mut Report) {
    let text = quote(&node.to_string());
    let value = match node.constant() {
        Some(value) => value,
        None => return report.lost(item, format!("its default is not a constant; OpenTofu's own is used: {text}")),
    };
    if value.is_null() {
        return;
    }
    match kind.convert(&value) {
        Ok(_) if field.sensitive => {
            report.adapted(item, "it is sensitive, so its default is not shown here; left empty, OpenTofu's own is used");
        }
        Ok(value) => {
            field.default = Some(value);
            if nullable == Some(true) {
                report.adapted(item, "null cannot be sent in place of its default");
            }
        }
        Err(why) => report.lost(item, format!("its default does not fit its type ({}): {text}", quote(&why))),
    }
}

/// Carries the validation blocks over.
pub(super) fn validate(draft: &mut Draft, declared: &Declared, variables: &Variables, report: &mut Report) {
    let mut wanted: Vec<(Part, Node, String)> = Vec::new();
    let mut rest: Vec<(Node, String)> = Vec::new();
    for block in &declared.validations {
        let message = block.get("error_message").and_then(Node::words).unwrap_or_default().trim().to_owned();
        let Some(condition) = block.get("condition") else {
            report.lost(&draft.item, format!("a validation without a condition: {}", quote(&message)));
            continue;
        };
        let subject = Subject { name: &draft.name, kind: &draft.kind };
        for conjunct in conjuncts(subject.unguarded(condition)) {
            match subject.part(conjunct) {
                Some(part) => wanted.push((part, conjunct.clone(), message.clone())),
                None => rest.push((conjunct.clone(), message.clone())),
            }
        }
    }
    if draft.kind == Type::Number && wanted.iter().any(|(part, ..)| *part == Part::Whole) {
        draft.field.field_type = FieldType::Integer;
    }
    // Choices change the type, so the others have to know.
    wanted.sort_by_key(|(part, ..)| !matches!(part, Part::Choices(_)));
    for (part, condition, message) in wanted {
        let before = draft.field.clone();
        let carried = apply(&mut draft.field, &draft.kind, &part) && sound(&mut draft.field);
        if !carried {
            draft.field = before;
            rest.push((condition, message));
            continue;
        }
        explain(&mut draft.field, &part, &message);
        match part {
            Part::LooserPattern(_, why) => {
                report.adapted(&draft.item, format!("{why}: {}", quote(&condition.to_string())));
            }
            _ => report.carried(&draft.item, format!("validation {}", quote(&condition.to_string()))),
        }
    }
    for (condition, message) in rest {
        let text = quote(&condition.to_string());
        match cel::translate(&condition, variables) {
            Some(expression) => {
                let message = if message.is_empty() { format!("must satisfy {text}") } else { message };
                draft.field.rules.push(Rule { expression, message });
                report.adapted(&draft.item, format!("validation as a rule in CEL: {text}"));
            }
            None => {
                let words = if message.is_empty() { String::new() } else { format!(" ({})", quote(&message)) };
                report.lost(&draft.item, format!("{LOST_CONDITION}: {text}{words}"));
            }
        }
    }
}

/// Puts a part into the field; false when the field has no place for it.
fn apply(field: &mut Field, kind: &Type, part: &Part) -> bool {
    let text = matches!(field.field_type, FieldType::Text | FieldType::Multiline);
    let counted = text || matches!(field.field_type, FieldType::List | FieldType::KeyValue);
    let whole = field.field_type == FieldType::Integer;
    match part {
        Part::Whole => whole,
        Part::Choices(values) => {
            if field.sensitive || !field.choices.is_empty() {
                return false;
            }
            field.choices =
                values.iter().map(|value| Choice { value: value.clone(), label: label_of(value), help: String::new() }).collect();
            if *kind == Type::Text {
                field.field_type = FieldType::Choice;
            } else {
                field.override_ = Override::Restricted;
            }
            true
        }
        Part::Min(limit) => bound(&mut field.min, limit, |new, old| new > old),
        Part::Max(limit) => bound(&mut field.max, limit, |new, old| new < old),
        Part::Above(limit) if whole => {
            limit.checked_add(1).is_some_and(|least| bound(&mut field.min, &least.into(), |new, old| new > old))
        }
        Part::Below(limit) if whole => {
            limit.checked_sub(1).is_some_and(|most| bound(&mut field.max, &most.into(), |new, old| new < old))
        }
        Part::Above(_) | Part::Below(_) => false,
        Part::Shortest(length) if counted => {
            field.min_length = Some(field.min_length.unwrap_or(0).max(*length));
            true
        }
        Part::Longest(length) if counted => {
            field.max_length = Some(field.max_length.unwrap_or(u32::MAX).min(*length));
            true
        }
        Part::Shortest(length) => in_schema(field, kind, length, ["minItems", "minProperties"]),
        Part::Longest(length) => in_schema(field, kind, length, ["maxItems", "maxProperties"]),
        Part::Pattern(pattern) | Part::LooserPattern(pattern, _) => {
            let fits = (text || field.field_type == FieldType::List) && field.pattern.is_none();
            if fits {
                field.pattern = Some(pattern.clone());
            }
            fits
        }
        Part::EntryChoices(values) => {
            if field.sensitive || field.field_type != FieldType::List || !field.choices.is_empty() {
                return false;
            }
            field.choices =
                values.iter().map(|value| Choice { value: value.clone(), label: String::new(), help: String::new() }).collect();
            field.override_ = Override::Restricted;
            true
        }
        Part::Unique => {
            let list = field.field_type == FieldType::List;
            field.unique |= list;
            list
        }
    }
}

fn label_of(value: &Value) -> String {
    if value == "" { "(none)".to_owned() } else { String::new() }
}

fn bound(slot: &mut Option<Value>, limit: &Value, tighter: fn(f64, f64) -> bool) -> bool {
    let (Some(new), old) = (limit.as_f64(), slot.as_ref().and_then(Value::as_f64)) else { return false };
    if old.is_none_or(|old| tighter(new, old)) {
        *slot = Some(limit.clone());
    }
    true
}

fn in_schema(field: &mut Field, kind: &Type, length: &u32, words: [&str; 2]) -> bool {
    let word = match kind {
        Type::List(_) | Type::Set(_) => words[0],
        Type::Map(_) => words[1],
        _ => return false,
    };
    match &mut field.schema {
        Some(schema) => {
            schema[word] = (*length).into();
            true
        }
        None => false,
    }
}

/// Whether the model takes the field; choices take their duplicates along.
fn sound(field: &mut Field) -> bool {
    warpyard_model::inputs::validate_fields(&[Field { rules: Vec::new(), ..field.clone() }]).is_empty()
}

/// The module's own words for people: a pattern has a place for them, other constraints put them below the field.
fn explain(field: &mut Field, part: &Part, message: &str) {
    if message.is_empty() {
        return;
    }
    if matches!(part, Part::Pattern(_) | Part::LooserPattern(..)) {
        field.pattern_message = Some(message.to_owned());
    } else if !field.help.contains(message) {
        field.help = format!("{} {message}", field.help).trim().to_owned();
    }
}
