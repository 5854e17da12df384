//! The whole history: every commit that a tip leads to, each distinct folder and each distinct
//! content once.
//!
//! Nothing is done for those who don't ask: unlike the tips, this reads a large part of the
//! objects. Contents are read in the order in which they lie in their packs, where the deltas of
//! one file stand together.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::os::fd::AsFd;

use plimsoll_source::{Past, PastFile, PastSearch, ProblemKind, RepoPath};

use super::history::{Entries, MAX_DEPTH};
use super::id::Id;
use super::objects::{Budget, Kind, Objects};
use super::{GitError, Repository};
use crate::open;

/// Most objects that are read. The largest public Django repositories have some 600,000.
const MAX_OBJECTS: usize = 3_000_000;
/// Most bytes that are inflated: a minute's work, and more than those repositories have.
const MAX_BYTES: usize = 16_000_000_000;
/// Most bytes of a content that is searched, as of a file that is checked out.
const MAX_CONTENT: usize = 5_000_000;
/// Most bytes of bases that are kept for deltas.
const CACHE_BYTES: usize = 48_000_000;
/// Most bytes of the list of commits at which a shallow clone ends.
const MAX_SHALLOW_BYTES: u64 = 10_000_000;
/// Longest chain of tags of tags.
const MAX_TAGS: usize = 8;
/// What stops the search.
const EXHAUSTED: GitError = GitError::Limit("the history");

pub(super) fn search(repository: &Repository, search: &mut PastSearch<'_>) -> Past {
    let refs = repository.refs();
    let Some(common) = repository.common() else { return Past::default() };
    let mut objects = Objects::open(common, repository.id_length);
    objects.keep(CACHE_BYTES);
    let shallow = shallow_ends(common);
    let mut walk = Walk {
        objects,
        budget: Budget { objects: MAX_OBJECTS, bytes: MAX_BYTES },
        prefix: &repository.prefix,
        shallow: &shallow,
        folders: HashSet::new(),
        paths: HashMap::new(),
        contents: HashMap::new(),
        commits: Vec::new(),
        troubles: BTreeMap::new(),
    };
    let tips: Vec<Id> = refs.tips.iter().filter_map(|tip| Id::from_hex(&tip.object)).collect();
    let mut exhausted = walk.commits(&tips, search).is_err();
    let mut past = Past { commits: walk.commits.len(), ..Past::default() };
    if !exhausted {
        match walk.read(search) {
            Ok(count) => past.contents = count,
            Err(_) => exhausted = true,
        }
    }
    if exhausted {
        walk.trouble(EXHAUSTED);
    }
    past.files = walk.files();
    let cut = walk.shallow_met(&shallow);
    past.complete = refs.complete && walk.troubles.is_empty() && !cut;
    report(repository, &walk, cut);
    past
}

/// The commits whose parents a shallow clone does not have.
fn shallow_ends(common: &std::fs::File) -> HashSet<Id> {
    let bytes = open::bytes(common.as_fd(), "shallow", MAX_SHALLOW_BYTES).unwrap_or_default();
    String::from_utf8_lossy(&bytes).lines().filter_map(|line| Id::from_hex(line.trim())).collect()
}

fn report(repository: &Repository, walk: &Walk<'_>, cut: bool) {
    if cut {
        let message = "the clone is shallow: the history before its oldest commits is not here";
        repository.problem(ProblemKind::Missing, "shallow", message);
    }
    let partial = walk.objects.partial;
    let borrowed = if partial { " (some objects are kept where they are not read)" } else { "" };
    for (message, (kind, count)) in &walk.troubles {
        let times = if *count == 1 { String::new() } else { format!(", {count} times") };
        let message = format!("the history was not searched whole: {message}{times}{borrowed}");
        repository.problem(*kind, "objects", message);
    }
}

