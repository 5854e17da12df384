//! The text of one file.

use std::ops::Range;
use std::sync::Arc;

use crate::{Position, RepoPath, Span};

/// How a file's bytes became text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 as it stands; a byte order mark, where there was one, is dropped.
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
    /// Byte offset at which each line starts.
    line_starts: Vec<u32>,
}

impl SourceText {
    /// Text that is UTF-8 already.
    pub fn new(path: RepoPath, text: impl Into<String>) -> Self {
        Self::with_encoding(path, text.into(), Encoding::Utf8)
    }

    /// Decodes a file's bytes: UTF-8, UTF-16 with a byte order mark, else Windows-1252. `None`
    /// for binary content (a NUL byte among the first 8,000, as git decides it).
    pub fn from_bytes(path: RepoPath, bytes: Vec<u8>) -> Option<Self> {
        match bytes.as_slice() {
            [0xff, 0xfe, rest @ ..] => return Some(Self::utf16(path, rest, u16::from_le_bytes)),
            [0xfe, 0xff, rest @ ..] => return Some(Self::utf16(path, rest, u16::from_be_bytes)),
            _ => {}
        }
        if bytes.iter().take(8000).any(|byte| *byte == 0) {
            return None;
        }
        match String::from_utf8(bytes) {
            Ok(text) => match text.strip_prefix('\u{feff}') {
                Some(rest) => Some(Self::new(path, rest)),
                None => Some(Self::new(path, text)),
            },
            Err(error) => {
                let text = error.as_bytes().iter().map(|byte| windows_1252(*byte)).collect();
                Some(Self::with_encoding(path, text, Encoding::Windows1252))
            }
        }
    }

    fn utf16(path: RepoPath, bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Self {
        let units = bytes.chunks_exact(2).filter_map(|pair| Some(unit(pair.try_into().ok()?)));
        let text =
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        Self::with_encoding(path, text, Encoding::Utf16)
    }

    fn with_encoding(path: RepoPath, text: String, encoding: Encoding) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts = std::iter::once(0)
            .chain(breaks.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX)))
            .collect();
        Self(Arc::new(Inner { path, text, encoding, line_starts }))
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

    /// The place of a byte offset into [`Self::text`]; one past the end is the end.
    pub fn position(&self, offset: usize) -> Position {
        let text = &self.0.text;
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.0.line_starts.partition_point(|start| (*start as usize) <= offset);
        let start = self.0.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(0) as usize;
        let column = text.get(start..offset).map_or(0, |before| before.chars().count());
        Position { line: to_u32(line.max(1)), column: to_u32(column + 1) }
    }

    /// The span of a range of byte offsets into [`Self::text`].
    pub fn span(&self, range: Range<usize>) -> Span {
        Span {
            file: self.0.path.clone(),
            start: self.position(range.start),
            end: self.position(range.end),
        }
    }

    /// The span of a whole line (from 1), without its line break.
    pub fn line_span(&self, line: u32) -> Span {
        let length = self.line(line).map_or(0, |text| text.chars().count());
        Span {
            file: self.0.path.clone(),
            start: Position { line, column: 1 },
            end: Position { line, column: to_u32(length + 1) },
        }
    }

    /// The text of a line (from 1), without its line break.
    pub fn line(&self, line: u32) -> Option<&str> {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let start = *self.0.line_starts.get(index)? as usize;
        let end = self.0.line_starts.get(index + 1).map_or(self.0.text.len(), |end| *end as usize);
        Some(self.0.text.get(start..end)?.trim_end_matches(['\n', '\r']))
    }

    /// How many lines the text has; an empty text has one.
    pub fn line_count(&self) -> u32 {
        to_u32(self.0.line_starts.len())
    }
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
    use super::{Encoding, SourceText};
    use crate::{Position, RepoPath};

    fn read(bytes: &[u8]) -> Option<SourceText> {
        SourceText::from_bytes(RepoPath::new("f").unwrap(), bytes.to_vec())
    }

    #[test]
    fn places_count_characters_and_survive_crlf_and_marks() {
        let source = read("\u{feff}a = 1\r\nname = 'é' # ü\r\n".as_bytes()).unwrap();
        assert_eq!(source.line(2), Some("name = 'é' # ü"));
        let at = source.text().find('#').unwrap();
        assert_eq!(source.position(at), Position { line: 2, column: 12 });
        assert_eq!(source.position(9999), Position { line: 3, column: 1 });
    }

    #[test]
    fn odd_encodings_are_read_and_binary_is_refused() {
        assert_eq!(read(b"caf\xe9 \x80").unwrap().text(), "café €");
        assert_eq!(read(b"caf\xe9").unwrap().encoding(), Encoding::Windows1252);
        assert_eq!(read(b"\xff\xfea\0=\0").unwrap().text(), "a=");
        assert!(read(b"SQLite format 3\0").is_none());
    }
}
