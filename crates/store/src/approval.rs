//! What a two-person rule keeps back: it is written down that it waits, and the people who may decide are told.

use crate::audit::Record;
use crate::batch::{Batch, Change, Mutates};
use crate::notification::{News, NotificationKind, NotificationLink, tell};
use crate::read::Revision;
use warpyard_model::kinds::{AuditOutcome, TwoPerson};
use warpyard_model::{Error, Kind, Metadata, Name, Object, Result, ScopePath, Spec, Timestamp};
use warpyard_policy::{Allowed, ControllerProof};

/// What people are told about, and where that leads them.
#[derive(Debug, Clone)]
pub struct About {
    /// Where it leads.
    pub link: NotificationLink,
    /// What it is, for telling the same once.
    pub uid: String,
}

impl About {
    /// An object.
    pub fn object(kind: Kind, metadata: &Metadata) -> Self {
        Self::new(kind.as_str(), &metadata.scope, metadata.name.as_str(), &metadata.uid)
    }

    /// Anything that has a page.
    pub fn new(kind: &str, scope: &ScopePath, name: &str, uid: &str) -> Self {
        let ScopePath { org, project, workspace } = scope.clone();
        let link = NotificationLink { org, project, workspace, kind: kind.to_owned(), name: name.to_owned() };
        Self { link, uid: uid.to_owned() }
    }
}

/// Something to tell people about an object.
#[derive(Debug, Clone)]
pub struct Told {
    /// What it is about.
    pub kind: NotificationKind,
    /// One line; `{actor}` stands for what people call whoever acts.
    pub title: String,
    /// A sentence more; may be empty.
    pub body: String,
    /// The same is told once: of which generation or moment this is.
    pub generation: i64,
}

impl Batch {
    /// The two-person rules of an organization, as this transaction sees them.
    pub async fn two_person(&mut self, _proof: &ControllerProof, org: &Name) -> Result<TwoPerson> {
        crate::read::two_person(&mut self.conn, org).await
    }

    /// Every spec an object has had and who wrote it, newest first.
    pub async fn look_revisions<S: Spec>(&mut self, _proof: &ControllerProof, uid: &str) -> Result<Vec<Revision<S>>> {
        let sql = "SELECT generation, at, actor, spec FROM revision WHERE uid = $1 ORDER BY generation DESC";
        let rows = self.conn.all(sql, crate::db::args![uid]).await?;
        rows.iter()
            .map(|row| {
                Ok(Revision {
                    generation: row.int("generation")?,
                    at: Timestamp::from_millis(row.int("at")?),
                    by: row.text("actor")?,
                    spec: serde_json::from_value(row.json("spec")?).map_err(Error::internal)?,
                })
            })
            .collect()
    }

    /// Changes an object under another word than the proof's own: what is written is that something waits.
    pub async fn change_as<A: Mutates, S: Spec>(
        &mut self,
        proof: &Allowed<A, S>,
        change: Change<S>,
        word: &str,
    ) -> Result<Object<S>> {
        let object = self.load(proof).await?;
        self.rewrite(object, change, &format!("{}.{word}", S::KIND.snake())).await
    }

    /// Writes into the audit trail that a two-person rule kept something back that has no state of its own.
    pub async fn note_kept_back(&mut self, _proof: &ControllerProof, kind: Kind, metadata: &Metadata, word: &str) -> Result<()> {
        let org = metadata.scope.org.as_ref().map(ToString::to_string).unwrap_or_default();
        let path = format!("{}/{}", metadata.scope.key().trim_end_matches('/'), metadata.name);
        let action = format!("{}.{word}", kind.snake());
        let record = Record {
            org: &org,
            action: &action,
            outcome: AuditOutcome::Denied,
            kind: Some(kind.as_str()),
            object: &path,
            before: None,
            after: None,
        };
        self.next_sequence().await?;
        self.inner.record(&mut self.conn, &self.context, record).await
    }

    /// Tells people about an object; whoever acts is left out.
    pub async fn tell_people(&mut self, _proof: &ControllerProof, to: &[Name], about: &About, told: &Told) -> Result<()> {
        let actor = self.actor_title().await?;
        let others = to.iter().filter(|name| name.as_str() != self.context.actor);
        let news: Vec<News> = others
            .map(|name| News {
                to: name.to_string(),
                kind: told.kind,
                title: told.title.replace("{actor}", &actor),
                body: told.body.clone(),
                link: about.link.clone(),
                uid: about.uid.clone(),
                generation: told.generation,
            })
            .collect();
        let now = self.inner.clock.now();
        if let Some(newest) = tell(&mut self.conn, now, &news).await? {
            self.reached(newest);
        }
        Ok(())
    }
}
