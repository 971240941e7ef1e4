//! Validation conditions that a constraint of a field can say: choices, bounds, lengths, patterns.

use super::node::{Loop, Node};
use super::pattern;
use super::types::Type;
use hcl_edit::expr::BinaryOperator as Op;
use serde_json::Value;

/// What a condition asks of its variable.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    /// A whole number.
    Whole,
    /// One of these.
    Choices(Vec<Value>),
    /// At least.
    Min(Value),
    /// At most.
    Max(Value),
    /// More than, for whole numbers.
    Above(i64),
    /// Less than, for whole numbers.
    Below(i64),
    /// Characters or entries.
    Shortest(u32),
    /// Characters or entries.
    Longest(u32),
    /// The whole text, or every entry of a list, matches.
    Pattern(String),
    /// A pattern that says a little less than the condition did.
    LooserPattern(String, &'static str),
    /// Every entry is one of these.
    EntryChoices(Vec<Value>),
    /// No entry twice.
    Unique,
}

const OCTET: &str = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";

/// The conjuncts of a condition.
pub(super) fn conjuncts(node: &Node) -> Vec<&Node> {
    match node {
        Node::Binary(Op::And, left, right) => [conjuncts(left), conjuncts(right)].concat(),
        Node::Call(name, arguments) if name == "alltrue" => match arguments.as_slice() {
            [Node::List(items)] => items.iter().flat_map(conjuncts).collect(),
            _ => vec![node],
        },
        _ => vec![node],
    }
}

/// The variable that a condition is about.
pub(super) struct Subject<'a> {
    pub(super) name: &'a str,
    pub(super) kind: &'a Type,
}

