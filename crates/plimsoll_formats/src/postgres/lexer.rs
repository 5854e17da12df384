//! SQL to tokens: words, strings, marks; comments left out.

use std::collections::HashSet;
use std::ops::Range;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A bare word, as written.
    Word(String),
    /// `"x"` or `` `x` ``.
    Name(String),
    /// `'x'`, `E'x'`, `$$x$$`.
    Text(String),
    /// Any other character.
    Mark(char),
}

impl Token {
    /// Whether it is this keyword, in any case.
    pub(super) fn is(&self, keyword: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    pub(super) fn is_mark(&self, mark: char) -> bool {
        *self == Self::Mark(mark)
    }

    /// The identifier it is: a bare one in lower case, one in quotes as it is.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::Word(word) => Some(word.to_lowercase()),
            Self::Name(name) | Self::Text(name) => Some(name.clone()),
            Self::Mark(_) => None,
        }
    }
}

/// The tokens of a text with their places. psql's own commands (`\c x`, `\gexec`) are left out up
/// to the end of their line, and end a statement.
pub(super) fn tokens(text: &str) -> Vec<(Token, Range<usize>)> {
    let mut lexer = Lexer { text, at: 0, unclosed: HashSet::new() };
    let mut found = Vec::new();
    while let Some(token) = lexer.next() {
        found.push(token);
    }
    found
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// Dollar tags that are known to close nowhere, so that each is looked for once.
    unclosed: HashSet<String>,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn next(&mut self) -> Option<(Token, Range<usize>)> {
        loop {
            let rest = self.rest();
            let c = rest.chars().next()?;
            let start = self.at;
            if c.is_whitespace() {
                self.at += c.len_utf8();
            } else if rest.starts_with("--") || c == '#' {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                self.at += comment_length(rest);
            } else if c == '\\' {
                self.at += rest.find('\n').unwrap_or(rest.len());
                return Some((Token::Mark(';'), start..self.at));
            } else {
                let token = self.token(c);
                return Some((token, start..self.at));
            }
        }
    }

    fn token(&mut self, c: char) -> Token {
        match c {
            '\'' => Token::Text(self.quoted('\'', false)),
            '"' => Token::Name(self.quoted('"', false)),
            '`' => Token::Name(self.quoted('`', false)),
            'e' | 'E' if self.rest().get(1..).is_some_and(|rest| rest.starts_with('\'')) => {
                self.at += 1;
                Token::Text(self.quoted('\'', true))
            }
            '$' => self.dollar(),
            c if c.is_alphanumeric() || c == '_' => {
                let rest = self.rest();
                let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
                let length = rest.len() - rest.trim_start_matches(is_part).len();
                let word = rest.get(..length).unwrap_or("").to_owned();
                self.at += length;
                Token::Word(word)
            }
            c => {
                self.at += c.len_utf8();
                Token::Mark(c)
            }
        }
    }

    /// A quoted string from its first mark on; a doubled mark is one.
    fn quoted(&mut self, mark: char, escapes: bool) -> String {
        let mut value = String::new();
        let rest = self.text.get(self.at..).unwrap_or("");
        let mut chars = rest.char_indices().skip(1).peekable();
        let mut end = rest.len();
        while let Some((at, c)) = chars.next() {
            match c {
                c if c == mark => {
                    if chars.next_if(|(_, next)| *next == mark).is_some() {
                        value.push(mark);
                    } else {
                        end = at + c.len_utf8();
                        break;
                    }
                }
                '\\' if escapes => value.extend(chars.next().map(|(_, c)| c)),
                c => value.push(c),
            }
        }
        self.at += end;
        value
    }

    /// `$tag$ … $tag$`; a lone `$` (a shell variable, a parameter) is a mark.
    fn dollar(&mut self) -> Token {
        let rest = self.rest();
        let inner = rest.get(1..).unwrap_or("");
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let length = inner.len() - inner.trim_start_matches(is_part).len();
        if inner.get(length..).is_some_and(|after| after.starts_with('$')) {
            let tag = rest.get(..length + 2).unwrap_or("$$").to_owned();
            let body = rest.get(tag.len()..).unwrap_or("");
            let end = if self.unclosed.contains(&tag) { None } else { body.find(&tag) };
            if let Some(end) = end {
                let value = body.get(..end).unwrap_or("").to_owned();
                self.at += tag.len() * 2 + end;
                return Token::Text(value);
            }
            self.unclosed.insert(tag);
        }
        // `$NAME` and `${NAME}` of a template stand for a name.
        let end = match inner.strip_prefix('{') {
            Some(name) => {
                let length = name.len() - name.trim_start_matches(is_part).len();
                name.get(length..).is_some_and(|n| n.starts_with('}')).then_some(length + 2)
            }
            None => Some(length),
        };
        match end {
            Some(end) if end > 0 => {
                let word = rest.get(..end + 1).unwrap_or("").to_owned();
                self.at += end + 1;
                Token::Name(word)
            }
            _ => {
                self.at += 1;
                Token::Mark('$')
            }
        }
    }
}

/// The length of a comment in `/* … */`, which PostgreSQL nests.
fn comment_length(rest: &str) -> usize {
    let mut depth = 0_usize;
    let bytes = rest.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes.get(at..at + 2) {
            Some(b"/*") => {
                depth += 1;
                at += 2;
            }
            Some(b"*/") => {
                depth = depth.saturating_sub(1);
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}
