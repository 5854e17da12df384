//! Objects by id, loose and packed.

use std::fs::File;
use std::os::fd::AsFd;
use std::sync::Arc;

use rustix::fs::Dir;

use super::GitError;
use super::id::Id;
use super::inflate::Inflater;
use super::pack::Pack;
use crate::open::{self, ReadError};

/// Most bytes of one object. The tree of a folder of 50,000 files has some 3 MB.
pub(super) const MAX_OBJECT_BYTES: usize = 16_000_000;
/// Most packs that are opened.
const MAX_PACKS: usize = 500;

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Commit,
    Tree,
    Blob,
    Tag,
}

/// An object's kind and content.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) kind: Kind,
    pub(crate) data: Arc<[u8]>,
}

/// How much is still read. Counts work, not time: the same repository gives the same answer.
#[derive(Debug)]
pub(crate) struct Budget {
    pub(crate) objects: usize,
    pub(crate) bytes: usize,
}

impl Budget {
    /// Takes an object or delta of this many bytes.
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), GitError> {
        if bytes > MAX_OBJECT_BYTES {
            return Err(GitError::Limit("an object"));
        }
        match self.bytes.checked_sub(bytes) {
            Some(left) => {
                self.bytes = left;
                Ok(())
            }
            None => Err(GitError::Limit("the history")),
        }
    }
}

/// The object store of a repository.
pub(crate) struct Objects<'a> {
    common: &'a File,
    packs: Vec<Pack>,
    /// The pack of the last hit, which most often has the next object too.
    last: usize,
    inflater: Inflater,
    /// Whether some objects are kept where they are not looked for.
    pub(crate) partial: bool,
}

impl<'a> Objects<'a> {
    /// Opens the store below `common`; ids have `id_length` bytes.
    pub(crate) fn open(common: &'a File, id_length: usize) -> Self {
        let mut names = Vec::new();
        let mut partial = false;
        if let Ok(mut entries) = open::folder(common.as_fd(), "objects/pack").and_then(Dir::new) {
            while let Some(Ok(entry)) = entries.read() {
                let Ok(name) = entry.file_name().to_str() else { continue };
                if let Some(stem) = name.strip_suffix(".idx") {
                    names.push(stem.to_owned());
                }
            }
        }
        names.sort_unstable();
        partial |= names.len() > MAX_PACKS;
        names.truncate(MAX_PACKS);
        let opened = names.iter().map(|name| Pack::open(common.as_fd(), name, id_length));
        let (packs, broken): (Vec<_>, Vec<_>) = opened.partition(Result::is_ok);
        partial |= !broken.is_empty();
        partial |= open::regular(common.as_fd(), "objects/info/alternates").is_ok();
        let packs = packs.into_iter().filter_map(Result::ok).collect();
        Self { common, packs, last: 0, inflater: Inflater::default(), partial }
    }

    /// Keeps this many bytes of bases in each pack, for reading many objects of it.
    pub(crate) fn keep(&mut self, bytes: usize) {
        self.packs.iter_mut().for_each(|pack| pack.cache_limit = bytes);
    }

    /// Where an object is, for reading many in the order in which they lie: the pack and the
    /// place in it; loose ones come last.
    pub(crate) fn place(&mut self, id: &Id) -> (usize, u64) {
        let count = self.packs.len();
        for step in 0..count {
            let number = (self.last + step) % count;
            let found = self.packs.get(number).and_then(|pack| pack.find(id).ok().flatten());
            if let Some(offset) = found {
                self.last = number;
                return (number, offset);
            }
        }
        (usize::MAX, 0)
    }

    /// The object of this id.
    pub(crate) fn get(&mut self, id: &Id, budget: &mut Budget) -> Result<Object, GitError> {
        budget.objects = budget.objects.checked_sub(1).ok_or(GitError::Limit("the history"))?;
        self.find(id, budget, 0)
    }

    fn find(&mut self, id: &Id, budget: &mut Budget, depth: usize) -> Result<Object, GitError> {
        let count = self.packs.len();
        for step in 0..count {
            let number = (self.last + step) % count;
            let Some(pack) = self.packs.get_mut(number) else { continue };
            let Some(offset) = pack.find(id)? else { continue };
            self.last = number;
            return match pack.read(offset, &mut self.inflater, budget)? {
                super::pack::Read::Object(object) => Ok(object),
                super::pack::Read::Outside { base, deltas } => {
                    // Only packs under way have bases elsewhere; one step of it is plenty.
                    if depth > 2 {
                        return Err(GitError::Limit("a chain of deltas"));
                    }
                    let base = self.find(&base, budget, depth + 1)?;
                    super::pack::apply_all(base, deltas, budget)
                }
            };
        }
        self.loose(id, budget)
    }

    fn loose(&mut self, id: &Id, budget: &mut Budget) -> Result<Object, GitError> {
        let hex = id.to_string();
        let (folder, name) = hex.split_at_checked(2).ok_or(GitError::Missing)?;
        let path = format!("objects/{folder}/{name}");
        let bytes = match open::bytes(self.common.as_fd(), &path, MAX_OBJECT_BYTES as u64) {
            Ok(bytes) => bytes,
            Err(ReadError::Missing) => return Err(GitError::Missing),
            Err(error) => return Err(GitError::Io(super::trouble(&error).1)),
        };
        const DAMAGED: GitError = GitError::Damaged("the head of an object");
        let head = self.inflater.head(64, &bytes)?;
        let end = head.iter().position(|byte| *byte == 0).ok_or(DAMAGED)?;
        let text = head.get(..end).and_then(|head| std::str::from_utf8(head).ok());
        let (kind, length) = text.and_then(|text| text.split_once(' ')).ok_or(DAMAGED)?;
        let kind = match kind {
            "commit" => Kind::Commit,
            "tree" => Kind::Tree,
            "blob" => Kind::Blob,
            "tag" => Kind::Tag,
            _ => return Err(DAMAGED),
        };
        let length: usize = length.parse().map_err(|_| DAMAGED)?;
        budget.take(length)?;
        let mut bytes = Some(bytes);
        let whole =
            self.inflater.exactly(end + 1 + length, || Ok(bytes.take().unwrap_or_default()))?;
        let data = whole.get(end + 1..).ok_or(DAMAGED)?;
        Ok(Object { kind, data: Arc::from(data) })
    }
}