impl Subject<'_> {
    fn is(&self, node: &Node) -> bool {
        matches!(node, Node::Attribute(of, name) if **of == Node::Name("var".to_owned()) && name == self.name)
    }

    /// The condition without "or it is null": a value that is not given is never judged here.
    pub(super) fn unguarded<'n>(&self, node: &'n Node) -> &'n Node {
        let null_test = |node: &Node, wanted: Op| match node {
            Node::Binary(op, left, right) if *op == wanted => {
                (self.is(left) && **right == Node::Null) || (**left == Node::Null && self.is(right))
            }
            _ => false,
        };
        match node {
            Node::Binary(Op::Or, left, right) if null_test(left, Op::Eq) => self.unguarded(right),
            Node::Binary(Op::Or, left, right) if null_test(right, Op::Eq) => self.unguarded(left),
            Node::If(test, yes, no) if null_test(test, Op::Eq) && **yes == Node::Bool(true) => self.unguarded(no),
            Node::If(test, yes, no) if null_test(test, Op::NotEq) && **no == Node::Bool(true) => self.unguarded(yes),
            _ => node,
        }
    }

    /// What one conjunct asks, if a field can say it.
    pub(super) fn part(&self, node: &Node) -> Option<Part> {
        let node = self.unguarded(node);
        let single = self.comparison(node).or_else(|| self.choices(node)).or_else(|| self.of_entries(node));
        if single.is_some() {
            return single;
        }
        if *self.kind != Type::Text {
            return None;
        }
        if let Some(found) = self.address(node) {
            return Some(found);
        }
        self.pattern(node).map(Part::Pattern)
    }

    fn choices(&self, node: &Node) -> Option<Part> {
        let values = match node {
            Node::Binary(Op::Or, left, right) => match (self.choices(left)?, self.choices(right)?) {
                (Part::Choices(left), Part::Choices(right)) => [left, right].concat(),
                _ => return None,
            },
            Node::Binary(Op::Eq, left, right) if self.is(left) => vec![right.constant()?],
            Node::Binary(Op::Eq, left, right) if self.is(right) => vec![left.constant()?],
            Node::Call(name, arguments) if name == "contains" => match arguments.as_slice() {
                [list, value] if self.is(value) => match list.constant()? {
                    Value::Array(items) => items,
                    _ => return None,
                },
                _ => return None,
            },
            _ => return None,
        };
        let mut all = Vec::new();
        for value in values.iter().filter(|value| !value.is_null()) {
            let value = self.kind.convert(value).ok()?;
            if !all.contains(&value) {
                all.push(value);
            }
        }
        (matches!(self.kind, Type::Text | Type::Number) && !all.is_empty()).then_some(Part::Choices(all))
    }

    /// Comparisons of the number or of the length with a constant, either way round.
    fn comparison(&self, node: &Node) -> Option<Part> {
        let Node::Binary(op, left, right) = node else { return None };
        if *op == Op::Eq && (self.rounded(left, right) || self.rounded(right, left)) {
            return Some(Part::Whole);
        }
        let (op, of, limit) = match (left.constant(), right.constant()) {
            (None, Some(limit)) => (*op, left, limit),
            (Some(limit), None) => (mirrored(*op), right, limit),
            _ => return None,
        };
        if self.is(of) && *self.kind == Type::Text && limit == "" && op == Op::NotEq {
            return Some(Part::Shortest(1));
        }
        if self.is(of) && *self.kind == Type::Number {
            return Some(match op {
                Op::GreaterEq => Part::Min(limit),
                Op::LessEq => Part::Max(limit),
                Op::Greater => Part::Above(limit.as_i64()?),
                Op::Less => Part::Below(limit.as_i64()?),
                _ => return None,
            });
        }
        if let Node::Binary(Op::Mod, value, one) = of.as_ref()
            && self.is(value)
            && one.constant() == Some(1.into())
            && limit == 0
            && op == Op::Eq
        {
            return Some(Part::Whole);
        }
        let Node::Call(name, arguments) = of.as_ref() else { return None };
        let ([counted], "length") = (arguments.as_slice(), name.as_str()) else { return None };
        let limit = u32::try_from(limit.as_i64()?).ok()?;
        if self.is(counted) {
            return match op {
                Op::GreaterEq => Some(Part::Shortest(limit)),
                Op::Greater => Some(Part::Shortest(limit.checked_add(1)?)),
                Op::NotEq if limit == 0 => Some(Part::Shortest(1)),
                Op::LessEq => Some(Part::Longest(limit)),
                Op::Less => Some(Part::Longest(limit.checked_sub(1)?)),
                _ => None,
            };
        }
        match (counted, op, limit) {
            // Something is left of it without spaces.
            (Node::Call(name, arguments), Op::Greater | Op::NotEq, 0) | (Node::Call(name, arguments), Op::GreaterEq, 1)
                if name == "trimspace" && arguments.len() == 1 && self.is(&arguments[0]) =>
            {
                Some(Part::Pattern(r"[\s\S]*[^\t\n\f\r ][\s\S]*".to_owned()))
            }
            (Node::Call(name, arguments), Op::Greater | Op::NotEq, 0) | (Node::Call(name, arguments), Op::GreaterEq, 1)
                if name == "regexall" && *self.kind == Type::Text =>
            {
                self.found(arguments, self).map(Part::Pattern)
            }
            // Nothing is left when the allowed ones are taken away.
            (Node::Call(name, arguments), Op::Eq, 0) if name == "setsubtract" => match arguments.as_slice() {
                [value, allowed] if self.is(bare(value)) => self.entry_choices(allowed),
                _ => None,
            },
            _ => None,
        }
    }

    /// `floor(var.x)` beside `var.x`.
    fn rounded(&self, call: &Node, value: &Node) -> bool {
        *self.kind == Type::Number
            && self.is(value)
            && matches!(call, Node::Call(name, arguments)
                if matches!(name.as_str(), "floor" | "ceil") && arguments.len() == 1 && self.is(&arguments[0]))
    }

    fn of_entries(&self, node: &Node) -> Option<Part> {
        let (Type::List(of) | Type::Set(of)) = self.kind else { return None };
        if **of != Type::Text {
            return None;
        }
        match node {
            Node::Call(name, arguments) if name == "alltrue" => match arguments.as_slice() {
                [Node::For(each)] => self.every_entry(each),
                _ => None,
            },
            Node::Binary(Op::Eq, left, right) => {
                let counts = |node: &Node, distinct: bool| match node {
                    Node::Call(name, arguments) if name == "length" => match arguments.as_slice() {
                        [Node::Call(name, inner)] if distinct => {
                            matches!(name.as_str(), "distinct" | "toset") && inner.len() == 1 && self.is(&inner[0])
                        }
                        [value] if !distinct => self.is(value),
                        _ => false,
                    },
                    _ => false,
                };
                let both = (counts(left, true) && counts(right, false)) || (counts(left, false) && counts(right, true));
                both.then_some(Part::Unique)
            }
            _ => None,
        }
    }

    fn every_entry(&self, each: &Loop) -> Option<Part> {
        if !self.is(bare(&each.collection)) || each.condition.is_some() || each.key.is_some() {
            return None;
        }
        if let Node::Call(name, arguments) = &each.result
            && name == "contains"
            && let [list, Node::Name(value)] = arguments.as_slice()
            && *value == each.value
        {
            return self.entry_choices(list);
        }
        let entry = Entry(&each.value);
        if let Some(Part::LooserPattern(pattern, why)) = address_of(&each.result, &entry) {
            return Some(Part::LooserPattern(pattern, why));
        }
        pattern_of(&each.result, &entry).map(Part::Pattern)
    }

    fn entry_choices(&self, list: &Node) -> Option<Part> {
        match bare(list).constant()? {
            Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_string) => Some(Part::EntryChoices(items)),
            _ => None,
        }
    }

    fn pattern(&self, node: &Node) -> Option<String> {
        pattern_of(node, self)
    }

    fn found(&self, arguments: &[Node], of: &dyn Meant) -> Option<String> {
        found(arguments, of)
    }

    fn address(&self, node: &Node) -> Option<Part> {
        address_of(node, self)
    }
}

