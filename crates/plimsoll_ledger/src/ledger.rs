//! A ledger over a store: the one way of adding records.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp, Unit};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::record::{Body, FORMAT, Record, Sealed, Unreadable};
use crate::{Digest, NotCanonical, PrivateKey, Signer};

/// How far the clocks of two writers may differ before the order of times counts as broken:
/// machines without time service drift by seconds a day.
pub(crate) const SKEW: SignedDuration = SignedDuration::from_secs(120);

/// Names a ledger: 32 random hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LedgerId([u8; 16]);

/// Text that names no ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name of a ledger is 32 hexadecimal digits")]
pub struct NoLedgerId;

/// A record as a store keeps it. Nothing in it is trusted when it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The number that it is stored under.
    pub seq: u64,
    /// The digest of its text, `sha256:…`.
    pub digest: String,
    /// Its text, in canonical form.
    pub content: String,
    /// The signature, in base64.
    pub signature: String,
}

/// The end of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number of the newest record; 0 where there is none.
    pub seq: u64,
    /// Its digest; [`Digest::NONE`] where there is none.
    pub digest: Digest,
    /// When it was written.
    pub time: Option<Timestamp>,
}

/// Who writes, and when.
#[derive(Clone, Copy, Debug)]
pub struct Writer<'a> {
    /// The key that signs.
    pub key: &'a PrivateKey,
    /// The name that it goes by.
    pub name: &'a str,
    /// Now.
    pub now: Timestamp,
}

/// Keeps rows: appends them and reads them, nothing else.
pub trait Store {
    /// Where it is, without credentials, for people.
    fn place(&self) -> String;

    /// Which ledger it holds.
    ///
    /// # Errors
    /// Where it can't be reached or read.
    fn ledger(&mut self) -> Result<LedgerId, StoreError>;

    /// Reads the rows from a number on, in the order of their numbers.
    ///
    /// # Errors
    /// Where they can't be read, and those of `take`.
    fn rows(
        &mut self,
        from: u64,
        take: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Appends what `make` gives for the newest row: all of it or nothing. No other writer comes in
    /// between, and when this returns, the rows outlast a crash of the machine.
    ///
    /// # Errors
    /// Where nothing was written: the reason. [`StoreError::Unknown`] where it can't be told
    /// whether the rows were written.
    fn append(
        &mut self,
        make: &mut dyn FnMut(Option<Row>) -> Result<Vec<Row>, StoreError>,
    ) -> Result<(), StoreError>;

    /// What of the store's own protection against changes is missing, each as a phrase.
    ///
    /// # Errors
    /// Where it can't be told.
    fn missing_guards(&mut self) -> Result<Vec<String>, StoreError>;
}

/// What went wrong with a store. Never holds a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is none at this place.
    #[error("there is no ledger at {0}")]
    Missing(String),
    /// It can't be reached or opened.
    #[error("cannot open the ledger {place}: {reason}")]
    Unreachable {
        /// Where it should be.
        place: String,
        /// Why.
        reason: String,
    },
    /// What is there is no ledger, or one of a later version.
    #[error("{place} is no ledger that this version knows: {reason}")]
    NoLedger {
        /// Where it is.
        place: String,
        /// Why.
        reason: String,
    },
    /// Somebody else was writing for too long.
    #[error("another writer has held the ledger for {0} seconds")]
    Busy(u64),
    /// No space is left; nothing was written.
    #[error("there is no space left for the ledger; nothing was written")]
    Full,
    /// Writing is not allowed; nothing was written.
    #[error("the ledger can't be written: {0}")]
    ReadOnly(String),
    /// Reading or writing failed; nothing was written.
    #[error("the ledger failed: {0}")]
    Failed(String),
    /// The connection broke while the rows were being confirmed.
    #[error("the connection broke at the end; whether the records were written is not known: {0}")]
    Unknown(String),
    /// The newest record is not what it was: nothing may be built on it.
    #[error("the newest record, {seq}, is not sound: {reason}")]
    Broken {
        /// Its number.
        seq: u64,
        /// What is wrong.
        reason: String,
    },
    /// The machine's clock is behind the newest record.
    #[error("the clock went back: the newest record is of {newest}, and here it is {now}")]
    Clock {
        /// The time of the newest record.
        newest: Timestamp,
        /// What the clock says.
        now: Timestamp,
    },
    /// A record has no canonical form.
    #[error("a record can't be written: {0}")]
    NotCanonical(#[from] NotCanonical),
    /// A record that was read is none.
    #[error("record {seq} can't be read: {reason}")]
    Unreadable {
        /// Its number.
        seq: u64,
        /// Why.
        reason: Unreadable,
    },
}

/// A ledger over a store.
pub struct Ledger {
    store: Box<dyn Store>,
    id: LedgerId,
}

impl Ledger {
    /// The ledger that a store holds.
    ///
    /// # Errors
    /// Where it can't be read.
    pub fn new(mut store: Box<dyn Store>) -> Result<Self, StoreError> {
        let id = store.ledger()?;
        Ok(Self { store, id })
    }

