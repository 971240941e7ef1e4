//! `warpyard transfer`: give an instance to somebody else.

use crate::columns;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::session::Session;
use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard transfer nb-1 --to ana
  warpyard transfer compute/small-abcd --to ana")]
pub(crate) struct TransferArgs {
    /// The instance, as NAME or KIND/NAME.
    name: String,
    /// The user name of the new owner, who must be able to launch in the workspace.
    #[arg(long, value_name = "USER")]
    to: String,
}

pub(crate) async fn run(args: TransferArgs, session: Session) -> Outcome {
    let instance = session.find_instance(&args.name).await?;
    let kind = instance.kind().ok_or_else(|| Failure::other("the server sent an object of an unknown kind"))?;
    let answer = session.client.transfer(kind, &instance.scope(), instance.name(), &args.to).await?;
    session.out.object(&format!("{} belongs to {} now.", columns::word(&answer), args.to), &answer)?;
    Ok(Exit::Done)
}
