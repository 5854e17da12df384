//! postgresql.conf.

use plimsoll_source::{Problem, ProblemKind, SourceText};

use crate::Spanned;
use crate::scan::{lines, spanned};

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostgresSetting {
    /// Its name in lower case (`include`, `include_dir` and `include_if_exists` count as settings).
    pub name: Spanned<String>,
    /// Its value without quotes.
    pub value: Spanned<String>,
}

/// A postgresql.conf.
#[derive(Clone, Debug, Default)]
pub struct PostgresConf {
    /// The settings in order; of several of one name the last holds.
    pub settings: Vec<PostgresSetting>,
    /// Lines that PostgreSQL refuses.
    pub problems: Vec<Problem>,
}

impl PostgresConf {
    /// Reads a postgresql.conf: `name = value` or `name value`, `#` begins a comment, a value in
    /// single quotes doubles or escapes the quotes inside.
    pub fn read(text: &SourceText) -> Self {
        let mut conf = Self::default();
        for (start, line) in lines(text.text()) {
            let content = line.trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            match setting(text, start, line) {
                Ok(setting) => conf.settings.push(setting),
                Err(message) => conf.problems.push(Problem::new(
                    ProblemKind::Syntax,
                    spanned(text, start, line).span,
                    message,
                )),
            }
        }
        conf
    }

    /// Reads the words after `postgres`: `-c name=value` and `--name=value`.
    pub fn from_arguments(words: &[Spanned<String>]) -> Self {
        let mut conf = Self::default();
        for (index, word) in words.iter().enumerate() {
            let after_c = index > 0 && words.get(index - 1).is_some_and(|w| w.value == "-c");
            let text = word.value.as_str();
            let written = text.strip_prefix("--").or(after_c.then_some(text));
            let written =
                written.or_else(|| text.strip_prefix("-c").filter(|rest| !rest.is_empty()));
            if let Some((name, value)) = written.and_then(|written| written.split_once('=')) {
                let name = name.trim().to_ascii_lowercase().replace('-', "_");
                conf.settings.push(PostgresSetting {
                    name: Spanned::new(name, word.span.clone()),
                    value: Spanned::new(value.trim().to_owned(), word.span.clone()),
                });
            }
        }
        conf
    }

    /// The value that holds for a setting.
    pub fn get(&self, name: &str) -> Option<&Spanned<String>> {
        self.settings.iter().rfind(|s| s.name.value == name).map(|s| &s.value)
    }

    /// A switch.
    pub fn switch(&self, name: &str) -> Option<bool> {
        let value = self.get(name)?.value.to_ascii_lowercase();
        // PostgreSQL takes any beginning that is not in doubt; `o` alone is.
        let begins = |word: &str, least: usize| value.len() >= least && word.starts_with(&value);
        if value == "1" || begins("true", 1) || begins("yes", 1) || begins("on", 2) {
            return Some(true);
        }
        (value == "0" || begins("false", 1) || begins("no", 1) || begins("off", 2)).then_some(false)
    }
}

fn setting(text: &SourceText, start: usize, line: &str) -> Result<PostgresSetting, &'static str> {
    let lead = line.len() - line.trim_start().len();
    let content = line.get(lead..).unwrap_or("");
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '$');
    let length = content.len() - content.trim_start_matches(is_part).len();
    if length == 0 {
        return Err("PostgreSQL refuses this line: it has no name");
    }
    let name = spanned(text, start + lead, content.get(..length).unwrap_or(""));
    let rest = content.get(length..).unwrap_or("");
    let marks = rest.len() - rest.trim_start_matches([' ', '\t', '=']).len();
    if rest.get(..marks).is_some_and(|marks| marks.matches('=').count() > 1) || marks == 0 {
        return Err("PostgreSQL refuses this line: it is not `name = value`");
    }
    let value = rest.get(marks..).unwrap_or("");
    let from = start + lead + length + marks;
    let (read, used) = if value.starts_with('\'') {
        quoted(value).ok_or("PostgreSQL refuses this line: its quote is not closed")?
    } else {
        let end = value.find([' ', '\t', '#']).unwrap_or(value.len());
        (value.get(..end).unwrap_or("").to_owned(), end)
    };
    if used == 0 {
        return Err("PostgreSQL refuses this line: it has no value");
    }
    let after = value.get(used..).unwrap_or("").trim_start();
    if !after.is_empty() && !after.starts_with('#') {
        return Err("PostgreSQL refuses this line: something follows the value");
    }
    let value = Spanned::new(read, text.span(from..from + used));
    Ok(PostgresSetting { name: name.map(|name| name.to_ascii_lowercase()), value })
}

/// A value in single quotes and how many bytes it takes.
fn quoted(text: &str) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' if chars.next_if(|(_, next)| *next == '\'').is_some() => value.push('\''),
            '\'' => return Some((value, at + 1)),
            '\\' => value.extend(chars.next().map(|(_, c)| c)),
            c => value.push(c),
        }
    }
    None
}

/// A number and the letters after it.
fn with_unit(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let is_digit = |c: char| c.is_ascii_digit() || c == '.';
    let body = text.strip_prefix('-').unwrap_or(text);
    let digits = body.len() - body.trim_start_matches(is_digit).len();
    let split = text.len() - body.len() + digits;
    let number: f64 = text.get(..split)?.parse().ok()?;
    Some((number, text.get(split..)?.trim()))
}

/// A size in bytes: `128MB`, `1GB`, `64kB`; a bare number counts `unit` bytes (8192 for
/// `shared_buffers`, 1024 for `work_mem`).
pub fn bytes(text: &str, unit: u64) -> Option<u64> {
    let (number, letters) = with_unit(text)?;
    let factor = match letters {
        "" => unit,
        "B" => 1,
        "kB" => 1 << 10,
        "MB" => 1 << 20,
        "GB" => 1 << 30,
        "TB" => 1 << 40,
        _ => return None,
    };
    // Whole numbers stay exact up to 2^53, more than any memory.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    (number >= 0.0).then_some((number * factor as f64) as u64)
}

/// A time in milliseconds: `30s`, `5min`, `500ms`, `1h`, `1d`; a bare number counts `unit`
/// milliseconds (1 for `statement_timeout`, 1000 for `checkpoint_timeout`). -1, which switches
/// some settings off, is kept.
pub fn milliseconds(text: &str, unit: i64) -> Option<i64> {
    let (number, letters) = with_unit(text)?;
    let factor = match letters {
        "" => unit,
        "us" => return Some(0),
        "ms" => 1,
        "s" => 1000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    if number < 0.0 {
        return Some(-1);
    }
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    Some((number * factor as f64) as i64)
}
