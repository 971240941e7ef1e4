//! `warpyard logs`.

use crate::exit::Exit;
use crate::failure::Outcome;
use crate::session::Session;
use clap::Args;
use futures::StreamExt;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard logs nb-1
  warpyard logs nb-1 -f
  warpyard logs nb-1 --tail 20")]
pub(crate) struct LogsArgs {
    /// The service instance.
    name: String,
    /// Go on and show what comes.
    #[arg(short, long)]
    follow: bool,
    /// Begin with this many of the last lines.
    #[arg(long, value_name = "N", default_value_t = 500)]
    tail: usize,
}

pub(crate) async fn run(args: LogsArgs, session: Session) -> Outcome {
    let service = session.find_service(&args.name).await?;
    let stream = session.client.logs(&service.scope(), service.name(), args.tail, args.follow).await?;
    let mut stream = std::pin::pin!(stream);
    while let Some(bytes) = stream.next().await {
        session.out.raw(&bytes?)?;
    }
    Ok(Exit::Done)
}
