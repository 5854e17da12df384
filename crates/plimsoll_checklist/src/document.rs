//! A checklist as a file.

use crate::item::Item;
use crate::lines::{Line, lines};
use crate::scan::scan;

/// The markup a checklist is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// CommonMark, and what else people call Markdown or plain text.
    Markdown,
    /// reStructuredText.
    Rst,
}

impl Dialect {
    /// By the name of the file: `.rst` and `.rest` are reStructuredText.
    pub fn of_name(name: &str) -> Self {
        let lower = name.to_lowercase();
        if lower.ends_with(".rst") || lower.ends_with(".rest") {
            Dialect::Rst
        } else {
            Dialect::Markdown
        }
    }
}

/// A file that is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It has bytes that no text has.
    Binary,
    /// It is UTF-16 or UTF-32.
    Wide,
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Unreadable::Binary => "this is no text file",
            Unreadable::Wide => "this file is written in UTF-16; save it as UTF-8",
        })
    }
}

impl std::error::Error for Unreadable {}

/// A checklist that was read, with all of its bytes.
#[derive(Clone, Debug)]
pub struct Document {
    pub(crate) bytes: Vec<u8>,
    pub(crate) lines: Vec<Line>,
    /// Its items, in the order of the file.
    pub items: Vec<Item>,
    /// Lines, from 1, that are not UTF-8 and were read as Windows-1252.
    pub odd_lines: Vec<usize>,
}

impl Document {
    /// Reads a checklist. Text of any single-byte encoding is taken; what is no text is refused.
    pub fn read(bytes: &[u8], dialect: Dialect) -> Result<Self, Unreadable> {
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(Unreadable::Wide);
        }
        if bytes.contains(&0) {
            return Err(Unreadable::Binary);
        }
        let lines = lines(bytes);
        let odd = |(index, line): (usize, &Line)| {
            let raw = bytes.get(line.start..line.end).unwrap_or_default();
            std::str::from_utf8(raw).is_err().then_some(index + 1)
        };
        let odd_lines = lines.iter().enumerate().filter_map(odd).collect();
        let items = scan(&lines, dialect);
        Ok(Document { bytes: bytes.to_vec(), lines, items, odd_lines })
    }

    /// The file as it was read.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}
