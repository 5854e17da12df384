//! Git's index, versions 2 to 4 (gitformat-index(5)).

use std::collections::HashMap;

use plimsoll_source::RepoPath;

use super::GitError;
use super::id::{Id, u16_at, u32_at};

/// The bits of a mode that say what the entry is, and two that are no files.
const MODE_KIND: u32 = 0o170_000;
const MODE_FOLDER: u32 = 0o040_000;
const MODE_SUBMODULE: u32 = 0o160_000;
/// Bytes of the stat data before an entry's id.
const STAT_BYTES: usize = 40;
/// The flag that says that more flags follow.
const EXTENDED: u16 = 0x4000;
/// Longest path in bytes; systems take some 4,000.
const MAX_NAME: usize = 65_536;
const DAMAGED_NAME: GitError = GitError::Damaged("a name of the index has no sensible length");

/// The files that git tracks below one folder of the working tree.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// From that folder, sorted. Submodules are not among them.
    pub(crate) files: Vec<RepoPath>,
    /// How many have names that are not UTF-8.
    pub(crate) unnamed: usize,
    /// The trees that folders (from the root of the working tree, without a `/` at the end) are
    /// known to be equal to.
    pub(crate) trees: HashMap<String, Id>,
}

const SHORT: GitError = GitError::Damaged("the index breaks off");

/// Reads an index; `prefix` is the folder whose files are wanted, `""` for all.
pub(crate) fn parse(bytes: &[u8], id_length: usize, prefix: &str) -> Result<Index, GitError> {
    if bytes.get(..4) != Some(b"DIRC") {
        return Err(GitError::Damaged("the index has no signature"));
    }
    let version = u32_at(bytes, 4).ok_or(SHORT)?;
    if !(2..=4).contains(&version) {
        return Err(GitError::Unsupported("the version of the index"));
    }
    let count = u32_at(bytes, 8).ok_or(SHORT)?;
    let mut index = Index::default();
    let mut entries = Entries { bytes, id_length, version, at: 12, name: Vec::new() };
    let mut nameless = false;
    for _ in 0..count {
        let mode = entries.next()? & MODE_KIND;
        nameless |= entries.name.is_empty();
        match mode {
            MODE_FOLDER => return Err(GitError::Unsupported("a sparse index")),
            MODE_SUBMODULE => {}
            _ => take(&mut index, &entries.name, prefix),
        }
    }
    extensions(bytes, entries.at, id_length, &mut index)?;
    // Only a split index, told by its extension, has entries without names.
    if nameless {
        return Err(GitError::Damaged("an entry of the index has no name"));
    }
    // Git keeps them sorted; files in conflict are there several times.
    if !index.files.is_sorted() {
        index.files.sort();
    }
    index.files.dedup();
    Ok(index)
}

/// Reads the entries one by one.
struct Entries<'a> {
    bytes: &'a [u8],
    id_length: usize,
    version: u32,
    /// Where the next one begins.
    at: usize,
    /// The name of the last one: names of version 4 build on it.
    name: Vec<u8>,
}

impl Entries<'_> {
    /// Reads an entry into `name`; gives its mode.
    fn next(&mut self) -> Result<u32, GitError> {
        let mode = u32_at(self.bytes, self.at + 24).ok_or(SHORT)?;
        let mut cursor = self.at + STAT_BYTES + self.id_length;
        let flags = u16_at(self.bytes, cursor).ok_or(SHORT)?;
        cursor += 2;
        if flags & EXTENDED != 0 {
            if self.version < 3 {
                return Err(GitError::Damaged(
                    "an entry of the index has flags of a later version",
                ));
            }
            cursor += 2;
        }
        let mut keep = 0;
        if self.version == 4 {
            let (strip, after) = varint(self.bytes, cursor).ok_or(SHORT)?;
            keep = self.name.len().checked_sub(strip).ok_or(DAMAGED_NAME)?;
            cursor = after;
        }
        self.name.truncate(keep);
        let rest = self.bytes.get(cursor..).ok_or(SHORT)?;
        let length = rest.iter().position(|byte| *byte == 0).ok_or(SHORT)?;
        self.name.extend(rest.iter().take(length));
        if self.name.len() > MAX_NAME {
            return Err(DAMAGED_NAME);
        }
        cursor += length;
        // Padded with one to eight NULs to a multiple of eight bytes; version 4 is not.
        let padded = self.at + (cursor - self.at + 8) / 8 * 8;
        self.at = if self.version == 4 { cursor + 1 } else { padded };
        Ok(mode)
    }
}

