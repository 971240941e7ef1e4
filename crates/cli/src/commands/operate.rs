//! `warpyard stop`, `start` and `retry`.

use super::parse_duration;
use crate::columns;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::session::Session;
use crate::wait::{self, Goal};
use clap::Args;
use std::time::Duration;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard stop nb-1 --wait
  warpyard start nb-1 --wait --timeout 10m
  warpyard retry compute/small-abcd")]
pub(crate) struct OperateArgs {
    /// The instance, as NAME or KIND/NAME.
    name: String,
    /// Wait until it is there, showing its steps.
    #[arg(long)]
    wait: bool,
    /// How long to wait at most.
    #[arg(long, value_name = "TIME", default_value = "30m", value_parser = parse_duration)]
    timeout: Duration,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Down, home kept.
    Stop,
    /// Up again.
    Start,
    /// Once more after a failure.
    Retry,
}

impl Action {
    fn word(self) -> &'static str {
        match self {
            Action::Stop => "stop",
            Action::Start => "start",
            Action::Retry => "retry",
        }
    }
}

pub(crate) async fn run(action: Action, args: OperateArgs, session: Session) -> Outcome {
    let instance = session.find_instance(&args.name).await?;
    let kind = instance.kind().ok_or_else(|| Failure::other("the server sent an object of an unknown kind"))?;
    let answer = session.client.operate(kind, &instance.scope(), instance.name(), action.word()).await?;
    let word = columns::word(&answer);
    if !args.wait {
        let sentence = match action {
            Action::Stop => format!("{word} stops."),
            Action::Start => format!("{word} starts."),
            Action::Retry => format!("{word} is tried again."),
        };
        session.out.object(&sentence, &answer)?;
        return Ok(Exit::Done);
    }
    let goal = if action == Action::Stop { Goal::Down } else { Goal::Up };
    let ended = wait::for_instance(&session, &answer, goal, args.timeout).await?;
    session.out.object(&format!("{word} is {}.", ended.phase().unwrap_or_default()), &ended)?;
    Ok(Exit::Done)
}
