//! Changes of files by lines and words, whatever their format.

use std::ops::Range;

use plimsoll_source::{Position, SourceText, Span};

use crate::Obstacle;
use crate::apply::{Edit, whole_lines};

/// A line taken out, where it is the one that was meant.
pub(crate) fn remove(
    source: &SourceText,
    line: u32,
    is_meant: impl Fn(&str) -> bool,
) -> Result<Edit, Obstacle> {
    if source.line(line).is_some_and(is_meant) {
        Ok((whole_lines(source, line, line), String::new()))
    } else {
        Err(Obstacle::Elsewhere(line))
    }
}

/// Other words in the place of some.
pub(crate) fn replace(
    source: &SourceText,
    at: &Span,
    old: &str,
    new: &str,
    every: bool,
) -> Result<Vec<Edit>, Obstacle> {
    let elsewhere = || Obstacle::Elsewhere(at.start.line);
    let range = range(source, at).ok_or_else(elsewhere)?;
    let text = source.text().get(range.clone()).ok_or_else(elsewhere)?;
    let edits: Vec<Edit> = text
        .match_indices(old)
        .map(|(from, _)| {
            let start = range.start + from;
            (start..start + old.len(), new.to_owned())
        })
        .collect();
    let fits = if every { !edits.is_empty() && !text.contains(new) } else { edits.len() == 1 };
    if fits && !old.is_empty() { Ok(edits) } else { Err(elsewhere()) }
}

/// Lines below what stands at a place.
pub(crate) fn insert(
    source: &SourceText,
    at: &Span,
    lines: &[String],
    inside: bool,
) -> Result<Edit, Obstacle> {
    let elsewhere = || Obstacle::Elsewhere(at.start.line);
    let first = source.line(at.start.line).ok_or_else(elsewhere)?;
    let own = indentation(first);
    let indent = if inside {
        let below = (at.end.line + 1..=source.line_count())
            .filter_map(|number| source.line(number))
            .find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
            .map(indentation);
        let deeper = below.filter(|indent| indent.len() > own.len() && indent.starts_with(own));
        deeper.ok_or(Obstacle::NoBlock(at.start.line))?
    } else {
        own
    };
    let text = source.text();
    let end = whole_lines(source, at.end.line, at.end.line).end;
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut added = String::new();
    // The last line of a file may lack its end.
    if text.get(..end).is_some_and(|before| !before.ends_with('\n')) {
        added.push_str(newline);
    }
    for line in lines {
        added.push_str(indent);
        added.push_str(line);
        added.push_str(newline);
    }
    Ok((end..end, added))
}

fn indentation(line: &str) -> &str {
    let bare = line.trim_start_matches([' ', '\t']);
    line.get(..line.len() - bare.len()).unwrap_or("")
}

fn range(source: &SourceText, at: &Span) -> Option<Range<usize>> {
    let range = offset(source, at.start)?..offset(source, at.end)?;
    (range.start <= range.end).then_some(range)
}

/// Where a position is, in bytes; past the end of its line, that end.
fn offset(source: &SourceText, position: Position) -> Option<usize> {
    let start = source.line_start(position.line)?;
    let line = source.line(position.line)?;
    let column = usize::try_from(position.column).ok()?.checked_sub(1)?;
    let within = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    Some(start + within)
}
