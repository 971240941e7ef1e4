//! `warpyard encryption`: how sealed values are kept; rotation of the installation's key.

use crate::exit::Exit;
use crate::failure::Outcome;
use crate::output::{Format, Output};
use crate::session::Session;
use clap::{Args, Subcommand};
use warpyard_client::Encryption;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard encryption
  warpyard encryption rotate")]
pub(crate) struct EncryptionArgs {
    /// Instead of a look.
    #[command(subcommand)]
    command: Option<EncryptionCommand>,
}

#[derive(Debug, Subcommand)]
enum EncryptionCommand {
    /// Begin a new master key; sealed values are wrapped with it while the server works.
    #[command(after_help = "Examples:
  warpyard encryption rotate")]
    Rotate,
}

pub(crate) async fn run(args: EncryptionArgs, session: Session) -> Outcome {
    let state = match args.command {
        None => session.client.encryption().await?,
        Some(EncryptionCommand::Rotate) => session.client.rotate_key().await?,
    };
    tell(&state, session.out)
}

fn tell(state: &Encryption, out: Output) -> Outcome {
    match out.format {
        Format::Json | Format::Yaml => out.value(state)?,
        Format::Name => state.keys.iter().try_for_each(|key| out.line(&key.id))?,
        Format::Table => {
            let word = |current| if current { "seals" } else { "opens" };
            let rows: Vec<Vec<String>> =
                state.keys.iter().map(|k| vec![k.id.clone(), word(k.current).to_owned(), k.values.to_string()]).collect();
            out.table(&["KEY", "USE", "VALUES"], &rows)?;
            if state.waiting > 0 {
                out.note(format!("{} of {} values are still to be wrapped with the current key.", state.waiting, state.values));
            }
        }
    }
    Ok(Exit::Done)
}
