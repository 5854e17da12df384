//! What puts a finding right: changes to the files of a repository.

use plimsoll_source::{RepoPath, Span};
use serde::Serialize;

/// Changes that together put one finding right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repair {
    /// Whether no working system can break by it: it takes out what has no effect, or adds what
    /// nothing at run time reads. Everything else wants somebody to look at it.
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
}

impl Change {
    /// The file that it changes.
    pub fn file(&self) -> &RepoPath {
        match self {
            Self::Set { at, .. }
            | Self::SetDefault { at, .. }
            | Self::Rename { at, .. }
            | Self::Remove { at, .. }
            | Self::RemoveLine { at, .. } => &at.file,
            Self::Assign { file, .. } | Self::AddLine { file, .. } => file,
        }
    }
}
