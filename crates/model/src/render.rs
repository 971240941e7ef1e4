//! Renders expressions inside parsed values: strings may hold `{{ … }}`, structure never comes from them.
//!
//! Undefined names are errors, fuel is limited, there is no loader and no auto-escaping: what is rendered is an
//! argument, an environment value or a file's content, never a document that is parsed afterwards.
//!
//! What is secret goes into environment variables and files only: arguments of a process are seen by everybody on the
//! machine, a prepared environment is shared by all, and outputs are shown.

use crate::FieldError;
use crate::inputs::{Field, FieldType};
use crate::kinds::{OutputSpec, ProcessBody};
use minijinja::{Environment, UndefinedBehavior};
use serde_json::Value;

/// Renders strings against one context.
pub struct Renderer {
    environment: Environment<'static>,
    context: minijinja::Value,
    /// The same without secret inputs.
    shown: minijinja::Value,
}

/// Whether a field's value is kept from everybody but the process.
fn is_secret(field: &Field) -> bool {
    field.sensitive || field.field_type == FieldType::Secret
}

/// The secret inputs that a text mentions, by name. One that mentions them in a way that cannot be seen beforehand
/// (`inputs[…]`, `inputs | tojson`) does not get them.
pub(crate) fn secrets_in(source: &str, fields: &[Field]) -> Vec<String> {
    let environment = Environment::new();
    let Ok(template) = environment.template_from_str(source) else { return Vec::new() };
    let mentioned = template.undeclared_variables(true);
    let is_mentioned = |name: &str| {
        let whole = format!("inputs.{name}");
        mentioned.iter().any(|m| m.strip_prefix(&whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    };
    fields.iter().filter(|field| is_secret(field) && is_mentioned(&field.name)).map(|field| field.name.clone()).collect()
}

impl Renderer {
    /// A renderer over `context`, an object such as `{"inputs": {…}, "instance": {…}}`, in which nothing is secret.
    pub fn new(context: &Value) -> Self {
        Self::of_template(context, &[])
    }

    /// A renderer of a template with these inputs: values of secret ones reach environment variables and files only.
    pub fn of_template(context: &Value, fields: &[Field]) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(50_000));
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        if let Ok(syntax) = minijinja::syntax::SyntaxConfig::builder().keep_trailing_newline(true).build() {
            environment.set_syntax(syntax);
        }
        environment.add_filter("shell_quote", |text: String| format!("'{}'", text.replace('\'', r"'\''")));
        let mut shown = context.clone();
        if let Some(inputs) = shown.get_mut("inputs").and_then(Value::as_object_mut) {
            inputs.retain(|name, _| !fields.iter().any(|field| is_secret(field) && field.name == *name));
        }
        let value = |context: &Value| minijinja::Value::from(minijinja::value::Serde(context));
        Self { environment, context: value(context), shown: value(&shown) }
    }

    /// Renders one string. The error says what is wrong with the expression.
    pub fn text(&self, source: &str) -> Result<String, String> {
        self.text_with(source, &self.context)
    }

    fn text_with(&self, source: &str, context: &minijinja::Value) -> Result<String, String> {
        if !source.contains("{{") && !source.contains("{%") {
            return Ok(source.to_owned());
        }
        self.environment.render_str(source, context).map_err(|e| {
            let detail = e.detail().map(|d| format!(": {d}")).unwrap_or_default();
            format!("the expression {:?} fails: {}{detail}", shorten(source), e.kind())
        })
    }

    /// Renders what a template runs: every string that may hold an expression. Paths of errors start with `process`.
    pub fn process(&self, body: &ProcessBody) -> Result<ProcessBody, FieldError> {
        let at = |place: &str, message: String| FieldError::new(format!("process.{place}"), message);
        let mut rendered = body.clone();
        for step in &mut rendered.prepare {
            step.command = self.all_shown(&step.command).map_err(|e| at("prepare", e))?;
        }
        for file in &mut rendered.files {
            file.content = self.text(&file.content).map_err(|e| at("files", e))?;
        }
        for value in rendered.environment.values_mut() {
            *value = self.text(value).map_err(|e| at("environment", e))?;
        }
        rendered.command = self.all_shown(&body.command).map_err(|e| at("command", e))?;
        rendered.working_directory =
            self.text_with(&body.working_directory, &self.shown).map_err(|e| at("working_directory", e))?;
        Ok(rendered)
    }

    /// Renders what a template tells.
    pub fn outputs(&self, outputs: &[OutputSpec]) -> Result<Vec<OutputSpec>, FieldError> {
        let one = |output: &OutputSpec| Ok(OutputSpec { value: self.text_with(&output.value, &self.shown)?, ..output.clone() });
        outputs.iter().map(one).collect::<Result<_, String>>().map_err(|e| FieldError::new("outputs", e))
    }

    /// Renders every string of `values`.
    pub fn all(&self, values: &[String]) -> Result<Vec<String>, String> {
        values.iter().map(|v| self.text(v)).collect()
    }

    fn all_shown(&self, values: &[String]) -> Result<Vec<String>, String> {
        values.iter().map(|v| self.text_with(v, &self.shown)).collect()
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

    #[test]
    fn secret_inputs_reach_variables_and_files_only() {
        let field = |value: Value| serde_json::from_value::<Field>(value).unwrap();
        let fields = [
            field(json!({"name": "title", "type": "text"})),
            field(json!({"name": "token", "type": "text", "sensitive": true})),
            field(json!({"name": "vault", "type": "secret"})),
        ];
        let context = json!({"inputs": {"title": "t", "token": "canary-1", "vault": {"key": "canary-2"}}});
        let renderer = Renderer::of_template(&context, &fields);
        let all = "{{ inputs | tojson }}{{ inputs['to' ~ 'ken'] | default('') }}{% for n in inputs %}{{ inputs[n] }}{% endfor %}";
        let body: ProcessBody = serde_json::from_value(json!({
            "command": ["app", all], "working_directory": all, "environment": { "ALL": all },
            "prepare": [{ "name": "p", "title": "P", "command": [all] }], "files": [{ "path": "f", "content": all }]
        }))
        .unwrap();
        let rendered = renderer.process(&body).unwrap();
        let output = OutputSpec { name: "o".into(), label: "O".into(), value: all.into() };
        for shown in [
            &rendered.command[1],
            &rendered.working_directory,
            &rendered.prepare[0].command[0],
            &renderer.outputs(&[output]).unwrap()[0].value,
        ] {
            assert!(!shown.contains("canary") && shown.contains("\"title\": \"t\""), "{shown}");
        }
        for kept in [&rendered.environment["ALL"], &rendered.files[0].content] {
            assert!(kept.contains("canary-1") && kept.contains("canary-2"), "{kept}");
        }
        for (source, secrets) in [
            ("{{ inputs.token }}", vec!["token"]),
            ("{% if inputs.vault.key %}x{% endif %}", vec!["vault"]),
            ("{{ inputs.title }} {{ inputs.tokens }} inputs.token", vec![]),
            ("{{ inputs.token | default(inputs.vault) }}", vec!["token", "vault"]),
        ] {
            assert_eq!(secrets_in(source, &fields), secrets, "{source}");
        }
    }
}
