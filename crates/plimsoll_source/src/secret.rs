//! Values that must not be shown.

use std::fmt;

/// A value that is not shown by accident: printing it in any way gives its length only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Secret(String);

impl Secret {
    /// Takes a value into custody.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for comparing and measuring, or for a user who asked to see it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Its length in characters.
    pub fn length(&self) -> usize {
        self.0.chars().count()
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "(secret, {} characters)", self.length())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
