//! `docker run --env-file`: the line is the assignment, as it stands.

use plimsoll_source::ProblemKind;

use super::{Builder, EnvValue, Lookup, Written, text};

/// The longest line that docker's scanner takes, in bytes.
const LONGEST_LINE: usize = 64 * 1024;

pub(super) fn read(file: &mut Builder<'_>, outer: &dyn Fn(&str) -> Lookup) {
    let mut start = 0;
    for whole in file.text().split_inclusive('\n') {
        let at = start;
        start += whole.len();
        if whole.len() >= LONGEST_LINE {
            file.refuse(at..at, "docker refuses a file with a line of 64 KiB or more");
            return;
        }
        let line = whole.strip_suffix('\n').unwrap_or(whole);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let trimmed = line.trim_start();
        let at = at + line.len() - trimmed.len();
        let end = at + trimmed.len();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let (key, value) = match trimmed.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (trimmed, None),
        };
        if key.is_empty() {
            file.refuse(at..end, "docker refuses the file: a line has no name before its =");
            return;
        }
        if key.contains([' ', '\t']) {
            file.refuse(
                at..at + key.len(),
                "docker refuses the file: white space in a variable's name",
            );
            return;
        }
        let value_start = if value.is_some() { at + key.len() + 1 } else { end };
        let written = Written::new(key, at..at + key.len(), value_start..end);
        let value = match (value, value.is_none().then(|| outer(key))) {
            (Some(value), _) => text(value),
            (None, Some(Lookup::Set(value))) => text(value),
            (None, Some(Lookup::Unknown(reason))) => EnvValue::Unknown(reason),
            (None, _) => EnvValue::Absent,
        };
        if value == EnvValue::Absent {
            file.problem(
                ProblemKind::Missing,
                at..end,
                "a name without a value takes the value of whoever runs docker, who has none",
            );
        }
        if value != EnvValue::Absent || !file.has(key) {
            file.entry(written, value);
        }
    }
}
