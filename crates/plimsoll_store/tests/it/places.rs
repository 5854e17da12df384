//! Empty places for ledgers, in both kinds of store.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::Timestamp;
use plimsoll_ledger::{
    Body, Digest, Ledger, LedgerId, PrivateKey, Release, Sealed, Signer, StoreError, Trust,
    Verified, Writer, verify,
};
use plimsoll_store::{Location, open, open_or_create};
use tempfile::TempDir;

/// A place where no ledger is yet.
pub(crate) struct Spot {
    pub(crate) text: String,
    pub(crate) kind: &'static str,
    _folder: Option<TempDir>,
}

impl Spot {
    pub(crate) fn location(&self) -> Location {
        Location::parse(&self.text).unwrap()
    }

    pub(crate) fn make(&self) -> Ledger {
        Ledger::new(open_or_create(&self.location(), id()).unwrap()).unwrap()
    }

    pub(crate) fn open(&self) -> Ledger {
        Ledger::new(open(&self.location()).unwrap()).unwrap()
    }

    pub(crate) fn verified(&self) -> Verified {
        let mut ledger = self.open();
        let signer = Signer { name: "Ada".to_owned(), key: key().public() };
        let trust = Trust { signers: vec![signer], checkpoints: Vec::new() };
        verify(ledger.id(), ledger.rows().unwrap(), &trust)
    }
}

/// A place of each kind of store that is there to be tested.
pub(crate) fn spots() -> Vec<Spot> {
    let mut spots = vec![file()];
    spots.extend(server());
    spots
}

pub(crate) fn file() -> Spot {
    let folder = TempDir::new().unwrap();
    let path: PathBuf = folder.path().join("deep/ledger.db");
    Spot { text: path.to_str().unwrap().to_owned(), kind: "sqlite", _folder: Some(folder) }
}

/// A schema of its own in the test database.
pub(crate) fn server() -> Option<Spot> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let Ok(base) = std::env::var("PLIMSOLL_TEST_POSTGRES") else {
        assert!(
            std::env::var_os("PLIMSOLL_REQUIRE_POSTGRES").is_none(),
            "PLIMSOLL_TEST_POSTGRES names no database to test with: see scripts/postgres"
        );
        eprintln!("not tested on PostgreSQL: PLIMSOLL_TEST_POSTGRES is not set (scripts/postgres)");
        return None;
    };
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let schema = format!("plimsoll_test_{}_{number}", std::process::id());
    run_sql(&base, &format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}"));
    let joint = if base.contains('?') { '&' } else { '?' };
    let text = format!("{base}{joint}options=-csearch_path%3D{schema}");
    Some(Spot { text, kind: "postgres", _folder: None })
}

/// Runs statements as the owner of the tables.
pub(crate) fn run_sql(address: &str, statements: &str) {
    try_sql(address, statements).unwrap();
}

pub(crate) fn try_sql(address: &str, statements: &str) -> Result<(), postgres::Error> {
    postgres::Client::connect(address, postgres::NoTls).unwrap().batch_execute(statements)
}

pub(crate) fn id() -> LedgerId {
    LedgerId::from_bytes([9; 16])
}

pub(crate) fn key() -> PrivateKey {
    PrivateKey::from_seed(&[1; 32])
}

pub(crate) fn release(name: &str) -> Body {
    Body::Release(Release {
        name: name.to_owned(),
        digest: Digest::of(name),
        configuration: None,
        commit: None,
        note: None,
    })
}

pub(crate) fn append(ledger: &mut Ledger, names: &[&str]) -> Result<Vec<Sealed>, StoreError> {
    let key = key();
    let bodies: Vec<Body> = names.iter().map(|name| release(name)).collect();
    ledger.append(&bodies, Writer { key: &key, name: "Ada", now: Timestamp::now() })
}

/// The names of the releases that a ledger holds, in order.
pub(crate) fn names(verified: &Verified) -> Vec<String> {
    let name = |sealed: &Sealed| match &sealed.record.body {
        Body::Release(release) => release.name.clone(),
        other => panic!("{other:?}"),
    };
    verified.records.iter().map(name).collect()
}