struct Walk<'a> {
    objects: Objects<'a>,
    budget: Budget,
    prefix: &'a str,
    shallow: &'a HashSet<Id>,
    /// Folders read already: the path from the root of the working tree, and the tree.
    folders: HashSet<(Box<str>, Id)>,
    /// The paths that were met: the first commit that has them where their name was asked for, and
    /// whether their contents were.
    paths: HashMap<Box<str>, (Option<usize>, bool)>,
    /// The contents that are to be read, with a path and a commit.
    contents: HashMap<Id, (Box<str>, usize)>,
    commits: Vec<Id>,
    troubles: BTreeMap<String, (ProblemKind, usize)>,
}

impl Walk<'_> {
    fn trouble(&mut self, error: GitError) {
        self.troubles.entry(error.to_string()).or_insert((error.kind(), 0)).1 += 1;
    }

    fn shallow_met(&self, ends: &HashSet<Id>) -> bool {
        self.commits.iter().any(|commit| ends.contains(commit))
    }

    /// Looks at the trees of all commits that lead back from these, the newest of each line first.
    fn commits(&mut self, tips: &[Id], search: &PastSearch<'_>) -> Result<(), GitError> {
        let mut seen: HashSet<Id> = HashSet::new();
        let mut pending: VecDeque<Id> = VecDeque::new();
        for tip in tips {
            match self.commit_of(*tip) {
                Ok(Some(commit)) => pending.push_back(commit),
                Ok(None) => {}
                Err(EXHAUSTED) => return Err(EXHAUSTED),
                Err(error) => self.trouble(error),
            }
        }
        while let Some(id) = pending.pop_front() {
            if !seen.insert(id) {
                continue;
            }
            let number = self.commits.len();
            self.commits.push(id);
            let read = self.commit(&id).and_then(|(tree, parents)| {
                if !self.shallow.contains(&id) {
                    pending.extend(parents.into_iter().filter(|parent| !seen.contains(parent)));
                }
                self.tree(tree, number, search)
            });
            match read {
                Ok(()) => {}
                Err(EXHAUSTED) => return Err(EXHAUSTED),
                Err(error) => self.trouble(error),
            }
        }
        Ok(())
    }

    /// The commit that a tip names, through tags; `None` for a tag of something else.
    fn commit_of(&mut self, mut id: Id) -> Result<Option<Id>, GitError> {
        for _ in 0..MAX_TAGS {
            let object = self.objects.get(&id, &mut self.budget)?;
            match object.kind {
                Kind::Commit => return Ok(Some(id)),
                Kind::Tag => id = field(&object.data, b"object ").ok_or(DAMAGED)?,
                Kind::Tree | Kind::Blob => return Ok(None),
            }
        }
        Err(GitError::Limit("a chain of tags"))
    }

    /// The tree and the parents of a commit.
    fn commit(&mut self, id: &Id) -> Result<(Id, Vec<Id>), GitError> {
        let object = self.objects.get(id, &mut self.budget)?;
        if object.kind != Kind::Commit {
            return Err(DAMAGED);
        }
        let tree = field(&object.data, b"tree ").ok_or(DAMAGED)?;
        let lines = object.data.split(|byte| *byte == b'\n').skip(1);
        let parents = lines.map_while(|line| line.strip_prefix(b"parent "));
        Ok((tree, parents.filter_map(hex).collect()))
    }

    fn tree(&mut self, root: Id, commit: usize, search: &PastSearch<'_>) -> Result<(), GitError> {
        let mut pending = vec![(String::new(), root, 0)];
        while let Some((folder, tree, depth)) = pending.pop() {
            if depth > MAX_DEPTH {
                return Err(GitError::Limit("the depth of a tree"));
            }
            if !self.folders.insert((Box::from(folder.as_str()), tree)) {
                continue;
            }
            match self.folder(&folder, tree, commit, search) {
                Ok(below) => pending.extend(below.into_iter().map(|(f, t)| (f, t, depth + 1))),
                Err(EXHAUSTED) => return Err(EXHAUSTED),
                Err(error) => self.trouble(error),
            }
        }
        Ok(())
    }

    /// Takes the files of one folder; gives the folders in it.
    fn folder(
        &mut self,
        folder: &str,
        tree: Id,
        commit: usize,
        search: &PastSearch<'_>,
    ) -> Result<Vec<(String, Id)>, GitError> {
        let object = self.objects.get(&tree, &mut self.budget)?;
        if object.kind != Kind::Tree {
            return Err(GitError::Damaged("a tree is no tree"));
        }
        let mut folders = Vec::new();
        for entry in Entries::new(&object.data, tree.as_bytes().len()) {
            let Some(entry) = entry else { return Err(GitError::Damaged("a tree breaks off")) };
            let path = match folder {
                "" => entry.name.into_owned(),
                _ => format!("{folder}/{}", entry.name),
            };
            if entry.is_folder {
                if leads_to(&path, self.prefix) {
                    folders.push((path, entry.id));
                }
            } else if let Some(below) = below(&path, self.prefix) {
                let known = self.paths.get(below).copied();
                let (_, is_read) = known.unwrap_or_else(|| {
                    let named = (search.names)(below).then_some(commit);
                    let asked = (named, (search.contents)(below));
                    self.paths.insert(Box::from(below), asked);
                    asked
                });
                if is_read && !self.contents.contains_key(&entry.id) {
                    self.contents.insert(entry.id, (Box::from(below), commit));
                }
            }
        }
        Ok(folders)
    }

    /// Reads the contents that were asked for; gives their number.
    fn read(&mut self, search: &mut PastSearch<'_>) -> Result<usize, GitError> {
        self.folders = HashSet::new();
        let wanted = std::mem::take(&mut self.contents);
        let mut ordered: Vec<_> = wanted
            .into_iter()
            .map(|(id, (path, commit))| (self.objects.place(&id), id, path, commit))
            .collect();
        ordered.sort_unstable_by_key(|(place, id, ..)| (*place, *id));
        let mut count = 0;
        for (_, id, path, commit) in ordered {
            let object = match self.objects.get(&id, &mut self.budget) {
                Ok(object) if object.kind != Kind::Blob => {
                    self.trouble(GitError::Damaged("a file is no file"));
                    continue;
                }
                Ok(object) if object.data.len() > MAX_CONTENT => {
                    self.trouble(GitError::Limit("a file"));
                    continue;
                }
                Ok(object) => object,
                Err(EXHAUSTED) => return Err(EXHAUSTED),
                Err(error) => {
                    self.trouble(error);
                    continue;
                }
            };
            count += 1;
            if let Some(file) = self.past_file(&path, commit) {
                (search.take)(&file, object.data.to_vec());
            }
        }
        Ok(count)
    }

    fn past_file(&self, path: &str, commit: usize) -> Option<PastFile> {
        let commit = self.commits.get(commit)?.to_string();
        Some(PastFile { path: RepoPath::new(path)?, commit })
    }

    fn files(&self) -> Vec<PastFile> {
        let told = self.paths.iter().filter_map(|(path, (commit, _))| Some((path, (*commit)?)));
        let mut files: Vec<_> =
            told.filter_map(|(path, commit)| self.past_file(path, commit)).collect();
        files.sort();
        files
    }
}

const DAMAGED: GitError = GitError::Damaged("a commit or tag");

/// The id in the first line of a commit or tag.
fn field(data: &[u8], key: &[u8]) -> Option<Id> {
    hex(data.split(|byte| *byte == b'\n').next()?.strip_prefix(key)?)
}

fn hex(text: &[u8]) -> Option<Id> {
    Id::from_hex(std::str::from_utf8(text).ok()?)
}

/// Whether a folder is above, below or at the prefix.
fn leads_to(folder: &str, prefix: &str) -> bool {
    prefix.is_empty()
        || below(folder, prefix).is_some()
        || prefix.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// A path from the prefix on; `None` where it lies elsewhere.
fn below<'p>(path: &'p str, prefix: &str) -> Option<&'p str> {
    if prefix.is_empty() {
        return Some(path);
    }
    let rest = path.strip_prefix(prefix)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}
