//! The two databases behind one small door.
//!
//! SQL in this crate is written once, with `$1` placeholders, which SQLite and PostgreSQL both take; only the set-up
//! differs.

use serde_json::Value as Json;
use sqlite::{Reader, Sqlite, SqliteRow, Writer};
use sqlx::postgres::{PgPool, PgPoolOptions, PgRow};
use sqlx::{AssertSqlSafe, PgTransaction, Postgres, Row as _, pool::PoolConnection};
use std::path::Path;
use std::time::Duration;
use warpyard_model::{Error, ErrorCode, Result};

mod sqlite;

const SQLITE_SCHEMA: &str = include_str!("migrations/sqlite.sql");
const POSTGRES_SCHEMA: &str = include_str!("migrations/postgres.sql");

/// An open database.
#[derive(Clone)]
pub(crate) enum Db {
    Sqlite(Sqlite),
    Postgres(PgPool),
}

/// A bound value.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(String),
    OptText(Option<String>),
    Int(i64),
    OptInt(Option<i64>),
    Json(Json),
    OptJson(Option<Json>),
}

impl From<&str> for Value {
    fn from(v: &str) -> Self {
        Value::Text(v.to_owned())
    }
}
impl From<String> for Value {
    fn from(v: String) -> Self {
        Value::Text(v)
    }
}
impl From<&String> for Value {
    fn from(v: &String) -> Self {
        Value::Text(v.clone())
    }
}
impl From<Option<String>> for Value {
    fn from(v: Option<String>) -> Self {
        Value::OptText(v)
    }
}
impl From<i64> for Value {
    fn from(v: i64) -> Self {
        Value::Int(v)
    }
}
impl From<Option<i64>> for Value {
    fn from(v: Option<i64>) -> Self {
        Value::OptInt(v)
    }
}
impl From<Json> for Value {
    fn from(v: Json) -> Self {
        Value::Json(v)
    }
}
impl From<Option<Json>> for Value {
    fn from(v: Option<Json>) -> Self {
        Value::OptJson(v)
    }
}

/// Values for the placeholders of one statement.
macro_rules! args {
    ($($v:expr),* $(,)?) => { &[$($crate::db::Value::from($v)),*] };
}
pub(crate) use args;

/// A row of either database.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    pub(crate) fn text(&self, column: &str) -> Result<String> {
        match self {
            Row::Sqlite(r) => r.text(column),
            Row::Postgres(r) => r.try_get(column).map_err(failed),
        }
    }
    pub(crate) fn opt_text(&self, column: &str) -> Result<Option<String>> {
        match self {
            Row::Sqlite(r) => r.opt_text(column),
            Row::Postgres(r) => r.try_get(column).map_err(failed),
        }
    }
    pub(crate) fn int(&self, column: &str) -> Result<i64> {
        match self {
            Row::Sqlite(r) => r.int(column),
            Row::Postgres(r) => r.try_get(column).map_err(failed),
        }
    }
    pub(crate) fn opt_int(&self, column: &str) -> Result<Option<i64>> {
        match self {
            Row::Sqlite(r) => r.opt_int(column),
            Row::Postgres(r) => r.try_get(column).map_err(failed),
        }
    }
    pub(crate) fn json(&self, column: &str) -> Result<Json> {
        Ok(self.opt_json(column)?.unwrap_or(Json::Null))
    }
    /// JSON is kept as the text it was written as: its key order is part of audit hashes and of what people wrote.
    pub(crate) fn opt_json(&self, column: &str) -> Result<Option<Json>> {
        self.opt_text(column)?.map(|text| serde_json::from_str(&text).map_err(Error::internal)).transpose()
    }
}

/// A connection, in a transaction or not. Dropping a transaction that was not committed rolls it back.
pub(crate) enum Conn {
    SqliteRead(Reader),
    SqliteWrite(Writer),
    PostgresRead(PoolConnection<Postgres>),
    PostgresWrite(PgTransaction<'static>),
}

macro_rules! bind_all {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for value in $args {
            query = match value.clone() {
                Value::Text(v) => query.bind(v),
                Value::OptText(v) => query.bind(v),
                Value::Int(v) => query.bind(v),
                Value::OptInt(v) => query.bind(v),
                Value::Json(v) => query.bind(v.to_string()),
                Value::OptJson(v) => query.bind(v.map(|v| v.to_string())),
            };
        }
        query
    }};
}

