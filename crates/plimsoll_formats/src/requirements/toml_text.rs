//! TOML with places, read up to the first error.

use std::ops::Range;

use plimsoll_source::{Problem, ProblemKind, SourceText, Span};
use toml_edit::{Document, Item, Value};

/// Parses; where the text is broken, parses the part before the line of the error.
pub(super) fn parse(source: &SourceText, problems: &mut Vec<Problem>) -> Option<Document<String>> {
    let text = source.text();
    match Document::parse(text.to_owned()) {
        Ok(document) => Some(document),
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start).min(text.len());
            let message = format!("this is not valid TOML: {}", first_line(error.message()));
            problems.push(Problem::new(ProblemKind::Syntax, source.span(at..at), message));
            let mut end = text.get(..at).and_then(|before| before.rfind('\n')).unwrap_or(0);
            // A value that spans lines can begin before the line of the error.
            for _ in 0..20 {
                match Document::parse(text.get(..end)?.to_owned()) {
                    Ok(document) => return Some(document),
                    Err(_) => end = text.get(..end)?.rfind('\n')?,
                }
            }
            None
        }
    }
}

fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or("")
}

pub(super) fn item_span(source: &SourceText, item: &Item, fallback: &Range<usize>) -> Span {
    source.span(item.span().unwrap_or_else(|| fallback.clone()))
}

pub(super) fn value_range(value: &Value) -> Range<usize> {
    value.span().unwrap_or(0..0)
}

/// An item behind several keys.
pub(super) fn at<'d>(item: &'d Item, keys: &[&str]) -> Option<&'d Item> {
    keys.iter().try_fold(item, |item, key| item.get(key))
}
