//! Requirements files, as pip reads them.
//!
//! Lines joined by a backslash, comments (` #`), `-r`, `-c`, `-e`, `--index-url` and its kin,
//! `--hash`, markers, extras, `name @ url`, bare URLs and paths. Environment variables
//! (`${NAME}`) stay as written.

use std::collections::HashSet;
use std::ops::Range;

use plimsoll_source::{Problem, ProblemKind, RepoPath, Secret, SourceText, Spanned, Tree};

use super::{Declared, Include, IncludeKind, Requirements, Specifiers, normalise};

/// Files that are followed from one.
const MAX_FILES: usize = 100;

/// Reads one file; the files it names are in [`Requirements::includes`].
pub fn read(source: &SourceText) -> Requirements {
    let mut found = Requirements::default();
    for line in logical_lines(source.text()) {
        read_line(source, &line, &mut found);
    }
    found
}

/// Reads a file and what it includes, each once. Packages of files that `-c` names are
/// constraints.
pub fn read_tree(tree: &dyn Tree, path: &RepoPath) -> Requirements {
    let mut all = Requirements::default();
    let mut seen = HashSet::new();
    let mut waiting = vec![(path.clone(), false, None)];
    while let Some((path, constraint, named_at)) = waiting.pop() {
        if seen.len() >= MAX_FILES || !seen.insert((path.clone(), constraint)) {
            continue;
        }
        let source = match tree.read(&path) {
            Ok(source) => source,
            Err(mut problem) => {
                if let Some(at) = named_at {
                    problem.at = at;
                }
                all.problems.push(problem);
                continue;
            }
        };
        let mut found = read(&source);
        for declared in &mut found.declared {
            declared.constraint = constraint;
        }
        for include in found.includes.iter().rev() {
            let constraint = constraint || include.kind == IncludeKind::Constraints;
            if let Some(path) = &include.path {
                waiting.push((path.clone(), constraint, Some(include.span.clone())));
            }
        }
        all.declared.extend(found.declared);
        all.includes.extend(found.includes);
        all.indexes.extend(found.indexes);
        all.problems.extend(found.problems);
    }
    all
}

/// Reads a requirement as PEP 508 writes it: name, extras, versions or URL, marker. `None` where
/// it does not begin with a name.
pub(super) fn requirement(
    source: &SourceText,
    text: &str,
    range: Range<usize>,
    group: Option<&str>,
) -> Option<Declared> {
    let (head, marker) = match text.split_once(';') {
        // A URL's `;` must be followed by a blank to end it.
        Some((head, marker)) => (head, Some(marker.trim().to_owned())),
        None => (text, None),
    };
    let head = head.trim();
    let name_end = head
        .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.'))
        .unwrap_or(head.len());
    let written = head.get(..name_end)?.trim_end_matches(['-', '_', '.']);
    if !written.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let mut rest = head.get(name_end..)?.trim_start();
    let mut extras = Vec::new();
    if let Some(inside) = rest.strip_prefix('[') {
        let (list, after) = inside.split_once(']')?;
        let names = list.split(',').map(normalise).filter(|name| !name.is_empty());
        extras.extend(names);
        rest = after.trim_start();
    }
    let url = rest.strip_prefix('@').map(|url| Secret::new(url.trim()));
    let specifier = if url.is_some() { "" } else { rest.trim() };
    if !specifier.is_empty() && !specifier.starts_with(['=', '<', '>', '!', '~', '(']) {
        return None;
    }
    let specifiers = Specifiers::parse(specifier);
    Some(Declared {
        name: normalise(written),
        written: written.to_owned(),
        specifier: specifier.to_owned(),
        pinned: specifiers.as_ref().and_then(Specifiers::pinned).cloned(),
        specifiers,
        extras,
        marker,
        url,
        group: group.map(str::to_owned),
        constraint: false,
        hashed: false,
        span: source.span(range),
    })
}

/// A line after joining, without its comment.
struct Line {
    text: String,
    range: Range<usize>,
}

fn logical_lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut current: Option<Line> = None;
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let content = raw.trim_end_matches(['\n', '\r']);
        // pip joins lines before it drops comments, but a comment line ends a joined one.
        let comment = content.trim_start().starts_with('#');
        let continued = !comment && content.ends_with('\\');
        let content = content.strip_suffix('\\').filter(|_| continued).unwrap_or(content);
        let kept = if comment { "" } else { without_comment(content) };
        let indent = kept.len() - kept.trim_start().len();
        let line = current.get_or_insert_with(|| Line {
            text: String::new(),
            range: start + indent..start + indent,
        });
        if !kept.trim().is_empty() {
            if line.text.is_empty() {
                line.range.start = start + indent;
            }
            line.text.push_str(kept);
            line.range.end = start + kept.trim_end().len();
        }
        if !continued {
            lines.extend(current.take().filter(|line| !line.text.trim().is_empty()));
        }
    }
    lines.extend(current.filter(|line| !line.text.trim().is_empty()));
    lines
}

