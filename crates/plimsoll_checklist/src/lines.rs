//! The lines of a file, with their bytes.

use crate::mend::{Glyph, glyphs};
use crate::tick::reference_in;

/// A line without its ending.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Where it starts in the file.
    pub(crate) start: usize,
    /// Where it ends, before the line ending.
    pub(crate) end: usize,
    /// Its characters as they were meant.
    pub(crate) glyphs: Vec<Glyph>,
    /// The same as text.
    pub(crate) text: String,
}

impl Line {
    fn new(bytes: &[u8], start: usize, end: usize) -> Self {
        let glyphs = glyphs(bytes.get(start..end).unwrap_or_default());
        let text = glyphs.iter().map(|glyph| glyph.meant).collect();
        Line { start, end, glyphs, text }
    }

    /// The characters before a reference that an earlier run left at its end.
    pub(crate) fn own(&self) -> &[Glyph] {
        let reference = reference_in(&self.text);
        let at_end = reference
            .filter(|(_, end)| self.text.get(*end..).is_some_and(|rest| rest.trim().is_empty()));
        let count = at_end
            .and_then(|(start, _)| self.text.get(..start))
            .map_or(self.glyphs.len(), |text| text.chars().count());
        self.glyphs.get(..count).unwrap_or(&self.glyphs)
    }

    /// Whether nothing but white space stands in it.
    pub(crate) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// How far it is indented, a tab to the next multiple of four as in CommonMark.
    pub(crate) fn indent(&self) -> usize {
        let mut column = 0;
        for glyph in &self.glyphs {
            match glyph.meant {
                ' ' | '\u{a0}' => column += 1,
                '\t' => column += 4 - column % 4,
                _ => break,
            }
        }
        column
    }
}

/// The lines of a file. Endings are `\n`, `\r\n` or a lone `\r`.
pub(crate) fn lines(bytes: &[u8]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    while start < bytes.len() {
        let rest = bytes.get(start..).unwrap_or_default();
        let length =
            rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
        let end = start + length;
        lines.push(Line::new(bytes, start, end));
        let crlf = bytes.get(end..end + 2) == Some(b"\r\n");
        start = end + if crlf { 2 } else { 1 };
    }
    lines
}
