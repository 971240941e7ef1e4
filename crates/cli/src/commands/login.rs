//! `warpyard login` and `warpyard logout`.
//!
//! A password is used once, to make an API token; the session it gave is ended again. Only the token is kept.

use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::settings::{Config, Context};
use crate::terminal_mode;
use clap::Args;
use std::io::Read;
use warpyard_client::{Client, Credentials, Me, NewToken, SecondFactorAsked, SessionCookie, SignedIn, TokenWish, TokensOf};
use warpyard_model::{ErrorCode, Name};

const TOKEN_LIFETIME_SECONDS: u64 = 30 * 24 * 3_600;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard login https://warpyard.example.com
  warpyard login http://127.0.0.1:8080 --email ana@example.com --password-stdin < password
  warpyard login https://warpyard.example.com --token-stdin --context production < token

Signing in with a password makes an API token that expires after 30 days.")]
pub(crate) struct LoginArgs {
    /// The server's address; without a scheme https is meant, and http on this machine.
    url: String,
    /// The mail address to sign in with.
    #[arg(long)]
    email: Option<String>,
    /// Read the password from standard input.
    #[arg(long, requires = "email")]
    password_stdin: bool,
    /// Read an API token from standard input.
    #[arg(long, conflicts_with_all = ["email", "password_stdin"])]
    token_stdin: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard logout
  warpyard logout --context production")]
pub(crate) struct LogoutArgs {}

pub(crate) async fn login(args: LoginArgs, global: &Global) -> Outcome {
    let out = global.output();
    let server = address(&args.url);
    let nobody = Client::new(&server, Credentials::Nobody)?;
    if nobody.setup().await?.required {
        return Err(Failure::new(Exit::Conflict, format!("{server} has no administrator yet"))
            .with_hint("open the one-time link that the server printed when it started"));
    }
    let (token, token_id, expires) = if args.token_stdin {
        (read_stdin("token")?, None, None)
    } else {
        let made = sign_in(&nobody, &args).await?;
        (made.token, Some(made.id), made.expires_at)
    };
    let me: Me = nobody.with_credentials(Credentials::Token(token.clone())).me().await?;

    let mut config = Config::load()?;
    let name = global.context.clone().filter(|c| !c.is_empty()).unwrap_or_else(|| context_name(&server));
    let before = config.contexts.get(&name).filter(|context| context.server == server).cloned().unwrap_or_default();
    let context = Context { server: server.clone(), token: Some(token), token_id, user: Some(me.user.email.clone()), ..before };
    config.contexts.insert(name.clone(), context);
    config.current = Some(name.clone());
    config.save()?;

    let until = expires.map_or_else(String::new, |at| format!(" until {}", at.0.strftime("%Y-%m-%d")));
    out.result(
        &format!("Signed in to {server} as {} (context {name}){until}.", me.user.email),
        &format!("user/{}", me.user.name),
        &serde_json::json!({ "server": server, "context": name, "user": me.user, "expires_at": expires }),
    )?;
    Ok(Exit::Done)
}

async fn sign_in(nobody: &Client, args: &LoginArgs) -> Outcome<NewToken> {
    if !args.password_stdin && !terminal_mode::can_ask() {
        return Err(Failure::usage("there is no terminal to ask for a password")
            .with_hint("give --email E --password-stdin, or --token-stdin"));
    }
    let email = match &args.email {
        Some(email) => email.clone(),
        None => terminal_mode::ask("Email: ").map_err(asking)?,
    };
    let password = if args.password_stdin {
        read_stdin("password")?
    } else {
        terminal_mode::ask_secret(&format!("Password of {email}: ")).map_err(asking)?
    };
    let signed_in = nobody.sign_in(&email, &password).await.map_err(|error| {
        if error.code == ErrorCode::Unauthenticated {
            Failure::from(error).with_hint("check the mail address and the password")
        } else {
            Failure::from(error)
        }
    })?;
    let cookie = match signed_in {
        SignedIn::Session(cookie) => cookie,
        SignedIn::SecondFactor(asked) => second_factor(nobody, &asked).await?,
    };
    let session = nobody.with_session(&cookie);
    let token = make_token(&session).await;
    // The session has done its work; a server that fails to end it lets it expire.
    let _ = session.sign_out().await;
    token
}

/// Asks for a code: six digits are the authenticator app's, anything else is a recovery code.
async fn second_factor(nobody: &Client, asked: &SecondFactorAsked) -> Outcome<SessionCookie> {
    let takes = |what: &str| asked.second_factor.iter().any(|one| one == what);
    let question = match (takes("totp"), takes("recovery")) {
        (true, true) => "Code of your authenticator app, or a recovery code: ",
        (true, false) => "Code of your authenticator app: ",
        (false, true) => "Recovery code (a passkey works in the console only): ",
        (false, false) => "",
    };
    if question.is_empty() || !terminal_mode::can_ask() {
        return Err(Failure::new(Exit::Forbidden, "a second factor is asked for, and there is nobody to ask")
            .with_hint("make a token in the console, under Account, and give it with --token-stdin"));
    }
    let code = terminal_mode::ask_secret(question).map_err(asking)?;
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let totp = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit());
    Ok(nobody.second_factor(asked, if totp { "totp" } else { "recovery" }, code.trim()).await?)
}

