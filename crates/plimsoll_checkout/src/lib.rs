//! A repository on disk.
//!
//! [`Checkout`] is the [`Tree`] over a folder: it lists the files once, reads texts when asked,
//! and knows what git knows. Nothing in the folder can make it run something, wait, write, or
//! read elsewhere: links are resolved on the listing and never followed by the kernel, special
//! files are not opened, and each read has a limit. The one place outside the folder it looks at
//! is the folder of git's own data, where a worktree or submodule names it, or where the folder
//! lies inside of a larger repository.
//!
//! Failure policy: [`Checkout::open`] fails only where there is nothing to look at. Whatever goes
//! wrong with single files is a [`Problem`] and the rest is read.

mod cache;
mod git;
mod links;
mod open;
mod skip;
mod walk;

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use plimsoll_source::{
    FileEntry, FileKind, GitFacts, Problem, ProblemKind, RepoPath, SkippedFolder, SourceText, Span,
    Tree,
};

use crate::cache::Cache;
use crate::git::Repository;
use crate::links::Target;
use crate::open::ReadError;
use crate::walk::Listing;

/// Limits on what is read. The defaults hold for any repository met so far with room to spare.
#[derive(Clone, Debug)]
pub struct Options {
    /// Most files that are listed. The largest public Django repositories have some 30,000.
    pub max_files: usize,
    /// Most levels of folders below the root.
    pub max_depth: usize,
    /// Most bytes of a file that is read; no configuration or source written by hand is longer.
    pub max_file_bytes: u64,
    /// Most bytes of text kept between reads. Those of some 10,000 files fit; a check of them as a
    /// whole is to stay below 100 MB.
    pub cache_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_files: 200_000,
            max_depth: 64,
            max_file_bytes: 5_000_000,
            cache_bytes: 32_000_000,
        }
    }
}

/// Why a folder could not be opened as a repository.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Nothing is there.
    #[error("there is no folder {}", .0.display())]
    NotFound(PathBuf),
    /// Something else than a folder is there.
    #[error("{} is not a folder", .0.display())]
    NotAFolder(PathBuf),
    /// The folder may not be read.
    #[error("no permission to read the folder {}", .0.display())]
    Permission(PathBuf),
    /// There is no file in it.
    #[error("there are no files in the folder {}", .0.display())]
    Empty(PathBuf),
    /// Anything else.
    #[error("the folder {} could not be read", .path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A repository in a folder on disk.
#[derive(Debug)]
pub struct Checkout {
    root: File,
    root_path: PathBuf,
    options: Options,
    listing: Listing,
    cache: Cache,
    git: OnceLock<Option<Repository>>,
}

