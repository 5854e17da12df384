//! Words of a command.

use std::fmt;
use std::ops::Range;

use plimsoll_source::{SourceText, Span};
use tree_sitter::Node;

/// A piece of a word.
#[derive(Clone, PartialEq, Eq)]
pub enum Part {
    /// Text as it stands, quotes and escapes resolved.
    Text(String),
    /// `$NAME`, `${NAME:-default}`.
    Variable {
        /// The variable.
        name: String,
        /// What follows the name in the braces, as written (`:-default`).
        operation: String,
    },
    /// `$(…)`, backquotes, `<(…)`, arithmetic: its commands are in the script's list.
    Substitution,
}

/// A word of a command. Debug shows its place only: it can hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Word {
    /// The word with quotes resolved; variables and substitutions stay as written.
    pub text: String,
    /// Its pieces.
    pub parts: Vec<Part>,
    /// Whether it begins with a quote: no glob, no splitting.
    pub quoted: bool,
    /// Where it is written.
    pub span: Span,
    /// Where it is written, as byte offsets into the text that was parsed.
    pub range: Range<usize>,
}

impl Word {
    /// Its text where it needs no variable and no substitution.
    pub fn literal(&self) -> Option<String> {
        self.plain().map(str::to_owned)
    }

    pub(super) fn plain(&self) -> Option<&str> {
        self.parts.iter().all(|part| matches!(part, Part::Text(_))).then_some(self.text.as_str())
    }

    /// The variables that it needs.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable { name, .. } => Some(name.as_str()),
            _ => None,
        })
    }

    /// The inside of a word that is one quoted string without escapes, as a text of its own, for
    /// a reader of what it holds (`sh -c '…'`); a word without quotes as it stands.
    pub fn fragment(&self, source: &SourceText) -> Option<SourceText> {
        let raw = source.text().get(self.range.clone())?;
        let quotes = usize::from(raw.starts_with(['\'', '"']));
        let inside = self.range.start + quotes..self.range.end.checked_sub(quotes)?;
        let same = source.text().get(inside.clone())? == self.text;
        same.then(|| source.fragment(inside, false))
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "word at {}", self.span)
    }
}

/// Reads a word from its node.
pub(super) fn read(source: &SourceText, node: Node<'_>) -> Word {
    let range = node.byte_range();
    let mut parts = Vec::new();
    let mut text = String::new();
    collect(source, node, &mut parts, &mut text, 0);
    let raw = source.text().get(range.clone()).unwrap_or("");
    Word {
        text,
        parts,
        quoted: raw.starts_with(['\'', '"']),
        span: source.span(range.clone()),
        range,
    }
}

fn collect(
    source: &SourceText,
    node: Node<'_>,
    parts: &mut Vec<Part>,
    text: &mut String,
    depth: usize,
) {
    let raw = source.text().get(node.byte_range()).unwrap_or("");
    let mut literal = |piece: String, parts: &mut Vec<Part>| {
        text.push_str(&piece);
        parts.push(Part::Text(piece));
    };
    match node.kind() {
        "raw_string" => {
            let inside = raw.strip_prefix('\'').unwrap_or(raw);
            literal(inside.strip_suffix('\'').unwrap_or(inside).to_owned(), parts);
        }
        "ansi_c_string" => {
            literal(raw.trim_start_matches("$'").trim_end_matches('\'').to_owned(), parts)
        }
        "string_content" => literal(unescape(raw, true), parts),
        "simple_expansion" | "expansion" => {
            text.push_str(raw);
            parts.push(variable(raw));
        }
        "command_substitution" | "process_substitution" | "arithmetic_expansion" => {
            text.push_str(raw);
            parts.push(Part::Substitution);
        }
        "concatenation" | "string" | "command_name" | "translated_string" if depth < 20 => {
            let mut cursor = node.walk();
            let mut at = node.start_byte();
            let in_string = node.kind() == "string";
            for child in node.children(&mut cursor) {
                // Blanks in a string between an expansion and what follows have no node.
                if in_string && child.start_byte() > at {
                    let gap = source.text().get(at..child.start_byte()).unwrap_or("");
                    let gap = unescape(gap, true);
                    text.push_str(&gap);
                    parts.push(Part::Text(gap));
                }
                at = child.end_byte();
                if child.kind() != "\"" {
                    collect(source, child, parts, text, depth + 1);
                }
            }
        }
        _ => literal(unescape(raw, false), parts),
    }
}

fn variable(raw: &str) -> Part {
    let inside = raw.strip_prefix('$').unwrap_or(raw);
    let inside = inside.strip_prefix('{').and_then(|i| i.strip_suffix('}')).unwrap_or(inside);
    let inside = inside.strip_prefix(['#', '!']).filter(|rest| !rest.is_empty()).unwrap_or(inside);
    let special = inside.starts_with(['@', '*', '#', '?', '-', '$', '!']);
    let end = if special {
        1
    } else {
        inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inside.len())
    };
    let (name, operation) = (inside.get(..end).unwrap_or(""), inside.get(end..).unwrap_or(""));
    Part::Variable { name: name.to_owned(), operation: operation.to_owned() }
}

/// Resolves backslashes: all of them outside quotes, inside double quotes those that escape.
fn unescape(raw: &str, in_quotes: bool) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match chars.next() {
            Some('\n') => {}
            Some(escaped) if !in_quotes || matches!(escaped, '"' | '\\' | '$' | '`') => {
                text.push(escaped);
            }
            Some(other) => text.extend(['\\', other]),
            None => text.push('\\'),
        }
    }
    text
}
