//! Which writes are news, and to whom. Looked at in every write, so that nothing that causes news can forget to tell.
//!
//! Nobody is told what they did themselves, except how their launches ended.

use crate::batch::Batch;
use crate::change::Operation;
use crate::db::{Conn, args};
use crate::notification::{News, NotificationKind, NotificationLink, tell};
use crate::row::StoredObject;
use serde_json::Value as Json;
use warpyard_model::kinds::RoleBinding;
use warpyard_model::{Error, Kind, Name, Result, ScopePath, Timestamp};

fn is_instance(kind: Kind) -> bool {
    matches!(kind, Kind::ComputeInstance | Kind::ServiceInstance)
}

fn link(object: &StoredObject) -> NotificationLink {
    let ScopePath { org, project, workspace } = object.metadata.scope.clone();
    NotificationLink { org, project, workspace, kind: object.kind.as_str().to_owned(), name: object.metadata.name.to_string() }
}

fn news(object: &StoredObject, to: &str, kind: NotificationKind, generation: i64, title: String, body: String) -> News {
    News { to: to.to_owned(), kind, title, body, link: link(object), uid: object.metadata.uid.clone(), generation }
}

/// What a new status says to the instance's owner. A run is told of once however often it is written down: a generation
/// begins with every start and retry.
fn of_status(before: &Json, object: &StoredObject) -> Vec<News> {
    if !is_instance(object.kind) || object.owner.is_empty() {
        return Vec::new();
    }
    let (title, owner, generation) = (object.metadata.title(), object.owner.as_str(), object.metadata.generation);
    let after = &object.status;
    let message = after["message"].as_str().unwrap_or_default().to_owned();
    let mut out = Vec::new();
    if before["phase"] != after["phase"] {
        let told = match after["phase"].as_str().unwrap_or_default() {
            "running" => Some((NotificationKind::LaunchFinished, format!("{title} is ready"))),
            "succeeded" => Some((NotificationKind::LaunchFinished, format!("{title} has finished"))),
            "failed" => Some((NotificationKind::LaunchFailed, format!("{title} has failed"))),
            _ => None,
        };
        // A batch job is ready for nobody: its end is the news.
        let told = told.filter(|_| !(after["phase"] == "running" && after["batch"] == true));
        out.extend(told.map(|(kind, title)| news(object, owner, kind, generation, title, message)));
    }
    let update = |status: &Json| status.pointer("/update/generation").and_then(Json::as_i64);
    let problem = |status: &Json| status.pointer("/update/problem").and_then(Json::as_str).unwrap_or_default().to_owned();
    if let Some(newer) = update(after)
        && !problem(after).is_empty()
    {
        if problem(before) != problem(after) {
            let number = after.pointer("/update/number").and_then(Json::as_i64).unwrap_or_default();
            let title = format!("{title} could not be moved to version {number} of its profile");
            out.push(news(object, owner, NotificationKind::MoveFailed, newer, title, problem(after)));
        }
    } else if let Some(newer) = update(after).filter(|newer| update(before) != Some(*newer)) {
        let note = after.pointer("/update/note").and_then(Json::as_str).unwrap_or_default().to_owned();
        let title = format!("An update is available for {title}");
        out.push(news(object, owner, NotificationKind::UpdateAvailable, newer, title, note));
    }
    out
}

/// What a change of an instance's spec says. `actor` is what people call whoever did it.
fn of_spec(before: &Json, object: &StoredObject, actor: &str) -> Vec<News> {
    let (title, generation) = (object.metadata.title(), object.metadata.generation);
    let mut out = Vec::new();
    let former = before["owner"].as_str().unwrap_or_default();
    if former != object.owner {
        let kind = NotificationKind::Transferred;
        out.push(news(object, &object.owner, kind, generation, format!("{actor} handed {title} over to you"), String::new()));
        let body = format!("It belongs to {} now.", object.owner);
        out.push(news(object, former, kind, generation, format!("{actor} took {title} over from you"), body));
    }
    let version = |spec: &Json| spec.pointer("/profile/generation").and_then(Json::as_i64);
    if version(before) != version(&object.spec) {
        let title = format!("{title} was moved to another version of its profile");
        out.push(news(object, &object.owner, NotificationKind::Moved, generation, title, format!("{actor} did that.")));
    }
    out
}

