//! Telling a template from a finished file.

use plimsoll_source::{SourceText, Spanned};

/// The language of a template's marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateKind {
    /// `{{ name }}`, `{% if %}`: Jinja and its kin (Ansible, cookiecutter, copier).
    Jinja,
    /// `{{ .Values.name }}`, `{{- include … }}`: Go templates (Helm, chezmoi).
    Go,
}

/// The first mark of a template language outside comments. `${{ … }}` belongs to GitHub Actions
/// and is none.
pub(super) fn detect(source: &SourceText) -> Option<Spanned<TemplateKind>> {
    let text = source.text();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if line.trim_start().starts_with('#') && !line.trim_start().starts_with("#}") {
            continue;
        }
        if let Some((offset, length, kind)) = mark(line) {
            let place = start + offset;
            return Some(Spanned::new(kind, source.span(place..place + length)));
        }
    }
    None
}

fn mark(line: &str) -> Option<(usize, usize, TemplateKind)> {
    if let Some(at) = line.find("{%") {
        return Some((at, 2, TemplateKind::Jinja));
    }
    let mut from = 0;
    while let Some(at) = line.get(from..).and_then(|rest| rest.find("{{")).map(|at| at + from) {
        from = at + 2;
        if line.get(..at).is_some_and(|before| before.ends_with('$')) {
            continue;
        }
        let inside = line.get(from..).unwrap_or("");
        // `{{}}` and `{{a: b}: c}` are flow mappings; a template's mark is closed on its line.
        let Some(end) = inside.find("}}") else { continue };
        let inside = inside.get(..end).unwrap_or("").trim_matches(['-', ' ', '\t']);
        if inside.is_empty() {
            continue;
        }
        let first = inside.split_whitespace().next().unwrap_or("");
        let go = first.starts_with('.')
            || first.starts_with('$')
            || ["include", "template", "if", "end", "with", "range", "toYaml", "else"]
                .contains(&first);
        let kind = if go { TemplateKind::Go } else { TemplateKind::Jinja };
        return Some((at, 2, kind));
    }
    None
}
