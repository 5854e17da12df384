//! Changes to the files of a repository that put a finding right.
//!
//! A rule says what is to be ([`plimsoll_catalog::Repair`]); [`apply`] writes it into a text. What is not touched keeps every
//! byte: comments, spacing, line ends. A change that does not fit what the text says is an
//! [`Obstacle`] and nothing is changed: a value that is computed is not overwritten, a line that
//! holds more than the statement is not removed.

mod apply;
mod lines;
mod python;

pub use apply::{Obstacle, apply};
