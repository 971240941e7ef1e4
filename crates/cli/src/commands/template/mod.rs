//! `warpyard template import` and `template test`: both work without a server.

pub(crate) mod case;
pub(crate) mod import;
pub(crate) mod test;

use crate::arguments::Global;
use crate::failure::Outcome;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum TemplateCommand {
    /// Make a template draft from an OpenTofu or Terraform module.
    Import(import::ModuleArgs),
    /// Check a folder of templates and profiles against test cases and golden files.
    Test(test::TestArgs),
}

pub(crate) fn run(command: TemplateCommand, global: &Global) -> Outcome {
    match command {
        TemplateCommand::Import(args) => import::module(args, global),
        TemplateCommand::Test(args) => test::run(args, global.output()),
    }
}
