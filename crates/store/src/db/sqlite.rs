//! SQLite, called where the caller runs.
//!
//! There is one connection that writes, whose transactions begin immediately (a deferred read-then-write would fail at once
//! under load, and no time-out helps), and a few that only read. A statement takes microseconds and never waits for another
//! connection, so it runs on the caller's thread: handing it to a thread of its own costs more than the statement. Making a
//! transaction durable waits for the disk, and that is done aside.

use super::{Value, taken};
use rusqlite::types::{ToSql, ToSqlOutput, Value as Cell, ValueRef};
use rusqlite::{Connection, ErrorCode as SqliteCode, OpenFlags, params_from_iter};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use warpyard_model::{Error, Result};

const READERS: usize = 4;
/// How long a caller waits for its turn before it is told that the database is busy.
const PATIENCE: Duration = Duration::from_secs(30);
/// More than there are different statements.
const CACHED_STATEMENTS: usize = 256;

/// An open database.
#[derive(Clone)]
pub(crate) struct Sqlite {
    writer: Arc<AsyncMutex<Held>>,
    readers: Arc<Readers>,
}

/// A connection that futures may hold across threads. Nobody ever waits for the lock: whoever uses it has it exclusively.
type Held = Mutex<Connection>;

struct Readers {
    idle: Mutex<Vec<Held>>,
    permits: Arc<Semaphore>,
}

/// A connection that only reads; it goes back to the others when dropped.
pub(crate) struct Reader {
    connection: Option<Held>,
    home: Arc<Readers>,
    _permit: OwnedSemaphorePermit,
}

/// A transaction. Dropping it without a commit rolls it back.
pub(crate) struct Writer {
    connection: OwnedMutexGuard<Held>,
}

/// A row with the names of its columns.
pub(crate) struct SqliteRow {
    columns: Arc<[String]>,
    cells: Vec<Cell>,
}

impl Sqlite {
    /// Opens or creates the database at `path`.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        make_private(path)?;
        let failed = |e: rusqlite::Error| Error::unavailable(format!("The database at {} cannot be opened: {e}", path.display()));
        let open = |flags: OpenFlags| -> Result<Connection, rusqlite::Error> {
            let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
            connection.busy_timeout(Duration::from_secs(5))?;
            connection.pragma_update(None, "foreign_keys", true)?;
            connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
            Ok(connection)
        };
        let writer = open(OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(failed)?;
        writer.pragma_update(None, "journal_mode", "wal").map_err(failed)?;
        writer.pragma_update(None, "synchronous", "full").map_err(failed)?;
        let idle = (0..READERS)
            .map(|_| open(OpenFlags::SQLITE_OPEN_READ_ONLY).map(Held::new))
            .collect::<Result<Vec<_>, _>>()
            .map_err(failed)?;
        let readers = Readers { idle: Mutex::new(idle), permits: Arc::new(Semaphore::new(READERS)) };
        Ok(Self { writer: Arc::new(AsyncMutex::new(Held::new(writer))), readers: Arc::new(readers) })
    }

    /// A connection that only reads.
    pub(crate) async fn read(&self) -> Result<Reader> {
        let permit = in_time(self.readers.permits.clone().acquire_owned()).await?.map_err(Error::internal)?;
        let connection = self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Ok(Reader { connection, home: self.readers.clone(), _permit: permit })
    }

    /// The transaction of whoever's turn it is.
    pub(crate) async fn begin(&self) -> Result<Writer> {
        let mut connection = in_time(self.writer.clone().lock_owned()).await?;
        plain(unlocked(&mut connection), "BEGIN IMMEDIATE")?;
        Ok(Writer { connection })
    }
}

async fn in_time<T>(turn: impl Future<Output = T>) -> Result<T> {
    let waited = tokio::time::timeout(PATIENCE, turn).await;
    waited.map_err(|_| Error::unavailable("The database is too busy at the moment; try again."))
}

