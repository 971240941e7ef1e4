//! What people are told of, and what the console remembers for them. Both are each person's own: nobody else reads them.

use crate::db::{Conn, Row, args};
use crate::{SignIn, Store, change};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use warpyard_model::{Error, Name, Result, Timestamp};

/// How many notifications are kept for a person.
const KEPT: i64 = 500;
/// How long one is kept: 90 days.
const KEPT_SECONDS: i64 = 90 * 24 * 3600;
/// Most bytes of what the console remembers for a person.
const PREFERENCES_BYTES: usize = 64 << 10;

/// What a notification is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// What was launched runs, or a batch job ended well.
    LaunchFinished,
    /// What was launched could not be made, or broke.
    LaunchFailed,
    /// A newer version of its profile was published.
    UpdateAvailable,
    /// Somebody gave the person a role in a place.
    Invited,
    /// An instance has another owner: the person now, or no longer.
    Transferred,
    /// An instance was moved to another version of its profile.
    Moved,
    /// An instance could not be moved when the deadline had come.
    MoveFailed,
    /// Something waits for the person to decide: a version to publish, a request for access.
    ApprovalNeeded,
    /// Somebody agreed to what the person asked for.
    ApprovalGiven,
    /// Somebody refused what the person asked for.
    ApprovalRefused,
    /// How the person signs in was changed: a second factor, recovery codes.
    SignInChanged,
}

impl NotificationKind {
    fn as_str(self) -> &'static str {
        match self {
            NotificationKind::LaunchFinished => "launch_finished",
            NotificationKind::LaunchFailed => "launch_failed",
            NotificationKind::UpdateAvailable => "update_available",
            NotificationKind::Invited => "invited",
            NotificationKind::Transferred => "transferred",
            NotificationKind::Moved => "moved",
            NotificationKind::MoveFailed => "move_failed",
            NotificationKind::ApprovalNeeded => "approval_needed",
            NotificationKind::ApprovalGiven => "approval_given",
            NotificationKind::ApprovalRefused => "approval_refused",
            NotificationKind::SignInChanged => "sign_in_changed",
        }
    }
}

/// Where a notification leads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct NotificationLink {
    /// The organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<Name>,
    /// The project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Name>,
    /// The workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<Name>,
    /// The kind of object.
    pub kind: String,
    /// The object's name.
    pub name: String,
}

/// Something a person was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Notification {
    /// Its id; later ones are greater as numbers.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// What it is about.
    pub kind: NotificationKind,
    /// One line.
    pub title: String,
    /// A sentence more; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// Where it leads.
    pub link: NotificationLink,
    /// The person has seen it.
    pub read: bool,
}

impl Notification {
    /// Its place in the feed.
    pub fn sequence(&self) -> i64 {
        self.id.parse().unwrap_or_default()
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.int("sequence")?.to_string(),
            at: Timestamp::from_millis(row.int("at")?),
            kind: serde_json::from_value(row.text("kind")?.into()).map_err(Error::internal)?,
            title: row.text("title")?,
            body: row.text("body")?,
            link: serde_json::from_value(row.json("link")?).map_err(Error::internal)?,
            read: row.int("seen")? == 1,
        })
    }
}

/// Which of one's notifications to read.
#[derive(Debug, Clone, Default)]
pub struct NotificationQuery {
    /// Only those not seen yet.
    pub unread: bool,
    /// Only older ones than this.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// One thing to tell somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct News {
    pub(crate) to: String,
    pub(crate) kind: NotificationKind,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) link: NotificationLink,
    /// What it is about, and since which generation: the same is told once.
    pub(crate) uid: String,
    pub(crate) generation: i64,
}

/// Writes news in the transaction of what caused them, and forgets what is old. The same is not told twice. Tells the
/// newest number of the feed it took.
pub(crate) async fn tell(conn: &mut Conn, now: Timestamp, news: &[News]) -> Result<Option<i64>> {
    let mut newest = None;
    for piece in news {
        let known = conn
            .one(
                "SELECT sequence FROM notification WHERE user_name = $1 AND uid = $2 AND generation = $3 AND kind = $4",
                args![&piece.to, &piece.uid, piece.generation, piece.kind.as_str()],
            )
            .await?;
        if known.is_some() {
            continue;
        }
        let sequence = change::next(conn).await?;
        let link = serde_json::to_value(&piece.link).map_err(Error::internal)?;
        conn.run(
            "INSERT INTO notification (sequence, user_name, at, kind, title, body, link, uid, generation, seen)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)",
            args![
                sequence,
                &piece.to,
                now.as_millis(),
                piece.kind.as_str(),
                &piece.title,
                &piece.body,
                link,
                &piece.uid,
                piece.generation
            ],
        )
        .await?;
        conn.run(
            "DELETE FROM notification WHERE user_name = $1 AND (at < $2 OR sequence <
               (SELECT sequence FROM notification WHERE user_name = $1 ORDER BY sequence DESC LIMIT 1 OFFSET $3))",
            args![&piece.to, oldest(now), KEPT - 1],
        )
        .await?;
        newest = Some(sequence);
    }
    Ok(newest)
}

