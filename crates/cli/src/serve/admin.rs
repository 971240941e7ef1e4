//! `warpyard admin`: what only whoever owns the server's machine may do, past every sign-in.
//!
//! It opens the server's own database, so it needs the data directory's master key, and works beside a running server.

use super::config::ServeArgs;
use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;
use warpyard_policy::Policy;

#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Let somebody sign in anew who can no longer: remove their second factors, end their sessions, make a one-time link.
    ResetSignIn(ResetSignInArgs),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Run it on the server's machine, as the user the server runs as. The server may be running. What is done is in the audit
trail, and the person is told.

Examples:
  warpyard admin reset-sign-in root@example.com --data-dir /var/lib/warpyard
  warpyard admin reset-sign-in ana --config /etc/warpyard.toml"
)]
pub(crate) struct ResetSignInArgs {
    /// The person's name or mail address.
    person: String,
    /// The server's configuration file.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The server's data directory [default: ./data].
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The server's database, when that is PostgreSQL.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Where people reach the console.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

pub(crate) async fn run(command: AdminCommand, global: &Global) -> Outcome {
    let AdminCommand::ResetSignIn(args) = command;
    let serve = ServeArgs {
        config: args.config,
        data_dir: args.data_dir,
        database_url: args.database_url,
        public_url: args.public_url,
        ..ServeArgs::default()
    };
    let config = serve.load().map_err(Failure::usage)?;
    // Never a new database in a directory that was mistyped.
    let known = std::fs::canonicalize(&config.data_dir).ok().filter(|dir| dir.join("master.key").is_file());
    let data_dir = known.ok_or_else(|| {
        Failure::not_found(format!("{} is no data directory of a server", config.data_dir.display()))
            .with_hint("say which with --data-dir or --config")
    })?;
    let reset = async {
        let store = super::open_store(&config, &data_dir).await?;
        let store = store.controller(Policy::new().controller("sign-in")?);
        store.reset_sign_in(&args.person).await
    };
    let (user, secret, expires_at) = reset.await.map_err(|error| {
        let context = error.log_context().map(|c| format!(" ({c})")).unwrap_or_default();
        Failure::other(format!("{error}{context}"))
    })?;
    let port = config.listen.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(8080);
    let url = format!("{}/welcome#token={secret}", super::public_url(&config, port));
    let out = global.output();
    out.note(format!(
        "The sign-in of {user} is reset. The link sets a new password, once, and expires {}.",
        crate::time_words::until(Some(expires_at))
    ));
    out.result(&url, &url, &json!({ "user": user, "url": url, "expires_at": expires_at }))?;
    Ok(Exit::Done)
}