impl Conn {
    /// Runs a statement; tells how many rows it touched.
    pub(crate) async fn run(&mut self, sql: &str, args: &[Value]) -> Result<u64> {
        let safe = || AssertSqlSafe(sql.to_owned());
        match self {
            Conn::SqliteRead(c) => return c.run(sql, args),
            Conn::SqliteWrite(c) => return c.run(sql, args),
            Conn::PostgresRead(c) => bind_all!(sqlx::query(safe()), args).execute(&mut **c).await,
            Conn::PostgresWrite(c) => bind_all!(sqlx::query(safe()), args).execute(&mut **c).await,
        }
        .map(|done| done.rows_affected())
        .map_err(failed)
    }

    /// Every row of a query.
    pub(crate) async fn all(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>> {
        let safe = || AssertSqlSafe(sql.to_owned());
        let rows = match self {
            Conn::SqliteRead(c) => return Ok(c.all(sql, args)?.into_iter().map(Row::Sqlite).collect()),
            Conn::SqliteWrite(c) => return Ok(c.all(sql, args)?.into_iter().map(Row::Sqlite).collect()),
            Conn::PostgresRead(c) => bind_all!(sqlx::query(safe()), args).fetch_all(&mut **c).await,
            Conn::PostgresWrite(c) => bind_all!(sqlx::query(safe()), args).fetch_all(&mut **c).await,
        };
        Ok(rows.map_err(failed)?.into_iter().map(Row::Postgres).collect())
    }

    /// The first row of a query.
    pub(crate) async fn one(&mut self, sql: &str, args: &[Value]) -> Result<Option<Row>> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// Makes the transaction durable.
    pub(crate) async fn commit(self) -> Result<()> {
        self.commit_then(|| ()).await
    }

    /// Makes the transaction durable and does what must follow, also when the caller is gone by then: a request whose client
    /// hung up is dropped wherever it waits. On PostgreSQL a drop in between is made good by the looks that other servers'
    /// writes need anyway.
    pub(crate) async fn commit_then(self, then: impl FnOnce() + Send + 'static) -> Result<()> {
        match self {
            Conn::SqliteWrite(c) => return c.commit(then).await,
            Conn::PostgresWrite(c) => c.commit().await.map_err(failed)?,
            Conn::SqliteRead(_) | Conn::PostgresRead(_) => {}
        }
        then();
        Ok(())
    }
}

impl Db {
    /// Opens or creates the SQLite database at `path`.
    pub(crate) async fn sqlite(path: &Path) -> Result<Self> {
        let db = Db::Sqlite(Sqlite::open(path)?);
        db.migrate("SELECT 1 FROM sqlite_master WHERE name = 'meta'", SQLITE_SCHEMA).await?;
        Ok(db)
    }

    /// Connects to PostgreSQL at `url`.
    pub(crate) async fn postgres(url: &str) -> Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(10)
            .acquire_timeout(Duration::from_secs(10))
            .connect(url)
            .await
            .map_err(|e| Error::unavailable(format!("PostgreSQL cannot be reached: {e}. Check the database_url setting.")))?;
        let db = Db::Postgres(pool);
        db.migrate(
            "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'meta'",
            POSTGRES_SCHEMA,
        )
        .await?;
        Ok(db)
    }

    async fn migrate(&self, probe: &str, schema: &str) -> Result<()> {
        let mut conn = self.begin().await?;
        if let Conn::PostgresWrite(_) = conn {
            // Two servers may start at once on an empty database; the lock goes with the transaction.
            conn.all("SELECT pg_advisory_xact_lock(7241)", &[]).await?;
        }
        if conn.one(probe, &[]).await?.is_none() {
            for statement in schema.split(";\n").map(str::trim).filter(|s| !s.is_empty()) {
                conn.run(statement, &[]).await?;
            }
        }
        conn.commit().await
    }

    /// A connection for reading.
    pub(crate) async fn read(&self) -> Result<Conn> {
        match self {
            Db::Sqlite(db) => db.read().await.map(Conn::SqliteRead),
            Db::Postgres(pool) => pool.acquire().await.map(Conn::PostgresRead).map_err(failed),
        }
    }

    /// A transaction for writing.
    pub(crate) async fn begin(&self) -> Result<Conn> {
        match self {
            Db::Sqlite(db) => db.begin().await.map(Conn::SqliteWrite),
            Db::Postgres(pool) => pool.begin().await.map(Conn::PostgresWrite).map_err(failed),
        }
    }

    /// Whether other servers may write to the same database, so that this one must look from time to time.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self, Db::Postgres(_))
    }
}

fn taken(context: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::AlreadyExists, "There is one of that name already.").with_context(context)
}

/// Turns a database error into ours: taken names are told apart, everything else stays private.
pub(crate) fn failed(error: sqlx::Error) -> Error {
    match &error {
        sqlx::Error::Database(db) if db.is_unique_violation() => taken(db),
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => {
            Error::unavailable("The database cannot be reached at the moment.").with_context(&error)
        }
        _ => Error::internal(&error),
    }
}
