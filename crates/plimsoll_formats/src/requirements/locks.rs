//! Locks: the versions that are installed.

use plimsoll_source::{Problem, ProblemKind, SourceText};
use toml_edit::Item;

use super::pyproject::python_of;
use super::toml_text::{at, parse};
use super::{Locked, Requirements, Version, normalise};

/// `poetry.lock`, `uv.lock`, `pdm.lock` and `pylock.toml`: tables with a name and a version.
pub(super) fn read_toml(source: &SourceText) -> Requirements {
    let mut found = Requirements::default();
    let Some(document) = parse(source, &mut found.problems) else {
        found.partial = true;
        return found;
    };
    let root = document.as_item();
    for key in ["package", "packages"] {
        let Some(packages) = root.get(key).and_then(Item::as_array_of_tables) else { continue };
        for package in packages {
            let Some(name) = package.get("name").and_then(Item::as_str) else { continue };
            let at = package.get("version").or_else(|| package.get("name")).and_then(Item::span);
            let version = package.get("version").and_then(Item::as_str).and_then(Version::parse);
            let span = source.span(at.unwrap_or(0..0));
            found.locked.push(Locked { name: normalise(name), version, span });
        }
    }
    let poetry_python = at(root, &["metadata", "python-versions"]);
    found.python.extend(python_of(source, root.get("requires-python").or(poetry_python)));
    found
}

/// `Pipfile.lock` is JSON; places are found by looking for each name in the text.
pub(super) fn read_pipfile_lock(source: &SourceText) -> Requirements {
    let mut found = Requirements::default();
    let json: serde_json::Value = match serde_json::from_str(source.text()) {
        Ok(json) => json,
        Err(error) => {
            let line = u32::try_from(error.line()).unwrap_or(1).max(1);
            let span = source.line_span(line.min(source.line_count()));
            found.problems.push(Problem::new(ProblemKind::Syntax, span, "this is not valid JSON"));
            found.partial = true;
            return found;
        }
    };
    let mut from = 0;
    for section in ["default", "develop"] {
        let Some(packages) = json.get(section).and_then(serde_json::Value::as_object) else {
            continue;
        };
        from = find_key(source.text(), section, from).map_or(from, |range| range.end);
        for (name, package) in packages {
            let range = find_key(source.text(), name, from);
            from = range.as_ref().map_or(from, |range| range.end);
            let version = package.get("version").and_then(serde_json::Value::as_str);
            let version = version.map(|v| v.trim_start_matches('=')).and_then(Version::parse);
            let span = source.span(range.unwrap_or(0..0));
            found.locked.push(Locked { name: normalise(name), version, span });
        }
    }
    found
}

fn find_key(text: &str, key: &str, from: usize) -> Option<std::ops::Range<usize>> {
    let needle = format!("\"{key}\"");
    let at = text.get(from..)?.find(&needle)? + from;
    Some(at..at + needle.len())
}
