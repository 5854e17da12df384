//! Where ledgers are kept: an SQLite file, or a PostgreSQL database.
//!
//! Both keep the same rows and pass the same tests. Neither has a way of changing or removing a
//! row, and the databases themselves refuse it by triggers: what gets past those shows when the
//! chain is verified. An append is one transaction that holds a lock from reading the newest row to
//! the confirmed end, so that two writers can't both follow the same record. A store confirms only
//! what outlasts a crash: SQLite writes its log through to the disk (`synchronous = FULL`),
//! PostgreSQL with `synchronous_commit = on`.

mod location;
mod postgres;
mod sqlite;
mod tls;

use plimsoll_ledger::{LedgerId, Store, StoreError};

pub use location::{Location, NoLocation};

/// Opens a ledger for reading and appending.
///
/// # Errors
/// [`StoreError::Missing`] where there is none; otherwise where it can't be reached.
pub fn open(location: &Location) -> Result<Box<dyn Store>, StoreError> {
    Ok(match location {
        Location::File(path) => Box::new(sqlite::Sqlite::open(path)?),
        Location::Server(server) => Box::new(postgres::Postgres::open(server)?),
    })
}

/// Opens a ledger for reading only; a file is not written to in any way.
///
/// # Errors
/// [`StoreError::Missing`] where there is none; otherwise where it can't be reached.
pub fn open_to_read(location: &Location) -> Result<Box<dyn Store>, StoreError> {
    Ok(match location {
        Location::File(path) => Box::new(sqlite::Sqlite::open_to_read(path)?),
        Location::Server(server) => Box::new(postgres::Postgres::open(server)?),
    })
}

/// Opens a ledger, and makes an empty one of this name where there is none.
///
/// # Errors
/// Where it can't be reached or made.
pub fn open_or_create(location: &Location, id: LedgerId) -> Result<Box<dyn Store>, StoreError> {
    Ok(match location {
        Location::File(path) => Box::new(sqlite::Sqlite::open_or_create(path, id)?),
        Location::Server(server) => Box::new(postgres::Postgres::open_or_create(server, id)?),
    })
}
