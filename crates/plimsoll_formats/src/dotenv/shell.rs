//! `set -a; . file` of a POSIX shell, as far as the file is a list of assignments.
//!
//! Anything else in it is a program: a simple command changes no variable, but after a branch, a
//! loop, a function, `eval` or another sourced file nothing is certain any more.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use plimsoll_source::ProblemKind;

use super::shell_words::{Word, ends_word, read_word};
use super::{Builder, EnvValue, Lookup, Written};

/// Words that begin a compound command, or run code that may set anything.
const PROGRAM: &[&str] = &[
    "if",
    "then",
    "else",
    "elif",
    "fi",
    "for",
    "while",
    "until",
    "do",
    "done",
    "case",
    "esac",
    "function",
    "select",
    "time",
    "{",
    "}",
    "!",
    "[[",
    ".",
    "source",
    "eval",
    "read",
    "mapfile",
    "readarray",
    "getopts",
    "exec",
    "exit",
    "return",
    "trap",
    "shift",
    "let",
    "printf",
    "command",
    "builtin",
    "env",
    "alias",
    "cd",
];

pub(super) fn read(file: &mut Builder<'_>, outer: &dyn Fn(&str) -> Lookup) {
    let values = RefCell::new(HashMap::new());
    let mut shell = Shell { pos: 0, values, outer, lost: None, exporting: true, line_entries: 0 };
    while shell.pos < file.text().len() {
        let start = shell.pos;
        if !shell.command(file) {
            return;
        }
        if shell.pos == start {
            // A terminator that no command claimed: `)` and the like are syntax errors.
            let end = (start + 1).min(file.text().len());
            file.problem(
                ProblemKind::Syntax,
                start..end,
                "a shell stops reading the file here: a syntax error",
            );
            return;
        }
    }
}

/// Commands that an assignment before them outlives, in POSIX's words "special built-in utilities".
const SPECIAL: &[&str] = &[
    ":", ".", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set",
    "shift", "times", "trap", "unset",
];

struct Shell<'o> {
    pos: usize,
    values: RefCell<HashMap<String, EnvValue>>,
    outer: &'o dyn Fn(&str) -> Lookup,
    /// Why values are no longer certain.
    lost: Option<&'static str>,
    /// Whether every assignment is exported: `set -a`, which the caller gave.
    exporting: bool,
    /// How many entries there were when the current line began: a shell parses a whole line
    /// before it runs any of it.
    line_entries: usize,
}

/// How a command ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Line,
    Background,
    Pipe,
    And,
    Or,
    Redirection,
    Parenthesis,
}

