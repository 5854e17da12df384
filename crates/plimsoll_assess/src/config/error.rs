//! What is wrong with a configuration file.

use plimsoll_source::Span;

/// One mistake in `plimsoll.toml`, with its place and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {message}")]
pub struct ConfigError {
    /// Where.
    pub at: Span,
    /// What is wrong, as a lower-case fragment. Never holds the value of a variable.
    pub message: String,
    /// What to do, where there is something to say.
    pub help: Option<String>,
}
