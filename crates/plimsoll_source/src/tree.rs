//! A repository as a set of files.

use std::collections::BTreeMap;

use crate::{Problem, ProblemKind, RepoPath, SourceText, Span};

/// What an entry of a repository is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    Regular,
    /// A link to a regular file inside the repository.
    Link {
        /// Where it leads in the end.
        target: RepoPath,
    },
    /// Anything that is not read: a FIFO, a socket, a device, a link that leads out or nowhere.
    Unreadable,
}

/// One file of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEntry {
    /// Where it is.
    pub path: RepoPath,
    /// What it is.
    pub kind: FileKind,
}

/// A tip of the history: a branch, tag or remote branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tip {
    /// Its full name, `refs/heads/main`.
    pub name: String,
    /// The files of its tree.
    pub files: Vec<RepoPath>,
}

/// What git knows of the repository, read from its own files without running git or its hooks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitFacts {
    /// The files of the index, sorted.
    pub tracked: Vec<RepoPath>,
    /// The tips of the history other than what is checked out, as far as they could be read.
    pub tips: Vec<Tip>,
    /// The commit that is checked out, in hex.
    pub head: Option<String>,
}

impl GitFacts {
    /// Whether the index holds the file.
    pub fn tracks(&self, path: &RepoPath) -> bool {
        self.tracked.binary_search(path).is_ok()
    }
}

/// A repository that can be read. Implementations keep every read inside the repository and
/// bounded in size and time.
pub trait Tree: Sync {
    /// Its files, sorted by path. Folders that hold no source of the project (`.git`,
    /// `node_modules`, virtual environments, caches) are left out.
    fn files(&self) -> &[FileEntry];

    /// The text of a file.
    ///
    /// # Errors
    /// A [`Problem`] when the file is missing, binary, too large or cannot be read.
    fn read(&self, path: &RepoPath) -> Result<SourceText, Problem>;

    /// What git knows of it; `None` where it is no git repository.
    fn git(&self) -> Option<&GitFacts>;

    /// What went wrong while the files were listed.
    fn problems(&self) -> &[Problem];

    /// Whether there is such a file.
    fn has_file(&self, path: &RepoPath) -> bool {
        self.files().binary_search_by(|entry| entry.path.cmp(path)).is_ok()
    }

    /// Whether any file lies below this folder.
    fn has_folder(&self, path: &RepoPath) -> bool {
        if path.is_root() {
            return !self.files().is_empty();
        }
        // Sorted as text, a folder's files follow "folder/" directly.
        let prefix = format!("{}/", path.as_str());
        let at = self.files().partition_point(|entry| entry.path.as_str() < prefix.as_str());
        self.files().get(at).is_some_and(|entry| entry.path.as_str().starts_with(&prefix))
    }
}

/// A repository held in memory, for tests and for text that comes from elsewhere.
#[derive(Clone, Debug, Default)]
pub struct MemoryTree {
    texts: BTreeMap<RepoPath, SourceText>,
    entries: Vec<FileEntry>,
    git: Option<GitFacts>,
}

impl MemoryTree {
    /// A tree of these files; paths that lead out of the repository are left out.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let texts: BTreeMap<_, _> = files
            .into_iter()
            .filter_map(|(path, text)| {
                let path = RepoPath::new(path)?;
                Some((path.clone(), SourceText::new(path, text)))
            })
            .collect();
        let entries = texts
            .keys()
            .map(|path| FileEntry { path: path.clone(), kind: FileKind::Regular })
            .collect();
        Self { texts, entries, git: None }
    }

    /// The same tree with what git knows of it.
    pub fn with_git(mut self, git: GitFacts) -> Self {
        self.git = Some(git);
        self
    }
}

impl Tree for MemoryTree {
    fn files(&self) -> &[FileEntry] {
        &self.entries
    }

    fn read(&self, path: &RepoPath) -> Result<SourceText, Problem> {
        self.texts.get(path).cloned().ok_or_else(|| {
            Problem::new(ProblemKind::Missing, Span::of_file(path.clone()), "there is no such file")
        })
    }

    fn git(&self) -> Option<&GitFacts> {
        self.git.as_ref()
    }

    fn problems(&self) -> &[Problem] {
        &[]
    }
}

#[cfg(test)]
mod tests {
    use super::{MemoryTree, Tree};
    use crate::RepoPath;

    #[test]
    fn folders_are_found_between_names_that_sort_around_them() {
        let tree = MemoryTree::new([("app-x/a.py", ""), ("app/b.py", ""), ("app.py", "")]);
        assert!(tree.has_folder(&RepoPath::new("app").unwrap()));
        assert!(!tree.has_folder(&RepoPath::new("ap").unwrap()));
        assert!(tree.has_file(&RepoPath::new("app.py").unwrap()));
    }
}
