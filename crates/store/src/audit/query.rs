//! Reading the trail: filters that an index answers, pages, exports, and the check of a whole chain.
//!
//! One equality at a time finds its own index, in the order of the chain. Where several filters are set, or one that no index
//! answers, the narrow index is walked from the newest entry: it holds what filters look at and not what was changed, so that
//! a million entries are a fraction of a second. Only the rows that are shown are then read in full.

use super::chain::{AuditVerdict, Broken, ChainCheck, Flaw};
use super::{checkpoint, place_of, word};
use crate::Store;
use crate::db::{Conn, Row, Value, args};
use crate::read::escape_like;
use warpyard_model::kinds::{AuditEntry, AuditOutcome};
use warpyard_model::{Result, Timestamp};
use warpyard_policy::{Allowed, AuditTrail, action};

/// Entries that a check or an export reads at once.
const CHUNK: i64 = 500;

/// Entries that one look for a text goes through: no index answers it, and nobody should wait for a million of them.
const WINDOW: i64 = 100_000;

/// Entries, and how far back a text was looked for where there is more.
#[derive(Debug, Clone)]
pub struct AuditFound {
    /// Newest first.
    pub entries: Vec<AuditEntry>,
    /// Earlier entries were not looked at: the sequence to go on before, and the moment until which it was looked.
    pub searched: Option<(i64, Timestamp)>,
}

/// Which entries to read.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// Only by this actor, or on behalf of nobody else.
    pub actor: Option<String>,
    /// Only this action; a text without a verb (`service_instance`, `service_instance.`) is the beginning of several.
    pub action: Option<String>,
    /// Only about objects of this kind.
    pub kind: Option<String>,
    /// Only about this object or what is inside it, as a path: `/acme/vision`.
    pub object: Option<String>,
    /// Only with this outcome.
    pub outcome: Option<AuditOutcome>,
    /// Only objects, actors or actions that contain this text.
    pub search: Option<String>,
    /// Only from this moment on.
    pub from: Option<Timestamp>,
    /// Only before this moment.
    pub to: Option<Timestamp>,
    /// Only entries before this sequence: the cursor of a list.
    pub before: Option<i64>,
    /// Only entries after this sequence: the cursor of an export.
    pub after: Option<i64>,
    /// At most so many.
    pub limit: u32,
    /// How many entries one look for a text goes through; 100,000 where absent.
    pub window: Option<i64>,
}

impl AuditQuery {
    /// Whether it asks for a whole chain.
    pub fn is_everything(&self) -> bool {
        let Self { actor, action, kind, object, outcome, search, from, to, .. } = self;
        [actor, action, kind, object, search].iter().all(|f| f.is_none()) && outcome.is_none() && from.is_none() && to.is_none()
    }