impl Checkout {
    /// Opens the folder `dir` and lists its files. `dir` itself may be a link.
    ///
    /// # Errors
    /// [`OpenError`] where it is not a folder that can be read, or holds no file.
    pub fn open(dir: &Path, options: Options) -> Result<Self, OpenError> {
        let trouble = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => OpenError::NotFound(dir.to_owned()),
            io::ErrorKind::NotADirectory => OpenError::NotAFolder(dir.to_owned()),
            io::ErrorKind::PermissionDenied => OpenError::Permission(dir.to_owned()),
            _ => OpenError::Io { path: dir.to_owned(), source },
        };
        // Looked at before it is opened: opening a FIFO would wait.
        let metadata = std::fs::metadata(dir).map_err(trouble)?;
        if !metadata.is_dir() {
            return Err(OpenError::NotAFolder(dir.to_owned()));
        }
        let root_path = std::fs::canonicalize(dir).map_err(trouble)?;
        let root = File::open(&root_path).map_err(trouble)?;
        // A root whose name is not UTF-8 only loses its absolute links.
        let listing = walk::walk(root.as_fd(), &root_path.to_string_lossy(), &options);
        if listing.files.is_empty() && listing.problems.is_empty() {
            return Err(OpenError::Empty(dir.to_owned()));
        }
        let cache = Cache::new(options.cache_bytes);
        Ok(Self { root, root_path, options, listing, cache, git: OnceLock::new() })
    }

    /// The absolute path of the folder, links resolved.
    pub fn root_path(&self) -> &Path {
        &self.root_path
    }

    fn read_regular(&self, path: &RepoPath) -> Result<SourceText, Problem> {
        let problem =
            |kind, message: String| Problem::new(kind, Span::of_file(path.clone()), message);
        let limit = self.options.max_file_bytes;
        let bytes = match open::bytes(self.root.as_fd(), path.as_str(), limit) {
            Ok(bytes) => bytes,
            Err(ReadError::Missing) => {
                let message = "the file vanished while the repository was read";
                return Err(problem(ProblemKind::Unreadable, message.to_owned()));
            }
            Err(ReadError::Link) => {
                let message = "a link took the place of the file: not followed";
                return Err(problem(ProblemKind::OutsideLink, message.to_owned()));
            }
            Err(ReadError::NotRegular) => {
                let message = "not a regular file: not read";
                return Err(problem(ProblemKind::SpecialFile, message.to_owned()));
            }
            Err(ReadError::TooLarge { length }) => {
                let message = format!("{length} bytes long: files over {limit} are not read");
                return Err(problem(ProblemKind::TooLarge, message));
            }
            Err(ReadError::Io(error)) => {
                let message = match error.kind() {
                    io::ErrorKind::PermissionDenied => "the file may not be read".to_owned(),
                    _ => format!("the file could not be read: {error}"),
                };
                return Err(problem(ProblemKind::Unreadable, message));
            }
        };
        SourceText::from_bytes(path.clone(), bytes)
            .ok_or_else(|| problem(ProblemKind::Encoding, "binary content: not read".to_owned()))
    }

    fn entry(&self, path: &RepoPath) -> Option<&FileEntry> {
        let files = &self.listing.files;
        let index = files.binary_search_by(|entry| entry.path.cmp(path)).ok()?;
        files.get(index)
    }

    /// The regular file that `path` leads to.
    fn resolve(&self, path: &RepoPath) -> Result<RepoPath, Problem> {
        let problem = |kind, message| Problem::new(kind, Span::of_file(path.clone()), message);
        let target = match self.entry(path) {
            Some(FileEntry { kind: FileKind::Regular, .. }) => return Ok(path.clone()),
            Some(FileEntry { kind: FileKind::Link { target }, .. }) => target.clone(),
            _ => match links::follow(&self.listing, path) {
                Target::File(target) => target,
                Target::Folder(_) => {
                    return Err(problem(ProblemKind::SpecialFile, "a folder, not a file"));
                }
                Target::Skipped(..) => {
                    let message = "in a folder that holds no source of the project: not read";
                    return Err(problem(ProblemKind::Unreadable, message));
                }
                Target::Outside => {
                    let message = "the link leads out of the repository: not followed";
                    return Err(problem(ProblemKind::OutsideLink, message));
                }
                Target::Circle => {
                    return Err(problem(ProblemKind::OutsideLink, "the link leads in a circle"));
                }
                Target::Nowhere => {
                    return Err(problem(ProblemKind::Missing, "there is no such file"));
                }
            },
        };
        match self.entry(&target) {
            Some(FileEntry { kind: FileKind::Regular, .. }) => Ok(target),
            _ => Err(problem(ProblemKind::SpecialFile, "not a regular file: not read")),
        }
    }
}

impl Tree for Checkout {
    fn files(&self) -> &[FileEntry] {
        &self.listing.files
    }

    /// The text of a file. Through a link, the text says the path of the file it leads to.
    fn read(&self, path: &RepoPath) -> Result<SourceText, Problem> {
        let path = self.resolve(path)?;
        if let Some(text) = self.cache.get(&path) {
            return Ok(text);
        }
        let text = self.read_regular(&path)?;
        self.cache.put(&path, &text);
        Ok(text)
    }

    fn read_once(&self, path: &RepoPath) -> Result<SourceText, Problem> {
        let path = self.resolve(path)?;
        self.cache.get(&path).map_or_else(|| self.read_regular(&path), Ok)
    }

    fn git(&self) -> Option<&dyn GitFacts> {
        let git = self.git.get_or_init(|| Repository::find(&self.root_path));
        git.as_ref().map(|git| git as &dyn GitFacts)
    }

    fn problems(&self) -> &[Problem] {
        &self.listing.problems
    }

    fn skipped(&self) -> &[SkippedFolder] {
        &self.listing.skipped
    }

    /// Whether there is such a file, links on the way followed.
    fn has_file(&self, path: &RepoPath) -> bool {
        match self.entry(path) {
            Some(entry) => !matches!(entry.kind, FileKind::FolderLink { .. }),
            None => {
                links::crosses(&self.listing, path)
                    && matches!(links::follow(&self.listing, path), Target::File(_))
            }
        }
    }

    /// Whether any file lies below this folder, links on the way followed.
    fn has_folder(&self, path: &RepoPath) -> bool {
        self.listing.has_folder(path)
            || links::crosses(&self.listing, path)
                && matches!(links::follow(&self.listing, path), Target::Folder(_))
    }
}
