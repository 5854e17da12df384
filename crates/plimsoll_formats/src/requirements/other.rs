//! The older and smaller files: `setup.cfg`, `setup.py`, conda, `runtime.txt`, `.python-version`.

use plimsoll_source::{SourceText, Span};

use super::{Declared, PythonRequirement, PythonSource, Requirements, Specifiers, normalise, pip};
use crate::yaml::Yaml;

/// `[options]` and `[options.extras_require]` of `setup.cfg`.
pub(super) fn read_setup_cfg(source: &SourceText) -> Requirements {
    let mut found = Requirements::default();
    let (mut section, mut key) = (String::new(), String::new());
    let mut at = 0;
    for raw in source.text().split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let line = raw.trim_end();
        let content = line.trim_start();
        if content.is_empty() || content.starts_with(['#', ';']) {
            continue;
        }
        let indent = line.len() - content.len();
        if let Some(name) = content.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.trim().to_owned();
            continue;
        }
        let (value, offset) = if indent > 0 {
            (content, start + indent)
        } else {
            let Some(equals) = content.find(['=', ':']) else { continue };
            key = content.get(..equals).unwrap_or("").trim().to_ascii_lowercase();
            let value = content.get(equals + 1..).unwrap_or("");
            let lead = value.len() - value.trim_start().len();
            (value.trim(), start + equals + 1 + lead)
        };
        if value.is_empty() {
            continue;
        }
        let range = offset..offset + value.len();
        let group = match (section.as_str(), key.as_str()) {
            ("options", "install_requires") => None,
            ("options.extras_require", extra) => Some(extra.to_owned()),
            ("options", "python_requires") => {
                found.python.push(python(PythonSource::Setup, value, source.span(range)));
                continue;
            }
            _ => continue,
        };
        if value.starts_with("file:") {
            found.partial = true;
            continue;
        }
        match pip::requirement(source, value, range, group.as_deref()) {
            Some(declared) => found.declared.push(declared),
            None => found.partial = true,
        }
    }
    found
}

/// The literal strings of `install_requires=[…]` and `python_requires="…"`. Always partial:
/// anything can be computed in it.
pub(super) fn read_setup_py(source: &SourceText) -> Requirements {
    let mut found = Requirements { partial: true, ..Requirements::default() };
    let text = source.text();
    for (key, closing) in [("install_requires", ']'), ("python_requires", '\n')] {
        let Some(key_at) = text.find(key) else { continue };
        let after = key_at + key.len();
        let Some(rest) = text.get(after..) else { continue };
        let value = rest.trim_start().strip_prefix('=').map(str::trim_start);
        let Some(value) = value.filter(|v| closing == '\n' || v.starts_with('[')) else { continue };
        let start = text.len() - value.len();
        let end = list_end(value, closing);
        for (literal, range) in literals(value.get(..end).unwrap_or(""), start) {
            if closing == '\n' {
                found.python.push(python(PythonSource::Setup, &literal, source.span(range)));
                break;
            }
            found.declared.extend(pip::requirement(source, &literal, range, None));
        }
    }
    found
}

/// Where the list or line ends, brackets and the mark inside strings and comments left aside.
fn list_end(text: &str, closing: char) -> usize {
    let mut quote = None;
    let mut comment = false;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\n') => {
                comment = false;
                if closing == '\n' {
                    return at;
                }
            }
            (None, '#') => comment = true,
            (None, '\'' | '"') if !comment => quote = Some(c),
            (None, _) if c == closing && !comment => {
                // `[` of extras are inside strings, so the first one outside closes the list.
                return at;
            }
            _ => {}
        }
    }
    text.len()
}

