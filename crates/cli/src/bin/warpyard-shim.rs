//! What stays with every running service: the process provider's two hidden subcommands and nothing else.
//!
//! `warpyard` has them too and does without this program where it is missing. Beside every service stand two of these
//! processes, and a small program takes a third of the memory and starts three times as fast as the whole server.

use warpyard_providers::process;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let subcommand = arguments.next().unwrap_or_default();
    if subcommand == "--version" {
        println!("{}", env!("CARGO_PKG_VERSION"));
        return;
    }
    std::process::exit(process::internal(&subcommand, arguments.collect()).unwrap_or_else(|| {
        eprintln!("warpyard-shim is started by `warpyard serve`; there is nothing to do for people");
        2
    }));
}
