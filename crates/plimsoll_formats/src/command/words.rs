//! One-line command text to words: for files that hold a command and no script (a Procfile, a
//! supervisor program, a compose or cron command). Scripts have a reader of their own.

use std::ops::Range;

use plimsoll_source::SourceText;

use crate::Spanned;
use crate::scan::{MAX_LINE, beginning};

/// The simple commands of a line: what `&&`, `||`, `;`, `|`, `&` and line breaks stand between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandLine {
    /// The words of each command, quotes removed; variables and substitutions stay as written,
    /// redirections are left out.
    pub commands: Vec<Vec<Spanned<String>>>,
    /// Whether a quote was left open.
    pub open_quote: bool,
    /// Whether it uses more of the shell than words and separators (substitution, subshells), so
    /// that what runs may differ from the words.
    pub is_script: bool,
}

/// Splits a stretch of a text as a POSIX shell splits it into words; of a stretch of more than
/// 20,000 bytes the beginning.
pub fn split_command(text: &SourceText, range: Range<usize>) -> CommandLine {
    let inside = beginning(text.text().get(range.clone()).unwrap_or(""), MAX_LINE);
    let mut splitter = Splitter {
        text,
        base: range.start,
        chars: inside.char_indices().peekable(),
        end: inside.len(),
        line: CommandLine::default(),
        words: Vec::new(),
        word: None,
        skip_next: false,
    };
    splitter.run();
    splitter.line
}

struct Splitter<'t> {
    text: &'t SourceText,
    base: usize,
    chars: std::iter::Peekable<std::str::CharIndices<'t>>,
    end: usize,
    line: CommandLine,
    words: Vec<Spanned<String>>,
    word: Option<(usize, String)>,
    /// Whether the next word is the target of a redirection.
    skip_next: bool,
}

impl Splitter<'_> {
    fn run(&mut self) {
        while let Some((at, c)) = self.chars.next() {
            match c {
                ' ' | '\t' | '\r' => self.end_word(at),
                '\n' | ';' | '|' | '&' => self.separator(at, c),
                '#' if self.word.is_none() => {
                    while self.chars.next_if(|(_, c)| *c != '\n').is_some() {}
                }
                '\'' => self.quoted(at, '\''),
                '"' => self.quoted(at, '"'),
                '\\' => match self.chars.next() {
                    Some((_, '\n')) => {}
                    Some((_, next)) => self.push(at, next),
                    None => self.push(at, '\\'),
                },
                '>' | '<' => self.redirection(at),
                '(' | ')' | '`' => {
                    self.line.is_script = true;
                    self.push(at, c);
                }
                '$' => self.dollar(at),
                _ => self.push(at, c),
            }
        }
        self.end_word(self.end);
        self.end_command();
    }

    fn push(&mut self, at: usize, c: char) {
        self.word.get_or_insert_with(|| (at, String::new())).1.push(c);
    }

    fn dollar(&mut self, at: usize) {
        self.push(at, '$');
        let Some((_, open)) = self.chars.next_if(|(_, c)| *c == '(' || *c == '{') else { return };
        self.push(at, open);
        let close = if open == '(' { ')' } else { '}' };
        self.line.is_script |= open == '(';
        let mut depth = 1_usize;
        for (_, c) in self.chars.by_ref() {
            if let Some((_, word)) = &mut self.word {
                word.push(c);
            }
            depth = match c {
                c if c == open => depth + 1,
                c if c == close => depth - 1,
                _ => depth,
            };
            if depth == 0 {
                return;
            }
        }
    }

    fn quoted(&mut self, at: usize, mark: char) {
        self.word.get_or_insert_with(|| (at, String::new()));
        while let Some((_, c)) = self.chars.next() {
            match c {
                c if c == mark => return,
                '\\' if mark == '"' => match self.chars.next() {
                    Some((_, next @ ('"' | '\\' | '$' | '`'))) => self.push(at, next),
                    Some((_, '\n')) => {}
                    Some((_, next)) => {
                        self.push(at, '\\');
                        self.push(at, next);
                    }
                    None => self.push(at, '\\'),
                },
                c => self.push(at, c),
            }
        }
        self.line.open_quote = true;
    }

    /// `>`, `>>`, `2>&1`, `&>`, `<`: neither the mark nor its target is a word of the command.
    fn redirection(&mut self, at: usize) {
        let is_number =
            self.word.as_ref().is_some_and(|(_, w)| w.bytes().all(|b| b.is_ascii_digit()));
        if is_number {
            self.word = None;
        }
        self.end_word(at);
        while self.chars.next_if(|(_, c)| matches!(c, '>' | '<' | '&' | '|')).is_some() {}
        self.skip_next = true;
    }

    fn separator(&mut self, at: usize, c: char) {
        // `&>file` redirects.
        if c == '&' && self.chars.peek().is_some_and(|(_, next)| *next == '>') {
            return;
        }
        self.end_word(at);
        self.end_command();
    }

    fn end_word(&mut self, at: usize) {
        let Some((start, value)) = self.word.take() else { return };
        if std::mem::take(&mut self.skip_next) {
            return;
        }
        let span = self.text.span(self.base + start..self.base + at);
        self.words.push(Spanned::new(value, span));
    }

    fn end_command(&mut self) {
        self.skip_next = false;
        if !self.words.is_empty() {
            self.line.commands.push(std::mem::take(&mut self.words));
        }
    }
}
