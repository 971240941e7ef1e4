//! `warpyard completion SHELL`.

use crate::exit::Exit;
use crate::failure::Outcome;
use crate::output::Output;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard completion bash > ~/.local/share/bash-completion/completions/warpyard
  warpyard completion zsh > ~/.zfunc/_warpyard
  warpyard completion fish > ~/.config/fish/completions/warpyard.fish")]
pub(crate) struct CompletionArgs {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(args: CompletionArgs, out: Output) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::arguments::Cli::command(), "warpyard", &mut script);
    out.raw(&script)?;
    Ok(Exit::Done)
}
