//! `warpyard token list`, `create` and `revoke`: your own API tokens.

use super::parse_duration;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::output::Format;
use crate::session::Session;
use crate::time_words::{age_or_dash, until};
use clap::{Args, Subcommand};
use serde_json::json;
use std::time::Duration;

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// List your tokens.
    List(ListArgs),
    /// Make a token; it is shown once.
    Create(CreateArgs),
    /// Make a token useless at once.
    Revoke(RevokeArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard token list
  warpyard token list -o json")]
pub(crate) struct ListArgs {}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard token create ci --expires 90d > token
  WARPYARD_TOKEN=$(warpyard token create night) warpyard get services")]
pub(crate) struct CreateArgs {
    /// What it is called.
    name: String,
    /// How long it works.
    #[arg(long, value_name = "TIME", default_value = "30d", value_parser = parse_duration)]
    expires: Duration,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard token revoke ci
  warpyard token revoke 0197a0b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b")]
pub(crate) struct RevokeArgs {
    /// The token's id, or its name.
    token: String,
}

pub(crate) async fn run(command: TokenCommand, session: Session) -> Outcome {
    let out = session.out;
    match command {
        TokenCommand::List(_) => {
            let tokens = session.client.tokens().await?;
            match out.format {
                Format::Json | Format::Yaml => out.value(&json!({ "items": tokens }))?,
                Format::Name => tokens.iter().try_for_each(|token| out.line(&token.id))?,
                Format::Table => {
                    let rows: Vec<Vec<String>> = tokens
                        .iter()
                        .map(|t| {
                            vec![
                                t.name.clone(),
                                t.id.clone(),
                                until(t.expires_at),
                                age_or_dash(t.last_used_at),
                                age_or_dash(t.created_at),
                            ]
                        })
                        .collect();
                    out.table(&["NAME", "ID", "EXPIRES", "LAST USED", "AGE"], &rows)?;
                }
            }
        }
        TokenCommand::Create(args) => {
            let made = session.client.create_token(&args.name, args.expires.as_secs()).await?;
            match out.format {
                Format::Json | Format::Yaml => out.value(&made)?,
                Format::Name => out.line(&made.id)?,
                Format::Table => {
                    // Alone on standard output, so that a script can catch it.
                    out.line(&made.token)?;
                    out.note(format!("It is shown this once and expires {}.", until(made.expires_at)));
                }
            }
        }
        TokenCommand::Revoke(args) => {
            let tokens = session.client.tokens().await?;
            let named: Vec<_> = tokens.iter().filter(|t| t.id == args.token || t.name == args.token).collect();
            match named.as_slice() {
                [token] => {
                    session.client.revoke_token(&token.id).await?;
                    out.result(
                        &format!("Token {} is revoked.", token.name),
                        &token.id,
                        &json!({ "id": token.id, "name": token.name }),
                    )?;
                }
                [] => {
                    return Err(Failure::not_found(format!("you have no token {:?}", args.token))
                        .with_hint("`warpyard token list` lists them"));
                }
                several => {
                    let ids: Vec<&str> = several.iter().map(|t| t.id.as_str()).collect();
                    return Err(Failure::usage(format!("several tokens are called {:?}", args.token))
                        .with_hint(format!("say which id: {}", ids.join(", "))));
                }
            }
        }
    }
    Ok(Exit::Done)
}
