//! Digests of what was looked at: a release's files, production's configuration.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;

use plimsoll_checkout::Checkout;
use plimsoll_facts::Facts;
use plimsoll_ledger::{Digest, Subject};
use plimsoll_report::{SettingsReport, settings_values};
use plimsoll_source::Tree;
use sha2::{Digest as _, Sha256};

use crate::survey;

/// Bytes of a file that are read at once.
const CHUNK: usize = 64 * 1024;

/// What exactly a check of a repository looked at.
pub(crate) fn subject(checkout: &Checkout, facts: &Facts) -> io::Result<Subject> {
    Ok(Subject {
        release: Some(files_digest(checkout)?),
        configuration: Some(configuration_digest(facts)),
        commit: checkout.git().and_then(|git| git.head()).map(str::to_owned),
    })
}

/// The digest over the names and contents of the files that git tracks, as they stand in the
/// folder; of all files where there is no git. It is the digest of what
/// `git ls-files -z | LC_ALL=C sort -z | xargs -0 sha256sum` prints, so that anybody can compute it.
/// (A link counts by the place that it names.)
pub(crate) fn files_digest(checkout: &Checkout) -> io::Result<Digest> {
    let root = checkout.root_path();
    let mut names: Vec<&str> = match checkout.git().and_then(|git| git.tracked()) {
        Some(tracked) if !tracked.is_empty() => tracked.iter().map(|path| path.as_str()).collect(),
        _ => checkout.files().iter().map(|entry| entry.path.as_str()).collect(),
    };
    names.sort_unstable();
    names.dedup();
    let mut whole = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    for name in names {
        let Some(digest) = file_digest(&root.join(name), &mut chunk)? else { continue };
        whole.update(format!("{}  {name}\n", digest.hex()));
    }
    Ok(Digest::from_bytes(whole.finalize().into()))
}

/// `None` for what is not there and for folders, which submodules are.
fn file_digest(path: &Path, chunk: &mut [u8]) -> io::Result<Option<Digest>> {
    let kind = match std::fs::symlink_metadata(path) {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if kind.is_symlink() {
        let place = std::fs::read_link(path)?;
        return Ok(Some(Digest::of(place.as_os_str().as_encoded_bytes())));
    }
    if !kind.is_file() {
        return Ok(None);
    }
    content_digest(path, chunk).map(|(digest, _)| Some(digest))
}

/// The digest of a file's bytes and how many there are.
pub(crate) fn content_digest(path: &Path, chunk: &mut [u8]) -> io::Result<(Digest, u64)> {
    let mut file = std::fs::File::open(path)?;
    let mut digest = Sha256::new();
    let mut bytes = 0;
    loop {
        let count = file.read(chunk)?;
        if count == 0 {
            return Ok((Digest::from_bytes(digest.finalize().into()), bytes));
        }
        digest.update(chunk.get(..count).unwrap_or_default());
        bytes += u64::try_from(count).unwrap_or(0);
    }
}

/// The digest over the settings as production has them, by name, and the names of its variables.
///
/// A secret counts by its length only: a digest over a short one could be guessed. Another secret
/// of the same length does not change it.
pub(crate) fn configuration_digest(facts: &Facts) -> Digest {
    let report = SettingsReport {
        settings: &facts.settings,
        reason: None,
        django: None,
        environment: survey::environment(facts),
        defaults: plimsoll_python::defaults(None),
        changed: false,
        show_secrets: false,
        redactor: survey::redactor(facts),
    };
    let mut variables: Vec<&String> =
        report.environment.variables.iter().map(|(name, _)| name).collect();
    variables.sort();
    let settings: BTreeMap<&str, serde_json::Value> =
        settings_values(&report).into_iter().collect();
    let text = serde_json::json!({
        "module": facts.settings.module,
        "settings": settings,
        "variables": variables,
    });
    Digest::of(text.to_string())
}
