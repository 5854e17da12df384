//! The files at the tips of the history.
//!
//! Each distinct folder is read once, however many tips have it, and folders that are as in the
//! index are not read at all. What is left is bounded by a count of objects and bytes.

use std::collections::{HashMap, HashSet};

use plimsoll_source::{ProblemKind, RepoPath};

use super::id::Id;
use super::objects::{Budget, Kind, Objects};
use super::{GitError, Repository};

/// Most objects that are read: some tenths of a second.
const MAX_OBJECTS: usize = 50_000;
/// Most bytes that are inflated.
const MAX_BYTES: usize = 256_000_000;
/// Most distinct paths that are kept.
const MAX_PATHS: usize = 300_000;
/// Most folders above a file.
pub(super) const MAX_DEPTH: usize = 128;
/// What stops the walk of all tips.
const EXHAUSTED: GitError = GitError::Limit("the history");
/// Longest chain of tags of tags.
const MAX_TAGS: usize = 8;

/// The files at the tips. Tips are numbered as in [`super::refs::Refs`].
#[derive(Debug, Default)]
pub(crate) struct History {
    /// Paths from the root of the checkout, with the first tip that has them.
    pub(crate) files: Vec<(Box<str>, usize)>,
    /// Folders from the root of the checkout that a tip has as they are in the index.
    pub(crate) as_in_index: Vec<(RepoPath, usize)>,
    /// Whether each tip was read to its end.
    pub(crate) complete: bool,
}

/// Reads the trees of all tips.
pub(super) fn read(repository: &Repository) -> History {
    let refs = repository.refs();
    let Some(common) = repository.common() else { return History::default() };
    let mut walk = Walk {
        objects: Objects::open(common, repository.id_length),
        budget: Budget { objects: MAX_OBJECTS, bytes: MAX_BYTES },
        known: repository.index().map(|index| &index.trees),
        prefix: &repository.prefix,
        seen: HashSet::new(),
        paths: HashMap::new(),
        found: History { complete: refs.complete, ..History::default() },
        troubles: Vec::new(),
    };
    for (number, tip) in refs.tips.iter().enumerate() {
        let outcome = match Id::from_hex(&tip.object) {
            Some(id) => walk.tip(id, number),
            None => Err(GitError::Damaged("the id of a tip")),
        };
        if let Err(error) = outcome {
            let exhausted = matches!(error, EXHAUSTED);
            walk.trouble(number, error);
            if exhausted {
                break;
            }
        }
    }
    let partial = walk.objects.partial;
    let (mut found, troubles) = (walk.found, walk.troubles);
    found.files.extend(walk.paths);
    found.complete &= troubles.is_empty();
    report(repository, troubles, partial);
    found
}

fn report(repository: &Repository, troubles: Vec<(usize, GitError)>, partial: bool) {
    let tips = &repository.refs().tips;
    let borrowed = if partial { " (some objects are kept where they are not read)" } else { "" };
    // One sentence for each kind of trouble, not for each of a thousand tags.
    let mut told: HashMap<String, (ProblemKind, usize, usize)> = HashMap::new();
    for (tip, error) in troubles {
        told.entry(error.to_string()).or_insert((error.kind(), tip, 0)).2 += 1;
    }
    for (message, (kind, tip, count)) in told {
        let name = tips.get(tip).map_or("", |tip| tip.name.as_str());
        let others = match count {
            1 => String::new(),
            _ => format!(" and {} others", count - 1),
        };
        let message = format!("the files of {name}{others} were not all read: {message}{borrowed}");
        repository.problem(kind, "objects", message);
    }
}

struct Walk<'a> {
    objects: Objects<'a>,
    budget: Budget,
    known: Option<&'a HashMap<String, Id>>,
    prefix: &'a str,
    /// Folders read already: the path from the root of the working tree, and the tree.
    seen: HashSet<(Box<str>, Id)>,
    paths: HashMap<Box<str>, usize>,
    found: History,
    troubles: Vec<(usize, GitError)>,
}

