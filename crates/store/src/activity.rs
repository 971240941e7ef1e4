//! What people did in a workspace, from the audit trail: who did what to what, and no values.

use crate::Store;
use crate::db::args;
use crate::row::kind_of;
use serde::Serialize;
use serde_json::Value as Json;
use warpyard_model::kinds::Workspace;
use warpyard_model::{Error, Kind, Result, Timestamp};
use warpyard_policy::{Allowed, action};

/// One thing that somebody did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Activity {
    /// Its place in the organization's trail, for the next page.
    #[serde(skip)]
    pub sequence: i64,
    /// When.
    pub at: Timestamp,
    /// Who: a user name.
    pub actor: String,
    /// What, in a word or two: `launched`, `stopped`, `invited`, `changed the notes`.
    pub what: String,
    /// The kind of object.
    pub kind: Kind,
    /// Its name; for a role the person's.
    pub name: String,
}

/// What somebody did, in words; nothing for what people need not read, such as a controller's own steps.
fn words(kind: Kind, action: &str, before: &Json, after: &Json) -> Option<&'static str> {
    let instance = matches!(kind, Kind::ComputeInstance | Kind::ServiceInstance);
    let changed = |field: &str| before[field] != after[field];
    Some(match (kind, action) {
        (Kind::RoleBinding, "create") => "invited",
        (Kind::RoleBinding, "update") => "changed the role of",
        (Kind::RoleBinding, "delete") => "removed",
        (_, "create") if instance => "launched",
        (_, "create") => "created",
        (_, "operate") if after["desired_state"] == "stopped" => "stopped",
        (_, "operate") => "started",
        (_, "transfer") => "handed over",
        (_, "update") if instance && changed("access") => "shared",
        (_, "update") if kind == Kind::Workspace && changed("notes") => "changed the notes of",
        (_, "update") => "changed",
        (_, "delete") => "deleted",
        _ => return None,
    })
}

impl Store {
    /// What people did in a workspace before a place in the trail, newest first; at most so many.
    pub async fn workspace_activity(
        &self,
        proof: &Allowed<action::View, Workspace>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Activity>> {
        let mut conn = self.inner.db.read().await?;
        let found = crate::read::find_uid(&mut conn, proof.uid()).await?.filter(|o| o.kind == Kind::Workspace);
        let workspace = found.ok_or_else(Error::not_visible)?.metadata;
        let above = workspace.scope.key();
        let path = format!("{above}/{}", workspace.name);
        let org = workspace.scope.org.as_ref().map(ToString::to_string).unwrap_or_default();
        // `at + 0` and `place || ''` keep a database from answering by the index of all times or of all places: what is here
        // is found by place alone, which on a million entries is the difference between seconds and a millisecond.
        let sql = "SELECT sequence, at, actor, action, kind, object, before_spec, after_spec FROM audit
                   WHERE org = $1 AND outcome = 'allowed' AND at + 0 >= $2 AND sequence IN (
                     SELECT sequence FROM audit WHERE org = $1 AND place = $4 AND sequence < $3
                     UNION ALL SELECT sequence FROM audit WHERE org = $1 AND place = $5 AND object = $4 AND sequence < $3)
                     AND ((place || '') = $4 OR kind = 'Workspace') AND action NOT LIKE '%.removed'
                   ORDER BY sequence DESC LIMIT $6";
        // An earlier workspace of the same name is another one.
        let since = workspace.created_at.as_millis();
        let values = args![org, since, before.unwrap_or(i64::MAX), path, above, i64::from(limit)];
        let mut out = Vec::new();
        for row in &conn.all(sql, values).await? {
            let kind = kind_of(&row.opt_text("kind")?.unwrap_or_default())?;
            let action = row.text("action")?;
            let (before, after) = (row.json("before_spec")?, row.json("after_spec")?);
            let Some(what) = words(kind, action.rsplit('.').next().unwrap_or_default(), &before, &after) else { continue };
            let object = row.text("object")?;
            let role_of = [&after, &before]
                .into_iter()
                .find_map(|spec| spec["user"].as_str().or(spec["group"].as_str()))
                .filter(|_| kind == Kind::RoleBinding);
            let name = role_of.or(object.rsplit('/').next()).unwrap_or_default().to_owned();
            out.push(Activity {
                sequence: row.int("sequence")?,
                at: Timestamp::from_millis(row.int("at")?),
                actor: row.text("actor")?,
                what: what.to_owned(),
                kind,
                name,
            });
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_done_is_told_in_words() {
        let say = |kind, action, before: Json, after: Json| words(kind, action, &before, &after);
        assert_eq!(say(Kind::ServiceInstance, "create", Json::Null, json!({})), Some("launched"));
        assert_eq!(say(Kind::ServiceInstance, "operate", json!({}), json!({ "desired_state": "stopped" })), Some("stopped"));
        assert_eq!(say(Kind::ServiceInstance, "operate", json!({}), json!({ "desired_state": "running" })), Some("started"));
        assert_eq!(say(Kind::ServiceInstance, "update", json!({}), json!({ "access": { "web": "workspace" } })), Some("shared"));
        assert_eq!(say(Kind::Workspace, "update", json!({}), json!({ "notes": "x" })), Some("changed the notes of"));
        assert_eq!(say(Kind::ServiceInstance, "removed", Json::Null, Json::Null), None);
    }
}
