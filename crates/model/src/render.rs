//! Renders expressions inside parsed values: strings may hold `{{ … }}`, structure never comes from them.
//!
//! Undefined names are errors, fuel is limited, there is no loader and no auto-escaping: what is rendered is an
//! argument, an environment value or a file's content, never a document that is parsed afterwards.

use crate::FieldError;
use crate::kinds::{OutputSpec, ProcessBody};
use minijinja::{Environment, UndefinedBehavior};
use serde_json::Value;

/// Renders strings against one context.
pub struct Renderer {
    environment: Environment<'static>,
    context: minijinja::Value,
}

impl Renderer {
    /// A renderer over `context`, an object such as `{"inputs": {…}, "instance": {…}}`.
    pub fn new(context: &Value) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(50_000));
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        if let Ok(syntax) = minijinja::syntax::SyntaxConfig::builder().keep_trailing_newline(true).build() {
            environment.set_syntax(syntax);
        }
        environment.add_filter("shell_quote", |text: String| format!("'{}'", text.replace('\'', r"'\''")));
        Self { environment, context: minijinja::Value::from(minijinja::value::Serde(context)) }
    }

    /// Renders one string. The error says what is wrong with the expression.
    pub fn text(&self, source: &str) -> Result<String, String> {
        if !source.contains("{{") && !source.contains("{%") {
            return Ok(source.to_owned());
        }
        self.environment.render_str(source, &self.context).map_err(|e| {
            let detail = e.detail().map(|d| format!(": {d}")).unwrap_or_default();
            format!("the expression {:?} fails: {}{detail}", shorten(source), e.kind())
        })
    }

    /// Renders what a template runs: every string that may hold an expression. Paths of errors start with `process`.
    pub fn process(&self, body: &ProcessBody) -> Result<ProcessBody, FieldError> {
        let at = |place: &str, message: String| FieldError::new(format!("process.{place}"), message);
        let mut rendered = body.clone();
        for step in &mut rendered.prepare {
            step.command = self.all(&step.command).map_err(|e| at("prepare", e))?;
        }
        for file in &mut rendered.files {
            file.content = self.text(&file.content).map_err(|e| at("files", e))?;
        }
        for value in rendered.environment.values_mut() {
            *value = self.text(value).map_err(|e| at("environment", e))?;
        }
        rendered.command = self.all(&body.command).map_err(|e| at("command", e))?;
        rendered.working_directory = self.text(&body.working_directory).map_err(|e| at("working_directory", e))?;
        Ok(rendered)
    }

    /// Renders what a template tells.
    pub fn outputs(&self, outputs: &[OutputSpec]) -> Result<Vec<OutputSpec>, FieldError> {
        let one = |output: &OutputSpec| Ok(OutputSpec { value: self.text(&output.value)?, ..output.clone() });
        outputs.iter().map(one).collect::<Result<_, String>>().map_err(|e| FieldError::new("outputs", e))
    }

    /// Renders every string of `values`.
    pub fn all(&self, values: &[String]) -> Result<Vec<String>, String> {
        values.iter().map(|v| self.text(v)).collect()
    }
}

fn shorten(text: &str) -> String {
    if text.chars().count() > 80 { text.chars().take(77).chain("…".chars()).collect() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn inputs_stay_data() {
        let renderer = Renderer::new(&json!({"inputs": {"name": "{{ 7 * 7 }}<&\""}}));
        assert_eq!(renderer.text("--name={{ inputs.name }}").unwrap(), "--name={{ 7 * 7 }}<&\"");
        assert!(renderer.text("{{ inputs.missing }}").is_err());
        assert!(renderer.text("{% for i in range(100000) %}{{ i }}{% endfor %}").is_err());
        assert_eq!(renderer.text("{{ \"a'b\" | shell_quote }}").unwrap(), r"'a'\''b'");
    }
}
