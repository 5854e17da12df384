//! Text that may stand in a record: it has passed a redactor.

use serde::{Deserialize, Serialize};

/// Takes secrets out of text.
pub trait Redact {
    /// The text with its secrets masked.
    fn redact(&self, text: &str) -> String;
}

/// Text without secrets. There is no other way to make one than through a [`Redact`], so that a
/// record can't hold text that passed none. (What is read back from a store was clean when it was
/// written.)
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Clean(String);

impl Clean {
    /// Text with its secrets masked.
    pub fn new(text: &str, redactor: &dyn Redact) -> Self {
        Self(redactor.redact(text))
    }

    /// Text that is part of the program.
    pub fn fixed(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Clean {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
