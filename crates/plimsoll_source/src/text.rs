//! The text of one file.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use memchr::{memchr, memchr_iter};

use crate::{Position, RepoPath, Span};

/// How a file's bytes became text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8; see [`SourceText::has_mark`] for one with a byte order mark.
    Utf8,
    /// UTF-16, told by its byte order mark.
    Utf16,
    /// Not UTF-8: read as Windows-1252, which gives every byte a character.
    Windows1252,
}

/// The text of a file with its line table. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SourceText(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: RepoPath,
    text: String,
    encoding: Encoding,
    /// Whether the file begins with a byte order mark of UTF-8, which the text is without.
    marked: bool,
    /// Byte offset at which each line starts, found on first use: most texts are looked through
    /// for something that they don't hold, and no place in them is asked for.
    line_starts: OnceLock<Vec<u32>>,
    /// For a fragment: the text it was cut from.
    origin: Option<Origin>,
}

#[derive(Debug)]
struct Origin {
    outer: SourceText,
    /// Where each piece begins, in the fragment and in the outer text; sorted by both.
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy, Debug)]
struct Piece {
    inner: usize,
    outer: usize,
}

impl SourceText {
    /// Text that is UTF-8 already; a byte order mark is dropped and remembered.
    pub fn new(path: RepoPath, text: impl Into<String>) -> Self {
        let text = text.into();
        match text.strip_prefix('\u{feff}') {
            Some(rest) => Self::with_encoding(path, rest.to_owned(), Encoding::Utf8, true),
            None => Self::with_encoding(path, text, Encoding::Utf8, false),
        }
    }

    /// Decodes a file's bytes: UTF-8, UTF-16 with a byte order mark, else Windows-1252. `None`
    /// for binary content (a NUL byte among the first 8,000, as git decides it).
    pub fn from_bytes(path: RepoPath, bytes: Vec<u8>) -> Option<Self> {
        match bytes.as_slice() {
            [0xff, 0xfe, rest @ ..] => return Some(Self::utf16(path, rest, u16::from_le_bytes)),
            [0xfe, 0xff, rest @ ..] => return Some(Self::utf16(path, rest, u16::from_be_bytes)),
            _ => {}
        }
        if memchr(0, bytes.get(..8000).unwrap_or(&bytes)).is_some() {
            return None;
        }
        match String::from_utf8(bytes) {
            Ok(text) => Some(Self::new(path, text)),
            Err(error) => {
                let text = error.as_bytes().iter().map(|byte| windows_1252(*byte)).collect();
                Some(Self::with_encoding(path, text, Encoding::Windows1252, false))
            }
        }
    }

