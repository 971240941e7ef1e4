//! The hidden subcommands of `warpyard`, alone in a small program, so that tests of this crate need no other crate.

fn main() {
    let mut arguments = std::env::args().skip(1);
    let subcommand = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let code = match subcommand.as_str() {
        "internal-shim" => warpyard_providers::process::shim::main(rest),
        "internal-init" => warpyard_providers::process::sandbox_init::main(rest),
        other => {
            eprintln!("{other:?} is neither internal-shim nor internal-init; this program is started by Warpyard itself");
            2
        }
    };
    std::process::exit(code);
}