/// Which node means the text that a pattern is for.
trait Meant {
    fn means(&self, node: &Node) -> bool;
}

impl Meant for Subject<'_> {
    fn means(&self, node: &Node) -> bool {
        self.is(node)
    }
}

/// One entry of a list.
struct Entry<'a>(&'a str);

impl Meant for Entry<'_> {
    fn means(&self, node: &Node) -> bool {
        matches!(node, Node::Name(name) if name == self.0)
    }
}

/// A condition on one text as a pattern for all of it.
fn pattern_of(node: &Node, text: &dyn Meant) -> Option<String> {
    match node {
        Node::Binary(Op::Or, left, right) => Some(format!("(?:{})|(?:{})", pattern_of(left, text)?, pattern_of(right, text)?)),
        Node::Binary(Op::Eq, left, right) => match (left.as_ref(), right.as_ref()) {
            (value, Node::Text(wanted)) | (Node::Text(wanted), value) if text.means(value) => Some(pattern::escape(wanted)),
            (Node::Call(name, arguments), Node::Text(wanted)) if name == "substr" => match arguments.as_slice() {
                [value, from, length] if text.means(value) => {
                    let whole = length.constant()?.as_u64()? == wanted.chars().count() as u64 && from.constant()? == 0;
                    whole.then(|| pattern::starting_with(wanted))
                }
                _ => None,
            },
            _ => None,
        },
        Node::Binary(Op::Greater | Op::NotEq, left, right) if right.constant() == Some(0.into()) => match left.as_ref() {
            Node::Call(length, arguments) if length == "length" => match arguments.as_slice() {
                [Node::Call(name, inner)] if name == "regexall" => found(inner, text),
                [value] if text.means(value) => Some(r"[\s\S]+".to_owned()),
                _ => None,
            },
            _ => None,
        },
        Node::Call(name, arguments) => match (name.as_str(), arguments.as_slice()) {
            ("can", [Node::Call(inner, pattern)]) if inner == "regex" => found(pattern, text),
            ("can", [Node::Call(inner, value)]) if inner == "tonumber" && value.len() == 1 && text.means(&value[0]) => {
                Some(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?".to_owned())
            }
            ("startswith", [value, Node::Text(start)]) if text.means(value) => Some(pattern::starting_with(start)),
            ("endswith", [value, Node::Text(end)]) if text.means(value) => Some(pattern::ending_with(end)),
            ("contains", [list, value]) => {
                let Value::Array(items) = list.constant()? else { return None };
                let any_case = matches!(value, Node::Call(name, arguments)
                    if matches!(name.as_str(), "lower" | "upper") && arguments.len() == 1 && text.means(&arguments[0]));
                let alternatives = pattern::one_of(&items)?;
                match (text.means(value), any_case) {
                    (true, _) => Some(alternatives),
                    (_, true) => Some(format!("(?i)(?:{alternatives})")),
                    _ => None,
                }
            }
            _ => None,
        },
        _ => None,
    }
}

fn found(arguments: &[Node], text: &dyn Meant) -> Option<String> {
    match arguments {
        [Node::Text(source), value] if text.means(value) => pattern::found_in(source),
        _ => None,
    }
}

/// Network functions that fail on what is no network.
fn address_of(node: &Node, text: &dyn Meant) -> Option<Part> {
    let Node::Call(can, arguments) = node else { return None };
    let ([Node::Call(name, inner)], "can") = (arguments.as_slice(), can.as_str()) else { return None };
    if !inner.first().is_some_and(|value| text.means(value)) {
        return None;
    }
    let four = format!(r"{OCTET}(?:\.{OCTET}){{3}}/(?:3[0-2]|[12]?[0-9])");
    match name.as_str() {
        "cidrnetmask" => Some(Part::Pattern(four)),
        "cidrhost" | "cidrsubnet" | "cidrsubnets" => Some(Part::LooserPattern(
            format!(r"{four}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*/(?:12[0-8]|1[01][0-9]|[1-9]?[0-9])"),
            "the form of a network in CIDR notation is checked, OpenTofu's function itself is not called",
        )),
        _ => None,
    }
}

/// Without a conversion that changes nothing here.
fn bare(node: &Node) -> &Node {
    match node {
        Node::Call(name, arguments) if matches!(name.as_str(), "toset" | "tolist") && arguments.len() == 1 => bare(&arguments[0]),
        _ => node,
    }
}

fn mirrored(op: Op) -> Op {
    match op {
        Op::Less => Op::Greater,
        Op::LessEq => Op::GreaterEq,
        Op::Greater => Op::Less,
        Op::GreaterEq => Op::LessEq,
        other => other,
    }
}
