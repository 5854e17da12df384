//! Code blocks of Markdown (CommonMark): fenced ones, and indented ones.

use plimsoll_source::SourceText;

use super::{Embedded, in_document, kind_of_path};

/// A fence that is open.
struct Fence {
    mark: char,
    length: usize,
    language: Option<String>,
    name: Option<String>,
    start: usize,
}

pub(super) fn blocks(source: &SourceText) -> Vec<Embedded> {
    let mut found = Vec::new();
    let mut fence: Option<Fence> = None;
    let mut before: Vec<&str> = Vec::new();
    let mut indented: Option<(usize, usize)> = None;
    let mut blank = true;
    let mut at = 0;
    for raw in source.text().split_inclusive('\n') {
        let (start, end) = (at, at + raw.len());
        at = end;
        let line = raw.trim_end_matches(['\n', '\r']);
        if let Some(open) = &fence {
            if closes(line, open) {
                let text = source.fragment(open.start..start, true);
                found.push(in_document(text, open.language.as_deref(), open.name.clone()));
                fence = None;
                before.clear();
            }
            continue;
        }
        if let Some((mark, length, info)) = opens(line) {
            let language = info.split([' ', '{', ',', ':']).find(|part| !part.is_empty());
            let name = info_name(info).or_else(|| name_in(&before));
            let language = language.map(|tag| tag.trim_matches(['.', '}']).to_owned());
            fence = Some(Fence { mark, length, language, name, start: end });
            finish(source, &mut indented, &mut before, &mut found);
            continue;
        }
        let is_indented = line.starts_with("    ") || line.starts_with('\t');
        if line.trim().is_empty() {
            blank = true;
            continue;
        }
        match (&mut indented, is_indented) {
            (Some((_, reached)), true) => *reached = end,
            (None, true) if blank && !in_list(&before) => indented = Some((start, end)),
            _ => {
                finish(source, &mut indented, &mut before, &mut found);
                before.push(line);
                if before.len() > 3 {
                    before.remove(0);
                }
            }
        }
        blank = false;
    }
    if let Some(open) = fence {
        let text = source.fragment(open.start..source.text().len(), true);
        found.push(in_document(text, open.language.as_deref(), open.name));
    } else {
        finish(source, &mut indented, &mut before, &mut found);
    }
    found
}

fn finish(
    source: &SourceText,
    indented: &mut Option<(usize, usize)>,
    before: &mut Vec<&str>,
    found: &mut Vec<Embedded>,
) {
    if let Some((start, end)) = indented.take() {
        found.push(in_document(source.fragment(start..end, true), None, name_in(before)));
        before.clear();
    }
}

/// A fence's mark, its length and what follows.
fn opens(line: &str) -> Option<(char, usize, &str)> {
    // In a list or quotation fences stand behind its marks.
    let line = line.trim_start_matches([' ', '\t', '>']);
    let line = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).unwrap_or(line);
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.len() - line.trim_start_matches(mark).len();
    let info = line.get(length..)?.trim();
    (length >= 3 && !(mark == '`' && info.contains('`'))).then_some((mark, length, info))
}

fn closes(line: &str, open: &Fence) -> bool {
    let line = line.trim_matches([' ', '\t', '>']);
    line.len() >= open.length && line.chars().all(|c| c == open.mark)
}

/// `title="x"`, `nginx:/etc/nginx/x.conf`.
fn info_name(info: &str) -> Option<String> {
    if let Some((_, rest)) = info.split_once("title=") {
        return Some(rest.trim_matches(['"', '\'', '}', ' ']).to_owned());
    }
    let (_, name) = info.split_once(':')?;
    kind_of_path(name).map(|_| name.to_owned())
}

fn in_list(before: &[&str]) -> bool {
    before.last().is_some_and(|line| {
        let line = line.trim_start();
        let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
        line.starts_with(['-', '*', '+'])
            || number.len() < line.len() && number.starts_with(['.', ')'])
    })
}

/// A file name in the lines before a block, the nearest line first.
pub(super) fn name_in(before: &[&str]) -> Option<String> {
    before.iter().rev().take(2).find_map(|line| {
        let words = line.split_whitespace().rev();
        words
            .map(|word| {
                word.trim_matches(|c: char| "`*_:;,()\"'#[]".contains(c)).trim_end_matches('.')
            })
            .find(|word| {
                (word.contains('.') || word.contains('/') || word.ends_with("file"))
                    && kind_of_path(word).is_some()
            })
            .map(str::to_owned)
    })
}
