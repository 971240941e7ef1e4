//! `warpyard events`.

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::kind_word;
use crate::output::Format;
use crate::session::Session;
use crate::time_words::age_or_dash;
use clap::Args;
use warpyard_client::EventView;
use warpyard_model::Kind;

/// The headings of a table of events.
pub(crate) const TITLES: &[&str] = &["AGE", "SEVERITY", "REASON", "MESSAGE"];

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard events nb-1
  warpyard events target/local
  warpyard events compute/small-abcd -o json")]
pub(crate) struct EventsArgs {
    /// The instance, as NAME or KIND/NAME; or target/NAME.
    name: String,
}

pub(crate) async fn run(args: EventsArgs, session: Session) -> Outcome {
    let (kind, name) = kind_word::split(&args.name)?;
    let object = match kind {
        Some(Kind::Target) => session.find(Kind::Target, &name).await?,
        _ => session.find_instance(&args.name).await?,
    };
    let kind = object.kind().ok_or_else(|| Failure::other("the server sent an object of an unknown kind"))?;
    let events = session.client.events(kind, &object.scope(), object.name()).await?;
    let out = session.out;
    match out.format {
        Format::Json | Format::Yaml => out.value(&serde_json::json!({ "items": events }))?,
        Format::Name => events.iter().try_for_each(|event| out.line(&event.reason))?,
        Format::Table if events.is_empty() => out.note("Nothing happened yet."),
        Format::Table => out.table(TITLES, &rows(&events))?,
    }
    Ok(Exit::Done)
}

/// The rows of a table of events.
pub(crate) fn rows(events: &[EventView]) -> Vec<Vec<String>> {
    events
        .iter()
        .map(|event| vec![age_or_dash(Some(event.at)), event.severity.clone(), event.reason.clone(), event.message.clone()])
        .collect()
}