    fn exact_action(&self) -> Option<&String> {
        self.action.as_ref().filter(|a| a.split_once('.').is_some_and(|(_, verb)| !verb.is_empty()))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    NewestFirst,
    OldestFirst,
}

struct Conditions {
    sql: String,
    values: Vec<Value>,
}

impl Conditions {
    fn and(&mut self, text: &str, value: Value) {
        self.values.push(value);
        self.sql.push_str(" AND ");
        self.sql.push_str(&text.replace('?', &format!("${}", self.values.len())));
    }
}

/// The first entry from a moment on, or of none the number after the last.
async fn first_from(conn: &mut Conn, org: &str, at: Timestamp) -> Result<i64> {
    let sql = "SELECT sequence FROM audit WHERE org = $1 AND at >= $2 ORDER BY at, sequence LIMIT 1";
    conn.one(sql, args![org, at.as_millis()]).await?.map_or(Ok(i64::MAX), |row| row.int("sequence"))
}

async fn conditions(conn: &mut Conn, org: &str, query: &AuditQuery) -> Result<Conditions> {
    let exact_action = query.exact_action();
    let exact = [query.actor.is_some(), query.kind.is_some(), exact_action.is_some(), query.object.is_some()];
    let several = exact.into_iter().filter(|is| *is).count() > 1;
    // An expression is answered by no index: a hint that both databases understand.
    let column = |name: &str| if several { format!("({name} || '') = ?") } else { format!("{name} = ?") };
    let mut out = Conditions { sql: "org = $1".to_owned(), values: vec![org.into()] };
    if let Some(actor) = &query.actor {
        out.and(&column("actor"), actor.into());
    }
    if let Some(kind) = &query.kind {
        out.and(&column("kind"), kind.into());
    }
    match (&query.action, exact_action) {
        (_, Some(action)) => out.and(&column("action"), action.into()),
        (Some(beginning), None) => out.and("action LIKE ? ESCAPE '\\'", format!("{}%", escape_like(beginning)).into()),
        (None, None) => {}
    }
    if let Some(object) = &query.object {
        let object = object.trim_end_matches('/');
        out.values.push(object.into());
        let n = out.values.len();
        // A workspace holds its objects directly; what is above holds more than one step down.
        if object.matches('/').count() >= 3 {
            out.values.push(place_of(object).into());
            let place = if several { "(place || '')" } else { "place" };
            out.sql.push_str(&format!(" AND {place} IN (${n}, ${}) AND (object = ${n} OR place = ${n})", n + 1));
        } else {
            out.values.push(format!("{}/%", escape_like(object)).into());
            out.sql.push_str(&format!(" AND (object = ${n} OR object LIKE ${} ESCAPE '\\')", n + 1));
        }
    }
    match query.outcome {
        // As it stands in the index of refusals.
        Some(AuditOutcome::Denied) => out.sql.push_str(" AND outcome = 'denied'"),
        Some(AuditOutcome::Allowed) => out.sql.push_str(" AND outcome = 'allowed'"),
        None => {}
    }
    if let Some(search) = &query.search {
        let pattern = format!("%{}%", escape_like(&search.to_lowercase()));
        out.and("lower(object || ' ' || actor || ' ' || action) LIKE ? ESCAPE '\\'", pattern.into());
    }
    if let Some(from) = query.from {
        let first = first_from(conn, org, from).await?;
        out.and("sequence >= ?", first.into());
    }
    if let Some(to) = query.to {
        let end = first_from(conn, org, to).await?;
        out.and("sequence < ?", end.into());
    }
    if let Some(before) = query.before {
        out.and("sequence < ?", before.into());
    }
    if let Some(after) = query.after {
        out.and("sequence > ?", after.into());
    }
    Ok(out)
}

async fn read(conn: &mut Conn, org: &str, query: &AuditQuery, order: Order) -> Result<Vec<AuditEntry>> {
    let mut conditions = conditions(conn, org, query).await?;
    let direction = if order == Order::NewestFirst { "DESC" } else { "ASC" };
    conditions.values.push(i64::from(query.limit).into());
    let sql = format!(
        "SELECT * FROM audit WHERE org = $1 AND sequence IN (SELECT sequence FROM audit WHERE {} ORDER BY sequence {direction}
         LIMIT ${}) ORDER BY sequence {direction}",
        conditions.sql,
        conditions.values.len()
    );
    conn.all(&sql, &conditions.values).await?.iter().map(read_entry).collect()
}

fn read_entry(row: &Row) -> Result<AuditEntry> {
    let outcome = if row.text("outcome")? == word(AuditOutcome::Denied) { AuditOutcome::Denied } else { AuditOutcome::Allowed };
    Ok(AuditEntry {
        sequence: row.int("sequence")?,
        org: row.text("org")?,
        at: Timestamp::from_millis(row.int("at")?),
        actor: row.text("actor")?,
        on_behalf_of: row.text("on_behalf_of")?,
        action: row.text("action")?,
        outcome,
        kind: row.opt_text("kind")?,
        object: row.text("object")?,
        before: row.opt_json("before_spec")?,
        after: row.opt_json("after_spec")?,
        request_id: row.text("request_id")?,
        address: row.text("address")?,
        hash: row.text("hash")?,
    })
}

