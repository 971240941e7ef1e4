//! Conditions that no constraint of a field can say, as cross-field rules in CEL.
//!
//! Only what means the same is translated: whatever could fail here on values that OpenTofu accepts is left alone, and
//! the caller reports it.

use super::node::{Loop, Node};
use super::pattern;
use super::types::Type;
use hcl_edit::expr::BinaryOperator;
use serde_json::Value;
use std::collections::HashMap;

/// The variables of a module: their names here and their types.
pub(super) type Variables = HashMap<String, (String, Type)>;

/// The condition as CEL over `inputs`, where it can be said.
pub(super) fn translate(condition: &Node, variables: &Variables) -> Option<String> {
    let mut translation = Translation { variables, locals: Vec::new(), loops: 0 };
    let (text, _) = translation.expression(condition)?;
    warpyard_model::inputs::check_expression(&text).ok().map(|()| text)
}

struct Translation<'a> {
    variables: &'a Variables,
    /// Names of loops: what they are called here, and their types.
    locals: Vec<(String, String, Type)>,
    loops: usize,
}

type Typed = (String, Type);

impl Translation<'_> {
    fn expression(&mut self, node: &Node) -> Option<Typed> {
        Some(match node {
            Node::Null => ("null".to_owned(), Type::Any),
            Node::Bool(flag) => (flag.to_string(), Type::Bool),
            Node::Number(number) => (number.to_string(), Type::Number),
            Node::Minus(inside) => match inside.as_ref() {
                Node::Number(number) => (format!("-{number}"), Type::Number),
                _ => return None,
            },
            Node::Text(text) => (Value::from(text.as_str()).to_string(), Type::Text),
            Node::List(items) => {
                let items: Option<Vec<Typed>> = items.iter().map(|item| self.expression(item)).collect();
                let items = items?;
                let of = items.first().map_or(Type::Any, |(_, kind)| kind.clone());
                let texts: Vec<String> = items.into_iter().map(|(text, _)| text).collect();
                (format!("[{}]", texts.join(", ")), Type::List(Box::new(of)))
            }
            Node::Name(name) => {
                let (_, text, kind) = self.locals.iter().rev().find(|(local, ..)| local == name)?;
                (text.clone(), kind.clone())
            }
            Node::Attribute(of, name) => match of.as_ref() {
                Node::Name(root) if root == "var" => {
                    let (field, kind) = self.variables.get(name)?;
                    (format!("inputs.{field}"), kind.clone())
                }
                of => self.attribute(of, name)?,
            },
            Node::Index(of, index) => match index.as_ref() {
                Node::Text(name) => self.attribute(of, name)?,
                Node::Number(place) => {
                    let (text, kind) = self.expression(of)?;
                    let (Type::List(of) | Type::Set(of)) = kind else { return None };
                    (format!("{text}[{place}]"), *of)
                }
                _ => return None,
            },
            Node::Not(inside) => (format!("!({})", self.truth(inside)?), Type::Bool),
            Node::Binary(operator, left, right) => (self.binary(*operator, left, right)?, Type::Bool),
            Node::If(condition, yes, no) => {
                let condition = self.truth(condition)?;
                let ((yes, kind), (no, _)) = (self.expression(yes)?, self.expression(no)?);
                (format!("({condition} ? {yes} : {no})"), kind)
            }
            Node::Call(name, arguments) => self.call(name, arguments)?,
            Node::Object(_) | Node::Template(_) | Node::Splat(_) | Node::For(_) => return None,
        })
    }

    fn truth(&mut self, node: &Node) -> Option<String> {
        let (text, kind) = self.expression(node)?;
        matches!(kind, Type::Bool | Type::Any).then_some(text)
    }

    /// An optional attribute that is not there has its default, or is null.
    fn attribute(&mut self, of: &Node, name: &str) -> Option<Typed> {
        let (text, kind) = self.expression(of)?;
        let Type::Object(attributes) = kind else { return None };
        let attribute = attributes.into_iter().find(|attribute| attribute.name == name)?;
        let word = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && !RESERVED.contains(&name);
        if !word {
            return None;
        }
        let value = if attribute.optional {
            let default = match &attribute.default {
                None => "null".to_owned(),
                Some(Value::Object(_)) => return None,
                Some(default) => default.to_string(),
            };
            format!("(has({text}.{name}) ? {text}.{name} : {default})")
        } else {
            format!("{text}.{name}")
        };
        Some((value, attribute.kind))
    }

    fn binary(&mut self, operator: BinaryOperator, left: &Node, right: &Node) -> Option<String> {
        if let Some(text) = self.found(operator, left, right) {
            return Some(text);
        }
        match operator {
            BinaryOperator::And | BinaryOperator::Or => {
                let (left, right) = (self.truth(left)?, self.truth(right)?);
                Some(format!("({left} {} {right})", operator.as_str()))
            }
            BinaryOperator::Eq | BinaryOperator::NotEq => {
                let ((left, _), (right, _)) = (self.expression(left)?, self.expression(right)?);
                Some(format!("({left} {} {right})", operator.as_str()))
            }
            BinaryOperator::Less | BinaryOperator::LessEq | BinaryOperator::Greater | BinaryOperator::GreaterEq => {
                let ((left, kind), (right, other)) = (self.expression(left)?, self.expression(right)?);
                let numbers = kind == Type::Number && other == Type::Number;
                numbers.then(|| format!("({left} {} {right})", operator.as_str()))
            }
            // Whole and decimal numbers do not mix in CEL.
            _ => None,
        }
    }

    /// `length(regexall(pattern, text)) > 0` and the ways to say it.
    fn found(&mut self, operator: BinaryOperator, left: &Node, right: &Node) -> Option<String> {
        let (Node::Call(length, arguments), Node::Number(number)) = (left, right) else { return None };
        let [Node::Call(all, inner)] = arguments.as_slice() else { return None };
        if length != "length" || all != "regexall" {
            return None;
        }
        let found = self.matches(inner)?;
        match (operator, number.as_i64()?) {
            (BinaryOperator::Greater | BinaryOperator::NotEq, 0) | (BinaryOperator::GreaterEq, 1) => Some(found),
            (BinaryOperator::Eq, 0) | (BinaryOperator::Less, 1) => Some(format!("!({found})")),
            _ => None,
        }
    }

    fn matches(&mut self, arguments: &[Node]) -> Option<String> {
        let [Node::Text(source), text] = arguments else { return None };
        let source = pattern::searched(source)?;
        let (text, kind) = self.expression(text)?;
        (kind == Type::Text).then(|| format!("{text}.matches({})", Value::from(source)))
    }

    fn call(&mut self, name: &str, arguments: &[Node]) -> Option<Typed> {
        let truth = |text: String| Some((text, Type::Bool));
        match (name, arguments) {
            ("length", [of]) => {
                let (text, kind) = self.expression(of)?;
                let counted = !matches!(kind, Type::Number | Type::Bool | Type::Any | Type::Object(_));
                counted.then(|| (format!("size({text})"), Type::Number))
            }
            ("contains", [list, value]) => {
                let ((list, kind), (value, _)) = (self.expression(list)?, self.expression(value)?);
                let listed = matches!(kind, Type::List(_) | Type::Set(_) | Type::Tuple(_));
                listed.then(|| (format!("({value} in {list})"), Type::Bool))
            }
            ("can", [Node::Call(inner, pattern)]) if inner == "regex" => truth(self.matches(pattern)?),
            ("startswith" | "endswith" | "strcontains", [text, part]) => {
                let ((text, kind), (part, other)) = (self.expression(text)?, self.expression(part)?);
                let method = match name {
                    "startswith" => "startsWith",
                    "endswith" => "endsWith",
                    _ => "contains",
                };
                let texts = kind == Type::Text && other == Type::Text;
                texts.then(|| (format!("{text}.{method}({part})"), Type::Bool))
            }
            ("alltrue", [Node::For(each)]) => truth(self.each(each, "all")?),
            ("anytrue", [Node::For(each)]) => truth(self.each(each, "exists")?),
            ("alltrue" | "anytrue", [Node::List(items)]) if !items.is_empty() => {
                let items: Option<Vec<String>> = items.iter().map(|item| self.truth(item)).collect();
                let operator = if name == "alltrue" { " && " } else { " || " };
                truth(format!("({})", items?.join(operator)))
            }
            ("tolist" | "toset" | "tobool" | "tostring", [of]) => {
                let (text, kind) = self.expression(of)?;
                let same = match name {
                    "tobool" => kind == Type::Bool,
                    "tostring" => kind == Type::Text,
                    _ => matches!(kind, Type::List(_) | Type::Set(_)),
                };
                same.then_some((text, kind))
            }
            _ => None,
        }
    }

    /// A loop over a list, or over the keys or values of a map.
    fn each(&mut self, each: &Loop, method: &str) -> Option<String> {
        if each.result_key.is_some() {
            return None;
        }
        let (collection, over) = match &each.collection {
            Node::Call(name, arguments) if matches!(name.as_str(), "keys" | "values") && arguments.len() == 1 => {
                (&arguments[0], name.as_str())
            }
            other => (other, "entries"),
        };
        let (text, kind) = self.expression(collection)?;
        self.loops += 1;
        let name = format!("e{}", self.loops);
        let outer = self.locals.len();
        match (kind, over) {
            (Type::List(of) | Type::Set(of), "entries") if each.key.is_none() => {
                self.locals.push((each.value.clone(), name.clone(), *of));
            }
            (Type::Map(_), "keys") if each.key.is_none() => self.locals.push((each.value.clone(), name.clone(), Type::Text)),
            (Type::Map(of), "entries" | "values") => {
                if let Some(key) = each.key.as_ref().filter(|_| over == "entries") {
                    self.locals.push((key.clone(), name.clone(), Type::Text));
                }
                self.locals.push((each.value.clone(), format!("{text}[{name}]"), *of));
            }
            _ => return None,
        }
        let result = self.truth(&each.result);
        let condition = each.condition.as_ref().map(|condition| self.truth(condition));
        self.locals.truncate(outer);
        let result = match (condition, method) {
            (None, _) => result?,
            (Some(condition), "all") => format!("(!({}) || {})", condition?, result?),
            (Some(condition), _) => format!("({} && {})", condition?, result?),
        };
        Some(format!("{text}.{method}({name}, {result})"))
    }
}

/// Words that CEL keeps for itself.
const RESERVED: [&str; 21] = [
    "false",
    "in",
    "null",
    "true",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "namespace",
    "package",
    "return",
    "var",
    "void",
    "while",
];