fn without_comment(line: &str) -> &str {
    let bytes = line.as_bytes();
    let comment = bytes.iter().enumerate().position(|(at, byte)| {
        *byte == b'#'
            && (at == 0
                || at
                    .checked_sub(1)
                    .and_then(|i| bytes.get(i))
                    .is_some_and(u8::is_ascii_whitespace))
    });
    comment.and_then(|at| line.get(..at)).unwrap_or(line)
}

fn read_line(source: &SourceText, line: &Line, found: &mut Requirements) {
    let text = line.text.trim();
    let span = || source.span(line.range.clone());
    if let Some((option, value)) = option(text) {
        match option {
            "-r" | "--requirement" | "-c" | "--constraint" => {
                let kind = if option.contains('c') && option != "--requirement" {
                    IncludeKind::Constraints
                } else {
                    IncludeKind::Requirements
                };
                let folder = source.path().parent().unwrap_or_else(RepoPath::root);
                let path = folder.join(value);
                found.includes.push(Include { kind, text: value.to_owned(), path, span: span() });
            }
            "-i" | "--index-url" | "--extra-index-url" | "-f" | "--find-links" => {
                found.indexes.push(Spanned::new(Secret::new(value), span()));
            }
            "-e" | "--editable" => reference(source, value, line, found),
            _ => {}
        }
        return;
    }
    let (requirement_text, options) = match text.find(" --") {
        Some(at) => (text.get(..at).unwrap_or(text), text.get(at..).unwrap_or("")),
        None => (text, ""),
    };
    match requirement(source, requirement_text, line.range.clone(), None) {
        Some(mut declared) => {
            declared.hashed = options.contains("--hash");
            if declared.specifiers.is_none() {
                found.problems.push(Problem::new(
                    ProblemKind::Syntax,
                    span(),
                    format!(
                        "the versions of `{}` are not written as pip wants them",
                        declared.name
                    ),
                ));
            }
            found.declared.push(declared);
        }
        None => reference(source, requirement_text, line, found),
    }
}

fn option(text: &str) -> Option<(&str, &str)> {
    if !text.starts_with('-') {
        return None;
    }
    let end = text.find([' ', '\t', '=']).unwrap_or(text.len());
    let (name, value) = (text.get(..end)?, text.get(end..)?);
    // `-rbase.txt` is accepted too.
    if !text.starts_with("--") && name.len() > 2 {
        let value = text.get(2..)?.trim();
        return Some((text.get(..2)?, value));
    }
    let value = value.trim_start_matches(['=', ' ', '\t']).trim();
    Some((name, value.trim_matches(['"', '\''])))
}

/// A URL or path, whose name is known only where `#egg=` or the file name of a wheel says it.
fn reference(source: &SourceText, text: &str, line: &Line, found: &mut Requirements) {
    let text = text.trim();
    let path = text.split(['#', '?']).next().unwrap_or("");
    let egg =
        text.split_once("#egg=").map(|(_, egg)| egg.split(['&', '[', ' ']).next().unwrap_or(""));
    let file = path.rsplit('/').next().unwrap_or("");
    let wheel = file.strip_suffix(".whl").and_then(|stem| stem.split('-').next());
    let looks_right = text.contains("://")
        || text.starts_with(['.', '/'])
        || text.contains('/')
        || text.starts_with("git+")
        || wheel.is_some();
    let Some(name) = egg.or(wheel).filter(|name| !name.is_empty()) else {
        if looks_right {
            found.partial = true;
        } else {
            found.problems.push(Problem::new(
                ProblemKind::Syntax,
                source.span(line.range.clone()),
                "this line is no requirement",
            ));
        }
        return;
    };
    found.declared.push(Declared {
        name: normalise(name),
        written: name.to_owned(),
        specifier: String::new(),
        specifiers: Some(Specifiers::default()),
        pinned: None,
        extras: Vec::new(),
        marker: None,
        url: Some(Secret::new(text)),
        group: None,
        constraint: false,
        hashed: false,
        span: source.span(line.range.clone()),
    });
}
