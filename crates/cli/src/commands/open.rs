//! `warpyard open`.

use crate::environment::variable;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::kind_word;
use crate::output::Format;
use crate::session::Session;
use clap::Args;
use std::io::IsTerminal;
use std::process::{Command, Stdio};
use warpyard_client::AnyObject;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard open nb-1
  warpyard open nb-1 tensorboard
  warpyard open nb-1 --print

The browser signs in through the console, when it has not yet. Programs send a token to the address instead:
  curl -H \"Authorization: Bearer $WARPYARD_TOKEN\" $(warpyard open nb-1 --print)")]
pub(crate) struct OpenArgs {
    /// The service instance.
    name: String,
    /// The endpoint; needed when there are several.
    endpoint: Option<String>,
    /// Print the address instead of opening it.
    #[arg(long)]
    print: bool,
}

pub(crate) async fn run(args: OpenArgs, session: Session) -> Outcome {
    let service = session.find_service(&args.name).await?;
    let endpoint = choose(&service, args.endpoint.as_deref())?;
    let url = address(&service, &endpoint)?;
    let out = session.out;
    match out.format {
        Format::Json | Format::Yaml => out.value(&serde_json::json!({ "url": url }))?,
        Format::Name => out.line(&url)?,
        Format::Table if !args.print && std::io::stdout().is_terminal() && open_in_browser(&url) => {
            out.line(format!("Opened {endpoint} of {} in the browser.", service.name()))?;
        }
        Format::Table => out.line(&url)?,
    }
    Ok(Exit::Done)
}

/// The endpoint's own address. One-time codes are for console sessions alone, so that a token that leaks is no way to one.
fn address(service: &AnyObject, endpoint: &str) -> Outcome<String> {
    let endpoints = service.array("/status/endpoints");
    let of = |key: &str, e: &serde_json::Value| e.get(key).and_then(serde_json::Value::as_str).map(str::to_owned);
    let found = endpoints.iter().find(|e| of("name", e).as_deref() == Some(endpoint)).and_then(|e| of("url", e));
    found.filter(|url| !url.is_empty()).ok_or_else(|| {
        Failure::new(Exit::Conflict, format!("{endpoint} of {} has no address yet", service.name()))
            .with_hint(format!("start it and wait: warpyard start {} --wait", service.name()))
    })
}

pub(super) fn choose(service: &AnyObject, wanted: Option<&str>) -> Outcome<String> {
    let names: Vec<&str> =
        service.array("/status/endpoints").iter().filter_map(|e| e.get("name").and_then(serde_json::Value::as_str)).collect();
    match (wanted, names.as_slice()) {
        (Some(wanted), _) if names.contains(&wanted) => Ok(wanted.to_owned()),
        (Some(wanted), _) if !names.is_empty() => {
            let failure =
                Failure::not_found(format!("{} has no endpoint {wanted:?}; it has {}", service.name(), names.join(", ")));
            Err(match kind_word::nearest(wanted, names.iter().copied()) {
                Some(near) => failure.with_hint(format!("did you mean {near}?")),
                None => failure,
            })
        }
        (_, [only]) => Ok((*only).to_owned()),
        (_, []) => {
            let phase = service.phase().unwrap_or("pending");
            Err(Failure::new(Exit::Conflict, format!("{} has nothing to open now: it is {phase}", service.name()))
                .with_hint(format!("start it and wait: warpyard start {} --wait", service.name())))
        }
        (_, several) => Err(Failure::usage(format!("which endpoint? {} has {}", service.name(), several.join(", ")))),
    }
}

/// Whether a browser was told; without a graphical session nobody would see it.
fn open_in_browser(url: &str) -> bool {
    let graphical = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| variable(name).is_some());
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    if !graphical && !cfg!(target_os = "macos") {
        return false;
    }
    #[expect(clippy::disallowed_methods, reason = "the browser outlives this command and has nothing to clean up")]
    let mut browser = Command::new(program);
    browser
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
