//! `warpyard notifications`: what you were told.

use crate::exit::Exit;
use crate::failure::Outcome;
use crate::output::Format;
use crate::session::Session;
use crate::time_words::age_or_dash;
use clap::Args;
use serde_json::json;
use warpyard_client::{InboxQuery, NotificationView};

/// Most of one request.
const PAGE: usize = 100;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard notifications
  warpyard notifications --unread --mark-read
  warpyard notifications --limit 200 -o json")]
pub(crate) struct NotificationsArgs {
    /// Only those you have not seen yet.
    #[arg(long)]
    unread: bool,
    /// Mark what is shown as seen.
    #[arg(long)]
    mark_read: bool,
    /// At most this many, newest first.
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

pub(crate) async fn run(args: NotificationsArgs, session: Session) -> Outcome {
    let mut items: Vec<NotificationView> = Vec::new();
    let mut cursor: Option<String> = None;
    while items.len() < args.limit {
        let query = InboxQuery { unread: args.unread, limit: (args.limit - items.len()).min(PAGE) };
        let page = session.client.notifications(&query, cursor.as_deref()).await?;
        items.extend(page.items);
        if page.next_cursor.is_none() {
            break;
        }
        cursor = page.next_cursor;
    }
    let out = session.out;
    match out.format {
        Format::Json | Format::Yaml => out.value(&json!({ "items": items }))?,
        Format::Name => items.iter().try_for_each(|n| out.line(&n.id))?,
        Format::Table if items.is_empty() && args.unread => out.note("There is nothing new."),
        Format::Table if items.is_empty() => out.note("You were told nothing yet."),
        Format::Table => {
            let rows: Vec<Vec<String>> = items.iter().map(row).collect();
            out.table(&["AGE", "NEW", "WHAT", "WHERE"], &rows)?;
        }
    }
    if args.mark_read {
        let ids: Vec<String> = items.iter().filter(|n| !n.read).map(|n| n.id.clone()).collect();
        for some in ids.chunks(PAGE) {
            session.client.read_notifications(Some(some)).await?;
        }
    }
    Ok(Exit::Done)
}

fn row(notification: &NotificationView) -> Vec<String> {
    let link = &notification.link;
    let place = [&link.org, &link.project, &link.workspace].into_iter().flatten().map(String::as_str);
    let place: Vec<&str> = place.chain((!link.name.is_empty()).then_some(link.name.as_str())).collect();
    let said = match notification.body.as_str() {
        "" => notification.title.clone(),
        body => format!("{}. {body}", notification.title),
    };
    let new = if notification.read { "" } else { "yes" };
    vec![age_or_dash(Some(notification.at)), new.to_owned(), said, place.join("/")]
}
