//! Changes into a text.

use std::ops::Range;

use plimsoll_catalog::Change;
use plimsoll_source::{Encoding, SourceText};
use thiserror::Error;

use crate::{lines, python};

/// Why a change can't be made.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Obstacle {
    /// The text is not what the change was made for.
    #[error("the text at line {0} is not what was expected")]
    Elsewhere(u32),
    /// The value is computed.
    #[error("the value at line {0} is computed, not written out")]
    Computed(u32),
    /// There is nothing below the line that tells how deep its contents stand.
    #[error("what line {0} begins has no lines of its own below it")]
    NoBlock(u32),
    /// The statement shares its line or its block with nothing or with too much.
    #[error("the statement at line {0} can't be taken out by itself")]
    Entangled(u32),
    /// The module assigns the name already.
    #[error("{0} is assigned elsewhere in the module")]
    AssignedAlready(String),
    /// Two changes concern the same place.
    #[error("another change concerns the same place")]
    Overlap,
    /// The file is not UTF-8, or the text is a part of another file.
    #[error("the file is not plain UTF-8 text")]
    NotPlain,
    /// The module has syntax errors.
    #[error("the module does not parse")]
    Unparsable,
}

/// A stretch of the text, in bytes, and what takes its place.
pub(crate) type Edit = (Range<usize>, String);

/// The text with the changes made, all or none. An empty text stands for a file that is not there.
///
/// # Errors
/// [`Obstacle`] for the first change that does not fit.
pub fn apply(source: &SourceText, changes: &[&Change]) -> Result<String, Obstacle> {
    if source.encoding() != Encoding::Utf8 {
        return Err(Obstacle::NotPlain);
    }
    let text = source.text();
    let mut edits: Vec<Edit> = Vec::new();
    let mut tail: Vec<String> = Vec::new();
    for change in changes {
        match change {
            Change::Set { at, name, value } => edits.push(python::set(source, at, name, value)?),
            Change::SetDefault { at, value } => edits.push(python::set_default(source, at, value)?),
            Change::Rename { at, name, to } => edits.push(python::rename(source, at, name, to)?),
            Change::Remove { at, name } => edits.push(python::remove(source, at, name)?),
            Change::Assign { name, value, .. } => {
                python::is_free(source, name)?;
                tail.push(format!("{name} = {value}"));
            }
            Change::AddLine { line, .. } => tail.push(line.clone()),
            Change::RemoveLine { at, old } => {
                edits.push(lines::remove(source, at.start.line, |line| line.trim() == old)?);
            }
            Change::RemoveLineOf { at, start } => {
                edits.push(lines::remove(source, at.start.line, |line| {
                    line.trim_start().starts_with(start.as_str())
                })?);
            }
            Change::Replace { at, old, new, every } => {
                edits.extend(lines::replace(source, at, old, new, *every)?);
            }
            Change::Insert { at, lines: added, inside } => {
                edits.push(lines::insert(source, at, added, *inside)?);
            }
        }
    }
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    if edits.windows(2).any(|pair| matches!(pair, [a, b] if a.0.end > b.0.start)) {
        return Err(Obstacle::Overlap);
    }
    let mut out = String::with_capacity(text.len() + 64);
    let mut from = 0;
    for (range, replacement) in edits {
        out.push_str(text.get(from..range.start).ok_or(Obstacle::Overlap)?);
        out.push_str(&replacement);
        from = range.end;
    }
    out.push_str(text.get(from..).ok_or(Obstacle::Overlap)?);
    append(&mut out, &tail);
    Ok(out)
}

/// The range of a line and its line break.
pub(crate) fn whole_lines(source: &SourceText, first: u32, last: u32) -> Range<usize> {
    let start = source.line_start(first).unwrap_or(source.text().len());
    let end = source.line_start(last + 1).unwrap_or(source.text().len());
    start..end
}

/// Adds lines at the end, with the line ends that the text has.
fn append(out: &mut String, lines: &[String]) {
    let end = if out.contains("\r\n") { "\r\n" } else { "\n" };
    for line in lines {
        if out.lines().any(|other| other.trim() == line) {
            continue;
        }
        if !out.is_empty() && !out.ends_with('\n') {
            out.push_str(end);
        }
        out.push_str(line);
        out.push_str(end);
    }
}
