//! Type constraints: read, turned into field types and JSON Schema, and defaults converted as OpenTofu converts them.

use super::node::Node;
use serde_json::{Map, Number, Value, json};
use warpyard_model::inputs::FieldType;

/// A type constraint.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Type {
    Text,
    Number,
    Bool,
    Any,
    List(Box<Type>),
    Set(Box<Type>),
    Map(Box<Type>),
    Tuple(Vec<Type>),
    Object(Vec<Attribute>),
}

/// One attribute of an object.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) kind: Type,
    pub(super) optional: bool,
    pub(super) default: Option<Value>,
}

impl Type {
    /// Reads a constraint. The error has the text that is not understood.
    pub(super) fn read(node: &Node) -> Result<Self, String> {
        let unknown = || Err(format!("{node} is not a type"));
        match node {
            // In quotes as up to Terraform 0.11.
            Node::Name(name) | Node::Text(name) => Ok(match name.as_str() {
                "string" => Self::Text,
                "number" => Self::Number,
                "bool" => Self::Bool,
                "any" => Self::Any,
                "list" => Self::List(Box::new(Self::Any)),
                "set" => Self::Set(Box::new(Self::Any)),
                "map" => Self::Map(Box::new(Self::Any)),
                text => match Node::parse(text) {
                    Ok(inside @ Node::Call(..)) => return Self::read(&inside),
                    _ => return unknown(),
                },
            }),
            Node::Call(name, arguments) => match (name.as_str(), arguments.as_slice()) {
                ("list", [of]) => Ok(Self::List(Box::new(Self::read(of)?))),
                ("set", [of]) => Ok(Self::Set(Box::new(Self::read(of)?))),
                ("map", [of]) => Ok(Self::Map(Box::new(Self::read(of)?))),
                ("tuple", [Node::List(items)]) => Ok(Self::Tuple(items.iter().map(Self::read).collect::<Result<_, _>>()?)),
                ("object", [Node::Object(entries)]) => {
                    Ok(Self::Object(entries.iter().map(|(key, kind)| Attribute::read(key, kind)).collect::<Result<_, _>>()?))
                }
                _ => unknown(),
            },
            _ => unknown(),
        }
    }

