//! Expressions of OpenTofu as a small tree, from native syntax and from JSON.

use hcl_edit::expr::{BinaryOperator, Expression, ForExpr, Object, ObjectKey, Traversal, TraversalOperator, UnaryOperator};
use hcl_edit::template::{Directive, Element, Template};
use serde_json::{Map, Number, Value};
use std::fmt;

/// An expression, brackets resolved.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    /// Text with parts that are computed; `None` is a directive.
    Template(Vec<Part>),
    List(Vec<Node>),
    Object(Vec<(Node, Node)>),
    Name(String),
    Attribute(Box<Node>, String),
    Index(Box<Node>, Box<Node>),
    Splat(Box<Node>),
    Call(String, Vec<Node>),
    Not(Box<Node>),
    Minus(Box<Node>),
    Binary(BinaryOperator, Box<Node>, Box<Node>),
    If(Box<Node>, Box<Node>, Box<Node>),
    For(Box<Loop>),
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    Literal(String),
    Computed(Node),
    Directive,
}

/// `[for key, value in collection : result if condition]` or the same with braces.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Loop {
    pub(super) key: Option<String>,
    pub(super) value: String,
    pub(super) collection: Node,
    /// Present for objects.
    pub(super) result_key: Option<Node>,
    pub(super) result: Node,
    pub(super) condition: Option<Node>,
}

impl Node {
    /// Parses the text of an expression, as it stands in a string of JSON syntax.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        hcl_edit::parser::parse_expr(text).map(|e| Self::from(&e)).map_err(|e| e.message().to_owned())
    }

    /// A string of JSON syntax is a template: `"${length(var.x) > 3}"` is the expression inside.
    pub(super) fn of_json(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Number(number) => Self::Number(number.clone()),
            Value::String(text) if text.contains("${") || text.contains("%{") => hcl_edit::parser::parse_template(text)
                .map_or_else(|_| Self::Text(text.clone()), |template| of_template(&template)),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(items) => Self::List(items.iter().map(Self::of_json).collect()),
            Value::Object(entries) => {
                Self::Object(entries.iter().map(|(key, value)| (Self::Text(key.clone()), Self::of_json(value))).collect())
            }
        }
    }

    /// The value of a constant expression.
    pub(super) fn constant(&self) -> Option<Value> {
        Some(match self {
            Self::Null => Value::Null,
            Self::Bool(flag) => Value::Bool(*flag),
            Self::Number(number) => Value::Number(number.clone()),
            Self::Text(text) => Value::String(text.clone()),
            Self::List(items) => Value::Array(items.iter().map(Self::constant).collect::<Option<_>>()?),
            Self::Object(entries) => {
                let entry = |(key, value): &(Self, Self)| Some((key.key()?, value.constant()?));
                Value::Object(entries.iter().map(entry).collect::<Option<Map<_, _>>>()?)
            }
            Self::Minus(inner) => match inner.constant()? {
                Value::Number(number) => Value::Number(negative(&number)?),
                _ => return None,
            },
            // These only name the type of an empty collection.
            Self::Call(name, arguments) if matches!(name.as_str(), "tolist" | "tomap" | "toset") && arguments.len() == 1 => {
                arguments[0].constant()?
            }
            _ => return None,
        })
    }

    /// The name an object's key stands for.
    pub(super) fn key(&self) -> Option<String> {
        match self {
            Self::Name(name) | Self::Text(name) => Some(name.clone()),
            Self::Number(number) => Some(number.to_string()),
            Self::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// Text with what is computed left out as `…`.
    pub(super) fn words(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Template(parts) => Some(
                parts
                    .iter()
                    .map(|part| match part {
                        Part::Literal(text) => text.as_str(),
                        Part::Computed(_) => "…",
                        Part::Directive => "",
                    })
                    .collect(),
            ),
            _ => None,
        }
    }
}

fn negative(number: &Number) -> Option<Number> {
    match number.as_i64() {
        Some(whole) => Some(Number::from(whole.checked_neg()?)),
        None => Number::from_f64(-number.as_f64()?),
    }
}

impl From<&Expression> for Node {
    fn from(expression: &Expression) -> Self {
        let boxed = |e: &Expression| Box::new(Self::from(e));
        match expression {
            Expression::Null(_) => Self::Null,
            Expression::Bool(flag) => Self::Bool(*flag.value()),
            Expression::Number(number) => of_number(number.value()),
            Expression::String(text) => Self::Text(text.value().clone()),
            Expression::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            Expression::Object(object) => of_object(object),
            Expression::StringTemplate(template) => of_elements(template.iter()),
            Expression::HeredocTemplate(heredoc) => of_template(&heredoc.template),
            Expression::Parenthesis(inside) => Self::from(inside.inner()),
            Expression::Variable(name) => Self::Name(name.value().to_string()),
            Expression::Conditional(c) => Self::If(boxed(&c.cond_expr), boxed(&c.true_expr), boxed(&c.false_expr)),
            Expression::FuncCall(call) => {
                let spaces = call.name.namespace.iter().map(|part| format!("{}::", part.value()));
                let name = spaces.chain([call.name.name.value().to_string()]).collect();
                Self::Call(name, call.args.iter().map(Self::from).collect())
            }
            Expression::Traversal(traversal) => of_traversal(traversal),
            Expression::UnaryOp(unary) => match unary.operator.value() {
                UnaryOperator::Not => Self::Not(boxed(&unary.expr)),
                UnaryOperator::Neg => Self::Minus(boxed(&unary.expr)),
            },
            Expression::BinaryOp(binary) => {
                Self::Binary(*binary.operator.value(), boxed(&binary.lhs_expr), boxed(&binary.rhs_expr))
            }
            Expression::ForExpr(each) => of_loop(each),
        }
    }
}

