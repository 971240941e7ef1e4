//! Finding and listing objects.

use crate::Store;
use crate::db::{Conn, Value, args};
use crate::row::{COLUMNS, StoredObject, columns_of};
use base64::Engine as _;
use std::marker::PhantomData;
use warpyard_model::kinds::{Organization, TwoPerson};
use warpyard_model::permission::Subject;
use warpyard_model::{Error, Kind, Metadata, Name, Object, Result, ScopePath, Spec, Timestamp};
use warpyard_policy::{Allowed, Resource, Viewer, action};

/// An object that was found but may not be looked at yet: only a proof opens it.
#[derive(Debug, Clone)]
pub struct Located<S: Spec> {
    pub(crate) object: StoredObject,
    resource: Resource,
    of: PhantomData<S>,
}

impl<S: Spec> Located<S> {
    /// What to ask the policy about.
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// The object, for whoever may view it.
    pub fn reveal(self, proof: &Allowed<action::View, S>) -> Result<Object<S>> {
        if proof.uid() != self.object.metadata.uid {
            return Err(Error::internal("a proof about another object"));
        }
        self.object.typed()
    }
}

/// What a list sorts by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SortBy {
    /// The name.
    #[default]
    Name,
    /// When it was made.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
}

/// Which objects to list.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// Only inside this scope.
    pub scope: ScopePath,
    /// Only exactly at this scope, not below it.
    pub exact: bool,
    /// Only whose name, display name or description contains this text.
    pub search: Option<String>,
    /// Only in this phase (instances) or state (profiles: `published`, `draft`).
    pub phase: Option<String>,
    /// Only whose owner this is.
    pub owner: Option<String>,
    /// Only with these labels.
    pub labels: Vec<(String, String)>,
    /// The order.
    pub sort: SortBy,
    /// Backwards.
    pub descending: bool,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Page<S: Spec> {
    /// The objects.
    pub items: Vec<Object<S>>,
    /// Where the next page begins, if there is one.
    pub next_cursor: Option<String>,
    /// How many there are in all pages.
    pub total: u64,
}

/// A spec as it once was.
#[derive(Debug, Clone)]
pub struct Revision<S> {
    /// Which generation.
    pub generation: i64,
    /// Since when.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// The spec.
    pub spec: S,
}

pub(crate) fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

pub(crate) async fn find(conn: &mut Conn, kind: Kind, scope: &ScopePath, name: &Name) -> Result<Option<StoredObject>> {
    let [org, project, workspace] = columns_of(scope);
    let sql =
        format!("SELECT {COLUMNS} FROM object WHERE kind = $1 AND org = $2 AND project = $3 AND workspace = $4 AND name = $5");
    let row = conn.one(&sql, args![kind.as_str(), org, project, workspace, name.as_str()]).await?;
    row.as_ref().map(StoredObject::read).transpose()
}

pub(crate) async fn find_uid(conn: &mut Conn, uid: &str) -> Result<Option<StoredObject>> {
    let sql = format!("SELECT {COLUMNS} FROM object WHERE uid = $1");
    conn.one(&sql, args![uid]).await?.as_ref().map(StoredObject::read).transpose()
}

/// How policies look at an object. A person may be seen by those who work in the same organizations.
pub(crate) async fn resource(conn: &mut Conn, object: &StoredObject) -> Result<Resource> {
    if object.kind != Kind::User {
        return Ok(object.resource());
    }
    let rows = conn
        .all(
            "SELECT org FROM object WHERE kind = 'RoleBinding' AND owner = $1 AND org <> ''
             UNION SELECT b.org FROM object u JOIN reference m ON m.target_uid = u.uid JOIN object g ON g.uid = m.uid
                   JOIN reference r ON r.target_uid = g.uid JOIN object b ON b.uid = r.uid
                   WHERE u.kind = 'User' AND u.name = $1 AND g.kind = 'Group' AND b.kind = 'RoleBinding' AND b.org <> ''",
            args![object.metadata.name.as_str()],
        )
        .await?;
    let orgs = rows.iter().map(|r| crate::row::name_of(&r.text("org")?).map(ScopePath::org)).collect::<Result<Vec<_>>>()?;
    Ok(object.resource().offered_in(orgs))
}

/// The same for one object that is about to be acted on: with the two-person rule of its organization, which asks who wrote
/// the newest generation of a profile. Lists need not know, because looking is no matter of two.
pub(crate) async fn ruled(conn: &mut Conn, object: &StoredObject) -> Result<Resource> {
    let resource = resource(conn, object).await?;
    if !matches!(object.kind, Kind::ComputeProfile | Kind::ServiceProfile) {
        return Ok(resource);
    }
    let Some(org) = &object.metadata.scope.org else { return Ok(resource) };
    let rules = two_person(conn, org).await?;
    Ok(resource.two_person(rules.publish, [object.metadata.modified_by.clone()]))
}

