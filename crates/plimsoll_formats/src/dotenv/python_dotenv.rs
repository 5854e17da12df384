//! python-dotenv: statements matched one after the other, quoted values over several lines,
//! `${NAME}` and `${NAME:-text}`.

use std::collections::HashMap;
use std::ops::Range;

use plimsoll_source::ProblemKind;

use super::{
    Builder, EnvValue, Interpolation, Lookup, Version, Written, is_python_space, text,
    universal_newlines,
};

/// The first release in which a backslash always takes the next character along.
const PAIRED_BACKSLASHES: Version = Version(1, 2, 3);
/// The first release in which `KEY= # note` is empty.
const COMMENT_AFTER_BLANK: Version = Version(1, 2, 4);
/// The first release whose unquoted values may hold several spaces in a row.
const WHOLE_LINE_VALUES: Version = Version(0, 15, 0);

pub(super) fn read(
    file: &mut Builder<'_>,
    version: Version,
    interpolation: Interpolation,
    outer: &dyn Fn(&str) -> Lookup,
) {
    let mut reader = Reader { text: file.text(), pos: 0, version };
    let mut resolver = Resolver { interpolation, outer, values: HashMap::new() };
    while reader.pos < reader.text.len() {
        let start = reader.pos;
        match reader.binding() {
            Ok(Some(binding)) => {
                let mut written =
                    Written::new(&binding.key, binding.key_range.clone(), binding.value_range);
                written.exported = binding.exported;
                let value = match binding.value {
                    Raw::Text(raw) => resolver.resolve(&raw, &mut written.references),
                    Raw::Absent => EnvValue::Absent,
                    Raw::Unknown(reason) => EnvValue::Unknown(reason),
                };
                resolver.values.insert(binding.key, value.clone());
                file.entry(written, value);
            }
            Ok(None) => {}
            Err(NoMatch) => {
                let end = reader.line_end(reader.pos);
                reader.pos = end;
                reader.skip_newline();
                let kept = file.slice(start..end);
                let start = start + (kept.len() - kept.trim_start().len());
                file.problem(
                    ProblemKind::Syntax,
                    start..end,
                    "python-dotenv cannot parse this statement and skips it with a warning",
                );
            }
        }
        if reader.pos == start {
            // Cannot happen: every statement takes at least one character.
            break;
        }
    }
}

/// The text does not go on as the statement needs.
struct NoMatch;

enum Raw {
    Text(String),
    Absent,
    Unknown(String),
}

struct Binding {
    key: String,
    key_range: Range<usize>,
    value: Raw,
    value_range: Range<usize>,
    exported: bool,
}

struct Reader<'a> {
    text: &'a str,
    pos: usize,
    version: Version,
}

impl<'a> Reader<'a> {
    /// One statement; `None` for a comment or the blank end of the file.
    fn binding(&mut self) -> Result<Option<Binding>, NoMatch> {
        self.skip_while(is_python_space);
        if self.pos == self.text.len() {
            return Ok(None);
        }
        let exported = self.skip_export();
        let key = self.key()?;
        self.skip_while(is_blank);
        let (value, value_range) = if self.peek() == Some('=') {
            self.pos += 1;
            let before = self.pos;
            self.skip_while(is_blank);
            let spaced = self.pos > before;
            if spaced && self.peek() == Some('#') && self.version >= COMMENT_AFTER_BLANK {
                (Raw::Text(String::new()), self.pos..self.pos)
            } else {
                self.value()?
            }
        } else {
            (Raw::Absent, self.pos..self.pos)
        };
        self.skip_comment();
        self.end_of_line()?;
        Ok(key.map(|(key, key_range)| Binding { key, key_range, value, value_range, exported }))
    }

    /// `export` and the blanks after it, which it needs.
    fn skip_export(&mut self) -> bool {
        let Some(rest) = self.rest().strip_prefix("export") else { return false };
        let blanks = rest.len() - rest.trim_start_matches(is_blank).len();
        if blanks > 0 {
            self.pos += "export".len() + blanks;
        }
        blanks > 0
    }

    fn key(&mut self) -> Result<Option<(String, Range<usize>)>, NoMatch> {
        match self.peek() {
            Some('#') => Ok(None),
            Some('\'') => {
                let start = self.pos + 1;
                let length = self.text.get(start..).and_then(|rest| rest.find('\''));
                let end = start + length.filter(|length| *length > 0).ok_or(NoMatch)?;
                self.pos = end + 1;
                Ok(Some((self.cooked(start..end), start..end)))
            }
            _ => {
                let start = self.pos;
                self.skip_while(|c| c != '=' && c != '#' && !is_python_space(c));
                if self.pos == start {
                    return Err(NoMatch);
                }
                Ok(Some((self.cooked(start..self.pos), start..self.pos)))
            }
        }
    }

    fn value(&mut self) -> Result<(Raw, Range<usize>), NoMatch> {
        let start = self.pos;
        let value = match self.peek() {
            Some('\'') => decode(&self.quoted('\'')?, "\\'"),
            Some('"') => decode(&self.quoted('"')?, "\\'\"abfnrtv"),
            None | Some('\n' | '\r') => String::new(),
            Some(_) => {
                self.pos = self.line_end(start);
                let line = self.text.get(start..self.pos).unwrap_or_default();
                let value = strip_comment(line).trim_end_matches(is_python_space);
                if self.version < WHOLE_LINE_VALUES && has_wide_gap(value) {
                    let reason = "python-dotenv before 0.15 cuts unquoted values with several \
                                  blanks in a row; put the value in quotes";
                    return Ok((Raw::Unknown(reason.into()), start..start + value.len()));
                }
                return Ok((Raw::Text(value.to_owned()), start..start + value.len()));
            }
        };
        Ok((Raw::Text(value), start..self.pos))
    }

