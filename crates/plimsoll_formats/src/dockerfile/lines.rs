//! Lines to instructions: comments, joined lines, heredocs.

use std::ops::Range;

use plimsoll_source::SourceText;

use super::Heredoc;

/// One instruction before it is understood.
pub(super) struct Raw {
    /// In capitals.
    pub(super) keyword: String,
    /// What follows, joined to one line; places are those of the Dockerfile.
    pub(super) rest: SourceText,
    /// What follows as a shell sees it: lines still joined by backslashes, heredocs behind.
    pub(super) shell: SourceText,
    pub(super) heredocs: Vec<Heredoc>,
    pub(super) range: Range<usize>,
}

/// The character that joins lines, and the `# syntax=` directive.
pub(super) struct Directives {
    pub(super) escape: char,
    pub(super) syntax: Option<(String, Range<usize>)>,
}

pub(super) fn directives(text: &str) -> Directives {
    let mut found = Directives { escape: '\\', syntax: None };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let Some(comment) = line.trim().strip_prefix('#') else { break };
        let Some((key, value)) = comment.split_once('=') else { break };
        let value = value.trim();
        match key.trim().to_ascii_lowercase().as_str() {
            "escape" if value == "`" => found.escape = '`',
            "escape" | "check" => {}
            "syntax" => {
                found.syntax = Some((value.to_owned(), start..start + line.trim_end().len()))
            }
            _ => break,
        }
    }
    found
}

pub(super) fn instructions(source: &SourceText, escape: char) -> Vec<Raw> {
    let text = source.text();
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        lines.push(at..at + line.len());
        at += line.len();
    }
    let mut found = Vec::new();
    let mut next = 0;
    while let Some(first) = lines.get(next).cloned() {
        let content = text.get(first.clone()).unwrap_or("").trim();
        if content.is_empty() || content.starts_with('#') {
            next += 1;
            continue;
        }
        found.extend(instruction(source, &lines, &mut next, escape));
    }
    found
}

fn instruction(
    source: &SourceText,
    lines: &[Range<usize>],
    next: &mut usize,
    escape: char,
) -> Option<Raw> {
    let text = source.text();
    let mut joined: Vec<Range<usize>> = Vec::new();
    let mut shell: Vec<Range<usize>> = Vec::new();
    let start = lines.get(*next)?.start;
    while let Some(line) = lines.get(*next).cloned() {
        let raw = text.get(line.clone()).unwrap_or("");
        let content = raw.trim_end();
        let first = joined.is_empty();
        *next += 1;
        if !first && (content.is_empty() || content.trim_start().starts_with('#')) {
            // Docker drops comments and empty lines between joined ones.
            continue;
        }
        let continued = content.ends_with(escape);
        let kept = if continued { content.len() - escape.len_utf8() } else { content.len() };
        joined.push(line.start..line.start + kept);
        shell.push(if continued { line.clone() } else { line.start..line.start + kept });
        if !continued {
            break;
        }
    }
    let all = source.fragment_of(joined.iter().cloned());
    let lead = all.text().len() - all.text().trim_start().len();
    let words = all.text().get(lead..)?;
    let length = words.find(char::is_whitespace).unwrap_or(words.len());
    let keyword = words.get(..length)?.to_ascii_uppercase();
    let behind = words.get(length..)?;
    let rest_at = lead + length + (behind.len() - behind.trim_start().len());
    let rest = all.fragment(rest_at..all.text().len(), false);
    let mut heredocs = Vec::new();
    if matches!(keyword.as_str(), "RUN" | "COPY" | "ADD") {
        for opening in openings(rest.text()) {
            heredocs.extend(heredoc(source, lines, next, &opening, &mut shell));
        }
    }
    let end = lines.get(next.saturating_sub(1)).map_or(text.len(), |line| line.end);
    let content_end = start + text.get(start..end)?.trim_end().len();
    // The shell's text begins behind the keyword, which is on the first line.
    let first = shell.first_mut()?;
    first.start = (first.start + lead + length).min(first.end);
    Some(Raw {
        keyword,
        rest,
        shell: source.fragment_of(shell),
        heredocs,
        range: start..content_end,
    })
}

struct Opening {
    name: String,
    expands: bool,
    strip_tabs: bool,
}

/// `<<EOF`, `<<-"EOF"` in a line, outside quotes; `<<<` is none.
fn openings(line: &str) -> Vec<Opening> {
    let mut found = Vec::new();
    let mut quote: Option<char> = None;
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let step = c.len_utf8();
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '\'' || c == '"' => quote = Some(c),
            None => {
                if let Some(after) = rest.strip_prefix("<<") {
                    if let Some(herestring) = after.strip_prefix('<') {
                        rest = herestring;
                        continue;
                    }
                    let (strip_tabs, word) = match after.strip_prefix('-') {
                        Some(word) => (true, word),
                        None => (false, after),
                    };
                    let end = word
                        .find(|c: char| {
                            !c.is_alphanumeric() && !matches!(c, '_' | '.' | '-' | '"' | '\'')
                        })
                        .unwrap_or(word.len());
                    let written = word.get(..end).unwrap_or("");
                    let name = written.trim_matches(['"', '\'']).to_owned();
                    if name.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
                        found.push(Opening { expands: name == written, name, strip_tabs });
                    }
                    rest = word.get(end..).unwrap_or("");
                    continue;
                }
            }
        }
        rest = rest.get(step..).unwrap_or("");
    }
    found
}

/// The lines up to the one that holds the heredoc's word alone; nothing where there is none.
fn heredoc(
    source: &SourceText,
    lines: &[Range<usize>],
    next: &mut usize,
    opening: &Opening,
    shell: &mut Vec<Range<usize>>,
) -> Option<Heredoc> {
    let text = source.text();
    let closes = |line: &Range<usize>| {
        let content = text.get(line.clone()).unwrap_or("").trim_end_matches(['\n', '\r']);
        let content = if opening.strip_tabs { content.trim_start_matches('\t') } else { content };
        content == opening.name
    };
    let end = lines.iter().skip(*next).position(closes)? + *next;
    let mut body = Vec::new();
    // The line break before the body belongs to the shell's text.
    if let Some(last) = shell.last_mut() {
        last.end = lines.get(next.saturating_sub(1))?.end;
    }
    for line in lines.get(*next..end)? {
        let raw = text.get(line.clone())?;
        let tabs =
            if opening.strip_tabs { raw.len() - raw.trim_start_matches('\t').len() } else { 0 };
        body.push(line.start + tabs..line.end);
        shell.push(line.clone());
    }
    shell.push(lines.get(end)?.clone());
    *next = end + 1;
    Some(Heredoc {
        name: opening.name.clone(),
        body: source.fragment_of(body),
        expands: opening.expands,
    })
}