fn take(index: &mut Index, name: &[u8], prefix: &str) {
    let below = if prefix.is_empty() {
        Some(name)
    } else {
        name.strip_prefix(prefix.as_bytes()).and_then(|rest| rest.strip_prefix(b"/"))
    };
    let Some(below) = below else { return };
    match std::str::from_utf8(below).ok().and_then(RepoPath::new) {
        Some(path) => index.files.push(path),
        None => index.unnamed += 1,
    }
}

fn extensions(
    bytes: &[u8],
    mut at: usize,
    id_length: usize,
    index: &mut Index,
) -> Result<(), GitError> {
    // The last bytes are a checksum.
    let end = bytes.len().saturating_sub(id_length);
    while at + 8 <= end {
        let signature = bytes.get(at..at + 4).unwrap_or_default();
        let size = u32_at(bytes, at + 4).and_then(|size| usize::try_from(size).ok());
        let start = at + 8;
        let body = size
            .and_then(|size| bytes.get(start..start.checked_add(size)?))
            .ok_or(GitError::Damaged("an extension of the index breaks off"))?;
        match signature {
            b"TREE" => index.trees = cached_trees(body, id_length).unwrap_or_default(),
            b"link" => return Err(GitError::Unsupported("a split index")),
            // Changes nothing where no entry is a folder.
            b"sdir" => {}
            [b'a'..=b'z', ..] => {
                return Err(GitError::Unsupported("an extension of the index"));
            }
            _ => {}
        }
        at = start + body.len();
    }
    Ok(())
}

/// The extension `TREE`: ids of the trees that folders of the index are equal to.
fn cached_trees(bytes: &[u8], id_length: usize) -> Option<HashMap<String, Id>> {
    let mut trees = HashMap::new();
    // Folders that are open: the name with all above it, and how many subfolders are to come.
    let mut open: Vec<(String, usize)> = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (name, after) = split_at_byte(rest, 0)?;
        let (entries, after) = split_at_byte(after, b' ')?;
        let (subfolders, after) = split_at_byte(after, b'\n')?;
        rest = after;
        while open.last().is_some_and(|(_, left)| *left == 0) {
            open.pop();
        }
        let name = std::str::from_utf8(name).ok()?;
        let path = match open.last_mut() {
            None => name.to_owned(),
            Some((parent, left)) => {
                *left -= 1;
                if parent.is_empty() { name.to_owned() } else { format!("{parent}/{name}") }
            }
        };
        // A count below zero: changed since, there is no id.
        if !entries.starts_with(b"-") {
            trees.insert(path.clone(), Id::from_bytes(rest.get(..id_length)?)?);
            rest = rest.get(id_length..)?;
        }
        let subfolders = std::str::from_utf8(subfolders).ok()?.parse().ok()?;
        open.push((path, subfolders));
    }
    Some(trees)
}

fn split_at_byte(bytes: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|b| *b == byte)?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

/// A number in the variable length of pack offsets, and where it ends.
pub(super) fn varint(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut byte = *bytes.get(at)?;
    let mut value = usize::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        at += 1;
        byte = *bytes.get(at)?;
        value = value.checked_add(1)?.checked_mul(128)? | usize::from(byte & 0x7f);
    }
    Some((value, at + 1))
}
