//! Packs with an index of version 2 (gitformat-pack(5)).

use std::collections::HashMap;
use std::fs::File;
use std::os::fd::BorrowedFd;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::GitError;
use super::id::{Id, u32_at};
use super::index::varint;
use super::inflate::Inflater;
use super::objects::{Budget, Kind, Object};
use crate::open;

/// Longest chain of deltas that is followed. Git makes them up to 50 long by itself, and up to
/// 250 when told to pack hard.
const MAX_CHAIN: usize = 512;
/// Most bytes of bases that are kept per pack.
const CACHE_BYTES: usize = 8_000_000;
/// Ids that are read at once rather than one by one.
const ONE_READ: u64 = 256;
/// Bytes of an entry that are read at first; most deltas of trees are shorter.
const FIRST_PIECE: usize = 2_048;
/// Bytes before the ids of a pack's index: signature, version, fan-out.
const IDS_AT: u64 = 8 + 4 * 256;

/// A pack and its index. Both are read piece by piece.
pub(crate) struct Pack {
    index: File,
    pack: File,
    id_length: usize,
    fan_out: Vec<u32>,
    /// Objects by offset: bases of deltas are used again and again.
    cache: HashMap<u64, Object>,
    cached_bytes: usize,
    pub(super) cache_limit: usize,
}

/// What reading an object of a pack gave.
pub(crate) enum Read {
    Object(Object),
    /// The base of its deltas is not in the pack.
    Outside {
        base: Id,
        /// The last to apply first.
        deltas: Vec<Vec<u8>>,
    },
}

enum Entry {
    Whole(Kind),
    /// A delta on the object at this offset.
    Offset(u64),
    /// A delta on the object of this id.
    Id(Id),
}

impl Pack {
    /// Opens `objects/pack/<name>.idx` and `.pack`.
    pub(crate) fn open(
        common: BorrowedFd<'_>,
        name: &str,
        id_length: usize,
    ) -> Result<Self, GitError> {
        let file = |extension| {
            let path = format!("objects/pack/{name}.{extension}");
            open::regular(common, &path).map_err(|error| GitError::Io(super::trouble(&error).1))
        };
        let (index, _) = file("idx")?;
        let (pack, _) = file("pack")?;
        let head = read_at(&index, 0, usize::try_from(IDS_AT).unwrap_or(1032))?;
        if head.get(..4) != Some(&[0xff, b't', b'O', b'c']) || u32_at(&head, 4) != Some(2) {
            return Err(GitError::Unsupported("the version of a pack's index"));
        }
        let fan_out: Vec<u32> =
            (0..256).filter_map(|bucket| u32_at(&head, 8 + 4 * bucket)).collect();
        if fan_out.len() != 256 || !fan_out.is_sorted() {
            return Err(GitError::Damaged("a pack's index"));
        }
        let (cache, cached_bytes, cache_limit) = (HashMap::new(), 0, CACHE_BYTES);
        Ok(Self { index, pack, id_length, fan_out, cache, cached_bytes, cache_limit })
    }

    /// Where in the pack the object is.
    pub(crate) fn find(&self, id: &Id) -> Result<Option<u64>, GitError> {
        let bucket = usize::from(*id.as_bytes().first().unwrap_or(&0));
        let bound = |bucket: usize| u64::from(self.fan_out.get(bucket).copied().unwrap_or(0));
        let mut low = if bucket == 0 { 0 } else { bound(bucket - 1) };
        let mut high = bound(bucket);
        let width = self.id_length as u64;
        while high - low > ONE_READ {
            let middle = low + (high - low) / 2;
            let found = read_at(&self.index, IDS_AT + middle * width, self.id_length)?;
            if found.as_slice() <= id.as_bytes() {
                low = middle;
            } else {
                high = middle;
            }
        }
        if low < high {
            let length = usize::try_from((high - low) * width).unwrap_or(0);
            let ids = read_at(&self.index, IDS_AT + low * width, length)?;
            let ids: Vec<&[u8]> = ids.chunks_exact(self.id_length).collect();
            if let Ok(position) = ids.binary_search(&id.as_bytes()) {
                return self.offset(low + position as u64).map(Some);
            }
        }
        Ok(None)
    }

