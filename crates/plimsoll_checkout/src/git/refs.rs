//! `HEAD`, loose refs and `packed-refs`.

use std::collections::BTreeMap;
use std::os::fd::AsFd;

use plimsoll_source::{ProblemKind, Tip};
use rustix::fs::{Dir, FileType};

use super::Repository;
use super::id::Id;
use crate::open::{self, ReadError};

/// Most bytes of one ref's file.
const MAX_REF_BYTES: u64 = 4_096;
/// Most bytes of `packed-refs`: some 200,000 refs.
const MAX_PACKED_BYTES: u64 = 16_000_000;
/// Most refs, and most folders of loose refs, that are read.
const MAX_REFS: usize = 10_000;
/// The refs that count as tips.
const TIPS: [&str; 3] = ["refs/heads/", "refs/remotes/", "refs/tags/"];

/// What the refs say.
#[derive(Debug, Default)]
pub(crate) struct Refs {
    /// The commit that is checked out.
    pub(crate) head: Option<String>,
    /// Branches first, then remote branches, then tags, each by name.
    pub(crate) tips: Vec<Tip>,
    /// Whether all could be read.
    pub(crate) complete: bool,
}

pub(super) fn read(repository: &Repository) -> Refs {
    let (Some(own), Some(common)) = (repository.own.as_ref(), repository.common()) else {
        return Refs::default();
    };
    let mut complete = true;
    let mut all = BTreeMap::new();
    if repository.refs_unsupported {
        let message = "the refs are kept in a form that is not read (reftable)";
        repository.problem(ProblemKind::Unsupported, "refs", message);
        return Refs::default();
    }
    match open::bytes(common.as_fd(), "packed-refs", MAX_PACKED_BYTES) {
        Ok(bytes) => packed(&String::from_utf8_lossy(&bytes), &mut all),
        Err(ReadError::Missing) => {}
        Err(error) => {
            let (kind, message) = super::trouble(&error);
            repository.problem(kind, "packed-refs", format!("the file of packed refs {message}"));
            complete = false;
        }
    }
    complete &= loose(repository, common, &mut all);

    let mut refs = Refs { complete, ..Refs::default() };
    let detached = head(repository, own, &all, &mut refs);
    refs.tips.extend(detached);
    for prefix in TIPS {
        let below = all.iter().filter(|(name, _)| name.starts_with(prefix));
        refs.tips
            .extend(below.map(|(name, id)| Tip { name: name.clone(), object: id.to_string() }));
    }
    if refs.tips.len() > MAX_REFS {
        refs.tips.truncate(MAX_REFS);
        let message = format!("more than {MAX_REFS} branches and tags: the rest is not read");
        repository.problem(ProblemKind::Limit, "refs", message);
        refs.complete = false;
    }
    refs
}

/// Reads `HEAD`; gives it as a tip where it is detached.
fn head(
    repository: &Repository,
    own: &std::fs::File,
    all: &BTreeMap<String, Id>,
    refs: &mut Refs,
) -> Option<Tip> {
    let trouble = match open::bytes(own.as_fd(), "HEAD", MAX_REF_BYTES) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            let text = text.trim();
            if let Some(name) = text.strip_prefix("ref:") {
                // A branch that has no commit yet has no ref.
                refs.head = all.get(name.trim()).map(Id::to_string);
                return None;
            }
            if let Some(id) = Id::from_hex(text) {
                refs.head = Some(id.to_string());
                return Some(Tip { name: "HEAD".to_owned(), object: id.to_string() });
            }
            (ProblemKind::Syntax, "names neither a branch nor a commit".to_owned())
        }
        Err(error) => super::trouble(&error),
    };
    let (kind, message) = trouble;
    repository.problem(kind, "HEAD", format!("`HEAD` {message}"));
    refs.complete = false;
    None
}

fn packed(text: &str, all: &mut BTreeMap<String, Id>) {
    for line in text.lines() {
        // `#` heads the file, `^` gives the commit of the tag above.
        if line.starts_with(['#', '^']) {
            continue;
        }
        let Some((hex, name)) = line.split_once(' ') else { continue };
        if let Some(id) = Id::from_hex(hex) {
            all.insert(name.trim_end().to_owned(), id);
        }
    }
}

/// Refs with a file of their own, which win over packed ones. Whether all could be read.
fn loose(repository: &Repository, common: &std::fs::File, all: &mut BTreeMap<String, Id>) -> bool {
    let mut folders: Vec<String> =
        TIPS.iter().rev().map(|tip| tip.trim_end_matches('/').to_owned()).collect();
    let mut left = MAX_REFS;
    let mut complete = true;
    while let Some(folder) = folders.pop() {
        // Without a loose ref the folder may be gone.
        let Ok(mut entries) = open::folder(common.as_fd(), &folder).and_then(Dir::new) else {
            continue;
        };
        while let Some(Ok(entry)) = entries.read() {
            let Ok(name) = entry.file_name().to_str() else { continue };
            if name.starts_with('.') || name.ends_with(".lock") {
                continue;
            }
            if left == 0 {
                let message = format!("more than {MAX_REFS} loose refs: the rest is not read");
                repository.problem(ProblemKind::Limit, "refs", message);
                return false;
            }
            left -= 1;
            let path = format!("{folder}/{name}");
            if path.len() > 1_000 {
                complete = false;
                continue;
            }
            let is_folder = match entry.file_type() {
                FileType::Directory => true,
                FileType::Unknown => open::folder(common.as_fd(), &path).is_ok(),
                _ => false,
            };
            if is_folder {
                folders.push(path);
                continue;
            }
            complete &= loose_one(repository, common, path, all);
        }
    }
    complete
}

fn loose_one(
    repository: &Repository,
    common: &std::fs::File,
    path: String,
    all: &mut BTreeMap<String, Id>,
) -> bool {
    let trouble = match open::bytes(common.as_fd(), &path, MAX_REF_BYTES) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            // A symbolic ref (`refs/remotes/origin/HEAD`) names another that is listed itself.
            if text.starts_with("ref:") {
                return true;
            }
            if let Some(id) = Id::from_hex(text.trim()) {
                all.insert(path, id);
                return true;
            }
            (ProblemKind::Syntax, "is damaged".to_owned())
        }
        // Packed or deleted meanwhile.
        Err(ReadError::Missing) => return true,
        Err(error) => super::trouble(&error),
    };
    let (kind, message) = trouble;
    repository.problem(kind, &path, format!("the ref {message}"));
    false
}
