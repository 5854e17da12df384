//! `.env` as python-decouple's `RepositoryEnv` reads it: every line with a `=` is an entry,
//! nothing is a comment but a line that starts with `#`.

use plimsoll_source::ProblemKind;

use super::{Builder, Version, Written, is_python_space, lines, text};

/// Before it, any quotes at either end were stripped, paired or not.
const PAIRED_QUOTES: Version = Version(3, 2, 0);
/// Before it, a quoted value lost every quote at its ends, not one pair.
const ONE_PAIR: Version = Version(3, 5, 0);

pub(super) fn read(file: &mut Builder<'_>, version: Version) {
    for (start, line) in lines(file.text(), |c| c == '\n' || c == '\r') {
        let trimmed = line.trim_matches(is_python_space);
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let Some(equals) = line.find('=') else {
            file.problem(
                ProblemKind::Syntax,
                start..start + line.len(),
                "python-decouple ignores this line: it has no =",
            );
            continue;
        };
        let (before, after) = line.split_at(equals);
        let key = before.trim_matches(is_python_space);
        let key_start = start + before.len() - before.trim_start_matches(is_python_space).len();
        let after = after.get(1..).unwrap_or_default();
        let value = after.trim_matches(is_python_space);
        let lead = after.len() - after.trim_start_matches(is_python_space).len();
        let value_start = start + equals + 1 + lead;
        let written = Written::new(
            key,
            key_start..key_start + key.len(),
            value_start..value_start + value.len(),
        );
        if key.starts_with("export ") {
            file.problem(
                ProblemKind::Syntax,
                key_start..key_start + key.len(),
                "python-decouple takes `export` as part of the name",
            );
        }
        file.entry(written, text(unquote(value, version)));
    }
}

fn unquote(value: &str, version: Version) -> &str {
    if version < PAIRED_QUOTES {
        return value.trim_matches(['\'', '"']);
    }
    let inner =
        ['\'', '"'].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
    match inner {
        Some(_) if version < ONE_PAIR => value.trim_matches(['\'', '"']),
        Some(inner) => inner,
        None => value,
    }
}
