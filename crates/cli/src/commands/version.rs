//! `warpyard version`.

use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::output::Format;
use crate::settings::{Config, Settings};
use clap::Args;
use serde_json::json;
use std::time::Duration;

const SERVER_PATIENCE: Duration = Duration::from_secs(3);

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard version
  warpyard version --client -o json")]
pub(crate) struct VersionArgs {
    /// Only this program's version; does not ask the server.
    #[arg(long)]
    client: bool,
}

pub(crate) async fn run(args: VersionArgs, global: &Global) -> Outcome {
    let out = global.output();
    let client = env!("CARGO_PKG_VERSION");
    let server = if args.client { None } else { server_version(global).await };
    match out.format {
        Format::Table | Format::Name => {
            out.line(format!("warpyard {client}"))?;
            if let Some((address, version)) = server {
                out.line(format!("server   {version} at {address}"))?;
            }
        }
        Format::Json | Format::Yaml => {
            let server = server.map(|(address, version)| json!({ "address": address, "version": version }));
            out.value(&json!({ "client": client, "server": server }))?;
        }
    }
    Ok(Exit::Done)
}

/// The server's address and version, when somebody is signed in and it answers soon; a version is told without it too.
async fn server_version(global: &Global) -> Option<(String, String)> {
    let settings = Settings::resolve(global, &Config::load().ok()?).ok().filter(Settings::signed_in)?;
    let client = settings.client().ok()?;
    let version = match tokio::time::timeout(SERVER_PATIENCE, client.me()).await {
        Ok(Ok(me)) => me.version,
        Ok(Err(error)) => format!("unknown ({error})"),
        Err(_) => "unknown (no answer)".to_owned(),
    };
    Some((client.address().to_owned(), version))
}
