//! How much of a target an instance takes.

use crate::{FieldError, units};
use serde::{Deserialize, Serialize};

/// An amount: a number, text with a unit (`16GiB`), or an expression over `inputs` (`{{ inputs.memory }}`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Amount {
    /// Fixed.
    Number(u64),
    /// With a unit, or an expression.
    Text(String),
}

/// The size of a compute profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// CPU in thousandths of a core.
    pub cpu_millis: Amount,
    /// Memory in bytes.
    pub memory_bytes: Amount,
    /// GPUs, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpu: Option<GpuSize>,
}

/// GPUs of a compute profile: whole devices, exclusively.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GpuSize {
    /// How many.
    pub count: Amount,
    /// The model, or an expression over `inputs`; any model where absent or empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// A size with every amount known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ResolvedSize {
    /// CPU in thousandths of a core.
    pub cpu_millis: u64,
    /// Memory in bytes.
    pub memory_bytes: u64,
    /// Whole GPUs.
    #[serde(default)]
    pub gpu_count: u32,
    /// Their model; any where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpu_model: Option<String>,
}

impl Size {
    /// Fills in every amount; `render` evaluates an expression over the inputs to text.
    pub fn resolve(&self, render: &dyn Fn(&str) -> Result<String, String>) -> Result<ResolvedSize, FieldError> {
        let cpu_millis = amount(&self.cpu_millis, render).map_err(|m| FieldError::new("spec.size.cpu_millis", m))?;
        let memory_bytes = amount(&self.memory_bytes, render).map_err(|m| FieldError::new("spec.size.memory_bytes", m))?;
        let mut size = ResolvedSize { cpu_millis, memory_bytes, gpu_count: 0, gpu_model: None };
        if let Some(gpu) = &self.gpu {
            let count = amount(&gpu.count, render).map_err(|m| FieldError::new("spec.size.gpu.count", m))?;
            size.gpu_count = u32::try_from(count).map_err(|_| FieldError::new("spec.size.gpu.count", "too many GPUs"))?;
            if let Some(model) = &gpu.model {
                let model = render(model).map_err(|m| FieldError::new("spec.size.gpu.model", m))?;
                size.gpu_model = Some(model).filter(|m| !m.is_empty());
            }
        }
        Ok(size)
    }

    /// Checks what can be checked before inputs are known.
    pub fn validate(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut check = |path: &str, value: &Amount, least: u64, most: u64| {
            let fixed = match value {
                Amount::Text(text) if text.contains("{{") => return,
                fixed => amount(fixed, &|t| Ok(t.to_owned())),
            };
            match fixed {
                Ok(n) if n < least || n > most => {
                    errors.push(FieldError::new(path, format!("must be between {least} and {most}; this is {n}")));
                }
                Ok(_) => {}
                Err(message) => errors.push(FieldError::new(path, message)),
            }
        };
        check("spec.size.cpu_millis", &self.cpu_millis, 10, 4_096_000);
        check("spec.size.memory_bytes", &self.memory_bytes, 1 << 20, 1 << 50);
        if let Some(gpu) = &self.gpu {
            check("spec.size.gpu.count", &gpu.count, 1, 4096);
        }
        errors
    }
}

fn amount(value: &Amount, render: &dyn Fn(&str) -> Result<String, String>) -> Result<u64, String> {
    match value {
        Amount::Number(n) => Ok(*n),
        Amount::Text(text) => units::parse_size(&render(text)?),
    }
}

impl std::fmt::Display for ResolvedSize {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.gpu_count > 0 {
            write!(f, "{} × {}, ", self.gpu_count, self.gpu_model.as_deref().unwrap_or("GPU"))?;
        }
        write!(f, "{}, {}", units::format_cpu(self.cpu_millis), units::format_size(self.memory_bytes))
    }
}
