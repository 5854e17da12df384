//! Scripts for `expect`: the programs they start and what they send.

use plimsoll_source::{SourceText, Span};

use crate::words::{self, Word};

/// An expect script, line by line.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// Its lines of interest, in order.
    pub lines: Vec<ExpectLine>,
}

/// A command of an expect script.
#[derive(Clone, Debug)]
pub struct ExpectLine {
    /// `spawn`, `send`, `expect`, `set`, `interact`, `log_user`…
    pub command: String,
    /// Its words; variables stay as written.
    pub words: Vec<Word>,
    /// Where it is written.
    pub span: Span,
}

/// Whether a text is an expect script: by its name or its `#!` line.
pub fn is_expect(source: &SourceText) -> bool {
    let first = source.line(1).unwrap_or("");
    source.path().extension() == Some("exp") || first.starts_with("#!") && first.contains("expect")
}

impl Expect {
    /// Reads a script: the lines whose first word, behind closing and opening braces, is a word;
    /// lines joined by a backslash are one.
    pub fn parse(source: &SourceText) -> Self {
        let mut lines = Vec::new();
        let text = source.text();
        let mut at = 0;
        while at < text.len() {
            let rest = text.get(at..).unwrap_or("");
            let mut length = 0;
            for line in rest.split_inclusive('\n') {
                length += line.len();
                if !line.trim_end_matches(['\n', '\r']).ends_with('\\') {
                    break;
                }
            }
            let line = rest.get(..length).unwrap_or("");
            let lead = line.len() - line.trim_start_matches([' ', '\t', '{', '}']).len();
            let content = line.get(lead..).unwrap_or("").trim_end();
            let start = at + lead;
            at += length;
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            let mut found = words::split(content).into_iter();
            let Some((command, _)) = found.next() else { continue };
            let place =
                |range: std::ops::Range<usize>| source.span(start + range.start..start + range.end);
            let words = found.map(|(text, range)| Word { text, span: place(range) }).collect();
            lines.push(ExpectLine { command, words, span: place(0..content.len()) });
        }
        Self { lines }
    }

    /// The command lines that are started.
    pub fn spawned(&self) -> impl Iterator<Item = &ExpectLine> {
        self.lines.iter().filter(|line| line.command == "spawn")
    }

    /// What is typed into them.
    pub fn sent(&self) -> impl Iterator<Item = &ExpectLine> {
        self.lines.iter().filter(|line| line.command == "send")
    }
}
