//! Ini files with places: sections, keys, values over several lines.

use plimsoll_source::{Problem, ProblemKind, SourceText};

use crate::Spanned;
use crate::scan::{lines, spanned};

/// One `key = value`.
#[derive(Clone, Debug)]
pub struct IniEntry {
    /// The section, without brackets; empty before the first.
    pub section: String,
    /// The key as written.
    pub key: Spanned<String>,
    /// The value; further lines that are indented belong to it, joined by a line break. Comments
    /// after ` ;` are left out.
    pub value: Spanned<String>,
    /// The value as a text of its own, for places of its parts.
    pub text: SourceText,
}

/// An ini file.
#[derive(Clone, Debug)]
pub struct IniFile {
    /// The entries in order.
    pub entries: Vec<IniEntry>,
    /// The section headers in order.
    pub sections: Vec<Spanned<String>>,
    /// Lines that are none of these.
    pub problems: Vec<Problem>,
}

impl IniFile {
    /// The last value of a key in a section.
    pub fn get(&self, section: &str, key: &str) -> Option<&IniEntry> {
        self.entries.iter().rfind(|e| e.section == section && e.key.value == key)
    }

    /// Every value of a key in a section.
    pub fn all<'i>(&'i self, section: &'i str, key: &'i str) -> impl Iterator<Item = &'i IniEntry> {
        self.entries.iter().filter(move |e| e.section == section && e.key.value == key)
    }
}

/// Reads an ini file as Python's `configparser` does with supervisor's settings: `=` or `:`
/// divides, lines that begin with `#` or `;` are comments, so is what follows ` ;`; an indented
/// line continues the value above it. A key alone has an empty value.
pub fn read_ini(text: &SourceText) -> IniFile {
    let mut file = IniFile { entries: Vec::new(), sections: Vec::new(), problems: Vec::new() };
    let mut section = String::new();
    // The key being read and the stretches of its value.
    let mut open: Option<(Spanned<String>, Vec<std::ops::Range<usize>>)> = None;
    for (start, line) in lines(text.text()) {
        let content = line.trim();
        if content.is_empty() || content.starts_with(['#', ';']) {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        if indent > 0
            && let Some((_, pieces)) = &mut open
        {
            let end = start + before_comment(line).trim_end().len();
            // The break before the line joins it to the one above.
            pieces.push(start.saturating_sub(1)..start);
            pieces.push(start + indent..end.max(start + indent));
            continue;
        }
        finish(&mut file, text, &section, open.take());
        if content.starts_with('[') {
            match content.find(']').and_then(|end| content.get(1..end)) {
                Some(name) => {
                    section = name.trim().to_owned();
                    let header = spanned(text, start, line);
                    file.sections.push(Spanned::new(section.clone(), header.span));
                }
                None => file.problems.push(Problem::new(
                    ProblemKind::Syntax,
                    spanned(text, start, line).span,
                    "this section header has no `]`",
                )),
            }
            continue;
        }
        let cut = before_comment(line);
        let at = cut.find(['=', ':']).unwrap_or(cut.len());
        let key = spanned(text, start, cut.get(..at).unwrap_or(""));
        let value = cut.get(at + 1..).unwrap_or("");
        let from = start + (at + 1).min(cut.len()) + (value.len() - value.trim_start().len());
        let piece = from..from + value.trim().len();
        open = Some((key, Vec::from([piece])));
    }
    finish(&mut file, text, &section, open);
    file
}

fn finish(
    file: &mut IniFile,
    text: &SourceText,
    section: &str,
    open: Option<(Spanned<String>, Vec<std::ops::Range<usize>>)>,
) {
    let Some((key, pieces)) = open else { return };
    if key.value.is_empty() {
        let problem = Problem::new(ProblemKind::Syntax, key.span, "this line has no key");
        file.problems.push(problem);
        return;
    }
    let (from, to) = (pieces.first(), pieces.last());
    let range = from.map_or(0, |piece| piece.start)..to.map_or(0, |piece| piece.end);
    let fragment = text.fragment_of(pieces);
    let value = Spanned::new(fragment.text().to_owned(), text.span(range));
    file.entries.push(IniEntry { section: section.to_owned(), key, value, text: fragment });
}

/// The line without a comment that begins with ` ;` (supervisor) outside of quotes.
fn before_comment(line: &str) -> &str {
    match line.find(" ;").or_else(|| line.find("\t;")) {
        Some(at) => line.get(..at).unwrap_or(line),
        None => line,
    }
}
