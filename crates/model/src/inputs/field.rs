//! What a template declares about one input.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The type of a field, and so the shape of its value on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// One line of text: a string.
    Text,
    /// Several lines of text: a string.
    Multiline,
    /// A whole number.
    Integer,
    /// A decimal number; also accepted as a decimal string.
    Decimal,
    /// True or false.
    Boolean,
    /// One of `choices`: its value, a string.
    Choice,
    /// Several of `choices`: an array of strings without doubles.
    MultiChoice,
    /// An array of strings.
    List,
    /// An object whose values are strings.
    KeyValue,
    /// The name of a secret of the project, or `name/key` for one entry of it.
    Secret,
    /// An OpenSSH public key line.
    SshKey,
    /// A number of bytes; `20GiB`, `500MB` are accepted and normalised to bytes.
    Size,
    /// A number of seconds; `2h30m`, `45s` are accepted and normalised to seconds.
    Duration,
    /// A container image reference.
    Image,
    /// Any JSON; in files also YAML text.
    Json,
}

/// Who may set a field's value below the layer that says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Override {
    /// Anybody below, inside the constraints.
    #[default]
    Allowed,
    /// Nobody below; the value stands.
    Locked,
    /// Only the values listed in `choices`.
    Restricted,
}

/// One allowed value and what people read for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The value that is sent.
    pub value: Value,
    /// What people read; the value where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// A few more words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
}

/// Where live options come from; the server reads them, never an arbitrary address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OptionSource {
    /// GPU models of the targets that could run it.
    TargetGpuModels,
    /// Running compute instances of the workspace.
    ComputeInstances,
    /// Secrets of the project.
    Secrets,
}

/// A cross-field rule: a CEL expression over `inputs` that must be true.
///
/// Every input is there for an expression, without a value (or while not visible) it is null: write `inputs.x != null`.
/// A rule that cannot be evaluated because an input it mentions has no value does not apply; one that fails with all
/// values there does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// CEL over `inputs`, such as `inputs.min_replicas <= inputs.max_replicas`.
    pub expression: String,
    /// What people read when it is false.
    pub message: String,
}

/// One input of a template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// An identifier: `[a-z][a-z0-9_]*`, at most 64 characters.
    pub name: String,
    /// The type.
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// What people read; the name in words where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// A sentence below the field.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// Grey text in the empty field.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub placeholder: String,
    /// The heading it stands under.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub section: String,
    /// Smaller stands first; declaration order breaks ties.
    #[serde(default)]
    pub order: i32,
    /// A hint for the console: `slider`, `radio`, `select`, `cards`, `code`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub widget: Option<String>,
    /// A unit shown behind a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Must have a value.
    #[serde(default)]
    pub required: bool,
    /// The value when nobody gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// Smallest number, size or duration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Value>,
    /// Largest number, size or duration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Value>,
    /// Numbers must be `min` (or 0) plus a multiple of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Value>,
    /// Fewest characters (text) or entries (lists, multi choice, key-value).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    /// Most characters or entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// A regular expression the whole text, or every entry of a list, must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// What people read when the pattern does not match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern_message: Option<String>,
    /// The allowed values, for `choice`, `multi_choice` and `override: restricted`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// A JSON Schema (2020-12, without references) that a `json` value must match: the shape of an object, a list or a map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
    /// Entries of a list may not repeat.
    #[serde(default)]
    pub unique: bool,
    /// The value is encrypted at rest and never shown again.
    #[serde(default)]
    pub sensitive: bool,
    /// Not shown; the default or the profile's value stands and people cannot send another.
    #[serde(default)]
    pub hidden: bool,
    /// May be changed after launch.
    #[serde(default)]
    pub mutable: bool,
    /// Who may set it below the template.
    #[serde(default, rename = "override")]
    pub override_: Override,
    /// CEL over `inputs`: shown, and so asked for, only when true. Not shown while an input it needs has no value; shown
    /// when it fails otherwise. The value of a field that is not shown is dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible_when: Option<String>,
    /// CEL over `inputs`: required when true, or when it fails although every input it mentions has a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_when: Option<String>,
    /// Cross-field rules reported at this field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// Options read live by the server; the value must be one of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options_from: Option<OptionSource>,
}

impl Field {
    /// A field with nothing but a name and a type: open, optional, without constraints.
    pub fn new(name: impl Into<String>, field_type: FieldType) -> Self {
        Self {
            name: name.into(),
            field_type,
            label: String::new(),
            help: String::new(),
            placeholder: String::new(),
            section: String::new(),
            order: 0,
            widget: None,
            unit: None,
            required: false,
            default: None,
            min: None,
            max: None,
            step: None,
            min_length: None,
            max_length: None,
            pattern: None,
            pattern_message: None,
            choices: Vec::new(),
            schema: None,
            unique: false,
            sensitive: false,
            hidden: false,
            mutable: false,
            override_: Override::Allowed,
            visible_when: None,
            required_when: None,
            rules: Vec::new(),
            options_from: None,
        }
    }
}
