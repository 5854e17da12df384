//! Files of a repository as text with exact places.
//!
//! Everything else in the workspace speaks in these words: a [`RepoPath`] names a file, a
//! [`Span`] a place in it, a [`Problem`] what could not be read, a [`Secret`] what must not be
//! shown, and a [`Tree`] the repository itself. Nothing here does I/O: the binary hands in a
//! [`Tree`] that reads the disk, tests hand in a [`MemoryTree`].

mod git;
mod path;
mod problem;
mod secret;
mod span;
mod text;
mod tree;

pub use git::{GitFacts, MemoryGit, Past, PastFile, PastSearch, Tip, TipFile, TipFiles};
pub use path::RepoPath;
pub use problem::{Problem, ProblemKind};
pub use secret::Secret;
pub use span::{Position, Span, Spanned};
pub use text::{Encoding, SourceText};
pub use tree::{FileEntry, FileKind, MemoryTree, SkipReason, SkippedFolder, Tree};
