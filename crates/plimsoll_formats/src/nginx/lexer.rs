//! nginx configuration text to tokens.
//!
//! Follows `ngx_conf_read_token`: quotes count at the start of a word only, `}` ends a block only
//! where a statement may begin, `${` does not open a block, and a backslash keeps the character
//! after it from ending the word. Templates are read as far as they are nginx: in a file that
//! holds Jinja, Go template or ERB marks, `{{ … }}` and `<% … %>` are parts of words, and
//! `{% … %}` and `{# … #}` stand between words.

use std::ops::Range;

/// How a word was quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub enum Quote {
    /// Not at all.
    None,
    /// `'…'`.
    Single,
    /// `"…"`.
    Double,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word {
        value: String,
        quote: Quote,
    },
    Open,
    Close,
    Semicolon,
    /// `{% … %}`: what stands between the marks, trimmed.
    Tag(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A quote that the end of the file leaves open.
    OpenQuote,
    /// A character directly after a closing quote.
    AfterQuote,
    /// A template mark that is not closed.
    OpenMark,
}

/// Whether the text is a template of another language that makes an nginx configuration.
pub(super) fn is_template(text: &str) -> bool {
    text.lines().any(|line| {
        let closes = |open: &str, close: &str| {
            line.find(open)
                .is_some_and(|at| line.get(at..).is_some_and(|rest| rest.contains(close)))
        };
        closes("{%", "%}") || closes("{{", "}}") || closes("<%", "%>")
    })
}

pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    template: bool,
    pub(super) faults: Vec<(Fault, Range<usize>)>,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str, template: bool) -> Self {
        Self { text, at: 0, template, faults: Vec::new() }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) {
        if let Some(c) = self.peek() {
            self.at += c.len_utf8();
        }
    }

    /// The next token and its place; `None` at the end.
    pub(super) fn next(&mut self) -> Option<(Token, Range<usize>)> {
        loop {
            let start = self.at;
            let c = self.peek()?;
            let token = match c {
                ' ' | '\t' | '\r' | '\n' => {
                    self.bump();
                    continue;
                }
                '#' => {
                    self.skip_line();
                    continue;
                }
                '{' if self.template && self.rest().starts_with("{#") => {
                    self.skip_mark("#}");
                    continue;
                }
                '{' if self.template && self.rest().starts_with("{%") => {
                    self.skip_mark("%}");
                    let inside = self.text.get(start + 2..self.at).unwrap_or("");
                    Token::Tag(trim_mark(inside.trim_end_matches("%}")).to_owned())
                }
                '{' if self.template && self.rest().starts_with("{{") => self.bare_word(),
                '{' | '}' | ';' => {
                    self.bump();
                    match c {
                        '{' => Token::Open,
                        '}' => Token::Close,
                        _ => Token::Semicolon,
                    }
                }
                '"' => self.quoted_word('"', Quote::Double),
                '\'' => self.quoted_word('\'', Quote::Single),
                _ => self.bare_word(),
            };
            return Some((token, start..self.at));
        }
    }

    fn skip_line(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    /// Skips to after `close`; where there is none, past the two characters of the mark.
    fn skip_mark(&mut self, close: &str) {
        let start = self.at;
        let inside = self.text.get(start + 2..).unwrap_or("");
        match inside.find(close) {
            Some(length) => self.at = start + 2 + length + close.len(),
            None => {
                // Not a template after all, and no second search to the end of the file.
                self.template = false;
                self.at = start + 2;
                self.faults.push((Fault::OpenMark, start..self.at));
            }
        }
    }

    /// Takes a `{{ … }}` or `<% … %>` that begins here into the word.
    fn template_part(&mut self, value: &mut String) -> bool {
        if !self.template {
            return false;
        }
        let close = match self.rest() {
            rest if rest.starts_with("{{") => "}}",
            rest if rest.starts_with("<%") => "%>",
            _ => return false,
        };
        let start = self.at;
        self.skip_mark(close);
        value.push_str(self.text.get(start..self.at).unwrap_or(""));
        true
    }

    fn quoted_word(&mut self, mark: char, quote: Quote) -> Token {
        let start = self.at;
        self.bump();
        let mut value = String::new();
        let closed = loop {
            if self.template_part(&mut value) {
                continue;
            }
            match self.peek() {
                None => break false,
                Some('\\') => self.escape(&mut value),
                Some(c) => {
                    self.bump();
                    if c == mark {
                        break true;
                    }
                    value.push(c);
                }
            }
        };
        if !closed {
            self.faults.push((Fault::OpenQuote, start..start + 1));
        } else if let Some(c) = self.peek()
            && !matches!(c, ' ' | '\t' | '\r' | '\n' | ';' | '{' | ')')
        {
            self.faults.push((Fault::AfterQuote, self.at..self.at + c.len_utf8()));
        }
        Token::Word { value, quote }
    }

    fn bare_word(&mut self) -> Token {
        let mut value = String::new();
        let mut after_dollar = false;
        loop {
            if self.template_part(&mut value) {
                after_dollar = false;
                continue;
            }
            match self.peek() {
                None | Some(' ' | '\t' | '\r' | '\n' | ';') => break,
                Some('{') if !after_dollar => break,
                Some('\\') => {
                    self.escape(&mut value);
                    after_dollar = false;
                }
                Some(c) => {
                    self.bump();
                    value.push(c);
                    after_dollar = c == '$';
                }
            }
        }
        Token::Word { value, quote: Quote::None }
    }

    /// A backslash and what follows it, as nginx puts it into the word.
    fn escape(&mut self, value: &mut String) {
        self.bump();
        match self.peek() {
            Some(c @ ('"' | '\'' | '\\')) => value.push(c),
            Some('t') => value.push('\t'),
            Some('r') => value.push('\r'),
            Some('n') => value.push('\n'),
            Some(c) => {
                value.push('\\');
                value.push(c);
            }
            None => value.push('\\'),
        }
        self.bump();
    }

    /// The body of a `*_by_lua_block` from after its `{` to its `}`: braces are counted outside
    /// Lua's strings, long brackets and comments. Returns the body; the lexer stands after `}`.
    pub(super) fn lua_body(&mut self) -> (Range<usize>, bool) {
        let start = self.at;
        let mut depth = 1_usize;
        while let Some(c) = self.peek() {
            match c {
                '{' => depth += 1,
                '}' => {
                    depth -= 1;
                    if depth == 0 {
                        let body = start..self.at;
                        self.bump();
                        return (body, true);
                    }
                }
                '"' | '\'' => {
                    self.skip_lua_string(c);
                    continue;
                }
                '-' if self.rest().starts_with("--") => {
                    self.at += 2;
                    if !self.skip_long_bracket() {
                        self.skip_line();
                    }
                    continue;
                }
                '[' if self.skip_long_bracket() => continue,
                _ => {}
            }
            self.bump();
        }
        (start..self.at, false)
    }

    fn skip_lua_string(&mut self, mark: char) {
        self.bump();
        while let Some(c) = self.peek() {
            self.bump();
            if c == '\\' {
                self.bump();
            } else if c == mark || c == '\n' {
                break;
            }
        }
    }

    /// Skips `[[…]]`, `[=[…]=]` and so on, where one begins here.
    fn skip_long_bracket(&mut self) -> bool {
        let rest = self.rest();
        let Some(inner) = rest.strip_prefix('[') else { return false };
        let level = inner.len() - inner.trim_start_matches('=').len();
        if !inner.get(level..).is_some_and(|after| after.starts_with('[')) {
            return false;
        }
        let close = format!("]{}]", "=".repeat(level));
        match rest.find(&close) {
            Some(at) => self.at += at + close.len(),
            None => self.at = self.text.len(),
        }
        true
    }
}

fn trim_mark(inside: &str) -> &str {
    inside.trim_matches(['-', '+']).trim()
}
