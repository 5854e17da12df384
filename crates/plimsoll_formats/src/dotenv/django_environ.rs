//! `Env.read_env` of django-environ: one pattern per line, no comments after values (but for
//! 0.11), a value in quotes only where the quotes enclose the whole rest of the line.

use plimsoll_source::ProblemKind;

use super::{Builder, Version, Written, is_python_space, lines, text};

/// Before it, the first of several lines for one name won.
const LAST_WINS: Version = Version(0, 8, 0);
/// `\r`, `\n`, `\t` keep their backslash in double quotes from here on.
const KEEPS_FORMAT_ESCAPES: Version = Version(0, 8, 0);
/// From here to 0.12, comments were stripped without being asked.
const ALWAYS_COMMENTS: Version = Version(0, 11, 0);
const OPTIONAL_COMMENTS: Version = Version(0, 12, 0);

pub(super) fn read(file: &mut Builder<'_>, version: Version, parse_comments: bool) {
    file.out.first_wins = version < LAST_WINS;
    let comments =
        if version >= OPTIONAL_COMMENTS { parse_comments } else { version >= ALWAYS_COMMENTS };
    for (start, line) in lines(file.text(), is_splitlines_break) {
        let Some((exported, key, value)) = split(line) else {
            if !line.is_empty() && !line.starts_with('#') {
                file.problem(
                    ProblemKind::Syntax,
                    start..start + line.len(),
                    "django-environ ignores this line: it reads only NAME=value and \
                     export NAME=value, without spaces before the name or around the =",
                );
            }
            continue;
        };
        let value_start = start + line.len() - value.len();
        let key_start = value_start - 1 - key.len();
        let mut written = Written::new(
            key,
            key_start..key_start + key.len(),
            value_start..value_start + value.len(),
        );
        written.exported = exported;
        file.entry(written, text(unquote(value, comments, version)));
    }
}

/// Everything that `str.splitlines` splits at.
fn is_splitlines_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

fn split(line: &str) -> Option<(bool, &str, &str)> {
    let bare = line.strip_prefix("export ");
    let (key, value) = bare.unwrap_or(line).split_once('=')?;
    let named = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    named.then_some((bare.is_some(), key, value))
}

fn unquote(value: &str, comments: bool, version: Version) -> String {
    let value = if comments { uncommented(value) } else { between(value, '\'').unwrap_or(value) };
    match between(value, '"') {
        Some(inner) => unescape(inner, version >= KEEPS_FORMAT_ESCAPES),
        None => value.to_owned(),
    }
}

/// The text inside quotes that open and close the whole of it.
fn between(value: &str, quote: char) -> Option<&str> {
    value.strip_prefix(quote)?.strip_suffix(quote)
}

/// With comments: a single-quoted value may be followed by white space and a comment; anything
/// else, double-quoted or not, ends at its first `#`.
fn uncommented(value: &str) -> &str {
    if let Some(inner) = value.trim_start_matches(is_python_space).strip_prefix('\'') {
        // The pattern is greedy: the last quote with nothing but a comment after it closes.
        for (at, _) in inner.rmatch_indices('\'') {
            let after = inner.get(at + 1..).unwrap_or_default();
            let after = after.trim_start_matches(is_python_space);
            if after.is_empty() || after.starts_with('#') {
                return inner.get(..at).unwrap_or_default();
            }
        }
    }
    value.split_once('#').map_or(value, |(before, _)| before)
}

/// Drops backslashes before any character, but before `r`, `n`, `t` where `keep` says so.
fn unescape(inner: &str, keep: bool) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match (c, chars.clone().next()) {
            ('\\', Some(next)) => {
                chars.next();
                if keep && matches!(next, 'r' | 'n' | 't') {
                    out.push('\\');
                }
                out.push(next);
            }
            _ => out.push(c),
        }
    }
    out
}