/// Whole numbers stay whole.
fn of_number(number: &hcl_edit::Number) -> Node {
    let whole = number.as_i64().map(Number::from).or_else(|| number.as_u64().map(Number::from));
    whole.or_else(|| Number::from_f64(number.as_f64()?)).map_or(Node::Null, Node::Number)
}

fn of_object(object: &Object) -> Node {
    let entries = object.iter().map(|(key, value)| {
        let key = match key {
            ObjectKey::Ident(name) => Node::Name(name.value().to_string()),
            ObjectKey::Expression(expression) => Node::from(expression),
        };
        (key, Node::from(value.expr()))
    });
    Node::Object(entries.collect())
}

fn of_template(template: &Template) -> Node {
    of_elements(template.iter())
}

fn of_elements<'a>(elements: impl Iterator<Item = &'a Element>) -> Node {
    let mut parts: Vec<Part> = elements
        .map(|element| match element {
            Element::Literal(text) => Part::Literal(text.value().clone()),
            Element::Interpolation(inside) => Part::Computed(Node::from(&inside.expr)),
            Element::Directive(directive) => match directive.as_ref() {
                Directive::If(_) | Directive::For(_) => Part::Directive,
            },
        })
        .collect();
    if parts.iter().all(|part| matches!(part, Part::Literal(_))) {
        let text = parts.iter().map(|part| if let Part::Literal(text) = part { text.as_str() } else { "" });
        return Node::Text(text.collect());
    }
    match parts.pop() {
        Some(Part::Computed(inside)) if parts.is_empty() => inside,
        Some(last) => {
            parts.push(last);
            Node::Template(parts)
        }
        None => Node::Text(String::new()),
    }
}

fn of_traversal(traversal: &Traversal) -> Node {
    traversal.operators.iter().fold(Node::from(&traversal.expr), |node, operator| match operator.value() {
        TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => Node::Splat(Box::new(node)),
        TraversalOperator::GetAttr(name) => Node::Attribute(Box::new(node), name.value().to_string()),
        TraversalOperator::Index(index) => Node::Index(Box::new(node), Box::new(Node::from(index))),
        TraversalOperator::LegacyIndex(index) => {
            Node::Index(Box::new(node), Box::new(Node::Number(Number::from(*index.value()))))
        }
    })
}

fn of_loop(each: &ForExpr) -> Node {
    Node::For(Box::new(Loop {
        key: each.intro.key_var.as_ref().map(|name| name.value().to_string()),
        value: each.intro.value_var.value().to_string(),
        collection: Node::from(&each.intro.collection_expr),
        result_key: each.key_expr.as_ref().map(Node::from),
        result: Node::from(&each.value_expr),
        condition: each.cond.as_ref().map(|condition| Node::from(&condition.expr)),
    }))
}

/// Native syntax, for the report.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, items: &[Node]| {
            items.iter().enumerate().try_for_each(|(i, item)| write!(f, "{}{item}", if i == 0 { "" } else { ", " }))
        };
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "{}", Value::from(text.as_str())),
            Self::Template(parts) => {
                f.write_str("\"")?;
                for part in parts {
                    match part {
                        Part::Literal(text) => f.write_str(text)?,
                        Part::Computed(node) => write!(f, "${{{node}}}")?,
                        Part::Directive => f.write_str("%{…}")?,
                    }
                }
                f.write_str("\"")
            }
            Self::List(items) => {
                f.write_str("[")?;
                list(f, items)?;
                f.write_str("]")
            }
            Self::Object(entries) => {
                f.write_str("{")?;
                for (i, (key, value)) in entries.iter().enumerate() {
                    write!(f, "{}{key} = {value}", if i == 0 { " " } else { ", " })?;
                }
                f.write_str(" }")
            }
            Self::Name(name) => f.write_str(name),
            Self::Attribute(node, name) => write!(f, "{node}.{name}"),
            Self::Index(node, index) => write!(f, "{node}[{index}]"),
            Self::Splat(node) => write!(f, "{node}[*]"),
            Self::Call(name, arguments) => {
                write!(f, "{name}(")?;
                list(f, arguments)?;
                f.write_str(")")
            }
            Self::Not(node) => write!(f, "!{}", Bracketed(node)),
            Self::Minus(node) => write!(f, "-{}", Bracketed(node)),
            Self::Binary(operator, left, right) => {
                write!(f, "{} {} {}", Bracketed(left), operator.as_str(), Bracketed(right))
            }
            Self::If(condition, yes, no) => write!(f, "{} ? {} : {}", Bracketed(condition), Bracketed(yes), Bracketed(no)),
            Self::For(each) => {
                let (open, close) = if each.result_key.is_some() { ("{", "}") } else { ("[", "]") };
                write!(f, "{open}for ")?;
                if let Some(key) = &each.key {
                    write!(f, "{key}, ")?;
                }
                write!(f, "{} in {} : ", each.value, each.collection)?;
                if let Some(key) = &each.result_key {
                    write!(f, "{key} => ")?;
                }
                write!(f, "{}", each.result)?;
                if let Some(condition) = &each.condition {
                    write!(f, " if {condition}")?;
                }
                f.write_str(close)
            }
        }
    }
}

/// A node in brackets where it is an operation.
struct Bracketed<'a>(&'a Node);

impl fmt::Display for Bracketed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Node::Binary(..) | Node::If(..) => write!(f, "({})", self.0),
            node => write!(f, "{node}"),
        }
    }
}