impl Walk<'_> {
    fn trouble(&mut self, tip: usize, error: GitError) {
        self.troubles.push((tip, error));
    }

    fn tip(&mut self, id: Id, tip: usize) -> Result<(), GitError> {
        let Some(root) = self.root_tree(id)? else { return Ok(()) };
        let Some((folder, tree)) = self.enter_prefix(root)? else { return Ok(()) };
        let mut pending = vec![(folder, tree, 0)];
        while let Some((folder, tree, depth)) = pending.pop() {
            if depth > MAX_DEPTH {
                return Err(GitError::Limit("the depth of a tree"));
            }
            if !self.seen.insert((Box::from(folder.as_str()), tree)) {
                continue;
            }
            if self.known.is_some_and(|known| known.get(&folder) == Some(&tree)) {
                let path = self.below_prefix(&folder).and_then(RepoPath::new);
                self.found.as_in_index.extend(path.map(|path| (path, tip)));
                continue;
            }
            // The other folders of the tip are still read where one is missing.
            match self.folder(&folder, tree, tip) {
                Ok(below) => pending
                    .extend(below.into_iter().map(|(folder, tree)| (folder, tree, depth + 1))),
                Err(EXHAUSTED) => return Err(EXHAUSTED),
                Err(error) => self.trouble(tip, error),
            }
        }
        Ok(())
    }

    /// Takes the files of one folder of a tip; gives the folders in it.
    fn folder(
        &mut self,
        folder: &str,
        tree: Id,
        tip: usize,
    ) -> Result<Vec<(String, Id)>, GitError> {
        let object = self.objects.get(&tree, &mut self.budget)?;
        if object.kind != Kind::Tree {
            return Err(GitError::Damaged("a tree is no tree"));
        }
        let mut folders = Vec::new();
        for entry in Entries::new(&object.data, tree.as_bytes().len()) {
            let Some(entry) = entry else {
                self.trouble(tip, GitError::Damaged("a tree breaks off"));
                break;
            };
            let path = match folder {
                "" => entry.name.into_owned(),
                _ => format!("{folder}/{}", entry.name),
            };
            if entry.is_folder {
                folders.push((path, entry.id));
            } else if let Some(below) = self.below_prefix(&path)
                && !self.paths.contains_key(below)
            {
                if self.paths.len() >= MAX_PATHS {
                    return Err(EXHAUSTED);
                }
                self.paths.insert(Box::from(below), tip);
            }
        }
        Ok(folders)
    }

    fn below_prefix<'p>(&self, path: &'p str) -> Option<&'p str> {
        if self.prefix.is_empty() {
            return Some(path);
        }
        let rest = path.strip_prefix(self.prefix)?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
    }

    /// The tree of a commit, or of what a tag names; `None` for a tag of something else.
    fn root_tree(&mut self, mut id: Id) -> Result<Option<Id>, GitError> {
        const DAMAGED: GitError = GitError::Damaged("a commit or tag");
        for _ in 0..MAX_TAGS {
            let object = self.objects.get(&id, &mut self.budget)?;
            let key: &[u8] = match object.kind {
                Kind::Commit => b"tree ",
                Kind::Tag => b"object ",
                Kind::Tree => return Ok(Some(id)),
                Kind::Blob => return Ok(None),
            };
            let line = object.data.split(|byte| *byte == b'\n').next();
            let hex = line.and_then(|line| line.strip_prefix(key)).ok_or(DAMAGED)?;
            let hex = std::str::from_utf8(hex).map_err(|_| DAMAGED)?;
            let next = Id::from_hex(hex).ok_or(DAMAGED)?;
            if object.kind == Kind::Commit {
                return Ok(Some(next));
            }
            id = next;
        }
        Err(GitError::Limit("a chain of tags"))
    }

    /// The folder of the checkout in a tip's tree; `None` where the tip doesn't have it.
    fn enter_prefix(&mut self, root: Id) -> Result<Option<(String, Id)>, GitError> {
        let mut tree = root;
        let prefix = self.prefix;
        for part in prefix.split('/').filter(|part| !part.is_empty()) {
            let object = self.objects.get(&tree, &mut self.budget)?;
            let entries = Entries::new(&object.data, tree.as_bytes().len());
            let found = entries.flatten().find(|entry| entry.is_folder && entry.name == part);
            match found {
                Some(entry) => tree = entry.id,
                None => return Ok(None),
            }
        }
        Ok(Some((prefix.to_owned(), tree)))
    }
}

pub(super) struct Entry<'a> {
    pub(super) name: std::borrow::Cow<'a, str>,
    pub(super) is_folder: bool,
    pub(super) id: Id,
}

/// The entries of a tree, submodules left out; `None` where it breaks off.
pub(super) struct Entries<'a> {
    rest: &'a [u8],
    id_length: usize,
}

impl<'a> Entries<'a> {
    pub(super) fn new(tree: &'a [u8], id_length: usize) -> Self {
        Self { rest: tree, id_length }
    }

    fn parse(&mut self) -> Option<(&'a [u8], Entry<'a>)> {
        let space = self.rest.iter().position(|byte| *byte == b' ')?;
        let mode = self.rest.get(..space)?;
        let after = self.rest.get(space + 1..)?;
        let nul = after.iter().position(|byte| *byte == 0)?;
        let name = String::from_utf8_lossy(after.get(..nul)?);
        let after = after.get(nul + 1..)?;
        let id = Id::from_bytes(after.get(..self.id_length)?)?;
        self.rest = after.get(self.id_length..)?;
        // Written by hand, a name may be anything; none of these names a file of a checkout.
        if matches!(&*name, "" | "." | "..") || name.contains('/') {
            return None;
        }
        let is_folder = matches!(mode, b"40000" | b"040000");
        Some((mode, Entry { name, is_folder, id }))
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Option<Entry<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            match self.parse() {
                Some((b"160000", _)) => {}
                Some((_, entry)) => return Some(Some(entry)),
                None => {
                    self.rest = &[];
                    return Some(None);
                }
            }
        }
        None
    }
}
