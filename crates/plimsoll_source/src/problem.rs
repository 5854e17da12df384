//! What could not be read or understood.

use serde::Serialize;

use crate::Span;

/// What kind of trouble a file made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// The file or folder could not be read (permissions, vanished, I/O error).
    Unreadable,
    /// Longer than is read.
    TooLarge,
    /// A link that leads out of the repository, or in a circle.
    OutsideLink,
    /// A FIFO, socket or device.
    SpecialFile,
    /// Not UTF-8.
    Encoding,
    /// Syntax that its reader does not accept; what could be read around it was.
    Syntax,
    /// A reference to something that is not there.
    Missing,
    /// Understood, but a form that is not modelled.
    Unsupported,
    /// A limit on steps, depth or memory was reached.
    Limit,
}

/// Something that was not read, or only in part: recorded, never an abort.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// What kind of trouble it is.
    pub kind: ProblemKind,
    /// Where.
    pub at: Span,
    /// What happened, as a sentence for people. Never holds the value of a secret.
    pub message: String,
}

impl Problem {
    /// A problem at a place.
    pub fn new(kind: ProblemKind, at: Span, message: impl Into<String>) -> Self {
        Self { kind, at, message: message.into() }
    }
}
