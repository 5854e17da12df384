//! A ledger in an SQLite file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use plimsoll_ledger::{LedgerId, Row, Store, StoreError};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, TransactionBehavior};

/// `Plim` in the file's header, so that other programs know whose it is.
const APPLICATION: i64 = 0x506c_696d;
/// The version of the tables.
const VERSION: i64 = 1;
/// How long a writer waits for another one; an append takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// Tables and their guards. What the triggers say is seen by people who try.
const TABLES: &str = "
CREATE TABLE ledger (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    id TEXT NOT NULL
) STRICT;
CREATE TABLE record (
    seq INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    content TEXT NOT NULL,
    signature TEXT NOT NULL
) STRICT;
CREATE TRIGGER record_update BEFORE UPDATE ON record
BEGIN SELECT RAISE(ABORT, 'records of a ledger are never changed'); END;
CREATE TRIGGER record_delete BEFORE DELETE ON record
BEGIN SELECT RAISE(ABORT, 'records of a ledger are never removed'); END;
CREATE TRIGGER record_insert BEFORE INSERT ON record
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM record)
BEGIN SELECT RAISE(ABORT, 'records of a ledger are only added at its end'); END;
CREATE TRIGGER ledger_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the name of a ledger is never changed'); END;
CREATE TRIGGER ledger_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the name of a ledger is never removed'); END;
";

const GUARDS: [&str; 5] =
    ["ledger_delete", "ledger_update", "record_delete", "record_insert", "record_update"];

/// An open file.
pub(crate) struct Sqlite {
    connection: Connection,
    path: PathBuf,
}

impl Sqlite {
    /// Opens a ledger that is there.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let store = Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        store.durable()?;
        Ok(store)
    }

    /// Opens a ledger without writing to it.
    pub(crate) fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        let store = Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE);
        let store = match store {
            // A medium or a folder that can't be written: without the log's shared memory.
            Err(StoreError::Unreachable { .. }) => {
                Self::connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?
            }
            other => other?,
        };
        let set = store.connection.pragma_update(None, "query_only", true);
        set.map_err(|error| store.unreachable(&error))?;
        Ok(store)
    }

    /// Opens a ledger, and makes one where there is none.
    pub(crate) fn open_or_create(path: &Path, id: LedgerId) -> Result<Self, StoreError> {
        match std::fs::metadata(path) {
            // An empty file is what a crash before the first write leaves.
            Ok(metadata) if metadata.len() > 0 => return Self::open(path),
            _ => {}
        }
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| StoreError::Unreachable {
                place: path.display().to_string(),
                reason: error.to_string(),
            })?;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let mut store = Self::bare(path, flags)?;
        store.durable()?;
        store.create(id)?;
        Ok(store)
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::Missing(path.display().to_string()));
        }
        let store = Self::bare(path, flags)?;
        store.check_version()?;
        Ok(store)
    }

    fn bare(path: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let unreachable = |error: rusqlite::Error| StoreError::Unreachable {
            place: path.display().to_string(),
            reason: error.to_string(),
        };
        let connection = Connection::open_with_flags(path, flags).map_err(unreachable)?;
        connection.busy_timeout(PATIENCE).map_err(unreachable)?;
        // The file may be somebody else's: nothing in it may call functions with side effects.
        connection.pragma_update(None, "trusted_schema", false).map_err(unreachable)?;
        Ok(Self { connection, path: path.to_owned() })
    }

    fn unreachable(&self, error: &rusqlite::Error) -> StoreError {
        StoreError::Unreachable { place: self.place(), reason: error.to_string() }
    }

    fn no_ledger(&self, reason: &str) -> StoreError {
        StoreError::NoLedger { place: self.place(), reason: reason.to_owned() }
    }

    /// What is confirmed must outlast a crash of the machine.
    fn durable(&self) -> Result<(), StoreError> {
        let set = || -> rusqlite::Result<()> {
            self.connection.pragma_update(None, "journal_mode", "wal")?;
            self.connection.pragma_update(None, "synchronous", "full")?;
            // On macOS an ordinary fsync stops at the drive's cache.
            self.connection.pragma_update(None, "fullfsync", true)
        };
        set().map_err(|error| failure(&error))
    }

    fn check_version(&self) -> Result<(), StoreError> {
        let number =
            |name: &str| self.connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let application =
            number("application_id").map_err(|error| match error.sqlite_error_code() {
                Some(ErrorCode::NotADatabase) => self.no_ledger("it is no SQLite file"),
                _ => self.unreachable(&error),
            })?;
        if application != APPLICATION {
            return Err(self.no_ledger("it was not made by Plimsoll"));
        }
        match number("user_version").map_err(|error| self.unreachable(&error))? {
            VERSION => Ok(()),
            other => Err(self.no_ledger(&format!("its tables have version {other}"))),
        }
    }

    /// Makes the tables, unless another process was faster.
    fn create(&mut self, id: LedgerId) -> Result<(), StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| failure(&error))?;
        let make = || -> rusqlite::Result<()> {
            let there: bool = transaction.query_row(
                "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'record')",
                [],
                |row| row.get(0),
            )?;
            if there {
                return Ok(());
            }
            transaction.execute_batch(TABLES)?;
            transaction
                .execute("INSERT INTO ledger (only_row, id) VALUES (1, ?1)", [id.to_string()])?;
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            transaction.pragma_update(None, "user_version", VERSION)
        };
        make().map_err(|error| failure(&error))?;
        transaction.commit().map_err(|error| failure(&error))?;
        self.check_version()
    }
}

