//! A ledger in a PostgreSQL database.

use std::time::Duration;

use ::postgres::{Client, Config, NoTls, config::Host, error::SqlState};
use plimsoll_ledger::{LedgerId, Row, Store, StoreError};

use crate::location::Server;
use crate::tls;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a writer waits for another one; an append takes milliseconds.
const PATIENCE: u64 = 30;
/// Rows that are fetched at once.
const BATCH: i32 = 500;
/// The lock that writers of a ledger take: any number that no other program uses.
const LOCK: i64 = 0x506c_696d_736f_6c6c;

/// Tables and their guards, made in the first schema of the user's search path.
const TABLES: &str = "
CREATE TABLE plimsoll_ledger (
    only_row integer PRIMARY KEY CHECK (only_row = 1),
    id text NOT NULL,
    version integer NOT NULL
);
CREATE TABLE plimsoll_record (
    seq bigint PRIMARY KEY,
    digest text NOT NULL UNIQUE,
    content text NOT NULL,
    signature text NOT NULL
);
CREATE FUNCTION plimsoll_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'records of a ledger are never changed or removed'; END $$;
CREATE FUNCTION plimsoll_at_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq IS DISTINCT FROM (SELECT coalesce(max(seq), 0) + 1 FROM plimsoll_record) THEN
        RAISE EXCEPTION 'records of a ledger are only added at its end';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plimsoll_record_change BEFORE UPDATE OR DELETE ON plimsoll_record
    FOR EACH ROW EXECUTE FUNCTION plimsoll_refuse();
CREATE TRIGGER plimsoll_record_truncate BEFORE TRUNCATE ON plimsoll_record
    FOR EACH STATEMENT EXECUTE FUNCTION plimsoll_refuse();
CREATE TRIGGER plimsoll_record_insert BEFORE INSERT ON plimsoll_record
    FOR EACH ROW EXECUTE FUNCTION plimsoll_at_end();
CREATE TRIGGER plimsoll_ledger_change BEFORE UPDATE OR DELETE ON plimsoll_ledger
    FOR EACH ROW EXECUTE FUNCTION plimsoll_refuse();
CREATE TRIGGER plimsoll_ledger_truncate BEFORE TRUNCATE ON plimsoll_ledger
    FOR EACH STATEMENT EXECUTE FUNCTION plimsoll_refuse();
REVOKE UPDATE, DELETE, TRUNCATE ON plimsoll_record, plimsoll_ledger FROM PUBLIC;
";

/// Whether the tables are there. Read from the catalog's table: what `to_regclass` answers may be
/// older than a lock that was waited for.
const EXISTS: &str = "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class \
    WHERE relname = 'plimsoll_record' AND pg_catalog.pg_table_is_visible(oid))";

const GUARDS: [&str; 5] = [
    "plimsoll_ledger_change",
    "plimsoll_ledger_truncate",
    "plimsoll_record_change",
    "plimsoll_record_insert",
    "plimsoll_record_truncate",
];

/// An open connection.
pub(crate) struct Postgres {
    client: Client,
    place: String,
}

impl Postgres {
    /// Opens a ledger that is there.
    pub(crate) fn open(server: &Server) -> Result<Self, StoreError> {
        let mut store = Self::connect(server)?;
        if !store.exists()? {
            return Err(StoreError::Missing(store.place));
        }
        Ok(store)
    }

    /// Opens a ledger, and makes one where there is none.
    pub(crate) fn open_or_create(server: &Server, id: LedgerId) -> Result<Self, StoreError> {
        let mut store = Self::connect(server)?;
        if !store.exists()? {
            store.create(id)?;
        }
        Ok(store)
    }

    fn connect(server: &Server) -> Result<Self, StoreError> {
        let place = server.to_string();
        let unreachable = |reason: String| StoreError::Unreachable { place: place.clone(), reason };
        let (url, tls) = tls::split(server.url.expose());
        let mut config: Config = url
            .parse()
            // The error may quote the address.
            .map_err(|_| unreachable("the address can't be understood".to_owned()))?;
        config.connect_timeout(CONNECT).application_name("plimsoll");
        let local = config.get_hosts().iter().all(is_local);
        let client = match tls.wanted(local) {
            false => {
                config.ssl_mode(::postgres::config::SslMode::Disable);
                config.connect(NoTls)
            }
            true => {
                config.ssl_mode(::postgres::config::SslMode::Require);
                config.connect(tls.connector().map_err(unreachable)?)
            }
        };
        let mut client = client.map_err(|error| unreachable(reason(&error)))?;
        client
            .batch_execute(&format!(
                "SET synchronous_commit = on; SET lock_timeout = '{PATIENCE}s'; \
                 SET client_encoding = 'UTF8'; SET standard_conforming_strings = on"
            ))
            .map_err(|error| unreachable(reason(&error)))?;
        Ok(Self { client, place })
    }

    fn exists(&mut self) -> Result<bool, StoreError> {
        let row = self.client.query_one(EXISTS, &[]).map_err(|error| failure(&error))?;
        if !row.get::<_, bool>(0) {
            return Ok(false);
        }
        let row = self
            .client
            .query_one("SELECT version FROM plimsoll_ledger", &[])
            .map_err(|error| failure(&error))?;
        match row.get::<_, i32>(0) {
            1 => Ok(true),
            other => Err(StoreError::NoLedger {
                place: self.place.clone(),
                reason: format!("its tables have version {other}"),
            }),
        }
    }