impl Shell<'_> {
    /// Reads one command with its terminator; false where the shell stops.
    fn command(&mut self, file: &mut Builder<'_>) -> bool {
        let text = file.text();
        let start = self.pos;
        if start == 0 || text.as_bytes().get(start - 1) == Some(&b'\n') {
            self.line_entries = file.out.entries.len();
        }
        let mut words: Vec<Word> = Vec::new();
        let end = loop {
            self.skip_blanks(text);
            let rest = text.get(self.pos..).unwrap_or_default();
            let Some(c) = rest.chars().next() else { break End::Line };
            if c == '#' {
                self.pos += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            if ends_word(c) {
                match self.terminator(rest, !words.is_empty()) {
                    Some(end) => break end,
                    None => return self.unreadable(file, start),
                }
            }
            let word = {
                let parameter = |name: &str| self.parameter(name);
                read_word(text, self.pos, &parameter)
            };
            match word {
                Ok(word) => {
                    self.pos = word.end;
                    words.push(word);
                }
                Err(_) => {
                    file.out.entries.truncate(self.line_entries);
                    file.problem(
                        ProblemKind::Syntax,
                        start..text.len(),
                        "a shell stops reading the file here: a quote is not closed",
                    );
                    return false;
                }
            }
        };
        self.run(file, words, end)
    }

    fn unreadable(&mut self, file: &mut Builder<'_>, start: usize) -> bool {
        file.out.entries.truncate(self.line_entries);
        file.problem(
            ProblemKind::Syntax,
            start..self.pos,
            "a shell stops reading the file here: a syntax error",
        );
        false
    }

    fn skip_blanks(&mut self, text: &str) {
        loop {
            let rest = text.get(self.pos..).unwrap_or_default();
            let trimmed = rest.trim_start_matches([' ', '\t']);
            self.pos += rest.len() - trimmed.len();
            if !trimmed.starts_with("\\\n") {
                return;
            }
            self.pos += 2;
        }
    }

    /// Takes the terminator at the start of `rest`; `None` for one that cannot stand there.
    fn terminator(&mut self, rest: &str, after_word: bool) -> Option<End> {
        let (length, end) = match rest.as_bytes() {
            [b'&', b'&', ..] => (2, End::And),
            [b'|', b'|', ..] => (2, End::Or),
            [b'&', ..] => (1, End::Background),
            [b'|', ..] => (1, End::Pipe),
            [b';', b';', ..] => return None,
            [b';', ..] if !after_word => return None,
            [b'\n' | b';', ..] => (1, End::Line),
            [b'<' | b'>', ..] => (1, End::Redirection),
            [b'(', ..] => (1, End::Parenthesis),
            _ => return None,
        };
        self.pos += length;
        Some(end)
    }

    fn parameter(&self, name: &str) -> Lookup {
        match self.values.borrow().get(name) {
            Some(EnvValue::Text(secret)) => Lookup::Set(secret.expose().to_owned()),
            Some(EnvValue::Unknown(reason)) => Lookup::Unknown(reason.clone()),
            Some(EnvValue::Absent) => Lookup::Unset,
            None => match self.lost {
                Some(why) => Lookup::Unknown(why.into()),
                None => (self.outer)(name),
            },
        }
    }

    fn run(&mut self, file: &mut Builder<'_>, words: Vec<Word>, end: End) -> bool {
        let Some(first) = words.first() else {
            if end == End::Line {
                return true;
            }
            if !matches!(end, End::Redirection | End::Parenthesis) {
                return self.unreadable(file, self.pos.saturating_sub(1));
            }
            self.lose(file, self.pos.saturating_sub(1)..self.pos);
            return true;
        };
        let range = first.start..words.last().map_or(first.end, |word| word.end);
        if matches!(end, End::Redirection | End::Parenthesis) {
            let last =
                words.last().and_then(|word| word.assignment.as_ref().map(|(_, at)| (word, at)));
            if end == End::Parenthesis && last.is_some_and(|(word, start)| word.end > *start) {
                return self.unreadable(file, range.start);
            }
            // An array of bash, a redirection that may fail: set, but to what is not certain.
            words.into_iter().for_each(|word| self.assign(file, word, false));
            self.lose(file, range);
            return true;
        }
        if matches!(end, End::Background | End::Pipe) {
            file.problem(
                ProblemKind::Syntax,
                range.clone(),
                "a shell runs this in a process of its own, where assignments are lost: an \
                 unquoted & or | ends it",
            );
            if end == End::Pipe {
                self.lose(file, range);
            }
            return true;
        }
        let divergent = words.iter().any(|word| word.divergent);
        let command = words.iter().find(|word| word.assignment.is_none());
        let expanded = words.iter().find(|word| word.assignment.is_none() && word.bare_expansion);
        if let Some(word) = expanded {
            // It may expand to nothing, which makes the line a plain assignment, or to any command.
            let range = word.start..word.end;
            words.into_iter().for_each(|word| self.assign(file, word, false));
            self.lose(file, range);
            return true;
        }
        let name = command.filter(|word| !word.quoted).and_then(|word| match &word.value {
            EnvValue::Text(secret) => Some(secret.expose().to_owned()),
            _ => None,
        });
        let prefixed = command.is_some_and(|command| command.start != first.start);
        match (command, name.as_deref()) {
            (_, Some(name)) if prefixed && SPECIAL.contains(&name) => {
                // POSIX keeps what stands before these, bash does not.
                words.into_iter().for_each(|word| self.assign(file, word, false));
                self.lose(file, range.clone());
            }
            (None, _) => words.into_iter().for_each(|word| self.assign(file, word, false)),
            (_, Some("export" | "readonly" | "declare" | "typeset")) => {
                self.export(file, words);
            }
            (_, Some("unset")) => self.unset(file, &words),
            (_, Some("set")) if !is_harmless_set(&words) => self.lose(file, range.clone()),
            (_, Some("set")) => self.set_options(&words),
            (_, Some(name)) if PROGRAM.contains(&name) => self.lose(file, range.clone()),
            _ => file.problem(
                ProblemKind::Syntax,
                range.clone(),
                "a shell runs a part of this line as a command, and an assignment before it does \
                 not last",
            ),
        }
        if divergent {
            self.doubt(file, range.clone());
        }
        if matches!(end, End::Or | End::And) && self.lost.is_none() {
            let at = self.pos.saturating_sub(2)..self.pos;
            self.lose(file, at);
        }
        true
    }

    /// Shells differ on what this line does to those after it.
    fn doubt(&mut self, file: &mut Builder<'_>, range: Range<usize>) {
        if self.lost.is_none() {
            let why = "shells differ on a line before it, and some stop reading there";
            self.lost = Some(why);
            file.out.open = Some(why.into());
            let message = "shells differ on this line, and some stop reading the file here";
            file.problem(ProblemKind::Syntax, range, message);
        }
    }

    /// From here on the file is a program.
    fn lose(&mut self, file: &mut Builder<'_>, range: Range<usize>) {
        if self.lost.is_some() {
            return;
        }
        let why = "the file is a shell program, not only assignments";
        self.lost = Some(why);
        file.out.open = Some(why.into());
        file.problem(
            ProblemKind::Unsupported,
            range,
            "from here on the file is a shell program, which is not run: its values are unknown",
        );
        for value in self.values.borrow_mut().values_mut() {
            *value = EnvValue::Unknown(why.into());
        }
        for entry in &mut file.out.entries {
            entry.value = EnvValue::Unknown(why.into());
        }
    }

    fn assign(&mut self, file: &mut Builder<'_>, word: Word, exported: bool) {
        let Some((key, value_start)) = word.assignment else { return };
        let mut value = word.value;
        if let Some(why) = self.lost {
            value = EnvValue::Unknown(why.into());
        }
        if exported && word.bare_expansion && splits(&value) {
            value = EnvValue::Unknown(
                "shells differ on whether `export NAME=$OTHER` splits the value at blanks".into(),
            );
        }
        self.values.borrow_mut().insert(key.clone(), value.clone());
        let in_place = file.out.entries.iter().any(|entry| entry.key == key);
        if !self.exporting && !exported && !in_place {
            // A variable of the shell that no process sees.
            return;
        }
        let key_range = word.start..word.start + key.len();
        let mut written = Written::new(&key, key_range, value_start..word.end);
        (written.exported, written.references) = (exported, word.references);
        file.entry(written, value);
    }

    fn export(&mut self, file: &mut Builder<'_>, words: Vec<Word>) {
        for word in words.into_iter().skip(1) {
            if word.assignment.is_some() {
                self.assign(file, word, true);
                continue;
            }
            // `export NAME` shows a variable to other processes that is set already.
            let EnvValue::Text(name) = &word.value else {
                self.doubt(file, word.start..word.end);
                continue;
            };
            let valid = is_variable(name.expose()) || name.expose().starts_with('-');
            if !valid || word.bare_expansion {
                self.doubt(file, word.start..word.end);
                continue;
            }
            let value = self.values.borrow().get(name.expose()).cloned();
            if let Some(value) = value.filter(|_| !self.exporting) {
                let mut written =
                    Written::new(name.expose(), word.start..word.end, word.end..word.end);
                written.exported = true;
                file.entry(written, value);
            }
        }
    }

    fn set_options(&mut self, words: &[Word]) {
        for word in words.iter().skip(1) {
            match &word.value {
                EnvValue::Text(text) if matches!(text.expose(), "-a" | "-ea" | "-ae") => {
                    self.exporting = true;
                }
                EnvValue::Text(text) if text.expose() == "+a" => self.exporting = false,
                _ => {}
            }
        }
    }

    fn unset(&mut self, file: &mut Builder<'_>, words: &[Word]) {
        for word in words.iter().skip(1) {
            let EnvValue::Text(name) = &word.value else { continue };
            let name = name.expose();
            if !is_variable(name) {
                self.doubt(file, word.start..word.end);
                continue;
            }
            self.values.borrow_mut().insert(name.to_owned(), EnvValue::Absent);
            let written = Written::new(name, word.start..word.end, word.end..word.end);
            file.entry(written, EnvValue::Absent);
        }
    }
}

/// Whether a `set` only switches options that leave assignments alone.
fn is_harmless_set(words: &[Word]) -> bool {
    words.iter().skip(1).all(|word| match &word.value {
        EnvValue::Text(text) => {
            let text = text.expose();
            matches!(text, "-a" | "+a" | "-ea" | "-ae" | "+e" | "+u")
        }
        _ => false,
    })
}

/// Whether unquoted text would fall into several words, or be matched against file names.
fn splits(value: &EnvValue) -> bool {
    match value {
        EnvValue::Text(text) => {
            text.expose().contains([' ', '\t', '\n', '*', '?', '[']) || text.expose().is_empty()
        }
        _ => false,
    }
}

fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
