//! Unit files as sections and assignments.

use std::ops::Range;

use plimsoll_source::{Problem, ProblemKind, SourceText, Span};

use crate::Spanned;

/// Assignments per file; a real unit has some dozens.
const MAX_ENTRIES: usize = 10_000;

/// One `Key=value` of a unit.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The section without brackets; empty where the assignment stands before any.
    pub section: String,
    /// The key.
    pub key: Spanned<String>,
    /// The value, lines joined by a space, trimmed; specifiers and quotes as written.
    pub value: Spanned<String>,
    /// Whether it stands inside a template's `{% if %}`, so that it may be there or not.
    pub conditional: bool,
    /// The value as a text of its own, for exact places of its words; a joined line begins with
    /// its line break.
    pub(super) text: SourceText,
}

pub(super) struct Parsed {
    pub(super) entries: Vec<Entry>,
    pub(super) sections: Vec<Spanned<String>>,
    pub(super) problems: Vec<Problem>,
}

/// A logical line: the stretches of the text it is made of.
struct Logical {
    pieces: Vec<Range<usize>>,
}

/// Reads the lines as systemd's `config_parse` does: a backslash at the end joins the next line
/// by a space, comment lines in between are skipped, blanks around `=` do not count.
pub(super) fn parse(text: &SourceText) -> Parsed {
    let mut parsed = Parsed { entries: Vec::new(), sections: Vec::new(), problems: Vec::new() };
    if let Some(problem) = crate::scan::too_long_a_line(text) {
        parsed.problems.push(problem);
        return parsed;
    }
    let mut section = String::new();
    let mut section_ok = true;
    let mut tags = 0_usize;
    for line in logical_lines(text.text()) {
        let fragment = text.fragment_of(line.pieces.iter().cloned());
        let whole = fragment.text();
        let trimmed = whole.trim();
        if trimmed.starts_with("{%") || trimmed.starts_with("{#") {
            tags = template_tag(trimmed, tags);
            continue;
        }
        if parsed.entries.len() >= MAX_ENTRIES {
            let message = "the rest of the unit is not read";
            parsed.problems.push(problem(ProblemKind::Limit, &fragment, message));
            break;
        }
        if trimmed.starts_with('[') {
            section_ok = trimmed.ends_with(']');
            if section_ok {
                section = trimmed.trim_start_matches('[').trim_end_matches(']').to_owned();
                let span = trimmed_span(&fragment);
                parsed.sections.push(Spanned::new(section.clone(), span));
            } else {
                let message = "this section header has no `]`: systemd refuses the file";
                parsed.problems.push(problem(ProblemKind::Syntax, &fragment, message));
            }
            continue;
        }
        match entry(&fragment, &section, tags > 0) {
            Some(entry) if section.is_empty() && section_ok => {
                let message = "systemd ignores an assignment outside of a section";
                parsed.problems.push(problem(ProblemKind::Syntax, &fragment, message));
                parsed.entries.push(entry);
            }
            Some(entry) => parsed.entries.push(entry),
            None => {
                let message = "systemd ignores this line: it has no `=`";
                parsed.problems.push(problem(ProblemKind::Syntax, &fragment, message));
            }
        }
    }
    parsed
}

fn template_tag(line: &str, tags: usize) -> usize {
    let word = line.trim_start_matches(['{', '%', '-', '+', ' ']).split_whitespace().next();
    match word {
        Some("if" | "for") if !line.contains("{% end") => tags + 1,
        Some(word) if word.starts_with("end") => tags.saturating_sub(1),
        _ => tags,
    }
}

fn problem(kind: ProblemKind, at: &SourceText, message: &str) -> Problem {
    Problem::new(kind, trimmed_span(at), message)
}

fn trimmed_span(fragment: &SourceText) -> Span {
    let whole = fragment.text();
    let start = whole.len() - whole.trim_start().len();
    fragment.span(start..start + whole.trim().len())
}

fn entry(fragment: &SourceText, section: &str, conditional: bool) -> Option<Entry> {
    let whole = fragment.text();
    let (key, value) = whole.split_once('=')?;
    let key_start = key.len() - key.trim_start().len();
    let key_text = key.trim().to_owned();
    let key_span = fragment.span(key_start..key_start + key_text.len());
    let value_start = key.len() + 1 + (value.len() - value.trim_start().len());
    let trimmed = value.trim();
    let range = value_start..value_start + trimmed.len();
    Some(Entry {
        section: section.to_owned(),
        key: Spanned::new(key_text, key_span),
        value: Spanned::new(trimmed.replace('\n', " "), fragment.span(range.clone())),
        conditional,
        text: fragment.fragment(range, false),
    })
}

/// The lines that are neither empty nor comments, joined where a backslash says so. The line
/// break stays in the joined text, in the place of the space that systemd puts there.
fn logical_lines(text: &str) -> Vec<Logical> {
    let mut lines: Vec<Logical> = Vec::new();
    let mut open: Option<Logical> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let content = line.trim_end_matches(['\n', '\r']);
        let first = content.trim_start();
        if first.starts_with('#') || first.starts_with(';') {
            continue;
        }
        if first.is_empty() && open.is_none() {
            continue;
        }
        let joins = content.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
        let end = start + content.len() - usize::from(joins);
        // A joined line is preceded by the break before it, which counts as the space.
        let begin = if open.is_some() { start.saturating_sub(1) } else { start };
        let mut logical = open.take().unwrap_or(Logical { pieces: Vec::new() });
        logical.pieces.push(begin..end);
        if joins {
            open = Some(logical);
        } else {
            lines.push(logical);
        }
    }
    lines.extend(open);
    lines
}
