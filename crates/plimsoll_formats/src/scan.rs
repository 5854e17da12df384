//! What line-based readers share.

use plimsoll_source::SourceText;

use crate::Spanned;

/// Lines read per file; what lies beyond is left alone.
const MAX_LINES: usize = 200_000;

/// The lines of a text with the byte offset at which each begins, without their line breaks.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').take(MAX_LINES).map(move |line| {
        let start = at;
        at += line.len();
        (start, line.trim_end_matches(['\n', '\r']))
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