fn oldest(now: Timestamp) -> i64 {
    now.plus_seconds(-KEPT_SECONDS).as_millis()
}

impl Store {
    /// One's notifications, newest first.
    pub async fn notifications(&self, who: &SignIn, query: &NotificationQuery) -> Result<Vec<Notification>> {
        let unread = if query.unread { "AND seen = 0" } else { "" };
        let sql = format!(
            "SELECT * FROM notification WHERE user_name = $1 AND at >= $2 AND sequence < $3 {unread}
             ORDER BY sequence DESC LIMIT $4"
        );
        let before = query.before.unwrap_or(i64::MAX);
        let values = args![who.user.as_str(), oldest(self.now()), before, i64::from(query.limit)];
        let rows = self.inner.db.read().await?.all(&sql, values).await?;
        rows.iter().map(Notification::from_row).collect()
    }

    /// One's notifications after a place in the feed, oldest first.
    pub async fn notifications_after(&self, who: &SignIn, after: i64) -> Result<Vec<Notification>> {
        let sql = "SELECT * FROM notification WHERE user_name = $1 AND sequence > $2 ORDER BY sequence LIMIT 500";
        let rows = self.inner.db.read().await?.all(sql, args![who.user.as_str(), after]).await?;
        rows.iter().map(Notification::from_row).collect()
    }

    /// How many of one's notifications were not seen yet.
    pub async fn unread_notifications(&self, who: &SignIn) -> Result<i64> {
        let sql = "SELECT COUNT(*) AS n FROM notification WHERE user_name = $1 AND at >= $2 AND seen = 0";
        let row = self.inner.db.read().await?.one(sql, args![who.user.as_str(), oldest(self.now())]).await?;
        row.map(|r| r.int("n")).transpose().map(Option::unwrap_or_default)
    }

    /// Marks some of one's notifications as seen, or all. Ids that are not one's own change nothing.
    pub async fn read_notifications(&self, who: &SignIn, ids: Option<&[i64]>) -> Result<()> {
        let mut conn = self.inner.db.begin().await?;
        match ids {
            None => {
                conn.run("UPDATE notification SET seen = 1 WHERE user_name = $1 AND seen = 0", args![who.user.as_str()]).await?;
            }
            Some(ids) => {
                for id in ids {
                    let sql = "UPDATE notification SET seen = 1 WHERE user_name = $1 AND sequence = $2";
                    conn.run(sql, args![who.user.as_str(), *id]).await?;
                }
            }
        }
        conn.commit().await
    }

    /// What the console remembers for a person: an object, empty at first.
    pub async fn preferences(&self, who: &SignIn) -> Result<Json> {
        let sql = "SELECT value FROM preferences WHERE user_name = $1";
        let row = self.inner.db.read().await?.one(sql, args![who.user.as_str()]).await?;
        row.map_or_else(|| Ok(Json::Object(serde_json::Map::default())), |row| row.json("value"))
    }

    /// Replaces what the console remembers for a person.
    pub async fn set_preferences(&self, who: &SignIn, value: Json) -> Result<()> {
        if !value.is_object() {
            return Err(Error::invalid_field("", "preferences are one JSON object"));
        }
        let bytes = value.to_string().len();
        if bytes > PREFERENCES_BYTES {
            return Err(Error::too_large(format!("Preferences have at most {PREFERENCES_BYTES} bytes; these have {bytes}.")));
        }
        let mut conn = self.inner.db.begin().await?;
        conn.run(
            "INSERT INTO preferences (user_name, value) VALUES ($1, $2) ON CONFLICT (user_name) DO UPDATE SET value = excluded.value",
            args![who.user.as_str(), value],
        )
        .await?;
        conn.commit().await
    }
}