/// The two-person rules of an organization.
pub(crate) async fn two_person(conn: &mut Conn, org: &Name) -> Result<TwoPerson> {
    let found = find(conn, Kind::Organization, &ScopePath::platform(), org).await?;
    let found = found.map(StoredObject::typed::<Organization>).transpose()?;
    Ok(found.map(|org| org.spec.two_person).unwrap_or_default())
}

pub(crate) async fn locate<S: Spec>(conn: &mut Conn, scope: &ScopePath, name: &Name) -> Result<Option<Located<S>>> {
    let Some(object) = find(conn, S::KIND, scope, name).await? else { return Ok(None) };
    let resource = ruled(conn, &object).await?;
    Ok(Some(Located { object, resource, of: PhantomData }))
}

pub(crate) async fn count_owned(conn: &mut Conn, profile_uid: &str, owner: &Name) -> Result<u32> {
    let sql = "SELECT COUNT(*) AS n FROM reference r JOIN object o ON o.uid = r.uid
               WHERE r.target_uid = $1 AND r.field = 'spec.profile' AND o.owner = $2 AND o.deletion_requested_at IS NULL";
    let row = conn.one(sql, args![profile_uid, owner.as_str()]).await?;
    Ok(row.map(|r| r.int("n")).transpose()?.and_then(|n| u32::try_from(n).ok()).unwrap_or_default())
}

pub(crate) fn missing(kind: Kind, name: &Name) -> Error {
    Error::not_found(format!("There is no {} {name} here, or you may not see it.", kind.snake().replace('_', " ")))
}

impl Store {
    /// Finds an object by scope and name.
    pub async fn locate<S: Spec>(&self, scope: &ScopePath, name: &Name) -> Result<Located<S>> {
        locate(&mut self.inner.db.read().await?, scope, name).await?.ok_or_else(Error::not_visible)
    }

    /// Finds an object by uid.
    pub async fn locate_uid<S: Spec>(&self, uid: &str) -> Result<Located<S>> {
        let mut conn = self.inner.db.read().await?;
        let object = find_uid(&mut conn, uid).await?.filter(|o| o.kind == S::KIND);
        let object = object.ok_or_else(Error::not_visible)?;
        let resource = ruled(&mut conn, &object).await?;
        Ok(Located { object, resource, of: PhantomData })
    }

    /// Finds an instance by the short id in its host names.
    pub async fn locate_short_id<S: Spec>(&self, short_id: &str) -> Result<Located<S>> {
        let mut conn = self.inner.db.read().await?;
        let sql = format!("SELECT {COLUMNS} FROM object WHERE short_id = $1 AND kind = $2");
        let row = conn.one(&sql, args![short_id, S::KIND.as_str()]).await?;
        let object = row.as_ref().map(StoredObject::read).transpose()?;
        let object = object.ok_or_else(Error::not_visible)?;
        let resource = object.resource();
        Ok(Located { object, resource, of: PhantomData })
    }

    /// The objects of a kind that `viewer` may see.
    pub async fn list<S: Spec>(&self, viewer: &Viewer<'_>, query: &ListQuery) -> Result<Page<S>> {
        let mut conn = self.inner.db.read().await?;
        let (filter, mut values) = filter(S::KIND, query);
        let column = match query.sort {
            SortBy::Name => "name",
            SortBy::CreatedAt => "created_at",
            SortBy::UpdatedAt => "updated_at",
        };
        let direction = if query.descending { "DESC" } else { "ASC" };
        let order = format!("ORDER BY {column} {direction}, uid {direction}");
        let after = query.cursor.as_deref().map(decode_cursor).transpose()?;
        let limit = usize::try_from(query.limit.clamp(1, 500)).unwrap_or(500);
        let all_visible = S::KIND != Kind::User && viewer.sees_all(Subject::Kind(S::KIND), &query.scope);

        let search = by_row(query);
        let (objects, total) = if all_visible && query.labels.is_empty() && search.is_none() {
            let count = conn.one(&format!("SELECT COUNT(*) AS n FROM object WHERE {filter}"), &values).await?;
            let total = count.map(|r| r.int("n")).transpose()?.unwrap_or_default();
            let mut condition = String::new();
            if let Some(Cursor(value, uid)) = &after {
                let than = if query.descending { "<" } else { ">" };
                values.push(match query.sort {
                    SortBy::Name => Value::from(value.as_str()),
                    _ => Value::from(value.parse::<i64>().map_err(|_| bad_cursor())?),
                });
                values.push(Value::from(uid.as_str()));
                condition = format!(" AND ({column}, uid) {than} (${}, ${})", values.len() - 1, values.len());
            }
            values.push(Value::from(i64::try_from(limit + 1).unwrap_or(i64::MAX)));
            let sql = format!("SELECT {COLUMNS} FROM object WHERE {filter}{condition} {order} LIMIT ${}", values.len());
            let rows = conn.all(&sql, &values).await?;
            let objects = rows.iter().map(StoredObject::read).collect::<Result<Vec<_>>>()?;
            (objects, u64::try_from(total).unwrap_or_default())
        } else {
            let rows = conn.all(&format!("SELECT {COLUMNS} FROM object WHERE {filter} {order}"), &values).await?;
            let mut seen = Vec::new();
            for row in &rows {
                let object = StoredObject::read(row)?;
                let labelled = query.labels.iter().all(|(k, v)| object.metadata.labels.get(k) == Some(v));
                let found = search.as_ref().is_none_or(|text| holds(&object.metadata, text));
                if labelled && found && (all_visible || viewer.sees(&resource(&mut conn, &object).await?)) {
                    seen.push(object);
                }
            }
            let total = seen.len() as u64;
            let start =
                after.map_or(0, |Cursor(_, uid)| seen.iter().position(|o| o.metadata.uid == uid).map_or(seen.len(), |i| i + 1));
            (seen.drain(start..).take(limit + 1).collect(), total)
        };

        let more = objects.len() > limit;
        let next_cursor = objects.get(limit - 1).filter(|_| more).map(|last| {
            let value = match query.sort {
                SortBy::Name => last.metadata.name.to_string(),
                SortBy::CreatedAt => last.metadata.created_at.as_millis().to_string(),
                SortBy::UpdatedAt => last.metadata.updated_at.as_millis().to_string(),
            };
            encode_cursor(&Cursor(value, last.metadata.uid.clone()))
        });
        let items = objects.into_iter().take(limit).map(StoredObject::typed).collect::<Result<Vec<_>>>()?;
        Ok(Page { items, next_cursor, total })
    }

