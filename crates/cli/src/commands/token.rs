//! `warpyard token`: API tokens, your own or a service account's.

use super::parse_duration;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::output::Format;
use crate::session::Session;
use crate::time_words::{age_or_dash, until};
use clap::{Args, Subcommand};
use serde_json::json;
use std::time::Duration;
use warpyard_client::{NewToken, TokenView, TokenWish, TokensOf};

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// List your tokens.
    List(ListArgs),
    /// Make a token; it is shown once.
    Create(CreateArgs),
    /// Give a token a new value; it is shown once.
    Rotate(RotateArgs),
    /// Make a token useless at once, with everything it opened.
    #[command(visible_alias = "revoke")]
    Delete(DeleteArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard token list
  warpyard token list --service-account ci --org acme -o json")]
pub(crate) struct ListArgs {
    #[command(flatten)]
    owner: Owner,
}

/// Whose tokens.
#[derive(Debug, Args)]
struct Owner {
    /// A service account of the organization instead of yourself.
    #[arg(long, value_name = "NAME")]
    service_account: Option<String>,
}

impl Owner {
    fn of<'a>(&'a self, session: &'a Session) -> Result<TokensOf<'a>, Failure> {
        let Some(name) = &self.service_account else { return Ok(TokensOf::Me) };
        let org =
            session.scope.org.as_ref().ok_or_else(|| {
                Failure::usage("a service account belongs to an organization").with_hint("say which with --org")
            })?;
        Ok(TokensOf::ServiceAccount(org.as_str(), name))
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard token create ci --expires-in 90d > token
  WARPYARD_TOKEN=$(warpyard token create night) warpyard get services
  warpyard token create report --place acme/vision \\
    --scope project.view --scope service_instance.view
  warpyard token create pipeline --service-account ci --org acme > token

A token does what you may and its scopes and places allow, never more. Most things need to be seen to be changed: give
`….view` beside `….update`.")]
pub(crate) struct CreateArgs {
    /// What it is called.
    name: String,
    /// How long it works.
    #[arg(long, alias = "expires", value_name = "TIME", default_value = "30d", value_parser = parse_duration)]
    expires_in: Duration,
    /// A permission it is limited to, such as `service_instance.create`; may be given several times. All of yours where absent.
    #[arg(long = "scope", value_name = "PERMISSION")]
    scopes: Vec<String>,
    /// A place it is limited to, such as `acme`, `acme/vision`, `acme/vision/research`; may be given several times. Everywhere
    /// where absent.
    #[arg(long = "place", value_name = "PLACE")]
    places: Vec<String>,
    #[command(flatten)]
    owner: Owner,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard token rotate ci > token
  warpyard token rotate ci --grace 1h --expires-in 30d > token")]
pub(crate) struct RotateArgs {
    /// The token's id, or its name.
    token: String,
    /// How long the value before goes on working, 24 hours at most.
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = parse_duration)]
    grace: Duration,
    /// How long the new value works; as long as the token was made for where absent.
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    expires_in: Option<Duration>,
    #[command(flatten)]
    owner: Owner,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard token delete ci
  warpyard token delete 0197a0b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b")]
pub(crate) struct DeleteArgs {
    /// The token's id, or its name.
    token: String,
    #[command(flatten)]
    owner: Owner,
}

/// The one token that an id or a name means.
fn named<'a>(tokens: &'a [TokenView], word: &str) -> Result<&'a TokenView, Failure> {
    let named: Vec<_> = tokens.iter().filter(|t| t.id == word || t.name == word).collect();
    match named.as_slice() {
        [token] => Ok(token),
        [] => Err(Failure::not_found(format!("there is no token {word:?}")).with_hint("`warpyard token list` lists them")),
        several => {
            let ids: Vec<&str> = several.iter().map(|t| t.id.as_str()).collect();
            Err(Failure::usage(format!("several tokens are called {word:?}"))
                .with_hint(format!("say which id: {}", ids.join(", "))))
        }
    }
}

/// What a token is limited to, in few words.
fn list(items: &[String], none: &str) -> String {
    match items {
        [] => none.to_owned(),
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}

/// Shows a new value: alone on standard output, so that a script can catch it.
fn show(out: crate::output::Output, made: &NewToken) -> Outcome {
    match out.format {
        Format::Json | Format::Yaml => out.value(made)?,
        Format::Name => out.line(&made.id)?,
        Format::Table => {
            out.line(&made.token)?;
            out.note(format!("It is shown this once and expires {}.", until(made.expires_at)));
            if let Some(old) = made.old_value_until {
                out.note(format!("The value before goes on working; it ends {}.", until(Some(old))));
            }
        }
    }
    Ok(Exit::Done)
}

pub(crate) async fn run(command: TokenCommand, session: Session) -> Outcome {
    let out = session.out;
    match command {
        TokenCommand::List(ListArgs { owner }) => {
            let tokens = session.client.tokens(owner.of(&session)?).await?;
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
                                list(&t.scopes, "all"),
                                list(&t.places, "everywhere"),
                                until(t.expires_at),
                                age_or_dash(t.last_used_at),
                                age_or_dash(t.created_at),
                            ]
                        })
                        .collect();
                    out.table(&["NAME", "ID", "SCOPES", "PLACES", "EXPIRES", "LAST USED", "AGE"], &rows)?;
                }
            }
        }
        TokenCommand::Create(CreateArgs { name, expires_in, scopes, places, owner }) => {
            let wish = TokenWish { name, expires_in_seconds: expires_in.as_secs(), scopes, places };
            return show(out, &session.client.create_token(owner.of(&session)?, &wish).await?);
        }
        TokenCommand::Rotate(args) => {
            let of = args.owner.of(&session)?;
            let tokens = session.client.tokens(of).await?;
            let token = named(&tokens, &args.token)?;
            let lifetime = args.expires_in.map(|time| time.as_secs());
            return show(out, &session.client.rotate_token(of, &token.id, args.grace.as_secs(), lifetime).await?);
        }
        TokenCommand::Delete(args) => {
            let of = args.owner.of(&session)?;
            let tokens = session.client.tokens(of).await?;
            let token = named(&tokens, &args.token)?;
            session.client.revoke_token(of, &token.id).await?;
            out.result(&format!("Token {} is revoked.", token.name), &token.id, &json!({ "id": token.id, "name": token.name }))?;
        }
    }
    Ok(Exit::Done)
}