/// Where a look for a text ends that begins at the newest entry of a query: nothing where it reaches the chain's beginning,
/// or the moment from which on is asked.
async fn window(conn: &mut Conn, org: &str, query: &AuditQuery) -> Result<Option<(i64, Timestamp)>> {
    let end = match query.to {
        Some(to) => first_from(conn, org, to).await?,
        None => i64::MAX,
    };
    let end = end.min(query.before.unwrap_or(i64::MAX));
    let newest = "SELECT sequence FROM audit WHERE org = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT 1";
    let Some(newest) = conn.one(newest, args![org, end]).await? else { return Ok(None) };
    let last_outside = newest.int("sequence")? - query.window.unwrap_or(WINDOW);
    let outside = "SELECT at FROM audit WHERE org = $1 AND sequence <= $2 ORDER BY sequence DESC LIMIT 1";
    let Some(row) = conn.one(outside, args![org, last_outside]).await? else { return Ok(None) };
    let at = Timestamp::from_millis(row.int("at")?);
    if query.from.is_some_and(|from| at < from) {
        return Ok(None);
    }
    Ok(Some((last_outside + 1, at)))
}

fn chain_of(proof: &Allowed<action::View, AuditTrail>) -> String {
    proof.scope().org.as_ref().map(ToString::to_string).unwrap_or_default()
}

impl Store {
    /// Entries of the chain that the proof's scope names (an organization's, or the platform's own), newest first.
    pub async fn audit_entries(&self, proof: &Allowed<action::View, AuditTrail>, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        read(&mut self.inner.db.read().await?, &chain_of(proof), query, Order::NewestFirst).await
    }

    /// The same; where a text is looked for, in so many entries at once that nobody waits.
    pub async fn audit_search(&self, proof: &Allowed<action::View, AuditTrail>, query: &AuditQuery) -> Result<AuditFound> {
        let org = chain_of(proof);
        let mut conn = self.inner.db.read().await?;
        let window = if query.search.is_some() { window(&mut conn, &org, query).await? } else { None };
        let after = window.map(|(before, _)| before - 1).max(query.after);
        let entries = read(&mut conn, &org, &AuditQuery { after, ..query.clone() }, Order::NewestFirst).await?;
        let full = u32::try_from(entries.len()).is_ok_and(|n| n >= query.limit);
        Ok(AuditFound { entries, searched: window.filter(|_| !full) })
    }

    /// The same, oldest first: what an export reads piece by piece.
    pub async fn audit_oldest_first(
        &self,
        proof: &Allowed<action::View, AuditTrail>,
        query: &AuditQuery,
    ) -> Result<Vec<AuditEntry>> {
        read(&mut self.inner.db.read().await?, &chain_of(proof), query, Order::OldestFirst).await
    }

    /// The signed checkpoints of a chain, oldest first.
    pub async fn audit_checkpoints(&self, proof: &Allowed<action::View, AuditTrail>) -> Result<Vec<super::Checkpoint>> {
        checkpoint::all(&mut self.inner.db.read().await?, &chain_of(proof)).await
    }

    /// Recomputes a chain from its first entry and holds it against its signed checkpoints.
    pub async fn audit_verify(&self, proof: &Allowed<action::View, AuditTrail>) -> Result<AuditVerdict> {
        let org = chain_of(proof);
        let mut conn = self.inner.db.read().await?;
        let key = self.inner.audit_public_key(&mut conn).await?;
        let mut check = ChainCheck::new(checkpoint::all(&mut conn, &org).await?, key.as_deref());
        let mut after = i64::MIN;
        loop {
            let sql = "SELECT * FROM audit WHERE org = $1 AND sequence > $2 ORDER BY sequence LIMIT $3";
            let rows = conn.all(sql, args![&org, after, CHUNK]).await?;
            let Some(last) = rows.last() else { return Ok(check.finish()) };
            after = last.int("sequence")?;
            for row in &rows {
                let entry = read_entry(row)?;
                // These are what filters look at; the hash does not cover them.
                let in_place = row.text("place")? == place_of(&entry.object) && row.text("outcome")? == word(entry.outcome);
                if !check.entry(&entry)? {
                    return Ok(check.finish());
                }
                if !in_place {
                    let verdict = check.finish();
                    let broken = Some(Broken { at: entry.sequence, flaw: Flaw::Edited });
                    return Ok(AuditVerdict { last: entry.sequence - 1, broken, ..verdict });
                }
            }
            tokio::task::yield_now().await;
        }
    }
}