impl Store for Sqlite {
    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn ledger(&mut self) -> Result<LedgerId, StoreError> {
        let id: Option<String> = self
            .connection
            .query_row("SELECT id FROM ledger", [], |row| row.get(0))
            .optional()
            .map_err(|error| failure(&error))?;
        id.and_then(|id| id.parse().ok()).ok_or_else(|| self.no_ledger("it has no name"))
    }

    fn rows(
        &mut self,
        from: u64,
        take: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let from = i64::try_from(from).unwrap_or(i64::MAX);
        let mut statement = self
            .connection
            .prepare(
                "SELECT seq, digest, content, signature FROM record WHERE seq >= ?1 ORDER BY seq",
            )
            .map_err(|error| failure(&error))?;
        let mut rows = statement.query([from]).map_err(|error| failure(&error))?;
        while let Some(row) = rows.next().map_err(|error| failure(&error))? {
            take(read(row).map_err(|error| failure(&error))?)?;
        }
        Ok(())
    }

    fn append(
        &mut self,
        make: &mut dyn FnMut(Option<Row>) -> Result<Vec<Row>, StoreError>,
    ) -> Result<(), StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| failure(&error))?;
        let newest = transaction
            .query_row(
                "SELECT seq, digest, content, signature FROM record ORDER BY seq DESC LIMIT 1",
                [],
                read,
            )
            .optional()
            .map_err(|error| failure(&error))?;
        let rows = make(newest)?;
        {
            let mut insert = transaction
                .prepare(
                    "INSERT INTO record (seq, digest, content, signature) VALUES (?1, ?2, ?3, ?4)",
                )
                .map_err(|error| failure(&error))?;
            for row in rows {
                let seq = i64::try_from(row.seq).unwrap_or(i64::MAX);
                insert
                    .execute((seq, row.digest, row.content, row.signature))
                    .map_err(|error| failure(&error))?;
            }
        }
        transaction.commit().map_err(|error| failure(&error))
    }

    fn missing_guards(&mut self) -> Result<Vec<String>, StoreError> {
        let mut statement = self
            .connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
            .map_err(|error| failure(&error))?;
        let names = statement
            .query_map([], |row| row.get::<_, String>(0))
            .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
            .map_err(|error| failure(&error))?;
        let missing = GUARDS.into_iter().filter(|guard| !names.iter().any(|name| name == guard));
        Ok(missing.map(|guard| format!("the trigger {guard}")).collect())
    }
}

/// Text that somebody replaced by other types is read as far as it goes: judging is for later.
fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let text = |index| -> rusqlite::Result<String> {
        let value = row.get_ref(index)?;
        Ok(match value {
            rusqlite::types::ValueRef::Text(bytes) | rusqlite::types::ValueRef::Blob(bytes) => {
                String::from_utf8_lossy(bytes).into_owned()
            }
            _ => String::new(),
        })
    };
    let seq: i64 = row.get(0)?;
    Ok(Row {
        seq: u64::try_from(seq).unwrap_or(0),
        digest: text(1)?,
        content: text(2)?,
        signature: text(3)?,
    })
}

fn failure(error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Busy(PATIENCE.as_secs())
        }
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            StoreError::ReadOnly(error.to_string())
        }
        _ => StoreError::Failed(error.to_string()),
    }
}