    /// The text between quotes, which may run over lines; leaves the reader after them.
    fn quoted(&mut self, quote: char) -> Result<String, NoMatch> {
        let start = self.pos + 1;
        let bytes = self.text.as_bytes();
        let mut at = start;
        // Before 1.2.3 the pattern may take a backslash before a quote as a plain character, and
        // does so where no other closing quote is left in the file.
        let mut fallback = None;
        while let Some(byte) = bytes.get(at) {
            if *byte == quote as u8 {
                self.pos = at + 1;
                return Ok(self.cooked(start..at));
            }
            let paired = *byte == b'\\'
                && (self.version >= PAIRED_BACKSLASHES
                    || bytes.get(at + 1) == Some(&(quote as u8)));
            if paired {
                if self.version < PAIRED_BACKSLASHES {
                    fallback = Some(at + 1);
                }
                at += 1;
            }
            at += 1;
        }
        let end = fallback.ok_or(NoMatch)?;
        self.pos = end + 1;
        Ok(self.cooked(start..end))
    }

    fn skip_comment(&mut self) {
        let rest = self.rest().trim_start_matches(is_blank);
        if rest.starts_with('#') {
            self.pos = self.line_end(self.pos);
        }
    }

    fn end_of_line(&mut self) -> Result<(), NoMatch> {
        self.skip_while(is_blank);
        if self.pos == self.text.len() || self.skip_newline() { Ok(()) } else { Err(NoMatch) }
    }

    fn skip_newline(&mut self) -> bool {
        let length = match self.rest().as_bytes() {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        self.pos += length;
        length > 0
    }

    fn line_end(&self, from: usize) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        from + rest.find(['\r', '\n']).unwrap_or(rest.len())
    }

    fn skip_while(&mut self, wanted: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.pos += rest.len() - rest.trim_start_matches(wanted).len();
    }

    fn cooked(&self, range: Range<usize>) -> String {
        universal_newlines(self.text.get(range).unwrap_or_default())
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.pos..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }
}

/// White space within a line.
fn is_blank(c: char) -> bool {
    is_python_space(c) && c != '\r' && c != '\n'
}

/// The line up to the first white space that a `#` follows.
fn strip_comment(line: &str) -> &str {
    let mut previous_blank = false;
    for (at, c) in line.char_indices() {
        if c == '#' && previous_blank {
            return line.get(..at).unwrap_or_default();
        }
        previous_blank = is_python_space(c);
    }
    line
}

fn has_wide_gap(value: &str) -> bool {
    value.contains('\t') || value.contains("  ")
}

/// Replaces the escapes of the listed characters; other backslashes stay.
fn decode(raw: &str, known: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        let next = chars.clone().next().filter(|next| c == '\\' && known.contains(*next));
        let Some(next) = next else {
            out.push(c);
            continue;
        };
        chars.next();
        out.push(match next {
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            other => other,
        });
    }
    out
}

struct Resolver<'a> {
    interpolation: Interpolation,
    outer: &'a dyn Fn(&str) -> Lookup,
    values: HashMap<String, EnvValue>,
}

impl Resolver<'_> {
    fn resolve(&self, raw: &str, references: &mut Vec<String>) -> EnvValue {
        if self.interpolation == Interpolation::Off {
            return text(raw);
        }
        let mut out = String::new();
        let mut rest = raw;
        while let Some(at) = rest.find("${") {
            let Some((name, default, length)) = variable(rest.get(at..).unwrap_or_default()) else {
                out.push_str(rest.get(..at + 2).unwrap_or_default());
                rest = rest.get(at + 2..).unwrap_or_default();
                continue;
            };
            out.push_str(rest.get(..at).unwrap_or_default());
            references.push(name.to_owned());
            match self.lookup(name) {
                Lookup::Set(value) => out.push_str(&value),
                Lookup::Unset => out.push_str(default.unwrap_or_default()),
                Lookup::Unknown(reason) => return EnvValue::Unknown(reason),
            }
            rest = rest.get(at + length..).unwrap_or_default();
        }
        out.push_str(rest);
        text(out)
    }

    fn lookup(&self, name: &str) -> Lookup {
        let own = || match self.values.get(name)? {
            EnvValue::Text(secret) => Some(Lookup::Set(secret.expose().to_owned())),
            // A name without a value counts as set, to nothing.
            EnvValue::Absent => Some(Lookup::Set(String::new())),
            EnvValue::Unknown(reason) => Some(Lookup::Unknown(reason.clone())),
        };
        if self.interpolation == Interpolation::FileFirst {
            return own().unwrap_or_else(|| (self.outer)(name));
        }
        match (self.outer)(name) {
            Lookup::Unset => own().unwrap_or(Lookup::Unset),
            found => found,
        }
    }
}

/// Reads `${NAME}` or `${NAME:-default}` at the start of `text`: name, default, length.
fn variable(text: &str) -> Option<(&str, Option<&str>, usize)> {
    let body = text.strip_prefix("${")?;
    let end = body.find(['}', ':'])?;
    let name = body.get(..end)?;
    let after = body.get(end..)?;
    if after.starts_with('}') {
        return Some((name, None, 2 + end + 1));
    }
    let default = after.strip_prefix(":-")?;
    let close = default.find('}')?;
    Some((name, default.get(..close), 2 + end + 2 + close + 1))
}
