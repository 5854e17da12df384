//! The ledger of a repository: where it is, whose signatures are trusted, what was seen of it before.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use plimsoll_assess::config::{Config, FILE_NAME};
use plimsoll_assess::suggest;
use plimsoll_ledger::{
    Body, Checkpoint, Ledger, LedgerId, PublicKey, Release, Sealed, Signer, StoreError, Trust,
    Verified, Writer, verify,
};
use plimsoll_store::Location;

use crate::cli::{Home, LedgerPlace};
use crate::failure::Failure;
use crate::keyring::{self, Pen};
use crate::output::write_whole;
use crate::settings_file;

/// Where the ledger of a repository is when nothing else is said.
const DEFAULT: &str = ".plimsoll/ledger.db";
/// Beside the default ledger: it is kept, but not in git.
const IGNORE_FILE: &str = "# Made by Plimsoll. A ledger is copied, not committed.\n*\n";

/// An opened ledger with what it is judged by.
pub(crate) struct Book {
    pub(crate) ledger: Ledger,
    pub(crate) trust: Trust,
}

/// The place of a ledger and who named it.
pub(crate) struct Place {
    pub(crate) location: Location,
    /// By an argument or the environment: it then has to be there.
    pub(crate) named: bool,
    /// Nobody did: it is in the repository.
    default: bool,
}

/// The configuration of the repository that a command belongs to.
pub(crate) fn config(home: &Home) -> Result<Config, Failure> {
    let file = home.dir.join(FILE_NAME);
    if !home.dir.is_dir() {
        return Err(Failure::usage(format!("there is no folder {}", home.dir.display())));
    }
    match file.is_file() {
        true => settings_file::read_file(&file).map(|(config, _)| config),
        false => Ok(Config::default()),
    }
}

/// Where the ledger is: by argument or environment, by plimsoll.toml, else in the repository.
pub(crate) fn place(asked: &LedgerPlace, config: &Config, root: &Path) -> Result<Place, Failure> {
    let configured = config.ledger.as_ref().map(|place| place.value.expose());
    let Some(text) = asked.ledger.as_deref().or(configured) else {
        let location = Location::File(root.join(DEFAULT));
        return Ok(Place { location, named: false, default: true });
    };
    let location = Location::parse(text).map_err(|error| {
        Failure::usage(error.to_string()).help("name a file, or postgres://user@host/database")
    })?;
    let location = match location {
        Location::File(path) if asked.ledger.is_none() => Location::File(root.join(path)),
        other => other,
    };
    Ok(Place { location, named: asked.ledger.is_some(), default: false })
}

/// Whose signatures are trusted: those of plimsoll.toml, else one's own.
pub(crate) fn trusted(config: &Config) -> Result<Vec<Signer>, Failure> {
    let signer = |trusted: &plimsoll_assess::config::TrustedSigner| {
        let key: PublicKey = trusted.key.parse().map_err(|error| {
            Failure::usage(format!("{}: the key of {}: {error}", trusted.at, trusted.name))
        })?;
        Ok(Signer { name: trusted.name.clone(), key })
    };
    let mut signers: Vec<Signer> =
        config.signers.iter().map(signer).collect::<Result<_, Failure>>()?;
    if signers.is_empty() {
        let own = keyring::all().into_iter().map(|found| found.file);
        signers.extend(own.map(|file| Signer { name: file.name, key: file.public }));
    }
    signers.sort();
    signers.dedup();
    Ok(signers)
}

impl Book {
    /// Opens a ledger to read it; `None` where there is none and nobody named one.
    pub(crate) fn open(place: &Place, config: &Config) -> Result<Option<Self>, Failure> {
        match plimsoll_store::open_to_read(&place.location) {
            Ok(store) => Self::of(store, config).map(Some),
            Err(StoreError::Missing(_)) if !place.named => Ok(None),
            Err(error) => Err(failure(&error)),
        }
    }

    /// Opens a ledger to read it; that there is none is an error.
    pub(crate) fn open_there(place: &Place, config: &Config) -> Result<Self, Failure> {
        let missing = || {
            let message = format!("there is no ledger at {}", place.location);
            Failure::usage(message).help("records come from plimsoll check --record")
        };
        Self::open(place, config)?.ok_or_else(missing)
    }

    /// Opens a ledger to write to it, and makes it where there is none.
    pub(crate) fn open_to_write(place: &Place, config: &Config) -> Result<Self, Failure> {
        let mut random = [0; 16];
        getrandom::fill(&mut random)
            .map_err(|error| Failure::ledger(format!("there is no randomness: {error}")))?;
        let id = LedgerId::from_bytes(random);
        let store =
            plimsoll_store::open_or_create(&place.location, id).map_err(|error| failure(&error))?;
        if let Location::File(path) = &place.location
            && place.default
        {
            keep_out_of_git(path);
        }
        Self::of(store, config)
    }

