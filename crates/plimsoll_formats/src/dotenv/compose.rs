//! `env_file:` and `.env` of Docker Compose v2 (compose-go's package dotenv): a statement may
//! use `:` for `=`, a name alone takes the value of whoever runs compose, and one wrong line
//! makes compose refuse the file.

use std::collections::HashMap;

use plimsoll_source::ProblemKind;

use super::interpolate::{TemplateError, interpolate};
use super::{Builder, EnvValue, Lookup, Written, text};

pub(super) fn read(file: &mut Builder<'_>, outer: &dyn Fn(&str) -> Lookup) {
    let mut parser = Parser { text: file.text(), pos: 0, values: HashMap::new(), outer };
    while parser.statement_start() {
        let start = parser.pos;
        match parser.statement(file) {
            Ok(()) => {}
            Err(message) => {
                let line = parser.text.get(start..).unwrap_or_default();
                let end = start + line.find(['\n', '\r']).unwrap_or(line.len());
                file.refuse(start..end, format!("Docker Compose refuses the file: {message}"));
                return;
            }
        }
    }
}

struct Parser<'a, 'o> {
    text: &'a str,
    pos: usize,
    values: HashMap<String, EnvValue>,
    outer: &'o dyn Fn(&str) -> Lookup,
}

/// What ends or separates a name.
struct Name<'a> {
    key: &'a str,
    start: usize,
    /// The line held no `=` and no `:`.
    alone: bool,
}

impl<'a> Parser<'a, '_> {
    fn rest(&self) -> &'a str {
        self.text.get(self.pos..).unwrap_or_default()
    }

    /// Skips white space and comment lines; false at the end.
    fn statement_start(&mut self) -> bool {
        loop {
            let rest = self.rest();
            self.pos += rest.len() - rest.trim_start().len();
            if !self.rest().starts_with('#') {
                return self.pos < self.text.len();
            }
            self.pos += self.rest().find('\n').unwrap_or(self.rest().len());
        }
    }

    fn statement(&mut self, file: &mut Builder<'_>) -> Result<(), String> {
        let exported = self.skip_export();
        let name = self.name()?;
        if name.key.contains(' ') {
            return Err("a name holds a space".into());
        }
        let key_range = name.start..name.start + name.key.len();
        if name.alone {
            self.inherited(file, &name, exported);
            return Ok(());
        }
        let value_start = self.pos;
        let mut references = Vec::new();
        let (value, value_end) = self.value(&mut references)?;
        if name.key.is_empty() {
            file.problem(
                ProblemKind::Syntax,
                value_start..value_end,
                "Docker Compose sets a variable without a name here",
            );
            return Ok(());
        }
        self.values.insert(name.key.to_owned(), value.clone());
        let mut written = Written::new(name.key, key_range, value_start..value_end);
        (written.exported, written.references) = (exported, references);
        file.entry(written, value);
        Ok(())
    }

    /// `export` and the white space after it.
    fn skip_export(&mut self) -> bool {
        let Some(after) = self.rest().strip_prefix("export") else { return false };
        if !after.starts_with(['\t', '\n', '\u{c}', '\r', ' ']) {
            return false;
        }
        self.pos = self.text.len() - after.trim_start_matches(is_space).len();
        true
    }

    fn name(&mut self) -> Result<Name<'a>, String> {
        let start = self.pos;
        let rest = self.rest();
        for (at, c) in rest.char_indices() {
            match c {
                '=' | ':' | '\n' => {
                    let key = rest.get(..at).unwrap_or_default().trim_end();
                    self.pos = start + at + 1;
                    let after = self.rest();
                    self.pos += after.len() - after.trim_start_matches(is_space).len();
                    return Ok(Name { key, start, alone: c == '\n' });
                }
                '_' | '.' | '-' | '[' | ']' => {}
                c if is_space(c) || c.is_alphabetic() || c.is_numeric() => {}
                _ => return Err("a character that no variable's name may have".into()),
            }
        }
        // The last line is a name alone and has no line break: it becomes the value of "".
        Ok(Name { key: "", start, alone: false })
    }

    fn inherited(&mut self, file: &mut Builder<'_>, name: &Name<'_>, exported: bool) {
        if name.key.is_empty() {
            return;
        }
        let end = name.start + name.key.len();
        let value = match (self.outer)(name.key) {
            Lookup::Set(value) => text(value),
            Lookup::Unset => EnvValue::Absent,
            Lookup::Unknown(reason) => EnvValue::Unknown(reason),
        };
        if value == EnvValue::Absent {
            file.problem(
                ProblemKind::Missing,
                name.start..end,
                "a name without a value takes the value of whoever runs compose, who has none",
            );
        } else {
            self.values.insert(name.key.to_owned(), value.clone());
        }
        let mut written = Written::new(name.key, name.start..end, end..end);
        written.exported = exported;
        if value != EnvValue::Absent || !file.has(name.key) {
            file.entry(written, value);
        }
    }

    /// The value at `pos`, and where its text ends.
    fn value(&mut self, references: &mut Vec<String>) -> Result<(EnvValue, usize), String> {
        let rest = self.rest();
        let start = self.pos;
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
            let line = rest.split('\n').next().unwrap_or_default();
            self.pos = (start + line.len() + 1).min(self.text.len());
            let value = line.split_once(" #").map_or(line, |(before, _)| before).trim_end();
            return Ok((self.expand(value, references)?, start + value.len()));
        };
        let mut raw = String::new();
        let mut escaped = false;
        for (at, c) in rest.char_indices().skip(1) {
            if c == quote && !escaped {
                self.pos = start + at + 1;
                let value = match quote {
                    '"' => self.expand(&expand_escapes(&raw), references)?,
                    _ => text(raw),
                };
                return Ok((value, self.pos));
            }
            if c != quote && c == '\\' && !escaped {
                escaped = true;
                continue;
            }
            if c != quote && escaped {
                raw.push('\\');
            }
            escaped = false;
            raw.push(c);
        }
        Err("a quote is not closed".into())
    }

    fn expand(&self, value: &str, references: &mut Vec<String>) -> Result<EnvValue, String> {
        let lookup = |name: &str| match (self.outer)(name) {
            Lookup::Unset => match self.values.get(name) {
                Some(EnvValue::Text(secret)) => Lookup::Set(secret.expose().to_owned()),
                Some(EnvValue::Unknown(reason)) => Lookup::Unknown(reason.clone()),
                Some(EnvValue::Absent) | None => Lookup::Unset,
            },
            found => found,
        };
        match interpolate(value, &lookup, references) {
            Ok(value) => Ok(text(value)),
            Err(TemplateError::Unknown(reason)) => Ok(EnvValue::Unknown(reason)),
            Err(TemplateError::Invalid) => Err("`${` without a variable's form".into()),
            Err(TemplateError::Required(name)) => {
                Err(format!("it needs the variable {name}, which is not set"))
            }
        }
    }
}

