//! `warpyard profile preview`: what a launch of the draft would make.

use super::{Which, find};
use crate::commands::input_values::values;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::output::Format;
use crate::session::Session;
use clap::Args;
use serde_json::Value;
use warpyard_client::FormRequest;
use warpyard_model::inputs::Values;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard profile preview jupyterlab
  warpyard profile preview jupyterlab -i disk=20GiB --compute-input gpus=2
  warpyard profile preview small --kind compute -o yaml

Nothing is made. Sensitive values are shown as dots.")]
pub(crate) struct PreviewArgs {
    #[command(flatten)]
    which: Which,
    /// An input of the profile; may be given several times.
    #[arg(short, long, value_name = "KEY=VALUE")]
    input: Vec<String>,
    /// As if it ran on this compute instance of the workspace.
    #[arg(long, value_name = "NAME")]
    compute: Option<String>,
    /// An input of the compute profile, when a compute instance is made too.
    #[arg(long, value_name = "KEY=VALUE", conflicts_with = "compute")]
    compute_input: Vec<String>,
}

pub(super) async fn run(args: PreviewArgs, session: &Session) -> Outcome {
    let (kind, profile) = find(session, &args.which).await?;
    let mut request = FormRequest {
        workspace: session.scope.workspace.as_ref().map(ToString::to_string),
        compute: args.compute.clone(),
        ..FormRequest::default()
    };
    if !(args.input.is_empty() && args.compute_input.is_empty()) {
        // The draft's own form says of which type each input is.
        let spec = profile.0.get("spec").cloned().unwrap_or(Value::Null);
        let answer = session.client.draft_form(kind, &profile.scope(), &spec, &request).await?;
        request.inputs = values(Some(&answer.form), &args.input, Values::new())?;
        request.compute_inputs = values(answer.compute_form.as_ref(), &args.compute_input, Values::new())?;
    }
    let rendered = session.client.render(kind, &profile.scope(), profile.name(), &request).await?;
    let out = session.out;
    match out.format {
        Format::Json | Format::Yaml => out.value(&rendered)?,
        Format::Name => rendered.documents.iter().try_for_each(|d| out.line(&d.title))?,
        Format::Table => {
            for (i, document) in rendered.documents.iter().enumerate() {
                let gap = if i == 0 { "" } else { "\n" };
                let end = if document.text.ends_with('\n') || document.text.is_empty() { "" } else { "\n" };
                out.raw(format!("{gap}# {}\n{}{end}", document.title, document.text).as_bytes())?;
            }
        }
    }
    Ok(Exit::Done)
}
