//! Entries that different readers of one file understand differently.

use plimsoll_source::{Secret, SourceText, Span};

use super::{Dialect, EnvFile, EnvValue, Lookup, read};

/// What a variable is after one reader has read the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Set to this text.
    Set(Secret),
    /// Not set by the file.
    Unset,
    /// Set, but to what cannot be known here.
    Unknown,
    /// The reader refuses the whole file.
    Refused,
}

/// What readers disagree about, as far as the writing tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A `#` after the value: a comment to some, part of the value to others.
    InlineComment,
    /// `$` is another variable to some.
    Dollar,
    /// Quotes that some keep.
    Quotes,
    /// A backslash that some drop or decode.
    Backslash,
    /// A value over several lines.
    Multiline,
    /// White space around the name or the `=`.
    Blanks,
    /// `export` before the name.
    Export,
    /// No `=`.
    NoValue,
    /// A character that ends a command in a shell (`&`, `;`, `|`, parentheses, `<`, `>`), or a
    /// space in a value without quotes.
    ShellCharacter,
    /// The name appears twice.
    Duplicate,
    /// Something else.
    Other,
}

/// A variable that readers of the file disagree about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The variable's name.
    pub key: String,
    /// Where it is written, as the first reader sees it that has it.
    pub at: Span,
    /// What each reader makes of it, in the order asked for.
    pub readings: Vec<(Dialect, Reading)>,
    /// What they trip over.
    pub cause: Cause,
}

/// The variables of a file that the given readers do not all understand alike, with an empty
/// process environment around them. A reading that is unknown, or a reader that refuses the
/// file, makes no difference by itself but is listed.
pub fn differences(source: &SourceText, dialects: &[Dialect]) -> Vec<Difference> {
    let files: Vec<(Dialect, EnvFile)> = dialects
        .iter()
        .map(|dialect| (*dialect, read(source, *dialect, &|_| Lookup::Unset)))
        .collect();
    let mut keys: Vec<(&str, &Span)> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for entry in files.iter().flat_map(|(_, file)| &file.entries) {
        if is_plain_name(&entry.key) && seen.insert(entry.key.as_str()) {
            keys.push((&entry.key, &entry.key_span));
        }
    }
    keys.sort_by_key(|(_, span)| span.start);
    keys.into_iter().filter_map(|(key, at)| difference(source, &files, key, at)).collect()
}

/// A name that some reader can look up; `export KEY` and the like are another reader's mistake.
fn is_plain_name(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn difference(
    source: &SourceText,
    files: &[(Dialect, EnvFile)],
    key: &str,
    at: &Span,
) -> Option<Difference> {
    let readings: Vec<(Dialect, Reading)> =
        files.iter().map(|(dialect, file)| (*dialect, reading(file, *dialect, key))).collect();
    let mut known = readings
        .iter()
        .map(|(_, reading)| reading)
        .filter(|reading| matches!(reading, Reading::Set(_) | Reading::Unset));
    let first = known.next()?;
    if known.all(|reading| reading == first) {
        return None;
    }
    let cause = cause(source, files, key, at);
    Some(Difference { key: key.to_owned(), at: at.clone(), readings, cause })
}

fn reading(file: &EnvFile, dialect: Dialect, key: &str) -> Reading {
    if file.refused.is_some() {
        return Reading::Refused;
    }
    let lower = key.to_lowercase();
    let key = if dialect == Dialect::DecoupleIni { lower.as_str() } else { key };
    match file.get(key).map(|entry| &entry.value) {
        Some(EnvValue::Text(secret)) => Reading::Set(secret.clone()),
        Some(EnvValue::Unknown(_)) => Reading::Unknown,
        Some(EnvValue::Absent) | None => Reading::Unset,
    }
}

/// The first trap in the writing of the entry that explains a difference.
fn cause(source: &SourceText, files: &[(Dialect, EnvFile)], key: &str, at: &Span) -> Cause {
    let entries = || files.iter().flat_map(|(_, file)| file.entries.iter());
    let raw = |line: u32| source.line(line).unwrap_or_default();
    let multiline = entries()
        .filter(|entry| entry.key == key)
        .any(|entry| entry.value_span.end.line > entry.value_span.start.line);
    if multiline {
        return Cause::Multiline;
    }
    let twice = files
        .iter()
        .any(|(_, file)| file.entries.iter().filter(|entry| entry.key == key).take(2).count() == 2);
    let line = raw(at.start.line);
    let Some((before, value)) = line.split_once('=') else {
        return Cause::NoValue;
    };
    let bare = value.trim();
    let quoted = bare.starts_with(['\'', '"']);
    let comment = value.match_indices('#').any(|(at, _)| {
        at == 0 || value.get(..at).is_some_and(|before| before.ends_with([' ', '\t']))
    });
    if comment && (!quoted || !closes(bare)) {
        Cause::InlineComment
    } else if before.trim_start().starts_with("export ") {
        Cause::Export
    } else if before != before.trim() || value.starts_with([' ', '\t']) {
        Cause::Blanks
    } else if value.contains('$') {
        Cause::Dollar
    } else if value.contains('\\') {
        Cause::Backslash
    } else if !quoted && bare.contains([' ', '&', ';', '|', '(', ')', '<', '>', '`', '~']) {
        Cause::ShellCharacter
    } else if bare.contains(['\'', '"']) {
        Cause::Quotes
    } else if twice {
        Cause::Duplicate
    } else {
        Cause::Other
    }
}

/// Whether a value in quotes ends with its quote.
fn closes(bare: &str) -> bool {
    let quote = bare.chars().next();
    bare.len() > 1 && bare.chars().next_back() == quote
}