    /// What a value says about its type, for variables that declare none.
    pub(super) fn of_value(value: &Value) -> Self {
        match value {
            Value::String(_) => Self::Text,
            Value::Number(_) => Self::Number,
            Value::Bool(_) => Self::Bool,
            Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_string) => Self::List(Box::new(Self::Text)),
            Value::Array(_) => Self::List(Box::new(Self::Any)),
            Value::Object(entries) if !entries.is_empty() && entries.values().all(Value::is_string) => {
                Self::Map(Box::new(Self::Text))
            }
            Value::Object(_) => Self::Map(Box::new(Self::Any)),
            Value::Null => Self::Any,
        }
    }

    /// The field type that holds such values.
    pub(super) fn field_type(&self) -> FieldType {
        match self {
            Self::Text => FieldType::Text,
            Self::Number => FieldType::Decimal,
            Self::Bool => FieldType::Boolean,
            Self::List(of) | Self::Set(of) if **of == Self::Text => FieldType::List,
            Self::Map(of) if **of == Self::Text => FieldType::KeyValue,
            _ => FieldType::Json,
        }
    }

    /// The JSON Schema of values that are not null.
    pub(super) fn schema(&self) -> Value {
        match self {
            Self::Text => json!({"type": "string"}),
            Self::Number => json!({"type": "number"}),
            Self::Bool => json!({"type": "boolean"}),
            Self::Any => json!({}),
            Self::List(of) => json!({"type": "array", "items": of.schema()}),
            Self::Set(of) => json!({"type": "array", "items": of.schema(), "uniqueItems": true}),
            Self::Map(of) => json!({"type": "object", "additionalProperties": of.schema()}),
            Self::Tuple(items) => {
                let count = items.len();
                let each: Vec<Value> = items.iter().map(Self::schema).collect();
                let mut schema = json!({"type": "array", "minItems": count, "maxItems": count});
                // The keyword may not be empty.
                if count > 0 {
                    schema["prefixItems"] = Value::Array(each);
                }
                schema
            }
            Self::Object(attributes) => {
                let properties: Map<String, Value> = attributes.iter().map(|a| (a.name.clone(), a.schema())).collect();
                let required: Vec<&str> = attributes.iter().filter(|a| !a.optional).map(|a| a.name.as_str()).collect();
                json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
            }
        }
    }

    /// Converts a value as OpenTofu does: numbers and truth values to text and back, attributes that are not declared left
    /// out. The error says where it does not fit.
    pub(super) fn convert(&self, value: &Value) -> Result<Value, String> {
        let misfit = || Err(format!("{} is no {self}", crate::report::quote(&value.to_string())));
        if value.is_null() {
            return Ok(Value::Null);
        }
        match (self, value) {
            (Self::Any, _) | (Self::Text, Value::String(_)) | (Self::Number, Value::Number(_)) | (Self::Bool, Value::Bool(_)) => {
                Ok(value.clone())
            }
            (Self::Text, Value::Number(number)) => Ok(number.to_string().into()),
            (Self::Text, Value::Bool(flag)) => Ok(flag.to_string().into()),
            (Self::Number, Value::String(text)) => number(text).map(Value::Number).map_or_else(misfit, Ok),
            (Self::Bool, Value::String(text)) => match text.as_str() {
                "true" | "1" => Ok(true.into()),
                "false" | "0" => Ok(false.into()),
                _ => misfit(),
            },
            (Self::List(of), Value::Array(items)) => items.iter().map(|item| of.convert(item)).collect(),
            (Self::Set(of), Value::Array(items)) => {
                let mut all: Vec<Value> = Vec::with_capacity(items.len());
                for item in items {
                    let item = of.convert(item)?;
                    if !all.contains(&item) {
                        all.push(item);
                    }
                }
                Ok(Value::Array(all))
            }
            (Self::Tuple(kinds), Value::Array(items)) if kinds.len() == items.len() => {
                kinds.iter().zip(items).map(|(kind, item)| kind.convert(item)).collect()
            }
            (Self::Map(of), Value::Object(entries)) => {
                let entry = |(key, value): (&String, &Value)| Ok((key.clone(), of.convert(value)?));
                entries.iter().map(entry).collect::<Result<Map<_, _>, String>>().map(Value::Object)
            }
            (Self::Object(attributes), Value::Object(entries)) => {
                let mut object = Map::new();
                for attribute in attributes {
                    match entries.get(&attribute.name) {
                        Some(value) => {
                            let converted = attribute.kind.convert(value).map_err(|why| format!("{}: {why}", attribute.name))?;
                            object.insert(attribute.name.clone(), converted);
                        }
                        None if attribute.optional => {}
                        None => return Err(format!("the attribute {} is missing", attribute.name)),
                    }
                }
                Ok(Value::Object(object))
            }
            _ => misfit(),
        }
    }
}

impl Attribute {
    fn read(key: &Node, kind: &Node) -> Result<Self, String> {
        let name = key.key().ok_or_else(|| format!("{key} is not the name of an attribute"))?;
        let (kind, optional, default) = match kind {
            Node::Call(call, arguments) if call == "optional" => match arguments.as_slice() {
                [kind] => (Type::read(kind)?, true, None),
                [kind, default] => {
                    let kind = Type::read(kind)?;
                    let value = default.constant().ok_or_else(|| format!("the default {default} is not a constant"))?;
                    let default = kind.convert(&value).map_err(|why| format!("the default of {name}: {why}"))?;
                    (kind, true, Some(default).filter(|value| !value.is_null()))
                }
                _ => return Err(format!("{name} = optional(…) has a type and perhaps a default")),
            },
            kind => (Type::read(kind)?, false, None),
        };
        Ok(Self { name, kind, optional, default })
    }

    /// Any attribute may be null in OpenTofu.
    fn schema(&self) -> Value {
        let mut schema = self.kind.schema();
        if let Some(kind) = schema.get("type").cloned() {
            schema["type"] = json!([kind, "null"]);
        }
        if let Some(default) = &self.default {
            schema["default"] = default.clone();
        }
        schema
    }
}

fn number(text: &str) -> Option<Number> {
    let text = text.trim();
    text.parse::<i64>().map(Number::from).ok().or_else(|| Number::from_f64(text.parse().ok()?))
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text => f.write_str("string"),
            Self::Number => f.write_str("number"),
            Self::Bool => f.write_str("bool"),
            Self::Any => f.write_str("any"),
            Self::List(of) => write!(f, "list({of})"),
            Self::Set(of) => write!(f, "set({of})"),
            Self::Map(of) => write!(f, "map({of})"),
            Self::Tuple(_) => f.write_str("tuple"),
            Self::Object(_) => f.write_str("object"),
        }
    }
}