    /// Every spec an object has had, newest first.
    pub async fn revisions<S: Spec>(&self, proof: &Allowed<action::View, S>) -> Result<Vec<Revision<S>>> {
        let mut conn = self.inner.db.read().await?;
        let rows = conn
            .all("SELECT generation, at, actor, spec FROM revision WHERE uid = $1 ORDER BY generation DESC", args![proof.uid()])
            .await?;
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

    /// The spec an object had at a generation.
    pub async fn revision<S: Spec>(&self, proof: &Allowed<action::View, S>, generation: i64) -> Result<S> {
        revision(&mut self.inner.db.read().await?, proof.uid(), generation).await
    }
}

pub(crate) async fn revision<S: Spec>(conn: &mut Conn, uid: &str, generation: i64) -> Result<S> {
    serde_json::from_value(revision_as_written(conn, uid, generation).await?).map_err(Error::internal)
}

pub(crate) async fn revision_as_written(conn: &mut Conn, uid: &str, generation: i64) -> Result<serde_json::Value> {
    let row = conn.one("SELECT spec FROM revision WHERE uid = $1 AND generation = $2", args![uid, generation]).await?;
    row.ok_or_else(|| Error::not_found(format!("There is no generation {generation} of it.")))?.json("spec")
}

/// What has to be searched for row by row, in small letters: databases know the cases of ASCII letters alone.
fn by_row(query: &ListQuery) -> Option<String> {
    query.search.as_deref().filter(|text| !text.is_ascii()).map(str::to_lowercase)
}

fn holds(metadata: &Metadata, text: &str) -> bool {
    [metadata.name.as_str(), &metadata.display_name, &metadata.description].join(" ").to_lowercase().contains(text)
}

fn filter(kind: Kind, query: &ListQuery) -> (String, Vec<Value>) {
    let mut sql = String::from("kind = $1");
    let mut values = vec![Value::from(kind.as_str())];
    let mut add = |text: &str, value: Value| {
        values.push(value);
        sql.push_str(&text.replace('?', &format!("${}", values.len())));
    };
    let parts = columns_of(&query.scope);
    for (column, value) in ["org", "project", "workspace"].into_iter().zip(parts) {
        if query.exact || !value.is_empty() {
            add(&format!(" AND {column} = ?"), value.into());
        }
    }
    if let Some(search) = query.search.as_deref().filter(|s| !s.is_empty() && s.is_ascii()) {
        let pattern = format!("%{}%", escape_like(&search.to_lowercase()));
        add(" AND lower(name || ' ' || display_name || ' ' || description) LIKE ? ESCAPE '\\'", pattern.into());
    }
    if let Some(phase) = &query.phase {
        add(" AND phase = ?", phase.into());
    }
    if let Some(owner) = &query.owner {
        add(" AND owner = ?", owner.into());
    }
    (sql, values)
}

/// The sort value and uid of the last row of a page.
struct Cursor(String, String);

fn encode_cursor(Cursor(value, uid): &Cursor) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("{uid} {value}"))
}

fn decode_cursor(text: &str) -> Result<Cursor> {
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).map_err(|_| bad_cursor())?;
    let text = String::from_utf8(bytes).map_err(|_| bad_cursor())?;
    let (uid, value) = text.split_once(' ').ok_or_else(bad_cursor)?;
    Ok(Cursor(value.to_owned(), uid.to_owned()))
}

fn bad_cursor() -> Error {
    Error::invalid_field("cursor", "this is not a cursor of this list; start again without one")
}