    /// Its name.
    pub fn id(&self) -> LedgerId {
        self.id
    }

    /// Where it is, without credentials.
    pub fn place(&self) -> String {
        self.store.place()
    }

    /// The store.
    pub fn store(&mut self) -> &mut dyn Store {
        self.store.as_mut()
    }

    /// Appends records in this order, all of them or none. When it returns, they are kept.
    ///
    /// # Errors
    /// See [`Store::append`]; also where the newest record is not sound, where the clock is behind
    /// it, and where a record has no canonical form.
    pub fn append(
        &mut self,
        bodies: &[Body],
        writer: Writer<'_>,
    ) -> Result<Vec<Sealed>, StoreError> {
        let mut written = Vec::new();
        let id = self.id;
        self.store.append(&mut |newest| {
            written = seal_all(bodies, head_of(newest, id)?, id, &writer)?;
            Ok(written.iter().map(|sealed| sealed.row.clone()).collect())
        })?;
        Ok(written)
    }

    /// All records, as the store has them: read them by [`crate::verify()`] before trusting any.
    ///
    /// # Errors
    /// Where they can't be read.
    pub fn rows(&mut self) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        self.store.rows(1, &mut |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }
}

fn seal_all(
    bodies: &[Body],
    mut head: Head,
    ledger: LedgerId,
    writer: &Writer<'_>,
) -> Result<Vec<Sealed>, StoreError> {
    let now = writer.now.round(Unit::Millisecond).unwrap_or(writer.now);
    if let Some(newest) = head.time
        && newest.duration_since(now) > SKEW
    {
        return Err(StoreError::Clock { newest, now });
    }
    let mut sealed = Vec::with_capacity(bodies.len());
    for body in bodies {
        let record = Record {
            format: FORMAT,
            ledger,
            seq: head.seq + 1,
            previous: head.digest,
            time: now,
            signer: Signer { name: writer.name.to_owned(), key: writer.key.public() },
            body: body.clone(),
        };
        let next = record.seal(writer.key)?;
        head = Head { seq: next.record.seq, digest: next.digest, time: Some(now) };
        sealed.push(next);
    }
    Ok(sealed)
}

/// The end of the chain, from the newest row; judged, as what is built on a broken one is broken.
fn head_of(newest: Option<Row>, ledger: LedgerId) -> Result<Head, StoreError> {
    let Some(row) = newest else {
        return Ok(Head { seq: 0, digest: Digest::NONE, time: None });
    };
    let seq = row.seq;
    let broken = |reason: &str| StoreError::Broken { seq, reason: reason.to_owned() };
    let sealed = Sealed::read(row).map_err(|reason| broken(&reason.to_string()))?;
    let record = &sealed.record;
    if sealed.row.digest != sealed.digest.to_string() || !sealed.is_signed() {
        return Err(broken("it was changed after it was signed"));
    }
    if record.seq != seq || record.ledger != ledger {
        return Err(broken("it belongs to another place"));
    }
    Ok(Head { seq, digest: sealed.digest, time: Some(record.time) })
}

impl LedgerId {
    /// The id of these random bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for LedgerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for LedgerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for LedgerId {
    type Err = NoLedgerId;

    fn from_str(text: &str) -> Result<Self, NoLedgerId> {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NoLedgerId);
        }
        let number = u128::from_str_radix(text, 16).map_err(|_| NoLedgerId)?;
        Ok(Self(number.to_be_bytes()))
    }
}

impl Serialize for LedgerId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LedgerId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").field("id", &self.id).field("place", &self.place()).finish()
    }
}