    fn offset(&self, position: u64) -> Result<u64, GitError> {
        const SHORT: GitError = GitError::Damaged("a pack's index breaks off");
        let count = u64::from(self.fan_out.last().copied().unwrap_or(0));
        // After the ids: a checksum of four bytes each, then the offsets.
        let offsets = IDS_AT + count * (self.id_length as u64 + 4);
        let small = read_at(&self.index, offsets + 4 * position, 4)?;
        let small = u32_at(&small, 0).ok_or(SHORT)?;
        if small & 0x8000_0000 == 0 {
            return Ok(u64::from(small));
        }
        let large = offsets + 4 * count + 8 * u64::from(small & 0x7fff_ffff);
        let bytes = read_at(&self.index, large, 8)?;
        Ok(u64::from_be_bytes(bytes.as_slice().try_into().map_err(|_| SHORT)?))
    }

    /// The object at this offset.
    pub(crate) fn read(
        &mut self,
        offset: u64,
        inflater: &mut Inflater,
        budget: &mut Budget,
    ) -> Result<Read, GitError> {
        let mut deltas: Vec<(u64, Vec<u8>)> = Vec::new();
        let mut at = offset;
        let mut object = loop {
            if let Some(object) = self.cache.get(&at) {
                break object.clone();
            }
            let mut first = read_some(&self.pack, at, FIRST_PIECE)?;
            let (entry, length, head) = self.entry(at, &first)?;
            budget.take(length)?;
            first.drain(..head);
            let mut next = at + FIRST_PIECE as u64;
            let mut first = Some(first);
            let data = inflater.exactly(length, || {
                if let Some(first) = first.take().filter(|first| !first.is_empty()) {
                    return Ok(first);
                }
                let bytes = read_some(&self.pack, next, 16_384)?;
                next += bytes.len() as u64;
                Ok(bytes)
            })?;
            let base = match entry {
                Entry::Whole(kind) => {
                    let object = Object { kind, data: Arc::from(data) };
                    self.keep(at, &object);
                    break object;
                }
                Entry::Offset(base) => base,
                Entry::Id(id) => match self.find(&id)? {
                    Some(base) => base,
                    None => {
                        let mut deltas: Vec<_> = deltas.into_iter().map(|(_, data)| data).collect();
                        deltas.push(data);
                        return Ok(Read::Outside { base: id, deltas });
                    }
                },
            };
            deltas.push((at, data));
            if deltas.len() > MAX_CHAIN {
                return Err(GitError::Limit("a chain of deltas"));
            }
            at = base;
        };
        while let Some((at, delta)) = deltas.pop() {
            object = apply(&object, &delta, budget)?;
            self.keep(at, &object);
        }
        Ok(Read::Object(object))
    }

    fn keep(&mut self, offset: u64, object: &Object) {
        if object.data.len() > self.cache_limit / 8 {
            return;
        }
        if self.cached_bytes + object.data.len() > self.cache_limit {
            self.cache.clear();
            self.cached_bytes = 0;
        }
        self.cached_bytes += object.data.len();
        self.cache.insert(offset, object.clone());
    }

    /// The head of the entry at `offset`: what it is, how long its data is inflated, and how
    /// long the head is itself.
    fn entry(&self, offset: u64, head: &[u8]) -> Result<(Entry, usize, usize), GitError> {
        const DAMAGED: GitError = GitError::Damaged("an entry of a pack");
        let mut at = 0;
        let first = *head.first().ok_or(DAMAGED)?;
        let mut length = usize::from(first & 0x0f);
        let mut shift = 4;
        let mut byte = first;
        while byte & 0x80 != 0 {
            at += 1;
            byte = *head.get(at).ok_or(DAMAGED)?;
            if shift > 50 {
                return Err(DAMAGED);
            }
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
        }
        at += 1;
        let entry = match (first >> 4) & 7 {
            1 => Entry::Whole(Kind::Commit),
            2 => Entry::Whole(Kind::Tree),
            3 => Entry::Whole(Kind::Blob),
            4 => Entry::Whole(Kind::Tag),
            6 => {
                let (back, after) = varint(head, at).ok_or(DAMAGED)?;
                at = after;
                // Bases come before; a delta on itself would never end.
                let base = offset.checked_sub(back as u64).filter(|base| *base < offset);
                Entry::Offset(base.ok_or(DAMAGED)?)
            }
            7 => {
                let end = at + self.id_length;
                let id = head.get(at..end).and_then(Id::from_bytes).ok_or(DAMAGED)?;
                at = end;
                Entry::Id(id)
            }
            _ => return Err(DAMAGED),
        };
        Ok((entry, length, at))
    }
}