    /// Makes the tables, unless another process was faster.
    fn create(&mut self, id: LedgerId) -> Result<(), StoreError> {
        let make = |client: &mut Client| -> Result<(), ::postgres::Error> {
            let mut transaction = client.transaction()?;
            transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK])?;
            let there: bool = transaction.query_one(EXISTS, &[])?.get(0);
            if !there {
                transaction.batch_execute(TABLES)?;
                transaction.execute(
                    "INSERT INTO plimsoll_ledger (only_row, id, version) VALUES (1, $1, 1)",
                    &[&id.to_string()],
                )?;
            }
            transaction.commit()
        };
        make(&mut self.client).map_err(|error| failure(&error))
    }
}

impl Store for Postgres {
    fn place(&self) -> String {
        self.place.clone()
    }

    fn ledger(&mut self) -> Result<LedgerId, StoreError> {
        let row = self
            .client
            .query_opt("SELECT id FROM plimsoll_ledger", &[])
            .map_err(|error| failure(&error))?;
        let id = row.and_then(|row| row.get::<_, String>(0).parse().ok());
        id.ok_or_else(|| StoreError::NoLedger {
            place: self.place.clone(),
            reason: "it has no name".to_owned(),
        })
    }

    fn rows(
        &mut self,
        from: u64,
        take: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let from = i64::try_from(from).unwrap_or(i64::MAX);
        // One snapshot for all batches.
        let mut transaction = self
            .client
            .build_transaction()
            .isolation_level(::postgres::IsolationLevel::RepeatableRead)
            .read_only(true)
            .start()
            .map_err(|error| failure(&error))?;
        let portal = transaction
            .bind(
                "SELECT seq, digest, content, signature FROM plimsoll_record WHERE seq >= $1 \
                 ORDER BY seq",
                &[&from],
            )
            .map_err(|error| failure(&error))?;
        loop {
            let rows = transaction.query_portal(&portal, BATCH).map_err(|error| failure(&error))?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in rows {
                take(read(&row))?;
            }
        }
    }

    fn append(
        &mut self,
        make: &mut dyn FnMut(Option<Row>) -> Result<Vec<Row>, StoreError>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.client.transaction().map_err(|error| failure(&error))?;
        transaction
            .execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK])
            .map_err(|error| failure(&error))?;
        let newest = transaction
            .query_opt(
                "SELECT seq, digest, content, signature FROM plimsoll_record ORDER BY seq DESC \
                 LIMIT 1",
                &[],
            )
            .map_err(|error| failure(&error))?;
        let rows = make(newest.as_ref().map(read))?;
        let insert = transaction
            .prepare(
                "INSERT INTO plimsoll_record (seq, digest, content, signature) \
                 VALUES ($1, $2, $3, $4)",
            )
            .map_err(|error| failure(&error))?;
        for row in rows {
            let seq = i64::try_from(row.seq).unwrap_or(i64::MAX);
            transaction
                .execute(&insert, &[&seq, &row.digest, &row.content, &row.signature])
                .map_err(|error| failure(&error))?;
        }
        transaction.commit().map_err(|error| match error.as_db_error() {
            Some(_) => failure(&error),
            // The server may have confirmed it to nobody.
            None => StoreError::Unknown(reason(&error)),
        })
    }

    fn missing_guards(&mut self) -> Result<Vec<String>, StoreError> {
        let rows = self
            .client
            .query(
                "SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') \
                 AND tgrelid IN (to_regclass('plimsoll_record'), to_regclass('plimsoll_ledger'))",
                &[],
            )
            .map_err(|error| failure(&error))?;
        let names: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        let missing = GUARDS.into_iter().filter(|guard| !names.iter().any(|name| name == guard));
        Ok(missing.map(|guard| format!("the trigger {guard}")).collect())
    }
}

fn read(row: &::postgres::Row) -> Row {
    Row {
        seq: u64::try_from(row.get::<_, i64>(0)).unwrap_or(0),
        digest: row.get(1),
        content: row.get(2),
        signature: row.get(3),
    }
}

/// Whether nobody can listen between here and there.
fn is_local(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn failure(error: &::postgres::Error) -> StoreError {
    match error.code() {
        Some(&SqlState::LOCK_NOT_AVAILABLE) => StoreError::Busy(PATIENCE),
        Some(&SqlState::DISK_FULL) => StoreError::Full,
        Some(&SqlState::INSUFFICIENT_PRIVILEGE | &SqlState::READ_ONLY_SQL_TRANSACTION) => {
            StoreError::ReadOnly(reason(error))
        }
        _ => StoreError::Failed(reason(error)),
    }
}

/// What the server said, or why it said nothing. Never holds the address.
fn reason(error: &::postgres::Error) -> String {
    if let Some(said) = error.as_db_error() {
        return said.message().to_owned();
    }
    let source = std::error::Error::source(error);
    source.map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}
