//! What puts a finding right: changes to the files of a repository.

use plimsoll_source::{RepoPath, Span};
use serde::Serialize;

/// Changes that together put one finding right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repair {
    /// Whether no working system can break by it: it takes out what has no effect, adds what
    /// nothing at run time reads, mends what its program refuses, or adds what takes effect only
    /// after something else has gone wrong. Everything else wants somebody to look at it.
    pub is_safe: bool,
    /// What it does, as an order: `set SESSION_COOKIE_SECURE to True`.
    pub does: String,
    /// The changes, in any number of files.
    pub changes: Vec<Change>,
}

/// One change of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Change {
    /// The Python assignment of `name` at `at` gets another value; its value must be a literal.
    Set {
        /// Where the assignment stands.
        at: Span,
        /// The name that is assigned.
        name: String,
        /// The value, as a Python expression.
        value: String,
    },
    /// The call at `at` gets another default: its argument `default`, or its second one, which
    /// must be a literal.
    SetDefault {
        /// Where the call stands.
        at: Span,
        /// The default, as a Python expression.
        value: String,
    },
    /// A Python module assigns a name at its end; it must not assign it anywhere.
    Assign {
        /// The module.
        file: RepoPath,
        /// The name.
        name: String,
        /// The value, as a Python expression.
        value: String,
    },
    /// The name that a Python assignment at `at` assigns becomes another one.
    Rename {
        /// Where the assignment stands.
        at: Span,
        /// The name as it is.
        name: String,
        /// The name as it should be.
        to: String,
    },
    /// The Python assignment of `name` at `at` is taken out with its lines.
    Remove {
        /// Where the assignment stands.
        at: Span,
        /// The name that is assigned.
        name: String,
    },
    /// A line is added at the end of a file, which is made where there is none.
    AddLine {
        /// The file.
        file: RepoPath,
        /// The line, without a line break.
        line: String,
    },
    /// The one line at `at` that reads `old`, space around it left out, is taken out.
    RemoveLine {
        /// Where the line stands.
        at: Span,
        /// What it says.
        old: String,
    },
    /// The one line at `at` that begins with `start`, space before it left out, is taken out.
    RemoveLineOf {
        /// Where the line stands.
        at: Span,
        /// What it begins with.
        start: String,
    },
    /// Within `at`, `old` becomes `new`. It must stand there once, or, with `every`, `new` must
    /// not.
    Replace {
        /// Where to look. A column past its line's end is the line's end.
        at: Span,
        /// What stands there.
        old: String,
        /// What takes its place.
        new: String,
        /// Whether every one of them is replaced.
        every: bool,
    },
    /// Lines are added below the line on which `at` ends.
    Insert {
        /// What they follow.
        at: Span,
        /// The lines, without indentation and line breaks.
        lines: Vec<String>,
        /// Whether they belong into what begins at `at`: they are indented as the next line that
        /// holds something, which must be deeper. Else they are indented as the line on which `at`
        /// begins.
        inside: bool,
    },
}

impl Change {
    /// The file that it changes.
    pub fn file(&self) -> &RepoPath {
        match self {
            Self::Set { at, .. }
            | Self::SetDefault { at, .. }
            | Self::Rename { at, .. }
            | Self::Remove { at, .. }
            | Self::RemoveLine { at, .. }
            | Self::RemoveLineOf { at, .. }
            | Self::Replace { at, .. }
            | Self::Insert { at, .. } => &at.file,
            Self::Assign { file, .. } | Self::AddLine { file, .. } => file,
        }
    }
}
