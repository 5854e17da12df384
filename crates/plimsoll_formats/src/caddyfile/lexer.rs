//! Caddyfile text to lines of words.

use std::ops::Range;

/// A word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) value: String,
    /// Whether it stood in quotes, backquotes or a heredoc.
    pub(super) quoted: bool,
    pub(super) range: Range<usize>,
    /// Whether it is the first of its line.
    pub(super) first: bool,
}

impl Token {
    pub(super) fn is(&self, text: &str) -> bool {
        !self.quoted && self.value == text
    }
}

/// The words of a text, and the places of quotes and heredocs that are not closed.
pub(super) fn tokens(text: &str) -> (Vec<Token>, Vec<Range<usize>>) {
    let mut found: Vec<Token> = Vec::new();
    let mut open = Vec::new();
    let mut at = 0;
    let mut first = true;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or("");
        if c == '\n' {
            first = true;
            at += 1;
        } else if rest.starts_with("\\\n") || rest.starts_with("\\\r\n") {
            // The line goes on.
            at += rest.find('\n').map_or(1, |end| end + 1);
        } else if c.is_whitespace() {
            at += c.len_utf8();
        } else if c == '#' {
            at += rest.find('\n').unwrap_or(rest.len());
        } else {
            let (value, quoted, length, closed) = word(rest);
            let range = at..at + length;
            if !closed {
                open.push(at..at + c.len_utf8());
            }
            found.push(Token { value, quoted, range, first });
            first = false;
            at += length.max(c.len_utf8());
        }
    }
    (found, open)
}

/// One word at the start of the text: value, whether quoted, length, whether closed.
fn word(rest: &str) -> (String, bool, usize, bool) {
    match rest.chars().next() {
        Some('"') => quoted(rest),
        Some('`') => match rest.get(1..).and_then(|inner| inner.find('`')) {
            Some(end) => (rest.get(1..end + 1).unwrap_or("").to_owned(), true, end + 2, true),
            None => (rest.get(1..).unwrap_or("").to_owned(), true, rest.len(), false),
        },
        _ => heredoc(rest).unwrap_or_else(|| bare(rest)),
    }
}

/// `"…"`: a backslash keeps a quote from ending it, other backslashes stay.
fn quoted(rest: &str) -> (String, bool, usize, bool) {
    let mut value = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' if chars.next_if(|(_, next)| *next == '"').is_some() => value.push('"'),
            '"' => return (value, true, at + 1, true),
            c => value.push(c),
        }
    }
    (value, true, rest.len(), false)
}

fn bare(rest: &str) -> (String, bool, usize, bool) {
    let mut value = String::new();
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = rest.get(at..).unwrap_or("");
        if c.is_whitespace() || after.starts_with("\\\n") || after.starts_with("\\\r\n") {
            return (value, false, at, true);
        }
        if c == '\\' && chars.next_if(|(_, next)| *next == '"').is_some() {
            value.push('"');
        } else {
            value.push(c);
        }
    }
    (value, false, rest.len(), true)
}

/// `<<MARK`, lines, and a line that ends with `MARK`; what is before the closing mark is taken
/// off every line.
fn heredoc(rest: &str) -> Option<(String, bool, usize, bool)> {
    let inner = rest.strip_prefix("<<")?;
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let length = inner.len() - inner.trim_start_matches(is_part).len();
    let mark = inner.get(..length).filter(|mark| !mark.is_empty())?;
    let body = inner.get(length..)?;
    let break_length = if body.starts_with("\r\n") { 2 } else { 1 };
    if !body.trim_start_matches('\r').starts_with('\n') {
        return None;
    }
    let start = 2 + length + break_length;
    let mut at = start;
    let mut lines: Vec<&str> = Vec::new();
    for line in rest.get(start..)?.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        let lead = content.len() - content.trim_start().len();
        let closes = content
            .trim_start()
            .strip_prefix(mark)
            .is_some_and(|after| after.chars().next().is_none_or(char::is_whitespace));
        if closes {
            let indent = content.get(..lead).unwrap_or("");
            let cut = |line: &&str| line.strip_prefix(indent).unwrap_or(line).to_owned();
            let value = lines.iter().map(cut).collect::<Vec<_>>().join("\n");
            return Some((value, true, at + lead + mark.len(), true));
        }
        lines.push(content);
        at += line.len();
    }
    Some((lines.join("\n"), true, rest.len(), false))
}