/// Applies deltas to a base, the last of the list first.
pub(crate) fn apply_all(
    base: Object,
    mut deltas: Vec<Vec<u8>>,
    budget: &mut Budget,
) -> Result<Object, GitError> {
    let mut object = base;
    while let Some(delta) = deltas.pop() {
        object = apply(&object, &delta, budget)?;
    }
    Ok(object)
}

fn apply(base: &Object, delta: &[u8], budget: &mut Budget) -> Result<Object, GitError> {
    const DAMAGED: GitError = GitError::Damaged("a delta");
    let (base_length, at) = size(delta, 0).ok_or(DAMAGED)?;
    let (length, mut at) = size(delta, at).ok_or(DAMAGED)?;
    if base_length != base.data.len() {
        return Err(DAMAGED);
    }
    budget.take(length)?;
    let mut out: Vec<u8> = Vec::with_capacity(length);
    while let Some(&command) = delta.get(at) {
        at += 1;
        if command & 0x80 == 0 {
            // Insert what follows; nothing at all is reserved.
            let end = at + usize::from(command);
            let piece = delta.get(at..end).filter(|piece| !piece.is_empty()).ok_or(DAMAGED)?;
            out.extend_from_slice(piece);
            at = end;
        } else {
            let (start, count, after) = copy(delta, command, at).ok_or(DAMAGED)?;
            at = after;
            out.extend_from_slice(base.data.get(start..start + count).ok_or(DAMAGED)?);
        }
        if out.len() > length {
            return Err(DAMAGED);
        }
    }
    if out.len() != length {
        return Err(DAMAGED);
    }
    Ok(Object { kind: base.kind, data: Arc::from(out) })
}

/// Where a copy command copies from, how many bytes, and where the command ends.
fn copy(delta: &[u8], command: u8, mut at: usize) -> Option<(usize, usize, usize)> {
    let mut number = |first: u8, bytes: u8| {
        let mut value = 0_usize;
        for byte in 0..bytes {
            if command & (first << byte) != 0 {
                value |= usize::from(*delta.get(at)?) << (8 * byte);
                at += 1;
            }
        }
        Some(value)
    };
    let start = number(0x01, 4)?;
    let count = number(0x10, 3)?;
    Some((start, if count == 0 { 0x10000 } else { count }, at))
}

/// A size in the variable length of deltas (least significant first), and where it ends.
fn size(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut value = 0;
    let mut shift = 0;
    loop {
        let byte = *bytes.get(at)?;
        at += 1;
        if shift > 50 {
            return None;
        }
        value |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return Some((value, at));
        }
    }
}

/// Exactly `length` bytes at `offset`.
fn read_at(file: &File, offset: u64, length: usize) -> Result<Vec<u8>, GitError> {
    let mut bytes = vec![0; length];
    let read = file.read_exact_at(&mut bytes, offset);
    read.map_err(|_| GitError::Damaged("a file of a pack breaks off"))?;
    Ok(bytes)
}

/// At most `length` bytes at `offset`, none at the end.
fn read_some(file: &File, offset: u64, length: usize) -> Result<Vec<u8>, GitError> {
    let mut bytes = vec![0; length];
    let count = file
        .read_at(&mut bytes, offset)
        .map_err(|error| GitError::Io(format!("could not be read: {error}")))?;
    bytes.truncate(count);
    Ok(bytes)
}
