//! What line-based readers share.

use plimsoll_source::{Problem, ProblemKind, SourceText};

use crate::Spanned;

/// Lines read per file; what lies beyond is left alone.
const MAX_LINES: usize = 200_000;

/// Bytes read of a line. Finding a column costs the length of its line, so that longer ones would
/// make reading a file quadratic; the longest real line of configuration seen has 6,000.
pub(crate) const MAX_LINE: usize = 20_000;

/// The problem of a text with a line longer than is read, for readers that do not go by lines.
pub(crate) fn too_long_a_line(text: &SourceText) -> Option<Problem> {
    let mut at = 0;
    let long = text.text().split_inclusive('\n').find(|line| {
        at += line.len();
        line.len() > MAX_LINE
    })?;
    let start = at - long.len();
    let at = text.span(start..start);
    Some(Problem::new(ProblemKind::Limit, at, "a line this long is not read"))
}

/// The beginning of a text, at most this many bytes long.
pub(crate) fn beginning(text: &str, mut length: usize) -> &str {
    while !text.is_char_boundary(length.min(text.len())) {
        length -= 1;
    }
    text.get(..length.min(text.len())).unwrap_or(text)
}

/// The lines of a text with the byte offset at which each begins, without their line
/// breaks, cut off where they are too long.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').take(MAX_LINES).map(move |line| {
        let start = at;
        at += line.len();
        (start, beginning(line.trim_end_matches(['\n', '\r']), MAX_LINE))
    })
}

/// A part of a text, given as the byte offset of `whole` and the slice `part` of it, blanks
/// around it left out.
pub(crate) fn spanned(text: &SourceText, start: usize, part: &str) -> Spanned<String> {
    let lead = part.len() - part.trim_start().len();
    let value = part.trim();
    let from = start + lead;
    Spanned::new(value.to_owned(), text.span(from..from + value.len()))
}

/// The words of a line that blanks divide, each with its byte offset in the line.
pub(crate) fn blank_words(line: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in line.char_indices() {
        match (c.is_whitespace(), start) {
            (true, Some(from)) => {
                found.push((from, line.get(from..at).unwrap_or("")));
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    if let Some(from) = start {
        found.push((from, line.get(from..).unwrap_or("")));
    }
    found
}
