//! `pyproject.toml` and `Pipfile`.

use std::ops::Range;

use plimsoll_source::{Secret, SourceText, Spanned};
use toml_edit::{Item, TableLike, Value};

use super::toml_text::{at, item_span, parse, value_range};
use super::{Declared, PythonRequirement, PythonSource, Requirements, Specifiers, normalise, pip};

pub(super) fn read(source: &SourceText) -> Requirements {
    let mut found = Requirements::default();
    let Some(document) = parse(source, &mut found.problems) else {
        found.partial = true;
        return found;
    };
    let root = document.as_item();
    if let Some(backend) = at(root, &["build-system", "build-backend"]) {
        found.build_backend = backend
            .as_str()
            .map(|text| Spanned::new(text.to_owned(), item_span(source, backend, &(0..0))));
    }
    if let Some(project) = root.get("project") {
        standard(source, project, &mut found);
    }
    for (group, items) in tables(at(root, &["dependency-groups"])) {
        list(source, items, Some(group), &mut found);
    }
    if let Some(poetry) = at(root, &["tool", "poetry"]) {
        poetry_tables(source, poetry, &mut found);
    }
    for (group, items) in tables(at(root, &["tool", "pdm", "dev-dependencies"])) {
        list(source, items, Some(group), &mut found);
    }
    if let Some(items) = at(root, &["tool", "uv", "dev-dependencies"]) {
        list(source, items, Some("dev"), &mut found);
    }
    for (name, environment) in tables(at(root, &["tool", "hatch", "envs"])) {
        for key in ["dependencies", "extra-dependencies"] {
            if let Some(items) = environment.get(key) {
                list(source, items, Some(name), &mut found);
            }
        }
    }
    found
}

/// PEP 621.
fn standard(source: &SourceText, project: &Item, found: &mut Requirements) {
    if let Some(python) = project.get("requires-python") {
        found.python.extend(python_item(source, python, PythonSource::RequiresPython));
    }
    if let Some(items) = project.get("dependencies") {
        list(source, items, None, found);
    }
    for (group, items) in tables(project.get("optional-dependencies")) {
        list(source, items, Some(group), found);
    }
    let dynamic = project.get("dynamic").and_then(Item::as_array);
    let computed = ["dependencies", "optional-dependencies"];
    found.partial |= dynamic.is_some_and(|names| {
        names.iter().any(|name| name.as_str().is_some_and(|name| computed.contains(&name)))
    });
}

fn poetry_tables(source: &SourceText, poetry: &Item, found: &mut Requirements) {
    let mut read = |items: Option<&Item>, group: Option<&str>| {
        for (name, item) in tables(items) {
            poetry_package(source, name, item, group, found);
        }
    };
    read(poetry.get("dependencies"), None);
    read(poetry.get("dev-dependencies"), Some("dev"));
    for (group, table) in tables(poetry.get("group")) {
        read(table.get("dependencies"), Some(group));
    }
}

fn poetry_package(
    source: &SourceText,
    name: &str,
    item: &Item,
    group: Option<&str>,
    found: &mut Requirements,
) {
    let range = item.span().unwrap_or(0..0);
    // Several constraints for different platforms: each is one.
    if let Some(several) = item.as_array() {
        for value in several {
            let item = Item::Value(value.clone());
            package(source, name, &item, value_range(value), group, found);
        }
        return;
    }
    package(source, name, item, range, group, found);
}

fn package(
    source: &SourceText,
    name: &str,
    item: &Item,
    range: Range<usize>,
    group: Option<&str>,
    found: &mut Requirements,
) {
    let version = item.as_str().or_else(|| item.get("version").and_then(Item::as_str));
    let specifier = version.unwrap_or("").trim().to_owned();
    let specifiers = Specifiers::parse_poetry(&specifier);
    if normalise(name) == "python" {
        let span = source.span(range);
        let source = PythonSource::Poetry;
        found.python.push(PythonRequirement { source, text: specifier, specifiers, span });
        return;
    }
    let url = ["git", "url", "path", "file"]
        .into_iter()
        .find_map(|key| item.get(key).and_then(Item::as_str))
        .map(Secret::new);
    let extras = item.get("extras").and_then(Item::as_array);
    let extras = extras.into_iter().flatten().filter_map(Value::as_str).map(normalise).collect();
    let marker = item.get("markers").and_then(Item::as_str).map(str::to_owned);
    found.declared.push(Declared {
        name: normalise(name),
        written: name.to_owned(),
        pinned: specifiers.as_ref().and_then(Specifiers::pinned).cloned(),
        specifiers,
        specifier,
        extras,
        marker,
        url,
        group: group.map(str::to_owned),
        constraint: false,
        hashed: false,
        span: source.span(range),
    });
}

/// A list of PEP 508 texts; tables in it (`include-group`) name other groups.
fn list(source: &SourceText, items: &Item, group: Option<&str>, found: &mut Requirements) {
    for value in items.as_array().into_iter().flatten() {
        let Some(text) = value.as_str() else { continue };
        match pip::requirement(source, text, value_range(value), group) {
            Some(declared) => found.declared.push(declared),
            None => found.partial = true,
        }
    }
}

fn tables(item: Option<&Item>) -> impl Iterator<Item = (&str, &Item)> {
    item.and_then(Item::as_table_like).into_iter().flat_map(TableLike::iter)
}

fn python_item(source: &SourceText, item: &Item, from: PythonSource) -> Option<PythonRequirement> {
    let text = item.as_str()?.trim().to_owned();
    let specifiers = Specifiers::parse_poetry(&text);
    let span = item_span(source, item, &(0..0));
    Some(PythonRequirement { source: from, text, specifiers, span })
}

pub(super) fn read_pipfile(source: &SourceText) -> Requirements {
    let mut found = Requirements::default();
    let Some(document) = parse(source, &mut found.problems) else {
        found.partial = true;
        return found;
    };
    let root = document.as_item();
    for (key, group) in [("packages", None), ("dev-packages", Some("dev"))] {
        for (name, item) in tables(root.get(key)) {
            poetry_package(source, name, item, group, &mut found);
        }
    }
    for key in ["python_version", "python_full_version"] {
        if let Some(item) = at(root, &["requires", key]) {
            let python = python_item(source, item, PythonSource::Pipfile);
            found.python.extend(python.map(|mut python| {
                if key == "python_version" {
                    // `3.12` means any 3.12.
                    python.specifiers = Specifiers::parse(&format!("=={}.*", python.text));
                }
                python
            }));
        }
    }
    found
}

/// Shared with the locks.
pub(super) fn python_of(source: &SourceText, item: Option<&Item>) -> Option<PythonRequirement> {
    python_item(source, item?, PythonSource::RequiresPython)
}