async fn make_token(session: &Client) -> Outcome<NewToken> {
    let host = host_name();
    let wish =
        |name: &str| TokenWish { name: name.to_owned(), expires_in_seconds: TOKEN_LIFETIME_SECONDS, ..TokenWish::default() };
    match session.create_token(TokensOf::Me, &wish(&host)).await {
        // A token of this machine is there from last time; it is left alone, another program may use it.
        Err(error) if matches!(error.code, ErrorCode::AlreadyExists | ErrorCode::Conflict) => {
            let short: String = host.chars().take(40).collect();
            let other = format!("{}-{}", short.trim_end_matches('-'), super::launch::random_letters());
            Ok(session.create_token(TokensOf::Me, &wish(&other)).await?)
        }
        other => Ok(other?),
    }
}

/// This machine's name, in the form of a name.
fn host_name() -> String {
    let host = nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok()).unwrap_or_default();
    Name::slug(&host).map_or_else(|| "cli".to_owned(), String::from)
}

pub(crate) async fn logout(_: LogoutArgs, global: &Global) -> Outcome {
    let out = global.output();
    let mut config = Config::load()?;
    let name = config
        .chosen(global.context.as_deref().filter(|c| !c.is_empty()))
        .ok_or_else(|| Failure::new(Exit::Forbidden, "nobody is signed in"))?;
    let context = config.contexts.get_mut(&name).ok_or_else(|| {
        Failure::not_found(format!("there is no context {name:?}")).with_hint("`warpyard config view` lists them")
    })?;
    let (token, id) = (context.token.take(), context.token_id.take());
    let server = context.server.clone();
    context.user = None;
    config.save()?;
    // Forgotten first: whatever the server says, this machine does not keep the token.
    if let (Some(token), Some(id)) = (token, id) {
        let client = Client::new(&server, Credentials::Token(token))?;
        if let Err(error) = client.revoke_token(TokensOf::Me, &id).await
            && !matches!(error.code, ErrorCode::Unauthenticated | ErrorCode::NotFound)
        {
            return Err(Failure::from(error)
                .with_hint("the token is forgotten here, but works until it expires; revoke it in the console"));
        }
    }
    out.result(&format!("Signed out of {server}."), &name, &serde_json::json!({ "server": server, "context": name }))?;
    Ok(Exit::Done)
}

/// A secret of one line from standard input.
pub(crate) fn read_stdin(what: &str) -> Outcome<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|e| Failure::other(format!("cannot read the {what}: {e}")))?;
    // Only the line end goes: a password may begin or end with a space.
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err(Failure::usage(format!("standard input holds no {what}")));
    }
    Ok(text.to_owned())
}

/// What went wrong while asking a person.
pub(crate) fn asking(error: std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::Interrupted {
        // 128 + SIGINT, as shells report it.
        Failure::new(Exit::Passed(130), "interrupted")
    } else {
        Failure::other(format!("cannot ask on this terminal: {error}"))
    }
}

/// The address with a scheme and without a slash at the end.
fn address(text: &str) -> String {
    let text = text.trim().trim_end_matches('/');
    if text.contains("://") {
        return text.to_owned();
    }
    let host = text.split(['/', ':']).next().unwrap_or_default();
    let local = matches!(host, "localhost" | "127.0.0.1") || host.ends_with(".localhost") || text.starts_with("[::1]");
    format!("{}://{text}", if local { "http" } else { "https" })
}

/// A context's name where nobody chose one: the host and port.
fn context_name(server: &str) -> String {
    let rest = server.split_once("://").map_or(server, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_get_a_scheme() {
        for (given, meant) in [
            ("https://a.example/", "https://a.example"),
            ("warpyard.example.com", "https://warpyard.example.com"),
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("localhost", "http://localhost"),
            ("[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(address(given), meant);
        }
        assert_eq!(context_name("https://a.example:8443/x"), "a.example:8443");
    }
}
