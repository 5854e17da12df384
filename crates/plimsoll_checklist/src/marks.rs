//! The marks that make a line an item: task boxes and ticks.

use crate::mend::Glyph;

/// What a mark says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkState {
    /// Ticked: `[x]`, `✓`, `✅`, `☑`.
    Ticked,
    /// Not ticked: `[ ]`, `☐`, `❌`.
    Open,
    /// Something else of the writer's own: `[-]`, `[~]`. Never changed.
    Other,
}

/// A box or a tick, and the bytes of the line that are it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What it says.
    pub state: MarkState,
    /// Where the part that changes starts in the line: inside of the brackets of a box.
    pub(crate) start: usize,
    /// Where that part ends.
    pub(crate) end: usize,
    /// What is written there for a ticked and for an open item.
    pub(crate) forms: Forms,
    /// Where the mark as a whole starts, as a glyph of the line.
    pub(crate) first: usize,
    /// Where it ends, as a glyph of the line.
    pub(crate) last: usize,
}

/// How a kind of mark is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Forms {
    pub(crate) ticked: &'static str,
    pub(crate) open: &'static str,
}

const BOX: Forms = Forms { ticked: "x", open: " " };
const BALLOT: Forms = Forms { ticked: "☑", open: "☐" };
const CHECK: Forms = Forms { ticked: "✓", open: "☐" };
const EMOJI: Forms = Forms { ticked: "✅", open: "⬜" };

/// The mark at a place of a line, counted in characters.
pub(crate) fn mark_at(glyphs: &[Glyph], first: usize) -> Option<Mark> {
    bracketed(glyphs, first).or_else(|| sign(glyphs, first))
}

/// The mark that stands last in a line or cell, after at least one space.
pub(crate) fn mark_at_end(glyphs: &[Glyph], first: usize, end: usize) -> Option<Mark> {
    let shown = |glyph: &&Glyph| !glyph.meant.is_whitespace() && glyph.meant != '\u{fe0f}';
    let span = glyphs.get(first..end)?;
    let last = span.iter().rposition(|glyph| shown(&glyph))? + first;
    let before = glyphs.get(last.checked_sub(1)?)?;
    let mark = sign(glyphs, last)?;
    before.meant.is_whitespace().then_some(mark)
}

/// `[ ]`, `[x]`, `[]`, `\[ \]`.
fn bracketed(glyphs: &[Glyph], first: usize) -> Option<Mark> {
    let at = |index: usize| glyphs.get(index).map(|glyph| glyph.meant);
    let escaped = usize::from(at(first) == Some('\\'));
    let open = first + escaped;
    if at(open) != Some('[') {
        return None;
    }
    let mut close = open + 1;
    while at(close).is_some_and(|meant| meant != ']') && close < open + 5 {
        close += 1;
    }
    if at(close) != Some(']') {
        return None;
    }
    let inner: Vec<char> =
        (open + 1..close - escaped.min(close - open - 1)).filter_map(at).collect();
    let state =
        match inner.iter().filter(|meant| !meant.is_whitespace()).collect::<Vec<_>>().as_slice() {
            [] => MarkState::Open,
            ['x' | 'X' | '✓' | '✔' | '√' | '✅'] => MarkState::Ticked,
            ['-' | '~' | '/' | '>' | '!' | '?' | '*' | '+' | 'o'] => MarkState::Other,
            _ => return None,
        };
    // A link or an index such as `[x](…)` and `[x][y]` is none.
    if matches!(at(close + 1), Some('(' | '[' | ':' | '.'))
        || at(close + 1).is_some_and(char::is_alphanumeric)
    {
        return None;
    }
    let start = glyphs.get(open)?.end;
    let end = start
        + inner
            .iter()
            .zip(open + 1..)
            .filter_map(|(_, index)| glyphs.get(index))
            .map(|glyph| glyph.end - glyph.start)
            .sum::<usize>();
    Some(Mark { state, start, end, forms: BOX, first, last: close + 1 })
}

fn sign(glyphs: &[Glyph], first: usize) -> Option<Mark> {
    let glyph = glyphs.get(first)?;
    let (state, forms) = match glyph.meant {
        '✓' | '✔' => (MarkState::Ticked, CHECK),
        '√' if glyphs.get(first + 1).is_some_and(|next| next.meant == ' ') => {
            (MarkState::Ticked, CHECK)
        }
        '☑' | '🗹' | '☒' => (MarkState::Ticked, BALLOT),
        '✅' => (MarkState::Ticked, EMOJI),
        '☐' | '□' | '▢' | '🗆' | '❏' | '❑' => (MarkState::Open, BALLOT),
        '⬜' | '🔲' | '🔳' | '❌' | '⭕' => (MarkState::Open, EMOJI),
        '✗' | '✘' => (MarkState::Open, CHECK),
        _ => return None,
    };
    // A variation selector belongs to its sign.
    let selected =
        glyphs.get(first + 1).filter(|next| matches!(next.meant, '\u{fe0f}' | '\u{fe0e}'));
    let end = selected.map_or(glyph.end, |next| next.end);
    Some(Mark {
        state,
        start: glyph.start,
        end,
        forms,
        first,
        last: first + 1 + usize::from(selected.is_some()),
    })
}