    fn utf16(path: RepoPath, bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Self {
        let units = bytes.chunks_exact(2).filter_map(|pair| Some(unit(pair.try_into().ok()?)));
        let text =
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        Self::with_encoding(path, text, Encoding::Utf16, false)
    }

    fn with_encoding(path: RepoPath, text: String, encoding: Encoding, marked: bool) -> Self {
        let (line_starts, origin) = (OnceLock::new(), None);
        Self(Arc::new(Inner { path, text, encoding, marked, line_starts, origin }))
    }

    /// A stretch of this text as a text of its own, for a reader of another format (a heredoc's
    /// body, a code block): the reader works on it as on a file, and every place it reports is
    /// the place in this text. With `dedent`, the white space that all its non-empty lines begin
    /// with is left out. A range that lies outside the text or splits a character is cut to fit.
    #[must_use]
    pub fn fragment(&self, range: Range<usize>, dedent: bool) -> Self {
        if !dedent {
            return self.fragment_of(std::iter::once(range));
        }
        let start = range.start;
        let inside = self.text().get(self.fit(range.start)..self.fit(range.end)).unwrap_or("");
        let width = common_indent(inside);
        let mut at = self.fit(start);
        let pieces: Vec<_> = inside
            .split_inclusive('\n')
            .map(|line| {
                let end = at + line.len();
                let content = line.trim_end_matches(['\n', '\r']);
                let blank = content.trim_start().len();
                let cut = width.min(content.len() - blank);
                let piece = at + cut..end;
                at = end;
                piece
            })
            .collect();
        self.fragment_of(pieces)
    }

    /// A text put together from stretches of this one, in their order (a heredoc whose `\$` are
    /// `$`, the lines of a comment without their `#`); see [`Self::fragment`]. Stretches that do
    /// not come after the one before are left out.
    #[must_use]
    pub fn fragment_of(&self, ranges: impl IntoIterator<Item = Range<usize>>) -> Self {
        let mut text = String::new();
        let mut pieces = Vec::new();
        let mut reached = 0;
        for range in ranges {
            let (start, end) = (self.fit(range.start), self.fit(range.end));
            if start < reached || end <= start {
                continue;
            }
            reached = end;
            pieces.push(Piece { inner: text.len(), outer: start });
            text.push_str(self.text().get(start..end).unwrap_or(""));
        }
        let origin = Some(Origin { outer: self.clone(), pieces });
        let (path, encoding) = (self.path().clone(), self.encoding());
        let line_starts = OnceLock::new();
        Self(Arc::new(Inner { path, text, encoding, marked: false, line_starts, origin }))
    }

    /// The text that this one was cut from, where it is a fragment.
    pub fn outer(&self) -> Option<&SourceText> {
        self.0.origin.as_ref().map(|origin| &origin.outer)
    }

    /// The byte offset in [`Self::outer`] of a byte offset into this fragment; the offset itself
    /// where this is no fragment.
    pub fn outer_offset(&self, offset: usize) -> usize {
        let Some(origin) = &self.0.origin else { return offset };
        let after = origin.pieces.partition_point(|piece| piece.inner <= offset);
        match after.checked_sub(1).and_then(|index| origin.pieces.get(index)) {
            Some(piece) => piece.outer + (offset.min(self.0.text.len()) - piece.inner),
            None => 0,
        }
    }

    /// The byte offset cut to the text's length and moved back to the start of a character.
    fn fit(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.0.text.len());
        while !self.0.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    /// The file this is the text of.
    pub fn path(&self) -> &RepoPath {
        &self.0.path
    }

    /// The text, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// How the bytes were decoded.
    pub fn encoding(&self) -> Encoding {
        self.0.encoding
    }

    /// Whether the file begins with the byte order mark of UTF-8. [`Self::text`] is without it, and
    /// some programs read it as part of the first word.
    pub fn has_mark(&self) -> bool {
        self.0.marked
    }

    /// The place of a byte offset into [`Self::text`]; one past the end is the end. The place is
    /// in the file, for a fragment too.
    pub fn position(&self, offset: usize) -> Position {
        let text = &self.0.text;
        let offset = self.fit(offset);
        if let Some(origin) = &self.0.origin {
            let after = origin.pieces.partition_point(|piece| piece.inner <= offset);
            return origin.place(after, offset);
        }
        let line = self.line_starts().partition_point(|start| (*start as usize) <= offset);
        let start = self.line_starts().get(line.saturating_sub(1)).copied().unwrap_or(0) as usize;
        let column = text.get(start..offset).map_or(0, |before| before.chars().count());
        Position { line: to_u32(line.max(1)), column: to_u32(column + 1) }
    }

    /// The place after the character that ends at `offset`: where a fragment's pieces meet, the
    /// end of the earlier one.
    fn end_position(&self, offset: usize) -> Position {
        let offset = self.fit(offset);
        match &self.0.origin {
            Some(origin) => {
                let after = origin.pieces.partition_point(|piece| piece.inner < offset);
                origin.place(after, offset)
            }
            None => self.position(offset),
        }
    }

    /// The span of a range of byte offsets into [`Self::text`].
    pub fn span(&self, range: Range<usize>) -> Span {
        let start = self.position(range.start);
        let end = if range.end > range.start { self.end_position(range.end) } else { start };
        Span { file: self.0.path.clone(), start, end }
    }

    /// The byte offset at which a line (from 1) of [`Self::text`] starts.
    pub fn line_start(&self, line: u32) -> Option<usize> {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        self.line_starts().get(index).map(|start| *start as usize)
    }

    /// The span of a whole line (from 1) of [`Self::text`], without its line break.
    pub fn line_span(&self, line: u32) -> Span {
        if self.0.origin.is_some() {
            let start = self.line_start(line).unwrap_or(self.0.text.len());
            return self.span(start..start + self.line(line).map_or(0, str::len));
        }
        let length = self.line(line).map_or(0, |text| text.chars().count());
        Span {
            file: self.0.path.clone(),
            start: Position { line, column: 1 },
            end: Position { line, column: to_u32(length + 1) },
        }
    }

    /// The text of a line (from 1) of [`Self::text`], without its line break. A fragment counts
    /// its own lines.
    pub fn line(&self, line: u32) -> Option<&str> {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let start = *self.line_starts().get(index)? as usize;
        let end = self.line_starts().get(index + 1).map_or(self.0.text.len(), |end| *end as usize);
        Some(self.0.text.get(start..end)?.trim_end_matches(['\n', '\r']))
    }

    /// How many lines the text has; an empty text has one.
    pub fn line_count(&self) -> u32 {
        to_u32(self.line_starts().len())
    }

    fn line_starts(&self) -> &[u32] {
        self.0.line_starts.get_or_init(|| line_starts(&self.0.text))
    }
}

impl Origin {
    /// The place in the file of an offset into the fragment, seen from the piece before `after`.
    fn place(&self, after: usize, offset: usize) -> Position {
        match after.checked_sub(1).and_then(|index| self.pieces.get(index)) {
            Some(piece) => self.outer.position(piece.outer + (offset - piece.inner)),
            None => self.outer.position(self.pieces.first().map_or(0, |piece| piece.outer)),
        }
    }
}

fn line_starts(text: &str) -> Vec<u32> {
    let breaks = memchr_iter(b'\n', text.as_bytes());
    std::iter::once(0).chain(breaks.map(|at| to_u32(at + 1))).collect()
}

/// How many bytes of white space all lines with content begin with alike.
fn common_indent(text: &str) -> usize {
    let mut common: Option<&str> = None;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let indent = line.get(..line.len() - line.trim_start().len()).unwrap_or("");
        let shared = match common {
            None => indent,
            Some(known) => {
                let length = known.bytes().zip(indent.bytes()).take_while(|(a, b)| a == b).count();
                known.get(..length).unwrap_or("")
            }
        };
        common = Some(shared);
    }
    common.map_or(0, str::len)
}

fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The character of a byte in Windows-1252 (WHATWG encoding standard, index windows-1252): as
/// Latin-1 but for 0x80 to 0x9f.
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}',
        '\u{2021}', '\u{2c6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}',
        '\u{8f}', '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}',
        '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}',
        '\u{178}',
    ];
    match byte {
        0x80..=0x9f => {
            HIGH.get(usize::from(byte - 0x80)).copied().unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        other => char::from(other),
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::{Encoding, SourceText};
    use crate::{Position, RepoPath};

    fn read(bytes: &[u8]) -> Option<SourceText> {
        SourceText::from_bytes(RepoPath::new("f").unwrap(), bytes.to_vec())
    }

    #[test]
    fn places_count_characters_and_survive_crlf_and_marks() {
        let source = read("\u{feff}a = 1\r\nname = 'é' # ü\r\n".as_bytes()).unwrap();
        assert!(source.has_mark() && !source.fragment(0..3, false).has_mark());
        assert!(!read(b"a").unwrap().has_mark());
        assert_eq!(source.line(2), Some("name = 'é' # ü"));
        let at = source.text().find('#').unwrap();
        assert_eq!(source.position(at), Position { line: 2, column: 12 });
        assert_eq!(source.position(9999), Position { line: 3, column: 1 });
    }

    #[test]
    fn a_fragment_reports_places_of_the_file_it_was_cut_from() {
        let file = read("cat <<-X\r\n\té = 1\r\n\r\n\t  b = \\$2\r\nX\r\n".as_bytes()).unwrap();
        let body = 10..file.text().find("X\r\n").map_or(0, |_| file.text().len() - 3);
        let inner = file.fragment(body, true);
        assert_eq!(inner.text(), "é = 1\r\n\r\n  b = \\$2\r\n");
        assert_eq!(inner.position(0), Position { line: 2, column: 2 });
        let b = inner.text().find('b').unwrap();
        assert_eq!(inner.position(b), Position { line: 4, column: 4 });
        assert_eq!(inner.line(3), Some("  b = \\$2"));
        assert_eq!(
            inner.line_span(3),
            file.span(file.text().find("  b").unwrap()..file.text().find("\r\nX").unwrap())
        );
        // Without the backslash, and nested: the end of `= ` stays before it.
        let escape = inner.text().find('\\').unwrap();
        let clean = inner.fragment_of([b..escape, escape + 1..inner.text().len()]);
        assert_eq!(clean.text(), "b = $2\r\n");
        let span = clean.span(0..4);
        assert_eq!((span.start.column, span.end.column), (4, 8));
        assert_eq!(clean.position(4), Position { line: 4, column: 9 });
        assert_eq!(clean.position(999).line, 5);
        assert!(clean.outer().is_some_and(|outer| outer.outer().is_some()));
    }

    #[test]
    fn fragments_of_impossible_ranges_are_cut_to_fit() {
        let file = read("é\nb".as_bytes()).unwrap();
        assert_eq!(file.fragment(1..99, false).text(), "é\nb");
        assert_eq!(file.fragment(Range { start: 7, end: 3 }, true).text(), "");
        assert_eq!(file.fragment_of([2..4, 0..2]).text(), "\nb");
        assert_eq!(file.fragment(9..9, false).span(0..9).start, Position { line: 1, column: 1 });
    }

    #[test]
    fn odd_encodings_are_read_and_binary_is_refused() {
        assert_eq!(read(b"caf\xe9 \x80").unwrap().text(), "café €");
        assert_eq!(read(b"caf\xe9").unwrap().encoding(), Encoding::Windows1252);
        assert_eq!(read(b"\xff\xfea\0=\0").unwrap().text(), "a=");
        assert!(read(b"SQLite format 3\0").is_none());
    }
}