fn unlocked(held: &mut Held) -> &mut Connection {
    held.get_mut().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a statement that takes and gives nothing.
fn plain(connection: &Connection, sql: &str) -> Result<()> {
    connection.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map(drop).map_err(failed)
}

impl Reader {
    pub(crate) fn run(&mut self, sql: &str, args: &[Value]) -> Result<u64> {
        run(self.connection()?, sql, args)
    }

    pub(crate) fn all(&mut self, sql: &str, args: &[Value]) -> Result<Vec<SqliteRow>> {
        all(self.connection()?, sql, args)
    }

    fn connection(&mut self) -> Result<&Connection> {
        self.connection.as_mut().map(|held| &*unlocked(held)).ok_or_else(|| Error::internal("more readers than connections"))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut idle = self.home.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.extend(self.connection.take());
    }
}

impl Writer {
    pub(crate) fn run(&mut self, sql: &str, args: &[Value]) -> Result<u64> {
        run(unlocked(&mut self.connection), sql, args)
    }

    pub(crate) fn all(&mut self, sql: &str, args: &[Value]) -> Result<Vec<SqliteRow>> {
        all(unlocked(&mut self.connection), sql, args)
    }

    /// Waits for the disk on a thread that may wait, and does what follows there.
    pub(crate) async fn commit(mut self, then: impl FnOnce() + Send + 'static) -> Result<()> {
        let committed = tokio::task::spawn_blocking(move || {
            plain(unlocked(&mut self.connection), "COMMIT")?;
            then();
            Ok(())
        });
        committed.await.map_err(Error::internal)?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Also after a commit that failed, which leaves its transaction open.
        let connection = unlocked(&mut self.connection);
        if !connection.is_autocommit()
            && let Err(error) = plain(connection, "ROLLBACK")
        {
            tracing::error!(%error, "a transaction cannot be rolled back");
        }
    }
}

/// Our statements number their placeholders as PostgreSQL has them; to SQLite `$1` would be a name.
fn statement<'c>(connection: &'c Connection, sql: &str) -> Result<rusqlite::CachedStatement<'c>> {
    connection.prepare_cached(&sql.replace('$', "?")).map_err(failed)
}

fn run(connection: &Connection, sql: &str, args: &[Value]) -> Result<u64> {
    let touched = statement(connection, sql)?.execute(params_from_iter(args)).map_err(failed)?;
    u64::try_from(touched).map_err(Error::internal)
}

fn all(connection: &Connection, sql: &str, args: &[Value]) -> Result<Vec<SqliteRow>> {
    let mut statement = statement(connection, sql)?;
    let columns: Arc<[String]> = statement.column_names().into_iter().map(str::to_owned).collect();
    let mut rows = statement.query(params_from_iter(args)).map_err(failed)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let cells = (0..columns.len()).map(|at| row.get(at)).collect::<Result<Vec<Cell>, _>>().map_err(failed)?;
        found.push(SqliteRow { columns: columns.clone(), cells });
    }
    Ok(found)
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Value::Text(v) | Value::OptText(Some(v)) => ToSqlOutput::Borrowed(ValueRef::Text(v.as_bytes())),
            Value::Int(v) | Value::OptInt(Some(v)) => ToSqlOutput::Owned(Cell::Integer(*v)),
            Value::Json(v) | Value::OptJson(Some(v)) => ToSqlOutput::Owned(Cell::Text(v.to_string())),
            Value::OptText(None) | Value::OptInt(None) | Value::OptJson(None) => ToSqlOutput::Owned(Cell::Null),
        })
    }
}

impl SqliteRow {
    fn cell(&self, column: &str) -> Result<&Cell> {
        let at = self.columns.iter().position(|name| name == column);
        at.and_then(|at| self.cells.get(at)).ok_or_else(|| Error::internal(format!("there is no column {column}")))
    }

    pub(crate) fn opt_text(&self, column: &str) -> Result<Option<String>> {
        match self.cell(column)? {
            Cell::Text(text) => Ok(Some(text.clone())),
            Cell::Null => Ok(None),
            other => Err(unexpected(column, other)),
        }
    }

    pub(crate) fn opt_int(&self, column: &str) -> Result<Option<i64>> {
        match self.cell(column)? {
            Cell::Integer(number) => Ok(Some(*number)),
            Cell::Null => Ok(None),
            other => Err(unexpected(column, other)),
        }
    }

    pub(crate) fn text(&self, column: &str) -> Result<String> {
        self.opt_text(column)?.ok_or_else(|| unexpected(column, &Cell::Null))
    }

    pub(crate) fn int(&self, column: &str) -> Result<i64> {
        self.opt_int(column)?.ok_or_else(|| unexpected(column, &Cell::Null))
    }
}

fn unexpected(column: &str, cell: &Cell) -> Error {
    Error::internal(format!("column {column} holds {}", cell.data_type()))
}

/// Makes the file before SQLite does, readable by its owner alone; SQLite gives its side files the same mode.
fn make_private(path: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let made = std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path);
    made.map(drop).map_err(|e| Error::unavailable(format!("The database at {} cannot be made: {e}", path.display())))
}

fn failed(error: rusqlite::Error) -> Error {
    match error.sqlite_error() {
        Some(e)
            if [rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE, rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY]
                .contains(&e.extended_code) =>
        {
            taken(error)
        }
        Some(e) if e.code == SqliteCode::DiskFull => {
            Error::unavailable("The disk that holds the database is full; free some space and try again.").with_context(error)
        }
        Some(e) if matches!(e.code, SqliteCode::SystemIoFailure | SqliteCode::DatabaseBusy | SqliteCode::CannotOpen) => {
            Error::unavailable("The database cannot be reached at the moment.").with_context(error)
        }
        _ => Error::internal(error),
    }
}
