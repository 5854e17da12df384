//! `settings.ini` as python-decouple reads it: Python's `ConfigParser` with its defaults
//! (strict, `%(name)s` interpolation, `=` or `:`, comments on lines of their own, values that go
//! on in indented lines), section `[settings]`. Names are in lower case for the reader, which
//! looks them up in lower case too.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use plimsoll_source::ProblemKind;

use super::{Builder, EnvValue, Written, is_python_space, lines, text};

const SECTION: &str = "settings";
const DEFAULT: &str = "DEFAULT";
/// `%(name)s` is followed this deep, as in Python.
const DEEPEST: usize = 10;

struct Option_ {
    section: String,
    key: String,
    key_range: Range<usize>,
    value_range: Range<usize>,
    value: Vec<String>,
}

pub(super) fn read(file: &mut Builder<'_>) {
    let Some(options) = parse(file) else { return };
    let raw: HashMap<(&str, &str), String> = options
        .iter()
        .map(|option| ((option.section.as_str(), option.key.as_str()), joined(&option.value)))
        .collect();
    let own: HashSet<&str> =
        options.iter().filter(|o| o.section == SECTION).map(|o| o.key.as_str()).collect();
    for option in &options {
        // The defaults belong to every section; without [settings] decouple finds nothing.
        let counts = option.section == SECTION
            || (option.section == DEFAULT && !own.contains(option.key.as_str()));
        if !counts {
            continue;
        }
        let mut written =
            Written::new(&option.key, option.key_range.clone(), option.value_range.clone());
        let raw_value = joined(&option.value);
        let value = match expand(&raw_value, &raw, &mut written.references, 1) {
            Some(value) => text(value),
            None => EnvValue::Unknown(
                "a % in it is no %(name)s that can be replaced: reading it raises an error".into(),
            ),
        };
        file.entry(written, value);
    }
}

fn joined(lines: &[String]) -> String {
    lines.join("\n").trim_end_matches(is_python_space).to_owned()
}

/// The options of all sections; `None` where the file is refused.
fn parse(file: &mut Builder<'_>) -> Option<Vec<Option_>> {
    let mut options: Vec<Option_> = Vec::new();
    let mut section: Option<String> = None;
    let mut sections = HashSet::new();
    let mut seen = HashSet::new();
    let mut indent = 0;
    let mut open = false;
    for (start, line) in lines(file.text(), |c| c == '\n' || c == '\r') {
        let trimmed = line.trim_matches(is_python_space);
        let lead = line.len() - line.trim_start_matches(is_python_space).len();
        let at = start + lead;
        let end = at + trimmed.len();
        if trimmed.starts_with(['#', ';']) {
            // A comment of its own line does not end a value; it leaves no empty line in it.
            continue;
        }
        if trimmed.is_empty() {
            if let Some(option) = options.last_mut().filter(|_| open) {
                option.value.push(String::new());
            }
            continue;
        }
        if let Some(option) = options.last_mut().filter(|_| open && lead > indent) {
            option.value.push(trimmed.to_owned());
            option.value_range.end = end;
            continue;
        }
        indent = lead;
        if let Some(name) = header(trimmed) {
            if name != DEFAULT && !sections.insert(name.to_owned()) {
                file.refuse(at..end, "configparser refuses the file: a section appears twice");
                return None;
            }
            section = Some(name.to_owned());
            open = false;
            continue;
        }
        let Some(section) = &section else {
            file.refuse(at..end, "configparser refuses the file: a line before any section");
            return None;
        };
        let split = trimmed.find(['=', ':']);
        let Some(split) = split.filter(|split| *split > 0) else {
            file.refuse(at..end, "configparser refuses the file: a line that is no assignment");
            return None;
        };
        let written = trimmed.get(..split).unwrap_or_default().trim_end_matches(is_python_space);
        let key = written.to_lowercase();
        if !seen.insert((section.clone(), key.clone())) {
            file.refuse(at..end, "configparser refuses the file: a name appears twice");
            return None;
        }
        let value = trimmed.get(split + 1..).unwrap_or_default();
        let value = value.trim_matches(is_python_space);
        options.push(Option_ {
            section: section.clone(),
            key,
            key_range: at..at + written.len(),
            value_range: end - value.len()..end,
            value: vec![value.to_owned()],
        });
        open = true;
    }
    if !sections.contains(SECTION) {
        let at = Range { start: 0, end: 0 };
        file.problem(ProblemKind::Missing, at, "python-decouple reads only a [settings] section");
        options.clear();
    }
    Some(options)
}

/// The name in `[name]`; text after the bracket is ignored, as `ConfigParser` does.
fn header(line: &str) -> Option<&str> {
    let body = line.strip_prefix('[')?;
    let end = body.rfind(']').filter(|end| *end > 0)?;
    body.get(..end)
}

/// Replaces `%(name)s` and `%%`; `None` where Python raises an error.
fn expand(
    value: &str,
    raw: &HashMap<(&str, &str), String>,
    references: &mut Vec<String>,
    depth: usize,
) -> Option<String> {
    if depth > DEEPEST {
        return None;
    }
    let mut out = String::new();
    let mut rest = value;
    while let Some(at) = rest.find('%') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        if let Some(tail) = from.strip_prefix("%%") {
            out.push('%');
            rest = tail;
            continue;
        }
        let (name, tail) = from.strip_prefix("%(")?.split_once(")s")?;
        if name.is_empty() || name.contains(')') {
            return None;
        }
        let name = name.to_lowercase();
        references.push(name.clone());
        let inner =
            raw.get(&(SECTION, name.as_str())).or_else(|| raw.get(&(DEFAULT, name.as_str())));
        out.push_str(&expand(inner?, raw, references, depth + 1)?);
        rest = tail;
    }
    out.push_str(rest);
    Some(out)
}