/// White space within a line, as this reader has it.
fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

/// The escapes of a double-quoted value: those of Go for single characters, `\0` and up to three
/// octal digits, and `\$`, which protects the dollar sign from interpolation.
fn expand_escapes(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let (text, length) = escape(from);
        out.push_str(&text);
        rest = from.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The escape at the start of `from`: what it gives and how many bytes it takes.
fn escape(from: &str) -> (String, usize) {
    let simple = match from.as_bytes().get(1) {
        Some(b'a') => "\u{7}",
        Some(b'b') => "\u{8}",
        Some(b'f') => "\u{c}",
        Some(b'n') => "\n",
        Some(b'r') => "\r",
        Some(b't') => "\t",
        Some(b'v') => "\u{b}",
        Some(b'\\') => "\\",
        Some(b'"') => "\"",
        Some(b'$') => "$$",
        Some(b'0') => {
            let digits = from.bytes().skip(2).take(3).take_while(u8::is_ascii_digit).count();
            let digits = from.get(2..2 + digits).unwrap_or_default();
            let code = (digits.len() == 3).then(|| u8::from_str_radix(digits, 8).ok()).flatten();
            let text = match code {
                Some(code) => char::from(code).to_string(),
                // What Go cannot read stays, less the 0.
                None => format!("\\{digits}"),
            };
            return (text, 2 + digits.len());
        }
        _ => return ("\\".into(), 1),
    };
    (simple.into(), 2)
}