fn literals(text: &str, offset: usize) -> Vec<(String, std::ops::Range<usize>)> {
    let mut found = Vec::new();
    let mut open: Option<(char, usize)> = None;
    let mut comment = false;
    for (at, c) in text.char_indices() {
        match open {
            Some((quote, start)) if c == quote => {
                let literal = text.get(start + 1..at).unwrap_or("").to_owned();
                found.push((literal, offset + start..offset + at + 1));
                open = None;
            }
            Some(_) => {}
            None if c == '\n' => comment = false,
            None if c == '#' => comment = true,
            None if matches!(c, '\'' | '"') && !comment => open = Some((c, at)),
            None => {}
        }
    }
    found
}

/// conda's `environment.yml`: `name=version` lines, and a `pip:` list.
pub(super) fn read_conda(source: &SourceText) -> Requirements {
    let yaml = Yaml::parse(source);
    let mut found = Requirements { problems: yaml.problems.clone(), ..Requirements::default() };
    let dependencies = yaml.root().and_then(|root| root.get("dependencies"));
    for item in dependencies.and_then(|list| list.as_list()).unwrap_or(&[]) {
        if let Some(pip_items) = item.get("pip").and_then(|pip| pip.as_list()) {
            for pip_item in pip_items {
                let Some(text) = pip_item.text() else { continue };
                match pip::requirement(source, text, pip_item.range(), None) {
                    Some(declared) => found.declared.push(declared),
                    None => found.partial = true,
                }
            }
            continue;
        }
        let Some(text) = item.text() else { continue };
        // A channel before `::`, a build after the second `=`.
        let text = text.rsplit("::").next().unwrap_or(text).trim();
        let end = text.find(['=', '<', '>', '!', ' ']).unwrap_or(text.len());
        let name = text.get(..end).unwrap_or("").to_owned();
        let rest = text.get(end..).unwrap_or("").trim();
        let specifier = conda_specifier(rest);
        if name == "python" {
            found.python.push(python(PythonSource::Conda, &specifier, item.span().clone()));
            continue;
        }
        let specifiers = Specifiers::parse(&specifier);
        found.declared.push(Declared {
            name: normalise(&name),
            written: name,
            pinned: specifiers.as_ref().and_then(Specifiers::pinned).cloned(),
            specifiers,
            specifier,
            extras: Vec::new(),
            marker: None,
            url: None,
            group: None,
            constraint: false,
            hashed: false,
            span: item.span().clone(),
        });
    }
    found
}

/// `=3.11` is any 3.11 to conda, `==3.11` that one.
fn conda_specifier(rest: &str) -> String {
    match rest.strip_prefix('=').filter(|rest| !rest.starts_with('=')) {
        Some(version) => {
            let version = version.split('=').next().unwrap_or("").trim_end_matches(".*");
            format!("=={version}.*")
        }
        None => rest.to_owned(),
    }
}

/// `python-3.12.1`, as Heroku reads it.
pub(super) fn read_runtime(source: &SourceText) -> Requirements {
    named_version(source, PythonSource::Runtime)
}

/// `3.12`, one per line; the first counts.
pub(super) fn read_python_version(source: &SourceText) -> Requirements {
    named_version(source, PythonSource::VersionFile)
}

fn named_version(source: &SourceText, from: PythonSource) -> Requirements {
    let mut found = Requirements::default();
    for number in 1..=source.line_count() {
        let line = source.line(number).unwrap_or("").trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let text = line.trim_start_matches("python-").trim_start_matches("cpython-");
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            let specifiers = match text.matches('.').count() {
                0 | 1 => Specifiers::parse(&format!("=={text}.*")),
                _ => Specifiers::parse(&format!("=={text}")),
            };
            let span = source.line_span(number);
            let text = text.to_owned();
            found.python.push(PythonRequirement { source: from, text, specifiers, span });
        }
        break;
    }
    found
}

fn python(source: PythonSource, text: &str, span: Span) -> PythonRequirement {
    let text = text.trim().to_owned();
    let specifiers = Specifiers::parse(&text);
    PythonRequirement { source, text, specifiers, span }
}
