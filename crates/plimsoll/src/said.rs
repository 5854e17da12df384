//! What people said in the ledger that counts in an assessment: attestations and waivers in force.

use plimsoll_assess::Attested;
use plimsoll_assess::config::Waiver;
use plimsoll_ledger::{Body, Release, Sealed, attestation_in_force, waivers};
use plimsoll_source::{RepoPath, Span};

use crate::cli::LedgerPlace;
use crate::digests;
use crate::failure::Failure;
use crate::home::{self, Book};
use crate::survey::Opened;

/// Which ledger is asked, for what.
pub(crate) struct Ask<'a> {
    pub(crate) place: &'a LedgerPlace,
    /// The release that the files must be.
    pub(crate) release: Option<&'a str>,
    /// A ledger that is named and not there will be made.
    pub(crate) to_be_made: bool,
}

/// What counts beside the checks.
#[derive(Default)]
pub(crate) struct Said {
    /// Those of the configuration, then those of the ledger.
    pub(crate) waivers: Vec<Waiver>,
    pub(crate) attestations: Vec<Attested>,
}

/// Reads the ledger, where there is one. A broken one is an error: what it says would count.
pub(crate) fn read(ask: &Ask<'_>, opened: &Opened) -> Result<Said, Failure> {
    let mut said = Said { waivers: opened.config.waivers.clone(), ..Said::default() };
    let root = opened.checkout.root_path();
    let place = home::place(ask.place, &opened.config, root)?;
    let book = match Book::open(&place, &opened.config) {
        Err(failure) if ask.to_be_made && place.named && failure.is_usage() => None,
        other => other?,
    };
    let Some(mut book) = book else {
        return match ask.release {
            Some(name) => home::release(&[], name).map(|_| said),
            None => Ok(said),
        };
    };
    let records = book.sound()?.records;
    if book.trust.signers.is_empty() {
        // Whoever wrote it, nobody vouches for them.
        return Ok(said);
    }
    let release = release(ask, opened, &records)?;
    for state in waivers(&records) {
        said.waivers.push(Waiver {
            control: state.waiver.control.clone(),
            rule: state.waiver.rule.clone(),
            path: None,
            reason: state.waiver.reason.to_string(),
            owner: state.waiver.owner.clone(),
            expiry: state.waiver.expires,
            at: place_of(state.sealed),
        });
    }
    let now = home::now();
    for control in plimsoll_catalog::catalog().controls() {
        let found = attestation_in_force(&records, control, release.as_deref(), now);
        said.attestations.extend(found.map(|vouching| Attested {
            control: control.id.clone(),
            by: vouching.attestation.by.clone(),
            reason: vouching.with_what(),
        }));
    }
    Ok(said)
}

/// The name of the release that the files are. Where `--release` names another, that is an error.
fn release(ask: &Ask<'_>, opened: &Opened, records: &[Sealed]) -> Result<Option<String>, Failure> {
    let bound = records.iter().any(
        |sealed| matches!(&sealed.record.body, Body::Attestation(body) if body.release.is_some()),
    );
    if ask.release.is_none() && !bound {
        return Ok(None);
    }
    let digest = digests::files_digest(&opened.checkout).map_err(|error| {
        Failure::not_assessed(format!("cannot take the digest of the files: {error}"))
    })?;
    if let Some(name) = ask.release {
        let wanted = home::release(records, name)?;
        if wanted.digest != digest {
            let message = format!("the files are not those of release {name}");
            return Err(Failure::usage(message).help(format!(
                "check out the release, or record this one under another name ({digest})"
            )));
        }
        return Ok(Some(name.to_owned()));
    }
    let same = |release: &&Release| release.digest == digest;
    let releases = records.iter().rev().filter_map(|sealed| match &sealed.record.body {
        Body::Release(release) => Some(release),
        _ => None,
    });
    Ok(releases.filter(same).map(|release| release.name.clone()).next())
}

/// A place to point at: a record has no lines.
fn place_of(sealed: &Sealed) -> Span {
    let path = RepoPath::new(&format!("(ledger)/record-{}", sealed.record.seq));
    Span::of_file(path.unwrap_or_else(RepoPath::root))
}
