//! The `warpyard` command: every user verb over the public API, and `serve`.
//!
//! Here are only parsing, the runtime and the exit code. A verb lives in `commands/`, one file each; it gets a
//! [`session::Session`] and gives back an [`exit::Exit`] or a [`failure::Failure`]. Nothing here has rights or
//! shortcuts that another client of the API has not.

mod arguments;
mod columns;
mod commands;
mod environment;
mod exit;
mod failure;
mod kind_word;
mod output;
mod place;
mod progress;
mod serve;
mod session;
mod settings;
mod terminal_mode;
mod time_words;
mod wait;

use clap::Parser;

/// Gives freed memory back to the system. The C library's allocator keeps what each password check took, about 20 MB a
/// thread, for as long as the server runs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    if let Some(code) = internal() {
        std::process::exit(code);
    }
    let cli = arguments::Cli::parse();
    // Leaving through `exit` on purpose: a thread may still wait for standard input, which nothing can interrupt.
    std::process::exit(run(cli).code());
}

/// What this program is executed for without people knowing. Looked at before anything else, because a shim lives as long as
/// its service and must stay small: no runtime, no parser.
fn internal() -> Option<i32> {
    let mut arguments = std::env::args().skip(1);
    let subcommand = arguments.next()?;
    if subcommand == "internal-openapi" {
        println!("{:#}", warpyard_server::operations().1);
        return Some(0);
    }
    warpyard_providers::process::internal(&subcommand, arguments.collect())
}

fn run(cli: arguments::Cli) -> exit::Exit {
    let verbose = cli.global.verbose;
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failure::Failure::other(format!("cannot start: {error}")).report(verbose),
    };
    let outcome = runtime.block_on(commands::run(cli));
    runtime.shutdown_background();
    outcome.unwrap_or_else(|failure| failure.report(verbose))
}
