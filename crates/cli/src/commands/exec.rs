//! `warpyard exec`: a command in a service, with or without a terminal, ending with the command's exit code.

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::session::Session;
use crate::terminal_mode::{self, ModeGuard};
use clap::Args;
use std::io::{IsTerminal, Read};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use warpyard_client::{Terminal, TerminalMessage, TerminalRequest};

const CHUNK_BYTES: usize = 16 << 10;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard exec nb-1 -t                     a shell
  warpyard exec nb-1 -- nvidia-smi
  warpyard exec nb-1 -t -- python3
  tar c data | warpyard exec nb-1 -- tar x

Ends with the exit code of the command.")]
pub(crate) struct ExecArgs {
    /// The service instance.
    name: String,
    /// With a terminal, for shells and programs that draw; a shell without a command has one.
    #[arg(short, long)]
    tty: bool,
    /// The command and its arguments; a shell where absent.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

pub(crate) async fn run(args: ExecArgs, session: Session) -> Outcome {
    let service = session.find_service(&args.name).await?;
    let keyboard = std::io::stdin().is_terminal();
    let tty = args.tty || (args.command.is_empty() && keyboard);
    let size = if tty { Some(terminal_mode::size().unwrap_or((80, 24))) } else { None };
    let request = TerminalRequest { command: args.command, tty, size };
    let terminal = session.client.terminal(&service.scope(), service.name(), &request).await?;
    // Raw only once it is open, so that an error before is read on a normal terminal.
    let raw = if tty && keyboard {
        Some(ModeGuard::raw().map_err(|e| Failure::other(format!("cannot use this terminal: {e}")))?)
    } else {
        None
    };
    let outcome = exchange(terminal, &session, tty, keyboard).await;
    drop(raw);
    outcome
}

async fn exchange(terminal: Terminal, session: &Session, tty: bool, keyboard: bool) -> Outcome {
    let Terminal { mut writer, mut reader } = terminal;
    let mut input = standard_input();
    let mut resized =
        signal(SignalKind::window_change()).map_err(|e| Failure::other(format!("cannot follow the window's size: {e}")))?;
    let mut input_open = true;
    loop {
        tokio::select! {
            message = reader.next() => match message? {
                Some(TerminalMessage::Output(bytes)) => session.out.raw(&bytes)?,
                Some(TerminalMessage::Exited(code)) => return Ok(Exit::Passed(code)),
                None => return Err(Failure::new(
                    Exit::Unavailable,
                    "the connection ended before the command did; how it ended is not known",
                )),
            },
            bytes = input.recv(), if input_open => match bytes {
                // An error of sending means that the other side has ended; what it said last is still to be read.
                Some(bytes) => input_open = writer.input(bytes.into()).await.is_ok(),
                None => {
                    input_open = false;
                    let _ = writer.end_of_input().await;
                }
            },
            Some(()) = resized.recv(), if tty && keyboard => {
                if let Some((columns, rows)) = terminal_mode::size() {
                    let _ = writer.resize(columns, rows).await;
                }
            }
        }
    }
}

/// Standard input in pieces. A thread of its own reads it, because nothing can interrupt such a read; it ends with the process.
fn standard_input() -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel(4);
    std::thread::spawn(move || {
        let mut buffer = vec![0; CHUNK_BYTES];
        while let Ok(count) = std::io::stdin().read(&mut buffer) {
            if count == 0 || sender.blocking_send(buffer[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
}