    fn of(store: Box<dyn plimsoll_ledger::Store>, config: &Config) -> Result<Self, Failure> {
        let ledger = Ledger::new(store).map_err(|error| failure(&error))?;
        let mut trust = Trust { signers: trusted(config)?, checkpoints: Vec::new() };
        trust.checkpoints.extend(remembered(ledger.id()));
        Ok(Self { ledger, trust })
    }

    /// Reads and judges all records.
    pub(crate) fn verified(&mut self) -> Result<Verified, Failure> {
        let rows = self.ledger.rows().map_err(|error| failure(&error))?;
        Ok(verify(self.ledger.id(), rows, &self.trust))
    }

    /// Reads all records; an error where one of them is not what it was.
    pub(crate) fn sound(&mut self) -> Result<Verified, Failure> {
        let verified = self.verified()?;
        match verified.defects.as_slice() {
            [] => Ok(verified),
            [first, rest @ ..] => {
                let more = match rest.len() {
                    0 => String::new(),
                    more => format!(", and {more} more"),
                };
                let place = self.ledger.place();
                Err(Failure::ledger(format!(
                    "the ledger {place} is broken: {}{more}",
                    first.message
                ))
                .help("`plimsoll ledger verify` names all that is wrong; nothing was changed"))
            }
        }
    }

    /// Appends records and remembers the end of the chain.
    pub(crate) fn append(
        &mut self,
        bodies: &[Body],
        pen: &Pen,
        now: Timestamp,
    ) -> Result<Vec<Sealed>, Failure> {
        let writer = Writer { key: &pen.key, name: &pen.name, now };
        let written = self.ledger.append(bodies, writer).map_err(|error| failure(&error))?;
        if let Some(newest) = written.last() {
            let head = Checkpoint { seq: newest.record.seq, head: newest.digest };
            remember(self.ledger.id(), &head);
        }
        Ok(written)
    }
}

/// The release of this name.
pub(crate) fn release<'r>(records: &'r [Sealed], name: &str) -> Result<&'r Release, Failure> {
    let releases = || {
        records.iter().rev().filter_map(|sealed| match &sealed.record.body {
            Body::Release(release) => Some(release),
            _ => None,
        })
    };
    releases().find(|release| release.name == name).ok_or_else(|| {
        let help = match suggest(name, releases().map(|release| release.name.as_str())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("record it: plimsoll release new {name}"),
        };
        Failure::usage(format!("there is no release {name} in the ledger")).help(help)
    })
}

/// The time, to the millisecond.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    now.round(jiff::Unit::Millisecond).unwrap_or(now)
}

/// Says what is wrong with a store.
pub(crate) fn failure(error: &StoreError) -> Failure {
    let failure = Failure::ledger(error.to_string());
    match error {
        StoreError::Missing(_) => {
            Failure::usage(error.to_string()).help("records come from plimsoll check --record")
        }
        StoreError::Clock { .. } => failure.help("put the clock right, then run it again"),
        StoreError::Broken { .. } => {
            failure.help("`plimsoll ledger verify` says what else is; nothing was written")
        }
        StoreError::Busy(_) => failure.help("nothing was written; run it again"),
        StoreError::Full => failure.help("make room, then run it again"),
        StoreError::Unknown(_) => {
            failure.help("look with plimsoll ledger log before running it again")
        }
        _ => failure,
    }
}

/// The end of a ledger as it was last seen from here.
fn remembered(id: LedgerId) -> Option<(Checkpoint, String)> {
    let file = memory(id)?;
    let text = std::fs::read_to_string(&file).ok()?;
    let checkpoint = serde_json::from_str::<Checkpoint>(&text).ok()?;
    Some((checkpoint, format!("{} (seen from here before)", file.display())))
}

/// Keeps the end of a ledger, so that records cut off at the end show. It is a help: where it can't
/// be written, the ledger is no less sound.
pub(crate) fn remember(id: LedgerId, head: &Checkpoint) {
    let Some(file) = memory(id) else { return };
    let newer = remembered(id).is_some_and(|(known, _)| known.seq > head.seq);
    if newer {
        return;
    }
    let Ok(text) = serde_json::to_string(head) else { return };
    let folder = file.parent().map(std::fs::create_dir_all);
    if matches!(folder, Some(Ok(()))) {
        let _ = write_whole(&file, text.as_bytes());
    }
}

fn memory(id: LedgerId) -> Option<PathBuf> {
    Some(keyring::state_folder()?.join("heads").join(format!("{id}.json")))
}

fn keep_out_of_git(ledger: &Path) {
    if let Some(folder) = ledger.parent() {
        let file = folder.join(".gitignore");
        if !file.exists() {
            // A ledger that git sees is untidy, not unsound.
            let _ = std::fs::write(file, IGNORE_FILE);
        }
    }
}
