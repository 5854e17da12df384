//! A repository as a set of files.

use std::collections::BTreeMap;

use crate::{GitFacts, MemoryGit, Problem, ProblemKind, RepoPath, SourceText, Span};

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
    /// A link to a folder inside the repository. The files below it are listed once, under the
    /// target; reads through the link work.
    FolderLink {
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

/// Why the files below a folder are not listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// The data of a version control system.
    VersionControl,
    /// Packages of others, installed there: `node_modules`, `site-packages`.
    Packages,
    /// A virtual environment.
    VirtualEnvironment,
    /// What a tool keeps for itself and can make again.
    Cache,
}

/// A folder whose files are not listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SkippedFolder {
    /// Where it is.
    pub path: RepoPath,
    /// Why.
    pub reason: SkipReason,
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

    /// The text of a file that nobody else is likely to ask for: as [`Self::read`], but the tree
    /// does not keep it.
    ///
    /// # Errors
    /// As [`Self::read`].
    fn read_once(&self, path: &RepoPath) -> Result<SourceText, Problem> {
        self.read(path)
    }

    /// What git knows of it; `None` where it is no git repository.
    fn git(&self) -> Option<&dyn GitFacts>;

    /// What went wrong while the files were listed.
    fn problems(&self) -> &[Problem];

    /// The folders whose files are not listed, sorted by path.
    fn skipped(&self) -> &[SkippedFolder] {
        &[]
    }

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
    git: Option<MemoryGit>,
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
    pub fn with_git(mut self, git: MemoryGit) -> Self {
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

    fn git(&self) -> Option<&dyn GitFacts> {
        self.git.as_ref().map(|git| git as &dyn GitFacts)
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
