//! Writing boxes in place.
//!
//! Only the mark of an item and a short reference behind its words are written; every other byte
//! of the file stays. A reference that an earlier run left is replaced, so that a second run with
//! the same standings changes nothing.

use crate::document::Document;
use crate::marks::MarkState;

/// How an item stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It holds; the reference says by what, without brackets: `proven: SET-01, settings.py:12`.
    Holds(String),
    /// It does not, or nothing shows that it does.
    Open,
    /// No control was found for it.
    Unplaced,
}

/// What a run wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// The file as it is now.
    pub bytes: Vec<u8>,
    /// Lines, from 1, that were ticked.
    pub ticked: Vec<usize>,
    /// Lines, from 1, that were unticked.
    pub unticked: Vec<usize>,
}

/// The words that a reference starts with.
const STARTS: &[&str] = &["proven", "attested", "waived"];

/// Writes the boxes of a checklist. With `strict`, a box that somebody ticked by hand and that
/// nothing proves is unticked; without, only those that an earlier run ticked are.
pub fn tick(document: &Document, standings: &[Standing], strict: bool) -> Ticked {
    let mut edits: Vec<(usize, usize, String)> = Vec::new();
    let mut done = Ticked::default();
    for (item, standing) in document.items.iter().zip(standings) {
        let (Some(mark), Some(line)) = (item.mark, document.lines.get(item.line - 1)) else {
            continue;
        };
        if mark.state == MarkState::Other {
            continue;
        }
        let at = |byte: usize| line.start + byte;
        let (start, end) = item.reference.unwrap_or((item.reference_at, item.reference_at));
        match standing {
            Standing::Holds(reference) => {
                if mark.state == MarkState::Open {
                    edits.push((at(mark.start), at(mark.end), mark.forms.ticked.to_owned()));
                    done.ticked.push(item.line);
                }
                edits.push((at(start), at(end), format!(" [{}]", plain(reference))));
            }
            Standing::Open | Standing::Unplaced => {
                if mark.state == MarkState::Ticked && (strict || item.reference.is_some()) {
                    edits.push((at(mark.start), at(mark.end), mark.forms.open.to_owned()));
                    done.unticked.push(item.line);
                }
                edits.push((at(start), at(end), String::new()));
            }
        }
    }
    done.bytes = apply(&document.bytes, edits);
    done
}

/// Whether a text is a reference as [`tick`] writes it, brackets included.
pub fn is_reference(text: &str) -> bool {
    reference_in(text)
        .is_some_and(|(start, end)| text.get(start..end).map(str::trim) == Some(text.trim()))
}

/// The place of a reference in a text, the space before it included, as bytes.
pub(crate) fn reference_in(text: &str) -> Option<(usize, usize)> {
    let (start, _) = text.rmatch_indices(" [").find(|(start, _)| {
        let rest = text.get(start + 2..).unwrap_or_default();
        let after = STARTS.iter().find_map(|word| rest.strip_prefix(word)?.strip_prefix(": "));
        after.is_some_and(starts_with_control)
    })?;
    let length = text.get(start..)?.find(']')?;
    Some((start, start + length + 1))
}

/// Whether a text starts as `SET-01` does.
fn starts_with_control(text: &str) -> bool {
    let Some((family, rest)) = text.split_once('-') else { return false };
    let letters =
        (2..=5).contains(&family.len()) && family.bytes().all(|byte| byte.is_ascii_uppercase());
    letters && rest.bytes().take_while(u8::is_ascii_digit).count() == 2
}

/// A reference without what would end it or the cell of a table.
fn plain(reference: &str) -> String {
    reference
        .chars()
        .map(
            |meant| {
                if matches!(meant, '[' | ']' | '|') || meant.is_control() { '_' } else { meant }
            },
        )
        .collect()
}

fn apply(bytes: &[u8], mut edits: Vec<(usize, usize, String)>) -> Vec<u8> {
    edits.sort_by_key(|(start, end, _)| (*start, *end));
    let mut written = Vec::with_capacity(bytes.len() + edits.len() * 32);
    let mut at = 0;
    for (start, end, text) in edits {
        written.extend_from_slice(bytes.get(at..start.max(at)).unwrap_or_default());
        written.extend_from_slice(text.as_bytes());
        at = end.max(at);
    }
    written.extend_from_slice(bytes.get(at..).unwrap_or_default());
    written
}
