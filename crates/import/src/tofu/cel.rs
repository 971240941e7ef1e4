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
    let text = translation.truth(condition)?;
    warpyard_model::inputs::check_expression(&text).ok().map(|()| text)
}

struct Translation<'a> {
    variables: &'a Variables,
    /// Names of loops: what they are called here, and their types.
    locals: Vec<(String, String, Type)>,
    loops: usize,
}

type Typed = (String, Type);

/// A place inside a variable.
struct Path {
    /// The plain path, which fails where a part of it is not there.
    text: String,
    kind: Type,
    /// What holds when the place and all above it are there and not null.
    there: Vec<String>,
    /// What holds when all above it is.
    above: Vec<String>,
    /// What holds when OpenTofu would not fill in a default.
    filled: Vec<String>,
    /// What it would fill in; null for an optional attribute without a default.
    default: Value,
}

impl Path {
    /// The value, with OpenTofu's default where it is not there.
    fn value(self) -> Typed {
        if self.filled.is_empty() {
            return (self.text, self.kind);
        }
        (format!("({} ? {} : {})", self.filled.join(" && "), self.text, self.default), self.kind)
    }
}

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
            Node::Attribute(..) => self.path(node)?.value(),
            Node::Index(of, index) => match index.as_ref() {
                Node::Text(_) => self.path(node)?.value(),
                Node::Number(place) => {
                    let (text, kind) = self.expression(of)?;
                    let (Type::List(of) | Type::Set(of)) = kind else { return None };
                    (format!("{text}[{place}]"), *of)
                }
                _ => return None,
            },
            Node::Not(inside) => (format!("!({})", self.truth(inside)?), Type::Bool),
            Node::Binary(operator @ (BinaryOperator::Plus | BinaryOperator::Minus), left, right) => {
                // Whole and decimal numbers do not mix in CEL: only what is counted is added up.
                if !counted(left) || !counted(right) {
                    return None;
                }
                let ((left, _), (right, _)) = (self.expression(left)?, self.expression(right)?);
                (format!("({left} {} {right})", operator.as_str()), Type::Number)
            }
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

    /// A variable, or an attribute of one, with what tells whether it is there.
    fn path(&mut self, node: &Node) -> Option<Path> {
        let (of, name) = match node {
            Node::Attribute(of, name) => (of.as_ref(), name),
            Node::Index(of, index) => match index.as_ref() {
                Node::Text(name) => (of.as_ref(), name),
                _ => return None,
            },
            other => {
                let (text, kind) = self.expression(other)?;
                return Some(Path { text, kind, there: Vec::new(), above: Vec::new(), filled: Vec::new(), default: Value::Null });
            }
        };
        if *of == Node::Name("var".to_owned()) {
            let (field, kind) = self.variables.get(name)?;
            let text = format!("inputs.{field}");
            return Some(Path {
                there: vec![format!("{text} != null")],
                above: Vec::new(),
                filled: Vec::new(),
                default: Value::Null,
                text,
                kind: kind.clone(),
            });
        }
        let above = self.path(of)?;
        let Type::Object(attributes) = above.kind else { return None };
        let attribute = attributes.into_iter().find(|attribute| attribute.name == *name)?;
        let word = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && !RESERVED.contains(&name.as_str());
        if !word {
            return None;
        }
        let text = format!("{}.{name}", above.text);
        let (mut there, mut filled) = (above.there.clone(), above.filled);
        // What OpenTofu fills in for the object above says what this attribute is when that is not there.
        let inherited = above.default.get(name).cloned();
        let default = inherited.or(attribute.default).unwrap_or_default();
        // Where the object above is not there and has no default, OpenTofu fails, and so does this.
        if above.default.is_null() {
            filled.clear();
        }
        if attribute.optional {
            there.push(format!("has({text})"));
            filled.push(format!("has({text})"));
        }
        there.push(format!("{text} != null"));
        Some(Path { text, kind: attribute.kind, there, above: above.there, filled, default })
    }

    fn binary(&mut self, operator: BinaryOperator, left: &Node, right: &Node) -> Option<String> {
        if let Some(text) = self.found(operator, left, right).or_else(|| self.unique(operator, left, right)) {
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
            _ => None,
        }
    }

    /// `length(list) == length(distinct([for e in list : part]))`: no two entries have the same part.
    fn unique(&mut self, operator: BinaryOperator, left: &Node, right: &Node) -> Option<String> {
        let length = |node: &Node| match node {
            Node::Call(name, arguments) if name == "length" => arguments.first().cloned(),
            _ => None,
        };
        let (left, right) = (length(left)?, length(right)?);
        let distinct = |node: &Node| match node {
            Node::Call(name, arguments) if matches!(name.as_str(), "distinct" | "toset") => match arguments.as_slice() {
                [Node::For(each)] if each.key.is_none() && each.condition.is_none() && each.result_key.is_none() => {
                    Some((**each).clone())
                }
                _ => None,
            },
            _ => None,
        };
        let (all, each) = match (distinct(&left), distinct(&right)) {
            (Some(each), None) => (right, each),
            (None, Some(each)) => (left, each),
            _ => return None,
        };
        let same = all == each.collection || matches!(&all, Node::For(other) if other.collection == each.collection);
        let (list, kind) = self.expression(&each.collection)?;
        let (Type::List(of) | Type::Set(of)) = kind else { return None };
        if operator != BinaryOperator::Eq || !same {
            return None;
        }
        let mut part = |name: &str| {
            self.locals.push((each.value.clone(), name.to_owned(), (*of).clone()));
            let part = self.expression(&each.result);
            self.locals.pop();
            part.map(|(text, _)| text)
        };
        let (one, other) = (part("a1")?, part("a2")?);
        Some(format!("{list}.all(a1, {list}.exists_one(a2, {other} == {one}))"))
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
            // How many entries fulfil a condition.
            ("length", [Node::For(each)]) if each.key.is_none() && each.condition.is_some() => {
                let condition = each.condition.clone()?;
                let judged = Loop { result: condition, condition: None, ..(**each).clone() };
                let (_, kind) = self.expression(&each.collection)?;
                let (Type::List(_) | Type::Set(_)) = kind else { return None };
                let filtered = self.each(&judged, "filter")?;
                Some((format!("size({filtered})"), Type::Number))
            }
            // What may be missing.
            ("try", [path @ (Node::Attribute(..) | Node::Index(..)), default]) => {
                let path = self.path(path)?;
                let (default, kind) = self.expression(default)?;
                let fits = kind == Type::Any
                    || kind == path.kind
                    || matches!((&kind, &path.kind), (Type::List(_), Type::List(_) | Type::Set(_)));
                // It fails only where something above is null, and what is filled in is not.
                if path.above.is_empty() || path.filled.len() > 1 {
                    return None;
                }
                let there = path.above.join(" && ");
                let (value, kind) = path.value();
                fits.then(|| (format!("({there} ? {value} : {default})"), kind))
            }
            ("coalesce", [value, default]) => {
                let ((value, kind), (default, other)) = (self.expression(value)?, self.expression(default)?);
                let fits = other == kind || matches!((&kind, &other), (Type::List(_) | Type::Set(_), Type::List(_)));
                let empty = if kind == Type::Text { format!(" || {value} == \"\"") } else { String::new() };
                fits.then(|| (format!("({value} == null{empty} ? {default} : {value})"), kind))
            }
            ("lookup", [map, key, default]) => {
                let ((map, kind), (key, _), (default, other)) =
                    (self.expression(map)?, self.expression(key)?, self.expression(default)?);
                let Type::Map(of) = kind else { return None };
                let fits = other == *of || other == Type::Any;
                fits.then(|| (format!("({key} in {map} ? {map}[{key}] : {default})"), *of))
            }
            // Every, or any, of what a loop yields.
            ("contains", [Node::For(each), Node::Bool(false)]) => truth(format!("!({})", self.each(each, "all")?)),
            ("contains", [Node::For(each), Node::Bool(true)]) => truth(self.each(each, "exists")?),
            ("alltrue" | "anytrue", [Node::Call(flat, inner)])
                if flat == "flatten" && matches!(inner.as_slice(), [Node::For(_)]) =>
            {
                let [Node::For(each)] = inner.as_slice() else { return None };
                let nested = Loop { result: Node::Call(name.to_owned(), vec![each.result.clone()]), ..(**each).clone() };
                truth(self.each(&nested, if name == "alltrue" { "all" } else { "exists" })?)
            }
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
            ("keys", [of]) => {
                let (text, kind) = self.expression(of)?;
                let map = matches!(kind, Type::Map(_));
                map.then(|| (format!("{text}.map(k1, k1)"), Type::List(Box::new(Type::Text))))
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

/// Whether a number is a count: whole in CEL whatever its input is.
fn counted(node: &Node) -> bool {
    match node {
        Node::Number(number) => number.is_i64(),
        Node::Call(name, _) => name == "length",
        Node::If(_, yes, no) => counted(yes) && counted(no),
        Node::Binary(BinaryOperator::Plus | BinaryOperator::Minus, left, right) => counted(left) && counted(right),
        _ => false,
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
