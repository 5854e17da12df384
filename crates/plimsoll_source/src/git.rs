//! What git knows of a repository.

use crate::{Problem, RepoPath};

/// A tip of the history: a branch, a tag, a remote branch, or a detached `HEAD`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tip {
    /// Its full name, `refs/heads/main`, or `HEAD`.
    pub name: String,
    /// The object it points to, in hex: a commit, or a tag of one.
    pub object: String,
}

/// A file that a tip of the history holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TipFile {
    /// The file.
    pub path: RepoPath,
    /// The name of the first tip it was found at.
    pub tip: String,
}

/// The files that some tip of the history holds, as far as could be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TipFiles {
    /// The files found, sorted by path, each once.
    pub files: Vec<TipFile>,
    /// Whether each tip was read to its end. Where it is false, a file that is not among
    /// [`Self::files`] may be in the history all the same; [`GitFacts::problems`] says why.
    pub complete: bool,
}

/// A file that some commit of the history holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PastFile {
    /// The file.
    pub path: RepoPath,
    /// A commit that holds it, in hex: of those that were met the first.
    pub commit: String,
}

/// What is looked for in the whole history.
pub struct PastSearch<'s> {
    /// The paths that are told.
    pub names: &'s dyn Fn(&str) -> bool,
    /// The paths whose contents are read.
    pub contents: &'s dyn Fn(&str) -> bool,
    /// Takes each distinct content once, with a place it is found at.
    pub take: &'s mut dyn FnMut(&PastFile, Vec<u8>),
}

/// What a search of the whole history gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// The files whose names were asked for, sorted by path, each once.
    pub files: Vec<PastFile>,
    /// How many commits were looked at.
    pub commits: usize,
    /// How many distinct contents were read.
    pub contents: usize,
    /// Whether every commit that a tip leads to was read, with all that was asked for;
    /// [`GitFacts::problems`] says why not.
    pub complete: bool,
}

/// What git knows of the repository, read from its own files without running git, its hooks or
/// the commands that its configuration names.
///
/// Each part is read when it is first asked for and kept: `tracked` costs one pass over the
/// index, `tip_files` reads the trees of the tips, each distinct folder once, within fixed limits
/// on the work. A rule that doesn't need the history doesn't pay for it.
pub trait GitFacts: Sync {
    /// The commit that is checked out, in hex; `None` on a branch without a commit, or where it
    /// could not be told.
    fn head(&self) -> Option<&str>;

    /// The files of the index, sorted. `None` where the index could not be read: what is tracked
    /// is then unknown. Empty where nothing has been added yet.
    fn tracked(&self) -> Option<&[RepoPath]>;

    /// The tips of the history, `HEAD` among them where it is detached.
    fn tips(&self) -> &[Tip];

    /// The files at the tips of the history whose path (from the root of the [`crate::Tree`])
    /// `wanted` accepts, whether or not they are checked out. A file that only an older commit
    /// holds is not found.
    fn tip_files(&self, wanted: &dyn Fn(&str) -> bool) -> TipFiles;

    /// Searches every commit that a tip leads to. This reads a large part of git's data: seconds
    /// for a history of ten thousand commits.
    fn search_past(&self, search: &mut PastSearch<'_>) -> Past;

    /// What went wrong with what has been read so far.
    fn problems(&self) -> Vec<Problem>;

    /// Whether the index holds the file; `None` where it could not be read.
    fn tracks(&self, path: &RepoPath) -> Option<bool> {
        Some(self.tracked()?.binary_search(path).is_ok())
    }
}

/// Git's knowledge held in memory, for tests.
#[derive(Clone, Debug, Default)]
pub struct MemoryGit {
    head: Option<String>,
    tracked: Vec<RepoPath>,
    tips: Vec<Tip>,
    tip_files: Vec<TipFile>,
    past: Vec<(PastFile, String)>,
    is_shallow: bool,
}

impl MemoryGit {
    /// A repository whose index holds these files; paths that lead out are left out.
    pub fn new<'a>(tracked: impl IntoIterator<Item = &'a str>) -> Self {
        let mut tracked: Vec<_> = tracked.into_iter().filter_map(RepoPath::new).collect();
        tracked.sort();
        tracked.dedup();
        Self { tracked, ..Self::default() }
    }

    /// The same with another tip that holds these files.
    pub fn with_tip<'a>(mut self, name: &str, files: impl IntoIterator<Item = &'a str>) -> Self {
        let object = format!("{:040x}", self.tips.len() + 1);
        self.tips.push(Tip { name: name.to_owned(), object });
        let paths = files.into_iter().filter_map(RepoPath::new);
        self.tip_files.extend(paths.map(|path| TipFile { path, tip: name.to_owned() }));
        self
    }

    /// The same with a commit that holds these files.
    pub fn with_commit<'a>(
        mut self,
        commit: &str,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let files = files.into_iter().filter_map(|(path, text)| {
            let file = PastFile { path: RepoPath::new(path)?, commit: commit.to_owned() };
            Some((file, text.to_owned()))
        });
        self.past.extend(files);
        self
    }

    /// The same with a history of which a part is not there.
    pub fn shallow(mut self) -> Self {
        self.is_shallow = true;
        self
    }

    /// The same with this commit checked out.
    pub fn with_head(mut self, commit: &str) -> Self {
        self.head = Some(commit.to_owned());
        self
    }
}

impl GitFacts for MemoryGit {
    fn head(&self) -> Option<&str> {
        self.head.as_deref()
    }

    fn tracked(&self) -> Option<&[RepoPath]> {
        Some(&self.tracked)
    }

    fn tips(&self) -> &[Tip] {
        &self.tips
    }

    fn tip_files(&self, wanted: &dyn Fn(&str) -> bool) -> TipFiles {
        let mut files: Vec<TipFile> =
            self.tip_files.iter().filter(|file| wanted(file.path.as_str())).cloned().collect();
        // Stable: of several tips with the same file the first stays.
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|later, first| later.path == first.path);
        TipFiles { files, complete: true }
    }

    fn search_past(&self, search: &mut PastSearch<'_>) -> Past {
        let mut past = Past { complete: !self.is_shallow, ..Past::default() };
        let mut commits: Vec<&str> = Vec::new();
        for (file, text) in &self.past {
            if !commits.contains(&file.commit.as_str()) {
                commits.push(&file.commit);
            }
            if (search.names)(file.path.as_str()) {
                past.files.push(file.clone());
            }
            if (search.contents)(file.path.as_str()) {
                past.contents += 1;
                (search.take)(file, text.clone().into_bytes());
            }
        }
        past.commits = commits.len();
        past.files.sort();
        past.files.dedup_by(|later, first| later.path == first.path);
        past
    }

    fn problems(&self) -> Vec<Problem> {
        Vec::new()
    }
}
