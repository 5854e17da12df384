//! What git knows, read from git's own files.
//!
//! Git is never run: its configuration can name commands, and those of a repository that somebody
//! else wrote must not run here. Of the configuration only the object format is looked at. All
//! reads stay below the folder of git's data and what its `commondir` names; objects that are
//! borrowed from elsewhere (`objects/info/alternates`) are not followed.
//!
//! Failure policy: what can't be read is a [`Problem`], and the answer that needed it says that it
//! is not known or not complete.

mod history;
mod id;
mod index;
mod inflate;
mod locate;
mod objects;
mod pack;
mod past;
mod refs;

use std::fs::File;
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use plimsoll_source::{
    GitFacts, Past, PastSearch, Problem, ProblemKind, RepoPath, Span, Tip, TipFile, TipFiles,
};

use self::history::History;
use self::index::Index;
use self::refs::Refs;
use crate::open::{self, ReadError};

/// Most bytes of an index that is read: some 600,000 files.
const MAX_INDEX_BYTES: u64 = 64_000_000;

/// What git's own files say, each part read on first use.
#[derive(Debug)]
pub(crate) struct Repository {
    /// The folder of `HEAD` and `index`; `None` where it could not be opened.
    own: Option<File>,
    /// The folder of refs and objects, shared between worktrees; `None` where it is `own`.
    common: Option<File>,
    /// Where the root of the checkout is in the working tree, `""` or `folder/folder`.
    prefix: String,
    /// Bytes of an object id: 20 (SHA-1) or 32 (SHA-256).
    id_length: usize,
    /// Refs are kept in a form that is not read.
    refs_unsupported: bool,
    refs: OnceLock<Refs>,
    index: OnceLock<Option<Index>>,
    history: OnceLock<History>,
    problems: Mutex<Vec<Problem>>,
}

impl Repository {
    /// The repository that the folder `root_path` is the working tree of, or lies in.
    pub(crate) fn find(root_path: &Path) -> Option<Self> {
        locate::find(root_path)
    }

    fn common(&self) -> Option<&File> {
        self.common.as_ref().or(self.own.as_ref())
    }

    fn problem(&self, kind: ProblemKind, file: &str, message: impl Into<String>) {
        let path = RepoPath::new(".git").and_then(|git| git.join(file)).unwrap_or(RepoPath::root());
        let problem = Problem::new(kind, Span::of_file(path), message);
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    fn refs(&self) -> &Refs {
        self.refs.get_or_init(|| refs::read(self))
    }

    fn index(&self) -> Option<&Index> {
        self.index.get_or_init(|| self.read_index()).as_ref()
    }

    fn read_index(&self) -> Option<Index> {
        let own = self.own.as_ref()?;
        let bytes = match open::bytes(own.as_fd(), "index", MAX_INDEX_BYTES) {
            Ok(bytes) => bytes,
            // Nothing has been added yet.
            Err(ReadError::Missing) => return Some(Index::default()),
            Err(error) => {
                let (kind, message) = trouble(&error);
                self.problem(kind, "index", format!("the index {message}"));
                return None;
            }
        };
        match index::parse(&bytes, self.id_length, &self.prefix) {
            Ok(index) => {
                if index.unnamed > 0 {
                    let message = format!(
                        "{} tracked files have names that are not UTF-8 and are left out",
                        index.unnamed
                    );
                    self.problem(ProblemKind::Encoding, "index", message);
                }
                Some(index)
            }
            Err(error) => {
                self.problem(error.kind(), "index", error.to_string());
                None
            }
        }
    }
}

impl GitFacts for Repository {
    fn head(&self) -> Option<&str> {
        self.refs().head.as_deref()
    }

    fn tracked(&self) -> Option<&[RepoPath]> {
        Some(&self.index()?.files)
    }

    fn tips(&self) -> &[Tip] {
        &self.refs().tips
    }

    fn tip_files(&self, wanted: &dyn Fn(&str) -> bool) -> TipFiles {
        let history = self.history.get_or_init(|| history::read(self));
        let tips = self.tips();
        let name = |tip: usize| tips.get(tip).map_or_else(String::new, |tip| tip.name.clone());
        let mut files: Vec<TipFile> = Vec::new();
        let mut take = |path: &str, tip| {
            if wanted(path)
                && let Some(path) = RepoPath::new(path)
            {
                files.push(TipFile { path, tip: name(tip) });
            }
        };
        for (path, tip) in &history.files {
            take(path, *tip);
        }
        // Folders that a tip has as they are in the index.
        let tracked = self.tracked().unwrap_or_default();
        for (folder, tip) in &history.as_in_index {
            // Sorted as text, a folder's files follow "folder/" directly.
            let prefix = if folder.is_root() { String::new() } else { format!("{folder}/") };
            let at = tracked.partition_point(|path| path.as_str() < prefix.as_str());
            let below = tracked.iter().skip(at).map(RepoPath::as_str);
            let below = below.take_while(|path| path.starts_with(&prefix));
            below.for_each(|path| take(path, *tip));
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|later, first| later.path == first.path);
        TipFiles { files, complete: history.complete }
    }

    fn search_past(&self, search: &mut PastSearch<'_>) -> Past {
        past::search(self, search)
    }

    fn problems(&self) -> Vec<Problem> {
        let problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        // In an order that does not depend on what was asked for first.
        let mut problems = problems.clone();
        problems.sort();
        problems
    }

    fn tracks(&self, path: &RepoPath) -> Option<bool> {
        Some(self.index()?.files.binary_search(path).is_ok())
    }
}

/// Git data that is not as git writes it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GitError {
    /// It breaks off, or says what can't be.
    #[error("git's data is damaged: {0}")]
    Damaged(&'static str),
    /// A form that is not read.
    #[error("git's data has a form that is not read: {0}")]
    Unsupported(&'static str),
    /// More work than is done.
    #[error("git's data is larger than is read: {0}")]
    Limit(&'static str),
    /// An object that is named but not there.
    #[error("an object of git's data is not there")]
    Missing,
    /// A file of it could not be read.
    #[error("a file of git's data {0}")]
    Io(String),
}

impl GitError {
    fn kind(&self) -> ProblemKind {
        match self {
            Self::Damaged(_) => ProblemKind::Syntax,
            Self::Unsupported(_) => ProblemKind::Unsupported,
            Self::Limit(_) => ProblemKind::Limit,
            Self::Missing => ProblemKind::Missing,
            Self::Io(_) => ProblemKind::Unreadable,
        }
    }
}

/// What to say of a file that could not be read, after its name.
fn trouble(error: &ReadError) -> (ProblemKind, String) {
    match error {
        ReadError::Missing => (ProblemKind::Missing, "is not there".to_owned()),
        ReadError::Link => (ProblemKind::OutsideLink, "is a link: not followed".to_owned()),
        ReadError::NotRegular => (ProblemKind::SpecialFile, "is no regular file".to_owned()),
        ReadError::TooLarge { length } => {
            (ProblemKind::TooLarge, format!("is {length} bytes long: not read"))
        }
        ReadError::Io(error) => (ProblemKind::Unreadable, format!("could not be read: {error}")),
    }
}