/// Tells of a status that a controller wrote; the newest number of the feed it took.
pub(crate) async fn status_written(conn: &mut Conn, now: Timestamp, before: &Json, object: &StoredObject) -> Result<Option<i64>> {
    let news = of_status(before, object);
    if news.is_empty() || (object.kind == Kind::ComputeInstance && came_with_a_service(conn, &object.metadata.uid).await?) {
        return Ok(None);
    }
    tell(conn, now, &news).await
}

/// Of compute that came with a service only the service is told of.
async fn came_with_a_service(conn: &mut Conn, uid: &str) -> Result<bool> {
    let sql = "SELECT o.spec FROM object o JOIN reference r ON r.uid = o.uid
               WHERE r.target_uid = $1 AND o.kind = 'ServiceInstance'";
    for row in &conn.all(sql, args![uid]).await? {
        if row.json("spec")?["owns_compute"] == true {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Batch {
    /// Tells whom a write of this transaction concerns.
    pub(crate) async fn tell_of(&mut self, object: &StoredObject, operation: Operation, before: Option<&Json>) -> Result<()> {
        let mut news = match (object.kind, operation, before) {
            (Kind::RoleBinding, Operation::Added, _) => self.invitations(object).await?,
            (kind, Operation::Modified, Some(before)) if is_instance(kind) && *before != object.spec => {
                if kind == Kind::ComputeInstance && came_with_a_service(&mut self.conn, &object.metadata.uid).await? {
                    return Ok(());
                }
                let actor = self.actor_title().await?;
                of_spec(before, object, &actor)
            }
            _ => return Ok(()),
        };
        news.retain(|piece| !piece.to.is_empty() && piece.to != self.context.actor);
        let now = self.inner.clock.now();
        if let Some(newest) = tell(&mut self.conn, now, &news).await? {
            self.reached(newest);
        }
        Ok(())
    }

    /// One for the person, or for everybody in the group.
    async fn invitations(&mut self, binding: &StoredObject) -> Result<Vec<News>> {
        let spec: RoleBinding = serde_json::from_value(binding.spec.clone()).map_err(Error::internal)?;
        let people = match (spec.user, spec.group, &binding.metadata.scope.org) {
            (Some(user), _, _) => vec![user],
            (None, Some(group), Some(org)) => crate::grants::members(&mut self.conn, org, &group).await?,
            _ => Vec::new(),
        };
        let mut news = Vec::new();
        for person in people {
            news.push(self.invitation(binding, person.as_str()).await?);
        }
        Ok(news)
    }

    async fn invitation(&mut self, binding: &StoredObject, to: &str) -> Result<News> {
        let scope = &binding.metadata.scope;
        let word = binding.spec["role"].as_str().or(binding.spec["custom_role"].as_str());
        let role = word.unwrap_or_default().replace('_', " ");
        let actor = self.actor_title().await?;
        let (kind, place) = match (&scope.org, &scope.project, &scope.workspace) {
            (_, _, Some(workspace)) => (Kind::Workspace, Some(workspace)),
            (_, Some(project), None) => (Kind::Project, Some(project)),
            (org, None, None) => (Kind::Organization, org.as_ref()),
        };
        let title = match place {
            Some(name) => {
                let title = self.title_of(kind, scope, name).await?;
                format!("{actor} invited you to the {} {title}", kind.snake())
            }
            None => format!("{actor} gave you a role in this installation"),
        };
        let mut news = news(binding, to, NotificationKind::Invited, 1, title, format!("Your role there: {role}."));
        news.link.kind = kind.as_str().to_owned();
        news.link.name = place.map(Name::to_string).unwrap_or_default();
        Ok(news)
    }

    /// What people call a place that a scope ends in.
    async fn title_of(&mut self, kind: Kind, inside: &ScopePath, name: &Name) -> Result<String> {
        let mut outer = inside.clone();
        match kind {
            Kind::Workspace => outer.workspace = None,
            Kind::Project => outer.project = None,
            _ => outer = ScopePath::platform(),
        }
        let found = crate::read::find(&mut self.conn, kind, &outer, name).await?;
        Ok(found.map_or_else(|| name.to_string(), |o| o.metadata.title().to_owned()))
    }

    /// What people call whoever acts.
    pub(crate) async fn actor_title(&mut self) -> Result<String> {
        let Ok(name) = Name::parse(&self.context.actor) else { return Ok("Warpyard".to_owned()) };
        let found = crate::read::find(&mut self.conn, Kind::User, &ScopePath::platform(), &name).await?;
        Ok(found.map_or_else(|| "Warpyard".to_owned(), |o| o.metadata.title().to_owned()))
    }
}
